/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The l2 distance, for the metrics that add it to something else.
 */
#ifndef PERCEPTUAL_L2_H
#define PERCEPTUAL_L2_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: the mean over pixels and colour channels of the squared difference
 * of samples in -1..1, 0..4.  @strip_rows: rows of one work item, 0 for the
 * metric's own choice.  The images are of the same size and layout. */
gdouble perceptual_l2 (PerceptualWorkers *workers, guint strip_rows,
    const PerceptualImage *reference, const PerceptualImage *distorted);

G_END_DECLS

#endif /* PERCEPTUAL_L2_H */
