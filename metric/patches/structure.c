/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * 1 - SSIM over sliding boxes, on rows of 2x2 cells.  Knows
 * windows only as places where boxes are summed.
 */
#include "patches/structure.h"
#include "metric-private.h"
#include "rows/ssim-constants.h"

#define BOX 8
#define WINDOW 16
#define STEP 2
#define N_SCRATCH 12 /* lines that the kernels ask for */

struct _PerceptualStructure
{
  const PerceptualRowKernels *kernels;
  PerceptualSplitLayout layout;
  guint n_windows;
  guint n_boxes; /* box positions in a row */
  guint pushed;
  gsize line; /* floats of a row of cells */
  gfloat *cells[PERCEPTUAL_BOX_CELLS][PERCEPTUAL_N_SUMS]; /* a ring of rows */
  gfloat *boxes;
  gfloat *scratch;
  gfloat *memory;
};

PerceptualStructure *
perceptual_structure_new (const PerceptualRowKernels *kernels,
    const PerceptualSplitLayout *widest, GError **error)
{
  PerceptualStructure *self = g_new0 (PerceptualStructure, 1);
  gsize line = (widest->half + 15 + PERCEPTUAL_BOX_CELLS) & ~(gsize) 15;
  guint n_cells = PERCEPTUAL_BOX_CELLS * PERCEPTUAL_N_SUMS;

  self->kernels = kernels;
  self->line = line;
  self->memory = perceptual_buffer_new (
      line * (n_cells + 1 + N_SCRATCH), sizeof (gfloat), error);
  if (self->memory == NULL) {
    g_free (self);
    return NULL;
  }
  for (guint i = 0; i < n_cells; i++)
    self->cells[i / PERCEPTUAL_N_SUMS][i % PERCEPTUAL_N_SUMS] =
        self->memory + i * line;
  self->boxes = self->memory + n_cells * line;
  self->scratch = self->boxes + line;
  return self;
}

void
perceptual_structure_free (PerceptualStructure *self)
{
  if (self == NULL)
    return;
  perceptual_buffer_free (self->memory);
  g_free (self);
}

void
perceptual_structure_start (PerceptualStructure *self,
    const PerceptualSplitLayout *layout, guint n_windows)
{
  self->layout = *layout;
  self->n_windows = n_windows;
  self->n_boxes = (n_windows - 1) * PERCEPTUAL_WINDOW_CELLS + PERCEPTUAL_BOXES;
  self->pushed = 0;
}

static void
row_arrays (const PerceptualSplitLayout *layout, gfloat *row,
    PerceptualRowArrays arrays)
{
  for (guint i = 0; i < 6; i++)
    arrays[i / 2][i % 2] = perceptual_split_array (layout, row, i / 2, i % 2);
}

gboolean
perceptual_structure_push (PerceptualStructure *self, gfloat *a0, gfloat *a1,
    gfloat *b0, gfloat *b1, gfloat *sums)
{
  guint slot = self->pushed % PERCEPTUAL_BOX_CELLS;
  const gfloat *box = self->boxes;
  PerceptualRowArrays a[2], b[2];

  row_arrays (&self->layout, a0, a[0]);
  row_arrays (&self->layout, a1, a[1]);
  row_arrays (&self->layout, b0, b[0]);
  row_arrays (&self->layout, b1, b[1]);
  self->kernels->cells (
      self->cells[slot], a, b, self->layout.half, self->scratch, self->line);
  if (++self->pushed < PERCEPTUAL_BOX_CELLS)
    return FALSE;

  self->kernels->structure (
      self->boxes, self->cells, self->n_boxes, self->scratch, self->line);
  for (guint i = 0; i < self->n_windows; i++, box += PERCEPTUAL_WINDOW_CELLS)
    sums[i] = box[0] + box[1] + box[2] + box[3] + box[4];
  return TRUE;
}

static gdouble
luma_at (const PerceptualSplitLayout *layout, gfloat *row, guint x)
{
  gdouble r = perceptual_split_array (layout, row, 0, x % 2)[x / 2];
  gdouble g = perceptual_split_array (layout, row, 1, x % 2)[x / 2];
  gdouble b = perceptual_split_array (layout, row, 2, x % 2)[x / 2];

  return 0.299 * r + 0.587 * g + 0.114 * b;
}

static gdouble
box_structure (gfloat *const *a, gfloat *const *b,
    const PerceptualSplitLayout *layout, guint left, guint top, guint width,
    guint height)
{
  gdouble n = (gdouble) width * height;
  gdouble ma = 0, mb = 0, va = 0, vb = 0, vd = 0, d, l, c;

  for (guint y = top; y < top + height; y++) {
    for (guint x = left; x < left + width; x++) {
      ma += luma_at (layout, a[y], x) / n;
      mb += luma_at (layout, b[y], x) / n;
    }
  }
  for (guint y = top; y < top + height; y++) {
    for (guint x = left; x < left + width; x++) {
      gdouble da = luma_at (layout, a[y], x) - ma;
      gdouble db = luma_at (layout, b[y], x) - mb;

      va += da * da / n;
      vb += db * db / n;
      vd += (da - db) * (da - db) / n;
    }
  }
  /* As rows/row-kernels-template.h writes ma^2 + mb^2. */
  d = (ma - mb) * (ma - mb);
  l = d / (((ma + mb) * (ma + mb) + d) / 2 + PERCEPTUAL_SSIM_C1);
  c = vd / (va + vb + PERCEPTUAL_SSIM_C2);
  return l + c - l * c;
}

gdouble
perceptual_structure_small (gfloat *const *a, gfloat *const *b,
    const PerceptualSplitLayout *layout, guint height, guint left, guint width)
{
  guint box_width = MIN (BOX, width);
  guint box_height = MIN (BOX, MIN (WINDOW, height));
  gdouble sum = 0;
  guint n = 0;

  for (guint y = 0; y + box_height <= MIN (WINDOW, height); y += STEP) {
    for (guint x = 0; x + box_width <= width; x += STEP, n++)
      sum += box_structure (a, b, layout, left + x, y, box_width, box_height);
  }
  return sum / n;
}
