/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What somebody may have meant who typed a word that there is not.  Here for
 * the library's messages and those of programs alike.
 */
#ifndef PERCEPTUAL_NEAREST_H
#define PERCEPTUAL_NEAREST_H

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Longer words are no typing errors. */
#define PERCEPTUAL_NEAREST_LONGEST 40

/* Returns: how many letters have to be put in, taken out or exchanged to make
 * @a of @b, without regard to case (Levenshtein's distance). */
static inline guint
perceptual_word_distance (const gchar *a, const gchar *b)
{
  guint row[PERCEPTUAL_NEAREST_LONGEST + 1];
  guint n = (guint) strlen (b), corner, left;

  if (strlen (a) > PERCEPTUAL_NEAREST_LONGEST || n > PERCEPTUAL_NEAREST_LONGEST)
    return G_MAXUINT;
  for (guint j = 0; j <= n; j++)
    row[j] = j;
  for (; *a != '\0'; a++) {
    corner = row[0];
    left = ++row[0];
    for (guint j = 1; j <= n; j++) {
      guint above = row[j];
      guint other = g_ascii_tolower (*a) != g_ascii_tolower (b[j - 1]);

      left = MIN (MIN (left, above) + 1, corner + other);
      corner = above;
      row[j] = left;
    }
  }
  return row[n];
}

/* Keeps in @best the nearer of @name and what it was; begin with NULL. */
static inline void
perceptual_nearest_add (
    const gchar *word, const gchar *name, const gchar **best, guint *distance)
{
  guint own = perceptual_word_distance (word, name);

  if (own > 1 + strlen (word) / 4 || own >= strlen (name))
    return;
  if (*best == NULL || own < *distance) {
    *best = name;
    *distance = own;
  }
}

G_END_DECLS

#endif /* PERCEPTUAL_NEAREST_H */
