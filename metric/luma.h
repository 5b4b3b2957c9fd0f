/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The luma that the classic metrics compare: the stream's own Y' samples
 * where both images have them, else .299 R + .587 G + .114 B.
 */
#ifndef PERCEPTUAL_LUMA_H
#define PERCEPTUAL_LUMA_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Luma is handed out less this, which keeps digits in sums of squares. */
#define PERCEPTUAL_LUMA_SHIFT 127.5f

/* Whether @a and @b both carry Y' planes. */
gboolean perceptual_luma_is_native (
    const PerceptualImage *a, const PerceptualImage *b);

/* Significant bits into which a pair's native samples are brought: the larger
 * of the two depths. */
guint perceptual_luma_depth (
    const PerceptualImage *a, const PerceptualImage *b);

/* The sample at @data of a plane of @image, scaled up to @depth bits. */
guint perceptual_plane_sample (
    const PerceptualImage *image, const guint8 *data, guint depth);

/* Writes row @y of luma in 0..255 (of full scale: 2^depth - 1 becomes 255),
 * less PERCEPTUAL_LUMA_SHIFT, to @out, image->width floats. */
void perceptual_luma_row (
    const PerceptualImage *image, gboolean native, guint y, gfloat *out);

G_END_DECLS

#endif /* PERCEPTUAL_LUMA_H */
