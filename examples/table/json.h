/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Members of JSON objects, the text of a whole one, and text that is read.
 */
#ifndef TABLE_JSON_H
#define TABLE_JSON_H

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Each adds a member to the object that @builder is in.  @text: for people;
 * NULL is null.  @path: the bytes of a name, see printable_exact().  A @number
 * that is not finite is null, since JSON has no other. */
void table_json_text (
    JsonBuilder *builder, const gchar *name, const gchar *text);
void table_json_path (
    JsonBuilder *builder, const gchar *name, const gchar *path);
void table_json_number (
    JsonBuilder *builder, const gchar *name, gdouble number);
void table_json_count (JsonBuilder *builder, const gchar *name, guint64 count);
void table_json_boolean (
    JsonBuilder *builder, const gchar *name, gboolean boolean);

/* Returns: (transfer full): what @builder has made, for people, ending with a
 * line feed. */
gchar *table_json_print (JsonBuilder *builder);

/* Returns: (transfer full): the same in one line, which has no line feed. */
gchar *table_json_line (JsonBuilder *builder);

/* Parses text that may be hostile.  @what: what it is, for the error, a
 * PROGRAM_ERROR_DATA.  Returns: (transfer full) (nullable). */
JsonNode *table_json_parse (
    const gchar *text, gsize length, const gchar *what, GError **error);

G_END_DECLS

#endif /* TABLE_JSON_H */
