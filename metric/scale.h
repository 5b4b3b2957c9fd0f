/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The option scale: images are made smaller before a metric sees them, as from
 * farther away.
 *
 * The filter is a triangle whose half-width is one pixel of the result, which
 * is what `antialias` means in Pillow (Image.BILINEAR) and in torchvision and
 * PyTorch (bilinear): output pixel i, for images made smaller by f, is the mean
 * of input pixels j with the weights
 *
 *   1 - |(j + 1/2) - (i + 1/2) f| / f,   where that is positive.
 *
 * For f = 2 these are 1 3 3 1, for f = 4 they are 1 3 5 7 7 5 3 1.  At the
 * edges pixels that are not there are left out of the mean.  A side of n pixels
 * becomes one of n / f, rounded up.  All sums are whole numbers, which are
 * rounded once: R'G'B' to 16 bits, the stream's own planes to their own depth.
 */
#ifndef PERCEPTUAL_SCALE_H
#define PERCEPTUAL_SCALE_H

#include "perceptual.h"

G_BEGIN_DECLS

/* `auto` halves until the shorter side has at most so many pixels: whoever
 * looks at a picture of 2160 lines sits twice as far away, counted in pixels,
 * as before one of 1080. */
#define PERCEPTUAL_SCALE_AUTO_SIDE 1080

/* What `auto` is called where factors are numbers. */
#define PERCEPTUAL_SCALE_AUTO 0

/* Returns: the factor by which the value @text of the option makes images
 * smaller, 1 or more; PERCEPTUAL_SCALE_AUTO; -1 with PERCEPTUAL_ERROR_OPTION,
 * which says what is valid. */
gint perceptual_scale_parse (const gchar *text, GError **error);

/* Returns: (transfer none): the value of the option for @factor, always written
 * the same way. */
const gchar *perceptual_scale_text (gint factor);

/* Returns: by how much images of @width x @height are made smaller, 1 or
 * more. */
guint perceptual_scale_factor (gint factor, guint width, guint height);

/* Returns: the pixels that @n of them become. */
guint perceptual_scale_side (guint n, guint factor);

/**
 * PerceptualReduced:
 * @image: a view of what follows
 * @pixels: (nullable): R'G'B', of 16 bits
 * @planes: (nullable): the planes, without padding
 * @bytes: room in @pixels and in each of @planes
 *
 * An image made smaller.  Begins as zeroed memory and may be used again for
 * another image.
 */
typedef struct
{
  PerceptualImage image;
  gpointer pixels;
  gpointer planes[3];
  gsize bytes[4];
} PerceptualReduced;

/**
 * perceptual_reduce:
 * @image: a valid image
 * @factor: a power of two, 2 or more
 * @pixels: whether its R'G'B' pixels are wanted
 * @planes: whether its planes are wanted
 * @workers: do the work
 * @error: PERCEPTUAL_ERROR_NO_MEMORY
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean perceptual_reduce (PerceptualReduced *self,
    const PerceptualImage *image, guint factor, gboolean pixels,
    gboolean planes, PerceptualWorkers *workers, GError **error);

/* Returns: the bytes that an image takes which has become @width x @height
 * pixels, at most. */
guint64 perceptual_reduced_bytes (guint width, guint height);

void perceptual_reduced_clear (PerceptualReduced *self);

/* Stretches the map of @result, which belongs to images made smaller by
 * @factor, over the @width x @height pixels that they had.  Returns: FALSE with
 * PERCEPTUAL_ERROR_NO_MEMORY. */
gboolean perceptual_scale_map (PerceptualResult *result, guint factor,
    guint width, guint height, PerceptualWorkers *workers, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_SCALE_H */
