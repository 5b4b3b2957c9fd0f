/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Matrix products, a part of kernels-template.h: a tile of BLOCK_ROWS rows by
 * two vectors of C stays in registers.
 */

/* @rows x (@vectors * LANES) of C, all of it in registers. */
INLINE void
multiply_tile (const PerceptualProduct *p, guint rows, guint vectors, guint top,
    const gfloat *b, guint left)
{
  Vector sum[BLOCK_ROWS][2];

#pragma GCC unroll 16
  for (guint i = 0; i < rows; i++) {
#pragma GCC unroll 2
    for (guint j = 0; j < vectors; j++)
      sum[i][j] = (Vector){ 0 };
  }
  for (guint s = 0; s < p->segments; s++) {
    const gfloat *a = p->a[s] + top * p->a_stride;

    for (guint k = 0; k < p->depth; k++, a++, b += vectors * LANES) {
      Vector right[2];

#pragma GCC unroll 2
      for (guint j = 0; j < vectors; j++)
        right[j] = load (b + j * LANES);
#pragma GCC unroll 16
      for (guint i = 0; i < rows; i++) {
        Vector x = splat (a[i * p->a_stride]);

#pragma GCC unroll 2
        for (guint j = 0; j < vectors; j++)
          sum[i][j] += x * right[j];
      }
    }
  }
#pragma GCC unroll 16
  for (guint i = 0; i < rows; i++) {
    gfloat *to = p->c + (top + i) * p->c_stride + left;

#pragma GCC unroll 2
    for (guint j = 0; j < vectors; j++) {
      Vector v = sum[i][j];

      if (p->bias != NULL)
        v = rectify (v + load (p->bias + left + j * LANES));
      store (to + j * LANES, v);
    }
  }
}

#define CASE(n)                                                                \
  case n:                                                                      \
    multiply_tile (p, n, vectors, top, b, left);                               \
    break;

INLINE void
multiply_panel (
    const PerceptualProduct *p, guint vectors, const gfloat *b, guint left)
{
  guint top = 0;

  for (; top + BLOCK_ROWS <= p->rows; top += BLOCK_ROWS)
    multiply_tile (p, BLOCK_ROWS, vectors, top, b, left);
  switch (p->rows - top) {
    CASE (1)
    CASE (2)
    CASE (3)
    CASE (4)
    CASE (5)
#if BLOCK_ROWS > 6
    CASE (6)
    CASE (7)
    CASE (8)
    CASE (9)
    CASE (10)
    CASE (11)
    CASE (12)
    CASE (13)
#endif
  }
}

static void
multiply (const PerceptualProduct *p)
{
  gsize depth = (gsize) p->segments * p->depth;
  guint left = 0;

  for (; left + PANEL <= p->columns; left += PANEL)
    multiply_panel (p, 2, p->b + left * depth, left);
  if (left < p->columns)
    multiply_panel (p, 1, p->b + left * depth, left);
}

static const PerceptualProducts products = {
  .name = PRODUCTS_NAME,
  .panel = PANEL,
  .block = BLOCK_ROWS,
  .pack_row = perceptual_products_pack_row,
  .multiply = multiply,
};
