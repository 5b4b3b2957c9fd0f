/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's life: sizes and memory for images of one size, and the order
 * in which bands of rows go through the stages.  Knows nothing of what is
 * done with the features.
 */
#include "engine.h"
#include "../pool.h"
#include "engine-private.h"

#include <string.h>

/* Image rows that enter at a time, unless the caller chooses. */
#define STRIP_ROWS 64
/* Tiles that a Winograd stage likes to have in one step: enough for every
 * worker to read its filters once for many of them. */
#define STEP_TILES 128
/* Floats that one job keeps of its transformed input and of its products,
 * where the number of tiles can be chosen: what the second-level cache of
 * today's cores holds. */
#define JOB_INPUT_FLOATS (1u << 18)
#define JOB_PRODUCT_FLOATS (1u << 17)
#define JOB_MIN_TILES 28
/* Pixels of one job that has no tiles. */
#define JOB_PIXELS 240

/* What the network sees of sample @v.  Single precision and these very steps, as networks
 * were trained and others compute: where an untrained network's filters have
 * no mean, flat colours leave nothing but its rounding. */
static gfloat
enter_sample (const PerceptualEngine *self, guint c, guint v, gfloat unit)
{
  gfloat x = (gfloat) v / unit - 1.f;

  return (x - (gfloat) self->input.shift[c]) / (gfloat) self->input.scale[c];
}

PerceptualEngine *
perceptual_engine_new (const PerceptualNetwork *network, guint taps,
    const PerceptualEngineInput *input, PerceptualFilters *filters,
    const PerceptualKernels *kernels, PerceptualPool *pool, GError **error)
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
  self->pool = perceptual_pool_ref (pool);
  self->input = *input;
  for (guint c = 0; c < PERCEPTUAL_IMAGE_CHANNELS; c++) {
    for (guint v = 0; v < 256; v++)
      self->entry[c][v] = enter_sample (self, c, v, 127.5f);
  }
  self->minimum = perceptual_network_minimum (network, n_layers);
  if (!perceptual_engine_build (self, n_layers, taps, filters, error)) {
    perceptual_engine_free (self);
    return NULL;
  }
  return self;
}

static void
forget_size (PerceptualEngine *self)
{
  for (guint i = 0; i < self->n_workers; i++) {
    perceptual_buffer_free (self->scratch[i].input);
    perceptual_buffer_free (self->scratch[i].products);
    perceptual_buffer_free (self->scratch[i].block);
    g_free (self->scratch[i].rows);
  }
  g_clear_pointer (&self->scratch, g_free);
  self->n_workers = 0;
  for (guint i = 0; i < self->n_stages; i++)
    g_clear_pointer (&self->rings[i].data, perceptual_buffer_free);
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
  perceptual_pool_unref (self->pool);
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

guint
perceptual_stage_reach (
    const PerceptualStage *stage, guint available, guint done)
{
  const PerceptualLayer *layer = stage->layer;
  guint rows;

  if (available == stage->in->height)
    return stage->height;
  if (available + layer->pad < layer->size)
    return done;
  rows = (available + layer->pad - layer->size) / layer->stride + 1;
  rows = MIN (rows, stage->height);
  return MAX (rows / stage->granule * stage->granule, done);
}

/* Lets the next rows of the image in and sends what can go through all
 * stages.  @progress: rows of the image, then of each stage.  @each (nullable)
 * runs rows @y to @end - 1 of stage @index; -1 is the image. */
typedef void (*StepFunc) (gpointer user, gint index, guint y, guint end);

static void
advance (
    const PerceptualEngine *self, guint *progress, StepFunc each, gpointer user)
{
  guint rows = MIN (self->height - progress[0], self->strip_rows);

  each (user, -1, progress[0], progress[0] + rows);
  progress[0] += rows;
  for (guint i = 0; i < self->n_stages; i++) {
    guint done = progress[i + 1];
    guint reach = perceptual_stage_reach (&self->stages[i], progress[i], done);

    if (reach == done)
      continue;
    each (user, (gint) i, done, reach);
    progress[i + 1] = reach;
  }
}

/* --- sizes --------------------------------------------------------------- */

/* Rows a ring must hold, found by going through the motions. */
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

/* How a Winograd stage is cut into jobs: enough tiles to use the filters
 * well, few enough to stay in the cache. */
static void
choose_tiles (PerceptualEngine *self, PerceptualStage *stage)
{
  const PerceptualWinograd *w = stage->winograd;
  guint panel = self->kernels->products->panel;
  guint across = divide_up (stage->width, w->tile);
  guint tiles =
      MAX (JOB_INPUT_FLOATS / (w->points * stage->inputs), JOB_MIN_TILES);
  guint places = MAX (tiles / self->n_images, 1);
  guint columns = divide_up (across, divide_up (across, places));
  guint rows = 1;
  guint chunk;

  if (self->strip_rows_asked == 0)
    rows = CLAMP (STEP_TILES / (across * self->n_images), 1,
        divide_up (stage->height, w->tile));
  stage->granule = rows * w->tile;
  rows = CLAMP (places / columns, 1, rows);
  stage->block_rows = rows * w->tile;
  stage->block_columns = columns * w->tile;
  chunk = JOB_PRODUCT_FLOATS / (w->points * rows * columns * self->n_images);
  stage->chunk = CLAMP (chunk / panel * panel, panel, stage->filters.outputs);
}

static void
choose_sizes (PerceptualEngine *self)
{
  guint width = self->width;
  guint height = self->height;

  self->strip_rows =
      self->strip_rows_asked != 0 ? self->strip_rows_asked : STRIP_ROWS;
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
    if (stage->winograd != NULL) {
      choose_tiles (self, stage);
      reach = divide_up (width, stage->winograd->tile) * stage->winograd->tile
          + layer->size - 1;
    } else {
      stage->granule = 1;
      stage->block_rows = 1;
      stage->block_columns = JOB_PIXELS;
      reach = (width - 1) * layer->stride + layer->size;
    }
    ring->row_floats =
        (gsize) MAX (reach, ring->left + ring->width) * ring->channels;
    ring->row_floats = (ring->row_floats + 15) / 16 * 16;
  }
}

static gfloat *
zeroed (gsize n, gsize size, GError **error)
{
  gfloat *buffer = perceptual_buffer_new (n, size, error);

  if (buffer != NULL)
    memset (buffer, 0, n * size);
  return buffer;
}

static gboolean
allocate_scratch (PerceptualEngine *self, GError **error)
{
  PerceptualScratchSize size = { 0 };

  for (guint i = 0; i < self->n_stages; i++)
    perceptual_stage_scratch (&self->stages[i], self->n_images, &size);
  self->n_workers = perceptual_pool_get_threads (self->pool);
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
    scratch->block = perceptual_buffer_new (size.block, sizeof (gfloat), error);
    if (scratch->block == NULL)
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
  self->zeros = zeroed (longest, sizeof (gfloat), error);
  for (guint i = 0; i < self->n_stages; i++)
    self->stages[i].zeros = self->zeros;
  return self->zeros != NULL && allocate_scratch (self, error);
}

gboolean
perceptual_engine_prepare (PerceptualEngine *self, guint width, guint height,
    guint n_images, guint strip_rows, GError **error)
{
  g_autofree guint *progress = NULL;
  Rehearsal rehearsal = { self, NULL };

  g_return_val_if_fail (width >= self->minimum, FALSE);
  g_return_val_if_fail (height >= self->minimum && n_images > 0, FALSE);

  if (self->width == width && self->height == height
      && self->n_images == n_images && self->strip_rows_asked == strip_rows)
    return TRUE;
  forget_size (self);
  self->width = width;
  self->height = height;
  self->n_images = n_images;
  self->strip_rows_asked = strip_rows;
  choose_sizes (self);

  progress = g_new0 (guint, self->n_stages + 1);
  rehearsal.progress = progress;
  while (progress[0] < height)
    advance (self, progress, rehearse, &rehearsal);
  if (!allocate (self, error)) {
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
  guint y; /* of the image rows that enter */
} Run;

/* One row of one image. */
static void
enter_row (gpointer user, guint job, guint worker)
{
  const Run *run = user;
  const PerceptualEngine *self = run->engine;
  guint y = run->y + job / self->n_images;
  guint number = job % self->n_images;
  const PerceptualImage *image = run->images[number];
  const guint8 *row = (const guint8 *) image->data + y * image->stride;
  gfloat *to = perceptual_ring_row (&self->rings[0], number, y);
  gboolean wide = image->pixels == PERCEPTUAL_PIXELS_RGBX16;

  for (guint x = 0; x < image->width; x++) {
    for (guint c = 0; c < PERCEPTUAL_IMAGE_CHANNELS; c++)
      *to++ = wide
          ? enter_sample (self, c, ((const guint16 *) row)[4 * x + c], 32767.5f)
          : self->entry[c][row[4 * x + c]];
  }
}

static void
perform (const Run *run, gint index, guint y, guint end)
{
  PerceptualEngine *self = run->engine;
  PerceptualStep step;

  if (index < 0) {
    perceptual_pool_run (
        self->pool, (end - y) * self->n_images, enter_row, (gpointer) run);
    return;
  }
  step = (PerceptualStep){
    .stage = &self->stages[index],
    .kernels = self->kernels,
    .consumer = run->consumer,
    .n_images = self->n_images,
    .y = y,
    .end = end,
    .scratch = self->scratch,
  };
  perceptual_pool_run (
      self->pool, perceptual_step_jobs (&step), perceptual_step_job, &step);
  if (step.stage->tap >= 0 && run->consumer->rows != NULL)
    run->consumer->rows (run->consumer->user, (guint) step.stage->tap, y, end);
}

static void
perform_observed (gpointer user, gint index, guint y, guint end)
{
  Run *run = user;
  PerceptualEngine *self = run->engine;
  gint64 begin = self->observer != NULL ? g_get_monotonic_time () : 0;

  if (index < 0)
    run->y = y;
  perform (run, index, y, end);
  if (self->observer != NULL)
    self->observer (self->observer_user, index, y, end,
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
  while (progress[0] < self->height)
    advance (self, progress, perform_observed, &run);
}
