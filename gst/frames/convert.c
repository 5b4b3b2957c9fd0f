/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Up to three stages, each left out where it has nothing to do: GStreamer's
 * converter into planes or RGB, the exact conversion of planes to RGB, and
 * GStreamer's converter again for size and primaries.
 */
#include "frames/convert.h"

#include "frames/layout.h"
#include "frames/planes.h"
#include "frames/ycbcr.h"

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define RGBA64_NATIVE GST_VIDEO_FORMAT_RGBA64_LE
#else
#define RGBA64_NATIVE GST_VIDEO_FORMAT_RGBA64_BE
#endif

/* A conversion by GStreamer, with a frame for what comes of it. */
typedef struct
{
  GstVideoConverter *converter;
  GstBuffer *memory;
  GstVideoFrame frame;
} Stage;

struct _PerceptualConverter
{
  PerceptualWorkers *workers; /* NULL for the caller's thread alone */
  guint threads;

  /* What was prepared. */
  GstVideoInfo in;
  PerceptualPixels pixels;
  gint width;
  gint height;
  GstVideoColorimetry colour;

  Stage first;
  gboolean exact; /* the second stage is needed */
  Stage second;   /* without a converter of GStreamer's */
  Stage third;
  gfloat **scratch; /* one for each thread */
};

static void
clear_stage (Stage *stage)
{
  if (stage->memory != NULL)
    gst_video_frame_unmap (&stage->frame);
  g_clear_pointer (&stage->converter, gst_video_converter_free);
  gst_clear_buffer (&stage->memory);
}

static void
clear (PerceptualConverter *self)
{
  clear_stage (&self->first);
  clear_stage (&self->second);
  clear_stage (&self->third);
  for (guint i = 0; i < self->threads; i++)
    g_clear_pointer (&self->scratch[i], g_free);
  self->exact = FALSE;
  self->in.finfo = NULL;
}

PerceptualConverter *
perceptual_converter_new (PerceptualWorkers *workers)
{
  PerceptualConverter *self = g_new0 (PerceptualConverter, 1);

  self->workers = workers != NULL ? perceptual_workers_ref (workers) : NULL;
  self->threads =
      workers != NULL ? perceptual_workers_get_threads (workers) : 1;
  self->scratch = g_new0 (gfloat *, self->threads);
  return self;
}

void
perceptual_converter_free (PerceptualConverter *self)
{
  if (self == NULL)
    return;
  clear (self);
  g_clear_pointer (&self->workers, perceptual_workers_unref);
  g_free (self->scratch);
  g_free (self);
}

/* --- preparing ----------------------------------------------------------- */

/* Room for a frame of @info.  Returns: FALSE with @error set. */
static gboolean
make_room (Stage *stage, const GstVideoInfo *info, GError **error)
{
  stage->memory = perceptual_layout_allocate (info);
  if (stage->memory != NULL
      && gst_video_frame_map (
          &stage->frame, info, stage->memory, GST_MAP_READWRITE))
    return TRUE;
  gst_clear_buffer (&stage->memory);
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY,
      "No memory for a converted frame of %dx%d pixels (%" G_GSIZE_FORMAT
      " bytes)",
      info->width, info->height, info->size);
  return FALSE;
}

static gboolean
make_stage (PerceptualConverter *self, Stage *stage, const GstVideoInfo *in,
    const GstVideoInfo *out, GError **error)
{
  gboolean primaries = in->colorimetry.primaries != out->colorimetry.primaries;
  /* One option a line. */
  /* clang-format off */
  GstStructure *options = gst_structure_new ("options",
      GST_VIDEO_CONVERTER_OPT_THREADS, G_TYPE_UINT, self->threads,
      GST_VIDEO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_VIDEO_DITHER_METHOD,
          GST_VIDEO_DITHER_NONE,
      GST_VIDEO_CONVERTER_OPT_PRIMARIES_MODE, GST_TYPE_VIDEO_PRIMARIES_MODE,
          primaries ? GST_VIDEO_PRIMARIES_MODE_FAST
                    : GST_VIDEO_PRIMARIES_MODE_NONE,
      GST_VIDEO_CONVERTER_OPT_GAMMA_MODE, GST_TYPE_VIDEO_GAMMA_MODE,
          primaries ? GST_VIDEO_GAMMA_MODE_REMAP : GST_VIDEO_GAMMA_MODE_NONE,
      NULL);
  /* clang-format on */

  stage->converter = gst_video_converter_new (in, out, options);
  if (stage->converter != NULL)
    return make_room (stage, out, error);
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED,
      "Frames of format %s cannot be converted to RGB; put a videoconvert "
      "before this pad",
      GST_VIDEO_INFO_NAME (in));
  return FALSE;
}

/* @info with the size, rate and fields of @like. */
static gboolean
set_format (GstVideoInfo *info, GstVideoFormat format, const GstVideoInfo *like,
    gint width, gint height, GError **error)
{
  if (!gst_video_info_set_interlaced_format (info, format,
          GST_VIDEO_INFO_INTERLACE_MODE (like), (guint) width,
          (guint) height)) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
        "Frames of %dx%d pixels are too large to be converted", width, height);
    return FALSE;
  }
  info->fps_n = like->fps_n;
  info->fps_d = like->fps_d;
  return TRUE;
}

/* A format of RGB whose components can be seen one by one, with no fewer bits
 * than @info. */
static GstVideoFormat
plain_rgb_format (const GstVideoInfo *info)
{
  guint depth = perceptual_planes_depth (info);

  if (depth <= 8)
    return GST_VIDEO_FORMAT_GBR;
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  return depth <= 10 ? GST_VIDEO_FORMAT_GBR_10LE
      : depth <= 12  ? GST_VIDEO_FORMAT_GBR_12LE
                     : RGBA64_NATIVE;
#else
  return depth <= 10 ? GST_VIDEO_FORMAT_GBR_10BE
      : depth <= 12  ? GST_VIDEO_FORMAT_GBR_12BE
                     : RGBA64_NATIVE;
#endif
}

/* The same of Y'CbCr. */
static GstVideoFormat
plain_ycbcr_format (const GstVideoInfo *info)
{
  guint depth = perceptual_planes_depth (info);

  if (depth <= 8)
    return GST_VIDEO_FORMAT_Y444;
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  return depth <= 10 ? GST_VIDEO_FORMAT_Y444_10LE
      : depth <= 12  ? GST_VIDEO_FORMAT_Y444_12LE
                     : GST_VIDEO_FORMAT_Y444_16LE;
#else
  return depth <= 10 ? GST_VIDEO_FORMAT_Y444_10BE
      : depth <= 12  ? GST_VIDEO_FORMAT_Y444_12BE
                     : GST_VIDEO_FORMAT_Y444_16BE;
#endif
}

static gboolean
is_ycbcr (const GstVideoInfo *info)
{
  return (GST_VIDEO_INFO_IS_YUV (info) || GST_VIDEO_INFO_IS_GRAY (info))
      && perceptual_ycbcr_knows (info);
}

/* Whether more is to be done than to put the samples of @info elsewhere, or to
 * repeat all bits of a byte in a word. */
static gboolean
is_odd_rgb (const GstVideoInfo *info)
{
  guint depth = perceptual_planes_depth (info);

  return GST_VIDEO_INFO_IS_RGB (info)
      && !GST_VIDEO_FORMAT_INFO_HAS_PALETTE (info->finfo)
      && (info->colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235
          || (depth > 8 && depth < 16));
}

/* Whether pixels of @in are what is wanted, but for size and primaries. */
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

gboolean
perceptual_converter_knows (GstVideoFormat format)
{
  /* GStreamer 1.22 reads the tiles of this one past the end of its own layout,
   * whatever the size. */
  return format != GST_VIDEO_FORMAT_NV12_10BE_8L128;
}

static gboolean
check_format (const GstVideoInfo *in, GError **error)
{
  if (perceptual_converter_knows (GST_VIDEO_INFO_FORMAT (in)))
    return TRUE;
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED,
      "Frames of format %s cannot be read safely; have the decoder put out "
      "another one, for instance P010_10LE",
      GST_VIDEO_INFO_NAME (in));
  return FALSE;
}

/* From @in to RGB of its own size and primaries; @rgb: what that is. */
static gboolean
prepare_rgb (PerceptualConverter *self, const GstVideoInfo *in,
    GstVideoFormat target, GstVideoInfo *rgb, GError **error)
{
  GstVideoInfo planar;

  *rgb = *in;
  if (is_fit (in, self->pixels))
    return TRUE;
  if (!set_format (rgb, target, in, GST_VIDEO_INFO_WIDTH (in),
          GST_VIDEO_INFO_HEIGHT (in), error))
    return FALSE;
  rgb->colorimetry.transfer = in->colorimetry.transfer;
  rgb->colorimetry.primaries = in->colorimetry.primaries;
  if (!is_ycbcr (in) && !is_odd_rgb (in))
    return make_stage (self, &self->first, in, rgb, error);

  self->exact = TRUE;
  if (!perceptual_planes_are_in (in) && !perceptual_planes_of_rgb_are_in (in)) {
    if (!set_format (&planar,
            is_ycbcr (in) ? plain_ycbcr_format (in) : plain_rgb_format (in), in,
            GST_VIDEO_INFO_WIDTH (in), GST_VIDEO_INFO_HEIGHT (in), error))
      return FALSE;
    planar.colorimetry = in->colorimetry;
    planar.chroma_site = in->chroma_site;
    if (!make_stage (self, &self->first, in, &planar, error))
      return FALSE;
  }
  return make_room (&self->second, rgb, error);
}

/* GStreamer scales each field by itself, and crashes where the two fields are
 * not of one height. */
static gboolean
check_scaling (const GstVideoInfo *in, gint height, GError **error)
{
  if (!GST_VIDEO_INFO_IS_INTERLACED (in) || GST_VIDEO_INFO_HEIGHT (in) == height
      || (GST_VIDEO_INFO_HEIGHT (in) % 2 == 0 && height % 2 == 0))
    return TRUE;
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE,
      "Interlaced frames of %d rows cannot be scaled to %d rows, since both "
      "must be even; put a deinterlace before this pad",
      GST_VIDEO_INFO_HEIGHT (in), height);
  return FALSE;
}

gboolean
perceptual_converter_prepare (PerceptualConverter *self, const GstVideoInfo *in,
    PerceptualPixels pixels, gint width, gint height,
    const GstVideoColorimetry *colour, GError **error)
{
  GstVideoFormat target = pixels == PERCEPTUAL_PIXELS_RGBX16
      ? RGBA64_NATIVE
      : GST_VIDEO_FORMAT_RGBx;
  GstVideoColorimetry wanted = in->colorimetry;
  GstVideoInfo rgb, out;

  /* Without the transfer function light is not known, and without light no
   * primaries. */
  if (colour->primaries != GST_VIDEO_COLOR_PRIMARIES_UNKNOWN
      && wanted.primaries != GST_VIDEO_COLOR_PRIMARIES_UNKNOWN
      && wanted.transfer != GST_VIDEO_TRANSFER_UNKNOWN)
    wanted.primaries = colour->primaries;
  if (self->in.finfo != NULL && gst_video_info_is_equal (&self->in, in)
      && self->pixels == pixels && self->width == width
      && self->height == height
      && gst_video_colorimetry_is_equal (&self->colour, &wanted))
    return TRUE;

  clear (self);
  self->pixels = pixels;
  if (!check_format (in, error) || !check_scaling (in, height, error)
      || !prepare_rgb (self, in, target, &rgb, error)
      || !set_format (&out, target, in, width, height, error))
    goto failed;
  out.colorimetry.primaries = wanted.primaries;
  out.colorimetry.transfer = wanted.transfer;
  if ((width != rgb.width || height != rgb.height
          || out.colorimetry.primaries != rgb.colorimetry.primaries)
      && !make_stage (self, &self->third, &rgb, &out, error))
    goto failed;
  self->in = *in;
  self->width = width;
  self->height = height;
  self->colour = wanted;
  return TRUE;

failed:
  clear (self);
  return FALSE;
}

/* --- converting ---------------------------------------------------------- */

/* Rows of one job: few enough that all threads end at about the same time. */
#define ROWS_PER_JOB 32

typedef struct
{
  PerceptualConverter *converter;
  PerceptualYcbcr ycbcr;
  guint height;
  guint8 *out;
  gsize stride;
} Exact;

static void
convert_rows (gpointer user, guint job, guint worker)
{
  const Exact *exact = user;
  gfloat **scratch = &exact->converter->scratch[worker];
  guint begin = job * ROWS_PER_JOB;

  if (*scratch == NULL)
    *scratch = g_new (gfloat, perceptual_ycbcr_scratch (&exact->ycbcr));
  perceptual_ycbcr_convert (&exact->ycbcr, begin,
      MIN (begin + ROWS_PER_JOB, exact->height), exact->out, exact->stride,
      *scratch);
}

static void
convert_exactly (PerceptualConverter *self, const GstVideoFrame *frame)
{
  GstVideoFrame *target = &self->second.frame;
  Exact exact = {
    .converter = self,
    .height = (guint) GST_VIDEO_FRAME_HEIGHT (frame),
    .out = GST_VIDEO_FRAME_PLANE_DATA (target, 0),
    .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (target, 0),
  };
  PerceptualImage source = { .width = (guint) GST_VIDEO_FRAME_WIDTH (frame),
    .height = exact.height };
  guint n_jobs = (exact.height + ROWS_PER_JOB - 1) / ROWS_PER_JOB;

  perceptual_planes_view (frame, &source);
  perceptual_ycbcr_init (&exact.ycbcr, &frame->info, &source,
      self->pixels == PERCEPTUAL_PIXELS_RGBX16);
  if (self->workers != NULL)
    perceptual_workers_run (self->workers, n_jobs, convert_rows, &exact);
  for (guint i = 0; self->workers == NULL && i < n_jobs; i++)
    convert_rows (&exact, i, 0);
}

const GstVideoFrame *
perceptual_converter_run (PerceptualConverter *self, GstVideoFrame *frame)
{
  if (self->first.converter != NULL) {
    gst_video_converter_frame (
        self->first.converter, frame, &self->first.frame);
    frame = &self->first.frame;
  }
  if (self->exact) {
    convert_exactly (self, frame);
    frame = &self->second.frame;
  }
  if (self->third.converter != NULL) {
    gst_video_converter_frame (
        self->third.converter, frame, &self->third.frame);
    frame = &self->third.frame;
  }
  return frame;
}

const GstVideoFrame *
perceptual_converter_get_unpacked (const PerceptualConverter *self)
{
  return &self->first.frame;
}
