/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pictures of one pair: its frames, and where they differ.
 */
#ifndef MONITOR_PICTURE_H
#define MONITOR_PICTURE_H

#include "monitor/connection/worst.h"

#include "measure/moment.h"

G_BEGIN_DECLS

/**
 * monitor_picture_make:
 * @settings: of the measuring element
 * @pair: the pair
 * @map: whether the metric has heat maps
 * @size: longest side in pixels
 *
 * Takes the time of a measurement.  From any thread.
 *
 * Returns: (transfer full): the pictures, or the problem
 */
MeasureMoment *monitor_picture_make (const MeasureSettings *settings,
    const MonitorPair *pair, gboolean map, guint size);

G_END_DECLS

#endif /* MONITOR_PICTURE_H */
