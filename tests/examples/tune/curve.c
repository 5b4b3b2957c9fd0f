/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Curves against published numbers and against numbers worked out with another
 * implementation of the same definitions; and what must hold of any curves.
 */
#include "tune/arithmetic/curve.h"

#include <math.h>

#define MOST 6

typedef struct
{
  const gchar *name;
  guint n_anchor;
  TunePoint anchor[MOST];
  guint n_test;
  TunePoint test[MOST];
  gdouble pchip; /* percent */
  gdouble akima;
} Vector;

/* The first two are facts of document JCTVC-E137, whose published values they
 * meet; the third to sixth are the examples of arXiv 2202.12565 and of
 * VCEG-M33. */
static const Vector vectors[] = {
  { "E137-1", 4,
      { { 108048.8736, 43.6471 }, { 61279.976, 40.3953 },
          { 33905.6656, 37.247 }, { 18883.6928, 34.2911 } },
      4,
      { { 108061.2784, 43.6768 }, { 61299.9936, 40.4232 },
          { 33928.7472, 37.2761 }, { 18910.912, 34.3147 } },
      -.465215420752807, -.4651203312 },
  { "E137-2", 4,
      { { 40433.8848, 37.5761 }, { 7622.7456, 35.3756 }, { 2394.488, 33.8977 },
          { 1017.6184, 32.0603 } },
      4,
      { { 40370.12, 37.5982 }, { 7587.0024, 35.4025 }, { 2390.0944, 33.9194 },
          { 1017.0984, 32.0822 } },
      -1.8779823450567612, -1.8651320008 },
  { "four points, alike", 4,
      { { 9487.76, 40.037 }, { 4593.6, 38.615 }, { 2486.44, 36.845 },
          { 1358.24, 34.851 } },
      4,
      { { 9787.8, 40.121 }, { 4469, 38.651 }, { 2451.52, 36.97 },
          { 1356.24, 34.987 } },
      -4.4174853506, -4.4252451570 },
  { "four points, apart", 4,
      { { 82472.76, 43.825 }, { 26875.24, 41.404 }, { 9487.76, 40.037 },
          { 4593.6, 38.615 } },
      4,
      { { 99896.96, 44.731 }, { 33952.04, 41.875 }, { 9787.8, 40.121 },
          { 4469, 38.651 } },
      -4.4721820028, -4.0857609404 },
  { "six points", 6,
      { { 82472.76, 43.825 }, { 26875.24, 41.404 }, { 9487.76, 40.037 },
          { 4593.6, 38.615 }, { 3600, 36.5 }, { 2900, 35.1 } },
      6,
      { { 99896.96, 44.731 }, { 33952.04, 41.875 }, { 9787.8, 40.121 },
          { 4469, 38.651 }, { 4040, 37 }, { 3300, 36.5 } },
      -2.9528024116, -2.5269201870 },
  { "M33", 4,
      { { 686.76, 40.28 }, { 309.58, 37.18 }, { 157.11, 34.24 },
          { 85.95, 31.42 } },
      4,
      { { 893.34, 40.39 }, { 407.8, 37.21 }, { 204.93, 34.17 },
          { 112.75, 31.24 } },
      31.3798782024, 31.3839889843 },
};

static void
test_gains_are_the_published_ones (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++) {
    const Vector *v = &vectors[i];
    g_autoptr (GError) error = NULL;
    TuneGain gain;

    g_test_message ("%s", v->name);
    g_assert_true (
        tune_gain (v->anchor, v->n_anchor, v->test, v->n_test, &gain, &error));
    g_assert_no_error (error);
    g_assert_cmpfloat_with_epsilon (100 * gain.rate, v->pchip, 6e-11);
    g_assert_cmpfloat_with_epsilon (100 * gain.akima, v->akima, 6e-11);
  }
}

static const TunePoint rates_1[] = { { 200, .036 }, { 350, .0185 },
  { 500, .0103 }, { 800, .0066 }, { 1200, .0044 } };
static const TunePoint rates_2[] = { { 180, .0385 }, { 320, .0188 },
  { 470, .0101 }, { 760, .0064 }, { 1150, .00425 } };

static void
as_qualities (const TunePoint *distances, TunePoint *points)
{
  for (guint i = 0; i < 5; i++)
    points[i] = (TunePoint){ distances[i].rate,
      tune_quality_of_distance (distances[i].quality) };
}

static void
test_distances_are_compared_by_their_logarithm (void)
{
  TunePoint anchor[5], other[5];
  TuneGain gain;

  as_qualities (rates_1, anchor);
  as_qualities (rates_2, other);
  g_assert_true (tune_gain (anchor, 5, other, 5, &gain, NULL));
  g_assert_cmpfloat_with_epsilon (100 * gain.rate, -7.295542, 6e-7);
  g_assert_cmpfloat_with_epsilon (100 * gain.akima, -7.318334, 6e-7);
  for (guint i = 0; i < 5; i++) {
    anchor[i].quality = -rates_1[i].quality;
    other[i].quality = -rates_2[i].quality;
  }
  g_assert_true (tune_gain (anchor, 5, other, 5, &gain, NULL));
  g_assert_cmpfloat_with_epsilon (100 * gain.rate, -7.039696, 6e-7);
  g_assert_cmpfloat_with_epsilon (100 * gain.akima, -6.833976, 6e-7);
}

static void
test_rates_that_are_a_multiple_give_that_multiple (void)
{
  static const gdouble factors[] = { 1.1, .9, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (factors); i++) {
    TunePoint other[4];
    TuneGain gain;

    for (guint j = 0; j < 4; j++)
      other[j] = (TunePoint){ vectors[0].anchor[j].rate * factors[i],
        vectors[0].anchor[j].quality };
    g_assert_true (tune_gain (vectors[0].anchor, 4, other, 4, &gain, NULL));
    g_assert_cmpfloat_with_epsilon (gain.rate, factors[i] - 1, 1e-12);
    g_assert_cmpfloat_with_epsilon (gain.akima, factors[i] - 1, 1e-12);
    g_assert_cmpfloat_with_epsilon (gain.low, factors[i] - 1, 1e-12);
    g_assert_cmpfloat_with_epsilon (gain.middle, factors[i] - 1, 1e-12);
    g_assert_cmpfloat_with_epsilon (gain.high, factors[i] - 1, 1e-12);
    g_assert_cmpfloat (gain.overlap, ==, 1);
  }
}

static void
test_there_and_back_is_nothing (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++) {
    const Vector *v = &vectors[i];
    TuneGain there, back;

    g_assert_true (
        tune_gain (v->anchor, v->n_anchor, v->test, v->n_test, &there, NULL));
    g_assert_true (
        tune_gain (v->test, v->n_test, v->anchor, v->n_anchor, &back, NULL));
    g_assert_cmpfloat_with_epsilon (
        (1 + there.rate) * (1 + back.rate), 1, 1e-12);
    g_assert_cmpfloat_with_epsilon (
        (1 + there.akima) * (1 + back.akima), 1, 1e-12);
    g_assert_cmpfloat (there.overlap, ==, back.overlap);
  }
}

static void
test_order_shift_and_scale_of_quality_do_not_matter (void)
{
  const Vector *v = &vectors[4];
  TunePoint anchor[MOST], other[MOST];
  TuneGain expected, gain;

  for (guint i = 0; i < 6; i++) {
    anchor[i] = (TunePoint){ v->anchor[5 - i].rate,
      7.5 * v->anchor[5 - i].quality - 300 };
    other[i] = (TunePoint){ v->test[(i * 5 + 2) % 6].rate,
      7.5 * v->test[(i * 5 + 2) % 6].quality - 300 };
  }
  g_assert_true (tune_gain (v->anchor, 6, v->test, 6, &expected, NULL));
  g_assert_true (tune_gain (anchor, 6, other, 6, &gain, NULL));
  g_assert_cmpfloat_with_epsilon (gain.rate, expected.rate, 1e-12);
  g_assert_cmpfloat_with_epsilon (gain.akima, expected.akima, 1e-12);
  g_assert_cmpfloat_with_epsilon (gain.overlap, expected.overlap, 1e-12);
}

static void
test_ends_and_middle_tell_where_the_gain_is (void)
{
  /* Straight lines: equal at quality 10, a tenth of the rate at 30. */
  static const TunePoint anchor[] = { { 1, 10 }, { 10, 20 }, { 100, 30 } };
  static const TunePoint other[] = { { 1, 10 }, { 10, 30 } };
  TuneGain gain;

  g_assert_true (tune_gain (anchor, 3, other, 2, &gain, NULL));
  g_assert_cmpfloat_with_epsilon (gain.low, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (gain.middle, pow (10, -.5) - 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (gain.high, -.9, 1e-12);
  g_assert_cmpfloat_with_epsilon (gain.rate, pow (10, -.5) - 1, 1e-12);
  g_assert_cmpfloat (gain.overlap, ==, 1);
}

static void
test_overlap_is_a_part_of_what_both_cover (void)
{
  static const TunePoint anchor[] = { { 1, 0 }, { 10, 3 } };
  static const TunePoint other[] = { { 1, 1 }, { 10, 4 } };
  TuneGain gain;

  g_assert_true (tune_gain (anchor, 2, other, 2, &gain, NULL));
  g_assert_cmpfloat (gain.overlap, ==, .5);
}

static void
test_a_curve_goes_through_its_points (void)
{
  for (guint kind = 0; kind < 2; kind++) {
    const Vector *v = &vectors[4];
    g_autoptr (TuneCurve) curve =
        tune_curve_new (v->anchor, 6, (TuneInterpolation) kind, NULL);

    g_assert_cmpfloat (tune_curve_get_low (curve), ==, 35.1);
    g_assert_cmpfloat (tune_curve_get_high (curve), ==, 43.825);
    for (guint i = 0; i < 6; i++)
      g_assert_cmpfloat_with_epsilon (
          tune_curve_rate (curve, v->anchor[i].quality) / v->anchor[i].rate, 1,
          1e-12);
  }
}

static void
test_quality_is_in_decibels (void)
{
  g_assert_cmpfloat_with_epsilon (tune_quality_of_distance (.01), 20, 1e-12);
  g_assert_cmpfloat_with_epsilon (tune_quality_of_distance (2), -3.0103, 1e-5);
}

/* Where two straight pieces meet, the curve bends halfway. */
static void
test_akima_bends_halfway_at_a_kink (void)
{
  static const TunePoint points[] = { { .quality = 0, .rate = 1 },
    { .quality = 1, .rate = 10 }, { .quality = 2, .rate = 100 },
    { .quality = 3, .rate = 1e5 }, { .quality = 4, .rate = 1e8 } };
  TuneCurve *curve = tune_curve_new (points, 5, TUNE_INTERPOLATION_AKIMA, NULL);
  const gdouble h = 1e-5;
  gdouble slope = (log10 (tune_curve_rate (curve, 2 + h))
                      - log10 (tune_curve_rate (curve, 2 - h)))
      / (2 * h);

  g_assert_cmpfloat_with_epsilon (slope, 2, 1e-3);
  tune_curve_free (curve);
}

static void
test_pchip_never_overshoots (void)
{
  static const TunePoint step[] = { { 1, 1 }, { 1.001, 2 }, { 1.002, 3 },
    { 1000, 4 }, { 1001, 5 }, { 1002, 6 } };
  g_autoptr (TuneCurve) curve =
      tune_curve_new (step, 6, TUNE_INTERPOLATION_PCHIP, NULL);
  gdouble before = 0;

  for (guint i = 0; i <= 500; i++) {
    gdouble rate = tune_curve_rate (curve, 1 + i / 100.);

    g_assert_cmpfloat (rate, >=, before * (1 - 1e-12));
    before = rate;
  }
  g_assert_cmpfloat (before, <=, 1002 * (1 + 1e-12));
}

/* An integral of many thin trapezia comes near to the exact one. */
static void
test_the_integral_is_that_of_the_curve (void)
{
  const Vector *v = &vectors[4];
  g_autoptr (TuneCurve) curve =
      tune_curve_new (v->anchor, 6, TUNE_INTERPOLATION_AKIMA, NULL);
  gdouble low = 35.6, high = 43.2, sum = 0;
  const guint steps = 20000;

  for (guint i = 0; i < steps; i++) {
    gdouble at = low + (high - low) * (i + .5) / steps;

    sum += log10 (tune_curve_rate (curve, at)) * (high - low) / steps;
  }
  g_assert_cmpfloat_with_epsilon (
      tune_curve_integrate (curve, low, high), sum, 1e-7);
}

static void
test_faults_have_names (void)
{
  static const struct
  {
    guint n;
    TunePoint points[3];
    TuneCurveError code;
  } faults[] = {
    { 0, { { 0 } }, TUNE_CURVE_ERROR_FEW },
    { 1, { { 1, 1 } }, TUNE_CURVE_ERROR_FEW },
    { 2, { { 0, 1 }, { 1, 2 } }, TUNE_CURVE_ERROR_RATE },
    { 2, { { -1, 1 }, { 1, 2 } }, TUNE_CURVE_ERROR_RATE },
    { 2, { { NAN, 1 }, { 1, 2 } }, TUNE_CURVE_ERROR_RATE },
    { 2, { { INFINITY, 1 }, { 1, 2 } }, TUNE_CURVE_ERROR_RATE },
    { 2, { { 1, NAN }, { 1, 2 } }, TUNE_CURVE_ERROR_QUALITY },
    { 2, { { 1, 1 }, { 2, INFINITY } }, TUNE_CURVE_ERROR_QUALITY },
    { 2, { { 1, 1 }, { 2, 1 } }, TUNE_CURVE_ERROR_EQUAL },
    { 3, { { 1, 1 }, { 3, 2 }, { 2, 3 } }, TUNE_CURVE_ERROR_MONOTONE },
    { 2, { { 1, 1 }, { 1, 2 } }, TUNE_CURVE_ERROR_MONOTONE },
    { 2, { { 1, 43.8 }, { 2, 50 } }, TUNE_CURVE_ERROR_OVERLAP },
    { 2, { { 1, 43.6471 }, { 2, 50 } }, TUNE_CURVE_ERROR_OVERLAP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    TuneGain gain;

    for (guint side = 0; side < 2; side++) {
      const TunePoint *good = vectors[0].anchor;
      g_autoptr (GError) error = NULL;
      gboolean ok = side == 0
          ? tune_gain (faults[i].points, faults[i].n, good, 4, &gain, &error)
          : tune_gain (good, 4, faults[i].points, faults[i].n, &gain, &error);

      g_assert_false (ok);
      g_assert_error (error, TUNE_CURVE_ERROR, (gint) faults[i].code);
      if (faults[i].code != TUNE_CURVE_ERROR_OVERLAP)
        g_assert_true (g_str_has_prefix (
            error->message, side == 0 ? "anchor: " : "test: "));
    }
  }
}

static void
test_error_domain_has_its_name (void)
{
  g_assert_cmpstr (
      g_quark_to_string (TUNE_CURVE_ERROR), ==, "tune-curve-error-quark");
}

static void
test_hull_leaves_out_what_mixtures_beat (void)
{
  /* Rates in powers of e, so that the hull is one of whole numbers. */
  static const struct
  {
    gdouble log_rate;
    gdouble quality;
    gboolean on;
  } points[] = {
    { 4, 9, TRUE },
    { 0, 0, TRUE },
    { 1, 4, TRUE },
    { 2, 5, FALSE },
    { 3, 7, FALSE },
    { 5, 9, FALSE },
    { 1, 3, FALSE },
    { 1, 4, FALSE },
    { 2.5, 6.5, FALSE }, /* on the line from (1, 4) to (4, 9) */
    { 6, 8, FALSE },
    { -1, -9, TRUE },
  };
  TunePoint list[G_N_ELEMENTS (points)];
  gboolean on_hull[G_N_ELEMENTS (points)];

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    list[i] = (TunePoint){ exp (points[i].log_rate), points[i].quality };
  g_assert_cmpuint (tune_hull (list, G_N_ELEMENTS (points), on_hull), ==, 4);
  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    g_assert_cmpint (on_hull[i], ==, points[i].on);
}

static void
test_each_clip_has_a_hull_of_its_own (void)
{
  static const struct
  {
    guint clip;
    TunePoint point;
    gboolean on;
  } rows[] = {
    { 2, { 100, 5 }, TRUE }, /* clip 0 has a better one */
    { 0, { 100, 9 }, TRUE },
    { 2, { 50, 4 }, TRUE },
    { 0, { 200, 8 }, FALSE },
    { 0, { 0, 99 }, FALSE }, /* no place: it beats nothing */
    { 0, { -1, 99 }, FALSE },
    { 0, { INFINITY, 99 }, FALSE },
    { 0, { 50, INFINITY }, FALSE },
    { 0, { NAN, 99 }, FALSE },
    { 0, { 50, NAN }, FALSE },
    { 0, { 300, 10 }, TRUE },
  };
  const guint n = G_N_ELEMENTS (rows);
  TunePoint points[G_N_ELEMENTS (rows)];
  guint clips[G_N_ELEMENTS (rows)];
  g_autofree gboolean *on_hull = NULL, *none = tune_hulls (NULL, NULL, 0);

  for (guint i = 0; i < n; i++) {
    points[i] = rows[i].point;
    clips[i] = rows[i].clip;
  }
  on_hull = tune_hulls (points, clips, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (on_hull[i], ==, rows[i].on);
  g_assert_nonnull (none);
}

/* The definition itself: a point is on the hull unless one of no higher rate
 * is as good, or a line between two others passes on or above it. */
static gboolean
is_beaten (const TunePoint *p, guint n, guint i)
{
  gdouble x = log (p[i].rate);

  for (guint a = 0; a < n; a++) {
    if (a != i && p[a].rate <= p[i].rate && p[a].quality >= p[i].quality)
      return TRUE;
    for (guint b = 0; b < n; b++) {
      gdouble xa = log (p[a].rate), xb = log (p[b].rate);

      if (a != i && b != i && xa < x && x < xb
          && p[a].quality + (p[b].quality - p[a].quality) * (x - xa) / (xb - xa)
              >= p[i].quality)
        return TRUE;
    }
  }
  return FALSE;
}

static void
test_hull_of_random_points_is_the_definition (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint round = 0; round < 300; round++) {
    guint n = (guint) g_rand_int_range (random, 1, 13), count = 0;
    TunePoint p[12];
    gboolean on_hull[12];

    for (guint i = 0; i < n; i++)
      p[i] = (TunePoint){ g_rand_double_range (random, 1, 9),
        g_rand_double (random) };
    g_assert_cmpuint (tune_hull (p, n, on_hull), >=, 1);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpint (on_hull[i], ==, !is_beaten (p, n, i));
      count += on_hull[i];
    }
    g_assert_cmpuint (count, ==, tune_hull (p, n, on_hull));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/curve/" #name, test_##name)
  ADD (quality_is_in_decibels);
  ADD (akima_bends_halfway_at_a_kink);
  ADD (gains_are_the_published_ones);
  ADD (distances_are_compared_by_their_logarithm);
  ADD (rates_that_are_a_multiple_give_that_multiple);
  ADD (there_and_back_is_nothing);
  ADD (order_shift_and_scale_of_quality_do_not_matter);
  ADD (ends_and_middle_tell_where_the_gain_is);
  ADD (overlap_is_a_part_of_what_both_cover);
  ADD (a_curve_goes_through_its_points);
  ADD (pchip_never_overshoots);
  ADD (the_integral_is_that_of_the_curve);
  ADD (faults_have_names);
  ADD (error_domain_has_its_name);
  ADD (hull_leaves_out_what_mixtures_beat);
  ADD (hull_of_random_points_is_the_definition);
  ADD (each_clip_has_a_hull_of_its_own);
  return g_test_run ();
}
