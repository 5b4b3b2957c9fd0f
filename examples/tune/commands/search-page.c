/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts what a search found into the report of a tuning loop.
 */
#include "tune/commands/search-page.h"

#include "tune/clip-parts.h"
#include "tune/commands/search-json.h"
#include "tune/report/rd-page.h"

#include <math.h>
#include <string.h>

/**
 * Draft:
 * @report: what was found
 * @used: (element-type TuneStatistic): those that are drawn
 * @statistics: the same for the page
 * @targets: of all statistics, one after the other
 * @points: of the curve, and texts and values that they point to
 * @names: of the facts
 * @facts: their values
 */
typedef struct
{
  const TuneSearchReport *report;
  GPtrArray *used;
  GArray *statistics;
  GArray *targets;
  GArray *points;
  GPtrArray *texts;
  GPtrArray *names;
  GPtrArray *facts;
} Draft;

static void
init (Draft *self, const TuneSearchReport *report)
{
  *self = (Draft){
    .report = report,
    .used = g_ptr_array_new (),
    .statistics = g_array_new (FALSE, FALSE, sizeof (TuneRdStatistic)),
    /* It does not move while it is pointed into. */
    .targets = g_array_sized_new (
        FALSE, FALSE, sizeof (TuneRdTarget), report->seek->targets->len),
    .points = g_array_new (FALSE, FALSE, sizeof (TuneRdPoint)),
    .texts = g_ptr_array_new_with_free_func (g_free),
    .names = g_ptr_array_new (),
    .facts = g_ptr_array_new (),
  };
}

static void
clear (Draft *self)
{
  g_ptr_array_unref (self->used);
  g_array_unref (self->statistics);
  g_array_unref (self->targets);
  g_array_unref (self->points);
  g_ptr_array_unref (self->texts);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->facts);
}

/* Returns: @text, which the draft keeps. */
static gpointer
keep (Draft *self, gpointer text)
{
  g_ptr_array_add (self->texts, text);
  return text;
}

static gboolean
is_similarity (const TuneSearchReport *report)
{
  return (report->seek->metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
}

/* --- statistics ---------------------------------------------------------- */

/* Those of the targets, each once; the mean where there is none. */
static void
find_used (Draft *self)
{
  const GPtrArray *targets = self->report->seek->targets;

  for (guint i = 0; i < targets->len; i++) {
    const TuneTarget *target = targets->pdata[i];

    if (!g_ptr_array_find (self->used, target->statistic, NULL))
      g_ptr_array_add (self->used, (gpointer) target->statistic);
  }
  if (self->used->len == 0)
    g_ptr_array_add (self->used, (gpointer) &tune_statistics[0]);
}

static void
add_statistics (Draft *self)
{
  const GPtrArray *targets = self->report->seek->targets;

  find_used (self);
  for (guint i = 0; i < self->used->len; i++) {
    const TuneStatistic *used = self->used->pdata[i];
    TuneRdStatistic statistic = { .name = used->name };
    guint first = self->targets->len;

    for (guint j = 0; j < targets->len; j++) {
      const TuneTarget *target = targets->pdata[j];
      TuneRdTarget drawn = { target->text, target->bound };

      if (target->statistic == used)
        g_array_append_val (self->targets, drawn);
    }
    statistic.n_targets = self->targets->len - first;
    statistic.targets = &g_array_index (self->targets, TuneRdTarget, first);
    g_array_append_val (self->statistics, statistic);
  }
}

/* --- points -------------------------------------------------------------- */

static void
add_point (
    Draft *self, const TuneTrial *trial, gboolean answer, const gchar *note)
{
  gdouble *values = keep (self, g_new0 (gdouble, self->used->len));
  TuneRdPoint point = {
    .rate = trial->sample->rate,
    .values = values,
    .setting = keep (self, tune_encoding_format (trial->value)),
    .answer = answer,
    .note = note,
  };

  for (guint i = 0; i < self->used->len; i++)
    values[i] = tune_statistic_of (
        self->used->pdata[i], trial->sample, is_similarity (self->report));
  g_array_append_val (self->points, point);
}

static void
add_points (Draft *self)
{
  const TuneSearchReport *report = self->report;
  const TuneTrial *answer =
      report->met ? tune_seek_answer (report->seek) : NULL;
  /* Without windows it is the same encode. */
  gboolean verified =
      report->verified != NULL && !tune_clip_parts_are_whole (report->parts);

  for (guint i = 0; i < report->seek->trials->len; i++) {
    const TuneTrial *trial = report->seek->trials->pdata[i];

    add_point (self, trial, trial == answer && !verified,
        trial->meets ? "meets" : NULL);
  }
  if (verified)
    add_point (self, report->verified, report->met, "whole clip");
}

/* --- facts --------------------------------------------------------------- */

static void
add_fact (Draft *self, const gchar *name, gchar *value)
{
  g_ptr_array_add (self->names, (gpointer) name);
  g_ptr_array_add (self->facts, keep (self, value));
}

static void
add_facts (Draft *self)
{
  const TuneSearchReport *report = self->report;
  const TuneMetric metric =
      tune_identity_metric (report->seek->campaign->identity);
  GString *targets = g_string_new (NULL);

  for (guint i = 0; i < report->seek->targets->len; i++)
    g_string_append_printf (targets, "%s%s", i > 0 ? ", " : "",
        ((const TuneTarget *) report->seek->targets->pdata[i])->text);
  add_fact (self, "source", g_strdup (report->clip->label));
  add_fact (self, "sha256", g_strdup (report->clip->sha256));
  add_fact (self, "encoder", g_strdup (report->seek->encoding->label));
  add_fact (self, "metric", g_strdup (report->seek->metric->name));
  add_fact (self, "target", g_string_free (targets, FALSE));
  if (report->seek->max_rate > 0)
    add_fact (self, "at most",
        g_strdup_printf ("%.9g kbit/s", report->seek->max_rate));
  if (strcmp (metric.options, "{}") != 0)
    add_fact (self, "options", g_strdup (metric.options));
  if (metric.weights_sha256 != NULL)
    add_fact (self, "weights", g_strdup (metric.weights_sha256));
  add_fact (
      self, "rates", g_strdup ("of the encoded stream, without its container"));
}

/* --- the page ------------------------------------------------------------ */

gboolean
tune_search_write_page (const TuneSearchReport *report, const gchar *path,
    const gchar *answer, gsize *size, GError **error)
{
  g_autofree gchar *json = tune_search_write_json (report);
  g_autofree gchar *title = g_path_get_basename (report->clip->label);
  g_autoptr (Page) page = NULL;
  Draft draft;

  init (&draft, report);
  add_statistics (&draft);
  add_points (&draft);
  add_facts (&draft);
  page = tune_rd_page (
      &(TuneRdReport){
          .title = title,
          .answer = answer,
          .metric = report->seek->metric->name,
          .similarity = is_similarity (report),
          .fact_names = (const gchar *const *) draft.names->pdata,
          .fact_values = (const gchar *const *) draft.facts->pdata,
          .n_facts = draft.names->len,
          .statistics =
              (const TuneRdStatistic *) (void *) draft.statistics->data,
          .n_statistics = draft.statistics->len,
          .curves =
              &(TuneRdCurve){
                  .label = report->seek->encoding->label,
                  .points = (const TuneRdPoint *) (void *) draft.points->data,
                  .n = draft.points->len,
              },
          .n_curves = 1,
          .json = json,
      },
      error);
  clear (&draft);
  return page != NULL && page_write (page, path, size, error);
}
