/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Feeds the images to the measuring element as frames of two streams, paired by
 * number.  What it reports of a pair becomes the summary that the pair would
 * have by itself.  A pair that fails ends the streams, which begin again behind
 * it; so does a change of format, after which columns may have other names.
 */
#include "measure/batch.h"

#include "measure/loop.h"
#include "measure/reader/reader-source.h"
#include "measure/words/words.h"

#include "perceptual.h"

#include <math.h>
#include <string.h>

/* Pictures that are decoded and wait for their turn, of either side: so many
 * that small ones can be measured together, and few where they are large. */
#define MOST_WAITING 16
#define MOST_BYTES_WAITING (16 << 20)

/* Of one stretch of pairs between @from and @end. */
typedef struct
{
  const MeasureOrder *order;
  GPtrArray *results;
  GPtrArray *paths[2]; /* reference, distorted: file names */
  guint from;
  guint end;
  guint seen; /* pairs of this stretch */
  GstElement *pipeline;
  GstElement *measure;
  GstElement *sources[2];
  GstStructure *header; /* (nullable) */
  gboolean failed;
  guint failure; /* the pair that did, where that is known */
  gboolean hopeless;
  gboolean ended;
} Stretch;

/* --- what a pair is by itself -------------------------------------------- */

static void
copy_field (const GstStructure *from, const gchar *name, GstStructure *to)
{
  const GValue *value =
      from != NULL ? gst_structure_get_value (from, name) : NULL;

  if (value != NULL)
    gst_structure_set_value (to, name, value);
}

static gboolean
is_similarity (const gchar *column)
{
  g_autofree gchar *name = g_strndup (column, strcspn (column, ":("));
  const PerceptualMetricInfo *info = perceptual_metric_find (name, NULL);

  return info != NULL && (info->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
}

/* Statistics of a single value. */
static void
set_statistics (GstStructure *fields, const gchar *column, gdouble value)
{
  static const gchar *const all[] = { "mean", "min", "median", "p90", "p95",
    "p99", "max" };
  static const gchar *const low[] = { "p1", "p5", "p10", "harmonic-mean" };
  gboolean similarity = is_similarity (column);
  GstStructure *worst;

  if (!isfinite (value)) {
    gst_structure_set (
        fields, "infinite", G_TYPE_UINT64, G_GUINT64_CONSTANT (1), NULL);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gst_structure_set (fields, all[i], G_TYPE_DOUBLE, value, NULL);
  gst_structure_set (fields, "stdev", G_TYPE_DOUBLE, 0., NULL);
  for (guint i = 0; similarity && i < G_N_ELEMENTS (low); i++) {
    if (value > -1 || strcmp (low[i], "harmonic-mean") != 0)
      gst_structure_set (fields, low[i], G_TYPE_DOUBLE, value, NULL);
  }
  worst = gst_structure_new ("worst", "index", G_TYPE_UINT64,
      G_GUINT64_CONSTANT (0), "pts", G_TYPE_UINT64, G_GUINT64_CONSTANT (0),
      "stream-time", G_TYPE_UINT64, G_GUINT64_CONSTANT (0), "distance",
      G_TYPE_DOUBLE, value, NULL);
  gst_structure_set (fields, "worst", GST_TYPE_STRUCTURE, worst, NULL);
  gst_structure_free (worst);
}

static void
set_also (GstStructure *summary, const GstStructure *distance)
{
  const GValue *values = gst_structure_get_value (distance, "also");
  const GValue *taps = gst_structure_get_value (distance, "also-taps");
  const GstStructure *columns =
      values != NULL ? gst_value_get_structure (values) : NULL;
  g_autoptr (GstStructure) also = gst_structure_new_empty ("also");

  for (gint i = 0; columns != NULL && i < gst_structure_n_fields (columns);
       i++) {
    const gchar *field = gst_structure_nth_field_name (columns, (guint) i);
    g_autoptr (GstStructure) column = gst_structure_new_empty (field);
    const GValue *own = taps != NULL
        ? gst_structure_get_value (gst_value_get_structure (taps), field)
        : NULL;
    gdouble value = NAN;

    gst_structure_get_double (columns, field, &value);
    set_statistics (column, field, value);
    if (own != NULL)
      gst_structure_set_value (column, "taps", own);
    gst_structure_set (also, field, GST_TYPE_STRUCTURE, column, NULL);
  }
  gst_structure_set (summary, "also", GST_TYPE_STRUCTURE, also, NULL);
}

/* Returns: (transfer full): the "perceptual-summary" of a run of one pair. */
static GstStructure *
make_summary (const GstStructure *distance, const GstStructure *header)
{
  static const gchar *const zeros[] = { "skipped", "unselected",
    "unmatched-reference", "unmatched-distorted", "late", "gaps", "frozen",
    "misaligned" };
  static const gchar *const notes[] = { "options", "also-metrics", "scale",
    "weights-name", "weights-sha256", "arithmetic", "tap-names",
    "also-tap-names", "luma", "luma-reason" };
  const gchar *metric = gst_structure_get_string (distance, "metric");
  GstStructure *summary = gst_structure_new ("perceptual-summary", "stream",
      G_TYPE_STRING, "dist_sink", "metric", G_TYPE_STRING, metric, "final",
      G_TYPE_BOOLEAN, TRUE, "pairs", G_TYPE_UINT64, G_GUINT64_CONSTANT (1),
      "measured", G_TYPE_UINT64, G_GUINT64_CONSTANT (1), NULL);
  gboolean black = FALSE;
  gdouble value = NAN;

  for (guint i = 0; i < G_N_ELEMENTS (zeros); i++)
    gst_structure_set (
        summary, zeros[i], G_TYPE_UINT64, G_GUINT64_CONSTANT (0), NULL);
  gst_structure_get_boolean (distance, "black", &black);
  gst_structure_set (
      summary, "black", G_TYPE_UINT64, (guint64) (black ? 1 : 0), NULL);
  gst_structure_get_double (distance, "distance", &value);
  set_statistics (summary, metric, value);
  copy_field (distance, "taps", summary);
  set_also (summary, distance);
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    copy_field (header, notes[i], summary);
  return summary;
}

/* --- messages ------------------------------------------------------------ */

static MeasureResult *
result_at (const Stretch *self, guint pair)
{
  return self->results->pdata[MIN (pair, self->results->len - 1)];
}

static gchar *
put_in_words (
    const Stretch *self, guint pair, const GError *error, const gchar *debug)
{
  const MeasureInput *reference = self->order->references->pdata[pair];
  const MeasureInput *distorted = self->order->distorted->pdata[pair];
  const gchar *labels[] = { reference->label, distorted->label, NULL };

  return measure_words (error->message, debug,
      &(MeasureNames){
          .element = G_OBJECT_GET_CLASS (self->measure),
          .settings = self->order->settings,
          .labels = labels,
          .own = 1,
          .images = TRUE,
      });
}

/* The pair that a message is about; @label: (out): the file */
static guint
find_pair (const Stretch *self, GstMessage *message, const gchar **label)
{
  const GPtrArray *inputs = self->order->distorted;
  const GstStructure *details = NULL;
  guint64 frame = self->seen;
  guint pair;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error_details (message, &details);
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->sources[0]))
    inputs = self->order->references;
  if (details != NULL)
    gst_structure_get_uint64 (details, "frame", &frame);
  pair = (guint) MIN (self->from + frame, (guint64) self->end - 1);
  *label = ((const MeasureInput *) inputs->pdata[pair])->label;
  return pair;
}

static void
take_error (Stretch *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  g_autofree gchar *words = NULL;
  const gchar *label;
  MeasureResult *result;

  if (self->failed)
    return;
  self->failed = TRUE;
  gst_message_parse_error (message, &error, &debug);
  self->failure = find_pair (self, message, &label);
  words = put_in_words (self, self->failure, error, debug);
  result = result_at (self, self->failure);
  g_free (result->error);
  result->error = g_strdup_printf ("%s: %s", label, words);
}

/* What is said of how frames are paired says nothing here. */
static void
take_remark (Stretch *self, GstMessage *message)
{
  gboolean warning = GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  g_autofree gchar *words = NULL;
  g_autofree gchar *text = NULL;
  const gchar *label;
  guint pair;

  if (warning)
    gst_message_parse_warning (message, &error, &debug);
  else
    gst_message_parse_info (message, &error, &debug);
  if (warning
      && g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED))
    return;
  if (GST_MESSAGE_SRC (message) != GST_OBJECT (self->measure))
    return;
  pair = find_pair (self, message, &label);
  words = put_in_words (self, pair, error, debug);
  text = measure_words_are_of_settings (message)
      ? g_steal_pointer (&words)
      : g_strdup_printf ("%s: %s", label, words);
  (warning ? self->order->events->warn : self->order->events->note) (
      text, self->order->events->user);
}

static void
take_pair (Stretch *self, const GstStructure *fields)
{
  const MeasureEvents *events = self->order->events;
  guint pair = self->from + self->seen++;
  MeasureResult *result = result_at (self, pair);

  g_clear_pointer (&result->summary, gst_structure_free);
  result->summary = make_summary (fields, self->header);
  result->incomplete = FALSE;
  events->advance (
      pair + 1, (gdouble) (pair + 1) / self->results->len, events->user);
}

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Stretch *self = user;
  const GstStructure *fields;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      self->ended = !self->failed;
      return FALSE;
    case GST_MESSAGE_ERROR:
      take_error (self, message);
      return FALSE;
    case GST_MESSAGE_WARNING:
    case GST_MESSAGE_INFO:
      take_remark (self, message);
      return TRUE;
    case GST_MESSAGE_ELEMENT:
      fields = gst_message_get_structure (message);
      if (GST_MESSAGE_SRC (message) != GST_OBJECT (self->measure))
        return TRUE;
      if (gst_structure_has_name (fields, "perceptual-header")) {
        g_clear_pointer (&self->header, gst_structure_free);
        self->header = gst_structure_copy (fields);
      } else if (gst_structure_has_name (fields, "perceptual-distance")) {
        take_pair (self, fields);
      }
      return TRUE;
    default:
      return TRUE;
  }
}

/* --- the pipeline -------------------------------------------------------- */

static void
add_source (Stretch *self, guint which, const gchar *pad)
{
  const GPtrArray *inputs =
      which == 0 ? self->order->references : self->order->distorted;
  const MeasureInput *first = inputs->pdata[self->from];
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (queue, "sink");

  self->sources[which] =
      measure_list_source_new (self->paths[which], self->from, self->end);
  g_object_set (queue, "max-size-buffers", MOST_WAITING, "max-size-bytes",
      MOST_BYTES_WAITING, "max-size-time", G_GUINT64_CONSTANT (0), NULL);
  gst_bin_add_many (
      GST_BIN (self->pipeline), self->sources[which], queue, NULL);
  gst_element_link (self->sources[which], queue);
  gst_element_link_pads (queue, "src", self->measure, pad);
  measure_activity_watch_input (
      self->order->activity, which, first->uri, self->sources[which], target);
}

static void
build (Stretch *self)
{
  const MeasureSettings *settings = self->order->settings;
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  self->measure = g_object_new (G_OBJECT_CLASS_TYPE (settings->element), NULL);
  measure_settings_apply (settings, G_OBJECT (self->measure));
  gst_util_set_object_arg (G_OBJECT (self->measure), "pair", "index");
  gst_bin_add (GST_BIN (self->pipeline), self->measure);
  add_source (self, 0, "ref_sink");
  add_source (self, 1, "dist_sink");
  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_link_pads (self->measure, "src", sink, "sink");
  measure_activity_watch_measure (self->order->activity, self->measure);
}

/* Options that contradict each other, and weights that are missing, are found
 * before anything flows. */
static gboolean
can_start (Stretch *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  GstStateChangeReturn change;

  measure_activity_set_busy (self->order->activity, TRUE);
  change = gst_element_set_state (self->measure, GST_STATE_PAUSED);
  measure_activity_set_busy (self->order->activity, FALSE);
  if (change != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  self->hopeless = TRUE;
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message != NULL)
    gst_message_parse_error (message, &error, &debug);
  for (guint i = self->from; i < self->results->len; i++) {
    MeasureResult *result = result_at (self, i);

    result->error = error != NULL
        ? put_in_words (self, i, error, debug)
        : g_strdup ("the measuring element did not start");
    result->hopeless = TRUE;
    result->wrong_usage =
        g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS);
  }
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  return FALSE;
}

/* Metrics of a process that read the same weights share them, and the filters
 * made of them, for as long as there is one; of many pictures each order has
 * only some.  The weights are read and checked once more for it, which costs
 * more than it saves where nothing follows. */
static void
keep_filters (const Stretch *self)
{
  const MeasureOrder *order = self->order;

  if (order->kept == NULL || *order->kept != NULL
      || (!order->more && self->from == 0))
    return;
  *order->kept = gst_object_ref_sink (
      g_object_new (G_OBJECT_CLASS_TYPE (order->settings->element), NULL));
  measure_settings_apply (order->settings, G_OBJECT (*order->kept));
  g_object_set (*order->kept, "threads", 1, NULL);
  measure_activity_set_busy (order->activity, TRUE);
  gst_element_set_state (*order->kept, GST_STATE_READY);
  measure_activity_set_busy (order->activity, FALSE);
}

static void
run_stretch (Stretch *self)
{
  build (self);
  if (can_start (self)) {
    keep_filters (self);
    measure_loop_run (
        self->pipeline, on_message, self, self->order->interrupted);
  }
  measure_activity_forget (self->order->activity);
  g_clear_pointer (&self->header, gst_structure_free);
  gst_object_unref (self->pipeline);
}

/* Where to go on.  A pair that failed before those ahead of it were measured is
 * tried again after them, as the first of a stretch. */
static guint
go_on (const Stretch *self, guint *end)
{
  guint next = self->from + self->seen;

  *end = self->results->len;
  if (!self->failed)
    return self->seen > 0 ? next : self->results->len;
  if (self->failure <= next)
    return next + 1;
  g_clear_pointer (&result_at (self, self->failure)->error, g_free);
  *end = self->failure;
  return next;
}

static GPtrArray *
list_paths (const GPtrArray *inputs)
{
  GPtrArray *paths = g_ptr_array_new ();

  for (guint i = 0; i < inputs->len; i++)
    g_ptr_array_add (paths, ((const MeasureInput *) inputs->pdata[i])->file);
  return paths;
}

GPtrArray *
measure_batch_run (const MeasureOrder *order)
{
  g_autoptr (GPtrArray) references = list_paths (order->references);
  g_autoptr (GPtrArray) distorted = list_paths (order->distorted);
  GPtrArray *results =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_result_free);
  guint from = 0, end = order->distorted->len;
  gboolean hopeless = FALSE;

  for (guint i = 0; i < order->distorted->len; i++) {
    MeasureResult *result = measure_result_new (order->distorted->pdata[i]);

    result->incomplete = TRUE;
    g_ptr_array_add (results, result);
  }
  while (from < results->len && !hopeless
      && !g_atomic_int_get (order->interrupted)) {
    Stretch stretch = { .order = order,
      .results = results,
      .paths = { references, distorted },
      .from = from,
      .end = MAX (end, from + 1) };

    run_stretch (&stretch);
    hopeless = stretch.hopeless;
    if (!stretch.ended && !stretch.failed)
      break;
    from = go_on (&stretch, &end);
  }
  return results;
}

gboolean
measure_batch_allows (const MeasureSettings *settings)
{
  static const gchar *const harmless[] = { "metric", "also", "threads",
    "scaling", "allow-hdr", "reference-colorimetry", "distorted-colorimetry",
    NULL };

  for (guint i = 0; i < settings->set->len; i++) {
    const MeasureSetting *setting = settings->set->pdata[i];
    gboolean known = g_strv_contains (harmless, setting->name);

    for (guint k = 0; !known && perceptual_options ()[k] != NULL; k++)
      known = strcmp (perceptual_options ()[k]->name, setting->name) == 0;
    if (!known)
      return FALSE;
  }
  return TRUE;
}
