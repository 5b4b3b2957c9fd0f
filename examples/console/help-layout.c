/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GLib tells the options of a context as text alone, with all explanations
 * behind the longest option, so this is what is read here.
 */
#include "console/help-layout.h"

#include <string.h>

#define COLUMNS 80
#define INDENT 6
#define DEEP 10

/* An option: "-q, --quiet", "quiet", "Print nothing". */
typedef struct
{
  gchar *head;
  gchar *name;
  gchar *words;
  gboolean shown;
} Option;

static void
free_option (gpointer data)
{
  Option *option = data;

  g_free (option->head);
  g_free (option->name);
  g_free (option->words);
  g_free (option);
}

/* Returns: (nullable): the option that @line tells; NULL for other lines. */
static Option *
read_option (const gchar *line)
{
  const gchar *name = strstr (line, "--"), *end;
  Option *option;

  if (!g_str_has_prefix (line, "  -") || name == NULL || name > line + 6)
    return NULL;
  name += 2;
  end = strstr (name, "  ");
  if (end == NULL)
    end = name + strlen (name);
  option = g_new0 (Option, 1);
  option->head = g_strndup (line + 2, (gsize) (end - line - 2));
  option->name = g_strndup (name, strcspn (name, "= "));
  option->words = g_strstrip (g_strdup (end));
  return option;
}

/* Splits @text.  @options: (out): of its lines; @after: (out): where the lines
 * behind them begin.  Returns: how long what is before them is, with its
 * title. */
static gsize
read_options (const gchar *text, GPtrArray *options, const gchar **after)
{
  const gchar *line = text, *first = NULL;

  *after = NULL;
  while (line != NULL && *after == NULL) {
    const gchar *end = strchr (line, '\n');
    g_autofree gchar *copy =
        end != NULL ? g_strndup (line, (gsize) (end - line)) : g_strdup (line);
    Option *option = read_option (copy);

    if (option != NULL) {
      g_ptr_array_add (options, option);
      if (first == NULL)
        first = line;
    } else if (first != NULL) {
      *after = line;
    }
    line = end != NULL ? end + 1 : NULL;
  }
  if (*after == NULL)
    *after = text + strlen (text);
  return first != NULL ? (gsize) (first - text) : strlen (text);
}

void
help_layout_wrap (GString *to, const gchar *words, guint indent, glong column)
{
  while (*words != '\0') {
    gsize n = strcspn (words, " |");
    glong width;

    n += words[n] == '|';
    width = g_utf8_strlen (words, (gssize) n);
    if (column + width > COLUMNS) {
      while (to->len > 0 && to->str[to->len - 1] == ' ')
        g_string_truncate (to, to->len - 1);
      g_string_append_printf (to, "\n%*s", (gint) indent, "");
      column = indent;
    }
    g_string_append_len (to, words, (gssize) n);
    column += width;
    words += n;
    if (*words == ' ') {
      g_string_append_c (to, ' ');
      column++;
      words++;
    }
  }
  while (to->len > 0 && to->str[to->len - 1] == ' ')
    g_string_truncate (to, to->len - 1);
  g_string_append_c (to, '\n');
}

static void
show (GString *to, Option *option)
{
  option->shown = TRUE;
  g_string_append (to, "  ");
  help_layout_wrap (to, option->head, DEEP, 2);
  if (*option->words == '\0')
    return;
  g_string_append_printf (to, "%*s", INDENT, "");
  help_layout_wrap (to, option->words, INDENT, INDENT);
}

static Option *
find (const GPtrArray *options, const gchar *name)
{
  for (guint i = 0; i < options->len; i++) {
    Option *option = options->pdata[i];

    if (strcmp (option->name, name) == 0)
      return option;
  }
  return NULL;
}

static gboolean
is_named (const HelpSection *sections, const gchar *name)
{
  for (; sections->title != NULL; sections++) {
    if (sections->names != NULL && g_strv_contains (sections->names, name))
      return TRUE;
  }
  return FALSE;
}

static void
add_section (GString *to, const GPtrArray *options, const HelpSection *section,
    const HelpSection *all)
{
  g_autoptr (GString) part = g_string_new (NULL);

  for (guint i = 0; section->names != NULL && section->names[i] != NULL; i++) {
    Option *option = find (options, section->names[i]);

    if (option != NULL && !option->shown)
      show (part, option);
  }
  for (guint i = 0; section->names == NULL && i < options->len; i++) {
    Option *option = options->pdata[i];

    if (!is_named (all, option->name))
      show (part, option);
  }
  if (part->len > 0)
    g_string_append_printf (to, "%s:\n%s\n", section->title, part->str);
}

gchar *
help_layout (const gchar *text, const HelpSection *sections)
{
  static const HelpSection one[] = { { "Options", NULL }, { NULL, NULL } };
  g_autoptr (GPtrArray) options = g_ptr_array_new_with_free_func (free_option);
  const gchar *after;
  gsize before = read_options (text, options, &after);
  GString *to = g_string_new_len (text, (gssize) before);
  gchar *title = g_strrstr (to->str, "\n\n");

  if (options->len == 0)
    return g_string_free (to, FALSE);
  if (sections == NULL)
    sections = one;
  /* GLib's title of the options. */
  if (title != NULL)
    g_string_truncate (to, (gsize) (title + 2 - to->str));
  for (const HelpSection *s = sections; s->title != NULL; s++)
    add_section (to, options, s, sections);
  while (*after == '\n')
    after++;
  g_string_append (to, after);
  while (g_str_has_suffix (to->str, "\n\n"))
    g_string_truncate (to, to->len - 1);
  return g_string_free (to, FALSE);
}

gchar **
help_layout_names (const gchar *text)
{
  g_autoptr (GPtrArray) options = g_ptr_array_new_with_free_func (free_option);
  GPtrArray *names = g_ptr_array_new ();
  const gchar *after;

  read_options (text, options, &after);
  for (guint i = 0; i < options->len; i++)
    g_ptr_array_add (names, g_strdup (((Option *) options->pdata[i])->name));
  g_ptr_array_add (names, NULL);
  return (gchar **) g_ptr_array_free (names, FALSE);
}
