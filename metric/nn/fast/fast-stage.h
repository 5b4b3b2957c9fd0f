/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stages in precision=fast.  Rings then hold the images' sum in place of
 * the first and their difference in place of the second; each ring's "floats"
 * are two bfloat16 numbers.
 */
#ifndef PERCEPTUAL_NN_FAST_STAGE_H
#define PERCEPTUAL_NN_FAST_STAGE_H

#include "nn/engine-private.h"

G_BEGIN_DECLS

/* Rounds and packs the filters of @convolution, as they come from
 * PerceptualFilters, into @packed.  @engine: what its first layer sees. */
gboolean perceptual_fast_pack (const PerceptualEngine *engine,
    const PerceptualConvolution *convolution, const gfloat *weights,
    PerceptualPacked *packed, GError **error);

/* Enters row @y of both images. */
void perceptual_fast_enter (const PerceptualEngine *engine,
    const PerceptualImage *const *images, guint y);

/* As perceptual_layer_pools_blocks(), whatever the size. */
gboolean perceptual_fast_pools_blocks (const PerceptualLayer *layer,
    const PerceptualLayer *pool, const PerceptualLayer *end);

/* Cuts @stage, whose size is set, into steps and jobs, and sets its input
 * ring's row length. */
void perceptual_fast_choose_size (
    const PerceptualEngine *engine, PerceptualStage *stage);

/* As perceptual_stage_scratch(). */
void perceptual_fast_scratch (
    const PerceptualStage *stage, PerceptualScratchSize *size);

/* As perceptual_step_job(); also for layers that only pool. */
void perceptual_fast_job (gpointer step, guint job, guint worker);

G_END_DECLS

#endif /* PERCEPTUAL_NN_FAST_STAGE_H */
