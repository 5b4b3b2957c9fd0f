/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weights of the user's own: any file with the right tensors loads, whoever
 * made its numbers.  The files are made here from seeded numbers, once as
 * drawn and once with the channels between two layers in another order, which
 * is another file but the same function.
 */
#include "images.h"
#include "measure.h"
#include "nn/filters.h"
#include "nn/network.h"
#include "seeded.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define SEED 3
#define LAYERS 5

/* alex's convolutions; every one of them is a tap. */
static const guint outputs[LAYERS] = { 64, 192, 384, 256, 256 };
static const guint inputs[LAYERS] = { 3, 64, 192, 384, 256 };
static const guint sides[LAYERS] = { 11, 5, 3, 3, 3 };
static const guint indices[LAYERS] = { 0, 3, 6, 8, 10 };

typedef struct
{
  gfloat *weights;
  gfloat *biases;
  gfloat *heads;
} Layer;

typedef struct
{
  Layer layers[LAYERS];
} Network;

static gsize
area (guint layer)
{
  return (gsize) sides[layer] * sides[layer];
}

static gsize
numbers (guint layer)
{
  return outputs[layer] * inputs[layer] * area (layer);
}

/* The numbers of weights=random, seed=SEED, and random heads. */
static Network *
network_new (void)
{
  PerceptualFilters *filters = perceptual_filters_random (SEED, FALSE);
  Network *self = g_new0 (Network, 1);
  PerceptualRng rng;

  perceptual_rng_init (&rng, SEED);
  for (guint i = 0; i < LAYERS; i++) {
    PerceptualConvolution c = { "any", outputs[i], inputs[i], sides[i],
      i == 0 };
    const gfloat *weights, *biases;

    g_assert_true (filters->get (filters, &c, &weights, &biases, NULL));
    self->layers[i].weights = g_memdup2 (weights, numbers (i) * 4);
    self->layers[i].biases = g_memdup2 (biases, outputs[i] * sizeof (gfloat));
    self->layers[i].heads = g_new (gfloat, outputs[i]);
    for (guint k = 0; k < outputs[i]; k++)
      self->layers[i].heads[k] = (gfloat) perceptual_rng_uniform (&rng);
  }
  perceptual_filters_random_free (filters);
  return self;
}

static void
network_free (Network *self)
{
  for (guint i = 0; i < LAYERS; i++) {
    g_free (self->layers[i].weights);
    g_free (self->layers[i].biases);
    g_free (self->layers[i].heads);
  }
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Network, network_free)

/* --- another order of channels ------------------------------------------- */

/* Where channel @k of @n goes; 7 divides none of the counts. */
static guint
place_of (guint k, guint n)
{
  return (7 * k + 5) % n;
}

static void
permute_outputs (Layer *layer, guint i)
{
  gsize filter = inputs[i] * area (i);
  Layer old = *layer;

  layer->weights = g_new (gfloat, numbers (i));
  layer->biases = g_new (gfloat, outputs[i]);
  layer->heads = g_new (gfloat, outputs[i]);
  for (guint k = 0; k < outputs[i]; k++) {
    guint to = place_of (k, outputs[i]);

    memcpy (layer->weights + to * filter, old.weights + k * filter,
        filter * sizeof (gfloat));
    layer->biases[to] = old.biases[k];
    layer->heads[to] = old.heads[k];
  }
  g_free (old.weights);
  g_free (old.biases);
  g_free (old.heads);
}

static void
permute_inputs (Layer *layer, guint i)
{
  gfloat *old = g_steal_pointer (&layer->weights);

  layer->weights = g_new (gfloat, numbers (i));
  for (gsize k = 0; k < outputs[i] * inputs[i]; k++) {
    gsize output = k / inputs[i];
    guint to = place_of (k % inputs[i], inputs[i]);

    memcpy (layer->weights + (output * inputs[i] + to) * area (i),
        old + k * area (i), area (i) * sizeof (gfloat));
  }
  g_free (old);
}

/* --- files --------------------------------------------------------------- */

static void
add_tensor (GString *header, GByteArray *data, const gchar *name,
    const gchar *shape, const gfloat *values, gsize n)
{
  g_string_append_printf (header,
      "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%u,%u]}",
      header->len > 1 ? "," : "", name, shape, data->len,
      data->len + (guint) (4 * n));
  for (gsize i = 0; i < n; i++) {
    guint32 word;

    memcpy (&word, &values[i], 4);
    word = GUINT32_TO_LE (word);
    g_byte_array_append (data, (const guint8 *) &word, 4);
  }
}

/* Returns: (transfer full): the path of a file in its own folder. */
static gchar *
network_write (const Network *self)
{
  g_autoptr (GString) header = g_string_new ("{");
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autofree gchar *folder = g_dir_make_tmp ("own-weights-XXXXXX", NULL);
  gchar *path = g_build_filename (folder, "alex.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  guint64 length;

  for (guint i = 0; i < LAYERS; i++) {
    g_autofree gchar *weight =
        g_strdup_printf ("features.%u.weight", indices[i]);
    g_autofree gchar *bias = g_strdup_printf ("features.%u.bias", indices[i]);
    g_autofree gchar *head = g_strdup_printf ("lin.%u.weight", i);
    g_autofree gchar *shape = g_strdup_printf (
        "%u,%u,%u,%u", outputs[i], inputs[i], sides[i], sides[i]);
    g_autofree gchar *n = g_strdup_printf ("%u", outputs[i]);
    const Layer *layer = &self->layers[i];

    add_tensor (header, data, weight, shape, layer->weights, numbers (i));
    add_tensor (header, data, bias, n, layer->biases, outputs[i]);
    add_tensor (header, data, head, n, layer->heads, outputs[i]);
  }
  g_string_append_c (header, '}');
  length = GUINT64_TO_LE ((guint64) header->len);
  g_byte_array_append (file, (const guint8 *) &length, 8);
  g_byte_array_append (file, (const guint8 *) header->str, header->len);
  g_byte_array_append (file, data->data, data->len);
  g_file_set_contents (
      path, (const gchar *) file->data, (gssize) file->len, &error);
  g_assert_no_error (error);
  return path;
}

static void
remove_file (const gchar *path)
{
  g_autofree gchar *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
}

/* --- tests --------------------------------------------------------------- */

static PerceptualResult
measure (const gchar *name, const gchar *weights, const gchar *heads)
{
  g_autoptr (TestImage) a = test_image_new (0, 97, 81, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (0, 97, 81, 30, 2, 0);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (PerceptualMetric) metric = NULL;
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "weights", "s", weights);
  if (strcmp (weights, "random") == 0)
    g_variant_dict_insert (&options, "seed", "t", (guint64) SEED);
  if (heads != NULL)
    g_variant_dict_insert (&options, "heads", "s", heads);
  metric = perceptual_metric_new (
      name, g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  result = test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  g_assert_cmpfloat (result.distance, >, 1e-3);
  return result;
}

static PerceptualResult
measure_network (const Network *network, const gchar *name, const gchar *heads)
{
  g_autofree gchar *path = network_write (network);
  PerceptualResult result = measure (name, path, heads);

  remove_file (path);
  return result;
}

static void
assert_same (const PerceptualResult *a, const PerceptualResult *b)
{
  g_assert_cmpuint (a->n_taps, ==, b->n_taps);
  for (guint t = 0; t < a->n_taps; t++)
    g_assert_cmpfloat_with_epsilon (
        a->taps[t], b->taps[t], 1e-6 * MAX (1., fabs (a->taps[t])));
}

static void
test_a_file_gives_what_its_numbers_give (void)
{
  g_autoptr (Network) network = network_new ();
  PerceptualResult file = measure_network (network, "lpips", "none");
  PerceptualResult drawn = measure ("lpips", "random", "none");

  g_assert_cmpmem (&file, sizeof (file), &drawn, sizeof (drawn));
}

static void
test_the_order_of_channels_is_the_files_own (void)
{
  static const gchar *const metrics[] = { "lpips", "cosine", "dps" };

  for (guint k = 0; k < G_N_ELEMENTS (metrics); k++) {
    const gchar *heads = k == 0 ? "0.1" : NULL;
    g_autoptr (Network) network = network_new ();
    PerceptualResult before = measure_network (network, metrics[k], heads);
    PerceptualResult after;

    for (guint i = 0; i < LAYERS; i++) {
      permute_outputs (&network->layers[i], i);
      if (i + 1 < LAYERS)
        permute_inputs (&network->layers[i + 1], i + 1);
    }
    after = measure_network (network, metrics[k], heads);
    assert_same (&before, &after);
  }
}

static void
test_an_order_that_the_next_layer_does_not_know_is_another_network (void)
{
  g_autoptr (Network) network = network_new ();
  PerceptualResult before = measure_network (network, "lpips", "0.1");
  PerceptualResult after;

  permute_outputs (&network->layers[1], 1);
  after = measure_network (network, "lpips", "0.1");
  g_assert_cmpfloat_with_epsilon (before.taps[0], after.taps[0], 1e-6);
  g_assert_cmpfloat_with_epsilon (before.taps[1], after.taps[1], 1e-6);
  g_assert_cmpfloat (fabs (before.taps[2] - after.taps[2]), >, 1e-4);
}

static void
test_weights_that_overflow_are_an_error_that_names_the_file (void)
{
  static const gchar *const metrics[] = { "lpips", "cosine", "dps" };

  for (guint k = 0; k < G_N_ELEMENTS (metrics); k++) {
    g_autoptr (Network) network = network_new ();
    g_autofree gchar *path = NULL;
    g_autoptr (TestImage) a = test_image_new (0, 97, 81, 5, 1, 0);
    g_autoptr (TestImage) b = test_image_new (0, 97, 81, 30, 2, 0);
    g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
    g_autoptr (PerceptualMetric) metric = NULL;
    g_autoptr (GError) error = NULL;
    PerceptualResult result = { 0 };
    GVariantDict options;

    for (gsize i = 0; i < numbers (0); i++)
      network->layers[0].weights[i] *= 1e37f;
    path = network_write (network);
    g_variant_dict_init (&options, NULL);
    g_variant_dict_insert (&options, "weights", "s", path);
    metric = perceptual_metric_new (
        metrics[k], g_variant_dict_end (&options), workers, &error);
    g_assert_no_error (error);
    g_assert_false (perceptual_metric_compare (metric, &a->view, &b->view, 1,
        PERCEPTUAL_COMPARE_NONE, &result, &error));
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_WEIGHTS_INVALID);
    g_assert_nonnull (strstr (error->message, path));
    g_assert_cmpuint (result.n_taps, ==, 0);
    remove_file (path);
  }
}

static void
test_heads_weigh_the_channels_into_the_taps (void)
{
  g_autoptr (Network) network = network_new ();
  g_autofree gchar *path = network_write (network);
  g_autoptr (TestImage) a = test_image_new (0, 97, 81, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (0, 97, 81, 30, 2, 0);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (PerceptualMetric) metric = NULL;
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };
  const gfloat *channel;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "weights", "s", path);
  metric = perceptual_metric_new (
      "lpips", g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  result =
      test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_CHANNELS);
  channel = result.channels;
  for (guint i = 0; i < LAYERS; i++) {
    gdouble sum = 0;

    g_assert_cmpuint (result.tap_channels[i], ==, outputs[i]);
    for (guint c = 0; c < outputs[i]; c++)
      sum += (gdouble) network->layers[i].heads[c] * (gdouble) *channel++;
    g_assert_cmpfloat (sum, >, 1e-4);
    g_assert_cmpfloat_with_epsilon (sum, result.taps[i], 1e-6);
  }
  perceptual_result_clear (&result);
  remove_file (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/own-weights/a-file-gives-what-its-numbers-give",
      test_a_file_gives_what_its_numbers_give);
  g_test_add_func ("/own-weights/the-order-of-channels-is-the-files-own",
      test_the_order_of_channels_is_the_files_own);
  g_test_add_func ("/own-weights/a-wrong-order-is-another-network",
      test_an_order_that_the_next_layer_does_not_know_is_another_network);
  g_test_add_func ("/own-weights/overflow-is-an-error-that-names-the-file",
      test_weights_that_overflow_are_an_error_that_names_the_file);
  g_test_add_func ("/own-weights/heads-weigh-the-channels-into-the-taps",
      test_heads_weigh_the_channels_into_the_taps);
  return g_test_run ();
}
