/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the tests of the log write, and the folders that they write it to.
 */
#ifndef LOG_PLACE_H
#define LOG_PLACE_H

#include <json-glib/json-glib.h>

#include "log/log.h"

/* What a log holds.  Returns: (transfer full). */
GstStructure *log_new_header (const gchar *stream, const gchar *luma);
/* Pair @index, 40 ms after the one before. */
GstStructure *log_new_distance (guint64 index, gdouble distance, gdouble psnr);

/* Both assert that there is no error; the first one frees @fields. */
void log_write (PerceptualLog *log, const gchar *type, GstStructure *fields);
void log_close (PerceptualLog *log);

/**
 * LogPlace:
 * @folder: (owned): a new one
 * @path: (owned): log.jsonl in it
 */
typedef struct
{
  gchar *folder;
  gchar *path;
} LogPlace;

LogPlace log_place_new (void);
/* Removes the folder and the files in it. */
void log_place_clear (LogPlace *place);
/* Returns: (transfer full) (nullable): what is in the file called @name. */
gchar *log_place_read (const LogPlace *place, const gchar *name);
/* Returns: the number of files in the folder. */
guint log_place_count (const LogPlace *place);

/* Returns: (transfer full): the object that @text must be. */
JsonObject *log_parse (const gchar *text);

#endif /* LOG_PLACE_H */
