/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The library's tables of metrics and options as text for --list-metrics.
 */
#include "report.h"

#include "perceptual.h"

static void
append_option (GString *text, const PerceptualOption *option)
{
  g_autofree gchar *choices = NULL;

  g_string_append_printf (text, "    --%s (default %s", option->name,
      *option->default_text != '\0' ? option->default_text : "empty");
  if (option->choices != NULL) {
    choices = g_strjoinv (", ", (gchar **) option->choices);
    g_string_append_printf (text, "; one of %s", choices);
  } else if (option->type == PERCEPTUAL_OPTION_UINT
      || option->type == PERCEPTUAL_OPTION_DOUBLE) {
    gchar low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (low, sizeof low, "%.17g", option->minimum);
    g_ascii_formatd (high, sizeof high, "%.17g", option->maximum);
    g_string_append_printf (text, "; %s to %s", low, high);
  }
  g_string_append_printf (text, "): %s\n", option->blurb);
}

gchar *
compare_report_metrics (void)
{
  const PerceptualMetricInfo *const *metrics = perceptual_metrics ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; metrics[i] != NULL; i++) {
    const PerceptualOption *const *options = metrics[i]->options;

    g_string_append_printf (text, "%s%s%s\n    %s\n", i > 0 ? "\n" : "",
        metrics[i]->name,
        g_strcmp0 (metrics[i]->name, PERCEPTUAL_DEFAULT_METRIC) == 0
            ? " (default)"
            : "",
        metrics[i]->blurb);
    if (metrics[i]->flags & PERCEPTUAL_METRIC_SIMILARITY)
      g_string_append (text, "    A similarity: higher means more alike.\n");
    if (metrics[i]->flags & PERCEPTUAL_METRIC_WEIGHTS)
      g_string_append (text, "    Needs trained weights.\n");
    for (; options != NULL && *options != NULL; options++)
      append_option (text, *options);
  }
  return g_string_free (text, FALSE);
}
