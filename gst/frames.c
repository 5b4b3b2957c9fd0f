/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Video frames to library images: formats compared, buffers mapped and
 * converted, views of luma and chroma planes.  Knows nothing of pads, pairing
 * or metrics.
 */
#include "frames.h"

#include "layout.h"

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define RGBA64_NATIVE GST_VIDEO_FORMAT_RGBA64_LE
#else
#define RGBA64_NATIVE GST_VIDEO_FORMAT_RGBA64_BE
#endif

/* --- what a stream looks like -------------------------------------------- */

/* The first is that of a stream that says nothing. */
static const gchar *const orientations[] = { "rotate-0", "rotate-90",
  "rotate-180", "rotate-270", "flip-rotate-0", "flip-rotate-90",
  "flip-rotate-180", "flip-rotate-270" };

const gchar *
perceptual_orientation_upright (void)
{
  return orientations[0];
}

const gchar *
perceptual_orientation_of_tags (const GstTagList *tags, const gchar *unsaid)
{
  const gchar *said = NULL;

  if (!gst_tag_list_peek_string_index (
          tags, GST_TAG_IMAGE_ORIENTATION, 0, &said))
    return unsaid;
  for (guint i = 0; i < G_N_ELEMENTS (orientations); i++) {
    if (g_str_equal (orientations[i], said))
      return orientations[i];
  }
  return unsaid;
}

static void
clear_format (gpointer data)
{
  PerceptualFormat *format = data;

  gst_clear_caps (&format->caps);
}

PerceptualFormat *
perceptual_format_new (GstCaps *caps)
{
  PerceptualFormat *self = g_atomic_rc_box_new0 (PerceptualFormat);

  self->caps = gst_caps_ref (caps);
  self->orientation = perceptual_orientation_upright ();
  if (!gst_video_info_from_caps (&self->info, caps)
      || GST_VIDEO_INFO_WIDTH (&self->info) <= 0
      || GST_VIDEO_INFO_HEIGHT (&self->info) <= 0) {
    perceptual_format_unref (self);
    return NULL;
  }
  return self;
}

PerceptualFormat *
perceptual_format_ref (PerceptualFormat *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
perceptual_format_unref (PerceptualFormat *self)
{
  g_atomic_rc_box_release_full (self, clear_format);
}

static PerceptualFormat *
copy_format (const PerceptualFormat *self)
{
  PerceptualFormat *copy = g_atomic_rc_box_new (PerceptualFormat);

  *copy = *self;
  gst_caps_ref (copy->caps);
  return copy;
}

PerceptualFormat *
perceptual_format_turn (PerceptualFormat *self, const gchar *orientation)
{
  PerceptualFormat *turned;

  if (self->orientation == orientation)
    return perceptual_format_ref (self);
  turned = copy_format (self);
  turned->orientation = orientation;
  return turned;
}

PerceptualFormat *
perceptual_format_of_buffer (PerceptualFormat *self, GstBuffer *buffer)
{
  const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (buffer);
  PerceptualFormat *cropped;

  /* Regions that cannot be are refused when the frame is mapped. */
  if (crop == NULL || crop->width == 0 || crop->height == 0
      || crop->width > PERCEPTUAL_MAX_SIZE || crop->height > PERCEPTUAL_MAX_SIZE
      || (crop->width == (guint) self->info.width
          && crop->height == (guint) self->info.height))
    return perceptual_format_ref (self);
  cropped = copy_format (self);
  cropped->info.width = (gint) crop->width;
  cropped->info.height = (gint) crop->height;
  return cropped;
}

gboolean
perceptual_format_is_hdr (const PerceptualFormat *self)
{
  GstVideoTransferFunction transfer = self->info.colorimetry.transfer;

  return transfer == GST_VIDEO_TRANSFER_SMPTE2084
      || transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67;
}

gboolean
perceptual_formats_same_size (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  return GST_VIDEO_INFO_WIDTH (&reference->info)
      == GST_VIDEO_INFO_WIDTH (&distorted->info)
      && GST_VIDEO_INFO_HEIGHT (&reference->info)
      == GST_VIDEO_INFO_HEIGHT (&distorted->info);
}

static guint
depth_of (const PerceptualFormat *format)
{
  guint depth = 0;

  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS (&format->info); c++)
    depth = MAX (depth, GST_VIDEO_INFO_COMP_DEPTH (&format->info, c));
  return depth;
}

static void
note_enum (GString *text, const gchar *what, GType type, gint a, gint b)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  const GEnumValue *first = g_enum_get_value (klass, a);
  const GEnumValue *second = g_enum_get_value (klass, b);

  if (a == b)
    return;
  g_string_append_printf (text, "%s%s %s against %s", text->len ? ", " : "",
      what, first != NULL ? first->value_nick : "?",
      second != NULL ? second->value_nick : "?");
}

gchar *
perceptual_formats_colour_difference (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  const GstVideoColorimetry *a = &reference->info.colorimetry;
  const GstVideoColorimetry *b = &distorted->info.colorimetry;
  guint depth_a = depth_of (reference), depth_b = depth_of (distorted);
  GString *text = g_string_new (NULL);

  /* RGB and Y'CbCr of one picture always differ in matrix, and mostly in
   * range; the conversion settles that. */
  if (GST_VIDEO_INFO_IS_RGB (&reference->info)
      == GST_VIDEO_INFO_IS_RGB (&distorted->info)) {
    note_enum (text, "range", GST_TYPE_VIDEO_COLOR_RANGE, a->range, b->range);
    note_enum (
        text, "matrix", GST_TYPE_VIDEO_COLOR_MATRIX, a->matrix, b->matrix);
  }
  note_enum (text, "primaries", GST_TYPE_VIDEO_COLOR_PRIMARIES, a->primaries,
      b->primaries);
  note_enum (text, "transfer function", GST_TYPE_VIDEO_TRANSFER_FUNCTION,
      a->transfer, b->transfer);
  if (depth_a != depth_b)
    g_string_append_printf (text, "%sdepth %u against %u bits",
        text->len ? ", " : "", depth_a, depth_b);
  return g_string_free (text, text->len == 0);
}

/* Bytes from the start of its plane to the first sample of component @c. */
static guint
component_offset (const GstVideoFormatInfo *finfo, guint c)
{
  guint offset = GST_VIDEO_FORMAT_INFO_POFFSET (finfo, c);

  /* GStreamer's table counts samples, not bytes, for the second chroma
   * component of P010, P012 and P016. */
  if (GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0) > 8 && c == 2 && offset == 1)
    offset = 2;
  return offset;
}

/* Whether the samples of @format can be shown to the library as planes: all
 * in bytes, or in native words with the same unused bits. */
static gboolean
has_planes (const PerceptualFormat *format)
{
  const GstVideoFormatInfo *finfo = format->info.finfo;
  guint depth = GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0);
  guint shift = GST_VIDEO_FORMAT_INFO_SHIFT (finfo, 0);
  guint n = GST_VIDEO_FORMAT_INFO_IS_GRAY (finfo) ? 1 : 3;
  gboolean little = GST_VIDEO_FORMAT_INFO_IS_LE (finfo);

  if ((!GST_VIDEO_FORMAT_INFO_IS_YUV (finfo)
          && !GST_VIDEO_FORMAT_INFO_IS_GRAY (finfo))
      || GST_VIDEO_FORMAT_INFO_IS_COMPLEX (finfo)
      || GST_VIDEO_FORMAT_INFO_IS_TILED (finfo)
      || GST_VIDEO_FORMAT_INFO_N_COMPONENTS (finfo) < n)
    return FALSE;
  if (depth < 8 || depth > 16 || (depth == 8 && shift != 0))
    return FALSE;
  if (depth > 8 && little != (G_BYTE_ORDER == G_LITTLE_ENDIAN))
    return FALSE;
  for (guint c = 0; c < n; c++) {
    guint bytes = depth > 8 ? 2 : 1;

    if (GST_VIDEO_FORMAT_INFO_DEPTH (finfo, c) != depth
        || GST_VIDEO_FORMAT_INFO_SHIFT (finfo, c) != shift
        || depth + shift > 8 * bytes || component_offset (finfo, c) % bytes != 0
        || GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, c) < (gint) bytes)
      return FALSE;
    /* Y210, Y410, Y412 and the like: the table has no offsets for them. */
    for (guint other = 0; other < c; other++) {
      if (GST_VIDEO_FORMAT_INFO_PLANE (finfo, c)
              == GST_VIDEO_FORMAT_INFO_PLANE (finfo, other)
          && component_offset (finfo, c) == component_offset (finfo, other))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
same_planes (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  const GstVideoFormatInfo *a = reference->info.finfo;
  const GstVideoFormatInfo *b = distorted->info.finfo;

  if (!has_planes (reference) || !has_planes (distorted)
      || !perceptual_formats_same_size (reference, distorted)
      || GST_VIDEO_FORMAT_INFO_IS_GRAY (a) != GST_VIDEO_FORMAT_INFO_IS_GRAY (b)
      || GST_VIDEO_FORMAT_INFO_DEPTH (a, 0)
          != GST_VIDEO_FORMAT_INFO_DEPTH (b, 0)
      || reference->info.colorimetry.range != distorted->info.colorimetry.range
      || reference->info.colorimetry.matrix
          != distorted->info.colorimetry.matrix)
    return FALSE;
  return GST_VIDEO_FORMAT_INFO_IS_GRAY (a)
      || (GST_VIDEO_FORMAT_INFO_W_SUB (a, 1)
              == GST_VIDEO_FORMAT_INFO_W_SUB (b, 1)
          && GST_VIDEO_FORMAT_INFO_H_SUB (a, 1)
              == GST_VIDEO_FORMAT_INFO_H_SUB (b, 1));
}

const gchar *
perceptual_formats_luma (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  return same_planes (reference, distorted) ? "stream" : "rgb";
}

PerceptualPixels
perceptual_formats_pixels (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  return depth_of (reference) > 8 || depth_of (distorted) > 8
      ? PERCEPTUAL_PIXELS_RGBX16
      : PERCEPTUAL_PIXELS_RGBX8;
}

gboolean
perceptual_formats_share_reference (const PerceptualFormat *reference,
    const PerceptualFormat *distorted, const PerceptualFormat *other)
{
  return perceptual_formats_pixels (reference, distorted)
      == perceptual_formats_pixels (reference, other)
      && same_planes (reference, distorted) == same_planes (reference, other);
}

/* --- frames to images ---------------------------------------------------- */

typedef struct
{
  GstVideoInfo in;
  GstVideoInfo out;
  GstVideoConverter *converter; /* NULL: @in is fit as it is */
  GstBuffer *memory;            /* converted pixels, kept from pair to pair */
  GstVideoFrame frame;
  GstVideoFrame converted;
  gboolean frame_mapped;
  gboolean converted_mapped;
} Side;

struct _PerceptualFrames
{
  guint threads;
  guint n_sides;
  Side *sides; /* of the reference, then of each stream */
};

PerceptualFrames *
perceptual_frames_new (guint threads, guint streams)
{
  PerceptualFrames *self = g_new0 (PerceptualFrames, 1);

  self->threads = MAX (threads, 1);
  self->n_sides = 1 + streams;
  self->sides = g_new0 (Side, self->n_sides);
  return self;
}

static void
unmap_side (Side *side)
{
  if (side->converted_mapped)
    gst_video_frame_unmap (&side->converted);
  if (side->frame_mapped)
    gst_video_frame_unmap (&side->frame);
  side->converted_mapped = side->frame_mapped = FALSE;
}

static void
clear_side (Side *side)
{
  unmap_side (side);
  g_clear_pointer (&side->converter, gst_video_converter_free);
  gst_clear_buffer (&side->memory);
  *side = (Side){ 0 };
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
  for (guint i = 0; i < self->n_sides; i++)
    clear_side (&self->sides[i]);
  g_free (self->sides);
  g_free (self);
}

static gboolean
is_fit (const GstVideoInfo *in, PerceptualPixels pixels)
{
  GstVideoFormat format = GST_VIDEO_INFO_FORMAT (in);

  if (in->colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235)
    return FALSE;
  if (pixels == PERCEPTUAL_PIXELS_RGBX16)
    return format == RGBA64_NATIVE;
  return format == GST_VIDEO_FORMAT_RGBx || format == GST_VIDEO_FORMAT_RGBA;
}

/* The converter and the memory for frames of @format. */
static gboolean
prepare_side (PerceptualFrames *self, Side *side,
    const PerceptualFormat *format, PerceptualPixels pixels, gint width,
    gint height, GError **error)
{
  const GstVideoInfo *in = &format->info;
  gboolean same_size = GST_VIDEO_INFO_WIDTH (in) == width
      && GST_VIDEO_INFO_HEIGHT (in) == height;
  GstVideoFormat target = pixels == PERCEPTUAL_PIXELS_RGBX16
      ? RGBA64_NATIVE
      : GST_VIDEO_FORMAT_RGBx;
  GstVideoInfo out;

  if (!gst_video_info_set_interlaced_format (&out, target,
          GST_VIDEO_INFO_INTERLACE_MODE (in), (guint) width, (guint) height)) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "Frames of %dx%d pixels are too large to be converted", width, height);
    return FALSE;
  }
  /* Light stays as it is coded: only matrix and range are settled. */
  out.colorimetry.transfer = in->colorimetry.transfer;
  out.colorimetry.primaries = in->colorimetry.primaries;
  out.fps_n = in->fps_n;
  out.fps_d = in->fps_d;
  if (side->in.finfo != NULL && gst_video_info_is_equal (&side->in, in)
      && gst_video_info_is_equal (&side->out, &out))
    return TRUE;

  /* GStreamer scales each field by itself, and crashes where the two fields
   * are not of one height. */
  if (GST_VIDEO_INFO_IS_INTERLACED (in) && GST_VIDEO_INFO_HEIGHT (in) != height
      && (GST_VIDEO_INFO_HEIGHT (in) % 2 != 0 || height % 2 != 0)) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "Interlaced frames of %d rows cannot be scaled to %d rows, since both "
        "must be even; put a deinterlace before this pad",
        GST_VIDEO_INFO_HEIGHT (in), height);
    return FALSE;
  }
  clear_side (side);
  side->in = *in;
  side->out = out;
  if (same_size && is_fit (in, pixels))
    return TRUE;
  side->converter = gst_video_converter_new (in, &out,
      gst_structure_new ("options", GST_VIDEO_CONVERTER_OPT_THREADS,
          G_TYPE_UINT, self->threads, GST_VIDEO_CONVERTER_OPT_DITHER_METHOD,
          GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE, NULL));
  side->memory = gst_buffer_new_allocate (NULL, out.size, NULL);
  if (side->converter != NULL && side->memory != NULL)
    return TRUE;

  if (side->memory == NULL)
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY,
        "No memory for a converted frame of %dx%d pixels (%" G_GSIZE_FORMAT
        " bytes)",
        width, height, out.size);
  else
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED,
        "Frames of format %s cannot be converted to RGB; put a videoconvert "
        "before this pad",
        GST_VIDEO_INFO_NAME (in));
  clear_side (side);
  return FALSE;
}

static gboolean
map_side (Side *side, const PerceptualFormat *format, GstBuffer *buffer,
    const gchar *which, GError **error)
{
  side->frame_mapped = perceptual_layout_is_of (buffer, &format->info)
      && gst_video_frame_map (&side->frame, &format->info, buffer,
          GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF);
  if (!side->frame_mapped) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE,
        "The %s frame holds %" G_GSIZE_FORMAT " bytes where %dx%d pixels of "
        "%s take %" G_GSIZE_FORMAT ", or its memory cannot be read",
        which, gst_buffer_get_size (buffer), format->info.width,
        format->info.height, GST_VIDEO_INFO_NAME (&format->info),
        format->info.size);
    return FALSE;
  }
  /* A decoder's surface may be larger than the picture (1088 rows for 1080),
   * and the frame then takes its size from the surface. */
  side->frame.info.width = format->info.width;
  side->frame.info.height = format->info.height;
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
  if (side->converter == NULL)
    return TRUE;
  side->converted_mapped = gst_video_frame_map (
      &side->converted, &side->out, side->memory, GST_MAP_WRITE);
  if (!side->converted_mapped) {
    g_set_error_literal (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY,
        "The memory for converted frames cannot be written");
    return FALSE;
  }
  gst_video_converter_frame (side->converter, &side->frame, &side->converted);
  return TRUE;
}

static void
view_planes (const GstVideoFrame *frame, PerceptualImage *image)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  guint n = GST_VIDEO_FORMAT_INFO_IS_GRAY (finfo) ? 1 : 3;

  image->depth = GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0);
  image->shift = GST_VIDEO_FORMAT_INFO_SHIFT (finfo, 0);
  for (guint c = 0; c < n; c++) {
    const guint8 *plane = GST_VIDEO_FRAME_PLANE_DATA (
        frame, GST_VIDEO_FORMAT_INFO_PLANE (finfo, c));

    image->planes[c] = (PerceptualPlane){
      .data = plane + component_offset (finfo, c),
      .stride = (gsize) GST_VIDEO_FRAME_COMP_STRIDE (frame, c),
      .step = (gsize) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c),
      .width = (guint) GST_VIDEO_FRAME_COMP_WIDTH (frame, c),
      .height = (guint) GST_VIDEO_FRAME_COMP_HEIGHT (frame, c),
    };
  }
}

static PerceptualImage
view_side (const Side *side, PerceptualPixels pixels, gboolean planes)
{
  const GstVideoFrame *rgb =
      side->converter != NULL ? &side->converted : &side->frame;
  PerceptualImage image = {
    .pixels = pixels,
    .width = (guint) GST_VIDEO_FRAME_WIDTH (rgb),
    .height = (guint) GST_VIDEO_FRAME_HEIGHT (rgb),
    .data = GST_VIDEO_FRAME_PLANE_DATA (rgb, 0),
    .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (rgb, 0),
  };

  if (planes)
    view_planes (&side->frame, &image);
  return image;
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

gboolean
perceptual_frames_map (PerceptualFrames *self, GstBuffer *reference,
    const PerceptualFormat *reference_format, GstBuffer *const *distorted,
    const PerceptualFormat *const *distorted_formats, PerceptualImage *images,
    GError **error)
{
  gint width = GST_VIDEO_INFO_WIDTH (&reference_format->info);
  gint height = GST_VIDEO_INFO_HEIGHT (&reference_format->info);
  PerceptualPixels pixels = PERCEPTUAL_PIXELS_RGBX8;
  gboolean planes = FALSE;

  for (guint i = 0; i + 1 < self->n_sides; i++) {
    if (distorted[i] == NULL)
      continue;
    pixels = perceptual_formats_pixels (reference_format, distorted_formats[i]);
    planes = same_planes (reference_format, distorted_formats[i]);
  }
  for (guint i = 0; i < self->n_sides; i++) {
    const PerceptualFormat *format =
        i == 0 ? reference_format : distorted_formats[i - 1];
    GstBuffer *buffer = i == 0 ? reference : distorted[i - 1];
    const gchar *which = i == 0 ? "reference" : "distorted";
    Side *side = &self->sides[i];

    if (buffer == NULL)
      continue;
    if (!check_size (format, which, error)
        || !prepare_side (self, side, format, pixels, width, height, error)
        || !map_side (side, format, buffer, which, error)) {
      perceptual_frames_unmap (self);
      return FALSE;
    }
    images[i] = view_side (side, pixels, planes);
  }
  return TRUE;
}
