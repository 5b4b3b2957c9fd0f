/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Compares the times of decoded frames with the window.
 */
#include "tune/probe/cut.h"

void
tune_cut_init (TuneCut *self, const TuneWindow *window)
{
  *self = (TuneCut){
    .window = *window,
    .times = g_array_new (FALSE, FALSE, sizeof (guint64)),
    .first = GST_CLOCK_TIME_NONE,
    .begin = GST_CLOCK_TIME_NONE,
    .end = GST_CLOCK_TIME_NONE,
  };
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  g_mutex_init (&self->lock);
}

void
tune_cut_clear (TuneCut *self)
{
  if (self->watched)
    measure_jump_clear (&self->jump);
  g_array_unref (self->times);
  g_free (self->caps);
  g_mutex_clear (&self->lock);
}

/* Stream time of the first frame that may pass. */
static guint64
first_time (const TuneCut *self)
{
  const TuneWindow *window = &self->window;

  return (guint64) (window->start_ns - MIN (window->start_ns, window->lead_ns));
}

/* Stream time of the first frame behind those that may pass. */
static guint64
last_time (const TuneCut *self)
{
  const TuneWindow *window = &self->window;

  return (guint64) window->stop_ns
      + (guint64) MIN (window->lead_ns, G_MAXINT64 - window->stop_ns);
}

static void
take_event (TuneCut *self, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    gst_event_copy_segment (event, &self->segment);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    GstCaps *caps;

    gst_event_parse_caps (event, &caps);
    if (self->caps == NULL)
      self->caps = gst_caps_to_string (caps);
  }
}

/* Takes note of a frame that passes.  @time: its stream time. */
static void
note_frame (TuneCut *self, GstBuffer *buffer, guint64 time)
{
  guint64 running = gst_segment_to_running_time (
      &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));

  g_array_append_val (self->times, running);
  if (time < (guint64) self->window.start_ns) {
    self->lead++;
    return;
  }
  if (time >= (guint64) self->window.stop_ns) {
    self->tail++;
    return;
  }
  if (!GST_CLOCK_TIME_IS_VALID (self->first)) {
    self->first = running;
    self->begin = time;
  }
  self->end = time;
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    self->end += GST_BUFFER_DURATION (buffer);
}

/* Waits, perhaps, for the source to leave. */
static gboolean
is_on_the_way (TuneCut *self, guint64 time)
{
  guint64 first = first_time (self);
  gboolean on_the_way;

  g_mutex_unlock (&self->lock);
  on_the_way =
      measure_jump_is_on_the_way (&self->jump, time, first, (gint64) first);
  g_mutex_lock (&self->lock);
  return on_the_way;
}

static GstPadProbeReturn
take_frame (TuneCut *self, GstPad *pad, GstBuffer *buffer)
{
  guint64 time = gst_segment_to_stream_time (
      &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));

  /* What has no time is reported by who measures it. */
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return GST_PAD_PROBE_OK;
  if (is_on_the_way (self, time) || time < first_time (self))
    return GST_PAD_PROBE_DROP;
  if (time >= last_time (self)) {
    g_mutex_unlock (&self->lock);
    gst_pad_send_event (pad, gst_event_new_eos ());
    g_mutex_lock (&self->lock);
    return GST_PAD_PROBE_DROP;
  }
  note_frame (self, buffer, time);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  TuneCut *self = user;
  GstPadProbeReturn verdict = GST_PAD_PROBE_OK;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    verdict = take_frame (self, pad, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    take_event (self, GST_PAD_PROBE_INFO_EVENT (info));
  g_mutex_unlock (&self->lock);
  return verdict;
}

void
tune_cut_watch (TuneCut *self, GstPad *pad, const gboolean *may_jump)
{
  measure_jump_init (&self->jump, pad, may_jump);
  self->watched = TRUE;
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data,
      self, NULL);
}

guint
tune_cut_count (const TuneCut *self)
{
  return self->times->len - self->lead - self->tail;
}

static guint64
middle (const TuneCut *self, guint before)
{
  guint64 one = g_array_index (self->times, guint64, before);
  guint64 other = g_array_index (self->times, guint64, before + 1);

  return one + (other - one) / 2;
}

gboolean
tune_cut_is_measured (TuneCut *self, GstClockTime running_time)
{
  gboolean measured;

  g_mutex_lock (&self->lock);
  measured = GST_CLOCK_TIME_IS_VALID (self->first)
      && (self->lead == 0 || running_time >= middle (self, self->lead - 1))
      && (self->tail == 0
          || running_time < middle (self, self->times->len - self->tail - 1));
  g_mutex_unlock (&self->lock);
  return measured;
}

typedef struct
{
  TuneCut *cut;
  GstSegment segment;
} Hold;

static GstPadProbeReturn
on_held (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Hold *self = user;
  GstClockTime time;

  if (!(info->type & GST_PAD_PROBE_TYPE_BUFFER)) {
    if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_SEGMENT)
      gst_event_copy_segment (GST_PAD_PROBE_INFO_EVENT (info), &self->segment);
    return GST_PAD_PROBE_OK;
  }
  time = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME,
      GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_CLOCK_TIME_IS_VALID (time)
          && !tune_cut_is_measured (self->cut, time)
      ? GST_PAD_PROBE_DROP
      : GST_PAD_PROBE_OK;
}

void
tune_cut_hold_margins (TuneCut *self, GstPad *pad)
{
  Hold *hold = g_new0 (Hold, 1);

  hold->cut = self;
  gst_segment_init (&hold->segment, GST_FORMAT_TIME);
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_held,
      hold, g_free);
}
