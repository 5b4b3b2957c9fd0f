/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Compares the times and numbers of frames with the limits.
 */
#include "measure/cut.h"

#include "measure/jump.h"

struct _MeasureCut
{
  MeasureCutLimits limits;
  MeasureCut *leader;
  MeasureJump jump;
  GstSegment segment; /* the first; streaming thread, like the next three */
  gboolean has_segment;
  guint64 skipped;
  gboolean ended; /* EOS went on */
  GMutex lock;    /* for what follows */
  gboolean over;  /* no frame will pass any more */
  guint64 passed;
  guint64 last; /* running time of the last one that did */
};

static guint64
running_time_of (const MeasureCut *self, GstClockTime pts)
{
  return gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, pts);
}

/* Returns: stream time of the first frame that may pass */
static gint64
find_target (const MeasureCut *self)
{
  guint64 position = gst_segment_position_from_running_time (
      &self->segment, GST_FORMAT_TIME, self->limits.from);
  guint64 time =
      gst_segment_to_stream_time (&self->segment, GST_FORMAT_TIME, position);

  return GST_CLOCK_TIME_IS_VALID (time) ? (gint64) time
                                        : (gint64) self->limits.from;
}

static gboolean
is_before (MeasureCut *self, guint64 time)
{
  if (measure_jump_is_on_the_way (
          &self->jump, time, self->limits.from, find_target (self)))
    return TRUE;
  return time < self->limits.from || self->skipped++ < self->limits.skip;
}

/* Whether @time is beyond the other section, as far as that is known. */
static gboolean
is_beyond_leader (const MeasureCut *self, guint64 time)
{
  MeasureCut *leader = self->leader;
  gboolean beyond;

  if (leader == NULL)
    return FALSE;
  g_mutex_lock (&leader->lock);
  beyond = leader->over
      && (leader->passed == 0
          || (gint64) time - (gint64) leader->last > self->limits.beyond);
  g_mutex_unlock (&leader->lock);
  return beyond;
}

static gboolean
is_behind (const MeasureCut *self, guint64 time)
{
  return time >= self->limits.until || self->passed >= self->limits.most
      || is_beyond_leader (self, time);
}

static void
set_over (MeasureCut *self)
{
  g_mutex_lock (&self->lock);
  self->over = TRUE;
  g_mutex_unlock (&self->lock);
}

/* Ends the stream behind the pad, and that before it. */
static GstPadProbeReturn
finish (MeasureCut *self, GstPad *pad, GstPadProbeInfo *info)
{
  set_over (self);
  /* It comes by this probe, too. */
  if (!self->ended)
    gst_pad_send_event (pad, gst_event_new_eos ());
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_EOS;
  return GST_PAD_PROBE_HANDLED;
}

static GstPadProbeReturn
take_frame (MeasureCut *self, GstPad *pad, GstPadProbeInfo *info)
{
  GstClockTime pts = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));
  guint64 time = running_time_of (self, pts);

  /* What has no time is reported by who measures it. */
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return self->ended ? finish (self, pad, info) : GST_PAD_PROBE_OK;
  /* So is what lies outside of its own segment, which is before all. */
  if (!GST_CLOCK_TIME_IS_VALID (time))
    time = 0;
  if (self->ended || is_behind (self, time))
    return finish (self, pad, info);
  if (is_before (self, time))
    return GST_PAD_PROBE_DROP;
  if (GST_CLOCK_TIME_IS_VALID (self->limits.length)) {
    self->limits.until = MIN (self->limits.until, time + self->limits.length);
    self->limits.length = GST_CLOCK_TIME_NONE;
  }
  g_mutex_lock (&self->lock);
  self->passed++;
  self->last = time;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

/* Behind the pad the times go on as they began. */
static void
keep_segment (MeasureCut *self, GstPadProbeInfo *info, GstEvent *event)
{
  if (!self->has_segment || !measure_jump_has_left (&self->jump)) {
    gst_event_copy_segment (event, &self->segment);
    self->has_segment = TRUE;
    return;
  }
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&self->segment);
  gst_event_set_seqnum (
      GST_PAD_PROBE_INFO_EVENT (info), gst_event_get_seqnum (event));
  gst_event_unref (event);
}

static GstPadProbeReturn
take_event (MeasureCut *self, GstPadProbeInfo *info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      keep_segment (self, info, event);
      return GST_PAD_PROBE_OK;
    case GST_EVENT_EOS:
      set_over (self);
      if (self->ended)
        return GST_PAD_PROBE_DROP;
      self->ended = TRUE;
      return GST_PAD_PROBE_OK;
    default:
      return GST_PAD_PROBE_OK;
  }
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    return take_frame (user, pad, info);
  return take_event (user, info);
}

MeasureCut *
measure_cut_new (GstPad *pad, const MeasureCutLimits *limits,
    const gboolean *may_jump, MeasureCut *leader)
{
  MeasureCut *self = g_new0 (MeasureCut, 1);

  self->limits = *limits;
  self->leader = leader;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  g_mutex_init (&self->lock);
  measure_jump_init (&self->jump, pad, may_jump);
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data,
      self, NULL);
  return self;
}

void
measure_cut_free (MeasureCut *self)
{
  if (self == NULL)
    return;
  measure_jump_clear (&self->jump);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint64
measure_cut_count (MeasureCut *self)
{
  guint64 passed;

  g_mutex_lock (&self->lock);
  passed = self->passed;
  g_mutex_unlock (&self->lock);
  return passed;
}
