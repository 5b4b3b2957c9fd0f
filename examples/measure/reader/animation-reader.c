/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A GIF or WebP that moves, as a video: gdk-pixbuf draws its pictures one over
 * another, the file itself says how long each is shown.
 */
#include "measure/still/image-frames.h"
#include "measure/still/image-type.h"
#include "measure/reader/reader.h"
#include "measure/still/still.h"

#include "console/program-error.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gst/video/video.h>
#include <string.h>

typedef struct
{
  MeasureReader parent;
  GdkPixbufAnimation *animation;
  GdkPixbufAnimationIter *iter;
  GArray *delays;  /* milliseconds, one for each frame */
  guint64 next;    /* frame that the iterator is at */
  guint64 time_ms; /* when it begins, as delays say */
  gint64 place_ms; /* the same as gdk-pixbuf counts */
  GstVideoInfo info;
} AnimationReader;

G_GNUC_BEGIN_IGNORE_DEPRECATIONS /* GTimeVal, which these functions take */

    static gboolean
    move_iter (AnimationReader *self, gint64 ms)
{
  GTimeVal time = { .tv_sec = (glong) (ms / 1000),
    .tv_usec = (glong) (ms % 1000 * 1000) };

  return gdk_pixbuf_animation_iter_advance (self->iter, &time);
}

/* Returns: FALSE where the first picture is broken. */
static gboolean
start_iter (AnimationReader *self)
{
  GTimeVal time = { 0, 0 };

  g_clear_object (&self->iter);
  self->iter = gdk_pixbuf_animation_get_iter (self->animation, &time);
  self->next = 0;
  self->time_ms = 0;
  self->place_ms = 0;
  return self->iter != NULL
      && gdk_pixbuf_animation_iter_get_pixbuf (self->iter) != NULL;
}

G_GNUC_END_IGNORE_DEPRECATIONS

/* Some loaders go on at the end of a delay, others just after it. */
static gboolean
advance (AnimationReader *self, GError **error)
{
  gint delay = gdk_pixbuf_animation_iter_get_delay_time (self->iter);

  if (delay < 0)
    return program_fail_unnamed (error, "has fewer pictures than it announces");
  self->place_ms += delay;
  if (!move_iter (self, self->place_ms)
      && !move_iter (self, self->place_ms + 1))
    return program_fail_unnamed (
        error, "its pictures cannot be told from each other in time");
  self->time_ms += g_array_index (self->delays, guint, self->next);
  self->next++;
  return TRUE;
}

/* Returns: (transfer full) (nullable): NULL with @error set */
static GstBuffer *
copy_picture (AnimationReader *self, GError **error)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_animation_iter_get_pixbuf (self->iter);
  gsize row = (gsize) GST_VIDEO_INFO_WIDTH (&self->info) * 4;
  guint8 *data = g_try_malloc (GST_VIDEO_INFO_SIZE (&self->info));
  const guint8 *from;
  gboolean alpha;

  if (pixbuf == NULL || data == NULL
      || gdk_pixbuf_get_width (pixbuf) != GST_VIDEO_INFO_WIDTH (&self->info)
      || gdk_pixbuf_get_height (pixbuf)
          != GST_VIDEO_INFO_HEIGHT (&self->info)) {
    program_fail_unnamed (error,
        data == NULL ? "no memory for its next picture"
                     : "one of its pictures cannot be drawn");
    g_free (data);
    return NULL;
  }
  alpha = gdk_pixbuf_get_has_alpha (pixbuf);
  from = gdk_pixbuf_read_pixels (pixbuf);
  for (gint y = 0; y < GST_VIDEO_INFO_HEIGHT (&self->info); y++) {
    guint8 *to = data + (gsize) y * row;

    for (gsize x = 0; x < row / 4; x++) {
      memcpy (to + x * 4, from + x * (alpha ? 4 : 3), 3);
      to[x * 4 + 3] = alpha ? from[x * 4 + 3] : 255;
    }
    from += gdk_pixbuf_get_rowstride (pixbuf);
  }
  return gst_buffer_new_wrapped (data, GST_VIDEO_INFO_SIZE (&self->info));
}

static GstBuffer *
read_frame (MeasureReader *reader, guint64 index, GError **error)
{
  AnimationReader *self = (AnimationReader *) reader;
  GstBuffer *buffer;

  if (index >= self->delays->len)
    return NULL;
  if (index < self->next && !start_iter (self)) {
    program_fail_unnamed (error, "its first picture cannot be drawn");
    return NULL;
  }
  while (self->next < index) {
    if (!advance (self, error))
      return NULL;
  }
  buffer = copy_picture (self, error);
  if (buffer == NULL)
    return NULL;
  GST_BUFFER_PTS (buffer) = self->time_ms * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) =
      g_array_index (self->delays, guint, index) * GST_MSECOND;
  return buffer;
}

static guint64
find_frame (const MeasureReader *reader, GstClockTime time)
{
  const AnimationReader *self = (const AnimationReader *) reader;
  GstClockTime end = 0;
  guint i = 0;

  for (; i < self->delays->len; i++) {
    end += g_array_index (self->delays, guint, i) * GST_MSECOND;
    if (time < end)
      break;
  }
  return i;
}

static void
close_file (MeasureReader *reader)
{
  AnimationReader *self = (AnimationReader *) reader;

  g_clear_object (&self->iter);
  g_clear_object (&self->animation);
  g_clear_pointer (&self->delays, g_array_unref);
  g_free (self);
}

static void
describe (AnimationReader *self)
{
  GdkPixbuf *first = gdk_pixbuf_animation_iter_get_pixbuf (self->iter);
  guint64 total = 0;

  for (guint i = 0; i < self->delays->len; i++)
    total += g_array_index (self->delays, guint, i);
  gst_video_info_set_format (&self->info,
      gdk_pixbuf_get_has_alpha (first) ? GST_VIDEO_FORMAT_RGBA
                                       : GST_VIDEO_FORMAT_RGBx,
      (guint) gdk_pixbuf_animation_get_width (self->animation),
      (guint) gdk_pixbuf_animation_get_height (self->animation));
  gst_video_colorimetry_from_string (&self->info.colorimetry, "sRGB");
  self->info.fps_n = 0; /* any */
  self->info.fps_d = 1;
  self->parent.caps = gst_video_info_to_caps (&self->info);
  self->parent.duration = total * GST_MSECOND;
}

/* What the file itself tells, before gdk-pixbuf is asked. */
static gboolean
check_file (AnimationReader *self, const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &reason);
  const ImageType *type = image_type_of_file (path);
  const guint8 *bytes;
  guint width, height;
  gsize size;

  if (file == NULL || type == NULL)
    return program_fail_unnamed (
        error, "%s", reason != NULL ? reason->message : "has changed");
  bytes = (const guint8 *) g_mapped_file_get_contents (file);
  size = g_mapped_file_get_length (file);
  image_frames_count (type->format, bytes, size, self->delays);
  /* Before the decoder is asked: gdk-pixbuf on Debian 13 takes a PNG of several
   * pictures for no image at all. */
  if (self->delays->len == 0)
    return program_fail_unnamed (error,
        "%s %s of several pictures; only the first of them could be read; "
        "convert it to a video, for instance: ffmpeg -i FILE -c:v ffv1 "
        "video.mkv, or save the picture that is meant",
        type->article, type->name);
  return measure_still_check (path, type, bytes, size, &width, &height, error);
}

static gboolean
open_animation (AnimationReader *self, const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;

  self->animation = gdk_pixbuf_animation_new_from_file (path, &reason);
  if (self->animation == NULL) {
    program_fail_unnamed (
        error, "cannot be read as an image: %s", reason->message);
    return FALSE;
  }
  if (gdk_pixbuf_animation_is_static_image (self->animation))
    return program_fail_unnamed (
        error, "gdk-pixbuf reads only the first of its pictures");
  if (!start_iter (self))
    return program_fail_unnamed (error, "its first picture cannot be drawn");
  describe (self);
  return TRUE;
}

MeasureReader *
measure_animation_reader_open (const gchar *path, GError **error)
{
  static const MeasureReaderClass klass = {
    .read = read_frame, .find = find_frame, .close = close_file
  };
  AnimationReader *self = g_new0 (AnimationReader, 1);

  self->parent.klass = &klass;
  self->delays = g_array_new (FALSE, FALSE, sizeof (guint));
  if (check_file (self, path, error) && open_animation (self, path, error))
    return &self->parent;
  measure_reader_free (&self->parent);
  return NULL;
}
