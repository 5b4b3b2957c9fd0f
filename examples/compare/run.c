/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pipeline per distorted file: both inputs decoded into the measuring
 * element, whose messages are collected.  Knows nothing of reports.
 */
#include "run.h"
#include "loop.h"
#include "source.h"

#include <math.h>

typedef struct
{
  const CompareInput *reference;
  CompareResult *result;
  Console *console;
  GstElement *measure;
  CompareSource sources[2]; /* reference, distorted */
  guint64 pairs;
  gboolean ended; /* the end of both inputs was reached */
} Run;

/* The name that a message goes by: the file it came from, or the one being
 * compared. */
static const gchar *
concerned_file (const Run *run, GstMessage *message)
{
  return compare_source_sent (&run->sources[0], message)
      ? run->reference->label
      : run->result->distorted->label;
}

static void
take_error (Run *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  /* One failure often brings others after it; the first is the cause. */
  if (run->result->error == NULL)
    run->result->error = g_strdup_printf (
        "%s: %s", concerned_file (run, message), error->message);
}

static void
take_warning (Run *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_warning (message, &error, NULL);
  console_say (run->console, "warning: %s: %s", concerned_file (run, message),
      error->message);
}

static void
take_pair (Run *run, const GstStructure *fields)
{
  GstClockTime duration = run->reference->duration;
  GstClockTime position = GST_CLOCK_TIME_NONE;
  gdouble part = -1;

  run->pairs++;
  gst_structure_get_uint64 (fields, "stream-time", &position);
  if (GST_CLOCK_TIME_IS_VALID (duration) && duration > 0
      && GST_CLOCK_TIME_IS_VALID (position))
    part = (gdouble) position / (gdouble) duration;
  console_advance (run->console, run->pairs, part);
}

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Run *run = user;
  const GstStructure *fields;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      /* An end that an error brought about is none. */
      run->ended = run->result->error == NULL;
      return FALSE;
    case GST_MESSAGE_ERROR:
      take_error (run, message);
      return FALSE;
    case GST_MESSAGE_WARNING:
      take_warning (run, message);
      return TRUE;
    case GST_MESSAGE_ELEMENT:
      fields = gst_message_get_structure (message);
      if (GST_MESSAGE_SRC (message) != GST_OBJECT (run->measure))
        return TRUE;
      if (gst_structure_has_name (fields, "perceptual-distance")) {
        take_pair (run, fields);
      } else if (gst_structure_has_name (fields, "perceptual-summary")) {
        g_clear_pointer (&run->result->summary, gst_structure_free);
        run->result->summary = gst_structure_copy (fields);
      }
      return TRUE;
    default:
      return TRUE;
  }
}

static void
apply_settings (const Run *run, const CompareOptions *options, guint number)
{
  g_autofree gchar *log = compare_options_log (options, number);

  for (guint i = 0; i < options->settings->len; i++) {
    const CompareSetting *setting = options->settings->pdata[i];

    g_object_set_property (
        G_OBJECT (run->measure), setting->name, &setting->value);
  }
  if (log != NULL)
    g_object_set (run->measure, "log-location", log, NULL);
}

/* A queue lets the decoder work on the next frame while this one is measured;
 * it is short because frames are large. */
static void
add_input (Run *run, GstElement *pipeline, guint which,
    const CompareInput *input, const gchar *pad)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (queue, "sink");

  g_object_set (queue, "max-size-buffers", 2, "max-size-bytes", 0,
      "max-size-time", G_GUINT64_CONSTANT (0), NULL);
  gst_bin_add (GST_BIN (pipeline), queue);
  gst_element_link_pads (queue, "src", run->measure, pad);
  compare_source_init (&run->sources[which], pipeline, input->uri, target);
}

static GstElement *
build (Run *run, const CompareOptions *options, const CompareInput *distorted,
    guint number)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  run->measure = g_object_new (G_OBJECT_CLASS_TYPE (options->element), NULL);
  apply_settings (run, options, number);
  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), run->measure, sink, NULL);
  gst_element_link_pads (run->measure, "src", sink, "sink");
  add_input (run, pipeline, 0, run->reference, "ref_sink");
  add_input (run, pipeline, 1, distorted, "dist_sink");
  return pipeline;
}

/* The element alone: options that contradict each other, a log that cannot be
 * opened, weights that are not there. */
static gboolean
can_start (Run *run, GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (gst_element_set_state (run->measure, GST_STATE_PAUSED)
      != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message != NULL)
    gst_message_parse_error (message, &error, NULL);
  run->result->error = g_strdup (
      error != NULL ? error->message : "the measuring element did not start");
  run->result->hopeless = TRUE;
  run->result->wrong_usage =
      g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return FALSE;
}

CompareResult *
compare_run (const CompareOptions *options, const CompareInput *reference,
    const CompareInput *distorted, guint number, Console *console,
    const gboolean *interrupted)
{
  CompareResult *result = g_new0 (CompareResult, 1);
  Run run = { .reference = reference, .result = result, .console = console };
  GstElement *pipeline;

  result->distorted = distorted;
  pipeline = build (&run, options, distorted, number);
  console_begin (console);
  if (can_start (&run, pipeline)) {
    compare_loop_run (pipeline, on_message, &run, interrupted);
    console_clear (console);
    result->incomplete = !run.ended;
    if (result->error == NULL && !run.ended && !*interrupted)
      result->error =
          g_strdup_printf ("%s: the pipeline did not start", distorted->label);
    if (result->error == NULL && run.ended
        && compare_result_pairs (result) == 0)
      result->error = g_strdup_printf (
          "%s: not one frame of it lies within the tolerance of a frame of "
          "%s; --sync-offset shifts the distorted frames in time",
          distorted->label, reference->label);
  }
  compare_source_clear (&run.sources[0]);
  compare_source_clear (&run.sources[1]);
  gst_object_unref (pipeline);
  return result;
}

void
compare_result_free (CompareResult *self)
{
  g_clear_pointer (&self->summary, gst_structure_free);
  g_free (self->error);
  g_free (self);
}

guint64
compare_result_pairs (const CompareResult *self)
{
  guint64 pairs = 0;

  if (self->summary != NULL)
    gst_structure_get_uint64 (self->summary, "pairs", &pairs);
  return pairs;
}

gboolean
compare_result_number (
    const GstStructure *fields, const gchar *name, gdouble *number)
{
  return fields != NULL && gst_structure_get_double (fields, name, number)
      && isfinite (*number);
}
