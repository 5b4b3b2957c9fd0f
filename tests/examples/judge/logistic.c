/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The logistic fit on points of curves that are known.
 */
#include "judge/arithmetic/correlation.h"
#include "judge/arithmetic/logistic.h"

#include <math.h>

#define N 60

typedef struct
{
  gdouble x[N];
  gdouble y[N];
} Points;

/* @first, @first + @step... on the curve. */
static Points
points_on (const JudgeLogistic *curve, gdouble first, gdouble step)
{
  Points points;

  for (guint i = 0; i < N; i++) {
    points.x[i] = first + i * step;
    points.y[i] = judge_logistic_at (curve, points.x[i]);
  }
  return points;
}

static gdouble
squares (const JudgeLogistic *curve, const Points *points)
{
  gdouble sum = 0;

  for (guint i = 0; i < N; i++) {
    gdouble error = points->y[i] - judge_logistic_at (curve, points->x[i]);

    sum += error * error;
  }
  return sum;
}

static void
assert_recovered (const JudgeLogistic *curve, gdouble first, gdouble step)
{
  Points points = points_on (curve, first, step);
  JudgeLogistic found;

  g_assert_true (judge_logistic_fit (&found, points.x, points.y, N, NULL));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (
        found.b[i], curve->b[i], 1e-5 * fabs (curve->b[i]));
}

static void
test_curve_is_the_formula (void)
{
  const JudgeLogistic curve = { { 5, 1, 30, -4 } };

  g_assert_cmpfloat (judge_logistic_at (&curve, 30), ==, 3);
  g_assert_cmpfloat_with_epsilon (
      judge_logistic_at (&curve, 34), 1 + 4 / (1 + exp (-1)), 1e-14);
  g_assert_cmpfloat (judge_logistic_at (&curve, INFINITY), ==, 5);
  g_assert_cmpfloat (judge_logistic_at (&curve, -INFINITY), ==, 1);
  g_assert_cmpfloat (judge_logistic_at (&curve, -1e6), ==, 1);
}

static void
test_known_parameters_are_found_again (void)
{
  const JudgeLogistic psnr = { { 5, 1, 30, 4 } };
  const JudgeLogistic falling = { { 10, 90, -.25, .0625 } };
  const JudgeLogistic tiny = { { 100, 1, -3e-6, 4e-7 } };
  const JudgeLogistic steep = { { 5, 1, 30, .8 } };

  assert_recovered (&psnr, 10, .75);
  assert_recovered (&falling, -.6, .015);
  assert_recovered (&tiny, -6e-6, 1e-7);
  assert_recovered (&steep, 10, .75);
}

static void
test_infinite_values_stand_at_the_end_of_the_curve (void)
{
  const JudgeLogistic curve = { { 5, 1, 30, 4 } };
  Points points = points_on (&curve, 15, .5);
  JudgeLogistic found;

  points.x[7] = INFINITY;
  points.y[7] = 5;
  points.x[20] = INFINITY;
  points.y[20] = 5;
  g_assert_true (judge_logistic_fit (&found, points.x, points.y, N, NULL));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (found.b[i], curve.b[i], 1e-4);
}

static void
test_fit_is_not_worse_than_the_curve_behind_the_noise (void)
{
  const JudgeLogistic curve = { { 80, 20, .5, .1 } };
  g_autoptr (GRand) random = g_rand_new_with_seed (9);

  for (guint round = 0; round < 20; round++) {
    Points points = points_on (&curve, 0, 1. / N);
    JudgeLogistic found, again;

    for (guint i = 0; i < N; i++)
      points.y[i] += g_rand_double_range (random, -15, 15);
    g_assert_true (judge_logistic_fit (&found, points.x, points.y, N, NULL));
    g_assert_cmpfloat (
        squares (&found, &points), <=, squares (&curve, &points));
    /* Starting from its own result, it has nothing to improve. */
    g_assert_true (judge_logistic_fit (&again, points.x, points.y, N, &found));
    g_assert_cmpfloat_with_epsilon (squares (&again, &points),
        squares (&found, &points), 1e-6 * squares (&found, &points));
  }
}

static void
test_a_straight_line_is_fitted_as_one (void)
{
  Points points;
  JudgeLogistic found;
  gdouble foretold[N];

  for (guint i = 0; i < N; i++) {
    points.x[i] = i;
    points.y[i] = 100 - 1.5 * i;
  }
  g_assert_true (judge_logistic_fit (&found, points.x, points.y, N, NULL));
  for (guint i = 0; i < N; i++)
    foretold[i] = judge_logistic_at (&found, points.x[i]);
  g_assert_cmpfloat (judge_pearson (foretold, points.y, N), >, .9999);
}

/* A deterministic number in 0..1. */
static gdouble
chance (guint *state)
{
  *state = *state * 1664525 + 1013904223;
  return (*state >> 8) / 16777216.;
}

/* Curves of any width and direction, in noise: from its own starts the fit
 * comes as far down as from any of a grid. */
static void
test_no_other_start_is_better (void)
{
  guint state = 5;

  for (guint round = 0; round < 60; round++) {
    JudgeLogistic curve = { { round % 2 ? 90 : 10, round % 2 ? 10 : 90,
        .2 + .6 * chance (&state), .01 * pow (60, chance (&state)) } };
    Points points = points_on (&curve, 0, 1. / N);
    JudgeLogistic found, other;
    gdouble least, noise = 40 * chance (&state);

    for (guint i = 0; i < N; i++)
      points.y[i] += noise * (chance (&state) - .5);
    g_assert_true (judge_logistic_fit (&found, points.x, points.y, N, NULL));
    least = squares (&found, &points);
    for (guint i = 0; i < 20; i++) {
      JudgeLogistic start = { { i % 2 ? 90 : 10, i % 2 ? 10 : 90,
          .1 + .2 * (i / 2 % 5), i < 10 ? .02 : .2 } };

      if (judge_logistic_fit (&other, points.x, points.y, N, &start)
          && squares (&other, &points) < least * .999 - 1e-9)
        g_error ("round %u: %g from start %u, %g", round,
            squares (&other, &points), i, least);
    }
  }
}

/* Scores that hardly follow the values have many curves that no small step
 * makes better.  Here the best that is known is reached from one of the starts
 * only, another one in each row. */
static void
test_every_start_is_needed (void)
{
  static const struct
  {
    guint seed;
    guint n;
    gboolean steep; /* values of three decades on a curve, else noise */
    gdouble least;  /* sum of squares */
  } table[] = {
    { 16, 22, FALSE, 6007.65 },
    { 34, 22, FALSE, 3150.71 },
    { 71, 23, TRUE, 5015.35 },
    { 89, 23, TRUE, 4194.92 },
    { 250, 22, FALSE, 3476.41 },
  };

  for (guint k = 0; k < G_N_ELEMENTS (table); k++) {
    guint state = table[k].seed * 7919 + 1, n = table[k].n;
    gdouble x[24], y[24], width, middle, noise, sum = 0;
    JudgeLogistic found;

    for (guint i = 0; i < 10; i++)
      chance (&state);
    width = .003 * pow (300, chance (&state));
    middle = chance (&state);
    noise = 80 * chance (&state);
    for (guint i = 0; i < n; i++) {
      x[i] = (gdouble) i / n;
      if (table[k].steep)
        x[i] = pow (10, 3 * x[i]);
      y[i] =
          table[k].steep ? 10 + 80 / (1 + exp (-(x[i] - middle) / width)) : 50;
      y[i] += noise * (chance (&state) - .5);
    }
    g_assert_true (judge_logistic_fit (&found, x, y, n, NULL));
    for (guint i = 0; i < n; i++)
      sum += pow (y[i] - judge_logistic_at (&found, x[i]), 2);
    g_assert_cmpfloat (sum, <, 1.001 * table[k].least);
  }
}

/* A start is a curve of the values as they are, whatever their scale. */
static void
test_a_start_is_in_the_scale_of_the_values (void)
{
  static const gdouble scales[] = { 1e-6, 1, 1e6 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++) {
    JudgeLogistic curve = { { 5, 1, 30 * scales[i], .3 * scales[i] } };
    Points points = points_on (&curve, 10 * scales[i], .75 * scales[i]);
    JudgeLogistic found;

    g_assert_true (judge_logistic_fit (&found, points.x, points.y, N, &curve));
    for (guint k = 0; k < 4; k++)
      g_assert_cmpfloat_with_epsilon (
          found.b[k], curve.b[k], 1e-9 * fabs (curve.b[k]));
    g_assert_cmpfloat (squares (&found, &points), <, 1e-18);
  }
}

static void
test_too_few_or_equal_values_have_no_curve (void)
{
  const gdouble x[] = { 1, 2, 3, 4, 5, 6 };
  const gdouble equal[] = { 2, 2, 2, 2, 2, 2 };
  const gdouble infinite[] = { INFINITY, INFINITY, INFINITY, INFINITY, 3,
    INFINITY };
  JudgeLogistic found;

  g_assert_false (judge_logistic_fit (&found, x, x, 4, NULL));
  g_assert_true (judge_logistic_fit (&found, x, x, 5, NULL));
  g_assert_false (judge_logistic_fit (&found, equal, x, 6, NULL));
  g_assert_false (judge_logistic_fit (&found, infinite, x, 6, NULL));
  g_assert_true (judge_logistic_fit (&found, x, equal, 6, NULL));
  g_assert_cmpfloat_with_epsilon (judge_logistic_at (&found, 3), 2, 1e-6);
}

#define ADD(name) g_test_add_func ("/judge/logistic/" #name, test_##name)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (curve_is_the_formula);
  ADD (known_parameters_are_found_again);
  ADD (infinite_values_stand_at_the_end_of_the_curve);
  ADD (fit_is_not_worse_than_the_curve_behind_the_noise);
  ADD (a_straight_line_is_fitted_as_one);
  ADD (no_other_start_is_better);
  ADD (every_start_is_needed);
  ADD (a_start_is_in_the_scale_of_the_values);
  ADD (too_few_or_equal_values_have_no_curve);
  return g_test_run ();
}
