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

static GstClockTime
get_patience (const PerceptualPatience *self)
{
  const PerceptualConfig *config = self->config;
  guint64 latency = 0;

  if (config->mode != PERCEPTUAL_MODE_EVERY_PAIR
      && config->sync != PERCEPTUAL_SYNC_TRACK)
    return 0;
  g_object_get (self->element, "latency", &latency, NULL);
  return latency > 0 ? 0 : PATIENCE;
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
  return (GstClockTime) MAX (time + self->behind, 0) + get_patience (self);
}
