/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pairs of still images, each with a reference of its own, in one run: the
 * measuring element and its network are made once.
 */
#ifndef MEASURE_BATCH_H
#define MEASURE_BATCH_H

#include "measure/run.h"

G_BEGIN_DECLS

/* Whether pairs that are measured with these @settings can be put together:
 * none of them chooses or pairs frames, or reports while it goes on. */
gboolean measure_batch_allows (const MeasureSettings *settings);

/* As measure_run(), of an order with references. */
GPtrArray *measure_batch_run (const MeasureOrder *order);

G_END_DECLS

#endif /* MEASURE_BATCH_H */
