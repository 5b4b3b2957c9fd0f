/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two ends of a run that may fail for what it measured.
 */
#include "compare/verdict.h"

#include "compare/report/junit.h"
#include "measure/written.h"

gboolean
compare_verdict_begin (
    CompareVerdict *self, const CompareOptions *options, GError **error)
{
  const CompareGates *gates = &options->gates;

  if (gates->junit != NULL
      && !measure_written_can (gates->junit, "--junit", error))
    return FALSE;
  if (gates->baseline == NULL)
    return TRUE;
  self->baseline = compare_baseline_read (gates->baseline, error);
  return self->baseline != NULL
      && compare_baseline_suits (self->baseline, options->metric,
          &options->section.chosen, options->pairs.references,
          options->pairs.distorted, error);
}

gboolean
compare_verdict_reach (CompareVerdict *self, const CompareOptions *options,
    const GPtrArray *results, GError **error)
{
  gboolean alike = TRUE;

  for (guint i = 0; self->baseline != NULL && alike && i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    alike = result->summary == NULL
        || compare_baseline_is_alike (self->baseline, result->summary, error);
  }
  self->checks =
      compare_checks_make (options, alike ? self->baseline : NULL, results);
  if (!alike)
    return FALSE;
  return options->gates.junit == NULL
      || compare_junit_write (
          options->gates.junit, results, self->checks, error);
}

void
compare_verdict_clear (CompareVerdict *self)
{
  g_clear_pointer (&self->baseline, compare_baseline_free);
  g_clear_pointer (&self->checks, g_ptr_array_unref);
}
