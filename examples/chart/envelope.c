/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which points of a long series are drawn.
 */
#include "chart/envelope.h"

#include <math.h>

/* Consecutive points in one column: indices of the first, the lowest, the
 * highest and the last of them. */
typedef struct
{
  guint first;
  guint lowest;
  guint highest;
  guint last;
} Run;

static guint
end_run (const Run *run, guint *kept, guint n)
{
  const guint inner[2] = { MIN (run->lowest, run->highest),
    MAX (run->lowest, run->highest) };

  kept[n++] = run->first;
  for (guint i = 0; i < 2; i++) {
    if (inner[i] != kept[n - 1] && inner[i] != run->last)
      kept[n++] = inner[i];
  }
  if (run->last != kept[n - 1])
    kept[n++] = run->last;
  return n;
}

static void
lengthen (Run *run, const gdouble *y, guint at)
{
  run->last = at;
  if (y[at] < y[run->lowest])
    run->lowest = at;
  if (y[at] > y[run->highest])
    run->highest = at;
}

guint
chart_envelope (const gdouble *x, const gdouble *y, guint n,
    const ChartAxis *x_axis, const ChartAxis *y_axis, guint columns,
    guint *kept)
{
  gboolean all = n <= 2 * (guint64) columns, running = FALSE, gap = FALSE;
  gdouble column = NAN;
  guint n_kept = 0;
  Run run = { 0 };

  for (guint i = 0; i < n; i++) {
    gboolean placed =
        chart_axis_takes (x_axis, x[i]) && chart_axis_takes (y_axis, y[i]);
    gdouble own =
        placed ? floor (chart_axis_place (x_axis, x[i]) * columns) : NAN;

    if (all) {
      kept[n_kept++] = i;
      continue;
    }
    if (placed && running && own == column) {
      lengthen (&run, y, i);
      continue;
    }
    if (running)
      n_kept = end_run (&run, kept, n_kept);
    running = placed;
    run = (Run){ i, i, i, i };
    column = own;
    if (!placed && !gap)
      kept[n_kept++] = i;
    gap = !placed;
  }
  return running ? end_run (&run, kept, n_kept) : n_kept;
}
