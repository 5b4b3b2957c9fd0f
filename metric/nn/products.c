/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nn/products.h"

#include <string.h>

void
perceptual_products_pack_row (guint panel, const gfloat *values, guint row,
    guint rows, guint columns, gfloat *packed)
{
  for (guint left = 0; left < columns; left += panel) {
    guint width = MIN (panel, columns - left);

    memcpy (packed + (gsize) left * rows + (gsize) row * width, values + left,
        width * sizeof *values);
  }
}
