/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The library's tables of metrics and options as the programs show and search
 * them.
 */
#include "console/metric-tables.h"

#include "console/help-layout.h"

#include <string.h>

#define INDENT 4

const PerceptualOption *
metric_tables_find_option (
    const PerceptualOption *const *options, const gchar *name)
{
  for (; options != NULL && *options != NULL; options++) {
    if (strcmp ((*options)->name, name) == 0)
      return *options;
  }
  return NULL;
}

gchar *
metric_tables_option_names (
    const PerceptualOption *const *options, const gchar *prefix)
{
  GString *names = g_string_new (NULL);

  for (; options != NULL && *options != NULL; options++)
    g_string_append_printf (names, "%s%s%s",
        names->len > 0 ? ", " : "its options: ", prefix, (*options)->name);
  if (names->len == 0)
    g_string_append (names, "it has none");
  return g_string_free (names, FALSE);
}

/* @indent: of what does not fit into the line */
static void
add_line (GString *text, const gchar *line, guint indent)
{
  g_string_append_printf (text, "%*s", INDENT, "");
  help_layout_wrap (text, line, indent, INDENT);
}

static void
append_option (
    GString *text, const PerceptualOption *option, const gchar *prefix)
{
  g_autofree gchar *choices = NULL;
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line, "%s%s (default %s", prefix, option->name,
      *option->default_text != '\0' ? option->default_text : "empty");
  if (option->choices != NULL) {
    choices = g_strjoinv (", ", (gchar **) option->choices);
    g_string_append_printf (line, "; one of %s", choices);
  } else if (option->type == PERCEPTUAL_OPTION_UINT
      || option->type == PERCEPTUAL_OPTION_DOUBLE) {
    gchar low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (low, sizeof low, "%.17g", option->minimum);
    g_ascii_formatd (high, sizeof high, "%.17g", option->maximum);
    g_string_append_printf (line, "; %s to %s", low, high);
  }
  g_string_append_printf (line, "): %s", option->blurb);
  add_line (text, line->str, 2 * INDENT);
}

gchar *
metric_tables_print (const gchar *prefix)
{
  const PerceptualMetricInfo *const *metrics = perceptual_metrics ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; metrics[i] != NULL; i++) {
    const PerceptualOption *const *options = metrics[i]->options;

    g_string_append_printf (text, "%s%s%s\n", i > 0 ? "\n" : "",
        metrics[i]->name,
        g_strcmp0 (metrics[i]->name, PERCEPTUAL_DEFAULT_METRIC) == 0
            ? " (default)"
            : "");
    add_line (text, metrics[i]->blurb, INDENT);
    if (metrics[i]->flags & PERCEPTUAL_METRIC_SIMILARITY)
      add_line (text, "A similarity: higher means more alike.", INDENT);
    if (metrics[i]->flags & PERCEPTUAL_METRIC_WEIGHTS)
      add_line (text, "Needs trained weights.", INDENT);
    for (; options != NULL && *options != NULL; options++)
      append_option (text, *options, prefix);
  }
  return g_string_free (text, FALSE);
}
