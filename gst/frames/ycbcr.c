/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Converts planes of Y'CbCr to rows of R'G'B'.
 */
#include "config.h"

#include "frames/ycbcr.h"

#include <math.h>
#include <string.h>

const PerceptualYcbcrRows *
perceptual_ycbcr_rows (void)
{
#ifdef HAVE_X86_KERNELS
  const gchar *kernels = perceptual_kernel_level ();

  if (g_str_equal (kernels, "avx512"))
    return &perceptual_ycbcr_rows_avx512;
  if (g_str_equal (kernels, "avx2"))
    return &perceptual_ycbcr_rows_avx2;
#endif
  return &perceptual_ycbcr_rows_c;
}

static gboolean
get_constants (const GstVideoInfo *info, gdouble *kr, gdouble *kb)
{
  GstVideoColorMatrix matrix = info->colorimetry.matrix;

  /* What the caps leave open is what GStreamer assumes for the size. */
  if (matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN)
    matrix = GST_VIDEO_INFO_HEIGHT (info) > 576 ? GST_VIDEO_COLOR_MATRIX_BT709
                                                : GST_VIDEO_COLOR_MATRIX_BT601;
  return gst_video_color_matrix_get_Kr_Kb (matrix, kr, kb);
}

gboolean
perceptual_ycbcr_knows (const GstVideoInfo *info)
{
  gdouble kr, kb;

  return get_constants (info, &kr, &kb);
}

static void
init_matrix (PerceptualYcbcr *self, const GstVideoInfo *info)
{
  gboolean full = info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  gdouble top = self->wide ? 65535 : 255;
  gdouble unit = 1u << (self->source.depth - 8), kr = 0, kb = 0;
  gdouble most = (1u << self->source.depth) - 1;
  gdouble luma = top / (full ? most : 219 * unit);
  gdouble chroma = top / (full ? most : 224 * unit);

  if (!self->rgb)
    get_constants (info, &kr, &kb);
  self->matrix = (PerceptualYcbcrMatrix){
    .y = (gfloat) luma,
    .rv = (gfloat) (2 * (1 - kr) * chroma),
    .gu = (gfloat) (-2 * (1 - kb) * kb / (1 - kr - kb) * chroma),
    .gv = (gfloat) (-2 * (1 - kr) * kr / (1 - kr - kb) * chroma),
    .bu = (gfloat) (2 * (1 - kb) * chroma),
    .luma_zero = (gfloat) (full ? 0 : 16 * unit),
    .chroma_zero = (gfloat) (128 * unit),
    .top = (gfloat) top,
  };
}

void
perceptual_ycbcr_init (PerceptualYcbcr *self, const GstVideoInfo *info,
    const PerceptualImage *source, gboolean wide)
{
  GstVideoChromaSite site = GST_VIDEO_INFO_CHROMA_SITE (info);

  /* Chroma without a site lies as in MPEG-2 and H.264. */
  if (site == GST_VIDEO_CHROMA_SITE_UNKNOWN)
    site = GST_VIDEO_CHROMA_SITE_MPEG2;
  *self = (PerceptualYcbcr){
    .source = *source,
    .wide = wide,
    .grey = source->planes[1].data == NULL,
    .rgb = GST_VIDEO_INFO_IS_RGB (info),
    .interlaced = GST_VIDEO_INFO_IS_INTERLACED (info),
    .rows = perceptual_ycbcr_rows (),
  };
  init_matrix (self, info);
  if (self->grey || self->rgb)
    return;
  self->log_x = GST_VIDEO_FORMAT_INFO_W_SUB (info->finfo, 1);
  self->log_y = GST_VIDEO_FORMAT_INFO_H_SUB (info->finfo, 1);
  if (!(site & GST_VIDEO_CHROMA_SITE_H_COSITED))
    self->site_x = ((1u << self->log_x) - 1) / 2.0f;
  if (!(site & GST_VIDEO_CHROMA_SITE_V_COSITED))
    self->site_y = ((1u << self->log_y) - 1) / 2.0f;
}

/* --- rows ---------------------------------------------------------------- */

/* Chroma is kept with one more sample on each side. */
#define MARGIN 16

static gsize
line_of (const PerceptualYcbcr *self)
{
  return ((gsize) self->source.width + 3 * MARGIN) / MARGIN * MARGIN + MARGIN;
}

/* Luma, two of chroma at full width, two rows of chroma as they come. */
gsize
perceptual_ycbcr_scratch (const PerceptualYcbcr *self)
{
  return 5 * line_of (self);
}

static void
load (const PerceptualYcbcr *self, guint plane, guint y, gfloat *out)
{
  const PerceptualPlane *p = &self->source.planes[plane];
  const guint8 *row = (const guint8 *) p->data + y * p->stride;

  if (self->source.depth == 8)
    self->rows->load8 (out, row, p->step, p->width);
  else
    self->rows->load16 (out, row, p->step, self->source.shift, p->width);
}

/* The row of chroma for row @y of luma, interpolated between two rows. */
static void
load_chroma (const PerceptualYcbcr *self, guint plane, guint y, gfloat *out,
    gfloat *other)
{
  gint last = (gint) self->source.planes[plane].height - 1;
  gfloat at = ((gfloat) y - self->site_y) / (gfloat) (1u << self->log_y);
  gint above = (gint) floorf (at);
  gfloat weight = at - (gfloat) above;

  if (self->log_y == 0 || self->interlaced) {
    /* Of two fields, each has every second row of chroma. */
    guint own = self->log_y == 0 ? y : (y >> 1 >> self->log_y << 1) + (y & 1);

    load (self, plane, MIN (own, (guint) last), out);
    return;
  }
  load (self, plane, (guint) CLAMP (above, 0, last), out);
  if (weight == 0 || above < 0 || above >= last)
    return;
  load (self, plane, (guint) above + 1, other);
  self->rows->blend (out, out, other, weight, self->source.planes[plane].width);
}

/* Any other ratio than 1 and 2 to 1 (4:1:1). */
static void
widen_by_any (const PerceptualYcbcr *self, const gfloat *c, gint n, gfloat *out)
{
  for (guint x = 0; x < self->source.width; x++) {
    gfloat at = ((gfloat) x - self->site_x) / (gfloat) (1u << self->log_x);
    gint left = (gint) floorf (at);
    gfloat weight = at - (gfloat) left;
    gfloat a = c[CLAMP (left, 0, n - 1)], b = c[CLAMP (left + 1, 0, n - 1)];

    out[x] = a + (b - a) * weight;
  }
}

/* Returns: chroma for row @y at the width of luma, in one of the lines. */
static const gfloat *
chroma_row (const PerceptualYcbcr *self, guint plane, guint y, gfloat *wide,
    gfloat *narrow, gfloat *other)
{
  gint n = (gint) self->source.planes[plane].width;

  if (self->log_x == 0) {
    load_chroma (self, plane, y, wide, other);
    return wide;
  }
  narrow += MARGIN;
  load_chroma (self, plane, y, narrow, other);
  if (self->log_x > 1) {
    widen_by_any (self, narrow, n, wide);
    return wide;
  }
  narrow[-1] = narrow[0];
  narrow[n] = narrow[n - 1];
  /* Columns 2 i and 2 i + 1 lie site_x before and 1 - site_x behind sample
   * i, in columns; samples are two apart. */
  self->rows->widen (
      wide, narrow, self->site_x / 2, (1 - self->site_x) / 2, (guint) n);
  return wide;
}

static void
convert_rgb_row (
    const PerceptualYcbcr *self, guint y, guint8 *out, gfloat *scratch)
{
  gfloat *c[3];

  for (guint i = 0; i < 3; i++) {
    c[i] = scratch + i * line_of (self);
    load (self, i, y, c[i]);
  }
  if (self->wide)
    self->rows->range16 ((guint16 *) (gpointer) out, c[0], c[1], c[2],
        &self->matrix, self->source.width);
  else
    self->rows->range8 (
        out, c[0], c[1], c[2], &self->matrix, self->source.width);
}

void
perceptual_ycbcr_convert (const PerceptualYcbcr *self, guint begin, guint end,
    guint8 *out, gsize stride, gfloat *scratch)
{
  gsize line = line_of (self);
  gfloat *luma = scratch, *narrow = scratch + 3 * line;
  const gfloat *u = scratch + line, *v = scratch + 2 * line;
  guint n = self->source.width;

  for (gsize x = 0; self->grey && x < n; x++)
    scratch[line + x] = scratch[2 * line + x] = self->matrix.chroma_zero;
  for (guint y = begin; y < end; y++) {
    if (self->rgb) {
      convert_rgb_row (self, y, out + y * stride, scratch);
      continue;
    }
    load (self, 0, y, luma);
    if (!self->grey) {
      u = chroma_row (self, 1, y, scratch + line, narrow, scratch + 4 * line);
      v = chroma_row (
          self, 2, y, scratch + 2 * line, narrow, scratch + 4 * line);
    }
    if (self->wide)
      self->rows->rgb16 ((guint16 *) (gpointer) (out + y * stride), luma, u, v,
          &self->matrix, n);
    else
      self->rows->rgb8 (out + y * stride, luma, u, v, &self->matrix, n);
  }
}
