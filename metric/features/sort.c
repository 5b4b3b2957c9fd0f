/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Radix sort of floats: 11 bits a pass.
 */
#include "features/sort.h"

#include <string.h>

#define BITS 11
#define BUCKETS (1 << BITS)
#define PASSES 3

/* Maps floats to unsigned numbers of the same order: all bits of negative ones
 * are inverted, only the sign of the others. */
static inline guint32
key_of (guint32 bits)
{
  return bits ^ ((guint32) - (gint32) (bits >> 31) | 0x80000000u);
}

static inline guint32
bits_of (guint32 key)
{
  return key ^ (((key >> 31) - 1) | 0x80000000u);
}

static void
count (const guint32 *keys, gsize n, gsize counts[PASSES][BUCKETS])
{
  memset (counts, 0, PASSES * BUCKETS * sizeof (gsize));
  for (gsize i = 0; i < n; i++) {
    for (guint pass = 0; pass < PASSES; pass++)
      counts[pass][keys[i] >> (pass * BITS) & (BUCKETS - 1)]++;
  }
  for (guint pass = 0; pass < PASSES; pass++) {
    gsize before = 0;

    for (guint b = 0; b < BUCKETS; b++) {
      gsize here = counts[pass][b];

      counts[pass][b] = before;
      before += here;
    }
  }
}

void
perceptual_sort (gfloat *values, gfloat *scratch, gsize n)
{
  guint32 *from = (guint32 *) values, *to = (guint32 *) scratch;
  gsize counts[PASSES][BUCKETS];

  for (gsize i = 0; i < n; i++)
    from[i] = key_of (from[i]);
  count (from, n, counts);
  for (guint pass = 0; pass < PASSES; pass++) {
    guint32 *swap = from;

    for (gsize i = 0; i < n; i++) {
      guint32 key = from[i];

      to[counts[pass][key >> (pass * BITS) & (BUCKETS - 1)]++] = key;
    }
    from = to;
    to = swap;
  }
  /* After an odd number of passes the result is in the scratch. */
  for (gsize i = 0; i < n; i++)
    ((guint32 *) values)[i] = bits_of (from[i]);
}
