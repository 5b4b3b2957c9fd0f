/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Turns the record of a pair into the fields that users see.
 */
#include "measuring/record.h"

#include <string.h>

#define OF_RGB "(rgb)"
#define FIELD_OF_RGB ":rgb"

/* Returns: (nullable): the metric behind the column called @name. */
static const PerceptualMetricInfo *
metric_of (const gchar *name)
{
  g_autofree gchar *bare = g_strndup (name, strcspn (name, ":("));

  return perceptual_metric_find (bare, NULL);
}

gboolean
perceptual_is_similarity (const gchar *name)
{
  const PerceptualMetricInfo *info = metric_of (name);

  return info != NULL && (info->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
}

/* The classics have no definition for RGB: it is another luma there. */
static const gchar *
name_of_rgb (const gchar *name)
{
  const PerceptualMetricFlags classic =
      PERCEPTUAL_METRIC_LUMA | PERCEPTUAL_METRIC_SIMILARITY;
  const PerceptualMetricInfo *info = metric_of (name);
  g_autofree gchar *text = NULL;

  if (info == NULL || (info->flags & classic) != classic)
    return name;
  text = g_strconcat (name, OF_RGB, NULL);
  return g_intern_string (text);
}

const gchar *
perceptual_column_field (const gchar *name)
{
  gsize length = strlen (name);
  gboolean of_rgb = g_str_has_suffix (name, OF_RGB);
  g_autoptr (GString) field = g_string_new (NULL);

  if (of_rgb)
    length -= strlen (OF_RGB);
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_isalnum (name[i]) || strchr ("_-+:.", name[i]) != NULL)
      g_string_append_c (field, name[i]);
    else
      g_string_append_printf (field, "/%02X", (guchar) name[i]);
  }
  if (of_rgb)
    g_string_append (field, FIELD_OF_RGB);
  return g_intern_string (field->str);
}

gchar *
perceptual_column_of_field (const gchar *field)
{
  GString *name = g_string_new (NULL);
  gsize length = strlen (field);
  gboolean of_rgb = g_str_has_suffix (field, FIELD_OF_RGB);

  if (of_rgb)
    length -= strlen (FIELD_OF_RGB);
  for (gsize i = 0; i < length; i++) {
    if (field[i] == '/' && i + 2 < length) {
      g_string_append_c (name,
          (gchar) (g_ascii_xdigit_value (field[i + 1]) * 16
              + g_ascii_xdigit_value (field[i + 2])));
      i += 2;
    } else {
      g_string_append_c (name, field[i]);
    }
  }
  if (of_rgb)
    g_string_append (name, OF_RGB);
  return g_string_free (name, FALSE);
}

gboolean
perceptual_columns_have_luma (const PerceptualColumns *columns)
{
  gboolean found = name_of_rgb (columns->metric) != columns->metric;

  for (guint i = 0; i < columns->n_also; i++)
    found |= name_of_rgb (columns->also[i]) != columns->also[i];
  return found;
}

PerceptualColumns
perceptual_columns_of_rgb (const PerceptualColumns *columns)
{
  PerceptualColumns named = *columns;

  named.metric = name_of_rgb (columns->metric);
  for (guint i = 0; i < columns->n_also; i++)
    named.also[i] = name_of_rgb (columns->also[i]);
  return named;
}

void
perceptual_structure_set_doubles (
    GstStructure *structure, const gchar *name, const gdouble *values, guint n)
{
  GValue array = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, G_TYPE_DOUBLE);
    g_value_set_double (&value, values[i]);
    gst_value_array_append_and_take_value (&array, &value);
  }
  gst_structure_take_value (structure, name, &array);
}

GstStructure *
perceptual_record_to_structure (
    const PerceptualRecord *record, const PerceptualColumns *columns)
{
  g_autoptr (GstStructure) also = gst_structure_new_empty ("also");
  g_autoptr (GstStructure) also_taps = gst_structure_new_empty ("also-taps");
  GstStructure *structure;

  /* One field a line. */
  /* clang-format off */
  structure = gst_structure_new (PERCEPTUAL_MESSAGE_DISTANCE,
      "index", G_TYPE_UINT64, record->index,
      "metric", G_TYPE_STRING, columns->metric,
      "reference-pts", G_TYPE_UINT64, record->reference_pts,
      "distorted-pts", G_TYPE_UINT64, record->distorted_pts,
      "running-time", G_TYPE_UINT64, record->running_time,
      "stream-time", G_TYPE_UINT64, record->stream_time,
      "duration", G_TYPE_UINT64, record->duration,
      "delta", G_TYPE_INT64, record->delta,
      "distance", G_TYPE_DOUBLE, record->distance,
      NULL);
  /* clang-format on */
  perceptual_structure_set_doubles (
      structure, "taps", record->taps, record->n_taps);
  for (guint i = 0; i < columns->n_also; i++) {
    const gchar *field = perceptual_column_field (columns->also[i]);

    gst_structure_set (also, field, G_TYPE_DOUBLE, record->also[i], NULL);
    perceptual_structure_set_doubles (
        also_taps, field, record->also_taps[i], record->n_also_taps[i]);
  }
  gst_structure_set (structure, "also", GST_TYPE_STRUCTURE, also, "also-taps",
      GST_TYPE_STRUCTURE, also_taps, "stream", G_TYPE_STRING, record->stream,
      "frozen", G_TYPE_BOOLEAN, record->frozen, "black", G_TYPE_BOOLEAN,
      record->black, NULL);
  if (record->scale > 0)
    gst_structure_set (structure, "scale", G_TYPE_DOUBLE, record->scale, NULL);
  if (record->followed)
    gst_structure_set (
        structure, "unsure", G_TYPE_BOOLEAN, record->unsure, NULL);
  return structure;
}
