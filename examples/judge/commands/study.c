/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-judge study: the 2AFC study of trained and untrained networks.
 * How often does each agree with people, by the cosine distance of its
 * features as they are, and by heads and a ranking network fitted to them?
 */
#include "judge/arithmetic/agreement.h"
#include "judge/commands/credits.h"
#include "judge/failure.h"
#include "judge/commands/fit-watch.h"
#include "judge/commands/folder-scores.h"
#include "judge/interrupt.h"
#include "judge/options.h"
#include "judge/report-page.h"
#include "judge/report.h"
#include "judge/data/triplet-features.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Part of the triplets that models are tested on, where the data set does not
 * say. */
#define TEST_PART .2

/* A network of the study. */
typedef struct
{
  const gchar *label;
  const gchar *backbone;
  guint taps; /* the first ones */
  gboolean trained;
} Network;

static const Network networks[] = {
  { "untrained VGG", "vgg", 2, FALSE },
  { "VGG", "vgg", 2, TRUE },
  { "AlexNet", "alex", 4, TRUE },
};

/* Steps of the progress: looking at the images, and a fit. */
static guint
n_steps (const Network *network)
{
  return network->trained ? 2 : 1;
}

/* One row of the table. */
typedef struct
{
  gchar *label;
  const Network *network;
  gboolean fitted;
  gdouble *credits; /* of the test triplets */
  gdouble score;
  Interval interval;
  JudgeFit *fit; /* NULL for cosine */
} Model;

typedef struct
{
  gchar *weights;
  gchar *plots;
  gint epochs;
} Own;

typedef struct
{
  JudgeSession *session;
  JudgeFeatures *features[G_N_ELEMENTS (networks)]; /* of the same triplets */
  GPtrArray *folders; /* JudgeFolder: of training, then of testing */
  guint first_test;   /* folder; their number if chance is to split */
  GArray *training;   /* guint: triplets */
  GArray *test;       /* guint: triplets */
  GPtrArray *models;  /* Model */
  GPtrArray *notes;   /* gchar: models left out, weights */
} Study;

static const TableColumn columns[] = {
  { "model", TABLE_CELL_TEXT, 0 },
  { "backbone", TABLE_CELL_TEXT, 0 },
  { "taps", TABLE_CELL_COUNT, 0 },
  { "weights", TABLE_CELL_TEXT, 0 },
  { "distance", TABLE_CELL_TEXT, 0 },
  { "triplets", TABLE_CELL_COUNT, 0 },
  { "score", TABLE_CELL_ESTIMATE, 4 },
  { "epochs", TABLE_CELL_COUNT, 0 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

static void
add_options (GOptionGroup *group, gpointer data)
{
  Own *own = data;
  const GOptionEntry entries[] = {
    { "weights", 0, 0, G_OPTION_ARG_FILENAME, &own->weights,
        "Folder of the backbones' weights files", "DIR" },
    { "plots", 0, 0, G_OPTION_ARG_FILENAME, &own->plots,
        "Draw accuracy and loss as PNG and SVG into DIR", "DIR" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &own->epochs,
        "Epochs of a fit at most (default: 100)", "N" },
    G_OPTION_ENTRY_NULL,
  };

  own->epochs = 100;
  g_option_group_add_entries (group, entries);
}

static void
clear_options (gpointer data)
{
  Own *own = data;

  g_free (own->weights);
  g_free (own->plots);
}

static gboolean
check_options (JudgeSession *session, GError **error)
{
  const Own *own = session->own;
  g_autofree gchar *text = g_strdup_printf ("%d", own->epochs);

  if (g_strcmp0 (own->weights, "random") == 0)
    return judge_options_refuse ("random", "weights",
        "a file or a folder of trained weights; untrained VGG is among the "
        "models in any case",
        error);
  return own->epochs >= 1
      || judge_options_refuse (text, "epochs", "1 or more", error);
}

static void
model_free (gpointer data)
{
  Model *self = data;

  g_free (self->label);
  g_free (self->credits);
  judge_fit_free (self->fit);
  g_free (self);
}

/* --- data ---------------------------------------------------------------- */

static gboolean
open_folder (Study *self, const gchar *path, GError **error)
{
  JudgeFolder *folder = judge_folder_open (
      path, &judge_layout_2afc, self->session->options.skip_broken, error);

  if (folder != NULL)
    g_ptr_array_add (self->folders, folder);
  return folder != NULL;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* @path, or every folder in it if it is not a data set itself. */
static gboolean
open_part (Study *self, const gchar *path, GError **error)
{
  g_autofree gchar *judgements = g_build_filename (path, "judge", NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const gchar *name;
  GDir *dir;

  if (g_file_test (judgements, G_FILE_TEST_IS_DIR))
    return open_folder (self, path, error);
  dir = g_dir_open (path, 0, error);
  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL) {
    gchar *inner = g_build_filename (path, name, NULL);

    if (g_file_test (inner, G_FILE_TEST_IS_DIR))
      g_ptr_array_add (names, inner);
    else
      g_free (inner);
  }
  g_dir_close (dir);
  if (names->len == 0)
    return program_fail (error, path, "there is no data set in it");
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    if (!open_folder (self, names->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
open_data (Study *self, GError **error)
{
  const gchar *path = self->session->options.arguments[0];
  g_autofree gchar *train = g_build_filename (path, "train", NULL);
  g_autofree gchar *val = g_build_filename (path, "val", NULL);

  if (g_file_test (train, G_FILE_TEST_IS_DIR)
      && g_file_test (val, G_FILE_TEST_IS_DIR)) {
    if (!open_part (self, train, error))
      return FALSE;
    self->first_test = self->folders->len;
    return open_part (self, val, error);
  }
  if (!open_part (self, path, error))
    return FALSE;
  self->first_test = self->folders->len;
  return TRUE;
}

/* Draws TEST_PART of @n triplets, rounded, for the test: each as likely as the
 * others, and in their order. */
static void
split_by_chance (Study *self, guint n)
{
  GRand *rand = g_rand_new_with_seed ((guint32) self->session->options.seed);
  guint wanted = (guint) (TEST_PART * n + .5);

  for (guint i = 0; i < n; i++) {
    guint missing = wanted - self->test->len;
    gboolean test =
        (guint) g_rand_int_range (rand, 0, (gint32) (n - i)) < missing;

    g_array_append_val (test ? self->test : self->training, i);
  }
  g_rand_free (rand);
}

/* Which triplets are for training and which for the test; to be called when
 * the broken ones are out. */
static gboolean
split (Study *self, GError **error)
{
  guint n = 0;

  for (guint i = 0; i < self->folders->len; i++) {
    const JudgeFolder *folder = self->folders->pdata[i];

    for (guint j = 0; j < folder->items->len; j++, n++) {
      if (self->first_test < self->folders->len)
        g_array_append_val (
            i >= self->first_test ? self->test : self->training, n);
    }
  }
  if (self->first_test >= self->folders->len)
    split_by_chance (self, n);
  if (self->test->len > 0 && self->training->len >= 2)
    return TRUE;
  return program_fail (error, self->session->options.arguments[0],
      "%u triplets are too few to learn from one part and test on another", n);
}

/* --- models -------------------------------------------------------------- */

/* Takes @fit (nullable); without it, heads are all ones. */
static void
add_model (Study *self, const Network *network, const JudgeTriplets *triplets,
    JudgeFit *fit)
{
  const JudgeOptions *options = &self->session->options;
  Model *model = g_new0 (Model, 1);
  g_autofree gdouble *ones = g_new (gdouble, triplets->n_channels);

  for (guint c = 0; c < triplets->n_channels; c++)
    ones[c] = .5; /* of channels of unit vectors: 1 - cosine */
  model->network = network;
  model->fit = fit;
  model->label = g_strdup_printf (
      "%s + %s", network->label, fit != NULL ? "LPIPS" : "cosine");
  model->credits = g_new (gdouble, self->test->len);
  for (guint i = 0; i < self->test->len; i++) {
    guint t = g_array_index (self->test, guint, i);
    const gdouble *heads = fit != NULL ? fit->heads : ones;
    gdouble d0 = judge_triplets_distance (triplets, heads, t, 0);
    gdouble d1 = judge_triplets_distance (triplets, heads, t, 1);
    gdouble judge = triplets->judgements[t];

    /* The network gives p(second closer), which is turned into a distance, so
     * that the credit is counted in one place. */
    model->credits[i] = fit != NULL
        ? judge_2afc_credit (
            judge_ranking_predict (&fit->ranking, d0, d1), .5, judge)
        : judge_2afc_credit (d0, d1, judge);
  }
  model->score = judge_mean_credit (NULL, self->test->len, model->credits);
  model->interval = judge_mean_credit_interval (model->credits, self->test->len,
      (guint) options->bootstrap, (guint64) options->seed);
  g_ptr_array_add (self->models, model);
}

static JudgeFit *
fit_training (Study *self, const JudgeTriplets *all)
{
  const Own *own = self->session->own;
  const JudgeFitSettings settings = { (guint) own->epochs, 50, .002, 10, .2,
    (guint32) self->session->options.seed };
  gsize each = (gsize) 2 * all->n_channels;
  JudgeTriplets part = { .n = self->training->len,
    .n_channels = all->n_channels };
  JudgeFit *fit;

  part.channels = g_new (gfloat, part.n * each);
  part.judgements = g_new (gdouble, part.n);
  for (guint i = 0; i < part.n; i++) {
    guint t = g_array_index (self->training, guint, i);

    memcpy (part.channels + i * each, all->channels + t * each,
        each * sizeof (gfloat));
    part.judgements[i] = all->judgements[t];
  }
  fit = judge_fit_watch (self->session, &part, &settings);
  judge_triplets_clear (&part);
  return fit;
}

static void
note_weights (Study *self, const Network *network, PerceptualMetric *metric)
{
  const PerceptualWeightsInfo *weights = perceptual_metric_get_weights (metric);

  if (network->trained && weights != NULL)
    g_ptr_array_add (self->notes,
        g_strdup_printf ("weights of %s: %s, SHA-256 %s", network->label,
            weights->name, weights->sha256));
}

static gboolean
add_models (Study *self, guint index, GError **error)
{
  const Network *network = &networks[index];
  const JudgeTriplets *triplets = &self->features[index]->triplets;
  JudgeFit *fit;

  add_model (self, network, triplets, NULL);
  if (!network->trained)
    return TRUE;
  fit = fit_training (self, triplets);
  /* The score of a fit that was broken off says nothing about the model. */
  if (judge_interrupted (self->session)) {
    judge_fit_free (fit);
    return program_fail_interrupted (error, "the fit came to its end");
  }
  add_model (self, network, triplets, fit);
  return TRUE;
}

/* Triplets that one network cannot take are left out for all networks, whose
 * models begin anew: models of different triplets could not be compared.
 * Returns: the first network whose models are to be made. */
static guint
align (Study *self, guint last)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < last; i++) {
    if (self->features[i] != NULL)
      changed |=
          judge_features_follow (self->features[i], self->features[last]);
  }
  if (!changed)
    return last;
  g_ptr_array_set_size (self->models, 0);
  g_array_set_size (self->training, 0);
  g_array_set_size (self->test, 0);
  for (guint i = 0; i < last; i++) {
    if (self->features[i] != NULL && networks[i].trained)
      self->session->console.steps++; /* the fit comes again */
  }
  return 0;
}

/* Makes the models of one network, or notes why there are none. */
static gboolean
study_network (Study *self, guint index, GError **error)
{
  const Network *network = &networks[index];
  const Own *own = self->session->own;
  g_autoptr (GError) own_error = NULL;
  JudgeFeatures *features = judge_features_new (self->session, self->folders,
      network->backbone, network->taps,
      network->trained ? own->weights : "random", &own_error);

  if (features == NULL) {
    if (!g_error_matches (
            own_error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
    g_ptr_array_add (self->notes,
        g_strdup_printf (
            "left out: %s: %s", network->label, own_error->message));
    self->session->console.steps -= n_steps (network);
    return TRUE;
  }
  self->features[index] = features;
  note_weights (self, network, features->metric);
  for (guint i = align (self, index); i <= index; i++) {
    if (self->test->len == 0 && !split (self, error))
      return FALSE;
    if (self->features[i] != NULL && !add_models (self, i, error))
      return FALSE;
  }
  return TRUE;
}

/* --- results ------------------------------------------------------------- */

/* Into @folder (nullable), in both formats, and on the page. */
static gboolean
show (const Study *self, const Chart *plot, const gchar *folder,
    const gchar *name, GError **error)
{
  static const gchar *const endings[] = { "png", "svg" };

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (endings); i++) {
    g_autofree gchar *file = g_strdup_printf ("%s.%s", name, endings[i]);
    g_autofree gchar *path = g_build_filename (folder, file, NULL);

    if (!chart_write (plot, path, error))
      return FALSE;
  }
  return judge_report_chart (self->session, plot, NULL, error);
}

static gboolean
draw_accuracy (const Study *self, const gchar *folder, GError **error)
{
  guint n = self->models->len;
  g_autofree const gchar **labels = g_new0 (const gchar *, n + 1);
  g_autofree gdouble *numbers = g_new (gdouble, 3 * n);
  ChartSeries series = { .label = "score",
    .y = numbers,
    .low = numbers + n,
    .high = numbers + 2 * n,
    .n = n };
  const ChartLevel chance = { "chance", JUDGE_2AFC_CHANCE };
  ChartPanel panel = { .kind = CHART_BARS,
    .y_title = self->session->options.bootstrap > 0
        ? "2AFC score, with 95 % interval"
        : "2AFC score",
    .foot = JUDGE_2AFC_CHANCE,
    .reach = 1,
    .groups = labels,
    .n_groups = n,
    .series = &series,
    .n_series = 1,
    .levels = &chance,
    .n_levels = 1 };
  Chart plot = { .title = "Agreement with people on the test triplets",
    .panels = &panel,
    .n_panels = 1 };

  for (guint i = 0; i < n; i++) {
    const Model *model = self->models->pdata[i];

    labels[i] = model->label;
    numbers[i] = model->score;
    numbers[n + i] = model->interval.low;
    numbers[2 * n + i] = model->interval.high;
  }
  return show (self, &plot, folder, "accuracy", error);
}

static gboolean
draw_loss (const Study *self, const gchar *folder, GError **error)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autofree ChartSeries *series = g_new0 (ChartSeries, 2 * self->models->len);
  guint n_series = 0;
  ChartPanel panel;
  Chart plot = {
    .title = "Fit of heads and ranking network", .panels = &panel, .n_panels = 1
  };

  for (guint i = 0; i < self->models->len; i++) {
    const Model *model = self->models->pdata[i];
    gchar *labels[2];

    if (model->fit == NULL)
      continue;
    labels[0] = g_strdup_printf ("%s, training", model->network->label);
    labels[1] = g_strdup_printf ("%s, validation", model->network->label);
    g_ptr_array_add (kept, labels[0]);
    g_ptr_array_add (kept, labels[1]);
    g_ptr_array_add (kept,
        judge_fit_curves (
            model->fit, (const gchar *const *) labels, series + n_series));
    n_series += 2;
  }
  panel = judge_fit_panel (series, n_series);
  return n_series == 0 || show (self, &plot, folder, "loss", error);
}

static gboolean
draw (const Study *self, const gchar *folder, GError **error)
{
  if (folder != NULL && g_mkdir_with_parents (folder, 0777) != 0) {
    int code = errno;

    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
        "The folder %s cannot be made: %s", folder, g_strerror (code));
    return FALSE;
  }
  return draw_accuracy (self, folder, error) && draw_loss (self, folder, error);
}

static gboolean
report (const Study *self, GError **error)
{
  g_autoptr (Table) table = table_new (columns);

  for (guint i = 0; i < self->models->len; i++) {
    const Model *model = self->models->pdata[i];

    table_add_row (table);
    table_text (table, "model", model->label);
    table_text (table, "backbone", model->network->backbone);
    table_count (table, "taps", model->network->taps);
    table_text (
        table, "weights", model->network->trained ? "trained" : "random");
    table_text (table, "distance",
        model->fit != NULL ? "lpips + ranking network" : "cosine");
    table_count (table, "triplets", self->test->len);
    table_estimate (table, "score", model->score, model->interval);
    if (model->fit != NULL)
      table_count (table, "epochs", model->fit->epochs->len);
  }
  table_note (table, "%u triplets to learn from, %u to test on",
      self->training->len, self->test->len);
  for (guint i = 0; i < self->notes->len; i++)
    table_note (table, "%s", (const gchar *) self->notes->pdata[i]);
  judge_note_broken (table, self->folders);
  return judge_report_print (self->session, table, error);
}

static gboolean
run_study (Study *self, GError **error)
{
  const Own *own = self->session->own;

  if (!open_data (self, error))
    return FALSE;
  self->session->console.steps = 0;
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    self->session->console.steps += n_steps (&networks[i]);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++) {
    g_autoptr (GError) problem = NULL;

    if (study_network (self, i, &problem))
      continue;
    /* Finished models are reported. */
    if (self->models->len > 0
        && g_error_matches (problem, PROGRAM_ERROR, PROGRAM_ERROR_INTERRUPTED))
      break;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  return (!judge_report_wants_chart (self->session, own->plots)
             || draw (self, own->plots, error))
      && report (self, error);
}

static gboolean
run (JudgeSession *session, GError **error)
{
  Study study = {
    .session = session,
    .folders =
        g_ptr_array_new_with_free_func ((GDestroyNotify) judge_folder_free),
    .training = g_array_new (FALSE, FALSE, sizeof (guint)),
    .test = g_array_new (FALSE, FALSE, sizeof (guint)),
    .models = g_ptr_array_new_with_free_func (model_free),
    .notes = g_ptr_array_new_with_free_func (g_free),
  };
  gboolean ok = run_study (&study, error);

  for (guint i = 0; i < G_N_ELEMENTS (study.features); i++)
    g_clear_pointer (&study.features[i], judge_features_free);
  g_ptr_array_unref (study.folders);
  g_array_unref (study.training);
  g_array_unref (study.test);
  g_ptr_array_unref (study.models);
  g_ptr_array_unref (study.notes);
  return ok;
}

const JudgeCommand judge_command_study = {
  .name = "study",
  .arguments = "DIR",
  .min_arguments = 1,
  .max_arguments = 1,
  .blurb = "what do training and fitting bring? Networks side by side",
  .help =
      "DIR is a data set as for 2afc, or holds some; or it holds train/ and\n"
      "val/, which are or hold data sets. Without train/ and val/, a fifth\n"
      "of the triplets, chosen by --seed, is for the test.\n"
      "\n"
      "Compares untrained VGG (2 taps) with cosine distance, trained VGG\n"
      "(2 taps) and AlexNet (4 taps) each with cosine distance and with\n"
      "LPIPS: heads and ranking network fitted on the training part.\n"
      "\n"
      "Example:\n"
      "  perceptual-judge study --plots charts 2afc",
  .unit = "triplets",
  .offers = JUDGE_OFFERS_THREADS | JUDGE_OFFERS_BOOTSTRAP
      | JUDGE_OFFERS_SKIP_BROKEN | JUDGE_OFFERS_FORMAT,
  .own_size = sizeof (Own),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
