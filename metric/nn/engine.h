/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a backbone over several images at once and hands out its features tap
 * by tap.
 *
 * Rows flow through all layers in bands.  A ring of rows between two layers
 * holds just what the next layer still needs, so memory grows with the image's
 * width, not with its area.  All images go in lockstep: the same job computes
 * the same rectangle of every image and then shows it to the consumer of the
 * tap, while it is in the cache.  Features are kept nowhere else; a consumer
 * that needs a whole plane copies it in the callback.
 *
 * Results are bit-identical for any number of threads, any height of the bands
 * and any number of images: tiles lie on a grid that begins at the image's
 * corner, and every sum is added up in an order that depends only on its
 * place.
 */
#ifndef PERCEPTUAL_NN_ENGINE_H
#define PERCEPTUAL_NN_ENGINE_H

#include "../perceptual.h"
#include "nn/fast/fast.h"
#include "nn/filters.h"
#include "nn/kernels.h"
#include "nn/network.h"

G_BEGIN_DECLS

/**
 * PerceptualTapRun:
 * @tap: number of the tap, 0 for the network's first
 * @y: row
 * @x: first column
 * @n: pixels: x .. x + n - 1 of row y
 * @channels: floats of one pixel
 * @n_images: entries of @features
 * @features: for each image its n * channels floats, never negative; valid
 *   during the call
 *
 * A piece of one row of a tap, of all images.
 */
typedef struct
{
  guint tap;
  guint y;
  guint x;
  guint n;
  guint channels;
  guint n_images;
  const gfloat *const *features;
} PerceptualTapRun;

/**
 * PerceptualTapConsumer:
 * @user: first argument of both
 * @run: called for runs that cover every pixel of every tap once; from several
 *   threads at a time, in no particular order, with @worker as in
 *   PerceptualJobFunc
 * @rows: (nullable): rows @y to @end - 1 of @tap are complete; called from the
 *   thread of perceptual_engine_run(), top to bottom for each tap
 *
 * Receives the features.
 */
typedef struct
{
  gpointer user;
  void (*run) (gpointer user, const PerceptualTapRun *run, guint worker);
  void (*rows) (gpointer user, guint tap, guint y, guint end);
} PerceptualTapConsumer;

/**
 * PerceptualTapSize:
 * @width: columns
 * @height: rows
 * @channels: floats of one pixel
 * @rows: most rows between two calls of PerceptualTapConsumer.rows
 *
 * The shape of a tap for images of the prepared size.
 */
typedef struct
{
  guint width;
  guint height;
  guint channels;
  guint rows;
} PerceptualTapSize;

/**
 * PerceptualEngineInput:
 * @shift: per colour channel
 * @scale: per colour channel, not 0
 *
 * The network sees (x - shift) / scale, x being the sample in -1..1.
 */
typedef struct
{
  gdouble shift[PERCEPTUAL_IMAGE_CHANNELS];
  gdouble scale[PERCEPTUAL_IMAGE_CHANNELS];
} PerceptualEngineInput;

/* For benchmarks: rows @y to @end - 1 of layer @layer (-1: the image's entry)
 * took @seconds, with the pool behind it where both are one step.  Called from
 * the thread of perceptual_engine_run(). */
typedef void (*PerceptualEngineObserver) (
    gpointer user, gint layer, guint y, guint end, gdouble seconds);

typedef struct _PerceptualEngine PerceptualEngine;

/**
 * perceptual_engine_new:
 * @network: the backbone; outlives the engine
 * @taps: bit i set: tap i is wanted; at least one.  Layers behind the last
 *   wanted tap are not loaded or computed
 * @input: how samples become the network's input; copied
 * @filters: asked once for each convolution, not kept; what they give is
 *   copied
 * @kernels: what to compute with; NULL for the best of this machine
 * @fast: (nullable): compute with these in bfloat16 instead, and always on two
 *   images
 * @workers: whose threads work; a reference is taken
 * @error: that of @filters, or PERCEPTUAL_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the engine, or NULL with @error set.
 */
PerceptualEngine *perceptual_engine_new (const PerceptualNetwork *network,
    guint taps, const PerceptualEngineInput *input, PerceptualFilters *filters,
    const PerceptualKernels *kernels, const PerceptualFastKernels *fast,
    PerceptualWorkers *workers, GError **error);
void perceptual_engine_free (PerceptualEngine *engine);

/**
 * perceptual_engine_share:
 * @engine: outlives the result
 * @workers: whose threads work for the result; a reference is taken
 *
 * For running several images at the same time, each by one thread.
 *
 * Returns: (transfer full): another engine with the same filters in memory.
 */
PerceptualEngine *perceptual_engine_share (
    const PerceptualEngine *engine, PerceptualWorkers *workers);

/* Returns: the smallest width and height of images it takes. */
guint perceptual_engine_get_minimum (const PerceptualEngine *engine);

/**
 * perceptual_engine_prepare:
 * @width: of all images, at least the minimum
 * @height: of all images, at least the minimum
 * @n_images: at least 1
 * @strip_rows: image rows that enter at a time; 0 for the engine's choice
 * @error: PERCEPTUAL_ERROR_NO_MEMORY
 *
 * Allocates the rings, and packs the filters if no engine of the process did
 * yet; does nothing when they fit already.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean perceptual_engine_prepare (PerceptualEngine *engine, guint width,
    guint height, guint n_images, guint strip_rows, GError **error);

/* Returns: the bytes that perceptual_engine_prepare() takes for these images,
 * beside the filters.  Lets go of what was prepared for other ones. */
guint64 perceptual_engine_bytes (PerceptualEngine *engine, guint width,
    guint height, guint n_images, guint strip_rows);

/* Has the filters packed for images of this size, so that engines which share
 * them need not, each by its own thread.  Returns: FALSE with
 * PERCEPTUAL_ERROR_NO_MEMORY. */
gboolean perceptual_engine_warm (
    const PerceptualEngine *engine, guint width, guint height, GError **error);

/* The shape of wanted tap @tap, after perceptual_engine_prepare() or
 * perceptual_engine_bytes(). */
void perceptual_engine_get_tap (
    const PerceptualEngine *engine, guint tap, PerceptualTapSize *size);

/* Runs the prepared number of images of the prepared size.  One run at a time
 * per engine. */
void perceptual_engine_run (PerceptualEngine *engine,
    const PerceptualImage *const *images,
    const PerceptualTapConsumer *consumer);

/* Has @observer called after every step of later runs; NULL for none. */
void perceptual_engine_observe (
    PerceptualEngine *engine, PerceptualEngineObserver observer, gpointer user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PerceptualEngine, perceptual_engine_free)

G_END_DECLS

#endif /* PERCEPTUAL_NN_ENGINE_H */
