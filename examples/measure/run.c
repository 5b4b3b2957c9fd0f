/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pipeline for a reference and its distorted files: all decoded into the
 * measuring element, whose messages are collected.
 */
#include "measure/run.h"
#include "measure/crop.h"
#include "measure/loop.h"
#include "measure/picture.h"
#include "measure/source.h"
#include "measure/words/words.h"
#include "measure/words/trouble.h"

#include "console/low-limits.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const MeasureInput *reference;
  const gchar **labels; /* of the reference, then of each distorted file */
  GPtrArray *results;   /* MeasureResult, one for each distorted file */
  MeasureAlignment *alignments; /* likewise */
  const MeasureEvents *events;
  const MeasureOrder *order;
  MeasureActivity *activity; /* (nullable) */
  MeasureRecorder *recorder; /* (nullable) */
  GstElement *measure;
  GstElement *picture;    /* writes heat maps; NULL where none are wanted */
  MeasureSource *sources; /* of the reference, then of each distorted file */
  MeasureCut **cuts;      /* likewise; NULL where all is measured */
  guint64 pairs;          /* of the first distorted file */
  gboolean failed;
  gboolean ended; /* the end of all inputs was reached */
} Run;

static MeasureResult *
result_at (const Run *run, guint i)
{
  return g_ptr_array_index (run->results, i);
}

static gchar *
pad_of (guint i)
{
  return i == 0 ? g_strdup ("dist_sink") : g_strdup_printf ("dist_sink_%u", i);
}

/* The distorted file that the element calls by the name of its pad. */
static MeasureResult *
result_of_pad (const Run *run, const gchar *pad)
{
  for (guint i = 0; pad != NULL && i < run->results->len; i++) {
    g_autofree gchar *name = pad_of (i);

    if (g_str_equal (name, pad))
      return result_at (run, i);
  }
  return NULL;
}

static gboolean
is_about_reference (
    const Run *run, GstMessage *message, const GstStructure *details)
{
  return measure_source_sent (&run->sources[0], message)
      || (details != NULL
          && g_strcmp0 (gst_structure_get_string (details, "pad"), "ref_sink")
              == 0);
}

/* The distorted file that a message is about; NULL if it is about the
 * reference, or if that cannot be told. */
static MeasureResult *
concerned (const Run *run, GstMessage *message, const GstStructure *details)
{
  if (is_about_reference (run, message, details))
    return NULL;
  for (guint i = 0; i < run->results->len; i++) {
    if (measure_source_sent (&run->sources[1 + i], message))
      return result_at (run, i);
  }
  if (details != NULL && gst_structure_has_field (details, "pad"))
    return result_of_pad (run, gst_structure_get_string (details, "pad"));
  return run->results->len == 1 ? result_at (run, 0) : NULL;
}

/* Where heat maps are written to. */
static const gchar *
place_of (const MeasureOrder *order)
{
  return order->heatmap_place != NULL ? order->heatmap_place : order->heatmap;
}

/* Returns: its place in the labels */
static guint
number_of (const Run *run, const MeasureResult *result)
{
  guint i = 0;

  g_ptr_array_find (run->results, result, &i);
  return 1 + i;
}

/* Sets the error of every file, in words that do not name one. */
static void
fail_all (Run *run, gboolean wrong_usage, const gchar *text)
{
  for (guint i = 0; i < run->results->len; i++) {
    MeasureResult *result = result_at (run, i);

    if (result->error == NULL)
      result->error = g_strdup (text);
    result->hopeless = TRUE;
    result->wrong_usage = wrong_usage;
  }
}

static gboolean
is_about_picture (const Run *run, GstMessage *message)
{
  return run->picture != NULL && GST_MESSAGE_SRC (message) != NULL
      && gst_object_has_as_ancestor (
          GST_MESSAGE_SRC (message), GST_OBJECT (run->picture));
}

/* @own: number of the file that the text is about, as of labels */
static gchar *
put_in_words (
    const Run *run, const GError *error, const gchar *debug, guint own)
{
  g_autofree gchar *words = measure_words (error->message, debug,
      &(MeasureNames){
          .element = G_OBJECT_GET_CLASS (run->measure),
          .settings = run->order->settings,
          .labels = run->labels,
          .own = own,
          .images = run->reference->is_image,
      });

  return own <= run->results->len
      ? g_strdup_printf ("%s: %s", run->labels[own], words)
      : g_steal_pointer (&words);
}

/* One failure often brings others after it; the first is the cause. */
static void
take_error (Run *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  const GstStructure *details;
  MeasureResult *result;

  if (run->failed)
    return;
  run->failed = TRUE;
  gst_message_parse_error (message, &error, &debug);
  gst_message_parse_error_details (message, &details);
  result = concerned (run, message, details);
  if (is_about_picture (run, message)) {
    /* Nobody knows the name that it has meanwhile. */
    g_auto (GStrv) parts =
        g_strsplit (error->message, place_of (run->order), -1);
    g_autofree gchar *named = g_strjoinv (run->order->heatmap, parts);
    g_autofree gchar *text = g_strdup_printf ("The heat map: %s", named);

    fail_all (run, FALSE, text);
  } else if (result != NULL) {
    result->error = put_in_words (run, error, debug, number_of (run, result));
  } else if (is_about_reference (run, message, details)) {
    g_autofree gchar *text = put_in_words (run, error, debug, 0);

    fail_all (run, FALSE, text);
  } else if (run->reference->is_pipe) {
    /* The files are not measured each by itself, which would tell. */
    g_autofree gchar *text =
        put_in_words (run, error, debug, 1 + run->results->len);

    run->events->warn (text, run->events->user);
  }
}

/* The number of the file that a remark begins with; one that there is not for
 * what is about none. */
static guint
subject_of (const Run *run, GstMessage *message, const MeasureResult *result)
{
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (run->measure)
      && measure_words_are_of_settings (message))
    return 1 + run->results->len;
  return result != NULL ? number_of (run, result) : 0;
}

static void
take_warning (Run *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details;
  MeasureResult *result;
  g_autofree gchar *debug = NULL;
  g_autofree gchar *text = NULL;

  gst_message_parse_warning (message, &error, &debug);
  gst_message_parse_warning_details (message, &details);
  result = concerned (run, message, details);
  if (result != NULL)
    measure_left_read (&result->left, details);
  text = put_in_words (run, error, debug, subject_of (run, message, result));
  run->events->warn (text, run->events->user);
}

/* Passes on what was assumed or left out, which is nothing to worry about. */
static void
take_note (Run *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details;
  const MeasureResult *result;
  g_autofree gchar *debug = NULL;
  g_autofree gchar *text = NULL;

  if (GST_MESSAGE_SRC (message) != GST_OBJECT (run->measure))
    return;
  gst_message_parse_info (message, &error, &debug);
  gst_message_parse_info_details (message, &details);
  result = concerned (run, message, details);
  text = put_in_words (run, error, debug, subject_of (run, message, result));
  run->events->note (text, run->events->user);
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
  run->events->advance (run->pairs, part, run->events->user);
}

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Run *run = user;
  const GstStructure *fields;
  MeasureResult *result;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      /* An end after an error is not the end of the inputs. */
      run->ended = !run->failed;
      return FALSE;
    case GST_MESSAGE_ERROR:
      take_error (run, message);
      return FALSE;
    case GST_MESSAGE_WARNING:
      take_warning (run, message);
      return TRUE;
    case GST_MESSAGE_INFO:
      take_note (run, message);
      return TRUE;
    case GST_MESSAGE_ELEMENT:
      fields = gst_message_get_structure (message);
      if (GST_MESSAGE_SRC (message) != GST_OBJECT (run->measure))
        return TRUE;
      result = result_of_pad (run, gst_structure_get_string (fields, "stream"));
      if (result != NULL)
        measure_recorder_take (run->recorder, number_of (run, result), fields);
      if (gst_structure_has_name (fields, "perceptual-distance")) {
        if (result == result_at (run, 0))
          take_pair (run, fields);
      } else if (result != NULL
          && gst_structure_has_name (fields, "perceptual-summary")) {
        g_clear_pointer (&result->summary, gst_structure_free);
        result->summary = gst_structure_copy (fields);
      }
      return TRUE;
    default:
      return TRUE;
  }
}

static void
apply_settings (const Run *run, const MeasureOrder *order)
{
  measure_settings_apply (order->settings, G_OBJECT (run->measure));
  if (order->log != NULL)
    g_object_set (run->measure, "log-location", order->log, NULL);
  if (order->heatmap == NULL)
    return;
  gst_util_set_object_arg (G_OBJECT (run->measure), "output", "heatmap");
  /* A picture is looked at; a video may be laid over another. */
  if (!measure_picture_fits (order->heatmap, TRUE))
    return;
  if (measure_settings_find (order->settings, "heatmap-zoom") == NULL)
    g_object_set (run->measure, "heatmap-zoom", 0, NULL);
  if (measure_settings_find (order->settings, "heatmap-legend-below") == NULL)
    g_object_set (run->measure, "heatmap-legend-below", TRUE, NULL);
}

/* Has nothing but the section measured. */
static void
cut_input (Run *run, const MeasureOrder *order, guint which, GstPad *target,
    const gchar *name)
{
  const MeasureSection *section = order->section;
  const MeasureInput *input =
      which == 0 ? run->reference : result_at (run, which - 1)->distorted;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (run->measure, name);
  MeasureCutLimits limits;
  gboolean margins = FALSE;

  if (section == NULL)
    return;
  if (which == 0)
    measure_section_limit_reference (section, input, &limits);
  else
    margins = measure_section_limit_distorted (section, run->reference, input,
        order->settings, run->alignments[which - 1].offset, &limits);
  if (margins)
    g_object_set (pad, "margins", TRUE, NULL);
  run->cuts[which] = measure_cut_new (target, &limits,
      measure_section_may_jump (input, &run->sources[which].is_matroska),
      margins ? run->cuts[0] : NULL);
}

/* A queue lets the decoder work on the next frame while this one is measured;
 * it is short because frames are large. */
static void
add_input (Run *run, GstElement *pipeline, const MeasureOrder *order,
    guint which, const MeasureInput *input, const gchar *pad)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (queue, "sink");

  g_object_set (queue, "max-size-buffers", 2, "max-size-bytes", 0,
      "max-size-time", G_GUINT64_CONSTANT (0), NULL);
  gst_bin_add (GST_BIN (pipeline), queue);
  gst_element_link_pads (queue, "src", run->measure, pad);
  measure_source_init (
      &run->sources[which], pipeline, input, target, order->turn);
  measure_activity_watch_input (
      run->activity, which, input->uri, run->sources[which].bin, target);
  cut_input (run, order, which, target, pad);
  measure_crop_apply (input, run->measure, pad);
}

/* Brings distorted files' frames and the reference's together, before frames
 * flow. */
static void
align (Run *run, const MeasureOrder *order)
{
  for (guint i = 0; i < run->results->len; i++) {
    MeasureAlignment *alignment = &run->alignments[i];

    measure_align (
        &(MeasureAlignRequest){
            .how = order->align,
            .settings = order->settings,
            .reference = run->reference,
            .distorted = result_at (run, i)->distorted,
            .number = 1 + i,
            .section = order->section,
            .turn = order->turn,
            .activity = run->activity,
            .interrupted = order->interrupted,
        },
        alignment);
    if (alignment->warning != NULL)
      run->events->warn (alignment->warning, run->events->user);
  }
}

/* Pipes are not looked at any more after this. */
static void
set_last (const Run *run)
{
  if (run->reference->pipe != NULL)
    measure_pipe_set_last (run->reference->pipe);
  for (guint i = 0; i < run->results->len; i++) {
    const MeasureInput *input = result_at (run, i)->distorted;

    if (input->pipe != NULL)
      measure_pipe_set_last (input->pipe);
  }
}

/* What the log's header and the summary say of the files besides. */
static void
set_alignment (const Run *run, guint which, const gchar *name)
{
  const MeasureAlignment *alignment = &run->alignments[which];
  g_autoptr (GstPad) pad = gst_element_get_static_pad (run->measure, name);
  g_autoptr (GstStructure) notes = alignment->notes != NULL
      ? gst_structure_copy (alignment->notes)
      : gst_structure_new_empty ("notes");

  gst_structure_set (notes, "reference", G_TYPE_STRING, run->reference->label,
      "distorted", G_TYPE_STRING, result_at (run, which)->distorted->label,
      NULL);
  g_object_set (pad, "sync-offset", alignment->offset, "notes", notes, NULL);
}

/* Has everything written down that happens to one input. */
static void
record (
    const Run *run, const MeasureOrder *order, guint which, const gchar *name)
{
  static const gchar *const choices[] = { "interval", "rate", "measure",
    "jitter" };
  g_autoptr (GstPad) pad = gst_element_get_static_pad (run->measure, name);
  gint64 offset = 0;
  gboolean every = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    every &= measure_settings_find (order->settings, choices[i]) == NULL;
  if (which > 0) {
    g_object_get (run->measure, "sync-offset", &offset, NULL);
    offset += run->alignments[which - 1].offset;
  }
  measure_recorder_watch (run->recorder, which, &run->sources[which], pad,
      offset, every, order->section != NULL);
}

/* Makes what takes the frames that come out: a sink that drops them, or a file
 * of heat maps. */
static gboolean
add_output (
    Run *run, GstElement *pipeline, const MeasureOrder *order, GError **error)
{
  GstElement *sink;

  if (order->heatmap != NULL) {
    sink = run->picture =
        measure_picture_new (order->heatmap, place_of (order), error);
    if (sink == NULL)
      return FALSE;
  } else {
    sink = gst_element_factory_make ("fakesink", NULL);
    g_object_set (sink, "sync", FALSE, NULL);
  }
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_link_pads (run->measure, "src", sink, "sink");
  return TRUE;
}

static GstElement *
build (Run *run, const MeasureOrder *order)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));

  run->measure =
      g_object_new (G_OBJECT_CLASS_TYPE (order->settings->element), NULL);
  apply_settings (run, order);
  gst_bin_add (GST_BIN (pipeline), run->measure);
  add_input (run, pipeline, order, 0, run->reference, "ref_sink");
  record (run, order, 0, "ref_sink");
  for (guint i = 0; i < run->results->len; i++) {
    g_autofree gchar *pad = pad_of (i);

    add_input (run, pipeline, order, 1 + i, result_at (run, i)->distorted, pad);
    set_alignment (run, i, pad);
    record (run, order, 1 + i, pad);
  }
  return pipeline;
}

/* Starts the element alone, which finds options that contradict each other, a
 * log that cannot be opened, and weights that are missing. */
static gboolean
can_start (Run *run, GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  g_autofree gchar *text = NULL;
  GstStateChangeReturn change;

  measure_activity_set_busy (run->activity, TRUE);
  change = gst_element_set_state (run->measure, GST_STATE_PAUSED);
  measure_activity_set_busy (run->activity, FALSE);
  if (change != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message != NULL)
    gst_message_parse_error (message, &error, &debug);
  if (error != NULL)
    text = put_in_words (run, error, debug, 1 + run->results->len);
  fail_all (run,
      g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS),
      text != NULL ? text : "the measuring element did not start");
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return FALSE;
}

static gchar *
describe_unmeasured (const MeasureResult *result)
{
  guint64 pairs = measure_result_count (result, "pairs");
  g_autofree gchar *which = pairs == 1
      ? g_strdup ("not even its only pair")
      : g_strdup_printf ("none of its %" G_GUINT64_FORMAT " pairs", pairs);

  return g_strdup_printf ("%s: %s was measured; a smaller --interval or a "
                          "higher --rate chooses more",
      result->distorted->label, which);
}

/* Judges, after a run that reached its end, whether enough was measured to say
 * something about the files. */
static void
judge_partners (const Run *run, MeasureResult *result)
{
  const gchar *label = result->distorted->label;
  g_autofree gchar *error = measure_partners_find_error (result->summary);
  g_autofree gchar *warning = NULL, *text = NULL;

  if (error != NULL) {
    result->error = g_strdup_printf ("%s: %s", label, error);
    return;
  }
  warning = measure_partners_find_warning (result->summary, &result->left);
  if (warning == NULL)
    return;
  text = g_strdup_printf ("%s: %s", label, warning);
  run->events->warn (text, run->events->user);
}

/* Returns: (transfer full) (nullable): that a file has nothing of the section;
 * NULL where that is not so */
static gchar *
describe_emptiness (const Run *run, const MeasureResult *result)
{
  const gchar *label;

  if (run->cuts[0] == NULL)
    return NULL;
  if (measure_cut_count (run->cuts[0]) == 0)
    label = run->reference->label;
  else if (measure_cut_count (run->cuts[number_of (run, result)]) == 0)
    label = result->distorted->label;
  else
    return NULL;
  return g_strdup_printf ("%s: its video has no frame in the section that is "
                          "to be measured; it ends before that starts",
      label);
}

static gchar *
describe_no_start (const gchar *label)
{
  g_autofree gchar *limits = limits_suspect ();

  if (measure_trouble_lacks_threads ())
    return g_strdup_printf ("%s: %s", label, MEASURE_TROUBLE_NO_THREADS);
  return g_strdup_printf ("%s: the pipeline did not start%s%s", label,
      limits != NULL ? "; " : "", limits != NULL ? limits : "");
}

/* Notes what the end of the run means for one file. */
static void
conclude (const Run *run, MeasureResult *result, gboolean interrupted)
{
  const gchar *label = result->distorted->label;

  result->incomplete = !run->ended;
  result->broken_off = run->failed && result->error == NULL;
  if (result->error != NULL || result->broken_off)
    return;
  if (run->ended)
    result->error = describe_emptiness (run, result);
  if (result->error != NULL)
    return;
  if (!run->ended && !interrupted)
    result->error = describe_no_start (label);
  else if (run->ended && measure_result_count (result, "pairs") == 0)
    result->error = g_strdup_printf (
        "%s: not one frame of it lies within the tolerance of a frame of "
        "%s; --sync-offset shifts the distorted frames in time",
        label, run->reference->label);
  else if (run->ended && measure_result_count (result, "measured") == 0)
    result->error = describe_unmeasured (result);
  else if (run->ended)
    judge_partners (run, result);
}

GPtrArray *
measure_run (const MeasureOrder *order)
{
  const GPtrArray *distorted = order->distorted;
  g_autofree MeasureSource *sources =
      g_new0 (MeasureSource, 1 + distorted->len);
  g_autofree MeasureAlignment *alignments =
      g_new0 (MeasureAlignment, distorted->len);
  g_autofree MeasureCut **cuts = g_new0 (MeasureCut *, 1 + distorted->len);
  g_autofree const gchar **labels = g_new0 (const gchar *, 2 + distorted->len);
  Run run = {
    .reference = order->reference,
    .labels = labels,
    .alignments = alignments,
    .events = order->events,
    .order = order,
    .activity = order->activity,
    .recorder = order->recorder,
    .sources = sources,
    .cuts = cuts,
  };
  g_autoptr (GError) error = NULL;
  GstElement *pipeline;

  run.results =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_result_free);
  labels[0] = order->reference->label;
  for (guint i = 0; i < distorted->len; i++) {
    const MeasureInput *input = distorted->pdata[i];

    labels[1 + i] = input->label;
    g_ptr_array_add (run.results, measure_result_new (input));
  }
  align (&run, order);
  set_last (&run);
  pipeline = build (&run, order);
  measure_activity_watch_measure (order->activity, run.measure);
  measure_activity_watch_output (order->activity, order->log);
  measure_activity_watch_output (order->activity, place_of (order));
  if (!add_output (&run, pipeline, order, &error)) {
    fail_all (&run, FALSE, error->message);
  } else if (can_start (&run, pipeline)) {
    measure_loop_run (pipeline, on_message, &run, order->interrupted);
    for (guint i = 0; i < run.results->len; i++)
      conclude (
          &run, result_at (&run, i), g_atomic_int_get (order->interrupted));
    if (run.ended)
      measure_recorder_end (run.recorder);
  }
  for (guint i = 0; i <= distorted->len; i++)
    measure_source_clear (&sources[i]);
  for (guint i = 0; i < distorted->len; i++)
    measure_alignment_clear (&alignments[i]);
  measure_activity_forget (order->activity);
  gst_object_unref (pipeline);
  for (guint i = 0; i <= distorted->len; i++)
    measure_cut_free (cuts[i]);
  return run.results;
}

MeasureResult *
measure_result_new (const MeasureInput *distorted)
{
  MeasureResult *self = g_new0 (MeasureResult, 1);

  self->distorted = distorted;
  return self;
}

void
measure_result_free (MeasureResult *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->summary, gst_structure_free);
  g_free (self->error);
  g_free (self);
}

gchar *
measure_column_name (const gchar *name)
{
  static const gchar of_rgb[] = ":rgb";
  gboolean rgb = g_str_has_suffix (name, of_rgb);
  g_autofree gchar *bare =
      g_strndup (name, strlen (name) - (rgb ? strlen (of_rgb) : 0));
  g_autofree gchar *column =
      g_uri_unescape_string (g_strdelimit (bare, "/", '%'), NULL);

  return g_strconcat (column != NULL ? column : name, rgb ? "(rgb)" : "", NULL);
}

gboolean
measure_column_is_of_rgb (const gchar *name)
{
  return g_str_has_suffix (name, ":rgb") || g_str_has_suffix (name, "(rgb)");
}

guint64
measure_result_count (const MeasureResult *self, const gchar *name)
{
  guint64 count = 0;

  if (self->summary != NULL)
    gst_structure_get_uint64 (self->summary, name, &count);
  return count;
}

gboolean
measure_result_number (
    const GstStructure *fields, const gchar *name, gdouble *number)
{
  return fields != NULL && gst_structure_get_double (fields, name, number)
      && isfinite (*number);
}
