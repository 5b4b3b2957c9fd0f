/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Time per layer of the inference engine beside this machine's sgemm peak,
 * measured in the same run.
 *
 *   bench-nn [--network NAME] [--size WxH] [--threads N] [--strip ROWS]
 *            [--runs N]
 *
 * Networks are random: the time does not depend on the numbers.  For every
 * layer: milliseconds (of each step the fewest in any run), GFLOP/s counted as
 * a direct convolution would (so Winograd may exceed the peak), and that as a
 * share of the peak.  A fire module's squeezing counts to the layer before it,
 * whose job does it, in both columns.
 */
#include "nn/engine.h"
#include "cpu-name.h"

#include <cblas.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define MAX_LAYERS 32
#define PEAK_SIDE 1024

static gchar *network_name = "alex";
static gchar *size_text = "1920x1080";
static gchar *precision = "exact";
static gint threads = 1;
static gint strip_rows;
static gint runs = 5;

static const GOptionEntry entries[] = {
  { "network", 'n', 0, G_OPTION_ARG_STRING, &network_name, "Network", "NAME" },
  { "size", 's', 0, G_OPTION_ARG_STRING, &size_text, "Size", "WxH" },
  { "precision", 'p', 0, G_OPTION_ARG_STRING, &precision, "exact or fast",
      "NAME" },
  { "threads", 't', 0, G_OPTION_ARG_INT, &threads, "Threads", "N" },
  { "strip", 0, 0, G_OPTION_ARG_INT, &strip_rows, "Rows at a time", "ROWS" },
  { "runs", 'r', 0, G_OPTION_ARG_INT, &runs, "Times each", "N" },
  G_OPTION_ENTRY_NULL,
};

extern void openblas_set_num_threads (int n);

/* Returns: GFLOP/s of square products with @threads threads, the best of
 * several. */
static gdouble
measure_peak (void)
{
  gsize n = PEAK_SIDE;
  g_autofree gfloat *a = g_new0 (gfloat, n * n);
  g_autofree gfloat *b = g_new0 (gfloat, n * n);
  g_autofree gfloat *c = g_new0 (gfloat, n * n);
  gdouble best = 0;

  openblas_set_num_threads (threads);
  for (guint i = 0; i < 20; i++) {
    gint64 begin = g_get_monotonic_time ();
    gdouble seconds;

    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, PEAK_SIDE,
        PEAK_SIDE, PEAK_SIDE, 1, a, PEAK_SIDE, b, PEAK_SIDE, 0, c, PEAK_SIDE);
    seconds = (gdouble) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
    best = MAX (best, 2e-9 * (gdouble) (n * n * n) / seconds);
  }
  return best;
}

/* The fewest seconds of each step in any run, by layer and first row; other
 * programs on the machine disturb a step or two, seldom the same ones. */
typedef struct
{
  gfloat steps[MAX_LAYERS + 1][PERCEPTUAL_MAX_SIZE];
  gdouble total;
} Times;

static void
keep_time (gpointer user, gint layer, guint y, guint end, gdouble seconds)
{
  Times *times = user;
  gfloat *step = &times->steps[layer + 1][y];

  times->total += seconds;
  if (*step == 0 || (gfloat) seconds < *step)
    *step = (gfloat) seconds;
}

static void
ignore_run (gpointer user, const PerceptualTapRun *run, guint worker)
{
}

/* Multiplications and additions of a direct convolution, one image. */
static gdouble
layer_flops (const PerceptualNetwork *network, guint index, guint inputs,
    guint outputs, guint width, guint height)
{
  const PerceptualLayer *layer = &network->layers[index];
  gdouble per_pixel = 0;

  if (layer->kind == PERCEPTUAL_LAYER_CONVOLUTION)
    per_pixel = (gdouble) layer->size * layer->size * inputs * outputs;
  if (layer->kind == PERCEPTUAL_LAYER_FIRE)
    per_pixel = 10. / 2 * layer->squeeze * outputs;
  if (index + 1 < network->n_layers && layer[1].kind == PERCEPTUAL_LAYER_FIRE)
    per_pixel += (gdouble) outputs * layer[1].squeeze;
  return 2 * per_pixel * width * height;
}

static void
print_layers (const PerceptualNetwork *network, const gdouble *times,
    guint width, guint height, gdouble peak)
{
  static const gchar *const kinds[] = { "conv", "fire", "pool" };
  guint channels = 3;
  gdouble seconds = times[0], flops = 0;

  printf ("%-6s %9s %11s %8s %9s %6s\n", "layer", "channels", "output", "ms",
      "GFLOP/s", "peak");
  printf ("%-6s %9s %11s %8.2f\n", "entry", "", "", times[0] * 1e3);
  for (guint i = 0; i < network->n_layers; i++) {
    const PerceptualLayer *layer = &network->layers[i];
    guint outputs = layer->outputs != 0 ? layer->outputs : channels;
    gdouble work;

    width = perceptual_layer_output_size (layer, width);
    height = perceptual_layer_output_size (layer, height);
    work = 2e-9 * layer_flops (network, i, channels, outputs, width, height);
    printf ("%-6s %4u %4u %5ux%-5u %8.2f %9.1f %5.0f%%\n", kinds[layer->kind],
        channels, outputs, width, height, times[i + 1] * 1e3,
        work / times[i + 1], 100 * work / times[i + 1] / peak);
    channels = outputs;
    seconds += times[i + 1];
    flops += work;
  }
  printf ("%-6s %21s %8.2f %9.1f %5.0f%%\n", "all", "", seconds * 1e3,
      flops / seconds, 100 * flops / seconds / peak);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualWorkers) workers = NULL;
  g_autoptr (PerceptualEngine) engine = NULL;
  g_autofree guint8 *memory = NULL;
  const PerceptualEngineInput input = { { 0 }, { 1, 1, 1 } };
  const PerceptualTapConsumer consumer = { NULL, ignore_run, NULL };
  PerceptualFilters *filters = perceptual_filters_random (1, FALSE);
  const PerceptualNetwork *network;
  PerceptualImage image = { 0 };
  const PerceptualImage *images[] = { &image, &image };
  g_autofree Times *times = g_new0 (Times, 1);
  gdouble best[MAX_LAYERS + 1] = { 0 }, best_total = G_MAXDOUBLE;
  struct rusage usage;
  const PerceptualFastKernels *fast = NULL;
  gdouble peak;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || (network = perceptual_network_find (network_name)) == NULL
      || sscanf (size_text, "%ux%u", &image.width, &image.height) != 2) {
    fprintf (stderr, "%s\n", error != NULL ? error->message : "bad option");
    return 2;
  }
  if (strcmp (precision, "fast") == 0)
    fast = perceptual_fast_kernels ();
  image.stride = (gsize) image.width * 4;
  image.data = memory = g_malloc (image.stride * image.height);
  for (gsize i = 0; i < image.stride * image.height; i++)
    memory[i] = (guint8) (i * 2654435761u >> 24);
  peak = measure_peak ();
  workers = perceptual_workers_new ((guint) threads, &error);
  engine = perceptual_engine_new (network,
      (1u << perceptual_network_taps (network)) - 1, &input, filters, NULL,
      fast, workers, &error);
  perceptual_filters_random_free (filters);
  if (engine == NULL
      || !perceptual_engine_prepare (
          engine, image.width, image.height, 2, (guint) strip_rows, &error)) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  perceptual_engine_observe (engine, keep_time, times);
  for (gint i = 0; i < runs; i++) {
    times->total = 0;
    perceptual_engine_run (engine, images, &consumer);
    best_total = MIN (best_total, times->total);
  }
  for (guint i = 0; i <= network->n_layers; i++) {
    for (guint y = 0; y < PERCEPTUAL_MAX_SIZE; y++)
      best[i] += (gdouble) times->steps[i][y];
  }
  getrusage (RUSAGE_SELF, &usage);
  printf ("%s %s, %d threads, %s, kernels %s, sgemm peak %.0f GFLOP/s, "
          "memory %ld MB\n",
      network_name, size_text, threads, bench_cpu_name (),
      fast != NULL ? fast->name : perceptual_kernel_level (), peak,
      usage.ru_maxrss / 1024);
  print_layers (network, best, image.width, image.height, peak);
  printf ("best whole run: %.2f ms\n", best_total * 1e3);
  return 0;
}
