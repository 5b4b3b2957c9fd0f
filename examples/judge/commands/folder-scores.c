/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From measured folders to the table: by metric, by folder, and over all
 * folders.
 */
#include "judge/commands/folder-scores.h"
#include "judge/report-page.h"
#include "judge/report.h"

#include "judge/commands/estimates-chart.h"

/**
 * Measured:
 * @folders: (element-type JudgeFolder)
 * @values: (element-type gdouble): see judge_folder_measure()
 * @judgements: of all folders, one after the other
 * @n: how many there are
 * @skipped: items left out
 */
typedef struct
{
  GPtrArray *folders;
  GPtrArray *values;
  gdouble *judgements;
  guint n;
  guint skipped;
} Measured;

static void
count_items (Measured *self)
{
  guint at = 0;

  for (guint i = 0; i < self->folders->len; i++) {
    const JudgeFolder *folder = self->folders->pdata[i];

    self->n += folder->items->len;
    self->skipped += folder->broken->len;
  }
  self->judgements = g_new (gdouble, self->n);
  for (guint i = 0; i < self->folders->len; i++) {
    const JudgeFolder *folder = self->folders->pdata[i];

    for (guint j = 0; j < folder->items->len; j++)
      self->judgements[at++] = judge_folder_get (folder, j)->judgement;
  }
}

/* The distances of all items by metric number @index, folder by folder.
 * Returns: (transfer full). */
static gdouble *
take_distances (
    const Measured *self, const JudgeSession *session, guint index, guint each)
{
  const JudgeMetric *metric = judge_metric_list_get (session->metrics, index);
  guint n_metrics = session->metrics->metrics->len;
  gdouble *distances = g_new (gdouble, (gsize) self->n * each);
  gsize at = 0;

  for (guint i = 0; i < self->folders->len; i++) {
    const JudgeFolder *folder = self->folders->pdata[i];
    const gdouble *values = self->values->pdata[i];

    for (guint j = 0; j < folder->items->len; j++) {
      const gdouble *item = values + ((gsize) j * n_metrics + index) * each;

      for (guint k = 0; k < each; k++)
        distances[at++] = judge_metric_as_distance (metric, item[k]);
    }
  }
  return distances;
}

static void
add_row (Table *table, const JudgeScore *score, const JudgeSession *session,
    const gchar *metric, const gchar *data, const JudgeSample *sample)
{
  Interval interval;
  gdouble value;

  table_add_row (table);
  table_text (table, "metric", metric);
  table_text (table, "data", data);
  table_count (table, score->layout->unit, sample->n);
  value = score->score (sample, (guint) session->options.bootstrap,
      (guint64) session->options.seed, &interval, table);
  table_estimate (table, score->estimate, value, interval);
}

static void
add_metric (const Measured *self, Table *table, const JudgeScore *score,
    const JudgeSession *session, guint index)
{
  const gchar *label = judge_metric_list_get (session->metrics, index)->label;
  guint each = score->layout->n_images - 1;
  g_autofree gdouble *distances = take_distances (self, session, index, each);
  JudgeSample sample = { self->judgements, distances, self->n };
  guint first = 0;

  for (guint i = 0; i < self->folders->len; i++) {
    const JudgeFolder *folder = self->folders->pdata[i];
    JudgeSample part = { self->judgements + first,
      distances + (gsize) first * each, folder->items->len };

    add_row (table, score, session, label, folder->label, &part);
    table_count (table, "skipped", folder->broken->len);
    table_list (table, "skipped_files", folder->broken);
    first += folder->items->len;
  }
  if (self->folders->len > 1) {
    add_row (table, score, session, label, "total", &sample);
    table_count (table, "skipped", self->skipped);
  }
}

gboolean
judge_folder_scores_run (
    JudgeSession *session, const JudgeScore *score, GError **error)
{
  g_autoptr (GPtrArray) folders =
      g_ptr_array_new_with_free_func ((GDestroyNotify) judge_folder_free);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (Table) table = table_new (score->columns);
  Measured measured = { .folders = folders, .values = values };
  JudgeEstimatesLook look;

  if (!judge_folders_measure (session, score->layout, folders, values, error))
    return FALSE;
  count_items (&measured);
  for (guint i = 0; i < session->metrics->metrics->len; i++)
    add_metric (&measured, table, score, session, i);
  look = (JudgeEstimatesLook){ .title = score->title,
    .y_title = score->y_title,
    .foot = score->foot,
    .chance_label = score->chance_label,
    .chance = score->chance (measured.judgements, measured.n) };
  g_free (measured.judgements);
  return judge_report_print (session, table, error)
      && (!judge_report_wants_chart (session, session->options.plot)
          || judge_estimates_chart (
              session, table, "data", score->estimate, &look, error));
}

void
judge_note_broken (Table *table, const GPtrArray *folders)
{
  for (guint i = 0; i < folders->len; i++) {
    const JudgeFolder *folder = folders->pdata[i];

    if (folder->broken->len > 0)
      table_note (table, "%u %s of %s left out:", folder->broken->len,
          folder->layout->unit, folder->label);
    for (guint j = 0; j < folder->broken->len; j++)
      table_note (table, "  %s", (const gchar *) folder->broken->pdata[j]);
  }
}
