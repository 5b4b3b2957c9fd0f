/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a measurement depends on besides the clip and the settings: which
 * encoder and which metric these are here.  The store finds by it what was
 * measured before, so it is known before anything is encoded.
 */
#ifndef TUNE_IDENTITY_H
#define TUNE_IDENTITY_H

#include "tune/probe/job.h"

G_BEGIN_DECLS

/**
 * TuneIdentity:
 *
 * The metric with all its options, and what was found of encoders.  Of one
 * thread.
 */
typedef struct _TuneIdentity TuneIdentity;

/**
 * tune_identity_new:
 * @settings: as TuneJob.settings
 * @error: PERCEPTUAL_ERROR: the metric is refused, or its weights are
 *
 * Makes the metric, which may load weights.
 *
 * Returns: (transfer full): the metric's identity, or NULL with @error set
 */
TuneIdentity *tune_identity_new (GHashTable *settings, GError **error);
void tune_identity_free (TuneIdentity *self);

/* Returns: @self as the store takes it; points into it. */
TuneMetric tune_identity_metric (const TuneIdentity *self);

/**
 * tune_identity_of_result:
 * @settings: of the job
 * @result: that came of it
 *
 * The same of what was measured elsewhere: equal to tune_identity_new() there.
 *
 * Returns: (transfer full): the metric's identity, or NULL with @error, a
 *   PROGRAM_ERROR_DATA, set
 */
TuneIdentity *tune_identity_of_result (
    GHashTable *settings, const TuneResult *result, GError **error);

/* Whether both are the same metric with the same options. */
gboolean tune_identity_equal (
    const TuneIdentity *one, const TuneIdentity *other);

/* Returns: (transfer none): the versions of what encodes @candidate, the same
 * for all values: JSON with sorted members. */
const gchar *tune_identity_versions (
    TuneIdentity *self, const TuneCandidate *candidate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneIdentity, tune_identity_free)

G_END_DECLS

#endif /* TUNE_IDENTITY_H */
