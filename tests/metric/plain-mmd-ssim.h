/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The definition of mmd-ssim as a plain program, step by step and without a
 * thought for speed: what the library's result is compared with.  It shares
 * no code with the library.
 */
#ifndef PLAIN_MMD_SSIM_H
#define PLAIN_MMD_SSIM_H

#include <glib.h>

G_BEGIN_DECLS

#define PLAIN_MAX_LEVELS 16

/* A plane of bytes without padding. */
typedef struct
{
  guint width;
  guint height;
  guint8 *samples;
} PlainPlane;

/* Canonical planes: 8 bits, full range, chroma halved both ways.  Those of
 * chroma have no samples where the picture is grey. */
typedef struct
{
  PlainPlane planes[3];
} PlainPicture;

/* How samples are to be read. */
typedef struct
{
  guint width;
  guint height;
  guint depth;
  gboolean full_range;
  gboolean grey;
  guint halved_across; /* chroma: 1 where it has half the columns, else 0 */
  guint halved_down;   /* likewise rows */
} PlainFormat;

typedef struct
{
  gdouble distance;
  guint n_levels;
  gdouble taps[PLAIN_MAX_LEVELS];
  guint n_blocks_x[PLAIN_MAX_LEVELS];
  guint n_blocks_y[PLAIN_MAX_LEVELS];
  gdouble *blocks[PLAIN_MAX_LEVELS]; /* what the map shows */
} PlainResult;

/* Samples of a plane of chroma. */
guint plain_chroma_width (const PlainFormat *format);
guint plain_chroma_height (const PlainFormat *format);

/* @samples: Y, Cb, Cr row by row, without padding */
PlainPicture plain_picture_of_planes (
    const PlainFormat *format, const guint16 *const samples[3]);

/* @samples: R, G, B of each pixel */
PlainPicture plain_picture_of_rgb (
    guint width, guint height, guint depth, const guint16 *samples);
void plain_picture_clear (PlainPicture *picture);

PlainResult plain_mmd_ssim (const PlainPicture *a, const PlainPicture *b);
void plain_result_clear (PlainResult *result);

G_END_DECLS

#endif /* PLAIN_MMD_SSIM_H */
