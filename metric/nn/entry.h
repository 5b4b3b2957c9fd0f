/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The first ring of the engine.  A first layer that steps by s pixels and has
 * tiles sees the image folded: s x s pixels side by side are one pixel of
 * 3 s^2 channels, (row, column, colour), and its filter of r x r becomes one of
 * ceil (r / s) squared that steps by 1, with zeros where it is filled up.  The
 * folded image begins as many pixels before the image as the layer pads it, and
 * has just the pixels that outputs read.
 *
 * AlexNet's 11 x 11 by steps of 4 becomes 3 x 3 on 48 channels, for which
 * Winograd's tiles need a quarter of the operations.
 */
#ifndef PERCEPTUAL_NN_ENTRY_H
#define PERCEPTUAL_NN_ENTRY_H

#include "nn/engine-private.h"

G_BEGIN_DECLS

/* Fills the engine's table of entered samples. */
void perceptual_entry_init (PerceptualEngine *engine);

/* Decides whether the engine folds its images.  @zero_mean: the first filters
 * have no mean, so that flat colours leave but rounding; transforms would add
 * to it, and then not. */
void perceptual_entry_begin (PerceptualEngine *engine, gboolean zero_mean);

/* Returns: columns (or rows) of the first ring for an image that has @size. */
guint perceptual_entry_size (const PerceptualEngine *engine, guint size);

/* Returns: (transfer full): the filters for folded images; free with
 * g_free(). */
gfloat *perceptual_entry_fold (const PerceptualEngine *engine,
    const PerceptualConvolution *convolution, const gfloat *weights);

/* Fills row @y of the first ring of image @number. */
void perceptual_entry_row (const PerceptualEngine *engine,
    const PerceptualImage *const *images, guint number, guint y);

G_END_DECLS

#endif /* PERCEPTUAL_NN_ENTRY_H */
