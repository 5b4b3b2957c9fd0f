/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One comparison in one call, for tests that care about its numbers only.
 */
#include "measure.h"

PerceptualResult
test_compare (PerceptualMetric *metric, const PerceptualImage *a,
    const PerceptualImage *b, PerceptualCompareFlags flags)
{
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };

  perceptual_metric_compare (metric, a, b, 1, flags, &result, &error);
  g_assert_no_error (error);
  return result;
}

gdouble
test_distance (PerceptualMetric *metric, const PerceptualImage *a,
    const PerceptualImage *b)
{
  return test_compare (metric, a, b, PERCEPTUAL_COMPARE_NONE).distance;
}

PerceptualResult
test_measure (const gchar *name, GVariant *options, const PerceptualImage *a,
    const PerceptualImage *b)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new (name, options, workers, &error);

  g_assert_no_error (error);
  return test_compare (metric, a, b, PERCEPTUAL_COMPARE_NONE);
}
