/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times one metric alone on a pair of images held in memory and prints one
 * JSON object a line, for tables and for comparisons with other tools.
 *
 *   bench-metric [--metric NAME] [--option NAME=VALUE ...] [--size WxH ...]
 *                [--threads N ...] [--seconds S] [--bits 8|16]
 *                [--reference FILE.ppm --distorted FILE.ppm] [--map] [--turns]
 *                [--planes]
 *
 * Without files, images are smooth random textures with noise, so that no
 * branch on flat content makes the work easier.  With --planes they come as
 * 4:2:0 planes of limited range and of --bits bits, without pixels.  With
 * --turns the warm-up's line comes first and then each line on standard input
 * asks for one run, so that other programs can take turns with this one.
 */
#include "perceptual.h"
#include "seeded.h"
#include "cpu-name.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct
{
  PerceptualImage view;
  guint8 *memory;
  guint8 *planes; /* NULL without --planes */
} Picture;

static gchar *metric_name = PERCEPTUAL_DEFAULT_METRIC;
static gchar **option_texts;
static gchar **sizes;
static gchar **threads;
static gdouble seconds = 2;
static gint bits = 8;
static gchar *files[2];
static gboolean turns;
static gboolean map;
static gboolean planes;

static const GOptionEntry entries[] = {
  { "metric", 'm', 0, G_OPTION_ARG_STRING, &metric_name, "Metric", "NAME" },
  { "option", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &option_texts,
      "Option of the metric", "NAME=VALUE" },
  { "size", 's', 0, G_OPTION_ARG_STRING_ARRAY, &sizes, "Size", "WxH" },
  { "threads", 't', 0, G_OPTION_ARG_STRING_ARRAY, &threads, "Threads", "N" },
  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "Time per case", "S" },
  { "bits", 0, 0, G_OPTION_ARG_INT, &bits, "Bits per sample", "N" },
  { "reference", 0, 0, G_OPTION_ARG_FILENAME, &files[0], "8-bit P6", "FILE" },
  { "distorted", 0, 0, G_OPTION_ARG_FILENAME, &files[1], "8-bit P6", "FILE" },
  { "planes", 0, 0, G_OPTION_ARG_NONE, &planes, "4:2:0 instead of R'G'B'",
      NULL },
  { "map", 0, 0, G_OPTION_ARG_NONE, &map, "Make the distance map too", NULL },
  { "turns", 0, 0, G_OPTION_ARG_NONE, &turns,
      "One run for each line on standard input", NULL },
  G_OPTION_ENTRY_NULL,
};

static Picture
new_picture (guint width, guint height)
{
  Picture picture = { 0 };
  gboolean wide = bits == 16 && !planes;
  guint bytes = wide ? 8 : 4;

  picture.memory = g_malloc0 ((gsize) width * height * bytes);
  picture.view.pixels =
      wide ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8;
  picture.view.width = width;
  picture.view.height = height;
  picture.view.stride = (gsize) width * bytes;
  picture.view.data = picture.memory;
  return picture;
}

/* Sets sample @i, padding counted, to @v of 0..255. */
static void
set_sample (const Picture *picture, gsize i, gdouble v)
{
  if (picture->view.pixels == PERCEPTUAL_PIXELS_RGBX16)
    ((guint16 *) picture->memory)[i] = (guint16) (v * 257);
  else
    picture->memory[i] = (guint8) v;
}

/* Waves of several lengths and directions plus noise of @noise levels. */
static Picture
make_picture (guint width, guint height, guint64 seed, gdouble noise)
{
  Picture picture = new_picture (width, height);
  PerceptualRng rng;

  perceptual_rng_init (&rng, seed);
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      for (guint c = 0; c < 4; c++) {
        gdouble wave = sin (x * 0.03 + c) * cos (y * 0.05 - c) * 50
            + sin ((x + 2 * y) * 0.21) * 20;
        gdouble v = 128 + wave + noise * perceptual_rng_normal (&rng);

        set_sample (
            &picture, ((gsize) y * width + x) * 4 + c, CLAMP (v, 0, 255));
      }
    }
  }
  return picture;
}

/* Puts 4:2:0 planes in the place of pixels: each takes its samples from one of
 * the colours, which keeps what matters here, waves and noise. */
static void
make_planes (Picture *picture)
{
  PerceptualImage *view = &picture->view;
  guint bytes = bits > 8 ? 2 : 1;
  gsize size = (gsize) view->width * view->height;
  guint8 *to = g_malloc (3 * size * bytes);

  picture->planes = to;
  view->depth = (guint) bits;
  for (guint c = 0; c < 3; c++) {
    guint step = c == 0 ? 1 : 2;
    guint width = (view->width + step - 1) / step;
    guint height = (view->height + step - 1) / step;

    view->planes[c] =
        (PerceptualPlane){ to, (gsize) width * bytes, bytes, width, height };
    for (gsize i = 0; i < (gsize) width * height; i++, to += bytes) {
      gsize pixel = i / width * step * view->width + i % width * step;
      guint v = 16 + picture->memory[pixel * 4 + c] * 219 / 255;

      if (bytes == 2)
        *(guint16 *) (void *) to = (guint16) (v << (bits - 8));
      else
        *to = (guint8) v;
    }
  }
  view->data = NULL;
}

/* A binary PPM without comments, as the programs that compare write it. */
static gboolean
read_picture (const gchar *file, Picture *picture, GError **error)
{
  g_autofree gchar *text = NULL;
  guint width, height, peak;
  gsize length, n;
  gint header = 0;

  if (!g_file_get_contents (file, &text, &length, error))
    return FALSE;
  /* %*c is the one blank between the header and the samples. */
  if (sscanf (text, "P6 %5u %5u %3u%*c%n", &width, &height, &peak, &header) != 3
      || header == 0 || width == 0 || height == 0 || peak != 255
      || length - (gsize) header != (n = (gsize) width * height * 3)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        "%s is not a whole 8-bit PPM (P6) image", file);
    return FALSE;
  }
  *picture = new_picture (width, height);
  for (gsize i = 0; i < n; i++)
    set_sample (picture, i / 3 * 4 + i % 3, (guchar) text[(gsize) header + i]);
  return TRUE;
}

static GVariant *
parse_options (GError **error)
{
  const PerceptualOption *const *known = perceptual_options ();
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (gchar **text = option_texts; text != NULL && *text != NULL; text++) {
    g_auto (GStrv) parts = g_strsplit (*text, "=", 2);
    gboolean found = FALSE;

    for (guint i = 0; known[i] != NULL; i++) {
      if (parts[1] != NULL && strcmp (known[i]->name, parts[0]) == 0) {
        GVariant *value = perceptual_option_parse (known[i], parts[1], error);

        if (value == NULL) {
          g_variant_dict_clear (&dict);
          return NULL;
        }
        g_variant_dict_insert_value (&dict, parts[0], value);
        g_variant_unref (value);
        found = TRUE;
      }
    }
    if (!found) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "no metric has an option for \"%s\"", *text);
      g_variant_dict_clear (&dict);
      return NULL;
    }
  }
  return g_variant_dict_end (&dict);
}

/* One comparison.  Returns: microseconds, or -1 on error. */
static gint64
run_once (PerceptualMetric *metric, const Picture *pair,
    PerceptualResult *result, GError **error)
{
  gint64 start = g_get_monotonic_time ();

  perceptual_result_clear (result);
  if (!perceptual_metric_compare (metric, &pair[0].view, &pair[1].view, 1,
          map ? PERCEPTUAL_COMPARE_MAP : PERCEPTUAL_COMPARE_NONE, result,
          error))
    return -1;
  return g_get_monotonic_time () - start;
}

/* Runs whenever standard input asks for it, until it ends. */
static gboolean
take_turns (PerceptualMetric *metric, const Picture *pair, GError **error)
{
  PerceptualResult result = { 0 };
  gchar line[64];

  while (fgets (line, sizeof (line), stdin) != NULL) {
    gint64 time = run_once (metric, pair, &result, error);

    if (time < 0)
      return FALSE;
    printf (
        "{\"seconds\":%.6f,\"distance\":%.9g}\n", time / 1e6, result.distance);
    fflush (stdout);
  }
  perceptual_result_clear (&result);
  return TRUE;
}

static gint
by_time (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

static gboolean
run_case (const Picture *pair, guint n_threads, GError **error)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (n_threads, error);
  g_autoptr (PerceptualMetric) metric = NULL;
  GVariant *options = workers != NULL ? parse_options (error) : NULL;
  PerceptualResult result = { 0 };
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 best, median, end;
  struct rusage usage;

  if (options == NULL)
    return FALSE;
  metric = perceptual_metric_new (metric_name, options, workers, error);
  if (metric == NULL)
    return FALSE;
  end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  do {
    gint64 time = run_once (metric, pair, &result, error);

    if (time < 0)
      return FALSE;
    g_array_append_val (times, time);
  } while (!turns && (times->len < 3 || g_get_monotonic_time () < end));
  g_array_sort (times, by_time);
  best = g_array_index (times, gint64, 0);
  median = g_array_index (times, gint64, times->len / 2);
  getrusage (RUSAGE_SELF, &usage);
  printf ("{\"metric\":\"%s\",\"size\":\"%ux%u\",\"bits\":%d,\"threads\":%u,"
          "\"planes\":%s,\"seconds_best\":%.6f,"
          "\"seconds_median\":%.6f,\"pairs_per_second\":%.2f,\"runs\":%u,"
          "\"distance\":%.9g,\"max_rss_kb\":%ld,\"kernels\":\"%s\","
          "\"cpu\":\"%s\"}\n",
      metric_name, pair[0].view.width, pair[0].view.height, bits, n_threads,
      planes ? "true" : "false", best / 1e6, median / 1e6, 1e6 / best,
      times->len, result.distance, usage.ru_maxrss, perceptual_kernel_level (),
      bench_cpu_name ());
  perceptual_result_clear (&result);
  fflush (stdout);
  return !turns || take_turns (metric, pair, error);
}

/* The pair of @size, or of the files when there are any, for all threads. */
static gboolean
run_size (const gchar *size, gchar **counts, GError **error)
{
  Picture pair[2] = { 0 };
  guint width, height;
  gboolean ok = TRUE;

  if (files[0] != NULL) {
    ok = read_picture (files[0], &pair[0], error)
        && read_picture (files[1], &pair[1], error);
  } else if (sscanf (size, "%ux%u", &width, &height) == 2) {
    pair[0] = make_picture (width, height, 1, 4);
    pair[1] = make_picture (width, height, 2, 12);
  } else {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "\"%s\" is not a size such as 1920x1080", size);
    return FALSE;
  }
  if (ok
      && (pair[0].view.width != pair[1].view.width
          || pair[0].view.height != pair[1].view.height)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s and %s differ in size", files[0], files[1]);
    ok = FALSE;
  }
  for (guint i = 0; ok && planes && i < 2; i++)
    make_planes (&pair[i]);
  for (gchar **t = counts; ok && *t; t++)
    ok = run_case (pair, (guint) atoi (*t), error);
  g_free (pair[0].memory);
  g_free (pair[1].memory);
  g_free (pair[0].planes);
  g_free (pair[1].planes);
  return ok;
}

int
main (int argc, char **argv)
{
  static gchar *default_sizes[] = { "640x360", "1280x720", "1920x1080",
    "3840x2160", NULL };
  static gchar *default_threads[] = { "1", "2", NULL };
  static gchar *from_files[] = { "files", NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "bench-metric: %s\n", error->message);
    return 2;
  }
  if ((files[0] == NULL) != (files[1] == NULL)) {
    fprintf (stderr, "bench-metric: give --reference and --distorted\n");
    return 2;
  }
  if (files[0] != NULL)
    sizes = from_files;
  for (gchar **size = sizes ? sizes : default_sizes; *size; size++) {
    if (!run_size (*size, threads ? threads : default_threads, &error)) {
      fprintf (stderr, "bench-metric: %s\n", error->message);
      return 1;
    }
  }
  return 0;
}
