/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measuring settings of encoders on windows of a clip: what the store has is
 * taken from there, the rest is probed and written down at once.
 */
#ifndef TUNE_CAMPAIGN_H
#define TUNE_CAMPAIGN_H

#include "tune/clip.h"
#include "tune/identity.h"
#include "tune/probe/job.h"
#include "tune/arithmetic/sample.h"

G_BEGIN_DECLS

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
 * @keep: (nullable): folder where every encode is kept; one in a pass then.
 *   What the store knows is not encoded again
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
  const gchar *keep;
  const gboolean *interrupted;
  const TuneCampaignEvents *events;
} TuneCampaign;

/* Seconds that a probe may take unless it is said: so many, and so many more
 * for each second of stream and candidate. */
#define TUNE_CAMPAIGN_PATIENCE 600
#define TUNE_CAMPAIGN_PATIENCE_PER_SECOND 240

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

/* Returns: (transfer full) (nullable): why what was measured says nothing of
 * an encode; NULL if it does. */
gchar *tune_campaign_find_fault (const TuneMeasurement *measurement);

G_END_DECLS

#endif /* TUNE_CAMPAIGN_H */
