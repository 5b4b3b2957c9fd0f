/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames of headerless video, of a file or a pipe, wrapped as they are.
 */
#include "measure/reader/raw.h"
#include "measure/reader/reader.h"

#include "console/program-error.h"

#include <glib/gstdio.h>
#include <stdio.h>

typedef struct
{
  MeasureReader parent;
  FILE *file;
  MeasureRaw raw;
  gboolean seeks;
  guint64 next; /* frame that the file is at */
} RawReader;

static GstClockTime
time_of (const RawReader *self, guint64 index)
{
  const GstVideoInfo *info = &self->raw.info;

  return gst_util_uint64_scale (
      index, (guint64) info->fps_d * GST_SECOND, (guint64) info->fps_n);
}

static gboolean
go_to (RawReader *self, guint64 index, GError **error)
{
  if (index == self->next)
    return TRUE;
  if (!self->seeks || index > G_MAXINT64 / self->raw.frame_size
      || fseeko (self->file, (off_t) (index * self->raw.frame_size), SEEK_SET)
          != 0)
    return program_fail_unnamed (error, "cannot be read again");
  self->next = index;
  return TRUE;
}

/* Samples of more bits than the format has mean that it is another one. */
static gboolean
check_samples (const RawReader *self, const guint8 *data, GError **error)
{
  const GstVideoInfo *info = &self->raw.info;
  const guint16 *samples = (gconstpointer) data;
  guint depth = (guint) GST_VIDEO_INFO_COMP_DEPTH (info, 0);
  guint16 all = 0;

  if (depth <= 8 || depth >= 16
      || GST_VIDEO_FORMAT_INFO_PSTRIDE (info->finfo, 0) != 2
      || GST_VIDEO_FORMAT_INFO_SHIFT (info->finfo, 0) != 0
      || !GST_VIDEO_FORMAT_INFO_IS_LE (info->finfo))
    return TRUE;
  for (gsize i = 0; i < self->raw.frame_size / 2; i++)
    all |= samples[i];
  return GUINT16_FROM_LE (all) >> depth == 0
      || program_fail_unnamed (error,
          "frame %" G_GUINT64_FORMAT " has samples of more than the %u bits "
          "of %s, so --raw names the wrong format or size",
          self->next, depth, GST_VIDEO_INFO_NAME (info));
}

static GstBuffer *
wrap (RawReader *self, guint8 *data)
{
  GstVideoInfo *info = &self->raw.info;
  GstBuffer *buffer = gst_buffer_new_wrapped (data, self->raw.frame_size);

  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_INFO_FORMAT (info), (guint) info->width, (guint) info->height,
      GST_VIDEO_INFO_N_PLANES (info), info->offset, info->stride);
  return buffer;
}

/* Returns: (transfer full) (nullable): NULL at the end, or with @error set */
static guint8 *
read_samples (RawReader *self, GError **error)
{
  gsize size = self->raw.frame_size, n;
  guint8 *data = g_try_malloc (size);

  if (data == NULL) {
    program_fail_unnamed (
        error, "no memory for a frame of %" G_GSIZE_FORMAT " bytes", size);
    return NULL;
  }
  n = fread (data, 1, size, self->file);
  if (n == size && check_samples (self, data, error))
    return data;
  if (ferror (self->file)) {
    program_fail_unnamed (error, "cannot be read");
  } else if (n > 0 && n < size) {
    g_autofree gchar *what = measure_raw_describe (&self->raw);

    program_fail_unnamed (error,
        "%" G_GSIZE_FORMAT " bytes are left over after %" G_GUINT64_FORMAT
        " whole frames (%s), so --raw names the wrong size or format, or the "
        "file is cut off",
        n, self->next, what);
  }
  g_free (data);
  return NULL;
}

static GstBuffer *
read_frame (MeasureReader *reader, guint64 index, GError **error)
{
  RawReader *self = (RawReader *) reader;
  GstBuffer *buffer;
  guint8 *data;

  if (!go_to (self, index, error))
    return NULL;
  data = read_samples (self, error);
  if (data == NULL)
    return NULL;
  buffer = wrap (self, data);
  GST_BUFFER_PTS (buffer) = time_of (self, index);
  GST_BUFFER_DURATION (buffer) =
      time_of (self, index + 1) - time_of (self, index);
  self->next = index + 1;
  return buffer;
}

static guint64
find_frame (const MeasureReader *reader, GstClockTime time)
{
  const RawReader *self = (const RawReader *) reader;

  return gst_util_uint64_scale (time, (guint64) self->raw.info.fps_n,
      (guint64) self->raw.info.fps_d * GST_SECOND);
}

static void
close_file (MeasureReader *reader)
{
  RawReader *self = (RawReader *) reader;

  if (self->file != NULL)
    fclose (self->file);
  g_free (self);
}

/* Finds how long a file is, and whether that is a number of frames. */
static gboolean
check_size (RawReader *self, GError **error)
{
  goffset size;
  gsize rest;
  g_autofree gchar *what = measure_raw_describe (&self->raw);

  if (fseeko (self->file, 0, SEEK_END) != 0)
    return program_fail_unnamed (error, "cannot be read");
  size = ftello (self->file);
  rewind (self->file);
  self->parent.duration = time_of (self, (guint64) size / self->raw.frame_size);
  rest = (gsize) ((guint64) size % self->raw.frame_size);
  return rest == 0
      || program_fail_unnamed (error,
          "its %" G_GOFFSET_FORMAT " bytes are %" G_GUINT64_FORMAT
          " frames (%s) and %" G_GSIZE_FORMAT " bytes left over, so --raw "
          "names the wrong size or format",
          size, (guint64) size / self->raw.frame_size, what, rest);
}

/* The caps have the format alone; where its samples lie is told with each
 * frame. */
static GstCaps *
make_caps (const MeasureRaw *raw)
{
  GstVideoInfo plain = raw->info;

  return gst_video_info_to_caps (&plain);
}

MeasureReader *
measure_raw_reader_open (const MeasurePlace *place, GError **error)
{
  static const MeasureReaderClass klass = { read_frame, find_frame,
    close_file };
  static const MeasureReaderClass of_pipe = { read_frame, NULL, close_file };
  RawReader *self = g_new0 (RawReader, 1);

  self->parent.klass = place->pipe != NULL ? &of_pipe : &klass;
  self->parent.duration = GST_CLOCK_TIME_NONE;
  self->seeks = place->pipe == NULL;
  self->file = measure_place_open_file (place, error);
  if (!measure_raw_parse (place->raw, &self->raw))
    g_clear_pointer (&self->file, fclose);
  else
    self->parent.caps = make_caps (&self->raw);
  if (self->file != NULL && (!self->seeks || check_size (self, error)))
    return &self->parent;
  measure_reader_free (&self->parent);
  return NULL;
}
