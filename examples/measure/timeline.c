/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Arrays that grow, and go from process to process as they are in memory: both
 * are the same program on the same machine.
 */
#include "measure/timeline.h"

/* Encoded frames come in the order of decoding, which is not that of time. */
#define SECONDS_BACK 16

static GArray *
new_array (gsize size)
{
  return g_array_new (FALSE, FALSE, (guint) size);
}

MeasureTimeline *
measure_timeline_new (void)
{
  MeasureTimeline *self = g_new0 (MeasureTimeline, 1);

  self->pairs = new_array (sizeof (MeasurePair));
  self->marks = new_array (sizeof (MeasureMark));
  self->seconds = new_array (sizeof (MeasureSecond));
  self->coded_begin = self->coded_end = GST_CLOCK_TIME_NONE;
  return self;
}

void
measure_timeline_free (MeasureTimeline *self)
{
  if (self == NULL)
    return;
  measure_timeline_clear (self);
  g_array_unref (self->pairs);
  g_array_unref (self->marks);
  g_array_unref (self->seconds);
  g_free (self);
}

void
measure_timeline_clear (MeasureTimeline *self)
{
  g_array_set_size (self->pairs, 0);
  g_array_set_size (self->marks, 0);
  g_array_set_size (self->seconds, 0);
  self->shift = self->offset = 0;
  self->coded_begin = self->coded_end = GST_CLOCK_TIME_NONE;
  g_clear_pointer (&self->header, gst_structure_free);
}

void
measure_timeline_add_bytes (
    MeasureTimeline *self, guint64 second, guint64 bytes)
{
  const MeasureSecond added = { second, bytes };
  guint n = self->seconds->len;

  for (guint i = n; i > 0 && i + SECONDS_BACK > n; i--) {
    MeasureSecond *known = &g_array_index (self->seconds, MeasureSecond, i - 1);

    if (known->second != second)
      continue;
    known->bytes += bytes;
    return;
  }
  g_array_append_val (self->seconds, added);
}

void
measure_timeline_add_mark (
    MeasureTimeline *self, const MeasureMark *mark, guint64 join)
{
  for (guint i = self->marks->len; i > 0; i--) {
    MeasureMark *known = &g_array_index (self->marks, MeasureMark, i - 1);

    if (known->kind != mark->kind)
      continue;
    if (mark->begin < known->begin || mark->begin > known->end + join)
      break;
    known->end = MAX (known->end, mark->end);
    known->count += mark->count;
    return;
  }
  g_array_append_vals (self->marks, mark, 1);
}

void
measure_timeline_append (MeasureTimeline *self, const MeasureTimeline *later)
{
  g_array_append_vals (self->pairs, later->pairs->data, later->pairs->len);
  for (guint i = 0; i < later->marks->len; i++)
    measure_timeline_add_mark (
        self, &g_array_index (later->marks, MeasureMark, i), 0);
  for (guint i = 0; i < later->seconds->len; i++) {
    const MeasureSecond *second =
        &g_array_index (later->seconds, MeasureSecond, i);

    measure_timeline_add_bytes (self, second->second, second->bytes);
  }
  if (later->pairs->len > 0)
    self->shift = later->shift;
  self->offset = later->offset;
  if (!GST_CLOCK_TIME_IS_VALID (later->coded_begin))
    return;
  self->coded_begin = MIN (self->coded_begin, later->coded_begin);
  self->coded_end = GST_CLOCK_TIME_IS_VALID (self->coded_end)
      ? MAX (self->coded_end, later->coded_end)
      : later->coded_end;
}

guint64
measure_timeline_count_bytes (const MeasureTimeline *self)
{
  guint64 sum = 0;

  for (guint i = 0; i < self->seconds->len; i++)
    sum += g_array_index (self->seconds, MeasureSecond, i).bytes;
  return sum;
}

/* --- from process to process --------------------------------------------- */

static void
set_array (GstStructure *head, const gchar *name, const GArray *array)
{
  g_autofree gchar *text = g_base64_encode ((const guchar *) array->data,
      array->len * (gsize) g_array_get_element_size ((GArray *) array));

  if (array->len > 0)
    gst_structure_set (head, name, G_TYPE_STRING, text, NULL);
}

static void
get_array (const GstStructure *head, const gchar *name, GArray *array)
{
  const gchar *text = gst_structure_get_string (head, name);
  g_autofree guchar *data = NULL;
  gsize size = 0;

  if (text == NULL)
    return;
  data = g_base64_decode (text, &size);
  g_array_append_vals (
      array, data, (guint) (size / g_array_get_element_size (array)));
}

void
measure_timeline_to_fields (const MeasureTimeline *self, GstStructure *head)
{
  gst_structure_set (head, "shift", G_TYPE_INT64, self->shift, "offset",
      G_TYPE_INT64, self->offset, "coded-begin", G_TYPE_UINT64,
      self->coded_begin, "coded-end", G_TYPE_UINT64, self->coded_end, NULL);
  set_array (head, "pairs", self->pairs);
  set_array (head, "marks", self->marks);
  set_array (head, "seconds", self->seconds);
}

void
measure_timeline_append_fields (MeasureTimeline *self, const GstStructure *head)
{
  MeasureTimeline *later = measure_timeline_new ();

  gst_structure_get (head, "shift", G_TYPE_INT64, &later->shift, "offset",
      G_TYPE_INT64, &later->offset, "coded-begin", G_TYPE_UINT64,
      &later->coded_begin, "coded-end", G_TYPE_UINT64, &later->coded_end, NULL);
  get_array (head, "pairs", later->pairs);
  get_array (head, "marks", later->marks);
  get_array (head, "seconds", later->seconds);
  measure_timeline_append (self, later);
  measure_timeline_free (later);
}
