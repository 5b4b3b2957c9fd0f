/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pictures of distance maps: colours, a grey picture below them, a legend.
 *
 * The colours run from black (distance 0) over violet, red and orange to pale
 * yellow (the maximum and above).  They get lighter from step to step, also
 * for people who do not see red or green and on a printer without colours.
 * They follow the square root of the distance, so that one scale shows faint
 * flaws and gross ones; the legend's numbers are placed accordingly.
 */
#ifndef PERCEPTUAL_HEATMAP_H
#define PERCEPTUAL_HEATMAP_H

#include "perceptual.h"

G_BEGIN_DECLS

#define PERCEPTUAL_HEATMAP_N_COLOURS 256

/**
 * perceptual_heatmap_colours:
 * @colours: (out): PERCEPTUAL_HEATMAP_N_COLOURS words 0xffRRGGBB
 *
 * For t from 0 to 1 the CIELAB colour (D65) of lightness 96 t, hue
 * 290 + 165 t degrees and chroma 60 sin (pi (.04 + .7 t)), the chroma reduced
 * to the largest that sRGB has there.
 */
void perceptual_heatmap_colours (guint32 *colours);

/**
 * PerceptualHeatmap:
 * @maximum: distance from which on a pixel has the last colour, above 0
 * @blend: how much of a pixel is the grey reference, 0..1
 * @zoom: pixels of the picture for each of the map, both ways; 0 for as many as
 *   make a small map well visible
 * @legend: whether a legend is drawn
 * @below: whether it is below the map, else in its corner
 * @metric: (nullable): its name, for the legend; static memory
 *
 * How heat maps look.
 */
typedef struct
{
  gdouble maximum;
  gdouble blend;
  guint zoom;
  gboolean legend;
  gboolean below;
  const gchar *metric;
} PerceptualHeatmap;

/**
 * perceptual_heatmap_size:
 * @width: (inout): that of a map; of its picture
 * @height: (inout): likewise
 *
 * A picture is not larger than PERCEPTUAL_MAX_SIZE, whatever the zoom.
 */
void perceptual_heatmap_size (
    const PerceptualHeatmap *self, guint *width, guint *height);

/**
 * perceptual_heatmap_draw:
 * @self: how it looks
 * @colours: from perceptual_heatmap_colours()
 * @result: with a map
 * @reference: of the map's size
 * @pixels: (out): rows of 0xffRRGGBB in native words (BGRx in memory on a
 *   little-endian machine), see perceptual_heatmap_size()
 * @stride: bytes from one row to the next, a multiple of 4
 *
 * The legend is the metric and the distance of the whole pair, a bar of the
 * colours, and distances below it.  In the lower left corner it is left out
 * where it would cover more than .15 of the picture.  Numbers do not depend on
 * the locale, nor the picture on the installed fonts.
 */
void perceptual_heatmap_draw (const PerceptualHeatmap *self,
    const guint32 *colours, const PerceptualResult *result,
    const PerceptualImage *reference, guint8 *pixels, gsize stride);

G_END_DECLS

#endif /* PERCEPTUAL_HEATMAP_H */
