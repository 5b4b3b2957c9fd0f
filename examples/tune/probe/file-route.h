/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Encoding to a file first, and measuring that: for commands, and for encoders
 * that want to see more frames than can wait for them.
 */
#ifndef TUNE_FILE_ROUTE_H
#define TUNE_FILE_ROUTE_H

#include "tune/probe/carry-out.h"
#include "tune/probe/pass.h"

G_BEGIN_DECLS

/**
 * TuneFileRoute:
 * @job: with a folder for temporary files
 * @candidate: that encodes
 * @outcome: what becomes of it
 * @source: the source
 * @settings: of the measuring element
 * @result: gets what is known of source and metric
 * @events: what happens meanwhile
 */
typedef struct
{
  const TuneJob *job;
  const TuneCandidate *candidate;
  TuneOutcome *outcome;
  const MeasureInput *source;
  const MeasureSettings *settings;
  TuneResult *result;
  const TuneCarryEvents *events;
} TuneFileRoute;

/* What is wrong with the encoder is in the outcome.  Returns: FALSE with
 * @error set, PROGRAM_ERROR_DATA. */
gboolean tune_file_route_run (const TuneFileRoute *self, GError **error);

G_END_DECLS

#endif /* TUNE_FILE_ROUTE_H */
