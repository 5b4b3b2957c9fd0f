/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Orders and totals as messages.
 */
#include "monitor/connection/order.h"

#include "measure/message.h"

void
monitor_order_clear (MonitorOrder *self)
{
  g_clear_pointer (&self->reference.text, g_free);
  g_clear_pointer (&self->distorted.text, g_free);
  g_clear_pointer (&self->encoders, g_strfreev);
}

guint
monitor_order_count_streams (const MonitorOrder *self)
{
  return self->encoders != NULL ? g_strv_length (self->encoders) : 1;
}

gchar *
monitor_order_write (const MonitorOrder *self, const MeasureSettings *settings)
{
  guint n = self->encoders != NULL ? g_strv_length (self->encoders) : 0;
  GstStructure *head = gst_structure_new (MONITOR_ASKS_MEASURE,
      "reference-launch", G_TYPE_BOOLEAN, self->reference.launch,
      "distorted-launch", G_TYPE_BOOLEAN, self->distorted.launch, "size",
      G_TYPE_UINT, self->size, "encoders", G_TYPE_UINT, n, NULL);

  measure_message_set_text (head, "reference", self->reference.text);
  measure_message_set_text (head, "distorted", self->distorted.text);
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("encoder-%u", i);

    measure_message_set_text (head, name, self->encoders[i]);
  }
  measure_message_set_settings (head, settings);
  return measure_message_write (head, NULL);
}

gboolean
monitor_order_read (
    MonitorOrder *self, const GstStructure *head, MeasureSettings *settings)
{
  guint n = 0;

  *self = (MonitorOrder){ .size = 0 };
  gst_structure_get (head, "reference-launch", G_TYPE_BOOLEAN,
      &self->reference.launch, "distorted-launch", G_TYPE_BOOLEAN,
      &self->distorted.launch, "size", G_TYPE_UINT, &self->size, "encoders",
      G_TYPE_UINT, &n, NULL);
  self->reference.text = measure_message_get_text (head, "reference");
  self->distorted.text = measure_message_get_text (head, "distorted");
  if (n > 0)
    self->encoders = g_new0 (gchar *, n + 1);
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name = g_strdup_printf ("encoder-%u", i);

    self->encoders[i] = measure_message_get_text (head, name);
    if (self->encoders[i] == NULL)
      return FALSE;
  }
  return self->reference.text != NULL && (self->distorted.text != NULL || n > 0)
      && measure_message_get_settings (head, settings);
}

/* One field a line. */
/* clang-format off */
gchar *
monitor_totals_write (const MonitorTotals *self)
{
  return measure_message_write (gst_structure_new (MONITOR_SAYS_TOTALS,
      "stream", G_TYPE_UINT, self->stream,
      "pairs", G_TYPE_UINT64, self->pairs,
      "skipped", G_TYPE_UINT64, self->skipped,
      "unselected", G_TYPE_UINT64, self->unselected,
      "misaligned", G_TYPE_UINT64, self->misaligned,
      "unsure", G_TYPE_UINT64, self->unsure,
      "unmatched-reference", G_TYPE_UINT64, self->unmatched_reference,
      "unmatched-distorted", G_TYPE_UINT64, self->unmatched_distorted,
      "late", G_TYPE_UINT64, self->late,
      "gaps", G_TYPE_UINT64, self->gaps,
      "bytes", G_TYPE_UINT64, self->bytes,
      "lag", G_TYPE_DOUBLE, self->lag,
      "synced", G_TYPE_BOOLEAN, self->synced,
      "sync-offset", G_TYPE_DOUBLE, self->sync_offset,
      "sync-confidence", G_TYPE_DOUBLE, self->sync_confidence,
      NULL), NULL);
}

void
monitor_totals_read (MonitorTotals *self, const GstStructure *head)
{
  *self = (MonitorTotals){ .lag = -1, .sync_confidence = -1 };
  gst_structure_get (head,
      "stream", G_TYPE_UINT, &self->stream,
      "pairs", G_TYPE_UINT64, &self->pairs,
      "skipped", G_TYPE_UINT64, &self->skipped,
      "unselected", G_TYPE_UINT64, &self->unselected,
      "misaligned", G_TYPE_UINT64, &self->misaligned,
      "unsure", G_TYPE_UINT64, &self->unsure,
      "unmatched-reference", G_TYPE_UINT64, &self->unmatched_reference,
      "unmatched-distorted", G_TYPE_UINT64, &self->unmatched_distorted,
      "late", G_TYPE_UINT64, &self->late,
      "gaps", G_TYPE_UINT64, &self->gaps,
      "bytes", G_TYPE_UINT64, &self->bytes,
      "lag", G_TYPE_DOUBLE, &self->lag,
      "synced", G_TYPE_BOOLEAN, &self->synced,
      "sync-offset", G_TYPE_DOUBLE, &self->sync_offset,
      "sync-confidence", G_TYPE_DOUBLE, &self->sync_confidence,
      NULL);
}
/* clang-format on */
