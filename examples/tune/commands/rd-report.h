/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The page about a set of encodes.
 */
#ifndef TUNE_RD_REPORT_H
#define TUNE_RD_REPORT_H

#include "tune/report/rd-page.h"
#include "tune/report/rd-set.h"

G_BEGIN_DECLS

/**
 * TuneRdView:
 * @set: what was measured
 * @title: of the page
 * @answer: (nullable): as in TuneRdReport
 * @metric: with its options
 * @statistics: (element-type guint): places of those that are shown; the first
 *   one is that of BD-rates and of the hull
 * @anchor: (nullable): label of the curve that the others are compared with
 * @hull: BD-rates are those of hulls
 * @tables: (nullable): as in TuneRdReport
 * @n_tables: likewise
 * @json: (nullable): likewise
 */
typedef struct
{
  const TuneRdSet *set;
  const gchar *title;
  const gchar *answer;
  const gchar *metric;
  const GArray *statistics;
  const gchar *anchor;
  gboolean hull;
  const TuneRdTable *tables;
  guint n_tables;
  const gchar *json;
} TuneRdView;

/* @error: as of tune_rd_page() and page_write(). */
gboolean tune_rd_report_write (
    const TuneRdView *self, const gchar *path, GError **error);

G_END_DECLS

#endif /* TUNE_RD_REPORT_H */
