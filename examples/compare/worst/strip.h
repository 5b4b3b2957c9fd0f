/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reference, distorted and heat map side by side in one picture.
 */
#ifndef COMPARE_WORST_STRIP_H
#define COMPARE_WORST_STRIP_H

#include <glib.h>

G_BEGIN_DECLS

/* Pictures of a strip are enlarged until their longer side is this many pixels,
 * by whole factors only. */
#define COMPARE_STRIP_SIDE 320

/**
 * CompareStrip:
 * @title: above everything
 * @reference: a PNG
 * @distorted: a PNG of the same size
 * @map: (nullable): likewise, without a legend in it
 * @map_maximum: the distance that its last colour means
 *
 * The caller keeps everything.
 */
typedef struct
{
  const gchar *title;
  GBytes *reference;
  GBytes *distorted;
  GBytes *map;
  gdouble map_maximum;
} CompareStrip;

/**
 * compare_strip_draw:
 * @error: PROGRAM_ERROR_DATA for what cairo cannot do
 *
 * Small pictures are enlarged by a whole factor, pixel by pixel, very large
 * ones shrunk by one; what is written is beside the pictures.
 *
 * Returns: (transfer full): a PNG, or NULL with @error set
 */
GBytes *compare_strip_draw (const CompareStrip *strip, GError **error);

G_END_DECLS

#endif /* COMPARE_WORST_STRIP_H */
