/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every writer of JSON here needs.
 */
#include "table/json.h"

#include "console/printable.h"

#include <math.h>

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
