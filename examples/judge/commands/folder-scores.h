/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One score for each metric and data set: what 2afc and jnd have in common.
 */
#ifndef JUDGE_FOLDER_SCORES_H
#define JUDGE_FOLDER_SCORES_H

#include "judge/data/folder.h"
#include "table/bootstrap.h"
#include "table/table.h"

G_BEGIN_DECLS

/**
 * JudgeSample:
 * @judgements: 0..1, @n of them
 * @distances: lower means more alike, also for similarities; for each
 *   judgement in turn, one for each image after the reference
 * @n: how many judgements, at least 1
 *
 * The judgements of people and of one metric about some items.
 */
typedef struct
{
  const gdouble *judgements;
  const gdouble *distances;
  guint n;
} JudgeSample;

/**
 * JudgeScore:
 * @layout: of the data sets
 * @columns: of the table, with the columns "metric", "data", the layout's unit
 *   (a count), "skipped", "skipped_files" and that of @estimate
 * @estimate: name of the score's column
 * @title: of a chart
 * @y_title: what the score is, beside the axis of a chart
 * @foot: the score at which the bars of a chart begin
 * @chance_label: what @chance is called in a chart
 * @chance: the score of a metric that knows nothing, for @n judgements
 * @score: computes the score and its interval from @resamples samples, and
 *   fills columns of its own in @table's last row
 *
 * A score; const and static.
 */
typedef struct
{
  const JudgeLayout *layout;
  const TableColumn *columns;
  const gchar *estimate;
  const gchar *title;
  const gchar *y_title;
  gdouble foot;
  const gchar *chance_label;
  gdouble (*chance) (const gdouble *judgements, guint n);
  gdouble (*score) (const JudgeSample *sample, guint resamples, guint64 seed,
      Interval *interval, Table *table);
} JudgeScore;

/**
 * judge_folder_scores_run:
 * @session: whose arguments are data sets in the layout
 * @score: what to compute
 * @error: PROGRAM_ERROR_DATA, PERCEPTUAL_ERROR_*, G_FILE_ERROR
 *
 * Measures all folders and prints one row for each metric and folder, and one
 * for the items of all folders together where there are several.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_folder_scores_run (
    JudgeSession *session, const JudgeScore *score, GError **error);

/* Notes below @table what was left out of @folders (element-type JudgeFolder),
 * where the table has no rows for folders. */
void judge_note_broken (Table *table, const GPtrArray *folders);

G_END_DECLS

#endif /* JUDGE_FOLDER_SCORES_H */
