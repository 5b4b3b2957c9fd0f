/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's life: sizes and memory for images of one size, and the order in
 * which bands of rows go through the stages.
 */
#include "nn/engine.h"
#include "machine/workers.h"
#include "nn/engine-private.h"
#include "nn/entry.h"
#include "nn/fast/fast-stage.h"

#include <string.h>
#include <unistd.h>

/* Bytes of the first layer's output from the image rows that enter at a time,
 * unless the caller chooses how many rows. */
#define STRIP_BYTES (8 << 20)
#define STRIP_MIN 4
#define STRIP_MAX 64
/* The tiles of one step for each worker, where the image has that many: as many
 * as take so many bytes when they are transformed, within limits, and no more
 * than a part of the third-level cache, which others use too.  Filters that
 * jobs transform themselves are worth more tiles, those of layers with few
 * inputs no more than the least. */
#define LEAST_TILES 128
#define MOST_TILES 256
#define STEP_BYTES (4 << 20)
#define LEAN_BYTES (16 << 20)
#define STEP_SHARE 16
#define FEW_INPUTS 48
/* The speed of today's cores, for choosing the size of jobs: of products, of
 * the third-level cache as far as one core can count on it, and of memory; and
 * the size of the second-level cache where the system does not tell. */
#define FLOPS_PER_NS 120.
#define BYTES_PER_NS 25.
#define FAR_BYTES_PER_NS 10.
#define SHARE_BYTES (4 << 20)
#define CACHE_BYTES (1 << 20)
/* What transforming one filter takes, and the most output channels whose
 * filters a job transforms at a time. */
#define FILTER_NS 5.
#define LEAN_CHUNK 128
/* Pixels of one job that has no tiles, or of one that pools: rows, and columns
 * at most with those that it makes for the next one. */
#define JOB_PIXELS 240
#define POOL_ROWS 16
#define POOL_COLUMNS 42

static void
look_at_caches (PerceptualEngine *self)
{
  long second = 0, third = 0;

#ifdef _SC_LEVEL2_CACHE_SIZE
  second = sysconf (_SC_LEVEL2_CACHE_SIZE);
  third = sysconf (_SC_LEVEL3_CACHE_SIZE);
#endif
  self->cache_bytes = second > 0 ? (gsize) second : CACHE_BYTES;
  self->last_cache_bytes = (gsize) MAX (third, 0);
}

PerceptualEngine *
perceptual_engine_new (const PerceptualNetwork *network, guint taps,
    const PerceptualEngineInput *input, PerceptualFilters *filters,
    const PerceptualKernels *kernels, const PerceptualFastKernels *fast,
    PerceptualWorkers *workers, GError **error)
{
  PerceptualEngine *self;
  guint n_layers = 0;

  for (guint tap = 0; tap < perceptual_network_taps (network); tap++) {
    if (taps & (1u << tap))
      n_layers = perceptual_network_tap_depth (network, tap);
  }
  g_return_val_if_fail (n_layers > 0, NULL);

  self = g_new0 (PerceptualEngine, 1);
  self->network = network;
  self->kernels =
      kernels != NULL ? kernels : perceptual_kernels_table (perceptual_cpu ());
  self->fast = fast;
  self->workers = perceptual_workers_ref (workers);
  look_at_caches (self);
  self->input = *input;
  perceptual_entry_init (self);
  self->minimum = perceptual_network_minimum (network, n_layers);
  if (!perceptual_engine_build (self, n_layers, taps, filters, error)) {
    perceptual_engine_free (self);
    return NULL;
  }
  return self;
}

PerceptualEngine *
perceptual_engine_share (
    const PerceptualEngine *engine, PerceptualWorkers *workers)
{
  PerceptualEngine *self = g_new0 (PerceptualEngine, 1);
  guint n = engine->n_table;

  self->network = engine->network;
  self->kernels = engine->kernels;
  self->workers = perceptual_workers_ref (workers);
  self->cache_bytes = engine->cache_bytes;
  self->last_cache_bytes = engine->last_cache_bytes;
  self->input = engine->input;
  memcpy (self->entry, engine->entry, sizeof self->entry);
  self->fold = engine->fold;
  self->fold_pad = engine->fold_pad;
  self->folded = engine->folded;
  self->minimum = engine->minimum;
  self->shares = TRUE;
  self->n_table = n;
  self->table = g_memdup2 (engine->table, n * sizeof *self->table);
  self->stages = g_new0 (PerceptualStage, n);
  self->rings = g_new0 (PerceptualRing, n);
  return self;
}

static void
forget_size (PerceptualEngine *self)
{
  for (guint i = 0; i < self->n_workers; i++) {
    perceptual_buffer_free (self->scratch[i].input);
    perceptual_buffer_free (self->scratch[i].products);
    perceptual_buffer_free (self->scratch[i].filters);
    perceptual_buffer_free (self->scratch[i].block);
    perceptual_buffer_free (self->scratch[i].pooled);
    g_free (self->scratch[i].rows);
  }
  g_clear_pointer (&self->scratch, g_free);
  self->n_workers = 0;
  for (guint i = 0; i < self->n_stages; i++) {
    g_clear_pointer (&self->rings[i].data, perceptual_buffer_free);
    g_clear_pointer (&self->stages[i].seams, perceptual_buffer_free);
  }
  g_clear_pointer (&self->zeros, perceptual_buffer_free);
  self->width = 0;
}

void
perceptual_engine_free (PerceptualEngine *self)
{
  if (self == NULL)
    return;
  forget_size (self);
  perceptual_engine_unbuild (self);
  perceptual_workers_unref (self->workers);
  g_free (self);
}

guint
perceptual_engine_get_minimum (const PerceptualEngine *self)
{
  return self->minimum;
}

/* --- the order of things ------------------------------------------------- */

guint
perceptual_stage_needs (const PerceptualStage *stage, guint done)
{
  guint first = done * stage->layer->stride;

  return first > stage->layer->pad ? first - stage->layer->pad : 0;
}

/* The rows that stage @index finds in its ring. */
static guint
available_rows (
    const PerceptualEngine *self, const guint *progress, guint index)
{
  const PerceptualStage *before = &self->stages[index - 1];

  return index == 0 ? progress[0]
                    : perceptual_stage_stored (before, progress[index]);
}

/* Rows that are only made together. */
static guint
unit_rows (const PerceptualStage *stage)
{
  if (stage->winograd != NULL)
    return stage->winograd->tile;
  return stage->pool != NULL ? stage->pool->stride : 1;
}

guint
perceptual_stage_reach (
    const PerceptualStage *stage, guint available, guint done)
{
  const PerceptualLayer *layer = stage->layer;
  guint tile = unit_rows (stage);
  guint more = perceptual_stage_overlap_rows (stage);
  guint rows = stage->height;

  if (available < stage->in->height) {
    if (available + layer->pad < layer->size)
      return done;
    rows = (available + layer->pad - layer->size) / layer->stride + 1;
    rows = MIN (rows - MIN (rows, more), stage->height) / tile * tile;
    /* One row of tiles less is enough: otherwise two stages of the same
     * granule would keep twice as many rows between them, just because one row
     * that the filter reaches over is missing. */
    if (rows < done + MAX (stage->granule - tile, tile))
      return done;
  }
  if (stage->winograd != NULL)
    rows = MIN (rows, done + stage->granule);
  return MAX (rows, done);
}

/* Runs rows @y to @end - 1 of stage @index; -1 is the image's entry. */
typedef void (*StepFunc) (gpointer user, gint index, guint y, guint end);

/* Runs the next step: that of the last stage that has rows to work on, so that
 * as little as possible waits between the stages; without one, lets rows of
 * the image in.  @progress: rows done of the image, then of each stage.
 * Returns: FALSE when there is nothing left to do. */
static gboolean
advance (
    const PerceptualEngine *self, guint *progress, StepFunc run, gpointer user)
{
  guint entry = MIN (self->rings[0].height - progress[0], self->strip_rows);

  for (guint i = self->n_stages; i-- > 0;) {
    guint done = progress[i + 1];
    guint reach = perceptual_stage_reach (
        &self->stages[i], available_rows (self, progress, i), done);

    if (reach == done)
      continue;
    run (user, (gint) i, done, reach);
    progress[i + 1] = reach;
    return TRUE;
  }
  if (entry == 0)
    return FALSE;
  run (user, -1, progress[0], progress[0] + entry);
  progress[0] += entry;
  return TRUE;
}

/* --- sizes --------------------------------------------------------------- */

/* The rows that a ring must hold, found by going through all steps without
 * computing. */
typedef struct
{
  PerceptualEngine *engine;
  guint *progress;
} Rehearsal;

static void
rehearse (gpointer user, gint index, guint y, guint end)
{
  Rehearsal *self = user;
  PerceptualEngine *engine = self->engine;

  if (index >= 0) {
    PerceptualStage *stage = &engine->stages[index];

    stage->step_rows = MAX (stage->step_rows, end - y);
    end = perceptual_stage_stored (stage, end);
  }
  if (index + 1 < (gint) engine->n_stages) {
    PerceptualStage *reader = &engine->stages[index + 1];
    guint oldest = perceptual_stage_needs (reader, self->progress[index + 2]);

    reader->in->rows = MAX (reader->in->rows, end - oldest);
  }
}

static guint
divide_up (guint a, guint b)
{
  return (a + b - 1) / b;
}

/* Nanoseconds for getting a job its filters.  They come from the third-level
 * cache for all jobs of a step but the first. */
static gdouble
filters_cost (
    const PerceptualEngine *self, const PerceptualStage *stage, gdouble beside)
{
  gdouble number = (gdouble) stage->inputs * stage->filters.outputs;
  gdouble bytes = 4. * stage->winograd->points * number;

  if (perceptual_stage_is_lean (stage))
    return FILTER_NS * number + bytes / BYTES_PER_NS;
  if (beside + bytes <= .75 * self->cache_bytes)
    bytes /= 4;
  return bytes / BYTES_PER_NS;
}

/* What one way of cutting a Winograd stage into jobs is expected to cost, in
 * nanoseconds for each tile: multiplying rows that are rounded up to the
 * kernel's block, and moving what does not stay in the cache. */
static gdouble
expected_cost (const PerceptualEngine *self, const PerceptualStage *stage,
    guint tiles, guint chunk)
{
  const PerceptualWinograd *w = stage->winograd;
  guint block = self->kernels->products->block;
  guint outputs = stage->filters.outputs;
  guint chunks = divide_up (outputs, chunk);
  gdouble work = 2. * w->points * stage->inputs * outputs
      * divide_up (tiles, block) * block;
  gdouble input = 4. * w->points * stage->inputs * tiles;
  gdouble products = 4. * w->points * chunk * tiles;
  gdouble kept = 0;
  gdouble all, moved = 0;

  if (perceptual_stage_keeps_block (stage))
    kept = 4. * w->tile * w->tile * stage->outputs * tiles;
  all = input + products + kept;
  if (all > .75 * self->cache_bytes)
    moved = input * (1 + chunks) + 2 * kept + 2 * products * chunks;
  moved /= all > SHARE_BYTES ? FAR_BYTES_PER_NS : BYTES_PER_NS;
  return (work / FLOPS_PER_NS + moved + filters_cost (self, stage, all))
      / tiles;
}

static gsize
tile_bytes (const PerceptualStage *stage)
{
  return sizeof (gfloat) * stage->winograd->points * stage->inputs;
}

/* Tiles of one step for each worker. */
static guint
step_tiles (const PerceptualEngine *self, const PerceptualStage *stage)
{
  gsize bytes = perceptual_stage_is_lean (stage) ? LEAN_BYTES : STEP_BYTES;

  if (stage->inputs < FEW_INPUTS)
    return LEAST_TILES;
  bytes = MIN (bytes, self->last_cache_bytes / STEP_SHARE);
  return (guint) CLAMP (bytes / tile_bytes (stage), LEAST_TILES, MOST_TILES);
}

/* The rows of tiles of one step: rather fewer than many more, where they take
 * more memory than they should.  On Zen 3 layers of 128 channels and more took
 * up to twice as long then. */
static guint
rows_of_step (const PerceptualEngine *self, const PerceptualStage *stage)
{
  const PerceptualWinograd *w = stage->winograd;
  guint threads = perceptual_workers_get_threads (self->workers);
  guint across = divide_up (stage->width, w->tile) * self->n_images;
  guint wanted = step_tiles (self, stage);
  guint rows = divide_up (wanted * threads, across);
  gsize tiles = (gsize) rows * across / threads;

  if (8 * tiles > 9 * wanted && tiles * tile_bytes (stage) > STEP_BYTES)
    rows = wanted * threads / across;
  return CLAMP (rows, 1, divide_up (stage->height, w->tile));
}

/* How a Winograd stage is cut into steps and jobs.  Jobs are rectangles of
 * tiles; a step has some for every worker. */
static void
choose_tiles (PerceptualEngine *self, PerceptualStage *stage)
{
  const PerceptualWinograd *w = stage->winograd;
  guint panel = self->kernels->products->panel;
  guint outputs = stage->filters.outputs;
  guint threads = perceptual_workers_get_threads (self->workers);
  guint across = divide_up (stage->width, w->tile);
  guint most_chunk = perceptual_stage_is_lean (stage) ? LEAN_CHUNK : outputs;
  guint most_tiles = step_tiles (self, stage) / 16 * 21;
  guint most_rows =
      self->strip_rows_asked == 0 ? rows_of_step (self, stage) : 1;
  gboolean overlaps = perceptual_stage_overlap (stage) > 0;
  gdouble best = G_MAXDOUBLE;

  stage->granule = most_rows * w->tile;
  stage->chunk = MIN (panel, outputs);
  stage->block_rows = stage->block_columns = w->tile;
  for (guint parts = 1; parts <= across; parts++) {
    guint columns = divide_up (across, parts);
    /* With a column of tiles that belongs to the next job. */
    guint made = columns + (overlaps && parts > 1 ? 1 : 0);

    for (guint rows = 1; rows <= most_rows; rows++) {
      guint jobs = parts * divide_up (most_rows, rows);
      guint tiles = made * rows * self->n_images;
      /* Workers wait for the last one; edges are filled up. */
      gdouble waste = (gdouble) divide_up (jobs, threads) * threads * made
          * rows / (across * most_rows);

      if (tiles > most_tiles && tiles > self->n_images)
        break;
      for (guint chunk = MIN (panel, outputs); chunk <= most_chunk;
           chunk *= 2) {
        gdouble cost = expected_cost (self, stage, tiles, chunk) * waste;

        if (cost < best) {
          best = cost;
          stage->chunk = chunk;
          stage->block_rows = rows * w->tile;
          stage->block_columns = columns * w->tile;
        }
      }
    }
  }
}

/* How a stage without tiles is cut.  Where a job pools, it makes a row and a
 * column that belong to others: they should be few, fill up the block of rows
 * that are multiplied at a time, and all of it should stay in the caches, as
 * that of a pair does. */
static void
choose_block (PerceptualEngine *self, PerceptualStage *stage)
{
  guint threads = perceptual_workers_get_threads (self->workers);
  guint block = self->kernels->products->block;
  guint columns = MAX (POOL_COLUMNS / block * block / 2 * 2, 4) - 2;

  stage->granule = 1;
  stage->block_rows = 1;
  stage->block_columns = JOB_PIXELS;
  if (perceptual_stage_overlap (stage) == 0)
    return;
  while (divide_up (stage->width, columns) < 2 * threads && columns > 8)
    columns = columns / 4 * 2;
  stage->block_columns = columns;
  stage->block_rows = self->n_images > 2 ? POOL_ROWS / 2 : POOL_ROWS;
  stage->granule =
      self->strip_rows_asked == 0 ? stage->block_rows : stage->pool->stride;
}

static guint
strip_rows (const PerceptualEngine *self)
{
  const PerceptualLayer *first = &self->network->layers[0];
  gsize row = (gsize) perceptual_layer_output_size (first, self->width)
      * first->outputs * self->n_images * sizeof (gfloat);

  if (perceptual_stage_overlap_rows (&self->stages[0]) > 0)
    return POOL_ROWS * first->stride;
  return (guint) CLAMP (
      STRIP_BYTES / row * first->stride, STRIP_MIN, STRIP_MAX);
}

static void
choose_sizes (PerceptualEngine *self)
{
  guint width = perceptual_entry_size (self, self->width);
  guint height = perceptual_entry_size (self, self->height);

  perceptual_engine_link (self, width, height);
  for (guint i = 0; i < self->n_stages; i++) {
    PerceptualStage *stage = &self->stages[i];
    const PerceptualLayer *layer = stage->layer;
    PerceptualRing *ring = stage->in;
    guint reach; /* pixels read from the left border on */

    ring->width = width;
    ring->height = height;
    ring->left = layer->pad;
    ring->rows = 0;
    width = perceptual_layer_output_size (layer, width);
    height = perceptual_layer_output_size (layer, height);
    stage->width = width;
    stage->height = height;
    stage->step_rows = 0;
    width = perceptual_stage_kept (stage, width);
    height = perceptual_stage_kept (stage, height);
    if (self->fast != NULL) {
      perceptual_fast_choose_size (self, stage);
      continue;
    }
    stage->winograd =
        perceptual_layer_tiles (layer, stage->width, stage->height);
    if (stage->winograd != NULL) {
      choose_tiles (self, stage);
      reach = divide_up (stage->width, stage->winograd->tile)
              * stage->winograd->tile
          + layer->size - 1;
    } else {
      choose_block (self, stage);
      reach = (stage->width - 1) * layer->stride + layer->size;
    }
    ring->row_floats =
        (gsize) MAX (reach, ring->left + ring->width) * ring->channels;
    ring->row_floats = (ring->row_floats + 15) / 16 * 16;
  }
  self->strip_rows =
      self->strip_rows_asked != 0 ? self->strip_rows_asked : strip_rows (self);
  if (self->fold != 0)
    self->strip_rows = divide_up (self->strip_rows, self->fold);
}

static gfloat *
zeroed (gsize n, gsize size, GError **error)
{
  gfloat *buffer = perceptual_buffer_new (n, size, error);

  if (buffer != NULL)
    memset (buffer, 0, n * size);
  return buffer;
}

static PerceptualScratchSize
scratch_size (const PerceptualEngine *self)
{
  PerceptualScratchSize size = { 0 };

  for (guint i = 0; i < self->n_stages; i++) {
    if (self->fast != NULL)
      perceptual_fast_scratch (&self->stages[i], &size);
    else
      perceptual_stage_scratch (&self->stages[i], self->n_images, &size);
  }
  return size;
}

static gboolean
allocate_scratch (PerceptualEngine *self, GError **error)
{
  PerceptualScratchSize size = scratch_size (self);

  self->n_workers = perceptual_workers_get_threads (self->workers);
  self->scratch = g_new0 (PerceptualScratch, self->n_workers);
  for (guint i = 0; i < self->n_workers; i++) {
    PerceptualScratch *scratch = &self->scratch[i];

    scratch->rows = g_new (gfloat *, size.rows);
    scratch->input = perceptual_buffer_new (size.input, sizeof (gfloat), error);
    if (scratch->input == NULL)
      return FALSE;
    scratch->products =
        perceptual_buffer_new (size.products, sizeof (gfloat), error);
    if (scratch->products == NULL)
      return FALSE;
    scratch->filters =
        perceptual_buffer_new (size.filters, sizeof (gfloat), error);
    if (scratch->filters == NULL)
      return FALSE;
    scratch->block = perceptual_buffer_new (size.block, sizeof (gfloat), error);
    if (scratch->block == NULL)
      return FALSE;
    scratch->pooled =
        perceptual_buffer_new (size.pooled, sizeof (gfloat), error);
    if (scratch->pooled == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
allocate (PerceptualEngine *self, GError **error)
{
  gsize longest = 0;

  for (guint i = 0; i < self->n_stages; i++) {
    PerceptualRing *ring = &self->rings[i];

    longest = MAX (longest, ring->row_floats);
    ring->data = zeroed ((gsize) ring->rows * self->n_images,
        ring->row_floats * sizeof (gfloat), error);
    if (ring->data == NULL)
      return FALSE;
  }
  for (guint i = 0; i < self->n_stages; i++) {
    PerceptualStage *stage = &self->stages[i];
    gsize floats = perceptual_stage_seam_floats (stage, self->n_images);

    if (floats == 0)
      continue;
    stage->seams = perceptual_buffer_new (floats, sizeof (gfloat), error);
    if (stage->seams == NULL)
      return FALSE;
  }
  self->zeros = zeroed (longest, sizeof (gfloat), error);
  for (guint i = 0; i < self->n_stages; i++)
    self->stages[i].zeros = self->zeros;
  return self->zeros != NULL && allocate_scratch (self, error);
}

/* Chooses all sizes; the memory comes later. */
static void
plan (PerceptualEngine *self, guint width, guint height, guint n_images,
    guint strip_rows)
{
  g_autofree guint *progress = NULL;
  Rehearsal rehearsal = { self, NULL };

  if (self->width == width && self->height == height
      && self->n_images == n_images && self->strip_rows_asked == strip_rows)
    return;
  forget_size (self);
  self->width = width;
  self->height = height;
  self->n_images = n_images;
  self->strip_rows_asked = strip_rows;
  choose_sizes (self);

  progress = g_new0 (guint, self->n_stages + 1);
  rehearsal.progress = progress;
  while (advance (self, progress, rehearse, &rehearsal)) {
  }
  for (guint i = 0; i < self->n_stages; i++)
    self->stages[i].n_seams = perceptual_stage_seams (&self->stages[i]);
}

guint64
perceptual_engine_bytes (PerceptualEngine *self, guint width, guint height,
    guint n_images, guint strip_rows)
{
  PerceptualScratchSize size;
  guint64 floats = 0;
  gsize longest = 0;

  g_return_val_if_fail (width >= self->minimum, 0);
  g_return_val_if_fail (height >= self->minimum && n_images > 0, 0);

  plan (self, width, height, n_images, strip_rows);
  for (guint i = 0; i < self->n_stages; i++) {
    const PerceptualRing *ring = &self->rings[i];

    longest = MAX (longest, ring->row_floats);
    floats += (guint64) ring->rows * n_images * ring->row_floats;
    floats += perceptual_stage_seam_floats (&self->stages[i], n_images);
  }
  size = scratch_size (self);
  floats += longest
      + perceptual_workers_get_threads (self->workers)
          * ((guint64) size.input + size.products + size.filters + size.block
              + size.pooled);
  return floats * sizeof (gfloat);
}

gboolean
perceptual_engine_prepare (PerceptualEngine *self, guint width, guint height,
    guint n_images, guint strip_rows, GError **error)
{
  g_return_val_if_fail (width >= self->minimum, FALSE);
  g_return_val_if_fail (height >= self->minimum && n_images > 0, FALSE);
  g_return_val_if_fail (self->fast == NULL || n_images == 2, FALSE);

  plan (self, width, height, n_images, strip_rows);
  if (self->scratch != NULL)
    return TRUE;
  if (!perceptual_engine_pack (self, error) || !allocate (self, error)) {
    forget_size (self);
    return FALSE;
  }
  return TRUE;
}

void
perceptual_engine_get_tap (
    const PerceptualEngine *self, guint tap, PerceptualTapSize *size)
{
  for (guint i = 0; i < self->n_stages; i++) {
    const PerceptualStage *stage = &self->stages[i];

    if (stage->tap == (gint) tap) {
      size->width = stage->width;
      size->height = stage->height;
      size->channels = stage->outputs;
      size->rows = stage->step_rows;
      return;
    }
  }
  g_return_if_reached ();
}

/* --- running ------------------------------------------------------------- */

typedef struct
{
  PerceptualEngine *engine;
  const PerceptualImage *const *images;
  const PerceptualTapConsumer *consumer;
  guint y; /* of the first ring's rows that are filled */
} Run;

/* One row of one image. */
static void
enter_row (gpointer user, guint job, guint worker)
{
  const Run *run = user;
  guint n_images = run->engine->n_images;

  perceptual_entry_row (
      run->engine, run->images, job % n_images, run->y + job / n_images);
}

/* One row of both images. */
static void
enter_pair (gpointer user, guint job, guint worker)
{
  const Run *run = user;

  perceptual_fast_enter (run->engine, run->images, run->y + job);
}

static void
perform (const Run *run, gint index, guint y, guint end)
{
  PerceptualEngine *self = run->engine;
  PerceptualStep step;
  guint seams;

  if (index < 0) {
    if (self->fast != NULL)
      perceptual_workers_run (
          self->workers, end - y, enter_pair, (gpointer) run);
    else
      perceptual_workers_run (
          self->workers, (end - y) * self->n_images, enter_row, (gpointer) run);
    return;
  }
  step = (PerceptualStep){
    .stage = &self->stages[index],
    .kernels = self->kernels,
    .fast = self->fast,
    .consumer = run->consumer,
    .n_images = self->n_images,
    .y = y,
    .end = end,
    .scratch = self->scratch,
  };
  perceptual_workers_run (self->workers, perceptual_step_jobs (&step),
      self->fast != NULL ? perceptual_fast_job : perceptual_step_job, &step);
  seams = perceptual_step_seams (&step);
  if (seams > 0)
    perceptual_workers_run (
        self->workers, seams, perceptual_step_seam_job, &step);
  if (step.stage->tap >= 0 && run->consumer->rows != NULL)
    run->consumer->rows (run->consumer->user, (guint) step.stage->tap, y, end);
}

static void
perform_observed (gpointer user, gint index, guint y, guint end)
{
  Run *run = user;
  PerceptualEngine *self = run->engine;
  gint64 begin = self->observer != NULL ? g_get_monotonic_time () : 0;
  gint layer = -1;

  if (index < 0)
    run->y = y;
  else
    layer = (gint) self->stages[index].number;
  perform (run, index, y, end);
  if (self->observer != NULL)
    self->observer (self->observer_user, layer, y, end,
        (gdouble) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
}

void
perceptual_engine_observe (
    PerceptualEngine *self, PerceptualEngineObserver observer, gpointer user)
{
  self->observer = observer;
  self->observer_user = user;
}

void
perceptual_engine_run (PerceptualEngine *self,
    const PerceptualImage *const *images, const PerceptualTapConsumer *consumer)
{
  g_autofree guint *progress = g_new0 (guint, self->n_stages + 1);
  Run run = { self, images, consumer, 0 };

  g_return_if_fail (self->width != 0);
  while (advance (self, progress, perform_observed, &run)) {
  }
}
