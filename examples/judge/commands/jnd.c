/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-judge jnd: does a metric call those pairs alike that people take
 * for the same image?
 */
#include "judge/arithmetic/agreement.h"
#include "judge/arithmetic/order.h"
#include "judge/commands/folder-scores.h"
#include "judge/interrupt.h"

static const TableColumn columns[] = {
  { "metric", TABLE_CELL_TEXT, 0 },
  { "data", TABLE_CELL_TEXT, 0 },
  { "pairs", TABLE_CELL_COUNT, 0 },
  { "map", TABLE_CELL_ESTIMATE, 4 },
  { "skipped", TABLE_CELL_COUNT, 0 },
  { "skipped_files", TABLE_CELL_LIST, 0 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

typedef struct
{
  const JudgeSample *sample;
  guint *order;
  guint *counts;
} Ranking;

static gdouble
resampled_map (const guint *units, guint n_units, gpointer user)
{
  const Ranking *ranking = user;

  for (guint i = 0; i < n_units; i++)
    ranking->counts[i] = 0;
  for (guint i = 0; i < n_units; i++)
    ranking->counts[units[i]]++;
  return judge_jnd_map (ranking->sample->judgements, ranking->sample->distances,
      ranking->order, ranking->counts, n_units);
}

static gdouble
count_same (const gdouble *judgements, guint n)
{
  gdouble same = 0;

  for (guint i = 0; i < n; i++)
    same += judgements[i];
  return same;
}

static gdouble
score (const JudgeSample *sample, guint resamples, guint64 seed,
    Interval *interval, Table *table)
{
  g_autofree guint *order = judge_order (sample->distances, NULL, sample->n);
  g_autofree guint *counts = g_new (guint, sample->n);
  Ranking ranking = { sample, order, counts };

  gdouble map;

  *interval = bootstrap (sample->n, resamples, seed, judge_interrupt_wanted,
      resampled_map, &ranking);
  map = judge_jnd_map (
      sample->judgements, sample->distances, order, NULL, sample->n);
  /* As if it were a part of the pairs that people took for the same. */
  if (interval_is_point (interval))
    *interval =
        interval_of_part (map, count_same (sample->judgements, sample->n));
  return map;
}

/* The precision of calling pairs the same at random. */
static gdouble
chance (const gdouble *judgements, guint n)
{
  return count_same (judgements, n) / n;
}

static const JudgeScore average_precision = {
  .layout = &judge_layout_jnd,
  .columns = columns,
  .estimate = "map",
  .title = "The same or not? Agreement with people (JND)",
  .y_title = "mean average precision",
  .chance_label = "chance: part of the pairs taken for the same",
  .chance = chance,
  .score = score,
};

static gboolean
run (JudgeSession *session, GError **error)
{
  return judge_folder_scores_run (session, &average_precision, error);
}

const JudgeCommand judge_command_jnd = {
  .name = "jnd",
  .arguments = "DIR...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "which pairs do people take for the same image?",
  .help =
      "Each DIR holds p0/ and p1/ with PNG files of the same names, and\n"
      "same/ with NAME.npy: the fraction of people who took the two for the\n"
      "same image. The score is the mean average precision of calling pairs\n"
      "the same from the smallest distance up; 1 is best.\n"
      "\n"
      "Example:\n"
      "  perceptual-judge jnd --metric mmd-ssim --metric ssim val/traditional",
  .unit = "pairs",
  .offers = JUDGE_OFFERS_METRICS | JUDGE_OFFERS_BOOTSTRAP
      | JUDGE_OFFERS_SKIP_BROKEN | JUDGE_OFFERS_PLOT | JUDGE_OFFERS_FORMAT,
  .run = run,
};
