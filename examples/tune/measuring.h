/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The options of perceptual-tune that say how a pair is measured: the metric,
 * its options, and those properties of the measuring element that mean
 * something where frames of a clip meet their own encodes.
 */
#ifndef TUNE_MEASURING_H
#define TUNE_MEASURING_H

#include "tune/command.h"
#include "tune/identity.h"

G_BEGIN_DECLS

/* Adds the options to @group, if @session's command offers TUNE_OFFERS_METRIC.
 * Clear them in any case. */
void tune_measuring_add (TuneSession *session, GOptionGroup *group);
void tune_measuring_clear (TuneSession *session);

/* After parsing: sets TuneOptions.settings and .metric.  @error:
 * G_OPTION_ERROR or PERCEPTUAL_ERROR: there is no such metric, or it has no
 * such option. */
gboolean tune_measuring_check (TuneSession *session, GError **error);

/* Whether one of the options is @name. */
gboolean tune_measuring_offers (const gchar *name);

/* Returns: (transfer full): what the options say, see tune_identity_new(); NULL
 * with @error set, in which options are named as they were typed. */
TuneIdentity *tune_measuring_identify (TuneSession *session, GError **error);

/* Returns: (transfer full): "--metric, --backbone, ...", for the help. */
gchar *tune_measuring_names (const TuneSession *session);

G_END_DECLS

#endif /* TUNE_MEASURING_H */
