/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The jobs of a stage: one rectangle of the output of every image, from the
 * input ring to the tap and the output ring.
 */
#include "nn/stage.h"

gfloat *
perceptual_block_row (const PerceptualBlock *block, guint image, guint row)
{
  return block->scratch->rows[(gsize) image * block->made_rows + row];
}

/* Row @y of the input, zeros above and below the image. */
static const gfloat *
input_row (const PerceptualStage *stage, guint image, gint64 y)
{
  if (y < 0 || y >= stage->in->height)
    return stage->zeros + (gsize) stage->in->left * stage->in->channels;
  return perceptual_ring_row (stage->in, image, (guint) y);
}

static void
place_block (const PerceptualBlock *block)
{
  const PerceptualStage *stage = block->stage;
  gboolean stays = perceptual_stage_keeps_block (stage);
  gsize row_floats = (gsize) block->made_columns * stage->outputs;
  gfloat **rows = block->scratch->rows;
  gfloat *next = block->scratch->block;

  for (guint image = 0; image < block->step->n_images; image++) {
    for (guint row = 0; row < block->made_rows; row++, next += row_floats)
      *rows++ = stays ? next
                      : perceptual_ring_row (stage->out, image, block->y + row)
              + (gsize) block->x * stage->outputs;
  }
}

/* --- the layers ---------------------------------------------------------- */

static void
convolve_direct (const PerceptualBlock *block)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualLayer *layer = stage->layer;
  guint channels = stage->inputs;
  gint64 left = (gint64) block->x * layer->stride - layer->pad;
  const gfloat *parts[16];

  g_assert (layer->size <= G_N_ELEMENTS (parts));
  for (guint image = 0; image < block->step->n_images; image++) {
    for (guint row = 0; row < block->made_rows; row++) {
      gint64 top = (gint64) (block->y + row) * layer->stride - layer->pad;
      PerceptualProduct product = {
        .rows = block->made_columns,
        .segments = layer->size,
        .depth = layer->size * channels,
        .columns = stage->outputs,
        .a = parts,
        .a_stride = (gsize) layer->stride * channels,
        .b = stage->filters.matrix,
        .c = perceptual_block_row (block, image, row),
        .c_stride = stage->outputs,
        .bias = stage->filters.bias,
      };

      for (guint i = 0; i < layer->size; i++)
        parts[i] = input_row (stage, image, top + i) + left * channels;
      block->step->kernels->products->multiply (&product);
    }
  }
}

static void
pool (const PerceptualBlock *block)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualLayer *layer = stage->layer;
  guint left = block->x * layer->stride;
  const gfloat *rows[16];

  g_assert (layer->size <= G_N_ELEMENTS (rows));
  for (guint image = 0; image < block->step->n_images; image++) {
    for (guint row = 0; row < block->rows; row++) {
      guint top = (block->y + row) * layer->stride;

      /* Rows that stick out below repeat the last one, which does not change a
       * maximum. */
      for (guint i = 0; i < layer->size; i++)
        rows[i] = input_row (stage, image, MIN (top + i, stage->in->height - 1))
            + (gsize) left * stage->inputs;
      block->step->kernels->max_pool (rows, layer->size, layer->size,
          layer->stride, stage->in->width - left, stage->inputs, block->columns,
          perceptual_block_row (block, image, row));
    }
  }
}

/* A filter of 1x1 on @n pixels that lie side by side, @stride being the floats
 * from one of @to to the next. */
static void
multiply_pixels (const PerceptualStep *step, const PerceptualPacked *filters,
    const gfloat *from, guint inputs, guint n, gfloat *to, gsize stride)
{
  PerceptualProduct product = {
    .rows = n,
    .segments = 1,
    .depth = inputs,
    .columns = filters->outputs,
    .a = &from,
    .a_stride = inputs,
    .b = filters->matrix,
    .c = to,
    .c_stride = stride,
    .bias = filters->bias,
  };

  step->kernels->products->multiply (&product);
}

/* The 1x1 half of a fire module. */
static void
expand_beside (const PerceptualBlock *block)
{
  const PerceptualStage *stage = block->stage;

  for (guint image = 0; image < block->step->n_images; image++) {
    for (guint row = 0; row < block->made_rows; row++)
      multiply_pixels (block->step, &stage->beside,
          input_row (stage, image, block->y + row)
              + (gsize) block->x * stage->inputs,
          stage->inputs, block->made_columns,
          perceptual_block_row (block, image, row), stage->outputs);
  }
}

/* Floats from one point to the next, of matrices with so many rows.  Not near a
 * power of two, so that the points of one tile, or of one filter, fall into
 * different sets of the cache. */
static gsize
point_stride (guint rows, guint channels)
{
  return (gsize) rows * channels + 16;
}

static guint
tiles_across (guint pixels, const PerceptualWinograd *winograd)
{
  return (pixels + winograd->tile - 1) / winograd->tile;
}

/* Tiles are numbered row by row, with the tiles that all images have at one
 * place side by side, so that products have as many rows as possible. */
static void
transform_input (const PerceptualBlock *block, guint n_tiles)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualWinograd *w = stage->winograd;
  PerceptualTileInput transform =
      block->step->kernels->input[w - perceptual_winograd];
  guint n_images = block->step->n_images;
  guint across = tiles_across (block->made_columns, w);
  gsize stride = point_stride (n_tiles, stage->inputs);
  const gfloat *rows[8];

  for (guint ty = 0; ty * w->tile < block->made_rows; ty++) {
    for (guint image = 0; image < n_images; image++) {
      gint64 top = (gint64) block->y + ty * w->tile - stage->layer->pad;

      for (guint i = 0; i < w->side; i++)
        rows[i] = input_row (stage, image, top + i)
            - (gsize) stage->layer->pad * stage->inputs;
      for (guint tx = 0; tx < across; tx++) {
        gsize tile = (gsize) (ty * across + tx) * n_images + image;

        transform (rows, (gsize) (block->x + tx * w->tile) * stage->inputs,
            stage->inputs, block->scratch->input + tile * stage->inputs,
            stride);
      }
    }
  }
}

static void
transform_output (
    const PerceptualBlock *block, guint n_tiles, guint first, guint chunk)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualWinograd *w = stage->winograd;
  PerceptualTileOutput transform =
      block->step->kernels->output[w - perceptual_winograd];
  guint n_images = block->step->n_images;
  guint across = tiles_across (block->made_columns, w);
  PerceptualTile tile = {
    .point_stride = point_stride (n_tiles, chunk),
    .channels = chunk,
    .bias = stage->filters.bias + first,
    .pixel = stage->outputs,
  };

  for (guint ty = 0; ty * w->tile < block->made_rows; ty++) {
    tile.n_rows = MIN (w->tile, block->made_rows - ty * w->tile);
    for (guint tx = 0; tx < across; tx++) {
      tile.n_columns = MIN (w->tile, block->made_columns - tx * w->tile);
      tile.offset =
          (gsize) tx * w->tile * stage->outputs + stage->beside.outputs + first;
      for (guint image = 0; image < n_images; image++) {
        gsize number = (gsize) (ty * across + tx) * n_images + image;

        tile.points = block->scratch->products + number * chunk;
        tile.rows = block->scratch->rows + (gsize) image * block->made_rows
            + ty * w->tile;
        transform (&tile);
      }
    }
  }
}

/* Output channels of a job, from number @first on. */
typedef struct
{
  guint first;
  guint n;
} Chunk;

/* The filters of one row of points, and how far it is to the next point's. */
typedef struct
{
  const gfloat *first;
  gsize stride;
} PointFilters;

static PointFilters
row_filters (const PerceptualBlock *block, Chunk chunk, guint row)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualPacked *packed = &stage->filters;
  const PerceptualWinograd *w = stage->winograd;
  const PerceptualKernels *kernels = block->step->kernels;
  PointFilters filters = { NULL, point_stride (stage->inputs, chunk.n) };
  PerceptualTileFilters transform = {
    .weights = packed->lean,
    .row = row,
    .inputs = stage->inputs,
    .first = chunk.first,
    .outputs = chunk.n,
    .point_stride = filters.stride,
    .to = block->scratch->filters,
  };

  if (packed->lean == NULL) {
    filters.stride = (gsize) stage->inputs * packed->outputs;
    filters.first = packed->matrix + row * w->side * filters.stride
        + (gsize) chunk.first * stage->inputs;
    return filters;
  }
  kernels->filters[w - perceptual_winograd](&transform);
  filters.first = transform.to;
  return filters;
}

static void
multiply_row (
    const PerceptualBlock *block, guint n_tiles, Chunk chunk, guint row)
{
  const PerceptualStage *stage = block->stage;
  guint side = stage->winograd->side;
  gsize in_stride = point_stride (n_tiles, stage->inputs);
  gsize out_stride = point_stride (n_tiles, chunk.n);
  PointFilters filters = row_filters (block, chunk, row);

  for (guint i = 0; i < side; i++) {
    const gfloat *a = block->scratch->input + (row * side + i) * in_stride;
    PerceptualProduct product = {
      .rows = n_tiles,
      .segments = 1,
      .depth = stage->inputs,
      .columns = chunk.n,
      .a = &a,
      .a_stride = stage->inputs,
      .b = filters.first + i * filters.stride,
      .c = block->scratch->products + (row * side + i) * out_stride,
      .c_stride = chunk.n,
      .far = TRUE,
      .next_a = row * side + i + 1 < side * side ? a + in_stride : NULL,
      .next_b = i + 1 < side ? filters.first + (i + 1) * filters.stride : NULL,
    };

    block->step->kernels->products->multiply (&product);
  }
}

static void
convolve_winograd (const PerceptualBlock *block)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualWinograd *w = stage->winograd;
  guint n_tiles = tiles_across (block->made_columns, w)
      * tiles_across (block->made_rows, w) * block->step->n_images;
  guint outputs = stage->filters.outputs;

  transform_input (block, n_tiles);
  for (guint first = 0; first < outputs; first += stage->chunk) {
    Chunk chunk = { first, MIN (stage->chunk, outputs - first) };

    for (guint row = 0; row < w->side; row++)
      multiply_row (block, n_tiles, chunk, row);
    transform_output (block, n_tiles, chunk.first, chunk.n);
  }
}

/* --- what becomes of a block --------------------------------------------- */

static void
show (const PerceptualBlock *block, guint worker)
{
  const PerceptualStep *step = block->step;
  g_autofree const gfloat **features = g_new (const gfloat *, step->n_images);
  PerceptualTapRun run = {
    .tap = (guint) block->stage->tap,
    .x = block->x,
    .n = block->columns,
    .channels = block->stage->outputs,
    .n_images = step->n_images,
    .features = features,
  };

  for (guint row = 0; row < block->rows; row++) {
    run.y = block->y + row;
    for (guint image = 0; image < step->n_images; image++)
      features[image] = perceptual_block_row (block, image, row);
    step->consumer->run (step->consumer->user, &run, worker);
  }
}

void
perceptual_step_squeeze (const PerceptualStep *step, guint image,
    const gfloat *from, guint y, guint x, guint n)
{
  const PerceptualStage *stage = step->stage;
  const PerceptualPacked *filters = &stage->after;

  multiply_pixels (step, filters, from, stage->outputs, n,
      perceptual_ring_row (stage->out, image, y) + (gsize) x * filters->outputs,
      filters->outputs);
}

static void
squeeze_after (const PerceptualBlock *block)
{
  for (guint image = 0; image < block->step->n_images; image++) {
    for (guint row = 0; row < block->rows; row++)
      perceptual_step_squeeze (block->step, image,
          perceptual_block_row (block, image, row), block->y + row, block->x,
          block->columns);
  }
}

guint
perceptual_step_jobs (const PerceptualStep *step)
{
  const PerceptualStage *stage = step->stage;
  guint down =
      (step->end - step->y + stage->block_rows - 1) / stage->block_rows;
  guint across =
      (stage->width + stage->block_columns - 1) / stage->block_columns;

  return down * across;
}

PerceptualBlock
perceptual_step_block (const PerceptualStep *step, guint job, guint worker)
{
  const PerceptualStage *stage = step->stage;
  guint across =
      (stage->width + stage->block_columns - 1) / stage->block_columns;
  PerceptualBlock block = {
    .step = step,
    .stage = stage,
    .scratch = &step->scratch[worker],
    .y = step->y + job / across * stage->block_rows,
    .x = job % across * stage->block_columns,
  };

  block.rows = MIN (stage->block_rows, step->end - block.y);
  block.columns = MIN (stage->block_columns, stage->width - block.x);
  block.made_rows = MIN (block.rows + perceptual_stage_overlap_rows (stage),
      stage->height - block.y);
  block.made_columns = MIN (
      block.columns + perceptual_stage_overlap (stage), stage->width - block.x);
  return block;
}

void
perceptual_step_job (gpointer user, guint job, guint worker)
{
  const PerceptualBlock block = perceptual_step_block (user, job, worker);
  const PerceptualStage *stage = block.stage;

  place_block (&block);
  if (stage->layer->kind == PERCEPTUAL_LAYER_POOL)
    pool (&block);
  else if (stage->winograd == NULL)
    convolve_direct (&block);
  else
    convolve_winograd (&block);
  if (stage->beside.outputs != 0)
    expand_beside (&block);
  if (stage->tap >= 0)
    show (&block, worker);
  if (stage->out == NULL)
    return;
  if (stage->pool != NULL)
    perceptual_block_pool (&block, worker);
  else if (stage->after.outputs != 0)
    squeeze_after (&block);
}

gboolean
perceptual_stage_keeps_block (const PerceptualStage *stage)
{
  return stage->after.outputs != 0 || stage->pool != NULL || stage->out == NULL;
}

gboolean
perceptual_stage_is_lean (const PerceptualStage *stage)
{
  return stage->winograd != NULL && stage->layer->lean;
}

void
perceptual_stage_scratch (
    const PerceptualStage *stage, guint n_images, PerceptualScratchSize *size)
{
  guint rows = stage->block_rows + perceptual_stage_overlap_rows (stage);
  guint columns = MIN (
      stage->block_columns + perceptual_stage_overlap (stage), stage->width);
  gsize pixels = (gsize) rows * columns * n_images;

  size->rows = MAX (size->rows, (gsize) rows * n_images);
  if (stage->pool != NULL && stage->after.outputs != 0)
    size->pooled = MAX (size->pooled, perceptual_stage_pooled_floats (stage));
  if (perceptual_stage_keeps_block (stage))
    size->block = MAX (size->block, pixels * stage->outputs);
  if (stage->winograd != NULL) {
    guint tiles = tiles_across (rows, stage->winograd)
        * tiles_across (columns, stage->winograd) * n_images;
    guint points = stage->winograd->points;

    size->input =
        MAX (size->input, points * point_stride (tiles, stage->inputs));
    size->products =
        MAX (size->products, points * point_stride (tiles, stage->chunk));
    if (perceptual_stage_is_lean (stage))
      size->filters = MAX (size->filters,
          stage->winograd->side * point_stride (stage->inputs, stage->chunk));
  }
}
