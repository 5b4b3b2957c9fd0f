/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The search on the screen.
 */
#include "tune/commands/search-report.h"

#include "console/printable.h"
#include "tune/commands/search-json.h"
#include "tune/commands/search-page.h"
#include "tune/arithmetic/quantity.h"
#include "tune/probe/given.h"

#include <math.h>
#include <string.h>

/* Trials of the database that are shown: those nearest to the bounds. */
#define MOST_KNOWN 6

#define STATISTIC_WIDTH 14

static gboolean
is_json (const TuneSearchReport *self)
{
  return self->session->options.format == TUNE_FORMAT_JSON;
}

static gboolean
print (TuneSearchReport *self, const GString *text, GError **error)
{
  return is_json (self)
      || console_print (&self->session->console, text->str, error);
}

static const TuneTarget *
target_at (const TuneSearchReport *self, guint i)
{
  return self->seek->targets->pdata[i];
}

/* --- the head ------------------------------------------------------------ */

static void
append_windows (GString *text, const TuneSearchReport *self)
{
  gdouble seconds = 0;
  gdouble whole = (gdouble) self->clip->duration_ns / 1e9;
  const TunePart *first = &g_array_index (self->parts, TunePart, 0);

  if (first->window.stop_ns == G_MAXINT64) {
    g_string_append (text, "   whole");
    return;
  }
  for (guint i = 0; i < self->parts->len; i++) {
    const TuneWindow *window = &g_array_index (self->parts, TunePart, i).window;

    seconds += (gdouble) (window->stop_ns - window->start_ns) / 1e9;
  }
  g_string_append_printf (text, "   windows %u x %.9g s (%.1f %%)",
      self->parts->len, seconds / self->parts->len, 100 * seconds / whole);
  if (self->scout_seconds > 0) {
    g_autofree gchar *clock = tune_quantity_clock (self->scout_seconds);

    g_string_append_printf (text, "   scout %s", clock);
  }
}

static void
append_targets (GString *text, const TuneSearchReport *self)
{
  g_string_append (text, "target    ");
  for (guint i = 0; i < self->seek->targets->len; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? ", " : "", target_at (self, i)->text);
  if (self->seek->max_rate > 0)
    g_string_append_printf (text, "%s%.9g kbit/s at most",
        self->seek->targets->len > 0 ? ", " : "", self->seek->max_rate);
  g_string_append_printf (text, "   metric %s   %s\n", self->seek->metric->name,
      self->seek->encoding->label);
}

static void
append_known (GString *text, const TuneSearchReport *self)
{
  if (self->seek->trials->len > 0)
    g_string_append_printf (text,
        "known     %u values are in the database; those nearest to the "
        "target:\n",
        self->seek->trials->len);
}

/* Without verification the end of the interval is what counts. */
static gchar *
name_column (const TuneSearchReport *self, guint i)
{
  gboolean similarity =
      (self->seek->metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
  const gchar *bound = "";

  if (self->seek->cautious && self->parts->len > 1)
    bound = similarity ? "low " : "high ";
  return g_strconcat (bound, target_at (self, i)->statistic->name, NULL);
}

gboolean
tune_search_report_begin (TuneSearchReport *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *clock =
      tune_quantity_clock ((gdouble) self->clip->duration_ns / 1e9);

  g_string_append_printf (text, "source    %s", self->clip->label);
  if (self->clip->duration_ns > 0)
    g_string_append_printf (text, "   %s", clock);
  append_windows (text, self);
  g_string_append_c (text, '\n');
  append_targets (text, self);
  append_known (text, self);
  g_string_append_printf (text, "  %8s %9s", "value", "kbit/s");
  for (guint i = 0; i < self->seek->targets->len; i++) {
    g_autofree gchar *name = name_column (self, i);

    g_string_append_printf (text, " %*s", STATISTIC_WIDTH, name);
  }
  g_string_append_printf (text, "  %6s %8s\n", "", "time");
  return print (self, text, error) && tune_search_report_trials (self, error);
}

/* --- rows ---------------------------------------------------------------- */

/* @shift: by how much the whole clip is above what was measured. */
static const gchar *
judge (const TuneSearchReport *self, const TuneTrial *trial, gdouble shift)
{
  if (trial->excess + shift <= 0)
    return "meets";
  if (self->seek->targets->len > 0
      && (self->seek->metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0)
    return "below";
  return "above";
}

static void
append_row (GString *text, const TuneSearchReport *self, const gchar *head,
    const TuneTrial *trial, gdouble shift)
{
  g_autofree gchar *value = tune_encoding_format (trial->value);
  gdouble seconds = trial->sample->encode_seconds;
  g_autofree gchar *clock = seconds < 9.95 ? g_strdup_printf ("%.1f s", seconds)
                                           : tune_quantity_clock (seconds);

  g_string_append_printf (text, "%s %*s %9.*f", head, (int) (9 - strlen (head)),
      value, trial->sample->rate < 100 ? 1 : 0, trial->sample->rate);
  for (guint i = 0; i < self->seek->targets->len; i++)
    g_string_append_printf (
        text, " %*.*g", STATISTIC_WIDTH, 5, trial->statistics[i]);
  g_string_append_printf (text, "  %-6s %8s", judge (self, trial, shift),
      trial->sample->known ? "stored" : clock);
}

static gint
by_excess (gconstpointer a, gconstpointer b)
{
  gdouble one = fabs ((*(const TuneTrial *const *) a)->excess);
  gdouble other = fabs ((*(const TuneTrial *const *) b)->excess);

  return (one > other) - (one < other);
}

static gint
by_place (gconstpointer a, gconstpointer b)
{
  guint one = (*(const TuneTrial *const *) a)->at;
  guint other = (*(const TuneTrial *const *) b)->at;

  return (one > other) - (one < other);
}

gboolean
tune_search_report_trials (TuneSearchReport *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  for (; self->shown < self->seek->trials->len; self->shown++)
    g_ptr_array_add (rows, self->seek->trials->pdata[self->shown]);
  g_ptr_array_sort (rows, by_excess);
  for (guint i = MOST_KNOWN; i < rows->len;) {
    const TuneTrial *trial = rows->pdata[i];

    if (trial->sample->known)
      g_ptr_array_remove_index (rows, i);
    else
      i++;
  }
  g_ptr_array_sort (rows, by_place);
  for (guint i = 0; i < rows->len; i++) {
    append_row (text, self, "", rows->pdata[i], self->seek->shift);
    g_string_append_c (text, '\n');
  }
  return print (self, text, error);
}

gboolean
tune_search_report_verified (
    TuneSearchReport *self, const TuneTrial *trial, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_row (text, self, "verify", trial, 0);
  if (self->output != NULL) {
    g_autofree gchar *name = printable_text (self->output);

    g_string_append_printf (text, "   written to %s", name);
  }
  g_string_append_c (text, '\n');
  return print (self, text, error);
}

gboolean
tune_search_report_shift (TuneSearchReport *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text,
      "shift     the whole clip has %.3g times the windows' distance, by which "
      "all are corrected\n",
      exp (self->seek->shift));
  return print (self, text, error);
}

/* --- the end ------------------------------------------------------------- */

static void
append_statistics (
    GString *text, const TuneSearchReport *self, const TuneTrial *trial)
{
  for (guint i = 0; i < self->seek->targets->len; i++)
    g_string_append_printf (text, ", %s %.5g",
        target_at (self, i)->statistic->name, trial->statistics[i]);
}

gchar *
tune_search_report_line (const TuneSearchReport *self)
{
  const TuneEncoding *encoding = self->seek->encoding;
  gdouble value = tune_seek_answer (self->seek)->value;
  g_autoptr (TuneCandidate) candidate =
      tune_encoding_candidate (encoding, value);
  g_autofree gchar *before =
      tune_given_conversion (candidate, self->clip->format);
  g_autofree gchar *line = tune_encoding_describe (encoding, value);

  return g_strconcat (before, line, NULL);
}

static void
append_answer (GString *text, const TuneSearchReport *self, const gchar *gap)
{
  const TuneTrial *answer = tune_seek_answer (self->seek);
  g_autofree gchar *line = tune_search_report_line (self);
  const TuneTrial *next = tune_seek_next (self->seek, answer);
  const TuneTrial *shown = self->verified != NULL ? self->verified : answer;

  g_string_append_printf (
      text, "%s%s%.0f kbit/s", line, gap, shown->sample->rate);
  append_statistics (text, self, shown);
  if (next != NULL) {
    g_autofree gchar *value = tune_encoding_format (next->value);

    g_string_append_printf (text, " (next value%s: %s, %.0f kbit/s",
        next->sample->spans->len > 1 ? ", on the windows" : "", value,
        next->sample->rate);
    append_statistics (text, self, next);
    g_string_append_c (text, ')');
  }
}

static void
append_miss (GString *text, const TuneSearchReport *self)
{
  const TuneTrial *answer = tune_seek_answer (self->seek);
  const TuneTrial *closest =
      self->verified != NULL ? self->verified : tune_seek_closest (self->seek);

  /* What is asked of distance and rate cannot be had together. */
  if (answer != NULL && (self->verified == NULL || closest->meets)) {
    closest = self->verified != NULL ? closest : answer;
    g_string_append_printf (text,
        "none: the smallest rate that meets the target is %.0f kbit/s, at %.9g",
        closest->sample->rate, closest->value);
    append_statistics (text, self, closest);
    return;
  }
  if (closest == NULL) {
    g_string_append (
        text, "none: the time was up before anything was measured");
    return;
  }
  g_string_append_printf (text, "none%s; the closest is %.9g: %.0f kbit/s",
      self->seek->late ? " yet: the time was up"
                       : ": no value meets the target",
      closest->value, closest->sample->rate);
  append_statistics (text, self, closest);
}

/* @gap: between the encoder and its rate. */
static gchar *
describe_answer (const TuneSearchReport *self, const gchar *gap)
{
  GString *text = g_string_new (NULL);

  if (self->met && tune_seek_answer (self->seek) != NULL)
    append_answer (text, self, gap);
  else
    append_miss (text, self);
  return g_string_free (text, FALSE);
}

/* What is not known of the answer. */
static void
append_proof (GString *text, const TuneSearchReport *self)
{
  if (!self->met)
    return;
  if (strcmp (self->proof, "predicted") == 0)
    g_string_append (text,
        "          that no coarser value meets is predicted, "
        "not measured\n");
  else if (strcmp (self->proof, "none") == 0)
    g_string_append (
        text, "          a coarser value may meet too: the time was up\n");
}

/* --report */
static gboolean
write_page (TuneSearchReport *self, GString *text, GError **error)
{
  const gchar *path = self->session->options.report;
  g_autofree gchar *answer = describe_answer (self, ": ");
  g_autofree gchar *name = NULL;
  g_autofree gchar *bytes = NULL;
  gsize size;

  if (path == NULL || self->seek->trials->len == 0)
    return TRUE;
  if (!tune_search_write_page (self, path, answer, &size, error))
    return FALSE;
  name = printable_text (path);
  bytes = tune_quantity_bytes (size);
  g_string_append_printf (text, "report    %s (%s)\n", name, bytes);
  return TRUE;
}

/* Whether every coarser value came out better: then --value begins with the
 * coarsest one. */
static gboolean
is_backwards (const GPtrArray *trials)
{
  for (guint i = 0; i < trials->len; i++) {
    for (guint j = 0; j < trials->len; j++) {
      const TuneTrial *one = trials->pdata[i];
      const TuneTrial *other = trials->pdata[j];

      if (one->at < other->at && one->excess <= other->excess)
        return FALSE;
    }
  }
  return trials->len > 2;
}

static void
append_unevenness (GString *text, const TuneSearchReport *self)
{
  if (!self->seek->verdict.uneven)
    return;
  g_string_append (text,
      is_backwards (self->seek->trials)
          ? "uneven    every coarser value came out better: the finest one "
            "comes first in\n          --value\n"
          : "uneven    a coarser value came out better than a finer one; the "
            "values next to the\n          answer were measured too\n");
}

/* The result is printed also where the page cannot be written. */
gboolean
tune_search_report_end (TuneSearchReport *self, GError **error)
{
  g_autofree gchar *json =
      is_json (self) ? tune_search_write_json (self) : NULL;
  g_autofree gchar *answer = describe_answer (self, "   ");
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean ok;

  append_unevenness (text, self);
  g_string_append_printf (text, "answer    %s\n", answer);
  append_proof (text, self);
  ok = write_page (self, text, error);
  return console_print (&self->session->console,
             json != NULL ? json : text->str, ok ? error : NULL)
      && ok;
}
