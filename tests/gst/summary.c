/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Statistics against plain sums and sorting; the fields of record and summary;
 * how the log writes numbers that are not known.
 */
#include "log/log.h"
#include "report/statistics.h"
#include "report/summary.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
model_quantile (const gdouble *sorted, guint n, gdouble q)
{
  gdouble at = q * (n - 1);
  guint low = (guint) floor (at);

  return sorted[low]
      + (at - low) * (low + 1 < n ? sorted[low + 1] - sorted[low] : 0);
}

static gdouble
field (const GstStructure *structure, const gchar *name)
{
  gdouble value = NAN;

  g_assert_true (gst_structure_get_double (structure, name, &value));
  return value;
}

static guint64
count (const GstStructure *structure, const gchar *name)
{
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (structure, name, &value));
  return value;
}

/* Fills statistics with @n values and compares every field; quantiles within
 * @error of themselves. */
static void
compare_with_sorting (guint n, guint seed, gdouble error)
{
  static const struct
  {
    const gchar *name;
    gdouble q;
  } quantiles[] = { { "median", .5 }, { "p90", .9 }, { "p95", .95 },
    { "p99", .99 } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GstStructure) s = gst_structure_new_empty ("s");
  g_autofree gdouble *values = g_new (gdouble, n);
  PerceptualStatistics *statistics = perceptual_statistics_new (FALSE);
  gdouble sum = 0, squares = 0;

  for (guint i = 0; i < n; i++) {
    /* From 1e-6 to 1e3, and some zeros. */
    values[i] = g_rand_int_range (rand, 0, 10) == 0
        ? 0
        : pow (10, g_rand_double_range (rand, -6, 3));
    sum += values[i];
    perceptual_statistics_add (statistics, values[i], i, i * GST_SECOND, i);
  }
  for (guint i = 0; i < n; i++)
    squares += (values[i] - sum / n) * (values[i] - sum / n);
  perceptual_statistics_describe (statistics, s);
  qsort (values, n, sizeof *values, compare_doubles);

  g_assert_cmpfloat_with_epsilon (
      field (s, "mean"), sum / n, 1e-12 * sum / n * sqrt (n) + 1e-15);
  g_assert_cmpfloat_with_epsilon (field (s, "stdev"), sqrt (squares / n),
      1e-9 * sqrt (squares / n) + 1e-15);
  g_assert_cmpfloat (field (s, "min"), ==, values[0]);
  g_assert_cmpfloat (field (s, "max"), ==, values[n - 1]);
  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++) {
    gdouble expected = model_quantile (values, n, quantiles[i].q);

    g_assert_cmpfloat_with_epsilon (field (s, quantiles[i].name), expected,
        expected * (error + 1e-12) + 1e-12);
  }
  perceptual_statistics_free (statistics);
}

/* Their bad end is the lower one, which distances do not have. */
static void
test_similarities_have_low_quantiles_and_a_harmonic_mean (void)
{
  PerceptualStatistics *statistics = perceptual_statistics_new (TRUE);
  PerceptualStatistics *distances = perceptual_statistics_new (FALSE);
  g_autoptr (GstStructure) s = gst_structure_new_empty ("s");
  g_autoptr (GstStructure) d = gst_structure_new_empty ("d");

  for (guint i = 0; i <= 100; i++) {
    perceptual_statistics_add (statistics, i == 100 ? 1e3 : i, i, 0, 0);
    perceptual_statistics_add (distances, i, i, 0, 0);
  }
  perceptual_statistics_add (statistics, INFINITY, 101, 0, 0);
  perceptual_statistics_describe (statistics, s);
  perceptual_statistics_describe (distances, d);
  g_assert_cmpfloat (field (s, "p1"), ==, 1);
  g_assert_cmpfloat (field (s, "p5"), ==, 5);
  g_assert_cmpfloat (field (s, "p10"), ==, 10);
  /* 101 / (1 + 1/2 + ... + 1/100 + 1/1001) - 1 */
  g_assert_cmpfloat_with_epsilon (field (s, "harmonic-mean"),
      101 / (5.187377517639621 + 1 / 1001.) - 1, 1e-9);
  g_assert_cmpuint (count (s, "infinite"), ==, 1);
  g_assert_false (gst_structure_has_field (d, "p5"));
  g_assert_false (gst_structure_has_field (d, "harmonic-mean"));
  perceptual_statistics_add (statistics, -1, 102, 0, 0);
  gst_structure_remove_all_fields (s);
  perceptual_statistics_describe (statistics, s);
  g_assert_false (gst_structure_has_field (s, "harmonic-mean"));
  perceptual_statistics_free (statistics);
  perceptual_statistics_free (distances);
}

static void
test_few_values_have_exact_quantiles (void)
{
  for (guint n = 1; n < 60; n++)
    compare_with_sorting (n, n, 0);
  compare_with_sorting (PERCEPTUAL_EXACT_VALUES, 7, 0);
}

static void
test_many_values_have_quantiles_within_the_promised_error (void)
{
  compare_with_sorting (
      PERCEPTUAL_EXACT_VALUES + 1, 8, PERCEPTUAL_QUANTILE_ERROR);
  compare_with_sorting (300000, 9, PERCEPTUAL_QUANTILE_ERROR);
}

static void
test_negative_values_keep_their_order_in_buckets (void)
{
  PerceptualStatistics *statistics = perceptual_statistics_new (TRUE);
  const guint n = 100001;

  for (guint i = 0; i < n; i++)
    perceptual_statistics_add (statistics, -1 + 2. * i / (n - 1), i,
        GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE);
  for (gdouble q = 0; q <= 1; q += .125)
    g_assert_cmpfloat_with_epsilon (
        perceptual_statistics_quantile (statistics, q), 2 * q - 1, .005);
  perceptual_statistics_free (statistics);
}

static void
test_infinite_values_are_counted_and_left_out (void)
{
  PerceptualStatistics *statistics = perceptual_statistics_new (TRUE);
  g_autoptr (GstStructure) s = gst_structure_new_empty ("s");
  g_autoptr (GstStructure) empty = gst_structure_new_empty ("s");
  const GstStructure *worst;

  perceptual_statistics_add (statistics, INFINITY, 0, 0, 0);
  perceptual_statistics_describe (statistics, empty);
  g_assert_cmpuint (count (empty, "infinite"), ==, 1);
  g_assert_false (gst_structure_has_field (empty, "mean"));

  perceptual_statistics_add (statistics, 40, 1, 10, 1);
  perceptual_statistics_add (statistics, 30, 2, 20, 2);
  perceptual_statistics_add (statistics, INFINITY, 3, 30, 3);
  perceptual_statistics_describe (statistics, s);
  g_assert_cmpuint (count (s, "infinite"), ==, 2);
  g_assert_cmpfloat (field (s, "mean"), ==, 35);
  g_assert_cmpfloat (field (s, "stdev"), ==, 5);
  g_assert_cmpfloat (field (s, "max"), ==, 40);
  /* The lowest similarity is the worst. */
  worst = gst_value_get_structure (gst_structure_get_value (s, "worst"));
  g_assert_cmpuint (count (worst, "index"), ==, 2);
  g_assert_cmpuint (count (worst, "pts"), ==, 20);
  g_assert_cmpuint (count (worst, "stream-time"), ==, 2);
  g_assert_cmpfloat (field (worst, "distance"), ==, 30);
  perceptual_statistics_free (statistics);
}

static gdouble
quantile (PerceptualStatistics *statistics, gdouble q)
{
  return perceptual_statistics_quantile (statistics, q);
}

/* When values move to buckets, none may be lost, nor may what is beyond the
 * values themselves come out. */
static void
test_every_value_moves_to_the_buckets (void)
{
  for (guint lone = 0; lone < 3; lone++) {
    static const guint places[] = { 0, PERCEPTUAL_EXACT_VALUES - 1,
      PERCEPTUAL_EXACT_VALUES };
    PerceptualStatistics *statistics = perceptual_statistics_new (TRUE);

    for (guint i = 0; i <= PERCEPTUAL_EXACT_VALUES; i++)
      perceptual_statistics_add (
          statistics, i == places[lone] ? 1 : 100, i, 0, 0);
    g_assert_cmpfloat_with_epsilon (quantile (statistics, 0), 1, .0051);
    g_assert_cmpfloat_with_epsilon (quantile (statistics, .5), 100, .51);
    perceptual_statistics_free (statistics);
  }
}

/* Where all values are the same, so are all quantiles, to the bit. */
static void
test_no_quantile_is_beyond_the_values (void)
{
  for (gdouble value = -3; value < 4; value += .701) {
    PerceptualStatistics *statistics = perceptual_statistics_new (FALSE);

    for (guint i = 0; i <= PERCEPTUAL_EXACT_VALUES; i++)
      perceptual_statistics_add (statistics, value, i, 0, 0);
    for (gdouble q = 0; q <= 1; q += .25)
      g_assert_cmpfloat (quantile (statistics, q), ==, value);
    perceptual_statistics_free (statistics);
  }
}

/* From the smallest that buckets tell from 0 to the largest. */
static void
test_buckets_hold_tiny_and_huge_values (void)
{
  PerceptualStatistics *statistics = perceptual_statistics_new (FALSE);
  const guint n = PERCEPTUAL_EXACT_VALUES + 24001;

  for (guint i = 0; i < n; i++)
    perceptual_statistics_add (statistics,
        (i % 2 ? -1 : 1) * pow (10, -11.5 + 23. * i / (n - 1)), i, 0, 0);
  for (guint k = 1; k < 32; k++) {
    gdouble expected =
        pow (10, -11.5 + 23. * fabs (k / 16. - 1)) * (k < 16 ? -1 : 1);

    if (k == 16)
      continue;
    g_assert_cmpfloat_with_epsilon (quantile (statistics, k / 32.), expected,
        fabs (expected) * (PERCEPTUAL_QUANTILE_ERROR + .002));
  }
  perceptual_statistics_free (statistics);
}

static void
test_the_first_of_equally_bad_pairs_is_the_worst (void)
{
  static const gdouble values[] = { -5, -2, -7, -2, -7 };

  for (guint similarity = 0; similarity < 2; similarity++) {
    PerceptualStatistics *statistics = perceptual_statistics_new (similarity);
    g_autoptr (GstStructure) s = gst_structure_new_empty ("s");
    const GstStructure *worst;

    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
      perceptual_statistics_add (statistics, values[i], 10 + i, 20 + i, 30 + i);
    perceptual_statistics_describe (statistics, s);
    worst = gst_value_get_structure (gst_structure_get_value (s, "worst"));
    g_assert_cmpuint (count (worst, "index"), ==, similarity ? 12 : 11);
    g_assert_cmpuint (count (worst, "pts"), ==, similarity ? 22 : 21);
    g_assert_cmpuint (count (worst, "stream-time"), ==, similarity ? 32 : 31);
    g_assert_cmpfloat (field (worst, "distance"), ==, similarity ? -7 : -2);
    /* Below 0, too. */
    g_assert_cmpfloat (field (s, "max"), ==, -2);
    g_assert_cmpfloat (field (s, "min"), ==, -7);
    perceptual_statistics_free (statistics);
  }
}

/* A summary on demand may come at any time. */
static void
test_values_may_come_between_quantiles (void)
{
  PerceptualStatistics *statistics = perceptual_statistics_new (FALSE);

  for (guint i = 0; i < 50; i++) {
    perceptual_statistics_add (statistics, 100 - i, i, 0, 0);
    g_assert_cmpfloat (quantile (statistics, 0), ==, 100 - i);
    g_assert_cmpfloat (quantile (statistics, 1), ==, 100);
    g_assert_cmpfloat (quantile (statistics, .5), ==, 100 - i / 2.);
  }
  g_assert_cmpfloat (quantile (statistics, -1), ==, 51);
  g_assert_cmpfloat (quantile (statistics, 2), ==, 100);
  perceptual_statistics_free (statistics);
}

static PerceptualRecord
example_record (guint64 index, gdouble distance)
{
  return (PerceptualRecord){
    .stream = "dist_sink",
    .index = index,
    .reference_pts = 40 * index,
    .distorted_pts = 40 * index + 1,
    .running_time = 40 * index,
    .stream_time = GST_CLOCK_TIME_NONE,
    .duration = 40,
    .delta = -3,
    .distance = distance,
    .n_taps = index == 0 ? 2 : 1,
    .taps = { distance, index == 0 ? 8 : 0 },
    .also = { INFINITY },
    .n_also_taps = { 2 },
    .also_taps = { { INFINITY, 2.5 } },
    .black = TRUE,
  };
}

static const PerceptualColumns columns = { "l2", 1, { "ssim-like" } };

static void
test_taps_are_averaged_over_the_pairs_that_had_them (void)
{
  PerceptualSummary *summary = perceptual_summary_new (&columns, 0);
  PerceptualRecord first = example_record (0, 1),
                   second = example_record (1, 3);
  const PerceptualTotals totals = {
    .counts = { .pairs = 9, .late = 4, .gaps = 5 },
    .skipped = 3,
    .unselected = 4
  };
  g_autoptr (GstStructure) s = NULL;
  g_autoptr (GstStructure) also = NULL;
  g_autoptr (GstStructure) column = NULL;
  const GValue *taps;

  perceptual_summary_add (summary, &first);
  perceptual_summary_add (summary, &second);
  s = perceptual_summary_to_structure (summary, "dist_sink", &totals, TRUE);
  g_assert_cmpuint (count (s, "pairs"), ==, 9);
  g_assert_cmpuint (count (s, "measured"), ==, 2);
  g_assert_cmpuint (count (s, "skipped"), ==, 3);
  g_assert_cmpuint (count (s, "unselected"), ==, 4);
  g_assert_cmpstr (gst_structure_get_string (s, "stream"), ==, "dist_sink");
  g_assert_cmpuint (count (s, "late"), ==, 4);
  g_assert_cmpuint (count (s, "gaps"), ==, 5);
  g_assert_cmpfloat (field (s, "mean"), ==, 2);
  taps = gst_structure_get_value (s, "taps");
  g_assert_cmpuint (gst_value_array_get_size (taps), ==, 2);
  g_assert_cmpfloat (
      g_value_get_double (gst_value_array_get_value (taps, 0)), ==, 2);
  g_assert_cmpfloat (
      g_value_get_double (gst_value_array_get_value (taps, 1)), ==, 8);
  g_assert_true (
      gst_structure_get (s, "also", GST_TYPE_STRUCTURE, &also, NULL));
  g_assert_true (
      gst_structure_get (also, "ssim-like", GST_TYPE_STRUCTURE, &column, NULL));
  taps = gst_structure_get_value (column, "taps");
  g_assert_cmpuint (gst_value_array_get_size (taps), ==, 2);
  g_assert_true (
      isinf (g_value_get_double (gst_value_array_get_value (taps, 0))));
  g_assert_cmpfloat (
      g_value_get_double (gst_value_array_get_value (taps, 1)), ==, 2.5);
  perceptual_summary_free (summary);
}

/* A tap of 0 is a value; that of one pair alone has statistics, too. */
static void
test_taps_of_0_count (void)
{
  PerceptualSummary *summary = perceptual_summary_new (&columns, 0);
  const PerceptualTotals totals = { .counts.pairs = 2 };
  const GValue *taps;

  for (guint i = 0; i < 2; i++) {
    PerceptualRecord record = example_record (i, 4. * i);
    g_autoptr (GstStructure) s = NULL;

    record.n_taps = 2;
    record.taps[1] = i == 0 ? 6 : 0;
    perceptual_summary_add (summary, &record);
    s = perceptual_summary_to_structure (summary, "dist_sink", &totals, FALSE);
    g_assert_cmpfloat (field (s, "mean"), ==, 2 * i);
    taps = gst_structure_get_value (s, "taps");
    g_assert_cmpfloat (
        g_value_get_double (gst_value_array_get_value (taps, 0)), ==, 2 * i);
    g_assert_cmpfloat (g_value_get_double (gst_value_array_get_value (taps, 1)),
        ==, 6 - 3 * i);
  }
  perceptual_summary_free (summary);
}

/* The bad end of a column is its own, not that of the metric beside it. */
static void
test_each_column_has_its_own_bad_end (void)
{
  static const PerceptualColumns both[] = { { "l2", 1, { "psnr" } },
    { "psnr", 1, { "l2" } } };

  for (guint k = 0; k < 2; k++) {
    PerceptualSummary *summary = perceptual_summary_new (&both[k], 0);
    const PerceptualTotals totals = { .counts.pairs = 2 };
    g_autoptr (GstStructure) s = NULL, also = NULL, column = NULL;
    const GstStructure *worst;

    for (guint i = 0; i < 2; i++) {
      PerceptualRecord record = example_record (i, 10 + i);

      record.also[0] = 10 + i;
      perceptual_summary_add (summary, &record);
    }
    s = perceptual_summary_to_structure (summary, "dist_sink", &totals, TRUE);
    g_assert_true (
        gst_structure_get (s, "also", GST_TYPE_STRUCTURE, &also, NULL));
    g_assert_true (gst_structure_get (
        also, both[k].also[0], GST_TYPE_STRUCTURE, &column, NULL));
    g_assert_true (gst_structure_has_field (s, "p5") == (k == 1));
    g_assert_true (gst_structure_has_field (column, "p5") == (k == 0));
    worst = gst_value_get_structure (gst_structure_get_value (s, "worst"));
    g_assert_cmpuint (count (worst, "index"), ==, k == 0 ? 1 : 0);
    worst = gst_value_get_structure (gst_structure_get_value (column, "worst"));
    g_assert_cmpuint (count (worst, "index"), ==, k == 0 ? 0 : 1);
    perceptual_summary_free (summary);
  }
}

static void
test_windows_hold_the_pairs_of_their_interval (void)
{
  /* Windows of 100 ns, pairs every 40: 0 40 80, 120 160, 200 240 280. */
  static const guint64 expected[][3] = { { 0, 3, 0 }, { 100, 2, 3 },
    { 200, 3, 5 } };
  PerceptualSummary *summary = perceptual_summary_new (&columns, 100);
  PerceptualTotals totals = { .counts.late = 0 };
  guint windows = 0;

  for (guint i = 0; i <= 8; i++) {
    PerceptualRecord record = example_record (i, i);
    g_autoptr (GstStructure) s = NULL;
    g_autoptr (GstStructure) window = NULL;

    record.frozen = i == 4;
    record.black = i == 5 || i == 6;
    if (i == 8)
      g_assert_true (perceptual_summary_is_due (summary, 320));
    if (perceptual_summary_is_due (summary, record.running_time)) {
      const guint64 *row = expected[windows++];

      s = perceptual_summary_to_structure (
          summary, "dist_sink", &totals, FALSE);
      g_assert_true (
          gst_structure_get (s, "window", GST_TYPE_STRUCTURE, &window, NULL));
      g_assert_cmpuint (count (s, "measured"), ==, i);
      g_assert_cmpuint (count (window, "start"), ==, row[0]);
      g_assert_cmpuint (count (window, "end"), ==, row[0] + 100);
      g_assert_cmpuint (count (window, "measured"), ==, row[1]);
      g_assert_cmpuint (count (window, "pairs"), ==, row[1]);
      g_assert_cmpuint (count (window, "late"), ==, 2 * row[1]);
      g_assert_cmpuint (count (window, "frozen"), ==, windows == 2 ? 1 : 0);
      g_assert_cmpuint (count (window, "black"), ==, windows == 3 ? 2 : 0);
      g_assert_cmpfloat (field (window, "min"), ==, row[2]);
      g_assert_cmpfloat (field (window, "max"), ==, row[2] + row[1] - 1);
      g_assert_cmpfloat (field (window, "mean"), ==,
          (gdouble) row[2] + ((gdouble) row[1] - 1) / 2);
      g_assert_cmpfloat (field (s, "min"), ==, 0);
      perceptual_summary_next_window (summary, &totals);
    }
    perceptual_summary_add (summary, &record);
    totals.counts.pairs++;
    totals.counts.late += 2;
  }
  g_assert_cmpuint (windows, ==, 3);
  perceptual_summary_free (summary);
}

/* Ten times @scale of the first count, and of each other count one more. */
static PerceptualTotals
totals_of (guint64 scale)
{
  return (PerceptualTotals){
    .counts.pairs = 10 * scale,
    .counts.unmatched_reference = 11 * scale,
    .counts.unmatched_distorted = 12 * scale,
    .counts.late = 13 * scale,
    .counts.gaps = 14 * scale,
    .skipped = 15 * scale,
    .unselected = 16 * scale,
    .followed = TRUE,
    .changes = 17 * scale,
    .unsure = 18 * scale,
  };
}

static void
assert_totals (const GstStructure *s, guint64 scale)
{
  static const gchar *const fields[] = { "pairs", "unmatched-reference",
    "unmatched-distorted", "late", "gaps", "skipped", "unselected",
    "sync-changes", "unsure" };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_assert_cmpuint (count (s, fields[i]), ==, (10 + i) * scale);
}

static void
test_every_count_of_a_window_is_what_it_grew_by (void)
{
  PerceptualSummary *summary = perceptual_summary_new (&columns, 100);
  guint64 scale = 0;

  /* A pair in each window; what happens grows faster and faster. */
  for (guint i = 0; i < 4; i++) {
    PerceptualRecord record = example_record (i, 1);
    PerceptualTotals totals;
    g_autoptr (GstStructure) s = NULL, window = NULL;

    record.running_time = 100 * i;
    perceptual_summary_add (summary, &record);
    scale += 1 + i;
    totals = totals_of (scale);
    s = perceptual_summary_to_structure (summary, "dist_sink", &totals, FALSE);
    g_assert_true (
        gst_structure_get (s, "window", GST_TYPE_STRUCTURE, &window, NULL));
    assert_totals (s, scale);
    assert_totals (window, 1 + i);
    g_assert_cmpuint (count (s, "measured"), ==, i + 1);
    g_assert_cmpuint (count (window, "measured"), ==, 1);
    perceptual_summary_next_window (summary, &totals);
  }
  perceptual_summary_free (summary);
}

/* Windows of 100 ns until a pair at 230, windows of 50 ns from there on. */
static void
test_a_new_interval_begins_where_it_was_set (void)
{
  static const guint64 expected[][2] = { { 200, 230 }, { 230, 250 },
    { 250, 300 } };
  PerceptualSummary *summary = perceptual_summary_new (&columns, 100);
  PerceptualTotals totals = totals_of (1);

  g_assert_false (perceptual_summary_cut_window (summary, 200));
  for (guint i = 0; i < 3; i++) {
    PerceptualRecord record = example_record (i, 1);
    g_autoptr (GstStructure) s = NULL, window = NULL;

    record.running_time = i == 0 ? 210 : i == 1 ? 230 : 260;
    if (i == 2)
      g_assert_true (perceptual_summary_is_due (summary, 260));
    if (i == 2)
      perceptual_summary_next_window (summary, &totals);
    perceptual_summary_add (summary, &record);
    if (i == 0)
      g_assert_true (perceptual_summary_cut_window (summary, 230));
    s = perceptual_summary_to_structure (summary, "dist_sink", &totals, FALSE);
    g_assert_true (
        gst_structure_get (s, "window", GST_TYPE_STRUCTURE, &window, NULL));
    g_assert_cmpuint (count (window, "start"), ==, expected[i][0]);
    g_assert_cmpuint (count (window, "end"), ==, expected[i][1]);
    assert_totals (window, i == 0 ? 1 : 0);
    if (i == 0)
      perceptual_summary_set_interval (summary, 50, 230, &totals);
  }
  perceptual_summary_free (summary);
}

static void
test_a_step_back_in_time_begins_a_window (void)
{
  PerceptualSummary *summary = perceptual_summary_new (&columns, 100);
  PerceptualRecord record = example_record (10, 1);

  g_assert_false (perceptual_summary_is_due (summary, 5000));
  perceptual_summary_add (summary, &record);
  g_assert_false (perceptual_summary_is_due (summary, 499));
  g_assert_true (perceptual_summary_is_due (summary, 0));
  perceptual_summary_free (summary);
}

static gchar *
log_one (
    const PerceptualLogFormat *format, const gchar *type, const GstStructure *s)
{
  g_autofree gchar *path = NULL;
  gchar *text = NULL;
  PerceptualLog *log;
  int fd = g_file_open_tmp ("perceptual-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  log = perceptual_log_open (path, format, NULL, NULL, NULL);
  g_assert_nonnull (log);
  g_assert_true (perceptual_log_write (log, type, s, NULL));
  perceptual_log_free (log);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_unlink (path);
  return text;
}

static void
test_what_is_not_known_is_null_in_json_and_empty_in_csv (void)
{
  PerceptualRecord record = example_record (1, .1);
  g_autoptr (GstStructure) s =
      perceptual_record_to_structure (&record, &columns);
  g_autofree gchar *json = log_one (&perceptual_log_jsonl, "distance", s);
  g_autofree gchar *csv = log_one (&perceptual_log_csv, "distance", s);

  g_assert_cmpstr (json, ==,
      "{\"type\":\"distance\",\"index\":1,\"metric\":\"l2\","
      "\"reference_pts\":40,\"distorted_pts\":41,\"running_time\":40,"
      "\"stream_time\":null,\"duration\":40,\"delta\":-3,"
      "\"distance\":0.10000000000000001,\"taps\":[0.10000000000000001],"
      "\"also\":{\"ssim-like\":null},\"also_taps\":{\"ssim-like\":[null,2.5]},"
      "\"stream\":\"dist_sink\",\"frozen\":false,\"black\":true}\n");
  g_assert_cmpstr (csv, ==,
      "index,metric,reference_pts,distorted_pts,running_time,stream_time,"
      "duration,delta,distance,taps,ssim-like,also_taps.ssim-like,"
      "stream,frozen,black\n"
      "1,l2,40,41,40,,40,-3,0.10000000000000001,0.10000000000000001,, 2.5,"
      "dist_sink,false,true\n");
}

static void
test_texts_are_quoted_so_that_they_read_back (void)
{
  g_autoptr (GstStructure) s = gst_structure_new ("s", "index", G_TYPE_UINT64,
      G_GUINT64_CONSTANT (0), "some-text", G_TYPE_STRING, "a,\"b\"\nc", NULL);
  g_autofree gchar *csv = log_one (&perceptual_log_csv, "distance", s);
  g_autofree gchar *comment = log_one (&perceptual_log_csv, "header", s);
  g_autofree gchar *json = log_one (&perceptual_log_jsonl, "header", s);

  g_assert_cmpstr (csv, ==, "index,some_text\n0,\"a,\"\"b\"\"\\u000ac\"\n");
  g_assert_cmpstr (comment, ==,
      "# type: header\n# index: 0\n# some_text: a,\"b\"\\u000ac\n");
  g_assert_cmpstr (json, ==,
      "{\"type\":\"header\",\"index\":0,\"some_text\":\"a,\\\"b\\\"\\nc\"}\n");
}

static void
test_a_log_that_fails_says_why (void)
{
  g_autoptr (GstStructure) s = gst_structure_new_empty ("s");
  g_autoptr (GError) open_error = NULL;
  g_autoptr (GError) write_error = NULL;
  g_autofree gchar *folder = g_dir_make_tmp ("perceptual-XXXXXX", NULL);
  g_autofree gchar *nowhere = g_build_filename (folder, "none", "x", NULL);
  PerceptualLog *log;

  g_assert_null (perceptual_log_open (
      nowhere, &perceptual_log_jsonl, NULL, NULL, &open_error));
  g_assert_error (open_error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (open_error->message, nowhere));
  g_rmdir (folder);

  log = perceptual_log_open (
      "/dev/full", &perceptual_log_jsonl, NULL, NULL, NULL);
  if (log == NULL) {
    g_test_skip ("no /dev/full here");
    return;
  }
  g_assert_false (perceptual_log_write (log, "header", s, &write_error));
  g_assert_error (write_error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  perceptual_log_free (log);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/summary/similarities",
      test_similarities_have_low_quantiles_and_a_harmonic_mean);
  g_test_add_func ("/summary/few-values-have-exact-quantiles",
      test_few_values_have_exact_quantiles);
  g_test_add_func (
      "/summary/many-values-have-quantiles-within-the-promised-error",
      test_many_values_have_quantiles_within_the_promised_error);
  g_test_add_func ("/summary/negative-values-keep-their-order-in-buckets",
      test_negative_values_keep_their_order_in_buckets);
  g_test_add_func ("/summary/every-value-moves-to-the-buckets",
      test_every_value_moves_to_the_buckets);
  g_test_add_func ("/summary/no-quantile-is-beyond-the-values",
      test_no_quantile_is_beyond_the_values);
  g_test_add_func ("/summary/buckets-hold-tiny-and-huge-values",
      test_buckets_hold_tiny_and_huge_values);
  g_test_add_func ("/summary/the-first-of-equally-bad-pairs-is-the-worst",
      test_the_first_of_equally_bad_pairs_is_the_worst);
  g_test_add_func ("/summary/values-may-come-between-quantiles",
      test_values_may_come_between_quantiles);
  g_test_add_func ("/summary/taps-of-0-count", test_taps_of_0_count);
  g_test_add_func ("/summary/each-column-has-its-own-bad-end",
      test_each_column_has_its_own_bad_end);
  g_test_add_func ("/summary/infinite-values-are-counted-and-left-out",
      test_infinite_values_are_counted_and_left_out);
  g_test_add_func ("/summary/taps-are-averaged-over-the-pairs-that-had-them",
      test_taps_are_averaged_over_the_pairs_that_had_them);
  g_test_add_func ("/summary/windows-hold-the-pairs-of-their-interval",
      test_windows_hold_the_pairs_of_their_interval);
  g_test_add_func ("/summary/every-count-of-a-window-is-what-it-grew-by",
      test_every_count_of_a_window_is_what_it_grew_by);
  g_test_add_func ("/summary/a-new-interval-begins-where-it-was-set",
      test_a_new_interval_begins_where_it_was_set);
  g_test_add_func ("/summary/a-step-back-in-time-begins-a-window",
      test_a_step_back_in_time_begins_a_window);
  g_test_add_func (
      "/summary/what-is-not-known-is-null-in-json-and-empty-in-csv",
      test_what_is_not_known_is_null_in_json_and_empty_in_csv);
  g_test_add_func ("/summary/texts-are-quoted-so-that-they-read-back",
      test_texts_are_quoted_so_that_they_read_back);
  g_test_add_func (
      "/summary/a-log-that-fails-says-why", test_a_log_that_fails_says_why);
  return g_test_run ();
}
