/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames as pictures to look at.
 */
#ifndef MEASURE_PHOTO_H
#define MEASURE_PHOTO_H

#include "measure/moment.h"

G_BEGIN_DECLS

/**
 * measure_photo_make:
 * @moment: gets the photos and the place of the cut-outs
 * @reference: a frame of raw video
 * @distorted: likewise, in any size
 * @map: (nullable): a heat map without legend, of the reference's size
 * @size: longest side in pixels of JPEG files; 0 for PNG files, in which the
 *   pixels are as they are, and no cut-outs
 *
 * Returns: (transfer full) (nullable): why there are no pictures; NULL where
 *   there are
 */
gchar *measure_photo_make (MeasureMoment *moment, GstSample *reference,
    GstSample *distorted, GstSample *map, guint size);

G_END_DECLS

#endif /* MEASURE_PHOTO_H */
