/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A long time with the element: run after run over a bad network, with seeks,
 * stops and restarts, as fast as it goes.  At the end of each run every frame
 * must have been counted; at the end of all, no object may be left and memory
 * must be what it was.
 *
 *   soak [--frames N] [--seed N] [--streams N] [--metric NAME]
 *        [--real-time]
 *
 * Memory is the resident set, read between runs, in READY or NULL, after
 * malloc_trim(): what is still there then will stay.  The first fifth of the
 * frames warms up.  The largest reading of the fifth after that is compared
 * with the largest of the last fifth; 1 % more is a failure.  Within one run
 * memory may not grow either: the first run is a fifth of all frames long, and
 * what is allocated near its end, by mallinfo2(), is compared with that in its
 * middle.  Allocators keep no caches for threads meanwhile, or readings would
 * depend on which threads there happened to be.  Short soaks are allowed
 * another half a MiB, which is less than 40 bytes a frame.
 *
 * Objects are counted by GStreamer's tracer "leaks".  Under a sanitizer,
 * which keeps freed memory, memory is not looked at.
 */
#include "source.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Frames of one side that a flush may catch: on their way into the element
 * and waiting in it. */
#define MAX_IN_FLIGHT 8

/* Pairs that may wait for frames to come, since the base class hands frames
 * on only while all pads have one. */
#define MAX_AT_REST 4

/* Before so many frames the allocator has not settled; before so many pairs of
 * a run its statistics, exact until then, still grow. */
#define LONG 500000
#define EXACT_VALUES 65536
#define SETTLING (512 * 1024)

/* In the mean. */
#define RUN_LENGTH 1500

#define PATIENCE (60 * G_USEC_PER_SEC)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED TRUE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED TRUE
#endif
#endif
#ifndef SANITIZED
#define SANITIZED FALSE
#endif

static gint n_frames = 20000;
static gint seed = 1;
static gint n_streams = 2;
static gchar *metric = NULL;
static gboolean real_time = FALSE;

static const GOptionEntry entries[] = {
  { "frames", 'n', 0, G_OPTION_ARG_INT, &n_frames,
      "Reference frames in all (20000)", "N" },
  { "seed", 's', 0, G_OPTION_ARG_INT, &seed, "Of all that is random (1)", "N" },
  { "streams", 'd', 0, G_OPTION_ARG_INT, &n_streams,
      "Distorted streams, 1 to 3 (2)", "N" },
  { "real-time", 'r', 0, G_OPTION_ARG_NONE, &real_time,
      "Frames pass at once, a busy metric skips pairs", NULL },
  { "metric", 'm', 0, G_OPTION_ARG_STRING, &metric, "Metric (l2)", "NAME" },
  G_OPTION_ENTRY_NULL,
};

typedef struct
{
  guint64 distances; /* messages */
  guint summaries;
  gboolean final;
  guint64 pairs;
  guint64 measured;
  guint64 skipped;
  guint64 unmatched_reference;
  guint64 unmatched_distorted;
  guint64 late;
  guint64 gaps;
} Heard;

typedef struct
{
  GRand *rand;
  GstElement *pipeline;
  SoakSource *sources[SCRIPT_MAX_SIDES];
  Script script;

  GMutex mutex; /* protects what follows */
  GCond changed;
  Heard heard[SCRIPT_MAX_SIDES];
  gboolean eos;

  gsize watch[2];      /* allocated bytes in the middle and near the end ... */
  guint64 watch_at[2]; /* ... of the long run: timestamps ... */
  guint64 watch_n[2];  /* ... and distances until then */
  GArray *readings;    /* of Reading */
  guint64 n_sent;      /* reference frames of all runs */
  guint64 n_pairs;     /* of all runs and streams */
  guint64 n_skipped;   /* of those */
  guint64 n_unmatched; /* likewise, both sides */
  guint64 n_gaps;      /* likewise */
  guint n_endings[SCRIPT_STOP + 1];
} Soak;

typedef struct
{
  guint64 frames; /* sent before */
  gsize bytes;
} Reading;

/* --- memory -------------------------------------------------------------- */

static gsize
resident_bytes (void)
{
  FILE *file = fopen ("/proc/self/statm", "r");
  unsigned long pages = 0;

  g_assert_nonnull (file);
  g_assert_cmpint (fscanf (file, "%*u %lu", &pages), ==, 1);
  fclose (file);
  return (gsize) pages * (gsize) sysconf (_SC_PAGESIZE);
}

static gsize
allocated_bytes (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
read_memory (Soak *soak)
{
  Reading reading = { soak->n_sent, 0 };

  malloc_trim (0);
  reading.bytes = resident_bytes ();
  g_array_append_val (soak->readings, reading);
}

static gsize
largest_reading (const Soak *soak, gdouble from, gdouble to)
{
  gsize largest = 0;

  for (guint i = 0; i < soak->readings->len; i++) {
    const Reading *reading = &g_array_index (soak->readings, Reading, i);

    if ((gdouble) reading->frames >= from * (gdouble) soak->n_sent
        && (gdouble) reading->frames <= to * (gdouble) soak->n_sent)
      largest = MAX (largest, reading->bytes);
  }
  return largest;
}

static void
check_memory (const Soak *soak)
{
  gsize before = largest_reading (soak, .2, .4);
  gsize after = largest_reading (soak, .8, 1);
  gsize settling = n_frames < LONG ? SETTLING : 0;

  g_print (
      "memory between runs: %" G_GSIZE_FORMAT " kB, then %" G_GSIZE_FORMAT
      " kB (%+.2f %%); allocated in the middle of the long run %" G_GSIZE_FORMAT
      " kB, at its end %" G_GSIZE_FORMAT " kB (%+.2f %%)\n",
      before / 1024, after / 1024,
      100 * ((gdouble) after / (gdouble) before - 1), soak->watch[0] / 1024,
      soak->watch[1] / 1024,
      100 * ((gdouble) soak->watch[1] / (gdouble) soak->watch[0] - 1));
  if (SANITIZED)
    return;
  g_assert_cmpuint (before, >, 0);
  g_assert_cmpuint (soak->watch[0], >, 0);
  g_assert_cmpuint (soak->watch[1], >, 0);
  g_assert_cmpuint (after, <=, before + before / 100 + settling);
  settling = soak->watch_n[0] < EXACT_VALUES ? SETTLING : 0;
  g_assert_cmpuint (
      soak->watch[1], <=, soak->watch[0] + soak->watch[0] / 100 + settling);
}

/* --- what the element says ----------------------------------------------- */

/* dist_sink is side 1, dist_sink_N side 1 + N. */
static guint
side_of (const GstStructure *structure)
{
  const gchar *name = gst_structure_get_string (structure, "stream");
  guint side = 1;

  g_assert_nonnull (name);
  if (g_str_has_prefix (name, "dist_sink_"))
    side += (guint) atoi (name + strlen ("dist_sink_"));
  g_assert_cmpuint (side, <, SCRIPT_MAX_SIDES);
  return side;
}

static void
hear_distance (Soak *soak, const GstStructure *structure)
{
  guint64 *n = &soak->heard[side_of (structure)].distances;
  guint64 pts = 0;

  ++*n;
  gst_structure_get_uint64 (structure, "reference-pts", &pts);
  for (guint i = 0; i < 2; i++) {
    if (soak->watch[i] > 0 || pts < soak->watch_at[i])
      continue;
    soak->watch[i] = allocated_bytes ();
    soak->watch_n[i] = *n;
  }
}

static void
hear_summary (Heard *heard, const GstStructure *structure)
{
  heard->summaries++;
  g_assert_true (gst_structure_get (structure, "final", G_TYPE_BOOLEAN,
      &heard->final, "pairs", G_TYPE_UINT64, &heard->pairs, "measured",
      G_TYPE_UINT64, &heard->measured, "skipped", G_TYPE_UINT64,
      &heard->skipped, "unmatched-reference", G_TYPE_UINT64,
      &heard->unmatched_reference, "unmatched-distorted", G_TYPE_UINT64,
      &heard->unmatched_distorted, "late", G_TYPE_UINT64, &heard->late, "gaps",
      G_TYPE_UINT64, &heard->gaps, NULL));
}

/* In the threads that post. */
static GstBusSyncReply
hear (GstBus *bus, GstMessage *message, gpointer data)
{
  Soak *soak = data;
  const GstStructure *structure = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&soak->mutex);
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (gst_structure_has_name (structure, "perceptual-distance"))
        hear_distance (soak, structure);
      else if (gst_structure_has_name (structure, "perceptual-summary"))
        hear_summary (&soak->heard[side_of (structure)], structure);
      break;
    case GST_MESSAGE_EOS:
      soak->eos = TRUE;
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_error ("%s", error->message);
      break;
    default:
      break;
  }
  g_cond_broadcast (&soak->changed);
  g_mutex_unlock (&soak->mutex);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* Waits until every stream has @distances[side] distances, or for EOS if
 * @distances is NULL. */
static void
wait_for (Soak *soak, const guint64 *distances)
{
  gboolean done = FALSE;

  g_mutex_lock (&soak->mutex);
  while (!done) {
    gint64 end = g_get_monotonic_time () + PATIENCE;

    done = distances != NULL || soak->eos;
    for (guint s = 1; distances != NULL && s < soak->script.n_sides; s++)
      done &= soak->heard[s].distances >= distances[s];
    if (!done && !g_cond_wait_until (&soak->changed, &soak->mutex, end))
      g_error ("nothing happened for a minute");
  }
  g_mutex_unlock (&soak->mutex);
}

/* --- one run ------------------------------------------------------------- */

/* What must have been counted since the last summary. */
typedef struct
{
  ScriptCounts counts[SCRIPT_MAX_SIDES];
  guint64 before[SCRIPT_MAX_SIDES]; /* distances of parts that are over */
  guint64 n_lost; /* most frames of a side that flushes may have caught */
} Expected;

static void
check_exactly (const Soak *soak, const Expected *expected, guint side)
{
  const Heard *heard = &soak->heard[side];
  const ScriptCounts *counts = &expected->counts[side];

  g_assert_cmpuint (heard->pairs, ==, counts->pairs);
  g_assert_cmpuint (heard->measured + heard->skipped, ==, counts->pairs);
  g_assert_cmpuint (
      heard->unmatched_reference, ==, counts->unmatched_reference);
  g_assert_cmpuint (
      heard->unmatched_distorted, ==, counts->unmatched_distorted);
  g_assert_cmpuint (heard->gaps, ==, counts->gaps);
}

/* Frames that a flush caught are not counted; no others may be missing. */
static void
check_loosely (const Soak *soak, const Expected *expected, guint side)
{
  const Heard *heard = &soak->heard[side];
  guint64 most = expected->n_lost;
  guint64 sent[] = { soak_source_get_sent (soak->sources[0]),
    soak_source_get_sent (soak->sources[side]) };
  guint64 counted[] = { heard->pairs + heard->unmatched_reference,
    heard->pairs + heard->unmatched_distorted };

  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (counted[i], <=, sent[i]);
    g_assert_cmpuint (counted[i] + most, >=, sent[i]);
  }
  g_assert_cmpuint (heard->measured + heard->skipped, ==, heard->pairs);
}

static void
check_summaries (Soak *soak, const Expected *expected, gboolean final)
{
  for (guint s = 1; s < soak->script.n_sides; s++) {
    Heard *heard = &soak->heard[s];

    if (!final && heard->distances == 0)
      continue;
    g_assert_cmpuint (heard->summaries, ==, 1);
    g_assert_true (heard->final == final);
    g_assert_cmpuint (heard->measured, ==, heard->distances);
    g_assert_cmpuint (heard->late, ==, 0);
    /* Pairs in work or in line at a stop or seek are given up. */
    g_assert_true (real_time || heard->skipped <= expected->n_lost);
    if (expected->n_lost > 0)
      check_loosely (soak, expected, s);
    else
      check_exactly (soak, expected, s);
    soak->n_pairs += heard->pairs;
    soak->n_skipped += heard->skipped;
    soak->n_unmatched +=
        heard->unmatched_reference + heard->unmatched_distorted;
    soak->n_gaps += heard->gaps;
  }
}

/* A new run of the element begins. */
static void
begin_counting (Soak *soak, Expected *expected)
{
  memset (expected, 0, sizeof *expected);
  g_mutex_lock (&soak->mutex);
  memset (soak->heard, 0, sizeof soak->heard);
  soak->eos = FALSE;
  g_mutex_unlock (&soak->mutex);
  soak->n_sent += soak_source_get_sent (soak->sources[0]);
  for (guint side = 0; side < soak->script.n_sides; side++)
    soak_source_set_script (soak->sources[side], &soak->script);
}

static void
seek_to_part (Soak *soak, guint part)
{
  g_assert_true (
      gst_element_seek (soak->pipeline, 1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
          GST_SEEK_TYPE_SET, part * SCRIPT_STRIDE, GST_SEEK_TYPE_NONE, -1));
}

static void
add_counts (ScriptCounts *sum, const ScriptCounts *counts)
{
  sum->pairs += counts->pairs;
  sum->unmatched_reference += counts->unmatched_reference;
  sum->unmatched_distorted += counts->unmatched_distorted;
  sum->gaps += counts->gaps;
}

/* Runs part @part until it is time for its ending. */
static void
wait_for_ending (Soak *soak, guint part, Expected *expected)
{
  ScriptEnding ending = soak->script.parts[part].ending;
  guint64 distances[SCRIPT_MAX_SIDES] = { 0 };

  for (guint s = 1; s < soak->script.n_sides; s++) {
    ScriptCounts counts = { 0 };
    guint64 here;

    script_count (&soak->script, part, s, &counts);
    add_counts (&expected->counts[s], &counts);
    here = ending == SCRIPT_QUIET_SEEK
        ? counts.pairs - MIN (counts.pairs, MAX_AT_REST)
        : (guint64) g_rand_int_range (
            soak->rand, 0, (gint) counts.pairs / 2 + 1);
    distances[s] = expected->before[s] + here;
  }
  soak->n_endings[ending]++;
  if (ending == SCRIPT_END || ending == SCRIPT_END_AND_SEEK) {
    wait_for (soak, NULL);
    return;
  }
  expected->n_lost += MAX_IN_FLIGHT;
  /* Pairs that are skipped have no message. */
  if (real_time)
    g_usleep ((gulong) g_rand_int_range (soak->rand, 0, 3000));
  else
    wait_for (soak, distances);
}

/* The flush is over when gst_element_seek() returns, and with it what was
 * measured before.  Nothing more is until the sources are released. */
static void
note_distances (Soak *soak, Expected *expected)
{
  g_mutex_lock (&soak->mutex);
  for (guint s = 1; s < soak->script.n_sides; s++)
    expected->before[s] = soak->heard[s].distances;
  g_mutex_unlock (&soak->mutex);
  for (guint side = 0; side < soak->script.n_sides; side++)
    soak_source_release (soak->sources[side]);
}

static void
perform (Soak *soak)
{
  Expected expected;
  gboolean ended = FALSE;

  begin_counting (soak, &expected);
  g_assert_cmpint (gst_element_set_state (soak->pipeline, GST_STATE_PLAYING),
      !=, GST_STATE_CHANGE_FAILURE);
  for (guint p = 0; p < soak->script.n_parts; p++) {
    ScriptEnding ending = soak->script.parts[p].ending;

    wait_for_ending (soak, p, &expected);
    ended = ending == SCRIPT_END || ending == SCRIPT_END_AND_SEEK;
    if (ended)
      check_summaries (soak, &expected, TRUE);
    if (ending == SCRIPT_END_AND_SEEK)
      begin_counting (soak, &expected);
    if (p + 1 < soak->script.n_parts) {
      seek_to_part (soak, p + 1);
      note_distances (soak, &expected);
    }
  }
  gst_element_set_state (soak->pipeline,
      g_rand_boolean (soak->rand) ? GST_STATE_READY : GST_STATE_NULL);
  if (!ended)
    check_summaries (soak, &expected, FALSE);
}

/* --- all of them --------------------------------------------------------- */

static void
build_pipeline (Soak *soak)
{
  GstElement *d = gst_element_factory_make ("perceptualdistance", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstBus) bus = NULL;

  g_assert_true (d != NULL && sink != NULL);
  gst_util_set_object_arg (
      G_OBJECT (d), "metric", metric != NULL ? metric : "l2");
  gst_util_set_object_arg (
      G_OBJECT (d), "measure", real_time ? "real-time" : "every-pair");
  g_object_set (sink, "sync", FALSE, NULL);
  soak->pipeline = gst_pipeline_new (NULL);
  gst_bin_add_many (GST_BIN (soak->pipeline), d, sink, NULL);
  g_assert_true (gst_element_link (d, sink));
  for (guint side = 0; side <= (guint) n_streams; side++) {
    GstElement *source = soak_source_new (side);
    g_autofree gchar *pad = side < 2
        ? g_strdup (side == 0 ? "ref_sink" : "dist_sink")
        : g_strdup_printf ("dist_sink_%u", side - 1);

    gst_bin_add (GST_BIN (soak->pipeline), source);
    g_assert_true (gst_element_link_pads (source, "src", d, pad));
    soak->sources[side] = SOAK_SOURCE (source);
  }
  bus = gst_element_get_bus (soak->pipeline);
  gst_bus_set_sync_handler (bus, hear, soak, NULL);
}

/* Returns: (transfer full): what the tracer knows to be alive. */
static GstStructure *
list_objects (GstTracer *tracer)
{
  GstStructure *alive = NULL;

  g_signal_emit_by_name (tracer, "get-live-objects", &alive);
  g_assert_nonnull (alive);
  return alive;
}

static guint
count_objects (const GstStructure *alive)
{
  return gst_value_list_get_size (
      gst_structure_get_value (alive, "live-objects-list"));
}

static void
check_objects (void)
{
  GList *tracers = gst_tracing_get_active_tracers ();
  gint64 end = g_get_monotonic_time () + PATIENCE;
  GstStructure *alive;
  guint n;

  g_assert_nonnull (tracers);
  /* The tracer takes references to what it lists, which must not happen while
   * an ending thread is just freeing it. */
  gst_task_cleanup_all ();
  g_usleep (G_USEC_PER_SEC / 5);
  alive = list_objects (tracers->data);
  /* A thread releases its task only after the task has been joined. */
  while (count_objects (alive) > 0 && g_get_monotonic_time () < end) {
    gst_structure_free (alive);
    g_usleep (G_USEC_PER_SEC / 100);
    alive = list_objects (tracers->data);
  }
  n = count_objects (alive);
  g_print ("objects left: %u\n", n);
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *text = gst_value_serialize (gst_value_list_get_value (
        gst_structure_get_value (alive, "live-objects-list"), i));

    g_printerr ("%s\n", text);
  }
  g_assert_cmpuint (n, ==, 0);
  gst_structure_free (alive);
  g_list_free_full (tracers, gst_object_unref);
}

static void
run_all (Soak *soak)
{
  gboolean first = TRUE;
  guint longest = MAX ((guint) n_frames / 5, 100);

  soak->watch_at[0] = longest / 2 * SCRIPT_PERIOD;
  soak->watch_at[1] = longest / 10 * 9 * SCRIPT_PERIOD;
  while (soak->n_sent < (guint64) n_frames) {
    guint length = first
        ? longest
        : (guint) g_rand_int_range (soak->rand, 1, 2 * RUN_LENGTH);

    script_make (
        &soak->script, soak->rand, 1 + (guint) n_streams, length, first);
    perform (soak);
    read_memory (soak);
    first = FALSE;
  }
  gst_element_set_state (soak->pipeline, GST_STATE_NULL);
}

/* The allocators keep caches for each thread, and threads come and go; both
 * read the environment when they are loaded. */
static void
leave_caches_out (gchar **argv)
{
  mallopt (M_ARENA_MAX, 1);
  if (g_getenv ("G_SLICE") != NULL || SANITIZED)
    return;
  g_setenv ("G_SLICE", "always-malloc", TRUE);
  g_setenv ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", TRUE);
  execv ("/proc/self/exe", argv);
  g_error ("cannot start anew: %s", g_strerror (errno));
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Soak soak = { 0 };
  gint64 started;

  leave_caches_out (argv);
  g_setenv ("GST_TRACERS", "leaks", FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || n_frames < 1000
      || n_streams < 1 || n_streams >= SCRIPT_MAX_SIDES) {
    g_printerr ("%s\n",
        error != NULL ? error->message
                      : "--frames: 1000 or more; --streams: "
                        "1 to 3");
    return 2;
  }
  soak.rand = g_rand_new_with_seed ((guint32) seed);
  soak.readings = g_array_new (FALSE, FALSE, sizeof (Reading));
  g_mutex_init (&soak.mutex);
  g_cond_init (&soak.changed);
  build_pipeline (&soak);

  started = g_get_monotonic_time ();
  run_all (&soak);
  g_print ("%" G_GUINT64_FORMAT " reference frames against %d streams in %.1f "
           "s, %u runs; %u quiet seeks, %u loud, %u after the end, %u stops; "
           "%" G_GUINT64_FORMAT " pairs (%" G_GUINT64_FORMAT
           " skipped), %" G_GUINT64_FORMAT " frames without, %" G_GUINT64_FORMAT
           " gaps\n",
      soak.n_sent, n_streams,
      (gdouble) (g_get_monotonic_time () - started) / G_USEC_PER_SEC,
      soak.readings->len, soak.n_endings[SCRIPT_QUIET_SEEK],
      soak.n_endings[SCRIPT_LOUD_SEEK], soak.n_endings[SCRIPT_END_AND_SEEK],
      soak.n_endings[SCRIPT_STOP], soak.n_pairs, soak.n_skipped,
      soak.n_unmatched, soak.n_gaps);
  check_memory (&soak);
  gst_object_unref (soak.pipeline);
  check_objects ();
  g_array_unref (soak.readings);
  g_rand_free (soak.rand);
  g_mutex_clear (&soak.mutex);
  g_cond_clear (&soak.changed);
  return 0;
}
