/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every target asks of a reader: either there is something, or there is
 * an error in words that any terminal can show.
 */
#ifndef FUZZ_WORDS_H
#define FUZZ_WORDS_H

#include <glib.h>

/* What a file holds must not reach the terminal as it is: it could move the
 * cursor or break the JSON that the message is put into. */
static inline void
check_words (const gchar *message)
{
  g_assert_cmpstr (message, !=, "");
  g_assert_true (g_utf8_validate (message, -1, NULL));
  for (; *message != '\0'; message = g_utf8_next_char (message))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (message)));
}

/* The same of words about what the user typed, which may have any bytes: who
 * shows them makes them fit for a terminal.  Frees @error. */
static inline void
check_said (gboolean done, GError *error)
{
  g_assert_true (done == (error == NULL));
  g_assert_true (error == NULL || *error->message != '\0');
  g_clear_error (&error);
}

/* @done: whether it was read.  Frees @error. */
static inline void
check_outcome (gboolean done, GError *error)
{
  g_assert_true (done == (error == NULL));
  if (error != NULL)
    check_words (error->message);
  g_clear_error (&error);
}

#endif /* FUZZ_WORDS_H */
