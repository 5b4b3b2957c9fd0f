/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the way from caps and buffers to images: any caps, and buffers
 * of any size and layout, must be refused with an error or give images of
 * which every sample can be read.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "bytes.h"
#include "frames/cells.h"
#include "frames/images.h"

#include <sanitizer/asan_interface.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Larger frames take too long, and smaller ones reach every branch. */
#define MAX_PIXELS 8192
#define MAX_BYTES (1 << 20)

/* GStreamer's unpackers of some formats (NV12_10LE32, for one) read a few
 * bytes past an odd row's end.  Our own code may not touch these. */
#define SLACK 64

/* The buffer of one stream; a page that cannot be read follows, so that code
 * without a sanitizer is caught as well. */
typedef struct
{
  guint8 *start;
  gsize length; /* with the page */
} Room;

static Room
room_new (void)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  Room room = { NULL, MAX_BYTES + page };

  room.start = mmap (NULL, room.length, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert (room.start != MAP_FAILED);
  g_assert_cmpint (mprotect (room.start + MAX_BYTES, page, PROT_NONE), ==, 0);
  ASAN_POISON_MEMORY_REGION (room.start + MAX_BYTES - SLACK, SLACK);
  return room;
}

/* --- caps ---------------------------------------------------------------- */

static const gchar *
take_text (Bytes *bytes, const gchar *const *texts, guint n)
{
  guint8 which = take_byte (bytes);

  return which < n ? texts[which] : texts[0];
}

static const gchar *
take_format (Bytes *bytes)
{
  guint n = 0;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  guint8 which = take_byte (bytes);

  if (which < n)
    return gst_video_format_to_string (formats[which]);
  return which % 2 ? "ENCODED" : "nope";
}

/* 1..64, and now and then a large size or one that no frame has. */
static gint
take_size (Bytes *bytes)
{
  guint8 size = take_byte (bytes);

  if (size < 240)
    return 1 + size % 64;
  return size < 248 ? (gint) take_number (bytes, 2) - 8
                    : (gint) take_number (bytes, 4);
}

static GstCaps *
take_caps (Bytes *bytes)
{
  static const gchar *const interlaces[] = { "", ",interlace-mode=interleaved",
    ",interlace-mode=mixed", ",interlace-mode=fields",
    ",interlace-mode=alternate,field-order=top-field-first",
    ",interlace-mode=nope" };
  static const gchar *const colours[] = { "", ",colorimetry=bt709",
    ",colorimetry=bt601", ",colorimetry=bt2100-pq", ",colorimetry=sRGB",
    ",colorimetry=1:4:7:1", ",colorimetry=0:0:0:0", ",colorimetry=2:1:5:3",
    ",colorimetry=99:-1:4:4294967296", ",colorimetry=nope" };
  static const gchar *const rates[] = { "", ",framerate=25/1", ",framerate=0/1",
    ",framerate=2147483647/1", ",framerate=1/2147483647", ",framerate=7" };
  static const gchar *const rest[] = { "", ",chroma-site=mpeg2",
    ",chroma-site=nope", ",pixel-aspect-ratio=0/1",
    ",multiview-mode=frame-by-frame,views=2", ",multiview-mode=side-by-side",
    ",width=(string)7" };
  const gchar *format = take_format (bytes);
  gint width = take_size (bytes), height = take_size (bytes);
  const gchar *interlace =
      take_text (bytes, interlaces, G_N_ELEMENTS (interlaces));
  const gchar *colour = take_text (bytes, colours, G_N_ELEMENTS (colours));
  const gchar *rate = take_text (bytes, rates, G_N_ELEMENTS (rates));
  g_autofree gchar *text = NULL;

  text = g_strdup_printf ("video/x-raw,format=%s,width=%d,height=%d%s%s%s%s",
      format, width, height, interlace, colour, rate,
      take_text (bytes, rest, G_N_ELEMENTS (rest)));
  return gst_caps_from_string (text);
}

/* --- buffers ------------------------------------------------------------- */

static gsize
take_buffer_size (Bytes *bytes, gsize wanted)
{
  guint8 how = take_byte (bytes);

  if (how < 160)
    return wanted;
  if (how < 200)
    return wanted + how - 160;
  if (how < 240)
    return wanted - MIN (wanted, (gsize) how - 200);
  return take_number (bytes, 3);
}

/* Strides and offsets that are larger, wrong, or arbitrary. */
static void
spoil (Bytes *bytes, GstVideoMeta *meta)
{
  guint8 how = take_byte (bytes);
  guint plane = take_byte (bytes) % GST_VIDEO_MAX_PLANES;

  switch (how % 8) {
    case 0:
      meta->stride[plane] = (gint) take_number (bytes, 4);
      break;
    case 1:
      meta->stride[plane] -= how / 8;
      break;
    case 2:
      meta->offset[plane] = take_number (bytes, 8);
      break;
    case 3:
      meta->offset[plane] += how / 8;
      break;
    case 4:
      meta->width = (guint) take_size (bytes);
      break;
    case 5:
      meta->height = (guint) take_size (bytes);
      break;
    case 6:
      meta->format = (GstVideoFormat) take_byte (bytes);
      break;
    default:
      meta->n_planes = how / 8 % 8;
  }
}

/* A layout of its own for a frame of @info: rows and planes further apart by
 * up to 15 bytes. */
static void
add_meta (Bytes *bytes, GstBuffer *buffer, const GstVideoInfo *info)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0 };
  gint stride[GST_VIDEO_MAX_PLANES] = { 0 };
  guint8 how = take_byte (bytes);
  GstVideoMeta *meta;

  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    stride[i] = GST_VIDEO_INFO_PLANE_STRIDE (info, i) + how % 4 * 4;
    offset[i] = GST_VIDEO_INFO_PLANE_OFFSET (info, i)
        + (gsize) how % 4 * 4 * i * (gsize) GST_VIDEO_INFO_HEIGHT (info);
  }
  meta = gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_INFO_FORMAT (info), (guint) GST_VIDEO_INFO_WIDTH (info),
      (guint) GST_VIDEO_INFO_HEIGHT (info), GST_VIDEO_INFO_N_PLANES (info),
      offset, stride);
  for (guint i = 0; i < how / 64; i++)
    spoil (bytes, meta);
}

/* The region of the picture that is shown: part of it, or arbitrary. */
static void
add_crop (Bytes *bytes, GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (buffer);
  guint8 how = take_byte (bytes);

  crop->x = how % 8;
  crop->y = how / 8 % 8;
  crop->width = (guint) GST_VIDEO_INFO_WIDTH (info) - crop->x;
  crop->height = (guint) GST_VIDEO_INFO_HEIGHT (info) - crop->y;
  if (how >= 192) {
    crop->x = (guint) take_number (bytes, 4);
    crop->width = (guint) take_number (bytes, 4);
  } else if (how >= 128) {
    crop->width = take_byte (bytes);
    crop->height = take_byte (bytes);
  }
}

static GstBuffer *
take_buffer (Bytes *bytes, const GstVideoInfo *info, const Room *room)
{
  guint8 how = take_byte (bytes);
  gsize size = take_buffer_size (bytes, GST_VIDEO_INFO_SIZE (info));
  GstBuffer *buffer;
  guint8 *start;

  size = MIN (size, MAX_BYTES - SLACK - 1);
  /* Words are aligned. */
  start = room->start + (MAX_BYTES - SLACK - size) / 2 * 2;
  memset (start, how, size);
  buffer = gst_buffer_new_wrapped_full (
      GST_MEMORY_FLAG_READONLY, start, size, 0, size, NULL, NULL);
  if (how % 8 == 1 && size > 1) {
    GstBuffer *rest = gst_buffer_copy_region (
        buffer, GST_BUFFER_COPY_MEMORY, size / 2, size - size / 2);

    gst_buffer_resize (buffer, 0, (gssize) (size / 2));
    buffer = gst_buffer_append (buffer, rest);
  }
  if (how % 4 >= 2)
    add_meta (bytes, buffer, info);
  if (how % 16 >= 12)
    add_crop (bytes, buffer, info);
  if (how >= 128)
    GST_BUFFER_FLAG_SET (buffer, GST_VIDEO_BUFFER_FLAG_INTERLACED);
  return buffer;
}

/* --- images -------------------------------------------------------------- */

static guint
read_rows (const guint8 *data, gsize stride, gsize row_bytes, guint rows)
{
  guint sum = 0;

  for (guint y = 0; y < rows; y++) {
    for (gsize x = 0; x < row_bytes; x++)
      sum += data[y * stride + x];
  }
  return sum;
}

static guint
read_image (const PerceptualImage *image)
{
  gsize pixel = image->pixels == PERCEPTUAL_PIXELS_RGBX16 ? 8 : 4;
  gsize sample = image->depth > 8 ? 2 : 1;
  guint sum = 0;

  if (image->data != NULL)
    sum = read_rows (
        image->data, image->stride, pixel * image->width, image->height);
  for (guint c = 0; c < 3; c++) {
    const PerceptualPlane *plane = &image->planes[c];

    if (plane->data != NULL && plane->width > 0)
      sum += read_rows (plane->data, plane->stride,
          (plane->width - 1) * plane->step + sample, plane->height);
  }
  return sum;
}

/* More cells than a small image has samples, and fewer than a large one. */
static void
check_cells (const PerceptualImage *image)
{
  gfloat cells[48 * 27];

  perceptual_cells_take (image, 48, 27, 8, cells);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    g_assert (cells[i] >= 0 && cells[i] < 65536);
}

static void
check_images (
    const PerceptualImage images[2], const PerceptualFormat *reference)
{
  volatile guint sum = 0;

  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (
        images[i].width, ==, (guint) GST_VIDEO_INFO_WIDTH (&reference->info));
    g_assert_cmpuint (
        images[i].height, ==, (guint) GST_VIDEO_INFO_HEIGHT (&reference->info));
    g_assert (images[i].pixels == images[0].pixels);
    g_assert (images[i].data != NULL || images[i].planes[0].data != NULL);
    sum += read_image (&images[i]);
    check_cells (&images[i]);
  }
  g_assert_cmpuint (images[0].planes[0].width, ==, images[1].planes[0].width);
  g_assert_cmpuint (images[0].planes[0].height, ==, images[1].planes[0].height);
  (void) sum;
}

static void
map_frames (PerceptualFrames *frames, const PerceptualPairFormat *formats,
    GstBuffer *buffers[2])
{
  g_autoptr (GError) error = NULL;
  PerceptualImage images[2] = { { 0 } };
  gboolean ok;

  ok = perceptual_frames_map (
      frames, buffers[0], &buffers[1], &formats, images, &error);
  g_assert (ok == (error == NULL));
  if (!ok)
    return;
  check_images (images, formats->reference);
  perceptual_frames_unmap (frames);
}

static gboolean
is_affordable (const PerceptualFormat *format)
{
  gint64 width = GST_VIDEO_INFO_WIDTH (&format->info);
  gint64 height = GST_VIDEO_INFO_HEIGHT (&format->info);

  return width * height <= MAX_PIXELS || width > PERCEPTUAL_MAX_SIZE;
}

static void
replace_format (PerceptualFormat **format, PerceptualFormat *with)
{
  perceptual_format_unref (*format);
  *format = with;
}

/* A buffer, and *@format with what the element makes of it for that buffer. */
static GstBuffer *
take_frame (Bytes *bytes, PerceptualFormat **format, const Room *room)
{
  static const gchar *const turns[] = { NULL, "rotate-0", "rotate-90",
    "rotate-180", "rotate-270", "flip-rotate-0", "flip-rotate-90", "nope" };
  GstBuffer *buffer = take_buffer (bytes, &(*format)->info, room);
  guint8 how = take_byte (bytes);

  if (how % 8 > 0)
    replace_format (format, perceptual_format_turn (*format, turns[how % 8]));
  replace_format (
      format, perceptual_format_of_buffer (*format, buffer, NULL, NULL));
  return buffer;
}

/* Two pairs, so that what was kept for the first meets the second. */
static void
run_pairs (Bytes *bytes, PerceptualFrames *frames, const Room rooms[2])
{
  for (guint pair = 0; pair < 2; pair++) {
    PerceptualFormat *formats[2] = { NULL, NULL };
    GstBuffer *buffers[2] = { NULL, NULL };

    for (guint i = 0; i < 2; i++) {
      g_autoptr (GstCaps) caps = take_caps (bytes);

      /* A caps event carries no others. */
      if (caps != NULL && gst_caps_is_fixed (caps))
        formats[i] = perceptual_format_new (caps);
      if (formats[i] != NULL && is_affordable (formats[i]))
        buffers[i] = take_frame (bytes, &formats[i], &rooms[i]);
    }
    if (formats[0] != NULL && formats[1] != NULL) {
      g_autoptr (PerceptualPairFormat) both =
          perceptual_pair_format_new (formats[0], formats[1]);

      g_assert (both->colour == NULL || *both->colour != '\0');
      if (buffers[0] != NULL && buffers[1] != NULL)
        map_frames (frames, both, buffers);
    }
    for (guint i = 0; i < 2; i++) {
      gst_clear_buffer (&buffers[i]);
      g_clear_pointer (&formats[i], perceptual_format_unref);
    }
  }
}

/* A programming error reported by GStreamer is ours. */
static void
hear_log (const gchar *domain, GLogLevelFlags level, const gchar *message,
    gpointer user)
{
  g_printerr ("%s: %s\n", domain != NULL ? domain : "", message);
  if (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR))
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Bytes bytes = { data, size };
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  /* Most of the time went into making them anew for each input. */
  static Room rooms[2];

  if (rooms[0].start == NULL) {
    rooms[0] = room_new ();
    rooms[1] = room_new ();
  }
  if (size % 2)
    perceptual_frames_prefer_planes (frames);
  if (!gst_is_initialized ()) {
    /* No plugin is needed, so GStreamer need not look for any. */
    g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
    gst_init (NULL, NULL);
    g_log_set_default_handler (hear_log, NULL);
  }
  run_pairs (&bytes, frames, rooms);
  perceptual_frames_free (frames);
  return 0;
}
