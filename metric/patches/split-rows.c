/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loads pixels into split rows.
 */
#include "patches/split-rows.h"
#include "rows/pixels.h"
#include "rows/row-programs.h"

guint
perceptual_reflect (gint i, guint n)
{
  gint period = 2 * ((gint) n - 1);

  if (n == 1)
    return 0;
  i %= period;
  if (i < 0)
    i += period;
  return (guint) (i < (gint) n ? i : period - i);
}

PerceptualSplitLayout
perceptual_split_layout (guint width)
{
  PerceptualSplitLayout layout = { .width = width, .half = (width + 1) / 2 };

  layout.segment = PERCEPTUAL_SPLIT_LEAD + ((layout.half + 15) & ~15u)
      + PERCEPTUAL_SPLIT_TAIL;
  layout.row = 6 * layout.segment;
  return layout;
}

gsize
perceptual_split_scratch (guint width)
{
  return 3 * (((gsize) width + 15) & ~(gsize) 15);
}

static gfloat *
entry (const PerceptualSplitLayout *layout, gfloat *row, guint channel, gint x)
{
  guint parity = (guint) x & 1;

  return perceptual_split_array (layout, row, channel, parity)
      + (x - (gint) parity) / 2;
}

static void
fill_margins (const PerceptualSplitLayout *layout, gfloat *row)
{
  gint w = (gint) layout->width;
  const gint outside[] = { -2, -1, w, w + 1 };

  for (guint c = 0; c < 3; c++) {
    for (guint i = 0; i < G_N_ELEMENTS (outside); i++) {
      gint inside = (gint) perceptual_reflect (outside[i], layout->width);

      *entry (layout, row, c, outside[i]) = *entry (layout, row, c, inside);
    }
  }
}

static void
split (const PerceptualSplitLayout *layout, gfloat *row, guint channel,
    const gfloat *samples, const PerceptualRowKernels *kernels)
{
  gfloat *even = perceptual_split_array (layout, row, channel, 0);
  gfloat *odd = perceptual_split_array (layout, row, channel, 1);

  kernels->split (even, odd, samples, layout->width / 2);
  if (layout->width % 2 != 0)
    even[layout->width / 2] = samples[layout->width - 1];
}

static void
unpack_rgb8 (gfloat *const planes[3], const guint8 *pixels, gsize n)
{
  for (gsize c = 0; c < 3; c++) {
    for (gsize x = 0; x < n; x++)
      planes[c][x] = pixels[3 * x + c];
  }
}

void
perceptual_split_load (const PerceptualImage *image, guint y,
    const PerceptualSplitLayout *layout, const PerceptualRowKernels *kernels,
    gfloat *row, gfloat *scratch)
{
  const guint8 *pixels = perceptual_pixels_row (image, y);
  int width = (int) layout->width;
  gsize line = (layout->width + 15) & ~(gsize) 15;
  gfloat *planes[3] = { scratch, scratch + line, scratch + 2 * line };

  if (image->pixels == PERCEPTUAL_PIXELS_RGBX16)
    perceptual_row_programs ()->unpack_rgbx16 (
        planes[0], planes[1], planes[2], (const guint64 *) pixels, width);
  else if (image->pixels == PERCEPTUAL_PIXELS_RGBX8)
    perceptual_row_programs ()->unpack_rgbx8 (
        planes[0], planes[1], planes[2], (const guint32 *) pixels, width);
  else
    unpack_rgb8 (planes, pixels, layout->width);
  for (guint c = 0; c < 3; c++)
    split (layout, row, c, planes[c], kernels);
  fill_margins (layout, row);
}
