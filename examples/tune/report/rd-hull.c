/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hulls of a report: one for each clip and statistic, over all of the
 * clip's curves.
 */
#include "tune/report/rd-hull.h"

static TunePoint
point_of (const TuneRdReport *report, const TuneRdPoint *point, guint statistic)
{
  gdouble value = point->values[statistic];

  return (TunePoint){ point->rate,
    report->similarity ? value : tune_quality_of_distance (value) };
}

gboolean
tune_rd_has_place (
    const TuneRdReport *report, const TuneRdPoint *point, guint statistic)
{
  const TunePoint place = point_of (report, point, statistic);

  return tune_point_has_place (&place);
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
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TunePoint));
  g_autoptr (GArray) clips = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < report->n_curves; i++) {
    const TuneRdCurve *curve = &report->curves[i];

    for (guint j = 0; j < curve->n; j++) {
      TunePoint point = point_of (report, &curve->points[j], statistic);

      g_array_append_val (points, point);
      g_array_append_val (clips, curve->clip);
    }
  }
  return tune_hulls ((const TunePoint *) points->data,
      (const guint *) clips->data, points->len);
}
