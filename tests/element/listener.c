/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What element tests share: running pipelines, listening to their bus, sending
 * frames.
 */
#include "listener.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>

#define PATIENCE (60 * GST_SECOND)

Listener *
listener_new (const gchar *description, ...)
{
  Listener *self = g_new0 (Listener, 1);
  g_autofree gchar *text = NULL;
  GError *error = NULL;
  va_list args;

  va_start (args, description);
  text = g_strdup_vprintf (description, args);
  va_end (args);
  self->pipeline = gst_parse_launch (text, &error);
  fail_unless (error == NULL, "%s: %s", text, error ? error->message : "");
  self->distances =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->advice = g_ptr_array_new_with_free_func (g_free);
  self->infos = g_ptr_array_new_with_free_func (g_free);
  self->alerts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  self->summaries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  self->syncs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  return self;
}

void
listener_clear (Listener *self)
{
  g_ptr_array_set_size (self->distances, 0);
  g_ptr_array_set_size (self->warnings, 0);
  g_ptr_array_set_size (self->advice, 0);
  g_ptr_array_set_size (self->infos, 0);
  g_ptr_array_set_size (self->alerts, 0);
  g_ptr_array_set_size (self->summaries, 0);
  g_ptr_array_set_size (self->syncs, 0);
  g_clear_pointer (&self->summary, gst_structure_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->debug, g_free);
  self->n_summaries = 0;
  self->eos = FALSE;
}

void
listener_watch_output (Listener *l, GstPadProbeType what,
    GstPadProbeCallback callback, gpointer user)
{
  g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (d, "src");

  gst_pad_add_probe (pad, what, callback, user, NULL);
}

void
listener_free (Listener *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  listener_clear (self);
  g_ptr_array_unref (self->distances);
  g_ptr_array_unref (self->warnings);
  g_ptr_array_unref (self->advice);
  g_ptr_array_unref (self->infos);
  g_ptr_array_unref (self->alerts);
  g_ptr_array_unref (self->summaries);
  g_ptr_array_unref (self->syncs);
  g_free (self);
}

static void
hear_element (Listener *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  if (gst_structure_has_name (structure, "perceptual-distance")) {
    g_ptr_array_add (self->distances, gst_structure_copy (structure));
  } else if (gst_structure_has_name (structure, "perceptual-alert")) {
    g_ptr_array_add (self->alerts, gst_structure_copy (structure));
  } else if (gst_structure_has_name (structure, "perceptual-summary")) {
    g_clear_pointer (&self->summary, gst_structure_free);
    self->summary = gst_structure_copy (structure);
    g_ptr_array_add (self->summaries, gst_structure_copy (structure));
    self->n_summaries++;
  } else if (gst_structure_has_name (structure, "perceptual-sync")) {
    g_ptr_array_add (self->syncs, gst_structure_copy (structure));
  }
}

static void
hear (Listener *self, GstMessage *message)
{
  GError *error = NULL;
  gchar *advice = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      hear_element (self, message);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, &advice);
      g_ptr_array_add (self->warnings, g_strdup (error->message));
      g_ptr_array_add (self->advice, advice);
      g_error_free (error);
      break;
    case GST_MESSAGE_INFO:
      gst_message_parse_info (message, &error, NULL);
      g_ptr_array_add (self->infos, g_strdup (error->message));
      g_error_free (error);
      break;
    case GST_MESSAGE_ERROR:
      if (self->error == NULL)
        gst_message_parse_error (message, &self->error, &self->debug);
      break;
    case GST_MESSAGE_EOS:
      self->eos = TRUE;
      break;
    default:
      break;
  }
}

#define HEARD                                                                  \
  (GST_MESSAGE_ELEMENT | GST_MESSAGE_INFO | GST_MESSAGE_WARNING                \
      | GST_MESSAGE_ERROR | GST_MESSAGE_EOS)

void
listener_wait (Listener *self, guint distances)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  while (
      !self->eos && self->error == NULL && self->distances->len < distances) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, PATIENCE, HEARD);

    fail_unless (message != NULL, "nothing happened for a minute");
    hear (self, message);
  }
}

void
listener_drain (Listener *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, HEARD)) != NULL) {
    hear (self, message);
    gst_message_unref (message);
  }
}

void
listener_run (Listener *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  listener_wait (self, G_MAXUINT);
}

const GstStructure *
summary_of (const Listener *self, const gchar *stream)
{
  for (guint i = self->summaries->len; i > 0; i--) {
    const GstStructure *s = g_ptr_array_index (self->summaries, i - 1);

    if (g_str_equal (gst_structure_get_string (s, "stream"), stream))
      return s;
  }
  ck_abort_msg ("no summary of %s", stream);
  return NULL;
}

GArray *
distances_of (const Listener *self, const gchar *stream)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (gdouble));

  for (guint i = 0; i < self->distances->len; i++) {
    const GstStructure *s = g_ptr_array_index (self->distances, i);
    gdouble value;

    if (!g_str_equal (gst_structure_get_string (s, "stream"), stream))
      continue;
    fail_unless (gst_structure_get_double (s, "distance", &value));
    g_array_append_val (values, value);
  }
  return values;
}

guint64
summary_uint (const Listener *self, const gchar *field)
{
  guint64 value = 0;

  fail_unless (self->summary != NULL, "no summary");
  fail_unless (gst_structure_get_uint64 (self->summary, field, &value),
      "no %s in the summary", field);
  return value;
}

gdouble
summary_double (const Listener *self, const gchar *field)
{
  gdouble value = 0;

  fail_unless (self->summary != NULL, "no summary");
  fail_unless (gst_structure_get_double (self->summary, field, &value),
      "no %s in the summary", field);
  return value;
}

static const GstStructure *
nth (const Listener *self, guint n)
{
  fail_unless (n < self->distances->len, "only %u distances, not %u",
      self->distances->len, n + 1);
  return g_ptr_array_index (self->distances, n);
}

gdouble
distance_at (const Listener *self, guint n)
{
  gdouble value = 0;

  fail_unless (gst_structure_get_double (nth (self, n), "distance", &value));
  return value;
}

guint64
time_at (const Listener *self, guint n, const gchar *field)
{
  guint64 value = 0;

  fail_unless (gst_structure_get_uint64 (nth (self, n), field, &value),
      "no field %s", field);
  return value;
}

gint64
delta_at (const Listener *self, guint n)
{
  gint64 value = 0;

  fail_unless (gst_structure_get_int64 (nth (self, n), "delta", &value));
  return value;
}

void
assert_counts (const Listener *self, guint64 pairs, guint64 unmatched_reference,
    guint64 unmatched_distorted)
{
  assert_equals_uint64 (summary_uint (self, "pairs"), pairs);
  assert_equals_uint64 (
      summary_uint (self, "unmatched-reference"), unmatched_reference);
  assert_equals_uint64 (
      summary_uint (self, "unmatched-distorted"), unmatched_distorted);
}

void
assert_ended_well (const Listener *self)
{
  fail_unless (self->error == NULL, "%s (%s)",
      self->error ? self->error->message : "", self->debug);
  fail_unless (self->eos);
  fail_unless (self->n_summaries > 0);
  /* One for each stream, besides those of intervals. */
  for (guint i = 0; i < self->summaries->len; i++) {
    const GstStructure *s = g_ptr_array_index (self->summaries, i);

    fail_unless (gst_structure_has_field (s, "window")
        || summary_of (self, gst_structure_get_string (s, "stream")) == s);
  }
}

void
assert_error (const Listener *self, GQuark domain, gint code, ...)
{
  g_autofree gchar *text = NULL;
  const gchar *part;
  va_list args;

  fail_unless (self->error != NULL, "no error");
  text = g_strdup_printf ("%s\n%s", self->error->message, self->debug);
  fail_unless (g_error_matches (self->error, domain, code), "%s %d: %s",
      g_quark_to_string (self->error->domain), self->error->code, text);
  va_start (args, code);
  while ((part = va_arg (args, const gchar *)) != NULL)
    fail_unless (strstr (text, part) != NULL, "no \"%s\" in: %s", part, text);
  va_end (args);
}

void
assert_one_warning (const Listener *self, const gchar *text)
{
  guint found = 0;

  for (guint i = 0; i < self->warnings->len; i++) {
    if (strstr (g_ptr_array_index (self->warnings, i), text) != NULL)
      found++;
  }
  fail_unless (found == 1, "%u warnings with \"%s\" among %u", found, text,
      self->warnings->len);
}

/* --- frames made in the test, sent through appsrc ------------------------ */

void
fill_bytes (GstVideoFrame *frame, gpointer user)
{
  memset (
      frame->map[0].data, (int) GPOINTER_TO_UINT (user), frame->map[0].size);
}

void
send_buffer (Listener *self, const gchar *source, const gchar *caps_text,
    gint pts_ms, GstBuffer *buffer)
{
  g_autoptr (GstElement) appsrc =
      gst_bin_get_by_name (GST_BIN (self->pipeline), source);
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GstSample) sample = NULL;
  GstFlowReturn ret = GST_FLOW_ERROR;

  if (pts_ms >= 0)
    GST_BUFFER_PTS (buffer) = (GstClockTime) pts_ms * GST_MSECOND;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  g_signal_emit_by_name (appsrc, "push-sample", sample, &ret);
  assert_equals_int (ret, GST_FLOW_OK);
}

void
send_frame (Listener *self, const gchar *source, const gchar *caps_text,
    gint pts_ms, FillFunc fill, gpointer user)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  GstBuffer *buffer;
  GstVideoFrame frame;
  GstVideoInfo info;

  fail_unless (gst_video_info_from_caps (&info, caps), "%s", caps_text);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
  fill (&frame, user);
  gst_video_frame_unmap (&frame);
  send_buffer (self, source, caps_text, pts_ms, buffer);
}

void
send_end (Listener *self, const gchar *source)
{
  g_autoptr (GstElement) appsrc =
      gst_bin_get_by_name (GST_BIN (self->pipeline), source);
  GstFlowReturn ret = GST_FLOW_ERROR;

  g_signal_emit_by_name (appsrc, "end-of-stream", &ret);
  assert_equals_int (ret, GST_FLOW_OK);
}

Listener *
listener_of_frames (const gchar *properties)
{
  Listener *self =
      listener_new ("appsrc name=ref format=time ! d.ref_sink "
                    "appsrc name=dist format=time ! d.dist_sink "
                    "perceptualdistance name=d %s ! fakesink name=sink",
          properties);

  /* appsrc takes frames once it is running. */
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return self;
}

/* --- files --------------------------------------------------------------- */

gchar *
new_file (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("perceptual-XXXXXX", NULL);

  fail_unless (folder != NULL);
  return g_build_filename (folder, "file", NULL);
}

void
remove_file (gchar *path)
{
  g_autofree gchar *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
  g_free (path);
}
