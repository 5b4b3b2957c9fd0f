/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbered still images as a video, and lists of unrelated ones as frames of a
 * stream.
 */
#ifndef MEASURE_SEQUENCE_H
#define MEASURE_SEQUENCE_H

#include "measure/reader/reader.h"
#include "measure/still/still.h"

G_BEGIN_DECLS

/* Whether @path names more than one file: by a number as in frame%04d.png, or
 * by a star, a question mark or brackets, which a shell was kept from
 * replacing.  Only where there is no file of that very name. */
gboolean measure_sequence_is_named (const gchar *path);

/* Returns: (transfer full): what measure_remote_inspect() takes in place of
 * @path, with a frame rate of @rate_n / @rate_d. */
gchar *measure_sequence_order (const gchar *path, gint rate_n, gint rate_d);

/* Whether @text is of measure_sequence_order(). @path: (out) (transfer full):
 * what the user typed; @name: (out) (transfer full): for
 * measure_reader_open() */
gboolean measure_sequence_read_order (
    const gchar *text, gchar **path, gchar **name);

/* Returns: (transfer full) (nullable): the first file of the sequence @name. */
gchar *measure_sequence_first (const gchar *name);

/* For measure_reader_open(). */
MeasureReader *measure_sequence_reader_open (const gchar *name, GError **error);

/**
 * measure_list_reader_open:
 * @paths: (element-type filename): still images; copied
 * @from: the first one that is read, frame 0
 * @end: the one before which reading ends
 * @error: as of measure_reader_open()
 *
 * Frame i is at i seconds.  Reading ends where an image has another format than
 * the first: other samples, not another size.
 *
 * Returns: (transfer full): a reader, or NULL with @error set
 */
MeasureReader *measure_list_reader_open (
    const GPtrArray *paths, guint from, guint end, GError **error);

/* How @still is a frame: in still-reader.c.  @rate_n: 0 where it is alone. */
GstCaps *measure_still_caps (
    const MeasureStill *still, gint rate_n, gint rate_d);

/* Returns: (transfer full): its samples, which it loses. */
GstBuffer *measure_still_take_buffer (MeasureStill *still);

G_END_DECLS

#endif /* MEASURE_SEQUENCE_H */
