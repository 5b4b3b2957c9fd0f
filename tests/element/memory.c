/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where pixels may be: several memories, padded rows, regions, other kinds of
 * memory, and memory that cannot be read.
 */
#include "listener.h"

#include <string.h>

#define WIDTH 32
#define HEIGHT 16
#define SIZE "width=32,height=16,framerate=25/1"
#define FORMAT(name) "video/x-raw,format=" name "," SIZE

/* --- frames with a picture ----------------------------------------------- */

/* Samples that differ all over the frame, the same for every layout of a
 * format; @user is added. */
static void
fill_picture (GstVideoFrame *frame, gpointer user)
{
  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (frame); c++) {
    gint depth = GST_VIDEO_FRAME_COMP_DEPTH (frame, c);
    gint shift = GST_VIDEO_FORMAT_INFO_SHIFT (frame->info.finfo, c);

    for (gint y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (frame, c); y++) {
      guint8 *row = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (
          frame, GST_VIDEO_FRAME_COMP_PLANE (frame, c));

      row += y * GST_VIDEO_FRAME_COMP_STRIDE (frame, c);
      /* GStreamer's table counts samples for the second chroma of P010. */
      row += depth > 8 ? GST_VIDEO_FRAME_COMP_POFFSET (frame, c) > 0 ? 2 : 0
                       : GST_VIDEO_FRAME_COMP_POFFSET (frame, c);
      for (gint x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH (frame, c); x++) {
        guint v =
            40 + ((guint) (7 * x + 5 * y) + GPOINTER_TO_UINT (user)) % 170;
        guint8 *at = row + x * GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c);

        if (depth > 8)
          *(guint16 *) (gpointer) at = (guint16) (v << (depth - 8 + shift));
        else
          *at = (guint8) v;
      }
    }
  }
}

static GstVideoInfo
info_of (const gchar *caps_text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  GstVideoInfo info;

  fail_unless (gst_video_info_from_caps (&info, caps), "%s", caps_text);
  return info;
}

/* Draws the picture into @buffer, whose metas say where. */
static GstBuffer *
draw (const GstVideoInfo *info, GstBuffer *buffer, guint seed)
{
  GstVideoFrame frame;

  fail_unless (gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE));
  fill_picture (&frame, GUINT_TO_POINTER (seed));
  gst_video_frame_unmap (&frame);
  return buffer;
}

/* One plain frame against @buffer, which is taken. */
static Listener *
compare_with (const gchar *caps, GstBuffer *buffer)
{
  Listener *l = listener_of_frames ("metric=l2 also=mmd-ssim,psnr");
  GstVideoInfo info = info_of (caps);

  send_buffer (l, "ref", caps, 0,
      draw (&info, gst_buffer_new_allocate (NULL, info.size, NULL), 0));
  send_buffer (l, "dist", caps, 0, buffer);
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  return l;
}

static void
assert_same_picture (const gchar *caps, GstBuffer *buffer)
{
  Listener *l = compare_with (caps, buffer);

  assert_ended_well (l);
  assert_counts (l, 1, 0, 0);
  fail_unless (distance_at (l, 0) == 0, "%s: %g", caps, distance_at (l, 0));
  assert_equals_int (l->warnings->len, 0);
  listener_free (l);
}

static const gchar *const layouts[] = { FORMAT ("I420"), FORMAT ("NV12"),
  FORMAT ("P010_10LE"), FORMAT ("YUY2"), FORMAT ("Y444_12LE"), FORMAT ("BGRx"),
  FORMAT ("GRAY8") };

/* --- plain memory -------------------------------------------------------- */

GST_START_TEST (test_another_picture_is_seen)
{
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    GstVideoInfo info = info_of (layouts[i]);
    Listener *l = compare_with (layouts[i],
        draw (&info, gst_buffer_new_allocate (NULL, info.size, NULL), 9));

    assert_ended_well (l);
    fail_unless (distance_at (l, 0) > .001, "%s", layouts[i]);
    listener_free (l);
  }
}
GST_END_TEST;

/* As a decoder pads them, with the planes in any order. */
GST_START_TEST (test_rows_are_found_where_the_video_meta_says)
{
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    GstVideoInfo info = info_of (layouts[i]);
    guint n = GST_VIDEO_INFO_N_PLANES (&info);
    gsize offsets[GST_VIDEO_MAX_PLANES] = { 0 }, at = 64;
    gint strides[GST_VIDEO_MAX_PLANES] = { 0 };
    GstBuffer *buffer;

    for (guint p = n; p-- > 0;) {
      strides[p] = GST_VIDEO_INFO_PLANE_STRIDE (&info, p) + 64;
      offsets[p] = at;
      at += (gsize) strides[p] * (HEIGHT + 2);
    }
    buffer = gst_buffer_new_allocate (NULL, at, NULL);
    gst_buffer_memset (buffer, 0, 0xee, at);
    gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
        GST_VIDEO_INFO_FORMAT (&info), WIDTH, HEIGHT, n, offsets, strides);
    assert_same_picture (layouts[i], draw (&info, buffer, 0));
  }
}
GST_END_TEST;

/* One memory for each plane; the first one begins in the middle of a larger
 * one. */
GST_START_TEST (test_planes_may_be_in_memories_of_their_own)
{
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    GstVideoInfo info = info_of (layouts[i]);
    GstBuffer *buffer = gst_buffer_new ();

    for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES (&info); p++) {
      gsize end = p + 1 < GST_VIDEO_INFO_N_PLANES (&info)
          ? GST_VIDEO_INFO_PLANE_OFFSET (&info, p + 1)
          : info.size;
      gsize size = end - GST_VIDEO_INFO_PLANE_OFFSET (&info, p);
      GstMemory *memory = gst_allocator_alloc (NULL, size + 80, NULL);

      gst_memory_resize (memory, p == 0 ? 48 : 0, size);
      gst_buffer_append_memory (buffer, memory);
    }
    gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
        GST_VIDEO_INFO_FORMAT (&info), WIDTH, HEIGHT,
        GST_VIDEO_INFO_N_PLANES (&info), info.offset, info.stride);
    assert_same_picture (layouts[i], draw (&info, buffer, 0));
  }
}
GST_END_TEST;

/* --- regions ------------------------------------------------------------- */

/* The picture at @x, @y of a larger frame full of something else. */
static GstBuffer *
picture_inside (const GstVideoInfo *info, guint x, guint y, gboolean with_meta,
    guint width, guint height)
{
  GstVideoInfo large;
  GstVideoCropMeta *crop;
  GstVideoFrame from, to;
  GstBuffer *buffer;
  g_autoptr (GstBuffer) picture =
      draw (info, gst_buffer_new_allocate (NULL, info->size, NULL), 0);

  fail_unless (gst_video_info_set_format (
      &large, GST_VIDEO_INFO_FORMAT (info), width, height));
  buffer = gst_buffer_new_allocate (NULL, large.size, NULL);
  gst_buffer_memset (buffer, 0, 0x55, large.size);
  fail_unless (gst_video_frame_map (&from, info, picture, GST_MAP_READ));
  fail_unless (gst_video_frame_map (&to, &large, buffer, GST_MAP_READWRITE));
  for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES (info); p++) {
    gint row = GST_VIDEO_FRAME_PLANE_STRIDE (&from, p);
    guint log_y = p > 0 ? GST_VIDEO_FORMAT_INFO_H_SUB (info->finfo, p) : 0;
    gint rows = HEIGHT >> log_y;
    /* Bytes of a column of a plane of the picture. */
    gint bytes = row * (gint) x / WIDTH;

    for (gint r = 0; r < rows; r++)
      memcpy ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&to, p)
              + ((gint) (y >> log_y) + r)
                  * GST_VIDEO_FRAME_PLANE_STRIDE (&to, p)
              + bytes,
          (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&from, p) + r * row,
          (gsize) row);
  }
  gst_video_frame_unmap (&from);
  gst_video_frame_unmap (&to);
  if (with_meta)
    gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
        GST_VIDEO_INFO_FORMAT (info), width, height,
        GST_VIDEO_INFO_N_PLANES (info), large.offset, large.stride);
  crop = gst_buffer_add_video_crop_meta (buffer);
  crop->x = x;
  crop->y = y;
  crop->width = WIDTH;
  crop->height = HEIGHT;
  return buffer;
}

/* Caps say the size of the picture, the video meta that of the surface. */
GST_START_TEST (test_the_region_of_a_surface_is_measured)
{
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    GstVideoInfo info = info_of (layouts[i]);

    assert_same_picture (
        layouts[i], picture_inside (&info, 16, 6, TRUE, 64, 32));
  }
}
GST_END_TEST;

/* Caps say the size of the whole frame.  What goes out keeps it. */
GST_START_TEST (test_a_region_smaller_than_the_caps_is_compared_by_its_own_size)
{
  static const gchar *const whole =
      "video/x-raw,format=NV12,width=64,height=32,framerate=25/1";
  Listener *l = listener_of_frames ("metric=l2 output=distorted");
  GstVideoInfo info = info_of (FORMAT ("NV12"));
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (l->pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstCaps) caps = NULL;
  gint width = 0;

  for (guint i = 0; i < 3; i++) {
    send_buffer (l, "ref", FORMAT ("NV12"), 40 * (gint) i,
        draw (&info, gst_buffer_new_allocate (NULL, info.size, NULL), 0));
    send_buffer (l, "dist", whole, 40 * (gint) i,
        picture_inside (&info, 4 * i, 2 * i, i > 0, 64, 32));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 3, 0, 0);
  fail_unless (summary_double (l, "max") == 0, "%g", summary_double (l, "max"));
  caps = gst_pad_get_current_caps (pad);
  fail_unless (gst_structure_get_int (
      gst_caps_get_structure (caps, 0), "width", &width));
  assert_equals_int (width, 64);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_heat_map_has_the_size_of_the_region)
{
  static const gchar *const whole =
      "video/x-raw,format=NV12,width=64,height=32,framerate=25/1";
  Listener *l = listener_of_frames ("output=heatmap");
  GstVideoInfo info = info_of (FORMAT ("NV12"));
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (l->pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo map;

  send_buffer (l, "ref", whole, 0, picture_inside (&info, 8, 4, FALSE, 64, 32));
  send_buffer (l, "dist", FORMAT ("NV12"), 0,
      draw (&info, gst_buffer_new_allocate (NULL, info.size, NULL), 0));
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  fail_unless (distance_at (l, 0) == 0);
  caps = gst_pad_get_current_caps (pad);
  fail_unless (gst_video_info_from_caps (&map, caps));
  assert_equals_int (GST_VIDEO_INFO_WIDTH (&map), WIDTH);
  assert_equals_int (GST_VIDEO_INFO_HEIGHT (&map), HEIGHT);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_region_of_another_size_is_an_error_that_names_both)
{
  Listener *l = listener_of_frames ("metric=l2");
  GstVideoInfo info = info_of (FORMAT ("NV12"));

  send_frame (l, "ref",
      "video/x-raw,format=NV12,width=64,height=32,framerate=25/1", 0,
      fill_picture, NULL);
  send_buffer (l, "dist",
      "video/x-raw,format=NV12,width=64,height=32,framerate=25/1", 0,
      picture_inside (&info, 0, 0, FALSE, 64, 32));
  listener_wait (l, G_MAXUINT);
  assert_error (l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
      "reference is 64x32", "distorted video is 32x16", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_regions_that_cannot_be_had_are_refused_with_the_reason)
{
  static const struct
  {
    const gchar *caps;
    guint x, y;
    const gchar *text;
  } cases[] = {
    { FORMAT ("NV12"), 5, 4, "must be multiples of 2 and 2" },
    { FORMAT ("NV12"), 4, 3, "cropped at 4,3" },
    { FORMAT ("NV12") ",interlace-mode=interleaved", 4, 2,
        "must be multiples of 2 and 4" },
    { FORMAT ("YUY2"), 3, 3, "must be multiples of 2 and 1" },
    { FORMAT ("v210"), 6, 2, "v210 does not allow" },
    { FORMAT ("NV12"), 34, 4, "is not inside it" },
    { FORMAT ("NV12"), G_MAXUINT - 1, 4, "is not inside it" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstVideoInfo info = info_of (cases[i].caps), large;
    GstBuffer *buffer;
    GstVideoCropMeta *crop;
    Listener *l;

    gst_video_info_set_interlaced_format (&large, GST_VIDEO_INFO_FORMAT (&info),
        GST_VIDEO_INFO_INTERLACE_MODE (&info), 64, 32);
    buffer = gst_buffer_new_allocate (NULL, large.size, NULL);
    gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
        GST_VIDEO_INFO_FORMAT (&info), 64, 32, GST_VIDEO_INFO_N_PLANES (&info),
        large.offset, large.stride);
    crop = gst_buffer_add_video_crop_meta (buffer);
    crop->x = cases[i].x;
    crop->y = cases[i].y;
    crop->width = WIDTH;
    crop->height = HEIGHT;
    l = listener_of_frames ("metric=l2");
    send_frame (l, "ref", cases[i].caps, 0, fill_bytes, NULL);
    send_buffer (l, "dist", cases[i].caps, 0, buffer);
    listener_wait (l, G_MAXUINT);
    assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
        "The distorted frame", cases[i].text, NULL);
    listener_free (l);
  }
}
GST_END_TEST;

/* --- memory of other kinds ----------------------------------------------- */

/* Memory of a device: bytes somewhere, which can be mapped, or not. */
typedef struct
{
  GstMemory memory;
  guint8 *bytes;
} DeviceMemory;

typedef struct
{
  GstAllocator parent;
  gboolean opens; /* whether it can be mapped */
} DeviceAllocator;

typedef GstAllocatorClass DeviceAllocatorClass;

static GType device_allocator_get_type (void);
G_DEFINE_TYPE (DeviceAllocator, device_allocator, GST_TYPE_ALLOCATOR)

static GstMemory *
device_alloc (GstAllocator *allocator, gsize size, GstAllocationParams *params)
{
  DeviceMemory *self = g_new0 (DeviceMemory, 1);

  gst_memory_init (
      GST_MEMORY_CAST (self), 0, allocator, NULL, size, 0, 0, size);
  self->bytes = g_malloc (size);
  return GST_MEMORY_CAST (self);
}

static void
device_free (GstAllocator *allocator, GstMemory *memory)
{
  g_free (((DeviceMemory *) memory)->bytes);
  g_free (memory);
}

static gpointer
device_map (GstMemory *memory, gsize size, GstMapFlags flags)
{
  DeviceAllocator *allocator = (DeviceAllocator *) memory->allocator;

  return allocator->opens ? ((DeviceMemory *) memory)->bytes : NULL;
}

static void
device_unmap (GstMemory *memory)
{
}

static void
device_allocator_class_init (DeviceAllocatorClass *klass)
{
  klass->alloc = device_alloc;
  klass->free = device_free;
}

static void
device_allocator_init (DeviceAllocator *self)
{
  GstAllocator *allocator = GST_ALLOCATOR_CAST (self);

  allocator->mem_type = "TestDevice";
  allocator->mem_map = device_map;
  allocator->mem_unmap = device_unmap;
  self->opens = TRUE;
  GST_OBJECT_FLAG_SET (allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

static GstBuffer *
device_buffer (DeviceAllocator *allocator, const GstVideoInfo *info)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer,
      gst_allocator_alloc (GST_ALLOCATOR_CAST (allocator), info->size, NULL));
  return buffer;
}

GST_START_TEST (test_memory_of_a_device_that_can_be_mapped_is_measured)
{
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    g_autoptr (GstObject) allocator =
        gst_object_ref_sink (g_object_new (device_allocator_get_type (), NULL));
    GstVideoInfo info = info_of (layouts[i]);

    assert_same_picture (layouts[i],
        draw (&info, device_buffer ((DeviceAllocator *) allocator, &info), 0));
  }
}
GST_END_TEST;

GST_START_TEST (test_memory_that_cannot_be_mapped_is_an_error_that_names_it)
{
  g_autoptr (GstObject) allocator =
      gst_object_ref_sink (g_object_new (device_allocator_get_type (), NULL));
  GstVideoInfo info = info_of (FORMAT ("NV12"));
  Listener *l;

  ((DeviceAllocator *) allocator)->opens = FALSE;
  l = compare_with (
      FORMAT ("NV12"), device_buffer ((DeviceAllocator *) allocator, &info));
  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      "memory of the distorted frame", "TestDevice", "cannot be read",
      "gldownload", NULL);
  assert_equals_int (l->distances->len, 0);
  listener_free (l);
}
GST_END_TEST;

/* --- memory that caps announce ------------------------------------------- */

GST_START_TEST (test_announced_memory_is_refused_with_the_element_to_use)
{
  static const gchar *const features[][2] = {
    { "memory:GLMemory", "gldownload" },
    { "memory:DMABuf", "vapostproc" },
    { "memory:VAMemory", "vapostproc" },
    { "memory:CUDAMemory", "cudadownload" },
    { "meta:GstVideoOverlayComposition", "overlaycomposition" },
    { "memory:Unheard", "downloads it to system memory" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (features); i++) {
    g_autofree gchar *caps =
        g_strdup_printf ("video/x-raw(%s),format=NV12," SIZE, features[i][0]);
    const gchar *source = i % 2 ? "ref" : "dist";
    Listener *l = listener_of_frames ("metric=l2");

    send_frame (l, source, caps, 0, fill_bytes, NULL);
    listener_wait (l, G_MAXUINT);
    assert_error (l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
        i % 2 ? "at ref_sink" : "at dist_sink", features[i][0], features[i][1],
        NULL);
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_what_is_no_raw_video_is_refused_with_advice)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_buffer (l, "ref", "video/x-h264,stream-format=byte-stream", 0,
      gst_buffer_new_allocate (NULL, 16, NULL));
  listener_wait (l, G_MAXUINT);
  assert_error (l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION, "at ref_sink",
      "is not raw video", "decodebin", "video/x-h264", NULL);
  listener_free (l);
}
GST_END_TEST;

/* Other elements ask before they send and then find another way, without an
 * error. */
GST_START_TEST (test_asking_for_memory_that_is_not_taken_is_no_error)
{
  Listener *l = listener_new (
      "videotestsrc num-buffers=1 ! video/x-raw," SIZE
      " ! tee name=t ! queue ! d.ref_sink "
      "t. ! queue ! d.dist_sink perceptualdistance name=d metric=l2 ! "
      "fakesink");
  g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (d, "ref_sink");
  g_autoptr (GstCaps) caps =
      gst_caps_from_string ("video/x-raw(memory:GLMemory),format=NV12," SIZE);
  g_autoptr (GstCaps) answer = gst_pad_query_caps (pad, caps);

  fail_unless (gst_caps_is_empty (answer));
  fail_unless (!gst_pad_query_accept_caps (pad, caps));
  listener_run (l);
  assert_ended_well (l);
  assert_counts (l, 1, 0, 0);
  listener_free (l);
}
GST_END_TEST;

static Suite *
memory_suite (void)
{
  Suite *s = suite_create ("memory");
  TCase *tc = tcase_create ("memory");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_another_picture_is_seen);
  tcase_add_test (tc, test_rows_are_found_where_the_video_meta_says);
  tcase_add_test (tc, test_planes_may_be_in_memories_of_their_own);
  tcase_add_test (tc, test_the_region_of_a_surface_is_measured);
  tcase_add_test (
      tc, test_a_region_smaller_than_the_caps_is_compared_by_its_own_size);
  tcase_add_test (
      tc, test_a_region_of_another_size_is_an_error_that_names_both);
  tcase_add_test (tc, test_a_heat_map_has_the_size_of_the_region);
  tcase_add_test (
      tc, test_regions_that_cannot_be_had_are_refused_with_the_reason);
  tcase_add_test (tc, test_memory_of_a_device_that_can_be_mapped_is_measured);
  tcase_add_test (
      tc, test_memory_that_cannot_be_mapped_is_an_error_that_names_it);
  tcase_add_test (tc, test_announced_memory_is_refused_with_the_element_to_use);
  tcase_add_test (tc, test_what_is_no_raw_video_is_refused_with_advice);
  tcase_add_test (tc, test_asking_for_memory_that_is_not_taken_is_no_error);
  return s;
}

GST_CHECK_MAIN (memory);
