/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names and values of fields, as all formats have them.  See log.h for what
 * becomes of names and of numbers that are not there.
 */
#ifndef PERCEPTUAL_LOG_FIELDS_H
#define PERCEPTUAL_LOG_FIELDS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Whether a value means "not known" or is not finite. */
gboolean perceptual_log_is_unknown (const GValue *value);

/* Returns: (transfer full): the key of field @name: underscores for hyphens.
 * @verbatim: it is a name that users type, and stays as it is; of a column, see
 * perceptual_column_of_field(). */
gchar *perceptual_log_key (const gchar *name, gboolean verbatim);

/* Whether the fields of the structure in field @name are names that users
 * type, and no words of the log. */
gboolean perceptual_log_holds_names (const gchar *name);

/* Appends @text, of which what is not printable is told by its number, as JSON
 * tells it, which is also readable elsewhere.  @text: UTF-8; JSON's own
 * escapes are left. */
void perceptual_log_append_printable (GString *to, const gchar *text);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_FIELDS_H */
