/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hulls of a report: one for each clip and statistic, over all of the
 * clip's curves.
 */
#include "tune/report/rd-hull.h"

#include <math.h>

gboolean
tune_rd_has_place (
    const TuneRdReport *report, const TuneRdPoint *point, guint statistic)
{
  gdouble value = point->values[statistic];

  return point->rate > 0 && isfinite (point->rate) && isfinite (value)
      && (report->similarity || value > 0);
}

static void
mark_clip (const TuneRdReport *report, guint clip, guint statistic,
    gboolean *on_hull, guint n)
{
  g_autofree TunePoint *points = g_new (TunePoint, n + 1);
  g_autofree guint *places = g_new (guint, n + 1);
  g_autofree gboolean *marks = g_new0 (gboolean, n + 1);
  guint taken = 0, place = 0;

  for (guint i = 0; i < report->n_curves; i++) {
    const TuneRdCurve *curve = &report->curves[i];

    for (guint j = 0; j < curve->n; j++, place++) {
      const TuneRdPoint *point = &curve->points[j];
      gdouble value = point->values[statistic];

      if (curve->clip != clip || !tune_rd_has_place (report, point, statistic))
        continue;
      points[taken] = (TunePoint){ point->rate,
        report->similarity ? value : tune_quality_of_distance (value) };
      places[taken++] = place;
    }
  }
  tune_hull (points, taken, marks);
  for (guint i = 0; i < taken; i++)
    on_hull[places[i]] = marks[i];
}

guint
tune_rd_count_clips (const TuneRdReport *report)
{
  guint clips = 0;

  for (guint i = 0; i < report->n_curves; i++)
    clips = MAX (clips, report->curves[i].clip + 1);
  return clips;
}

gboolean *
tune_rd_find_hull (const TuneRdReport *report, guint statistic)
{
  gboolean *on_hull;
  guint clips = tune_rd_count_clips (report);
  guint n = 0;

  for (guint i = 0; i < report->n_curves; i++)
    n += report->curves[i].n;
  on_hull = g_new0 (gboolean, n + 1);
  for (guint clip = 0; clip < clips; clip++)
    mark_clip (report, clip, statistic, on_hull, n);
  return on_hull;
}
