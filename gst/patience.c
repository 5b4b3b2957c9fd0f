/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Deadlines of reference frames.
 */
#include "patience.h"

/* A distorted frame may be this late where every pair is measured: a machine
 * that is busy for a while, or a decoder that starts, costs no pair then.  The
 * latency that is told does not hold it, since frames that are in time go out
 * in time.  Where offsets are followed, it is so in real time too, since frames
 * wait for each other anyway. */
#define PATIENCE (2 * GST_SECOND)
/* What partners are behind is forgotten by this part with each frame. */
#define FORGETTING 256
/* Beyond the largest offset, nobody is waited for. */
#define MOST_BEHIND ((gint64) (12 * GST_SECOND))

/* Of a time or a latency: 36 years. */
#define MOST_TIME (G_GUINT64_CONSTANT (1) << 60)

static GstPadProbeReturn
bound_latency (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstClockTime least, most;
  gboolean live;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return GST_PAD_PROBE_OK;
  gst_query_parse_latency (query, &live, &least, &most);
  if (least > MOST_TIME) {
    GST_WARNING_OBJECT (pad, "a latency of %" G_GUINT64_FORMAT " ns", least);
    gst_query_set_latency (query, live, MOST_TIME, most);
  }
  return GST_PAD_PROBE_OK;
}

void
perceptual_patience_watch (GstPad *pad)
{
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_QUERY_UPSTREAM | GST_PAD_PROBE_TYPE_PULL,
      bound_latency, NULL, NULL);
}

static guint64
get_latency (const PerceptualPatience *self)
{
  guint64 latency = 0;

  g_object_get (self->element, "latency", &latency, NULL);
  return latency;
}

static GstClockTime
get_patience (const PerceptualPatience *self)
{
  const PerceptualConfig *config = self->config;

  if (config->mode != PERCEPTUAL_MODE_EVERY_PAIR
      && config->sync != PERCEPTUAL_SYNC_TRACK)
    return 0;
  return get_latency (self) > 0 ? 0 : PATIENCE;
}

/* @behind: (out): by how much a frame that comes now is behind @time */
static gboolean
get_behind (const PerceptualPatience *self, gint64 time, gint64 *behind)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);

  if (clock != NULL)
    *behind = (gint64) (gst_clock_get_time (clock)
                  - gst_element_get_base_time (self->element))
        - time;
  return clock != NULL;
}

void
perceptual_patience_note_reference (PerceptualPatience *self, gint64 time)
{
  get_behind (self, time, &self->reference_behind);
}

void
perceptual_patience_note (PerceptualPatience *self, gint64 time)
{
  gint64 behind;

  if (!get_behind (self, time, &behind))
    return;
  self->behind -= (self->behind - self->reference_behind) / FORGETTING;
  self->behind =
      MIN (MAX (self->behind, behind), self->reference_behind + MOST_BEHIND);
}

GstClockTime
perceptual_patience_until (const PerceptualPatience *self, gint64 time)
{
  GstClockTime until =
      (GstClockTime) MAX (time + self->behind, 0) + get_patience (self);

  return until <= MOST_TIME && get_latency (self) <= MOST_TIME
      ? until
      : GST_CLOCK_TIME_NONE;
}
