/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report as one JSON object, for programs.  Programs rely on the names of
 * its members: a change that breaks readers raises "schema".
 */
#include "compare/report/report.h"

#include "console/printable.h"
#include "measure/crop.h"
#include "table/json.h"

#include <math.h>
#include <string.h>

#include <json-glib/json-glib.h>

#define SCHEMA 1

/* For programs that look for it. */
static void
add_name (JsonBuilder *builder, const gchar *path)
{
  g_autofree gchar *name = printable_exact (path);

  json_builder_add_string_value (builder, name);
}

/* A number that is missing or infinite (psnr of identical frames) is null:
 * JSON has no infinity. */
static void
add_number (JsonBuilder *builder, const gchar *member,
    const GstStructure *fields, const gchar *name)
{
  gdouble number;

  json_builder_set_member_name (builder, member);
  if (measure_result_number (fields, name, &number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

static void
add_count (JsonBuilder *builder, const gchar *member,
    const GstStructure *fields, const gchar *name)
{
  guint64 count = 0;

  if (fields != NULL)
    gst_structure_get_uint64 (fields, name, &count);
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, (gint64) count);
}

static void
add_time (JsonBuilder *builder, const gchar *member, const GstStructure *fields,
    const gchar *name)
{
  guint64 time = GST_CLOCK_TIME_NONE;

  gst_structure_get_uint64 (fields, name, &time);
  json_builder_set_member_name (builder, member);
  if (GST_CLOCK_TIME_IS_VALID (time))
    json_builder_add_int_value (builder, (gint64) time);
  else
    json_builder_add_null_value (builder);
}

static void
add_value (JsonBuilder *builder, const GValue *value)
{
  if (G_VALUE_HOLDS_BOOLEAN (value))
    json_builder_add_boolean_value (builder, g_value_get_boolean (value));
  else if (G_VALUE_HOLDS_UINT64 (value))
    json_builder_add_int_value (builder, (gint64) g_value_get_uint64 (value));
  else if (G_VALUE_HOLDS_DOUBLE (value))
    json_builder_add_double_value (builder, g_value_get_double (value));
  else if (G_VALUE_HOLDS_STRING (value))
    json_builder_add_string_value (builder, g_value_get_string (value));
  else
    json_builder_add_null_value (builder);
}

static gboolean
add_option (GQuark name, const GValue *value, gpointer user)
{
  JsonBuilder *builder = user;

  json_builder_set_member_name (builder, g_quark_to_string (name));
  add_value (builder, value);
  return TRUE;
}

/* @column: what they are of */
static void
add_statistics (
    JsonBuilder *builder, const GstStructure *fields, const gchar *column)
{
  gboolean similarity = compare_is_similarity (column);

  for (guint i = 0; compare_statistics[i] != NULL; i++) {
    const gchar *name = compare_statistics[i];
    gdouble number;

    if (compare_statistic_is_of_similarities (name) && !similarity)
      continue;
    json_builder_set_member_name (builder, name);
    if (compare_statistic_get (fields, name, &number))
      json_builder_add_double_value (builder, number);
    else
      json_builder_add_null_value (builder);
  }
  if (fields != NULL && gst_structure_has_field (fields, "infinite"))
    add_count (builder, "infinite", fields, "infinite");
}

static GstStructure *
part_of (const GstStructure *fields, const gchar *name)
{
  GstStructure *part = NULL;

  if (fields != NULL)
    gst_structure_get (fields, name, GST_TYPE_STRUCTURE, &part, NULL);
  return part;
}

static void
add_worst (JsonBuilder *builder, const GstStructure *summary)
{
  GstStructure *worst = part_of (summary, "worst");

  json_builder_set_member_name (builder, "worst");
  if (worst == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  add_count (builder, "index", worst, "index");
  add_time (builder, "pts", worst, "pts");
  add_time (builder, "stream_time", worst, "stream-time");
  add_number (builder, "distance", worst, "distance");
  json_builder_end_object (builder);
  gst_structure_free (worst);
}

static void
add_taps (JsonBuilder *builder, const GstStructure *fields)
{
  const GValue *taps =
      fields != NULL ? gst_structure_get_value (fields, "taps") : NULL;

  json_builder_set_member_name (builder, "taps");
  json_builder_begin_array (builder);
  for (guint i = 0; taps != NULL && i < gst_value_array_get_size (taps); i++) {
    gdouble mean = g_value_get_double (gst_value_array_get_value (taps, i));

    if (isfinite (mean))
      json_builder_add_double_value (builder, mean);
    else
      json_builder_add_null_value (builder);
  }
  json_builder_end_array (builder);
}

/* What the taps of @fields (nullable) are called; nothing where they have no
 * @names (nullable). */
static void
add_tap_names (
    JsonBuilder *builder, const GstStructure *fields, const GValue *names)
{
  const GValue *taps =
      fields != NULL ? gst_structure_get_value (fields, "taps") : NULL;
  guint n = taps != NULL && names != NULL
      ? MIN (gst_value_array_get_size (taps), gst_value_array_get_size (names))
      : 0;

  if (n == 0)
    return;
  json_builder_set_member_name (builder, "tap_names");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_string_value (
        builder, g_value_get_string (gst_value_array_get_value (names, i)));
  json_builder_end_array (builder);
}

/* Where the columns of a summary go, and what their parts are called. */
typedef struct
{
  JsonBuilder *builder;
  GstStructure *tap_names; /* (nullable) */
} Also;

static gboolean
add_column (GQuark name, const GValue *value, gpointer user)
{
  const Also *self = user;
  JsonBuilder *builder = self->builder;
  const GstStructure *fields = gst_value_get_structure (value);
  g_autofree gchar *column = measure_column_name (g_quark_to_string (name));

  json_builder_set_member_name (builder, column);
  json_builder_begin_object (builder);
  add_statistics (builder, fields, column);
  if (gst_structure_has_field (fields, "worst"))
    add_worst (builder, fields);
  add_taps (builder, fields);
  if (self->tap_names != NULL)
    add_tap_names (
        builder, fields, gst_structure_id_get_value (self->tap_names, name));
  json_builder_end_object (builder);
  return TRUE;
}

/* What sync=auto found; nothing without it. */
static void
add_sync (JsonBuilder *builder, const GstStructure *summary)
{
  gint64 offset;

  if (summary == NULL || !gst_structure_has_field (summary, "sync-confidence"))
    return;
  json_builder_set_member_name (builder, "sync_offset_found");
  if (gst_structure_get_int64 (summary, "sync-offset-found", &offset))
    json_builder_add_int_value (builder, offset);
  else
    json_builder_add_null_value (builder);
  add_number (builder, "sync_confidence", summary, "sync-confidence");
}

/* How the frames were brought together; nothing of images. */
static void
add_align (JsonBuilder *builder, const GstStructure *summary)
{
  const gchar *reason;
  gint64 offset = 0;

  if (summary == NULL || !gst_structure_has_field (summary, "align"))
    return;
  gst_structure_get_int64 (summary, "align-offset", &offset);
  reason = gst_structure_get_string (summary, "align-reason");
  json_builder_set_member_name (builder, "align");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "by");
  json_builder_add_string_value (
      builder, gst_structure_get_string (summary, "align"));
  json_builder_set_member_name (builder, "offset");
  json_builder_add_int_value (builder, offset);
  add_number (builder, "confidence", summary, "align-confidence");
  if (reason != NULL) {
    json_builder_set_member_name (builder, "reason");
    json_builder_add_string_value (builder, reason);
  }
  json_builder_end_object (builder);
}

static gboolean
is_of_rgb (GQuark name, const GValue *value, gpointer found)
{
  *(gboolean *) found |= measure_column_is_of_rgb (g_quark_to_string (name));
  return TRUE;
}

/* Where columns are of luma that is not the streams' own: what the metric is
 * called then, and why. */
static void
add_luma (JsonBuilder *builder, const GstStructure *summary,
    const GstStructure *also, const gchar *asked_for)
{
  const gchar *metric, *reason;
  gboolean found = FALSE;

  if (summary == NULL)
    return;
  metric = gst_structure_get_string (summary, "metric");
  reason = gst_structure_get_string (summary, "luma-reason");
  if (metric != NULL && strcmp (metric, asked_for) != 0) {
    json_builder_set_member_name (builder, "metric");
    json_builder_add_string_value (builder, metric);
    found = TRUE;
  }
  if (also != NULL)
    gst_structure_foreach (also, is_of_rgb, &found);
  if (!found || reason == NULL)
    return;
  json_builder_set_member_name (builder, "luma");
  json_builder_add_string_value (builder, "rgb");
  json_builder_set_member_name (builder, "luma_reason");
  json_builder_add_string_value (builder, reason);
}

/* @crop: (nullable): the part that was measured */
static void
add_crop (JsonBuilder *builder, const gchar *member, const gchar *crop)
{
  if (crop == NULL)
    return;
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, crop);
}

/* By how much the metric made the pictures smaller, where it was asked to. */
static void
add_scale (JsonBuilder *builder, const GstStructure *summary)
{
  gdouble scale;

  if (summary == NULL || !gst_structure_get_double (summary, "scale", &scale))
    return;
  json_builder_set_member_name (builder, "scale");
  json_builder_add_double_value (builder, scale);
}

static void
add_also (JsonBuilder *builder, const GstStructure *summary)
{
  g_autoptr (GstStructure) also = part_of (summary, "also");
  g_autoptr (GstStructure) names = part_of (summary, "also-tap-names");
  Also columns = { builder, names };

  json_builder_set_member_name (builder, "also");
  json_builder_begin_object (builder);
  if (also != NULL)
    gst_structure_foreach (also, add_column, &columns);
  json_builder_end_object (builder);
}

static void
add_result (JsonBuilder *builder, const MeasureResult *result,
    const CompareOptions *options)
{
  const gchar *metric = options->metric;
  const GstStructure *summary = result->summary;
  GstStructure *also = part_of (summary, "also");

  json_builder_begin_object (builder);
  if (options->pairs.several) {
    json_builder_set_member_name (builder, "reference");
    add_name (builder, result->reference->path);
  }
  json_builder_set_member_name (builder, "distorted");
  add_name (builder, result->distorted->path);
  add_count (builder, "pairs", summary, "pairs");
  add_count (builder, "measured", summary, "measured");
  add_count (builder, "skipped", summary, "skipped");
  add_count (builder, "unselected", summary, "unselected");
  add_count (builder, "unmatched_reference", summary, "unmatched-reference");
  add_count (builder, "unmatched_distorted", summary, "unmatched-distorted");
  add_count (builder, "late", summary, "late");
  add_count (builder, "gaps", summary, "gaps");
  add_count (builder, "frozen", summary, "frozen");
  add_count (builder, "black", summary, "black");
  add_count (builder, "misaligned", summary, "misaligned");
  add_luma (builder, summary, also, metric);
  add_scale (builder, summary);
  if (summary != NULL && gst_structure_has_field (summary, "pair")) {
    json_builder_set_member_name (builder, "pair");
    json_builder_add_string_value (
        builder, gst_structure_get_string (summary, "pair"));
  }
  add_crop (builder, "reference_crop",
      measure_crop_of (&options->settings, result->reference, TRUE));
  add_crop (builder, "distorted_crop",
      measure_crop_of (&options->settings, result->distorted, FALSE));
  add_align (builder, summary);
  add_sync (builder, summary);
  add_statistics (builder, summary, metric);
  add_worst (builder, summary);
  add_taps (builder, summary);
  if (summary != NULL)
    add_tap_names (
        builder, summary, gst_structure_get_value (summary, "tap-names"));
  add_also (builder, summary);
  if (result->incomplete) {
    json_builder_set_member_name (builder, "incomplete");
    json_builder_add_boolean_value (builder, TRUE);
  }
  if (result->error != NULL) {
    json_builder_set_member_name (builder, "error");
    json_builder_add_string_value (builder, result->error);
  }
  json_builder_end_object (builder);
  g_clear_pointer (&also, gst_structure_free);
}

/* Times that were told in frames are frames. */
static void
add_start (JsonBuilder *builder, const gchar *side, const Duration *start)
{
  g_autofree gchar *member = g_strconcat (
      side, start->unit == DURATION_FRAMES ? "_start_frames" : "_start", NULL);

  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, start->amount);
}

/* Which part was measured, as the user told it; nothing of all. */
JsonNode *
compare_report_section (const MeasureSection *section)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (measure_section_is_all (section))
    return NULL;
  json_builder_begin_object (builder);
  add_start (builder, "reference", &section->reference_start);
  if (section->separate)
    add_start (builder, "distorted", &section->distorted_start);
  if (section->length >= 0) {
    json_builder_set_member_name (builder, "duration");
    json_builder_add_int_value (builder, section->length);
  }
  if (section->frames != G_MAXUINT64) {
    json_builder_set_member_name (builder, "frames");
    json_builder_add_int_value (builder, (gint64) section->frames);
  }
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static const GstStructure *
first_summary (GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    if (result->summary != NULL)
      return result->summary;
  }
  return NULL;
}

/* @fields: (nullable) */
static void
add_weights (JsonBuilder *builder, const GstStructure *fields)
{
  const gchar *name = NULL, *sha256 = NULL;

  if (fields != NULL) {
    name = gst_structure_get_string (fields, "weights-name");
    sha256 = gst_structure_get_string (fields, "weights-sha256");
  }
  json_builder_set_member_name (builder, "weights");
  if (name == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, name);
  json_builder_set_member_name (builder, "sha256");
  if (sha256 != NULL)
    json_builder_add_string_value (builder, sha256);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
}

/* @fields: (nullable) */
static void
add_arithmetic (JsonBuilder *builder, const GstStructure *fields)
{
  const gchar *arithmetic =
      fields != NULL ? gst_structure_get_string (fields, "arithmetic") : NULL;

  if (arithmetic == NULL)
    return;
  json_builder_set_member_name (builder, "arithmetic");
  json_builder_add_string_value (builder, arithmetic);
}

static void
add_options (JsonBuilder *builder, const GstStructure *fields)
{
  g_autoptr (GstStructure) options = part_of (fields, "options");

  json_builder_set_member_name (builder, "options");
  json_builder_begin_object (builder);
  if (options != NULL)
    gst_structure_foreach (options, add_option, builder);
  json_builder_end_object (builder);
}

static gboolean
add_other (GQuark name, const GValue *value, gpointer user)
{
  JsonBuilder *builder = user;
  const GstStructure *fields = gst_value_get_structure (value);
  g_autofree gchar *column = measure_column_name (g_quark_to_string (name));

  json_builder_set_member_name (builder, column);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "metric");
  json_builder_add_string_value (
      builder, gst_structure_get_string (fields, "metric"));
  add_options (builder, fields);
  add_weights (builder, fields);
  add_arithmetic (builder, fields);
  json_builder_end_object (builder);
  return TRUE;
}

/* Further metrics to which the options above do not apply. */
static void
add_others (JsonBuilder *builder, const GstStructure *summary)
{
  g_autoptr (GstStructure) others = part_of (summary, "also-metrics");

  if (others == NULL)
    return;
  json_builder_set_member_name (builder, "also_metrics");
  json_builder_begin_object (builder);
  gst_structure_foreach (others, add_other, builder);
  json_builder_end_object (builder);
}

/* A file, or the folder of references; nothing of a list, in which each pair
 * has its own. */
static void
add_reference (JsonBuilder *builder, const CompareOptions *options,
    const MeasureInput *reference)
{
  const ComparePairs *pairs = &options->pairs;

  json_builder_set_member_name (builder, "reference");
  if (!pairs->several)
    add_name (builder, reference->path);
  else if (pairs->is_list)
    json_builder_add_null_value (builder);
  else
    add_name (builder, pairs->source);
  if (pairs->alone->len == 0)
    return;
  json_builder_set_member_name (builder, "alone");
  json_builder_begin_array (builder);
  for (guint i = 0; i < pairs->alone->len; i++)
    add_name (builder, pairs->alone->pdata[i]);
  json_builder_end_array (builder);
}

/* Returns: (transfer full): the object without its end. */
static JsonBuilder *
begin_object (const CompareOptions *options, const MeasureInput *reference,
    GPtrArray *results)
{
  JsonBuilder *builder = json_builder_new ();
  const GstStructure *summary = first_summary (results);
  JsonNode *section = compare_report_section (&options->section.chosen);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "schema");
  json_builder_add_int_value (builder, SCHEMA);
  json_builder_set_member_name (builder, "metric");
  json_builder_add_string_value (builder, options->metric);
  add_options (builder, summary);
  add_weights (builder, summary);
  add_arithmetic (builder, summary);
  if (section != NULL) {
    json_builder_set_member_name (builder, "section");
    json_builder_add_value (builder, section);
  }
  add_others (builder, summary);
  add_reference (builder, options, reference);
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint i = 0; i < results->len; i++)
    add_result (builder, results->pdata[i], options);
  json_builder_end_array (builder);
  return builder;
}

gchar *
compare_report_json (const CompareOptions *options,
    const MeasureInput *reference, GPtrArray *results,
    void (*add) (JsonBuilder *builder, gpointer user), gpointer user)
{
  g_autoptr (JsonBuilder) builder = begin_object (options, reference, results);

  if (add != NULL)
    add (builder, user);
  json_builder_end_object (builder);
  return table_json_print (builder);
}

gchar *
compare_report_island (const CompareOptions *options,
    const MeasureInput *reference, GPtrArray *results,
    void (*add) (JsonBuilder *builder, gpointer user), gpointer user)
{
  g_autoptr (JsonBuilder) builder = begin_object (options, reference, results);

  add (builder, user);
  json_builder_end_object (builder);
  return table_json_line (builder);
}
