/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The walk over an image in strips of bands that mmd and cnn-kernel share
 * (Amir & Weiss 2021): rows are loaded when they are needed, their patches'
 * features are summed by blocks, and blocks become windows, some strips at a
 * time.  The arithmetic is in patch-features and windows.
 */
#include "patches/walk.h"
#include "machine/workers.h"

#include <string.h>

#define ROWS_PER_STRIP 64
/* Strips of each thread that go together: their blocks become windows before
 * the next ones come, or those of a huge image would fill the memory. */
#define STRIPS_AT_ONCE 8

/* Rows that a band reads beyond itself. */
#define ROWS_ABOVE 1
#define ROWS_BELOW 1

/* A window of 32 pixels that an image is one row too low for. */
#define MAX_PATCH_ROWS 31

/* Scratch of one worker. */
struct _PerceptualPatchScratch
{
  gfloat *rows; /* n_images rings of ring_size rows */
  gfloat *load;
  gfloat *sums[2]; /* block sums of the reference, of a distorted image */
  gfloat *odd;     /* block sums of patches at odd columns */
  gfloat *values;  /* of a row of windows */
};

typedef struct
{
  PerceptualPatchWalk *self;
  const PerceptualImage *const *images;
  guint bands; /* per strip */
  guint first; /* band that is measured now */
  guint end;   /* after the last one */
  guint first_window;
  guint n_windows;
} Job;

typedef struct
{
  const Job *job;
  PerceptualPatchScratch *scratch;
  guint n_loaded; /* rows up to here have been loaded */
} Strip;

static void
release (PerceptualPatchWalk *self)
{
  perceptual_windows_clear (&self->windows);
  for (guint i = 0; i < self->n_scratch; i++)
    perceptual_buffer_free (self->scratch[i].rows);
  g_clear_pointer (&self->scratch, g_free);
  self->n_scratch = 0;
  self->width = 0;
}

/* Small windows look at all their rows at once. */
static guint
ring_size (const PerceptualPatchWalk *self, const PerceptualWindows *windows)
{
  return ROWS_ABOVE + ROWS_BELOW + 1
      + (windows->small ? self->side : self->side / 2);
}

/* Floats of one worker's scratch, and of its parts. */
static gsize
scratch_size (const PerceptualPatchWalk *self, const PerceptualWindows *windows,
    guint n_images, gsize *ring, gsize *load, gsize *sums)
{
  *ring = (gsize) n_images * ring_size (self, windows) * windows->layout.row;
  *load = (perceptual_split_scratch (windows->width) + 15) & ~(gsize) 15;
  *sums = self->features.n * windows->block_stride;
  return *ring + *load + 3 * *sums + windows->n_windows_x;
}

/* Bands of one strip, and how many are kept at a time: of the strips that go
 * together, and the one above. */
static guint
choose_bands (const PerceptualMetric *metric, const PerceptualWindows *windows,
    guint *kept)
{
  guint strip_rows =
      metric->strip_rows != 0 ? metric->strip_rows : ROWS_PER_STRIP;
  guint bands = MAX (strip_rows / windows->band, 1);
  guint threads = perceptual_workers_get_threads (metric->workers);

  *kept = STRIPS_AT_ONCE * threads * bands + 1;
  return bands;
}

guint64
perceptual_patch_walk_bytes (PerceptualMetric *metric, guint width,
    guint height, guint n_distorted, PerceptualCompareFlags flags)
{
  const PerceptualPatchWalk *self = (PerceptualPatchWalk *) metric;
  guint threads = perceptual_workers_get_threads (metric->workers);
  PerceptualWindows windows = { 0 };
  gsize ring, load, sums;
  guint kept;

  perceptual_windows_cut (&windows, self->side, width, height);
  choose_bands (metric, &windows, &kept);
  return sizeof (gfloat)
      * ((guint64) n_distorted * MIN (kept, windows.n_blocks_y)
              * self->features.n * windows.block_stride
          + (guint64) threads
              * scratch_size (
                  self, &windows, n_distorted + 1, &ring, &load, &sums));
}

static gboolean
prepare_scratch (
    PerceptualPatchWalk *self, PerceptualPatchScratch *scratch, GError **error)
{
  gsize ring, load, sums;
  gsize all =
      scratch_size (self, &self->windows, self->n_images, &ring, &load, &sums);

  scratch->rows = perceptual_buffer_new (all, sizeof (gfloat), error);
  if (scratch->rows == NULL)
    return FALSE;
  /* Kernels read what lies beyond a row's end and throw the result away; it
   * must not be a signalling or a denormal number, which would cost time. */
  memset (scratch->rows, 0, all * sizeof (gfloat));
  scratch->load = scratch->rows + ring;
  scratch->sums[0] = scratch->load + load;
  scratch->sums[1] = scratch->sums[0] + sums;
  scratch->odd = scratch->sums[1] + sums;
  scratch->values = scratch->odd + sums;
  return TRUE;
}

static gboolean
prepare (PerceptualPatchWalk *self, guint width, guint height, guint n_images,
    guint kept, GError **error)
{
  if (self->width == width && self->height == height
      && self->n_images == n_images
      && self->windows.n_kept == MIN (kept, self->windows.n_blocks_y))
    return TRUE;

  release (self);
  self->patch_sum = perceptual_patch_sum (perceptual_cpu ());
  self->row_kernels = perceptual_row_kernels (perceptual_cpu ());
  self->height = height;
  self->n_images = n_images;
  if (!perceptual_windows_init (&self->windows, self->side, width, height,
          n_images, self->features.n, kept, error))
    goto failed;
  self->ring_size = ring_size (self, &self->windows);
  self->n_scratch = perceptual_workers_get_threads (self->parent.workers);
  self->scratch = g_new0 (PerceptualPatchScratch, self->n_scratch);
  self->width = width;
  for (guint i = 0; i < self->n_scratch; i++) {
    if (!prepare_scratch (self, &self->scratch[i], error))
      goto failed;
  }
  return TRUE;

failed:
  release (self);
  return FALSE;
}

static gfloat *
row_at (const Strip *strip, guint image, gint y)
{
  const PerceptualPatchWalk *self = strip->job->self;
  gsize inside = perceptual_reflect (y, self->height);

  return strip->scratch->rows
      + (image * self->ring_size + inside % self->ring_size)
      * self->windows.layout.row;
}

/* Makes all rows before @end ready. */
static void
load_rows (Strip *strip, guint end)
{
  const PerceptualPatchWalk *self = strip->job->self;

  end = MIN (end, self->height);
  for (; strip->n_loaded < end; strip->n_loaded++) {
    for (guint i = 0; i < self->n_images; i++)
      perceptual_split_load (strip->job->images[i], strip->n_loaded,
          &self->windows.layout, self->row_kernels,
          row_at (strip, i, (gint) strip->n_loaded), strip->scratch->load);
  }
}

/* Block sums of the patches at even (@parity 0) or odd columns; a block has
 * @group of them side by side. */
static void
sum_columns (const Strip *strip, guint band, guint image, gint parity,
    guint group, gfloat *sums)
{
  const PerceptualPatchWalk *self = strip->job->self;
  const PerceptualWindows *windows = &strip->job->self->windows;
  const gfloat *values[MAX_PATCH_ROWS * PERCEPTUAL_PATCH_DIM];
  PerceptualPatchRows rows = {
    .values = values,
    .n_rows = windows->patch_rows,
    .group = group,
    .n_groups = windows->n_blocks_x,
  };
  guint n = 0;

  for (guint r = 0; r < windows->patch_rows; r++) {
    for (gint dy = -1; dy <= 1; dy++) {
      gint y = (gint) (band * windows->band + r) + dy;
      gfloat *row = row_at (strip, image, y);

      for (gint x = parity - 1; x <= parity + 1; x++) {
        gint odd = x & 1;

        for (guint c = 0; c < 3; c++)
          values[n++] =
              perceptual_split_array (&windows->layout, row, c, (guint) odd)
              + (x - odd) / 2;
      }
    }
  }
  self->patch_sum (&self->features, &rows, sums, windows->block_stride);
}

static void
sum_patches (const Strip *strip, guint band, guint image, gfloat *sums)
{
  const PerceptualWindows *windows = &strip->job->self->windows;
  gfloat *odd = strip->scratch->odd;
  gsize n = strip->job->self->features.n * windows->block_stride;

  sum_columns (strip, band, image, 0, (windows->group + 1) / 2, sums);
  if (windows->group < 2)
    return;
  sum_columns (strip, band, image, 1, windows->group / 2, odd);
  for (gsize i = 0; i < n; i++)
    sums[i] += odd[i];
}

static void
measure_blocks (const Strip *strip, guint band)
{
  const PerceptualWindows *windows = &strip->job->self->windows;
  gfloat *const *sums = strip->scratch->sums;
  guint n_features = strip->job->self->features.n;
  gsize n = n_features * windows->block_stride;

  sum_patches (strip, band, 0, sums[0]);
  for (guint i = 0; i + 1 < windows->n_images; i++) {
    gfloat *blocks = perceptual_windows_blocks (windows, i, band, n_features);

    sum_patches (strip, band, i + 1, sums[1]);
    for (gsize k = 0; k < n; k++)
      blocks[k] = sums[0][k] - sums[1][k];
  }
}

static void
measure_strip (gpointer user, guint job, guint worker)
{
  const Job *work = user;
  const PerceptualWindows *windows = &work->self->windows;
  guint first = work->first + job * work->bands;
  guint end = MIN (first + work->bands, work->end);
  Strip strip = { .job = work, .scratch = &work->self->scratch[worker] };

  strip.n_loaded = first > 0 ? first * windows->band - ROWS_ABOVE : 0;
  for (guint band = first; band < end; band++) {
    load_rows (&strip, (band + 1) * windows->band + ROWS_BELOW);
    measure_blocks (&strip, band);
  }
}

static void
sum_windows (gpointer user, guint job, guint worker)
{
  const Job *work = user;
  const PerceptualWindows *windows = &work->self->windows;
  gfloat *values = work->self->scratch[worker].values;
  guint image = job / work->n_windows;
  guint y = work->first_window + job % work->n_windows;
  gdouble sum = 0;

  perceptual_windows_measure (
      windows, image, y, work->self->features.n, values);
  for (guint j = 0; j < windows->n_windows_x; j++)
    sum += values[j];
  windows->row_sums[(gsize) image * windows->n_windows_y + y] = sum;
}

/* Measures the bands from @first on, and the windows that they complete, of
 * which the first ones reach into the band above. */
static void
measure_bands (Job *job, guint first, guint end)
{
  PerceptualPatchWalk *self = job->self;
  PerceptualWorkers *workers = self->parent.workers;
  guint above = self->windows.down - 1;

  job->first = first;
  job->end = end;
  job->first_window = first > 0 ? first - above : 0;
  job->n_windows = end - above - job->first_window;
  perceptual_workers_run (
      workers, (end - first + job->bands - 1) / job->bands, measure_strip, job);
  perceptual_workers_run (
      workers, (self->n_images - 1) * job->n_windows, sum_windows, job);
}

static gdouble
mean_of_windows (const PerceptualWindows *windows, guint i)
{
  const gdouble *rows = &windows->row_sums[i * windows->n_windows_y];
  gdouble sum = 0;

  for (guint y = 0; y < windows->n_windows_y; y++)
    sum += rows[y];
  return sum / ((gdouble) windows->n_windows_x * windows->n_windows_y);
}

gboolean
perceptual_patch_walk_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error)
{
  PerceptualPatchWalk *self = (PerceptualPatchWalk *) metric;
  const PerceptualWindows *windows = &self->windows;
  g_autofree const PerceptualImage **images =
      g_new (const PerceptualImage *, n_distorted + 1);
  PerceptualWindows cut = { 0 };
  Job job = { .self = self, .images = images };
  guint kept;

  perceptual_windows_cut (
      &cut, self->side, reference->width, reference->height);
  job.bands = choose_bands (metric, &cut, &kept);
  if (!prepare (self, reference->width, reference->height, n_distorted + 1,
          kept, error))
    return FALSE;
  images[0] = reference;
  for (guint i = 0; i < n_distorted; i++)
    images[i + 1] = &distorted[i];

  for (guint first = 0; first < windows->n_blocks_y; first += kept - 1)
    measure_bands (&job, first, MIN (first + kept - 1, windows->n_blocks_y));
  for (guint i = 0; i < n_distorted; i++) {
    results[i].n_taps = 1;
    results[i].taps[0] = mean_of_windows (windows, i);
    results[i].distance = results[i].taps[0];
  }
  return TRUE;
}

void
perceptual_patch_walk_finalize (PerceptualMetric *metric)
{
  PerceptualPatchWalk *self = (PerceptualPatchWalk *) metric;

  release (self);
  perceptual_patch_features_clear (&self->features);
}
