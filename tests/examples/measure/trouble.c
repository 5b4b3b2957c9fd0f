/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which file and element are to blame for a process that ended, by what it
 * reported before.
 */
#include "measure/words/trouble.h"

#include <string.h>

static void
note (MeasureTrouble *trouble, guint input, const gchar *kind,
    const gchar *factory, const gchar *name)
{
  g_autoptr (GstStructure) head = gst_structure_new ("element", "input",
      G_TYPE_UINT, input, "kind", G_TYPE_STRING, kind, "factory", G_TYPE_STRING,
      factory, "name", G_TYPE_STRING, name, NULL);

  measure_trouble_note_element (trouble, head);
}

static void
note_both (MeasureTrouble *trouble)
{
  note (trouble, 0, "demuxer", "matroskademux", "matroskademux0");
  note (trouble, 0, "decoder", "avdec_h264", "avdec_h264-0");
  note (trouble, 1, "demuxer", "qtdemux", "qtdemux0");
  note (trouble, 1, "decoder", "avdec_ffv1", "avdec_ffv1-0");
}

static void
test_crash_is_laid_on_the_input_of_its_thread (void)
{
  static const struct
  {
    const gchar *thread;
    gint input;
    const gchar *element;
  } cases[] = {
    { "input0", 0, "decoder avdec_h264" },
    { "input1", 1, "decoder avdec_ffv1" },
    { "qtdemux0:sink", 1, "demuxer qtdemux" },
    { "matroskademux0:", 0, "demuxer matroskademux" },
    { "queue0:src", -1, "avdec_ffv1" },
    { NULL, -1, "avdec_ffv1" },
  };
  const gchar *const labels[] = { "a.mkv", "b.mkv", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeasureTrouble trouble = { .kind = MEASURE_TROUBLE_NONE };
    g_autofree gchar *text = NULL;

    note_both (&trouble);
    measure_trouble_set_died (&trouble, "crashed (X)", cases[i].thread);
    g_assert_cmpint (measure_trouble_get_input (&trouble), ==, cases[i].input);
    text = measure_trouble_describe (&trouble, 1, labels);
    g_assert_true (
        g_str_has_prefix (text, cases[i].input == 0 ? "a.mkv: " : "b.mkv: "));
    g_assert_nonnull (strstr (text, cases[i].element));
    g_assert_nonnull (strstr (text, "crashed (X)"));
    g_assert_nonnull (
        strstr (text, cases[i].input < 0 ? "a.mkv" : "GStreamer"));
    measure_trouble_clear (&trouble);
  }
}

static void
test_standstill_is_laid_on_the_one_input_that_starves (void)
{
  static const struct
  {
    const gchar *starving;
    guint frames;
    gint input;
    const gchar *words;
  } cases[] = {
    { "0", 0, 0, "a.mkv: neither a frame nor an end" },
    { "1", 12, 1, "b.mkv: its end was never seen: after 12 frames" },
    { "0 1", 12, -1, "b.mkv: its end was never seen" },
    { "", 0, -1, "b.mkv: the measurement stood still" },
  };
  const gchar *const labels[] = { "a.mkv", "b.mkv", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeasureTrouble trouble = { .kind = MEASURE_TROUBLE_NONE };
    g_autoptr (GstStructure) head =
        gst_structure_new ("alive", "starving", G_TYPE_STRING,
            cases[i].starving, "frames", G_TYPE_UINT, cases[i].frames, NULL);
    g_autofree gchar *text = NULL;

    note_both (&trouble);
    measure_trouble_note_standstill (&trouble, head);
    measure_trouble_set_stalled (&trouble, 2500);
    /* Ending it may end in a crash. */
    measure_trouble_set_died (&trouble, "crashed (X)", NULL);
    g_assert_cmpint (measure_trouble_get_input (&trouble), ==, cases[i].input);
    text = measure_trouble_describe (&trouble, 1, labels);
    g_assert_true (g_str_has_prefix (text, cases[i].words));
    g_assert_nonnull (strstr (text, "2.5s"));
    g_assert_nonnull (strstr (text, "--stall"));
    measure_trouble_clear (&trouble);
  }
}

static void
test_a_standstill_without_threads_is_not_laid_on_a_file (void)
{
  g_autoptr (GstStructure) head =
      gst_structure_new ("alive", "starving", G_TYPE_STRING, "1", "frames",
          G_TYPE_UINT, 0, "no-threads", G_TYPE_BOOLEAN, TRUE, NULL);
  const gchar *const labels[] = { "a.mkv", "b.mkv", NULL };
  MeasureTrouble trouble = { .kind = MEASURE_TROUBLE_NONE };
  g_autofree gchar *text = NULL;

  g_assert_false (measure_trouble_lacks_threads ());
  measure_trouble_note_standstill (&trouble, head);
  measure_trouble_set_stalled (&trouble, 3000);
  text = measure_trouble_describe (&trouble, 1, labels);
  g_assert_cmpstr (text, ==, "b.mkv: " MEASURE_TROUBLE_NO_THREADS);
  measure_trouble_clear (&trouble);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/trouble/crash", test_crash_is_laid_on_the_input_of_its_thread);
  g_test_add_func ("/trouble/standstill",
      test_standstill_is_laid_on_the_one_input_that_starves);
  g_test_add_func ("/trouble/standstill-without-threads",
      test_a_standstill_without_threads_is_not_laid_on_a_file);
  return g_test_run ();
}
