/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file that a program writes when its work is done: a report, a chart.
 */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include <glib.h>

G_BEGIN_DECLS

/* How long the reader of a pipe is waited for: it had all the time of the
 * work. */
#define OUTPUT_FILE_READER_MS 2000

/**
 * output_file_put:
 * @path: of a file, a device or a pipe
 * @data: all that is to be in it
 * @size: bytes
 *
 * A file is replaced in one go: a program that is killed, or a full disk,
 * leaves the one that was there.  Links to it stay, and so do its permissions.
 * Only where nothing can be written beside it is it written in place.  Devices,
 * pipes and what is open already (/dev/stdout) are always written in place.
 *
 * Does not wait for ever for who reads a pipe, and not at all once a signal
 * comes.
 *
 * Returns: 0, or errno, which is ENXIO for a pipe that nobody reads
 */
gint output_file_put (const gchar *path, gconstpointer data, gsize size);

/* Whether output_file_put() can be expected to succeed.  What is there stays.
 * Returns: 0, or errno. */
gint output_file_can (const gchar *path);

/**
 * OutputPart:
 * @place: the file to write to
 * @file: (nullable): what @place becomes at the end; NULL where it is what the
 *   user named
 * @lock: that @place has as long as this process lives, where @file is set
 *
 * A file of which nobody knows all at once, as a video.
 */
typedef struct
{
  gchar *place;
  gchar *file;
  gint lock;
} OutputPart;

/* Begins a file at @path, for output_part_end().  What is written to
 * @self->place replaces it in one go then, under the conditions of
 * output_file_put().  Where it cannot be written, who tries to is told.
 *
 * A second signal removes the part of the last one that was begun.  What a
 * process that was killed has left of a part of @path is removed now. */
void output_part_begin (OutputPart *self, const gchar *path);

/* Puts what was written in its place, or, unless @whole, leaves what was there
 * before.  Clears @self.  Returns: 0, or errno. */
gint output_part_end (OutputPart *self, gboolean whole);

G_END_DECLS

#endif /* OUTPUT_FILE_H */
