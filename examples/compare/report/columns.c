/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks through the summaries of all files.
 */
#include "compare/report/columns.h"

#include <math.h>
#include <string.h>

/* Returns: (transfer none): what the metric's column is called here. */
static const gchar *
name_own (const MeasureResult *result, const gchar *metric)
{
  const gchar *name = result->summary != NULL
      ? gst_structure_get_string (result->summary, "metric")
      : NULL;

  return name != NULL ? name : metric;
}

static const GstStructure *
also_of (const MeasureResult *result)
{
  const GValue *also = result->summary != NULL
      ? gst_structure_get_value (result->summary, "also")
      : NULL;

  return also != NULL ? gst_value_get_structure (also) : NULL;
}

static void
add_once (GPtrArray *names, const gchar *name)
{
  for (guint i = 0; i < names->len; i++) {
    if (strcmp (names->pdata[i], name) == 0)
      return;
  }
  g_ptr_array_add (names, g_strdup (name));
}

GStrv
compare_columns_list (const GPtrArray *results, const gchar *metric)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    if (result->summary != NULL
        && gst_structure_has_field (result->summary, "also"))
      add_once (names, name_own (result, metric));
  }
  if (names->len == 0)
    add_once (names, metric);
  for (guint i = 0; i < results->len; i++) {
    const GstStructure *also = also_of (results->pdata[i]);

    for (gint k = 0; also != NULL && k < gst_structure_n_fields (also); k++) {
      g_autofree gchar *name =
          measure_column_name (gst_structure_nth_field_name (also, (guint) k));

      add_once (names, name);
    }
  }
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (names, FALSE);
}

GstStructure *
compare_columns_get (
    const MeasureResult *result, const gchar *metric, const gchar *column)
{
  const GstStructure *also = also_of (result);

  if (result->summary == NULL)
    return NULL;
  if (strcmp (column, name_own (result, metric)) == 0)
    return gst_structure_copy (result->summary);
  for (gint k = 0; also != NULL && k < gst_structure_n_fields (also); k++) {
    const gchar *field = gst_structure_nth_field_name (also, (guint) k);
    g_autofree gchar *name = measure_column_name (field);

    if (strcmp (name, column) == 0)
      return gst_structure_copy (
          gst_value_get_structure (gst_structure_get_value (also, field)));
  }
  return NULL;
}

gboolean
compare_columns_have (const gchar *column, const gchar *statistic)
{
  return compare_is_similarity (column)
      || !compare_statistic_is_of_similarities (statistic);
}

gchar *
compare_columns_name_part (const MeasureResult *result, const gchar *metric,
    const gchar *column, guint i)
{
  const GValue *all, *names = NULL;

  if (result->summary == NULL)
    return NULL;
  if (strcmp (column, name_own (result, metric)) == 0)
    return g_strdup (compare_part_name (result->summary, i));
  all = gst_structure_get_value (result->summary, "also-tap-names");
  for (gint k = 0; all != NULL
       && k < gst_structure_n_fields (gst_value_get_structure (all));
       k++) {
    const GstStructure *fields = gst_value_get_structure (all);
    const gchar *field = gst_structure_nth_field_name (fields, (guint) k);
    g_autofree gchar *name = measure_column_name (field);

    if (strcmp (name, column) == 0)
      names = gst_structure_get_value (fields, field);
  }
  return names != NULL && i < gst_value_array_get_size (names)
      ? g_value_dup_string (gst_value_array_get_value (names, i))
      : NULL;
}

gchar *
compare_columns_format (
    const GstStructure *fields, const gchar *statistic, gboolean exact)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];
  guint64 infinite = 0;
  gdouble number;

  if (fields == NULL)
    return g_strdup ("");
  if (compare_statistic_get (fields, statistic, &number))
    return g_strdup (
        g_ascii_formatd (text, sizeof text, exact ? "%.17g" : "%.6g", number));
  gst_structure_get_uint64 (fields, "infinite", &infinite);
  return g_strdup (infinite > 0 && strcmp (statistic, "stdev") != 0
              && !gst_structure_has_field (fields, "mean")
          ? "inf"
          : "");
}
