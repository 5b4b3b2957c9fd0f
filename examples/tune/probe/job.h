/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a probe is to do, and what it gave, as C and as JSON.  The JSON is how
 * jobs travel to other processes and machines; its members have the names of
 * the fields.
 */
#ifndef TUNE_JOB_H
#define TUNE_JOB_H

#include "tune/store/store.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define TUNE_JOB_SCHEMA 1

/* What TuneJob.memory is unless it is set. */
#define TUNE_JOB_MEMORY (G_GUINT64_CONSTANT (1) << 30)

/* Most candidates of a job. */
#define TUNE_JOB_MOST 64

/**
 * TuneHow:
 * @TUNE_HOW_NAMED: by a row of the encoder table: "x264"
 * @TUNE_HOW_LAUNCH: by a fragment of a gst-launch line with "{value}"
 * @TUNE_HOW_COMMAND: by a command with "{input}", "{output}" and "{value}"
 */
typedef enum
{
  TUNE_HOW_NAMED,
  TUNE_HOW_LAUNCH,
  TUNE_HOW_COMMAND,
} TuneHow;

/**
 * TuneCandidate:
 * @how: how @encoder is to be read
 * @encoder: the row's name, the fragment or the command
 * @value: that replaces "{value}"
 * @extra: (nullable): further settings, JSON with sorted members: properties of
 *   the encoder's element, or further placeholders of a fragment or a command
 *
 * One way to encode.
 */
typedef struct
{
  TuneHow how;
  gchar *encoder;
  gdouble value;
  gchar *extra;
} TuneCandidate;

TuneCandidate *tune_candidate_copy (const TuneCandidate *self);
void tune_candidate_free (TuneCandidate *self);

/**
 * TuneJob:
 * @source: path of the source
 * @sha256: (nullable): of its content, which is checked where it is given
 * @window: what is encoded and measured; the whole by start 0, stop G_MAXINT64
 * @settings: (element-type utf8 utf8): properties of the measuring element,
 *   "metric" among them, as a user types them
 * @candidates: (element-type TuneCandidate): encoded side by side, at least one
 * @file_route: write every encode to a file first, and measure it then; else
 *   that is done only where an encoder does not allow measuring in one pass
 * @memory: bytes of raw frames that may wait for an encoder
 * @temp: (nullable): folder for files of the probe; removed afterwards
 * @output: (nullable): where the encode of the only candidate is kept, a
 *   Matroska or MP4 file by its ending, with frames and times of the source
 * @timeout_s: within which it has to be done; 0 for no limit
 *
 * One pass over a part of a source.
 */
typedef struct
{
  gchar *source;
  gchar *sha256;
  TuneWindow window;
  GHashTable *settings;
  GPtrArray *candidates;
  gboolean file_route;
  guint64 memory;
  gchar *temp;
  gchar *output;
  gdouble timeout_s;
} TuneJob;

TuneJob *tune_job_new (void);
void tune_job_free (TuneJob *self);

/* Returns: (transfer full): the same, but for copies of @candidates. */
TuneJob *tune_job_copy (const TuneJob *self, const GPtrArray *candidates);

/**
 * TuneOutcome:
 * @measurement: what was measured; see @error.  Its seconds are
 *   TuneResult.seconds, and not in its own JSON
 * @frame_bytes: (element-type guint32): of each measured frame, in the order of
 *   decoding
 * @versions: of the encoder's element and library, JSON with sorted members
 * @one_pass: whether it was encoded and measured in one pass
 * @error: (nullable): why there is no measurement, in the user's words
 *
 * What became of one candidate.
 */
typedef struct
{
  TuneMeasurement measurement;
  GArray *frame_bytes;
  gchar *versions;
  gboolean one_pass;
  gchar *error;
} TuneOutcome;

TuneOutcome *tune_outcome_new (void);
void tune_outcome_free (TuneOutcome *self);

/**
 * TuneResult:
 * @metric: its name
 * @options: all of them, JSON with sorted members
 * @weights_sha256: (nullable)
 * @library: version of libperceptual
 * @host: name of the machine
 * @caps: of the source's decoded frames
 * @frames: of the source that lie in the window
 * @seconds: that they last, which bytes have to be divided by
 * @outcomes: (element-type TuneOutcome): one for each candidate, in order
 */
typedef struct
{
  gchar *metric;
  gchar *options;
  gchar *weights_sha256;
  gchar *library;
  gchar *host;
  gchar *caps;
  guint64 frames;
  gdouble seconds;
  GPtrArray *outcomes;
} TuneResult;

TuneResult *tune_result_new (void);
void tune_result_free (TuneResult *self);

/* Returns: (transfer full): on one line, the members of objects sorted. */
gchar *tune_json_print (JsonNode *node);

/* Each writes and reads one object; distances and bytes of frames are base64 of
 * little-endian numbers, so that they are the same to the bit.  The readers
 * return NULL with @error set to a PROGRAM_ERROR_DATA that names the member. */
JsonNode *tune_job_to_json (const TuneJob *self);
TuneJob *tune_job_from_json (JsonNode *node, GError **error);
JsonNode *tune_result_to_json (const TuneResult *self);
TuneResult *tune_result_from_json (JsonNode *node, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneCandidate, tune_candidate_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneJob, tune_job_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneResult, tune_result_free)

G_END_DECLS

#endif /* TUNE_JOB_H */
