/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a search says: lines while it runs, or one JSON object at its end.
 */
#ifndef TUNE_SEARCH_REPORT_H
#define TUNE_SEARCH_REPORT_H

#include "tune/command.h"
#include "tune/seek.h"

G_BEGIN_DECLS

/**
 * TuneSearchReport:
 * @session: the program
 * @clip: what is encoded
 * @seek: the search
 * @parts: (element-type TunePart): what is measured
 * @scout_seconds: that the scout took; 0 without one
 * @verified: (nullable): the last trial of the whole clip
 * @output: (nullable): where its encode is kept
 * @met: whether the answer meets, also after verification
 * @proof: how that it is the best is known: "measured", "predicted" or "none"
 * @shown: how many trials were printed
 */
typedef struct
{
  TuneSession *session;
  const TuneClip *clip;
  const TuneSeek *seek;
  const GArray *parts;
  gdouble scout_seconds;
  const TuneTrial *verified;
  const gchar *output;
  gboolean met;
  const gchar *proof;
  guint shown;
} TuneSearchReport;

/* Returns: (transfer full): how to encode at the answer, which there is: the
 * part of a gst-launch line behind the source, or a command. */
gchar *tune_search_report_line (const TuneSearchReport *self);

/* Each returns FALSE with @error set where it could not be printed.  With
 * --format json nothing is printed but the object at the end. */

/* Source, targets, the head of the table, and what is known of the trials. */
gboolean tune_search_report_begin (TuneSearchReport *self, GError **error);

/* Those of the seek's trials that were not printed yet. */
gboolean tune_search_report_trials (TuneSearchReport *self, GError **error);

/* @trial: of the whole clip. */
gboolean tune_search_report_verified (
    TuneSearchReport *self, const TuneTrial *trial, GError **error);

/* That the seek's shift was set. */
gboolean tune_search_report_shift (TuneSearchReport *self, GError **error);

/* The answer, or how close the search came; or the JSON object. */
gboolean tune_search_report_end (TuneSearchReport *self, GError **error);

G_END_DECLS

#endif /* TUNE_SEARCH_REPORT_H */
