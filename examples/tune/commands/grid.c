/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune grid: every combination of encoders, further settings and
 * values, on every clip.
 */
#include "tune/commands/grid.h"

#include "tune/clip-parts.h"
#include "tune/encoding-grid.h"
#include "tune/measuring.h"
#include "tune/options.h"
#include "tune/arithmetic/target.h"
#include "tune/campaign.h"

#include "console/program-error.h"

#include <string.h>

/* Most encodes. */
#define MOST_ENCODES 100000

typedef struct
{
  TuneEncodingGrid *axes;
  GPtrArray *statistics; /* names, by --statistic */
  GPtrArray *encodings;  /* with all combinations of further settings */
  gboolean stored;       /* --stored */
} Grid;

static gboolean
take_grid (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Grid *self = ((TuneSession *) user)->own;

  return tune_encoding_grid_add (self->axes, text, error);
}

static gboolean
take_statistic (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Grid *self = ((TuneSession *) user)->own;

  g_ptr_array_add (self->statistics, g_strdup (text));
  return TRUE;
}

static void
add_options (TuneSession *session, GOptionGroup *group)
{
  Grid *self = session->own;

  self->axes = tune_encoding_grid_new ();
  self->statistics = g_ptr_array_new_with_free_func (g_free);
  tune_options_add (session, group,
      (GOptionEntry){ "grid", 0, 0, G_OPTION_ARG_CALLBACK, take_grid,
          "A further setting with all values that it is to have: "
          "speed-preset=fast,slow (a comma in a value is written as \\,).  May "
          "be repeated; all combinations are encoded",
          "KEY=A,B,..." });
  tune_options_add (session, group,
      (GOptionEntry){ "statistic", 0, 0, G_OPTION_ARG_CALLBACK, take_statistic,
          "A statistic for the table and the report; may be repeated, the "
          "first one is that of the hull and of BD-rates (default: mean, p95, "
          "max; of similarities mean, p5, min).  JSON and CSV have all",
          "STATISTIC" });
  tune_options_add (session, group,
      (GOptionEntry){ "stored", 0, 0, G_OPTION_ARG_NONE, &self->stored,
          "Measure nothing: show what the database has", NULL });
}

/* A report on what is there is a grid of which nothing is encoded. */
static void
add_options_of_report (TuneSession *session, GOptionGroup *group)
{
  Grid *self = session->own;

  add_options (session, group);
  self->stored = TRUE;
}

static gboolean
is_similarity (const TuneSession *session)
{
  return (session->options.metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
}

gboolean
tune_grid_check_statistics (
    const TuneSession *session, GPtrArray *names, GError **error)
{
  static const gchar *const usual[][3] = { { "mean", "p95", "max" },
    { "mean", "p5", "min" } };

  if (names->len == 0) {
    for (guint i = 0; i < G_N_ELEMENTS (usual[0]); i++)
      g_ptr_array_add (names, g_strdup (usual[is_similarity (session)][i]));
  }
  for (guint i = 0; i < names->len; i++) {
    if (tune_statistic_find (names->pdata[i], session->options.metric, error)
        == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_options (TuneSession *session, GError **error)
{
  Grid *self = session->own;
  guint64 n = 0;

  if (session->options.encodings->len == 0)
    return program_refuse (error,
        "no encoder is named: add --encoder x264 (perceptual-tune list "
        "--encoders), or --command");
  self->encodings =
      tune_encoding_grid_expand (self->axes, session->options.encodings, error);
  if (self->encodings == NULL
      || !tune_grid_check_statistics (session, self->statistics, error))
    return FALSE;
  for (guint i = 0; i < self->encodings->len; i++)
    n += ((TuneEncoding *) self->encodings->pdata[i])->values->len;
  n *= g_strv_length (session->options.arguments);
  return n <= MOST_ENCODES
      || program_refuse (error,
          "this would be %" G_GUINT64_FORMAT " encodes; at most %d are made in "
          "one run",
          n, MOST_ENCODES);
}

static gboolean
check_options_of_report (TuneSession *session, GError **error)
{
  if (session->options.report == NULL)
    return program_refuse (error, "no page is named: add --report FILE.html");
  return check_options (session, error);
}

static void
clear_options (gpointer own)
{
  Grid *self = own;

  g_clear_pointer (&self->axes, tune_encoding_grid_free);
  g_clear_pointer (&self->statistics, g_ptr_array_unref);
  g_clear_pointer (&self->encodings, g_ptr_array_unref);
}

/* --- a run --------------------------------------------------------------- */

/**
 * Run:
 * @grid: what is found
 * @clips: that are measured
 * @clip: the number of the one that is measured now
 * @candidates: of that one
 * @said: notes that were printed
 */
typedef struct
{
  TuneSession *session;
  const GPtrArray *encodings;
  gboolean stored;
  TuneGrid *grid;
  guint clips;
  guint clip;
  GPtrArray *candidates;
  GHashTable *said;
} Run;

static void
on_advance (gdouble part, gpointer user)
{
  Run *self = user;
  guint n = self->candidates->len;
  gdouble done = self->clip + part;

  console_advance (
      &self->session->console, (guint64) (done * n + .5), done / self->clips);
}

static void
on_note (const gchar *text, gpointer user)
{
  Run *self = user;

  if (g_hash_table_add (self->said, g_strdup (text)))
    console_say (&self->session->console, "note: %s", text);
}

static GPtrArray *
list_candidates (const GPtrArray *encodings, const TuneClip *clip)
{
  GPtrArray *all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_candidate_free);

  for (guint i = 0; i < encodings->len; i++) {
    const TuneEncoding *encoding =
        tune_encoding_of_size (encodings->pdata[i], clip->width, clip->height);

    for (guint j = 0; j < encoding->values->len; j++)
      g_ptr_array_add (all,
          tune_encoding_candidate (
              encoding, g_array_index (encoding->values, gdouble, j)));
  }
  return all;
}

/* --- results ------------------------------------------------------------- */

static void
add_trouble (Run *self, const TuneClip *clip, const TuneEncoding *encoding,
    const gchar *what)
{
  g_ptr_array_add (self->grid->troubles,
      self->clips > 1
          ? g_strdup_printf ("%s, %s: %s", clip->label, encoding->label, what)
          : g_strdup_printf ("%s: %s", encoding->label, what));
}

/* Notes it where all values of @encoding gave the same encode, and where none
 * is known.  @samples: of its values, NULL in it where there is none. */
static void
check_values (Run *self, const TuneClip *clip, const TuneEncoding *encoding,
    TuneSample *const *samples)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gdouble));
  g_autoptr (GError) fault = NULL;

  for (guint i = 0; i < encoding->values->len; i++) {
    if (samples[i] == NULL)
      continue;
    g_ptr_array_add (known, samples[i]);
    g_array_append_val (values, g_array_index (encoding->values, gdouble, i));
  }
  if (known->len == 0)
    add_trouble (self, clip, encoding, "nothing of it is in the database");
  else if (!tune_sample_check_values ((const TuneSample *const *) known->pdata,
               (const gdouble *) values->data, known->len, &fault))
    add_trouble (self, clip, encoding, fault->message);
}

/* @sample: NULL where the store has none: then the value is left out, unless
 * the user has asked for it. */
static void
take_sample (Run *self, const TuneClip *clip, const TuneEncoding *encoding,
    guint place, const TuneSample *sample)
{
  TuneRdSet *set = self->grid->set;
  TuneRdEntry *entry;

  if (sample == NULL && !self->session->options.has_range)
    return;
  entry = tune_rd_set_add (set, clip->label, encoding->label,
      g_array_index (encoding->values, gdouble, place));
  if (sample != NULL) {
    tune_rd_set_take_sample (set, entry, sample);
    return;
  }
  entry->missing = TRUE;
  entry->error = g_strdup ("it is not in the database");
}

static void
take_samples (Run *self, const TuneClip *clip, const GPtrArray *samples)
{
  TuneSample *const *at = (TuneSample *const *) samples->pdata;

  for (guint i = 0; i < self->encodings->len; i++) {
    const TuneEncoding *encoding = self->encodings->pdata[i];

    check_values (self, clip, encoding, at);
    for (guint j = 0; j < encoding->values->len; j++)
      take_sample (self, clip, encoding, j, *at++);
  }
}

/* --- measuring ----------------------------------------------------------- */

static gboolean
measure (Run *self, const TuneClip *clip, const GArray *parts, GError **error)
{
  TuneSession *session = self->session;
  const TuneOptions *options = &session->options;
  const TuneCampaignEvents events = {
    .advance = on_advance, .note = on_note, .user = self
  };
  const TuneCampaign campaign = {
    .store = session->store,
    .clip = clip,
    .parts = parts,
    .settings = options->settings,
    .identity = self->grid->identity,
    .side_by_side = options->side_by_side,
    .jobs = options->jobs,
    .memory = options->memory,
    .temp = options->temp,
    .keep = options->keep,
    .timeout_s = options->timeout_s,
    .interrupted = &session->interrupted,
    .events = &events,
  };
  g_autoptr (GPtrArray) samples = self->stored
      ? tune_campaign_recall (&campaign, self->candidates, error)
      : tune_campaign_measure (&campaign, self->candidates, error);

  if (samples != NULL)
    take_samples (self, clip, samples);
  return samples != NULL;
}

static gboolean
measure_clip (Run *self, const gchar *path, GError **error)
{
  TuneSession *session = self->session;
  g_autoptr (TuneClip) clip = tune_clip_open (
      path, session->remote, session->store, &session->interrupted, error);
  g_autoptr (GArray) parts = NULL;

  if (clip == NULL)
    return FALSE;
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  self->candidates = list_candidates (self->encodings, clip);
  parts = tune_clip_parts (session, clip, NULL, error);
  return parts != NULL && measure (self, clip, parts, error);
}

/* Whether it concerns one clip alone. */
static gboolean
is_of_clip (const GError *error)
{
  return g_error_matches (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
}

static gboolean
measure_clips (Run *self, GError **error)
{
  gchar **paths = self->session->options.arguments;

  console_begin (&self->session->console);
  for (; self->clip < self->clips; self->clip++) {
    GError *fault = NULL;

    if (measure_clip (self, paths[self->clip], &fault))
      continue;
    if (!is_of_clip (fault)) {
      g_propagate_error (error, fault);
      return FALSE;
    }
    g_ptr_array_add (self->grid->troubles, g_strdup (fault->message));
    g_error_free (fault);
  }
  return TRUE;
}

void
tune_grid_init (TuneGrid *self, TuneSession *session, const GPtrArray *names)
{
  *self = (TuneGrid){
    .statistics = g_array_new (FALSE, FALSE, sizeof (guint)),
    .set = tune_rd_set_new (
        session->options.metric->name, is_similarity (session)),
    .troubles = g_ptr_array_new_with_free_func (g_free),
  };
  tune_rd_set_add_statistics (self->set);
  for (guint i = 0; i < names->len; i++) {
    guint place = (guint) tune_rd_set_find (self->set, names->pdata[i]);

    g_array_append_val (self->statistics, place);
  }
}

void
tune_grid_clear (TuneGrid *self)
{
  g_array_unref (self->statistics);
  tune_rd_set_free (self->set);
  tune_identity_free (self->identity);
  g_ptr_array_unref (self->troubles);
}

gboolean
tune_grid_measure (TuneGrid *self, TuneSession *session,
    const GPtrArray *encodings, gboolean stored, GError **error)
{
  Run run = {
    .session = session,
    .encodings = encodings,
    .stored = stored,
    .grid = self,
    .clips = g_strv_length (session->options.arguments),
  };
  gboolean ok;

  self->identity = tune_measuring_identify (session, error);
  if (self->identity == NULL)
    return FALSE;
  run.said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ok = measure_clips (&run, error);
  g_hash_table_unref (run.said);
  g_clear_pointer (&run.candidates, g_ptr_array_unref);
  console_clear (&session->console);
  return ok;
}

static gboolean
run (TuneSession *session, GError **error)
{
  const Grid *self = session->own;
  TuneGrid grid;
  gboolean ok;

  tune_grid_init (&grid, session, self->statistics);
  ok = tune_grid_measure (&grid, session, self->encodings, self->stored, error)
      && tune_grid_print (session, &grid, error);
  tune_grid_clear (&grid);
  return ok;
}

const TuneCommand tune_command_grid = {
  .name = "grid",
  .arguments = "CLIP...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "every combination of encoders and settings",
  .help =
      "Encodes each CLIP with every encoder, further setting and value, and\n"
      "measures it.  What was measured before is taken from the database.  An\n"
      "encode that fails is told with its reason, and the others go on.\n"
      "\n"
      "  perceptual-tune grid clip.mkv --encoder x264 --encoder x265 \\\n"
      "      --value 20:40:4 --grid speed-preset=fast,slow --report rd.html\n"
      "  perceptual-tune grid *.mkv --encoder x264 --value 20:40:4 \\\n"
      "      --format csv > rd.csv\n"
      "\n"
      "Exit codes: 0 all was measured, 1 something failed, 2 wrong usage.",
  .unit = "probes",
  .offers = TUNE_OFFERS_ENCODERS | TUNE_OFFERS_METRIC | TUNE_OFFERS_PROBES
      | TUNE_OFFERS_DATABASE | TUNE_OFFERS_FORMAT | TUNE_OFFERS_REPORT
      | TUNE_OFFERS_CSV,
  .own_size = sizeof (Grid),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};

const TuneCommand tune_command_report = {
  .name = "report",
  .arguments = "CLIP...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "a page of what the database has, without encoding",
  .help =
      "Writes a page of what was measured before, on this machine or on\n"
      "others (merge), with curves, hulls and BD-rates.  Nothing is encoded.\n"
      "Without --value it is all that the database has; what was asked for\n"
      "and is not there is said to be missing.\n"
      "\n"
      "  perceptual-tune report clip.mkv --encoder x264 --encoder x265 \\\n"
      "      --value 20:40:4 --report rd.html\n"
      "\n"
      "Exit codes: 0 all was there, 1 something was not, 2 wrong usage.",
  .unit = "probes",
  .offers = TUNE_OFFERS_ENCODERS | TUNE_OFFERS_METRIC | TUNE_OFFERS_PROBES
      | TUNE_OFFERS_DATABASE | TUNE_OFFERS_FORMAT | TUNE_OFFERS_REPORT
      | TUNE_OFFERS_CSV,
  .own_size = sizeof (Grid),
  .add_options = add_options_of_report,
  .check_options = check_options_of_report,
  .run = run,
  .clear_options = clear_options,
};
