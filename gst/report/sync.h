/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reports the offset that sync found, or did not find, for a stream: by the
 * perceptual-sync message, and by fields of header and summary.
 */
#ifndef PERCEPTUAL_SYNC_H
#define PERCEPTUAL_SYNC_H

#include <gst/gst.h>

#include "pairing/alignment.h"

G_BEGIN_DECLS

#define PERCEPTUAL_MESSAGE_SYNC "perceptual-sync"

/**
 * PerceptualSync:
 * @way: how it was looked for
 * @aligned: what came of it
 * @before: ns added to distorted running times before the search
 * @offset: ns added now: @before, and that of @aligned
 */
typedef struct
{
  PerceptualAlignmentWay way;
  PerceptualAligned aligned;
  gint64 before;
  gint64 offset;
} PerceptualSync;

/* Returns: @verdict as fields have it. */
const gchar *perceptual_sync_nick_of (PerceptualOffsetVerdict verdict);

/* What follows from @aligned. */
PerceptualSync perceptual_sync_make (PerceptualAlignmentWay way,
    const PerceptualAligned *aligned, gint64 before);

/* Posts the perceptual-sync message of stream @stream of @element, and a
 * WARNING if no offset was found.  Must be called without the element's object
 * lock. */
void perceptual_sync_post (
    const PerceptualSync *sync, GstElement *element, const gchar *stream);

/* Adds to the header or the summary of a stream.  For sync=auto:
 * sync-confidence and, where an offset was found, sync-offset-found.  Else
 * align (the basis) and align-offset, with align-confidence where it was
 * searched, and with align-reason where the search failed. */
void perceptual_sync_describe (
    const PerceptualSync *sync, GstStructure *structure);

G_END_DECLS

#endif /* PERCEPTUAL_SYNC_H */
