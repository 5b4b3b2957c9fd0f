/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of what is written to logs: whatever pairs and summaries come, a log
 * of vmaf-json is one JSON document after each of them, whose end is written
 * anew each time, and one of jsonl has as many lines, each of them JSON.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "bytes.h"
#include "log/log.h"

#include "place.h"

#include <json-glib/json-glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MOST_RECORDS 24

static gdouble
take_double (Bytes *bytes)
{
  static const gdouble numbers[] = { 0, -0., 1, -1, .1, 1e300, 1e-320,
    G_MAXDOUBLE };
  guint8 how = take_byte (bytes);
  guint64 bits;
  gdouble number;

  if (how < 128)
    return numbers[how % G_N_ELEMENTS (numbers)];
  bits = take_number (bytes, 8);
  memcpy (&number, &bits, sizeof number);
  return number;
}

/* Of letters that a reader of JSON or CSV may stumble over. */
static const gchar *
take_text (Bytes *bytes)
{
  static const gchar *const texts[] = { "psnr", "ssim", "lpips:taps=1,2",
    "a\"b", "a\\", "\n", "\t\x01", "\303\244", "", "stream", "a b" };

  return texts[take_byte (bytes) % G_N_ELEMENTS (texts)];
}

static GstStructure *
take_also (Bytes *bytes)
{
  static const gchar *const names[] = { "psnr", "ssim", "ms-ssim", "l2" };
  GstStructure *also = gst_structure_new_empty ("also");
  guint n = take_byte (bytes) % 4;

  for (guint i = 0; i < n; i++)
    gst_structure_set (also, names[take_byte (bytes) % 4], G_TYPE_DOUBLE,
        take_double (bytes), NULL);
  return also;
}

static GstStructure *
take_pair (Bytes *bytes)
{
  g_autoptr (GstStructure) also = take_also (bytes);
  GstStructure *pair = gst_structure_new ("distance", "metric", G_TYPE_STRING,
      take_text (bytes), "stream", G_TYPE_STRING, "dist_sink", "index",
      G_TYPE_UINT64, take_number (bytes, 4), "distance", G_TYPE_DOUBLE,
      take_double (bytes), "also", GST_TYPE_STRUCTURE, also, NULL);

  return pair;
}

static JsonNode *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (node);
  return node;
}

/* @pairs: since the last header */
static void
check_document (const gchar *text, guint pairs)
{
  g_autoptr (JsonNode) node = parse (text);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (object, "frames")),
      ==, pairs);
  g_assert_true (json_object_has_member (object, "pooled_metrics"));
}

/* Those from number @first on; the others have been looked at. */
static void
check_lines (const gchar *text, guint first, guint records)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, records + 1);
  for (guint i = first; i < records; i++)
    json_node_unref (parse (lines[i]));
}

static const gchar *
write_record (
    PerceptualLog *log, Bytes *bytes, const gchar *type, GstStructure *fields)
{
  g_autoptr (GError) error = NULL;

  perceptual_log_write (log, type, fields, &error);
  g_assert_no_error (error);
  gst_structure_free (fields);
  return type;
}

static void
write_log (const PerceptualLogFormat *format, Bytes bytes)
{
  gboolean document = format == &perceptual_log_vmaf_json;
  g_autofree gchar *path = place_path (format->name);
  PerceptualLog *log = perceptual_log_open (path, format, NULL, NULL, NULL);
  guint pairs = 0, records = 0;

  g_assert_nonnull (log);
  while (bytes.left > 0 && records < MOST_RECORDS) {
    g_autofree gchar *text = NULL;
    guint8 what = take_byte (&bytes);

    if (what % 8 == 0 && (records == 0 || !document)) {
      write_record (log, &bytes, "header",
          gst_structure_new ("header", "stream", G_TYPE_STRING, "dist_sink",
              "metric", G_TYPE_STRING, take_text (&bytes), "luma",
              G_TYPE_STRING, take_text (&bytes), NULL));
    } else if (what % 8 == 1) {
      write_record (log, &bytes, "summary",
          gst_structure_new ("summary", "stream", G_TYPE_STRING, "dist_sink",
              "mean", G_TYPE_DOUBLE, take_double (&bytes), "text",
              G_TYPE_STRING, take_text (&bytes), NULL));
    } else {
      write_record (log, &bytes, "distance", take_pair (&bytes));
      pairs++;
    }
    records++;
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    if (document)
      check_document (text, pairs);
    else if (format == &perceptual_log_jsonl)
      check_lines (text, records - 1, records);
  }
  g_assert_true (perceptual_log_close (log, NULL));
  if (format == &perceptual_log_jsonl && records > 0) {
    g_autofree gchar *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    check_lines (text, 0, records);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const Bytes bytes = { data, size };

  if (!gst_is_initialized ()) {
    /* No plugin is needed, so none is looked for. */
    g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
    gst_init (NULL, NULL);
  }
  for (guint i = 0; perceptual_log_formats[i] != NULL; i++)
    write_log (perceptual_log_formats[i], bytes);
  return 0;
}
