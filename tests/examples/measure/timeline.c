/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Timelines arrive in the other process as they were, and grow by pieces.
 */
#include "measure/message.h"
#include "measure/timeline.h"

#include <math.h>
#include <string.h>

/* Adds what the text of a message holds to @to. */
static void
receive (MeasureTimeline *to, const MeasureTimeline *sent)
{
  GstStructure *head = gst_structure_new_empty (MEASURE_SAYS_TIMELINE);
  g_autoptr (GstStructure) got = NULL;
  g_autofree gchar *text = NULL;

  measure_timeline_to_fields (sent, head);
  text = measure_message_write (head, NULL);
  g_assert_cmpuint (strlen (text), <, 100000);
  got = measure_message_read (text, NULL);
  g_assert_nonnull (got);
  measure_timeline_append_fields (to, got);
}

static void
test_pairs_arrive_to_the_bit (void)
{
  const gdouble distances[] = { .1 + .2, 5e-324, -1.7976931348623157e308,
    INFINITY, 0, 1. / 3 };
  MeasureTimeline *sent = measure_timeline_new ();
  MeasureTimeline *got = measure_timeline_new ();

  for (guint i = 0; i < 1000; i++) {
    const MeasurePair pair = { .reference_pts = i * G_GUINT64_CONSTANT (33366),
      .distorted_pts = G_MAXUINT64 - i,
      .time = i,
      .distance = distances[i % G_N_ELEMENTS (distances)] };

    g_array_append_val (sent->pairs, pair);
  }
  sent->shift = -7;
  receive (got, sent);
  receive (got, sent);
  g_assert_cmpuint (got->pairs->len, ==, 2000);
  g_assert_cmpint (got->shift, ==, -7);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpmem (&g_array_index (got->pairs, MeasurePair, 1000 * i),
        1000 * sizeof (MeasurePair), sent->pairs->data,
        1000 * sizeof (MeasurePair));
  measure_timeline_free (sent);
  measure_timeline_free (got);
}

static void
test_bytes_of_a_second_add_up_over_pieces (void)
{
  MeasureTimeline *whole = measure_timeline_new ();
  guint64 sum = 0;

  for (guint piece = 0; piece < 10; piece++) {
    MeasureTimeline *sent = measure_timeline_new ();

    /* In the order of decoding. */
    for (guint i = 0; i < 50; i++) {
      guint64 second = (piece * 50 + (i ^ 1)) / 25;

      measure_timeline_add_bytes (sent, second, 100 + i);
      sum += 100 + i;
    }
    sent->coded_begin = piece * 2 * GST_SECOND;
    sent->coded_end = (piece + 1) * 2 * GST_SECOND;
    receive (whole, sent);
    measure_timeline_free (sent);
  }
  g_assert_cmpuint (whole->seconds->len, ==, 20);
  g_assert_cmpuint (measure_timeline_count_bytes (whole), ==, sum);
  g_assert_cmpuint (whole->coded_begin, ==, 0);
  g_assert_cmpuint (whole->coded_end, ==, 20 * GST_SECOND);
  measure_timeline_free (whole);
}

static void
test_marks_of_a_kind_that_touch_are_one (void)
{
  MeasureTimeline *sent = measure_timeline_new ();
  MeasureTimeline *got = measure_timeline_new ();
  const MeasureMark marks[] = {
    { MEASURE_MARK_LOST_REFERENCE, 0, 40, 1 },
    { MEASURE_MARK_FROZEN, 10, 20, 1 },
    { MEASURE_MARK_LOST_REFERENCE, 45, 80, 1 },
    { MEASURE_MARK_LOST_REFERENCE, 200, 240, 1 },
  };
  const MeasureMark *mark;

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    measure_timeline_add_mark (sent, &marks[i], 10);
  receive (got, sent);
  g_assert_cmpuint (got->marks->len, ==, 3);
  mark = &g_array_index (got->marks, MeasureMark, 0);
  g_assert_cmpuint (mark->begin, ==, 0);
  g_assert_cmpuint (mark->end, ==, 80);
  g_assert_cmpuint (mark->count, ==, 2);
  measure_timeline_free (sent);
  measure_timeline_free (got);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline/pairs", test_pairs_arrive_to_the_bit);
  g_test_add_func (
      "/timeline/bytes", test_bytes_of_a_second_add_up_over_pieces);
  g_test_add_func ("/timeline/marks", test_marks_of_a_kind_that_touch_are_one);
  return g_test_run ();
}
