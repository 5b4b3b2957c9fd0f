/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Alerts on made-up distances: when they begin and end, what they report, and
 * the window's mean against a plain sum.
 */
#include "report/alert.h"

#include <math.h>

#define FRAME (40 * GST_MSECOND)

static const PerceptualColumns columns = { .metric = "l2" };

/* What a test feeds and what it got. */
typedef struct
{
  PerceptualAlerts *alerts;
  guint64 index;
  GArray *events; /* of PerceptualAlertEvent */
} Stream;

static PerceptualAlertSettings
all_off (void)
{
  return (PerceptualAlertSettings){ .above = PERCEPTUAL_ALERT_ABOVE_OFF,
    .below = PERCEPTUAL_ALERT_BELOW_OFF };
}

static Stream
stream_of (const PerceptualAlertSettings *settings)
{
  return (Stream){ perceptual_alerts_new (settings, FALSE), 0,
    g_array_new (FALSE, FALSE, sizeof (PerceptualAlertEvent)) };
}

static void
stream_clear (Stream *stream)
{
  perceptual_alerts_free (stream->alerts);
  g_array_unref (stream->events);
}

static void
add_at (Stream *stream, GstClockTime time, gdouble distance, gboolean frozen,
    gboolean black)
{
  PerceptualRecord record = {
    .index = stream->index++,
    .reference_pts = time + GST_SECOND,
    .running_time = time,
    .duration = FRAME,
    .distance = distance,
    .frozen = frozen,
    .black = black,
  };
  guint n;
  const PerceptualAlertEvent *events =
      perceptual_alerts_add (stream->alerts, &record, &n);

  g_array_append_vals (stream->events, events, n);
}

static void
add (Stream *stream, gdouble distance)
{
  add_at (stream, stream->index * FRAME, distance, FALSE, FALSE);
}

static void
add_values (Stream *stream, const gdouble *values, guint n)
{
  for (guint i = 0; i < n; i++)
    add (stream, values[i]);
}

static void
end (Stream *stream)
{
  guint n;
  const PerceptualAlertEvent *events =
      perceptual_alerts_end (stream->alerts, &n);

  g_array_append_vals (stream->events, events, n);
}

static const PerceptualAlertEvent *
event_at (const Stream *stream, guint n)
{
  g_assert_cmpuint (n, <, stream->events->len);
  return &g_array_index (stream->events, PerceptualAlertEvent, n);
}

static void
test_without_thresholds_nothing_is_said (void)
{
  const gdouble values[] = { 0, 1e300, -1e300, INFINITY, 5 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream = stream_of (&settings);

  add_values (&stream, values, G_N_ELEMENTS (values));
  add_at (&stream, GST_SECOND, 1, TRUE, TRUE);
  end (&stream);
  g_assert_cmpuint (stream.events->len, ==, 0);
  stream_clear (&stream);
}

static void
test_an_excursion_begins_and_ends_an_alert (void)
{
  const gdouble values[] = { .1, .2, .21, .5, .3, .2, .1, .1 };
  PerceptualAlertSettings settings = all_off ();
  const PerceptualAlertEvent *event;
  Stream stream;

  settings.above = .2;
  stream = stream_of (&settings);
  add_values (&stream, values, G_N_ELEMENTS (values));
  end (&stream);
  g_assert_cmpuint (stream.events->len, ==, 2);

  event = event_at (&stream, 0);
  g_assert_cmpint (event->kind, ==, PERCEPTUAL_ALERT_ABOVE);
  g_assert_true (event->begin);
  g_assert_cmpfloat (event->threshold, ==, .2);
  g_assert_cmpfloat (event->value, ==, .21);
  g_assert_cmpuint (event->since, ==, 2 * FRAME);
  g_assert_cmpuint (event->running_time, ==, 2 * FRAME);
  g_assert_cmpuint (event->duration, ==, FRAME);
  g_assert_cmpuint (event->pairs, ==, 1);
  g_assert_cmpuint (event->worst_index, ==, 2);

  event = event_at (&stream, 1);
  g_assert_false (event->begin);
  g_assert_false (event->at_end);
  g_assert_cmpfloat (event->value, ==, .2);
  g_assert_cmpuint (event->since, ==, 2 * FRAME);
  g_assert_cmpuint (event->running_time, ==, 5 * FRAME);
  g_assert_cmpuint (event->duration, ==, 3 * FRAME);
  g_assert_cmpuint (event->pairs, ==, 3);
  g_assert_cmpuint (event->worst_index, ==, 3);
  g_assert_cmpuint (event->worst_pts, ==, 3 * FRAME + GST_SECOND);
  g_assert_cmpfloat (event->worst_distance, ==, .5);
  stream_clear (&stream);
}

static void
test_a_similarity_is_bad_below (void)
{
  const gdouble values[] = { 40, INFINITY, 29, 25, 28, INFINITY, 40 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.below = 30;
  stream = stream_of (&settings);
  add_values (&stream, values, G_N_ELEMENTS (values));
  g_assert_cmpuint (stream.events->len, ==, 2);
  g_assert_cmpint (event_at (&stream, 0)->kind, ==, PERCEPTUAL_ALERT_BELOW);
  g_assert_cmpfloat (event_at (&stream, 0)->threshold, ==, 30);
  g_assert_cmpuint (event_at (&stream, 1)->worst_index, ==, 3);
  g_assert_cmpfloat (event_at (&stream, 1)->worst_distance, ==, 25);
  g_assert_cmpfloat (
      event_at (&stream, 1)->value, ==, PERCEPTUAL_ALERT_INFINITE);
  stream_clear (&stream);
}

static void
test_hysteresis_keeps_an_alert_that_hovers_at_the_threshold (void)
{
  const gdouble values[] = { 0, 3, 2, 1.5, 2.5, 1, 1.5, 2.5, 1.5, 1 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  settings.hysteresis = 1;
  stream = stream_of (&settings);
  add_values (&stream, values, G_N_ELEMENTS (values));
  g_assert_cmpuint (stream.events->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (event_at (&stream, i)->begin, ==, i % 2 == 0);
  g_assert_cmpuint (event_at (&stream, 0)->running_time, ==, 1 * FRAME);
  g_assert_cmpuint (event_at (&stream, 1)->running_time, ==, 5 * FRAME);
  g_assert_cmpuint (event_at (&stream, 1)->pairs, ==, 4);
  g_assert_cmpuint (event_at (&stream, 2)->running_time, ==, 7 * FRAME);
  g_assert_cmpuint (event_at (&stream, 3)->running_time, ==, 9 * FRAME);
  stream_clear (&stream);
}

static void
test_hysteresis_of_a_similarity_is_above_the_threshold (void)
{
  const gdouble values[] = { 40, 29, 31, 29, 33 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.below = 30;
  settings.hysteresis = 2;
  stream = stream_of (&settings);
  add_values (&stream, values, G_N_ELEMENTS (values));
  g_assert_cmpuint (stream.events->len, ==, 2);
  g_assert_true (event_at (&stream, 0)->begin);
  g_assert_cmpuint (event_at (&stream, 0)->running_time, ==, 1 * FRAME);
  g_assert_false (event_at (&stream, 1)->begin);
  g_assert_cmpuint (event_at (&stream, 1)->running_time, ==, 4 * FRAME);
  g_assert_cmpuint (event_at (&stream, 1)->pairs, ==, 3);
  stream_clear (&stream);
}

/* At the threshold itself nothing is bad, nor at the end of hysteresis. */
static void
test_a_value_at_the_threshold_is_good (void)
{
  const gdouble similarities[] = { 30, 30, 29, 32 };
  const gdouble distances[] = { 2, 2, 3, 1 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.below = 30;
  settings.hysteresis = 2;
  stream = stream_of (&settings);
  add_values (&stream, similarities, 2);
  g_assert_cmpuint (stream.events->len, ==, 0);
  add_values (&stream, similarities + 2, 2);
  g_assert_cmpuint (stream.events->len, ==, 2);
  stream_clear (&stream);

  settings = all_off ();
  settings.above = 2;
  settings.hysteresis = 1;
  stream = stream_of (&settings);
  add_values (&stream, distances, 2);
  g_assert_cmpuint (stream.events->len, ==, 0);
  add_values (&stream, distances + 2, 2);
  g_assert_cmpuint (stream.events->len, ==, 2);
  stream_clear (&stream);
}

/* A threshold of 0, which the distance of equal frames is not above. */
static void
test_a_threshold_may_be_0 (void)
{
  const gdouble values[] = { 0, 0, 1e-9, 0 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 0;
  stream = stream_of (&settings);
  add_values (&stream, values, G_N_ELEMENTS (values));
  g_assert_cmpuint (stream.events->len, ==, 2);
  g_assert_cmpuint (event_at (&stream, 0)->since, ==, 2 * FRAME);
  g_assert_cmpuint (event_at (&stream, 1)->running_time, ==, 3 * FRAME);
  stream_clear (&stream);
}

static void
test_short_excursions_give_no_alert (void)
{
  const gdouble values[] = { 0, 3, 3, 0, 3, 3, 4, 3, 0 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  settings.min_duration = 3 * FRAME;
  stream = stream_of (&settings);
  add_values (&stream, values, G_N_ELEMENTS (values));
  g_assert_cmpuint (stream.events->len, ==, 2);
  /* It begins when it has lasted long enough, and says since when. */
  g_assert_true (event_at (&stream, 0)->begin);
  g_assert_cmpuint (event_at (&stream, 0)->since, ==, 4 * FRAME);
  g_assert_cmpuint (event_at (&stream, 0)->running_time, ==, 6 * FRAME);
  g_assert_cmpuint (event_at (&stream, 0)->duration, ==, 3 * FRAME);
  g_assert_cmpuint (event_at (&stream, 0)->worst_index, ==, 6);
  g_assert_cmpuint (event_at (&stream, 1)->duration, ==, 4 * FRAME);
  stream_clear (&stream);
}

static void
test_an_open_alert_ends_with_the_stream (void)
{
  const gdouble values[] = { 0, 3, 5, 3 };
  PerceptualAlertSettings settings = all_off ();
  const PerceptualAlertEvent *event;
  Stream stream;

  settings.above = 2;
  stream = stream_of (&settings);
  add_values (&stream, values, G_N_ELEMENTS (values));
  end (&stream);
  end (&stream);
  g_assert_cmpuint (stream.events->len, ==, 2);
  event = event_at (&stream, 1);
  g_assert_false (event->begin);
  g_assert_true (event->at_end);
  g_assert_cmpuint (event->running_time, ==, 3 * FRAME);
  g_assert_cmpuint (event->duration, ==, 3 * FRAME);
  g_assert_cmpuint (event->worst_index, ==, 2);
  stream_clear (&stream);
}

static void
test_a_step_back_in_time_begins_a_new_stream (void)
{
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  settings.frozen = TRUE;
  stream = stream_of (&settings);
  add_at (&stream, 10 * GST_SECOND, 3, TRUE, FALSE);
  add_at (&stream, 0, 3, FALSE, FALSE);
  g_assert_cmpuint (stream.events->len, ==, 5);
  g_assert_true (event_at (&stream, 2)->at_end);
  g_assert_cmpuint (event_at (&stream, 2)->since, ==, 10 * GST_SECOND);
  g_assert_cmpuint (event_at (&stream, 2)->duration, ==, FRAME);
  g_assert_true (event_at (&stream, 3)->at_end);
  g_assert_cmpint (event_at (&stream, 3)->kind, ==, PERCEPTUAL_ALERT_FROZEN);
  g_assert_true (event_at (&stream, 4)->begin);
  g_assert_cmpuint (event_at (&stream, 4)->since, ==, 0);
  stream_clear (&stream);
}

static void
test_frozen_and_black_are_alerts_of_their_own (void)
{
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.frozen = settings.black = TRUE;
  settings.min_duration = 2 * FRAME;
  stream = stream_of (&settings);
  for (guint i = 0; i < 20; i++)
    add_at (&stream, i * FRAME, i == 6 ? 9 : 1, i >= 5 && i < 9,
        i >= 8 && i < 12 && i != 9);
  end (&stream);
  g_assert_cmpuint (stream.events->len, ==, 4);
  g_assert_cmpint (event_at (&stream, 0)->kind, ==, PERCEPTUAL_ALERT_FROZEN);
  g_assert_true (event_at (&stream, 0)->begin);
  g_assert_true (isnan (event_at (&stream, 0)->threshold));
  g_assert_cmpuint (event_at (&stream, 0)->since, ==, 5 * FRAME);
  g_assert_cmpuint (event_at (&stream, 0)->running_time, ==, 6 * FRAME);
  g_assert_cmpint (event_at (&stream, 1)->kind, ==, PERCEPTUAL_ALERT_FROZEN);
  g_assert_false (event_at (&stream, 1)->begin);
  g_assert_cmpuint (event_at (&stream, 1)->duration, ==, 4 * FRAME);
  g_assert_cmpuint (event_at (&stream, 1)->worst_index, ==, 6);
  /* Black frame 8 was alone, which is too short. */
  g_assert_cmpint (event_at (&stream, 2)->kind, ==, PERCEPTUAL_ALERT_BLACK);
  g_assert_cmpuint (event_at (&stream, 2)->since, ==, 10 * FRAME);
  g_assert_cmpint (event_at (&stream, 3)->kind, ==, PERCEPTUAL_ALERT_BLACK);
  g_assert_cmpuint (event_at (&stream, 3)->running_time, ==, 12 * FRAME);
  stream_clear (&stream);
}

static void
test_nothing_is_judged_before_the_window_is_full (void)
{
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  settings.window = 5 * FRAME;
  stream = stream_of (&settings);
  add (&stream, 100);
  for (guint i = 1; i < 4; i++)
    add (&stream, 0);
  g_assert_cmpuint (stream.events->len, ==, 0);
  add (&stream, 0);
  g_assert_cmpuint (stream.events->len, ==, 1);
  g_assert_cmpfloat (event_at (&stream, 0)->value, ==, 20);
  g_assert_cmpuint (event_at (&stream, 0)->since, ==, 4 * FRAME);
  /* The pair that caused it is before the excursion. */
  g_assert_cmpuint (event_at (&stream, 0)->worst_index, ==, 0);
  g_assert_cmpfloat (event_at (&stream, 0)->worst_distance, ==, 100);
  add (&stream, 0);
  g_assert_cmpuint (stream.events->len, ==, 2);
  g_assert_cmpfloat (event_at (&stream, 1)->value, ==, 0);

  /* After a hole longer than the window, one pair does not fill a window
   * either. */
  add_at (&stream, GST_SECOND, 100, FALSE, FALSE);
  g_assert_cmpuint (stream.events->len, ==, 2);
  stream_clear (&stream);
}

/* Random distances at uneven times; @slack is how early, in ns, the window's
 * old edge may be. */
static void
compare_with_sums (guint64 window, guint64 step, guint n, guint64 slack)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autofree gdouble *values = g_new (gdouble, n);
  g_autofree GstClockTime *times = g_new (GstClockTime, n);
  PerceptualAlertSettings settings = all_off ();
  Stream stream;
  guint judged = 0;

  /* All values are above, so each pair's value shows in the excursion that
   * ends. */
  settings.above = 0;
  settings.window = window;
  for (guint i = 0; i < n; i++) {
    values[i] = g_rand_double (rand);
    times[i] = (i > 0 ? times[i - 1] : 0)
        + g_rand_int_range (rand, step / 2, step * 2);
  }
  for (guint last = n / 2; last < n; last += n / 7) {
    gdouble sum = 0, least = INFINITY, most = -INFINITY;
    guint count = 0;

    stream = stream_of (&settings);
    for (guint i = 0; i <= last; i++)
      add_at (&stream, times[i], values[i], FALSE, FALSE);
    end (&stream);
    g_assert_cmpuint (stream.events->len, ==, 2);
    for (guint i = last + 1; i-- > 0 && times[last] - times[i] < window;) {
      sum += values[i];
      count++;
      if (times[last] - times[i] >= window - slack - 1) {
        least = MIN (least, sum / count);
        most = MAX (most, sum / count);
      }
    }
    least = MIN (least, sum / count);
    most = MAX (most, sum / count);
    g_assert_cmpfloat (event_at (&stream, 1)->value, >=, least - 1e-12);
    g_assert_cmpfloat (event_at (&stream, 1)->value, <=, most + 1e-12);
    stream_clear (&stream);
    judged++;
  }
  g_assert_cmpuint (judged, >=, 3);
}

static void
test_the_mean_of_a_window_is_exact_for_few_pairs (void)
{
  compare_with_sums (GST_SECOND, FRAME, 200, 0);
  compare_with_sums (10 * GST_SECOND + 1, FRAME, 2000, 0);
}

static void
test_long_windows_lose_no_more_than_a_bucket (void)
{
  /* Some 16 pairs to a bucket. */
  const guint64 long_time = 800 * GST_SECOND;

  compare_with_sums (
      long_time, FRAME, 40000, long_time / PERCEPTUAL_ALERT_BUCKETS + 1);
  compare_with_sums (1000, 2, 5000, 1);
}

/* The worst pair of a window that is bad below is its lowest; the first of
 * several. */
static void
test_the_worst_of_a_window_is_at_its_bad_end (void)
{
  const gdouble values[] = { 40, 25, 50, 25, 30, 30, 60 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.below = 35;
  settings.window = 5 * FRAME;
  stream = stream_of (&settings);
  add_values (&stream, values, 5);
  g_assert_cmpuint (stream.events->len, ==, 1);
  g_assert_cmpfloat (event_at (&stream, 0)->value, ==, 34);
  g_assert_cmpuint (event_at (&stream, 0)->worst_index, ==, 1);
  g_assert_cmpfloat (event_at (&stream, 0)->worst_distance, ==, 25);
  add_values (&stream, values + 5, 2);
  /* 25 50 25 30 30 gave 32, 50 25 30 30 60 gives 39. */
  g_assert_cmpuint (stream.events->len, ==, 2);
  g_assert_cmpfloat (event_at (&stream, 1)->value, ==, 39);
  g_assert_cmpuint (event_at (&stream, 1)->worst_index, ==, 1);
  stream_clear (&stream);

  settings = all_off ();
  settings.above = 35;
  settings.window = 5 * FRAME;
  stream = stream_of (&settings);
  add_values (&stream, (const gdouble[]){ 30, 50, 20, 50, 30 }, 5);
  g_assert_cmpuint (stream.events->len, ==, 1);
  g_assert_cmpuint (event_at (&stream, 0)->worst_index, ==, 1);
  stream_clear (&stream);
}

/* A window that has passed, and one after a hole, are full after their own
 * time. */
static void
test_a_window_after_a_hole_fills_anew (void)
{
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  settings.window = 5 * FRAME;
  stream = stream_of (&settings);
  for (guint i = 0; i < 4; i++)
    add (&stream, 9);
  g_assert_cmpuint (stream.events->len, ==, 0);
  for (guint i = 0; i < 4; i++)
    add_at (&stream, GST_SECOND + i * FRAME, 9, FALSE, FALSE);
  g_assert_cmpuint (stream.events->len, ==, 0);
  add_at (&stream, GST_SECOND + 4 * FRAME, 9, FALSE, FALSE);
  g_assert_cmpuint (stream.events->len, ==, 1);
  g_assert_cmpuint (
      event_at (&stream, 0)->running_time, ==, GST_SECOND + 4 * FRAME);
  stream_clear (&stream);
}

static void
test_infinite_values_are_told_as_they_are (void)
{
  const gdouble values[] = { 1, INFINITY, INFINITY, 1 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  stream = stream_of (&settings);
  add_values (&stream, values, G_N_ELEMENTS (values));
  g_assert_cmpuint (stream.events->len, ==, 2);
  g_assert_cmpfloat (
      event_at (&stream, 0)->value, ==, PERCEPTUAL_ALERT_INFINITE);
  g_assert_true (isinf (event_at (&stream, 1)->worst_distance));
  g_assert_cmpuint (event_at (&stream, 1)->worst_index, ==, 1);
  stream_clear (&stream);
}

/* Frozen and black pictures are worst where the metric says so. */
static void
test_the_worst_frozen_picture_is_by_the_metric (void)
{
  const gdouble values[] = { 5, 3, 7, 5 };

  for (guint similarity = 0; similarity < 2; similarity++) {
    PerceptualAlertSettings settings = all_off ();
    Stream stream;

    settings.frozen = settings.black = TRUE;
    stream = stream_of (&settings);
    perceptual_alerts_free (stream.alerts);
    stream.alerts = perceptual_alerts_new (&settings, similarity);
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
      add_at (&stream, i * FRAME, values[i], TRUE, TRUE);
    end (&stream);
    g_assert_cmpuint (stream.events->len, ==, 4);
    for (guint i = 2; i < 4; i++) {
      g_assert_cmpuint (
          event_at (&stream, i)->worst_index, ==, similarity ? 1 : 2);
      g_assert_cmpfloat (event_at (&stream, i)->value, ==, 5);
    }
    stream_clear (&stream);
  }
}

/* The same time once more is no step back. */
static void
test_a_repeated_time_goes_on (void)
{
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  stream = stream_of (&settings);
  for (guint i = 0; i < 3; i++)
    add_at (&stream, GST_SECOND, 3, FALSE, FALSE);
  g_assert_cmpuint (stream.events->len, ==, 1);
  stream_clear (&stream);
}

static void
change (Stream *stream, const PerceptualAlertSettings *settings)
{
  perceptual_alerts_change (stream->alerts, settings);
}

static void
test_what_changes_in_a_run_holds_from_the_next_pair_on (void)
{
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  stream = stream_of (&settings);
  add (&stream, 3);
  settings.above = PERCEPTUAL_ALERT_ABOVE_OFF;
  change (&stream, &settings);
  g_assert_cmpuint (stream.events->len, ==, 1);
  add (&stream, 3);
  /* Ended by the threshold that began it. */
  g_assert_cmpuint (stream.events->len, ==, 2);
  g_assert_false (event_at (&stream, 1)->begin);
  g_assert_cmpfloat (event_at (&stream, 1)->threshold, ==, 2);

  /* A window, a shorter and a longer one, begins empty. */
  settings.above = 2;
  for (guint length = 4; length <= 6; length++) {
    guint before = stream.events->len;

    settings.window = (length == 5 ? 3 : length) * FRAME;
    change (&stream, &settings);
    for (guint i = 1; i < (length == 5 ? 3 : length); i++)
      add (&stream, length % 2 == 0 ? 9 : 0);
    g_assert_cmpuint (stream.events->len, ==, before);
    add (&stream, length % 2 == 0 ? 9 : 0);
    g_assert_cmpuint (stream.events->len, ==, before + 1);
  }
  stream_clear (&stream);
}

/* Ten pairs to a bucket, and the worst one is inside of one. */
static void
test_the_worst_of_a_bucket_is_found (void)
{
  const guint n = 10 * PERCEPTUAL_ALERT_BUCKETS, worst = n / 2 + 5;

  for (guint below = 0; below < 2; below++) {
    PerceptualAlertSettings settings = all_off ();
    Stream stream;

    settings.window = n * FRAME;
    settings.above = below ? PERCEPTUAL_ALERT_ABOVE_OFF : 20;
    settings.below = below ? 40 : PERCEPTUAL_ALERT_BELOW_OFF;
    stream = stream_of (&settings);
    for (guint i = 0; i < n; i++)
      add (&stream, i == worst ? (below ? 25 : 35) : 30 + i % 3);
    g_assert_cmpuint (stream.events->len, ==, 1);
    g_assert_cmpuint (event_at (&stream, 0)->worst_index, ==, worst);
    g_assert_cmpfloat (
        event_at (&stream, 0)->worst_distance, ==, below ? 25 : 35);
    stream_clear (&stream);
  }
}

/* More pairs than buckets, of a length that these do not divide. */
static void
test_a_window_of_an_odd_length_has_buckets_enough (void)
{
  const guint length = 2 * PERCEPTUAL_ALERT_BUCKETS - 1;
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.window = length;
  settings.above = 0;
  stream = stream_of (&settings);
  for (guint i = 0; i < 3 * length; i++)
    add_at (&stream, i, i, FALSE, FALSE);
  end (&stream);
  /* The last judged has all that came within the window, but for a bucket. */
  g_assert_cmpfloat_with_epsilon (
      event_at (&stream, 1)->value, 3 * length - 1 - (length - 1) / 2., 1.01);
  stream_clear (&stream);
}

/* After an end, a window is empty, as after a hole. */
static void
test_a_window_ends_with_the_stream (void)
{
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 2;
  settings.window = 3 * FRAME;
  stream = stream_of (&settings);
  for (guint i = 0; i < 3; i++)
    add (&stream, 9);
  end (&stream);
  g_assert_cmpuint (stream.events->len, ==, 2);
  add (&stream, 9);
  add (&stream, 9);
  g_assert_cmpuint (stream.events->len, ==, 2);
  add (&stream, 9);
  g_assert_cmpuint (stream.events->len, ==, 3);
  stream_clear (&stream);
}

/* Above a threshold the highest is the worst, also of a similarity. */
static void
test_the_worst_above_is_the_highest_of_any_metric (void)
{
  const gdouble values[] = { 30, 50, 45, 60, 55 };
  PerceptualAlertSettings settings = all_off ();
  Stream stream;

  settings.above = 40;
  stream = stream_of (&settings);
  perceptual_alerts_free (stream.alerts);
  stream.alerts = perceptual_alerts_new (&settings, TRUE);
  add_values (&stream, values, G_N_ELEMENTS (values));
  end (&stream);
  g_assert_cmpuint (stream.events->len, ==, 2);
  g_assert_cmpuint (event_at (&stream, 1)->worst_index, ==, 3);
  g_assert_cmpfloat (event_at (&stream, 1)->worst_distance, ==, 60);
  stream_clear (&stream);
}

static void
test_fields_say_what_happened (void)
{
  const PerceptualAlertEvent event = {
    .kind = PERCEPTUAL_ALERT_BELOW,
    .begin = TRUE,
    .threshold = 30,
    .value = 28.5,
    .since = 40,
    .running_time = 80,
    .duration = 60,
    .pairs = 2,
    .worst_index = 7,
    .worst_pts = 81,
    .worst_distance = 28,
  };
  PerceptualAlertEvent black = event;
  g_autoptr (GstStructure) s =
      perceptual_alert_to_structure (&event, "dist_sink", &columns);
  g_autoptr (GstStructure) expected = gst_structure_from_string (
      "perceptual-alert, stream=(string)dist_sink, metric=(string)l2, "
      "kind=(string)below, state=(string)begin, at-end=(boolean)false, "
      "value=(double)28.5, since=(guint64)40, running-time=(guint64)80, "
      "duration=(guint64)60, pairs=(guint64)2, threshold=(double)30, "
      "worst=(structure)[worst, index=(guint64)7, pts=(guint64)81, "
      "distance=(double)28]",
      NULL);
  g_autoptr (GstStructure) t = NULL;

  g_assert_nonnull (expected);
  g_assert_true (gst_structure_is_equal (s, expected));
  black.kind = PERCEPTUAL_ALERT_BLACK;
  black.threshold = NAN;
  black.begin = FALSE;
  black.at_end = TRUE;
  t = perceptual_alert_to_structure (&black, "dist_sink", &columns);
  g_assert_cmpstr (gst_structure_get_string (t, "kind"), ==, "black");
  g_assert_cmpstr (gst_structure_get_string (t, "state"), ==, "end");
  g_assert_false (gst_structure_has_field (t, "threshold"));
}

#define TEST(name, function) g_test_add_func ("/alert/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  TEST ("without-thresholds-nothing-is-said",
      test_without_thresholds_nothing_is_said);
  TEST ("an-excursion-begins-and-ends-an-alert",
      test_an_excursion_begins_and_ends_an_alert);
  TEST ("a-similarity-is-bad-below", test_a_similarity_is_bad_below);
  TEST ("hysteresis-keeps-an-alert-that-hovers-at-the-threshold",
      test_hysteresis_keeps_an_alert_that_hovers_at_the_threshold);
  TEST ("hysteresis-of-a-similarity-is-above-the-threshold",
      test_hysteresis_of_a_similarity_is_above_the_threshold);
  TEST ("a-value-at-the-threshold-is-good",
      test_a_value_at_the_threshold_is_good);
  TEST ("a-threshold-may-be-0", test_a_threshold_may_be_0);
  TEST ("the-worst-of-a-window-is-at-its-bad-end",
      test_the_worst_of_a_window_is_at_its_bad_end);
  TEST ("a-window-after-a-hole-fills-anew",
      test_a_window_after_a_hole_fills_anew);
  TEST ("infinite-values-are-told-as-they-are",
      test_infinite_values_are_told_as_they_are);
  TEST ("the-worst-frozen-picture-is-by-the-metric",
      test_the_worst_frozen_picture_is_by_the_metric);
  TEST ("a-repeated-time-goes-on", test_a_repeated_time_goes_on);
  TEST ("what-changes-in-a-run-holds-from-the-next-pair-on",
      test_what_changes_in_a_run_holds_from_the_next_pair_on);
  TEST ("the-worst-of-a-bucket-is-found", test_the_worst_of_a_bucket_is_found);
  TEST ("a-window-of-an-odd-length-has-buckets-enough",
      test_a_window_of_an_odd_length_has_buckets_enough);
  TEST ("a-window-ends-with-the-stream", test_a_window_ends_with_the_stream);
  TEST ("the-worst-above-is-the-highest-of-any-metric",
      test_the_worst_above_is_the_highest_of_any_metric);
  TEST ("short-excursions-give-no-alert", test_short_excursions_give_no_alert);
  TEST ("an-open-alert-ends-with-the-stream",
      test_an_open_alert_ends_with_the_stream);
  TEST ("a-step-back-in-time-begins-a-new-stream",
      test_a_step_back_in_time_begins_a_new_stream);
  TEST ("frozen-and-black-are-alerts-of-their-own",
      test_frozen_and_black_are_alerts_of_their_own);
  TEST ("nothing-is-judged-before-the-window-is-full",
      test_nothing_is_judged_before_the_window_is_full);
  TEST ("the-mean-of-a-window-is-exact-for-few-pairs",
      test_the_mean_of_a_window_is_exact_for_few_pairs);
  TEST ("long-windows-lose-no-more-than-a-bucket",
      test_long_windows_lose_no_more_than_a_bucket);
  TEST ("fields-say-what-happened", test_fields_say_what_happened);
  return g_test_run ();
}
