/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a log is written to, as the system sees it: a plain file that no other
 * log is written to at the same time, or a pipe or device whose other end may
 * be slow, missing or gone.  It knows nothing of lines.
 */
#ifndef PERCEPTUAL_LOG_DESCRIPTOR_H
#define PERCEPTUAL_LOG_DESCRIPTOR_H

#include <glib.h>

G_BEGIN_DECLS

/* How long opening a pipe waits for its reader. */
#define PERCEPTUAL_LOG_READER_MS 10000

/* How long a reader that takes nothing is waited for in all, once the log is to
 * end. */
#define PERCEPTUAL_LOG_LEAVE_MS 1000

/**
 * PerceptualDescriptor:
 * @fd: negative where nothing is open
 * @own: it is to be closed
 * @plain: a file with offsets, which only this program writes to
 * @paced: its reader decides how fast it is written
 * @leaving: (nullable): an atomic boolean, whether the log is to end
 * @deadline: of a log that is to end, monotonic us
 */
typedef struct
{
  int fd;
  gboolean own;
  gboolean plain;
  gboolean paced;
  const gint *leaving;
  gint64 deadline;
} PerceptualDescriptor;

/**
 * perceptual_descriptor_open:
 * @self: (out): what was open in it is not closed
 * @location: a path, or "-" for standard output
 * @reader_ms: how long to wait for the reader of a pipe
 * @leaving: (nullable): see #PerceptualDescriptor
 * @error: a G_FILE_ERROR without the place: G_FILE_ERROR_AGAIN for a file that
 *   another log is written to, G_FILE_ERROR_NXIO for a pipe without reader
 *
 * Opens it for appending, makes the file if there is none, and empties nothing.
 * A path of the file that standard output or standard error go to is written
 * through these, since their places in it are of their own.
 *
 * Returns: whether it is open
 */
gboolean perceptual_descriptor_open (PerceptualDescriptor *self,
    const gchar *location, guint reader_ms, const gint *leaving,
    GError **error);

/* Closes what perceptual_descriptor_open() opened, and lets others write to it,
 * even where a process that was forked still has it.  Returns: 0 or an error
 * number. */
int perceptual_descriptor_close (PerceptualDescriptor *self);

/**
 * perceptual_descriptor_write:
 * @place: in a plain file that does not append; negative for all else
 *
 * Writes all of @text, and never sends the program a signal.
 *
 * Returns: 0 or an error number: EPIPE where the reader has gone, ETIMEDOUT
 *   where it takes nothing and the log is to end
 */
int perceptual_descriptor_write (
    PerceptualDescriptor *self, const gchar *text, gsize length, goffset place);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_DESCRIPTOR_H */
