/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Structures as JSON.
 */
#ifndef PERCEPTUAL_LOG_JSON_H
#define PERCEPTUAL_LOG_JSON_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Appends an object with the fields of @structure, after a member "type" if
 * @type is not NULL.  Appends no line end. */
void perceptual_log_append_json (
    GString *text, const gchar *type, const GstStructure *structure);

/* Appends a number as JSON has it: null where it is not finite. */
void perceptual_log_append_number (GString *text, gdouble number);

/* Appends @string, which is UTF-8, in quotes. */
void perceptual_log_append_text (GString *text, const gchar *string);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_JSON_H */
