/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words of strangers as people may see them.  Names of files, tags of streams,
 * and what elements, encoders and servers say can hold escape sequences of
 * terminals, line feeds, and characters that turn the order of others round.
 *
 * What is not printable is told by its number: a byte that is not UTF-8 and a
 * character of ASCII as \x1b, another character as \u202e or \U000e0001.  The
 * joiners that some scripts need are left.  weights/printable.py does the same.
 */
#ifndef CONSOLE_PRINTABLE_H
#define CONSOLE_PRINTABLE_H

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full) (nullable): @text in one line of UTF-8, NULL for
 * NULL.  What is printable already stays as it is, backslashes too, so that
 * it does no harm to do this twice. */
gchar *printable_text (const gchar *text);

/* The same of a text of several lines: its line feeds stay.  What strangers say
 * in it has to be in one line before. */
gchar *printable_lines (const gchar *text);

/* Returns: (transfer full) (nullable): @name as UTF-8 for programs.  Different
 * bytes give different texts, and UTF-8 gives itself, but for a backslash that
 * would look like a byte's number: that is \x5c. */
gchar *printable_exact (const gchar *name);

/* Returns: (transfer full): the same JSON, where what is not printable is told
 * as JSON tells it. */
gchar *printable_json (const gchar *json);

G_END_DECLS

#endif /* CONSOLE_PRINTABLE_H */
