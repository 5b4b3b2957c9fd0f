/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Builds and runs the pipeline, and finds out whose fault it was.
 *
 *   source - queue - tee - queue - perceptualdistance - fakesink
 *                     '- a branch for each encoder -'
 */
#include "tune/probe/pass.h"

#include "console/printable.h"
#include "console/program-error.h"
#include "measure/loop.h"
#include "measure/source.h"
#include "measure/words/words.h"
#include "tune/measuring.h"
#include "tune/probe/branch.h"
#include "tune/probe/candidate.h"

#include "perceptual.h"

#include <string.h>

#define LOOK_MS 100

/* So long nothing moves before it is believed that nothing will. */
#define STILL_MS 2000

/* Frames of a hundred that may be without a partner. */
#define FEW 1

typedef struct
{
  TunePass *pass;
  GPtrArray *branches;  /* TuneBranch */
  GPtrArray *distances; /* GArray of gfloat, one for each branch */
  GPtrArray *summaries; /* GstStructure (nullable), one for each branch */
  MeasureSource source;
  GstElement *pipeline;
  GstElement *measure; /* (nullable) */
  GstElement *waiting; /* (nullable): the reference's queue */
  GstElement *tee;
  gint moves; /* atomic */
  gint seen;
  guint still_ms;
  gboolean stop;  /* atomic */
  gboolean ended; /* all inputs came to their end */
  gboolean failed;
  guint64 pairs;
  GError *error;
} Run;

TuneStream *
tune_stream_new (const TuneCandidate *candidate, TuneOutcome *outcome)
{
  TuneStream *self = g_new0 (TuneStream, 1);

  self->candidate = candidate;
  self->outcome = outcome;
  self->packets = g_array_new (FALSE, FALSE, sizeof (TunePacket));
  return self;
}

void
tune_stream_free (TuneStream *self)
{
  gst_clear_caps (&self->given);
  g_array_unref (self->packets);
  g_free (self);
}

static TuneBranch *
branch_at (const Run *run, guint i)
{
  return run->branches->pdata[i];
}

/* --- blame --------------------------------------------------------------- */

static void
fail_stream (TuneStream *stream, const gchar *text)
{
  g_autofree gchar *name = tune_candidate_describe (stream->candidate);

  if (stream->outcome->error == NULL)
    stream->outcome->error = g_strdup_printf ("%s: %s", name, text);
}

/* The last line of debug texts says more than the message, which is of a fixed
 * set. */
static gchar *
describe_error (const GError *error, const gchar *debug)
{
  g_autofree gchar *message = g_strdup (error->message);
  const gchar *line = debug != NULL ? strstr (debug, ":\n") : NULL;
  g_autofree gchar *detail = g_strdup (line != NULL ? line + 2 : "");

  g_strdelimit (detail, "\n", ' ');
  g_strstrip (detail);
  if (g_str_has_suffix (message, "."))
    message[strlen (message) - 1] = '\0';
  return *detail != '\0' ? g_strdup_printf ("%s (%s)", message, detail)
                         : g_steal_pointer (&message);
}

/* Encoders say this at most to those who debug. */
static gchar *
describe_size (const TuneStream *stream)
{
  GstVideoInfo info;

  if (stream->given == NULL || !gst_video_info_from_caps (&info, stream->given)
      || (info.width % 2 == 0 && info.height % 2 == 0))
    return g_strdup ("");
  return g_strdup_printf (
      "; the frames are %dx%d, and many encoders take even sizes only",
      info.width, info.height);
}

static gchar *
pad_of (guint i)
{
  return i == 0 ? g_strdup ("dist_sink") : g_strdup_printf ("dist_sink_%u", i);
}

/* Returns: its number, or -1. */
static gint
branch_of_pad (const Run *run, const gchar *pad)
{
  for (guint i = 0; pad != NULL && i < run->branches->len; i++) {
    g_autofree gchar *name = pad_of (i);

    if (strcmp (name, pad) == 0)
      return (gint) i;
  }
  return -1;
}

/* Returns: the number of the branch that @message comes from or is about, or
 * -1. */
static gint
find_branch (const Run *run, GstMessage *message, const GstStructure *details)
{
  for (guint i = 0; i < run->branches->len; i++) {
    if (gst_object_has_as_ancestor (
            GST_MESSAGE_SRC (message), GST_OBJECT (branch_at (run, i)->bin)))
      return (gint) i;
  }
  return details != NULL
      ? branch_of_pad (run, gst_structure_get_string (details, "pad"))
      : -1;
}

/* A refused frame is reported by whoever is at the beginning. */
static gboolean
blame_refusal (Run *run)
{
  gboolean found = FALSE;

  for (guint i = 0; i < run->branches->len; i++) {
    g_autofree gchar *why = NULL;

    if (!tune_branch_refused (branch_at (run, i), &why))
      continue;
    fail_stream (branch_at (run, i)->stream, why);
    found = TRUE;
  }
  return found;
}

static gchar *
put_in_words (const Run *run, const GError *error, const gchar *debug)
{
  const gchar *const labels[] = { run->pass->source->label, "the encode",
    NULL };

  return measure_words (error->message, debug,
      &(MeasureNames){
          .element =
              run->measure != NULL ? G_OBJECT_GET_CLASS (run->measure) : NULL,
          .settings = run->pass->settings,
          .labels = labels,
          .offers = tune_measuring_offers,
          .images = run->pass->source->is_image,
      });
}

static void
fail_run (Run *run, const GError *error, const gchar *debug, gboolean named)
{
  g_autofree gchar *words = put_in_words (run, error, debug);

  if (run->error != NULL)
    return;
  if (named)
    g_set_error (&run->error, PROGRAM_ERROR, PROGRAM_ERROR_DATA, "%s: %s",
        run->pass->source->label, words);
  else
    program_fail_unnamed (&run->error, "%s", words);
}

/* One failure often brings others after it; the first is the cause. */
static void
take_error (Run *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  const GstStructure *details;
  gint branch;

  if (run->failed)
    return;
  run->failed = TRUE;
  gst_message_parse_error (message, &error, &debug);
  gst_message_parse_error_details (message, &details);
  branch = find_branch (run, message, details);
  if (branch >= 0 && GST_MESSAGE_SRC (message) == GST_OBJECT (run->measure)) {
    g_autofree gchar *words = put_in_words (run, error, debug);

    fail_stream (branch_at (run, (guint) branch)->stream, words);
  } else if (branch >= 0) {
    TuneStream *stream = branch_at (run, (guint) branch)->stream;
    g_autofree gchar *said = describe_error (error, debug);
    g_autofree gchar *size = describe_size (stream);
    g_autofree gchar *kept = g_error_matches (error, GST_RESOURCE_ERROR,
                                 GST_RESOURCE_ERROR_NO_SPACE_LEFT)
            && stream->keep != NULL
        ? printable_text (stream->keep)
        : NULL;
    g_autofree gchar *text =
        g_strconcat (said, size, kept != NULL ? ": " : NULL, kept, NULL);

    fail_stream (stream, text);
  } else if (!blame_refusal (run)) {
    fail_run (run, error, debug,
        measure_source_sent (&run->source, message)
            || (details != NULL
                && g_strcmp0 (
                       gst_structure_get_string (details, "pad"), "ref_sink")
                    == 0));
  }
}

/* What makes a distance doubtful is told; encoders' own warnings are not about
 * that. */
static void
take_warning (Run *run, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL, *words = NULL, *text = NULL;
  const GstStructure *details;
  const gchar *name = run->pass->source->label;
  gint branch;

  if (!measure_source_sent (&run->source, message)
      && GST_MESSAGE_SRC (message) != (GstObject *) run->measure)
    return;
  gst_message_parse_warning (message, &error, &debug);
  gst_message_parse_warning_details (message, &details);
  branch = find_branch (run, message, details);
  if (branch >= 0)
    name = branch_at (run, (guint) branch)->stream->candidate->encoder;
  words = put_in_words (run, error, debug);
  text = g_strdup_printf ("%s: %s", name, words);
  run->pass->note (text, run->pass->user);
}

/* --- messages ------------------------------------------------------------ */

static void
take_pair (Run *run, guint branch, const GstStructure *fields)
{
  const TuneCut *cut = run->pass->cut;
  GstClockTime time = GST_CLOCK_TIME_NONE;
  gint64 start = cut->window.start_ns, stop = cut->window.stop_ns;
  gdouble number = 0, part = -1;
  gfloat distance;

  g_atomic_int_inc (&run->moves);
  gst_structure_get_double (fields, "distance", &number);
  distance = (gfloat) number;
  g_array_append_val (run->distances->pdata[branch], distance);
  if (branch > 0)
    return;
  run->pairs++;
  gst_structure_get_uint64 (fields, "stream-time", &time);
  if (stop == G_MAXINT64
      && GST_CLOCK_TIME_IS_VALID (run->pass->source->duration))
    stop = (gint64) run->pass->source->duration;
  if (stop != G_MAXINT64 && stop > start && GST_CLOCK_TIME_IS_VALID (time))
    part = CLAMP (
        (gdouble) ((gint64) time - start) / (gdouble) (stop - start), 0, 1);
  if (run->pass->advance != NULL)
    run->pass->advance (run->pairs, part, run->pass->user);
}

static void
take_fields (Run *run, const GstStructure *fields)
{
  gint branch =
      branch_of_pad (run, gst_structure_get_string (fields, "stream"));

  if (branch < 0)
    return;
  if (gst_structure_has_name (fields, "perceptual-distance")) {
    take_pair (run, (guint) branch, fields);
  } else if (gst_structure_has_name (fields, "perceptual-summary")) {
    if (run->summaries->pdata[branch] != NULL)
      gst_structure_free (run->summaries->pdata[branch]);
    run->summaries->pdata[branch] = gst_structure_copy (fields);
  }
}

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Run *run = user;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      run->ended = !run->failed;
      return FALSE;
    case GST_MESSAGE_ERROR:
      take_error (run, message);
      return FALSE;
    case GST_MESSAGE_WARNING:
      take_warning (run, message);
      return TRUE;
    case GST_MESSAGE_ELEMENT:
      if (run->measure != NULL
          && GST_MESSAGE_SRC (message) == GST_OBJECT (run->measure))
        take_fields (run, gst_message_get_structure (message));
      return TRUE;
    default:
      return TRUE;
  }
}

/* --- standstill ---------------------------------------------------------- */

static gboolean
is_measuring (const Run *run)
{
  gboolean busy = FALSE;

  if (run->measure != NULL)
    g_signal_emit_by_name (run->measure, "is-measuring", &busy);
  return busy;
}

static gboolean
is_full (const Run *run)
{
  gboolean full = run->waiting != NULL && tune_queue_is_full (run->waiting);

  for (guint i = 0; i < run->branches->len; i++)
    full |= tune_branch_is_full (branch_at (run, i));
  return full;
}

/* An encoder that wants more frames before it gives one, while no more can
 * wait for it, is the end of all movement. */
static gboolean
on_look (gpointer user)
{
  Run *run = user;
  gint moves = g_atomic_int_get (&run->moves);

  run->still_ms =
      moves != run->seen || is_measuring (run) ? 0 : run->still_ms + LOOK_MS;
  if (moves != run->seen)
    run->pass->alive (run->pass->user);
  run->seen = moves;
  if (run->still_ms < STILL_MS || !is_full (run))
    return G_SOURCE_CONTINUE;
  for (guint i = 0; i < run->branches->len; i++) {
    if (!tune_branch_holds (branch_at (run, i)))
      continue;
    branch_at (run, i)->stream->held = TRUE;
    run->stop = TRUE;
  }
  return G_SOURCE_CONTINUE;
}

/* --- building ------------------------------------------------------------ */

static GstPadProbeReturn
on_source_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Run *run = user;

  g_atomic_int_inc (&run->moves);
  return GST_PAD_PROBE_OK;
}

/* Tags of the source say nothing of an encode, and how a picture is to be
 * turned has been heeded. */
static GstPadProbeReturn
drop_tags (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  return GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_TAG
      ? GST_PAD_PROBE_DROP
      : GST_PAD_PROBE_OK;
}

/* A decoder whose pictures are cropped gives out frames of a pool of a fixed
 * size, and an encoder that looks ahead holds more of them than there are.
 * Without an answer to what it asks, its frames are allocated as they are
 * needed, and bounded by the queues. */
static GstPadProbeReturn
refuse_pools (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  return GST_QUERY_TYPE (GST_PAD_PROBE_INFO_QUERY (info))
          == GST_QUERY_ALLOCATION
      ? GST_PAD_PROBE_DROP
      : GST_PAD_PROBE_OK;
}

static void
add_source (Run *run)
{
  static const gboolean always = TRUE;
  GstElement *queue = tune_queue_add (GST_BIN (run->pipeline), "source", 2, 0);
  g_autoptr (GstPad) target = gst_element_get_static_pad (queue, "sink");

  run->tee = gst_element_factory_make ("tee", NULL);
  gst_bin_add (GST_BIN (run->pipeline), run->tee);
  gst_element_link (queue, run->tee);
  /* Before the cut, which drops most of a long way to a window. */
  gst_pad_add_probe (
      target, GST_PAD_PROBE_TYPE_BUFFER, on_source_frame, run, NULL);
  tune_cut_watch (run->pass->cut, target,
      run->pass->source->correction.has_movie ? &always
                                              : &run->source.is_matroska);
  gst_pad_add_probe (
      target, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, drop_tags, NULL, NULL);
  gst_pad_add_probe (
      target, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, refuse_pools, NULL, NULL);
  measure_source_init (
      &run->source, run->pipeline, run->pass->source, target, TRUE);
}

static void
add_measure (Run *run)
{
  const MeasureSettings *settings = run->pass->settings;
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) pad = NULL;

  run->measure = g_object_new (G_OBJECT_CLASS_TYPE (settings->element), NULL);
  measure_settings_apply (settings, G_OBJECT (run->measure));
  g_object_set (sink, "sync", FALSE, NULL);
  run->waiting = tune_queue_add (
      GST_BIN (run->pipeline), "reference", 0, run->pass->memory);
  pad = gst_element_get_static_pad (run->waiting, "sink");
  tune_cut_hold_margins (run->pass->cut, pad);
  gst_bin_add_many (GST_BIN (run->pipeline), run->measure, sink, NULL);
  gst_element_link (run->tee, run->waiting);
  gst_element_link_pads (run->waiting, "src", run->measure, "ref_sink");
  gst_element_link_pads (run->measure, "src", sink, "sink");
}

static void
add_branch (Run *run, TuneStream *stream)
{
  const TunePass *pass = run->pass;
  guint number = run->branches->len;
  guint several = pass->streams->len > 1 ? pass->streams->len : 0;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *pad = pad_of (number);
  TuneBranch *branch =
      tune_branch_new (stream, number, pass->cut, run->pipeline, pass->measure,
          several > 0 ? pass->memory / several : 0, &run->moves, &error);

  if (branch == NULL) {
    fail_stream (stream, error->message);
    return;
  }
  g_ptr_array_add (run->branches, branch);
  g_ptr_array_add (run->distances, g_array_new (FALSE, FALSE, sizeof (gfloat)));
  g_ptr_array_add (run->summaries, NULL);
  if (stream->encoded == NULL)
    gst_element_link_pads (run->tee, NULL, branch->bin, "sink");
  if (pass->measure)
    gst_element_link_pads (branch->bin, "src", run->measure, pad);
}

/* Starts the element alone, which finds options that contradict each other and
 * weights that are missing. */
static gboolean
can_start (Run *run)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (run->measure == NULL
      || gst_element_set_state (run->measure, GST_STATE_PAUSED)
          != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message != NULL)
    gst_message_parse_error (message, &error, &debug);
  if (error != NULL)
    fail_run (run, error, debug, FALSE);
  else
    program_fail_unnamed (&run->error, "the measuring element did not start");
  gst_element_set_state (run->pipeline, GST_STATE_NULL);
  return FALSE;
}

/* --- the end ------------------------------------------------------------- */

static gboolean
add_option (GQuark name, const GValue *value, gpointer user)
{
  const gchar *text = g_quark_to_string (name);

  if (G_VALUE_HOLDS_BOOLEAN (value))
    json_object_set_boolean_member (user, text, g_value_get_boolean (value));
  else if (G_VALUE_HOLDS_UINT64 (value))
    json_object_set_int_member (
        user, text, (gint64) g_value_get_uint64 (value));
  else if (G_VALUE_HOLDS_DOUBLE (value))
    json_object_set_double_member (user, text, g_value_get_double (value));
  else if (G_VALUE_HOLDS_STRING (value))
    json_object_set_string_member (user, text, g_value_get_string (value));
  else
    json_object_set_null_member (user, text);
  return TRUE;
}

/* Takes from a summary what is alike for all. */
static void
describe_metric (TuneResult *result, const GstStructure *summary)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  GstStructure *options = NULL;

  json_node_take_object (node, object);
  gst_structure_get (summary, "options", GST_TYPE_STRUCTURE, &options, NULL);
  if (options != NULL)
    gst_structure_foreach (options, add_option, object);
  g_clear_pointer (&options, gst_structure_free);
  result->metric = g_strdup (gst_structure_get_string (summary, "metric"));
  result->options = tune_json_print (node);
  result->weights_sha256 =
      g_strdup (gst_structure_get_string (summary, "weights-sha256"));
}

static guint64
count_of (const GstStructure *summary, const gchar *name)
{
  guint64 count = 0;

  if (summary != NULL)
    gst_structure_get_uint64 (summary, name, &count);
  return count;
}

/* Says what is wrong with the frames that came back. */
static void
judge (const Run *run, TuneBranch *branch, const GstStructure *summary)
{
  TuneStream *stream = branch->stream;
  TuneMeasurement *measurement = &stream->outcome->measurement;
  guint64 pairs = count_of (summary, "pairs");
  guint64 frames = tune_cut_count (run->pass->cut);
  gint videos = g_atomic_int_get (&branch->file.videos);
  g_autofree gchar *text = NULL;

  measurement->unmatched = count_of (summary, "unmatched-reference")
      + count_of (summary, "unmatched-distorted") + count_of (summary, "late")
      + stream->extra;
  if (stream->frames == 0)
    text = g_strdup ("it gave no frame that can be decoded");
  else if (videos > 1)
    text = g_strdup_printf (
        "there are %d videos in its file, and only one can be its encode",
        videos);
  else if (100 * measurement->unmatched > FEW * frames)
    text = g_strdup_printf ("of %" G_GUINT64_FORMAT " frames %" G_GUINT64_FORMAT
                            " came back at their times, and %" G_GUINT64_FORMAT
                            " frames are without a partner",
        frames, pairs, measurement->unmatched);
  else if (measurement->frames == 0)
    text = g_strdup ("no pair was measured");
  else if (count_of (summary, "misaligned") > 0)
    text = g_strdup ("its frames do not lie where the source's do");
  if (text != NULL)
    fail_stream (stream, text);
}

static void
conclude (Run *run, guint number)
{
  TuneBranch *branch = branch_at (run, number);
  TuneStream *stream = branch->stream;
  TuneMeasurement *measurement = &stream->outcome->measurement;
  const GstStructure *summary = run->summaries->pdata[number];
  GArray *distances = run->distances->pdata[number];

  if (stream->outcome->error != NULL || stream->held)
    return;
  if (!run->ended) {
    stream->again = TRUE;
    return;
  }
  tune_branch_count (branch);
  if (!run->pass->measure)
    return;
  measurement->frames = distances->len;
  g_free (measurement->distances);
  measurement->distances =
      g_memdup2 (distances->data, distances->len * sizeof (gfloat));
  if (summary != NULL && run->pass->result->metric == NULL)
    describe_metric (run->pass->result, summary);
  judge (run, branch, summary);
}

/* What is known of the source's part. */
static void
describe_source (Run *run)
{
  const TuneCut *cut = run->pass->cut;
  TuneResult *result = run->pass->result;

  if (result->caps == NULL)
    result->caps = g_strdup (cut->caps);
  if (tune_cut_count (cut) == 0) {
    program_fail_unnamed (&run->error,
        "%s: none of its frames lies in the part that is to be encoded",
        run->pass->source->label);
    return;
  }
  result->frames = tune_cut_count (cut);
  result->seconds = (gdouble) (cut->end - cut->begin) / GST_SECOND;
}

static void
free_structure (gpointer structure)
{
  if (structure != NULL)
    gst_structure_free (structure);
}

static void
run_pipeline (Run *run)
{
  guint look = g_timeout_add (LOOK_MS, on_look, run);

  measure_loop_run (run->pipeline, on_message, run, &run->stop);
  g_source_remove (look);
  if (run->ended && run->error == NULL)
    describe_source (run);
  if (run->error == NULL) {
    for (guint i = 0; i < run->branches->len; i++)
      conclude (run, i);
  }
}

gboolean
tune_pass_run (TunePass *self, GError **error)
{
  Run run = { .pass = self };

  run.branches =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_branch_free);
  run.distances =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  run.summaries = g_ptr_array_new_with_free_func (free_structure);
  run.pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  add_source (&run);
  if (self->measure)
    add_measure (&run);
  for (guint i = 0; i < self->streams->len; i++)
    add_branch (&run, self->streams->pdata[i]);
  if (run.branches->len > 0 && can_start (&run))
    run_pipeline (&run);
  gst_element_set_state (run.pipeline, GST_STATE_NULL);
  measure_source_clear (&run.source);
  gst_object_unref (run.pipeline);
  g_ptr_array_unref (run.summaries);
  g_ptr_array_unref (run.distances);
  g_ptr_array_unref (run.branches);
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);
  return FALSE;
}
