/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A stage is what the engine runs in one go: it produces blocks of one layer's
 * output, shows them to the tap, and hands them on.  The stage before a fire
 * module does the module's squeezing, on the block just produced, so that only
 * the few squeezed channels are ever stored.
 */
#ifndef PERCEPTUAL_NN_STAGE_H
#define PERCEPTUAL_NN_STAGE_H

#include "nn/engine.h"
#include "nn/stock.h"

G_BEGIN_DECLS

/**
 * PerceptualRing:
 * @channels: floats of one pixel
 * @width: pixels of one row, @left and right borders not counted
 * @height: rows of the whole plane
 * @left: zero pixels before the first
 * @rows: rows kept; row y lies where row y - rows was
 * @row_floats: from one row to the next
 * @data: the rows of the first image, then those of the next
 *
 * The last rows of a layer's output.  Borders are zero throughout.
 */
typedef struct
{
  guint channels;
  guint width;
  guint height;
  guint left;
  guint rows;
  gsize row_floats;
  gfloat *data;
} PerceptualRing;

/* Returns: pixel 0 of row @y, 0..height-1, of image @image. */
static inline gfloat *
perceptual_ring_row (const PerceptualRing *ring, guint image, guint y)
{
  return ring->data
      + ((gsize) image * ring->rows + y % ring->rows) * ring->row_floats
      + (gsize) ring->left * ring->channels;
}

/**
 * PerceptualPacked:
 * @outputs: columns; 0 where there is no convolution
 * @stock: the filters; a reference belongs to the engine that loaded them.
 *   NULL in precision=fast, whose engines have their own
 * @matrix: packed for the products, for the tiles of the prepared size; for
 *   Winograd one after the other for each point.  Of @stock; in precision=fast,
 *   bfloat16 numbers
 * @lean: (nullable): of @stock, see perceptual_stock_get_weights(): jobs
 *   transform them themselves.  Then @matrix is NULL
 * @bias: @outputs numbers, of @stock
 *
 * The filters of one convolution, ready for use.
 */
typedef struct
{
  guint outputs;
  PerceptualStock *stock;
  gfloat *matrix;
  const gfloat *lean;
  gfloat *bias;
} PerceptualPacked;

/**
 * PerceptualStage:
 * @layer: the table's row, or what stands for it (entry.h)
 * @number: of the table's row
 * @winograd: the tiles, of the prepared size; NULL for direct products and
 *   pools
 * @tap: number of its tap, or -1
 * @pool: (nullable): the layer behind @layer, if each job pools its own block
 *   (perceptual_layer_pools_blocks()): the rows before that are never stored.
 *   Where squares reach from one block into that below, see seams.c
 * @filters: of the layer; of expand3x3 in a fire module
 * @beside: FIRE: expand1x1, whose outputs come before those of @filters
 * @after: the squeezing of the fire module that follows, of what is pooled
 * @inputs: channels of @in
 * @outputs: channels of a block
 * @in: where its input is
 * @out: where its output goes; NULL when nothing reads it
 * @zeros: a row of zeros as long as one of @in
 * @width: columns of its output, of @layer
 * @height: rows of its output, of @layer
 * @granule: rows of one step, or a row of tiles or of squares less; fewer at
 *   the end
 * @block_rows: rows of one job
 * @block_columns: columns of one job
 * @chunk: Winograd: output channels whose products are kept at a time
 * @step_rows: most rows of one step
 * @seams: what blocks leave of the squares between them, see seams.c
 * @n_seams: for so many rows of squares
 */
typedef struct
{
  const PerceptualLayer *layer;
  guint number;
  const PerceptualWinograd *winograd;
  gint tap;
  const PerceptualLayer *pool;
  PerceptualPacked filters;
  PerceptualPacked beside;
  PerceptualPacked after;
  guint inputs;
  guint outputs;

  PerceptualRing *in;
  PerceptualRing *out;
  const gfloat *zeros;
  guint width;
  guint height;
  guint granule;
  guint block_rows;
  guint block_columns;
  guint chunk;
  guint step_rows;
  gfloat *seams;
  guint n_seams;
} PerceptualStage;

/**
 * PerceptualScratch:
 * @input: transformed input tiles
 * @products: their products
 * @filters: transformed filters, of one row of points
 * @block: a block that goes into no ring
 * @pooled: a row of what is pooled and squeezed
 * @rows: pointers to the block's rows, image by image
 *
 * Memory of one worker.
 */
typedef struct
{
  gfloat *input;
  gfloat *products;
  gfloat *filters;
  gfloat *block;
  gfloat *pooled;
  gfloat **rows;
} PerceptualScratch;

/**
 * PerceptualStep:
 * @stage: what to run
 * @kernels: what to compute with
 * @fast: (nullable): the same in precision=fast
 * @consumer: who gets the tap
 * @n_images: images in lockstep
 * @y: first row of the output to produce
 * @end: row after the last
 * @scratch: one per worker
 *
 * Some rows of one stage.
 */
typedef struct
{
  const PerceptualStage *stage;
  const PerceptualKernels *kernels;
  const PerceptualFastKernels *fast;
  const PerceptualTapConsumer *consumer;
  guint n_images;
  guint y;
  guint end;
  const PerceptualScratch *scratch;
} PerceptualStep;

/**
 * PerceptualBlock:
 * @step: what it is a part of
 * @stage: that of @step
 * @scratch: of the worker
 * @y: first row
 * @x: first column
 * @rows: how many
 * @columns: how many
 * @made_rows: so many with those below that its pool's squares reach into
 * @made_columns: so many with those on the right
 *
 * One job: a rectangle of the output.
 */
typedef struct
{
  const PerceptualStep *step;
  const PerceptualStage *stage;
  const PerceptualScratch *scratch;
  guint y;
  guint x;
  guint rows;
  guint columns;
  guint made_rows;
  guint made_columns;
} PerceptualBlock;

/* What one worker needs for this stage, in floats; @rows in pointers. */
typedef struct
{
  gsize input;
  gsize products;
  gsize filters;
  gsize block;
  gsize pooled;
  gsize rows;
} PerceptualScratchSize;

/* Returns: what becomes of so many rows, or columns, of the whole output. */
static inline guint
perceptual_stage_kept (const PerceptualStage *stage, guint size)
{
  return stage->pool != NULL ? perceptual_layer_output_size (stage->pool, size)
                             : size;
}

/* Returns: how many columns a job makes that belong to the next one: its pool's
 * squares reach into them. */
static inline guint
perceptual_stage_overlap (const PerceptualStage *stage)
{
  return stage->pool != NULL ? stage->pool->size - stage->pool->stride : 0;
}

/* Returns: whether blocks leave their parts of the squares that reach from one
 * into that below; a row of tiles would be too much to make twice. */
static inline gboolean
perceptual_stage_has_seams (const PerceptualStage *stage)
{
  return stage->winograd != NULL && perceptual_stage_overlap (stage) > 0;
}

/* Returns: how many rows a job makes that belong to the one below. */
static inline guint
perceptual_stage_overlap_rows (const PerceptualStage *stage)
{
  return perceptual_stage_has_seams (stage) ? 0
                                            : perceptual_stage_overlap (stage);
}

/* Returns: the rows that are in the ring behind @stage when it has made @done
 * of its output. */
static inline guint
perceptual_stage_stored (const PerceptualStage *stage, guint done)
{
  if (stage->pool == NULL)
    return done;
  if (done >= stage->height)
    return perceptual_stage_kept (stage, stage->height);
  if (perceptual_stage_has_seams (stage) && done > 0)
    return done / stage->pool->stride - 1;
  return done / stage->pool->stride;
}

/* Returns: the columns of those rows that lie before column @x of its output,
 * where a job begins or ends. */
static inline guint
perceptual_stage_stored_columns (const PerceptualStage *stage, guint x)
{
  if (stage->pool == NULL)
    return x;
  return x < stage->width ? x / stage->pool->stride
                          : perceptual_stage_kept (stage, x);
}

/* Returns: whether a job's block of output stays in the worker's memory. */
gboolean perceptual_stage_keeps_block (const PerceptualStage *stage);

/* Returns: whether its jobs transform their filters themselves. */
gboolean perceptual_stage_is_lean (const PerceptualStage *stage);

/* Raises @size to what jobs of @stage need. */
void perceptual_stage_scratch (
    const PerceptualStage *stage, guint n_images, PerceptualScratchSize *size);

/* Returns: the number of jobs of @step. */
guint perceptual_step_jobs (const PerceptualStep *step);

/* Returns: where job @job of @step lies; fewer rows and columns than those of
 * the stage at the edges. */
PerceptualBlock perceptual_step_block (
    const PerceptualStep *step, guint job, guint worker);

/* Does job @job of the PerceptualStep @step; a PerceptualJobFunc. */
void perceptual_step_job (gpointer step, guint job, guint worker);

/* --- for stage.c and seams.c --------------------------------------------- */

/* Returns: row @row of a block, which may be one made for the block below. */
gfloat *perceptual_block_row (
    const PerceptualBlock *block, guint image, guint row);

/* Squeezes @n pixels of one row into the output ring, from pixel @x on. */
void perceptual_step_squeeze (const PerceptualStep *step, guint image,
    const gfloat *from, guint y, guint x, guint n);

/* --- pooling ------------------------------------------------------------- */

/* Pools a block, and leaves what belongs to squares that are not complete. */
void perceptual_block_pool (const PerceptualBlock *block, guint worker);

/* Returns: the number of jobs that complete squares between the blocks of
 * @step, when all its jobs are done. */
guint perceptual_step_seams (const PerceptualStep *step);

/* Does one of them; a PerceptualJobFunc. */
void perceptual_step_seam_job (gpointer step, guint job, guint worker);

/* Returns: the floats that a worker needs for pooled pixels. */
gsize perceptual_stage_pooled_floats (const PerceptualStage *stage);

/* Returns: what @n_seams has to be, by the rows of its steps. */
guint perceptual_stage_seams (const PerceptualStage *stage);

/* Returns: the floats of @seams. */
gsize perceptual_stage_seam_floats (
    const PerceptualStage *stage, guint n_images);

G_END_DECLS

#endif /* PERCEPTUAL_NN_STAGE_H */
