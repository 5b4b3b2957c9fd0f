/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * 1 - SSIM of one window, from its means, for the kernels of every instruction
 * set.
 */
#ifndef PERCEPTUAL_SSIM_TERMS_H
#define PERCEPTUAL_SSIM_TERMS_H

#include "rows/ssim-constants.h"

#include <glib.h>

/* a^2 + b^2 is written ((a + b)^2 + (a - b)^2) / 2 throughout: a compiler may
 * contract a sum of two products into an operation that rounds one of them and
 * not the other, and swapping the images would then change the last bits. */

static inline gfloat
perceptual_one_less_contrast (gfloat ma, gfloat mb, gfloat mq, gfloat md)
{
  gfloat s = ma + mb, d = ma - mb;
  gfloat vd = md - d * d;
  gfloat v = mq - (s * s + d * d) / 2;

  vd = vd > 0 ? vd : 0;
  v = v > 0 ? v : 0;
  return vd / (v + (gfloat) PERCEPTUAL_SSIM_C2);
}

static inline gfloat
perceptual_one_less_ssim (gfloat ma, gfloat mb, gfloat mq, gfloat md)
{
  gfloat c = perceptual_one_less_contrast (ma, mb, mq, md);
  gfloat s = ma + mb + 255, d = (ma - mb) * (ma - mb);
  gfloat l = d / ((s * s + d) / 2 + (gfloat) PERCEPTUAL_SSIM_C1);

  return l + c - l * c;
}

#endif /* PERCEPTUAL_SSIM_TERMS_H */
