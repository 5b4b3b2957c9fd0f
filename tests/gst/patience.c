/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long a live reference frame waits, whatever its clock says.
 */
#include "patience.h"

#define SECOND ((gint64) GST_SECOND)

/* A machine that is busy is late by a part of a second. */
#define SLACK (5 * SECOND)

static PerceptualConfig config = {
  .mode = PERCEPTUAL_MODE_REAL_TIME, /* no patience beside what is noted */
};

/* Anything that has a clock and a property "latency". */
static GstElement *
make_element (void)
{
  GstElement *element = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  g_object_set (element, "latency", G_GUINT64_CONSTANT (0), NULL);

  gst_element_set_clock (element, clock);
  gst_element_set_base_time (element, 0);
  return element;
}

static gint64
now (GstElement *element)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (element);

  return (gint64) gst_clock_get_time (clock);
}

/* Asserts that frames of the time @time wait for @behind, or little more. */
static void
assert_waits (const PerceptualPatience *patience, gint64 time, gint64 behind)
{
  gint64 waits = (gint64) perceptual_patience_until (patience, time) - time;

  g_assert_cmpint (waits, >=, behind);
  g_assert_cmpint (waits, <, behind + SLACK);
}

/* Times that jumped back, and clocks that went apart for weeks. */
static void
test_clocks_may_be_any_time_apart (void)
{
  static const gint64 apart[] = { 0, 5 * SECOND, 100 * SECOND, 3600 * SECOND };

  for (guint i = 0; i < G_N_ELEMENTS (apart); i++) {
    GstElement *element = make_element ();
    PerceptualPatience patience = { .element = element, .config = &config };
    gint64 time = now (element) - apart[i];

    perceptual_patience_note_reference (&patience, time);
    perceptual_patience_note (&patience, time - 3 * SECOND);
    assert_waits (&patience, time, apart[i] + 3 * SECOND);
    /* Partners that are further behind are none. */
    perceptual_patience_note (&patience, time - 60 * SECOND);
    assert_waits (&patience, time, apart[i] + 12 * SECOND);
    gst_object_unref (element);
  }
}

static void
test_what_was_late_once_is_forgotten (void)
{
  GstElement *element = make_element ();
  PerceptualPatience patience = { .element = element, .config = &config };
  gint64 time = now (element) - 100 * SECOND;

  perceptual_patience_note_reference (&patience, time);
  perceptual_patience_note (&patience, time - 10 * SECOND);
  for (guint i = 0; i < 2000; i++)
    perceptual_patience_note (&patience, time);
  assert_waits (&patience, time, 100 * SECOND);
  gst_object_unref (element);
}

/* The largest that fit into a number, and what comes of damaged files. */
static void
test_no_clock_waits_for_what_is_years_ahead (void)
{
  GstElement *element = make_element ();
  PerceptualPatience patience = { .element = element, .config = &config };

  assert_waits (&patience, now (element) + 24 * 3600 * SECOND, 0);
  g_assert_cmpuint (perceptual_patience_until (&patience, G_MAXINT64 / 4), ==,
      GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (perceptual_patience_until (&patience, G_MAXINT64), ==,
      GST_CLOCK_TIME_NONE);
  g_object_set (element, "latency", G_MAXINT64, NULL);
  g_assert_cmpuint (
      perceptual_patience_until (&patience, SECOND), ==, GST_CLOCK_TIME_NONE);
  gst_object_unref (element);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/patience/clocks-may-be-any-time-apart",
      test_clocks_may_be_any_time_apart);
  g_test_add_func ("/patience/what-was-late-once-is-forgotten",
      test_what_was_late_once_is_forgotten);
  g_test_add_func ("/patience/no-clock-waits-for-years",
      test_no_clock_waits_for_what_is_years_ahead);
  return g_test_run ();
}
