/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Differences of rate between curves, clip by clip and on average.
 */
#ifndef TUNE_BD_RESULT_H
#define TUNE_BD_RESULT_H

#include "tune/command.h"
#include "tune/report/rd-set.h"

G_BEGIN_DECLS

/**
 * TuneBdResult:
 * @set: has the points; its first name is the statistic
 * @anchor: label of what is compared with
 * @tests: (element-type utf8): labels of what is compared
 * @statistic: its name
 * @hull: only points on the hulls count
 * @notes: (element-type utf8): what the user should know besides
 */
typedef struct
{
  const TuneRdSet *set;
  const gchar *anchor;
  const GPtrArray *tests;
  const gchar *statistic;
  gboolean hull;
  const GPtrArray *notes;
} TuneBdResult;

/* Compares, prints in the format that the user chose, and writes the report if
 * one is wanted.  FALSE with @error set. */
gboolean tune_bd_print (
    TuneSession *session, const TuneBdResult *self, GError **error);

G_END_DECLS

#endif /* TUNE_BD_RESULT_H */
