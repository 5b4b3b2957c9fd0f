/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element: pads, events, states, and the loop that takes frames from the
 * pads to the pairer, pairs to the metrics and frames to the source pad.
 * Knows neither how frames are paired nor how a distance comes about.
 */
/**
 * SECTION:element-perceptualdistance
 * @title: perceptualdistance
 *
 * Measures how different two video streams look: the reference at `ref_sink`
 * and the distorted one at `dist_sink`.  Frames are paired by running time,
 * each pair is measured with #GstPerceptualDistance:metric, and one of the
 * inputs is passed on at `src`, untouched.  0 means identical, higher means
 * more different.
 *
 * ## Example
 *
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=30 ! tee name=t \
 *     perceptualdistance name=d ! fakesink \
 *     t. ! queue ! d.ref_sink \
 *     t. ! queue ! gaussianblur sigma=2 ! videoconvert ! d.dist_sink
 * ]|
 * Compares a test picture with a blurred version of itself; `-m` shows the
 * messages.  An encoder in place of the blur holds frames back: the queue of
 * the reference branch must be able to hold as many, for instance
 * `queue max-size-buffers=200 max-size-bytes=0 max-size-time=0`.
 *
 * ## Message perceptual-distance
 *
 * An element message for every pair, posted when it has been measured:
 *
 * * `index` (guint64): 0 for the first pair
 * * `metric` (string): name of the metric
 * * `reference-pts`, `distorted-pts` (guint64): timestamps of the two frames,
 *   ns
 * * `running-time`, `stream-time`, `duration` (guint64): of the reference
 *   frame, ns; GST_CLOCK_TIME_NONE if not known
 * * `delta` (gint64): running time of the distorted frame,
 *   #GstPerceptualDistance:sync-offset included, minus that of the reference
 *   frame, ns
 * * `distance` (gdouble): the distance
 * * `taps` (#GstValueArray of gdouble): what each tap, pyramid level or plane
 *   contributed
 * * `also` (#GstStructure): for each metric of #GstPerceptualDistance:also a
 *   gdouble of its name.  The psnr of identical frames is infinite.
 *
 * ## Message perceptual-summary
 *
 * An element message before EOS is passed on, and on the way down to READY if
 * pairs were measured and there was no EOS:
 *
 * * `metric` (string): name of the metric
 * * `final` (gboolean): whether both inputs were measured to their ends
 * * `pairs` (guint64): pairs measured
 * * `unmatched-reference` (guint64): reference frames without a partner
 * * `unmatched-distorted` (guint64): distorted frames without a partner
 * * `late` (guint64): distorted frames that came after their reference frame
 *   had been given up (live input)
 * * `gaps` (guint64): GAP events, on either pad
 * * `mean`, `stdev` (of the population), `min`, `median`, `p90`, `p95`,
 *   `p99`, `max` (gdouble): over the distances.  Exact; from 65536 pairs on
 *   the quantiles are off by .5 % of their value at most.
 * * `infinite` (guint64): values left out of the statistics because they are
 *   infinite; absent if 0
 * * `worst` (#GstStructure): `index` (guint64), `pts` (guint64, of the
 *   reference frame) and `distance` (gdouble) of the worst pair
 * * `taps` (#GstValueArray of gdouble): mean of each tap
 * * `also` (#GstStructure): for each further metric a #GstStructure with the
 *   statistics above
 * * `options` (#GstStructure): the metrics' options in force
 * * `luma` (string): whether metrics of luma read the `stream`'s own luma or
 *   took it from `rgb`
 * * `weights-name`, `weights-sha256` (string): which trained numbers were
 *   used; absent without
 *
 * Without any pair, the fields from `mean` to `also` and `luma` are absent.
 *
 * ## Log
 *
 * #GstPerceptualDistance:log-location names a file that gets the same words,
 * with underscores for hyphens: a header, a line for each pair and the
 * summary.  Each line is written at once, so a pipeline that is killed leaves
 * a readable log.
 *
 * ## Pairing
 *
 * The reference drives: each reference frame takes the nearest distorted
 * frame within #GstPerceptualDistance:tolerance that is not nearer to the
 * next reference frame.  No frame is used twice, none is made up, and every
 * frame is counted.
 *
 * ## Changes while running
 *
 * Properties take effect at the next change from READY to PAUSED.  A flushing
 * seek drops the frames in flight without counting them; statistics and log
 * go on.
 *
 * ## Quality of service
 *
 * QoS events from downstream are not passed on to the inputs: a display that
 * is too slow must not make decoders drop frames that are to be measured.
 *
 * Since: 0.1
 */
#include "gstperceptualdistance.h"

#include "frames.h"
#include "measure.h"
#include "pairer.h"
#include "properties.h"
#include "report.h"

#include <gst/video/video.h>

GST_DEBUG_CATEGORY_STATIC (perceptual_distance_debug);
#define GST_CAT_DEFAULT perceptual_distance_debug

#define VIDEO_CAPS GST_VIDEO_CAPS_MAKE (GST_VIDEO_FORMATS_ALL)

static GstStaticPadTemplate ref_template = GST_STATIC_PAD_TEMPLATE (
    "ref_sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (VIDEO_CAPS));
static GstStaticPadTemplate dist_template = GST_STATIC_PAD_TEMPLATE (
    "dist_sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (VIDEO_CAPS));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (VIDEO_CAPS));

/* A frame on its way from a sink pad to the source pad, with what it needs
 * once the pad has moved on to another format or segment. */
typedef struct
{
  GstBuffer *buffer;
  PerceptualFormat *format;
  GstSegment segment;
  GstClockTime running_time;
  GstClockTime duration;
} Frame;

/* One sink pad.  Used by the source pad's task only, but for @flushed. */
typedef struct
{
  GstAggregatorPad *pad;
  PerceptualFormat *format; /* of the next buffer; NULL before caps */
  gboolean ended;
  gint flushed; /* atomic: the pad was flushed by itself */
} Input;

struct _GstPerceptualDistance
{
  GstAggregator parent;

  /* Protected by the object lock. */
  PerceptualConfig config;
  gboolean metrics_changed; /* since @measure was made */

  /* Made in NULL to READY, renewed at start. */
  PerceptualMeasure *measure;

  /* From start to stop, used by the source pad's task; the state change
   * touches them only while that task is stopped. */
  PerceptualConfig run; /* the settings of this run */
  Input inputs[2];      /* by PerceptualSide */
  PerceptualPairer *pairer;
  PerceptualFrames *frames;
  PerceptualReport *report;
  GstCaps *out_caps;      /* last put on the source pad */
  GstSegment out_segment; /* likewise; undefined format before */
  gboolean out_started;   /* a buffer went out since */
  GstEvent *tags;         /* that go out after the next buffer */
  gint64 deadline;        /* reference frame that a timeout would give up */
  gboolean warned_colour;
  gboolean warned_interlaced;
};

#define gst_perceptual_distance_parent_class parent_class
G_DEFINE_TYPE (
    GstPerceptualDistance, gst_perceptual_distance, GST_TYPE_AGGREGATOR)
GST_ELEMENT_REGISTER_DEFINE (perceptualdistance, "perceptualdistance",
    GST_RANK_NONE, GST_TYPE_PERCEPTUAL_DISTANCE)

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  gst_clear_buffer (&frame->buffer);
  perceptual_format_unref (frame->format);
  g_free (frame);
}

/* --- errors -------------------------------------------------------------- */

/* Posts what the library said, under the code that fits. */
static void
post_library_error (GstPerceptualDistance *self, const GError *error)
{
  switch (error->code) {
    case PERCEPTUAL_ERROR_METRIC:
    case PERCEPTUAL_ERROR_OPTION:
      GST_ELEMENT_ERROR (
          self, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND:
      GST_ELEMENT_ERROR (
          self, RESOURCE, NOT_FOUND, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_WEIGHTS_INVALID:
      GST_ELEMENT_ERROR (self, RESOURCE, READ, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_NO_MEMORY:
    case PERCEPTUAL_ERROR_THREAD:
      GST_ELEMENT_ERROR (
          self, RESOURCE, NO_SPACE_LEFT, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_SIZE:
      GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("%s", error->message), (NULL));
      break;
    default:
      GST_ELEMENT_ERROR (self, STREAM, FAILED, ("%s", error->message), (NULL));
  }
}

static void
post_size_error (GstPerceptualDistance *self, const PerceptualFormat *reference,
    const PerceptualFormat *distorted)
{
  GST_ELEMENT_ERROR (self, CORE, NEGOTIATION,
      ("The reference is %dx%d but the distorted video is %dx%d",
          reference->info.width, reference->info.height, distorted->info.width,
          distorted->info.height),
      ("Set scaling=to-reference, or put a videoscale before one of the pads. "
       "ref_sink: %" GST_PTR_FORMAT "; dist_sink: %" GST_PTR_FORMAT,
          reference->caps, distorted->caps));
}

/* --- output -------------------------------------------------------------- */

static GstFlowReturn
push_frame (GstPerceptualDistance *self, Frame *frame)
{
  GstAggregator *agg = GST_AGGREGATOR (self);
  GstSegment *position = &GST_AGGREGATOR_PAD (agg->srcpad)->segment;
  GstFlowReturn ret;

  if (self->out_caps == NULL
      || !gst_caps_is_equal (self->out_caps, frame->format->caps)) {
    gst_caps_replace (&self->out_caps, frame->format->caps);
    gst_aggregator_set_src_caps (agg, self->out_caps);
  }
  if (!gst_segment_is_equal (&self->out_segment, &frame->segment)) {
    self->out_segment = frame->segment;
    gst_aggregator_update_segment (agg, &frame->segment);
  }
  GST_OBJECT_LOCK (agg->srcpad);
  position->position = GST_BUFFER_PTS (frame->buffer);
  GST_OBJECT_UNLOCK (agg->srcpad);
  self->out_started = TRUE;
  ret = gst_aggregator_finish_buffer (agg, g_steal_pointer (&frame->buffer));
  /* After the buffer, since the base class sends caps and segment with it. */
  if (ret == GST_FLOW_OK && self->tags != NULL)
    gst_pad_push_event (agg->srcpad, g_steal_pointer (&self->tags));
  return ret;
}

/* Where a reference frame found nothing, the distorted stream has a gap. */
static void
push_gap (GstPerceptualDistance *self, const Frame *reference)
{
  gint64 time = (gint64) reference->running_time - self->run.sync_offset;
  guint64 position;

  /* A gap before the first buffer has no segment that it could be in. */
  if (!self->out_started || time < 0)
    return;
  position = gst_segment_position_from_running_time (
      &self->out_segment, GST_FORMAT_TIME, (guint64) time);
  if (position != GST_CLOCK_TIME_NONE)
    gst_pad_push_event (GST_AGGREGATOR (self)->srcpad,
        gst_event_new_gap (position, reference->duration));
}

/* --- pairs --------------------------------------------------------------- */

static void
warn_about (GstPerceptualDistance *self, const PerceptualFormat *reference,
    const PerceptualFormat *distorted)
{
  g_autofree gchar *difference = NULL;

  if (!self->warned_interlaced
      && (GST_VIDEO_INFO_IS_INTERLACED (&reference->info)
          || GST_VIDEO_INFO_IS_INTERLACED (&distorted->info))) {
    self->warned_interlaced = TRUE;
    GST_ELEMENT_WARNING (self, STREAM, FORMAT,
        ("Interlaced video is measured as whole frames"),
        ("Put a deinterlace before both pads to measure what is shown."));
  }
  if (self->warned_colour)
    return;
  difference = perceptual_formats_colour_difference (reference, distorted);
  if (difference == NULL)
    return;
  self->warned_colour = TRUE;
  GST_ELEMENT_WARNING (self, STREAM, FORMAT,
      ("Reference and distorted video differ in how they code colour: %s",
          difference),
      ("Both are converted by their caps.  If those are wrong, so is the "
       "distance.  ref_sink: %" GST_PTR_FORMAT "; dist_sink: %" GST_PTR_FORMAT,
          reference->caps, distorted->caps));
}

static gboolean
compare (GstPerceptualDistance *self, const Frame *reference,
    const Frame *distorted, PerceptualRecord *record)
{
  g_autoptr (GError) error = NULL;
  PerceptualImage images[2];
  gboolean ok;

  ok = perceptual_frames_map (self->frames, reference->buffer,
      reference->format, distorted->buffer, distorted->format, images, &error);
  if (ok) {
    ok = perceptual_measure_pair (
        self->measure, &images[0], &images[1], record, &error);
    perceptual_frames_unmap (self->frames);
  }
  if (!ok)
    post_library_error (self, error);
  return ok;
}

static GstFlowReturn
measure_pair (GstPerceptualDistance *self, const Frame *reference,
    const Frame *distorted, gint64 delta)
{
  GstClockTime pts = GST_BUFFER_PTS (reference->buffer);
  PerceptualRecord record = {
    .reference_pts = pts,
    .distorted_pts = GST_BUFFER_PTS (distorted->buffer),
    .running_time = reference->running_time,
    .stream_time =
        gst_segment_to_stream_time (&reference->segment, GST_FORMAT_TIME, pts),
    .duration = reference->duration,
    .delta = delta,
  };

  if (self->run.scaling == PERCEPTUAL_SCALING_NONE
      && !perceptual_formats_same_size (reference->format, distorted->format)) {
    post_size_error (self, reference->format, distorted->format);
    return GST_FLOW_ERROR;
  }
  warn_about (self, reference->format, distorted->format);
  if (!perceptual_report_begin (
          self->report, reference->format, distorted->format)
      || !compare (self, reference, distorted, &record)
      || !perceptual_report_pair (self->report, &record))
    return GST_FLOW_ERROR;
  return GST_FLOW_OK;
}

static GstFlowReturn
handle_unmatched (GstPerceptualDistance *self, const PerceptualOutcome *outcome)
{
  const Frame *frame =
      outcome->reference != NULL ? outcome->reference : outcome->distorted;

  GST_DEBUG_OBJECT (self, "unmatched %s frame at %" GST_TIME_FORMAT,
      outcome->reference != NULL ? "reference" : "distorted",
      GST_TIME_ARGS (frame->running_time));
  if (outcome->reference == NULL || outcome->after_end
      || self->run.missing_frames == PERCEPTUAL_MISSING_SKIP)
    return GST_FLOW_OK;
  GST_ELEMENT_ERROR (self, STREAM, FAILED,
      ("No distorted frame for the reference frame at %" GST_TIME_FORMAT,
          GST_TIME_ARGS (frame->running_time)),
      ("missing-frames=skip counts such frames and goes on; a larger "
       "tolerance or another sync-offset may find the frame."));
  return GST_FLOW_ERROR;
}

static GstFlowReturn
handle_outcome (GstPerceptualDistance *self, const PerceptualOutcome *outcome)
{
  Frame *out = self->run.output == PERCEPTUAL_OUTPUT_REFERENCE
      ? outcome->reference
      : outcome->distorted;
  GstFlowReturn ret;

  if (outcome->kind == PERCEPTUAL_OUTCOME_PAIR)
    ret = measure_pair (
        self, outcome->reference, outcome->distorted, outcome->delta);
  else
    ret = handle_unmatched (self, outcome);
  if (ret == GST_FLOW_OK && out != NULL)
    ret = push_frame (self, out);
  else if (ret == GST_FLOW_OK && outcome->reference != NULL)
    push_gap (self, outcome->reference);
  return ret;
}

static GstFlowReturn
handle_outcomes (GstPerceptualDistance *self)
{
  GstFlowReturn ret = GST_FLOW_OK;
  PerceptualOutcome outcome;

  while (
      ret == GST_FLOW_OK && perceptual_pairer_next (self->pairer, &outcome)) {
    ret = handle_outcome (self, &outcome);
    g_clear_pointer ((Frame **) &outcome.reference, frame_free);
    g_clear_pointer ((Frame **) &outcome.distorted, frame_free);
  }
  return ret;
}

/* --- input --------------------------------------------------------------- */

static GstClockTime
duration_of (const GstBuffer *buffer, const PerceptualFormat *format)
{
  const GstVideoInfo *info = &format->info;

  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    return GST_BUFFER_DURATION (buffer);
  if (GST_VIDEO_INFO_FPS_N (info) > 0 && GST_VIDEO_INFO_FPS_D (info) > 0)
    return gst_util_uint64_scale_int (
        GST_SECOND, GST_VIDEO_INFO_FPS_D (info), GST_VIDEO_INFO_FPS_N (info));
  return GST_CLOCK_TIME_NONE;
}

static gboolean
check_frame (
    GstPerceptualDistance *self, const Input *input, const GstBuffer *buffer)
{
  const gchar *pad = GST_PAD_NAME (input->pad);

  if (input->format == NULL) {
    GST_ELEMENT_ERROR (self, CORE, NEGOTIATION,
        ("Video came in at %s before its format was known", pad),
        ("The element before it must send raw video caps."));
    return FALSE;
  }
  if (!GST_BUFFER_PTS_IS_VALID (buffer)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
        ("The frames at %s have no timestamps, so they cannot be paired", pad),
        ("Put an element before %s that sets them, for instance videorate, a "
         "parser, or a source with do-timestamp=true.",
            pad));
    return FALSE;
  }
  if (!self->run.allow_hdr && perceptual_format_is_hdr (input->format)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
        ("The video at %s is HDR, for which the metrics were not made", pad),
        ("Map it to SDR first, or set allow-hdr=true to measure it as if it "
         "were SDR.  Caps: %" GST_PTR_FORMAT,
            input->format->caps));
    return FALSE;
  }
  return TRUE;
}

/* Hands @buffer, which is taken, to the pairer. */
static gboolean
accept_buffer (
    GstPerceptualDistance *self, PerceptualSide side, GstBuffer *buffer)
{
  Input *input = &self->inputs[side];
  gint64 offset = side == PERCEPTUAL_DISTORTED ? self->run.sync_offset : 0;
  GstSegment *segment = &input->pad->segment;
  gboolean is_gap = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP);
  GstClockTime running_time;
  Frame *frame;

  if (!is_gap && !check_frame (self, input, buffer)) {
    gst_buffer_unref (buffer);
    return FALSE;
  }
  running_time = gst_segment_to_running_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (is_gap || !GST_CLOCK_TIME_IS_VALID (running_time)) {
    if (GST_CLOCK_TIME_IS_VALID (running_time))
      perceptual_pairer_gap (self->pairer, side, (gint64) running_time + offset,
          GST_BUFFER_DURATION (buffer));
    gst_buffer_unref (buffer);
    return TRUE;
  }
  frame = g_new0 (Frame, 1);
  frame->buffer = buffer;
  frame->format = perceptual_format_ref (input->format);
  frame->segment = *segment;
  frame->running_time = running_time;
  frame->duration = duration_of (buffer, input->format);
  perceptual_pairer_push (self->pairer, side, (gint64) running_time + offset,
      frame->duration, frame);
  return TRUE;
}

/* Takes what the pairer wants of one pad.  *@progress is set if there was
 * something. */
static gboolean
take_input (
    GstPerceptualDistance *self, PerceptualSide side, gboolean *progress)
{
  Input *input = &self->inputs[side];

  while (perceptual_pairer_wants (self->pairer, side)) {
    GstBuffer *buffer = gst_aggregator_pad_pop_buffer (input->pad);

    if (buffer == NULL && !gst_aggregator_pad_is_eos (input->pad))
      break;
    *progress = TRUE;
    if (buffer == NULL) {
      input->ended = TRUE;
      perceptual_pairer_end (self->pairer, side);
    } else if (!accept_buffer (self, side, buffer)) {
      return FALSE;
    }
  }
  return TRUE;
}

static GstFlowReturn
take_inputs (GstPerceptualDistance *self)
{
  GstFlowReturn ret = GST_FLOW_OK;
  gboolean progress = TRUE;

  while (progress && ret == GST_FLOW_OK) {
    progress = FALSE;
    if (!take_input (self, PERCEPTUAL_REFERENCE, &progress)
        || !take_input (self, PERCEPTUAL_DISTORTED, &progress))
      return GST_FLOW_ERROR;
    ret = handle_outcomes (self);
  }
  return ret;
}

/* --- end of a run -------------------------------------------------------- */

/* Returns: FALSE after an ERROR message. */
static gboolean
judge_ends (GstPerceptualDistance *self)
{
  const PerceptualCounts *counts = perceptual_pairer_get_counts (self->pairer);
  gboolean reference_longer = counts->after_end_reference > 0;
  guint64 left = reference_longer ? counts->after_end_reference
                                  : counts->after_end_distorted;
  const gchar *shorter = reference_longer ? "distorted" : "reference";
  const gchar *longer = reference_longer ? "reference" : "distorted";

  if (left == 0)
    return TRUE;
  if (self->run.unequal_ends == PERCEPTUAL_MISSING_ERROR) {
    GST_ELEMENT_ERROR (self, STREAM, FAILED,
        ("The %s video ended before the %s one: %" G_GUINT64_FORMAT
         " %s frames were left, %" G_GUINT64_FORMAT " pairs were measured",
            shorter, longer, left, longer, counts->pairs),
        ("unequal-ends=skip makes this a warning."));
    return FALSE;
  }
  GST_ELEMENT_WARNING (self, STREAM, FAILED,
      ("The %s video ended before the %s one: %" G_GUINT64_FORMAT
       " %s frames were left, %" G_GUINT64_FORMAT " pairs were measured",
          shorter, longer, left, longer, counts->pairs),
      (NULL));
  return TRUE;
}

static GstFlowReturn
finish (GstPerceptualDistance *self)
{
  const PerceptualCounts *counts = perceptual_pairer_get_counts (self->pairer);
  gboolean ok = perceptual_report_finish (self->report, counts, TRUE);

  if (counts->pairs == 0
      && counts->unmatched_reference + counts->unmatched_distorted > 0)
    GST_ELEMENT_WARNING (self, STREAM, FAILED,
        ("No pair was measured: none of %" G_GUINT64_FORMAT
         " distorted frames was near any of %" G_GUINT64_FORMAT
         " reference frames in time",
            counts->unmatched_distorted + counts->late,
            counts->unmatched_reference),
        ("Check the timestamps of both inputs, sync-offset and tolerance."));
  ok &= judge_ends (self);
  return ok ? GST_FLOW_EOS : GST_FLOW_ERROR;
}

static GstFlowReturn
gst_perceptual_distance_aggregate (GstAggregator *agg, gboolean timeout)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  GstFlowReturn ret;
  gint64 pending;

  for (guint side = 0; side < 2; side++) {
    if (g_atomic_int_compare_and_exchange (
            &self->inputs[side].flushed, TRUE, FALSE)) {
      perceptual_pairer_flush (self->pairer);
      self->inputs[0].ended = self->inputs[1].ended = FALSE;
    }
  }
  ret = take_inputs (self);
  if (ret == GST_FLOW_OK && timeout
      && perceptual_pairer_pending (self->pairer, &pending)
      && pending <= self->deadline) {
    GST_DEBUG_OBJECT (
        self, "giving up the reference frame at %" G_GINT64_FORMAT, pending);
    perceptual_pairer_give_up (self->pairer);
    ret = take_inputs (self);
  }
  if (ret != GST_FLOW_OK)
    return ret;
  if (self->inputs[0].ended && self->inputs[1].ended)
    return finish (self);
  return GST_AGGREGATOR_FLOW_NEED_DATA;
}

/* --- the base class's questions ------------------------------------------ */

/* Called with the source pad's lock held, in its task. */
static GstClockTime
gst_perceptual_distance_get_next_time (GstAggregator *agg)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  GstAggregatorPad *pad = self->inputs[PERCEPTUAL_REFERENCE].pad;
  GstClockTime time = GST_CLOCK_TIME_NONE;
  GstBuffer *buffer;

  if (perceptual_pairer_pending (self->pairer, &self->deadline))
    return (GstClockTime) MAX (self->deadline, 0);
  buffer = gst_aggregator_pad_peek_buffer (pad);
  if (buffer != NULL) {
    time = gst_segment_to_running_time (
        &pad->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
    gst_buffer_unref (buffer);
  }
  self->deadline = GST_CLOCK_TIME_IS_VALID (time) ? (gint64) time : G_MININT64;
  return time;
}

static GstBuffer *
gst_perceptual_distance_clip (
    GstAggregator *agg, GstAggregatorPad *pad, GstBuffer *buffer)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  PerceptualSide side = pad == self->inputs[PERCEPTUAL_REFERENCE].pad
      ? PERCEPTUAL_REFERENCE
      : PERCEPTUAL_DISTORTED;
  const PerceptualFormat *format = self->inputs[side].format;
  guint64 start = GST_BUFFER_PTS (buffer), stop = GST_CLOCK_TIME_NONE;
  guint64 duration;

  if (!GST_CLOCK_TIME_IS_VALID (start))
    return buffer; /* reported when it is popped */
  duration = format != NULL ? duration_of (buffer, format)
                            : GST_BUFFER_DURATION (buffer);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    stop = start + duration;
  if (!gst_segment_clip (
          &pad->segment, GST_FORMAT_TIME, start, stop, &start, &stop)) {
    GST_DEBUG_OBJECT (pad, "outside its segment: %" GST_PTR_FORMAT, buffer);
    gst_buffer_unref (buffer);
    return NULL;
  }
  if (start != GST_BUFFER_PTS (buffer)) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = start;
    GST_BUFFER_DURATION (buffer) =
        GST_CLOCK_TIME_IS_VALID (stop) ? stop - start : GST_CLOCK_TIME_NONE;
  }
  return buffer;
}

/* The source caps follow the buffers that go out. */
static gboolean
gst_perceptual_distance_negotiate (GstAggregator *agg)
{
  return TRUE;
}

static gboolean
gst_perceptual_distance_propose_allocation (GstAggregator *agg,
    GstAggregatorPad *pad, GstQuery *decide_query, GstQuery *query)
{
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static gboolean
is_passed_on (GstPerceptualDistance *self, GstAggregatorPad *pad)
{
  PerceptualOutput output;

  GST_OBJECT_LOCK (self);
  output = self->config.output;
  GST_OBJECT_UNLOCK (self);
  return pad
      == self->inputs[output == PERCEPTUAL_OUTPUT_REFERENCE
                     ? PERCEPTUAL_REFERENCE
                     : PERCEPTUAL_DISTORTED]
             .pad;
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

static void
set_latency (GstPerceptualDistance *self, const PerceptualFormat *format)
{
  const GstVideoInfo *info = &format->info;
  GstClockTime frame;

  if (GST_VIDEO_INFO_FPS_N (info) <= 0 || GST_VIDEO_INFO_FPS_D (info) <= 0)
    return;
  frame = gst_util_uint64_scale_int (
      GST_SECOND, GST_VIDEO_INFO_FPS_D (info), GST_VIDEO_INFO_FPS_N (info));
  gst_aggregator_set_latency (GST_AGGREGATOR (self), frame, frame);
}

static gboolean
set_format (GstPerceptualDistance *self, PerceptualSide side, GstCaps *caps)
{
  PerceptualFormat *format = perceptual_format_new (caps);

  GST_DEBUG_OBJECT (self->inputs[side].pad, "caps %" GST_PTR_FORMAT, caps);
  if (format == NULL) {
    GST_ELEMENT_ERROR (self, CORE, NEGOTIATION,
        ("The video at %s has a format that cannot be read",
            GST_PAD_NAME (self->inputs[side].pad)),
        ("Put a videoconvert before it.  Caps: %" GST_PTR_FORMAT, caps));
    return FALSE;
  }
  g_clear_pointer (&self->inputs[side].format, perceptual_format_unref);
  self->inputs[side].format = format;
  if (side == PERCEPTUAL_REFERENCE)
    set_latency (self, format);
  return TRUE;
}

static gboolean
gst_perceptual_distance_sink_event (
    GstAggregator *agg, GstAggregatorPad *pad, GstEvent *event)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  PerceptualSide side = pad == self->inputs[PERCEPTUAL_REFERENCE].pad
      ? PERCEPTUAL_REFERENCE
      : PERCEPTUAL_DISTORTED;
  gboolean ok = TRUE;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS: {
      GstCaps *caps;

      gst_event_parse_caps (event, &caps);
      ok = set_format (self, side, caps);
      break;
    }
    case GST_EVENT_TAG:
      if (is_passed_on (self, pad))
        gst_event_replace (&self->tags, event);
      break;
    case GST_EVENT_FLUSH_STOP:
      g_atomic_int_set (&self->inputs[side].flushed, TRUE);
      break;
    default:
      break;
  }
  ok &= GST_AGGREGATOR_CLASS (parent_class)->sink_event (agg, pad, event);
  return ok;
}

static gboolean
gst_perceptual_distance_src_event (GstAggregator *agg, GstEvent *event)
{
  /* A display that is late must not thin the measurement. */
  if (GST_EVENT_TYPE (event) == GST_EVENT_QOS) {
    gst_event_unref (event);
    return TRUE;
  }
  return GST_AGGREGATOR_CLASS (parent_class)->src_event (agg, event);
}

/* --- states -------------------------------------------------------------- */

/* The one place where what a stream left behind is forgotten: at start, at
 * stop and at a flush.  The report and the formats outlive a flush. */
static void
reset_stream (GstPerceptualDistance *self)
{
  for (guint side = 0; side < 2; side++) {
    self->inputs[side].ended = FALSE;
    g_atomic_int_set (&self->inputs[side].flushed, FALSE);
  }
  if (self->pairer != NULL)
    perceptual_pairer_flush (self->pairer);
  gst_clear_caps (&self->out_caps);
  gst_clear_event (&self->tags);
  gst_segment_init (&self->out_segment, GST_FORMAT_UNDEFINED);
  self->out_started = FALSE;
  self->deadline = G_MININT64;
}

static void
end_run (GstPerceptualDistance *self)
{
  g_clear_pointer (&self->report, perceptual_report_free);
  reset_stream (self);
  g_clear_pointer (&self->pairer, perceptual_pairer_free);
  g_clear_pointer (&self->frames, perceptual_frames_free);
  for (guint side = 0; side < 2; side++)
    g_clear_pointer (&self->inputs[side].format, perceptual_format_unref);
  perceptual_config_clear (&self->run);
  self->warned_colour = self->warned_interlaced = FALSE;
}

static gboolean
make_metrics (GstPerceptualDistance *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options = NULL;
  PerceptualConfig config;

  GST_OBJECT_LOCK (self);
  perceptual_config_copy (&self->config, &config);
  self->metrics_changed = FALSE;
  GST_OBJECT_UNLOCK (self);

  g_clear_pointer (&self->measure, perceptual_measure_free);
  options = perceptual_config_get_options (&config);
  self->measure = perceptual_measure_new (
      config.metric, config.also, options, config.threads, &error);
  perceptual_config_clear (&config);
  if (self->measure == NULL)
    post_library_error (self, error);
  return self->measure != NULL;
}

static gboolean
gst_perceptual_distance_start (GstAggregator *agg)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);
  gboolean metrics_changed;

  GST_OBJECT_LOCK (self);
  metrics_changed = self->metrics_changed;
  GST_OBJECT_UNLOCK (self);
  if ((metrics_changed || self->measure == NULL) && !make_metrics (self))
    return FALSE;

  end_run (self);
  GST_OBJECT_LOCK (self);
  perceptual_config_copy (&self->config, &self->run);
  GST_OBJECT_UNLOCK (self);
  self->pairer = perceptual_pairer_new (self->run.tolerance, frame_free);
  self->frames =
      perceptual_frames_new (perceptual_measure_get_threads (self->measure));
  self->report =
      perceptual_report_new (GST_ELEMENT (self), &self->run, self->measure);
  if (self->report == NULL) {
    end_run (self);
    return FALSE;
  }
  return TRUE;
}

static gboolean
gst_perceptual_distance_stop (GstAggregator *agg)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);

  if (self->report != NULL)
    perceptual_report_finish (
        self->report, perceptual_pairer_get_counts (self->pairer), FALSE);
  end_run (self);
  return TRUE;
}

static GstFlowReturn
gst_perceptual_distance_flush (GstAggregator *agg)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (agg);

  reset_stream (self);
  if (perceptual_report_is_finished (self->report)) {
    g_clear_pointer (&self->pairer, perceptual_pairer_free);
    self->pairer = perceptual_pairer_new (self->run.tolerance, frame_free);
    perceptual_report_restart (self->report);
  }
  return GST_FLOW_OK;
}

static GstStateChangeReturn
gst_perceptual_distance_change_state (
    GstElement *element, GstStateChange transition)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !make_metrics (self))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    g_clear_pointer (&self->measure, perceptual_measure_free);
  return ret;
}

/* --- object -------------------------------------------------------------- */

static void
gst_perceptual_distance_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPerceptualDistance *self = GST_PERCEPTUAL_DISTANCE (object);
  gboolean known;

  GST_OBJECT_LOCK (self);
  known = perceptual_config_set (&self->config, id, value);
  self->metrics_changed |= perceptual_config_affects_metrics (id);
  GST_OBJECT_UNLOCK (self);
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
  perceptual_measure_free (self->measure);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static GstAggregatorPad *
add_sink_pad (GstPerceptualDistance *self, GstStaticPadTemplate *template)
{
  g_autoptr (GstPadTemplate) made = gst_static_pad_template_get (template);
  GstPad *pad =
      g_object_new (GST_TYPE_AGGREGATOR_PAD, "name", template->name_template,
          "direction", GST_PAD_SINK, "template", made, NULL);

  gst_element_add_pad (GST_ELEMENT (self), pad);
  return GST_AGGREGATOR_PAD (pad);
}

static void
gst_perceptual_distance_init (GstPerceptualDistance *self)
{
  perceptual_config_init (&self->config);
  self->inputs[PERCEPTUAL_REFERENCE].pad = add_sink_pad (self, &ref_template);
  self->inputs[PERCEPTUAL_DISTORTED].pad = add_sink_pad (self, &dist_template);
  gst_segment_init (&self->out_segment, GST_FORMAT_UNDEFINED);
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

  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &ref_template, GST_TYPE_AGGREGATOR_PAD);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &dist_template, GST_TYPE_AGGREGATOR_PAD);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &src_template, GST_TYPE_AGGREGATOR_PAD);
  gst_element_class_set_static_metadata (element_class, "Perceptual distance",
      "Filter/Analyzer/Video",
      "Measures how different two video streams look (0 = identical)",
      "The gst-perceptual developers");
  element_class->change_state =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_change_state);

  agg_class->start = GST_DEBUG_FUNCPTR (gst_perceptual_distance_start);
  agg_class->stop = GST_DEBUG_FUNCPTR (gst_perceptual_distance_stop);
  agg_class->flush = GST_DEBUG_FUNCPTR (gst_perceptual_distance_flush);
  agg_class->aggregate = GST_DEBUG_FUNCPTR (gst_perceptual_distance_aggregate);
  agg_class->clip = GST_DEBUG_FUNCPTR (gst_perceptual_distance_clip);
  agg_class->get_next_time =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_get_next_time);
  agg_class->negotiate = GST_DEBUG_FUNCPTR (gst_perceptual_distance_negotiate);
  agg_class->propose_allocation =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_propose_allocation);
  agg_class->sink_query =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_sink_query);
  agg_class->sink_event =
      GST_DEBUG_FUNCPTR (gst_perceptual_distance_sink_event);
  agg_class->src_event = GST_DEBUG_FUNCPTR (gst_perceptual_distance_src_event);
}
