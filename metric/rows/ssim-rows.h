/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SSIM over whole images, row by row, for ssim and ms-ssim: Gaussian window of
 * 11 taps, deviation 1.5, K1 = .01, K2 = .03, range 255, mean over the
 * positions where the window fits (Wang, Bovik, Sheikh, Simoncelli 2004).  For
 * an image smaller than the window, the window shrinks.
 */
#ifndef PERCEPTUAL_SSIM_ROWS_H
#define PERCEPTUAL_SSIM_ROWS_H

#include "rows/channels.h"
#include "rows/row-kernels.h"

G_BEGIN_DECLS

/* Side of the window, in pixels. */
#define PERCEPTUAL_SSIM_TAPS 11

/**
 * PerceptualChannel:
 * @width: samples in a row
 * @height: rows
 * @image: where samples come from, see rows/channels.h; NULL if they are in
 *   @samples
 * @native: for @image
 * @code: of native samples
 * @channel: of @image
 * @samples: rows of samples less PERCEPTUAL_LUMA_SHIFT, without padding
 *
 * A view of luma, or of another channel, in 0..255.
 */
typedef struct
{
  guint width;
  guint height;
  const PerceptualImage *image;
  gboolean native;
  PerceptualChannelCode code;
  guint channel;
  const gfloat *samples;
} PerceptualChannel;

/* @channels: (out): views of @channel of @a and @b, native where both have
 * planes. */
void perceptual_channel_pair (const PerceptualImage *a,
    const PerceptualImage *b, guint channel, PerceptualChannel channels[2]);

/* Returns: row @y of @plane, either its own or written to @scratch, which has
 * room for plane->width floats. */
const gfloat *perceptual_channel_get_row (
    const PerceptualChannel *plane, guint y, gfloat *scratch);

/**
 * PerceptualSsimRows:
 * @width: the widest row that the scratch has room for
 * @line: floats of a row of scratch
 * @scratch: of all workers
 *
 * Memory that is kept between comparisons: about 53 rows of floats per worker.
 * Start from zeroed memory.
 */
typedef struct
{
  guint width;
  gsize line;
  gfloat *scratch;
} PerceptualSsimRows;

/* Makes room for rows of @width samples and @workers's threads. */
gboolean perceptual_ssim_rows_prepare (PerceptualSsimRows *self,
    PerceptualWorkers *workers, guint width, GError **error);
/* Returns: the bytes of that room. */
guint64 perceptual_ssim_rows_bytes (PerceptualWorkers *workers, guint width);
void perceptual_ssim_rows_clear (PerceptualSsimRows *self);

/**
 * perceptual_ssim_rows_compare:
 * @self: prepared for at least the planes' width
 * @workers: the workers it was prepared for
 * @strip_rows: rows of one work item, 0 for its own choice
 * @a: a plane
 * @b: another of the same size
 * @contrast: (out) (optional): the mean of the contrast-structure term
 *   (2 cov + C2) / (var a + var b + C2), -1..1
 *
 * Returns: the mean of SSIM, -1..1; exactly 1 for identical planes.
 */
gdouble perceptual_ssim_rows_compare (PerceptualSsimRows *self,
    PerceptualWorkers *workers, guint strip_rows, const PerceptualChannel *a,
    const PerceptualChannel *b, gdouble *contrast);

G_END_DECLS

#endif /* PERCEPTUAL_SSIM_ROWS_H */
