/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune plan: cuts the work of a grid, or of searches, into jobs for
 * other machines.
 */
#include "tune/clip-parts.h"
#include "tune/encoding-grid.h"
#include "tune/measuring.h"
#include "tune/options.h"
#include "tune/arithmetic/quantity.h"
#include "tune/arithmetic/target.h"
#include "tune/campaign.h"

#include "console/output-file.h"
#include "console/program-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Seconds of video that a job has at least: starting one costs a cluster many
 * seconds. */
#define DEFAULT_LEAST 60

typedef struct
{
  TuneEncodingGrid *axes;
  GPtrArray *targets; /* texts */
  gchar *max_rate;
  gchar *into;
  gdouble least_s;
  GPtrArray *encodings; /* with all combinations of further settings */
} Plan;

/* --- options ------------------------------------------------------------- */

static gboolean
take_grid (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Plan *self = ((TuneSession *) user)->own;

  return tune_encoding_grid_add (self->axes, text, error);
}

static gboolean
take_target (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Plan *self = ((TuneSession *) user)->own;

  g_ptr_array_add (self->targets, g_strdup (text));
  return TRUE;
}

static gboolean
take_max_rate (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Plan *self = ((TuneSession *) user)->own;
  gdouble rate;

  g_free (self->max_rate);
  self->max_rate = g_strdup (text);
  return tune_quantity_positive (
      text, "max-rate", "kbit/s, above 0", &rate, error);
}

static gboolean
take_least (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Plan *self = ((TuneSession *) user)->own;

  return tune_quantity_time (text, "job-time", &self->least_s, error);
}

static void
add_options (TuneSession *session, GOptionGroup *group)
{
  Plan *self = session->own;

  self->axes = tune_encoding_grid_new ();
  self->targets = g_ptr_array_new_with_free_func (g_free);
  self->least_s = DEFAULT_LEAST;
  tune_options_add (session, group,
      (GOptionEntry){ "grid", 0, 0, G_OPTION_ARG_CALLBACK, take_grid,
          "As of grid: a further setting with all values that it is to have",
          "KEY=A,B,..." });
  tune_options_add (session, group,
      (GOptionEntry){ "target", 't', 0, G_OPTION_ARG_CALLBACK, take_target,
          "As of search, and may be repeated: plan a search for each clip and "
          "encoder instead of a grid",
          "STATISTIC<BOUND" });
  tune_options_add (session, group,
      (GOptionEntry){ "max-rate", 0, 0, G_OPTION_ARG_CALLBACK, take_max_rate,
          "As of search; plans searches too", "KBIT" });
  tune_options_add (session, group,
      (GOptionEntry){ "into", 0, 0, G_OPTION_ARG_FILENAME, &self->into,
          "Write each job into a file of its own in this folder, which is made "
          "or is empty, instead of printing them",
          "DIR" });
  tune_options_add (session, group,
      (GOptionEntry){ "job-time", 0, 0, G_OPTION_ARG_CALLBACK, take_least,
          "How much video a job of a grid encodes at least, where there is as "
          "much to do (default: 60s)",
          "TIME" });
}

static gboolean
is_search (const Plan *self)
{
  return self->targets->len > 0 || self->max_rate != NULL;
}

static gboolean
check_targets (TuneSession *session, GError **error)
{
  const Plan *self = session->own;

  for (guint i = 0; i < self->targets->len; i++) {
    g_autoptr (TuneTarget) target = tune_target_parse (
        self->targets->pdata[i], session->options.metric, error);

    if (target == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_options (TuneSession *session, GError **error)
{
  Plan *self = session->own;

  if (session->options.encodings->len == 0)
    return program_refuse (error,
        "no encoder is named: add --encoder x264 (perceptual-tune list "
        "--encoders), or --command");
  self->encodings =
      tune_encoding_grid_expand (self->axes, session->options.encodings, error);
  return self->encodings != NULL && check_targets (session, error);
}

static void
clear_options (gpointer own)
{
  Plan *self = own;

  g_clear_pointer (&self->axes, tune_encoding_grid_free);
  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_pointer (&self->max_rate, g_free);
  g_clear_pointer (&self->into, g_free);
  g_clear_pointer (&self->encodings, g_ptr_array_unref);
}

/* --- writing ------------------------------------------------------------- */

/**
 * Run:
 * @identity: of the metric
 * @n: jobs that were written
 * @probes: in them
 * @known: probes that were left out
 */
typedef struct
{
  TuneSession *session;
  const Plan *plan;
  TuneIdentity *identity;
  guint n;
  guint probes;
  guint known;
} Run;

/* @object: (transfer full): a job without its schema. */
static gboolean
write_job (Run *self, JsonObject *object, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree gchar *name = g_strdup_printf ("%04u.json", ++self->n);
  g_autofree gchar *path = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *line = NULL;
  gint reason;

  json_object_set_int_member (object, "schema", TUNE_JOB_SCHEMA);
  json_node_take_object (node, object);
  text = tune_json_print (node);
  line = g_strconcat (text, "\n", NULL);
  if (self->plan->into == NULL)
    return console_print (&self->session->console, line, error);
  path = g_build_filename (self->plan->into, name, NULL);
  reason = output_file_put (path, line, strlen (line));
  return reason == 0
      || program_fail (
          error, path, "it cannot be written: %s", g_strerror (reason));
}

static gboolean
make_folder (const gchar *path, GError **error)
{
  g_autoptr (GDir) folder = NULL;

  if (g_mkdir_with_parents (path, 0777) != 0)
    return program_fail (error, path, "%s", g_strerror (errno));
  folder = g_dir_open (path, 0, error);
  if (folder == NULL)
    return FALSE;
  return g_dir_read_name (folder) == NULL
      || program_fail (error, path,
          "it is not empty; old jobs would be taken for those of this plan");
}

/* --- grids --------------------------------------------------------------- */

static void
copy_setting (gpointer name, gpointer text, gpointer user)
{
  g_hash_table_insert (user, g_strdup (name), g_strdup (text));
}

/* Returns: (transfer full): @candidates from @first up to @last on @part. */
static JsonNode *
make_job (const Run *self, const TuneClip *clip, const TunePart *part,
    const GPtrArray *candidates, guint first, guint last)
{
  const TuneOptions *options = &self->session->options;
  g_autoptr (TuneJob) job = tune_job_new ();

  job->source = g_strdup (clip->path);
  job->sha256 = g_strdup (clip->sha256);
  job->window = part->window;
  g_hash_table_foreach (options->settings, copy_setting, job->settings);
  job->memory = options->memory;
  job->temp = g_strdup (options->temp);
  job->timeout_s = options->timeout_s;
  for (guint i = first; i < last; i++)
    g_ptr_array_add (
        job->candidates, tune_candidate_copy (candidates->pdata[i]));
  return tune_job_to_json (job);
}

/* One job: the candidates on all parts, side by side as the user says. */
static gboolean
write_group (Run *self, const TuneClip *clip, const GArray *parts,
    const GPtrArray *candidates, guint first, guint last, GError **error)
{
  guint together = self->session->options.side_by_side;
  JsonArray *jobs = json_array_new ();
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < parts->len; i++) {
    const TunePart *part = &g_array_index (parts, TunePart, i);

    for (guint j = first; j < last; j += together)
      json_array_add_element (jobs,
          make_job (self, clip, part, candidates, j, MIN (j + together, last)));
  }
  self->probes += last - first;
  json_object_set_array_member (object, "jobs", jobs);
  return write_job (self, object, error);
}

/* Returns: (transfer full) (element-type TuneCandidate): those of @encoding
 * that the store does not know. */
static GPtrArray *
list_unknown (Run *self, const TuneCampaign *campaign,
    const TuneEncoding *encoding, GError **error)
{
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_candidate_free);
  GPtrArray *unknown =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_candidate_free);
  g_autoptr (GPtrArray) samples = NULL;

  for (guint i = 0; i < encoding->values->len; i++)
    g_ptr_array_add (all,
        tune_encoding_candidate (
            encoding, g_array_index (encoding->values, gdouble, i)));
  samples = tune_campaign_recall (campaign, all, error);
  for (guint i = 0; samples != NULL && i < all->len; i++) {
    if (samples->pdata[i] == NULL)
      g_ptr_array_add (unknown, tune_candidate_copy (all->pdata[i]));
    else
      self->known++;
  }
  if (samples == NULL)
    g_clear_pointer (&unknown, g_ptr_array_unref);
  return unknown;
}

static gdouble
seconds_of (const TuneClip *clip, const GArray *parts)
{
  gdouble seconds = 0;

  for (guint i = 0; i < parts->len; i++)
    seconds +=
        tune_clip_seconds (clip, &g_array_index (parts, TunePart, i).window);
  return seconds;
}

static gboolean
plan_encoding (Run *self, const TuneCampaign *campaign,
    const TuneEncoding *encoding, GError **error)
{
  g_autoptr (GPtrArray) candidates =
      list_unknown (self, campaign, encoding, error);
  gdouble seconds = seconds_of (campaign->clip, campaign->parts);
  guint size = 1;

  if (candidates == NULL)
    return FALSE;
  while (seconds > 0 && size * seconds < self->plan->least_s
      && size < candidates->len)
    size++;
  for (guint i = 0; i < candidates->len; i += size) {
    if (!write_group (self, campaign->clip, campaign->parts, candidates, i,
            MIN (i + size, candidates->len), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
plan_grid (Run *self, const TuneClip *clip, GError **error)
{
  TuneSession *session = self->session;
  g_autoptr (GArray) parts = tune_clip_parts (session, clip, NULL, error);
  const TuneCampaign campaign = {
    .store = session->store,
    .clip = clip,
    .parts = parts,
    .settings = session->options.settings,
    .identity = self->identity,
    .interrupted = &session->interrupted,
  };

  for (guint i = 0; parts != NULL && i < self->plan->encodings->len; i++) {
    if (!plan_encoding (
            self, &campaign, self->plan->encodings->pdata[i], error))
      return FALSE;
  }
  return parts != NULL;
}

/* --- searches ------------------------------------------------------------ */

static void
add_word (JsonArray *words, const gchar *name, const gchar *text)
{
  g_autofree gchar *option = g_strconcat ("--", name, NULL);

  json_array_add_string_element (words, option);
  json_array_add_string_element (words, text);
}

static void
add_settings (JsonArray *words, GHashTable *settings)
{
  g_autoptr (GList) names =
      g_list_sort (g_hash_table_get_keys (settings), (GCompareFunc) strcmp);

  for (GList *name = names; name != NULL; name = name->next)
    add_word (words, name->data, g_hash_table_lookup (settings, name->data));
}

static void
add_range (JsonArray *words, const TuneRange *range)
{
  g_autofree gchar *first = tune_encoding_format (range->first);
  g_autofree gchar *last = tune_encoding_format (range->last);
  g_autofree gchar *step = tune_encoding_format (range->step);
  g_autofree gchar *text = range->step > 0
      ? g_strdup_printf ("%s:%s:%s", first, last, step)
      : g_strdup_printf ("%s:%s", first, last);

  add_word (words, "value", text);
}

static void
add_windows (JsonArray *words, const TuneWindowing *windows)
{
  g_autofree gchar *seconds = tune_encoding_format (windows->seconds);
  g_autofree gchar *text = g_strdup_printf ("%ux%s", windows->n, seconds);

  if (windows->whole)
    add_word (words, "windows", "whole");
  else if (windows->n > 0)
    add_word (words, "windows", text);
}

static gboolean
plan_search (Run *self, const TuneClip *clip, const TuneEncoding *encoding,
    GError **error)
{
  const TuneOptions *options = &self->session->options;
  const Plan *plan = self->plan;
  JsonArray *words = json_array_new ();
  JsonObject *object = json_object_new ();

  json_array_add_string_element (words, clip->path);
  add_word (words, encoding->how == TUNE_HOW_COMMAND ? "command" : "encoder",
      encoding->label);
  for (guint i = 0; i < plan->targets->len; i++)
    add_word (words, "target", plan->targets->pdata[i]);
  if (plan->max_rate != NULL)
    add_word (words, "max-rate", plan->max_rate);
  if (options->has_range)
    add_range (words, &options->range);
  add_windows (words, &options->windows);
  add_settings (words, options->settings);
  json_object_set_array_member (object, "search", words);
  return write_job (self, object, error);
}

/* --- all of it ----------------------------------------------------------- */

static gboolean
plan_clip (Run *self, const gchar *path, GError **error)
{
  TuneSession *session = self->session;
  g_autoptr (TuneClip) clip = tune_clip_open (
      path, session->remote, session->store, &session->interrupted, error);

  if (clip == NULL)
    return FALSE;
  if (!is_search (self->plan))
    return plan_grid (self, clip, error);
  if (!g_utf8_validate (clip->path, -1, NULL))
    return program_fail (
        error, clip->path, "a search is planned for names in UTF-8 only");
  for (guint i = 0; i < self->plan->encodings->len; i++) {
    if (!plan_search (self, clip, self->plan->encodings->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
plan_all (Run *self, GError **error)
{
  TuneSession *session = self->session;
  const Plan *plan = self->plan;

  if (plan->into != NULL && !make_folder (plan->into, error))
    return FALSE;
  for (guint i = 0; session->options.arguments[i] != NULL; i++) {
    if (!plan_clip (self, session->options.arguments[i], error))
      return FALSE;
  }
  if (self->known > 0)
    console_say (&session->console,
        "note: %u of %u values are in the database and left out", self->known,
        self->known + self->probes);
  return TRUE;
}

static gboolean
run (TuneSession *session, GError **error)
{
  g_autoptr (TuneIdentity) identity = tune_measuring_identify (session, error);
  Run self = { .session = session, .plan = session->own, .identity = identity };

  return identity != NULL && plan_all (&self, error);
}

const TuneCommand tune_command_plan = {
  .name = "plan",
  .arguments = "CLIP...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "cut a grid or searches into jobs for other machines",
  .help =
      "Prints jobs, each a line of JSON that probe carries out on whatever\n"
      "machine has the clips under the same names; merge brings the results\n"
      "into a database.  Without a target it plans a grid, of which it leaves\n"
      "out what the database has; with one, a search for each clip and\n"
      "encoder.\n"
      "\n"
      "  perceptual-tune plan *.mkv --encoder x264 --value 20:40:4 \\\n"
      "      --into jobs\n"
      "  perceptual-tune plan *.mkv --encoder x264 --target 'p95<0.02'\n"
      "\n"
      "Exit codes: 0 done, 1 error, 2 wrong usage.",
  .unit = "jobs",
  .offers = TUNE_OFFERS_ENCODERS | TUNE_OFFERS_METRIC | TUNE_OFFERS_PROBES
      | TUNE_OFFERS_DATABASE,
  .own_size = sizeof (Plan),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
