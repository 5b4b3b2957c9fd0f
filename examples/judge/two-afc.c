/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-judge 2afc: with which part of the people does a metric agree
 * when it says which of two distorted images is closer to the reference?
 */
#include "agreement.h"
#include "bootstrap.h"
#include "command.h"
#include "folder.h"
#include "table.h"

static const JudgeColumn columns[] = {
  { "metric", JUDGE_CELL_TEXT, 0 },
  { "data", JUDGE_CELL_TEXT, 0 },
  { "triplets", JUDGE_CELL_COUNT, 0 },
  { "score", JUDGE_CELL_NUMBER, 4 },
  { "low", JUDGE_CELL_NUMBER, 4 },
  { "high", JUDGE_CELL_NUMBER, 4 },
  { "ties", JUDGE_CELL_COUNT, 0 },
  { "skipped", JUDGE_CELL_COUNT, 0 },
  { "skipped_files", JUDGE_CELL_LIST, 0 },
  { NULL, JUDGE_CELL_TEXT, 0 },
};

static gdouble
mean_credit (const guint *units, guint n_units, gpointer user)
{
  const gdouble *credits = user;
  gdouble sum = 0;

  for (guint i = 0; i < n_units; i++)
    sum += credits[units != NULL ? units[i] : i];
  return sum / n_units;
}

/* One row of the result: @credits of @n_triplets triplets. */
static void
add_row (JudgeTable *table, const JudgeSession *session,
    const JudgeMetric *metric, const gchar *data, gdouble *credits,
    guint n_triplets, guint ties)
{
  JudgeInterval interval =
      judge_bootstrap (n_triplets, (guint) session->options.bootstrap,
          (guint64) session->options.seed, mean_credit, credits);

  judge_table_add_row (table);
  judge_table_text (table, "metric", metric->label);
  judge_table_text (table, "data", data);
  judge_table_count (table, "triplets", n_triplets);
  judge_table_number (table, "score", mean_credit (NULL, n_triplets, credits));
  judge_table_number (table, "low", interval.low);
  judge_table_number (table, "high", interval.high);
  judge_table_count (table, "ties", ties);
}

/* The credits of @metric, number @index of the list, for @folder's triplets.
 * Returns: how many of them are ties. */
static guint
take_credits (const JudgeFolder *folder, const JudgeSession *session,
    guint index, const gdouble *values, gdouble *credits)
{
  const JudgeMetric *metric = judge_metric_list_get (session->metrics, index);
  guint n_metrics = session->metrics->metrics->len;
  guint ties = 0;

  for (guint i = 0; i < folder->items->len; i++) {
    const gdouble *pair = values + ((gsize) i * n_metrics + index) * 2;
    gdouble d0 = judge_metric_as_distance (metric, pair[0]);
    gdouble d1 = judge_metric_as_distance (metric, pair[1]);

    credits[i] =
        judge_2afc_credit (d0, d1, judge_folder_get (folder, i)->judgement);
    ties += d0 == d1;
  }
  return ties;
}

static JudgeTable *
make_table (const JudgeSession *session, GPtrArray *folders, GPtrArray *values)
{
  JudgeTable *table = judge_table_new (columns);
  g_autofree gdouble *credits = NULL;
  guint total = 0, broken = 0;

  for (guint i = 0; i < folders->len; i++) {
    const JudgeFolder *folder = folders->pdata[i];

    total += folder->items->len;
    broken += folder->broken->len;
  }
  credits = g_new (gdouble, total);
  for (guint i = 0; i < session->metrics->metrics->len; i++) {
    const JudgeMetric *metric = judge_metric_list_get (session->metrics, i);
    guint first = 0, all_ties = 0;

    for (guint j = 0; j < folders->len; j++) {
      const JudgeFolder *folder = folders->pdata[j];
      guint ties =
          take_credits (folder, session, i, values->pdata[j], credits + first);

      add_row (table, session, metric, folder->label, credits + first,
          folder->items->len, ties);
      judge_table_count (table, "skipped", folder->broken->len);
      judge_table_list (table, "skipped_files", folder->broken);
      first += folder->items->len;
      all_ties += ties;
    }
    if (folders->len > 1) {
      add_row (table, session, metric, "total", credits, total, all_ties);
      judge_table_count (table, "skipped", broken);
    }
  }
  return table;
}

static gboolean
run (JudgeSession *session, GError **error)
{
  g_autoptr (GPtrArray) folders =
      g_ptr_array_new_with_free_func ((GDestroyNotify) judge_folder_free);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JudgeTable) table = NULL;

  if (!judge_folders_measure (
          session, &judge_layout_2afc, folders, values, error))
    return FALSE;
  table = make_table (session, folders, values);
  return judge_table_print (table, session, error);
}

const JudgeCommand judge_command_2afc = {
  .name = "2afc",
  .arguments = "DIR...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "which of two distorted images is closer to the reference?",
  .help =
      "Each DIR holds ref/, p0/ and p1/ with PNG files of the same names, and\n"
      "judge/ with NAME.npy: the fraction of people who found p1 closer to ref\n"
      "than p0.  The score is the mean fraction of people that the metric\n"
      "agrees with; .5 is chance.\n"
      "\n"
      "Example:\n"
      "  perceptual-judge 2afc --metric mmd-ssim --metric psnr val/cnn",
  .unit = "triplets",
  .offers = JUDGE_OFFERS_METRICS | JUDGE_OFFERS_BOOTSTRAP
      | JUDGE_OFFERS_SKIP_BROKEN | JUDGE_OFFERS_FORMAT,
  .run = run,
};
