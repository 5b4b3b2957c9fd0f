/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Holds the place of what carries out jobs.
 */
#include "tune/probe.h"

#include "console/program-error.h"

gboolean
tune_probe_main (int argc, char **argv, int *code)
{
  return FALSE;
}

gboolean
tune_probe_run (const TuneJob *const *jobs, guint n,
    const TuneProbeEvents *events, const gboolean *interrupted,
    TuneResult **results, GError **errors)
{
  for (guint i = 0; i < n; i++) {
    results[i] = NULL;
    program_fail_unnamed (&errors[i], "encoding is not there yet");
  }
  return FALSE;
}
