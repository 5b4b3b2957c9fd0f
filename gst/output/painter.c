/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes buffers and formats for heat maps; heatmap.c draws them.
 */
#include "output/painter.h"

#include "output/heatmap.h"
#include "frames/layout.h"

struct _PerceptualPainter
{
  PerceptualHeatmap look;
  guint32 colours[PERCEPTUAL_HEATMAP_N_COLOURS];
  PerceptualFormat *source; /* of the last reference frame, */
  PerceptualFormat *format; /* and of its heat map */
};

PerceptualPainter *
perceptual_painter_new (
    const PerceptualConfig *config, const PerceptualMetricInfo *metric)
{
  PerceptualPainter *self = g_new0 (PerceptualPainter, 1);

  self->look = (PerceptualHeatmap){
    .maximum =
        config->heatmap_max > 0 ? config->heatmap_max : metric->map_maximum,
    .blend = config->heatmap_blend,
    .zoom = config->heatmap_zoom,
    .legend = config->heatmap_legend,
    .below = config->heatmap_legend_below,
    .metric = metric->name,
  };
  perceptual_heatmap_colours (self->colours);
  return self;
}

static void
forget_formats (PerceptualPainter *self)
{
  g_clear_pointer (&self->source, perceptual_format_unref);
  g_clear_pointer (&self->format, perceptual_format_unref);
}

void
perceptual_painter_free (PerceptualPainter *self)
{
  if (self == NULL)
    return;
  forget_formats (self);
  g_free (self);
}

static void
follow_format (PerceptualPainter *self, PerceptualFormat *source)
{
  const GstVideoInfo *in = &source->info;
  g_autoptr (GstCaps) caps = NULL;
  guint width = (guint) GST_VIDEO_INFO_WIDTH (in);
  guint height = (guint) GST_VIDEO_INFO_HEIGHT (in);
  GstVideoInfo info;

  if (self->source == source)
    return;
  forget_formats (self);
  perceptual_heatmap_size (&self->look, &width, &height);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_BGRx, width, height);
  info.fps_n = in->fps_n;
  info.fps_d = in->fps_d;
  info.par_n = in->par_n;
  info.par_d = in->par_d;
  caps = gst_video_info_to_caps (&info);
  self->source = perceptual_format_ref (source);
  self->format = perceptual_format_new (caps);
}

PerceptualFrame *
perceptual_painter_paint (PerceptualPainter *self, const PerceptualFrame *frame,
    const PerceptualImage *image, const PerceptualResult *result,
    GError **error)
{
  GstVideoFrame target;
  GstBuffer *buffer;

  follow_format (self, frame->format);
  buffer = perceptual_layout_allocate (&self->format->info);
  if (buffer == NULL
      || !gst_video_frame_map (
          &target, &self->format->info, buffer, GST_MAP_WRITE)) {
    gst_clear_buffer (&buffer);
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY,
        "No memory for a heat map of %ux%u pixels", image->width,
        image->height);
    return NULL;
  }
  perceptual_heatmap_draw (&self->look, self->colours, result, image,
      GST_VIDEO_FRAME_PLANE_DATA (&target, 0),
      (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&target, 0));
  gst_video_frame_unmap (&target);
  GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (frame->buffer);
  GST_BUFFER_DURATION (buffer) = frame->duration;
  return perceptual_frame_new (
      buffer, self->format, &frame->segment, frame->running_time);
}
