/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What SSIM adds to its denominators, so that flat and dark windows do not
 * divide by zero: (K L)^2 with K = 0.01 for means and 0.03 for variances, L =
 * 255.
 */
#ifndef PERCEPTUAL_SSIM_CONSTANTS_H
#define PERCEPTUAL_SSIM_CONSTANTS_H

#define PERCEPTUAL_SSIM_C1 6.5025
#define PERCEPTUAL_SSIM_C2 58.5225

#endif /* PERCEPTUAL_SSIM_CONSTANTS_H */
