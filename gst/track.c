/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Images to means of their luma over a coarse grid.  Knows nothing of what
 * they are compared with, nor of GStreamer.
 */
#include "track.h"

/* Samples read of a cell in either direction, at most. */
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

/* Interleaved samples: a plane, or R, G and B of packed pixels. */
typedef struct
{
  const guint8 *data;
  gsize stride;
  gsize step; /* bytes from one pixel to the next */
  guint width;
  guint height;
  guint channels;
  gboolean wide;     /* native 16-bit words */
  gfloat weights[3]; /* of the channels, to luma of 0..255 */
} Samples;

static Samples
samples_of_plane (const PerceptualImage *image)
{
  const PerceptualPlane *plane = &image->planes[0];
  gboolean wide = image->depth > 8;
  gfloat most = (gfloat) ((1u << image->depth) - 1);

  return (Samples){
    .data = plane->data,
    .stride = plane->stride,
    .step = plane->step,
    .width = plane->width,
    .height = plane->height,
    .channels = 1,
    .wide = wide,
    .weights = { 255.0f / (most * (gfloat) (1u << image->shift)) },
  };
}

static Samples
samples_of_pixels (const PerceptualImage *image)
{
  gboolean wide = image->pixels == PERCEPTUAL_PIXELS_RGBX16;
  gfloat scale = wide ? 255.0f / 65535.0f : 1.0f;

  return (Samples){
    .data = image->data,
    .stride = image->stride,
    .step = wide ? 8 : 4,
    .width = image->width,
    .height = image->height,
    .channels = 3,
    .wide = wide,
    .weights = { .299f * scale, .587f * scale, .114f * scale },
  };
}

/* One cell of a grid over @size samples. */
typedef struct
{
  guint begin;
  guint end;
  guint step;
} Range;

/* Where the picture has fewer samples than the grid has cells, neighbours
 * share one. */
static Range
range_of (guint cell, guint cells, guint size)
{
  Range range = { .begin = (guint) ((guint64) cell * size / cells),
    .end = (guint) ((guint64) (cell + 1) * size / cells) };

  range.end = MAX (range.end, range.begin + 1);
  range.step = MAX (1, (range.end - range.begin) / DENSITY);
  return range;
}

static gfloat
mean_of_cell (const Samples *samples, Range rows, Range columns)
{
  guint64 sums[3] = { 0 };
  guint n = 0;
  gfloat luma = 0;

  for (guint y = rows.begin; y < rows.end; y += rows.step) {
    const guint8 *row = samples->data + y * samples->stride;

    for (guint x = columns.begin; x < columns.end; x += columns.step) {
      const guint8 *pixel = row + x * samples->step;

      for (guint c = 0; c < samples->channels; c++)
        sums[c] += samples->wide ? ((const guint16 *) (const void *) pixel)[c]
                                 : pixel[c];
      n++;
    }
  }
  for (guint c = 0; c < samples->channels; c++)
    luma += samples->weights[c] * (gfloat) sums[c];
  return luma / (gfloat) n;
}

void
perceptual_track_add (
    PerceptualTrack *self, gint64 time, const PerceptualImage *image)
{
  guint length = self->frames->len;
  PerceptualTrackFrame *frame;
  Samples samples = image->planes[0].data != NULL ? samples_of_plane (image)
                                                  : samples_of_pixels (image);

  if (length > 0 && time <= perceptual_track_get (self, length - 1)->time)
    return;
  g_array_set_size (self->frames, length + 1);
  frame = &g_array_index (self->frames, PerceptualTrackFrame, length);
  frame->time = time;
  for (guint y = 0; y < PERCEPTUAL_TRACK_HEIGHT; y++) {
    Range rows = range_of (y, PERCEPTUAL_TRACK_HEIGHT, samples.height);

    for (guint x = 0; x < PERCEPTUAL_TRACK_WIDTH; x++)
      frame->luma[y * PERCEPTUAL_TRACK_WIDTH + x] = mean_of_cell (
          &samples, rows, range_of (x, PERCEPTUAL_TRACK_WIDTH, samples.width));
  }
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
