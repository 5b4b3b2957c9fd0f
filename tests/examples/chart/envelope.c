/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Long series: what is kept of them, and what is drawn.
 */
#include "chart/envelope.h"

#include <math.h>

#define N 20000
#define COLUMNS 100

typedef struct
{
  gdouble x[N];
  gdouble y[N];
  guint kept[N];
  ChartAxis x_axis;
  ChartAxis y_axis;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  chart_axis_init (&self->x_axis, FALSE);
  chart_axis_init (&self->y_axis, FALSE);
  for (guint i = 0; i < N; i++) {
    self->x[i] = i;
    self->y[i] = g_rand_double (random);
    chart_axis_add (&self->x_axis, self->x[i]);
    chart_axis_add (&self->y_axis, self->y[i]);
  }
  chart_axis_finish (&self->x_axis, 8, FALSE);
  chart_axis_finish (&self->y_axis, 8, TRUE);
}

static guint
thin (Fixture *self, guint n)
{
  return chart_envelope (
      self->x, self->y, n, &self->x_axis, &self->y_axis, COLUMNS, self->kept);
}

static gint
column_of (const Fixture *self, guint i)
{
  return (gint) (chart_axis_place (&self->x_axis, self->x[i]) * COLUMNS);
}

static void
test_short_series_are_kept_whole (Fixture *self, gconstpointer data)
{
  g_assert_cmpuint (thin (self, 0), ==, 0);
  g_assert_cmpuint (thin (self, 2 * COLUMNS), ==, 2 * COLUMNS);
  for (guint i = 0; i < 2 * COLUMNS; i++)
    g_assert_cmpuint (self->kept[i], ==, i);
}

static void
test_extremes_of_every_column_are_kept (Fixture *self, gconstpointer data)
{
  gdouble all[2][COLUMNS], kept[2][COLUMNS];
  guint n = thin (self, N);

  g_assert_cmpuint (n, <=, 4 * COLUMNS);
  g_assert_cmpuint (n, >, 3 * COLUMNS);
  for (guint i = 0; i < COLUMNS; i++) {
    all[0][i] = kept[0][i] = INFINITY;
    all[1][i] = kept[1][i] = -INFINITY;
  }
  for (guint i = 0; i < N; i++) {
    all[0][column_of (self, i)] = MIN (all[0][column_of (self, i)], self->y[i]);
    all[1][column_of (self, i)] = MAX (all[1][column_of (self, i)], self->y[i]);
  }
  for (guint i = 0; i < n; i++) {
    guint at = self->kept[i];
    gint column = column_of (self, at);

    if (i > 0)
      g_assert_cmpuint (at, >, self->kept[i - 1]);
    kept[0][column] = MIN (kept[0][column], self->y[at]);
    kept[1][column] = MAX (kept[1][column], self->y[at]);
  }
  g_assert_cmpmem (all, sizeof all, kept, sizeof kept);
  g_assert_cmpuint (self->kept[0], ==, 0);
  g_assert_cmpuint (self->kept[n - 1], ==, N - 1);
}

static void
test_gaps_stay_gaps (Fixture *self, gconstpointer data)
{
  guint gaps = 0, n;

  for (guint i = 5000; i < 8000; i++)
    self->y[i] = NAN;
  self->y[9000] = INFINITY;
  n = thin (self, N);
  for (guint i = 0; i < n; i++) {
    if (isfinite (self->y[self->kept[i]]))
      continue;
    gaps++;
    g_assert_cmpuint (self->kept[i - 1], ==, self->kept[i] - 1);
    g_assert_true (isfinite (self->y[self->kept[i + 1]]));
  }
  g_assert_cmpuint (gaps, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name)                                                              \
  g_test_add ("/envelope/" #name, Fixture, NULL, set_up, test_##name, NULL)
  ADD (short_series_are_kept_whole);
  ADD (extremes_of_every_column_are_kept);
  ADD (gaps_stay_gaps);
  return g_test_run ();
}
