/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Points of curves from a file.
 */
#include "tune/commands/bd.h"

#include "tune/probe/job.h"

#include "console/printable.h"
#include "console/program-error.h"
#include "table/csv.h"
#include "table/json.h"

#include <math.h>
#include <string.h>

/* What a point without a clip belongs to. */
#define NO_CLIP "-"

/**
 * Row:
 * @where: for messages: "line 3", "point 2"
 *
 * A point as it is in the file; texts are NULL, and numbers NaN, where the file
 * has nothing.
 */
typedef struct
{
  gchar *where;
  const gchar *clip;
  const gchar *label;
  gdouble rate;
  gdouble value;
} Row;

static const gchar *
statistic_of (const TuneRdSet *set)
{
  return set->names->pdata[0];
}

/* Returns: FALSE with @error set where the row is half there. */
static gboolean
take_row (TuneRdSet *set, const gchar *path, const Row *row, guint *left_out,
    GError **error)
{
  TuneRdEntry *entry;

  if (row->label == NULL || *row->label == '\0')
    return program_fail (
        error, path, "%s: there is no label in it", row->where);
  if (isnan (row->rate) && isnan (row->value)) {
    (*left_out)++;
    return TRUE;
  }
  if (isnan (row->rate))
    return program_fail (error, path, "%s: the rate is no number", row->where);
  if (isnan (row->value))
    return program_fail (
        error, path, "%s: %s is no number", row->where, statistic_of (set));
  entry = tune_rd_set_add (
      set, row->clip != NULL ? row->clip : NO_CLIP, row->label, NAN);
  entry->rate = row->rate;
  entry->statistics[0] = row->value;
  return TRUE;
}

/* --- CSV ----------------------------------------------------------------- */

typedef struct
{
  gint clip;
  gint label;
  gint rate;
  gint value;
} Columns;

static gint
find_either (const Csv *csv, const gchar *one, const gchar *other)
{
  gint column = csv_find (csv, one);

  return column >= 0 ? column : csv_find (csv, other);
}

static gboolean
find_columns (const Csv *csv, const TuneRdSet *set, const gchar *path,
    Columns *columns, GError **error)
{
  columns->clip = csv_find (csv, "clip");
  columns->label = find_either (csv, "label", "encoder");
  columns->rate = csv_find (csv, "rate");
  columns->value = find_either (csv, statistic_of (set), "value");
  return (columns->label >= 0 && columns->rate >= 0 && columns->value >= 0)
      || program_fail (error, path,
          "its head needs the columns label (or encoder), rate, and %s (or "
          "value)",
          statistic_of (set));
}

/* An empty field is NaN, as is what is no number. */
static gdouble
read_number (const gchar *text)
{
  gchar *end = NULL;
  gdouble number = g_ascii_strtod (text, &end);

  return *text != '\0' && *end == '\0' ? number : NAN;
}

static gboolean
is_half (const Csv *csv, guint row, gint column)
{
  const gchar *text = csv_get (csv, row, column);

  return *text != '\0' && isnan (read_number (text));
}

static gboolean
read_csv (TuneRdSet *set, const gchar *path, guint *left_out, GError **error)
{
  g_autoptr (Csv) csv = csv_read (path, error);
  Columns columns;

  if (csv == NULL || !find_columns (csv, set, path, &columns, error))
    return FALSE;
  for (guint i = 0; i < csv->rows->len; i++) {
    g_autofree gchar *where = g_strdup_printf ("line %u", csv_line (csv, i));
    Row row = { .where = where,
      .clip = columns.clip >= 0 ? csv_get (csv, i, columns.clip) : NULL,
      .label = csv_get (csv, i, columns.label),
      .rate = read_number (csv_get (csv, i, columns.rate)),
      .value = read_number (csv_get (csv, i, columns.value)) };

    if (is_half (csv, i, columns.rate) || is_half (csv, i, columns.value))
      return program_fail (error, path, "%s: \"%s\" and \"%s\" are no numbers",
          where, csv_get (csv, i, columns.rate),
          csv_get (csv, i, columns.value));
    if (!take_row (set, path, &row, left_out, error))
      return FALSE;
  }
  return TRUE;
}

/* --- JSON ---------------------------------------------------------------- */

static const gchar *
text_member (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
      ? json_node_get_string (node)
      : NULL;
}

static gdouble
number_member (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_DOUBLE || type == G_TYPE_INT64
      ? json_node_get_double (node)
      : NAN;
}

static JsonArray *
find_points (JsonNode *root)
{
  JsonNode *node = root;

  if (JSON_NODE_HOLDS_OBJECT (root)) {
    JsonObject *object = json_node_get_object (root);

    node = json_object_get_member (object, "points");
    if (node == NULL)
      node = json_object_get_member (object, "results");
  }
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node)
      ? json_node_get_array (node)
      : NULL;
}

static gboolean
take_object (TuneRdSet *set, const gchar *path, guint n, JsonNode *node,
    guint *left_out, GError **error)
{
  g_autofree gchar *where = g_strdup_printf ("point %u", n + 1);
  JsonObject *object;
  Row row = { .where = where };

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return program_fail (error, path, "%s is no object", where);
  object = json_node_get_object (node);
  row.clip = text_member (object, "clip");
  row.label = text_member (object, "label");
  if (row.label == NULL)
    row.label = text_member (object, "encoder");
  row.rate = number_member (object, "rate");
  row.value = number_member (object,
      json_object_has_member (object, statistic_of (set)) ? statistic_of (set)
                                                          : "value");
  return take_row (set, path, &row, left_out, error);
}

static gboolean
read_json (TuneRdSet *set, const gchar *path, guint *left_out, GError **error)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *label = printable_text (path);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) fault = NULL;
  JsonArray *points;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &fault))
    return program_fail_unnamed (error, "%s", fault->message);
  root = table_json_parse (text, length, label, error);
  if (root == NULL)
    return FALSE;
  points = find_points (root);
  if (points == NULL)
    return program_fail (error, path,
        "it needs an array of points, as it is or as the member \"points\" or "
        "\"results\" of an object");
  for (guint i = 0; i < json_array_get_length (points); i++) {
    if (!take_object (
            set, path, i, json_array_get_element (points, i), left_out, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tune_bd_read_points (
    TuneRdSet *set, const gchar *path, guint *left_out, GError **error)
{
  *left_out = 0;
  return g_str_has_suffix (path, ".json")
      ? read_json (set, path, left_out, error)
      : read_csv (set, path, left_out, error);
}
