/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carrying out a job in this process, by as many passes as it takes.
 */
#ifndef TUNE_CARRY_OUT_H
#define TUNE_CARRY_OUT_H

#include "tune/probe/job.h"

G_BEGIN_DECLS

/**
 * TuneCarryEvents:
 * @advance: see TunePass.advance
 * @note: see TuneProbeEvents.note
 * @alive: something gets on that is not to be counted
 */
typedef struct
{
  void (*advance) (guint64 pairs, gdouble part, gpointer user);
  void (*note) (const gchar *text, gpointer user);
  void (*alive) (gpointer user);
  gpointer user;
} TuneCarryEvents;

/* @job: with a folder for temporary files.  GStreamer is initialised.  Returns:
 * (transfer full) (nullable): what came of it; NULL with @error set, a
 * PROGRAM_ERROR_DATA or a G_OPTION_ERROR. */
TuneResult *tune_carry_out (
    const TuneJob *job, const TuneCarryEvents *events, GError **error);

G_END_DECLS

#endif /* TUNE_CARRY_OUT_H */
