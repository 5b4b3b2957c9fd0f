/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Canonical planes row by row: depth first, then range, then subsampling, as
 * mmd-ssim's definition has it.  ORC programs do the arithmetic; samples that
 * lie apart are gathered before.
 */
#include "blocks/canonical.h"
#include "blocks/block-kernels.h"
#include "planes-orc.h"

#include <string.h>

/* Of luma's or chroma's sizes: whole, or halved and rounded up. */
static gboolean
is_whole_or_half (guint part, guint whole)
{
  return part == whole || part == (whole + 1) / 2;
}

static gboolean
has_known_planes (const PerceptualImage *image)
{
  const PerceptualPlane *planes = image->planes;

  if (planes[0].data == NULL)
    return FALSE;
  if (planes[1].data == NULL || planes[2].data == NULL)
    return planes[1].data == planes[2].data;
  for (guint c = 1; c < 3; c++) {
    if (!is_whole_or_half (planes[c].width, image->width)
        || !is_whole_or_half (planes[c].height, image->height))
      return FALSE;
  }
  return TRUE;
}

gboolean
perceptual_canonical_planes_suffice (
    const PerceptualImage *a, const PerceptualImage *b)
{
  if (!has_known_planes (a) || !has_known_planes (b))
    return FALSE;
  return a->planes[1].data == NULL || b->planes[1].data == NULL
      || (a->matrix == b->matrix && a->primaries == b->primaries);
}

PerceptualCanonical
perceptual_canonical_of (
    const PerceptualImage *image, gboolean planes, guint8 *scratch)
{
  return (PerceptualCanonical){
    .image = image,
    .planes = planes,
    .grey = planes && image->planes[1].data == NULL,
    .scratch = scratch,
  };
}

/* --- rows ----------------------------------------------------------------- */

gsize
perceptual_canonical_stride (guint width)
{
  gsize row = PERCEPTUAL_ROW_LEAD + (gsize) width + PERCEPTUAL_BLOCK
      + PERCEPTUAL_BLOCK_OVERREAD;

  return (row + 63) & ~(gsize) 63;
}

void
perceptual_canonical_extend (guint8 *row, guint width)
{
  row[-1] = row[0];
  memset (row + width, row[width - 1],
      PERCEPTUAL_BLOCK + PERCEPTUAL_BLOCK_OVERREAD);
}

void
perceptual_canonical_half (
    const guint8 *upper, const guint8 *lower, guint width, guint8 *to)
{
  perceptual_orc_half (to, upper, lower, (gint) (width + 1) / 2);
}

/* Scratch: words or pixels of a row, then two rows of bytes. */
static gsize
scratch_words (guint width)
{
  return ((gsize) width * 4 + 63) & ~(gsize) 63;
}

static gsize
scratch_bytes (guint width)
{
  return ((gsize) width + 1 + 63) & ~(gsize) 63;
}

gsize
perceptual_canonical_scratch (guint width)
{
  return scratch_words (width) + 2 * scratch_bytes (width);
}

static guint8 *
scratch_row (const PerceptualCanonical *self, guint i)
{
  guint width = self->image->width;

  return self->scratch + scratch_words (width) + i * scratch_bytes (width);
}

/* --- from planes ---------------------------------------------------------- */

static void
gather_bytes (guint8 *restrict to, const guint8 *from, gsize step, guint n)
{
  if (step == 2) {
    for (gsize i = 0; i < n; i++)
      to[i] = from[2 * i];
  } else {
    for (gsize i = 0; i < n; i++)
      to[i] = from[step * i];
  }
}

static void
gather_words (guint16 *restrict to, const guint16 *from, gsize step, guint n)
{
  if (step == 2) {
    for (gsize i = 0; i < n; i++)
      to[i] = from[2 * i];
  } else {
    for (gsize i = 0; i < n; i++)
      to[i] = from[step * i];
  }
}

/* Row @y of a plane in 8 bits and full range. */
static void
load_plane_row (const PerceptualCanonical *self, guint c, guint y, guint8 *to)
{
  const PerceptualImage *image = self->image;
  const PerceptualPlane *plane = &image->planes[c];
  const guint8 *from = (const guint8 *) plane->data + y * plane->stride;
  guint depth = image->depth;
  gint n = (gint) plane->width;

  if (depth > 8) {
    const guint16 *words = (const guint16 *) (const void *) from;

    if (plane->step != 2) {
      gather_words ((guint16 *) (void *) self->scratch, words, plane->step / 2,
          plane->width);
      words = (const guint16 *) (const void *) self->scratch;
    }
    perceptual_orc_narrow (
        to, words, (gint) image->shift, 1 << (depth - 9), (gint) depth - 8, n);
    from = to;
  } else if (plane->step != 1) {
    gather_bytes (to, from, plane->step, plane->width);
    from = to;
  }
  if (!image->full_range && c == 0)
    perceptual_orc_full_luma (to, from, n);
  else if (!image->full_range)
    perceptual_orc_full_chroma (to, from, n);
  else if (from != to)
    memcpy (to, from, plane->width);
}

static void
load_chroma_row (
    const PerceptualCanonical *self, guint c, guint pair, guint8 *to)
{
  const PerceptualImage *image = self->image;
  const PerceptualPlane *plane = &image->planes[c];
  guint width = image->width, half = (width + 1) / 2;
  gboolean across = plane->width != half;
  gboolean down = plane->height != (image->height + 1) / 2;
  guint8 *rows[2] = { scratch_row (self, 0), scratch_row (self, 1) };

  if (!across && !down) {
    load_plane_row (self, c, pair, to);
    return;
  }
  for (guint i = 0; i < (down ? 2 : 1); i++) {
    guint y = down ? MIN (2 * pair + i, plane->height - 1) : pair;

    load_plane_row (self, c, y, rows[i]);
    if (across && width % 2 != 0)
      rows[i][width] = rows[i][width - 1];
  }
  if (across && down)
    perceptual_orc_half (to, rows[0], rows[1], (gint) half);
  else if (down)
    perceptual_orc_average_rows (to, rows[0], rows[1], (gint) half);
  else
    perceptual_orc_average_columns (to, rows[0], (gint) half);
}

/* --- from R'G'B' ---------------------------------------------------------- */

/* Returns: row @y in pixels of four bytes */
static const guint32 *
load_pixels (const PerceptualCanonical *self, guint y)
{
  const PerceptualImage *image = self->image;
  const guint8 *from = (const guint8 *) image->data + y * image->stride;

  if (image->pixels == PERCEPTUAL_PIXELS_RGBX16) {
    perceptual_orc_narrow (self->scratch, (const guint16 *) (const void *) from,
        0, 1 << 7, 8, (gint) image->width * 4);
    from = self->scratch;
  }
  return (const guint32 *) (const void *) from;
}

/* Cb comes from both rows into scratch and is halved at once; Cr needs the
 * rows a second time, when they are still in the cache. */
static void
load_rgb (const PerceptualCanonical *self, guint pair, guint8 *const luma[2],
    guint8 *const chroma[2])
{
  const PerceptualImage *image = self->image;
  guint width = image->width;
  guint8 *rows[2] = { scratch_row (self, 0), scratch_row (self, 1) };

  for (guint c = 0; c < (chroma != NULL ? 2 : 1); c++) {
    for (guint i = 0; i < 2; i++) {
      guint y = 2 * pair + i;
      const guint32 *pixels = load_pixels (self, MIN (y, image->height - 1));

      if (c == 0 && y < image->height)
        perceptual_orc_luma_of_rgb (luma[i], pixels, (gint) width);
      if (chroma == NULL)
        continue;
      if (c == 0)
        perceptual_orc_cb_of_rgb (rows[i], pixels, (gint) width);
      else
        perceptual_orc_cr_of_rgb (rows[i], pixels, (gint) width);
      rows[i][width] = rows[i][width - 1];
    }
    if (chroma != NULL)
      perceptual_orc_half (chroma[c], rows[0], rows[1], (gint) (width + 1) / 2);
  }
}

void
perceptual_canonical_load (const PerceptualCanonical *self, guint pair,
    guint8 *const luma[2], guint8 *const chroma[2])
{
  const PerceptualImage *image = self->image;

  if (!self->planes) {
    load_rgb (self, pair, luma, chroma);
    return;
  }
  for (guint i = 0; i < 2 && 2 * pair + i < image->height; i++)
    load_plane_row (self, 0, 2 * pair + i, luma[i]);
  for (guint c = 0; chroma != NULL && c < 2; c++) {
    if (self->grey)
      memset (chroma[c], 128, (image->width + 1) / 2);
    else
      load_chroma_row (self, c + 1, pair, chroma[c]);
  }
}
