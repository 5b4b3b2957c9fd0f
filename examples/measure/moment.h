/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pictures of one pair that was measured before: decoded again at its
 * timestamps, measured again, and only believed if the distance is the same.
 */
#ifndef MEASURE_MOMENT_H
#define MEASURE_MOMENT_H

#include "measure/activity.h"
#include "measure/inspect.h"
#include "measure/settings.h"
#include "measure/timeline.h"

G_BEGIN_DECLS

/**
 * MeasureView:
 * @MEASURE_VIEW_REFERENCE: the reference frame
 * @MEASURE_VIEW_DISTORTED: the distorted frame, in the reference's size
 * @MEASURE_VIEW_MAP: the heat map; absent where the metric has none
 * @MEASURE_VIEW_REFERENCE_CUT: pixels as they are, from where the map is
 *   brightest; so the others.  Absent without a map, and where the picture is
 *   no larger
 */
typedef enum
{
  MEASURE_VIEW_REFERENCE,
  MEASURE_VIEW_DISTORTED,
  MEASURE_VIEW_MAP,
  MEASURE_VIEW_REFERENCE_CUT,
  MEASURE_VIEW_DISTORTED_CUT,
  MEASURE_VIEW_MAP_CUT,
  MEASURE_N_VIEWS,
} MeasureView;

/**
 * MeasurePhoto:
 * @file: (nullable): the content of a JPEG, or of a PNG where the order is
 *   lossless; NULL where the view is absent
 * @width: in pixels
 * @height: in pixels
 */
typedef struct
{
  GBytes *file;
  guint width;
  guint height;
} MeasurePhoto;

/**
 * MeasureMoment:
 * @photos: by MeasureView; all absent with a @problem
 * @cut_left: where the cut-outs are in the reference's picture, pixels
 * @cut_top: likewise
 * @problem: (nullable): why there are no pictures, to follow "no pictures: "
 */
typedef struct
{
  MeasurePhoto photos[MEASURE_N_VIEWS];
  guint cut_left;
  guint cut_top;
  gchar *problem;
} MeasureMoment;

/**
 * MeasureMomentOrder:
 * @settings: of the measuring element, as the pair was measured
 * @turn: whether pictures are turned as the files say
 * @reference: an input without problem
 * @distorted: likewise
 * @pair: what is to be shown
 * @map: whether the metric has heat maps
 * @size: longest side of the pictures in pixels, 16 or more; of no effect where
 *   @lossless
 * @lossless: whole pictures, pixel by pixel, and no cut-outs
 * @activity: (nullable): what may be looked at meanwhile
 * @interrupted: see measure_loop_run()
 */
typedef struct
{
  const MeasureSettings *settings;
  gboolean turn;
  const MeasureInput *reference;
  const MeasureInput *distorted;
  MeasurePair pair;
  gboolean map;
  guint size;
  gboolean lossless;
  MeasureActivity *activity;
  const gboolean *interrupted;
} MeasureMomentOrder;

/* Returns: (transfer full): the pictures, or the problem. */
MeasureMoment *measure_moment_new (const MeasureMomentOrder *order);
void measure_moment_free (MeasureMoment *self);

G_END_DECLS

#endif /* MEASURE_MOMENT_H */
