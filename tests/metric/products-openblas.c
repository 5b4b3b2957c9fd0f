/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "products-openblas.h"

#include <cblas.h>
#include <string.h>

/* Rows of one OpenBLAS call.  Always the same number, so that the sums of a
 * row do not depend on how many rows there are; and so few that rows * columns
 * * depth stays within 2^18, up to which OpenBLAS (interface/gemm.c) does not
 * wake threads of its own, whatever the host has set. */
#define BLAS_ROWS 8
#define BLAS_PANEL 16
#define BLAS_WORK (1u << 18)
#define BLAS_DEPTH (BLAS_WORK / BLAS_ROWS / BLAS_PANEL)

/* Depths beyond BLAS_DEPTH take several calls, whose results are added up. */
static void
multiply_block (
    const gfloat *a, guint depth, const gfloat *b, guint width, gfloat *c)
{
  for (guint k = 0; k < depth; k += BLAS_DEPTH)
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, BLAS_ROWS,
        (blasint) width, (blasint) MIN (depth - k, BLAS_DEPTH), 1.f, a + k,
        (blasint) depth, b + (gsize) k * width, (blasint) width,
        k > 0 ? 1.f : 0.f, c, (blasint) width);
}

static void
multiply_openblas (const PerceptualProduct *p)
{
  guint depth = p->segments * p->depth;
  g_autofree gfloat *a = g_new0 (gfloat, (gsize) BLAS_ROWS * depth);
  gfloat c[BLAS_ROWS * BLAS_PANEL];

  for (guint top = 0; top < p->rows; top += BLAS_ROWS) {
    guint rows = MIN (BLAS_ROWS, p->rows - top);

    for (guint i = 0; i < rows; i++) {
      for (guint s = 0; s < p->segments; s++)
        memcpy (a + (gsize) i * depth + s * p->depth,
            p->a[s] + (top + i) * p->a_stride, p->depth * sizeof *a);
    }
    for (guint left = 0; left < p->columns; left += BLAS_PANEL) {
      multiply_block (a, depth, p->b + (gsize) left * depth, BLAS_PANEL, c);
      for (guint i = 0; i < rows; i++) {
        gfloat *to = p->c + (top + i) * p->c_stride + left;

        for (guint j = 0; j < BLAS_PANEL; j++) {
          gfloat sum = c[i * BLAS_PANEL + j];

          to[j] = p->bias == NULL ? sum : MAX (0.f, sum + p->bias[left + j]);
        }
      }
    }
  }
}

const PerceptualProducts perceptual_products_openblas = {
  .name = "openblas",
  .panel = BLAS_PANEL,
  .block = BLAS_ROWS,
  .pack_row = perceptual_products_pack_row,
  .multiply = multiply_openblas,
};
