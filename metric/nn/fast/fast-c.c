/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of precision=fast for any machine: what the others are tested with.
 */

#define LANES 4
#define KERNELS perceptual_fast_c

#define NAME "c"
#include "nn/fast/fast-tables.h"
#include "nn/fast/fast-template.h"
