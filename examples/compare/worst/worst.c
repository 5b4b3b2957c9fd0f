/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses pairs as the page does, names files by rank, file and time.
 */
#include "compare/worst/worst.h"

#include "compare/worst/heat-scale.h"
#include "compare/worst/moments.h"
#include "compare/worst/strip.h"
#include "console/printable.h"
#include "measure/written.h"
#include "table/json.h"

#include <math.h>
#include <string.h>

/* Bytes that file systems take for one part of a path. */
#define LONGEST_NAME 255

static void
free_worst (gpointer data)
{
  CompareWorst *worst = data;

  g_free (worst->path);
  g_free (worst->problem);
  g_free (worst);
}

/* "0h01m02.345s", which file systems and shells let pass, or with colons for
 * people. */
static gchar *
format_time (guint64 time, gboolean for_file)
{
  guint64 ms = (time + GST_MSECOND / 2) / GST_MSECOND;

  return g_strdup_printf (for_file ? "%uh%02um%02u.%03us" : "%u:%02u:%02u.%03u",
      (guint) (ms / 3600000), (guint) (ms / 60000 % 60),
      (guint) (ms / 1000 % 60), (guint) (ms % 1000));
}

/* Returns: (transfer full): the last part of @file as every file system and
 * every terminal takes it, in at most @most bytes.  What is not printable comes
 * as its number, and what might be taken for something else than a part of a
 * name as "_". */
static gchar *
make_part (const gchar *file, gsize most)
{
  g_autofree gchar *bare = g_path_get_basename (file);
  gchar *part = printable_text (bare);

  for (gchar *c = part; *c != '\0'; c++) {
    if (strchr ("/\\:*?\"<>|%", *c) != NULL)
      *c = '_';
  }
  if (strlen (part) > most)
    *g_utf8_find_prev_char (part, part + most + 1) = '\0';
  return part;
}

/* Ranks keep names apart, whatever is cut off. */
static gchar *
make_name (
    const CompareWorst *worst, guint digits, const gchar *file, gboolean image)
{
  g_autofree gchar *time = format_time (worst->time, TRUE);
  g_autofree gchar *first =
      g_strdup_printf ("%0*u-", (gint) digits, worst->rank);
  g_autofree gchar *last =
      image ? g_strdup (".png") : g_strdup_printf ("-%s.png", time);
  g_autofree gchar *part =
      make_part (file, LONGEST_NAME - strlen (first) - strlen (last));

  return g_strconcat (first, part, last, NULL);
}

/* What is cut off where a strip is narrow is at the end. */
static gchar *
make_title (
    const CompareWorst *worst, const MeasureResult *result, const gchar *metric)
{
  g_autofree gchar *bare = g_path_get_basename (result->distorted->path);
  g_autofree gchar *name = printable_text (bare);
  g_autofree gchar *time = format_time (worst->time, FALSE);
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.6g", worst->distance);
  return result->distorted->is_image
      ? g_strdup_printf ("%u: %s %s, %s", worst->rank, metric, number, name)
      : g_strdup_printf (
          "%u: %s %s at %s, %s", worst->rank, metric, number, time, name);
}

static gboolean
write_picture (const CompareWorst *worst, const CompareOptions *options,
    const MeasureResult *result, const MeasureMoment *moment, GError **error)
{
  g_autofree gchar *title = make_title (worst, result, options->metric);
  g_autoptr (GBytes) png = compare_strip_draw (
      &(CompareStrip){
          .title = title,
          .reference = moment->photos[MEASURE_VIEW_REFERENCE].file,
          .distorted = moment->photos[MEASURE_VIEW_DISTORTED].file,
          .map = moment->photos[MEASURE_VIEW_MAP].file,
          .map_maximum = compare_heat_maximum (options),
      },
      error);
  gconstpointer data;
  gsize size = 0;

  if (png == NULL)
    return FALSE;
  data = g_bytes_get_data (png, &size);
  return measure_written_put (worst->path, "--worst-dir", data, size, error);
}

GPtrArray *
compare_worst_write (const CompareOptions *options, const GPtrArray *results,
    const CompareCourse *course, MeasureRemote *remote,
    const gboolean *interrupted)
{
  g_autoptr (GArray) moments = compare_moments_choose (course->distorted,
      compare_is_similarity (options->metric), options->worst);
  g_autofree gchar *most = g_strdup_printf ("%u", MAX (moments->len, 10));
  GPtrArray *all = g_ptr_array_new_with_free_func (free_worst);

  for (guint i = 0; i < moments->len; i++) {
    CompareMoment *moment = &g_array_index (moments, CompareMoment, i);
    const MeasureTimeline *timeline = course->distorted->pdata[moment->file];
    const MeasurePair *pair =
        &g_array_index (timeline->pairs, MeasurePair, moment->pair);
    const MeasureResult *result = results->pdata[moment->file];
    CompareWorst *worst = g_new0 (CompareWorst, 1);
    g_autofree gchar *name = NULL;
    g_autoptr (GError) error = NULL;

    *worst = (CompareWorst){ .rank = i + 1,
      .file = moment->file,
      .time = pair->time,
      .distance = pair->distance };
    name = make_name (worst, (guint) strlen (most), result->distorted->path,
        result->distorted->is_image);
    worst->path = g_build_filename (options->worst_dir, name, NULL);
    compare_moment_show (moment,
        &(CompareShow){
            .options = options,
            .reference = result->reference,
            .distorted = result->distorted,
            .timeline = timeline,
            .remote = remote,
            .interrupted = interrupted,
        });
    if (moment->shown->problem != NULL)
      worst->problem = g_strdup (moment->shown->problem);
    else if (!write_picture (worst, options, result, moment->shown, &error))
      worst->problem = g_strdup (error->message);
    g_clear_pointer (&moment->shown, measure_moment_free);
    g_ptr_array_add (all, worst);
  }
  return all;
}

/* --- what was written ---------------------------------------------------- */

gchar *
compare_worst_describe (const GPtrArray *worst, const GPtrArray *results)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < worst->len; i++) {
    const CompareWorst *one = worst->pdata[i];
    const MeasureResult *result = results->pdata[one->file];
    g_autofree gchar *name = printable_text (one->path);
    g_autofree gchar *head = g_strdup_printf ("worst %u", one->rank);
    g_autofree gchar *time = format_time (one->time, FALSE);
    gchar number[G_ASCII_DTOSTR_BUF_SIZE];

    if (one->problem != NULL)
      continue;
    g_ascii_formatd (number, sizeof number, "%.6g", one->distance);
    g_string_append_printf (text, "%-10s  %s (%s%s%s)\n", head, name, number,
        result->distorted->is_image ? "" : " at ",
        result->distorted->is_image ? "" : time);
  }
  return g_string_free (text, FALSE);
}

void
compare_worst_add_json (
    JsonBuilder *builder, const GPtrArray *worst, const GPtrArray *results)
{
  json_builder_set_member_name (builder, "worst_pictures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < worst->len; i++) {
    const CompareWorst *one = worst->pdata[i];
    const MeasureResult *result = results->pdata[one->file];

    json_builder_begin_object (builder);
    table_json_path (builder, "distorted", result->distorted->path);
    table_json_count (builder, "stream_time", one->time);
    table_json_number (builder, "distance", one->distance);
    if (one->problem != NULL)
      table_json_text (builder, "problem", one->problem);
    else
      table_json_path (builder, "file", one->path);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}
