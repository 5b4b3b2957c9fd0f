/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The jobs of a stage in precision=fast: one rectangle of the output, from the
 * input ring to the tap and the output ring.
 */
#include "nn/fast/fast-stage.h"
#include "machine/workers.h"
#include "nn/fast/fast-steps.h"

/* Pixels of one job, if the image has as many, and of one step for each
 * worker. */
#define JOB_PIXELS 256
#define STEP_PIXELS 1024
/* What a job's input, filters and outputs should fit into. */
#define JOB_BYTES (512 << 10)

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

/* Row @row of the block's features of image @image. */
static gfloat *
feature_row (const PerceptualBlock *block, guint image, guint row)
{
  return block->scratch->block
      + ((gsize) image * block->rows + row) * block->columns
      * block->stage->outputs;
}

/* Row @row of the block's sum or difference, in the output ring or, when
 * they are to be squeezed, in memory of the worker; NULL when nobody reads
 * them. */
static guint16 *
output_row (const PerceptualBlock *block, guint which, guint row)
{
  const PerceptualStage *stage = block->stage;

  if (stage->out == NULL)
    return NULL;
  if (stage->after.outputs == 0)
    return (guint16 *) perceptual_ring_row (stage->out, which, block->y + row)
        + (gsize) block->x * stage->outputs;
  return (guint16 *) block->scratch->products
      + ((gsize) which * block->rows + row) * block->columns * stage->outputs;
}

/* Multiplies the rows of a block by the filters @packed.  @first: of its
 * outputs, among those of the stage */
static void
expand (const PerceptualBlock *block, const PerceptualPacked *packed,
    guint size, guint pad, guint first)
{
  const PerceptualStage *stage = block->stage;
  guint stride = stage->layer->stride;
  guint numbers = input_numbers (stage);
  guint offsets[PERCEPTUAL_FAST_MAX_STEPS];
  const guint16 *sum[16], *difference[16];
  PerceptualFastProduct product = {
    .n = block->columns,
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
  gssize left = ((gssize) block->x * stride - pad) * numbers;

  g_assert (size <= G_N_ELEMENTS (sum));
  for (guint c = 0; c < packed->outputs; c += PERCEPTUAL_FAST_PANEL) {
    product.filters = (const guint16 *) packed->matrix + c * depth;
    product.bias = packed->bias + c;
    product.columns = MIN (PERCEPTUAL_FAST_PANEL, packed->outputs - c);
    for (guint row = 0; row < block->rows; row++) {
      gint64 top = (gint64) (block->y + row) * stride - pad;

      for (guint i = 0; i < size; i++) {
        sum[i] = input_row (stage, 0, top + i) + left;
        difference[i] = input_row (stage, 1, top + i) + left;
      }
      for (guint i = 0; i < 2; i++) {
        guint16 *to = output_row (block, i, row);

        product.to[i] = to != NULL ? to + first + c : NULL;
        if (stage->tap >= 0)
          product.features[i] = feature_row (block, i, row) + first + c;
      }
      block->step->fast->multiply (&product);
    }
  }
}

static void
squeeze_after (const PerceptualBlock *block)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualPacked *packed = &stage->after;
  guint offsets[PERCEPTUAL_FAST_MAX_STEPS];
  const guint16 *sum, *difference;
  PerceptualFastProduct product = {
    .n = block->columns,
    .segments = 1,
    .steps = perceptual_fast_steps (1, stage->outputs, offsets),
    .offsets = offsets,
    .sum = &sum,
    .difference = &difference,
    .stride = stage->outputs,
    .to_stride = packed->outputs,
  };
  gsize depth = (gsize) product.steps * PERCEPTUAL_FAST_STEP;

  for (guint c = 0; c < packed->outputs; c += PERCEPTUAL_FAST_PANEL) {
    product.filters = (const guint16 *) packed->matrix + c * depth;
    product.bias = packed->bias + c;
    product.columns = MIN (PERCEPTUAL_FAST_PANEL, packed->outputs - c);
    for (guint row = 0; row < block->rows; row++) {
      sum = output_row (block, 0, row);
      difference = output_row (block, 1, row);
      for (guint i = 0; i < 2; i++)
        product.to[i] =
            (guint16 *) perceptual_ring_row (stage->out, i, block->y + row)
            + (gsize) block->x * packed->outputs + c;
      block->step->fast->multiply (&product);
    }
  }
}

static void
pool (const PerceptualBlock *block)
{
  const PerceptualStage *stage = block->stage;
  const PerceptualLayer *layer = stage->layer;
  guint left = block->x * layer->stride;
  gsize at = (gsize) left * stage->inputs;
  const guint16 *sum[16], *difference[16];

  g_assert (layer->size <= G_N_ELEMENTS (sum));
  for (guint row = 0; row < block->rows; row++) {
    guint top = (block->y + row) * layer->stride;

    /* Rows that stick out below repeat the last one, which does not change a
     * maximum. */
    for (guint i = 0; i < layer->size; i++) {
      guint y = MIN (top + i, stage->in->height - 1);

      sum[i] = input_row (stage, 0, y) + at;
      difference[i] = input_row (stage, 1, y) + at;
    }
    block->step->fast->max_pool (sum, difference, layer->size, layer->stride,
        stage->in->width - left, stage->inputs, block->columns,
        output_row (block, 0, row), output_row (block, 1, row));
  }
}

static void
show (const PerceptualBlock *block, guint worker)
{
  const PerceptualTapConsumer *consumer = block->step->consumer;
  const gfloat *features[2];
  PerceptualTapRun run = {
    .tap = (guint) block->stage->tap,
    .x = block->x,
    .n = block->columns,
    .channels = block->stage->outputs,
    .n_images = 2,
    .features = features,
  };

  for (guint row = 0; row < block->rows; row++) {
    run.y = block->y + row;
    features[0] = feature_row (block, 0, row);
    features[1] = feature_row (block, 1, row);
    consumer->run (consumer->user, &run, worker);
  }
}

void
perceptual_fast_job (gpointer user, guint job, guint worker)
{
  const PerceptualStep *step = user;
  const PerceptualBlock block = perceptual_step_block (step, job, worker);
  const PerceptualStage *stage = step->stage;
  const PerceptualLayer *layer = stage->layer;

  if (step->fast->begin != NULL)
    step->fast->begin ();
  if (layer->kind == PERCEPTUAL_LAYER_POOL) {
    pool (&block);
  } else {
    if (stage->beside.outputs != 0)
      expand (&block, &stage->beside, 1, 0, 0);
    expand (&block, &stage->filters, layer->size, layer->pad,
        stage->beside.outputs);
  }
  if (stage->after.outputs != 0)
    squeeze_after (&block);
  if (step->fast->end != NULL)
    step->fast->end ();
  if (stage->tap >= 0)
    show (&block, worker);
}

/* --- sizes --------------------------------------------------------------- */

static guint
divide_up (guint a, guint b)
{
  return (a + b - 1) / b;
}

void
perceptual_fast_choose_size (
    const PerceptualEngine *engine, PerceptualStage *stage)
{
  guint threads = perceptual_workers_get_threads (engine->workers);
  PerceptualRing *ring = stage->in;
  guint pixels = PERCEPTUAL_FAST_PIXELS;
  guint bytes = 2 * (stage->tap >= 0 ? 6 : 2) * stage->outputs
      + 4 * input_numbers (stage);
  guint most = CLAMP (JOB_BYTES / bytes, 4 * pixels, JOB_PIXELS);
  guint parts = divide_up (stage->width, most);
  guint reach;

  stage->block_columns =
      divide_up (divide_up (stage->width, parts), pixels) * pixels;
  stage->block_rows = MAX (1, most / stage->block_columns);
  stage->granule = stage->block_rows;
  if (engine->strip_rows_asked == 0) {
    guint rows = divide_up (STEP_PIXELS * threads, stage->width);

    stage->granule = divide_up (rows, stage->block_rows) * stage->block_rows;
  }
  stage->granule = MIN (stage->granule, stage->height);
  /* Products take whole groups of pixels and whole steps of numbers. */
  reach = (divide_up (stage->width, pixels) * pixels - 1) * stage->layer->stride
      + stage->layer->size;
  ring->row_floats =
      (gsize) MAX (reach, ring->left + ring->width) * ring->channels
      + PERCEPTUAL_FAST_STEP / 2;
  ring->row_floats = (ring->row_floats + 15) / 16 * 16;
}

void
perceptual_fast_scratch (
    const PerceptualStage *stage, PerceptualScratchSize *size)
{
  gsize pixels = (gsize) stage->block_rows * stage->block_columns;

  if (stage->tap >= 0)
    size->block = MAX (size->block, 2 * pixels * stage->outputs);
  if (stage->after.outputs != 0)
    size->products = MAX (size->products,
        (pixels + PERCEPTUAL_FAST_PIXELS) * stage->outputs
            + PERCEPTUAL_FAST_STEP);
}
