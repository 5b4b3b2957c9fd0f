/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs one pipeline and tells the program of it: each line of the measuring
 * element's log as it is written, counts every so often, pictures of the worst
 * pair at the end of each window and when an alert begins.
 *
 * Threads: the main one has the loop; one reads the log from a pipe; one makes
 * pictures.  All may say something to the program.
 */
#include "monitor/connection/worker.h"

#include "monitor/connection/picture.h"
#include "monitor/connection/pipeline.h"

#include "console/child.h"
#include "measure/message.h"
#include "measure/words/words.h"
#include "perceptual.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How often counts are told. */
#define TOTALS_MS 500

/* Pictures must not take the processor from the measuring. */
#define PICTURE_NICE 10

/* The order comes at once. */
#define ORDER_MS 10000

typedef struct
{
  ChildLink *link;
  gboolean (*offers) (const gchar *option);
  MonitorOrder order;
  MeasureSettings settings;
  gboolean map; /* whether the metric has heat maps */
  MonitorPipeline *pipeline;
  GMainLoop *loop;
  int log;     /* the end of a pipe that is written to; -1 once closed */
  FILE *lines; /* the other end */
  GThread *reader;
  GThread *painter;
  GAsyncQueue *pairs; /* of MonitorPair; one without frames is the last */
} Worker;

static void
say (Worker *self, GstStructure *head)
{
  g_autofree gchar *text = measure_message_write (head, NULL);

  child_link_say (self->link, text);
}

static void
say_failed (
    Worker *self, const gchar *text, gboolean measuring, gboolean hopeless)
{
  GstStructure *head = gst_structure_new (MONITOR_SAYS_FAILED, "measuring",
      G_TYPE_BOOLEAN, measuring, "hopeless", G_TYPE_BOOLEAN, hopeless, NULL);

  measure_message_set_text (head, "text", text);
  say (self, head);
}

/* --- the log ------------------------------------------------------------- */

static gpointer
read_log (gpointer user)
{
  Worker *self = user;
  char *line = NULL;
  size_t room = 0;
  ssize_t size;

  while ((size = getline (&line, &room, self->lines)) > 0) {
    if (line[size - 1] != '\n')
      break; /* cut off */
    line[size - 1] = '\0';
    if (line[0] == '{')
      child_link_say (self->link, line);
  }
  free (line);
  return NULL;
}

static gboolean
open_log (Worker *self)
{
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, NULL))
    return FALSE;
  self->lines = fdopen (ends[0], "r");
  self->log = ends[1];
  self->reader = g_thread_new ("log", read_log, self);
  return TRUE;
}

/* When the measuring element has closed its end. */
static void
close_log (Worker *self)
{
  if (self->lines == NULL)
    return;
  close (self->log);
  g_thread_join (self->reader);
  fclose (self->lines);
}

/* --- pictures ------------------------------------------------------------ */

static void
say_pictures (Worker *self, const MeasureMoment *moment)
{
  static const MeasureView views[] = { MEASURE_VIEW_REFERENCE,
    MEASURE_VIEW_DISTORTED, MEASURE_VIEW_MAP };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
    GstStructure *piece;

    for (gsize at = 0; (piece = measure_message_of_photo (
                            &moment->photos[views[i]], views[i], at))
         != NULL;
         at += MEASURE_PHOTO_PIECE)
      say (self, piece);
  }
}

static gpointer
paint (gpointer user)
{
  Worker *self = user;

  setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), PICTURE_NICE);
  for (;;) {
    MonitorPair *pair = g_async_queue_pop (self->pairs);
    gboolean last = pair->reference == NULL;
    MeasureMoment *moment = NULL;

    if (!last)
      moment = monitor_picture_make (
          &self->settings, pair, self->map, self->order.size);
    if (moment != NULL && moment->problem == NULL) {
      say_pictures (self, moment);
      say (self,
          gst_structure_new (MONITOR_SAYS_WORST, "stream", G_TYPE_UINT,
              pair->stream, "distance", G_TYPE_DOUBLE, pair->distance, NULL));
    }
    measure_moment_free (moment);
    monitor_pair_free (pair);
    if (last)
      return NULL;
  }
}

/* Where another pair waits, this one is left out.  @window_end: as of
 * monitor_worst_take() */
static void
order_pictures (Worker *self, guint64 window_end)
{
  MonitorWorst *worst = monitor_pipeline_get_worst (self->pipeline);
  MonitorPair *pair = monitor_worst_take (worst, window_end);

  if (pair != NULL && g_async_queue_length (self->pairs) <= 0)
    g_async_queue_push (self->pairs, pair);
  else
    monitor_pair_free (pair);
}

/* --- messages of the pipeline -------------------------------------------- */

static void
take_pair (Worker *self, const GstStructure *fields)
{
  guint64 reference = GST_CLOCK_TIME_NONE, distorted = GST_CLOCK_TIME_NONE;
  gdouble distance = 0;

  gst_structure_get (fields, "reference-pts", G_TYPE_UINT64, &reference,
      "distorted-pts", G_TYPE_UINT64, &distorted, "distance", G_TYPE_DOUBLE,
      &distance, NULL);
  monitor_worst_add_pair (monitor_pipeline_get_worst (self->pipeline),
      monitor_stream_of_pad (gst_structure_get_string (fields, "stream")),
      reference, distorted, distance);
}

static guint64
window_end_of (const GstStructure *summary)
{
  g_autoptr (GstStructure) window = NULL;
  guint64 end = 0;

  gst_structure_get (summary, "window", GST_TYPE_STRUCTURE, &window, NULL);
  if (window != NULL)
    gst_structure_get_uint64 (window, "end", &end);
  return end;
}

/* From the threads that measure.  Pairs are done with here: there are many, and
 * the log tells of them. */
static GstBusSyncReply
on_posted (GstBus *bus, GstMessage *message, gpointer user)
{
  Worker *self = user;
  const GstStructure *fields = gst_message_get_structure (message);

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT
      || GST_MESSAGE_SRC (message)
          != GST_OBJECT (monitor_pipeline_get_measure (self->pipeline)))
    return GST_BUS_PASS;
  if (gst_structure_has_name (fields, "perceptual-distance"))
    take_pair (self, fields);
  else if (gst_structure_has_name (fields, "perceptual-summary"))
    order_pictures (self, window_end_of (fields));
  else if (gst_structure_has_name (fields, "perceptual-alert")
      && g_strcmp0 (gst_structure_get_string (fields, "state"), "begin") == 0)
    order_pictures (self, 0);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static gchar *
put_in_words (
    Worker *self, GstMessage *message, const GError *error, const gchar *debug)
{
  static const gchar *labels[] = { "the reference", "the distorted stream",
    NULL };
  g_autofree gchar *sender =
      monitor_pipeline_name_sender (self->pipeline, message);
  g_autofree gchar *words = measure_words (error->message, debug,
      &(MeasureNames){ .element = self->settings.element,
          .settings = &self->settings,
          .labels = labels,
          .own = 0,
          .offers = self->offers,
          .streams = TRUE });

  return *sender != '\0' ? g_strdup_printf ("%s: %s", sender, words)
                         : g_steal_pointer (&words);
}

static gboolean
is_of_measure (Worker *self, GstMessage *message)
{
  return GST_MESSAGE_SRC (message)
      == GST_OBJECT (monitor_pipeline_get_measure (self->pipeline));
}

static void
say_totals (Worker *self)
{
  for (guint i = 0; i < monitor_order_count_streams (&self->order); i++) {
    MonitorTotals totals;
    g_autofree gchar *text = NULL;

    if (!monitor_pipeline_get_totals (self->pipeline, i, &totals))
      continue;
    text = monitor_totals_write (&totals);
    child_link_say (self->link, text);
  }
  say (self,
      gst_structure_new (MONITOR_SAYS_INPUTS, "reference", G_TYPE_UINT64,
          monitor_pipeline_count_frames (self->pipeline, 0), "distorted",
          G_TYPE_UINT64, monitor_pipeline_count_frames (self->pipeline, 1),
          NULL));
}

/* Settings that do not fit together, and weights that are missing or are none,
 * stay so. */
static gboolean
is_hopeless (Worker *self, GstMessage *message, const GError *error)
{
  return g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS)
      || (is_of_measure (self, message)
          && (g_error_matches (
                  error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND)
              || g_error_matches (
                  error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ)));
}

static void
take_error (Worker *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  g_autofree gchar *text = NULL;

  gst_message_parse_error (message, &error, &debug);
  text = put_in_words (self, message, error, debug);
  say_totals (self);
  say_failed (self, text, is_of_measure (self, message),
      is_hopeless (self, message, error));
  g_main_loop_quit (self->loop);
}

static void
take_warning (Worker *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  g_autofree gchar *text = NULL;
  GstStructure *head;

  if (!is_of_measure (self, message))
    return;
  gst_message_parse_warning (message, &error, &debug);
  text = put_in_words (self, message, error, debug);
  head = gst_structure_new_empty (MONITOR_SAYS_WARNING);
  measure_message_set_text (head, "text", text);
  say (self, head);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user)
{
  Worker *self = user;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      say_totals (self);
      say (self, gst_structure_new_empty (MONITOR_SAYS_ENDED));
      g_main_loop_quit (self->loop);
      return G_SOURCE_REMOVE;
    case GST_MESSAGE_ERROR:
      take_error (self, message);
      return G_SOURCE_REMOVE;
    case GST_MESSAGE_WARNING:
      take_warning (self, message);
      return G_SOURCE_CONTINUE;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (
          GST_BIN (monitor_pipeline_get_element (self->pipeline)));
      return G_SOURCE_CONTINUE;
    default:
      return G_SOURCE_CONTINUE;
  }
}

/* --- messages of the program --------------------------------------------- */

static void
change (Worker *self, const GstStructure *head)
{
  MeasureSettings changed;

  measure_settings_init (&changed);
  if (measure_message_get_settings (head, &changed))
    measure_settings_apply (
        &changed, G_OBJECT (monitor_pipeline_get_measure (self->pipeline)));
  measure_settings_clear (&changed);
}

static gboolean
on_told (gint fd, GIOCondition condition, gpointer user)
{
  Worker *self = user;
  g_autofree gchar *message = NULL;
  g_autoptr (GstStructure) head = NULL;

  switch (child_link_hear (self->link, 0, &message)) {
    case CHILD_ENDED:
      g_main_loop_quit (self->loop);
      break;
    case CHILD_SAID:
      head = measure_message_read (message, NULL);
      break;
    case CHILD_SILENT:
      break;
  }
  if (head != NULL && gst_structure_has_name (head, MONITOR_ASKS_STOP))
    monitor_pipeline_end (self->pipeline);
  else if (head != NULL && gst_structure_has_name (head, MONITOR_ASKS_CHANGE))
    change (self, head);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_time (gpointer user)
{
  say_totals (user);
  return G_SOURCE_CONTINUE;
}

/* --- from the order to the end ------------------------------------------- */

static gboolean
receive_order (Worker *self)
{
  g_autofree gchar *message = NULL;
  g_autoptr (GstStructure) head = NULL;

  if (child_link_hear (self->link, ORDER_MS, &message) != CHILD_SAID)
    return FALSE;
  head = measure_message_read (message, NULL);
  return head != NULL
      && monitor_order_read (&self->order, head, &self->settings);
}

static void
find_map (Worker *self)
{
  const MeasureSetting *metric =
      measure_settings_find (&self->settings, "metric");
  const PerceptualMetricInfo *info = perceptual_specification_parse (
      metric != NULL ? metric->text : PERCEPTUAL_DEFAULT_METRIC, NULL, NULL);

  self->map = info != NULL && (info->flags & PERCEPTUAL_METRIC_MAP) != 0;
}

static void
run (Worker *self)
{
  GstElement *pipeline = monitor_pipeline_get_element (self->pipeline);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  guint times, told;

  self->loop = g_main_loop_new (NULL, FALSE);
  self->painter = g_thread_new ("pictures", paint, self);
  gst_bus_set_sync_handler (bus, on_posted, self, NULL);
  gst_bus_add_watch (bus, on_message, self);
  times = g_timeout_add (TOTALS_MS, on_time, self);
  told = g_unix_fd_add (
      child_link_get_fd (self->link), G_IO_IN | G_IO_HUP, on_told, self);
  /* Where it fails, an error message says why. */
  if (!monitor_pipeline_start (self->pipeline) && !gst_bus_have_pending (bus))
    say_failed (self, "the pipeline did not start", FALSE, FALSE);
  else
    g_main_loop_run (self->loop);
  g_source_remove (times);
  g_source_remove (told);
  gst_bus_remove_watch (bus);
}

static void
finish (Worker *self)
{
  g_clear_pointer (&self->pipeline, monitor_pipeline_free);
  close_log (self);
  if (self->painter != NULL) {
    g_async_queue_push (self->pairs, g_new0 (MonitorPair, 1));
    g_thread_join (self->painter);
  }
}

static void
work (Worker *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *log = NULL;

  if (!receive_order (self))
    return;
  find_map (self);
  if (!open_log (self)) {
    say_failed (self, "too many files are open", FALSE, FALSE);
    return;
  }
  log = g_strdup_printf ("/dev/fd/%d", self->log);
  self->pipeline =
      monitor_pipeline_new (&self->order, &self->settings, log, &error);
  if (self->pipeline != NULL)
    run (self);
  else
    say_failed (self, error->message, FALSE, TRUE);
  finish (self);
}

gboolean
monitor_worker_main (
    int argc, char **argv, gboolean (*offers) (const gchar *option), int *code)
{
  Worker self = { .link = child_link_open (argc, argv, MONITOR_ROLE),
    .offers = offers };

  if (self.link == NULL)
    return FALSE;
  /* The program decides what these mean. */
  signal (SIGHUP, SIG_IGN);
  setlocale (LC_CTYPE, "");
  gst_init (NULL, NULL);
  measure_settings_init (&self.settings);
  self.pairs = g_async_queue_new_full ((GDestroyNotify) monitor_pair_free);
  work (&self);
  g_async_queue_unref (self.pairs);
  g_clear_pointer (&self.loop, g_main_loop_unref);
  monitor_order_clear (&self.order);
  measure_settings_clear (&self.settings);
  child_link_close (self.link);
  *code = 0;
  return TRUE;
}
