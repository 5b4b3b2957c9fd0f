/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes JUnit's XML as far as CI systems agree about it.
 */
#include "compare/report/junit.h"

#include "console/printable.h"
#include "measure/written.h"

static gboolean
has_failed (const MeasureResult *result)
{
  return result->error != NULL || result->incomplete || result->summary == NULL;
}

/* XML 1.0 has no place for control characters, not even escaped. */
static gchar *
escape (const gchar *text)
{
  g_autofree gchar *shown = printable_text (text);

  return g_markup_escape_text (shown, -1);
}

static void
append_error (GString *text, const MeasureResult *result)
{
  g_autofree gchar *file = escape (result->distorted->label);
  g_autofree gchar *why =
      escape (result->error != NULL ? result->error
                                    : "the measurement stopped before the end");

  g_string_append_printf (text,
      "  <testcase classname=\"%s\" name=\"measured\">\n"
      "    <error message=\"%s\"/>\n"
      "  </testcase>\n",
      file, why);
}

static void
append_check (
    GString *text, const CompareCheck *check, const MeasureResult *result)
{
  g_autofree gchar *condition = compare_check_condition (check);
  g_autofree gchar *description = compare_check_describe (check);
  g_autofree gchar *file = escape (result->distorted->label);
  g_autofree gchar *name = escape (condition);
  g_autofree gchar *message = escape (description);

  g_string_append_printf (
      text, "  <testcase classname=\"%s\" name=\"%s\"", file, name);
  if (check->failed)
    g_string_append_printf (text,
        ">\n    <failure message=\"%s\">%s: %s</failure>\n  </testcase>\n",
        message, file, message);
  else
    g_string_append (text, "/>\n");
}

static void
append_measured (GString *text, const MeasureResult *result)
{
  g_autofree gchar *file = escape (result->distorted->label);

  g_string_append_printf (
      text, "  <testcase classname=\"%s\" name=\"measured\"/>\n", file);
}

gboolean
compare_junit_write (const gchar *path, const GPtrArray *results,
    const GPtrArray *checks, GError **error)
{
  g_autoptr (GString) cases = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  guint errors = 0, tests = 0;

  for (guint file = 0; file < results->len; file++) {
    const MeasureResult *result = results->pdata[file];
    guint own = 0;

    for (guint i = 0; i < checks->len; i++) {
      const CompareCheck *check = checks->pdata[i];

      if (check->file != file)
        continue;
      append_check (cases, check, result);
      own++;
    }
    if (own == 0 && has_failed (result)) {
      append_error (cases, result);
      errors++;
    } else if (own == 0) {
      append_measured (cases, result);
    }
    tests += MAX (own, 1);
  }
  g_string_append_printf (text,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"perceptual-compare\" tests=\"%u\" failures=\"%u\" "
      "errors=\"%u\">\n%s</testsuite>\n",
      tests, compare_checks_count_failed (checks), errors, cases->str);
  return measure_written_put (path, "--junit", text->str, text->len, error);
}
