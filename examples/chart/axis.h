/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Axes of charts: range, round tick values and their labels.  Pure arithmetic.
 */
#ifndef CHART_AXIS_H
#define CHART_AXIS_H

#include <glib.h>

G_BEGIN_DECLS

/* Most ticks of an axis. */
#define CHART_AXIS_MAX_TICKS 16

/**
 * ChartAxis:
 * @low: where the axis begins
 * @high: where it ends, above @low
 * @log: whether it is logarithmic; both ends are above 0 then
 * @dense: whether a logarithmic axis of few powers has further round ticks; set
 *   it after chart_axis_init(), as @times
 * @times: whether the values are seconds, shown as minutes and seconds; not
 *   for a logarithmic axis
 * @falling: whether @high is at its beginning, set likewise
 * @counts: whether only whole numbers mean something, set likewise; not for a
 *   logarithmic axis
 * @ticks: round values within the ends, ascending; if there is only one, the
 *   ends of the values themselves, but of @counts the one
 * @n_ticks: how many, at least 2, or 1 of @counts
 * @step: between ticks; 0 where they are not evenly spaced round values
 */
typedef struct
{
  gdouble low;
  gdouble high;
  gboolean log;
  gboolean dense;
  gboolean times;
  gboolean falling;
  gboolean counts;
  gdouble ticks[CHART_AXIS_MAX_TICKS];
  guint n_ticks;
  gdouble step;
} ChartAxis;

/* An axis without values. */
void chart_axis_init (ChartAxis *self, gboolean log);

/* Returns: whether the axis has a place for @value. */
gboolean chart_axis_takes (const ChartAxis *self, gdouble value);

/* Makes room for @value where the axis has a place for it. */
void chart_axis_add (ChartAxis *self, gdouble value);

/**
 * chart_axis_finish:
 * @most_ticks: 3..CHART_AXIS_MAX_TICKS
 * @round_ends: whether the axis begins and ends with a tick, or where the
 *   values do, with a little room around them
 *
 * Chooses ticks: 1, 2 or 5 times a power of ten apart, times as clocks divide
 * them; on a logarithmic axis powers of ten, and 2 and 5 times these where
 * there is room.  An axis without
 * values goes from 0 to 1 (a logarithmic one from 0.1 to 1), and one with a
 * single value surrounds it.
 */
void chart_axis_finish (ChartAxis *self, guint most_ticks, gboolean round_ends);

/* Returns: where @value is: 0 at @low, 1 at @high, or the other way round on a
 * falling axis. */
gdouble chart_axis_place (const ChartAxis *self, gdouble value);

/* Returns: the smallest of 1, 2, 5 times a power of ten that is not below
 * @least, which is above 0. */
gdouble chart_axis_round_step (gdouble least);

/* Returns: (transfer full): @tick as short as its neighbours allow. */
gchar *chart_axis_label (const ChartAxis *self, gdouble tick);

G_END_DECLS

#endif /* CHART_AXIS_H */
