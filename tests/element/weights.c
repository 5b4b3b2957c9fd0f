/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Metrics of networks in the element: where their weights come from, and the
 * messages when there are none.
 */
#include "listener.h"

#include <glib/gstdio.h>
#include <string.h>

#define PAIR                                                                   \
  "videotestsrc num-buffers=3 pattern=ball ! "                                 \
  "video/x-raw,format=I420,width=96,height=64,framerate=30/1 ! d.ref_sink "    \
  "videotestsrc num-buffers=3 pattern=smpte ! "                                \
  "video/x-raw,format=I420,width=96,height=64,framerate=30/1 ! d.dist_sink "   \
  "perceptualdistance name=d metric=lpips "

GST_START_TEST (test_missing_weights_fail_the_start_and_say_how_to_get_them)
{
  gchar *folder = g_dir_make_tmp ("no-weights-XXXXXX", NULL);
  Listener *l = listener_new (PAIR "weights=%s ! fakesink", folder);

  fail_unless_equals_int (gst_element_set_state (l->pipeline, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  listener_drain (l);
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "alex",
      folder, "perceptual-fetch-weights alex", NULL);
  listener_free (l);
  g_rmdir (folder);
  g_free (folder);
}
GST_END_TEST;

GST_START_TEST (test_a_file_that_is_no_weights_file_fails_the_start)
{
  gchar *path = new_file ();
  Listener *l;

  fail_unless (g_file_set_contents (path, "<!DOCTYPE html>", -1, NULL));
  l = listener_new (PAIR "weights=%s ! fakesink", path);
  fail_unless_equals_int (gst_element_set_state (l->pipeline, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  listener_drain (l);
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, path, NULL);
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_random_weights_always_say_so)
{
  Listener *l = RUN (PAIR "weights=random heads=none seed=5 ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 3, 0, 0);
  ck_assert_str_eq (
      gst_structure_get_string (l->summary, "weights-name"), "random");
  fail_if (gst_structure_has_field (l->summary, "weights-sha256"));
  ck_assert_str_eq (
      gst_structure_get_string (l->summary, "arithmetic"), "float32");
  fail_unless (distance_at (l, 0) > 0.05);
  assert_equals_int (l->warnings->len, 0);
  listener_free (l);
}
GST_END_TEST;

/* What is asked for beside the arithmetic that the machine has: one that has
 * the instructions says nothing. */
GST_START_TEST (test_fast_that_is_not_faster_here_is_told_once)
{
  Listener *l = RUN (PAIR "weights=random heads=none precision=fast "
                          "also=cosine:weights=random ! fakesink");
  gboolean exact;

  assert_ended_well (l);
  assert_counts (l, 3, 0, 0);
  exact =
      g_strcmp0 (gst_structure_get_string (l->summary, "arithmetic"), "float32")
      == 0;
  assert_equals_int (l->warnings->len, 0);
  assert_equals_int (l->infos->len, exact ? 1 : 0);
  if (exact)
    fail_unless (strstr (g_ptr_array_index (l->infos, 0),
                     "precision=fast is the same as exact")
        != NULL);
  listener_free (l);

  l = RUN (PAIR "weights=random heads=none precision=exact ! fakesink");
  assert_ended_well (l);
  assert_equals_int (l->infos->len, 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_frame_too_small_for_the_network_names_the_smallest)
{
  Listener *l =
      RUN ("videotestsrc num-buffers=1 ! video/x-raw,width=16,height=16 ! tee "
           "name=t ! queue ! d.ref_sink t. ! queue ! d.dist_sink "
           "perceptualdistance name=d metric=lpips weights=random heads=none ! "
           "fakesink");

  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "16x16",
      "the smallest", NULL);
  listener_free (l);
}
GST_END_TEST;

/* One number of the real file is changed: everything but its hash is right. */
GST_START_TEST (test_weights_that_are_not_known_get_one_warning)
{
  const gchar *data = g_getenv ("PERCEPTUAL_TEST_DATA");
  gchar *path = g_build_filename (
      data != NULL ? data : "", "weights", "squeeze.safetensors", NULL);
  gchar *changed = new_file ();
  gchar *contents;
  gsize length;
  Listener *l;

  if (data != NULL) {
    fail_unless (g_file_get_contents (path, &contents, &length, NULL));
    contents[length - 5] ^= 1;
    fail_unless (g_file_set_contents (changed, contents, length, NULL));
    g_free (contents);
    l = RUN (PAIR "backbone=squeeze weights=%s ! fakesink", changed);
    assert_ended_well (l);
    assert_one_warning (l, "is not a known one");
    listener_free (l);

    l = RUN (PAIR "backbone=squeeze weights=%s ! fakesink", path);
    assert_ended_well (l);
    assert_equals_int (l->warnings->len, 0);
    assert_equals_int (
        strlen (gst_structure_get_string (l->summary, "weights-sha256")), 64);
    listener_free (l);
  } else {
    g_printerr ("skipped: PERCEPTUAL_TEST_DATA is not set\n");
  }
  remove_file (changed);
  g_free (path);
}
GST_END_TEST;

typedef struct
{
  GstElement *element;
  GstPad *released; /* upon the first warning */
  GstPad *given;    /* then, if one was */
} Meddler;

/* Called by the thread that starts the element, while it does. */
static GstBusSyncReply
meddle (GstBus *bus, GstMessage *message, gpointer user)
{
  Meddler *meddler = user;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING
      && meddler->released != NULL) {
    gst_element_release_request_pad (meddler->element, meddler->released);
    g_clear_pointer (&meddler->released, gst_object_unref);
    meddler->given =
        gst_element_request_pad_simple (meddler->element, "dist_sink_%u");
  }
  return GST_BUS_PASS;
}

GST_START_TEST (test_while_weights_are_loaded_pads_may_go_but_not_come)
{
  const gchar *data = g_getenv ("PERCEPTUAL_TEST_DATA");
  gchar *path = g_build_filename (
      data != NULL ? data : "", "weights", "squeeze.safetensors", NULL);
  gchar *changed = new_file ();
  Listener *l =
      listener_new (PAIR "weights=random heads=none ! fakesink name=sink");
  Meddler meddler = { .element =
                          gst_bin_get_by_name (GST_BIN (l->pipeline), "d") };
  g_autoptr (GstBus) bus = gst_element_get_bus (l->pipeline);
  gchar *contents;
  gsize length;

  if (data != NULL) {
    fail_unless (g_file_get_contents (path, &contents, &length, NULL));
    contents[length - 5] ^= 1;
    fail_unless (g_file_set_contents (changed, contents, length, NULL));
    g_free (contents);
    gst_element_set_state (l->pipeline, GST_STATE_READY);
    meddler.released =
        gst_element_request_pad_simple (meddler.element, "dist_sink_%u");
    gst_util_set_object_arg (G_OBJECT (meddler.element), "backbone", "squeeze");
    gst_util_set_object_arg (G_OBJECT (meddler.element), "weights", changed);
    gst_bus_set_sync_handler (bus, meddle, &meddler, NULL);
    listener_run (l);
    assert_ended_well (l);
    fail_unless (meddler.released == NULL && meddler.given == NULL);
    assert_one_warning (l, "is not a known one");
  } else {
    g_printerr ("skipped: PERCEPTUAL_TEST_DATA is not set\n");
  }
  gst_object_unref (meddler.element);
  listener_free (l);
  remove_file (changed);
  g_free (path);
}
GST_END_TEST;

static Suite *
weights_suite (void)
{
  Suite *s = suite_create ("weights");
  TCase *tc = tcase_create ("weights");

  suite_add_tcase (s, tc);
  tcase_add_test (
      tc, test_missing_weights_fail_the_start_and_say_how_to_get_them);
  tcase_add_test (tc, test_a_file_that_is_no_weights_file_fails_the_start);
  tcase_add_test (tc, test_random_weights_always_say_so);
  tcase_add_test (tc, test_fast_that_is_not_faster_here_is_told_once);
  tcase_add_test (
      tc, test_a_frame_too_small_for_the_network_names_the_smallest);
  tcase_add_test (tc, test_weights_that_are_not_known_get_one_warning);
  tcase_add_test (tc, test_while_weights_are_loaded_pads_may_go_but_not_come);
  return s;
}

GST_CHECK_MAIN (weights);
