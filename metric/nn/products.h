/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Matrix products, where the engine spends its time: a table of functions per
 * instruction set.
 *
 * Every implementation adds up one output in an order that depends on neither
 * the number of rows nor the row's place among them.  Results are therefore
 * the same however the rows are cut into jobs.
 *
 * All functions are thread-safe and use the calling thread only.
 */
#ifndef PERCEPTUAL_NN_PRODUCTS_H
#define PERCEPTUAL_NN_PRODUCTS_H

#include "machine/cpu.h"

G_BEGIN_DECLS

/**
 * PerceptualProduct:
 * @rows: rows of A and C, at least 1
 * @segments: parts that one row of A consists of, at least 1
 * @depth: numbers in each part
 * @columns: columns of B and C, a multiple of 16
 * @a: @segments pointers; part s of row i starts at a[s] + i * @a_stride.
 *   Rows may overlap, so that a convolution reads its input in place: one
 *   part for each row of the filter, a stride of as many pixels as it steps
 * @a_stride: numbers from one row of A to the next
 * @b: packed by the same implementation, for @segments * @depth rows
 * @c: @rows rows of @columns numbers; overlaps neither A nor B
 * @c_stride: numbers from one row of C to the next
 * @bias: (nullable): @columns numbers; C becomes max (0, A B + bias); without
 *   it, plain A B
 * @far: whether A, B and C may lie beyond the second-level cache: then what is
 *   needed next is asked for while multiplying.  There must be one segment, and
 *   @a_stride must be @depth
 * @next_a: (nullable): A of the product that follows, to be asked for too, if
 *   @far
 * @next_b: (nullable): its B
 *
 * What to multiply.  Pointers need no alignment beyond that of a float.
 */
typedef struct
{
  guint rows;
  guint segments;
  guint depth;
  guint columns;
  const gfloat *const *a;
  gsize a_stride;
  const gfloat *b;
  gfloat *c;
  gsize c_stride;
  const gfloat *bias;
  gboolean far;
  const gfloat *next_a;
  const gfloat *next_b;
} PerceptualProduct;

/**
 * PerceptualProducts:
 * @name: for logs and tests
 * @panel: B is packed in panels of this many columns (the last may have 16):
 *   panel q starts at b + q * @panel * (rows of B), so whole panels can be
 *   multiplied one by one
 * @block: rows that the kernel takes at once; jobs whose rows are a multiple
 *   of it waste nothing
 * @pack_row: puts row @row of the @rows x @columns matrix B where it belongs
 *   in @packed, which holds rows * columns numbers
 * @multiply: computes one product
 */
typedef struct
{
  const gchar *name;
  guint panel;
  guint block;
  void (*pack_row) (guint panel, const gfloat *values, guint row, guint rows,
      guint columns, gfloat *packed);
  void (*multiply) (const PerceptualProduct *product);
} PerceptualProducts;

/* Packs float32: what the tables of all implementations here hold. */
void perceptual_products_pack_row (guint panel, const gfloat *values, guint row,
    guint rows, guint columns, gfloat *packed);

G_END_DECLS

#endif /* PERCEPTUAL_NN_PRODUCTS_H */
