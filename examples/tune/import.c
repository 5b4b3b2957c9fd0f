/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Probes of other machines are written down as those of this one are.
 */
#include "tune/import.h"

#include "tune/campaign.h"
#include "tune/identity.h"
#include "tune/store/store-query.h"

#include "console/printable.h"
#include "console/program-error.h"

/* Finds or makes the numbers of what @item is about, and claims it. */
static TuneClaim
claim (
    TuneStore *store, const TuneImportItem *item, gint64 *probe, GError **error)
{
  gint64 source = tune_store_find_source (store, item->source.sha256, error);
  gint64 window, setting, metric;

  if (source == 0)
    source = tune_store_source (store, &item->source, error);
  window =
      source < 0 ? -1 : tune_store_window (store, source, &item->window, error);
  setting = window < 0 ? -1 : tune_store_setting (store, &item->setting, error);
  metric = setting < 0 ? -1 : tune_store_metric (store, &item->metric, error);
  return metric < 0
      ? TUNE_CLAIM_FAILED
      : tune_store_claim (store, window, setting, metric, probe, error);
}

gboolean
tune_import_item (TuneStore *store, const TuneImportItem *item,
    TuneImport *counts, GError **error)
{
  gint64 probe;
  TuneClaim state = claim (store, item, &probe, error);

  if (state == TUNE_CLAIM_FAILED)
    return FALSE;
  if (state == TUNE_CLAIM_MEASURED) {
    counts->there++;
    return TRUE;
  }
  if (item->fault != NULL) {
    counts->failed++;
    return state == TUNE_CLAIM_OTHERS
        || tune_store_fail (store, probe, item->fault, error);
  }
  /* Whoever measures it now will find it done. */
  if (!tune_store_finish (store, probe, item->measurement, error))
    return FALSE;
  counts->imported++;
  return TRUE;
}

static gboolean
import_outcome (TuneStore *store, const TuneImportItem *frame,
    const TuneCandidate *candidate, const TuneOutcome *outcome,
    TuneImport *counts, GError **error)
{
  g_autofree gchar *fault = outcome->error != NULL
      ? g_strdup (outcome->error)
      : tune_campaign_find_fault (&outcome->measurement);
  TuneImportItem item = *frame;

  item.setting = (TuneSetting){
    .encoder = candidate->encoder,
    .value = candidate->value,
    .extra = candidate->extra != NULL ? candidate->extra : "{}",
    .versions = outcome->versions != NULL ? outcome->versions : "{}",
  };
  item.measurement = &outcome->measurement;
  item.fault = fault;
  return tune_import_item (store, &item, counts, error);
}

/* Where every candidate failed nobody said which metric it would have been;
 * that of this machine is meant then. */
static TuneIdentity *
find_identity (const TuneJob *job, const TuneResult *result, GError **error)
{
  gboolean measured = FALSE;

  for (guint i = 0; i < result->outcomes->len; i++)
    measured |= ((TuneOutcome *) result->outcomes->pdata[i])->error == NULL;
  return measured ? tune_identity_of_result (job->settings, result, error)
                  : tune_identity_new (job->settings, error);
}

gboolean
tune_import_result (TuneStore *store, const TuneJob *job,
    const TuneResult *result, TuneImport *counts, GError **error)
{
  g_autoptr (TuneIdentity) identity = find_identity (job, result, error);
  g_autofree gchar *path = printable_exact (job->source);
  gboolean whole =
      job->window.start_ns == 0 && job->window.stop_ns == G_MAXINT64;
  TuneImportItem frame = {
    .source = { .sha256 = job->sha256,
        .path = path,
        .frames = whole ? result->frames : 0,
        .duration_ns = whole ? (gint64) (result->seconds * 1e9 + .5) : 0,
        .caps = result->caps != NULL ? result->caps : "" },
    .window = job->window,
  };

  if (identity == NULL)
    return FALSE;
  if (job->sha256 == NULL)
    return program_fail_unnamed (error,
        "the job does not say by its \"sha256\" which content its source has");
  if (job->candidates->len != result->outcomes->len)
    return program_fail_unnamed (error,
        "the job has %u candidates, its result %u", job->candidates->len,
        result->outcomes->len);
  frame.metric = tune_identity_metric (identity);
  for (guint i = 0; i < result->outcomes->len; i++) {
    if (!import_outcome (store, &frame, job->candidates->pdata[i],
            result->outcomes->pdata[i], counts, error))
      return FALSE;
  }
  return TRUE;
}
