/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Image files as PerceptualImages.
 */
#ifndef JUDGE_IMAGE_H
#define JUDGE_IMAGE_H

#include "perceptual.h"

G_BEGIN_DECLS

/**
 * JudgeImage:
 * @view: RGBX8, or RGBX16 of files of 16 bits; points into @memory
 * @memory: the pixels
 *
 * A decoded image that owns its pixels.
 */
typedef struct
{
  PerceptualImage view;
  guint8 *memory;
} JudgeImage;

/**
 * judge_image_new:
 * @width: 1..PERCEPTUAL_MAX_SIZE
 * @height: 1..PERCEPTUAL_MAX_SIZE
 *
 * Returns: (transfer full) (nullable): black pixels in rows without padding;
 * NULL when there is no memory.
 */
JudgeImage *judge_image_new (guint width, guint height);

/**
 * judge_image_load:
 * @path: a file that measure_still_load() decodes: PNG, JPEG, TIFF, BMP...
 * @error: PROGRAM_ERROR_DATA, beginning with @path
 *
 * Turned upright where the file says how it was held.  A picture that its file
 * calls grey has its samples as luma too, as perceptual-compare measures it.
 * Transparent pixels are an error: what is seen through them depends on the
 * page.  Thread-safe.
 *
 * Returns: (transfer full): the image, or NULL with @error set.
 */
JudgeImage *judge_image_load (const gchar *path, GError **error);
void judge_image_free (JudgeImage *self);

/**
 * judge_image_deepen:
 * @self: an image of 8 or 16 bits a sample
 * @error: where there is no memory for it
 *
 * Makes RGBX16 of RGBX8, each sample being a multiple of 257.
 *
 * Returns: FALSE with @error set and @self unchanged
 */
gboolean judge_image_deepen (JudgeImage *self, GError **error);

/**
 * judge_image_peek:
 * @path: as above
 * @width: (out): as the file's header says
 * @height: (out): as the file's header says
 * @error: PROGRAM_ERROR_DATA, beginning with @path
 *
 * See measure_still_peek().
 *
 * Returns: FALSE with @error set when judge_image_load() would fail for sure.
 */
gboolean judge_image_peek (
    const gchar *path, guint *width, guint *height, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeImage, judge_image_free)

G_END_DECLS

#endif /* JUDGE_IMAGE_H */
