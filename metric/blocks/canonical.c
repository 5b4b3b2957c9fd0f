/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Canonical planes row by row: depth first, then range, then subsampling, as
 * mmd-ssim's definition has it.  Samples that lie apart are gathered before.
 */
#include "blocks/canonical.h"
#include "rows/pixels.h"

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

gboolean
perceptual_canonical_is_grey (const PerceptualImage *image, gboolean planes)
{
  return planes && image->planes[1].data == NULL;
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

/* Scratch: words or pixels of a row, then some rows of bytes. */
#define SCRATCH_ROWS 5

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
  return scratch_words (width) + SCRATCH_ROWS * scratch_bytes (width);
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

/* Returns: row @y of a plane in 8 bits, in place or in @scratch */
static const guint8 *
bytes_of_row (const PerceptualCanonical *self, const PerceptualPlane *plane,
    guint y, guint8 *scratch)
{
  const PerceptualImage *image = self->image;
  const guint8 *from = (const guint8 *) plane->data + y * plane->stride;

  if (image->depth > 8) {
    const guint16 *words = (const guint16 *) (const void *) from;

    if (plane->step != 2) {
      gather_words ((guint16 *) (void *) self->scratch, words, plane->step / 2,
          plane->width);
      words = (const guint16 *) (const void *) self->scratch;
    }
    self->kernels->narrow (
        scratch, words, image->depth, image->shift, plane->width);
    return scratch;
  }
  if (plane->step != 1) {
    gather_bytes (scratch, from, plane->step, plane->width);
    return scratch;
  }
  return from;
}

/* Row @y of a plane in 8 bits and full range. */
static void
load_plane_row (const PerceptualCanonical *self, guint c, guint y, guint8 *to)
{
  const PerceptualPlane *plane = &self->image->planes[c];
  gboolean full = self->image->full_range;
  const guint8 *from =
      bytes_of_row (self, plane, y, full ? to : scratch_row (self, 4));

  if (!full && c == 0)
    self->kernels->full_luma (to, from, plane->width);
  else if (!full)
    self->kernels->full_chroma (to, from, plane->width);
  else if (from != to)
    memcpy (to, from, plane->width);
}

static void
average_rows (
    guint8 *restrict to, const guint8 *upper, const guint8 *lower, guint n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = (guint8) ((upper[i] + lower[i] + 1) >> 1);
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
  /* What one direction has too many of is halved as if the other had too. */
  if (!across)
    average_rows (to, rows[0], rows[1], half);
  else
    self->kernels->half (to, rows[0], rows[down ? 1 : 0], half);
}

/* --- from R'G'B' ---------------------------------------------------------- */

/* Pixels of three bytes to pixels of four. */
static void
spread_pixels (guint8 *restrict to, const guint8 *from, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    for (gsize c = 0; c < 3; c++)
      to[4 * i + c] = from[3 * i + c];
    to[4 * i + 3] = 0;
  }
}

/* Returns: row @y in pixels of four bytes */
static const guint32 *
load_pixels (const PerceptualCanonical *self, guint y)
{
  const PerceptualImage *image = self->image;
  const guint8 *from = perceptual_pixels_row (image, y);

  if (image->pixels == PERCEPTUAL_PIXELS_RGB8) {
    spread_pixels (self->scratch, from, image->width);
    from = self->scratch;
  } else if (image->pixels == PERCEPTUAL_PIXELS_RGBX16) {
    self->kernels->narrow (self->scratch, (const guint16 *) (const void *) from,
        16, 0, image->width * 4);
    from = self->scratch;
  }
  return (const guint32 *) (const void *) from;
}

static void
load_rgb (const PerceptualCanonical *self, guint pair, guint8 *const luma[2],
    guint8 *const chroma[2])
{
  const PerceptualImage *image = self->image;
  guint width = image->width;

  for (guint i = 0; i < 2; i++) {
    guint y = 2 * pair + i;
    guint8 *rows[3] = { y < image->height ? luma[i] : scratch_row (self, 4),
      scratch_row (self, i), scratch_row (self, 2 + i) };

    self->kernels->rgb (
        rows, load_pixels (self, MIN (y, image->height - 1)), width);
    for (guint c = 1; c < 3; c++)
      rows[c][width] = rows[c][width - 1];
  }
  for (guint c = 0; chroma != NULL && c < 2; c++)
    self->kernels->half (chroma[c], scratch_row (self, 2 * c),
        scratch_row (self, 2 * c + 1), (width + 1) / 2);
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
    if (image->planes[1].data == NULL)
      memset (chroma[c], 128, (image->width + 1) / 2);
    else
      load_chroma_row (self, c + 1, pair, chroma[c]);
  }
}
