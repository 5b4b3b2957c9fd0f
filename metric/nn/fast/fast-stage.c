/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The jobs of a stage in precision=fast: one rectangle of the output, from the
 * input ring to the tap and the output ring.  A job is done part by part, so
 * that what products make is shown and squeezed while it is in the nearest
 * cache.
 */
#include "nn/fast/fast-stage.h"
#include "machine/workers.h"
#include "nn/fast/fast-steps.h"

/* Pixels of one job, if the image has as many. */
#define JOB_PIXELS 256
/* Pixels of one step for each worker, the more the less memory they take: all
 * wait for the last one at the end of a step. */
#define LEAST_PIXELS 1024
#define MOST_PIXELS 4096
#define STEP_BYTES (1 << 20)
/* What a job's input, filters and outputs should fit into. */
#define JOB_BYTES (512 << 10)
/* Columns of a job that pools, with those that it makes for the next one. */
#define POOL_COLUMNS 128
/* Its rows at most, and what their input may take. */
#define POOL_ROWS 64
#define POOL_BYTES (4 << 20)
/* Its rows at least, where it makes some for the next one, too. */
#define POOL_LEAST_ROWS 16
/* What the features of a part should fit into, and the filters that may be
 * read anew for each part. */
#define PART_BYTES (16 << 10)
#define PART_FILTERS (128 << 10)

/* What is made before it is shown: a rectangle of the job's block.  @columns
 * and @rows with those that are made for the next job's pool. */
typedef struct
{
  const PerceptualBlock *block;
  guint y;
  guint x;
  guint rows;
  guint columns;
} Part;

/* Numbers of one pixel of the stage's input. */
static guint
input_numbers (const PerceptualStage *stage)
{
  return 2 * stage->in->channels;
}

/* Row @y of the sum (0) or the difference (1) of the input, zeros above
 * and below the image. */
static const guint16 *
input_row (const PerceptualStage *stage, guint which, gint64 y)
{
  if (y < 0 || y >= stage->in->height)
    return (const guint16 *) (stage->zeros
        + (gsize) stage->in->left * stage->in->channels);
  return (const guint16 *) perceptual_ring_row (stage->in, which, (guint) y);
}

/* Pixel @x of row @y of the output ring. */
static guint16 *
ring_pixel (const PerceptualStage *stage, guint which, guint y, guint x)
{
  return (guint16 *) perceptual_ring_row (stage->out, which, y)
      + (gsize) x * 2 * stage->out->channels;
}

/* Row @row of the part's features of image @image. */
static gfloat *
feature_row (const Part *part, guint image, guint row)
{
  return part->block->scratch->block
      + ((gsize) image * part->rows + row) * part->columns
      * part->block->stage->outputs;
}

/* Row @y of the job's sum or difference that waits for the pool. */
static guint16 *
waiting_row (const PerceptualBlock *block, guint which, guint y)
{
  guint rows = block->stage->pool->size;

  return (guint16 *) block->scratch->products
      + ((gsize) which * rows + y % rows) * block->made_columns
      * block->stage->outputs;
}

/* Row @row of the part's sum or difference, in the output ring or, when they
 * are to be pooled or squeezed, in memory of the worker; NULL when nobody
 * reads them. */
static guint16 *
output_row (const Part *part, guint which, guint row)
{
  const PerceptualStage *stage = part->block->stage;

  if (stage->out == NULL)
    return NULL;
  if (stage->pool != NULL)
    return waiting_row (part->block, which, part->y + row)
        + (gsize) (part->x - part->block->x) * stage->outputs;
  if (stage->after.outputs == 0)
    return ring_pixel (stage, which, part->y + row, part->x);
  return (guint16 *) part->block->scratch->products
      + ((gsize) which * part->rows + row) * part->columns * stage->outputs;
}

/* Whether anybody is shown row @y: it is not made for the pool alone. */
static gboolean
row_is_shown (const PerceptualBlock *block, guint y)
{
  return block->stage->tap >= 0 && y < block->y + block->rows;
}

/* Multiplies the part by the filters @packed.  @first: of its outputs, among
 * those of the stage */
static void
expand (const Part *part, const PerceptualPacked *packed, guint size, guint pad,
    guint first)
{
  const PerceptualStage *stage = part->block->stage;
  guint stride = stage->layer->stride;
  guint numbers = input_numbers (stage);
  guint offsets[PERCEPTUAL_FAST_MAX_STEPS];
  const guint16 *sum[16], *difference[16];
  PerceptualFastProduct product = {
    .n = part->columns,
    .segments = size,
    .steps = perceptual_fast_steps (size, numbers, offsets),
    .offsets = offsets,
    .sum = sum,
    .difference = difference,
    .stride = (gsize) stride * numbers,
    .feature_stride = stage->outputs,
    .to_stride = stage->outputs,
  };
  gsize depth = (gsize) size * product.steps * PERCEPTUAL_FAST_STEP;
  gssize left = ((gssize) part->x * stride - pad) * numbers;
  /* Of several rows, each panel's one after the other: filters may be large. */
  guint outputs = part->rows > 1 ? PERCEPTUAL_FAST_PANEL : packed->outputs;

  g_assert (size <= G_N_ELEMENTS (sum));
  for (guint c = 0; c < packed->outputs; c += outputs) {
    product.filters = (const guint16 *) packed->matrix + c * depth;
    product.bias = packed->bias + c;
    product.columns = MIN (outputs, packed->outputs - c);
    for (guint row = 0; row < part->rows; row++) {
      gint64 top = (gint64) (part->y + row) * stride - pad;

      for (guint i = 0; i < size; i++) {
        sum[i] = input_row (stage, 0, top + i) + left;
        difference[i] = input_row (stage, 1, top + i) + left;
      }
      for (guint i = 0; i < 2; i++) {
        guint16 *to = output_row (part, i, row);

        product.to[i] = to != NULL ? to + first + c : NULL;
        product.features[i] = row_is_shown (part->block, part->y + row)
            ? feature_row (part, i, row) + first + c
            : NULL;
      }
      part->block->step->fast->multiply (&product);
    }
  }
}

/* Whether what the outputs of its jobs see is gathered. */
static gboolean
stage_gathers (const PerceptualStage *stage)
{
  return stage->number == 0 && perceptual_fast_gathers (stage->layer);
}

/* Multiplies the part by the first layer's filters. */
static void
expand_gathered (const Part *part)
{
  const PerceptualBlock *block = part->block;
  const PerceptualStage *stage = block->stage;
  const PerceptualLayer *layer = stage->layer;
  const guint offset = 0;
  guint16 *gathered[2] = { (guint16 *) block->scratch->input };
  PerceptualFastProduct product = {
    .n = part->columns,
    .segments = 1,
    .steps = 1,
    .offsets = &offset,
    .sum = (const guint16 *const *) &gathered[0],
    .difference = (const guint16 *const *) &gathered[1],
    .stride = PERCEPTUAL_FAST_STEP,
    .filters = (const guint16 *) stage->filters.matrix,
    .bias = stage->filters.bias,
    .columns = stage->outputs,
    .feature_stride = stage->outputs,
    .to_stride = stage->outputs,
  };
  gsize left = (gsize) part->x * layer->stride * PERCEPTUAL_FAST_ENTRY;
  const guint16 *rows[PERCEPTUAL_FAST_STEP];

  gathered[1] = gathered[0] + (gsize) part->columns * PERCEPTUAL_FAST_STEP;
  for (guint row = 0; row < part->rows; row++) {
    guint y = part->y + row;

    for (guint i = 0; i < 2; i++) {
      for (guint k = 0; k < layer->size; k++)
        rows[k] = input_row (stage, i, (gint64) y * layer->stride + k) + left;
      block->step->fast->gather (
          rows, layer->size, layer->stride, part->columns, gathered[i]);
      product.to[i] = output_row (part, i, row);
      product.features[i] =
          row_is_shown (block, y) ? feature_row (part, i, row) : NULL;
    }
    block->step->fast->multiply (&product);
  }
}

/* Squeezes @n pixels of sum and difference into row @y of the output ring, from
 * pixel @x on. */
static void
squeeze_row (const PerceptualBlock *block, const guint16 *const from[2],
    guint y, guint x, guint n)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualPacked *packed = &stage->after;
  guint offsets[PERCEPTUAL_FAST_MAX_STEPS];
  PerceptualFastProduct product = {
    .n = n,
    .segments = 1,
    .steps = perceptual_fast_steps (1, stage->outputs, offsets),
    .offsets = offsets,
    .sum = &from[0],
    .difference = &from[1],
    .stride = stage->outputs,
    .filters = (const guint16 *) packed->matrix,
    .bias = packed->bias,
    .columns = packed->outputs,
    .to = { ring_pixel (stage, 0, y, x), ring_pixel (stage, 1, y, x) },
    .to_stride = packed->outputs,
  };

  block->step->fast->multiply (&product);
}

static void
squeeze_after (const Part *part)
{
  for (guint row = 0; row < part->rows; row++) {
    const guint16 *from[] = { output_row (part, 0, row),
      output_row (part, 1, row) };

    squeeze_row (part->block, from, part->y + row, part->x, part->columns);
  }
}

static void
pool (const Part *part)
{
  const PerceptualStage *stage = part->block->stage;
  const PerceptualLayer *layer = stage->layer;
  guint left = part->x * layer->stride;
  gsize at = (gsize) left * stage->inputs;
  const guint16 *sum[16], *difference[16];

  g_assert (layer->size <= G_N_ELEMENTS (sum));
  for (guint row = 0; row < part->rows; row++) {
    guint top = (part->y + row) * layer->stride;

    /* Rows that stick out below repeat the last one, which does not change a
     * maximum. */
    for (guint i = 0; i < layer->size; i++) {
      guint y = MIN (top + i, stage->in->height - 1);

      sum[i] = input_row (stage, 0, y) + at;
      difference[i] = input_row (stage, 1, y) + at;
    }
    part->block->step->fast->max_pool (sum, difference, layer->size,
        layer->stride, stage->in->width - left, stage->inputs, part->columns,
        output_row (part, 0, row), output_row (part, 1, row));
  }
}

static void
show (const Part *part, guint worker)
{
  const PerceptualBlock *block = part->block;
  const PerceptualTapConsumer *consumer = block->step->consumer;
  const gfloat *features[2];
  PerceptualTapRun run = {
    .tap = (guint) block->stage->tap,
    .x = part->x,
    .n = MIN (part->columns, block->x + block->columns - part->x),
    .channels = block->stage->outputs,
    .n_images = 2,
    .features = features,
  };

  for (guint row = 0; row < part->rows; row++) {
    run.y = part->y + row;
    if (!row_is_shown (block, run.y))
      return;
    features[0] = feature_row (part, 0, row);
    features[1] = feature_row (part, 1, row);
    consumer->run (consumer->user, &run, worker);
  }
}

static void
make_part (const Part *part, guint worker)
{
  const PerceptualBlock *block = part->block;
  const PerceptualStage *stage = block->stage;
  const PerceptualLayer *layer = stage->layer;

  if (layer->kind == PERCEPTUAL_LAYER_POOL) {
    pool (part);
  } else if (stage_gathers (stage)) {
    expand_gathered (part);
  } else {
    if (stage->beside.outputs != 0)
      expand (part, &stage->beside, 1, 0, 0);
    expand (
        part, &stage->filters, layer->size, layer->pad, stage->beside.outputs);
  }
  if (stage->after.outputs != 0 && stage->pool == NULL)
    squeeze_after (part);
  if (part->x < block->x + block->columns)
    show (part, worker);
}

/* One row of squares, the first of which begins at row @row of the block.  Rows
 * that stick out below repeat the last one, which does not change a maximum. */
static void
pool_block_row (const PerceptualBlock *block, guint row)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualLayer *layer = stage->pool;
  const PerceptualFastKernels *fast = block->step->fast;
  guint y = perceptual_stage_stored (stage, block->y + row);
  guint x = perceptual_stage_stored_columns (stage, block->x);
  guint n =
      perceptual_stage_stored_columns (stage, block->x + block->columns) - x;
  gboolean squeezes = stage->after.outputs != 0;
  const guint16 *rows[2][16];
  guint16 *to[2];

  g_assert (layer->size <= G_N_ELEMENTS (rows[0]));
  if (n == 0)
    return;
  for (guint i = 0; i < 2; i++) {
    for (guint k = 0; k < layer->size; k++)
      rows[i][k] = waiting_row (
          block, i, block->y + MIN (row + k, block->made_rows - 1));
    to[i] = squeezes
        ? (guint16 *) block->scratch->pooled + (gsize) i * n * stage->outputs
        : ring_pixel (stage, i, y, x);
  }
  fast->max_pool (rows[0], rows[1], layer->size, layer->stride,
      block->made_columns, stage->outputs, n, to[0], to[1]);
  if (squeezes)
    squeeze_row (block, (const guint16 *const[]){ to[0], to[1] }, y, x, n);
}

/* Pools what is complete when @made rows are there: its rows, of which @done
 * are there already.  Returns: how many are then. */
static guint
pool_after (const PerceptualBlock *block, guint made, guint done)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualLayer *layer = stage->pool;
  guint rows = perceptual_stage_stored (stage, block->y + block->rows)
      - perceptual_stage_stored (stage, block->y);

  while (done < rows
      && (made == block->made_rows
          || done * layer->stride + layer->size <= made))
    pool_block_row (block, done++ * layer->stride);
  return done;
}

/* Numbers of all filters of a stage. */
static gsize
filter_numbers (const PerceptualStage *stage)
{
  guint inputs = MAX (input_numbers (stage), PERCEPTUAL_FAST_STEP);
  guint size = stage->layer->size;

  return (gsize) inputs
      * (stage->beside.outputs + size * size * stage->filters.outputs);
}

/* Sets the rows and columns of the parts of a job.  Features that are shown
 * stay in the nearest caches, unless the filters are so large that reading them
 * for few pixels costs more. */
static void
choose_part (const PerceptualStage *stage, guint *rows, guint *columns)
{
  gsize bytes = 8 * stage->outputs;
  gboolean narrow = stage->tap >= 0
      && sizeof (guint16) * filter_numbers (stage) <= PART_FILTERS;

  *rows = stage->block_rows;
  *columns = stage->block_columns + perceptual_stage_overlap (stage);
  if (stage->pool != NULL)
    *rows = perceptual_stage_overlap (stage) == 0 ? stage->pool->stride : 1;
  if (!narrow)
    return;
  *rows = 1;
  *columns = MIN (*columns,
      MAX (PART_BYTES / bytes / PERCEPTUAL_FAST_PIXELS, 1)
          * PERCEPTUAL_FAST_PIXELS);
}

void
perceptual_fast_job (gpointer user, guint job, guint worker)
{
  const PerceptualBlock block = perceptual_step_block (user, job, worker);
  const PerceptualFastKernels *fast = block.step->fast;
  Part part = { .block = &block };
  guint rows, columns, done = 0;

  choose_part (block.stage, &rows, &columns);
  if (fast->begin != NULL)
    fast->begin ();
  for (guint row = 0; row < block.made_rows; row += part.rows) {
    part.y = block.y + row;
    part.rows = MIN (rows, block.made_rows - row);
    for (guint x = 0; x < block.made_columns; x += part.columns) {
      part.x = block.x + x;
      part.columns = MIN (columns, block.made_columns - x);
      make_part (&part, worker);
    }
    if (block.stage->pool != NULL)
      done = pool_after (&block, row + part.rows, done);
  }
  if (fast->end != NULL)
    fast->end ();
}

gboolean
perceptual_fast_pools_blocks (const PerceptualLayer *layer,
    const PerceptualLayer *pool, const PerceptualLayer *end)
{
  if (layer->kind == PERCEPTUAL_LAYER_POOL || pool >= end
      || pool->kind != PERCEPTUAL_LAYER_POOL || pool->stride != 2)
    return FALSE;
  return pool->ceil ? pool->size == 3 : pool->size == 2;
}

/* --- sizes --------------------------------------------------------------- */

static guint
divide_up (guint a, guint b)
{
  return (a + b - 1) / b;
}

static guint
whole_pixels (guint n)
{
  return divide_up (n, PERCEPTUAL_FAST_PIXELS) * PERCEPTUAL_FAST_PIXELS;
}

/* An even number of rows. */
static guint
pool_rows (const PerceptualStage *stage)
{
  gsize bytes = (gsize) 4 * input_numbers (stage) * stage->in->width
      * stage->layer->stride;
  guint least = perceptual_stage_overlap (stage) == 0 ? 2 : POOL_LEAST_ROWS;

  return (guint) CLAMP (POOL_BYTES / bytes, least, POOL_ROWS) / 2 * 2;
}

/* Where a job pools, it makes a row and a column that belong to others: they
 * should be few, and all should fill up the pixels multiplied at a time. */
static void
choose_pool_block (const PerceptualEngine *engine, PerceptualStage *stage)
{
  guint threads = perceptual_workers_get_threads (engine->workers);
  guint columns = POOL_COLUMNS;

  while (columns > 2 * PERCEPTUAL_FAST_PIXELS
      && divide_up (stage->width, columns) < 2 * threads)
    columns /= 2;
  /* Whole strides, of 2. */
  columns -= (perceptual_stage_overlap (stage) + 1) / 2 * 2;
  stage->block_columns = columns;
  stage->block_rows = pool_rows (stage);
  stage->granule = engine->strip_rows_asked == 0 ? stage->block_rows : 2;
}

/* Pixels of one step for each worker. */
static guint
step_pixels (const PerceptualStage *stage)
{
  guint numbers = input_numbers (stage);

  if (stage->out != NULL)
    numbers += 2 * stage->out->channels;
  return CLAMP (STEP_BYTES / (4 * numbers), LEAST_PIXELS, MOST_PIXELS);
}

static void
choose_plain_block (const PerceptualEngine *engine, PerceptualStage *stage)
{
  guint threads = perceptual_workers_get_threads (engine->workers);
  guint pixels = PERCEPTUAL_FAST_PIXELS;
  guint bytes = 2 * (stage->tap >= 0 ? 6 : 2) * stage->outputs
      + 4 * input_numbers (stage);
  guint most = CLAMP (JOB_BYTES / bytes, 4 * pixels, JOB_PIXELS);
  guint parts = divide_up (stage->width, most);

  stage->block_columns = whole_pixels (divide_up (stage->width, parts));
  stage->block_rows = MAX (1, most / stage->block_columns);
  stage->granule = stage->block_rows;
  if (engine->strip_rows_asked == 0) {
    guint rows = divide_up (step_pixels (stage) * threads, stage->width);

    stage->granule = divide_up (rows, stage->block_rows) * stage->block_rows;
  }
}

void
perceptual_fast_choose_size (
    const PerceptualEngine *engine, PerceptualStage *stage)
{
  PerceptualRing *ring = stage->in;
  guint last, reach;

  if (stage->pool != NULL)
    choose_pool_block (engine, stage);
  else
    choose_plain_block (engine, stage);
  stage->granule = MIN (stage->granule, stage->height);
  /* Products take whole groups of pixels and whole steps of numbers. */
  last = (stage->width - 1) / stage->block_columns * stage->block_columns;
  reach = (last + whole_pixels (stage->width - last) - 1) * stage->layer->stride
      + stage->layer->size;
  ring->row_floats =
      (gsize) MAX (reach, ring->left + ring->width) * ring->channels
      + PERCEPTUAL_FAST_STEP / 2;
  ring->row_floats = (ring->row_floats + 15) / 16 * 16;
}

/* Floats of sum and difference of so many pixels, and of what products read
 * behind them. */
static gsize
pair_floats (const PerceptualStage *stage, gsize pixels)
{
  return (pixels + PERCEPTUAL_FAST_PIXELS) * stage->outputs
      + PERCEPTUAL_FAST_STEP;
}

void
perceptual_fast_scratch (
    const PerceptualStage *stage, PerceptualScratchSize *size)
{
  guint rows, columns;
  gsize pixels;

  choose_part (stage, &rows, &columns);
  pixels = (gsize) rows * columns;
  if (stage_gathers (stage))
    size->input = MAX (
        size->input, (columns + PERCEPTUAL_FAST_PIXELS) * PERCEPTUAL_FAST_STEP);
  if (stage->tap >= 0)
    size->block = MAX (size->block, 2 * pixels * stage->outputs);
  if (stage->pool != NULL) {
    gsize waiting = (gsize) stage->pool->size
        * (stage->block_columns + perceptual_stage_overlap (stage));

    size->products = MAX (size->products, waiting * stage->outputs);
    if (stage->after.outputs != 0)
      size->pooled = MAX (size->pooled,
          pair_floats (stage,
              perceptual_stage_stored_columns (stage, stage->block_columns)));
  } else if (stage->after.outputs != 0) {
    size->products = MAX (size->products, pair_floats (stage, pixels));
  }
}
