/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every writer of JSON here needs.
 */
#include "table/json.h"

#include <math.h>

void
table_json_text (JsonBuilder *builder, const gchar *name, const gchar *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
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

gchar *
table_json_print (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree gchar *text = NULL;

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}
