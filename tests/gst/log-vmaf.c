/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The log in the layout of libvmaf: after each write, on a pipe, in several
 * files.
 */
#include "log-place.h"
#include "measuring/record.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* The same with psnr of each plane. */
static GstStructure *
new_distance_with_planes (guint64 index, gdouble y, gdouble cb, gdouble cr)
{
  const gdouble planes[] = { y, cb, cr };
  g_autoptr (GstStructure) taps = gst_structure_new_empty ("also-taps");
  GstStructure *distance = log_new_distance (index, 1, y);

  perceptual_structure_set_doubles (taps, "psnr", planes, 3);
  gst_structure_set (distance, "also-taps", GST_TYPE_STRUCTURE, taps, NULL);
  return distance;
}

/* --- the layout of libvmaf ----------------------------------------------- */

static void
assert_pool (JsonObject *document, const gchar *name, gdouble min, gdouble max,
    gdouble mean, gdouble harmonic_mean)
{
  JsonObject *workers = json_object_get_object_member (
      json_object_get_object_member (document, "pooled_metrics"), name);

  g_assert_nonnull (workers);
  g_assert_cmpfloat (json_object_get_double_member (workers, "min"), ==, min);
  g_assert_cmpfloat (json_object_get_double_member (workers, "max"), ==, max);
  g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (workers, "mean"), mean, 1e-12);
  g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (workers, "harmonic_mean"), harmonic_mean,
      1e-9);
}

static JsonObject *
metrics_of (JsonObject *document, guint frame, gint64 number)
{
  JsonObject *object = json_array_get_object_element (
      json_object_get_array_member (document, "frames"), frame);

  g_assert_cmpint (json_object_get_int_member (object, "frameNum"), ==, number);
  return json_object_get_object_member (object, "metrics");
}

static void
test_libvmaf_layout_holds_frames_and_pools (void)
{
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_vmaf_json, NULL, NULL, NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (JsonObject) document = NULL;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  log_write (log, "distance", log_new_distance (0, .25, 30));
  log_write (log, "distance", log_new_distance (1, .5, INFINITY));
  log_write (log, "distance", log_new_distance (3, 1, 40));
  log_write (log, "alert", gst_structure_new_empty ("alert"));
  log_write (log, "summary",
      gst_structure_new ("summary", "unmatched-reference", G_TYPE_UINT64,
          G_GUINT64_CONSTANT (1), NULL));
  log_close (log);

  text = log_place_read (&place, "log.jsonl");
  document = log_parse (text);
  g_assert_true (g_str_has_prefix (
      json_object_get_string_member (document, "version"), "gst-perceptual "));
  g_assert_cmpstr (
      json_object_get_string_member (
          json_object_get_object_member (document, "params"), "luma"),
      ==, "stream");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (document, "frames")),
      ==, 3);
  g_assert_cmpfloat (
      json_object_get_double_member (metrics_of (document, 0, 0), "mmd-ssim"),
      ==, .25);
  g_assert_cmpfloat (
      json_object_get_double_member (metrics_of (document, 0, 0), "psnr_y"), ==,
      30);
  g_assert_true (
      json_object_get_null_member (metrics_of (document, 1, 1), "psnr_y"));
  metrics_of (document, 2, 3);
  assert_pool (document, "mmd-ssim", .25, 1, 1.75 / 3,
      3 / (1 / 1.25 + 1 / 1.5 + 1 / 2.) - 1);
  assert_pool (document, "psnr_y", 30, 40, 35, 2 / (1 / 31. + 1 / 41.) - 1);
  g_assert_cmpuint (json_object_get_size (json_object_get_object_member (
                        document, "aggregate_metrics")),
      ==, 0);
  g_assert_cmpint (json_object_get_int_member (
                       json_object_get_object_member (document, "summary"),
                       "unmatched_reference"),
      ==, 1);
  log_place_clear (&place);
}

static void
test_libvmaf_layout_names_psnr_of_each_plane_as_libvmaf_does (void)
{
  static const gchar *const lumas[] = { "stream", "rgb" };

  for (guint i = 0; i < 2; i++) {
    LogPlace place = log_place_new ();
    PerceptualLog *log = perceptual_log_open (
        place.path, &perceptual_log_vmaf_json, NULL, NULL, NULL);
    g_autofree gchar *text = NULL;
    g_autoptr (JsonObject) document = NULL;
    JsonObject *metrics;

    log_write (log, "header", log_new_header ("dist_sink", lumas[i]));
    log_write (log, "distance", new_distance_with_planes (0, 30, 40, 42));
    log_close (log);
    text = log_place_read (&place, "log.jsonl");
    document = log_parse (text);
    metrics = metrics_of (document, 0, 0);
    if (i == 0) {
      g_assert_cmpuint (json_object_get_size (metrics), ==, 4);
      g_assert_cmpfloat (
          json_object_get_double_member (metrics, "psnr_y"), ==, 30);
      g_assert_cmpfloat (
          json_object_get_double_member (metrics, "psnr_cb"), ==, 40);
      assert_pool (document, "psnr_cr", 42, 42, 42, 42);
    } else {
      g_assert_cmpuint (json_object_get_size (metrics), ==, 2);
      g_assert_cmpfloat (
          json_object_get_double_member (metrics, "psnr"), ==, 30);
    }
    log_place_clear (&place);
  }
}

static void
test_libvmaf_layout_is_complete_after_every_write (void)
{
  /* Long numbers and short ones, so that ends shrink as well. */
  const gdouble values[] = { 1 / 3., .5, 1e-300, 123456789.123456789, 0, 1 };
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_vmaf_json, NULL, NULL, NULL);

  for (guint i = 0; i <= 60; i++) {
    g_autofree gchar *text = log_place_read (&place, "log.jsonl");
    g_autoptr (JsonObject) document = log_parse (text);
    guint expected = i > 0 ? i - 1 : 0;

    g_assert_cmpuint (json_array_get_length (
                          json_object_get_array_member (document, "frames")),
        ==, expected);
    g_assert_cmpuint (json_object_get_size (json_object_get_object_member (
                          document, "pooled_metrics")),
        ==, expected > 0 ? 2 : 0);
    if (i == 0)
      log_write (log, "header", log_new_header ("dist_sink", "rgb"));
    else
      log_write (log, "distance",
          log_new_distance (
              i - 1, values[i % G_N_ELEMENTS (values)], 30 + 1. / i));
  }
  log_close (log);
  log_place_clear (&place);
}

static void
test_libvmaf_layout_on_a_pipe_ends_when_it_is_closed (void)
{
  PerceptualLog *log;
  g_autofree gchar *location = NULL, *mended = NULL;
  g_autoptr (JsonObject) document = NULL, cut = NULL;
  gchar text[8192];
  gssize length;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  location = g_strdup_printf ("/dev/fd/%d", fds[1]);
  log = perceptual_log_open (
      location, &perceptual_log_vmaf_json, NULL, NULL, NULL);
  if (log == NULL) {
    g_test_skip ("no /dev/fd here");
    return;
  }
  close (fds[1]);
  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  log_write (log, "distance", log_new_distance (0, .25, 30));
  length = read (fds[0], text, sizeof text - 1);
  g_assert_cmpint (length, >, 0);
  text[length] = '\0';
  g_assert_null (strstr (text, "pooled_metrics"));
  /* What a killed run leaves can be mended by hand. */
  mended = g_strconcat (text, "]}", NULL);
  cut = log_parse (mended);
  metrics_of (cut, 0, 0);
  log_close (log);
  length += read (fds[0], text + length, sizeof text - 1 - (gsize) length);
  text[length] = '\0';
  document = log_parse (text);
  assert_pool (document, "psnr_y", 30, 30, 30, 30);
  close (fds[0]);
}

static void
test_libvmaf_layout_begins_a_file_for_a_second_run (void)
{
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_vmaf_json, NULL, NULL, NULL);

  for (guint run = 0; run < 2; run++) {
    log_write (log, "header", log_new_header ("dist_sink", "stream"));
    for (guint i = 0; i < 2 + run; i++)
      log_write (log, "distance", log_new_distance (i, .25, 30));
    log_write (log, "summary", gst_structure_new_empty ("summary"));
  }
  log_close (log);
  g_assert_cmpuint (log_place_count (&place), ==, 2);
  for (guint run = 0; run < 2; run++) {
    g_autofree gchar *text =
        log_place_read (&place, run == 0 ? "log-00001.jsonl" : "log.jsonl");
    g_autoptr (JsonObject) document = log_parse (text);

    g_assert_cmpuint (json_array_get_length (
                          json_object_get_array_member (document, "frames")),
        ==, 2 + run);
    g_assert_true (json_object_has_member (document, "summary"));
  }
  log_place_clear (&place);
}

static void
test_every_file_of_the_libvmaf_layout_is_complete (void)
{
  const PerceptualLogLimits limits = { .max_bytes = 1500 };
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_vmaf_json, &limits, NULL, NULL);
  guint files, frames = 0;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  for (guint i = 0; i < 100; i++)
    log_write (log, "distance", log_new_distance (i, i, 30));
  log_close (log);
  files = log_place_count (&place);
  g_assert_cmpuint (files, >, 3);
  for (guint i = 1; i <= files; i++) {
    g_autofree gchar *name = i < files ? g_strdup_printf ("log-%05u.jsonl", i)
                                       : g_strdup ("log.jsonl");
    g_autofree gchar *text = log_place_read (&place, name);
    g_autoptr (JsonObject) document = log_parse (text);
    guint n = json_array_get_length (
        json_object_get_array_member (document, "frames"));

    g_assert_cmpuint (strlen (text), <=, limits.max_bytes);
    g_assert_cmpstr (
        json_object_get_string_member (
            json_object_get_object_member (document, "params"), "stream"),
        ==, "dist_sink");
    g_assert_cmpuint (n, >, 0);
    for (guint k = 0; k < n; k++)
      metrics_of (document, k, frames + k);
    /* What is pooled is what the file holds. */
    g_assert_cmpfloat (
        json_object_get_double_member (
            json_object_get_object_member (
                json_object_get_object_member (document, "pooled_metrics"),
                "mmd-ssim"),
            "min"),
        ==, frames);
    frames += n;
  }
  g_assert_cmpuint (frames, ==, 100);
  log_place_clear (&place);
}

/* Pools of what is below 0, too, and of numbers of other digits; frames have
 * the numbers of their pairs. */
static void
test_libvmaf_layout_pools_any_numbers (void)
{
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_vmaf_json, NULL, NULL, NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (JsonObject) document = NULL;
  JsonObject *pool;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  log_write (log, "distance", log_new_distance (5, -.5, INFINITY));
  log_write (log, "distance", log_new_distance (7, -1. / 3, INFINITY));
  log_close (log);
  text = log_place_read (&place, "log.jsonl");
  document = log_parse (text);
  g_assert_cmpfloat (
      json_object_get_double_member (metrics_of (document, 1, 7), "mmd-ssim"),
      ==, -1. / 3);
  metrics_of (document, 0, 5);
  assert_pool (document, "mmd-ssim", -.5, -1. / 3, -2.5 / 6,
      2 / (1 / .5 + 1 / (2. / 3)) - 1);
  /* Of nothing finite there is nothing to say. */
  pool = json_object_get_object_member (
      json_object_get_object_member (document, "pooled_metrics"), "psnr_y");
  g_assert_true (json_object_get_null_member (pool, "min"));
  g_assert_true (json_object_get_null_member (pool, "max"));
  g_assert_true (json_object_get_null_member (pool, "mean"));
  log_place_clear (&place);
}

/* The second document knows nothing of the first. */
static void
test_libvmaf_layout_pools_each_document_alone (void)
{
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_vmaf_json, NULL, NULL, NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (JsonObject) document = NULL;

  for (guint run = 0; run < 2; run++) {
    log_write (log, "header", log_new_header ("dist_sink", "rgb"));
    log_write (log, "distance", log_new_distance (0, 1 + run, 30 + run));
  }
  log_close (log);
  text = log_place_read (&place, "log.jsonl");
  document = log_parse (text);
  assert_pool (document, "mmd-ssim", 2, 2, 2, 2);
  assert_pool (document, "psnr", 31, 31, 31, 31);
  log_place_clear (&place);
}

#define TEST(name, function) g_test_add_func ("/log-vmaf/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  TEST ("libvmaf-layout-holds-frames-and-pools",
      test_libvmaf_layout_holds_frames_and_pools);
  TEST ("libvmaf-layout-names-psnr-of-each-plane-as-libvmaf-does",
      test_libvmaf_layout_names_psnr_of_each_plane_as_libvmaf_does);
  TEST ("libvmaf-layout-is-complete-after-every-write",
      test_libvmaf_layout_is_complete_after_every_write);
  TEST ("libvmaf-layout-on-a-pipe-ends-when-it-is-closed",
      test_libvmaf_layout_on_a_pipe_ends_when_it_is_closed);
  TEST ("libvmaf-layout-begins-a-file-for-a-second-run",
      test_libvmaf_layout_begins_a_file_for_a_second_run);
  TEST ("every-file-of-the-libvmaf-layout-is-complete",
      test_every_file_of_the_libvmaf_layout_is_complete);
  TEST ("libvmaf-layout-pools-any-numbers",
      test_libvmaf_layout_pools_any_numbers);
  TEST ("libvmaf-layout-pools-each-document-alone",
      test_libvmaf_layout_pools_each_document_alone);
  return g_test_run ();
}
