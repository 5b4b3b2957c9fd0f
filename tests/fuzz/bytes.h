/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A fuzzer's bytes, read one decision at a time.  Past their end everything
 * is 0.
 */
#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <glib.h>

typedef struct
{
  const guint8 *at;
  gsize left;
} Bytes;

static inline guint8
take_byte (Bytes *bytes)
{
  if (bytes->left == 0)
    return 0;
  bytes->left--;
  return *bytes->at++;
}

/* Of @n bytes, 8 at most, the first is the lowest. */
static inline guint64
take_number (Bytes *bytes, guint n)
{
  guint64 number = 0;

  for (guint i = 0; i < n; i++)
    number |= (guint64) take_byte (bytes) << 8 * i;
  return number;
}

#endif /* FUZZ_BYTES_H */
