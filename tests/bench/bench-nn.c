/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Time per layer of the inference engine beside what this machine could do,
 * measured in the same run.
 *
 *   bench-nn [--network NAME] [--size WxH] [--threads N] [--strip ROWS]
 *            [--runs N] [--precision NAME] [--format NAME] [--chart FILE]
 *
 * Networks are random: the time does not depend on the numbers.  For every
 * layer, both images together:
 *
 *   ms            of each step the fewest in any run
 *   direct_gflop  operations as a direct convolution would need them
 *   gflop         operations of the products that are done instead
 *   gflop_s       those in a second; of_peak: as a share of what a loop of
 *                 multiplications in registers reaches
 *   mb            input, output and filters, each once
 *   gb_s          those in a second; above the memory's rate where they stay in
 *                 the caches
 *   flop_byte     operations for each byte
 *   bound         which of the two would take longer at the machine's best, and
 *                 of_bound: what share of ms that is
 *   compare_ms    what comparing the output, as LPIPS does, takes beside ms
 *
 * A fire module's squeezing counts to the layer before it, whose job does it,
 * and so does a pool that that layer's own jobs do.
 */
#include "nn/engine.h"
#include "cpu-name.h"
#include "roofline.h"

#include <cblas.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define SGEMM_SIDE 1024

static gchar *network_name = "alex";
static gchar *size_text = "1920x1080";
static gchar *precision = "exact";
static gchar *format = "text";
static gchar *chart;
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
  { "format", 0, 0, G_OPTION_ARG_STRING, &format, "text or json", "NAME" },
  { "chart", 0, 0, G_OPTION_ARG_FILENAME, &chart,
      "Draw the layers under the machine's roof (.svg, .png)", "FILE" },
  G_OPTION_ENTRY_NULL,
};

extern void openblas_set_num_threads (int n);

/* Returns: GFLOP/s of OpenBLAS' square products with as many threads, the best
 * of several. */
static gdouble
measure_sgemm (void)
{
  gsize n = SGEMM_SIDE;
  g_autofree gfloat *a = g_new0 (gfloat, n * n);
  g_autofree gfloat *b = g_new0 (gfloat, n * n);
  g_autofree gfloat *c = g_new0 (gfloat, n * n);
  gdouble best = 0;

  openblas_set_num_threads (threads);
  for (guint i = 0; i < 10; i++) {
    gint64 begin = g_get_monotonic_time ();
    gdouble seconds;

    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, SGEMM_SIDE,
        SGEMM_SIDE, SGEMM_SIDE, 1, a, SGEMM_SIDE, b, SGEMM_SIDE, 0, c,
        SGEMM_SIDE);
    seconds = (gdouble) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
    best = MAX (best, 2e-9 * (gdouble) (n * n * n) / seconds);
  }
  return best;
}

/* --- times --------------------------------------------------------------- */

/* The fewest seconds of each step in any run, by layer and first row; other
 * programs on the machine disturb a step or two, seldom the same ones. */
typedef struct
{
  gfloat steps[BENCH_MAX_LAYERS + 1][PERCEPTUAL_MAX_SIZE];
  gdouble total; /* of the run */
  gdouble best_total;
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

static gdouble
layer_seconds (const Times *times, guint layer)
{
  gdouble seconds = 0;

  for (guint y = 0; y < PERCEPTUAL_MAX_SIZE; y++)
    seconds += (gdouble) times->steps[layer][y];
  return seconds;
}

static void
ignore_run (gpointer user, const PerceptualTapRun *run, guint worker)
{
}

/* Compares as LPIPS does; @user: for each worker a row of numbers. */
static void
compare_run (gpointer user, const PerceptualTapRun *run, guint worker)
{
  const PerceptualKernels *kernels =
      perceptual_kernels_table (perceptual_cpu ());
  gfloat **rows = user;

  kernels->compare (run->features[0], run->features[1], NULL, run->channels,
      run->n, TRUE, rows[worker]);
}

/* Runs with and without comparing, in turns. */
static void
take_times (PerceptualEngine *engine, const PerceptualImage *image,
    Times *plain, Times *comparing)
{
  const PerceptualImage *images[] = { image, image };
  g_autofree gfloat *numbers = g_new (gfloat, (gsize) threads * image->width);
  g_autofree gfloat **rows = g_new (gfloat *, threads);
  const PerceptualTapConsumer consumers[] = { { NULL, ignore_run, NULL },
    { rows, compare_run, NULL } };
  Times *times[] = { plain, comparing };

  for (gint i = 0; i < threads; i++)
    rows[i] = numbers + (gsize) i * image->width;
  for (gint i = 0; i < 2 * runs; i++) {
    Times *own = times[i % 2];

    own->total = 0;
    perceptual_engine_observe (engine, keep_time, own);
    perceptual_engine_run (engine, images, &consumers[i % 2]);
    if (own->best_total == 0 || own->total < own->best_total)
      own->best_total = own->total;
  }
}

static void
fill_seconds (const Times *plain, const Times *comparing, Roofline *roofline)
{
  for (guint i = 0; i < roofline->n; i++) {
    guint layer = roofline->work[i].number;

    roofline->seconds[i] = layer_seconds (plain, layer);
    roofline->comparing[i] =
        layer_seconds (comparing, layer) - roofline->seconds[i];
  }
}

/* --- results ------------------------------------------------------------- */

/* Beside the layers. */
typedef struct
{
  const gchar *kernels;
  gdouble sgemm;
  gdouble best_seconds;
  glong memory_kb;
} Facts;

static void
print_text (const Roofline *roofline, Table *table, const Facts *facts)
{
  g_autofree gchar *text = NULL;

  table_note (table, "best whole run: %.2f ms", facts->best_seconds * 1e3);
  text = table_format_text (table);
  printf ("%s %s, %d threads, %s, kernels %s, memory %ld MB\n"
          "peak %.0f GFLOP/s (OpenBLAS' sgemm %.0f), memory is read at %.1f "
          "and copied at %.1f GB/s\n%s",
      network_name, size_text, threads, bench_cpu_name (), facts->kernels,
      facts->memory_kb / 1024, roofline->roof.operations / 1e9, facts->sgemm,
      roofline->roof.read / 1e9, roofline->roof.copied / 1e9, text);
}

static void
add_member (JsonBuilder *builder, const gchar *name, gdouble number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, number);
}

static void
add_words (JsonBuilder *builder, const gchar *name, const gchar *words)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, words);
}

static void
print_json (const Roofline *roofline, const Table *table, const Facts *facts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *text = NULL;

  json_builder_begin_object (builder);
  add_words (builder, "network", network_name);
  add_words (builder, "size", size_text);
  add_words (builder, "cpu", bench_cpu_name ());
  add_words (builder, "kernels", facts->kernels);
  json_builder_set_member_name (builder, "threads");
  json_builder_add_int_value (builder, threads);
  add_member (builder, "peak_gflop_s", roofline->roof.operations / 1e9);
  add_member (builder, "sgemm_gflop_s", facts->sgemm);
  add_member (builder, "read_gb_s", roofline->roof.read / 1e9);
  add_member (builder, "copied_gb_s", roofline->roof.copied / 1e9);
  add_member (builder, "best_run_ms", facts->best_seconds * 1e3);
  json_builder_set_member_name (builder, "memory_kb");
  json_builder_add_int_value (builder, facts->memory_kb);
  table_add_json (table, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  printf ("%s\n", text);
}

/* --- the program --------------------------------------------------------- */

/* Returns: (nullable): what is wrong with the options. */
static const gchar *
fault_of_options (PerceptualImage *image)
{
  gchar rest;

  if (perceptual_network_find (network_name) == NULL)
    return "--network is alex, squeeze or vgg";
  if (sscanf (size_text, "%ux%u%c", &image->width, &image->height, &rest) != 2
      || image->width > PERCEPTUAL_MAX_SIZE
      || image->height > PERCEPTUAL_MAX_SIZE)
    return "--size is WIDTHxHEIGHT, such as 1920x1080";
  if (strcmp (precision, "exact") != 0 && strcmp (precision, "fast") != 0)
    return "--precision is exact or fast";
  if (strcmp (format, "text") != 0 && strcmp (format, "json") != 0)
    return "--format is text or json";
  if (threads < 1 || threads > 256)
    return "--threads is 1 to 256";
  if (runs < 1 || strip_rows < 0)
    return "--runs is at least 1, --strip at least 0";
  return NULL;
}

static PerceptualEngine *
make_engine (PerceptualWorkers *workers, const PerceptualFastKernels *fast,
    const PerceptualImage *image, GError **error)
{
  const PerceptualNetwork *network = perceptual_network_find (network_name);
  const PerceptualEngineInput input = { { 0 }, { 1, 1, 1 } };
  PerceptualFilters *filters = perceptual_filters_random (1, FALSE);
  g_autoptr (PerceptualEngine) engine = perceptual_engine_new (network,
      (1u << perceptual_network_taps (network)) - 1, &input, filters, NULL,
      fast, workers, error);
  guint least;

  perceptual_filters_random_free (filters);
  if (engine == NULL)
    return NULL;
  least = perceptual_engine_get_minimum (engine);
  if (MIN (image->width, image->height) < least) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "%s takes images of at least %ux%u", network_name, least, least);
    return NULL;
  }
  if (!perceptual_engine_prepare (
          engine, image->width, image->height, 2, (guint) strip_rows, error))
    return NULL;
  return g_steal_pointer (&engine);
}

/* The machine last, so that its own buffers do not count as memory. */
static gboolean
measure (const PerceptualImage *image, Roofline *roofline, Facts *facts,
    GError **error)
{
  const PerceptualFastKernels *fast =
      strcmp (precision, "fast") == 0 ? perceptual_fast_kernels () : NULL;
  g_autofree Times *plain = g_new0 (Times, 1);
  g_autofree Times *comparing = g_new0 (Times, 1);
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new ((guint) threads, error);
  g_autoptr (PerceptualEngine) engine = NULL;
  struct rusage usage;

  if (workers == NULL)
    return FALSE;
  engine = make_engine (workers, fast, image, error);
  if (engine == NULL)
    return FALSE;
  take_times (engine, image, plain, comparing);
  getrusage (RUSAGE_SELF, &usage);
  facts->kernels = fast != NULL ? fast->name : perceptual_kernel_level ();
  facts->memory_kb = usage.ru_maxrss;
  facts->best_seconds = plain->best_total;
  facts->sgemm = measure_sgemm ();
  roofline->n = layer_work_of (perceptual_network_find (network_name),
      image->width, image->height, fast != NULL, roofline->work);
  fill_seconds (plain, comparing, roofline);
  return roof_measure (workers, &roofline->roof, error);
}

static gboolean
report (const Roofline *roofline, const Facts *facts, GError **error)
{
  g_autoptr (Table) table = roofline_table (roofline);
  g_autofree gchar *title = g_strdup_printf ("%s %s, %d threads, %s, %s",
      network_name, size_text, threads, bench_cpu_name (), facts->kernels);

  if (strcmp (format, "json") == 0)
    print_json (roofline, table, facts);
  else
    print_text (roofline, table, facts);
  return chart == NULL || roofline_draw (roofline, title, chart, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *memory = NULL;
  PerceptualImage image = { 0 };
  Roofline roofline = { .n = 0 };
  Facts facts = { .kernels = NULL };
  const gchar *fault = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || (fault = fault_of_options (&image)) != NULL) {
    fprintf (stderr, "bench-nn: %s\n", fault != NULL ? fault : error->message);
    return 2;
  }
  image.stride = (gsize) image.width * 4;
  image.data = memory = g_malloc (image.stride * image.height);
  for (gsize i = 0; i < image.stride * image.height; i++)
    memory[i] = (guint8) (i * 2654435761u >> 24);
  if (!measure (&image, &roofline, &facts, &error)
      || !report (&roofline, &facts, &error)) {
    fprintf (stderr, "bench-nn: %s\n", error->message);
    return 1;
  }
  return 0;
}
