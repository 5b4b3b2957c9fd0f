/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Video frames to library images: buffers mapped, cut and converted, views of
 * their planes.
 */
#include "frames/images.h"

#include "frames/convert.h"
#include "frames/layout.h"
#include "frames/plane-scaler.h"
#include "frames/planes.h"

typedef struct
{
  PerceptualConverter *converter;
  PerceptualPlaneScaler *scaler;
  GstVideoFrame frame;
  gboolean mapped;
} Side;

struct _PerceptualFrames
{
  gboolean prefer_planes;
  gchar **names; /* of distorted streams; NULL for one */
  guint n_sides;
  Side *sides; /* of the reference, then of each stream */
};

PerceptualFrames *
perceptual_frames_new (PerceptualWorkers *workers, guint streams)
{
  PerceptualFrames *self = g_new0 (PerceptualFrames, 1);

  self->n_sides = 1 + streams;
  self->sides = g_new0 (Side, self->n_sides);
  for (guint i = 0; i < self->n_sides; i++)
    self->sides[i] = (Side){ .converter = perceptual_converter_new (workers),
      .scaler = perceptual_plane_scaler_new () };
  return self;
}

void
perceptual_frames_name_streams (
    PerceptualFrames *self, const gchar *const *names)
{
  if (self->n_sides > 2)
    self->names = g_strdupv ((gchar **) names);
}

/* Returns: what frames of @side are called in errors. */
static const gchar *
name_side (const PerceptualFrames *self, guint side)
{
  if (side == 0)
    return "reference";
  return self->names != NULL ? self->names[side - 1] : "distorted";
}

void
perceptual_frames_prefer_planes (PerceptualFrames *self)
{
  self->prefer_planes = TRUE;
}

static void
unmap_side (Side *side)
{
  if (side->mapped)
    gst_video_frame_unmap (&side->frame);
  side->mapped = FALSE;
}

void
perceptual_frames_unmap (PerceptualFrames *self)
{
  for (guint i = 0; i < self->n_sides; i++)
    unmap_side (&self->sides[i]);
}

void
perceptual_frames_free (PerceptualFrames *self)
{
  if (self == NULL)
    return;
  perceptual_frames_unmap (self);
  for (guint i = 0; i < self->n_sides; i++) {
    perceptual_converter_free (self->sides[i].converter);
    perceptual_plane_scaler_free (self->sides[i].scaler);
  }
  g_strfreev (self->names);
  g_free (self->sides);
  g_free (self);
}

/* Returns: (nullable): the type of the first memory of @buffer that does not
 * open for reading */
static const gchar *
closed_memory (GstBuffer *buffer)
{
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (!gst_memory_map (memory, &map, GST_MAP_READ))
      return memory->allocator != NULL ? memory->allocator->mem_type : "?";
    gst_memory_unmap (memory, &map);
  }
  return NULL;
}

/* A meta may have any number in it.  Returns: (transfer full) */
static gchar *
name_format (GstVideoFormat format)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (GST_TYPE_VIDEO_FORMAT);
  const GEnumValue *value = g_enum_get_value (klass, (gint) format);

  return value != NULL ? g_ascii_strup (value->value_nick, -1)
                       : g_strdup_printf ("format %d", (gint) format);
}

static void
set_map_error (GError **error, GstBuffer *buffer,
    const PerceptualFormat *format, const gchar *which)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  const gchar *closed = closed_memory (buffer);
  g_autofree gchar *name = meta != NULL ? name_format (meta->format) : NULL;

  if (closed != NULL)
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The memory of the %s frame (%s) cannot be read; put an element "
        "before this pad that downloads it to system memory, for instance "
        "gldownload or vapostproc",
        which, closed);
  else if (meta != NULL)
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The layout that comes with the %s frame (%ux%u pixels of %s, %u "
        "planes) does not suit its %" G_GSIZE_FORMAT " bytes and the %dx%d "
        "pixels of %s that its caps promise",
        which, meta->width, meta->height, name, meta->n_planes,
        gst_buffer_get_size (buffer), format->whole_width, format->whole_height,
        GST_VIDEO_INFO_NAME (&format->info));
  else
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The %s frame holds %" G_GSIZE_FORMAT " bytes where %dx%d pixels of "
        "%s take %" G_GSIZE_FORMAT,
        which, gst_buffer_get_size (buffer), format->whole_width,
        format->whole_height, GST_VIDEO_INFO_NAME (&format->info),
        format->info.size);
}

/* Where the picture that is measured is in its frame. */
static gboolean
find_region (GstBuffer *buffer, const PerceptualFormat *format,
    const gchar *which, PerceptualRegion *region, GError **error)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (buffer);
  guint width = meta != NULL ? meta->width : (guint) format->whole_width;
  guint height = meta != NULL ? meta->height : (guint) format->whole_height;

  *region = (PerceptualRegion){
    .x = format->crop_x,
    .y = format->crop_y,
    .width = (guint) format->info.width,
    .height = (guint) format->info.height,
  };
  if (crop == NULL)
    return TRUE;
  region->x += crop->x;
  region->y += crop->y;
  if (format->crop_x + region->width <= crop->width
      && format->crop_y + region->height <= crop->height && crop->width <= width
      && crop->height <= height && crop->x <= width - crop->width
      && crop->y <= height - crop->height)
    return TRUE;
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
      "The %s frame of %ux%u pixels is to be cropped to %ux%u at %u,%u, which "
      "is not inside it",
      which, width, height, crop->width, crop->height, crop->x, crop->y);
  return FALSE;
}

static gboolean
cut_region (GstVideoFrame *frame, const PerceptualRegion *region,
    const gchar *which, GError **error)
{
  guint step_x, step_y;

  if (perceptual_layout_cut (frame, region, &step_x, &step_y))
    return TRUE;
  if (step_x == 0)
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED,
        "The %s frame is to be cropped, which the format %s does not allow "
        "here; crop it with videocrop, or convert it first, for instance to "
        "NV12",
        which, GST_VIDEO_INFO_NAME (&frame->info));
  else
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED,
        "The %s frame is to be cropped at %u,%u, between its samples of "
        "chroma; with %s it must be multiples of %u and %u",
        which, region->x, region->y, GST_VIDEO_INFO_NAME (&frame->info), step_x,
        step_y);
  return FALSE;
}

/* Puts a copy in place of a frame whose samples begin anywhere. */
static gboolean
align_frame (Side *side, const gchar *which, GError **error)
{
  GstBuffer *buffer;
  GstVideoInfo info;
  GstVideoFrame copy;

  if (perceptual_layout_is_aligned (&side->frame))
    return TRUE;
  gst_video_info_set_interlaced_format (&info,
      GST_VIDEO_INFO_FORMAT (&side->frame.info),
      GST_VIDEO_INFO_INTERLACE_MODE (&side->frame.info),
      (guint) GST_VIDEO_FRAME_WIDTH (&side->frame),
      (guint) GST_VIDEO_FRAME_HEIGHT (&side->frame));
  info.colorimetry = side->frame.info.colorimetry;
  info.chroma_site = side->frame.info.chroma_site;
  buffer = perceptual_layout_allocate (&info);
  if (buffer == NULL) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY,
        "No memory for a copy of the %s frame (%" G_GSIZE_FORMAT " bytes)",
        which, info.size);
    return FALSE;
  }
  gst_buffer_copy_into (
      buffer, side->frame.buffer, GST_BUFFER_COPY_FLAGS, 0, -1);
  gst_video_frame_map (&copy, &info, buffer, GST_MAP_READWRITE);
  gst_buffer_unref (buffer);
  perceptual_layout_copy (&copy, &side->frame);
  gst_video_frame_unmap (&side->frame);
  side->frame = copy;
  return TRUE;
}

static gboolean
map_side (Side *side, const PerceptualFormat *format, GstBuffer *buffer,
    const gchar *which, GError **error)
{
  PerceptualRegion region;

  if (!find_region (buffer, format, which, &region, error))
    return FALSE;
  side->mapped = perceptual_layout_is_of (buffer, &format->info)
      && gst_video_frame_map (&side->frame, &format->info, buffer,
          GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF);
  if (!side->mapped) {
    set_map_error (error, buffer, format, which);
    return FALSE;
  }
  /* A decoder's surface may be larger than the picture (1088 rows for 1080),
   * and the frame then takes its size from the surface. */
  side->frame.info.width = (gint) (region.x + region.width);
  side->frame.info.height = (gint) (region.y + region.height);
  if (!perceptual_layout_fits (&side->frame)) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The rows of the %s frame do not all lie in its %" G_GSIZE_FORMAT
        " bytes (%dx%d pixels of %s, %s)",
        which, gst_buffer_get_size (buffer), format->info.width,
        format->info.height, GST_VIDEO_INFO_NAME (&format->info),
        gst_video_interlace_mode_to_string (
            GST_VIDEO_INFO_INTERLACE_MODE (&format->info)));
    return FALSE;
  }
  return cut_region (&side->frame, &region, which, error)
      && align_frame (side, which, error);
}

/* Of a side whose converter is prepared. */
static void
view_pixels (Side *side, PerceptualPixels pixels, PerceptualImage *image)
{
  const GstVideoFrame *rgb =
      perceptual_converter_run (side->converter, &side->frame);

  *image = (PerceptualImage){
    .pixels = pixels,
    .width = (guint) GST_VIDEO_FRAME_WIDTH (rgb),
    .height = (guint) GST_VIDEO_FRAME_HEIGHT (rgb),
    .data = GST_VIDEO_FRAME_PLANE_DATA (rgb, 0),
    .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (rgb, 0),
  };
}

static gboolean
check_size (const PerceptualFormat *format, const gchar *which, GError **error)
{
  gint width = GST_VIDEO_INFO_WIDTH (&format->info);
  gint height = GST_VIDEO_INFO_HEIGHT (&format->info);

  if (width <= PERCEPTUAL_MAX_SIZE && height <= PERCEPTUAL_MAX_SIZE)
    return TRUE;
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
      "The %s frame is %dx%d; the largest supported is %ux%u", which, width,
      height, PERCEPTUAL_MAX_SIZE, PERCEPTUAL_MAX_SIZE);
  return FALSE;
}

/* Adds the planes of the frame, in the size of @image. */
static gboolean
add_planes (Side *side, const PerceptualFormat *format, PerceptualImage *image,
    GError **error)
{
  const GstVideoFrame *frame = format->has_planes
      ? &side->frame
      : perceptual_converter_get_unpacked (side->converter);

  perceptual_planes_view (frame, image);
  if (GST_VIDEO_INFO_IS_GRAY (&format->info))
    image->planes[1] = image->planes[2] = (PerceptualPlane){ 0 };
  return (image->planes[0].width == image->width
             && image->planes[0].height == image->height)
      || perceptual_plane_scaler_run (side->scaler, frame->info.finfo, image,
          image->width, image->height, error);
}

/* Maps one frame of a pair of streams and makes @image of it. */
static gboolean
map_image (PerceptualFrames *self, guint n, GstBuffer *buffer,
    const PerceptualFormat *format, const PerceptualPairFormat *pair,
    PerceptualImage *image, GError **error)
{
  const GstVideoInfo *like = &pair->reference->info;
  const gchar *which = name_side (self, n);
  gboolean convert = !pair->planes_suffice || !self->prefer_planes;
  Side *side = &self->sides[n];

  if (!check_size (format, which, error)
      || (convert
          && !perceptual_converter_prepare (side->converter, &format->info,
              pair->pixels, like->width, like->height, &like->colorimetry,
              error))
      || !map_side (side, format, buffer, which, error))
    return FALSE;
  if (convert)
    view_pixels (side, pair->pixels, image);
  else
    *image = (PerceptualImage){ .pixels = pair->pixels,
      .width = (guint) like->width,
      .height = (guint) like->height };
  return !pair->has_planes || add_planes (side, format, image, error);
}

gboolean
perceptual_frames_map (PerceptualFrames *self, GstBuffer *reference,
    GstBuffer *const *distorted, const PerceptualPairFormat *const *formats,
    PerceptualImage *images, GError **error)
{
  guint first = 0;
  gboolean ok;

  while (first + 2 < self->n_sides && distorted[first] == NULL)
    first++;
  ok = map_image (self, 0, reference, formats[first]->reference, formats[first],
      &images[0], error);
  for (guint i = first; ok && i + 1 < self->n_sides; i++) {
    if (distorted[i] != NULL)
      ok = map_image (self, 1 + i, distorted[i], formats[i]->distorted,
          formats[i], &images[1 + i], error);
  }
  if (!ok)
    perceptual_frames_unmap (self);
  return ok;
}

gboolean
perceptual_frames_map_alone (PerceptualFrames *self, GstBuffer *buffer,
    const PerceptualFormat *format, const gchar *which, PerceptualImage *image,
    GError **error)
{
  Side *side = &self->sides[0];
  const GstVideoInfo *info = &format->info;
  PerceptualPixels pixels =
      format->depth > 8 ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8;

  if (!check_size (format, which, error)
      || (!format->has_planes
          && !perceptual_converter_prepare (side->converter, info, pixels,
              info->width, info->height, &info->colorimetry, error)))
    return FALSE;
  if (!map_side (side, format, buffer, which, error)) {
    unmap_side (side);
    return FALSE;
  }
  if (!format->has_planes) {
    view_pixels (side, pixels, image);
    return TRUE;
  }
  *image = (PerceptualImage){ .pixels = pixels,
    .width = (guint) info->width,
    .height = (guint) info->height };
  perceptual_planes_view (&side->frame, image);
  return TRUE;
}
