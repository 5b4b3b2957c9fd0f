/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * precision=fast: every kind of layer in small networks made here, with every
 * table of loops that this machine can run, beside the exact engine; and what
 * holds whatever the rounding: zero for equal images, symmetry, the same bits
 * for any number of threads and height of strips.
 */
#include "nn/fast/fast.h"
#include "images.h"
#include "measure.h"
#include "nn/engine.h"
#include "nn/fast/bf16.h"
#include "nn/fast/fast-stage.h"

#include <math.h>
#include <string.h>

#define MAX_TAPS 4

#define CONVOLUTION(n, k, s, p, out)                                           \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_CONVOLUTION, .index = n, .size = k, .stride = s,  \
    .pad = p, .outputs = out, .tap = TRUE                                      \
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

/* Channels that are whole steps of the products and such that are not. */
static const PerceptualLayer plain[] = { CONVOLUTION (0, 3, 1, 1, 48),
  CONVOLUTION (1, 3, 1, 1, 64), POOL (2, 2, FALSE),
  CONVOLUTION (2, 5, 1, 2, 16) };
static const PerceptualLayer strided[] = { CONVOLUTION (0, 11, 4, 2, 32),
  POOL (3, 2, FALSE), CONVOLUTION (1, 3, 2, 0, 48) };
static const PerceptualLayer fires[] = { CONVOLUTION (0, 3, 2, 0, 64),
  POOL (3, 2, TRUE), FIRE (1, 16, 64), FIRE (2, 48, 128), POOL (3, 2, TRUE),
  FIRE (3, 32, 64) };

/* A first layer all of whose numbers are multiplied at once, not the 3 x 3
 * above. */
static const PerceptualLayer small[] = { CONVOLUTION (0, 2, 1, 0, 48),
  CONVOLUTION (1, 1, 1, 0, 16) };

static const PerceptualNetwork networks[] = {
  { "small", small, G_N_ELEMENTS (small), NULL },
  { "plain", plain, G_N_ELEMENTS (plain), NULL },
  { "strided", strided, G_N_ELEMENTS (strided), NULL },
  { "fires", fires, G_N_ELEMENTS (fires), NULL },
};

/* Each with pools that jobs do on their own blocks, and with such that cut off
 * what sticks out, or not, and have a stage of their own: of the sizes below
 * nothing sticks out. */
static const PerceptualLayer thirds_within[] = { CONVOLUTION (0, 3, 2, 0, 64),
  POOL (3, 2, TRUE), FIRE (1, 16, 64), POOL (3, 2, TRUE), FIRE (2, 16, 64) };
static const PerceptualLayer thirds_apart[] = { CONVOLUTION (0, 3, 2, 0, 64),
  POOL (3, 2, FALSE), FIRE (1, 16, 64), POOL (3, 2, FALSE), FIRE (2, 16, 64) };
static const PerceptualLayer halves_within[] = { CONVOLUTION (0, 3, 1, 1, 48),
  POOL (2, 2, FALSE), CONVOLUTION (1, 3, 1, 1, 32), POOL (2, 2, FALSE),
  CONVOLUTION (2, 3, 1, 1, 16) };
static const PerceptualLayer halves_apart[] = { CONVOLUTION (0, 3, 1, 1, 48),
  POOL (2, 2, TRUE), CONVOLUTION (1, 3, 1, 1, 32), POOL (2, 2, TRUE),
  CONVOLUTION (2, 3, 1, 1, 16) };

typedef struct
{
  guint width;
  guint height;
  PerceptualNetwork within;
  PerceptualNetwork apart;
} Pools;

static const Pools pools_of_3 = { 519, 87,
  { "within", thirds_within, G_N_ELEMENTS (thirds_within), NULL },
  { "apart", thirds_apart, G_N_ELEMENTS (thirds_apart), NULL } };
static const Pools pools_of_2 = { 268, 44,
  { "within", halves_within, G_N_ELEMENTS (halves_within), NULL },
  { "apart", halves_apart, G_N_ELEMENTS (halves_apart), NULL } };

/* --- features ------------------------------------------------------------ */

typedef struct
{
  PerceptualTapSize size;
  gsize n;
  gfloat *values[2];
} Tap;

typedef struct
{
  guint n_taps;
  Tap taps[MAX_TAPS];
} Features;

static void
features_free (Features *self)
{
  for (guint t = 0; t < self->n_taps; t++) {
    g_free (self->taps[t].values[0]);
    g_free (self->taps[t].values[1]);
  }
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Features, features_free)

static void
take_run (gpointer user, const PerceptualTapRun *run, guint worker)
{
  Tap *tap = &((Features *) user)->taps[run->tap];
  gsize at = ((gsize) run->y * tap->size.width + run->x) * run->channels;

  for (guint i = 0; i < 2; i++)
    memcpy (tap->values[i] + at, run->features[i],
        (gsize) run->n * run->channels * sizeof (gfloat));
}

/* The features of @a and @b, exact ones where @fast is NULL. */
static Features *
run_engine (const PerceptualNetwork *network, const PerceptualFastKernels *fast,
    guint threads, guint strip_rows, const TestImage *a, const TestImage *b)
{
  const PerceptualEngineInput input = { { -.03, .1, -.2 }, { .5, .4, .45 } };
  const PerceptualImage *images[] = { &a->view, &b->view };
  PerceptualFilters *filters = perceptual_filters_random (3, FALSE);
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  guint n_taps = perceptual_network_taps (network);
  Features *features = g_new0 (Features, 1);
  PerceptualTapConsumer consumer = { features, take_run, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualEngine) engine = perceptual_engine_new (network,
      (1u << n_taps) - 1, &input, filters, NULL, fast, workers, &error);

  g_assert_no_error (error);
  perceptual_filters_random_free (filters);
  g_assert_true (perceptual_engine_prepare (
      engine, a->view.width, a->view.height, 2, strip_rows, &error));
  features->n_taps = n_taps;
  for (guint t = 0; t < n_taps; t++) {
    Tap *tap = &features->taps[t];

    perceptual_engine_get_tap (engine, t, &tap->size);
    tap->n = (gsize) tap->size.width * tap->size.height * tap->size.channels;
    for (guint i = 0; i < 2; i++)
      tap->values[i] = g_new0 (gfloat, tap->n);
  }
  perceptual_engine_run (engine, images, &consumer);
  return features;
}

static void
assert_same (const Features *a, guint which_a, const Features *b, guint which_b)
{
  g_assert_cmpuint (a->n_taps, ==, b->n_taps);
  for (guint t = 0; t < a->n_taps; t++) {
    g_assert_cmpuint (a->taps[t].n, ==, b->taps[t].n);
    g_assert_cmpmem (a->taps[t].values[which_a], a->taps[t].n * sizeof (gfloat),
        b->taps[t].values[which_b], b->taps[t].n * sizeof (gfloat));
  }
}

/* The squared length of the images' difference at tap @t. */
static gdouble
squared_difference (const Features *features, guint t)
{
  const Tap *tap = &features->taps[t];
  gdouble sum = 0;

  for (gsize i = 0; i < tap->n; i++) {
    gdouble d = (gdouble) tap->values[0][i] - (gdouble) tap->values[1][i];

    sum += d * d;
  }
  return sum;
}

/* --- the engine ---------------------------------------------------------- */

static void
test_all_loops_give_the_same_bits (gconstpointer data)
{
  const PerceptualNetwork *network = data;
  const PerceptualFastKernels *tables[5];
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, 93, 45, 3, 1, 1);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, 93, 45, 9, 2, 0);
  g_autoptr (Features) first = NULL;

  perceptual_fast_kernels_list (tables);
  first = run_engine (network, tables[0], 1, 0, a, b);
  for (guint i = 0; tables[i] != NULL; i++) {
    for (guint threads = 1; threads <= 3; threads += 2) {
      for (guint strip = 0; strip <= 8; strip += 8) {
        g_autoptr (Features) other =
            run_engine (network, tables[i], threads, strip, a, b);

        assert_same (first, 0, other, 0);
        assert_same (first, 1, other, 1);
      }
    }
    g_test_message ("%s", tables[i]->name);
  }
}

static void
test_features_and_differences_are_near (gconstpointer data)
{
  const PerceptualNetwork *network = data;
  const PerceptualFastKernels *tables[5];
  /* The second time, a bit of noise: samples that differ by 1. */
  static const gdouble noise[] = { 9, .3 };
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 93, 45, 0, 1, 1);

  perceptual_fast_kernels_list (tables);
  for (guint i = 0; i < G_N_ELEMENTS (noise); i++) {
    g_autoptr (TestImage) b =
        test_image_new (PERCEPTUAL_PIXELS_RGBX8, 93, 45, noise[i], 2, 0);
    g_autoptr (Features) fast = run_engine (network, tables[0], 2, 0, a, b);
    g_autoptr (Features) exact = run_engine (network, NULL, 2, 0, a, b);

    for (guint t = 0; t < exact->n_taps; t++) {
      gdouble off = 0, most = 0;

      for (gsize k = 0; k < exact->taps[t].n; k++) {
        gdouble expected = (gdouble) exact->taps[t].values[0][k];

        most = MAX (most, expected);
        off = MAX (off, fabs ((gdouble) fast->taps[t].values[0][k] - expected));
      }
      g_assert_cmpfloat (most, >, 0);
      g_assert_cmpfloat (off / most, <, .02);
      /* Units that rounding switches on make up for those that it switches
       * off. */
      g_assert_cmpfloat (
          fabs (
              squared_difference (fast, t) / squared_difference (exact, t) - 1),
          <, .03);
    }
  }
}

static void
test_equal_images_stay_equal_and_swapped_ones_swap (gconstpointer data)
{
  const PerceptualNetwork *network = data;
  const PerceptualFastKernels *tables[5];
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, 97, 64, 3, 1, 0);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, 97, 64, 9, 2, 0);

  perceptual_fast_kernels_list (tables);
  for (guint i = 0; tables[i] != NULL; i++) {
    g_autoptr (Features) same = run_engine (network, tables[i], 1, 0, a, a);
    g_autoptr (Features) there = run_engine (network, tables[i], 1, 0, a, b);
    g_autoptr (Features) back = run_engine (network, tables[i], 1, 0, b, a);

    assert_same (same, 0, same, 1);
    assert_same (there, 0, back, 1);
    assert_same (there, 1, back, 0);
  }
}

static void
test_jobs_pool_as_stages_do (gconstpointer data)
{
  const Pools *pools = data;
  const PerceptualFastKernels *tables[5];
  g_autoptr (TestImage) a = test_image_new (
      PERCEPTUAL_PIXELS_RGBX8, pools->width, pools->height, 3, 1, 0);
  g_autoptr (TestImage) b = test_image_new (
      PERCEPTUAL_PIXELS_RGBX8, pools->width, pools->height, 9, 2, 0);

  g_assert_true (perceptual_fast_pools_blocks (pools->within.layers,
      pools->within.layers + 1, pools->within.layers + 2));
  g_assert_false (perceptual_fast_pools_blocks (
      pools->apart.layers, pools->apart.layers + 1, pools->apart.layers + 2));
  perceptual_fast_kernels_list (tables);
  for (guint i = 0; tables[i] != NULL; i++) {
    g_autoptr (Features) apart =
        run_engine (&pools->apart, tables[i], 1, 0, a, b);

    for (guint strip = 0; strip <= 7; strip += 7) {
      g_autoptr (Features) within =
          run_engine (&pools->within, tables[i], 1 + strip, strip, a, b);

      assert_same (apart, 0, within, 0);
      assert_same (apart, 1, within, 1);
    }
  }
}

/* Copies @from into another layout. */
static TestImage *
in_layout (const TestImage *from, PerceptualPixels pixels)
{
  guint width = from->view.width, height = from->view.height;
  TestImage *to = test_image_new (pixels, width, height, 0, 0, 0);
  gboolean wide = pixels == PERCEPTUAL_PIXELS_RGBX16;
  guint step = pixels == PERCEPTUAL_PIXELS_RGB8 ? 3 : 4;

  for (guint y = 0; y < height; y++) {
    guint8 *row = to->memory + ((const guint8 *) to->view.data - to->memory)
        + y * to->view.stride;

    for (guint x = 0; x < width; x++) {
      for (guint c = 0; c < 3; c++) {
        guint v = (guint) test_image_sample (&from->view, x, y, c);

        if (wide)
          ((guint16 *) row)[x * step + c] = (guint16) (v * 257);
        else
          row[x * step + c] = (guint8) v;
      }
    }
  }
  return to;
}

static void
test_layouts_of_the_same_samples_agree (gconstpointer layout)
{
  PerceptualPixels pixels = GPOINTER_TO_UINT (layout);
  const PerceptualFastKernels *tables[5];
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 61, 40, 3, 1, 0);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 61, 40, 9, 2, 0);
  g_autoptr (TestImage) a2 = in_layout (a, pixels);
  g_autoptr (TestImage) b2 = in_layout (b, pixels);

  perceptual_fast_kernels_list (tables);
  for (guint i = 0; tables[i] != NULL; i++) {
    g_autoptr (Features) one = run_engine (&networks[0], tables[i], 1, 0, a, b);
    g_autoptr (Features) two =
        run_engine (&networks[0], tables[i], 1, 0, a2, b2);

    assert_same (one, 0, two, 0);
    assert_same (one, 1, two, 1);
  }
}

static void
test_bfloat16_is_the_nearest (void)
{
  static const struct
  {
    gfloat x;
    guint16 expected;
  } cases[] = { { 0, 0 }, { 1, 0x3f80 }, { -2.5f, 0xc020 },
    { 1 + 1.f / 256, 0x3f80 }, /* as near to both: even */
    { 1 + 3.f / 256, 0x3f82 }, { 1 + 1.01f / 256, 0x3f81 }, { 1e-40f, 0 },
    { -1e-40f, 0x8000 }, { G_MAXFLOAT, 0x7f80 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (perceptual_bf16 (cases[i].x), ==, cases[i].expected);
  g_assert_true (isnan (perceptual_bf16_value (perceptual_bf16 (NAN))));
}

/* --- the option ---------------------------------------------------------- */

static GVariant *
options (const gchar *backbone, const gchar *precision)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "weights", "s", "random");
  g_variant_dict_insert (&dict, "backbone", "s", backbone);
  g_variant_dict_insert (&dict, "precision", "s", precision);
  return g_variant_dict_end (&dict);
}

static void
test_each_of_several_is_measured_as_alone (void)
{
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 65, 64, 0, 1, 0);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 65, 64, 4, 2, 0);
  g_autoptr (TestImage) c =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 65, 64, 9, 3, 0);
  PerceptualImage both[2] = { b->view, c->view };
  PerceptualResult results[2] = { 0 };
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualMetric) metric = perceptual_metric_new (
      "cosine", options ("squeeze", "fast"), workers, &error);

  g_assert_no_error (error);
  g_assert_null (perceptual_metric_get_note (metric));
  g_assert_true (perceptual_metric_compare (
      metric, &a->view, both, 2, PERCEPTUAL_COMPARE_NONE, results, &error));
  for (guint i = 0; i < 2; i++) {
    gdouble alone = test_distance (metric, &a->view, &both[i]);
    gdouble exact = test_measure (
        "cosine", options ("squeeze", "exact"), &a->view, &both[i])
                        .distance;

    g_assert_cmpfloat (results[i].distance, ==, alone);
    g_assert_cmpfloat (fabs (alone - exact), <, .01 * exact);
    /* Or it would not be fast that is tested here. */
    g_assert_cmpfloat (alone, !=, exact);
    g_assert_cmpfloat (test_distance (metric, &both[i], &both[i]), ==, 0);
  }
}

static void
test_other_comparisons_than_by_position_refuse_it (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  GVariantDict dict;
  g_autoptr (PerceptualMetric) metric = NULL;
  g_autoptr (GError) error = NULL;

  g_variant_dict_init (&dict, options ("alex", "fast"));
  g_variant_dict_insert (&dict, "comparison", "s", "spatial+mean");
  metric = perceptual_metric_new (
      "dps", g_variant_dict_end (&dict), workers, &error);
  g_assert_null (metric);
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
  g_assert_nonnull (strstr (error->message, "comparison=spatial+mean"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *name;
    GTestDataFunc test;
  } of_networks[] = {
    { "all-loops-give-the-same-bits", test_all_loops_give_the_same_bits },
    { "features-and-differences-are-near",
        test_features_and_differences_are_near },
    { "equal-images-stay-equal-and-swapped-ones-swap",
        test_equal_images_stay_equal_and_swapped_ones_swap },
  };

  g_setenv ("PERCEPTUAL_KERNELS", "amx", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (of_networks); i++) {
    for (guint n = 0; n < G_N_ELEMENTS (networks); n++) {
      g_autofree gchar *path = g_strdup_printf (
          "/fast/%s/%s", of_networks[i].name, networks[n].name);

      g_test_add_data_func (path, &networks[n], of_networks[i].test);
    }
  }
  g_test_add_data_func ("/fast/jobs-pool-as-stages-do/3x3", &pools_of_3,
      test_jobs_pool_as_stages_do);
  g_test_add_data_func ("/fast/jobs-pool-as-stages-do/2x2", &pools_of_2,
      test_jobs_pool_as_stages_do);
  g_test_add_data_func ("/fast/layouts-of-the-same-samples-agree/rgb8",
      GUINT_TO_POINTER (PERCEPTUAL_PIXELS_RGB8),
      test_layouts_of_the_same_samples_agree);
  g_test_add_data_func ("/fast/layouts-of-the-same-samples-agree/rgbx16",
      GUINT_TO_POINTER (PERCEPTUAL_PIXELS_RGBX16),
      test_layouts_of_the_same_samples_agree);
  g_test_add_func (
      "/fast/bfloat16-is-the-nearest", test_bfloat16_is_the_nearest);
  g_test_add_func ("/fast/each-of-several-is-measured-as-alone",
      test_each_of_several_is_measured_as_alone);
  g_test_add_func ("/fast/other-comparisons-than-by-position-refuse-it",
      test_other_comparisons_than_by_position_refuse_it);
  return g_test_run ();
}
