/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes structures as JSON: objects, arrays and the types that fields may
 * have.
 */
#include "log/json.h"

#include "log/fields.h"

#include <json-glib/json-glib.h>
#include <math.h>

static JsonNode *value_to_json (const GValue *value, gboolean verbatim);

typedef struct
{
  JsonObject *object;
  gboolean verbatim;
} JsonFields;

static gboolean
add_json_field (GQuark field, const GValue *value, gpointer user)
{
  JsonFields *fields = user;
  const gchar *name = g_quark_to_string (field);
  g_autofree gchar *key = perceptual_log_key (name, fields->verbatim);

  json_object_set_member (fields->object, key,
      value_to_json (value, perceptual_log_holds_names (name)));
  return TRUE;
}

static JsonObject *
structure_to_json (const GstStructure *structure, gboolean verbatim)
{
  JsonFields fields = { json_object_new (), verbatim };

  gst_structure_foreach (structure, add_json_field, &fields);
  return fields.object;
}

static JsonNode *
array_to_json (const GValue *value)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < gst_value_array_get_size (value); i++)
    json_array_add_element (
        array, value_to_json (gst_value_array_get_value (value, i), FALSE));
  json_node_take_array (node, array);
  return node;
}

static JsonNode *
value_to_json (const GValue *value, gboolean verbatim)
{
  JsonNode *node;

  if (perceptual_log_is_unknown (value))
    return json_node_new (JSON_NODE_NULL);
  if (GST_VALUE_HOLDS_ARRAY (value))
    return array_to_json (value);
  if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    node = json_node_new (JSON_NODE_OBJECT);
    json_node_take_object (
        node, structure_to_json (gst_value_get_structure (value), verbatim));
    return node;
  }
  node = json_node_new (JSON_NODE_VALUE);
  if (G_VALUE_HOLDS_UINT64 (value))
    json_node_set_int (node, (gint64) g_value_get_uint64 (value));
  else if (G_VALUE_HOLDS_UINT (value))
    json_node_set_int (node, g_value_get_uint (value));
  else
    json_node_set_value (node, value);
  return node;
}

void
perceptual_log_append_json (
    GString *text, const gchar *type, const GstStructure *structure)
{
  JsonFields fields = { json_object_new (), FALSE };
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree gchar *line = NULL;

  if (type != NULL)
    json_object_set_string_member (fields.object, "type", type);
  gst_structure_foreach (structure, add_json_field, &fields);
  json_node_take_object (node, fields.object);
  line = json_to_string (node, FALSE);
  perceptual_log_append_printable (text, line);
}

void
perceptual_log_append_number (GString *text, gdouble number)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text,
      isfinite (number)
          ? g_ascii_formatd (digits, sizeof digits, "%.17g", number)
          : "null");
}

void
perceptual_log_append_text (GString *text, const gchar *string)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
  g_autofree gchar *quoted = NULL;

  json_node_set_string (node, string);
  quoted = json_to_string (node, FALSE);
  g_string_append (text, quoted);
}
