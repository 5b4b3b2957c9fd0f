/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pairs per second through the element, from raw I420 frames in memory to
 * the last message, beside what its parts cost alone on the same frames:
 * mapping, with conversion to RGB where the metric does not read planes, and
 * the metric.  The element and its parts take turns; the medians of the rounds
 * are printed, and that of what the element took more in each.  One JSON object
 * a line; "cpu" is the time of all threads, which other load of the machine
 * changes less.
 *
 *   bench-element [--metric NAME] [--size WxH ...] [--threads N ...]
 *                 [--pairs N] [--rounds N]
 *                 [--reference FILE.y4m --distorted FILE.y4m]
 *
 * Without files, frames are moving textures with noise.
 */
#include "cpu-name.h"
#include "frames/images.h"
#include "perceptual.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

/* Distinct frames of each clip, cycled through. */
#define N_FRAMES 8

typedef struct
{
  guint width;
  guint height;
  gsize size; /* bytes of a frame */
  guint8 *frames[2][N_FRAMES];
} Clips;

typedef struct
{
  GstElement *source;
  const Clips *clips;
  guint which;
  guint n_pairs;
} Feed;

static gchar *metric_name = PERCEPTUAL_DEFAULT_METRIC;
static gchar **sizes;
static gchar **threads;
static gint n_pairs = 60;
static gint n_rounds = 9;
static gchar *files[2];

static const GOptionEntry entries[] = {
  { "metric", 'm', 0, G_OPTION_ARG_STRING, &metric_name, "Metric", "NAME" },
  { "size", 's', 0, G_OPTION_ARG_STRING_ARRAY, &sizes, "Size", "WxH" },
  { "threads", 't', 0, G_OPTION_ARG_STRING_ARRAY, &threads, "Threads", "N" },
  { "pairs", 'n', 0, G_OPTION_ARG_INT, &n_pairs, "Pairs per round", "N" },
  { "rounds", 'r', 0, G_OPTION_ARG_INT, &n_rounds, "Rounds per case", "N" },
  { "reference", 0, 0, G_OPTION_ARG_FILENAME, &files[0], "I420 y4m", "FILE" },
  { "distorted", 0, 0, G_OPTION_ARG_FILENAME, &files[1], "I420 y4m", "FILE" },
  G_OPTION_ENTRY_NULL,
};

static void
draw_frame (const Clips *clips, guint8 *frame, guint index, gdouble noise,
    GRand *random)
{
  gsize luma = (gsize) clips->width * clips->height;

  for (gsize i = 0; i < clips->size; i++) {
    guint x = i % clips->width, y = (guint) (i / clips->width);
    gdouble wave = sin (0.05 * (x + 3 * index)) * cos (0.03 * y) * 60;

    if (i >= luma)
      wave /= 3;
    frame[i] = (guint8) CLAMP (
        126 + wave + noise * g_rand_double_range (random, -1.73, 1.73), 16,
        235);
  }
}

static void
make_clips (Clips *clips)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  clips->size = (gsize) clips->width * clips->height
      + 2 * (gsize) ((clips->width + 1) / 2) * ((clips->height + 1) / 2);
  for (guint which = 0; which < 2; which++) {
    for (guint i = 0; i < N_FRAMES; i++) {
      clips->frames[which][i] = g_malloc (clips->size);
      draw_frame (clips, clips->frames[which][i], i, which ? 9 : 3, random);
    }
  }
}

/* The first frames of a y4m file, again and again if it is short. */
static gboolean
read_y4m (Clips *clips, guint which, GError **error)
{
  g_autofree gchar *text = NULL;
  gsize length;
  const gchar *at, *end;
  guint n = 0;

  if (!g_file_get_contents (files[which], &text, &length, error))
    return FALSE;
  end = text + length;
  if (sscanf (text, "YUV4MPEG2 W%u H%u", &clips->width, &clips->height) != 2) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        "%s is not a YUV4MPEG2 file", files[which]);
    return FALSE;
  }
  clips->size = (gsize) clips->width * clips->height * 3 / 2;
  at = memchr (text, '\n', length);
  while (at != NULL && n < N_FRAMES) {
    at = memchr (at + 1, '\n', (gsize) (end - at - 1));
    if (at == NULL || (gsize) (end - at) <= clips->size)
      break;
    clips->frames[which][n++] = (guint8 *) g_memdup2 (at + 1, clips->size);
    at += clips->size;
  }
  for (guint i = n; n > 0 && i < N_FRAMES; i++)
    clips->frames[which][i] =
        (guint8 *) g_memdup2 (clips->frames[which][i % n], clips->size);
  return n > 0;
}

static void
free_clips (Clips *clips)
{
  for (guint i = 0; i < 2 * N_FRAMES; i++)
    g_free (clips->frames[i / N_FRAMES][i % N_FRAMES]);
}

/* Of all threads of this process. */
static gdouble
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
      + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static GstBuffer *
wrap_frame (const Clips *clips, guint which, guint index)
{
  return gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY,
      clips->frames[which][index % N_FRAMES], clips->size, 0, clips->size, NULL,
      NULL);
}

/* Returns: (transfer full) */
static gchar *
caps_of (const Clips *clips)
{
  return g_strdup_printf (
      "video/x-raw,format=I420,width=%u,height=%u,framerate=25/1", clips->width,
      clips->height);
}

static gpointer
feed (gpointer data)
{
  Feed *self = data;

  for (guint i = 0; i < self->n_pairs; i++) {
    GstBuffer *buffer = wrap_frame (self->clips, self->which, i);

    GST_BUFFER_PTS (buffer) = i * 40 * GST_MSECOND;
    GST_BUFFER_DURATION (buffer) = 40 * GST_MSECOND;
    if (gst_app_src_push_buffer (GST_APP_SRC (self->source), buffer)
        != GST_FLOW_OK)
      return NULL;
  }
  gst_app_src_end_of_stream (GST_APP_SRC (self->source));
  return NULL;
}

/* Seconds per pair through the element, or a negative number with a message
 * on stderr. */
static gdouble
time_element (const Clips *clips, guint n_threads, guint pairs, gdouble *cpu)
{
  g_autofree gchar *caps = caps_of (clips);
  g_autofree gchar *line = g_strdup_printf (
      "appsrc name=r format=time block=true max-bytes=%" G_GSIZE_FORMAT
      " caps=%s ! m.ref_sink appsrc name=d format=time block=true "
      "max-bytes=%" G_GSIZE_FORMAT " caps=%s ! m.dist_sink "
      "perceptualdistance name=m metric=%s threads=%u ! "
      "fakesink sync=false",
      2 * clips->size, caps, 2 * clips->size, caps, metric_name, n_threads);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstBus) bus = NULL;
  GThread *feeders[2];
  Feed feeds[2];
  gint64 start;
  gdouble seconds = -1, cpu_start;
  GstMessage *message;

  if (pipeline == NULL || error != NULL) {
    fprintf (stderr, "bench-element: %s\n", error->message);
    return -1;
  }
  bus = gst_element_get_bus (pipeline);
  start = g_get_monotonic_time ();
  cpu_start = cpu_seconds ();
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < 2; i++) {
    feeds[i] = (Feed){ gst_bin_get_by_name (GST_BIN (pipeline), i ? "d" : "r"),
      clips, i, pairs };
    feeders[i] = g_thread_new ("feed", feed, &feeds[i]);
  }
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    seconds = (g_get_monotonic_time () - start) / 1e6 / pairs;
    *cpu = (cpu_seconds () - cpu_start) / pairs;
  } else {
    gst_message_parse_error (message, &error, NULL);
    fprintf (stderr, "bench-element: %s\n", error->message);
  }
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  for (guint i = 0; i < 2; i++) {
    g_thread_join (feeders[i]);
    gst_object_unref (feeds[i].source);
  }
  return seconds;
}

typedef struct
{
  gdouble mapping;
  gdouble metric;
  gdouble cpu; /* of both */
} Parts;

/* Seconds per pair of mapping, as the element does it, and of measuring, each
 * alone. */
static gboolean
time_parts (const Clips *clips, guint n_threads, guint pairs, Parts *parts,
    GError **error)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (n_threads, error);
  g_autoptr (PerceptualMetric) metric = workers
      ? perceptual_metric_new (metric_name, NULL, workers, error)
      : NULL;
  g_autofree gchar *text = caps_of (clips);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  PerceptualFormat *format = perceptual_format_new (caps);
  g_autoptr (PerceptualPairFormat) formats =
      perceptual_pair_format_new (format, format);
  const PerceptualPairFormat *const of_pairs[] = { formats };
  PerceptualFrames *frames = perceptual_frames_new (workers, 1);
  gint64 spent[2] = { 0 };
  gdouble cpu = cpu_seconds ();
  gboolean ok = metric != NULL;

  if (ok
      && (perceptual_metric_get_info (metric)->flags & PERCEPTUAL_METRIC_LUMA))
    perceptual_frames_prefer_planes (frames);
  for (guint n = 0; ok && n < pairs; n++) {
    g_autoptr (GstBuffer) reference = wrap_frame (clips, 0, n);
    g_autoptr (GstBuffer) distorted = wrap_frame (clips, 1, n);
    PerceptualResult result = { 0 };
    PerceptualImage images[2];
    gint64 start = g_get_monotonic_time (), middle;

    ok = perceptual_frames_map (
        frames, reference, &distorted, of_pairs, images, error);
    middle = g_get_monotonic_time ();
    ok = ok
        && perceptual_metric_compare (metric, &images[0], &images[1], 1,
            PERCEPTUAL_COMPARE_NONE, &result, error);
    spent[0] += middle - start;
    spent[1] += g_get_monotonic_time () - middle;
    perceptual_frames_unmap (frames);
  }
  *parts = (Parts){ spent[0] / 1e6 / pairs, spent[1] / 1e6 / pairs,
    (cpu_seconds () - cpu) / pairs };
  perceptual_frames_free (frames);
  perceptual_format_unref (format);
  return ok;
}

/* What a round measures, in seconds per pair. */
enum
{
  ELEMENT,
  MAPPING,
  METRIC,
  OVERHEAD,
  ELEMENT_CPU,
  OVERHEAD_CPU,
  N_COLUMNS,
};

static const gchar *const column_names[] = { "element_seconds",
  "mapping_seconds", "metric_seconds", "overhead_seconds",
  "element_cpu_seconds", "overhead_cpu_seconds" };

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const gdouble *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

/* Sorts them. */
static gdouble
median (GArray *numbers)
{
  g_array_sort (numbers, compare_numbers);
  return g_array_index (numbers, gdouble, numbers->len / 2);
}

static gboolean
run_round (const Clips *clips, guint n_threads, guint pairs, gdouble *columns)
{
  g_autoptr (GError) error = NULL;
  gdouble element, cpu = 0;
  Parts parts;

  element = time_element (clips, n_threads, pairs, &cpu);
  if (element < 0)
    return FALSE;
  if (!time_parts (clips, n_threads, pairs, &parts, &error)) {
    fprintf (stderr, "bench-element: %s\n", error->message);
    return FALSE;
  }
  columns[ELEMENT] = element;
  columns[MAPPING] = parts.mapping;
  columns[METRIC] = parts.metric;
  columns[OVERHEAD] = element - parts.mapping - parts.metric;
  columns[ELEMENT_CPU] = cpu;
  columns[OVERHEAD_CPU] = cpu - parts.cpu;
  return TRUE;
}

static gboolean
run_case (const Clips *clips, guint n_threads)
{
  GArray *columns[N_COLUMNS];
  struct rusage usage;
  /* Once to warm up caches, page tables and the registry. */
  gdouble round[N_COLUMNS];
  gboolean ok = run_round (clips, n_threads, 4, round);

  for (guint i = 0; i < N_COLUMNS; i++)
    columns[i] = g_array_new (FALSE, FALSE, sizeof (gdouble));
  for (gint r = 0; ok && r < MAX (n_rounds, 1); r++) {
    ok = run_round (clips, n_threads, (guint) n_pairs, round);
    for (guint i = 0; i < N_COLUMNS; i++)
      g_array_append_val (columns[i], round[i]);
  }
  if (ok) {
    getrusage (RUSAGE_SELF, &usage);
    printf ("{\"metric\":\"%s\",\"size\":\"%ux%u\",\"threads\":%u,"
            "\"element_pairs_per_second\":%.2f,",
        metric_name, clips->width, clips->height, n_threads,
        1 / median (columns[ELEMENT]));
    for (guint i = 0; i < N_COLUMNS; i++)
      printf ("\"%s\":%.6f,", column_names[i], median (columns[i]));
    printf ("\"max_rss_kb\":%ld,\"kernels\":\"%s\",\"cpu\":\"%s\"}\n",
        usage.ru_maxrss, perceptual_kernel_level (), bench_cpu_name ());
    fflush (stdout);
  }
  for (guint i = 0; i < N_COLUMNS; i++)
    g_array_unref (columns[i]);
  return ok;
}

int
main (int argc, char **argv)
{
  static gchar *default_sizes[] = { "640x360", "1280x720", "1920x1080",
    "3840x2160", NULL };
  static gchar *default_threads[] = { "1", "2", NULL };
  static gchar *from_file[] = { "file", NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "bench-element: %s\n", error->message);
    return 2;
  }
  if (files[0] != NULL && files[1] != NULL)
    sizes = from_file;
  for (gchar **size = sizes ? sizes : default_sizes; *size; size++) {
    Clips clips = { 0 };

    if (sizes == from_file) {
      if (!read_y4m (&clips, 0, &error) || !read_y4m (&clips, 1, &error)) {
        fprintf (stderr, "bench-element: %s\n",
            error ? error->message : "no frames in the files");
        return 1;
      }
    } else if (sscanf (*size, "%ux%u", &clips.width, &clips.height) == 2) {
      make_clips (&clips);
    } else {
      return 2;
    }
    for (gchar **t = threads ? threads : default_threads; *t; t++) {
      if (!run_case (&clips, (guint) atoi (*t)))
        return 1;
    }
    free_clips (&clips);
  }
  return 0;
}
