/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames of heat maps, for output=heatmap.
 */
#ifndef PERCEPTUAL_PAINTER_H
#define PERCEPTUAL_PAINTER_H

#include "frames/frame.h"
#include "settings/config.h"

G_BEGIN_DECLS

typedef struct _PerceptualPainter PerceptualPainter;

/* @config: the settings.  @metric: whose maps are painted.  Nothing of either
 * is kept.  Returns: (transfer full): the painter. */
PerceptualPainter *perceptual_painter_new (
    const PerceptualConfig *config, const PerceptualMetricInfo *metric);
void perceptual_painter_free (PerceptualPainter *painter);

/**
 * perceptual_painter_paint:
 * @frame: the reference frame, whose times, segment, size, rate and aspect
 *   ratio the heat map has
 * @image: its pixels
 * @result: with a map
 * @error: PERCEPTUAL_ERROR_NO_MEMORY
 *
 * Returns: (transfer full) (nullable): a frame of BGRx
 */
PerceptualFrame *perceptual_painter_paint (PerceptualPainter *painter,
    const PerceptualFrame *frame, const PerceptualImage *image,
    const PerceptualResult *result, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_PAINTER_H */
