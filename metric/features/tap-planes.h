/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Comparing features position by position: what lpips, cosine and the spatial
 * comparison of dps have in common.  Compares what the engine hands out while
 * it is in the cache, and keeps one number per position: for a few rows or,
 * for a map, for all of them.
 */
#ifndef PERCEPTUAL_TAP_PLANES_H
#define PERCEPTUAL_TAP_PLANES_H

#include "features/backbone.h"

G_BEGIN_DECLS

/**
 * PerceptualTapPlane:
 * @size: of the tap
 * @rows: rows kept: all of them for a map, else those of one step
 * @values: [distorted image][row % @rows][column], distances of positions
 * @sums: [distorted image], over the positions seen
 */
typedef struct
{
  PerceptualTapSize size;
  guint rows;
  gfloat *values;
  gdouble *sums;
} PerceptualTapPlane;

/**
 * PerceptualTapPlanes:
 * @backbone: whose features are compared, prepared
 * @kernels: for this machine
 * @heads: weights of the channels by network tap; NULL entries are all ones
 * @channel_norm: whether features are divided by their length first
 * @n_references: reference images, the first ones of the engine's run
 * @n_distorted: distorted images, which follow them: as many for each
 *   reference, those of the first reference first
 * @planes: by network tap
 *
 * One comparison.  The caller sets all but @planes, and zeroes those.
 */
typedef struct
{
  const PerceptualBackbone *backbone;
  const PerceptualKernels *kernels;
  gfloat *const *heads;
  gboolean channel_norm;
  guint n_references;
  guint n_distorted;
  PerceptualTapPlane planes[PERCEPTUAL_MAX_TAPS];
} PerceptualTapPlanes;

/* @whole: keep all rows.  Returns: FALSE with PERCEPTUAL_ERROR_NO_MEMORY;
 * clear the planes then too. */
gboolean perceptual_tap_planes_init (
    PerceptualTapPlanes *self, gboolean whole, GError **error);
/* Returns: the bytes that this takes. */
guint64 perceptual_tap_planes_bytes (
    const PerceptualBackbone *backbone, guint n_distorted, gboolean whole);
void perceptual_tap_planes_clear (PerceptualTapPlanes *self);

/* The callbacks of PerceptualTapConsumer, with a PerceptualTapPlanes as user.
 * Sums do not depend on how rows are cut into runs. */
void perceptual_tap_planes_run (
    gpointer self, const PerceptualTapRun *run, guint worker);
void perceptual_tap_planes_rows (gpointer self, guint tap, guint y, guint end);

/* The values of row @y, which must be kept, for one distorted image. */
gfloat *perceptual_tap_plane_row (
    const PerceptualTapPlane *plane, guint image, guint y);

/* The mean over positions for one distorted image. */
gdouble perceptual_tap_plane_mean (
    const PerceptualTapPlane *plane, guint image);

G_END_DECLS

#endif /* PERCEPTUAL_TAP_PLANES_H */
