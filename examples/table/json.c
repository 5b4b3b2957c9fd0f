/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every writer and every reader of JSON here needs.
 */
#include "table/json.h"

#include "console/printable.h"
#include "console/program-error.h"

#include <math.h>
#include <string.h>

/* json-glib calls itself for every level. */
#define DEEPEST 64

/* --- writing ------------------------------------------------------------- */

void
table_json_text (JsonBuilder *builder, const gchar *name, const gchar *text)
{
  g_autofree gchar *shown = text == NULL || g_utf8_validate (text, -1, NULL)
      ? NULL
      : printable_text (text);

  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, shown != NULL ? shown : text);
  else
    json_builder_add_null_value (builder);
}

void
table_json_path (JsonBuilder *builder, const gchar *name, const gchar *path)
{
  g_autofree gchar *exact = printable_exact (path);

  table_json_text (builder, name, exact);
}

void
table_json_number (JsonBuilder *builder, const gchar *name, gdouble number)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

void
table_json_count (JsonBuilder *builder, const gchar *name, guint64 count)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) count);
}

void
table_json_boolean (JsonBuilder *builder, const gchar *name, gboolean boolean)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, boolean);
}

static gchar *
print (JsonBuilder *builder, gboolean pretty)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree gchar *text = json_to_string (root, pretty);

  return printable_json (text);
}

gchar *
table_json_print (JsonBuilder *builder)
{
  g_autofree gchar *text = print (builder, TRUE);

  return g_strconcat (text, "\n", NULL);
}

gchar *
table_json_line (JsonBuilder *builder)
{
  return print (builder, FALSE);
}

/* --- reading ------------------------------------------------------------- */

/* json-glib takes comments and single quotes as well, in which brackets and
 * quotes do not count.  Returns: (nullable): what is wrong with @text. */
static const gchar *
find_problem (const gchar *text, gsize length)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length; i++) {
    if (quoted && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (quoted || g_ascii_isalnum (text[i]) || g_ascii_isspace (text[i]))
      continue;
    else if (text[i] == '{' || text[i] == '[')
      depth++;
    else if (text[i] == '}' || text[i] == ']')
      depth -= depth > 0;
    else if (text[i] == '\0' || strchr (":,+-.", text[i]) == NULL)
      return "is not JSON: it has a character that JSON does not have there";
    if (depth > DEEPEST)
      return "is nested too deeply";
  }
  return NULL;
}

JsonNode *
table_json_parse (
    const gchar *text, gsize length, const gchar *what, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) cause = NULL;
  const gchar *problem = find_problem (text, length);
  JsonNode *node = NULL;

  if (length > G_MAXSSIZE || !g_utf8_validate (text, (gssize) length, NULL))
    program_fail_unnamed (error, "%s is not UTF-8", what);
  else if (problem != NULL)
    program_fail_unnamed (error, "%s %s", what, problem);
  else if (!json_parser_load_from_data (parser, text, (gssize) length, &cause))
    program_fail_unnamed (error, "%s is not JSON: %s", what, cause->message);
  else
    node = json_parser_steal_root (parser);
  if (node == NULL && error != NULL && *error == NULL)
    program_fail_unnamed (error, "%s is empty", what);
  return node;
}
