/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Y'CbCr to R'G'B', exactly: each sample within rounding of
 *
 *   E'  = (Y - black) / (white - black)
 *   R'  = E' + 2 (1 - Kr) Cr,   B' = E' + 2 (1 - Kb) Cb,
 *   G'  = (E' - Kr R' - Kb B') / (1 - Kr - Kb)
 *
 * (ITU-R BT.601, BT.709, BT.2020 non-constant luminance) with Kr, Kb, black
 * and white of the stream's own matrix and range, and chroma of fewer samples
 * interpolated linearly between where they lie (chroma-site).  The converter
 * of GStreamer 1.22 does this with coefficients of eight bits, and is off by
 * up to six levels of 255.
 *
 * R'G'B' of another range or depth is settled here as well, by
 * (R - black) / (white - black): that converter ignores its range.
 */
#ifndef PERCEPTUAL_YCBCR_H
#define PERCEPTUAL_YCBCR_H

#include <gst/video/video.h>

#include "perceptual.h"
#include "frames/ycbcr-kernels.h"

G_BEGIN_DECLS

/**
 * PerceptualYcbcr:
 * @source: whose planes, depth and shift are read; pixels are not
 * @matrix: see above
 * @wide: whether 16 bits a sample are made, 8 otherwise
 * @log_x: log2 of how many columns share a sample of chroma
 * @log_y: of how many rows
 * @site_x: where the first sample of chroma lies, in columns of luma
 * @site_y: in rows
 * @interlaced: rows of chroma belong to fields in turn, and are not
 *   interpolated
 * @grey: there is no chroma
 * @rgb: the planes are R', G', B' already, of another range or depth
 * @rows: the loops to use
 *
 * One conversion.  Read only once made: any number of threads may convert
 * rows of it.
 */
typedef struct
{
  PerceptualImage source;
  PerceptualYcbcrMatrix matrix;
  gboolean wide;
  guint log_x, log_y;
  gfloat site_x, site_y;
  gboolean interlaced;
  gboolean grey;
  gboolean rgb;
  const PerceptualYcbcrRows *rows;
} PerceptualYcbcr;

/* Whether the matrix of @info is one of those above, whatever its format. */
gboolean perceptual_ycbcr_knows (const GstVideoInfo *info);

/**
 * perceptual_ycbcr_init:
 * @info: of the source: matrix, range, chroma-site, subsampling, interlacing
 * @source: views of its planes; no more of it is read
 * @wide: whether to make 16 bits a sample
 */
void perceptual_ycbcr_init (PerceptualYcbcr *ycbcr, const GstVideoInfo *info,
    const PerceptualImage *source, gboolean wide);

/* Returns: floats of scratch memory that one thread needs. */
gsize perceptual_ycbcr_scratch (const PerceptualYcbcr *ycbcr);

/**
 * perceptual_ycbcr_convert:
 * @begin: first row
 * @end: row after the last
 * @out: row 0 of R, G, B and a padding sample
 * @stride: bytes from one row of @out to the next
 * @scratch: see perceptual_ycbcr_scratch()
 */
void perceptual_ycbcr_convert (const PerceptualYcbcr *ycbcr, guint begin,
    guint end, guint8 *out, gsize stride, gfloat *scratch);

G_END_DECLS

#endif /* PERCEPTUAL_YCBCR_H */
