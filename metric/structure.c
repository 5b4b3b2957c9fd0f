/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * 1 - SSIM over sliding boxes, as ORC programs on rows of 2x2 cells.  Knows
 * windows only as places where boxes are summed.
 */
#include "structure.h"
#include "metric-private.h"
#include "pixels-orc.h"

#define BOX 8
#define WINDOW 16
#define STEP 2
#define C1 6.5025
#define C2 58.5225
#define N_MAPS 4 /* sums of a, of b, of a^2 + b^2, of (a - b)^2 */

struct _PerceptualStructure {
  PerceptualSplitLayout layout;
  guint n_windows;
  guint n_boxes; /* box positions in a row */
  guint pushed;
  gfloat *memory;
  gfloat *cells[PERCEPTUAL_BOX_CELLS][N_MAPS]; /* a ring of rows */
  gfloat *boxes[N_MAPS];
  gfloat *luma[2][2][2]; /* image, row, parity */
  gfloat *work[4];
};

PerceptualStructure *
perceptual_structure_new (const PerceptualSplitLayout *widest, GError **error)
{
  PerceptualStructure *self = g_new0 (PerceptualStructure, 1);
  gsize line = (widest->half + 15 + PERCEPTUAL_BOX_CELLS) & ~(gsize)15;
  guint n_lines = PERCEPTUAL_BOX_CELLS * N_MAPS + N_MAPS + 8 + 4;
  gfloat *next;

  self->memory = perceptual_buffer_new (line * n_lines, sizeof (gfloat), error);
  if (self->memory == NULL) {
    g_free (self);
    return NULL;
  }
  next = self->memory;
  for (guint i = 0; i < PERCEPTUAL_BOX_CELLS * N_MAPS; i++, next += line)
    self->cells[i / N_MAPS][i % N_MAPS] = next;
  for (guint i = 0; i < N_MAPS; i++, next += line)
    self->boxes[i] = next;
  for (guint i = 0; i < 8; i++, next += line)
    self->luma[i >> 2][(i >> 1) & 1][i & 1] = next;
  for (guint i = 0; i < 4; i++, next += line)
    self->work[i] = next;
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
make_luma (PerceptualStructure *self, gfloat *row, gfloat *luma[2])
{
  const PerceptualSplitLayout *layout = &self->layout;

  for (guint parity = 0; parity < 2; parity++)
    perceptual_orc_luma (luma[parity],
        perceptual_split_array (layout, row, 0, parity),
        perceptual_split_array (layout, row, 1, parity),
        perceptual_split_array (layout, row, 2, parity), (int)layout->half);
}

static void
make_cells (PerceptualStructure *self, gfloat **cells)
{
  int n = (int)self->layout.half;
  gfloat **work = self->work;

  for (guint image = 0; image < 2; image++) {
    gfloat *(*luma)[2] = self->luma[image];

    perceptual_orc_add4 (
        cells[image], luma[0][0], luma[0][1], luma[1][0], luma[1][1], n);
  }
  for (guint parity = 0; parity < 2; parity++)
    perceptual_orc_squares (work[parity], work[2 + parity],
        self->luma[0][0][parity], self->luma[1][0][parity],
        self->luma[0][1][parity], self->luma[1][1][parity], n);
  perceptual_orc_add2 (cells[2], work[0], work[1], n);
  perceptual_orc_add2 (cells[3], work[2], work[3], n);
}

static void
sum_boxes (PerceptualStructure *self)
{
  for (guint map = 0; map < N_MAPS; map++) {
    gfloat *tall = self->work[0];

    perceptual_orc_add4 (tall, self->cells[0][map], self->cells[1][map],
        self->cells[2][map], self->cells[3][map], (int)self->layout.half);
    perceptual_orc_add4 (self->boxes[map], tall, tall + 1, tall + 2, tall + 3,
        (int)self->n_boxes);
  }
}

gboolean
perceptual_structure_push (PerceptualStructure *self, gfloat *a0, gfloat *a1,
    gfloat *b0, gfloat *b1, gfloat *sums)
{
  guint slot = self->pushed % PERCEPTUAL_BOX_CELLS;
  const gfloat *box = self->work[0];

  make_luma (self, a0, self->luma[0][0]);
  make_luma (self, a1, self->luma[0][1]);
  make_luma (self, b0, self->luma[1][0]);
  make_luma (self, b1, self->luma[1][1]);
  make_cells (self, self->cells[slot]);
  if (++self->pushed < PERCEPTUAL_BOX_CELLS)
    return FALSE;

  sum_boxes (self);
  perceptual_orc_structure (self->work[0], self->boxes[0], self->boxes[1],
      self->boxes[2], self->boxes[3], (int)self->n_boxes);
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

  return (0.299 * r + 0.587 * g + 0.114 * b + 1) * 127.5;
}

static gdouble
box_structure (gfloat *const *a, gfloat *const *b,
    const PerceptualSplitLayout *layout, guint left, guint top, guint width,
    guint height)
{
  gdouble n = (gdouble)width * height;
  gdouble ma = 0, mb = 0, va = 0, vb = 0, vd = 0, l, c;

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
  l = (ma - mb) * (ma - mb) / (ma * ma + mb * mb + C1);
  c = vd / (va + vb + C2);
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
