/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Computes exact squared MMDs: gathers patches, sums a kernel over pairs of
 * blocks, and puts windows together from these.  A kernel is a function of p.q,
 * p.p and q.q.
 */
#include "patches/exact-mmd.h"
#include "machine/workers.h"
#include "rows/pixels.h"

#include <math.h>

#define DIM PERCEPTUAL_PATCH_DIM
#define TILE 8
#define MAX_PATCHES 1024

/* A block with itself and with its neighbours: each unordered pair of blocks
 * that some window holds belongs to one of the two. */
enum
{
  SELF,
  RIGHT,
  BELOW_LEFT,
  BELOW,
  BELOW_RIGHT,
  N_PAIRS
};

static const gint neighbours[N_PAIRS][2] = { { 0, 0 }, { 1, 0 }, { -1, 1 },
  { 0, 1 }, { 1, 1 } };

typedef struct
{
  const PerceptualExactMmd *kernel;
  gboolean centred;
  const PerceptualImage *images[2];
  PerceptualWindows cut;
  gdouble (*sums)[N_PAIRS];         /* per block */
  PerceptualPatchSet (*scratch)[2]; /* per worker */
} Work;

void
perceptual_gaussian_kernel (const PerceptualExactMmd *kernel, gdouble pp,
    const gdouble *qq, guint n, gdouble *values)
{
  gdouble scale = -1 / (2 * kernel->s * kernel->s);

  for (guint i = 0; i < n; i++)
    values[i] = exp (scale * (pp + qq[i] - 2 * values[i]));
}

void
perceptual_arc_cosine_kernel (const PerceptualExactMmd *kernel, gdouble pp,
    const gdouble *qq, guint n, gdouble *values)
{
  for (guint i = 0; i < n; i++) {
    gdouble lengths = sqrt (pp * qq[i]);
    gdouble c;

    if (!(lengths > 0)) {
      values[i] = 0;
      continue;
    }
    c = CLAMP (values[i] / lengths, -1, 1);
    /* (1 - c) (1 + c) keeps the digits that 1 - c^2 loses near c = 1. */
    values[i] = lengths * (sqrt ((1 - c) * (1 + c)) + (G_PI - acos (c)) * c)
        / (DIM * G_PI);
  }
}

void
perceptual_patch_set_init (PerceptualPatchSet *set, guint n)
{
  set->n = n;
  for (guint image = 0; image < 2; image++) {
    set->values[image] = g_new (gdouble, (gsize) n * DIM);
    set->norms[image] = g_new (gdouble, n);
  }
}

void
perceptual_patch_set_clear (PerceptualPatchSet *set)
{
  for (guint image = 0; image < 2; image++) {
    g_clear_pointer (&set->values[image], g_free);
    g_clear_pointer (&set->norms[image], g_free);
  }
}

void
perceptual_patch_set_finish (PerceptualPatchSet *set, gboolean centred)
{
  guint n = set->n;

  for (guint i = 0; i < 2 * n; i++) {
    gdouble *patch = set->values[i / n] + i % n;
    gdouble norm = 0;

    for (guint c = 0; centred && c < 3; c++) {
      gdouble mean = 0;

      for (guint k = c; k < DIM; k += 3)
        mean += patch[k * n];
      mean /= 9;
      for (guint k = c; k < DIM; k += 3)
        patch[k * n] -= mean;
    }
    for (guint k = 0; k < DIM; k++)
      norm += patch[k * n] * patch[k * n];
    set->norms[i / n][i % n] = norm;
  }
}

/* out[i] = p.q for the @n patches q that begin at @q, @stride apart. */
static void
products (const gdouble *p, gsize p_stride, const gdouble *q, gsize stride,
    guint n, gdouble *out)
{
  guint i = 0;

  for (; i + TILE <= n; i += TILE) {
    gdouble sums[TILE] = { 0 };

    for (guint k = 0; k < DIM; k++) {
      for (guint x = 0; x < TILE; x++)
        sums[x] += p[k * p_stride] * q[k * stride + i + x];
    }
    for (guint x = 0; x < TILE; x++)
      out[i + x] = sums[x];
  }
  for (; i < n; i++) {
    gdouble sum = 0;

    for (guint k = 0; k < DIM; k++)
      sum += p[k * p_stride] * q[k * stride + i];
    out[i] = sum;
  }
}

/* The terms of patch @i of @one with each patch of @other from @first on. */
static void
patch_terms (const PerceptualExactMmd *kernel, const PerceptualPatchSet *one,
    guint i, const PerceptualPatchSet *other, guint first, gdouble *terms)
{
  gdouble k[4][MAX_PATCHES]; /* a-a, b-b, a-b, b-a */
  guint n = other->n - first;

  for (guint pair = 0; pair < 4; pair++) {
    guint from = pair % 2;
    guint to = pair < 2 ? from : 1 - from;

    products (one->values[from] + i, one->n, other->values[to] + first,
        other->n, n, k[pair]);
    kernel->values (
        kernel, one->norms[from][i], other->norms[to] + first, n, k[pair]);
  }
  for (guint j = 0; j < n; j++)
    terms[j] = (k[0][j] + k[1][j]) - (k[2][j] + k[3][j]);
}

static gdouble
sum_of_two (const PerceptualExactMmd *kernel, const PerceptualPatchSet *one,
    const PerceptualPatchSet *other)
{
  gdouble terms[MAX_PATCHES], sum = 0;

  for (guint i = 0; i < one->n; i++) {
    patch_terms (kernel, one, i, other, 0, terms);
    for (guint j = 0; j < other->n; j++)
      sum += terms[j];
  }
  return sum;
}

/* All ordered pairs of @set's own patches, each unordered one taken once. */
static gdouble
sum_of_one (const PerceptualExactMmd *kernel, const PerceptualPatchSet *set)
{
  gdouble terms[MAX_PATCHES], sum = 0;

  for (guint i = 0; i < set->n; i++) {
    patch_terms (kernel, set, i, set, i, terms);
    sum += terms[0];
    for (guint j = 1; j < set->n - i; j++)
      sum += 2 * terms[j];
  }
  return sum;
}

gdouble
perceptual_exact_mmd_window (
    const PerceptualExactMmd *kernel, const PerceptualPatchSet *set)
{
  gdouble n = set->n;

  return MAX (sum_of_one (kernel, set) / (n * n), 0);
}

static gdouble
sample (const PerceptualImage *image, guint x, guint y, guint c)
{
  const guint8 *row = perceptual_pixels_row (image, y);
  gsize i = (gsize) x * perceptual_pixels_step (image->pixels) + c;

  if (perceptual_pixels_are_wide (image->pixels))
    return ((const guint16 *) row)[i] / 32767.5 - 1;
  return row[i] / 127.5 - 1;
}

static void
gather_block (const Work *work, guint bx, guint by, PerceptualPatchSet *set)
{
  const PerceptualWindows *cut = &work->cut;
  guint left = bx * cut->group, top = by * cut->patch_rows;

  for (guint image = 0; image < 2; image++) {
    gdouble *out = set->values[image];

    for (gint k = 0; k < DIM; k++) {
      for (guint r = 0; r < cut->patch_rows; r++) {
        guint y =
            perceptual_reflect ((gint) (top + r) + k / 9 - 1, cut->height);

        for (guint i = 0; i < cut->group; i++) {
          gint x = (gint) (left + i) + k / 3 % 3 - 1;

          *out++ = sample (work->images[image],
              perceptual_reflect (x, cut->width), y, (guint) k % 3);
        }
      }
    }
  }
  perceptual_patch_set_finish (set, work->centred);
}

static void
sum_block (gpointer user, guint job, guint worker)
{
  const Work *work = user;
  const PerceptualWindows *cut = &work->cut;
  PerceptualPatchSet *sets = work->scratch[worker];
  guint bx = job % cut->n_blocks_x, by = job / cut->n_blocks_x;

  gather_block (work, bx, by, &sets[0]);
  work->sums[job][SELF] = sum_of_one (work->kernel, &sets[0]);
  for (guint i = SELF + 1; i < N_PAIRS; i++) {
    /* A number below 0 wraps round to a large one. */
    guint x = bx + (guint) neighbours[i][0], y = by + (guint) neighbours[i][1];

    if (x >= cut->n_blocks_x || y >= cut->n_blocks_y)
      continue;
    gather_block (work, x, y, &sets[1]);
    work->sums[job][i] = sum_of_two (work->kernel, &sets[0], &sets[1]);
  }
}

static gdouble
window_mmd (const Work *work, guint x, guint y)
{
  const PerceptualWindows *cut = &work->cut;
  gdouble n = (gdouble) cut->group * cut->across * cut->patch_rows * cut->down;
  gdouble sum = 0;

  for (guint dy = 0; dy < cut->down; dy++) {
    for (guint dx = 0; dx < cut->across; dx++) {
      const gdouble *block =
          work->sums[(gsize) (y + dy) * cut->n_blocks_x + x + dx];
      gboolean right = dx + 1 < cut->across, below = dy + 1 < cut->down;

      sum += block[SELF];
      if (right)
        sum += 2 * block[RIGHT];
      if (below)
        sum += 2 * block[BELOW];
      if (right && below)
        sum += 2 * block[BELOW_RIGHT];
      if (dx > 0 && below)
        sum += 2 * block[BELOW_LEFT];
    }
  }
  return MAX (sum / (n * n), 0);
}

static gdouble
mean_of_windows (const Work *work)
{
  const PerceptualWindows *cut = &work->cut;
  gdouble sum = 0;

  for (guint y = 0; y < cut->n_windows_y; y++) {
    for (guint x = 0; x < cut->n_windows_x; x++)
      sum += window_mmd (work, x, y);
  }
  return sum / ((gdouble) cut->n_windows_x * cut->n_windows_y);
}

/* Seconds that @work would take, from one pair of blocks of random patches:
 * a block meets four others and half of itself. */
static gdouble
estimate_seconds (const Work *work, guint n_threads)
{
  const PerceptualWindows *cut = &work->cut;
  PerceptualPatchSet set;
  PerceptualRng rng;
  volatile gdouble sum;
  gint64 start;

  perceptual_rng_init (&rng, 0);
  perceptual_patch_set_init (&set, cut->group * cut->patch_rows);
  for (guint i = 0; i < 2 * set.n * DIM; i++)
    set.values[i % 2][i / 2] = 2 * perceptual_rng_uniform (&rng) - 1;
  perceptual_patch_set_finish (&set, work->centred);
  start = g_get_monotonic_time ();
  sum = sum_of_two (work->kernel, &set, &set);
  (void) sum;
  start = g_get_monotonic_time () - start;
  perceptual_patch_set_clear (&set);
  return start / 1e6 * 4.5 * cut->n_blocks_x * cut->n_blocks_y / n_threads;
}

gboolean
perceptual_exact_mmd_compare (const PerceptualExactMmd *kernel, guint side,
    gboolean centred, PerceptualWorkers *workers,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    gdouble *mean, GError **error)
{
  Work work = { .kernel = kernel, .centred = centred };
  guint n_threads = perceptual_workers_get_threads (workers);
  guint width = reference->width, height = reference->height;
  guint n_blocks;

  work.images[0] = reference;
  work.images[1] = distorted;
  perceptual_windows_cut (&work.cut, side, width, height);
  if ((guint64) width * height > PERCEPTUAL_EXACT_MAX_PIXELS) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "The images are %ux%u; with exact=true each pair of them would take "
        "about %.0f seconds here.  The largest allowed is %u pixels (1920x1088 "
        "or as many): crop or scale the images, or leave exact off",
        width, height, ceil (estimate_seconds (&work, n_threads)),
        PERCEPTUAL_EXACT_MAX_PIXELS);
    return FALSE;
  }
  n_blocks = work.cut.n_blocks_x * work.cut.n_blocks_y;
  work.sums = g_malloc0 (n_blocks * sizeof (*work.sums));
  work.scratch = g_malloc0 (n_threads * sizeof (*work.scratch));
  for (guint i = 0; i < 2 * n_threads; i++)
    perceptual_patch_set_init (
        &work.scratch[i / 2][i % 2], work.cut.group * work.cut.patch_rows);
  perceptual_workers_run (workers, n_blocks, sum_block, &work);
  *mean = mean_of_windows (&work);
  for (guint i = 0; i < 2 * n_threads; i++)
    perceptual_patch_set_clear (&work.scratch[i / 2][i % 2]);
  g_free (work.scratch);
  g_free (work.sums);
  return TRUE;
}
