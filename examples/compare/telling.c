/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the program tells when all is measured: report, limits, files.
 */
#include "compare/session.h"

#include "compare/group.h"
#include "compare/report/charts.h"
#include "compare/report/failed.h"
#include "compare/report/page.h"
#include "compare/report/table.h"
#include "console/printable.h"

#include <string.h>

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

/* --- page and chart of each reference ------------------------------------ */

/* @options: with the names of this one's files
 * @inputs: (element-type MeasureInput): the reference first */
typedef struct
{
  CompareOptions options;
  GPtrArray *inputs;
  GPtrArray *results;
  GPtrArray *remarks;
  CompareCourse *course;
} Part;

/* Whether @remark, of which the kind comes first, is about one of @inputs. */
static gboolean
is_about (const gchar *remark, const GPtrArray *inputs)
{
  const gchar *text = strstr (remark, ": ");

  for (guint i = 0; text != NULL && i < inputs->len; i++) {
    const MeasureInput *input = inputs->pdata[i];
    g_autofree gchar *begin = g_strdup_printf (": %s: ", input->label);

    if (g_str_has_prefix (text, begin))
      return TRUE;
  }
  return FALSE;
}

/* What was said of other files does not belong on the page. */
static GPtrArray *
choose_remarks (const Session *session, const GPtrArray *inputs)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < session->remarks->len; i++) {
    gchar *remark = session->remarks->pdata[i];

    if (is_about (remark, inputs) || !is_about (remark, session->inputs))
      g_ptr_array_add (chosen, remark);
  }
  return chosen;
}

/* @numbers: of the pairs, from 1; @number: of their reference */
static void
part_init (
    Part *self, const Session *session, const GArray *numbers, guint number)
{
  guint first = g_array_index (numbers, guint, 0) - 1;
  g_autoptr (GPtrArray) distorted =
      compare_group_choose (session->distorted, numbers);

  /* What else there is to be compared is not on this page. */
  self->options = session->options;
  self->options.pairs.several = FALSE;
  self->options.report = compare_options_report (&session->options, number);
  self->options.plot = compare_options_plot (&session->options, number);
  self->inputs = g_ptr_array_new ();
  g_ptr_array_add (self->inputs, session->references->pdata[first]);
  for (guint i = 0; i < distorted->len; i++)
    g_ptr_array_add (self->inputs, distorted->pdata[i]);
  self->results = compare_group_choose (session->results, numbers);
  self->remarks = choose_remarks (session, self->inputs);
  self->course = compare_course_choose (session->course, numbers);
}

static void
part_clear (Part *self)
{
  g_free (self->options.report);
  g_free (self->options.plot);
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->results);
  g_ptr_array_unref (self->remarks);
  compare_course_free (self->course);
}

/* Returns: (transfer full) (nullable): a line that says what was written; NULL
 * with @error set */
static gchar *
write_plot (const CompareContent *content, GError **error)
{
  g_autofree gchar *name = printable_text (content->options->plot);

  if (!compare_charts_write_time (content, content->options->plot, error))
    return NULL;
  return g_strdup_printf ("%-10s  %s\n", "plot", name);
}

/* Writes what is wanted of one reference.  Returns: FALSE where it could not be
 * written, which was said. */
static gboolean
write_part (Session *session, const Part *part)
{
  static gchar *(*const writers[]) (const CompareContent *,
      GError **) = { write_plot, compare_report_page_write };
  const CompareContent content = {
    .options = &part->options,
    .inputs = part->inputs,
    .results = part->results,
    .course = part->course,
    .remarks = part->remarks,
    .remote = session->remote,
    .interrupted = &session->interrupted,
  };
  const gchar *const wanted[] = { part->options.plot, part->options.report };
  gboolean whole = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (writers); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree gchar *line =
        wanted[i] != NULL ? writers[i](&content, &error) : NULL;

    if (error != NULL)
      console_say (&session->console, "%s", error->message);
    whole &= error == NULL
        && (line == NULL || !tells_files (session)
            || session_print (session, line));
  }
  return whole;
}

/* A page and a chart are about one reference each. */
static gboolean
write_parts (Session *session)
{
  g_autoptr (GPtrArray) groups = compare_group_all (session->references);
  gboolean whole = TRUE;

  if (session->options.report == NULL && session->options.plot == NULL)
    return TRUE;
  for (guint i = 0; i < groups->len; i++) {
    Part part;

    part_init (&part, session, groups->pdata[i], i + 1);
    if (compare_is_measured (part.results))
      whole &= write_part (session, &part);
    part_clear (&part);
  }
  return whole;
}

gboolean
session_tell (Session *session)
{
  gboolean judged = judge (session);
  gboolean drawn = write_worst (session);
  g_autofree gchar *lines = NULL;

  gboolean told = report (session);
  gboolean written;

  /* A reader of standard output who has gone keeps no file from being
   * written. */
  if (told && session->worst != NULL && tells_files (session)) {
    lines = compare_worst_describe (session->worst, session->results);
    told = session_print (session, lines);
  }
  written = write_parts (session);
  return told && written && judged && drawn;
}
