/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of the engine share.
 */
#ifndef PERCEPTUAL_NN_ENGINE_PRIVATE_H
#define PERCEPTUAL_NN_ENGINE_PRIVATE_H

#include "../metric-private.h"
#include "nn/stage.h"

G_BEGIN_DECLS

struct _PerceptualEngine
{
  const PerceptualNetwork *network;
  const PerceptualKernels *kernels;
  const PerceptualFastKernels *fast; /* NULL: exact */
  PerceptualWorkers *workers;
  PerceptualEngineInput input;
  gfloat entry[PERCEPTUAL_IMAGE_CHANNELS][256]; /* by 8-bit sample */
  guint fold;             /* pixels, see entry.h; 0: images enter as they are */
  guint fold_pad;         /* pixels before the image */
  PerceptualLayer folded; /* stands for the first */
  guint minimum;
  gsize cache_bytes;      /* second-level cache of one core */
  gsize last_cache_bytes; /* third-level cache; 0 if unknown */
  PerceptualEngineObserver observer;
  gpointer observer_user;

  PerceptualStage *table; /* a stage for each layer, with its filters */
  guint n_table;
  gboolean shares; /* the filters belong to another engine */

  /* Of the prepared size. */
  PerceptualStage *stages; /* what is run: the table's, some with their pools */
  guint n_stages;
  PerceptualRing *rings; /* ring i is the input of stage i */
  guint width;
  guint height;
  guint n_images;
  guint strip_rows_asked;
  guint strip_rows;
  gfloat *zeros;
  PerceptualScratch *scratch; /* one per worker */
  guint n_workers;
};

/* Makes the table of stages and takes their filters. */
gboolean perceptual_engine_build (PerceptualEngine *engine, guint n_layers,
    guint taps, PerceptualFilters *filters, GError **error);

/* Makes the stages of the table's for as many images as the engine has now,
 * which enter with this size. */
void perceptual_engine_link (
    PerceptualEngine *engine, guint width, guint height);

/* Has the filters of all stages packed for the tiles that the stages have now.
 * Returns: FALSE with PERCEPTUAL_ERROR_NO_MEMORY. */
gboolean perceptual_engine_pack (PerceptualEngine *engine, GError **error);

/* Frees what perceptual_engine_build() made. */
void perceptual_engine_unbuild (PerceptualEngine *engine);

/* Returns: the row up to which stage @index can go when @available rows of its
 * input and @done rows of its output are there. */
guint perceptual_stage_reach (
    const PerceptualStage *stage, guint available, guint done);

/* Returns: the first input row that the stage needs once its rows up to @done
 * are there. */
guint perceptual_stage_needs (const PerceptualStage *stage, guint done);

G_END_DECLS

#endif /* PERCEPTUAL_NN_ENGINE_PRIVATE_H */
