/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bins, shares and cumulative curves.
 */
#include "chart/distribution.h"

#include "chart/axis.h"

#include <math.h>
#include <stdlib.h>

static gdouble *
log_edges (gdouble low, gdouble high, guint n)
{
  gdouble *edges = g_new (gdouble, n + 1);

  for (guint i = 0; i <= n; i++)
    edges[i] = low * pow (high / low, i / (gdouble) n);
  edges[n] = high;
  return edges;
}

gdouble *
chart_bin_edges (
    gdouble low, gdouble high, gboolean log, guint most, guint *n_bins)
{
  gdouble *edges, step;
  ChartAxis axis;

  g_return_val_if_fail (most >= 3, NULL);

  chart_axis_init (&axis, log);
  if (!chart_axis_takes (&axis, low) || !chart_axis_takes (&axis, high)
      || low > high)
    return NULL;
  chart_axis_add (&axis, low);
  chart_axis_add (&axis, high);
  /* Makes room around a single value. */
  chart_axis_finish (&axis, CHART_AXIS_MAX_TICKS, TRUE);
  if (log) {
    *n_bins = most;
    return low < high ? log_edges (low, high, most)
                      : log_edges (axis.low, axis.high, most);
  }
  if (low == high) {
    low = axis.low;
    high = axis.high;
  }
  step = chart_axis_round_step ((high - low) / most);
  while (ceil (high / step - 1e-9) - floor (low / step + 1e-9) > most)
    step = chart_axis_round_step (step * 1.5);
  low = floor (low / step + 1e-9);
  *n_bins = (guint) MAX (1, ceil (high / step - 1e-9) - low);
  edges = g_new (gdouble, *n_bins + 1);
  for (guint i = 0; i <= *n_bins; i++)
    edges[i] = (low + i) * step;
  return edges;
}

/* Returns: the bin of @value, or @n_bins. */
static guint
find_bin (gdouble value, const gdouble *edges, guint n_bins)
{
  guint from = 0, to = n_bins;

  if (value < edges[0] || value > edges[n_bins])
    return n_bins;
  while (to - from > 1) {
    guint middle = from + (to - from) / 2;

    if (value >= edges[middle])
      from = middle;
    else
      to = middle;
  }
  return from;
}

gdouble
chart_bin_shares (const gdouble *values, guint n, const gdouble *edges,
    guint n_bins, gdouble *shares)
{
  guint finite = 0, outside = 0;

  for (guint i = 0; i < n_bins; i++)
    shares[i] = 0;
  for (guint i = 0; i < n; i++) {
    guint bin;

    if (!isfinite (values[i]))
      continue;
    finite++;
    bin = find_bin (values[i], edges, n_bins);
    if (bin < n_bins)
      shares[bin]++;
    else
      outside++;
  }
  for (guint i = 0; finite > 0 && i < n_bins; i++)
    shares[i] /= finite;
  return finite > 0 ? outside / (gdouble) finite : 0;
}

static int
compare (const void *a, const void *b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return x < y ? -1 : x > y;
}

guint
chart_cumulate (
    const gdouble *values, guint n, guint most, gdouble *x, gdouble *y)
{
  g_autofree gdouble *sorted = g_new (gdouble, MAX (n, 1));
  guint finite = 0, points;

  g_return_val_if_fail (most >= 2, 0);

  for (guint i = 0; i < n; i++) {
    if (isfinite (values[i]))
      sorted[finite++] = values[i];
  }
  qsort (sorted, finite, sizeof *sorted, compare);
  points = MIN (finite, most);
  for (guint i = 0; i < points; i++) {
    guint at =
        points == 1 ? 0 : (guint) ((guint64) i * (finite - 1) / (points - 1));
    guint same = at;

    /* All that are equal are not above. */
    while (same + 1 < finite && sorted[same + 1] == sorted[at])
      same++;
    x[i] = sorted[at];
    y[i] = (same + 1) / (gdouble) finite;
  }
  return points;
}
