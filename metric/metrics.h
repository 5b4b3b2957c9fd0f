/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The descriptors that the metric files define, for metric/registry.c.
 */
#ifndef PERCEPTUAL_METRICS_H
#define PERCEPTUAL_METRICS_H

#include "metric-private.h"

extern const PerceptualMetricClass perceptual_cnn_kernel_class;
extern const PerceptualMetricClass perceptual_cosine_class;
extern const PerceptualMetricClass perceptual_dps_class;
extern const PerceptualMetricClass perceptual_l2_class;
extern const PerceptualMetricClass perceptual_lpips_class;
extern const PerceptualMetricClass perceptual_mmd_class;
extern const PerceptualMetricClass perceptual_mmd_ssim_class;
extern const PerceptualMetricClass perceptual_mmdpp_class;
extern const PerceptualMetricClass perceptual_ms_ssim_class;
extern const PerceptualMetricClass perceptual_psnr_class;
extern const PerceptualMetricClass perceptual_ssim_class;

#endif /* PERCEPTUAL_METRICS_H */
