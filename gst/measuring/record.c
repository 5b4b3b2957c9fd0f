/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the record of a pair to the fields that users see.  Knows nothing of
 * where the numbers come from, nor of files and buses.
 */
#include "measuring/record.h"

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
    gst_structure_set (
        also, columns->also[i], G_TYPE_DOUBLE, record->also[i], NULL);
    perceptual_structure_set_doubles (also_taps, columns->also[i],
        record->also_taps[i], record->n_also_taps[i]);
  }
  gst_structure_set (structure, "also", GST_TYPE_STRUCTURE, also, "also-taps",
      GST_TYPE_STRUCTURE, also_taps, "stream", G_TYPE_STRING, record->stream,
      "frozen", G_TYPE_BOOLEAN, record->frozen, "black", G_TYPE_BOOLEAN,
      record->black, NULL);
  return structure;
}
