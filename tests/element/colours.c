/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What streams say about themselves: colour, fields, alpha, shape,
 * orientation; and that the element reports what it compares all the same, and
 * what it does not.
 */
#include "listener.h"

#include <string.h>

#define SIZE "width=16,height=16,framerate=25/1"
#define PLAIN "video/x-raw,format=I420," SIZE

/* Two frames for each input, with the caps given. */
static Listener *
compare (
    const gchar *reference, const gchar *distorted, const gchar *properties)
{
  Listener *l = listener_of_frames (properties);

  for (gint i = 0; i < 2; i++) {
    send_frame (l, "ref", reference, 40 * i, fill_bytes, GUINT_TO_POINTER (96));
    send_frame (
        l, "dist", distorted, 40 * i, fill_bytes, GUINT_TO_POINTER (96));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  return l;
}

static void
assert_advice (const Listener *l, const gchar *text)
{
  assert_equals_int (l->advice->len, 1);
  fail_unless (strstr (g_ptr_array_index (l->advice, 0), text) != NULL,
      "no \"%s\" in: %s", text, (gchar *) g_ptr_array_index (l->advice, 0));
}

/* --- colour -------------------------------------------------------------- */

/* Range, matrix, transfer function and primaries as numbers of GStreamer's
 * enumerations. */
GST_START_TEST (test_each_difference_in_colour_gives_one_warning_naming_both)
{
  static const struct
  {
    const gchar *format[2];
    const gchar *colorimetry[2];
    const gchar *text;
  } cases[] = {
    { { "I420", "I420" }, { "2:3:5:1", "1:3:5:1" },
        "colour: range 16-235 against 0-255" },
    { { "RGB", "RGB" }, { "1:1:7:1", "2:1:7:1" },
        "colour: range 0-255 against 16-235" },
    { { "I420", "I420" }, { "2:3:5:1", "2:4:5:1" },
        "colour: matrix bt709 against bt601" },
    { { "I420", "I420" }, { "2:3:5:1", "2:2:5:1" },
        "colour: matrix bt709 against fcc" },
    { { "I420", "I420" }, { "2:5:5:1", "2:3:5:1" },
        "colour: matrix smpte240m against bt709" },
    { { "I420", "I420" }, { "2:6:5:1", "2:3:5:1" },
        "colour: matrix bt2020 against bt709" },
    { { "I420", "I420" }, { "2:3:5:1", "2:3:5:4" },
        "colour: primaries bt709 against smpte170m" },
    { { "I420", "I420" }, { "2:3:5:7", "2:3:5:1" },
        "colour: primaries bt2020 against bt709" },
    { { "I420", "I420" }, { "2:3:5:1", "2:3:7:1" },
        "colour: transfer function bt709 against srgb" },
    { { "I420", "I420_10LE" }, { "2:3:5:1", "2:3:5:1" },
        "colour: depth 8 against 10 bits" },
    { { "P010_10LE", "I420_12LE" }, { "2:3:5:1", "2:3:5:1" },
        "colour: depth 10 against 12 bits" },
    { { "GRAY16_LE", "GRAY8" }, { "2:3:5:1", "2:3:5:1" },
        "colour: depth 16 against 8 bits" },
    { { "I420", "I420_10LE" }, { "2:3:5:1", "1:4:7:4" },
        "colour: range 16-235 against 0-255, matrix bt709 against bt601, "
        "primaries bt709 against smpte170m, transfer function bt709 against "
        "srgb, depth 8 against 10 bits" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *ref =
        g_strdup_printf ("video/x-raw,format=%s," SIZE ",colorimetry=%s",
            cases[i].format[0], cases[i].colorimetry[0]);
    g_autofree gchar *dist =
        g_strdup_printf ("video/x-raw,format=%s," SIZE ",colorimetry=%s",
            cases[i].format[1], cases[i].colorimetry[1]);
    Listener *l = compare (ref, dist, "metric=l2");
    const gchar *said;

    assert_ended_well (l);
    assert_counts (l, 2, 0, 0);
    assert_equals_int (l->warnings->len, 1);
    said = g_ptr_array_index (l->warnings, 0);
    fail_unless (g_str_has_suffix (said, cases[i].text), "%u: %s", i, said);
    assert_advice (l, "converted");
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_streams_alike_in_colour_give_no_warning)
{
  static const gchar *const formats[][2] = { { "I420", "I420" },
    { "I420", "NV12" }, { "I420", "Y444" }, { "RGB", "BGRx" },
    { "I420_10LE", "P010_10LE" } };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree gchar *ref =
        g_strdup_printf ("video/x-raw,format=%s," SIZE, formats[i][0]);
    g_autofree gchar *dist =
        g_strdup_printf ("video/x-raw,format=%s," SIZE, formats[i][1]);
    Listener *l = compare (ref, dist, "metric=l2");

    assert_ended_well (l);
    assert_equals_int (l->warnings->len, 0);
    assert_equals_int (l->infos->len, 0);
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_pq_and_hlg_are_refused_on_either_pad_unless_allowed)
{
  static const gchar *const hdr[] = { "bt2100-pq", "bt2100-hlg" };

  for (guint i = 0; i < G_N_ELEMENTS (hdr); i++) {
    for (guint side = 0; side < 2; side++) {
      g_autofree gchar *caps = g_strdup_printf (
          "video/x-raw,format=I420_10LE," SIZE ",colorimetry=%s", hdr[i]);
      const gchar *sdr =
          "video/x-raw,format=I420_10LE," SIZE ",colorimetry=bt2020-10";
      Listener *l = listener_of_frames ("metric=l2");

      send_frame (l, "ref", side == 0 ? caps : sdr, 0, fill_bytes, NULL);
      send_frame (l, "dist", side == 0 ? sdr : caps, 0, fill_bytes, NULL);
      listener_wait (l, G_MAXUINT);
      assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
          side == 0 ? "at ref_sink is HDR" : "at dist_sink is HDR",
          "allow-hdr=true", hdr[i], NULL);
      assert_equals_int (l->distances->len, 0);
      listener_free (l);

      l = compare (side == 0 ? caps : sdr, side == 0 ? sdr : caps,
          "metric=l2 allow-hdr=true");
      assert_ended_well (l);
      assert_counts (l, 2, 0, 0);
      assert_equals_int (l->warnings->len, 1);
      listener_free (l);
    }
  }
}
GST_END_TEST;

/* --- fields -------------------------------------------------------------- */

GST_START_TEST (test_interlaced_and_mixed_video_gives_one_warning_with_advice)
{
  static const gchar *const modes[] = { "interleaved", "mixed" };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autofree gchar *caps =
        g_strdup_printf (PLAIN ",interlace-mode=%s", modes[i]);
    Listener *l = compare (PLAIN, caps, "metric=l2");

    assert_ended_well (l);
    assert_counts (l, 2, 0, 0);
    assert_equals_int (l->warnings->len, 1);
    assert_one_warning (l, "Interlaced video is measured as whole frames");
    assert_advice (l, "deinterlace before ref_sink and dist_sink");
    fail_unless (summary_double (l, "max") == 0);
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_fields_one_by_one_in_a_buffer_are_refused)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_frame (l, "ref", PLAIN ",interlace-mode=fields", 0, fill_bytes, NULL);
  send_frame (l, "dist", PLAIN, 0, fill_bytes, NULL);
  listener_wait (l, G_MAXUINT);
  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "at ref_sink",
      "interlace-mode=fields", "deinterlace", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_alternate_fields_are_refused_with_the_element_to_use)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_frame (l, "dist",
      "video/x-raw(format:Interlaced),format=I420," SIZE
      ",interlace-mode=alternate",
      0, fill_bytes, NULL);
  listener_wait (l, G_MAXUINT);
  assert_error (l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION, "at dist_sink",
      "field by field", "put a deinterlace before it", NULL);
  listener_free (l);
}
GST_END_TEST;

/* --- alpha --------------------------------------------------------------- */

static void
fill_with_alpha (GstVideoFrame *frame, gpointer user)
{
  guint8 *data = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);

  for (guint i = 0; i < 16 * 16 * 4; i++)
    data[i] = (guint8) (i % 4 == 3 ? GPOINTER_TO_UINT (user) : 7 * (i / 4));
}

GST_START_TEST (test_alpha_is_left_out_and_that_is_said_once)
{
  static const gchar *const rgba = "video/x-raw,format=RGBA," SIZE;
  Listener *l = listener_of_frames ("metric=l2 also=mmd-ssim");

  for (gint i = 0; i < 3; i++) {
    send_frame (
        l, "ref", rgba, 40 * i, fill_with_alpha, GUINT_TO_POINTER (255));
    send_frame (l, "dist", rgba, 40 * i, fill_with_alpha, NULL);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  fail_unless (summary_double (l, "max") == 0);
  assert_equals_int (l->warnings->len, 0);
  assert_equals_int (l->infos->len, 1);
  fail_unless (strstr (g_ptr_array_index (l->infos, 0),
                   "Reference and distorted video have an alpha channel")
      != NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_the_log_says_that_alpha_is_ignored)
{
  static const struct
  {
    const gchar *format;
    const gchar *text;
    guint infos;
  } cases[] = { { "AYUV", "\"alpha\":\"ignored\"", 1 },
    { "Y444", "\"alpha\":\"none\"", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = new_file ();
    g_autofree gchar *properties =
        g_strdup_printf ("metric=l2 log-location=%s", path);
    g_autofree gchar *caps =
        g_strdup_printf ("video/x-raw,format=%s," SIZE, cases[i].format);
    g_autofree gchar *log = NULL;
    Listener *l = compare (PLAIN, caps, properties);

    assert_ended_well (l);
    assert_equals_int (l->infos->len, cases[i].infos);
    if (cases[i].infos > 0)
      fail_unless (strstr (g_ptr_array_index (l->infos, 0),
                       "The distorted video has an alpha channel")
          != NULL);
    listener_free (l);
    fail_unless (g_file_get_contents (path, &log, NULL, NULL));
    fail_unless (strstr (log, cases[i].text) != NULL, "%s", log);
    remove_file (path);
  }
}
GST_END_TEST;

/* --- shape --------------------------------------------------------------- */

GST_START_TEST (test_differing_pixel_shapes_give_one_warning_naming_both)
{
  Listener *l = compare (PLAIN ",pixel-aspect-ratio=4/3",
      PLAIN ",pixel-aspect-ratio=8/9", "metric=l2");

  assert_ended_well (l);
  assert_equals_int (l->warnings->len, 1);
  assert_one_warning (l, "pixel-aspect-ratio 4/3 against 8/9");
  listener_free (l);

  l = compare (PLAIN ",pixel-aspect-ratio=4/3", PLAIN ",pixel-aspect-ratio=8/6",
      "metric=l2");
  assert_ended_well (l);
  assert_equals_int (l->warnings->len, 0);
  listener_free (l);
}
GST_END_TEST;

#define TURNED(tag)                                                            \
  "videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=32,height=16 ! " \
  "taginject tags=image-orientation=" tag " ! "

#define MEASURE "d.dist_sink perceptualdistance name=d metric=l2 ! fakesink"

GST_START_TEST (test_pictures_to_be_turned_differently_give_one_warning)
{
  Listener *l =
      RUN (TURNED ("rotate-0") "d.ref_sink " TURNED ("rotate-180") MEASURE);

  assert_ended_well (l);
  assert_counts (l, 2, 0, 0);
  assert_equals_int (l->warnings->len, 1);
  assert_one_warning (l, "image-orientation rotate-0 against rotate-180");
  assert_advice (l, "videoflip video-direction=auto");
  listener_free (l);
}
GST_END_TEST;

/* A recording made by a telephone against an upright copy. */
GST_START_TEST (test_sizes_that_differ_for_want_of_turning_are_explained)
{
  Listener *l =
      RUN (TURNED ("rotate-90") "d.ref_sink videotestsrc num-buffers=2 ! "
                                "video/x-raw,width=16,height=32 ! " MEASURE);

  assert_error (l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
      "reference is 32x16", "distorted video is 16x32",
      "videoflip video-direction=auto", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_pictures_turned_alike_are_measured_as_they_come)
{
  Listener *l =
      RUN (TURNED ("rotate-270") "d.ref_sink " TURNED ("rotate-270") MEASURE);

  assert_ended_well (l);
  assert_counts (l, 2, 0, 0);
  fail_unless (summary_double (l, "max") == 0);
  assert_equals_int (l->warnings->len, 0);
  listener_free (l);
}
GST_END_TEST;

#define UPRIGHT "taginject tags=image-orientation=rotate-0 ! "

GST_START_TEST (test_the_advice_about_turning_helps)
{
  Listener *l =
      RUN (TURNED ("rotate-180") "videoflip video-direction=auto ! " UPRIGHT
                                 "d.ref_sink videotestsrc num-buffers=2 ! "
                                 "video/x-raw,format=I420,width=32,height=16 ! "
                                 "videoflip video-direction=180 ! " MEASURE);

  assert_ended_well (l);
  assert_counts (l, 2, 0, 0);
  assert_equals_int (l->warnings->len, 0);
  fail_unless (summary_double (l, "max") == 0);
  listener_free (l);
}
GST_END_TEST;

static Suite *
colours_suite (void)
{
  Suite *s = suite_create ("colours");
  TCase *tc = tcase_create ("colours");

  suite_add_tcase (s, tc);
  tcase_add_test (
      tc, test_each_difference_in_colour_gives_one_warning_naming_both);
  tcase_add_test (tc, test_streams_alike_in_colour_give_no_warning);
  tcase_add_test (tc, test_pq_and_hlg_are_refused_on_either_pad_unless_allowed);
  tcase_add_test (
      tc, test_interlaced_and_mixed_video_gives_one_warning_with_advice);
  tcase_add_test (tc, test_fields_one_by_one_in_a_buffer_are_refused);
  tcase_add_test (
      tc, test_alternate_fields_are_refused_with_the_element_to_use);
  tcase_add_test (tc, test_alpha_is_left_out_and_that_is_said_once);
  tcase_add_test (tc, test_the_log_says_that_alpha_is_ignored);
  tcase_add_test (tc, test_differing_pixel_shapes_give_one_warning_naming_both);
  tcase_add_test (tc, test_pictures_to_be_turned_differently_give_one_warning);
  tcase_add_test (tc, test_sizes_that_differ_for_want_of_turning_are_explained);
  tcase_add_test (tc, test_pictures_turned_alike_are_measured_as_they_come);
  tcase_add_test (tc, test_the_advice_about_turning_helps);
  return s;
}

GST_CHECK_MAIN (colours);
