/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Targets for readers of short texts: the first byte chooses a reader, the
 * text follows.
 */
#ifndef FUZZ_TEXT_H
#define FUZZ_TEXT_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* @text: as from a command line: any bytes but 0 */
typedef void (*TextReader) (const gchar *text);

/* "a" chooses the first reader, "b" the second one. */
static inline void
read_text (const uint8_t *data, size_t size, const TextReader *readers, guint n)
{
  g_autofree gchar *text = NULL;

  if (size == 0)
    return;
  text = g_strndup ((const gchar *) data + 1, size - 1);
  readers[(data[0] + n - 'a' % n) % n](text);
}

#endif /* FUZZ_TEXT_H */
