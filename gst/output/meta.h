/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Distances on buffers: a custom GstMeta for elements further down.
 */
#ifndef PERCEPTUAL_META_H
#define PERCEPTUAL_META_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Name of the meta.  Its structure has the fields of a perceptual-distance
 * message; a buffer has one for each distorted stream whose frame was its
 * partner, in the order of the streams. */
#define PERCEPTUAL_META_NAME "GstPerceptualDistanceMeta"

/* Registers the meta; once, before it is used. */
void perceptual_meta_register (void);

/* Puts @fields on @buffer, which must be writable. */
void perceptual_meta_add (GstBuffer *buffer, const GstStructure *fields);

G_END_DECLS

#endif /* PERCEPTUAL_META_H */
