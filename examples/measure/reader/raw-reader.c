/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames of headerless video, of a file or a pipe, wrapped as they are.
 */
#include "measure/reader/frame-file.h"
#include "measure/reader/raw.h"

#include "console/program-error.h"

#include <glib/gstdio.h>
#include <stdio.h>

typedef struct
{
  MeasureFrameFile frames;
  MeasureRaw raw;
} RawReader;

static gboolean
go_to (RawReader *self, guint64 index, GError **error)
{
  if (index == self->frames.next)
    return TRUE;
  if (!self->frames.seeks || index > G_MAXINT64 / self->raw.frame_size
      || fseeko (self->frames.file, (off_t) (index * self->raw.frame_size),
             SEEK_SET)
          != 0)
    return program_fail_unnamed (error, "cannot be read again");
  self->frames.next = index;
  return TRUE;
}

/* Whether a frame of 8 bits is one of words: every second byte of all planes is
 * below 16, as those of 12 bits and less are, and the others are not.  Chroma
 * of 8 bits is around 128. */
static gboolean
is_of_words (const RawReader *self, const guint8 *data)
{
  const GstVideoInfo *info = &self->raw.info;
  guint8 low = 0, high = 0;

  if (GST_VIDEO_INFO_COMP_DEPTH (info, 0) != 8
      || !GST_VIDEO_FORMAT_INFO_IS_YUV (info->finfo))
    return FALSE;
  for (gsize i = 0; i + 1 < self->raw.frame_size && high < 16; i += 2) {
    low |= data[i];
    high |= data[i + 1];
  }
  return high < 16 && low >= 16;
}

/* Samples that do not fit the format mean that it is another one. */
static gboolean
check_samples (const RawReader *self, const guint8 *data, GError **error)
{
  const GstVideoInfo *info = &self->raw.info;
  guint depth = (guint) GST_VIDEO_INFO_COMP_DEPTH (info, 0);

  if (is_of_words (self, data))
    return program_fail_unnamed (error,
        "frame %" G_GUINT64_FORMAT " has samples of two bytes and not of one "
        "as %s, so --raw names the wrong format",
        self->frames.next, GST_VIDEO_INFO_NAME (info));
  if (GST_VIDEO_FORMAT_INFO_PSTRIDE (info->finfo, 0) != 2
      || GST_VIDEO_FORMAT_INFO_SHIFT (info->finfo, 0) != 0
      || !GST_VIDEO_FORMAT_INFO_IS_LE (info->finfo))
    return TRUE;
  return measure_frame_file_fits (&self->frames, data, depth)
      || program_fail_unnamed (error,
          "frame %" G_GUINT64_FORMAT " has samples of more than the %u bits "
          "of %s, so --raw names the wrong format or size",
          self->frames.next, depth, GST_VIDEO_INFO_NAME (info));
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
  guint8 *data = measure_frame_file_allocate (&self->frames, error);

  if (data == NULL)
    return NULL;
  n = fread (data, 1, size, self->frames.file);
  if (n == size && check_samples (self, data, error))
    return data;
  if (ferror (self->frames.file)) {
    program_fail_unnamed (error, "cannot be read");
  } else if (n > 0 && n < size) {
    g_autofree gchar *what = measure_raw_describe (&self->raw);

    program_fail_unnamed (error,
        "%" G_GSIZE_FORMAT " bytes are left over after %" G_GUINT64_FORMAT
        " whole frames (%s), so --raw names the wrong size or format, or the "
        "file is cut off",
        n, self->frames.next, what);
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
  measure_frame_file_stamp (&self->frames, buffer, index);
  return buffer;
}

/* Finds how long a file is, and whether that is a number of frames. */
static gboolean
check_size (RawReader *self, GError **error)
{
  goffset size;
  gsize rest;
  g_autofree gchar *what = measure_raw_describe (&self->raw);

  if (fseeko (self->frames.file, 0, SEEK_END) != 0)
    return program_fail_unnamed (error, "cannot be read");
  size = ftello (self->frames.file);
  rewind (self->frames.file);
  self->frames.parent.duration = measure_frame_file_time (
      &self->frames, (guint64) size / self->raw.frame_size);
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

static void
take_format (RawReader *self)
{
  self->frames.frame_size = self->raw.frame_size;
  self->frames.fps_n = (guint) self->raw.info.fps_n;
  self->frames.fps_d = (guint) self->raw.info.fps_d;
  self->frames.parent.caps = make_caps (&self->raw);
}

MeasureReader *
measure_raw_reader_open (const MeasurePlace *place, GError **error)
{
  static const MeasureReaderClass klass = { read_frame, measure_frame_file_find,
    measure_frame_file_close };
  static const MeasureReaderClass of_pipe = { read_frame, NULL,
    measure_frame_file_close };
  RawReader *self = g_new0 (RawReader, 1);

  self->frames.parent.klass = place->pipe != NULL ? &of_pipe : &klass;
  self->frames.parent.duration = GST_CLOCK_TIME_NONE;
  self->frames.seeks = place->pipe == NULL;
  self->frames.file = measure_place_open_file (place, error);
  if (!measure_raw_parse (place->raw, &self->raw))
    g_clear_pointer (&self->frames.file, fclose);
  else
    take_format (self);
  if (self->frames.file != NULL
      && (!self->frames.seeks || check_size (self, error)))
    return &self->frames.parent;
  measure_reader_free (&self->frames.parent);
  return NULL;
}
