/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages between the processes arrive as they were sent, to the bit.
 */
#include "measure/message.h"

#include <math.h>
#include <string.h>

static GstStructure *
make_summary (void)
{
  GstStructure *worst = gst_structure_new ("worst", "index", G_TYPE_UINT64,
      G_MAXUINT64, "distance", G_TYPE_DOUBLE, 1. / 3., NULL);
  GstStructure *psnr = gst_structure_new ("psnr", "mean", G_TYPE_DOUBLE,
      (gdouble) INFINITY, "worst", GST_TYPE_STRUCTURE, worst, NULL);
  GstStructure *also =
      gst_structure_new ("also", "psnr", GST_TYPE_STRUCTURE, psnr, NULL);
  /* An unmatched bracket ended what it was in, and all that follows. */
  GstStructure *options =
      gst_structure_new ("options", "weights", G_TYPE_STRING,
          "/a[b/\342\200\256%41;}", "heads", G_TYPE_STRING, "", NULL);
  GstStructure *summary = gst_structure_new ("perceptual-summary", "pairs",
      G_TYPE_UINT64, G_GUINT64_CONSTANT (9007199254740993), "mean",
      G_TYPE_DOUBLE, .1 + .2, "min", G_TYPE_DOUBLE, 5e-324, "max",
      G_TYPE_DOUBLE, -1.7976931348623157e308, "offset", G_TYPE_INT64,
      G_MININT64, "final", G_TYPE_BOOLEAN, TRUE, "weights-name", G_TYPE_STRING,
      "a \"b\"; c\n\\d = [e]", "also", GST_TYPE_STRUCTURE, also, "options",
      GST_TYPE_STRUCTURE, options, "align", G_TYPE_STRING, "time", NULL);

  gst_structure_free (worst);
  gst_structure_free (psnr);
  gst_structure_free (also);
  gst_structure_free (options);
  return summary;
}

static void
append_taps (GstStructure *summary)
{
  GValue taps = G_VALUE_INIT, tap = G_VALUE_INIT;

  g_value_init (&taps, GST_TYPE_ARRAY);
  g_value_init (&tap, G_TYPE_DOUBLE);
  for (guint i = 0; i < 5; i++) {
    g_value_set_double (&tap, 1. / (gdouble) (3 + i));
    gst_value_array_append_value (&taps, &tap);
  }
  gst_structure_take_value (summary, "taps", &taps);
  g_value_unset (&tap);
  g_value_init (&taps, GST_TYPE_ARRAY);
  g_value_init (&tap, G_TYPE_STRING);
  g_value_set_static_string (&tap, "relu>1, [");
  gst_value_array_append_value (&taps, &tap);
  gst_structure_take_value (summary, "tap-names", &taps);
  g_value_unset (&tap);
}

static void
test_summaries_arrive_to_the_bit (void)
{
  g_autoptr (GstStructure) sent = make_summary ();
  g_autoptr (GstStructure) got = NULL;
  g_autoptr (GstStructure) head = NULL;
  g_autofree gchar *text = NULL;

  append_taps (sent);
  text = measure_message_write (
      gst_structure_new ("snapshot", "number", G_TYPE_UINT, 3, NULL), sent);
  head = measure_message_read (text, &got);
  g_assert_nonnull (head);
  g_assert_true (gst_structure_has_name (head, "snapshot"));
  g_assert_nonnull (got);
  g_assert_true (gst_structure_is_equal (sent, got));
}

static void
test_inputs_arrive_whatever_their_names_are (void)
{
  static const gchar *const names[] = { "a b.mkv", "\xff\xfe.mkv", "фильм",
    "a\nb", "NULL", "", "\\", "\"; }[<>" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    MeasureInput input = { .path = (gchar *) names[i],
      .label = (gchar *) "x",
      .is_image = i % 2,
      .duration = i % 2 ? GST_CLOCK_TIME_NONE : i };
    g_autofree gchar *text = measure_message_write (
        measure_message_of_input ("input", &input), NULL);
    g_autoptr (GstStructure) head = measure_message_read (text, NULL);
    MeasureInput *got;

    g_assert_nonnull (head);
    got = measure_message_to_input (head);
    g_assert_cmpstr (got->path, ==, names[i]);
    g_assert_cmpstr (got->label, ==, "x");
    g_assert_null (got->problem);
    g_assert_cmpint (got->is_image, ==, input.is_image);
    g_assert_cmpuint (got->duration, ==, input.duration);
    measure_input_free (got);
  }
}

static void
test_what_is_no_message_is_none (void)
{
  GstStructure *summary;

  g_assert_null (measure_message_read ("", &summary));
  g_assert_null (summary);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/summary", test_summaries_arrive_to_the_bit);
  g_test_add_func (
      "/message/input", test_inputs_arrive_whatever_their_names_are);
  g_test_add_func ("/message/none", test_what_is_no_message_is_none);
  return g_test_run ();
}
