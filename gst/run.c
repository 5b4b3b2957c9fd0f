/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the sink pads to the pairer, from pairs to metrics and report, and out
 * at the source pad.  Knows neither how frames are paired nor how a distance
 * comes about, and nothing of properties' names and states.
 */
#include "run.h"

#include "frames.h"
#include "report.h"

#include <gst/video/video.h>

GST_DEBUG_CATEGORY_EXTERN (perceptual_distance_debug);
#define GST_CAT_DEFAULT perceptual_distance_debug

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

struct _PerceptualRun
{
  GstAggregator *element;
  PerceptualConfig config;
  PerceptualMeasure *measure;
  Input inputs[2]; /* by PerceptualSide */
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

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  gst_clear_buffer (&frame->buffer);
  perceptual_format_unref (frame->format);
  g_free (frame);
}

/* --- errors -------------------------------------------------------------- */

static void
post_size_error (PerceptualRun *self, const PerceptualFormat *reference,
    const PerceptualFormat *distorted)
{
  GST_ELEMENT_ERROR (self->element, CORE, NEGOTIATION,
      ("The reference is %dx%d but the distorted video is %dx%d",
          reference->info.width, reference->info.height, distorted->info.width,
          distorted->info.height),
      ("Set scaling=to-reference, or put a videoscale before one of the pads. "
       "ref_sink: %" GST_PTR_FORMAT "; dist_sink: %" GST_PTR_FORMAT,
          reference->caps, distorted->caps));
}

/* --- output -------------------------------------------------------------- */

static GstFlowReturn
push_frame (PerceptualRun *self, Frame *frame)
{
  GstAggregator *agg = self->element;
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
push_gap (PerceptualRun *self, const Frame *reference)
{
  gint64 time = (gint64) reference->running_time - self->config.sync_offset;
  guint64 position;

  /* A gap before the first buffer has no segment that it could be in. */
  if (!self->out_started || time < 0)
    return;
  position = gst_segment_position_from_running_time (
      &self->out_segment, GST_FORMAT_TIME, (guint64) time);
  if (position != GST_CLOCK_TIME_NONE)
    gst_pad_push_event (self->element->srcpad,
        gst_event_new_gap (position, reference->duration));
}

/* --- pairs --------------------------------------------------------------- */

static void
warn_about (PerceptualRun *self, const PerceptualFormat *reference,
    const PerceptualFormat *distorted)
{
  g_autofree gchar *difference = NULL;

  if (!self->warned_interlaced
      && (GST_VIDEO_INFO_IS_INTERLACED (&reference->info)
          || GST_VIDEO_INFO_IS_INTERLACED (&distorted->info))) {
    self->warned_interlaced = TRUE;
    GST_ELEMENT_WARNING (self->element, STREAM, FORMAT,
        ("Interlaced video is measured as whole frames"),
        ("Put a deinterlace before both pads to measure what is shown."));
  }
  if (self->warned_colour)
    return;
  difference = perceptual_formats_colour_difference (reference, distorted);
  if (difference == NULL)
    return;
  self->warned_colour = TRUE;
  GST_ELEMENT_WARNING (self->element, STREAM, FORMAT,
      ("Reference and distorted video differ in how they code colour: %s",
          difference),
      ("Both are converted by their caps.  If those are wrong, so is the "
       "distance.  ref_sink: %" GST_PTR_FORMAT "; dist_sink: %" GST_PTR_FORMAT,
          reference->caps, distorted->caps));
}

static gboolean
compare (PerceptualRun *self, const Frame *reference, const Frame *distorted,
    PerceptualRecord *record)
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
    perceptual_report_library_error (GST_ELEMENT (self->element), error);
  return ok;
}

static GstFlowReturn
measure_pair (PerceptualRun *self, const Frame *reference,
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

  if (self->config.scaling == PERCEPTUAL_SCALING_NONE
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
handle_unmatched (PerceptualRun *self, const PerceptualOutcome *outcome)
{
  const Frame *frame =
      outcome->reference != NULL ? outcome->reference : outcome->distorted;

  GST_DEBUG_OBJECT (self->element, "unmatched %s frame at %" GST_TIME_FORMAT,
      outcome->reference != NULL ? "reference" : "distorted",
      GST_TIME_ARGS (frame->running_time));
  if (outcome->reference == NULL || outcome->after_end
      || self->config.missing_frames == PERCEPTUAL_MISSING_SKIP)
    return GST_FLOW_OK;
  GST_ELEMENT_ERROR (self->element, STREAM, FAILED,
      ("No distorted frame for the reference frame at %" GST_TIME_FORMAT,
          GST_TIME_ARGS (frame->running_time)),
      ("missing-frames=skip counts such frames and goes on; a larger "
       "tolerance or another sync-offset may find the frame."));
  return GST_FLOW_ERROR;
}

static GstFlowReturn
handle_outcome (PerceptualRun *self, const PerceptualOutcome *outcome)
{
  Frame *out = self->config.output == PERCEPTUAL_OUTPUT_REFERENCE
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
handle_outcomes (PerceptualRun *self, gboolean *handled)
{
  GstFlowReturn ret = GST_FLOW_OK;
  PerceptualOutcome outcome;

  while (
      ret == GST_FLOW_OK && perceptual_pairer_next (self->pairer, &outcome)) {
    ret = handle_outcome (self, &outcome);
    g_clear_pointer ((Frame **) &outcome.reference, frame_free);
    g_clear_pointer ((Frame **) &outcome.distorted, frame_free);
    *handled = TRUE;
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
check_frame (PerceptualRun *self, const Input *input, const GstBuffer *buffer)
{
  const gchar *pad = GST_PAD_NAME (input->pad);

  if (input->format == NULL) {
    GST_ELEMENT_ERROR (self->element, CORE, NEGOTIATION,
        ("Video came in at %s before its format was known", pad),
        ("The element before it must send raw video caps."));
    return FALSE;
  }
  if (!GST_BUFFER_PTS_IS_VALID (buffer)) {
    GST_ELEMENT_ERROR (self->element, STREAM, FORMAT,
        ("The frames at %s have no timestamps, so they cannot be paired", pad),
        ("Put an element before %s that sets them, for instance videorate, a "
         "parser, or a source with do-timestamp=true.",
            pad));
    return FALSE;
  }
  if (!self->config.allow_hdr && perceptual_format_is_hdr (input->format)) {
    GST_ELEMENT_ERROR (self->element, STREAM, FORMAT,
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
accept_buffer (PerceptualRun *self, PerceptualSide side, GstBuffer *buffer)
{
  Input *input = &self->inputs[side];
  gint64 offset = side == PERCEPTUAL_DISTORTED ? self->config.sync_offset : 0;
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

/* The base class calls only while every pad has a buffer.  So a reference
 * frame that nothing can be said about yet stays on its pad; otherwise its
 * partner would have to wait for the reference frame after it. */
static gboolean
may_take (PerceptualRun *self, PerceptualSide side, gboolean timeout)
{
  GstAggregatorPad *distorted = self->inputs[PERCEPTUAL_DISTORTED].pad;

  return side == PERCEPTUAL_DISTORTED || timeout
      || perceptual_pairer_holds (self->pairer)
      || gst_aggregator_pad_has_buffer (distorted)
      || gst_aggregator_pad_is_eos (distorted);
}

/* Takes what the pairer wants of one pad.  *@progress is set if there was
 * something. */
static gboolean
take_input (PerceptualRun *self, PerceptualSide side, gboolean timeout,
    gboolean *progress)
{
  Input *input = &self->inputs[side];

  while (perceptual_pairer_wants (self->pairer, side)
      && may_take (self, side, timeout)) {
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

/* Goes on until an outcome was handled or there is nothing to take.  Not
 * further: a stream that never runs dry must not keep the task from seeing
 * that it is to stop. */
static GstFlowReturn
take_inputs (PerceptualRun *self, gboolean timeout)
{
  GstFlowReturn ret = GST_FLOW_OK;
  gboolean progress = TRUE, handled = FALSE;

  while (progress && !handled && ret == GST_FLOW_OK) {
    progress = FALSE;
    if (!take_input (self, PERCEPTUAL_REFERENCE, timeout, &progress)
        || !take_input (self, PERCEPTUAL_DISTORTED, timeout, &progress))
      return GST_FLOW_ERROR;
    ret = handle_outcomes (self, &handled);
  }
  return ret;
}

/* --- end of a run -------------------------------------------------------- */

/* Returns: FALSE after an ERROR message. */
static gboolean
judge_ends (PerceptualRun *self)
{
  const PerceptualCounts *counts = perceptual_pairer_get_counts (self->pairer);
  gboolean reference_longer = counts->after_end_reference > 0;
  guint64 left = reference_longer ? counts->after_end_reference
                                  : counts->after_end_distorted;
  const gchar *shorter = reference_longer ? "distorted" : "reference";
  const gchar *longer = reference_longer ? "reference" : "distorted";

  if (left == 0)
    return TRUE;
  if (self->config.unequal_ends == PERCEPTUAL_MISSING_ERROR) {
    GST_ELEMENT_ERROR (self->element, STREAM, FAILED,
        ("The %s video ended before the %s one: %" G_GUINT64_FORMAT
         " %s frames were left, %" G_GUINT64_FORMAT " pairs were measured",
            shorter, longer, left, longer, counts->pairs),
        ("unequal-ends=skip makes this a warning."));
    return FALSE;
  }
  GST_ELEMENT_WARNING (self->element, STREAM, FAILED,
      ("The %s video ended before the %s one: %" G_GUINT64_FORMAT
       " %s frames were left, %" G_GUINT64_FORMAT " pairs were measured",
          shorter, longer, left, longer, counts->pairs),
      (NULL));
  return TRUE;
}

static GstFlowReturn
finish (PerceptualRun *self)
{
  const PerceptualCounts *counts = perceptual_pairer_get_counts (self->pairer);
  gboolean ok = perceptual_report_finish (self->report, counts, TRUE);

  if (counts->pairs == 0
      && counts->unmatched_reference + counts->unmatched_distorted > 0)
    GST_ELEMENT_WARNING (self->element, STREAM, FAILED,
        ("No pair was measured: none of %" G_GUINT64_FORMAT
         " distorted frames was near any of %" G_GUINT64_FORMAT
         " reference frames in time",
            counts->unmatched_distorted + counts->late,
            counts->unmatched_reference),
        ("Check the timestamps of both inputs, sync-offset and tolerance."));
  ok &= judge_ends (self);
  return ok ? GST_FLOW_EOS : GST_FLOW_ERROR;
}

GstFlowReturn
perceptual_run_aggregate (PerceptualRun *self, gboolean timeout)
{
  GstFlowReturn ret;
  gint64 pending;

  for (guint side = 0; side < 2; side++) {
    if (g_atomic_int_compare_and_exchange (
            &self->inputs[side].flushed, TRUE, FALSE)) {
      perceptual_pairer_flush (self->pairer);
      self->inputs[0].ended = self->inputs[1].ended = FALSE;
    }
  }
  ret = take_inputs (self, timeout);
  if (ret == GST_FLOW_OK && timeout
      && perceptual_pairer_pending (self->pairer, &pending)
      && pending <= self->deadline) {
    GST_DEBUG_OBJECT (
        self, "giving up the reference frame at %" G_GINT64_FORMAT, pending);
    perceptual_pairer_give_up (self->pairer);
    ret = take_inputs (self, timeout);
  }
  if (ret != GST_FLOW_OK)
    return ret;
  if (self->inputs[0].ended && self->inputs[1].ended)
    return finish (self);
  return GST_AGGREGATOR_FLOW_NEED_DATA;
}

/* --- the base class's questions ------------------------------------------ */

/* The base class asks with its source lock held, in the source pad's task. */
GstClockTime
perceptual_run_get_next_time (PerceptualRun *self)
{
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

GstBuffer *
perceptual_run_clip (
    PerceptualRun *self, PerceptualSide side, GstBuffer *buffer)
{
  GstAggregatorPad *pad = self->inputs[side].pad;
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

static void
set_latency (PerceptualRun *self, const PerceptualFormat *format)
{
  const GstVideoInfo *info = &format->info;
  GstClockTime frame;

  if (GST_VIDEO_INFO_FPS_N (info) <= 0 || GST_VIDEO_INFO_FPS_D (info) <= 0)
    return;
  frame = gst_util_uint64_scale_int (
      GST_SECOND, GST_VIDEO_INFO_FPS_D (info), GST_VIDEO_INFO_FPS_N (info));
  gst_aggregator_set_latency (self->element, frame, frame);
}

gboolean
perceptual_run_set_format (
    PerceptualRun *self, PerceptualSide side, GstCaps *caps)
{
  PerceptualFormat *format = perceptual_format_new (caps);

  GST_DEBUG_OBJECT (self->inputs[side].pad, "caps %" GST_PTR_FORMAT, caps);
  if (format == NULL) {
    GST_ELEMENT_ERROR (self->element, CORE, NEGOTIATION,
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

/* --- begin and end ------------------------------------------------------- */

/* The one place where what a stream left behind is forgotten: at start, at
 * stop and at a flush.  The report and the formats outlive a flush. */
static void
reset_stream (PerceptualRun *self)
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

PerceptualRun *
perceptual_run_new (GstAggregator *element, GstAggregatorPad *reference,
    GstAggregatorPad *distorted, const PerceptualConfig *config,
    PerceptualMeasure *measure)
{
  PerceptualRun *self = g_new0 (PerceptualRun, 1);

  self->element = element;
  self->measure = measure;
  self->inputs[PERCEPTUAL_REFERENCE].pad = reference;
  self->inputs[PERCEPTUAL_DISTORTED].pad = distorted;
  perceptual_config_copy (config, &self->config);
  self->pairer = perceptual_pairer_new (self->config.tolerance, frame_free);
  self->frames =
      perceptual_frames_new (perceptual_measure_get_threads (measure));
  reset_stream (self);
  self->report =
      perceptual_report_new (GST_ELEMENT (element), &self->config, measure);
  if (self->report == NULL)
    g_clear_pointer (&self, perceptual_run_free);
  return self;
}

void
perceptual_run_free (PerceptualRun *self)
{
  if (self == NULL)
    return;
  if (self->report != NULL)
    perceptual_report_finish (
        self->report, perceptual_pairer_get_counts (self->pairer), FALSE);
  perceptual_report_free (self->report);
  reset_stream (self);
  perceptual_pairer_free (self->pairer);
  perceptual_frames_free (self->frames);
  for (guint side = 0; side < 2; side++)
    g_clear_pointer (&self->inputs[side].format, perceptual_format_unref);
  perceptual_config_clear (&self->config);
  g_free (self);
}

void
perceptual_run_flush (PerceptualRun *self)
{
  reset_stream (self);
  if (perceptual_report_is_finished (self->report)) {
    perceptual_pairer_free (self->pairer);
    self->pairer = perceptual_pairer_new (self->config.tolerance, frame_free);
    perceptual_report_restart (self->report);
  }
}

void
perceptual_run_note_flush (PerceptualRun *self, PerceptualSide side)
{
  g_atomic_int_set (&self->inputs[side].flushed, TRUE);
}

void
perceptual_run_set_tags (PerceptualRun *self, GstEvent *tags)
{
  gst_event_replace (&self->tags, tags);
}
