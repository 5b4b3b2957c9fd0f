/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A growing list of small pictures.
 */
#include "pairing/track.h"

#include "frames/cells.h"

/* Samples read of a cell in either direction, see cells.h. */
#define DENSITY 16

struct _PerceptualTrack
{
  GArray *frames; /* of PerceptualTrackFrame */
};

PerceptualTrack *
perceptual_track_new (void)
{
  PerceptualTrack *self = g_new0 (PerceptualTrack, 1);

  self->frames = g_array_new (FALSE, FALSE, sizeof (PerceptualTrackFrame));
  return self;
}

void
perceptual_track_free (PerceptualTrack *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->frames);
  g_free (self);
}

void
perceptual_track_clear (PerceptualTrack *self)
{
  g_array_set_size (self->frames, 0);
}

void
perceptual_track_add (
    PerceptualTrack *self, gint64 time, const PerceptualImage *image)
{
  guint length = self->frames->len;
  PerceptualTrackFrame *frame;

  if (length > 0 && time <= perceptual_track_get (self, length - 1)->time)
    return;
  g_array_set_size (self->frames, length + 1);
  frame = &g_array_index (self->frames, PerceptualTrackFrame, length);
  frame->time = time;
  perceptual_cells_take (image, PERCEPTUAL_TRACK_WIDTH, PERCEPTUAL_TRACK_HEIGHT,
      DENSITY, frame->luma);
}

void
perceptual_track_trim (PerceptualTrack *self, gint64 time)
{
  guint n = 0;

  while (n < self->frames->len && perceptual_track_get (self, n)->time < time)
    n++;
  if (n > 0)
    g_array_remove_range (self->frames, 0, n);
}

guint
perceptual_track_get_length (const PerceptualTrack *self)
{
  return self->frames->len;
}

const PerceptualTrackFrame *
perceptual_track_get (const PerceptualTrack *self, guint i)
{
  return &g_array_index (self->frames, PerceptualTrackFrame, i);
}

gint64
perceptual_track_get_span (const PerceptualTrack *self)
{
  guint n = self->frames->len;

  return n == 0 ? 0
                : perceptual_track_get (self, n - 1)->time
          - perceptual_track_get (self, 0)->time;
}
