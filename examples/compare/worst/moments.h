/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The moments that are worth a look.
 */
#ifndef COMPARE_WORST_MOMENTS_H
#define COMPARE_WORST_MOMENTS_H

#include "compare/options/options.h"
#include "measure/remote.h"

G_BEGIN_DECLS

/**
 * CompareMoment:
 * @file: number of the distorted file, from 0
 * @pair: number of its pair among those measured, from 0
 * @shown: (owned) (nullable): its pictures, once they were made
 */
typedef struct
{
  guint file;
  guint pair;
  MeasureMoment *shown;
} CompareMoment;

/**
 * compare_moments_choose:
 * @timelines: (element-type MeasureTimeline): of the distorted files
 * @similarity: whether lower values are worse
 * @most: moments of all files together
 *
 * Chooses pairs that nothing within a second is worse than: the worst one of
 * each file, those of the worst files first, then the worst ones of all that
 * are left.  Of equal ones the first is taken.  Infinite values are none.
 *
 * Returns: (transfer full) (element-type CompareMoment): the worst first
 */
GArray *compare_moments_choose (
    const GPtrArray *timelines, gboolean similarity, guint most);

/**
 * CompareShow:
 * @options: of the command line
 * @reference: what was compared
 * @distorted: likewise
 * @timeline: of @distorted
 * @remote: makes the pictures
 * @interrupted: see measure_loop_run(); without pictures then
 * @size: longest side of JPEG files; 0 for PNG files of all pixels
 *
 * How a moment is made into pictures.
 */
typedef struct
{
  const CompareOptions *options;
  const MeasureInput *reference;
  const MeasureInput *distorted;
  const MeasureTimeline *timeline;
  MeasureRemote *remote;
  const gboolean *interrupted;
  guint size;
} CompareShow;

/* Has the frames of @moment decoded and measured once more; sets its shown. */
void compare_moment_show (CompareMoment *moment, const CompareShow *show);

G_END_DECLS

#endif /* COMPARE_WORST_MOMENTS_H */
