/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a log may look like: a descriptor for each format, and the table of
 * all.  A new format is a file with its descriptor, named here, and a row of
 * the table.
 */
#ifndef PERCEPTUAL_LOG_FORMAT_H
#define PERCEPTUAL_LOG_FORMAT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * PerceptualLogFormat:
 * @name: as users type it
 * @blurb: a line for users
 * @is_document: a file is one document about one distorted stream; a second
 *   header of the stream begins another one
 * @state_size: bytes of memory that the functions get as @state, zeroed for a
 *   log and after @clear; 0 for none
 * @begin: appends a header to @text
 * @pair: appends the fields of a perceptual-distance message; the first of a
 *   file comes after its headers
 * @alert: (nullable): appends those of a perceptual-alert message
 * @sync: (nullable): appends those of a perceptual-sync message, which may come
 *   before the header
 * @summary: appends those of a perceptual-summary message, or keeps them for
 *   @end
 * @end: (nullable): appends what makes the file complete as it is now; it is
 *   replaced by what comes next
 * @clear: frees what @state holds and zeroes it; NULL only without @state
 *
 * All but @end append whole lines.
 */
typedef struct
{
  const gchar *name;
  const gchar *blurb;
  gboolean is_document;
  gsize state_size;
  void (*begin) (gpointer state, const GstStructure *header, GString *text);
  void (*pair) (gpointer state, const GstStructure *distance, GString *text);
  void (*alert) (gpointer state, const GstStructure *alert, GString *text);
  void (*sync) (gpointer state, const GstStructure *sync, GString *text);
  void (*summary) (gpointer state, const GstStructure *summary, GString *text);
  void (*end) (gconstpointer state, GString *text);
  void (*clear) (gpointer state);
} PerceptualLogFormat;

/* One JSON object a line, each with a "type". */
extern const PerceptualLogFormat perceptual_log_jsonl;

/* Header, alerts and summary in "# key: value" lines, a line of column names,
 * one line a pair. */
extern const PerceptualLogFormat perceptual_log_csv;

/* One JSON object, see vmaf.c. */
extern const PerceptualLogFormat perceptual_log_vmaf_json;

/* All of them, NULL-terminated; the first is the default.  The values of the
 * property log-format are places in it. */
extern const PerceptualLogFormat *const perceptual_log_formats[];

G_END_DECLS

#endif /* PERCEPTUAL_LOG_FORMAT_H */
