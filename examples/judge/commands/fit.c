/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-judge fit: new heads for a backbone, from triplets that people
 * judged, as a weights file.
 */
#include "judge/failure.h"
#include "judge/commands/fit-watch.h"
#include "judge/commands/folder-scores.h"
#include "judge/data/heads-file.h"
#include "judge/options.h"
#include "judge/report-page.h"
#include "judge/report.h"
#include "judge/data/triplet-features.h"

#include <math.h>

/* The command's own options. */
typedef struct
{
  gchar *out;
  gchar *backbone;
  gchar *weights;
  gint taps;
  gint epochs;
  gint batch;
  gint patience;
  gdouble rate;
  gdouble validation;
  gint64 seed;
} Own;

static const TableColumn columns[] = {
  { "epoch", TABLE_CELL_COUNT, 0 },
  { "training_loss", TABLE_CELL_NUMBER, 5 },
  { "validation_loss", TABLE_CELL_NUMBER, 5 },
  { "validation_score", TABLE_CELL_NUMBER, 4 },
  { "best", TABLE_CELL_TEXT, 0 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

static void
add_options (GOptionGroup *group, gpointer data)
{
  Own *own = data;
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &own->out,
        "Weights file to write (needed)", "FILE" },
    { "backbone", 0, 0, G_OPTION_ARG_STRING, &own->backbone,
        "alex (default), squeeze or vgg", "NAME" },
    { "weights", 0, 0, G_OPTION_ARG_FILENAME, &own->weights,
        "Weights file of the backbone, or its folder", "FILE" },
    { "taps", 0, 0, G_OPTION_ARG_INT, &own->taps,
        "Fit heads of the first N taps; 0 for all (default: 0)", "N" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &own->epochs,
        "Epochs at most (default: 100)", "N" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &own->batch,
        "Triplets of one step (default: 50)", "N" },
    { "learning-rate", 0, 0, G_OPTION_ARG_DOUBLE, &own->rate,
        "Length of Adam's steps (default: 0.002)", "X" },
    { "patience", 0, 0, G_OPTION_ARG_INT, &own->patience,
        "Epochs without a better loss before the fit ends (default: 10)", "N" },
    { "validation", 0, 0, G_OPTION_ARG_DOUBLE, &own->validation,
        "Part of the triplets that is not learned from (default: 0.2)", "X" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &own->seed,
        "Of the split and the first weights (default: 0)", "N" },
    G_OPTION_ENTRY_NULL,
  };

  *own = (Own){
    .epochs = 100, .batch = 50, .patience = 10, .rate = .002, .validation = .2
  };
  g_option_group_add_entries (group, entries);
}

static void
clear_options (gpointer data)
{
  Own *own = data;

  g_free (own->out);
  g_free (own->backbone);
  g_free (own->weights);
}

static gboolean
refuse_number (
    const gchar *option, gdouble value, const gchar *valid, GError **error)
{
  g_autofree gchar *text = g_strdup_printf ("%g", value);

  return judge_options_refuse (text, option, valid, error);
}

static gboolean
check_options (JudgeSession *session, GError **error)
{
  const Own *own = session->own;
  gint most_taps = g_strcmp0 (own->backbone, "squeeze") == 0 ? 7 : 5;

  if (own->out == NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
        "Name the weights file to write: --out HEADS.safetensors");
    return FALSE;
  }
  if (own->taps < 0 || own->taps > most_taps)
    return refuse_number (
        "taps", own->taps, most_taps == 7 ? "0 to 7" : "0 to 5", error);
  if (own->epochs < 1)
    return refuse_number ("epochs", own->epochs, "1 or more", error);
  if (own->batch < 1)
    return refuse_number ("batch", own->batch, "1 or more", error);
  if (own->patience < 1)
    return refuse_number ("patience", own->patience, "1 or more", error);
  if (!(own->rate > 0 && own->rate <= 1))
    return refuse_number (
        "learning-rate", own->rate, "above 0, at most 1", error);
  if (!(own->validation >= 0 && own->validation < 1))
    return refuse_number (
        "validation", own->validation, "0 or more, below 1", error);
  if (own->seed < 0 || own->seed > G_MAXUINT32)
    return refuse_number (
        "seed", (gdouble) own->seed, "0 to 4294967295", error);
  return TRUE;
}

static gboolean
draw (JudgeSession *session, const JudgeFit *fit, GError **error)
{
  static const gchar *const labels[] = { "training", "validation" };
  ChartSeries series[2];
  gdouble *numbers = judge_fit_curves (fit, labels, series);
  ChartPanel panel = judge_fit_panel (series, G_N_ELEMENTS (series));
  Chart plot = { .title = "Fit of LPIPS heads and ranking network",
    .panels = &panel,
    .n_panels = 1 };
  gboolean ok =
      judge_report_chart (session, &plot, session->options.plot, error);

  g_free (numbers);
  return ok;
}

static gboolean
report (JudgeSession *session, const GPtrArray *folders,
    const JudgeFeatures *features, const JudgeFit *fit, GError **error)
{
  const PerceptualWeightsInfo *weights =
      perceptual_metric_get_weights (features->metric);
  const Own *own = session->own;
  g_autoptr (Table) table = table_new (columns);
  guint zero = 0;

  for (guint i = 0; i < fit->epochs->len; i++) {
    const JudgeEpoch *epoch = &g_array_index (fit->epochs, JudgeEpoch, i);

    table_add_row (table);
    table_count (table, "epoch", i + 1);
    table_number (table, "training_loss", epoch->training_loss);
    table_number (table, "validation_loss", epoch->validation_loss);
    table_number (table, "validation_score", epoch->validation_score);
    if (i == fit->best)
      table_text (table, "best", "best");
  }
  for (guint c = 0; c < features->triplets.n_channels; c++)
    zero += fit->heads[c] == 0 ? 1 : 0;
  table_note (table,
      "%u triplets, %u channels of %u taps, %u of them with a head of 0",
      features->triplets.n, features->triplets.n_channels, features->n_taps,
      zero);
  table_note (table, "from %s, SHA-256 %s", weights->name, weights->sha256);
  table_note (table, "written: %s", own->out);
  judge_note_broken (table, folders);
  return judge_report_print (session, table, error);
}

static gboolean
open_folders (JudgeSession *session, GPtrArray *folders, GError **error)
{
  for (guint i = 0; session->options.arguments[i] != NULL; i++) {
    JudgeFolder *folder = judge_folder_open (session->options.arguments[i],
        &judge_layout_2afc, session->options.skip_broken, error);

    if (folder == NULL)
      return FALSE;
    g_ptr_array_add (folders, folder);
  }
  return TRUE;
}

static gboolean
has_differences (const JudgeTriplets *triplets)
{
  gsize n = (gsize) 2 * triplets->n * triplets->n_channels;

  for (gsize i = 0; i < n; i++) {
    if (triplets->channels[i] > 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
run (JudgeSession *session, GError **error)
{
  const Own *own = session->own;
  const JudgeFitSettings settings = { (guint) own->epochs, (guint) own->batch,
    own->rate, (guint) own->patience, own->validation, (guint32) own->seed };
  g_autoptr (GPtrArray) folders =
      g_ptr_array_new_with_free_func ((GDestroyNotify) judge_folder_free);
  g_autoptr (JudgeFeatures) features = NULL;
  g_autoptr (JudgeFit) fit = NULL;
  const PerceptualWeightsInfo *weights;

  if (!judge_report_check_file (own->out, error)
      || (session->options.plot != NULL
          && !judge_report_check_file (session->options.plot, error))
      || !open_folders (session, folders, error))
    return FALSE;
  session->console.steps = 2;
  features = judge_features_new (session, folders,
      own->backbone != NULL ? own->backbone : "alex", (guint) own->taps,
      own->weights, error);
  if (features == NULL)
    return FALSE;
  weights = perceptual_metric_get_weights (features->metric);
  if (weights == NULL || weights->path == NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "Heads of a random network cannot be kept; name a weights file");
    return FALSE;
  }
  if (features->triplets.n < 2)
    return program_fail (error, session->options.arguments[0],
        "a fit takes at least two triplets");
  if (!has_differences (&features->triplets))
    return program_fail (error, session->options.arguments[0],
        "to this network all images of a triplet are alike, so there is "
        "nothing to learn");
  fit = judge_fit_watch (session, &features->triplets, &settings);
  if (!judge_heads_file_write (own->out, weights->path, fit->heads,
          features->tap_channels, features->n_taps, &fit->ranking, error)
      || (judge_report_wants_chart (session, session->options.plot)
          && !draw (session, fit, error)))
    return FALSE;
  return report (session, folders, features, fit, error);
}

const JudgeCommand judge_command_fit = {
  .name = "fit",
  .arguments = "DIR...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "which heads agree with people? New ones from triplets",
  .help =
      "Each DIR is a data set as for 2afc. Fits the heads of lpips, and the\n"
      "ranking network on top of them, by the judgements, and writes a\n"
      "copy of the backbone's weights file with these heads. What measures\n"
      "with it is lpips:weights=FILE.\n"
      "\n"
      "Example:\n"
      "  perceptual-judge fit --out mine.safetensors train/cnn train/mix",
  .unit = "triplets",
  .offers = JUDGE_OFFERS_THREADS | JUDGE_OFFERS_SKIP_BROKEN | JUDGE_OFFERS_PLOT
      | JUDGE_OFFERS_FORMAT,
  .own_size = sizeof (Own),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
