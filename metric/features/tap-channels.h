/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each channel contributes to a comparison position by position, before
 * it is multiplied by a head: all that fitting heads needs to know about a
 * pair.
 */
#ifndef PERCEPTUAL_TAP_CHANNELS_H
#define PERCEPTUAL_TAP_CHANNELS_H

#include "features/backbone.h"

G_BEGIN_DECLS

/**
 * PerceptualTapChannel:
 * @size: of the tap
 * @squares: [distorted image][row % size.rows][column][channel], squared
 *   differences: 4 bytes times width * channels for each row of one step
 * @sums: [distorted image][channel], over the positions seen
 */
typedef struct
{
  PerceptualTapSize size;
  gfloat *squares;
  gdouble *sums;
} PerceptualTapChannel;

/**
 * PerceptualTapChannels:
 * @backbone: whose features are compared, prepared
 * @channel_norm: whether features are divided by their length first
 * @n_references: reference images, the first ones of the engine's run
 * @n_distorted: distorted images, which follow them: as many for each
 *   reference, those of the first reference first
 * @taps: by network tap
 *
 * One comparison.  The caller sets all but @taps, and zeroes those.
 */
typedef struct
{
  const PerceptualBackbone *backbone;
  gboolean channel_norm;
  guint n_references;
  guint n_distorted;
  PerceptualTapChannel taps[PERCEPTUAL_MAX_TAPS];
} PerceptualTapChannels;

/* Returns: FALSE with PERCEPTUAL_ERROR_NO_MEMORY; clear then too. */
gboolean perceptual_tap_channels_init (
    PerceptualTapChannels *self, GError **error);
void perceptual_tap_channels_clear (PerceptualTapChannels *self);

/* To be called from the callbacks of PerceptualTapConsumer.  Sums do not
 * depend on how rows are cut into runs. */
void perceptual_tap_channels_run (
    PerceptualTapChannels *self, const PerceptualTapRun *run);
void perceptual_tap_channels_rows (
    PerceptualTapChannels *self, guint tap, guint y, guint end);

/* Sets the channels of @result to those of one distorted image.  Returns:
 * FALSE with PERCEPTUAL_ERROR_NO_MEMORY. */
gboolean perceptual_tap_channels_fill (const PerceptualTapChannels *self,
    guint image, PerceptualResult *result, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_TAP_CHANNELS_H */
