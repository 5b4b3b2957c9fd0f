/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times one metric alone on a pair of images held in memory and prints one
 * JSON object a line, for tables and for comparisons with other tools.
 *
 *   bench-metric [--metric NAME] [--option NAME=VALUE ...] [--size WxH ...]
 *                [--threads N ...] [--seconds S] [--bits 8|16]
 *
 * Images are smooth random textures with noise, so that no branch on flat
 * content makes the work easier.
 */
#include "perceptual.h"
#include "seeded.h"
#include "cpu-name.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

typedef struct
{
  PerceptualImage view;
  guint8 *memory;
} Picture;

static gchar *metric_name = PERCEPTUAL_DEFAULT_METRIC;
static gchar **option_texts;
static gchar **sizes;
static gchar **threads;
static gdouble seconds = 2;
static gint bits = 8;

static const GOptionEntry entries[] = {
  { "metric", 'm', 0, G_OPTION_ARG_STRING, &metric_name, "Metric", "NAME" },
  { "option", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &option_texts,
      "Option of the metric", "NAME=VALUE" },
  { "size", 's', 0, G_OPTION_ARG_STRING_ARRAY, &sizes, "Size", "WxH" },
  { "threads", 't', 0, G_OPTION_ARG_STRING_ARRAY, &threads, "Threads", "N" },
  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "Time per case", "S" },
  { "bits", 0, 0, G_OPTION_ARG_INT, &bits, "Bits per sample", "8|16" },
  G_OPTION_ENTRY_NULL,
};

/* Waves of several lengths and directions plus noise of @noise levels. */
static Picture
make_picture (guint width, guint height, guint64 seed, gdouble noise)
{
  Picture picture = { 0 };
  guint bytes = bits == 16 ? 8 : 4;
  PerceptualRng rng;

  perceptual_rng_init (&rng, seed);
  picture.memory = g_malloc ((gsize) width * height * bytes);
  picture.view.pixels =
      bits == 16 ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8;
  picture.view.width = width;
  picture.view.height = height;
  picture.view.stride = (gsize) width * bytes;
  picture.view.data = picture.memory;
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      for (guint c = 0; c < 4; c++) {
        gdouble wave = sin (x * 0.03 + c) * cos (y * 0.05 - c) * 50
            + sin ((x + 2 * y) * 0.21) * 20;
        gdouble v = 128 + wave + noise * perceptual_rng_normal (&rng);
        gsize i = ((gsize) y * width + x) * 4 + c;

        v = CLAMP (v, 0, 255);
        if (bits == 16)
          ((guint16 *) picture.memory)[i] = (guint16) (v * 257);
        else
          picture.memory[i] = (guint8) v;
      }
    }
  }
  return picture;
}

static GVariant *
parse_options (GError **error)
{
  const PerceptualOption *const *known = perceptual_options ();
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (gchar **text = option_texts; text != NULL && *text != NULL; text++) {
    g_auto (GStrv) parts = g_strsplit (*text, "=", 2);

    for (guint i = 0; known[i] != NULL; i++) {
      if (parts[1] != NULL && strcmp (known[i]->name, parts[0]) == 0) {
        GVariant *value = perceptual_option_parse (known[i], parts[1], error);

        if (value == NULL)
          return NULL;
        g_variant_dict_insert_value (&dict, parts[0], value);
        g_variant_unref (value);
      }
    }
  }
  return g_variant_dict_end (&dict);
}

static gboolean
run_case (guint width, guint height, guint n_threads, GError **error)
{
  g_autoptr (PerceptualPool) pool = perceptual_pool_new (n_threads, error);
  g_autoptr (PerceptualMetric) metric = NULL;
  GVariant *options = parse_options (error);
  Picture a = make_picture (width, height, 1, 4);
  Picture b = make_picture (width, height, 2, 12);
  PerceptualResult result = { 0 };
  gint64 best = G_MAXINT64, end;
  struct rusage usage;
  guint runs = 0;
  gboolean ok = FALSE;

  if (options == NULL || pool == NULL)
    goto out;
  metric = perceptual_metric_new (metric_name, options, pool, error);
  if (metric == NULL)
    goto out;
  end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  do {
    gint64 start = g_get_monotonic_time ();

    if (!perceptual_metric_compare (metric, &a.view, &b.view, 1,
            PERCEPTUAL_COMPARE_NONE, &result, error))
      goto out;
    best = MIN (best, g_get_monotonic_time () - start);
    runs++;
  } while (runs < 3 || g_get_monotonic_time () < end);
  getrusage (RUSAGE_SELF, &usage);
  printf ("{\"metric\":\"%s\",\"size\":\"%ux%u\",\"bits\":%d,\"threads\":%u,"
          "\"seconds_best\":%.6f,\"pairs_per_second\":%.2f,\"runs\":%u,"
          "\"distance\":%.9g,\"max_rss_kb\":%ld,\"kernels\":\"%s\","
          "\"cpu\":\"%s\"}\n",
      metric_name, width, height, bits, n_threads, best / 1e6, 1e6 / best, runs,
      result.distance, usage.ru_maxrss, perceptual_kernels (),
      bench_cpu_name ());
  fflush (stdout);
  ok = TRUE;

out:
  g_free (a.memory);
  g_free (b.memory);
  return ok;
}

int
main (int argc, char **argv)
{
  static gchar *default_sizes[] = { "640x360", "1280x720", "1920x1080",
    "3840x2160", NULL };
  static gchar *default_threads[] = { "1", "2", NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "bench-metric: %s\n", error->message);
    return 2;
  }
  for (gchar **size = sizes ? sizes : default_sizes; *size; size++) {
    for (gchar **t = threads ? threads : default_threads; *t; t++) {
      guint width, height;

      if (sscanf (*size, "%ux%u", &width, &height) != 2)
        return 2;
      if (!run_case (width, height, (guint) atoi (*t), &error)) {
        fprintf (stderr, "bench-metric: %s\n", error->message);
        return 1;
      }
    }
  }
  return 0;
}
