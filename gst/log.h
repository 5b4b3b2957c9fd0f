/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The log file: structures in, lines out.  Every line is written whole before
 * the call returns, so that a process that is killed leaves a readable log.
 *
 * Keys are the fields' names with underscores for hyphens; names of metrics
 * and options, where they serve as keys (in also and options), stay as users
 * type them.  Times that are not known and numbers that are not finite are
 * null in JSON and empty in CSV.
 */
#ifndef PERCEPTUAL_LOG_H
#define PERCEPTUAL_LOG_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * PerceptualLogFormat:
 * @PERCEPTUAL_LOG_JSONL: one JSON object a line, each with a "type"
 * @PERCEPTUAL_LOG_CSV: header and summary in "# key: value" lines, a line of
 *   column names, one line a pair
 */
typedef enum
{
  PERCEPTUAL_LOG_JSONL,
  PERCEPTUAL_LOG_CSV,
} PerceptualLogFormat;

typedef struct _PerceptualLog PerceptualLog;

/**
 * perceptual_log_open:
 * @location: a path, emptied if it exists, or "-" for standard output
 * @format: how lines look
 * @error: in the domain G_FILE_ERROR
 *
 * Returns: (transfer full): the log, or NULL with @error set
 */
PerceptualLog *perceptual_log_open (
    const gchar *location, PerceptualLogFormat format, GError **error);

/* Closes the file. NULL is allowed. */
void perceptual_log_free (PerceptualLog *log);

/**
 * perceptual_log_write:
 * @type: "header", "distance" or "summary"
 * @fields: what to write; in CSV the first "distance" names the columns
 * @error: in the domain G_FILE_ERROR, G_FILE_ERROR_NOSPC for a full disk
 *
 * Returns: TRUE, or FALSE with @error set
 */
gboolean perceptual_log_write (PerceptualLog *log, const gchar *type,
    const GstStructure *fields, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_H */
