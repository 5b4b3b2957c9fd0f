/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measuring settings of encoders on windows of a source: what the store has is
 * taken from there, the rest is probed and written down at once.
 */
#ifndef TUNE_CAMPAIGN_H
#define TUNE_CAMPAIGN_H

#include "tune/job.h"

G_BEGIN_DECLS

/**
 * TuneCampaign:
 * @store: where measurements are kept
 * @source: the file
 * @sha256: of its content
 * @windows: (element-type TunePart): what of it is measured
 * @settings: as TuneJob.settings
 * @side_by_side: most candidates in one pass, at least 1
 * @jobs: most passes at once, at least 1
 * @memory: as in TuneJob
 * @temp: likewise
 * @timeout_s: likewise
 * @interrupted: likewise, of tune_probe_run()
 */
typedef struct
{
  TuneStore *store;
  const gchar *source;
  const gchar *sha256;
  const GArray *windows;
  GHashTable *settings;
  guint side_by_side;
  guint jobs;
  guint64 memory;
  const gchar *temp;
  gdouble timeout_s;
  const gboolean *interrupted;
} TuneCampaign;

/**
 * TunePart:
 * @window: a part of the source
 * @weight: what a pair of it counts: how many of the source's it stands for
 */
typedef struct
{
  TuneWindow window;
  gdouble weight;
} TunePart;

/**
 * TuneSample:
 * @distances: (element-type gfloat): of all windows, one after the other
 * @weights: (element-type gdouble): of each
 * @bytes: of the encodes, weighted likewise
 * @seconds: of stream time that @bytes are for, weighted likewise
 * @unmatched: frames without a partner
 * @encode_seconds: that it took
 * @known: it was all in the store
 * @error: (nullable): why it is not measured
 *
 * One candidate over all windows.
 */
typedef struct
{
  GArray *distances;
  GArray *weights;
  gdouble bytes;
  gdouble seconds;
  guint64 unmatched;
  gdouble encode_seconds;
  gboolean known;
  gchar *error;
} TuneSample;

void tune_sample_free (TuneSample *self);

/**
 * tune_campaign_measure:
 * @candidates: (element-type TuneCandidate): what to measure
 * @advance: (nullable): called with the part that is done, 0..1
 * @error: of the store or of the source; what is wrong with one candidate is in
 *   its sample
 *
 * Returns: (transfer full) (element-type TuneSample): one for each candidate,
 *   or NULL with @error set
 */
GPtrArray *tune_campaign_measure (const TuneCampaign *self,
    const GPtrArray *candidates, void (*advance) (gdouble part, gpointer user),
    gpointer user, GError **error);

G_END_DECLS

#endif /* TUNE_CAMPAIGN_H */
