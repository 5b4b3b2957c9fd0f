/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A system that has no threads left: a readable error, and the next start
 * works.
 */
#define _GNU_SOURCE
#include "listener.h"

#include <dlfcn.h>

#define TWO_SOURCES                                                            \
  "videotestsrc num-buffers=4 ! "                                              \
  "video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! d.ref_sink "    \
  "videotestsrc num-buffers=4 pattern=ball ! "                                 \
  "video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! d.dist_sink "   \
  "perceptualdistance name=d threads=3 "

static const gchar *refused; /* threads whose names begin so */
static gint granted;         /* atomic: how many of those may start */

/* Replaces GLib's function of that name. */
GThread *
g_thread_try_new (
    const gchar *name, GThreadFunc func, gpointer data, GError **error)
{
  static gsize original = 0;
  GThread *(*start) (const gchar *, GThreadFunc, gpointer, GError **);

  if (refused != NULL && name != NULL && g_str_has_prefix (name, refused)
      && g_atomic_int_add (&granted, -1) <= 0) {
    g_set_error (error, G_THREAD_ERROR, G_THREAD_ERROR_AGAIN, "none are left");
    return NULL;
  }
  if (g_once_init_enter (&original))
    g_once_init_leave (
        &original, (gsize) dlsym (RTLD_NEXT, "g_thread_try_new"));
  start = (GThread * (*) (const gchar *, GThreadFunc, gpointer, GError **) )
      original;
  return start (name, func, data, error);
}

static void
assert_works_again (Listener *l)
{
  refused = NULL;
  gst_element_set_state (l->pipeline, GST_STATE_NULL);
  listener_drain (l);
  listener_clear (l);
  listener_run (l);
  assert_ended_well (l);
  assert_counts (l, 4, 0, 0);
  listener_free (l);
}

GST_START_TEST (test_worker_threads_that_cannot_start_are_an_error)
{
  for (gint i = 0; i < 2; i++) {
    Listener *l = listener_new (TWO_SOURCES "metric=l2 ! fakesink");

    refused = "perceptual";
    g_atomic_int_set (&granted, i);
    listener_run (l);
    assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
        i == 0 ? "thread 2 of 3" : "thread 3 of 3", "none are left",
        "fewer threads", NULL);
    assert_works_again (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_a_measuring_thread_that_cannot_start_is_an_error)
{
  Listener *l =
      listener_new (TWO_SOURCES "metric=l2 measure=real-time ! fakesink");
  GstElement *d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");

  refused = "perceptual-worker";
  g_atomic_int_set (&granted, 0);
  listener_run (l);
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
      "thread that measures", "none are left", NULL);
  gst_util_set_object_arg (G_OBJECT (d), "measure", "every-pair");
  gst_object_unref (d);
  assert_works_again (l);
}
GST_END_TEST;

GST_START_TEST (test_no_thread_for_the_element_is_an_error_and_no_hang)
{
  Listener *l = listener_new (TWO_SOURCES "metric=l2 ! fakesink");

  refused = "perceptual-try";
  g_atomic_int_set (&granted, 0);
  listener_run (l);
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
      "thread that pairs frames", "none are left", "ulimit -u", NULL);
  assert_works_again (l);
}
GST_END_TEST;

static Suite *
threads_suite (void)
{
  Suite *s = suite_create ("threads");
  TCase *tc = tcase_create ("threads");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_worker_threads_that_cannot_start_are_an_error);
  tcase_add_test (tc, test_a_measuring_thread_that_cannot_start_is_an_error);
  tcase_add_test (tc, test_no_thread_for_the_element_is_an_error_and_no_hang);
  return s;
}

GST_CHECK_MAIN (threads);
