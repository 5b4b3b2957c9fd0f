/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A part of a picture in words: WIDTHxHEIGHT+X+Y, pixels from the top left.
 */
#ifndef PERCEPTUAL_CROP_H
#define PERCEPTUAL_CROP_H

#include "frames/layout.h"

G_BEGIN_DECLS

/* Returns: FALSE where @text is not a part of a picture of any size that is
 * supported; then @region is all zeros. */
gboolean perceptual_crop_parse (const gchar *text, PerceptualRegion *region);

G_END_DECLS

#endif /* PERCEPTUAL_CROP_H */
