/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-judge 2afc: what fraction of people does a metric agree with when
 * it says which of two distorted images is closer to the reference?
 */
#include "judge/arithmetic/agreement.h"
#include "judge/commands/folder-scores.h"
#include "judge/interrupt.h"

static const TableColumn columns[] = {
  { "metric", TABLE_CELL_TEXT, 0 },
  { "data", TABLE_CELL_TEXT, 0 },
  { "triplets", TABLE_CELL_COUNT, 0 },
  { "score", TABLE_CELL_ESTIMATE, 4 },
  { "ties", TABLE_CELL_COUNT, 0 },
  { "skipped", TABLE_CELL_COUNT, 0 },
  { "skipped_files", TABLE_CELL_LIST, 0 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

static gdouble
score (const JudgeSample *sample, guint resamples, guint64 seed,
    Interval *interval, Table *table)
{
  g_autofree gdouble *credits = g_new (gdouble, sample->n);
  guint ties = 0;

  for (guint i = 0; i < sample->n; i++) {
    gdouble d0 = sample->distances[2 * i];
    gdouble d1 = sample->distances[2 * i + 1];

    credits[i] = judge_2afc_credit (d0, d1, sample->judgements[i]);
    ties += d0 == d1;
  }
  table_count (table, "ties", ties);
  *interval = bootstrap (sample->n, resamples, seed, judge_interrupt_wanted,
      judge_mean_credit, credits);
  return judge_mean_credit (NULL, sample->n, credits);
}

static const JudgeScore agreement = {
  .layout = &judge_layout_2afc,
  .columns = columns,
  .estimate = "score",
  .y_title = "2AFC score",
  .score = score,
};

static gboolean
run (JudgeSession *session, GError **error)
{
  return judge_folder_scores_run (session, &agreement, error);
}

const JudgeCommand judge_command_2afc = {
  .name = "2afc",
  .arguments = "DIR...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "which of two distorted images is closer to the reference?",
  .help =
      "Each DIR holds ref/, p0/ and p1/ with PNG files of the same names,\n"
      "and judge/ with NAME.npy: the fraction of people who found p1 closer\n"
      "to ref than p0. The score is the mean fraction of people that the\n"
      "metric agrees with; .5 is chance.\n"
      "\n"
      "Example:\n"
      "  perceptual-judge 2afc --metric mmd-ssim --metric psnr val/cnn",
  .unit = "triplets",
  .offers = JUDGE_OFFERS_METRICS | JUDGE_OFFERS_BOOTSTRAP
      | JUDGE_OFFERS_SKIP_BROKEN | JUDGE_OFFERS_PLOT | JUDGE_OFFERS_FORMAT,
  .run = run,
};
