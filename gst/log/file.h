/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of a log: written whole piece by whole piece, with an end that is
 * replaced by what comes next, and moved aside when it is full.
 *
 * Moving aside: FOLDER/NAME.EXT becomes FOLDER/NAME-00001.EXT, the next one
 * -00002 and so on, and a new file begins at the old place.  Files that were
 * moved aside keep their names, so that what collects them finds each once.
 * Numbers go on where those that lie there end.  Files of such a name that do
 * not begin as the log does are never removed.
 *
 * One log is written to a file at a time: the second one is an error that names
 * the process of the first.  Lines go behind what is there, so that a program
 * that copies and empties the file leaves no hole in it.
 */
#ifndef PERCEPTUAL_LOG_FILE_H
#define PERCEPTUAL_LOG_FILE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * PerceptualLogLimits:
 * @max_bytes: of one file; 0 for no limit
 * @max_time: ns of running time in one file; 0 for no limit
 * @max_files: how many files that were moved aside are kept, the oldest are
 *   removed; 0 for all
 *
 * When a log begins a new file.
 */
typedef struct
{
  guint64 max_bytes;
  guint64 max_time;
  guint max_files;
} PerceptualLogLimits;

typedef struct _PerceptualLogFile PerceptualLogFile;

/**
 * perceptual_log_file_open:
 * @location: a path, or "-" for standard output
 * @keep: move what lies at @location aside; it is emptied otherwise
 * @max_files: see #PerceptualLogLimits
 * @leaving: (nullable): an atomic boolean that outlives the file; once it is
 *   TRUE, readers who take nothing are waited for for a second only
 * @error: in the domain G_FILE_ERROR; G_FILE_ERROR_INVAL where @keep is asked
 *   of something that cannot be moved aside: standard output, a device, a
 *   pipe, a link; G_FILE_ERROR_AGAIN where another log is written to it;
 *   G_FILE_ERROR_NXIO for a pipe that nobody reads after ten seconds
 *
 * Returns: (transfer full): the file, or NULL with @error set
 */
PerceptualLogFile *perceptual_log_file_open (const gchar *location,
    gboolean keep, guint max_files, const gint *leaving, GError **error);

/* Writes the end that is still to be written, closes and frees.  Returns:
 * FALSE with @error set if any of it could not be written. */
gboolean perceptual_log_file_close (PerceptualLogFile *file, GError **error);

/**
 * perceptual_log_file_look_after:
 * @anew: (out): whether the file begins anew, with nothing in it
 * @error: in the domain G_FILE_ERROR
 *
 * To be called before something is written.  A file that another program
 * removed is made again, and one that was emptied begins again.
 *
 * Returns: FALSE with @error set where it cannot be made again
 */
gboolean perceptual_log_file_look_after (
    PerceptualLogFile *file, gboolean *anew, GError **error);

/**
 * perceptual_log_file_write:
 * @text: what comes next
 * @end: (nullable): what the file shall end with until something comes next
 * @error: in the domain G_FILE_ERROR, G_FILE_ERROR_NOSPC for a full disk,
 *   G_FILE_ERROR_PIPE for a pipe whose reader has gone; no signal comes of that
 *
 * Puts @text in place of the present end, and @end behind it, by one write.
 * A plain file is therefore complete at any time, and after an error it is as
 * it was before.  A pipe gets its end when it is closed.
 *
 * Returns: TRUE, or FALSE with @error set
 */
gboolean perceptual_log_file_write (PerceptualLogFile *file, const gchar *text,
    const gchar *end, GError **error);

/* Bytes in the file, its end not included. */
guint64 perceptual_log_file_get_size (const PerceptualLogFile *file);

/* Whether the file can be moved aside. */
gboolean perceptual_log_file_can_move (const PerceptualLogFile *file);

/* Moves the file aside, where nobody else has done so, and begins a new one.
 * Returns: FALSE with @error set; what was written is at one of the two
 * places. */
gboolean perceptual_log_file_next (PerceptualLogFile *file, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_FILE_H */
