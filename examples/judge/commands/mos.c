/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-judge mos: how well do a metric's values correlate with the
 * scores that people gave to distorted images?
 */
#include "judge/command.h"
#include "judge/arithmetic/correlation.h"
#include "judge/arithmetic/logistic.h"
#include "judge/commands/scores-chart.h"
#include "judge/data/scored-pairs.h"
#include "judge/interrupt.h"
#include "judge/report-page.h"
#include "judge/report.h"

#include "table/bootstrap.h"

#include <math.h>

static const TableColumn columns[] = {
  { "metric", TABLE_CELL_TEXT, 0 },
  { "group", TABLE_CELL_TEXT, 0 },
  { "references", TABLE_CELL_COUNT, 0 },
  { "pairs", TABLE_CELL_COUNT, 0 },
  { "spearman", TABLE_CELL_ESTIMATE, 4 },
  { "kendall", TABLE_CELL_ESTIMATE, 4 },
  { "pearson", TABLE_CELL_ESTIMATE, 4 },
  { "infinite", TABLE_CELL_COUNT, 0 },
  { "skipped", TABLE_CELL_COUNT, 0 },
  { "skipped_files", TABLE_CELL_LIST, 0 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

/**
 * Scope:
 * @alike: what the metric says, higher meaning more alike
 * @scores: what people say
 * @n: how many pairs
 * @starts: where each reference's pairs begin in them; @n_references + 1
 * @n_references: at least 1
 * @curve: fitted to all pairs
 * @fitted: whether there is one
 * @sample_alike: memory for a sample
 * @sample_scores: memory for a sample
 *
 * One metric and the pairs of one group, or of all.
 */
typedef struct
{
  gdouble *alike;
  gdouble *scores;
  guint n;
  guint *starts;
  guint n_references;
  JudgeLogistic curve;
  gboolean fitted;
  gdouble *sample_alike;
  gdouble *sample_scores;
} Scope;

/* --- statistics ---------------------------------------------------------- */

/* Pearson's correlation of the scores with those that a curve predicts; @x is
 * overwritten. */
static gdouble
curve_pearson (
    const JudgeLogistic *curve, gdouble *x, const gdouble *y, guint n)
{
  for (guint i = 0; i < n; i++)
    x[i] = judge_logistic_at (curve, x[i]);
  return judge_pearson (x, y, n);
}

/* Copies the pairs of some references.  Returns: how many pairs. */
static guint
take_sample (Scope *scope, const guint *units, guint n_units)
{
  guint n = 0;

  for (guint i = 0; i < n_units; i++) {
    for (guint j = scope->starts[units[i]]; j < scope->starts[units[i] + 1];
         j++) {
      scope->sample_alike[n] = scope->alike[j];
      scope->sample_scores[n++] = scope->scores[j];
    }
  }
  return n;
}

static gdouble
sample_spearman (const guint *units, guint n_units, gpointer user)
{
  Scope *scope = user;
  guint n = take_sample (scope, units, n_units);

  return judge_spearman (scope->sample_alike, scope->sample_scores, n);
}

static gdouble
sample_kendall (const guint *units, guint n_units, gpointer user)
{
  Scope *scope = user;
  guint n = take_sample (scope, units, n_units);

  return judge_kendall (scope->sample_alike, scope->sample_scores, n);
}

/* The curve is fitted to each sample anew. */
static gdouble
sample_pearson (const guint *units, guint n_units, gpointer user)
{
  Scope *scope = user;
  guint n = take_sample (scope, units, n_units);
  JudgeLogistic curve;

  if (!judge_logistic_fit (
          &curve, scope->sample_alike, scope->sample_scores, n, &scope->curve))
    return NAN;
  return curve_pearson (&curve, scope->sample_alike, scope->sample_scores, n);
}

static Interval
resample (const JudgeSession *session, Scope *scope, BootstrapFunc statistic,
    gdouble whole)
{
  guint resamples = isnan (whole) ? 0 : (guint) session->options.bootstrap;

  Interval interval = bootstrap (scope->n_references, resamples,
      (guint64) session->options.seed, judge_interrupt_wanted, statistic,
      scope);

  /* Few references that all agree, as in 1 of 1, say nothing about others. */
  return interval_is_point (&interval) ? (Interval){ NAN, NAN } : interval;
}

/* --- from the list to scopes --------------------------------------------- */

static void
clear_scope (Scope *scope)
{
  g_free (scope->alike);
  g_free (scope->scores);
  g_free (scope->starts);
  g_free (scope->sample_alike);
  g_free (scope->sample_scores);
}

/* @group: NULL for all pairs. */
static void
init_scope (Scope *scope, const JudgeScoredPairs *pairs,
    const JudgeMetricList *metrics, guint index, const gdouble *values,
    const gchar *group)
{
  const JudgeMetric *metric = judge_metric_list_get (metrics, index);
  guint all = pairs->pairs->len, longest = 0, last = G_MAXUINT;

  *scope = (Scope){
    .alike = g_new (gdouble, all),
    .scores = g_new (gdouble, all),
    .starts = g_new (guint, all + 1),
  };
  for (guint i = 0; i < all; i++) {
    const JudgeScoredPair *pair = judge_scored_pairs_get (pairs, i);
    gdouble value = values[(gsize) i * metrics->metrics->len + index];

    if (group != NULL && g_strcmp0 (pair->group, group) != 0)
      continue;
    if (pair->source != last)
      scope->starts[scope->n_references++] = scope->n;
    last = pair->source;
    scope->alike[scope->n] = -judge_metric_as_distance (metric, value);
    scope->scores[scope->n++] = pair->score;
    longest = MAX (longest, scope->n - scope->starts[scope->n_references - 1]);
  }
  scope->starts[scope->n_references] = scope->n;
  scope->sample_alike = g_new (gdouble, (gsize) longest * scope->n_references);
  scope->sample_scores = g_new (gdouble, (gsize) longest * scope->n_references);
}

static guint
count_infinite (const Scope *scope)
{
  guint infinite = 0;

  for (guint i = 0; i < scope->n; i++)
    infinite += isinf (scope->alike[i]) != 0;
  return infinite;
}

/* --- the result ---------------------------------------------------------- */

static void
add_pearson (Table *table, const JudgeSession *session, Scope *scope)
{
  g_autofree gdouble *x = NULL;
  gdouble pearson = NAN;

  scope->fitted = judge_logistic_fit (
      &scope->curve, scope->alike, scope->scores, scope->n, NULL);
  if (scope->fitted) {
    x = g_memdup2 (scope->alike, scope->n * sizeof *x);
    pearson = curve_pearson (&scope->curve, x, scope->scores, scope->n);
  }
  table_estimate (table, "pearson", pearson,
      resample (session, scope, sample_pearson, pearson));
}

static void
add_row (Table *table, const JudgeSession *session, const gchar *metric,
    const gchar *group, Scope *scope)
{
  gdouble spearman = judge_spearman (scope->alike, scope->scores, scope->n);
  gdouble kendall = judge_kendall (scope->alike, scope->scores, scope->n);

  table_add_row (table);
  table_text (table, "metric", metric);
  table_text (table, "group", group);
  table_count (table, "references", scope->n_references);
  table_count (table, "pairs", scope->n);
  table_estimate (table, "spearman", spearman,
      resample (session, scope, sample_spearman, spearman));
  table_estimate (table, "kendall", kendall,
      resample (session, scope, sample_kendall, kendall));
  add_pearson (table, session, scope);
  table_count (table, "infinite", count_infinite (scope));
}

static void
add_metric (Table *table, const JudgeSession *session,
    const JudgeScoredPairs *pairs, const gdouble *values, guint index)
{
  const gchar *label = judge_metric_list_get (session->metrics, index)->label;
  guint groups = pairs->groups->len;
  Scope scope;

  for (guint i = 0; i <= groups; i++) {
    const gchar *group = i < groups ? pairs->groups->pdata[i] : NULL;

    init_scope (&scope, pairs, session->metrics, index, values, group);
    /* A group is empty when all its images were broken. */
    if (scope.n > 0)
      add_row (table, session, label, group != NULL ? group : "total", &scope);
    clear_scope (&scope);
  }
  table_count (table, "skipped", pairs->broken->len);
  table_list (table, "skipped_files", pairs->broken);
}

static void
add_notes (Table *table)
{
  table_note (table,
      "spearman and kendall are those of minus the distance (of the value "
      "itself for psnr, ssim, ms-ssim) with the score: positive where higher "
      "scores mean more alike.");
  table_note (table,
      "pearson is taken after a logistic curve of four parameters was fitted, "
      "and so has no sign.");
}

static gboolean
run (JudgeSession *session, GError **error)
{
  g_autoptr (Table) table = NULL;
  g_autofree gdouble *values = NULL;
  g_autoptr (JudgeScoredPairs) pairs = judge_scored_pairs_open (
      session->options.arguments[0], session->options.skip_broken, error);

  if (pairs == NULL)
    return FALSE;
  console_begin (&session->console);
  values = judge_scored_pairs_measure (pairs, session, error);
  if (values == NULL)
    return FALSE;
  table = table_new (columns);
  for (guint i = 0; i < session->metrics->metrics->len; i++)
    add_metric (table, session, pairs, values, i);
  add_notes (table);
  return judge_report_print (session, table, error)
      && (!judge_report_wants_chart (session, session->options.plot)
          || judge_scores_chart (session, pairs, values, table, error));
}

const JudgeCommand judge_command_mos = {
  .name = "mos",
  .arguments = "FILE.csv",
  .min_arguments = 1,
  .max_arguments = 1,
  .blurb = "do the values follow the scores that people gave?",
  .help =
      "FILE.csv has the columns reference, distorted, score and, where\n"
      "wanted, group; the first two name images, relative to the file.\n"
      "Gives rank correlations and the linear one after a logistic curve\n"
      "was fitted, for each group and in total. Intervals come from drawing\n"
      "references anew.\n"
      "\n"
      "Example:\n"
      "  perceptual-judge mos --metric mmd-ssim --metric psnr scores.csv",
  .unit = "pairs",
  .offers = JUDGE_OFFERS_METRICS | JUDGE_OFFERS_BOOTSTRAP
      | JUDGE_OFFERS_SKIP_BROKEN | JUDGE_OFFERS_PLOT | JUDGE_OFFERS_FORMAT,
  .run = run,
};
