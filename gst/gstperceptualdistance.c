/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element: pads, events, queries, states and properties.  What happens to
 * frames between start and stop is in run.c.
 */
#include "gstperceptualdistance.h"

#include "admission.h"
#include "door.h"
#include "errors.h"
#include "links.h"
#include "measuring/metric-set.h"
#include "output/meta.h"
#include "patience.h"
#include "settings/check.h"
#include "settings/properties.h"
#include "run.h"
#include "stream-pad.h"

#include <gst/video/video.h>
#include <string.h>

/* Shared with run.c. */
GST_DEBUG_CATEGORY (perceptual_distance_debug);
#define GST_CAT_DEFAULT perceptual_distance_debug

struct _GstPerceptualDistance
{
  GstAggregator parent;

  /* They live as long as the element. */
  GstAggregatorPad *reference;
  GstAggregatorPad *distorted;

  /* Protected by the object lock. */
  GPtrArray *more;         /* of GstAggregatorPad, those asked for */
  GPtrArray *leaving;      /* of them, those being released */
  gboolean starting;       /* the streams of the next run are chosen */
  GstClockTime frame_time; /* of the reference, for the latency */
  PerceptualConfig config;
  PerceptualOutput output;  /* of @config, as it was at start */
  PerceptualMode mode;      /* likewise */
  gboolean metrics_changed; /* since @metrics was made */
  gboolean torn;            /* a change left interval and rate both set */

  /* Made from NULL to READY, renewed at start; used by the run. */
  PerceptualMetricSet *metrics;

  /* From start to stop; used by the source pad's task, and by state changes
   * while that task is stopped.  Others must hold the object lock. */
  PerceptualRun *run;
  PerceptualLinks *links; /* used by state changes only */
};

#define gst_perceptual_distance_parent_class parent_class
G_DEFINE_TYPE (
    GstPerceptualDistance, gst_perceptual_distance, GST_TYPE_AGGREGATOR)
GST_ELEMENT_REGISTER_DEFINE (perceptualdistance, "perceptualdistance",
    GST_RANK_NONE, GST_TYPE_PERCEPTUAL_DISTANCE)

/* --- the base class's questions ------------------------------------------ */

static GstFlowReturn
gst_perceptual_distance_aggregate (GstAggregator *agg, gboolean timeout)
{
  return perceptual_run_aggregate (GST_PERCEPTUAL_DISTANCE (agg)->run, timeout);
}

static GstClockTime
gst_perceptual_distance_get_next_time (GstAggregator *agg)
{
  return perceptual_run_get_next_time (GST_PERCEPTUAL_DISTANCE (agg)->run);
}

static GstBuffer *
gst_perceptual_distance_clip (
    GstAggregator *agg, GstAggregatorPad *pad, GstBuffer *buffer)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);

  return perceptual_run_clip (self->run, pad, buffer);
}

/* The source caps follow the buffers that go out. */
static gboolean
gst_perceptual_distance_negotiate (GstAggregator *agg)
{
  perceptual_run_renegotiate (GST_PERCEPTUAL_DISTANCE (agg)->run);
  return TRUE;
}

/* How many frames of a stream may be here: in work, waiting to be measured (in
 * real time), in the lineup, and in the pad's queue.  Those that are measured
 * together with the one in work are more, but none of them is waited for: a
 * pool that has no other frames to give only makes them fewer. */
#define FRAMES_HELD 4

static gboolean
answer_allocation (GstQuery *query)
{
  GstVideoInfo info;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (caps != NULL && gst_video_info_from_caps (&info, caps))
    gst_query_add_allocation_pool (
        query, NULL, (guint) GST_VIDEO_INFO_SIZE (&info), FRAMES_HELD, 0);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

/* Allocation is answered at once.  In the queue the query would wait for the
 * buffers before it, and those for the other pad, which may be fed by the same
 * thread that now waits for the answer (a tee). */
static gboolean
gst_perceptual_distance_sink_query_pre_queue (
    GstAggregator *agg, GstAggregatorPad *pad, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION)
    return answer_allocation (query);
  return GST_AGGREGATOR_CLASS (parent_class)
      ->sink_query_pre_queue (agg, pad, query);
}

static gboolean
is_passed_on (GstPerceptualDistance *self, GstAggregatorPad *pad)
{
  PerceptualOutput output;

  GST_OBJECT_LOCK (self);
  output = self->output;
  GST_OBJECT_UNLOCK (self);
  return (output == PERCEPTUAL_OUTPUT_REFERENCE && pad == self->reference)
      || (output == PERCEPTUAL_OUTPUT_DISTORTED && pad == self->distorted);
}

static gboolean
gst_perceptual_distance_sink_query (
    GstAggregator *agg, GstAggregatorPad *pad, GstQuery *query)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  g_autoptr (GstCaps) caps = NULL;
  GstCaps *filter;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return GST_AGGREGATOR_CLASS (parent_class)->sink_query (agg, pad, query);

  gst_query_parse_caps (query, &filter);
  caps = gst_pad_get_pad_template_caps (GST_PAD (pad));
  if (is_passed_on (self, pad)) {
    g_autoptr (GstCaps) down = gst_pad_peer_query_caps (agg->srcpad, caps);

    gst_caps_take (&caps, gst_caps_intersect (down, caps));
  }
  if (filter != NULL)
    gst_caps_take (&caps,
        gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST));
  gst_query_set_caps_result (query, caps);
  return TRUE;
}

static gboolean
set_format (GstPerceptualDistance *self, GstAggregatorPad *pad, GstEvent *event)
{
  GstClockTime frame_time;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  if (!perceptual_run_set_format (self->run, pad, caps))
    return FALSE;
  frame_time = perceptual_run_get_frame_time (self->run);
  GST_OBJECT_LOCK (self);
  self->frame_time = frame_time;
  GST_OBJECT_UNLOCK (self);
  /* Posts a message, upon which the latency is queried, so this comes last. */
  if (pad == self->reference && GST_CLOCK_TIME_IS_VALID (frame_time))
    gst_aggregator_set_latency (GST_AGGREGATOR (self), frame_time, frame_time);
  return TRUE;
}

static gboolean
gst_perceptual_distance_sink_event (
    GstAggregator *agg, GstAggregatorPad *pad, GstEvent *event)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  const GstSegment *segment;
  GstTagList *tags;
  gboolean ok = TRUE;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      ok = set_format (self, pad, event);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_parse_segment (event, &segment);
      ok = perceptual_run_check_segment (self->run, pad, segment);
      break;
    case GST_EVENT_STREAM_START:
      perceptual_run_note_tags (self->run, pad, NULL);
      if (is_passed_on (self, pad))
        perceptual_run_forget_tags (self->run);
      break;
    case GST_EVENT_TAG:
      gst_event_parse_tag (event, &tags);
      perceptual_run_note_tags (self->run, pad, tags);
      if (is_passed_on (self, pad))
        perceptual_run_pass_tags (self->run, event);
      break;
    case GST_EVENT_FLUSH_STOP:
      perceptual_run_note_flush (self->run, pad);
      break;
    default:
      break;
  }
  return GST_AGGREGATOR_CLASS (parent_class)->sink_event (agg, pad, event)
      && ok;
}

/* While every pair is measured, a frame is late by up to one frame while it
 * waits for its partner, which the base class reports, and by up to another
 * for the metric: one that needs longer cannot keep up with the stream
 * anyway. */
static gboolean
gst_perceptual_distance_src_query (GstAggregator *agg, GstQuery *query)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  GstClockTime least, most, frame_time;
  gboolean live, waits;

  if (!GST_AGGREGATOR_CLASS (parent_class)->src_query (agg, query))
    return FALSE;
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return TRUE;
  GST_OBJECT_LOCK (self);
  waits = self->mode == PERCEPTUAL_MODE_EVERY_PAIR;
  frame_time = self->frame_time;
  GST_OBJECT_UNLOCK (self);
  gst_query_parse_latency (query, &live, &least, &most);
  if (live && waits && GST_CLOCK_TIME_IS_VALID (frame_time)) {
    least += frame_time;
    if (GST_CLOCK_TIME_IS_VALID (most))
      most += frame_time;
    gst_query_set_latency (query, live, least, most);
  }
  return TRUE;
}

static gboolean
gst_perceptual_distance_src_event (GstAggregator *agg, GstEvent *event)
{
  /* A late display must not make the measurement skip frames. */
  if (GST_EVENT_TYPE (event) == GST_EVENT_QOS) {
    gst_event_unref (event);
    return TRUE;
  }
  return GST_AGGREGATOR_CLASS (parent_class)->src_event (agg, event);
}

/* --- states -------------------------------------------------------------- */

/* Distances by unknown weights are as good as the weights; users who compare
 * them with published ones should know. */
static void
warn_about_weights (GstPerceptualDistance *self)
{
  const PerceptualWeightsInfo *weights =
      perceptual_metric_set_find_unknown_weights (self->metrics);

  if (weights == NULL)
    return;
  GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
      ("The weights file %s is not a known one; compare its distances only "
       "with those of the same file",
          weights->path),
      ("SHA-256 %s.  perceptual-fetch-weights gets the known files.",
          weights->sha256));
}

/* Of options that change nothing here. */
static void
tell_of_machine (GstPerceptualDistance *self)
{
  const gchar *note = perceptual_metric_set_get_note (self->metrics);

  if (note != NULL)
    GST_ELEMENT_INFO (self, LIBRARY, SETTINGS, ("%s", note), (NULL));
}

/* Returns: FALSE after an ERROR. */
static gboolean
check_settings (GstPerceptualDistance *self)
{
  PerceptualConfig config;
  gboolean ok;

  GST_OBJECT_LOCK (self);
  perceptual_config_copy (&self->config, &config);
  GST_OBJECT_UNLOCK (self);
  ok = perceptual_config_check (&config, GST_ELEMENT (self));
  perceptual_config_clear (&config);
  return ok;
}

static gboolean
make_metrics (GstPerceptualDistance *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autofree gchar *metric = NULL;
  PerceptualConfig config;

  GST_OBJECT_LOCK (self);
  perceptual_config_copy (&self->config, &config);
  self->metrics_changed = FALSE;
  GST_OBJECT_UNLOCK (self);

  g_clear_pointer (&self->metrics, perceptual_metric_set_free);
  options = perceptual_config_get_options (&config);
  metric = config.metric_options != NULL
      ? g_strconcat (config.metric, ":", config.metric_options, NULL)
      : g_strdup (config.metric);
  self->metrics = perceptual_metric_set_new (
      metric, config.also, options, config.threads, &error);
  perceptual_config_clear (&config);
  if (self->metrics == NULL) {
    perceptual_report_library_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  if (perceptual_orc_fault () != NULL)
    GST_WARNING_OBJECT (self,
        "the installed ORC gets the program %s wrong; plain C runs in place of "
        "ORC's code, which gives the right distances and takes longer",
        perceptual_orc_fault ());
  warn_about_weights (self);
  tell_of_machine (self);
  return TRUE;
}

static void
unref_pad (gpointer pad)
{
  gst_object_unref (pad);
}

/* Chooses the streams of the next run.  Returns: (transfer full): the pads of
 * the distorted ones. */
static GPtrArray *
choose_distorted (GstPerceptualDistance *self)
{
  GPtrArray *pads = g_ptr_array_new_with_free_func (unref_pad);

  g_ptr_array_add (pads, gst_object_ref (self->distorted));
  GST_OBJECT_LOCK (self);
  self->starting = TRUE;
  for (guint i = 0; i < self->more->len; i++)
    g_ptr_array_add (pads, gst_object_ref (g_ptr_array_index (self->more, i)));
  GST_OBJECT_UNLOCK (self);
  return pads;
}

static gboolean
gst_perceptual_distance_stop (GstAggregator *agg)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  PerceptualRun *run;

  g_clear_pointer (&self->links, perceptual_links_free);
  GST_OBJECT_LOCK (self);
  run = g_steal_pointer (&self->run);
  GST_OBJECT_UNLOCK (self);
  perceptual_run_free (run);
  return TRUE;
}

/* Returns: (nullable): a run of @distorted, or NULL after an ERROR. */
static PerceptualRun *
make_run (GstPerceptualDistance *self, const GPtrArray *distorted)
{
  gboolean metrics_changed;
  PerceptualConfig config;
  PerceptualRun *run;

  GST_OBJECT_LOCK (self);
  metrics_changed = self->metrics_changed;
  GST_OBJECT_UNLOCK (self);
  if (!check_settings (self)
      || ((metrics_changed || self->metrics == NULL) && !make_metrics (self)))
    return NULL;

  GST_OBJECT_LOCK (self);
  perceptual_config_copy (&self->config, &config);
  self->output = config.output;
  self->mode = config.mode;
  self->torn = FALSE;
  self->frame_time = GST_CLOCK_TIME_NONE;
  GST_OBJECT_UNLOCK (self);
  run = perceptual_run_new (GST_AGGREGATOR (self), self->reference,
      (GstAggregatorPad **) distorted->pdata, distorted->len, &config,
      self->metrics);
  perceptual_config_clear (&config);
  return run;
}

/* With the object lock.  Tells the run which pads were released after they had
 * been chosen, since loading weights takes a while. */
static void
note_releases (GstPerceptualDistance *self, const GPtrArray *distorted)
{
  for (guint i = 1; i < distorted->len; i++) {
    gpointer pad = g_ptr_array_index (distorted, i);

    if (!g_ptr_array_find (self->more, pad, NULL)
        || g_ptr_array_find (self->leaving, pad, NULL))
      perceptual_run_note_release (self->run, pad);
  }
}

/* With the object lock and a run.  Hands on the settings that may change while
 * it runs.  Returns: FALSE if they have come to contradict each other, which
 * is to be reported. */
static gboolean
change_run (GstPerceptualDistance *self)
{
  gboolean was_torn = self->torn;

  self->torn = !perceptual_config_has_one_choice (&self->config);
  perceptual_run_change (self->run, &self->config, !self->torn);
  return was_torn || !self->torn;
}

static gboolean
gst_perceptual_distance_start (GstAggregator *agg)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  g_autoptr (GPtrArray) distorted = NULL;
  gboolean agrees = TRUE;
  PerceptualRun *run;

  gst_perceptual_distance_stop (agg);
  distorted = choose_distorted (self);
  run = make_run (self, distorted);
  if (run != NULL && !perceptual_can_start_thread (GST_ELEMENT (self)))
    g_clear_pointer (&run, perceptual_run_free);
  GST_OBJECT_LOCK (self);
  self->run = run;
  self->starting = FALSE;
  if (run != NULL) {
    note_releases (self, distorted);
    /* They may have been set while weights were loaded. */
    agrees = change_run (self);
  }
  GST_OBJECT_UNLOCK (self);
  if (!agrees)
    perceptual_config_warn_of_choice (GST_ELEMENT (self));
  if (run != NULL)
    self->links = perceptual_links_watch (GST_ELEMENT (self));
  return run != NULL;
}

static GstFlowReturn
gst_perceptual_distance_flush (GstAggregator *agg)
{
  perceptual_run_flush (GST_PERCEPTUAL_DISTANCE (agg)->run);
  return GST_FLOW_OK;
}

/* A pair may take minutes, and so may the reader of a log, which nobody wants
 * to wait for. */
static void
hurry (GstPerceptualDistance *self)
{
  if (self->metrics != NULL)
    perceptual_metric_set_cancel (self->metrics, TRUE);
  GST_OBJECT_LOCK (self);
  if (self->run != NULL)
    perceptual_run_leave (self->run);
  GST_OBJECT_UNLOCK (self);
}

static GstStateChangeReturn
gst_perceptual_distance_change_state (
    GstElement *element, GstStateChange transition)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY
      && (!check_settings (self) || !make_metrics (self)))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    hurry (self);
  ret = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && self->metrics != NULL)
    perceptual_metric_set_cancel (self->metrics, FALSE);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && ret == GST_STATE_CHANGE_FAILURE) {
    /* The base class does not stop what it started if the pads then fail: its
     * thread, which asks for the run, and ours. */
    gst_pad_set_active (GST_AGGREGATOR_SRC_PAD (self), FALSE);
    gst_perceptual_distance_stop (GST_AGGREGATOR (self));
  }
  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    g_clear_pointer (&self->metrics, perceptual_metric_set_free);
  return ret;
}

/* --- signals ------------------------------------------------------------- */

static GstStructure *
gst_perceptual_distance_get_summary (
    GstPerceptualDistance *self, const gchar *stream)
{
  GstStructure *summary = NULL;

  GST_OBJECT_LOCK (self);
  if (self->run != NULL)
    summary = perceptual_run_get_summary (self->run, stream);
  GST_OBJECT_UNLOCK (self);
  return summary;
}

static gboolean
gst_perceptual_distance_is_measuring (GstPerceptualDistance *self)
{
  gboolean measuring;

  GST_OBJECT_LOCK (self);
  measuring = self->run != NULL && perceptual_run_is_measuring (self->run);
  GST_OBJECT_UNLOCK (self);
  return measuring;
}

static void
install_signals (GstPerceptualDistanceClass *klass)
{
  /**
   * GstPerceptualDistance::get-summary:
   * @element: the element
   * @stream: (nullable): name of a distorted stream's sink pad, or NULL for
   *   dist_sink
   *
   * An action signal: emit it to learn what has been measured until now.  It
   * may be emitted at any time, from any thread.
   *
   * Returns: (transfer full) (nullable): the fields of perceptual-summary,
   *   `final` being false before the end; NULL in NULL and READY, and where
   *   there is no such stream
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("get-summary", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (gst_perceptual_distance_get_summary), NULL, NULL, NULL,
      GST_TYPE_STRUCTURE, 1, G_TYPE_STRING);

  /**
   * GstPerceptualDistance::is-measuring:
   * @element: the element
   *
   * An action signal: emit it, at any time and from any thread, to tell a slow
   * metric from a stream that has stopped.
   *
   * Returns: whether a pair is in work at this moment
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("is-measuring", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (gst_perceptual_distance_is_measuring), NULL, NULL, NULL,
      G_TYPE_BOOLEAN, 0);
}

/* --- object -------------------------------------------------------------- */

static void
gst_perceptual_distance_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (object);
  gboolean known, agrees = TRUE;

  GST_OBJECT_LOCK (self);
  known = perceptual_config_set (&self->config, id, value);
  self->metrics_changed |= perceptual_config_affects_metrics (id);
  if (self->run != NULL && perceptual_config_is_live (id))
    agrees = change_run (self);
  GST_OBJECT_UNLOCK (self);
  if (!agrees)
    perceptual_config_warn_of_choice (GST_ELEMENT (self));
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_perceptual_distance_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = perceptual_config_get (&self->config, id, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_perceptual_distance_finalize (GObject *object)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (object);

  perceptual_config_clear (&self->config);
  perceptual_metric_set_free (self->metrics);
  g_ptr_array_unref (self->more);
  g_ptr_array_unref (self->leaving);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

/* --- pads ---------------------------------------------------------------- */

static void
add_template (GstElementClass *klass, const gchar *name,
    GstPadDirection direction, GstPadPresence presence, GType type)
{
  g_autoptr (GstCaps) caps = perceptual_admission_get_caps ();

  gst_element_class_add_pad_template (klass,
      gst_pad_template_new_with_gtype (name, direction, presence, caps, type));
}

static GstAggregatorPad *
new_pad (GstPadTemplate *template, const gchar *name)
{
  return g_object_new (GST_PAD_TEMPLATE_GTYPE (template), "name", name,
      "direction", GST_PAD_SINK, "template", template, NULL);
}

static void
watch_pad (GstPerceptualDistance *self, GstAggregatorPad *pad)
{
  perceptual_admission_watch (GST_ELEMENT (self), GST_PAD (pad));
  perceptual_patience_watch (GST_PAD (pad));
  perceptual_door_watch (GST_PAD (pad));
}

static GstAggregatorPad *
add_sink_pad (GstPerceptualDistance *self, const gchar *name)
{
  GstAggregatorPad *pad = new_pad (
      gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self), name),
      name);

  watch_pad (self, pad);
  gst_element_add_pad (GST_ELEMENT (self), GST_PAD (pad));
  return pad;
}

/* With the object lock.  Whether a pad has the name, or is about to get it. */
static gboolean
is_taken (GstPerceptualDistance *self, const gchar *name)
{
  for (guint i = 0; i < self->more->len; i++) {
    if (g_str_equal (name, GST_OBJECT_NAME (g_ptr_array_index (self->more, i))))
      return TRUE;
  }
  return FALSE;
}

/* With the object lock.  The lowest number that is free; dist_sink is number
 * 0. */
static gchar *
free_name (GstPerceptualDistance *self)
{
  for (guint n = 1;; n++) {
    gchar *name = g_strdup_printf ("dist_sink_%u", n);

    if (!is_taken (self, name))
      return name;
    g_free (name);
  }
}

/* The streams of a run are known when it starts. */
static GstAggregatorPad *
gst_perceptual_distance_create_new_pad (GstAggregator *agg,
    GstPadTemplate *template, const gchar *wish, const GstCaps *caps)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  g_autofree gchar *name = NULL;
  GstAggregatorPad *pad = NULL;

  GST_OBJECT_LOCK (self);
  name = wish != NULL && strchr (wish, '%') == NULL ? g_strdup (wish)
                                                    : free_name (self);
  if (self->run == NULL && !self->starting
      && self->more->len + 1 < PERCEPTUAL_MAX_STREAMS
      && !is_taken (self, name)) {
    pad = new_pad (template, name);
    g_ptr_array_add (self->more, gst_object_ref_sink (pad));
  }
  GST_OBJECT_UNLOCK (self);
  if (pad != NULL)
    watch_pad (self, pad);
  else
    GST_WARNING_OBJECT (self,
        "no pad %s: at most %d with names of their own, before the element is "
        "started",
        name, PERCEPTUAL_MAX_STREAMS);
  return pad;
}

static void
gst_perceptual_distance_release_pad (GstElement *element, GstPad *pad)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (element);

  GST_OBJECT_LOCK (self);
  g_ptr_array_add (self->leaving, pad);
  if (self->run != NULL)
    perceptual_run_note_release (self->run, GST_AGGREGATOR_PAD (pad));
  GST_OBJECT_UNLOCK (self);
  GST_ELEMENT_CLASS (parent_class)->release_pad (element, pad);
  GST_OBJECT_LOCK (self);
  g_ptr_array_remove (self->leaving, pad);
  g_ptr_array_remove (self->more, pad);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_perceptual_distance_init (GstPerceptualDistance *self)
{
  perceptual_config_init (&self->config);
  self->more = g_ptr_array_new_with_free_func (unref_pad);
  self->leaving = g_ptr_array_new ();
  self->frame_time = GST_CLOCK_TIME_NONE;
  self->reference = add_sink_pad (self, "ref_sink");
  self->distorted = add_sink_pad (self, "dist_sink");
}

static void
gst_perceptual_distance_class_init (GstPerceptualDistanceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstAggregatorClass *agg_class = GST_AGGREGATOR_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (perceptual_distance_debug, "perceptualdistance", 0,
      "perceptual distance");

  object_class->set_property = gst_perceptual_distance_set_property;
  object_class->get_property = gst_perceptual_distance_get_property;
  object_class->finalize = gst_perceptual_distance_finalize;
  perceptual_config_install (object_class);
  install_signals (klass);

  add_template (element_class, "ref_sink", GST_PAD_SINK, GST_PAD_ALWAYS,
      GST_TYPE_AGGREGATOR_PAD);
  add_template (element_class, "dist_sink", GST_PAD_SINK, GST_PAD_ALWAYS,
      GST_TYPE_PERCEPTUAL_DISTANCE_PAD);
  add_template (element_class, "dist_sink_%u", GST_PAD_SINK, GST_PAD_REQUEST,
      GST_TYPE_PERCEPTUAL_DISTANCE_PAD);
  add_template (element_class, "src", GST_PAD_SRC, GST_PAD_ALWAYS,
      GST_TYPE_AGGREGATOR_PAD);
  gst_element_class_set_static_metadata (element_class, "Perceptual distance",
      "Filter/Analyzer/Video",
      "Measures how different two video streams look (0 = identical)",
      "The gst-perceptual developers");
  element_class->change_state =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_change_state);

  element_class->release_pad =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_release_pad);
  gst_type_mark_as_plugin_api (GST_TYPE_PERCEPTUAL_DISTANCE_PAD, 0);
  perceptual_meta_register ();

  agg_class->create_new_pad =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_create_new_pad);
  agg_class->start = GST_DEBUG_FUNCPTR (gst_perceptual_distance_start);
  agg_class->stop = GST_DEBUG_FUNCPTR (gst_perceptual_distance_stop);
  agg_class->flush = GST_DEBUG_FUNCPTR (gst_perceptual_distance_flush);
  agg_class->aggregate = GST_DEBUG_FUNCPTR (gst_perceptual_distance_aggregate);
  agg_class->clip = GST_DEBUG_FUNCPTR (gst_perceptual_distance_clip);
  agg_class->get_next_time =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_get_next_time);
  agg_class->negotiate = GST_DEBUG_FUNCPTR (gst_perceptual_distance_negotiate);
  agg_class->sink_query_pre_queue =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_sink_query_pre_queue);
  agg_class->sink_query =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_sink_query);
  agg_class->sink_event =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_sink_event);
  agg_class->src_query = GST_DEBUG_FUNCPTR (gst_perceptual_distance_src_query);
  agg_class->src_event = GST_DEBUG_FUNCPTR (gst_perceptual_distance_src_event);
}
