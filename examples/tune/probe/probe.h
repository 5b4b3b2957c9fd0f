/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carrying out jobs in processes of their own, so that an encoder that crashes
 * or hangs ends nothing else.
 */
#ifndef TUNE_PROBE_H
#define TUNE_PROBE_H

#include "tune/probe/job.h"

G_BEGIN_DECLS

/* To be called first in main(), before GStreamer is initialised.  Returns:
 * whether this process was one that probes, and has done so; @code is what
 * main() is to return then. */
gboolean tune_probe_main (int argc, char **argv, int *code);

/**
 * TuneProbeEvents:
 * @advance: so many pairs of the job were measured, which is @part of all,
 *   0..1, or negative where that is not known
 * @note: something that the user should know: another route was taken
 *
 * What happens meanwhile, in the thread that called.
 */
typedef struct
{
  void (*advance) (
      const TuneJob *job, guint64 pairs, gdouble part, gpointer user);
  void (*note) (const TuneJob *job, const gchar *text, gpointer user);
  gpointer user;
} TuneProbeEvents;

/**
 * tune_probe_run:
 * @jobs: @n jobs, each carried out by a process of its own, all at once
 * @events: (nullable)
 * @interrupted: becomes TRUE when the user wants to stop; what is under way is
 *   ended then
 * @results: (out): room for @n: (transfer full) (nullable) each: what came of
 *   it.  A candidate that failed has an error in its outcome; where a process
 *   died or took too long with several candidates, they are tried once more one
 *   by one, so that the others lose nothing
 * @errors: (out): room for @n: where there is no result, why: the source
 *   cannot be read, the metric is refused, or it was interrupted
 *   (PROGRAM_ERROR_INTERRUPTED or the like)
 *
 * Returns: whether there is a result for every job
 */
gboolean tune_probe_run (const TuneJob *const *jobs, guint n,
    const TuneProbeEvents *events, const gboolean *interrupted,
    TuneResult **results, GError **errors);

G_END_DECLS

#endif /* TUNE_PROBE_H */
