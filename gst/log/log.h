/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The log: structures in, lines out.  Every line is written whole before the
 * call returns, so that a process that is killed leaves a readable log.
 *
 * Keys are the fields' names with underscores for hyphens; names of metrics
 * and options, where they serve as keys (in also and options), stay as users
 * type them.  Times that are not known and numbers that are not finite are
 * null in JSON and empty in CSV.
 *
 * With limits the log is split into files (file.h says how they are
 * called).  Each begins with the headers that were written before it, and so
 * does a file that another program removed or emptied.
 */
#ifndef PERCEPTUAL_LOG_H
#define PERCEPTUAL_LOG_H

#include <gst/gst.h>

#include "log/file.h"
#include "log/format.h"

G_BEGIN_DECLS

typedef struct _PerceptualLog PerceptualLog;

/**
 * perceptual_log_open:
 * @location: a path, emptied if it exists, or "-" for standard output
 * @format: how lines look
 * @limits: (nullable): when to begin a new file; with max_bytes or max_time a
 *   log that lies at @location is moved aside, not emptied
 * @leaving: (nullable): see perceptual_log_file_open()
 * @error: see perceptual_log_file_open()
 *
 * Returns: (transfer full): the log, or NULL with @error set
 */
PerceptualLog *perceptual_log_open (const gchar *location,
    const PerceptualLogFormat *format, const PerceptualLogLimits *limits,
    const gint *leaving, GError **error);

/* Writes what is left, closes and frees.  Returns: FALSE with @error, as of
 * perceptual_log_write(), set. */
gboolean perceptual_log_close (PerceptualLog *log, GError **error);

/* perceptual_log_close() where its errors do not matter.  NULL is allowed. */
void perceptual_log_free (PerceptualLog *log);

/**
 * perceptual_log_write:
 * @type: "header", "distance", "alert" or "summary"
 * @fields: what to write
 * @error: in the domain G_FILE_ERROR, G_FILE_ERROR_NOSPC for a full disk
 *
 * Before a "distance" that does not fit into the limits a new file begins; a
 * file holds at least one.
 *
 * Returns: TRUE, or FALSE with @error set; the file then holds what was
 *   written before
 */
gboolean perceptual_log_write (PerceptualLog *log, const gchar *type,
    const GstStructure *fields, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_H */
