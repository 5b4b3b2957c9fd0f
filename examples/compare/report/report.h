/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report on standard output.
 */
#ifndef COMPARE_REPORT_H
#define COMPARE_REPORT_H

#include "compare/options/metrics.h"
#include "measure/run.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The statistics of a column, in the order of the report; NULL-terminated. */
extern const gchar *const compare_statistics[];

/* Whether similarities alone have it: p1, p5, p10, harmonic_mean. */
gboolean compare_statistic_is_of_similarities (const gchar *statistic);

/* Reads a statistic of the summary's structure @fields by the name that it has
 * in reports.  Returns: FALSE when it is not there or not finite. */
gboolean compare_statistic_get (
    const GstStructure *fields, const gchar *statistic, gdouble *number);

/* Returns: (transfer none) (nullable): what part @i of @fields is called. */
const gchar *compare_part_name (const GstStructure *fields, guint i);

/* Readable tables.  Returns: (transfer full). */
gchar *compare_report_text (const CompareOptions *options,
    const MeasureInput *reference, GPtrArray *results);

/* Lines that begin with a file: counts besides that of pairs, what a mean
 * leaves out, luma that is not the stream's own.  Returns: (transfer full):
 * perhaps empty. */
gchar *compare_report_notes (GPtrArray *results, const gchar *metric);

/* One JSON object of schema 1, ending with a line feed, with what @add
 * (nullable) adds to its end by @user; numbers read back exactly.  Returns:
 * (transfer full). */
gchar *compare_report_json (const CompareOptions *options,
    const MeasureInput *reference, GPtrArray *results,
    void (*add) (JsonBuilder *builder, gpointer user), gpointer user);

/* The same object on one line.  Returns: (transfer full). */
gchar *compare_report_island (const CompareOptions *options,
    const MeasureInput *reference, GPtrArray *results,
    void (*add) (JsonBuilder *builder, gpointer user), gpointer user);

/* Returns: (transfer full) (nullable): what the JSON object says of the
 * section; NULL for all. */
JsonNode *compare_report_section (const MeasureSection *section);

/* Returns: (transfer full): what the distorted files are called: by their names
 * without folders, where that tells them apart. */
GStrv compare_name_files (const GPtrArray *results);

/* Whether anything was measured of any file. */
gboolean compare_is_measured (GPtrArray *results);

/* The mean distances, one a line; "-" where nothing was measured.
 * Returns: (transfer full). */
gchar *compare_report_numbers (GPtrArray *results);

G_END_DECLS

#endif /* COMPARE_REPORT_H */
