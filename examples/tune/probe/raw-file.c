/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 *   source - queue - videoconvert - capsfilter - fakesink
 *
 * The sink hands frames over, which are written row by row.
 */
#include "tune/probe/raw-file.h"

#include "console/program-error.h"
#include "measure/loop.h"
#include "measure/source.h"
#include "measure/words/words.h"
#include "tune/measuring.h"
#include "tune/probe/branch.h"

#include <gst/video/video.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  TuneRawFile *file;
  FILE *stream;
  GstElement *pipeline;
  GstElement *filter;
  MeasureSource source;
  GstVideoInfo info;
  int problem; /* errno of writing */
  gboolean ended;
  gboolean stop; /* atomic */
  GError *error;
} Run;

/* --- frames -------------------------------------------------------------- */

static const gchar *
name_format (const GstVideoInfo *info)
{
  if (GST_VIDEO_INFO_COMP_DEPTH (info, 0) > 8)
    return "420p10 XYSCSS=420P10";
  return info->chroma_site == GST_VIDEO_CHROMA_SITE_JPEG ? "420jpeg"
                                                         : "420mpeg2";
}

static gboolean
write_header (Run *self)
{
  const GstVideoInfo *info = &self->info;
  gint rate_n = info->fps_n, rate_d = info->fps_d;

  /* Only one duration can be said. */
  if (rate_n <= 0 || rate_d <= 0) {
    GstClockTime frame = self->file->source->frame;

    rate_n = 25;
    rate_d = 1;
    if (frame > 0)
      gst_util_double_to_fraction (
          (gdouble) GST_SECOND / (gdouble) frame, &rate_n, &rate_d);
  }
  self->file->frame_ns =
      gst_util_uint64_scale (GST_SECOND, (guint64) rate_d, (guint64) rate_n);
  return fprintf (self->stream,
             "YUV4MPEG2 W%d H%d F%d:%d Ip A%d:%d C%s XCOLORRANGE=%s\n",
             info->width, info->height, rate_n, rate_d, info->par_n,
             info->par_d, name_format (info),
             info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255 ? "FULL"
                                                                    : "LIMITED")
      > 0;
}

static gboolean
write_plane (Run *self, const GstVideoFrame *frame, guint plane)
{
  const guint8 *row = GST_VIDEO_FRAME_PLANE_DATA (frame, plane);
  gsize width = (gsize) GST_VIDEO_FRAME_COMP_WIDTH (frame, plane)
      * (GST_VIDEO_FRAME_COMP_DEPTH (frame, plane) > 8 ? 2 : 1);
  gint height = GST_VIDEO_FRAME_COMP_HEIGHT (frame, plane);

  for (gint y = 0; y < height; y++) {
    if (fwrite (row, 1, width, self->stream) != width)
      return FALSE;
    row += GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane);
  }
  return TRUE;
}

static gboolean
write_frame (Run *self, GstBuffer *buffer)
{
  GstVideoFrame frame;
  gboolean ok;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ)) {
    errno = EIO;
    return FALSE;
  }
  ok = fputs ("FRAME\n", self->stream) >= 0;
  for (guint plane = 0; ok && plane < 3; plane++)
    ok = write_plane (self, &frame, plane);
  gst_video_frame_unmap (&frame);
  return ok;
}

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user)
{
  Run *self = user;
  gboolean first = self->file->given == NULL;

  if (self->problem != 0)
    return;
  if (first) {
    self->file->given = gst_pad_get_current_caps (pad);
    if (!gst_video_info_from_caps (&self->info, self->file->given))
      self->problem = EINVAL;
  }
  if (self->problem == 0
      && ((first && !write_header (self)) || !write_frame (self, buffer)))
    self->problem = errno;
  if (self->problem == 0)
    return;
  g_atomic_int_set (&self->stop, TRUE);
  g_main_context_wakeup (NULL);
}

static GstPadProbeReturn
on_source_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Run *self = user;

  self->file->events->alive (self->file->events->user);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_source_caps (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Run *self = user;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    tune_filter_set (self->filter, event, TRUE);
  return GST_PAD_PROBE_OK;
}

/* --- the pipeline -------------------------------------------------------- */

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Run *self = user;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL, *words = NULL;
  const gchar *const labels[] = { self->file->source->label, NULL };

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    self->ended = TRUE;
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return !self->ended;
  gst_message_parse_error (message, &error, &debug);
  words = measure_words (error->message, debug,
      &(MeasureNames){ .labels = labels, .offers = tune_measuring_offers });
  if (self->error == NULL)
    program_fail_unnamed (
        &self->error, "%s: %s", self->file->source->label, words);
  return FALSE;
}

static void
build (Run *self)
{
  static const gboolean always = TRUE;
  GstElement *convert = gst_element_factory_make ("videoconvert", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = NULL;
  GstElement *queue;

  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  self->filter = gst_element_factory_make ("capsfilter", NULL);
  queue = tune_queue_add (GST_BIN (self->pipeline), "source", 2, 0);
  target = gst_element_get_static_pad (queue, "sink");
  g_object_set (sink, "sync", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), self);
  gst_bin_add_many (
      GST_BIN (self->pipeline), convert, self->filter, sink, NULL);
  gst_element_link_many (queue, convert, self->filter, sink, NULL);
  /* Before the cut, which drops most of a long way to a window. */
  gst_pad_add_probe (
      target, GST_PAD_PROBE_TYPE_BUFFER, on_source_frame, self, NULL);
  tune_cut_watch (self->file->cut, target,
      self->file->source->correction.has_movie ? &always
                                               : &self->source.is_matroska);
  gst_pad_add_probe (
      target, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_source_caps, self, NULL);
  measure_source_init (
      &self->source, self->pipeline, self->file->source, target, TRUE);
}

static void
conclude (Run *self)
{
  const TuneCut *cut = self->file->cut;

  if (fclose (self->stream) != 0 && self->problem == 0)
    self->problem = errno;
  if (self->problem != 0)
    program_fail (&self->error, self->file->path, "cannot be written: %s",
        g_strerror (self->problem));
  else if (self->error == NULL && !self->ended)
    program_fail_unnamed (&self->error, "%s: it did not come to its end",
        self->file->source->label);
  else if (self->error == NULL && tune_cut_count (cut) == 0)
    program_fail_unnamed (&self->error,
        "%s: none of its frames lies in the part that is to be encoded",
        self->file->source->label);
}

gboolean
tune_raw_file_write (TuneRawFile *self, GError **error)
{
  Run run = { .file = self, .stream = fopen (self->path, "wbe") };

  if (run.stream == NULL)
    return program_fail (
        error, self->path, "cannot be written: %s", g_strerror (errno));
  build (&run);
  measure_loop_run (run.pipeline, on_message, &run, &run.stop);
  measure_source_clear (&run.source);
  gst_object_unref (run.pipeline);
  conclude (&run);
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);
  return FALSE;
}
