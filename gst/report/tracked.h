/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells what becomes of an offset that is followed (sync=track): messages,
 * fields of header and summary, warnings.
 */
#ifndef PERCEPTUAL_TRACKED_H
#define PERCEPTUAL_TRACKED_H

#include <gst/gst.h>

#include "pairing/tracker.h"

G_BEGIN_DECLS

/* Returns: (transfer full): the fields of a perceptual-sync message.
 * @stream: name of the distorted stream */
GstStructure *perceptual_tracked_to_structure (
    const PerceptualTracking *tracking, const gchar *stream);

/* Adds to the header or the summary of a stream what is known since @tracking:
 * sync-state, sync-confidence and, where one was found, sync-offset-found. */
void perceptual_tracked_describe (
    const PerceptualTracking *tracking, GstStructure *structure);

/* Whether the user has to be warned of @tracking. */
gboolean perceptual_tracked_is_bad (const PerceptualTracking *tracking);

/* Posts that WARNING of @element about the stream at @pad.  Must be called
 * without the element's object lock. */
void perceptual_tracked_warn (
    GstElement *element, const gchar *pad, const PerceptualTracking *tracking);

G_END_DECLS

#endif /* PERCEPTUAL_TRACKED_H */
