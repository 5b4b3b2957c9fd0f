/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measuring settings of encoders on windows of a clip: what the store has is
 * taken from there, the rest is probed and written down at once.
 */
#ifndef TUNE_CAMPAIGN_H
#define TUNE_CAMPAIGN_H

#include "tune/clip.h"
#include "tune/identity.h"
#include "tune/job.h"

G_BEGIN_DECLS

/**
 * TunePart:
 * @window: a part of the clip
 * @weight: what a pair of it counts: how many of the clip's it stands for
 */
typedef struct
{
  TuneWindow window;
  gdouble weight;
} TunePart;

/**
 * TuneCampaignEvents:
 * @advance: so much of what is being measured is done, 0..1
 * @note: something that the user should know
 *
 * What happens meanwhile, in the thread that called.
 */
typedef struct
{
  void (*advance) (gdouble part, gpointer user);
  void (*note) (const gchar *text, gpointer user);
  gpointer user;
} TuneCampaignEvents;

/**
 * TuneCampaign:
 * @store: where measurements are kept
 * @clip: what is encoded
 * @parts: (element-type TunePart): what of it is measured
 * @settings: as TuneJob.settings
 * @identity: of the metric that they name
 * @side_by_side: most candidates in one pass, at least 1
 * @jobs: most passes at once, at least 1
 * @memory: as in TuneJob
 * @temp: likewise
 * @timeout_s: likewise; 0 for TUNE_CAMPAIGN_PATIENCE
 * @output: (nullable): as in TuneJob: the encode of the only candidate is kept
 *   there, for which it is encoded even where the store knows all of it.  There
 *   is only one part
 * @interrupted: as of tune_probe_run()
 * @events: (nullable)
 */
typedef struct
{
  TuneStore *store;
  const TuneClip *clip;
  const GArray *parts;
  GHashTable *settings;
  TuneIdentity *identity;
  guint side_by_side;
  guint jobs;
  guint64 memory;
  const gchar *temp;
  gdouble timeout_s;
  const gchar *output;
  const gboolean *interrupted;
  const TuneCampaignEvents *events;
} TuneCampaign;

/* Seconds that a probe may take unless it is said: so many, and so many more
 * for each second of stream and candidate. */
#define TUNE_CAMPAIGN_PATIENCE 600
#define TUNE_CAMPAIGN_PATIENCE_PER_SECOND 240

/**
 * TuneSpan:
 * @n_pairs: measured in this part, one after the other
 * @seconds: of stream time that it lasts
 * @weight: as in TunePart
 * @bytes: of the encode
 *
 * What a sample has of one part.
 */
typedef struct
{
  guint n_pairs;
  gdouble seconds;
  gdouble weight;
  guint64 bytes;
} TuneSpan;

/**
 * TuneSample:
 * @spans: (element-type TuneSpan): one for each part, in order
 * @distances: (element-type gfloat): of all parts, one after the other
 * @rate: kbit/s, 1000 bits each, of the encoded stream without its container;
 *   parts count by their weight
 * @bytes: of all parts together
 * @unmatched: frames without a partner
 * @encode_seconds: that it took
 * @known: it was all in the store
 * @error: (nullable): why it is not measured; all else is empty then
 *
 * One candidate over all parts.
 */
typedef struct
{
  GArray *spans;
  GArray *distances;
  gdouble rate;
  guint64 bytes;
  guint64 unmatched;
  gdouble encode_seconds;
  gboolean known;
  gchar *error;
} TuneSample;

void tune_sample_free (TuneSample *self);

/**
 * tune_campaign_measure:
 * @candidates: (element-type TuneCandidate): what to measure
 * @error: of the store or of the source, or PROGRAM_ERROR_INTERRUPTED; what is
 *   wrong with one candidate is in its sample.  What was measured before is in
 *   the store
 *
 * What another process is measuring is waited for; where it ends without a
 * result, or takes longer than a probe may, it is measured here.
 *
 * Returns: (transfer full) (element-type TuneSample): one for each candidate,
 *   or NULL with @error set
 */
GPtrArray *tune_campaign_measure (
    const TuneCampaign *self, const GPtrArray *candidates, GError **error);

/* Returns: (transfer full) (element-type TuneSample): like
 * tune_campaign_measure(), but of what the store knows; NULL in it where that
 * is not all of a candidate.  NULL with @error set. */
GPtrArray *tune_campaign_recall (
    const TuneCampaign *self, const GPtrArray *candidates, GError **error);

/* Sets PROGRAM_ERROR_DATA where two values of one way to encode gave the same
 * encode: equal bytes and distances.  @samples are @n, of @values.  Returns:
 * FALSE then. */
gboolean tune_campaign_check_values (const TuneSample *const *samples,
    const gdouble *values, guint n, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneSample, tune_sample_free)

G_END_DECLS

#endif /* TUNE_CAMPAIGN_H */
