/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of luma and colour from native planes or from RGB.
 */
#include "rows/channels.h"
#include "rows/pixels.h"

gboolean
perceptual_channels_are_native (
    const PerceptualImage *a, const PerceptualImage *b)
{
  return a->planes[0].data != NULL && b->planes[0].data != NULL;
}

guint
perceptual_channels_depth (const PerceptualImage *a, const PerceptualImage *b)
{
  return MAX (a->depth, b->depth);
}

guint
perceptual_plane_sample (const PerceptualImage *image, const guint8 *data)
{
  return image->depth > 8 ? *(const guint16 *) data >> image->shift : *data;
}

/* From black to white, or of colour from end to end, in samples. */
static gint64
span_of (guint depth, gboolean full, guint channel)
{
  if (full)
    return ((gint64) 1 << depth) - 1;
  return (gint64) (channel == 0 ? 219 : 224) << (depth - 8);
}

static gint64
zero_of (guint depth, gboolean full, guint channel)
{
  if (channel == 0)
    return full ? 0 : (gint64) 16 << (depth - 8);
  return (gint64) 128 << (depth - 8);
}

static gint64
common_divisor (gint64 a, gint64 b)
{
  while (b != 0) {
    gint64 rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

gdouble
perceptual_channel_codes (const PerceptualImage *a, const PerceptualImage *b,
    guint channel, PerceptualChannelCode codes[2])
{
  const PerceptualImage *const images[2] = { a, b };
  guint depth = perceptual_channels_depth (a, b);
  gboolean full = a->full_range && b->full_range;
  gint64 span = span_of (depth, full, channel);
  gint64 zero = zero_of (depth, full, channel);
  gfloat top = (gfloat) ((1u << depth) - 1);
  gint64 spans[2], divisor;

  for (guint i = 0; i < 2; i++)
    spans[i] = span_of (images[i]->depth, images[i]->full_range, channel);
  divisor = common_divisor (spans[0], spans[1]);
  for (guint i = 0; i < 2; i++) {
    gdouble ratio = (gdouble) span / (gdouble) spans[i];
    gint64 own = zero_of (images[i]->depth, images[i]->full_range, channel);
    gdouble offset = ((gdouble) zero - (gdouble) own * ratio) * 255 / top;

    codes[i] = (PerceptualChannelCode){
      .zero = own,
      .weight = spans[1 - i] / divisor,
      .scale = spans[i] == span ? 255.0f / top : (gfloat) (ratio * 255 / top),
      .offset = (gfloat) offset - PERCEPTUAL_LUMA_SHIFT,
    };
  }
  return (gdouble) codes[0].weight * (gdouble) spans[0] / (gdouble) span;
}

guint
perceptual_count_channels (
    const PerceptualImage *a, const PerceptualImage *b, gboolean all)
{
  if (!all)
    return 1;
  if (!perceptual_channels_are_native (a, b))
    return 4;
  for (guint i = 1; i < 3; i++) {
    if (a->planes[i].data == NULL || b->planes[i].data == NULL
        || a->planes[i].width != b->planes[i].width
        || a->planes[i].height != b->planes[i].height)
      return 1;
  }
  return 3;
}

const gchar *
perceptual_channel_name (guint channel, gboolean rgb)
{
  static const gchar *const names[2][PERCEPTUAL_MAX_CHANNELS] = {
    { "Y", "Cb", "Cr", NULL },
    { "Y", "R", "G", "B" },
  };

  return channel < PERCEPTUAL_MAX_CHANNELS ? names[rgb ? 1 : 0][channel] : NULL;
}

guint
perceptual_channel_width (
    const PerceptualImage *image, gboolean native, guint channel)
{
  return native ? image->planes[channel].width : image->width;
}

guint
perceptual_channel_height (
    const PerceptualImage *image, gboolean native, guint channel)
{
  return native ? image->planes[channel].height : image->height;
}

static void
native_row (const PerceptualImage *image, const PerceptualChannelCode *code,
    guint channel, guint y, gfloat *out)
{
  const PerceptualPlane *plane = &image->planes[channel];
  const guint8 *row = (const guint8 *) plane->data + y * plane->stride;
  gfloat scale = code->scale, offset = code->offset;
  gsize width = plane->width;

  if (image->depth == 8 && plane->step == 1) {
    for (gsize x = 0; x < width; x++)
      out[x] = (gfloat) row[x] * scale + offset;
    return;
  }
  for (gsize x = 0; x < width; x++)
    out[x] =
        (gfloat) perceptual_plane_sample (image, row + x * plane->step) * scale
        + offset;
}

static void
luma_row (const PerceptualImage *image, const guint8 *row, gfloat *out)
{
  if (image->pixels == PERCEPTUAL_PIXELS_RGBX16) {
    const guint16 *pixel = (const guint16 *) row;

    for (gsize x = 0; x < image->width; x++, pixel += 4)
      out[x] =
          (0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2]) / 257.0f
          - PERCEPTUAL_LUMA_SHIFT;
  } else {
    guint step = perceptual_pixels_step (image->pixels);

    for (gsize x = 0; x < image->width; x++, row += step)
      out[x] = 0.299f * row[0] + 0.587f * row[1] + 0.114f * row[2]
          - PERCEPTUAL_LUMA_SHIFT;
  }
}

void
perceptual_channel_row (const PerceptualImage *image,
    const PerceptualChannelCode *code, guint channel, guint y, gfloat *out)
{
  const guint8 *row;

  if (code != NULL) {
    native_row (image, code, channel, y, out);
    return;
  }
  row = perceptual_pixels_row (image, y);
  if (channel == 0) {
    luma_row (image, row, out);
  } else if (image->pixels == PERCEPTUAL_PIXELS_RGBX16) {
    const guint16 *sample = (const guint16 *) row + channel - 1;

    for (gsize x = 0; x < image->width; x++)
      out[x] = sample[4 * x] / 257.0f - PERCEPTUAL_LUMA_SHIFT;
  } else {
    const guint8 *sample = row + channel - 1;
    guint step = perceptual_pixels_step (image->pixels);

    for (gsize x = 0; x < image->width; x++)
      out[x] = sample[step * x] - PERCEPTUAL_LUMA_SHIFT;
  }
}
