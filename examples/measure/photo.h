/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames as pictures to look at.
 */
#ifndef MEASURE_PHOTO_H
#define MEASURE_PHOTO_H

#include "measure/moment.h"

G_BEGIN_DECLS

/**
 * MeasurePhotoOrder:
 * @reference: a frame of raw video
 * @distorted: likewise, in any size
 * @map: (nullable): a heat map without legend, of the size of what is shown of
 *   the reference
 * @reference_crop: (nullable): what is shown of it, see measure_crop_parse()
 * @distorted_crop: (nullable): likewise
 * @size: longest side in pixels of JPEG files; 0 for PNG files, in which the
 *   pixels are as they are, and no cut-outs
 */
typedef struct
{
  GstSample *reference;
  GstSample *distorted;
  GstSample *map;
  const gchar *reference_crop;
  const gchar *distorted_crop;
  guint size;
} MeasurePhotoOrder;

/* @moment: gets the photos and the place of the cut-outs.  Returns: (transfer
 * full) (nullable): why there are no pictures; NULL where there are. */
gchar *measure_photo_make (
    MeasureMoment *moment, const MeasurePhotoOrder *order);

G_END_DECLS

#endif /* MEASURE_PHOTO_H */
