/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loading pixels into split rows and shrinking split rows to the next pyramid
 * level.  Knows nothing of what is computed from them.
 */
#include "split-rows.h"
#include "pixels-orc.h"

#include <string.h>

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
  PerceptualSplitLayout layout = {.width = width, .half = (width + 1) / 2};

  layout.segment = PERCEPTUAL_SPLIT_LEAD + ((layout.half + 15) & ~15u)
      + PERCEPTUAL_SPLIT_TAIL;
  layout.row = 6 * layout.segment;
  return layout;
}

gsize
perceptual_split_scratch (guint width)
{
  return 3 * ((gsize) width + 2);
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
  const gint outside[] = {-2, -1, w, w + 1};

  for (guint c = 0; c < 3; c++) {
    for (guint i = 0; i < G_N_ELEMENTS (outside); i++) {
      gint inside = (gint) perceptual_reflect (outside[i], layout->width);

      *entry (layout, row, c, outside[i]) = *entry (layout, row, c, inside);
    }
  }
}

static void
load_rgbx8 (const guint8 *pixels, const PerceptualSplitLayout *layout,
    gfloat *row, gfloat *scratch)
{
  int pairs = (int) layout->width / 2;
  const guint8 *last = pixels + 4 * (gsize) (layout->width - 1);

  /* ORC's vector code takes elements to be aligned to their own size. */
  if ((guintptr) pixels % sizeof (guint64) != 0)
    pixels = memcpy (scratch, pixels, 4 * (gsize) layout->width);
  perceptual_orc_split_even_rgbx8 (perceptual_split_array (layout, row, 0, 0),
      perceptual_split_array (layout, row, 1, 0),
      perceptual_split_array (layout, row, 2, 0), (const guint64 *) pixels,
      pairs);
  perceptual_orc_split_odd_rgbx8 (perceptual_split_array (layout, row, 0, 1),
      perceptual_split_array (layout, row, 1, 1),
      perceptual_split_array (layout, row, 2, 1), (const guint64 *) pixels,
      pairs);
  /* The odd one out at the end of an odd row has no partner to be read with:
   * reading a pair there could leave the image's memory. */
  if (layout->width % 2 != 0) {
    for (guint c = 0; c < 3; c++)
      perceptual_split_array (layout, row, c, 0)[pairs] = last[c];
  }
}

static void
load_rgbx16 (const guint16 *pixels, const PerceptualSplitLayout *layout,
    gfloat *row, gfloat *scratch)
{
  guint width = layout->width;
  gsize stride = ((gsize) width + 2) & ~(gsize) 1;
  gfloat *planes[3] = {scratch, scratch + stride, scratch + 2 * stride};

  perceptual_orc_unpack_rgbx16 (
      planes[0], planes[1], planes[2], (const guint64 *) pixels, (int) width);
  for (guint c = 0; c < 3; c++) {
    gfloat *even = perceptual_split_array (layout, row, c, 0);
    gfloat *odd = perceptual_split_array (layout, row, c, 1);

    perceptual_orc_deinterleave ((guint32 *) even, (guint32 *) odd,
        (const guint64 *) planes[c], (int) width / 2);
    if (width % 2 != 0)
      even[width / 2] = planes[c][width - 1];
  }
}

void
perceptual_split_load (const PerceptualImage *image, guint y,
    const PerceptualSplitLayout *layout, gfloat *row, gfloat *scratch)
{
  const guint8 *pixels = (const guint8 *) image->data + y * image->stride;

  if (image->pixels == PERCEPTUAL_PIXELS_RGBX16)
    load_rgbx16 ((const guint16 *) pixels, layout, row, scratch);
  else
    load_rgbx8 (pixels, layout, row, scratch);
  fill_margins (layout, row);
}

void
perceptual_split_shrink (gfloat *const rows[5],
    const PerceptualSplitLayout *from, gfloat *row,
    const PerceptualSplitLayout *to, const PerceptualRowKernels *kernels,
    gfloat *scratch)
{
  gfloat *tall = scratch;
  gfloat *wide = scratch + from->row + PERCEPTUAL_SPLIT_LEAD;

  /* Margins and all: the horizontal step reads two columns beyond. */
  perceptual_orc_pyramid_rows (
      tall, rows[0], rows[1], rows[2], rows[3], rows[4], (int) from->row);
  for (guint c = 0; c < 3; c++) {
    const gfloat *even = perceptual_split_array (from, tall, c, 0);
    const gfloat *odd = perceptual_split_array (from, tall, c, 1);

    perceptual_orc_pyramid_rows (
        wide, even - 1, odd - 1, even, odd, even + 1, (int) from->half);
    perceptual_orc_deinterleave (
        (guint32 *) perceptual_split_array (to, row, c, 0),
        (guint32 *) perceptual_split_array (to, row, c, 1),
        (const guint64 *) wide, (int) to->width / 2);
    if (to->width % 2 != 0)
      perceptual_split_array (to, row, c, 0)[to->width / 2] =
          wide[to->width - 1];
  }
  fill_margins (to, row);
}
