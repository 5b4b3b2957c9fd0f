/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pictures of the worst pairs, in a folder.
 */
#ifndef COMPARE_WORST_H
#define COMPARE_WORST_H

#include "compare/course.h"
#include "compare/report/report.h"
#include "measure/remote.h"

G_BEGIN_DECLS

/**
 * CompareWorst:
 * @rank: from 1, the worst first
 * @file: number of the distorted file
 * @time: at which a player shows the reference frame, ns
 * @distance: of the pair
 * @path: the picture
 * @problem: (nullable): why there is none
 */
typedef struct
{
  guint rank;
  guint file;
  guint64 time;
  gdouble distance;
  gchar *path;
  gchar *problem;
} CompareWorst;

/**
 * compare_worst_write:
 * @course: what happened when
 * @interrupted: see measure_loop_run()
 *
 * Has the worst pairs of all files decoded and measured once more, none within
 * a second of another of its file, and writes a picture of each into the
 * folder of the options.
 *
 * Returns: (transfer full) (element-type CompareWorst): the worst first
 */
GPtrArray *compare_worst_write (const CompareOptions *options,
    const GPtrArray *results, const CompareCourse *course,
    MeasureRemote *remote, const gboolean *interrupted);

/* Returns: (transfer full): a line for each picture, for people. */
gchar *compare_worst_describe (
    const GPtrArray *worst, const GPtrArray *results);

/* Adds the member "worst_pictures" to the object that @builder is in. */
void compare_worst_add_json (
    JsonBuilder *builder, const GPtrArray *worst, const GPtrArray *results);

G_END_DECLS

#endif /* COMPARE_WORST_H */
