/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was measured elsewhere comes into the store.  Nothing is lost or doubled
 * by doing it again.
 */
#ifndef TUNE_IMPORT_H
#define TUNE_IMPORT_H

#include "tune/probe/job.h"

G_BEGIN_DECLS

/**
 * TuneImport:
 * @imported: probes that are in the store now and were not
 * @there: that were there already
 * @failed: that failed where they were tried, which is noted with the reason
 */
typedef struct
{
  guint imported;
  guint there;
  guint failed;
} TuneImport;

/**
 * TuneImportItem:
 * @source: what was encoded; what the store knows of it is left as it is
 * @window: of it
 * @setting: how
 * @metric: how it was measured
 * @measurement: what came of it; see @fault
 * @fault: (nullable): why there is no measurement
 *
 * One probe.
 */
typedef struct
{
  TuneSource source;
  TuneWindow window;
  TuneSetting setting;
  TuneMetric metric;
  const TuneMeasurement *measurement;
  const gchar *fault;
} TuneImportItem;

/* Each adds to @counts, and returns FALSE with @error, a TUNE_STORE_ERROR, set
 * where the store cannot take it. */
gboolean tune_import_item (TuneStore *store, const TuneImportItem *item,
    TuneImport *counts, GError **error);

/* What @result says of @job.  @error: also PROGRAM_ERROR_DATA where the two do
 * not belong together, or the job does not say which content its source has. */
gboolean tune_import_result (TuneStore *store, const TuneJob *job,
    const TuneResult *result, TuneImport *counts, GError **error);

/* Returns: whether the file at @path begins as a database does. */
gboolean tune_import_is_database (const gchar *path);

/* All that another store has.  @error: also PROGRAM_ERROR_DATA, naming the
 * file, where it is none. */
gboolean tune_import_database (
    TuneStore *store, const gchar *path, TuneImport *counts, GError **error);

G_END_DECLS

#endif /* TUNE_IMPORT_H */
