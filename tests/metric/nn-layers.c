/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every kind of layer, in small networks made here, against plain nested
 * loops in double precision, on every instruction set of this machine; and
 * the sizes that follow from the tables of the real networks.
 */
#include "../sanitized.h"
#include "nn/engine.h"
#include "seeded.h"

#include <math.h>
#include <string.h>

#define N_IMAGES 3
#define MAX_PLANES 8

#define CONVOLUTION(n, k, s, p, out, m)                                        \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_CONVOLUTION, .index = n, .size = k, .stride = s,  \
    .pad = p, .outputs = out, .tile = m, .tap = TRUE                           \
  }
#define LEAN(n, k, out, m)                                                     \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_CONVOLUTION, .index = n, .size = k, .stride = 1,  \
    .pad = k / 2, .outputs = out, .tile = m, .lean = TRUE, .tap = TRUE         \
  }
#define FIRE(n, narrow, out)                                                   \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_FIRE, .index = n, .size = 3, .stride = 1,         \
    .pad = 1, .outputs = out, .squeeze = narrow, .tile = 6, .tap = TRUE        \
  }
#define POOL(k, s, up)                                                         \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_POOL, .size = k, .stride = s, .ceil = up          \
  }

static const PerceptualLayer tiles_3_3[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  CONVOLUTION (1, 3, 1, 1, 48, 3), CONVOLUTION (2, 3, 1, 1, 16, 3) };
static const PerceptualLayer lean_3_3[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  LEAN (1, 3, 48, 3) };
/* Tiles that depend on the size, down to one of 3. */
static const PerceptualLayer shrinking[] = { CONVOLUTION (0, 3, 2, 0, 16, 0),
  POOL (3, 3, FALSE), LEAN (1, 3, 16, PERCEPTUAL_TILE_BY_SIZE),
  POOL (2, 2, FALSE), LEAN (2, 3, 16, PERCEPTUAL_TILE_BY_SIZE),
  POOL (2, 2, FALSE), LEAN (3, 3, 16, PERCEPTUAL_TILE_BY_SIZE) };
static const PerceptualLayer tiles_4_3[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  CONVOLUTION (1, 3, 1, 1, 48, 4) };
static const PerceptualLayer tiles_6_3[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  CONVOLUTION (1, 3, 1, 1, 48, 6) };
static const PerceptualLayer tiles_4_5[] = { CONVOLUTION (0, 3, 1, 1, 32, 0),
  CONVOLUTION (1, 5, 1, 2, 16, 4) };
static const PerceptualLayer lean_4_3[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  LEAN (1, 3, 48, 4) };
static const PerceptualLayer lean_6_3[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  LEAN (1, 3, 48, 6), LEAN (2, 3, 64, 6) };
static const PerceptualLayer lean_4_5[] = { CONVOLUTION (0, 3, 1, 1, 32, 0),
  LEAN (1, 5, 16, 4) };
static const PerceptualLayer folded_6[] = { CONVOLUTION (0, 11, 4, 2, 32, 6),
  POOL (3, 2, FALSE), CONVOLUTION (1, 3, 1, 1, 16, 4) };
static const PerceptualLayer folded_4[] = { CONVOLUTION (0, 9, 4, 4, 16, 4),
  CONVOLUTION (1, 3, 1, 1, 16, 4) };
/* As 2 x 2 filters, for which there are no tiles. */
static const PerceptualLayer folded_2[] = { CONVOLUTION (0, 7, 4, 0, 16, 4),
  CONVOLUTION (1, 3, 1, 1, 16, 4) };
static const PerceptualLayer strided[] = { CONVOLUTION (0, 11, 4, 2, 32, 0),
  CONVOLUTION (1, 3, 2, 0, 16, 0) };
static const PerceptualLayer pools[] = { CONVOLUTION (0, 3, 2, 0, 16, 0),
  POOL (3, 2, FALSE), CONVOLUTION (1, 3, 1, 1, 16, 6), POOL (2, 2, FALSE),
  CONVOLUTION (2, 3, 1, 1, 16, 6) };
/* Each job of the layers without tiles pools what it makes. */
static const PerceptualLayer halves[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  POOL (3, 2, TRUE), CONVOLUTION (1, 3, 1, 1, 32, 0), POOL (3, 2, TRUE),
  CONVOLUTION (2, 3, 1, 1, 16, 4) };
static const PerceptualLayer squares[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  CONVOLUTION (1, 3, 1, 1, 16, 4), POOL (2, 2, FALSE), LEAN (2, 3, 16, 6),
  POOL (3, 3, FALSE), CONVOLUTION (3, 3, 1, 1, 16, 4), POOL (2, 2, TRUE),
  CONVOLUTION (4, 3, 1, 1, 16, 4) };
/* Squares that reach from one row of tiles into the next, whole ones only and
 * with those that stick out; and a pool in tiles that is squeezed. */
static const PerceptualLayer seams[] = { CONVOLUTION (0, 3, 1, 1, 16, 0),
  CONVOLUTION (1, 3, 1, 1, 32, 6), POOL (3, 2, FALSE),
  CONVOLUTION (2, 5, 1, 2, 16, 4), POOL (3, 2, TRUE), FIRE (3, 16, 32),
  CONVOLUTION (4, 3, 1, 1, 16, 3), POOL (3, 2, FALSE),
  CONVOLUTION (5, 3, 1, 1, 16, PERCEPTUAL_TILE_BY_SIZE), POOL (2, 2, FALSE),
  FIRE (6, 16, 32) };
static const PerceptualLayer squeezed_seams[] = {
  CONVOLUTION (0, 3, 1, 1, 32, 0), FIRE (1, 16, 64), POOL (3, 2, TRUE),
  FIRE (2, 16, 64), POOL (3, 2, FALSE), FIRE (3, 16, 32)
};
static const PerceptualLayer fires[] = { CONVOLUTION (0, 3, 2, 0, 32, 0),
  POOL (3, 2, TRUE), FIRE (1, 16, 32), FIRE (2, 16, 64), POOL (3, 2, TRUE),
  FIRE (3, 32, 64) };

static const PerceptualNetwork networks[] = {
  { "tiles-3-3", tiles_3_3, G_N_ELEMENTS (tiles_3_3), NULL },
  { "lean-3-3", lean_3_3, G_N_ELEMENTS (lean_3_3), NULL },
  { "shrinking", shrinking, G_N_ELEMENTS (shrinking), NULL },
  { "tiles-4-3", tiles_4_3, G_N_ELEMENTS (tiles_4_3), NULL },
  { "tiles-6-3", tiles_6_3, G_N_ELEMENTS (tiles_6_3), NULL },
  { "tiles-4-5", tiles_4_5, G_N_ELEMENTS (tiles_4_5), NULL },
  { "lean-4-3", lean_4_3, G_N_ELEMENTS (lean_4_3), NULL },
  { "lean-6-3", lean_6_3, G_N_ELEMENTS (lean_6_3), NULL },
  { "lean-4-5", lean_4_5, G_N_ELEMENTS (lean_4_5), NULL },
  { "folded-6", folded_6, G_N_ELEMENTS (folded_6), NULL },
  { "folded-4", folded_4, G_N_ELEMENTS (folded_4), NULL },
  { "folded-2", folded_2, G_N_ELEMENTS (folded_2), NULL },
  { "strided", strided, G_N_ELEMENTS (strided), NULL },
  { "halves", halves, G_N_ELEMENTS (halves), NULL },
  { "squares", squares, G_N_ELEMENTS (squares), NULL },
  { "pools", pools, G_N_ELEMENTS (pools), NULL },
  { "seams", seams, G_N_ELEMENTS (seams), NULL },
  { "squeezed-seams", squeezed_seams, G_N_ELEMENTS (squeezed_seams), NULL },
  { "fires", fires, G_N_ELEMENTS (fires), NULL },
};

static const PerceptualNetwork *
find_network (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++) {
    if (strcmp (networks[i].name, name) == 0)
      return &networks[i];
  }
  g_assert_not_reached ();
}

/* --- the plain way ------------------------------------------------------- */

typedef struct
{
  guint width, height, channels;
  gdouble *values; /* [row][column][channel] */
} Plane;

static Plane
new_plane (guint width, guint height, guint channels)
{
  Plane plane = { width, height, channels,
    g_new0 (gdouble, (gsize) width * height * channels) };

  return plane;
}

static gdouble *
at (const Plane *plane, guint y, guint x)
{
  return plane->values + ((gsize) y * plane->width + x) * plane->channels;
}

/* Writes channels @first and up of @to. */
static void
convolve (const Plane *from, const PerceptualLayer *layer, guint size,
    guint pad, guint outputs, const gfloat *weights, const gfloat *biases,
    Plane *to, guint first)
{
  for (guint y = 0; y < to->height; y++) {
    for (guint x = 0; x < to->width; x++) {
      for (guint o = 0; o < outputs; o++) {
        const gfloat *w = weights + (gsize) o * from->channels * size * size;
        gdouble sum = (gdouble) biases[o];

        for (guint i = 0; i < size * size; i++) {
          gint fy = (gint) (y * layer->stride + i / size) - (gint) pad;
          gint fx = (gint) (x * layer->stride + i % size) - (gint) pad;

          if (fy < 0 || fx < 0 || fy >= (gint) from->height
              || fx >= (gint) from->width)
            continue;
          for (guint c = 0; c < from->channels; c++)
            sum += (gdouble) w[c * size * size + i]
                * at (from, (guint) fy, (guint) fx)[c];
        }
        at (to, y, x)[first + o] = MAX (sum, 0);
      }
    }
  }
}

static void
pool_plainly (const Plane *from, const PerceptualLayer *layer, Plane *to)
{
  for (guint y = 0; y < to->height; y++) {
    for (guint x = 0; x < to->width; x++) {
      for (guint c = 0; c < to->channels; c++) {
        gdouble most = -G_MAXDOUBLE;

        for (guint i = 0; i < layer->size * layer->size; i++) {
          guint fy = y * layer->stride + i / layer->size;
          guint fx = x * layer->stride + i % layer->size;

          if (fy < from->height && fx < from->width)
            most = MAX (most, at (from, fy, fx)[c]);
        }
        at (to, y, x)[c] = most;
      }
    }
  }
}

/* Biases that are not all zero, on top of random weights. */
typedef struct
{
  PerceptualFilters parent;
  PerceptualFilters *random;
  gfloat biases[64];
} Biased;

static gboolean
get_biased (PerceptualFilters *filters, const PerceptualConvolution *c,
    const gfloat **weights, const gfloat **biases, GError **error)
{
  Biased *self = (Biased *) filters;

  for (guint i = 0; i < G_N_ELEMENTS (self->biases); i++)
    self->biases[i] = ((gfloat) (i % 7) - 3.f) / 8.f;
  self->random->get (self->random, c, weights, biases, error);
  *biases = self->biases;
  return TRUE;
}

static void
run_part (Biased *filters, const Plane *from, const PerceptualLayer *layer,
    guint size, guint outputs, Plane *to, guint first, gboolean is_first)
{
  PerceptualConvolution wish = { "x", outputs, from->channels, size, is_first };
  const gfloat *weights, *biases;
  PerceptualLayer one = { .stride = 1 };

  get_biased (&filters->parent, &wish, &weights, &biases, NULL);
  convolve (from, size == 1 ? &one : layer, size, size == 1 ? 0 : layer->pad,
      outputs, weights, biases, to, first);
}

/* All layers; @taps gets the planes of the taps.  Returns their number. */
static guint
run_plainly (const PerceptualNetwork *network, Plane input, Plane *taps)
{
  Biased filters = { { .get = get_biased }, perceptual_filters_random (9, TRUE),
    { 0 } };
  Plane now = input;
  guint n_taps = 0;
  gboolean kept = TRUE;

  for (guint i = 0; i < network->n_layers; i++) {
    const PerceptualLayer *layer = &network->layers[i];
    guint outputs = layer->outputs != 0 ? layer->outputs : now.channels;
    Plane next = new_plane (perceptual_layer_output_size (layer, now.width),
        perceptual_layer_output_size (layer, now.height), outputs);

    if (layer->kind == PERCEPTUAL_LAYER_POOL) {
      pool_plainly (&now, layer, &next);
    } else if (layer->kind == PERCEPTUAL_LAYER_FIRE) {
      Plane narrow = new_plane (now.width, now.height, layer->squeeze);

      run_part (&filters, &now, layer, 1, layer->squeeze, &narrow, 0, FALSE);
      run_part (&filters, &narrow, layer, 1, outputs / 2, &next, 0, FALSE);
      run_part (
          &filters, &narrow, layer, 3, outputs / 2, &next, outputs / 2, FALSE);
      g_free (narrow.values);
    } else {
      run_part (&filters, &now, layer, layer->size, outputs, &next, 0, i == 0);
    }
    if (!kept)
      g_free (now.values);
    kept = layer->tap;
    if (layer->tap)
      taps[n_taps++] = next;
    now = next;
  }
  if (!kept)
    g_free (now.values);
  perceptual_filters_random_free (filters.random);
  return n_taps;
}

/* --- the engine ---------------------------------------------------------- */

typedef struct
{
  PerceptualTapSize size[MAX_PLANES];
  gfloat *values[MAX_PLANES][N_IMAGES];
  guint *shown[MAX_PLANES]; /* times that each pixel was shown */
  guint rows[MAX_PLANES];   /* rows reported as complete */
} Collection;

static void
collect (gpointer user, const PerceptualTapRun *run, guint worker)
{
  Collection *all = user;
  gsize place = (gsize) run->y * all->size[run->tap].width + run->x;

  for (guint i = 0; i < run->n_images; i++)
    memcpy (all->values[run->tap][i] + place * run->channels, run->features[i],
        (gsize) run->n * run->channels * sizeof (gfloat));
  for (guint i = 0; i < run->n; i++)
    all->shown[run->tap][place + i]++;
}

static void
count_rows (gpointer user, guint tap, guint y, guint end)
{
  Collection *all = user;

  g_assert_cmpuint (y, ==, all->rows[tap]);
  g_assert_cmpuint (end - y, <=, all->size[tap].rows);
  all->rows[tap] = end;
}

static guint8 *
make_pixels (guint width, guint height, guint64 seed)
{
  gsize n = (gsize) width * height * 4;
  guint8 *pixels = g_malloc (n);
  PerceptualRng rng;

  perceptual_rng_init (&rng, seed);
  for (gsize i = 0; i < n; i++)
    pixels[i] = (guint8) perceptual_rng_next (&rng);
  return pixels;
}

static void
run_images (const PerceptualNetwork *network, PerceptualCpu level,
    guint threads, guint strip_rows, const PerceptualImage *images,
    Collection *all)
{
  const PerceptualEngineInput input = { { 0 }, { 1, 1, 1 } };
  PerceptualTapConsumer consumer = { all, collect, count_rows };
  Biased filters = { { .get = get_biased }, perceptual_filters_random (9, TRUE),
    { 0 } };
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autoptr (GError) error = NULL;
  guint n_taps = perceptual_network_taps (network);
  g_autoptr (PerceptualEngine) engine = perceptual_engine_new (network,
      (1u << n_taps) - 1, &input, &filters.parent,
      perceptual_kernels_table (level), NULL, workers, &error);
  const PerceptualImage *pointers[N_IMAGES];

  g_assert_no_error (error);
  for (guint i = 0; i < N_IMAGES; i++)
    pointers[i] = &images[i];
  g_assert_true (perceptual_engine_prepare (
      engine, images[0].width, images[0].height, N_IMAGES, strip_rows, &error));
  for (guint t = 0; t < n_taps; t++) {
    gsize area;

    perceptual_engine_get_tap (engine, t, &all->size[t]);
    area = (gsize) all->size[t].width * all->size[t].height;
    all->rows[t] = 0;
    all->shown[t] = g_new0 (guint, area);
    for (guint i = 0; i < N_IMAGES; i++)
      all->values[t][i] = g_new0 (gfloat, area * all->size[t].channels);
  }
  perceptual_engine_run (engine, pointers, &consumer);
  perceptual_filters_random_free (filters.random);
}

static void
run_engine (const PerceptualNetwork *network, PerceptualCpu level,
    guint threads, guint strip_rows, guint8 *const *pixels, guint width,
    guint height, Collection *all)
{
  PerceptualImage images[N_IMAGES];

  for (guint i = 0; i < N_IMAGES; i++)
    images[i] = (PerceptualImage){
      .width = width, .height = height, .data = pixels[i], .stride = width * 4
    };
  run_images (network, level, threads, strip_rows, images, all);
}

static void
free_collection (Collection *all)
{
  for (guint t = 0; t < MAX_PLANES; t++) {
    g_free (all->shown[t]);
    for (guint i = 0; i < N_IMAGES; i++)
      g_free (all->values[t][i]);
  }
}

static void
check_tap (const Collection *all, guint tap, guint image, const Plane *plane)
{
  gsize area = (gsize) plane->width * plane->height;
  gdouble largest = 0, worst = 0;

  g_assert_cmpuint (all->size[tap].width, ==, plane->width);
  g_assert_cmpuint (all->size[tap].height, ==, plane->height);
  g_assert_cmpuint (all->size[tap].channels, ==, plane->channels);
  g_assert_cmpuint (all->rows[tap], ==, plane->height);
  for (gsize i = 0; i < area; i++)
    g_assert_cmpuint (all->shown[tap][i], ==, 1);
  for (gsize i = 0; i < area * plane->channels; i++) {
    gdouble off =
        fabs ((gdouble) all->values[tap][image][i] - plane->values[i]);

    largest = MAX (largest, plane->values[i]);
    worst = MAX (worst, off);
  }
  g_assert_cmpfloat (largest, >, .1);
  g_assert_cmpfloat (worst / largest, <, 1e-5);
}

static void
check_network (const PerceptualNetwork *network, guint width, guint height)
{
  PerceptualCpu levels[3];
  guint n_levels = perceptual_cpu_levels (levels);
  guint n_taps = perceptual_network_taps (network);
  guint8 *pixels[N_IMAGES];
  Plane planes[N_IMAGES][MAX_PLANES];

  for (guint i = 0; i < N_IMAGES; i++) {
    Plane input = new_plane (width, height, 3);

    pixels[i] = make_pixels (width, height, i);
    for (gsize j = 0; j < (gsize) width * height * 3; j++)
      input.values[j] = pixels[i][j / 3 * 4 + j % 3] / 127.5 - 1;
    g_assert_cmpuint (run_plainly (network, input, planes[i]), ==, n_taps);
    g_free (input.values);
  }
  for (guint level = 0; level < n_levels; level++) {
    Collection all = { 0 };

    run_engine (
        network, levels[level], 2, level * 5, pixels, width, height, &all);
    for (guint t = 0; t < n_taps; t++) {
      for (guint i = 0; i < N_IMAGES; i++)
        check_tap (&all, t, i, &planes[i][t]);
    }
    free_collection (&all);
  }
  for (guint i = 0; i < N_IMAGES; i++) {
    g_free (pixels[i]);
    for (guint t = 0; t < n_taps; t++)
      g_free (planes[i][t].values);
  }
}

static void
test_layers_agree_with_plain_loops_in_double (gconstpointer data)
{
  const PerceptualNetwork *network = data;
  guint least = perceptual_network_minimum (network, network->n_layers);

  check_network (network, 61, 47);
  check_network (network, 40, 53);
  check_network (network, least, least);
  check_network (network, least + 1, 37);
}

/* Every way in which a last row of tiles can end. */
static void
test_seams_agree_at_every_height (gconstpointer data)
{
  for (guint height = 29; height < test_sanitized_or (41, 32); height++)
    check_network (data, 90 + height % 5, height);
}

static void
test_pools_are_done_in_jobs (void)
{
  static const PerceptualLayer pool_3 = POOL (3, 2, FALSE);
  static const PerceptualLayer pool_3_up = POOL (3, 2, TRUE);
  static const PerceptualLayer pool_2 = POOL (2, 2, FALSE);
  static const PerceptualLayer pool_4 = POOL (4, 2, FALSE);
  static const struct
  {
    PerceptualLayer layer;
    const PerceptualLayer *pool;
    guint width;
    gboolean pools;
  } cases[] = {
    { CONVOLUTION (0, 3, 1, 1, 16, 6), &pool_3, 43, TRUE },
    { CONVOLUTION (0, 3, 1, 1, 16, 6), &pool_3, 42, FALSE },
    { CONVOLUTION (0, 5, 1, 2, 16, 4), &pool_3_up, 29, TRUE },
    { CONVOLUTION (0, 5, 1, 2, 16, 4), &pool_3_up, 28, FALSE },
    { FIRE (0, 16, 32), &pool_3_up, 50, TRUE },
    { CONVOLUTION (0, 3, 1, 1, 16, 6), &pool_2, 7, TRUE },
    { CONVOLUTION (0, 3, 2, 0, 16, 0), &pool_3_up, 5, TRUE },
    { CONVOLUTION (0, 3, 2, 0, 16, 0), &pool_3, 99, FALSE },
    { CONVOLUTION (0, 3, 1, 1, 16, 3), &pool_3, 99, FALSE },
    { CONVOLUTION (0, 3, 1, 1, 16, 6), &pool_4, 99, FALSE },
    { CONVOLUTION (0, 11, 4, 2, 32, 6), &pool_3, 99, FALSE },
    { POOL (2, 2, FALSE), &pool_2, 99, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const PerceptualLayer *pool = cases[i].pool;

    g_assert_cmpint (perceptual_layer_pools_blocks (&cases[i].layer, pool,
                         pool + 1, cases[i].width, 50, 8),
        ==, cases[i].pools);
    g_assert_false (perceptual_layer_pools_blocks (
        &cases[i].layer, pool, pool, cases[i].width, 50, 2));
    g_assert_cmpint (perceptual_layer_pools_blocks (&cases[i].layer, pool,
                         pool + 1, cases[i].width, 50, 9),
        ==, cases[i].pools && (pool == &pool_2 || cases[i].layer.tile == 0));
  }
}

static void
test_features_do_not_depend_on_threads_or_strips (gconstpointer data)
{
  static const guint threads[] = { 1, 2, 3, 7 };
  static const guint strips[] = { 0, 1, 7, 1000 };
  const PerceptualNetwork *network = data;
  PerceptualCpu levels[3];
  guint n_levels = perceptual_cpu_levels (levels);
  guint n_taps = perceptual_network_taps (network);
  guint8 *pixels[N_IMAGES];

  for (guint i = 0; i < N_IMAGES; i++)
    pixels[i] = make_pixels (97, 83, i);
  for (guint level = 0; level < n_levels; level++) {
    Collection first = { 0 };

    run_engine (network, levels[level], 1, 0, pixels, 97, 83, &first);
    /* By 5, all threads and all strips still come. */
    for (guint k = test_sanitized_or (1, 5); k < 16;
         k += test_sanitized_or (1, 5)) {
      Collection all = { 0 };

      run_engine (network, levels[level], threads[k % 4], strips[k / 4], pixels,
          97, 83, &all);
      for (guint t = 0; t < n_taps; t++) {
        gsize bytes = (gsize) first.size[t].width * first.size[t].height
            * first.size[t].channels * sizeof (gfloat);

        for (guint i = 0; i < N_IMAGES; i++)
          g_assert_cmpmem (first.values[t][i], bytes, all.values[t][i], bytes);
      }
      free_collection (&all);
    }
    free_collection (&first);
  }
  for (guint i = 0; i < N_IMAGES; i++)
    g_free (pixels[i]);
}

/* The same samples in @layout, @rgbx's of 8 bits stretched to 16. */
static PerceptualImage
lay_out (const guint8 *rgbx, guint width, guint height, PerceptualPixels layout)
{
  gsize step = layout == PERCEPTUAL_PIXELS_RGB8 ? 3 : 4;
  gsize bytes = layout == PERCEPTUAL_PIXELS_RGBX16 ? 8 : step;
  gpointer data = g_malloc (bytes * width * height);

  for (gsize i = 0; i < (gsize) width * height; i++) {
    for (guint c = 0; c < step; c++) {
      if (layout == PERCEPTUAL_PIXELS_RGBX16)
        ((guint16 *) data)[step * i + c] = (guint16) (rgbx[4 * i + c] * 257);
      else
        ((guint8 *) data)[step * i + c] = rgbx[4 * i + c];
    }
  }
  return (PerceptualImage){ .pixels = layout,
    .width = width,
    .height = height,
    .data = data,
    .stride = bytes * width };
}

/* Nothing is read behind the images' last pixels. */
static void
test_features_do_not_depend_on_layouts (gconstpointer data)
{
  static const PerceptualPixels layouts[] = { PERCEPTUAL_PIXELS_RGBX8,
    PERCEPTUAL_PIXELS_RGB8, PERCEPTUAL_PIXELS_RGBX16 };
  const PerceptualNetwork *network = data;
  Collection all[G_N_ELEMENTS (layouts)] = { 0 };
  guint n_taps = perceptual_network_taps (network);

  for (guint k = 0; k < G_N_ELEMENTS (layouts); k++) {
    PerceptualImage images[N_IMAGES];

    for (guint i = 0; i < N_IMAGES; i++) {
      g_autofree guint8 *pixels = make_pixels (43, 38, i);

      images[i] = lay_out (pixels, 43, 38, layouts[k]);
    }
    run_images (network, perceptual_cpu (), 2, 0, images, &all[k]);
    for (guint i = 0; i < N_IMAGES; i++)
      g_free ((gpointer) images[i].data);
  }
  for (guint t = 0; t < n_taps; t++) {
    gsize bytes = (gsize) all[0].size[t].width * all[0].size[t].height
        * all[0].size[t].channels * sizeof (gfloat);

    for (guint i = 0; i < N_IMAGES; i++) {
      g_assert_cmpmem (all[0].values[t][i], bytes, all[1].values[t][i], bytes);
      g_assert_cmpmem (all[0].values[t][i], bytes, all[2].values[t][i], bytes);
    }
  }
  for (guint k = 0; k < G_N_ELEMENTS (layouts); k++)
    free_collection (&all[k]);
}

static void
test_sizes_of_the_backbones_are_those_of_torchvision (void)
{
  const PerceptualNetwork *alex = perceptual_network_find ("alex");
  const PerceptualNetwork *squeeze = perceptual_network_find ("squeeze");
  const PerceptualNetwork *vgg = perceptual_network_find ("vgg");

  g_assert_cmpuint (perceptual_network_minimum (alex, alex->n_layers), ==, 31);
  g_assert_cmpuint (
      perceptual_network_minimum (squeeze, squeeze->n_layers), ==, 17);
  g_assert_cmpuint (perceptual_network_minimum (vgg, vgg->n_layers), ==, 16);
  g_assert_cmpuint (perceptual_network_minimum (alex, 1), ==, 7);
  g_assert_cmpuint (
      perceptual_layer_output_size (&alex->layers[0], 1920), ==, 479);
  /* ceil: 479 columns give 239 squares, 478 give 239 too, the last one cut. */
  g_assert_cmpuint (
      perceptual_layer_output_size (&squeeze->layers[1], 479), ==, 239);
  g_assert_cmpuint (
      perceptual_layer_output_size (&squeeze->layers[1], 478), ==, 239);
  g_assert_cmpuint (
      perceptual_layer_output_size (&squeeze->layers[1], 477), ==, 238);
  g_assert_cmpuint (perceptual_network_taps (squeeze), ==, 7);
  g_assert_cmpuint (perceptual_network_tap_channels (vgg, 4), ==, 512);
  g_assert_null (perceptual_network_find ("resnet"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++) {
    g_autofree gchar *exact = g_strconcat (
        "/nn-layers/agree-with-plain-loops-in-double/", networks[i].name, NULL);
    g_autofree gchar *same =
        g_strconcat ("/nn-layers/do-not-depend-on-threads-or-strips/",
            networks[i].name, NULL);
    g_autofree gchar *layouts = g_strconcat (
        "/nn-layers/do-not-depend-on-layouts/", networks[i].name, NULL);

    g_test_add_data_func (
        exact, &networks[i], test_layers_agree_with_plain_loops_in_double);
    g_test_add_data_func (
        same, &networks[i], test_features_do_not_depend_on_threads_or_strips);
    g_test_add_data_func (
        layouts, &networks[i], test_features_do_not_depend_on_layouts);
  }
  g_test_add_data_func ("/nn-layers/seams-agree-at-every-height/plain",
      find_network ("seams"), test_seams_agree_at_every_height);
  g_test_add_data_func ("/nn-layers/seams-agree-at-every-height/squeezed",
      find_network ("squeezed-seams"), test_seams_agree_at_every_height);
  g_test_add_func (
      "/nn-layers/pools-are-done-in-jobs", test_pools_are_done_in_jobs);
  g_test_add_func ("/nn-layers/sizes-of-the-backbones-are-torchvision's",
      test_sizes_of_the_backbones_are_those_of_torchvision);
  return g_test_run ();
}
