/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads limits from the command line.  What they are about is looked up later,
 * when all metrics are known (gates/checks.h).
 */
#include "compare/gates/gates.h"

#include "compare/options/options.h"
#include "compare/report/report.h"
#include "measure/value.h"

#include <math.h>
#include <string.h>

#define ABOVE "--fail-above"
#define TOLERANCE .01

static void
free_gate (gpointer data)
{
  CompareGate *gate = data;

  g_free (gate->metric);
  g_free (gate->statistic);
  g_free (gate->text);
  g_free (gate);
}

/* --- conditions ---------------------------------------------------------- */

static gboolean
refuse (const gchar *option, const gchar *text, GError **error)
{
  gboolean above = strcmp (option, ABOVE) == 0;

  return measure_value_refuse (text, option + strlen ("--"),
      above ? "a distance of 0 or more for the mean, or a condition to be met, "
              "such as p95<0.02 or lpips.max<=0.4"
            : "a number for the mean, or a condition to be met, such as "
              "psnr.p5>32 or ssim.min>=0.9",
      error);
}

static gboolean
read_limit (const gchar *text, gdouble *limit)
{
  gchar *end = NULL;

  *limit = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*limit);
}

/* Returns: (transfer none) (nullable): the statistic of this name; the row of
 * the report has a shorter one. */
static const gchar *
find_statistic (const gchar *name)
{
  if (strcmp (name, "harmonic") == 0)
    return "harmonic_mean";
  return g_strv_contains (compare_statistics, name) ? name : NULL;
}

/* "psnr.p5" is of psnr; "p5" is of the metric; "psnr" is the mean of psnr.
 * Names of metrics may hold dots: lpips:heads=0.1. */
static void
read_subject (CompareGate *gate, const gchar *subject)
{
  const gchar *dot = strrchr (subject, '.');
  const gchar *last = dot != NULL ? find_statistic (dot + 1) : NULL;

  if (find_statistic (subject) != NULL) {
    gate->statistic = g_strdup (find_statistic (subject));
  } else if (last != NULL) {
    gate->metric = g_strndup (subject, (gsize) (dot - subject));
    gate->statistic = g_strdup (last);
  } else {
    gate->metric = g_strdup (subject);
    gate->statistic = g_strdup ("mean");
  }
}

static gboolean
check_subject (const CompareGate *gate, const gchar *option, GError **error)
{
  g_autofree gchar *names = NULL;

  if (gate->metric == NULL
      || perceptual_specification_parse (gate->metric, NULL, NULL) != NULL)
    return TRUE;
  names = g_strjoinv (", ", (gchar **) compare_statistics);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "%s %s: \"%s\" is neither a statistic nor a metric; write STATISTIC, "
      "METRIC.STATISTIC or METRIC; the statistics: %s; the metrics are listed "
      "by --list-metrics",
      option, gate->text, gate->metric, names);
  return FALSE;
}

/* Who writes the condition of the failure in place of the one to be met. */
static gboolean
check_sign (const gchar *option, const gchar *text, gchar sign, GError **error)
{
  gboolean above = strcmp (option, ABOVE) == 0;
  gchar right = above ? '<' : '>';

  if (sign == right)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "%s %s is the wrong way round: it fails %s the limit, so the condition "
      "to be met is written with %c; %s takes one with %c",
      option, text, above ? "above" : "below", right,
      above ? "--fail-below" : ABOVE, sign);
  return FALSE;
}

/* @text: "0.02", "p95<0.02", "psnr.p5 >= 32" */
static CompareGate *
parse (const gchar *option, const gchar *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autofree gchar *tight = g_strjoinv ("", words);
  gsize at = strcspn (tight, "<>");
  gboolean sign = tight[at] != '\0', equal = sign && tight[at + 1] == '=';
  g_autofree gchar *subject = g_strndup (tight, sign ? at : 0);
  gdouble limit;
  CompareGate *gate;

  if (sign && !check_sign (option, text, tight[at], error))
    return NULL;
  if (!read_limit (sign ? tight + at + (equal ? 2 : 1) : tight, &limit)
      || (sign && at == 0)
      || (!sign && limit < 0 && strcmp (option, ABOVE) == 0)) {
    refuse (option, text, error);
    return NULL;
  }
  gate = g_new0 (CompareGate, 1);
  gate->below = strcmp (option, ABOVE) != 0;
  gate->strict = sign && !equal;
  gate->plain = !sign;
  gate->limit = limit;
  read_subject (gate, sign ? subject : "mean");
  gate->text = g_strdup (tight);
  if (check_subject (gate, option, error))
    return gate;
  free_gate (gate);
  return NULL;
}

static gboolean
take_gate (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareGates *self = &((CompareOptions *) user)->gates;
  CompareGate *gate = parse (option, text, error);

  if (gate == NULL)
    return FALSE;
  if (self->all == NULL)
    self->all = g_ptr_array_new_with_free_func (free_gate);
  g_ptr_array_add (self->all, gate);
  return TRUE;
}

/* --- baselines ----------------------------------------------------------- */

static gboolean
take_tolerance (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareGates *self = &((CompareOptions *) user)->gates;
  gsize length = strlen (text);
  gboolean percent = length > 0 && text[length - 1] == '%';
  g_autofree gchar *number = g_strndup (text, length - (percent ? 1 : 0));

  self->has_tolerance = TRUE;
  self->relative = percent;
  if (!read_limit (g_strstrip (number), &self->tolerance)
      || self->tolerance < 0)
    return measure_value_refuse (text, option + strlen ("--"),
        "a part of the number, such as 2%, or a difference, such as 0.001",
        error);
  if (percent)
    self->tolerance /= 100;
  return TRUE;
}

void
compare_gates_add_options (CompareGates *self, GOptionGroup *group)
{
  const GOptionEntry entries[] = {
    { "fail-above", 0, 0, G_OPTION_ARG_CALLBACK, take_gate,
        "Exit with 3 if a distorted file's mean distance is above X, or if it "
        "does not meet a condition such as p95<0.02 or lpips.max<0.4; may be "
        "repeated",
        "X|CONDITION" },
    { "fail-below", 0, 0, G_OPTION_ARG_CALLBACK, take_gate,
        "The same below X, for similarities, or with conditions such as "
        "psnr.p5>32; may be repeated",
        "X|CONDITION" },
    { "baseline", 0, 0, G_OPTION_ARG_FILENAME, &self->baseline,
        "Exit with 3 if a file is worse than in FILE, which --format json "
        "printed earlier",
        "FILE" },
    { "baseline-tolerance", 0, 0, G_OPTION_ARG_CALLBACK, take_tolerance,
        "How much worse than the baseline it may be: 2%, or 0.001 in the "
        "metric's unit (default: 1%)",
        "NUMBER[%]" },
    { "junit", 0, 0, G_OPTION_ARG_FILENAME, &self->junit,
        "Write what passed and what failed to FILE, as CI systems read it",
        "FILE" },
    G_OPTION_ENTRY_NULL,
  };

  self->tolerance = TOLERANCE;
  self->relative = TRUE;
  g_option_group_add_entries (group, entries);
}

gboolean
compare_gates_exist (const CompareGates *self)
{
  return self->all != NULL || self->baseline != NULL;
}

void
compare_gates_clear (CompareGates *self)
{
  g_clear_pointer (&self->all, g_ptr_array_unref);
  g_clear_pointer (&self->baseline, g_free);
  g_clear_pointer (&self->junit, g_free);
}
