/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune search: the order of its steps.
 */
#include "tune/probe/candidate.h"
#include "tune/commands/search-report.h"

#include "tune/clip-parts.h"
#include "tune/options.h"
#include "tune/arithmetic/quantity.h"
#include "tune/measuring.h"

#include "console/program-error.h"
#include "measure/value.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Encodes of the whole clip until the search gives up. */
#define MOST_VERIFICATIONS 5

typedef struct
{
  GPtrArray *texts; /* of --target */
  GPtrArray *targets;
  gdouble max_rate;
  gboolean verify;
  TuneProof proof;
  gchar *output;
  gdouble budget_s;
} Search;

/* --- options ------------------------------------------------------------- */

static gboolean
take_target (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Search *self = ((TuneSession *) user)->own;

  /* What is valid depends on the metric, which may come later. */
  g_ptr_array_add (self->texts, g_strdup (text));
  return TRUE;
}

static gboolean
take_max_rate (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Search *self = ((TuneSession *) user)->own;

  return tune_quantity_positive (
      text, "max-rate", "kbit/s, above 0", &self->max_rate, error);
}

static gboolean
take_verify (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Search *self = ((TuneSession *) user)->own;

  self->verify = strcmp (text, "whole") == 0;
  return self->verify || strcmp (text, "none") == 0
      || measure_value_refuse (text, "verify", "whole, none", error);
}

static gboolean
take_finish (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Search *self = ((TuneSession *) user)->own;
  gboolean near = strcmp (text, "near") == 0;

  self->proof = near ? TUNE_PROOF_PREDICTED : TUNE_PROOF_MEASURED;
  return near || strcmp (text, "proven") == 0
      || measure_value_refuse (text, "finish", "near, proven", error);
}

static gboolean
take_budget (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Search *self = ((TuneSession *) user)->own;

  return tune_quantity_time (text, "budget", &self->budget_s, error);
}

static void
add_options (TuneSession *session, GOptionGroup *group)
{
  Search *self = session->own;

  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->targets =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_target_free);
  self->verify = TRUE;
  self->proof = TUNE_PROOF_MEASURED;
  tune_options_add (session, group,
      (GOptionEntry){ "target", 't', 0, G_OPTION_ARG_CALLBACK, take_target,
          "What the encode has to meet: 'p95<0.02'.  Of distances: mean, "
          "median, p90, p95, p99, max or worst-second below a bound; of "
          "similarities (psnr, ssim, ms-ssim): mean, median, p10, p5, p1, min "
          "or worst-second above one.  May be repeated; all have to hold",
          "STATISTIC<BOUND" });
  tune_options_add (session, group,
      (GOptionEntry){ "max-rate", 0, 0, G_OPTION_ARG_CALLBACK, take_max_rate,
          "Most kbit/s that the answer may have.  Without a --target: the "
          "finest value within that",
          "KBIT" });
  tune_options_add (session, group,
      (GOptionEntry){ "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
          "Keep the encode of the whole clip at the answer, .mkv or .mp4",
          "FILE" });
  tune_options_add (session, group,
      (GOptionEntry){ "verify", 0, 0, G_OPTION_ARG_CALLBACK, take_verify,
          "Whether an answer found on windows is tried on the whole clip; "
          "without, the upper end of the statistic's 95 % interval has to meet "
          "the target (default: whole)",
          "whole|none" });
  tune_options_add (session, group,
      (GOptionEntry){ "finish", 0, 0, G_OPTION_ARG_CALLBACK, take_finish,
          "When to stop: as soon as the next coarser value is expected to "
          "miss, or when it was measured and does (default: proven)",
          "near|proven" });
  tune_options_add (session, group,
      (GOptionEntry){ "budget", 0, 0, G_OPTION_ARG_CALLBACK, take_budget,
          "Begin nothing after so long, and tell what is known then", "TIME" });
}

static gboolean
parse_targets (TuneSession *session, GError **error)
{
  Search *self = session->own;

  for (guint i = 0; i < self->texts->len; i++) {
    TuneTarget *target = tune_target_parse (
        self->texts->pdata[i], session->options.metric, error);

    if (target == NULL)
      return FALSE;
    g_ptr_array_add (self->targets, target);
  }
  return self->targets->len > 0 || self->max_rate > 0
      || program_refuse (error,
          "what the encode has to meet is not said: add --target 'p95<0.02', "
          "or --max-rate KBIT");
}

static gboolean
check_output (TuneSession *session, GError **error)
{
  const Search *self = session->own;
  const gchar *clip = session->options.arguments[0];
  g_autofree gchar *place = measure_input_place (clip);
  GStatBuf one, other;

  if (self->output == NULL)
    return TRUE;
  if (!g_str_has_suffix (self->output, ".mkv")
      && !g_str_has_suffix (self->output, ".mp4"))
    return measure_value_refuse (
        self->output, "output", "a file name that ends in .mkv or .mp4", error);
  if (!tune_options_check_file (self->output, "output", error))
    return FALSE;
  if (g_stat (self->output, &one) == 0 && g_stat (place, &other) == 0
      && one.st_dev == other.st_dev && one.st_ino == other.st_ino)
    return program_refuse (
        error, "--output %s would overwrite the clip", self->output);
  if (!self->verify)
    return program_refuse (error,
        "--output keeps the encode by which the answer is verified; leave "
        "--verify none out");
  return TRUE;
}

static gboolean
check_options (TuneSession *session, GError **error)
{
  guint n = session->options.encodings->len;

  if (n != 1)
    return program_refuse (error,
        n == 0
            ? "no encoder is named: add --encoder x264 (perceptual-tune list "
              "--encoders), or --command"
            : "a search is for one --encoder or --command; perceptual-tune "
              "grid compares several");
  return parse_targets (session, error) && check_output (session, error);
}

static void
clear_options (gpointer own)
{
  Search *self = own;

  g_clear_pointer (&self->texts, g_ptr_array_unref);
  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_pointer (&self->output, g_free);
}

/* --- a run --------------------------------------------------------------- */

/**
 * Run:
 * @done: passes that were begun before the present one
 * @weight: of that: 1, or how many passes over windows one over the whole clip
 *   is worth; 0 before the first one
 * @expected: passes in all
 * @trials: values that were measured
 * @said: notes that were printed
 */
typedef struct
{
  TuneSession *session;
  const Search *search;
  TuneClip *clip;
  TuneIdentity *identity;
  GArray *parts;
  GArray *whole;       /* the one part of a whole clip */
  GPtrArray *verified; /* trials of the whole clip */
  TuneCampaign campaign;
  TuneCampaignEvents events;
  TuneSeek seek;
  TuneSearchReport report;
  gdouble done;
  gdouble weight;
  gdouble expected;
  guint trials;
  GHashTable *said;
} Run;

static void
on_advance (gdouble part, gpointer user)
{
  Run *self = user;

  console_advance (&self->session->console, self->trials,
      (self->done + part * self->weight)
          / MAX (self->expected, self->done + self->weight));
}

/* What passes over the whole clip are worth; 0 where none is expected. */
static gdouble
worth_of_whole (const Run *self)
{
  gdouble seconds = 0;

  if (tune_clip_parts_are_whole (self->parts) || !self->search->verify)
    return self->search->output != NULL;
  for (guint i = 0; i < self->parts->len; i++) {
    const TuneWindow *window = &g_array_index (self->parts, TunePart, i).window;

    seconds += (gdouble) (window->stop_ns - window->start_ns) / 1e9;
  }
  return (gdouble) self->clip->duration_ns / 1e9 / seconds;
}

static void
begin_pass (Run *self, gdouble weight, gdouble expected)
{
  self->done += self->weight;
  self->weight = weight;
  self->expected = MAX (self->expected, expected);
}

static void
on_note (const gchar *text, gpointer user)
{
  Run *self = user;

  if (g_hash_table_add (self->said, g_strdup (text)))
    console_say (&self->session->console, "note: %s", text);
}

static void
on_begin (guint n, gdouble expected, gpointer user)
{
  Run *self = user;

  begin_pass (self, 1, expected + worth_of_whole (self));
}

/* What cannot be printed is complained of at the end. */
static void
on_trial (const TuneTrial *trial, gpointer user)
{
  Run *self = user;

  self->trials += !trial->sample->known;
  if (self->weight > 0)
    tune_search_report_trials (&self->report, NULL);
}

/* --- verification -------------------------------------------------------- */

/* Encodes the whole clip at @at.  Returns: (transfer none): the trial. */
static TuneTrial *
verify (Run *self, guint at, GError **error)
{
  TuneCampaign campaign = self->campaign;
  TuneTrial *trial;

  campaign.parts = self->whole;
  campaign.output = self->search->output;
  begin_pass (self, MAX (worth_of_whole (self), 1), 0);
  trial = tune_seek_measure (&self->seek, &campaign, at, error);
  if (trial == NULL)
    return NULL;
  g_ptr_array_add (self->verified, trial);
  self->report.verified = trial;
  return tune_search_report_verified (&self->report, trial, error) ? trial
                                                                   : NULL;
}

/* By how much windows and the whole clip differ at @answer. */
static gdouble
shift_of (const TuneTrial *whole, const TuneTrial *answer)
{
  gdouble shift = whole->excess - answer->excess;

  return isfinite (shift) ? shift : 0;
}

/* A miss says how far windows mislead; the search goes on with all of them
 * corrected by that. */
static gboolean
verify_until_met (Run *self, GError **error)
{
  for (guint i = 0; i < MOST_VERIFICATIONS; i++) {
    const TuneTrial *answer = tune_seek_answer (&self->seek);
    const TuneTrial *whole;

    if (answer == NULL)
      return TRUE;
    whole = verify (self, answer->at, error);
    if (whole == NULL)
      return FALSE;
    self->report.met = whole->meets;
    if (whole->meets || tune_clip_parts_are_whole (self->parts)
        || self->seek.late)
      return TRUE;
    /* The same value again would miss again. */
    self->seek.shift = MAX (shift_of (whole, answer), 1e-9 - answer->excess);
    if (!tune_search_report_shift (&self->report, error)
        || !tune_seek_run (&self->seek, error))
      return FALSE;
  }
  console_say (&self->session->console,
      "note: the windows are no picture of the clip; after %u encodes of the "
      "whole of it the search was given up.  --windows whole finds the answer",
      MOST_VERIFICATIONS);
  return TRUE;
}

/* --- steps --------------------------------------------------------------- */

static void
set_up (Run *self)
{
  TuneSession *session = self->session;
  const TuneOptions *options = &session->options;
  const Search *search = self->search;

  self->events = (TuneCampaignEvents){
    .advance = on_advance, .note = on_note, .user = self
  };
  self->campaign = (TuneCampaign){
    .store = session->store,
    .clip = self->clip,
    .parts = self->parts,
    .settings = options->settings,
    .identity = self->identity,
    .side_by_side = options->side_by_side,
    .jobs = options->jobs,
    .memory = options->memory,
    .temp = options->temp,
    .keep = options->keep,
    .timeout_s = options->timeout_s,
    .interrupted = &session->interrupted,
    .events = &self->events,
  };
  self->seek = (TuneSeek){
    .encoding = options->encodings->pdata[0],
    .targets = search->targets,
    .metric = options->metric,
    .max_rate = search->max_rate,
    .campaign = &self->campaign,
    .proof = search->proof,
    .cautious = !search->verify,
    .deadline = search->budget_s > 0
        ? g_get_monotonic_time () + (gint64) (search->budget_s * G_USEC_PER_SEC)
        : 0,
    .on_trial = on_trial,
    .on_begin = on_begin,
    .user = self,
  };
  tune_seek_init (&self->seek);
}

static void
set_up_report (Run *self)
{
  self->report.session = self->session;
  self->report.clip = self->clip;
  self->report.seek = &self->seek;
  self->report.parts = self->parts;
  self->report.output = self->search->output;
}

static const gchar *
find_proof (const Run *self)
{
  if (self->seek.late)
    return "none";
  return self->seek.verdict.proof == TUNE_PROOF_MEASURED
          && tune_clip_parts_are_whole (self->parts)
      ? "measured"
      : "predicted";
}

/* The answer's rate may be too high. */
static gboolean
keeps_rate (const Run *self)
{
  const TuneTrial *answer = tune_seek_answer (&self->seek);
  const TuneTrial *shown =
      self->report.verified != NULL ? self->report.verified : answer;

  return self->search->max_rate == 0
      || shown->sample->rate <= self->search->max_rate;
}

static gboolean
seek (Run *self, GError **error)
{
  const TuneTrial *answer;
  gboolean again, ok;

  if (!tune_seek_recall (&self->seek, error)
      || !tune_search_report_begin (&self->report, error))
    return FALSE;
  console_begin (&self->session->console);
  if (!tune_seek_run (&self->seek, error))
    return FALSE;
  answer = tune_seek_answer (&self->seek);
  self->report.met = answer != NULL;
  again = self->search->verify && !tune_clip_parts_are_whole (self->parts);
  ok = answer == NULL || (!again && self->search->output == NULL)
      || verify_until_met (self, error);
  /* An answer for the whole clip stands without a file of it. */
  if (!ok && again)
    return FALSE;
  if (tune_seek_answer (&self->seek) == NULL)
    self->report.met = FALSE;
  if (self->report.met && !keeps_rate (self))
    self->report.met = FALSE;
  self->report.proof = find_proof (self);
  return tune_search_report_end (&self->report, ok ? error : NULL) && ok;
}

static int
exit_code (const Run *self)
{
  if (self->report.met)
    return TUNE_EXIT_DONE;
  return self->seek.late ? TUNE_EXIT_ERROR : TUNE_EXIT_MISSED;
}

/* What cannot work is told before anything takes time. */
static gboolean
check_encoder (const Run *self, GError **error)
{
  const TuneEncoding *encoding = self->session->options.encodings->pdata[0];
  g_autoptr (TuneCandidate) candidate = tune_encoding_candidate (
      encoding, g_array_index (encoding->values, gdouble, encoding->start));

  return tune_candidate_check (candidate, error);
}

static gboolean
run_all (Run *self, GError **error)
{
  TuneSession *session = self->session;

  if (!check_encoder (self, error))
    return FALSE;
  self->clip = tune_clip_open (session->options.arguments[0], session->remote,
      session->store, &session->interrupted, error);
  if (self->clip == NULL)
    return FALSE;
  self->identity = tune_measuring_identify (session, error);
  if (self->identity == NULL)
    return FALSE;
  self->whole = tune_windows_whole ();
  self->parts =
      tune_clip_parts (session, self->clip, &self->report.scout_seconds, error);
  if (self->parts == NULL)
    return FALSE;
  set_up (self);
  set_up_report (self);
  if (!seek (self, error))
    return FALSE;
  session->code = exit_code (self);
  return TRUE;
}

static gboolean
run (TuneSession *session, GError **error)
{
  Run self = { .session = session, .search = session->own };
  gboolean ok;

  self.said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.verified =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_trial_free);
  ok = run_all (&self, error);
  g_hash_table_unref (self.said);
  g_ptr_array_unref (self.verified);
  tune_seek_clear (&self.seek);
  g_clear_pointer (&self.parts, g_array_unref);
  g_clear_pointer (&self.whole, g_array_unref);
  tune_identity_free (self.identity);
  tune_clip_free (self.clip);
  return ok;
}

const TuneCommand tune_command_search = {
  .name = "search",
  .arguments = "CLIP",
  .min_arguments = 1,
  .max_arguments = 1,
  .blurb = "the coarsest setting of an encoder that meets a target",
  .help =
      "Finds the value of an encoder's setting at which an encode of CLIP\n"
      "meets the targets at the smallest rate: it encodes, measures, and\n"
      "tries another value until the next coarser one is known to miss.  All\n"
      "that is measured is kept, so another target for the same clip is\n"
      "answered at once.\n"
      "\n"
      "  perceptual-tune clip.mkv --encoder x264 --target 'p95<0.02'\n"
      "  perceptual-tune clip.mkv --encoder x265:speed-preset=slow \\\n"
      "      --target 'mean<0.01' --target 'max<0.1' --output best.mkv\n"
      "  perceptual-tune clip.mkv --metric psnr --target 'mean>40' \\\n"
      "      --encoder 'x264enc pass=quant quantizer={value}' --value 10:40\n"
      "  perceptual-tune clip.mkv --target 'p95<0.02' --value 20:60 \\\n"
      "      --command 'SvtAv1EncApp -i {input} --crf {value} -b {output}'\n"
      "\n"
      "Exit codes: 0 the targets are met, 1 error, 2 wrong usage, 3 no value\n"
      "meets them.",
  .unit = "probes",
  .offers = TUNE_OFFERS_ENCODERS | TUNE_OFFERS_METRIC | TUNE_OFFERS_PROBES
      | TUNE_OFFERS_DATABASE | TUNE_OFFERS_FORMAT | TUNE_OFFERS_REPORT,
  .own_size = sizeof (Search),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
