/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune bd: how much more or less rate one encoder takes than another
 * one for the same statistic.
 */
#include "tune/commands/bd.h"

#include "tune/commands/bd-result.h"
#include "tune/options.h"
#include "tune/arithmetic/target.h"

#include "console/program-error.h"

#include <string.h>

typedef struct
{
  gchar *anchor;
  GPtrArray *tests;
  gchar *statistic;
  gchar *points;
  gboolean similarity;
  gboolean hull;
  GPtrArray *encodings; /* the anchor's first; empty with points */
} Bd;

static gboolean
take_test (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Bd *self = ((TuneSession *) user)->own;

  g_ptr_array_add (self->tests, g_strdup (text));
  return TRUE;
}

static void
add_options (TuneSession *session, GOptionGroup *group)
{
  Bd *self = session->own;

  self->tests = g_ptr_array_new_with_free_func (g_free);
  self->encodings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_encoding_free);
  tune_options_add (session, group,
      (GOptionEntry){ "anchor", 0, 0, G_OPTION_ARG_STRING, &self->anchor,
          "What is compared with: an encoder as it was given by --encoder or "
          "--command, or a label of --points",
          "ENCODER" });
  tune_options_add (session, group,
      (GOptionEntry){ "test", 0, 0, G_OPTION_ARG_CALLBACK, take_test,
          "What is compared with the anchor; may be repeated", "ENCODER" });
  tune_options_add (session, group,
      (GOptionEntry){ "statistic", 0, 0, G_OPTION_ARG_STRING, &self->statistic,
          "At equal values of what rates are compared (default: mean)",
          "STATISTIC" });
  tune_options_add (session, group,
      (GOptionEntry){ "hull", 0, 0, G_OPTION_ARG_NONE, &self->hull,
          "Compare the convex hulls of the points instead of all points",
          NULL });
  tune_options_add (session, group,
      (GOptionEntry){ "points", 0, 0, G_OPTION_ARG_FILENAME, &self->points,
          "Take points from a CSV or .json file instead of the database: "
          "label (or encoder), rate, and the statistic by its name (or value), "
          "with a clip if there are several; what a grid wrote is such a file",
          "FILE" });
  tune_options_add (session, group,
      (GOptionEntry){ "similarity", 0, 0, G_OPTION_ARG_NONE, &self->similarity,
          "The values of --points are similarities: more is better, and they "
          "are taken as they are, not by their logarithm",
          NULL });
}

/* --- checks -------------------------------------------------------------- */

/* A command has placeholders that an encoder has not. */
static gboolean
add_encoding (Bd *self, const gchar *text, GError **error)
{
  TuneEncoding *encoding = strstr (text, "{input}") != NULL
      ? tune_encoding_parse_command (text, error)
      : tune_encoding_parse (text, error);

  if (encoding != NULL)
    g_ptr_array_add (self->encodings, encoding);
  return encoding != NULL;
}

static gboolean
check_encodings (TuneSession *session, GError **error)
{
  Bd *self = session->own;

  if (!add_encoding (self, self->anchor, error))
    return FALSE;
  for (guint i = 0; i < self->tests->len; i++) {
    if (!add_encoding (self, self->tests->pdata[i], error))
      return FALSE;
  }
  return tune_statistic_find (self->statistic, session->options.metric, error)
      != NULL;
}

static gboolean
check_tests (const Bd *self, GError **error)
{
  for (guint i = 0; i < self->tests->len; i++) {
    const gchar *test = self->tests->pdata[i];

    if (strcmp (test, self->anchor) == 0)
      return program_refuse (
          error, "\"%s\" would be compared with itself", test);
    for (guint j = 0; j < i; j++) {
      if (strcmp (test, self->tests->pdata[j]) == 0)
        return program_refuse (error, "--test %s is there twice", test);
    }
  }
  return TRUE;
}

static gboolean
check_options (TuneSession *session, GError **error)
{
  Bd *self = session->own;

  if (self->anchor == NULL || self->tests->len == 0)
    return program_refuse (error,
        "two encoders are compared: add --anchor x264 and --test x265, as they "
        "were given to search or grid");
  if (self->statistic == NULL)
    self->statistic = g_strdup ("mean");
  if (!check_tests (self, error))
    return FALSE;
  if (self->points == NULL)
    return (!self->similarity
               || program_refuse (error,
                   "--similarity is for --points; else the metric says it"))
        && check_encodings (session, error);
  return session->options.arguments == NULL
      || g_strv_length (session->options.arguments) == 0
      || program_refuse (
          error, "either clips are named, or --points; not both");
}

static void
clear_options (gpointer own)
{
  Bd *self = own;

  g_clear_pointer (&self->anchor, g_free);
  g_clear_pointer (&self->tests, g_ptr_array_unref);
  g_clear_pointer (&self->statistic, g_free);
  g_clear_pointer (&self->points, g_free);
  g_clear_pointer (&self->encodings, g_ptr_array_unref);
}

/* --- running ------------------------------------------------------------- */

static gboolean
is_similarity (const TuneSession *session)
{
  const Bd *self = session->own;

  return self->similarity
      || (session->options.metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
}

static gboolean
check_labels (const Bd *self, const TuneRdSet *set, GError **error)
{
  g_autoptr (GPtrArray) labels = tune_rd_set_list_labels (set);
  g_autofree gchar *valid = NULL;

  for (guint i = 0; i <= self->tests->len; i++) {
    const gchar *label = i == 0 ? self->anchor : self->tests->pdata[i - 1];

    if (g_ptr_array_find_with_equal_func (labels, label, g_str_equal, NULL))
      continue;
    g_ptr_array_add (labels, NULL);
    valid = g_strjoinv (", ", (gchar **) labels->pdata);
    return program_fail (error, self->points,
        "there is no \"%s\" in it; it has: %s", label, valid);
  }
  return TRUE;
}

static gboolean
collect (TuneSession *session, TuneRdSet *set, GPtrArray *notes, GError **error)
{
  const Bd *self = session->own;
  guint left_out = 0;

  if (self->points == NULL)
    return tune_bd_recall (session, set, self->encodings, notes, error);
  if (!tune_bd_read_points (set, self->points, &left_out, error))
    return FALSE;
  if (left_out > 0)
    g_ptr_array_add (notes,
        g_strdup_printf (
            "%u points have neither a rate nor a %s, and are left out",
            left_out, self->statistic));
  return check_labels (self, set, error);
}

static gboolean
run (TuneSession *session, GError **error)
{
  const Bd *self = session->own;
  g_autoptr (TuneRdSet) set = tune_rd_set_new (
      self->points != NULL ? self->points : session->options.metric->name,
      is_similarity (session));
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  const TuneBdResult result = {
    .set = set,
    .anchor = self->anchor,
    .tests = self->tests,
    .statistic = self->statistic,
    .hull = self->hull,
    .notes = notes,
  };

  g_ptr_array_add (set->names, g_strdup (self->statistic));
  return collect (session, set, notes, error)
      && tune_bd_print (session, &result, error);
}

const TuneCommand tune_command_bd = {
  .name = "bd",
  .arguments = "[CLIP...]",
  .min_arguments = 0,
  .max_arguments = G_MAXUINT,
  .blurb = "how much rate an encoder saves against another (BD-rate)",
  .help =
      "Compares rates at equal values of a statistic: the Bjontegaard delta\n"
      "rate of what the database holds, without encoding anything.  Without a\n"
      "CLIP, of all clips that were measured as a whole.\n"
      "\n"
      "  perceptual-tune bd --anchor x264:speed-preset=slow --test x265 \\\n"
      "      --statistic p95\n"
      "  perceptual-tune bd --points rd.csv --anchor x264 --test x265\n"
      "\n"
      "Exit codes: 0 all curves were compared, 1 error, 2 wrong usage.",
  .unit = "curves",
  .offers = TUNE_OFFERS_METRIC | TUNE_OFFERS_DATABASE | TUNE_OFFERS_FORMAT
      | TUNE_OFFERS_REPORT | TUNE_OFFERS_CSV | TUNE_OFFERS_WINDOWS,
  .own_size = sizeof (Bd),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
