/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the sink pads through the alignment to the lineup, from rows to the
 * comparison, and out at the source pad.
 */
#include "run.h"

#include "admission.h"
#include "errors.h"
#include "input.h"
#include "pairing/alignment.h"
#include "comparison.h"
#include "report/ends.h"
#include "output/outlet.h"
#include "passage.h"
#include "patience.h"
#include "settings/properties.h"
#include "stream-pad.h"

#include <gst/video/video.h>

GST_DEBUG_CATEGORY_EXTERN (perceptual_distance_debug);
#define GST_CAT_DEFAULT perceptual_distance_debug

/* The reference comes first, then the distorted streams. */
#define REFERENCE PERCEPTUAL_ALIGNMENT_REFERENCE

struct _PerceptualRun
{
  GstAggregator *element;
  PerceptualConfig config;
  guint n; /* distorted streams */
  PerceptualInput *inputs;
  PerceptualLineup *lineup;
  PerceptualAlignment *alignment; /* in front of it */
  PerceptualReport *report;
  PerceptualComparison *comparison;
  PerceptualPassage *passage;
  PerceptualOutlet *outlet;
  PerceptualPatience patience;
  gint64 deadline; /* reference frame that a timeout would give up */
};

static PerceptualInput *
input_of (PerceptualRun *self, const GstAggregatorPad *pad)
{
  for (guint i = 0; i <= self->n; i++) {
    if (self->inputs[i].pad == pad)
      return &self->inputs[i];
  }
  g_return_val_if_reached (NULL);
}

/* Returns: (nullable): who follows the offsets, if they are followed. */
static PerceptualFollower *
follower_of (const PerceptualRun *self)
{
  return perceptual_alignment_get_follower (self->alignment);
}

static void
get_totals (const PerceptualRun *self, guint stream, PerceptualTotals *totals)
{
  perceptual_passage_get_totals (self->passage, stream, totals);
  totals->counts = *perceptual_lineup_get_counts (self->lineup, stream);
  totals->followed = follower_of (self) != NULL;
  totals->changes = self->inputs[1 + stream].changes;
  totals->unsure = self->inputs[1 + stream].unsure;
}

/* For summaries before the end. */
static void
note_totals (PerceptualRun *self)
{
  for (guint i = 0; i < self->n; i++) {
    PerceptualTotals totals;

    get_totals (self, i, &totals);
    perceptual_report_note_totals (self->report, i, &totals);
  }
}

/* --- rows ---------------------------------------------------------------- */

/* The offset of the distorted stream that may go out, ns. */
static gint64
first_offset (const PerceptualRun *self)
{
  return perceptual_alignment_get_offset (self->alignment, 1);
}

/* Tells of the pairs of @row to who follows, and of doubts to @row. */
static void
note_pairs (PerceptualRun *self, PerceptualRow *row)
{
  PerceptualFollower *follower = follower_of (self);

  if (follower == NULL || row->reference == NULL)
    return;
  for (guint i = 0; i < row->n; i++) {
    PerceptualMatch *match = &row->matches[i];

    if (match->distorted == NULL)
      continue;
    match->unsure = perceptual_follower_is_unsure (
                        follower, 1 + i, match->time, match->delta)
        || ((const PerceptualFrame *) match->distorted)->doubtful
        || ((const PerceptualFrame *) row->reference)->doubtful;
    self->inputs[1 + i].unsure += match->unsure ? 1 : 0;
    perceptual_follower_note_pair (follower, 1 + i, match->time, match->delta);
  }
}

/* Reports what became of offsets that are followed.  Returns: FALSE after an
 * ERROR message. */
static gboolean
follow (PerceptualRun *self)
{
  gboolean ok = TRUE;

  for (guint i = 0; follower_of (self) != NULL && i < self->n; i++) {
    PerceptualTracking tracking;

    while (perceptual_alignment_follow (self->alignment, 1 + i, &tracking)) {
      self->inputs[1 + i].unsure += tracking.pairs;
      self->inputs[1 + i].changes += tracking.offset != tracking.before
              && tracking.change != PERCEPTUAL_TRACKER_BEGIN
          ? 1
          : 0;
      ok &= perceptual_report_follow (self->report, i, &tracking);
    }
  }
  return ok;
}

/* Measures @row, or keeps it for others. */
static GstFlowReturn
handle_row (PerceptualRun *self, PerceptualRow *row)
{
  gint64 offset = first_offset (self);
  PerceptualTotals totals;
  GstFlowReturn ret;

  get_totals (self, 0, &totals);
  if (perceptual_passage_hold (self->passage, row, offset, &totals, &ret))
    return ret;
  note_totals (self);
  return perceptual_passage_take (self->passage, row, offset);
}

static GstFlowReturn
handle_rows (PerceptualRun *self, gboolean *handled)
{
  GstFlowReturn ret = GST_FLOW_OK;
  PerceptualRow *row;

  while (ret == GST_FLOW_OK
      && (row = perceptual_lineup_next (self->lineup)) != NULL) {
    note_pairs (self, row);
    ret = handle_row (self, row);
    *handled = TRUE;
  }
  return ret;
}

/* --- input --------------------------------------------------------------- */

static guint
number_of (const PerceptualRun *self, const PerceptualInput *input)
{
  return (guint) (input - self->inputs);
}

/* Takes the frame of @arrival.  Returns: FALSE after an ERROR message. */
static gboolean
hand_over (PerceptualRun *self, const PerceptualInput *input,
    PerceptualArrival arrival)
{
  g_autoptr (GError) error = NULL;

  if (perceptual_alignment_push (
          self->alignment, number_of (self, input), arrival, &error))
    return TRUE;
  perceptual_report_library_error (GST_ELEMENT (self->element), error);
  return FALSE;
}

/* What goes out has a gap where the reference has one. */
static void
note_gap (PerceptualRun *self, const PerceptualInput *input,
    const PerceptualArrival *gap)
{
  gint64 offset = self->config.output == PERCEPTUAL_OUTPUT_DISTORTED
      ? first_offset (self)
      : 0;

  if (input == &self->inputs[REFERENCE])
    perceptual_outlet_note_gap (self->outlet,
        perceptual_alignment_shift (gap->time, -offset), gap->duration);
}

static gboolean
pairs_by_number (const PerceptualRun *self)
{
  return self->config.pair == PERCEPTUAL_PAIR_INDEX;
}

/* Patience counts by the reference's times, without jumps. */
static void
note_arrival (PerceptualRun *self, const PerceptualInput *input, gint64 time)
{
  const PerceptualFollower *follower = follower_of (self);

  if (follower == NULL)
    return;
  time = perceptual_alignment_shift (
      time, perceptual_follower_get_shift (follower, REFERENCE));
  if (input == &self->inputs[REFERENCE])
    perceptual_patience_note_reference (&self->patience, time);
  else
    perceptual_patience_note (&self->patience,
        perceptual_alignment_shift (time,
            perceptual_alignment_get_offset (
                self->alignment, number_of (self, input))));
}

/* Takes @buffer.  Returns: FALSE after an ERROR message. */
static gboolean
accept_buffer (PerceptualRun *self, PerceptualInput *input, GstBuffer *buffer)
{
  GstSegment *segment = &input->pad->segment;
  gboolean is_gap = perceptual_buffer_is_gap (buffer);
  PerceptualArrival arrival = { .duration = GST_BUFFER_DURATION (buffer) };
  GstClockTime running_time;

  if (!is_gap && pairs_by_number (self))
    buffer = perceptual_input_time_frame (input, buffer,
        perceptual_alignment_get_frames (
            self->alignment, number_of (self, input)));
  if (!is_gap
      && !perceptual_admit_frame (GST_ELEMENT (self->element),
          perceptual_input_name (input), input->format, buffer, segment,
          self->config.allow_hdr)) {
    gst_buffer_unref (buffer);
    return FALSE;
  }
  running_time = gst_segment_to_running_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  arrival.time = (gint64) running_time;
  if (is_gap || !GST_CLOCK_TIME_IS_VALID (running_time)) {
    gst_buffer_unref (buffer);
    if (!GST_CLOCK_TIME_IS_VALID (running_time))
      return TRUE;
    note_gap (self, input, &arrival);
    return hand_over (self, input, arrival);
  }
  if (self->config.pair == PERCEPTUAL_PAIR_TIME && follower_of (self) == NULL)
    perceptual_admit_order (GST_ELEMENT (self->element),
        perceptual_input_name (input), &input->said, input->last, arrival.time);
  input->last = arrival.time;
  if (!perceptual_input_follow_region (
          input, GST_ELEMENT (self->element), buffer)) {
    gst_buffer_unref (buffer);
    return FALSE;
  }
  arrival.frame =
      perceptual_frame_new (buffer, input->measured, segment, running_time);
  arrival.duration = arrival.frame->duration;
  if (!hand_over (self, input, arrival))
    return FALSE;
  note_arrival (self, input, (gint64) running_time);
  return TRUE;
}

/* Whether the distorted frame that @input has next came too late, and is to be
 * taken alone. */
static gboolean
is_late (PerceptualRun *self, const PerceptualInput *input)
{
  gint64 time;

  return input != &self->inputs[REFERENCE]
      && perceptual_input_peek_time (input, &time)
      && perceptual_alignment_is_late (
          self->alignment, number_of (self, input), time);
}

/* The base class calls only while every pad has a buffer.  So a reference
 * frame that cannot be decided yet stays on its pad; otherwise its partner
 * would have to wait for the reference frame after it. */
static gboolean
may_take_reference (PerceptualRun *self, gboolean timeout)
{
  for (guint i = 0; !timeout && i < self->n; i++) {
    const PerceptualInput *input = &self->inputs[1 + i];

    if (!perceptual_lineup_holds (self->lineup, i)
        && !perceptual_alignment_holds (self->alignment, 1 + i)
        && (!gst_aggregator_pad_has_buffer (input->pad)
            || is_late (self, input))
        && !perceptual_input_has_ended (input))
      return FALSE;
  }
  return TRUE;
}

static gboolean
wants (PerceptualRun *self, const PerceptualInput *input, gboolean timeout)
{
  if (is_late (self, input))
    return TRUE;
  return perceptual_alignment_wants (self->alignment, number_of (self, input))
      && (input != &self->inputs[REFERENCE] || follower_of (self) != NULL
          || may_take_reference (self, timeout));
}

/* Returns: FALSE after an ERROR message. */
static gboolean
end_input (PerceptualRun *self, PerceptualInput *input)
{
  g_autoptr (GError) error = NULL;

  input->cut = g_atomic_int_get (&input->released)
      && !gst_aggregator_pad_is_eos (input->pad);
  if (perceptual_alignment_end (
          self->alignment, number_of (self, input), &error))
    return TRUE;
  perceptual_report_library_error (GST_ELEMENT (self->element), error);
  return FALSE;
}

/* Takes what is wanted of one pad.  *@progress is set if there was
 * something. */
static gboolean
take_input (PerceptualRun *self, PerceptualInput *input, gboolean timeout,
    gboolean *progress)
{
  while (wants (self, input, timeout)) {
    GstBuffer *buffer;

    if (perceptual_alignment_hand_on (
            self->alignment, number_of (self, input))) {
      *progress = TRUE;
      continue;
    }
    /* Of streams that take turns, none gets far ahead. */
    if (follower_of (self) != NULL && input->taken)
      break;
    input->taken = TRUE;
    buffer = gst_aggregator_pad_pop_buffer (input->pad);
    if (buffer == NULL && !perceptual_input_has_ended (input))
      break;
    *progress = TRUE;
    if (!(buffer == NULL ? end_input (self, input)
                         : accept_buffer (self, input, buffer))
        || !follow (self))
      return FALSE;
  }
  return TRUE;
}

static PerceptualAlignmentWay
way_of (gint sync)
{
  switch (sync) {
    case PERCEPTUAL_SYNC_START:
      return PERCEPTUAL_ALIGNMENT_START;
    case PERCEPTUAL_SYNC_FILES:
      return PERCEPTUAL_ALIGNMENT_FILES;
    case PERCEPTUAL_SYNC_TRACK:
      return PERCEPTUAL_ALIGNMENT_TRACK;
    default:
      return PERCEPTUAL_ALIGNMENT_CONTENT;
  }
}

/* Ends the search for the offsets, if there is one and enough came in.  A live
 * stream that does not come does not hold up the others forever. */
static void
align (PerceptualRun *self, gboolean timeout, gboolean *progress)
{
  PerceptualAligned aligned[PERCEPTUAL_MAX_STREAMS];

  if (!perceptual_alignment_conclude (self->alignment, timeout, aligned))
    return;
  for (guint i = 0; i < self->n; i++)
    perceptual_alignment_set_offset (self->alignment, 1 + i,
        perceptual_report_sync (
            self->report, i, way_of (self->config.sync), &aligned[i]));
  *progress = TRUE;
}

/* Goes on until a row was handled or there is nothing to take, and no further:
 * a stream that never runs dry must not keep the task from noticing that it
 * has to stop. */
static GstFlowReturn
take_inputs (PerceptualRun *self, gboolean timeout)
{
  GstFlowReturn ret = GST_FLOW_OK;
  gboolean progress = TRUE, handled = FALSE;

  for (guint i = 0; i <= self->n; i++)
    self->inputs[i].taken = FALSE;
  while (progress && !handled && ret == GST_FLOW_OK) {
    progress = FALSE;
    for (guint i = 0; i <= self->n; i++) {
      if (!take_input (self, &self->inputs[i], timeout, &progress))
        return GST_FLOW_ERROR;
    }
    if (follower_of (self) == NULL)
      align (self, timeout, &progress);
    ret = handle_rows (self, &handled);
    if (ret == GST_FLOW_OK && !follow (self))
      ret = GST_FLOW_ERROR;
  }
  return ret;
}

/* Where pairs are measured together, also takes those behind the first. */
static GstFlowReturn
take_backlog (PerceptualRun *self, gboolean timeout)
{
  GstFlowReturn ret = take_inputs (self, timeout), settled;
  guint before = 0, held;

  while (ret == GST_FLOW_OK
      && (held = perceptual_passage_get_held (self->passage)) > before
      && perceptual_inputs_have_plain_frames (self->inputs, 1 + self->n)) {
    before = held;
    ret = take_inputs (self, FALSE);
  }
  settled = perceptual_passage_settle (self->passage);
  return ret != GST_FLOW_OK ? ret : settled;
}

/* --- end of a run -------------------------------------------------------- */

/* A stream whose pad was released is shorter because the program wanted it so:
 * its summary tells, and it is not an error. */
static gboolean
finish_stream (PerceptualRun *self, guint stream)
{
  const PerceptualInput *input = &self->inputs[1 + stream];
  PerceptualTotals totals;
  gboolean ok;

  get_totals (self, stream, &totals);
  ok = perceptual_report_finish (self->report, stream, &totals, !input->cut);
  if (input->cut)
    return ok;
  return perceptual_ends_judge (GST_ELEMENT (self->element),
             perceptual_input_name (input), &totals.counts,
             self->config.unequal_ends)
      && ok;
}

static GstFlowReturn
finish (PerceptualRun *self)
{
  gboolean ok = perceptual_passage_drain (self->passage);

  for (guint i = 0; i < self->n; i++)
    ok &= finish_stream (self, i);
  return ok ? GST_FLOW_EOS : GST_FLOW_ERROR;
}

static void
forget_flushed (PerceptualRun *self)
{
  gboolean flushed = FALSE;

  for (guint i = 0; i <= self->n; i++)
    flushed |= g_atomic_int_compare_and_exchange (
        &self->inputs[i].flushed, TRUE, FALSE);
  if (!flushed)
    return;
  perceptual_alignment_flush (self->alignment);
}

GstFlowReturn
perceptual_run_aggregate (PerceptualRun *self, gboolean timeout)
{
  GstFlowReturn ret;
  gint64 pending;

  if (perceptual_passage_has_failed (self->passage))
    return GST_FLOW_ERROR;
  forget_flushed (self);
  ret = take_backlog (self, timeout);
  if (ret == GST_FLOW_OK && timeout
      && perceptual_lineup_pending (self->lineup, &pending)
      && pending <= self->deadline) {
    GST_DEBUG_OBJECT (self->element,
        "giving up the reference frame at %" G_GINT64_FORMAT, pending);
    perceptual_lineup_give_up (self->lineup, self->deadline);
    ret = take_backlog (self, timeout);
  }
  note_totals (self);
  if (ret != GST_FLOW_OK)
    return ret;
  if (!perceptual_lineup_pending (self->lineup, &pending)
      && !perceptual_alignment_holds (self->alignment, REFERENCE))
    perceptual_outlet_push_gaps (self->outlet, G_MAXINT64);
  return perceptual_alignment_has_ended (self->alignment)
      ? finish (self)
      : GST_AGGREGATOR_FLOW_NEED_DATA;
}

/* --- the base class's questions ------------------------------------------ */

/* Where offsets are followed, what comes in is taken at once, whichever stream
 * it belongs to: one of them is behind. */
static GstClockTime
get_next_time_to_follow (PerceptualRun *self)
{
  gint64 pending;

  self->deadline = G_MININT64;
  for (guint i = 0; i <= self->n; i++) {
    if (wants (self, &self->inputs[i], FALSE)
        && gst_aggregator_pad_has_buffer (self->inputs[i].pad))
      return 0;
  }
  if (!perceptual_lineup_pending (self->lineup, &pending))
    return GST_CLOCK_TIME_NONE;
  self->deadline = pending;
  return perceptual_patience_until (&self->patience, pending);
}

/* The base class asks with its source lock held, in the source pad's task. */
GstClockTime
perceptual_run_get_next_time (PerceptualRun *self)
{
  /* No time after which a number would not come any more. */
  if (pairs_by_number (self))
    return GST_CLOCK_TIME_NONE;
  if (follower_of (self) != NULL)
    return get_next_time_to_follow (self);
  if (perceptual_lineup_pending (self->lineup, &self->deadline))
    return perceptual_patience_until (&self->patience, self->deadline);
  if (!perceptual_input_peek_time (&self->inputs[REFERENCE], &self->deadline)) {
    self->deadline = G_MININT64;
    return GST_CLOCK_TIME_NONE;
  }
  return perceptual_patience_until (&self->patience, self->deadline);
}

GstBuffer *
perceptual_run_clip (
    PerceptualRun *self, GstAggregatorPad *pad, GstBuffer *buffer)
{
  GstBuffer *clipped = perceptual_buffer_clip (
      buffer, input_of (self, pad)->format, &pad->segment);

  if (clipped == NULL)
    GST_DEBUG_OBJECT (pad, "a frame outside its segment");
  return clipped;
}

GstClockTime
perceptual_run_get_frame_time (const PerceptualRun *self)
{
  return perceptual_input_get_frame_time (&self->inputs[REFERENCE]);
}

gboolean
perceptual_run_set_format (
    PerceptualRun *self, GstAggregatorPad *pad, GstCaps *caps)
{
  PerceptualInput *input = input_of (self, pad);

  return perceptual_input_set_format (input, GST_ELEMENT (self->element), caps,
      input == &self->inputs[REFERENCE] ? self->config.reference_colorimetry
                                        : self->config.distorted_colorimetry);
}

gboolean
perceptual_run_check_segment (
    PerceptualRun *self, GstAggregatorPad *pad, const GstSegment *segment)
{
  return perceptual_admit_segment (GST_ELEMENT (self->element),
      perceptual_input_name (input_of (self, pad)), segment);
}

/* --- begin and end ------------------------------------------------------- */

/* The one place where everything that a stream left behind is forgotten: at
 * start, at stop and at a flush.  The report and the formats outlive a
 * flush. */
static void
reset_stream (PerceptualRun *self)
{
  for (guint i = 0; i <= self->n; i++) {
    g_atomic_int_set (&self->inputs[i].flushed, FALSE);
    self->inputs[i].last = G_MININT64;
  }
  if (self->passage != NULL)
    perceptual_passage_flush (self->passage);
  perceptual_alignment_flush (self->alignment);
  perceptual_outlet_reset (self->outlet);
  self->deadline = G_MININT64;
}

/* Returns: FALSE after an ERROR message. */
static gboolean
set_crops (PerceptualRun *self)
{
  for (guint i = 0; i <= self->n; i++) {
    const gchar *own = i == REFERENCE ? self->config.reference_crop
                                      : self->config.distorted_crop;

    if (!perceptual_input_set_crop (&self->inputs[i],
            GST_ELEMENT (self->element), i != REFERENCE,
            own != NULL ? own : self->config.crop))
      return FALSE;
  }
  return TRUE;
}

/* Set for all distorted streams, and for this one, ns. */
static gint64
given_offset (const PerceptualRun *self, guint stream)
{
  return perceptual_alignment_shift (self->config.sync_offset,
      perceptual_pad_get_offset (self->inputs[1 + stream].pad));
}

static PerceptualAlignment *
new_alignment (const PerceptualRun *self)
{
  const PerceptualAlignmentSearch search = {
    .way = way_of (self->config.sync),
    .window = perceptual_config_get_window (&self->config),
    .duration = self->config.sync_duration,
  };
  gint64 shifts[PERCEPTUAL_MAX_STREAMS];

  for (guint i = 0; i < self->n; i++)
    shifts[i] = given_offset (self, i);
  return perceptual_alignment_new (self->lineup, self->n, shifts,
      pairs_by_number (self),
      self->config.sync != PERCEPTUAL_SYNC_NONE ? &search : NULL);
}

PerceptualRun *
perceptual_run_new (GstAggregator *element, GstAggregatorPad *reference,
    GstAggregatorPad *const *distorted, guint n, const PerceptualConfig *config,
    PerceptualMetricSet *metrics)
{
  PerceptualRun *self = g_new0 (PerceptualRun, 1);
  g_autofree const gchar **names = g_new0 (const gchar *, n + 1);

  self->element = element;
  self->n = n;
  self->inputs = g_new0 (PerceptualInput, 1 + n);
  self->inputs[REFERENCE].pad = gst_object_ref (reference);
  for (guint i = 0; i <= n; i++)
    self->inputs[i].orientation = perceptual_orientation_upright ();
  for (guint i = 0; i < n; i++) {
    self->inputs[1 + i].pad = gst_object_ref (distorted[i]);
    names[i] = perceptual_input_name (&self->inputs[1 + i]);
  }
  perceptual_config_copy (config, &self->config);
  self->patience = (PerceptualPatience){
    .element = GST_ELEMENT (element),
    .config = &self->config,
  };
  self->lineup = perceptual_lineup_new (
      n, config->tolerance, perceptual_frame_ref, perceptual_frame_unref);
  for (guint i = 0; i < n; i++) {
    if (perceptual_pad_has_margins (distorted[i]))
      perceptual_lineup_ignore_margins (self->lineup, i);
  }
  self->alignment = new_alignment (self);
  self->outlet = perceptual_outlet_new (element);
  reset_stream (self);
  if (set_crops (self))
    self->report = perceptual_report_new (
        GST_ELEMENT (element), &self->config, metrics, names);
  if (self->report != NULL) {
    for (guint i = 0; i < n; i++)
      perceptual_report_set_stream (self->report, i, given_offset (self, i),
          perceptual_pad_get_notes (distorted[i]));
    self->comparison = perceptual_comparison_new (
        GST_ELEMENT (element), &self->config, metrics, self->report, names);
    self->passage = perceptual_passage_new (GST_ELEMENT (element),
        &self->config, self->comparison, self->outlet, names);
  }
  if (self->passage == NULL)
    g_clear_pointer (&self, perceptual_run_free);
  return self;
}

void
perceptual_run_free (PerceptualRun *self)
{
  if (self == NULL)
    return;
  reset_stream (self);
  for (guint i = 0; self->passage != NULL && i < self->n; i++) {
    PerceptualTotals totals;

    if (!perceptual_report_has_begun (self->report, i))
      continue;
    get_totals (self, i, &totals);
    perceptual_report_finish (self->report, i, &totals, FALSE);
  }
  perceptual_passage_free (self->passage);
  perceptual_comparison_free (self->comparison);
  perceptual_report_free (self->report);
  perceptual_outlet_free (self->outlet);
  perceptual_alignment_free (self->alignment);
  perceptual_lineup_free (self->lineup);
  for (guint i = 0; i <= self->n; i++)
    perceptual_input_clear (&self->inputs[i]);
  g_free (self->inputs);
  perceptual_config_clear (&self->config);
  g_free (self);
}

void
perceptual_run_leave (PerceptualRun *self)
{
  perceptual_report_leave (self->report);
}

void
perceptual_run_flush (PerceptualRun *self)
{
  reset_stream (self);
  perceptual_comparison_flush (self->comparison);
  perceptual_report_flush (self->report);
  if (!perceptual_report_is_finished (self->report))
    return;
  perceptual_lineup_restart (self->lineup);
  perceptual_passage_restart (self->passage);
  for (guint i = 0; i <= self->n; i++)
    self->inputs[i].changes = self->inputs[i].unsure = 0;
  perceptual_report_restart (self->report);
}

void
perceptual_run_note_flush (PerceptualRun *self, GstAggregatorPad *pad)
{
  g_atomic_int_set (&input_of (self, pad)->flushed, TRUE);
}

void
perceptual_run_note_release (PerceptualRun *self, GstAggregatorPad *pad)
{
  g_atomic_int_set (&input_of (self, pad)->released, TRUE);
}

GstStructure *
perceptual_run_get_summary (PerceptualRun *self, const gchar *stream)
{
  return perceptual_report_get_summary (self->report, stream);
}

void
perceptual_run_change (
    PerceptualRun *self, const PerceptualConfig *config, gboolean which_pairs)
{
  if (which_pairs)
    perceptual_passage_change (self->passage, config);
  perceptual_report_change (self->report, config);
}

gboolean
perceptual_run_is_measuring (const PerceptualRun *self)
{
  return perceptual_comparison_is_working (self->comparison);
}

void
perceptual_run_pass_tags (PerceptualRun *self, GstEvent *tags)
{
  perceptual_outlet_add_tags (self->outlet, tags);
}

void
perceptual_run_forget_tags (PerceptualRun *self)
{
  perceptual_outlet_forget_tags (self->outlet);
}

void
perceptual_run_renegotiate (PerceptualRun *self)
{
  perceptual_outlet_renegotiate (self->outlet);
}

void
perceptual_run_note_tags (
    PerceptualRun *self, GstAggregatorPad *pad, const GstTagList *tags)
{
  perceptual_input_note_tags (input_of (self, pad), tags);
}
