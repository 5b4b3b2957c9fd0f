/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which characters of strangers' words people could not see, or would be
 * misled by: for logs and, through them, for all programs.
 */
#ifndef PERCEPTUAL_LOG_HIDDEN_H
#define PERCEPTUAL_LOG_HIDDEN_H

#include <glib.h>

G_BEGIN_DECLS

/* Whether @c is to be told by its number.  The joiners are parts of words. */
gboolean perceptual_is_hidden (gunichar c);

/* Appends the number of @c as JSON tells it: of characters beyond 16 bits as
 * two of UTF-16. */
void perceptual_append_json_number (GString *to, gunichar c);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_HIDDEN_H */
