/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Adds to the JSON report what the page shows beyond it: the curves, the marks
 * on them, the moments.  Of long curves the lowest and the highest pair of each
 * stretch are kept, so that every number is one that was measured.
 */
#include "compare/report/data.h"

#include "table/json.h"

#include <math.h>

/* Points of all curves together, and of each at least. */
#define MOST_POINTS 10000
#define LEAST_POINTS 500

typedef struct
{
  const CompareContent *content;
  const gchar *const *names;
} Data;

static void
add_number (JsonBuilder *builder, gdouble number)
{
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

/* --- curves -------------------------------------------------------------- */

/* Returns: (transfer full): numbers of the pairs that are kept. */
static GArray *
thin (const GArray *pairs, guint most)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (guint));
  guint stretches = MAX (most / 2, 1);

  for (guint i = 0; i < pairs->len && pairs->len <= most; i++)
    g_array_append_val (kept, i);
  for (guint k = 0; k < stretches && pairs->len > most; k++) {
    guint begin = (guint) ((guint64) pairs->len * k / stretches);
    guint end = (guint) ((guint64) pairs->len * (k + 1) / stretches);
    guint low = begin, high = begin;

    for (guint i = begin; i < end; i++) {
      gdouble distance = g_array_index (pairs, MeasurePair, i).distance;

      if (distance < g_array_index (pairs, MeasurePair, low).distance)
        low = i;
      if (distance > g_array_index (pairs, MeasurePair, high).distance)
        high = i;
    }
    begin = MIN (low, high);
    end = MAX (low, high);
    g_array_append_val (kept, begin);
    if (end != begin)
      g_array_append_val (kept, end);
  }
  return kept;
}

static void
add_curve (JsonBuilder *builder, const Data *data, guint file)
{
  const MeasureTimeline *timeline =
      data->content->course->distorted->pdata[file];
  guint share = MAX (MOST_POINTS / data->content->results->len, LEAST_POINTS);
  g_autoptr (GArray) kept = thin (timeline->pairs, share);

  json_builder_begin_object (builder);
  table_json_text (builder, "file", data->names[file]);
  table_json_boolean (builder, "whole", kept->len == timeline->pairs->len);
  json_builder_set_member_name (builder, "x");
  json_builder_begin_array (builder);
  for (guint i = 0; i < kept->len; i++)
    json_builder_add_int_value (builder,
        (gint64) g_array_index (
            timeline->pairs, MeasurePair, g_array_index (kept, guint, i))
            .time);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "y");
  json_builder_begin_array (builder);
  for (guint i = 0; i < kept->len; i++)
    add_number (builder,
        g_array_index (
            timeline->pairs, MeasurePair, g_array_index (kept, guint, i))
            .distance);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* --- what is marked ------------------------------------------------------ */

static void
add_marks (JsonBuilder *builder, const Data *data, guint file)
{
  static const gchar *const kinds[] = {
    [MEASURE_MARK_LOST_REFERENCE] = "unmatched-reference",
    [MEASURE_MARK_LOST_DISTORTED] = "unmatched-distorted",
    [MEASURE_MARK_GAP] = "gap",
    [MEASURE_MARK_ABOVE] = "above",
    [MEASURE_MARK_BELOW] = "below",
    [MEASURE_MARK_FROZEN] = "frozen",
    [MEASURE_MARK_BLACK] = "black",
  };
  const MeasureTimeline *timeline =
      data->content->course->distorted->pdata[file];

  for (guint i = 0; i < timeline->marks->len; i++) {
    const MeasureMark *mark = &g_array_index (timeline->marks, MeasureMark, i);

    json_builder_begin_object (builder);
    table_json_text (builder, "file", data->names[file]);
    table_json_text (
        builder, "kind", kinds[MIN (mark->kind, MEASURE_MARK_BLACK)]);
    table_json_count (
        builder, "begin", mark->begin + (guint64) timeline->shift);
    table_json_count (builder, "end", mark->end + (guint64) timeline->shift);
    table_json_count (builder, "count", mark->count);
    json_builder_end_object (builder);
  }
}

static void
add_rate (JsonBuilder *builder, const Data *data, guint file)
{
  const MeasureTimeline *timeline =
      data->content->course->distorted->pdata[file];

  json_builder_begin_object (builder);
  table_json_text (builder, "file", data->names[file]);
  table_json_count (builder, "bytes", measure_timeline_count_bytes (timeline));
  table_json_count (builder, "duration",
      GST_CLOCK_TIME_IS_VALID (timeline->coded_begin)
          ? timeline->coded_end - timeline->coded_begin
          : 0);
  json_builder_end_object (builder);
}

static void
add_moment (JsonBuilder *builder, const Data *data, guint number)
{
  const CompareMoment *moment =
      &g_array_index (data->content->moments, CompareMoment, number);
  const MeasureTimeline *timeline =
      data->content->course->distorted->pdata[moment->file];
  const MeasurePair *pair =
      &g_array_index (timeline->pairs, MeasurePair, moment->pair);

  json_builder_begin_object (builder);
  table_json_text (builder, "file", data->names[moment->file]);
  table_json_count (builder, "time", pair->time);
  table_json_count (builder, "reference_pts", pair->reference_pts);
  table_json_count (builder, "distorted_pts", pair->distorted_pts);
  json_builder_set_member_name (builder, "distance");
  add_number (builder, pair->distance);
  table_json_boolean (builder, "pictures", moment->shown->problem == NULL);
  if (moment->shown->problem != NULL)
    table_json_text (builder, "problem", moment->shown->problem);
  json_builder_end_object (builder);
}

/* --- the member ---------------------------------------------------------- */

static void
add_list (JsonBuilder *builder, const gchar *name, const Data *data, guint n,
    void (*add) (JsonBuilder *builder, const Data *data, guint i))
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    add (builder, data, i);
  json_builder_end_array (builder);
}

static void
add_page (JsonBuilder *builder, gpointer user)
{
  const Data *data = user;
  guint files = data->content->results->len;

  json_builder_set_member_name (builder, "page");
  json_builder_begin_object (builder);
  add_list (builder, "curves", data, files, add_curve);
  add_list (builder, "marks", data, files, add_marks);
  add_list (builder, "encoded", data, files, add_rate);
  add_list (builder, "moments", data, data->content->moments->len, add_moment);
  json_builder_end_object (builder);
}

gchar *
compare_report_data (const CompareContent *content, const gchar *const *names)
{
  Data data = { .content = content, .names = names };

  return compare_report_island (content->options, content->inputs->pdata[0],
      content->results, add_page, &data);
}

/* --- the log's header ---------------------------------------------------- */

static gboolean
append_line (GQuark name, const GValue *value, gpointer user)
{
  GString *text = user;
  g_autofree gchar *key =
      g_strdelimit (g_strdup (g_quark_to_string (name)), "-", '_');
  g_autofree gchar *shown = NULL;

  if (G_VALUE_HOLDS_STRING (value))
    shown = g_value_dup_string (value);
  else if (GST_VALUE_HOLDS_STRUCTURE (value))
    shown = gst_structure_to_string (gst_value_get_structure (value));
  else
    shown = gst_value_serialize (value);
  g_string_append_printf (text, "%s: %s\n", key, shown);
  return TRUE;
}

gchar *
compare_report_header_text (const GstStructure *header)
{
  GString *text = g_string_new (NULL);

  gst_structure_foreach (header, append_line, text);
  return g_string_free (text, FALSE);
}
