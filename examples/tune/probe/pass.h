/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pipeline over a window of a source: it encodes, it measures, or both at
 * once.
 */
#ifndef TUNE_PASS_H
#define TUNE_PASS_H

#include "tune/probe/cut.h"
#include "tune/probe/job.h"

#include "measure/inspect.h"
#include "measure/settings.h"

G_BEGIN_DECLS

/**
 * TunePacket:
 * @time: when it is shown, GST_CLOCK_TIME_NONE if not known
 * @bytes: its size
 *
 * A frame of an encode.
 */
typedef struct
{
  guint64 time;
  guint32 bytes;
} TunePacket;

/**
 * TuneStream:
 * @candidate: that encodes
 * @outcome: what becomes of it
 * @encoded: (nullable): a file that it gave before, which is measured; NULL to
 *   encode
 * @expected: (nullable) (element-type guint64): times that the frames of
 *   @encoded should have, but for a shift, by which they are told apart; NULL
 *   to count them, which is right where none is missing
 * @times: (nullable) (element-type guint64): running times of the source's
 *   frames that belong to them
 * @lead: so many of the first of those are not measured
 * @tail: so many of the last
 * @given: (nullable): caps of what the encoder got; set by the pass that
 *   encodes, and needed to measure @encoded
 * @keep: (nullable): where the encode is kept, a Matroska or MP4 file by its
 *   ending
 * @packets: (element-type TunePacket): of the encode, in order of decoding
 * @frames: that came back, those of the margins among them
 * @extra: of those that belong to no frame of the source
 * @held: the encoder holds back more frames than may wait for it
 * @again: nothing is wrong with it, but the pass ended because of another
 *
 * An encoder in a pass.
 */
typedef struct
{
  const TuneCandidate *candidate;
  TuneOutcome *outcome;
  const MeasureInput *encoded;
  const GArray *expected;
  const GArray *times;
  guint lead;
  guint tail;
  GstCaps *given;
  const gchar *keep;
  GArray *packets;
  guint64 frames;
  guint64 extra;
  gboolean held;
  gboolean again;
} TuneStream;

TuneStream *tune_stream_new (
    const TuneCandidate *candidate, TuneOutcome *outcome);
void tune_stream_free (TuneStream *self);

/**
 * TunePass:
 * @source: the source
 * @settings: of the measuring element
 * @cut: the window; not used before
 * @memory: as in TuneJob
 * @measure: measure; else only encode, which needs TuneStream.keep
 * @streams: (element-type TuneStream)
 * @result: gets what is known of the metric
 * @advance: (nullable): called with the measured pairs of the first stream, and
 *   the part of all that is, negative where not known
 * @note: called with what the source or the measuring element warns of
 * @alive: called while anything gets on
 */
typedef struct
{
  const MeasureInput *source;
  const MeasureSettings *settings;
  TuneCut *cut;
  guint64 memory;
  gboolean measure;
  GPtrArray *streams;
  TuneResult *result;
  void (*advance) (guint64 pairs, gdouble part, gpointer user);
  void (*note) (const gchar *text, gpointer user);
  void (*alive) (gpointer user);
  gpointer user;
} TunePass;

/**
 * tune_pass_run:
 * @error: PROGRAM_ERROR_DATA: the source cannot be read, the metric is refused
 *
 * What is wrong with one encoder is in its outcome.
 *
 * Returns: FALSE with @error set
 */
gboolean tune_pass_run (TunePass *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneStream, tune_stream_free)

G_END_DECLS

#endif /* TUNE_PASS_H */
