/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Structures as text: JSON, CSV, and the JSON of libvmaf.  See log.h for what
 * becomes of names and of numbers that are not there.
 */
#ifndef PERCEPTUAL_LOG_LINES_H
#define PERCEPTUAL_LOG_LINES_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Whether a value stands for one that is not known or not finite. */
gboolean perceptual_log_is_unknown (const GValue *value);

/* Returns: (transfer full): the key of field @name: underscores for hyphens,
 * unless @verbatim. */
gchar *perceptual_log_key (const gchar *name, gboolean verbatim);

/* Whether the fields of the structure in field @name are names that users
 * type, and no words of the log. */
gboolean perceptual_log_holds_names (const gchar *name);

/* Appends an object with the fields of @structure, behind a member "type" if
 * @type is not NULL.  No line end. */
void perceptual_log_append_json (
    GString *text, const gchar *type, const GstStructure *structure);

/* Appends a number as JSON has it: null where it is not finite. */
void perceptual_log_append_number (GString *text, gdouble number);

/* Appends lines of comment, or for type "distance" a line of cells;
 * @with_columns: behind one with their names. */
void perceptual_log_append_csv (GString *text, const gchar *type,
    const GstStructure *structure, gboolean with_columns);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_LINES_H */
