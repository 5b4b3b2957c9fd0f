/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What lpips and cosine share: the features of two images at each tap,
 * normalised over channels, their squared differences weighted by channel,
 * the mean over positions, the sum over taps.
 */
#ifndef PERCEPTUAL_TAP_METRIC_H
#define PERCEPTUAL_TAP_METRIC_H

#include "features/backbone.h"

G_BEGIN_DECLS

/* What one thread needs to run images by itself. */
typedef struct _PerceptualTapLane PerceptualTapLane;

/**
 * PerceptualTapMetric:
 * @parent: the metric
 * @backbone: opened by the metric's init
 * @kernels: for this machine
 * @channel_norm: whether each position's features are scaled to length 1
 * @heads: a weight for each channel, by tap of the network; NULL for all ones;
 *   freed by perceptual_tap_metric_finalize()
 *
 * @lanes: (nullable): of PerceptualTapLane, one for each thread, once many
 *   small images were compared
 *
 * What the metric's init fills in, all but @lanes.
 */
typedef struct
{
  PerceptualMetric parent;
  PerceptualBackbone backbone;
  const PerceptualKernels *kernels;
  gboolean channel_norm;
  gfloat *heads[PERCEPTUAL_MAX_TAPS];
  GPtrArray *lanes;
} PerceptualTapMetric;

/* Callbacks for PerceptualMetricClass. */
gboolean perceptual_tap_metric_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error);
guint64 perceptual_tap_metric_bytes (PerceptualMetric *metric, guint width,
    guint height, guint n_distorted, PerceptualCompareFlags flags);
gboolean perceptual_tap_metric_compare_many (PerceptualMetric *metric,
    const PerceptualImage *references, guint n_references,
    const PerceptualImage *distorted, guint each, PerceptualCompareFlags flags,
    PerceptualResult *results, GError **error);
const gchar *perceptual_tap_metric_tap_name (
    const PerceptualMetric *metric, guint tap, gboolean rgb);
void perceptual_tap_metric_finalize (PerceptualMetric *metric);

G_END_DECLS

#endif /* PERCEPTUAL_TAP_METRIC_H */
