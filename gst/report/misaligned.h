/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reports distorted frames that are paired with the wrong reference frames.
 * Must be called without the element's object lock, since a message is posted.
 */
#ifndef PERCEPTUAL_MISALIGNED_H
#define PERCEPTUAL_MISALIGNED_H

#include <gst/gst.h>

#include "measuring/misalignment.h"

G_BEGIN_DECLS

/* Posts a WARNING of @element about the stream at @pad, whose first stretch of
 * misaligned pairs is @found.  @followed: whether its offset is followed. */
void perceptual_misaligned_warn (GstElement *element, const gchar *pad,
    const PerceptualMisplaced *found, gboolean followed);

G_END_DECLS

#endif /* PERCEPTUAL_MISALIGNED_H */
