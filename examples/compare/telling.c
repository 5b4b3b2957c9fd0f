/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the program tells when all is measured: report, limits, files.
 */
#include "compare/session.h"

#include "compare/report/charts.h"
#include "compare/report/failed.h"
#include "compare/report/page.h"
#include "compare/report/table.h"
#include "console/printable.h"

gboolean
session_print (Session *session, const gchar *text)
{
  g_autoptr (GError) error = NULL;

  if (console_print (&session->console, text, &error))
    return TRUE;
  console_say (&session->console, "%s", error->message);
  return FALSE;
}

static void
add_to_json (JsonBuilder *builder, gpointer user)
{
  const Session *session = user;

  if (compare_gates_exist (&session->options.gates))
    compare_report_add_failed (
        builder, session->verdict.checks, session->results);
  if (session->worst != NULL)
    compare_worst_add_json (builder, session->worst, session->results);
}

static gboolean
report (Session *session)
{
  const CompareOptions *options = &session->options;
  const MeasureInput *reference = session->references->pdata[0];
  g_autofree gchar *text = NULL;

  if (g_strcmp0 (options->log, "-") == 0)
    return TRUE;
  if (options->format == COMPARE_FORMAT_JSON)
    text = compare_report_json (
        options, reference, session->results, add_to_json, session);
  else if (options->format == COMPARE_FORMAT_MARKDOWN)
    text = compare_report_markdown (
        options, session->results, session->verdict.checks);
  else if (options->format == COMPARE_FORMAT_CSV)
    text = compare_report_csv (options, session->results);
  else if (options->quiet)
    text = compare_report_numbers (session->results);
  else
    text = compare_report_text (options, reference, session->results);
  return session_print (session, text);
}

/* Says which limits are not met.  Returns: FALSE where that could not be found
 * out, which was said. */
static gboolean
judge (Session *session)
{
  g_autoptr (GError) error = NULL;

  if (!compare_verdict_reach (
          &session->verdict, &session->options, session->results, &error)) {
    console_say (&session->console, "%s", error->message);
    return FALSE;
  }
  for (guint i = 0; i < session->verdict.checks->len; i++) {
    const CompareCheck *check = session->verdict.checks->pdata[i];
    const MeasureResult *result = session->results->pdata[check->file];
    g_autofree gchar *words = compare_check_describe (check);

    if (check->failed)
      console_say (
          &session->console, "failed: %s: %s", result->distorted->label, words);
  }
  return TRUE;
}

/* Whether lines about files that were written go to standard output. */
static gboolean
tells_files (const Session *session)
{
  return session->options.format == COMPARE_FORMAT_TEXT
      && !session->options.quiet && g_strcmp0 (session->options.log, "-") != 0;
}

/* Writes pictures of the worst pairs, if they are wanted.  Returns: FALSE where
 * one is missing, which was said. */
static gboolean
write_worst (Session *session)
{
  gboolean whole = TRUE;

  if (session->options.worst_dir == NULL
      || !compare_is_measured (session->results))
    return TRUE;
  session->worst = compare_worst_write (&session->options, session->results,
      session->course, session->remote, &session->interrupted);
  for (guint i = 0; i < session->worst->len; i++) {
    const CompareWorst *worst = session->worst->pdata[i];
    const MeasureResult *result = session->results->pdata[worst->file];

    if (worst->problem == NULL)
      continue;
    console_say (&session->console,
        "%s: no picture of pair %u of the worst: %s", result->distorted->label,
        worst->rank, worst->problem);
    whole = FALSE;
  }
  return whole;
}

static CompareContent
content_of (Session *session)
{
  return (CompareContent){
    .options = &session->options,
    .inputs = session->inputs,
    .results = session->results,
    .course = session->course,
    .remarks = session->remarks,
    .remote = session->remote,
    .interrupted = &session->interrupted,
  };
}

/* Writes the page of what was measured, if one is wanted.  Returns: FALSE where
 * it could not be written, which was said. */
static gboolean
write_page (Session *session)
{
  CompareContent content = content_of (session);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *line = NULL;

  if (session->options.report == NULL
      || !compare_is_measured (session->results))
    return TRUE;
  line = compare_report_page_write (&content, &error);
  if (line == NULL) {
    console_say (&session->console, "%s", error->message);
    return FALSE;
  }
  return !tells_files (session) || session_print (session, line);
}

/* The same of the chart. */
static gboolean
write_plot (Session *session)
{
  const gchar *path = session->options.plot;
  CompareContent content = content_of (session);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *name = NULL, *line = NULL;

  if (path == NULL || !compare_is_measured (session->results))
    return TRUE;
  if (!compare_charts_write_time (&content, path, &error)) {
    console_say (&session->console, "%s", error->message);
    return FALSE;
  }
  name = printable_text (path);
  line = g_strdup_printf ("%-10s  %s\n", "plot", name);
  return !tells_files (session) || session_print (session, line);
}

gboolean
session_tell (Session *session)
{
  gboolean judged = judge (session);
  gboolean drawn = write_worst (session);
  g_autofree gchar *lines = NULL;

  gboolean told = report (session);
  gboolean plotted, paged;

  /* A reader of standard output who has gone keeps no file from being
   * written. */
  if (told && session->worst != NULL && tells_files (session)) {
    lines = compare_worst_describe (session->worst, session->results);
    told = session_print (session, lines);
  }
  plotted = write_plot (session);
  paged = write_page (session);
  return told && plotted && paged && judged && drawn;
}
