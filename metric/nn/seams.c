/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Jobs that pool their own blocks.  Where a square reaches into the next block
 * on the right, a job makes the columns that it lacks.  Where one reaches into
 * the block below, that would be a whole row of tiles: there each of the two
 * blocks leaves what it has of the row of squares, the upper one the foot of
 * the seam and the lower one its head, pooled as far as that goes; and when all
 * jobs of a step are done, the larger numbers of the two are what is pooled.
 */
#include "nn/stage.h"

/* Pixels of one job that completes squares. */
#define SEAM_PIXELS 64

enum
{
  FOOT,
  HEAD,
  PARTS,
};

static guint
kept_columns (const PerceptualStage *stage)
{
  return perceptual_stage_kept (stage, stage->width);
}

/* One of the two parts of the seam above row @y of the stage. */
static gfloat *
seam_row (const PerceptualStep *step, guint y, guint part, guint image)
{
  const PerceptualStage *stage = step->stage;
  gsize slot = y / stage->winograd->tile % stage->n_seams;

  return stage->seams
      + ((slot * PARTS + part) * step->n_images + image) * kept_columns (stage)
      * stage->outputs;
}

/* The part of a row of squares that the block has: @n_rows of its rows from
 * @row on.  @to: where the first of them goes */
static void
pool_rows (const PerceptualBlock *block, guint image, guint row, guint n_rows,
    guint n, gfloat *to)
{
  const PerceptualLayer *pool = block->stage->pool;
  const gfloat *rows[16];

  g_assert (n_rows <= G_N_ELEMENTS (rows));
  for (guint i = 0; i < n_rows; i++)
    rows[i] = perceptual_block_row (block, image, row + i);
  block->step->kernels->max_pool (rows, n_rows, pool->size, pool->stride,
      block->made_columns, block->stage->outputs, n, to);
}

/* Where @n pixels of pooled row @y go, from pixel @x on. */
typedef struct
{
  guint image;
  guint y;
  guint x;
  guint n;
} Place;

/* Returns: where they are pooled: in the output ring, or, when they are to be
 * squeezed, in memory of the worker. */
static gfloat *
begin_pooled (const PerceptualStep *step, const Place *place, guint worker)
{
  const PerceptualStage *stage = step->stage;

  if (stage->after.outputs != 0)
    return step->scratch[worker].pooled;
  return perceptual_ring_row (stage->out, place->image, place->y)
      + (gsize) place->x * stage->outputs;
}

static void
end_pooled (
    const PerceptualStep *step, const Place *place, const gfloat *pooled)
{
  if (step->stage->after.outputs != 0)
    perceptual_step_squeeze (
        step, place->image, pooled, place->y, place->x, place->n);
}

/* --- blocks -------------------------------------------------------------- */

/* Squares that lie within the block, or stick out of the image below: their
 * rows there do not count. */
static void
pool_within (const PerceptualBlock *block, Place place, guint worker)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualLayer *pool = stage->pool;
  guint first = block->y / pool->stride;
  guint end = perceptual_stage_stored (stage, block->y + block->rows);

  for (place.y = first; place.y < end; place.y++) {
    guint row = (place.y - first) * pool->stride;
    gfloat *to = begin_pooled (block->step, &place, worker);

    pool_rows (block, place.image, row,
        MIN (pool->size, block->made_rows - row), place.n, to);
    end_pooled (block->step, &place, to);
  }
}

/* What the block has of the squares between it and its neighbours. */
static void
pool_parts (const PerceptualBlock *block, const Place *place)
{
  const PerceptualStage *stage = block->stage;
  guint end = block->y + block->rows;
  guint above = stage->pool->stride;
  guint below = stage->pool->size - above;
  gsize at = (gsize) place->x * stage->outputs;

  if (block->y > 0)
    pool_rows (block, place->image, 0, MIN (below, block->rows), place->n,
        seam_row (block->step, block->y, HEAD, place->image) + at);
  if (end < stage->height)
    pool_rows (block, place->image, block->rows - above, above, place->n,
        seam_row (block->step, end, FOOT, place->image) + at);
}

void
perceptual_block_pool (const PerceptualBlock *block, guint worker)
{
  const PerceptualStage *stage = block->stage;
  guint end =
      perceptual_stage_stored_columns (stage, block->x + block->columns);
  Place place = { .x = perceptual_stage_stored_columns (stage, block->x) };

  place.n = end - place.x;
  if (place.n == 0)
    return;
  for (; place.image < block->step->n_images; place.image++) {
    pool_within (block, place, worker);
    if (perceptual_stage_has_seams (stage))
      pool_parts (block, &place);
  }
}

/* --- seams --------------------------------------------------------------- */

static guint
divide_up (guint a, guint b)
{
  return (a + b - 1) / b;
}

static guint
pieces_across (const PerceptualStage *stage)
{
  return divide_up (kept_columns (stage), SEAM_PIXELS);
}

guint
perceptual_step_seams (const PerceptualStep *step)
{
  const PerceptualStage *stage = step->stage;
  guint seams = divide_up (step->end - step->y, stage->block_rows);

  if (!perceptual_stage_has_seams (stage))
    return 0;
  /* There is none above the image. */
  if (step->y == 0)
    seams--;
  return seams * step->n_images * pieces_across (stage);
}

void
perceptual_step_seam_job (gpointer user, guint job, guint worker)
{
  const PerceptualStep *step = user;
  const PerceptualStage *stage = step->stage;
  guint pieces = pieces_across (stage);
  guint seam = job / pieces / step->n_images + (step->y == 0 ? 1 : 0);
  guint y = step->y + seam * stage->block_rows;
  Place place = {
    .image = job / pieces % step->n_images,
    .y = y / stage->pool->stride - 1,
    .x = job % pieces * SEAM_PIXELS,
  };
  gsize at = (gsize) place.x * stage->outputs;
  const gfloat *rows[] = {
    seam_row (step, y, FOOT, place.image) + at,
    seam_row (step, y, HEAD, place.image) + at,
  };
  gfloat *to = begin_pooled (step, &place, worker);

  place.n = MIN (SEAM_PIXELS, kept_columns (stage) - place.x);
  step->kernels->max_pool (
      rows, PARTS, 1, 1, place.n, stage->outputs, place.n, to);
  end_pooled (step, &place, to);
}

/* --- sizes --------------------------------------------------------------- */

gsize
perceptual_stage_pooled_floats (const PerceptualStage *stage)
{
  guint pixels = stage->block_columns / stage->pool->stride + 1;

  if (perceptual_stage_has_seams (stage))
    pixels = MAX (pixels, SEAM_PIXELS);
  return (gsize) pixels * stage->outputs;
}

guint
perceptual_stage_seams (const PerceptualStage *stage)
{
  if (!perceptual_stage_has_seams (stage))
    return 0;
  /* Those of one step, and the one below it, which waits for the next. */
  return divide_up (stage->step_rows, stage->winograd->tile) + 1;
}

gsize
perceptual_stage_seam_floats (const PerceptualStage *stage, guint n_images)
{
  return (gsize) stage->n_seams * PARTS * n_images * kept_columns (stage)
      * stage->outputs;
}
