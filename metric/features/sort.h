/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sorting a plane of numbers, for comparisons that ignore where they are.
 */
#ifndef PERCEPTUAL_SORT_H
#define PERCEPTUAL_SORT_H

#include <glib.h>

G_BEGIN_DECLS

/* Sorts @n finite floats upwards.  @scratch: room for @n floats.  Three passes
 * of a radix sort on the bits, stable, time in proportion to @n. */
void perceptual_sort (gfloat *values, gfloat *scratch, gsize n);

G_END_DECLS

#endif /* PERCEPTUAL_SORT_H */
