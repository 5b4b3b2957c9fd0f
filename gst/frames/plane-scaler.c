/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each plane becomes a grey frame, which GstVideoConverter scales.  Samples of
 * more than eight bits are moved to the top of their words meanwhile, so that
 * what overshoots is cut where it should be.
 */
#include "frames/plane-scaler.h"

#include "frames/layout.h"

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define GRAY16_NATIVE GST_VIDEO_FORMAT_GRAY16_LE
#else
#define GRAY16_NATIVE GST_VIDEO_FORMAT_GRAY16_BE
#endif

typedef struct
{
  GstBuffer *buffer;
  GstVideoFrame frame;
} Grey;

/* One plane. */
typedef struct
{
  GstVideoConverter *converter;
  Grey from;
  Grey to;
} Stage;

struct _PerceptualPlaneScaler
{
  Stage stages[3];
};

PerceptualPlaneScaler *
perceptual_plane_scaler_new (void)
{
  return g_new0 (PerceptualPlaneScaler, 1);
}

static void
clear_grey (Grey *grey)
{
  if (grey->buffer != NULL)
    gst_video_frame_unmap (&grey->frame);
  gst_clear_buffer (&grey->buffer);
}

static void
clear_stage (Stage *stage)
{
  g_clear_pointer (&stage->converter, gst_video_converter_free);
  clear_grey (&stage->from);
  clear_grey (&stage->to);
}

void
perceptual_plane_scaler_free (PerceptualPlaneScaler *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->stages); i++)
    clear_stage (&self->stages[i]);
  g_free (self);
}

/* --- preparing ----------------------------------------------------------- */

static gboolean
is_of (const Grey *grey, GstVideoFormat format, guint width, guint height)
{
  return grey->buffer != NULL && GST_VIDEO_FRAME_FORMAT (&grey->frame) == format
      && (guint) GST_VIDEO_FRAME_WIDTH (&grey->frame) == width
      && (guint) GST_VIDEO_FRAME_HEIGHT (&grey->frame) == height;
}

static gboolean
make_grey (Grey *grey, GstVideoFormat format, guint width, guint height,
    GError **error)
{
  GstVideoInfo info;

  if (gst_video_info_set_format (&info, format, width, height))
    grey->buffer = perceptual_layout_allocate (&info);
  if (grey->buffer != NULL
      && gst_video_frame_map (
          &grey->frame, &info, grey->buffer, GST_MAP_READWRITE))
    return TRUE;
  gst_clear_buffer (&grey->buffer);
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY,
      "No memory for a plane of %ux%u samples", width, height);
  return FALSE;
}

static gboolean
prepare (Stage *stage, GstVideoFormat format, const PerceptualPlane *plane,
    guint width, guint height, GError **error)
{
  GstStructure *options;

  if (is_of (&stage->from, format, plane->width, plane->height)
      && is_of (&stage->to, format, width, height))
    return TRUE;
  clear_stage (stage);
  if (!make_grey (&stage->from, format, plane->width, plane->height, error)
      || !make_grey (&stage->to, format, width, height, error))
    return FALSE;
  options = gst_structure_new ("options", GST_VIDEO_CONVERTER_OPT_DITHER_METHOD,
      GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE,
      GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_VIDEO_RESAMPLER_METHOD,
      GST_VIDEO_RESAMPLER_METHOD_CUBIC, NULL);
  stage->converter = gst_video_converter_new (
      &stage->from.frame.info, &stage->to.frame.info, options);
  if (stage->converter != NULL)
    return TRUE;
  clear_stage (stage);
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED,
      "Planes of %ux%u samples cannot be scaled to %ux%u", plane->width,
      plane->height, width, height);
  return FALSE;
}

/* --- scaling ------------------------------------------------------------- */

/* Puts the samples of @plane side by side, wide ones at the top of words. */
static void
gather (const PerceptualImage *image, const PerceptualPlane *plane, Grey *grey)
{
  for (guint y = 0; y < plane->height; y++) {
    const guint8 *from = (const guint8 *) plane->data + y * plane->stride;
    guint8 *to = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&grey->frame, 0)
        + (gsize) y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&grey->frame, 0);

    for (guint x = 0; x < plane->width; x++, from += plane->step) {
      if (image->depth == 8)
        to[x] = *from;
      else
        ((guint16 *) (gpointer) to)[x] =
            (guint16) (*(const guint16 *) (gconstpointer) from >> image->shift
                    << (16 - image->depth));
    }
  }
}

/* Rounds words to samples of @depth bits. */
static void
settle (Grey *grey, guint depth)
{
  guint shift = 16 - depth, top = (1u << depth) - 1;
  guint width = (guint) GST_VIDEO_FRAME_WIDTH (&grey->frame);

  for (gint y = 0; shift > 0 && y < GST_VIDEO_FRAME_HEIGHT (&grey->frame);
       y++) {
    guint16 *row = (gpointer) ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (
                                   &grey->frame, 0)
        + (gsize) y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&grey->frame, 0));

    for (guint x = 0; x < width; x++) {
      guint sample = (row[x] + (1u << shift >> 1)) >> shift;

      row[x] = (guint16) MIN (sample, top);
    }
  }
}

gboolean
perceptual_plane_scaler_run (PerceptualPlaneScaler *self,
    const GstVideoFormatInfo *finfo, PerceptualImage *image, guint width,
    guint height, GError **error)
{
  GstVideoFormat format =
      image->depth > 8 ? GRAY16_NATIVE : GST_VIDEO_FORMAT_GRAY8;

  for (guint c = 0; c < 3 && image->planes[c].data != NULL; c++) {
    PerceptualPlane *plane = &image->planes[c];
    Stage *stage = &self->stages[c];
    guint w = (guint) GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, c, width);
    guint h = (guint) GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (finfo, c, height);

    if (!prepare (stage, format, plane, w, h, error))
      return FALSE;
    gather (image, plane, &stage->from);
    gst_video_converter_frame (
        stage->converter, &stage->from.frame, &stage->to.frame);
    if (image->depth > 8)
      settle (&stage->to, image->depth);
    *plane = (PerceptualPlane){
      .data = GST_VIDEO_FRAME_PLANE_DATA (&stage->to.frame, 0),
      .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&stage->to.frame, 0),
      .step = image->depth > 8 ? 2 : 1,
      .width = w,
      .height = h,
    };
  }
  image->shift = 0;
  return TRUE;
}
