/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd-ssim: how patches are distributed and how the structure differs in every
 * block of 8x8 samples, on a pyramid of 2x2 means.  Integers, then double
 * precision in a fixed order, so that every machine gives the same bits.
 *
 * A level is measured row of blocks by row of blocks, and the rows of the next
 * level are made on the way.  Only levels above the first are kept as planes;
 * the first is made from the image in a few rows at a time.
 */
#include "blocks/block-kernels.h"
#include "blocks/canonical.h"
#include "distance-map.h"
#include "machine/workers.h"
#include "metrics.h"
#include "rows/row-programs.h"

/* From the largest picture down to the level above its base. */
#define MAX_LEVELS 8

#define ROWS_PER_STRIP 32

/* Rows of the first level that a worker keeps: those of a row of blocks, one
 * above, one below and what comes in pairs with these. */
#define LUMA_RING 16
#define CHROMA_RING 8

typedef struct
{
  guint width;
  guint height;
  guint n_blocks_x;
  guint n_blocks_y;
  gsize stride; /* of luma, and of the rows of the first level */
  gsize chroma_stride;
  gdouble part; /* of the distance */

  /* Of each image: Y, Cb, Cr.  NULL in the first level. */
  guint8 *(*planes)[3];

  /* Of each distorted image: sums over each row of blocks of w * d, of w. */
  gdouble *sums;
  gdouble *weights;

  /* Of each distorted image: w * d of its blocks, later the values of its map;
   * NULL unless a map is made. */
  gfloat *blocks;
} Level;

/* Of one worker. */
typedef struct
{
  guint8 *memory;
  PerceptualBlockTile *tile; /* of the reference */
  guint8 *rings;             /* of each image: luma, Cb, Cr */
  guint8 *load;
  PerceptualBlockRows *rows; /* of each image */
} Scratch;

typedef struct
{
  PerceptualMetric parent;
  const PerceptualBlockKernels *kernels;

  /* For the geometry of the last comparison. */
  guint width;
  guint height;
  guint n_images;
  guint n_levels;
  Level levels[MAX_LEVELS];
  guint n_scratch;
  Scratch *scratch;
} MmdSsim;

/* One level of some images, the reference first; as jobs see it. */
typedef struct
{
  MmdSsim *self;
  const PerceptualImage *const *images;
  guint n_images;
  gboolean planes; /* read the images' planes, else R'G'B' */
  gboolean colour; /* any of the images has */
  const gboolean *grey;
  guint index;
  guint rows; /* of blocks in a strip */
} Walk;

typedef struct
{
  const Walk *walk;
  const Level *level;
  Scratch *scratch;
  guint n_loaded; /* pairs of rows of the first level */
} Strip;

/* --- memory --------------------------------------------------------------- */

static void
level_clear (Level *level, guint n_images)
{
  for (guint i = 0; level->planes != NULL && i < n_images; i++)
    for (guint c = 0; c < 3; c++)
      perceptual_buffer_free (level->planes[i][c]);
  g_free (level->planes);
  g_free (level->sums);
  g_free (level->weights);
  perceptual_buffer_free (level->blocks);
  *level = (Level){ 0 };
}

static void
release (MmdSsim *self)
{
  for (guint i = 0; i < self->n_levels; i++)
    level_clear (&self->levels[i], self->n_images);
  for (guint i = 0; i < self->n_scratch; i++) {
    perceptual_buffer_free (self->scratch[i].memory);
    g_free (self->scratch[i].rows);
  }
  g_clear_pointer (&self->scratch, g_free);
  self->n_scratch = 0;
  self->n_levels = 0;
  self->width = 0;
}

static void
level_shape (Level *level, guint width, guint height)
{
  level->width = width;
  level->height = height;
  level->n_blocks_x = (width + PERCEPTUAL_BLOCK - 1) / PERCEPTUAL_BLOCK;
  level->n_blocks_y = (height + PERCEPTUAL_BLOCK - 1) / PERCEPTUAL_BLOCK;
  level->stride = perceptual_canonical_stride (width);
  level->chroma_stride = perceptual_canonical_stride ((width + 1) / 2);
}

static gboolean
level_init (Level *level, guint width, guint height, guint n_images,
    gboolean first, GError **error)
{
  level_shape (level, width, height);
  level->sums = g_new (gdouble, (gsize) (n_images - 1) * level->n_blocks_y);
  level->weights = g_new (gdouble, (gsize) (n_images - 1) * level->n_blocks_y);
  if (first)
    return TRUE;
  level->planes = g_malloc0_n (n_images, sizeof (*level->planes));
  for (guint i = 0; i < n_images; i++) {
    for (guint c = 0; c < 3; c++) {
      level->planes[i][c] =
          perceptual_buffer_new (c == 0 ? height : (height + 1) / 2,
              c == 0 ? level->stride : level->chroma_stride, error);
      if (level->planes[i][c] == NULL)
        return FALSE;
    }
  }
  return TRUE;
}

static gsize
ring_size (const Level *first)
{
  return LUMA_RING * first->stride + 2 * CHROMA_RING * first->chroma_stride;
}

static gboolean
scratch_init (Scratch *scratch, const MmdSsim *self, GError **error)
{
  const Level *first = &self->levels[0];
  gsize tile = sizeof (PerceptualBlockTile);
  gsize rings = self->n_images * ring_size (first);

  scratch->rows = g_new (PerceptualBlockRows, self->n_images);
  scratch->memory = perceptual_buffer_new (
      1, tile + rings + perceptual_canonical_scratch (self->width), error);
  if (scratch->memory == NULL)
    return FALSE;
  scratch->tile = (PerceptualBlockTile *) (void *) scratch->memory;
  scratch->rings = scratch->memory + tile;
  scratch->load = scratch->rings + rings;
  return TRUE;
}

/* The level at which a picture is looked at as 256 lines would be. */
static guint
base_level (guint width, guint height)
{
  guint64 n = MIN (width, height);
  guint k = 0;

  while (n * n >= (guint64) 1 << (2 * (k + 1) + 15))
    k++;
  return k;
}

static void
share_out (MmdSsim *self, guint base)
{
  gdouble sum = 0;

  for (guint l = 0; l < self->n_levels; l++) {
    self->levels[l].part =
        l <= base ? 1.0 / (gdouble) (1 << 2 * (base - l)) : 0.5;
    sum += self->levels[l].part;
  }
  for (guint l = 0; l < self->n_levels; l++)
    self->levels[l].part /= sum;
}

static gboolean
prepare (
    MmdSsim *self, guint width, guint height, guint n_images, GError **error)
{
  guint base = base_level (width, height), w = width, h = height;

  if (self->width == width && self->height == height
      && self->n_images == n_images)
    return TRUE;

  release (self);
  self->width = width;
  self->height = height;
  self->n_images = n_images;
  for (guint l = 0; l <= base + 1; l++) {
    if (l > 0 && MIN (w, h) < 32)
      break;
    if (l > 0) {
      w = (w + 1) / 2;
      h = (h + 1) / 2;
    }
    self->n_levels = l + 1;
    if (!level_init (&self->levels[l], w, h, n_images, l == 0, error))
      goto failed;
  }
  share_out (self, base);
  self->n_scratch = perceptual_workers_get_threads (self->parent.workers);
  self->scratch = g_new0 (Scratch, self->n_scratch);
  for (guint i = 0; i < self->n_scratch; i++) {
    if (!scratch_init (&self->scratch[i], self, error))
      goto failed;
  }
  return TRUE;

failed:
  release (self);
  return FALSE;
}

static guint64
mmd_ssim_bytes (PerceptualMetric *metric, guint width, guint height,
    guint n_distorted, PerceptualCompareFlags flags)
{
  guint threads = perceptual_workers_get_threads (metric->workers);
  guint base = base_level (width, height), w = width, h = height;
  gboolean map = (flags & PERCEPTUAL_COMPARE_MAP) != 0;
  guint64 n_images = 1 + (guint64) n_distorted, bytes = 0;

  for (guint l = 0; l <= base + 1 && (l == 0 || MIN (w, h) >= 32); l++) {
    Level level = { 0 };

    if (l > 0) {
      w = (w + 1) / 2;
      h = (h + 1) / 2;
    }
    level_shape (&level, w, h);
    if (l == 0)
      bytes += threads
          * (sizeof (PerceptualBlockTile) + n_images * ring_size (&level)
              + perceptual_canonical_scratch (w));
    else
      bytes += n_images
          * (h * level.stride
              + 2 * ((guint64) h + 1) / 2 * level.chroma_stride);
    if (map)
      bytes += (guint64) n_distorted * level.n_blocks_x * level.n_blocks_y
          * sizeof (gfloat);
  }
  return bytes;
}

static gboolean
keep_blocks (MmdSsim *self, gboolean keep, GError **error)
{
  for (guint l = 0; l < self->n_levels; l++) {
    Level *level = &self->levels[l];

    if (!keep) {
      g_clear_pointer (&level->blocks, perceptual_buffer_free);
    } else if (level->blocks == NULL) {
      level->blocks = perceptual_buffer_new (
          (gsize) (self->n_images - 1) * level->n_blocks_y,
          level->n_blocks_x * sizeof (gfloat), error);
      if (level->blocks == NULL)
        return FALSE;
    }
  }
  return TRUE;
}

/* --- rows ----------------------------------------------------------------- */

/* Row @y of plane @c of an image; rows beyond an edge repeat it. */
static guint8 *
row_at (const Strip *strip, guint image, guint c, gint y)
{
  const Level *level = strip->level;
  gint height = (gint) (c == 0 ? level->height : (level->height + 1) / 2);
  gsize stride = c == 0 ? level->stride : level->chroma_stride;
  gsize row = (gsize) CLAMP (y, 0, height - 1);
  guint8 *plane;

  if (level->planes != NULL) {
    plane = level->planes[image][c];
  } else {
    plane = strip->scratch->rings + image * ring_size (level);
    if (c > 0)
      plane += LUMA_RING * level->stride
          + (c - 1) * CHROMA_RING * level->chroma_stride;
    row %= c == 0 ? LUMA_RING : CHROMA_RING;
  }
  return plane + row * stride + PERCEPTUAL_ROW_LEAD;
}

static void
load_pair (const Strip *strip, guint image, guint pair)
{
  const Walk *walk = strip->walk;
  PerceptualCanonical canonical = { walk->images[image], walk->planes,
    walk->self->kernels, strip->scratch->load };
  gint y = (gint) pair;
  guint8 *luma[2] = { row_at (strip, image, 0, 2 * y),
    row_at (strip, image, 0, 2 * y + 1) };
  guint8 *chroma[2] = { row_at (strip, image, 1, y),
    row_at (strip, image, 2, y) };
  guint width = strip->level->width;

  perceptual_canonical_load (
      &canonical, pair, luma, walk->colour ? chroma : NULL);
  for (guint i = 0; i < 2; i++) {
    perceptual_canonical_extend (luma[i], width);
    if (walk->colour)
      perceptual_canonical_extend (chroma[i], (width + 1) / 2);
  }
}

/* Makes the rows ready that row @row of blocks looks at. */
static void
load_rows (Strip *strip, guint row)
{
  guint last = MIN ((row + 1) * PERCEPTUAL_BLOCK, strip->level->height - 1);

  if (strip->level->planes != NULL)
    return;
  for (; strip->n_loaded <= last / 2; strip->n_loaded++) {
    for (guint i = 0; i < strip->walk->n_images; i++)
      load_pair (strip, i, strip->n_loaded);
  }
}

/* Makes @n rows of the next level's plane @c, from row @begin on. */
static void
halve_rows (const Strip *strip, guint image, guint c, guint begin, guint n)
{
  const Level *level = strip->level, *next = level + 1;
  guint width = c == 0 ? level->width : (level->width + 1) / 2;
  guint height = c == 0 ? next->height : (next->height + 1) / 2;
  gsize stride = c == 0 ? next->stride : next->chroma_stride;

  for (guint y = begin; y < MIN (begin + n, height); y++) {
    guint8 *to = next->planes[image][c] + y * stride + PERCEPTUAL_ROW_LEAD;

    strip->walk->self->kernels->half (to,
        row_at (strip, image, c, 2 * (gint) y),
        row_at (strip, image, c, 2 * (gint) y + 1), (width + 1) / 2);
    perceptual_canonical_extend (to, (width + 1) / 2);
  }
}

static void
halve_row_of_blocks (const Strip *strip, guint row)
{
  guint n = PERCEPTUAL_BLOCK / 2;

  for (guint i = 0; i < strip->walk->n_images; i++) {
    halve_rows (strip, i, 0, row * n, n);
    for (guint c = 1; strip->walk->colour && c < 3; c++)
      halve_rows (strip, i, c, row * n / 2, n / 2);
  }
}

/* --- measuring ------------------------------------------------------------ */

static void
point_at_rows (const Strip *strip, guint image, guint row)
{
  PerceptualBlockRows *rows = &strip->scratch->rows[image];
  gint top = (gint) (row * PERCEPTUAL_BLOCK);

  for (gint i = 0; i < PERCEPTUAL_BLOCK + 2; i++)
    rows->luma[i] = row_at (strip, image, 0, top - 1 + i);
  for (guint c = 0; strip->walk->colour && c < 2; c++)
    for (gint i = 0; i < PERCEPTUAL_BLOCK / 2; i++)
      rows->chroma[c][i] = row_at (strip, image, c + 1, top / 2 + i);
}

/* Adds blocks @first .. @first + @n - 1 of distorted image @i to the sums of
 * its row. */
static void
add_tile (const Strip *strip, guint i, guint row, guint first, guint n)
{
  const Walk *walk = strip->walk;
  const Level *level = strip->level;
  gsize at = (gsize) i * level->n_blocks_y + row;
  gboolean colour = !walk->grey[0] || !walk->grey[i + 1];
  gdouble weights[PERCEPTUAL_TILE], weighted[PERCEPTUAL_TILE];
  gdouble sum = first > 0 ? level->sums[at] : 0;
  gdouble weight = first > 0 ? level->weights[at] : 0;

  walk->self->kernels->compare (strip->scratch->tile,
      &strip->scratch->rows[i + 1], first, n, colour, weights, weighted);
  for (guint k = 0; k < n; k++) {
    sum += weighted[k];
    weight += weights[k];
  }
  level->sums[at] = sum;
  level->weights[at] = weight;
  for (guint k = 0; level->blocks != NULL && k < n; k++)
    level->blocks[at * level->n_blocks_x + first + k] = (gfloat) weighted[k];
}

static void
measure_row_of_blocks (const Strip *strip, guint row)
{
  const Walk *walk = strip->walk;
  const Level *level = strip->level;
  const PerceptualBlockKernels *kernels = walk->self->kernels;

  for (guint i = 0; i < walk->n_images; i++)
    point_at_rows (strip, i, row);
  for (guint x = 0; x < level->n_blocks_x; x += PERCEPTUAL_TILE) {
    guint n = MIN (level->n_blocks_x - x, PERCEPTUAL_TILE);

    kernels->describe (
        &strip->scratch->rows[0], x, n, walk->colour, strip->scratch->tile);
    for (guint i = 0; i + 1 < walk->n_images; i++)
      add_tile (strip, i, row, x, n);
  }
}

static void
measure_strip (gpointer user, guint job, guint worker)
{
  const Walk *walk = user;
  Strip strip = { walk, &walk->self->levels[walk->index],
    &walk->self->scratch[worker], 0 };
  guint first = job * walk->rows;
  guint end = MIN (first + walk->rows, strip.level->n_blocks_y);

  if (first > 0)
    strip.n_loaded = (first * PERCEPTUAL_BLOCK - 1) / 2;
  for (guint row = first; row < end; row++) {
    load_rows (&strip, row);
    measure_row_of_blocks (&strip, row);
    if (walk->index + 1 < walk->self->n_levels)
      halve_row_of_blocks (&strip, row);
  }
}

/* Returns: the distance of distorted image @i at a level, from the top row of
 * blocks down.  The blocks that are kept become values of a map. */
static gdouble
finish_level (Level *level, guint i)
{
  gsize n_blocks = (gsize) level->n_blocks_x * level->n_blocks_y;
  const gdouble *sums = level->sums + (gsize) i * level->n_blocks_y;
  const gdouble *weights = level->weights + (gsize) i * level->n_blocks_y;
  gdouble sum = 0, weight = 0;

  for (guint y = 0; y < level->n_blocks_y; y++) {
    sum += sums[y];
    weight += weights[y];
  }
  if (level->blocks != NULL) {
    gfloat *blocks = level->blocks + i * n_blocks;
    gdouble scale = level->part * (gdouble) n_blocks / weight;

    for (gsize k = 0; k < n_blocks; k++)
      blocks[k] = (gfloat) (blocks[k] * scale);
  }
  return sum / weight;
}

static gboolean
make_map (MmdSsim *self, guint i, PerceptualResult *result, GError **error)
{
  PerceptualMapGrid grids[MAX_LEVELS];

  for (guint l = 0; l < self->n_levels; l++) {
    const Level *level = &self->levels[l];
    gdouble pixel = 1 << l;

    grids[l] = (PerceptualMapGrid){
      .x = { level->n_blocks_x, pixel * (PERCEPTUAL_BLOCK - 1) / 2,
          pixel * PERCEPTUAL_BLOCK },
      .y = { level->n_blocks_y, pixel * (PERCEPTUAL_BLOCK - 1) / 2,
          pixel * PERCEPTUAL_BLOCK },
      .values =
          level->blocks + (gsize) i * level->n_blocks_x * level->n_blocks_y,
    };
  }
  return perceptual_distance_map_make (self->parent.workers, grids,
      self->n_levels, self->width, self->height, result, error);
}

/* Compares the first of @images with the others, all by their planes or all
 * by R'G'B'. */
static gboolean
compare_alike (MmdSsim *self, const PerceptualImage *const *images,
    guint n_images, gboolean planes, PerceptualResult *const *results,
    gboolean map, GError **error)
{
  g_autofree gboolean *grey = g_new (gboolean, n_images);
  guint strip_rows =
      self->parent.strip_rows != 0 ? self->parent.strip_rows : ROWS_PER_STRIP;
  Walk walk = { .self = self,
    .images = images,
    .n_images = n_images,
    .planes = planes,
    .grey = grey,
    .rows = MAX (strip_rows / PERCEPTUAL_BLOCK, 1) };

  for (guint i = 0; i < n_images; i++) {
    grey[i] = perceptual_canonical_is_grey (images[i], planes);
    walk.colour |= !grey[i];
  }
  for (; walk.index < self->n_levels; walk.index++) {
    Level *level = &self->levels[walk.index];

    perceptual_workers_run (self->parent.workers,
        (level->n_blocks_y + walk.rows - 1) / walk.rows, measure_strip, &walk);
    for (guint i = 0; i + 1 < n_images; i++) {
      gdouble tap = level->part * finish_level (level, i);

      results[i]->taps[results[i]->n_taps++] = tap;
      results[i]->distance += tap;
    }
  }
  for (guint i = 0; map && i + 1 < n_images; i++) {
    if (!make_map (self, i, results[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
mmd_ssim_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  MmdSsim *self = (MmdSsim *) metric;
  g_autofree const PerceptualImage **images =
      g_new (const PerceptualImage *, n_distorted + 1);
  g_autofree PerceptualResult **chosen =
      g_new (PerceptualResult *, n_distorted);
  gboolean map = (flags & PERCEPTUAL_COMPARE_MAP) != 0;

  if (!prepare (
          self, reference->width, reference->height, n_distorted + 1, error)
      || !keep_blocks (self, map, error))
    return FALSE;
  images[0] = reference;
  for (guint planes = 0; planes < 2; planes++) {
    guint n = 0;

    for (guint i = 0; i < n_distorted; i++) {
      if (perceptual_canonical_planes_suffice (reference, &distorted[i])
          != (planes == 1))
        continue;
      images[++n] = &distorted[i];
      chosen[n - 1] = &results[i];
    }
    if (n > 0
        && !compare_alike (self, images, n + 1, planes, chosen, map, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
mmd_ssim_init (PerceptualMetric *metric, GError **error)
{
  const PerceptualBlockKernels *kernels =
      perceptual_block_kernels (perceptual_cpu ());

  ((MmdSsim *) metric)->kernels = kernels;
  if (kernels == &perceptual_block_kernels_c)
    perceptual_row_programs ();
  return TRUE;
}

static const gchar *
mmd_ssim_tap_name (const PerceptualMetric *metric, guint tap, gboolean rgb)
{
  static const gchar *const names[MAX_LEVELS] = { "level.0", "level.1",
    "level.2", "level.3", "level.4", "level.5", "level.6", "level.7" };

  return tap < MAX_LEVELS ? names[tap] : NULL;
}

static void
mmd_ssim_finalize (PerceptualMetric *metric)
{
  release ((MmdSsim *) metric);
}

static const PerceptualOption *const options[] = { NULL };

const PerceptualMetricClass perceptual_mmd_ssim_class = {
  .info.name = "mmd-ssim",
  .info.blurb = "How patches are distributed and how structure differs in 8x8 "
                "blocks on a pyramid, of the stream's own luma and chroma; 0 "
                "(identical) to about 1.1; needs no weights",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC | PERCEPTUAL_METRIC_MAP
      | PERCEPTUAL_METRIC_LUMA,
  .info.options = options,
  .info.map_maximum = 0.4, /* 99 % of an encode that is bad all over */
  .instance_size = sizeof (MmdSsim),
  .own_rows = TRUE,
  .planes_suffice = perceptual_canonical_planes_suffice,
  .init = mmd_ssim_init,
  .compare = mmd_ssim_compare,
  .bytes = mmd_ssim_bytes,
  .tap_name = mmd_ssim_tap_name,
  .finalize = mmd_ssim_finalize,
};
