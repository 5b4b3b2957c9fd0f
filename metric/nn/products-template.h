/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Matrix products, a part of kernels-template.h: a tile of BLOCK_ROWS rows by
 * two vectors of C stays in registers.
 */

/* What is asked for ahead while a tile is multiplied: a part of it, so many
 * floats further each time, for every number of the depth. */
typedef struct
{
  const gfloat *a;
  guint a_step;
  const gfloat *b;
  guint b_step;
} Ahead;

/* The rows of A that follow are asked for once, in the first panel, and the
 * next panel of B in two halves, by the first two tiles. */
INLINE Ahead
look_ahead (const PerceptualProduct *p, guint rows, guint vectors, guint top,
    const gfloat *b, guint left)
{
  Ahead ahead = { p->a[0], 0, b, 0 };
  gboolean last_rows = top + rows == p->rows;
  gboolean last_panel = left + vectors * LANES == p->columns;
  const gfloat *panel =
      last_panel ? p->next_b : b + (gsize) vectors * LANES * p->depth;

  if (left == 0 && !last_rows)
    ahead.a += (top + rows) * p->a_stride;
  else if (last_panel && last_rows && p->next_a != NULL)
    ahead.a = p->next_a;
  if (ahead.a != p->a[0])
    ahead.a_step = BLOCK_ROWS;
  if (panel != NULL && top < 2 * BLOCK_ROWS) {
    ahead.b = panel + (gsize) top / BLOCK_ROWS * LANES * p->depth;
    ahead.b_step = LANES;
  }
  return ahead;
}

/* Asks for where a tile of C goes. */
INLINE void
ask_for_c (const PerceptualProduct *p, guint rows, guint vectors, guint top,
    guint left)
{
#pragma GCC unroll 16
  for (guint i = 0; i < rows; i++) {
    const gfloat *to = p->c + (top + i) * p->c_stride + left;

#pragma GCC unroll 2
    for (guint j = 0; j < vectors; j++)
      __builtin_prefetch (to + j * LANES, 1);
  }
}

/* @rows x (@vectors * LANES) of C, all of it in registers. */
INLINE void
multiply_tile (const PerceptualProduct *p, gboolean far, guint rows,
    guint vectors, guint top, const gfloat *b, guint left)
{
  Vector sum[BLOCK_ROWS][2];
  Ahead ahead = { 0 };

  if (far) {
    ahead = look_ahead (p, rows, vectors, top, b, left);
    ask_for_c (p, rows, vectors, top, left);
  }

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

      if (far) {
        __builtin_prefetch (ahead.a, 0, 2);
        __builtin_prefetch (ahead.b, 0, 2);
        ahead.a += ahead.a_step;
        ahead.b += ahead.b_step;
      }
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
    multiply_tile (p, far, n, vectors, top, b, left);                          \
    break;

INLINE void
multiply_panel (const PerceptualProduct *p, gboolean far, guint vectors,
    const gfloat *b, guint left)
{
  guint top = 0;

  for (; top + BLOCK_ROWS <= p->rows; top += BLOCK_ROWS)
    multiply_tile (p, far, BLOCK_ROWS, vectors, top, b, left);
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

INLINE void
multiply_panels (const PerceptualProduct *p, gboolean far)
{
  gsize depth = (gsize) p->segments * p->depth;
  guint left = 0;

  for (; left + PANEL <= p->columns; left += PANEL)
    multiply_panel (p, far, 2, p->b + left * depth, left);
  if (left < p->columns)
    multiply_panel (p, far, 1, p->b + left * depth, left);
}

static void
multiply (const PerceptualProduct *p)
{
  if (p->far)
    multiply_panels (p, TRUE);
  else
    multiply_panels (p, FALSE);
}

static const PerceptualProducts products = {
  .name = PRODUCTS_NAME,
  .panel = PANEL,
  .block = BLOCK_ROWS,
  .pack_row = perceptual_products_pack_row,
  .multiply = multiply,
};
