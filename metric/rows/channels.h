/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The channels that the classic metrics compare.  Where both images have
 * planes of their own ("native"), these are Y' and then the two of colour, in
 * their own sizes.  Otherwise they come from RGB: .299 R + .587 G + .114 B
 * first, then R, G and B.
 */
#ifndef PERCEPTUAL_CHANNELS_H
#define PERCEPTUAL_CHANNELS_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Most channels of an image, either way. */
#define PERCEPTUAL_MAX_CHANNELS 4

/* What is subtracted from all samples, to keep digits in sums of squares. */
#define PERCEPTUAL_LUMA_SHIFT 127.5f

/* Whether @a and @b both carry Y' planes. */
gboolean perceptual_channels_are_native (
    const PerceptualImage *a, const PerceptualImage *b);

/* The significant bits to which native samples of a pair are scaled: the
 * larger of the two depths. */
guint perceptual_channels_depth (
    const PerceptualImage *a, const PerceptualImage *b);

/* The sample at @data of a plane of @image. */
guint perceptual_plane_sample (
    const PerceptualImage *image, const guint8 *data);

/**
 * PerceptualChannelCode:
 * @zero: the sample of black, or of no colour
 * @weight: what a sample less @zero is multiplied by, to be in steps that both
 *   images of a pair share
 * @scale: what a sample is multiplied by and
 * @offset: what is added then, to be what perceptual_channel_row() gives
 *
 * How native samples of an image become those of its pair.
 */
typedef struct
{
  gint64 zero;
  gint64 weight;
  gfloat scale;
  gfloat offset;
} PerceptualChannelCode;

/**
 * perceptual_channel_codes:
 * @a: an image with native planes
 * @b: likewise
 * @channel: which of them
 * @codes: (out): of @a and @b
 *
 * The pair's common code has the larger depth and, where one image has full and
 * the other limited range, limited range.  A sample v becomes
 * zero' + (v - zero) * span' / span, exactly: 235 of eight bits 940 of ten, 255
 * of full range 235 of limited range.
 *
 * Returns: how many shared steps are one step of the common code
 */
gdouble perceptual_channel_codes (const PerceptualImage *a,
    const PerceptualImage *b, guint channel, PerceptualChannelCode codes[2]);

/* Returns: how many channels of @a and @b can be compared; luma alone without
 * @all, or where the planes of colour are missing or differ in size. */
guint perceptual_count_channels (
    const PerceptualImage *a, const PerceptualImage *b, gboolean all);

/* Returns: (transfer none) (nullable): what @channel is called: "Y", "Cb",
 * "Cr", with @rgb "Y", "R", "G", "B". */
const gchar *perceptual_channel_name (guint channel, gboolean rgb);

/* The samples in a row of @channel, and its rows. */
guint perceptual_channel_width (
    const PerceptualImage *image, gboolean native, guint channel);
guint perceptual_channel_height (
    const PerceptualImage *image, gboolean native, guint channel);

/* Writes row @y of @channel in 0..255 (of full scale: 2^depth - 1 becomes
 * 255), less PERCEPTUAL_LUMA_SHIFT, to @out.  @code: (nullable): for native
 * samples; NULL for R, G and B. */
void perceptual_channel_row (const PerceptualImage *image,
    const PerceptualChannelCode *code, guint channel, guint y, gfloat *out);

G_END_DECLS

#endif /* PERCEPTUAL_CHANNELS_H */
