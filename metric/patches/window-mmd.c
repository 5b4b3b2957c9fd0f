/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measures the MMD of windows by random features or exactly.
 */
#include "patches/window-mmd.h"

#define WINDOW 32

const PerceptualOption *const perceptual_window_mmd_options[] = {
  &perceptual_option_features, &perceptual_option_seed,
  &perceptual_option_exact, &perceptual_option_centred,
  &perceptual_option_scale, NULL
};

void
perceptual_window_mmd_init (PerceptualWindowMmd *self)
{
  self->walk.side = WINDOW;
  self->exact = perceptual_metric_boolean (&self->walk.parent, "exact");
  self->centred = perceptual_metric_boolean (&self->walk.parent, "centred");
}

static gboolean
compare_exactly (PerceptualWindowMmd *self, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualResult *results, GError **error)
{
  for (guint i = 0; i < n_distorted; i++) {
    gdouble mean;

    if (!perceptual_exact_mmd_compare (&self->kernel, WINDOW, self->centred,
            self->walk.parent.workers, reference, &distorted[i], &mean, error))
      return FALSE;
    results[i].n_taps = 1;
    results[i].taps[0] = self->scale * mean;
    results[i].distance = results[i].taps[0];
  }
  return TRUE;
}

guint64
perceptual_window_mmd_bytes (PerceptualMetric *metric, guint width,
    guint height, guint n_distorted, PerceptualCompareFlags flags)
{
  /* Images for which exactness takes long are refused for their size. */
  if (((PerceptualWindowMmd *) metric)->exact)
    return 0;
  return perceptual_patch_walk_bytes (
      metric, width, height, n_distorted, flags);
}

gboolean
perceptual_window_mmd_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error)
{
  PerceptualWindowMmd *self = (PerceptualWindowMmd *) metric;

  if (self->exact)
    return compare_exactly (
        self, reference, distorted, n_distorted, results, error);
  return perceptual_patch_walk_compare (
      metric, reference, distorted, n_distorted, flags, results, error);
}
