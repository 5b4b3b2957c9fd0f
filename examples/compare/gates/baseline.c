/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads what report/json.c wrote, as far as it is compared, and finds the
 * result that belongs to a file.
 */
#include "compare/gates/baseline.h"

#include "compare/report/report.h"

#include "console/printable.h"
#include "console/program-error.h"
#include "table/json.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

struct _CompareBaseline
{
  gchar *path;
  JsonNode *document;
  JsonObject *root;    /* of the document */
  GPtrArray *results;  /* JsonObject of the document, those that are whole */
  GPtrArray *assigned; /* JsonObject of the document, one for each file */
};

/* --- reading ------------------------------------------------------------- */

static JsonObject *
get_object (JsonObject *object, const gchar *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
      ? json_node_get_object (node)
      : NULL;
}

static const gchar *
get_text (JsonObject *object, const gchar *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
          && json_node_get_value_type (node) == G_TYPE_STRING
      ? json_node_get_string (node)
      : NULL;
}

static gboolean
get_number (JsonObject *object, const gchar *name, gdouble *number)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || (json_node_get_value_type (node) != G_TYPE_INT64
          && json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return FALSE;
  *number = json_node_get_double (node);
  return TRUE;
}

static gboolean
take_results (CompareBaseline *self)
{
  JsonNode *node = json_object_get_member (self->root, "results");
  JsonArray *results = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
      ? json_node_get_array (node)
      : NULL;

  for (guint i = 0; results != NULL && i < json_array_get_length (results);
       i++) {
    JsonNode *element = json_array_get_element (results, i);
    JsonObject *result = JSON_NODE_HOLDS_OBJECT (element)
        ? json_node_get_object (element)
        : NULL;

    if (get_text (result, "distorted") == NULL)
      return FALSE;
    if (get_text (result, "error") == NULL
        && !json_object_has_member (result, "incomplete"))
      g_ptr_array_add (self->results, result);
  }
  return results != NULL;
}

CompareBaseline *
compare_baseline_read (const gchar *path, GError **error)
{
  g_autoptr (CompareBaseline) self = g_new0 (CompareBaseline, 1);
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *text = NULL;
  gdouble schema = 0;
  gsize length;

  self->path = g_strdup (path);
  self->results = g_ptr_array_new ();
  self->assigned = g_ptr_array_new ();
  if (g_file_get_contents (path, &text, &length, &reason))
    self->document = table_json_parse (text, length, "it", &reason);
  if (self->document == NULL) {
    program_fail (error, path, "%s", reason->message);
    return NULL;
  }
  self->root = JSON_NODE_HOLDS_OBJECT (self->document)
      ? json_node_get_object (self->document)
      : NULL;
  if (!get_number (self->root, "schema", &schema) || schema != 1
      || get_text (self->root, "metric") == NULL || !take_results (self)) {
    program_fail (error, path,
        "not a report of perceptual-compare --format json, schema 1");
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
compare_baseline_free (CompareBaseline *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->document, json_node_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->assigned, g_ptr_array_unref);
  g_free (self->path);
  g_free (self);
}

/* --- which result is which file's ---------------------------------------- */

/* A pair as it is looked for. */
typedef struct
{
  const gchar *reference;
  const gchar *distorted;
  gboolean bare; /* by names without folders */
} Wanted;

static gboolean
is_named (const gchar *there, const gchar *name, gboolean bare)
{
  g_autofree gchar *exact = printable_exact (name);
  g_autofree gchar *one = g_path_get_basename (there);
  g_autofree gchar *other = g_path_get_basename (exact);

  return bare ? strcmp (one, other) == 0 : strcmp (there, exact) == 0;
}

/* Only results that have references of their own say which one that was. */
static gboolean
is_wanted (JsonObject *result, const Wanted *wanted)
{
  const gchar *reference = get_text (result, "reference");

  return is_named (
             get_text (result, "distorted"), wanted->distorted, wanted->bare)
      && (reference == NULL
          || is_named (reference, wanted->reference, wanted->bare));
}

/* Returns: (nullable): the only result of that name. */
static JsonObject *
find_only (const CompareBaseline *self, const Wanted *wanted)
{
  JsonObject *found = NULL;

  for (guint i = 0; i < self->results->len; i++) {
    if (!is_wanted (self->results->pdata[i], wanted))
      continue;
    if (found != NULL)
      return NULL;
    found = self->results->pdata[i];
  }
  return found;
}

/* By the whole names, else by those without folders; where there is one pair
 * then and now, whatever it is called. */
static JsonObject *
find_result (const CompareBaseline *self, Wanted *wanted, gboolean only)
{
  JsonObject *found = find_only (self, wanted);

  wanted->bare = TRUE;
  if (found == NULL)
    found = find_only (self, wanted);
  if (found == NULL && only && self->results->len == 1)
    found = self->results->pdata[0];
  return found;
}

static gboolean
is_of_section (const CompareBaseline *self, const MeasureSection *section)
{
  g_autoptr (JsonNode) now = compare_report_section (section);
  JsonNode *then = json_object_get_member (self->root, "section");

  return now == NULL || then == NULL ? now == then
                                     : json_node_equal (now, then);
}

gboolean
compare_baseline_suits (const CompareBaseline *self, const gchar *metric,
    const MeasureSection *section, const GPtrArray *references,
    const GPtrArray *distorted, GError **error)
{
  const gchar *then = get_text (self->root, "metric");

  if (strcmp (then, metric) != 0)
    return program_fail (error, self->path,
        "it was measured by %s, and this is %s; distances of two metrics "
        "cannot be compared",
        then, metric);
  if (!is_of_section (self, section))
    return program_fail (error, self->path,
        "it was measured with another --start, --duration or --frames; the "
        "numbers cannot be compared");
  g_ptr_array_set_size (self->assigned, 0);
  for (guint i = 0; i < distorted->len; i++) {
    Wanted wanted = { .reference = references->pdata[i],
      .distorted = distorted->pdata[i] };
    JsonObject *result = find_result (self, &wanted, distorted->len == 1);
    g_autofree gchar *label = printable_text (distorted->pdata[i]);
    gdouble mean;

    if (result == NULL)
      return program_fail (error, self->path,
          "there is no whole result of %s in it to compare with", label);
    g_ptr_array_add (self->assigned, result);
    if (!compare_baseline_get (self, i, NULL, "mean", &mean))
      return program_fail (
          error, self->path, "its result of %s has no mean", label);
  }
  return TRUE;
}

/* --- was it measured alike? ---------------------------------------------- */

static gboolean
is_equal (const GValue *value, JsonObject *object, const gchar *name)
{
  gdouble number = NAN;

  if (G_VALUE_HOLDS_STRING (value))
    return g_strcmp0 (g_value_get_string (value), get_text (object, name)) == 0;
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return json_object_get_boolean_member_with_default (
               object, name, !g_value_get_boolean (value))
        == g_value_get_boolean (value);
  if (!get_number (object, name, &number))
    return FALSE;
  return G_VALUE_HOLDS_UINT64 (value)
      ? number == (gdouble) g_value_get_uint64 (value)
      : number == g_value_get_double (value);
}

gboolean
compare_baseline_is_alike (
    const CompareBaseline *self, const GstStructure *summary, GError **error)
{
  JsonObject *then = get_object (self->root, "options");
  const GValue *value = gst_structure_get_value (summary, "options");
  const GstStructure *now =
      value != NULL ? gst_value_get_structure (value) : NULL;
  const gchar *sha256 = gst_structure_get_string (summary, "weights-sha256");
  JsonObject *weights = get_object (self->root, "weights");

  for (gint i = 0; now != NULL && i < gst_structure_n_fields (now); i++) {
    const gchar *name = gst_structure_nth_field_name (now, (guint) i);

    /* Where weights lie says nothing; what they are does. */
    if (strcmp (name, "weights") == 0 || then == NULL
        || !json_object_has_member (then, name)
        || is_equal (gst_structure_get_value (now, name), then, name))
      continue;
    return program_fail (error, self->path,
        "it was measured with another --%s; the numbers cannot be compared",
        name);
  }
  if (g_strcmp0 (sha256, get_text (weights, "sha256")) == 0)
    return TRUE;
  return program_fail (error, self->path,
      "it was measured with other weights; the numbers cannot be compared");
}

/* --- numbers ------------------------------------------------------------- */

gboolean
compare_baseline_get (const CompareBaseline *self, guint file,
    const gchar *column, const gchar *statistic, gdouble *number)
{
  JsonObject *result = self->assigned->pdata[file];
  JsonObject *fields = column == NULL
      ? result
      : get_object (get_object (result, "also"), column);
  gdouble infinite = 0;

  if (get_number (fields, statistic, number))
    return TRUE;
  *number = INFINITY;
  return get_number (fields, "infinite", &infinite) && infinite > 0
      && json_object_has_member (fields, statistic);
}
