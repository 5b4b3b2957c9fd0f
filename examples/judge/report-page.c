/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts about a run, its table and its charts on one page.
 */
#include "judge/report-page.h"

#include "judge/interrupt.h"

#include "console/program-error.h"

#include <glib/gstdio.h>
#include <unistd.h>

gboolean
judge_report_check_file (const gchar *path, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  const gchar *problem = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    problem = "there is no such folder";
  else if (g_file_test (path, G_FILE_TEST_IS_DIR))
    problem = "it is a folder";
  else if (g_access (folder, W_OK | X_OK) != 0)
    problem = "nothing can be written into its folder";
  return problem == NULL
      || program_fail (error, path, "cannot be written: %s", problem);
}

/* --- facts --------------------------------------------------------------- */

/* Names and values, each with as many as the other. */
typedef struct
{
  GPtrArray *names;
  GPtrArray *values;
} Facts;

/* Takes @value. */
static void
add_fact (Facts *self, const gchar *name, gchar *value)
{
  g_ptr_array_add (self->names, (gpointer) name);
  g_ptr_array_add (self->values, value);
}

static gchar *
describe_metric (const JudgeMetric *metric)
{
  const PerceptualWeightsInfo *weights =
      perceptual_metric_get_weights (metric->metric);

  if (weights == NULL || weights->sha256 == NULL)
    return g_strdup (metric->label);
  return g_strdup_printf ("%s, weights %s, SHA-256 %s, computed in %s",
      metric->label, weights->name, weights->sha256,
      perceptual_metric_get_arithmetic (metric->metric));
}

static void
collect_facts (Facts *self, const JudgeSession *session)
{
  const JudgeOptions *options = &session->options;
  guint n = session->metrics == NULL ? 0 : session->metrics->metrics->len;

  add_fact (self, "command", g_strdup (options->line));
  for (guint i = 0; i < n; i++)
    add_fact (self, "metric",
        describe_metric (judge_metric_list_get (session->metrics, i)));
  if (session->command->offers & JUDGE_OFFERS_BOOTSTRAP)
    add_fact (self, "intervals",
        options->bootstrap == 0
            ? g_strdup ("none")
            : g_strdup_printf ("95 %%, of %d resamples, seed %" G_GINT64_FORMAT,
                options->bootstrap, options->seed));
  add_fact (self, "version",
      g_strdup_printf ("gst-perceptual %s", perceptual_version ()));
}

/* --- the page ------------------------------------------------------------ */

void
judge_report_page_begin (JudgeSession *session)
{
  g_autofree gchar *title = NULL;
  Facts facts;

  if (session->options.report == NULL)
    return;
  title = g_strdup_printf ("perceptual-judge %s: %s", session->command->name,
      session->command->blurb);
  facts.names = g_ptr_array_new ();
  facts.values = g_ptr_array_new_with_free_func (g_free);
  collect_facts (&facts, session);
  session->page = page_new (title);
  page_add_facts (session->page, (const gchar *const *) facts.names->pdata,
      (const gchar *const *) facts.values->pdata, facts.names->len);
  g_ptr_array_unref (facts.names);
  g_ptr_array_unref (facts.values);
}

void
judge_report_page_add_table (
    JudgeSession *session, const Table *table, const gchar *json)
{
  g_autofree gchar *text = NULL;

  if (session->page == NULL)
    return;
  session->result = page_new ("");
  if (judge_interrupted (session))
    page_add_text (session->result,
        "It was interrupted; this is what was measured until then.");
  page_add_heading (session->result, "Result");
  page_add_table (session->result, table);
  /* The names of files that were left out are in the text alone. */
  text = table_format_text (table);
  page_add_details (session->result, "The same as text, with all lists", text);
  page_add_json (session->result, "data", json);
}

gboolean
judge_report_page_end (JudgeSession *session, GError **error)
{
  if (session->result == NULL)
    return TRUE;
  page_append (session->page, session->result);
  return page_write (session->page, session->options.report, NULL, error);
}

gboolean
judge_report_wants_chart (const JudgeSession *session, const gchar *path)
{
  return path != NULL || session->page != NULL;
}

gboolean
judge_report_chart (JudgeSession *session, const Chart *chart,
    const gchar *path, GError **error)
{
  if (path != NULL && !chart_write (chart, path, error))
    return FALSE;
  return session->page == NULL
      || page_add_chart (session->page, NULL, chart, error);
}
