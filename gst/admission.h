/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What may come in at a sink pad, and the errors about what may not.  Must be
 * called without the element's object lock, since messages are posted.
 */
#ifndef PERCEPTUAL_ADMISSION_H
#define PERCEPTUAL_ADMISSION_H

#include "frames.h"

G_BEGIN_DECLS

/**
 * perceptual_admit_frame:
 * @element: posts the error
 * @pad: name of the sink pad
 * @format: (nullable): of the pad; NULL before caps
 * @buffer: the frame
 * @allow_hdr: whether PQ and HLG are admitted
 *
 * Returns: FALSE after an ERROR message
 */
gboolean perceptual_admit_frame (GstElement *element, const gchar *pad,
    const PerceptualFormat *format, const GstBuffer *buffer,
    gboolean allow_hdr);

/* Whether frames in @segment can be paired.  Returns: FALSE after an ERROR
 * message. */
gboolean perceptual_admit_segment (
    GstElement *element, const gchar *pad, const GstSegment *segment);

G_END_DECLS

#endif /* PERCEPTUAL_ADMISSION_H */
