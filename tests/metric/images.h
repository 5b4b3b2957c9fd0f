/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Images that tests make themselves.
 */
#ifndef TEST_IMAGES_H
#define TEST_IMAGES_H

#include "perceptual.h"

G_BEGIN_DECLS

typedef struct
{
  PerceptualImage view;
  guint8 *memory;
} TestImage;

/* Waves and edges plus Gaussian noise of deviation @noise (of 0..255), rows
 * with @padding pixels of garbage behind them.  The picture below the noise
 * depends on the size only. */
TestImage *test_image_new (PerceptualPixels pixels, guint width, guint height,
    gdouble noise, guint64 seed, guint padding);

/* Every sample @value (0..255). */
TestImage *test_image_flat (guint width, guint height, guint value);

void test_image_free (TestImage *image);

/* The sample of channel @c at (@x, @y) in 0..255, as a double. */
gdouble test_image_sample (
    const PerceptualImage *image, guint x, guint y, guint c);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestImage, test_image_free)

G_END_DECLS

#endif /* TEST_IMAGES_H */
