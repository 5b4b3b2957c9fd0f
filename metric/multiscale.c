/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd-ms and mmd-ssim: how the 3x3 patches of two images are distributed
 * within small windows, at four scales (after Amir & Weiss 2021), for
 * mmd-ssim joined with SSIM's structure (Wang et al. 2004); and the walk over
 * levels in strips of bands that mmd and cnn-kernel use too.  The arithmetic
 * is in patch-features, structure, level.
 */
#include "multiscale.h"
#include "metrics.h"
#include "option.h"
#include "machine/workers.h"
#include "patches/structure.h"

#include <string.h>

#define N_LEVELS 4
#define WINDOW 16
#define PATCH_STEP 2
#define N_FEATURES 27
#define PATCH_WIDTH (0.12 * 9)
#define ROWS_PER_STRIP 64

/* Rows that a band reads beyond itself: two above and one below for patches
 * and pyramid, and, when the last band of a strip is done, five more below
 * for the boxes that start in it. */
#define ROWS_ABOVE 2
#define ROWS_BELOW 1
#define BOX_ROWS_BELOW 6

/* A window of 32 pixels that an image is one row too low for. */
#define MAX_PATCH_ROWS 31

/* Scratch of one worker. */
struct _PerceptualMultiscaleScratch
{
  gfloat *rows; /* n_images rings of ring_size rows */
  gfloat *load;
  gfloat *shrink;
  gfloat *sums[2]; /* block sums of the reference, of a distorted image */
  gfloat *odd;     /* block sums of patches at odd columns */
  gfloat *windows;
  PerceptualStructure **structures; /* per distorted image */
};

typedef PerceptualMultiscale Multiscale;
typedef PerceptualMultiscaleScratch Scratch;

/* One strip of one level, as a job sees it. */
typedef struct
{
  Multiscale *self;
  const PerceptualImage *const *images;
  PerceptualLevel *level;
  PerceptualLevel *next; /* NULL at the last level */
  guint bands;           /* per strip */
} Walk;

typedef struct
{
  const Walk *walk;
  Scratch *scratch;
  guint n_loaded; /* level 0: rows up to here have been loaded */
  guint n_pushed; /* cell rows pushed to the structure */
} Strip;

static void
release (Multiscale *self)
{
  for (guint i = 0; i < self->n_levels; i++)
    perceptual_level_clear (&self->levels[i]);
  for (guint i = 0; i < self->n_scratch; i++) {
    Scratch *scratch = &self->scratch[i];

    perceptual_buffer_free (scratch->rows);
    for (guint j = 0; scratch->structures && j + 1 < self->n_images; j++)
      perceptual_structure_free (scratch->structures[j]);
    g_free (scratch->structures);
  }
  g_clear_pointer (&self->scratch, g_free);
  self->n_scratch = 0;
  self->n_levels = 0;
  self->width = 0;
}

static gboolean
prepare_scratch (Multiscale *self, Scratch *scratch, GError **error)
{
  const PerceptualLevel *level = &self->levels[0];
  gsize ring = (gsize) self->n_images * self->ring_size * level->layout.row;
  gsize load = (perceptual_split_scratch (self->width) + 15) & ~(gsize) 15;
  gsize shrink = level->layout.row + 4 * level->layout.segment;
  gsize sums = self->features.n * level->block_stride;
  gsize windows = 2 * (gsize) level->n_windows_x;
  gsize all = ring + load + shrink + 3 * sums + windows;

  scratch->rows = perceptual_buffer_new (all, sizeof (gfloat), error);
  if (scratch->rows == NULL)
    return FALSE;
  /* Kernels read what lies beyond a row's end and throw the result away; it
   * must not be a signalling or a denormal number, which would cost time. */
  memset (scratch->rows, 0, all * sizeof (gfloat));
  scratch->load = scratch->rows + ring;
  scratch->shrink = scratch->load + load;
  scratch->sums[0] = scratch->shrink + shrink;
  scratch->sums[1] = scratch->sums[0] + sums;
  scratch->odd = scratch->sums[1] + sums;
  scratch->windows = scratch->odd + sums;
  if (!self->with_structure)
    return TRUE;
  scratch->structures = g_new0 (PerceptualStructure *, self->n_images - 1);
  for (guint i = 0; i + 1 < self->n_images; i++) {
    scratch->structures[i] =
        perceptual_structure_new (self->row_kernels, &level->layout, error);
    if (scratch->structures[i] == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
prepare (
    Multiscale *self, guint width, guint height, guint n_images, GError **error)
{
  guint w = width, h = height;

  if (self->width == width && self->height == height
      && self->n_images == n_images)
    return TRUE;

  release (self);
  self->patch_sum = perceptual_patch_sum (perceptual_cpu ());
  self->row_kernels = perceptual_row_kernels (perceptual_cpu ());
  self->height = height;
  self->n_images = n_images;
  for (guint i = 0; i < self->max_levels; i++) {
    if (i > 0 && MIN (w, h) < self->shape.window)
      break;
    self->n_levels = i + 1;
    if (!perceptual_level_init (&self->levels[i], &self->shape, i, w, h,
            n_images, self->features.n, self->with_structure, error))
      goto failed;
    w = (w + 1) / 2;
    h = (h + 1) / 2;
  }
  /* Windows of a small level look at all their rows at once. */
  self->ring_size = ROWS_ABOVE + ROWS_BELOW + 1
      + (self->levels[0].small ? self->shape.window : self->shape.window / 2);
  self->n_scratch = perceptual_workers_get_threads (self->parent.workers);
  self->scratch = g_new0 (Scratch, self->n_scratch);
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
  const PerceptualLevel *level = strip->walk->level;
  const Multiscale *self = strip->walk->self;
  gsize inside = perceptual_reflect (y, level->height);

  if (level->planes[image] != NULL)
    return level->planes[image] + inside * level->layout.row;
  return strip->scratch->rows
      + (image * self->ring_size + inside % self->ring_size)
      * level->layout.row;
}

/* Makes all rows before @end ready. */
static void
load_rows (Strip *strip, guint end)
{
  const Walk *walk = strip->walk;

  end = MIN (end, walk->level->height);
  if (walk->level->planes[0] != NULL)
    return;
  for (; strip->n_loaded < end; strip->n_loaded++) {
    for (guint i = 0; i < walk->self->n_images; i++)
      perceptual_split_load (walk->images[i], strip->n_loaded,
          &walk->level->layout, walk->self->row_kernels,
          row_at (strip, i, (gint) strip->n_loaded), strip->scratch->load);
  }
}

/* Block sums of the patches at even (@parity 0) or odd columns, of which a
 * block has @group side by side. */
static void
sum_columns (const Strip *strip, guint band, guint image, gint parity,
    guint group, gfloat *sums)
{
  const Multiscale *self = strip->walk->self;
  const PerceptualLevel *level = strip->walk->level;
  const gfloat *values[MAX_PATCH_ROWS * PERCEPTUAL_PATCH_DIM];
  PerceptualPatchRows rows = {
    .values = values,
    .n_rows = level->patch_rows,
    .group = group,
    .n_groups = level->n_blocks_x,
  };
  guint n = 0;

  for (guint r = 0; r < level->patch_rows; r++) {
    for (gint dy = -1; dy <= 1; dy++) {
      gint y = (gint) (band * level->band + level->patch_step * r) + dy;
      gfloat *row = row_at (strip, image, y);

      for (gint x = parity - 1; x <= parity + 1; x++) {
        gint odd = x & 1;

        for (guint c = 0; c < 3; c++)
          values[n++] =
              perceptual_split_array (&level->layout, row, c, (guint) odd)
              + (x - odd) / 2;
      }
    }
  }
  self->patch_sum (&self->features, &rows, sums, level->block_stride);
}

static void
sum_patches (const Strip *strip, guint band, guint image, gfloat *sums)
{
  const PerceptualLevel *level = strip->walk->level;
  gfloat *odd = strip->scratch->odd;
  gsize n = strip->walk->self->features.n * level->block_stride;

  if (level->patch_step == 2) {
    sum_columns (strip, band, image, 0, level->group, sums);
    return;
  }
  sum_columns (strip, band, image, 0, (level->group + 1) / 2, sums);
  if (level->group < 2)
    return;
  sum_columns (strip, band, image, 1, level->group / 2, odd);
  for (gsize i = 0; i < n; i++)
    sums[i] += odd[i];
}

static void
measure_blocks (const Strip *strip, guint band)
{
  const PerceptualLevel *level = strip->walk->level;
  gfloat *const *sums = strip->scratch->sums;
  guint n_features = strip->walk->self->features.n;
  gsize n = n_features * level->block_stride;

  sum_patches (strip, band, 0, sums[0]);
  for (guint i = 0; i + 1 < level->n_images; i++) {
    gfloat *blocks = perceptual_level_blocks (level, i, band, n_features);

    sum_patches (strip, band, i + 1, sums[1]);
    for (gsize k = 0; k < n; k++)
      blocks[k] = sums[0][k] - sums[1][k];
  }
}

static void
shrink_rows (const Strip *strip, guint band)
{
  const PerceptualLevel *level = strip->walk->level;
  PerceptualLevel *next = strip->walk->next;
  guint begin = band * level->band / 2;
  guint end = MIN (begin + level->band / 2, next->height);

  for (guint i = 0; i < level->n_images; i++) {
    for (guint y = begin; y < end; y++) {
      gfloat *rows[5];

      for (gint d = -2; d <= 2; d++)
        rows[d + 2] = row_at (strip, i, 2 * (gint) y + d);
      perceptual_split_shrink (rows, &level->layout,
          next->planes[i] + y * next->layout.row, &next->layout,
          strip->walk->self->row_kernels, strip->scratch->shrink);
    }
  }
}

/* Pushes the rows before @end to the structure, two at a time. */
static void
push_structure (Strip *strip, guint first_cell, guint end)
{
  const PerceptualLevel *level = strip->walk->level;
  const guint lag = PERCEPTUAL_BOX_CELLS - 1;

  for (; 2 * strip->n_pushed + 2 <= end; strip->n_pushed++) {
    gint y = 2 * (gint) strip->n_pushed;
    guint first_box = MAX (strip->n_pushed, first_cell + lag) - lag;

    for (guint i = 0; i + 1 < level->n_images; i++)
      perceptual_structure_push (strip->scratch->structures[i],
          row_at (strip, 0, y), row_at (strip, 0, y + 1),
          row_at (strip, i + 1, y), row_at (strip, i + 1, y + 1),
          perceptual_level_structure (level, i, first_box));
  }
}

static void
measure_small_structure (const Strip *strip, guint window)
{
  const PerceptualLevel *level = strip->walk->level;
  guint top = window * level->band;
  guint height = MIN (level->height - top, 16);
  guint width = MIN (level->width, 16);
  gfloat *rows[2][16];

  for (guint i = 0; i + 1 < level->n_images; i++) {
    gfloat *means = perceptual_level_structure (level, i, window);

    for (guint y = 0; y < height; y++) {
      rows[0][y] = row_at (strip, 0, (gint) (top + y));
      rows[1][y] = row_at (strip, i + 1, (gint) (top + y));
    }
    for (guint j = 0; j < level->n_windows_x; j++)
      means[j] = (gfloat) perceptual_structure_small (
          rows[0], rows[1], &level->layout, height, j * 8, width);
  }
}

static void
measure_strip (gpointer user, guint job, guint worker)
{
  const Walk *walk = user;
  const PerceptualLevel *level = walk->level;
  Scratch *scratch = &walk->self->scratch[worker];
  gboolean boxes = walk->self->with_structure && !level->small;
  guint first = job * walk->bands;
  guint end = MIN (first + walk->bands, level->n_bands);
  guint first_cell = first * level->band / 2;
  guint last_row = MIN (end, level->n_blocks_y) * level->band;
  Strip strip = { .walk = walk, .scratch = scratch, .n_pushed = first_cell };

  strip.n_loaded = first > 0 ? first * level->band - ROWS_ABOVE : 0;
  for (guint i = 0; boxes && i + 1 < level->n_images; i++)
    perceptual_structure_start (
        scratch->structures[i], &level->layout, level->n_windows_x);

  for (guint band = first; band < end; band++) {
    guint below = (band + 1) * level->band;

    load_rows (&strip, below + ROWS_BELOW);
    if (band < level->n_blocks_y)
      measure_blocks (&strip, band);
    if (walk->next != NULL)
      shrink_rows (&strip, band);
    if (boxes)
      push_structure (&strip, first_cell, MIN (below, last_row));
    if (level->small && walk->self->with_structure
        && band < level->n_windows_y) {
      load_rows (&strip, band * level->band + 16);
      measure_small_structure (&strip, band);
    }
  }
  if (boxes && first < level->n_blocks_y) {
    guint more =
        MIN (last_row + BOX_ROWS_BELOW, level->n_blocks_y * level->band);

    load_rows (&strip, more);
    push_structure (&strip, first_cell, more);
  }
}

static void
sum_windows (gpointer user, guint job, guint worker)
{
  const Walk *walk = user;
  const PerceptualLevel *level = walk->level;
  gfloat *values = walk->self->scratch[worker].windows;
  gdouble sum = 0;

  perceptual_level_windows (level, job / level->n_windows_y,
      job % level->n_windows_y, walk->self->features.n, values);
  for (guint j = 0; j < level->n_windows_x; j++)
    sum += values[j];
  level->row_sums[job] = sum;
  if (level->windows != NULL)
    memcpy (level->windows + (gsize) job * level->n_windows_x, values,
        level->n_windows_x * sizeof (gfloat));
}

static gdouble
level_distance (const PerceptualLevel *level, guint i)
{
  const gdouble *rows = &level->row_sums[i * level->n_windows_y];
  gdouble sum = 0;

  for (guint y = 0; y < level->n_windows_y; y++)
    sum += rows[y];
  return sum / ((gdouble) level->n_windows_x * level->n_windows_y);
}

static gboolean
keep_windows (Multiscale *self, gboolean keep, GError **error)
{
  for (guint k = 0; k < self->n_levels; k++) {
    if (!perceptual_level_keep_windows (&self->levels[k], keep, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
make_maps (Multiscale *self, guint n, PerceptualResult *results, GError **error)
{
  PerceptualMapGrid grids[PERCEPTUAL_MAX_LEVELS];

  for (guint i = 0; i < n; i++) {
    for (guint k = 0; k < self->n_levels; k++)
      grids[k] =
          perceptual_level_map_grid (&self->levels[k], &self->shape, k, i);
    if (!perceptual_distance_map_make (self->parent.workers, grids,
            self->n_levels, self->width, self->height, &results[i], error))
      return FALSE;
  }
  return TRUE;
}

gboolean
perceptual_multiscale_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error)
{
  Multiscale *self = (Multiscale *) metric;
  g_autofree const PerceptualImage **images =
      g_new (const PerceptualImage *, n_distorted + 1);
  gboolean map = (flags & PERCEPTUAL_COMPARE_MAP) != 0;
  guint strip_rows =
      metric->strip_rows != 0 ? metric->strip_rows : ROWS_PER_STRIP;

  if (!prepare (
          self, reference->width, reference->height, n_distorted + 1, error)
      || !keep_windows (self, map, error))
    return FALSE;
  images[0] = reference;
  for (guint i = 0; i < n_distorted; i++)
    images[i + 1] = &distorted[i];

  for (guint k = 0; k < self->n_levels; k++) {
    PerceptualLevel *level = &self->levels[k];
    Walk walk = { .self = self, .images = images, .level = level };

    walk.next = k + 1 < self->n_levels ? &self->levels[k + 1] : NULL;
    walk.bands = MAX (strip_rows / level->band, 1);
    perceptual_workers_run (metric->workers,
        (level->n_bands + walk.bands - 1) / walk.bands, measure_strip, &walk);
    perceptual_workers_run (
        metric->workers, n_distorted * level->n_windows_y, sum_windows, &walk);
  }
  for (guint i = 0; i < n_distorted; i++) {
    results[i].n_taps = self->n_levels;
    for (guint k = 0; k < self->n_levels; k++) {
      results[i].taps[k] = level_distance (&self->levels[k], i);
      results[i].distance += results[i].taps[k];
    }
  }
  return !map || make_maps (self, n_distorted, results, error);
}

static gboolean
multiscale_init (PerceptualMetric *metric, GError **error)
{
  Multiscale *self = (Multiscale *) metric;

  perceptual_patch_features_init (&self->features, N_FEATURES,
      perceptual_metric_uint (metric, "seed"), FALSE, PATCH_WIDTH);
  self->shape = (PerceptualWindowShape){ WINDOW, PATCH_STEP };
  self->max_levels = N_LEVELS;
  return TRUE;
}

void
perceptual_multiscale_finalize (PerceptualMetric *metric)
{
  Multiscale *self = (Multiscale *) metric;

  release (self);
  perceptual_patch_features_clear (&self->features);
}

static const PerceptualOption *const options[] = { &perceptual_option_seed,
  NULL };

const PerceptualMetricClass perceptual_mmd_ms_class = {
  .info.name = "mmd-ms",
  .info.blurb =
      "How the 3x3 patches within 16x16 windows are distributed, at four "
      "scales (multi-scale patch MMD); 0 (identical) to about 2",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC | PERCEPTUAL_METRIC_MAP,
  .info.options = options,
  .info.map_maximum = .16,
  .instance_size = sizeof (Multiscale),
  .init = multiscale_init,
  .compare = perceptual_multiscale_compare,
  .finalize = perceptual_multiscale_finalize,
};
