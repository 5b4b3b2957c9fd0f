/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is said about the offset that sync=auto found, or did not find, for a
 * stream: the perceptual-sync message, and the fields of header and summary.
 */
#ifndef PERCEPTUAL_SYNC_H
#define PERCEPTUAL_SYNC_H

#include <gst/gst.h>

#include "pairing/offset-finder.h"

G_BEGIN_DECLS

#define PERCEPTUAL_MESSAGE_SYNC "perceptual-sync"

/**
 * PerceptualSync:
 * @found: what the search says
 * @before: ns added to distorted running times before the search
 * @offset: ns added now: @before, and what was found if it is to be trusted
 */
typedef struct
{
  PerceptualOffset found;
  gint64 before;
  gint64 offset;
} PerceptualSync;

/* What follows from @found. */
PerceptualSync perceptual_sync_make (
    const PerceptualOffset *found, gint64 before);

/* Posts the perceptual-sync message of stream @stream of @element, and a
 * WARNING if no offset was found.  Must be called without the element's object
 * lock. */
void perceptual_sync_post (
    const PerceptualSync *sync, GstElement *element, const gchar *stream);

/* Adds to the header or the summary of a stream: sync-confidence and, where an
 * offset was found, sync-offset-found. */
void perceptual_sync_describe (
    const PerceptualSync *sync, GstStructure *structure);

G_END_DECLS

#endif /* PERCEPTUAL_SYNC_H */
