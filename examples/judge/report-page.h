/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The result as a page: --report.
 */
#ifndef JUDGE_REPORT_PAGE_H
#define JUDGE_REPORT_PAGE_H

#include "judge/command.h"

#include "chart/chart.h"
#include "table/table.h"

G_BEGIN_DECLS

/**
 * judge_report_check_file:
 * @path: of a file that is to be written in the end
 * @error: PROGRAM_ERROR_DATA
 *
 * Looks whether it can be: there is nothing more annoying after hours.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_report_check_file (const gchar *path, GError **error);

/* Begins @session's page where the user wants one: what runs, and on what.  Its
 * metrics are made. */
void judge_report_page_begin (JudgeSession *session);

/* Adds @table where there is a page.  @json: the result for programs. */
void judge_report_page_add_table (
    JudgeSession *session, const Table *table, const gchar *json);

/**
 * judge_report_page_end:
 * @error: G_FILE_ERROR, naming the file
 *
 * Writes the page, where there is one with a result.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_report_page_end (JudgeSession *session, GError **error);

/* Whether a chart has to be drawn for @session, at @path (nullable) or on its
 * page. */
gboolean judge_report_wants_chart (
    const JudgeSession *session, const gchar *path);

/**
 * judge_report_chart:
 * @path: (nullable): of a picture, ends in .png or .svg
 * @error: as of chart_write()
 *
 * Writes @chart to @path, and adds it where there is a page.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_report_chart (JudgeSession *session, const Chart *chart,
    const gchar *path, GError **error);

G_END_DECLS

#endif /* JUDGE_REPORT_PAGE_H */
