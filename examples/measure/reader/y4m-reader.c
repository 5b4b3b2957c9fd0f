/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The frames of a Y4M file, wrapped as they are wherever a format of
 * GStreamer's lies in memory as in the file.
 */
#include "measure/reader/frame-file.h"
#include "measure/reader/y4m.h"

#include "console/program-error.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define FRAME "FRAME"

typedef struct
{
  MeasureFrameFile frames;
  MeasureY4m header;
  GstVideoInfo info;
  goffset begin;   /* of the first frame */
  goffset end;     /* of the file, as it was opened; 0 of a pipe */
  gchar fields[4]; /* of the frame's header, after I */
} Y4mReader;

/* Returns: the length of the line without its end, or -1 where the file ends
 * or the line is too long; @line holds what was read. */
static gint
read_line (FILE *file, gchar *line)
{
  gint n = 0;
  gint byte;

  while (
      (byte = getc (file)) != EOF && byte != '\n' && n < MEASURE_Y4M_MAX_LINE)
    line[n++] = (gchar) byte;
  line[n] = '\0';
  return byte == '\n' ? n : -1;
}

/* The header of the next frame.  Returns: FALSE at the end of the file, where
 * @cut may have been set, or with @error set. */
static gboolean
read_frame_header (Y4mReader *self, GError **error)
{
  gchar line[MEASURE_Y4M_MAX_LINE + 1];
  gint n = read_line (self->frames.file, line);
  const gchar *fields;

  self->fields[0] = '\0';
  if (n < 0 && strncmp (line, FRAME, strlen (line)) == 0
      && feof (self->frames.file)) {
    self->frames.parent.cut = line[0] != '\0';
    return FALSE;
  }
  if (strncmp (line, FRAME, strlen (FRAME)) != 0
      || (line[strlen (FRAME)] != '\0' && line[strlen (FRAME)] != ' '))
    return program_fail_unnamed (error,
        "frame %" G_GUINT64_FORMAT " does not begin with the word FRAME; the "
        "file is damaged, or its header is wrong",
        self->frames.next);
  if (n < 0) {
    self->frames.parent.cut = TRUE;
    return FALSE;
  }
  fields = strstr (line, " I");
  if (fields != NULL)
    g_strlcpy (self->fields, fields + 2, sizeof self->fields);
  return TRUE;
}

/* Goes on by one frame without its header. */
static gboolean
pass_frame (Y4mReader *self)
{
  guint8 bytes[4096];
  gsize left = self->header.frame_size;

  if (self->frames.seeks)
    return fseeko (self->frames.file, (off_t) left, SEEK_CUR) == 0;
  while (left > 0) {
    gsize n = fread (bytes, 1, MIN (left, sizeof bytes), self->frames.file);

    if (n == 0)
      return FALSE;
    left -= n;
  }
  return TRUE;
}

/* Moves to the header of frame @index, over the frames before it.  Returns:
 * FALSE where there is no such frame. */
static gboolean
go_to (Y4mReader *self, guint64 index, GError **error)
{
  if (index < self->frames.next) {
    if (!self->frames.seeks
        || fseeko (self->frames.file, self->begin, SEEK_SET) != 0)
      return program_fail_unnamed (error, "cannot be read again");
    self->frames.next = 0;
  }
  for (; self->frames.next < index; self->frames.next++) {
    if (!read_frame_header (self, error))
      return FALSE;
    if (!pass_frame (self))
      return program_fail_unnamed (error, "cannot be read");
  }
  return TRUE;
}

/* --- samples ------------------------------------------------------------- */

static gboolean
check_samples (const Y4mReader *self, const guint8 *data, GError **error)
{
  guint depth = self->header.layout->depth;

  return measure_frame_file_fits (&self->frames, data, depth)
      || program_fail_unnamed (error,
          "frame %" G_GUINT64_FORMAT " has samples of more than the %u bits "
          "that its header announces",
          self->frames.next, depth);
}

/* One plane of words, each moved up. */
static void
copy_words (const Y4mReader *self, guint plane, const guint8 *from,
    GstVideoFrame *frame, guint component)
{
  guint width = measure_y4m_plane_width (&self->header, plane);
  guint height = measure_y4m_plane_height (&self->header, plane);
  guint shift = self->header.layout->shift;
  guint step = (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, component) / 2;
  guint8 *to = GST_VIDEO_FRAME_PLANE_DATA (
      frame, GST_VIDEO_FORMAT_INFO_PLANE (frame->info.finfo, component));

  if (step == 2 && component == 2) /* Cr beside Cb */
    to += 2;
  for (guint y = 0; y < height; y++) {
    const guint16 *in = (gconstpointer) (from + (gsize) y * width * 2);
    guint16 *out = (gpointer) (to
        + (gsize) y * (gsize) GST_VIDEO_FRAME_COMP_STRIDE (frame, component));

    for (guint x = 0; x < width; x++)
      out[x * step] =
          GUINT16_TO_LE ((guint16) (GUINT16_FROM_LE (in[x]) << shift));
  }
}

static void
copy_bytes (const Y4mReader *self, guint plane, const guint8 *from,
    GstVideoFrame *frame)
{
  guint width = measure_y4m_plane_width (&self->header, plane);

  for (guint y = 0; y < measure_y4m_plane_height (&self->header, plane); y++)
    memcpy ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, plane)
            + (gsize) y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane),
        from + (gsize) y * width, width);
}

/* Fills chroma that the format has and the file has not with the middle. */
static void
fill_chroma (GstVideoFrame *frame)
{
  guint16 middle = GUINT16_TO_LE (
      (guint16) (1u << (GST_VIDEO_FRAME_COMP_DEPTH (frame, 1) - 1)));

  for (guint c = 1; c < 3; c++) {
    guint16 *to = GST_VIDEO_FRAME_PLANE_DATA (frame, c);
    gsize n = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, c) / 2
        * (gsize) GST_VIDEO_FRAME_COMP_HEIGHT (frame, c);

    for (gsize i = 0; i < n; i++)
      to[i] = middle;
  }
}

/* Takes @data.  Returns: (transfer full) (nullable) */
static GstBuffer *
rearrange (Y4mReader *self, guint8 *data)
{
  gsize size = GST_VIDEO_INFO_SIZE (&self->info);
  g_autofree guint8 *source = data;
  guint8 *memory = g_try_malloc0 (size);
  const guint8 *from = source;
  GstVideoFrame frame;
  GstBuffer *buffer;

  if (memory == NULL)
    return NULL;
  buffer = gst_buffer_new_wrapped (memory, size);
  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_WRITE)) {
    gst_buffer_unref (buffer);
    return NULL;
  }
  for (guint p = 0; p < (self->header.layout->mono ? 1 : 3); p++) {
    if (self->header.layout->depth > 8)
      copy_words (self, p, from, &frame, p);
    else
      copy_bytes (self, p, from, &frame);
    from += self->header.sizes[p];
  }
  if (self->header.layout->mono
      && GST_VIDEO_INFO_N_COMPONENTS (&self->info) > 1)
    fill_chroma (&frame);
  gst_video_frame_unmap (&frame);
  return buffer;
}

/* Whether planes lie in the file as GStreamer can be told that they lie. */
static gboolean
is_as_in_file (const Y4mReader *self)
{
  const MeasureY4mLayout *layout = self->header.layout;

  if (layout->shift > 0
      || GST_VIDEO_INFO_N_PLANES (&self->info) != (layout->mono ? 1 : 3))
    return FALSE;
  /* GStreamer reads as many rows of chroma for the one field as for the
   * other. */
  return self->header.interlacing == 'p' || layout->h_sub == 0
      || measure_y4m_plane_height (&self->header, 1) % 2 == 0;
}

/* Takes @data. */
static GstBuffer *
wrap (Y4mReader *self, guint8 *data)
{
  const MeasureY4m *header = &self->header;
  GstBuffer *buffer = gst_buffer_new_wrapped (data, header->frame_size);
  gsize offsets[GST_VIDEO_MAX_PLANES] = { 0 };
  gint strides[GST_VIDEO_MAX_PLANES] = { 0 };
  gboolean usual = header->frame_size == GST_VIDEO_INFO_SIZE (&self->info);

  for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES (&self->info); p++) {
    offsets[p] = p > 0 ? offsets[p - 1] + header->sizes[p - 1] : 0;
    strides[p] =
        (gint) (header->sizes[p] / measure_y4m_plane_height (header, p));
    usual &= strides[p] == GST_VIDEO_INFO_PLANE_STRIDE (&self->info, p)
        && offsets[p] == GST_VIDEO_INFO_PLANE_OFFSET (&self->info, p);
  }
  if (!usual)
    gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
        GST_VIDEO_INFO_FORMAT (&self->info), header->width, header->height,
        GST_VIDEO_INFO_N_PLANES (&self->info), offsets, strides);
  return buffer;
}

/* --- frames -------------------------------------------------------------- */

static void
set_fields (const Y4mReader *self, GstBuffer *buffer)
{
  gchar mode = self->header.interlacing;
  gboolean top = mode == 't'
      || (mode == 'm' && (self->fields[0] == 't' || self->fields[0] == 'T'));

  if (mode == 't' || mode == 'b' || (mode == 'm' && self->fields[1] == 'i'))
    GST_BUFFER_FLAG_SET (buffer, GST_VIDEO_BUFFER_FLAG_INTERLACED);
  if (top)
    GST_BUFFER_FLAG_SET (buffer, GST_VIDEO_BUFFER_FLAG_TFF);
}

/* Returns: (transfer full) (nullable): the samples as in the file; NULL at a
 * cut, or with @error set. */
static guint8 *
read_samples (Y4mReader *self, GError **error)
{
  MeasureFrameFile *frames = &self->frames;
  gsize size = frames->frame_size;
  guint8 *data;

  /* No memory for what is not there, whatever the header says. */
  frames->parent.cut =
      frames->seeks && self->end - ftello (frames->file) < (goffset) size;
  if (frames->parent.cut)
    return NULL;
  data = measure_frame_file_allocate (frames, error);
  if (data == NULL)
    return NULL;
  frames->parent.cut = fread (data, 1, size, frames->file) != size;
  if (!frames->parent.cut && check_samples (self, data, error))
    return data;
  if (ferror (frames->file))
    program_fail_unnamed (error, "cannot be read");
  g_free (data);
  return NULL;
}

static GstBuffer *
read_frame (MeasureReader *reader, guint64 index, GError **error)
{
  Y4mReader *self = (Y4mReader *) reader;
  GstBuffer *buffer;
  guint8 *data;

  if (!go_to (self, index, error) || !read_frame_header (self, error))
    return NULL;
  data = read_samples (self, error);
  if (data == NULL)
    return NULL;
  buffer = is_as_in_file (self) ? wrap (self, data) : rearrange (self, data);
  if (buffer == NULL) {
    program_fail_unnamed (error,
        "no memory for a frame of %" G_GSIZE_FORMAT " bytes",
        GST_VIDEO_INFO_SIZE (&self->info));
    return NULL;
  }
  set_fields (self, buffer);
  measure_frame_file_stamp (&self->frames, buffer, index);
  return buffer;
}

/* Finds the end of the file.  Returns: how long it lasts, if the headers of all
 * its frames have no parameters. */
static GstClockTime
find_end (Y4mReader *self)
{
  gsize frame = self->header.frame_size + strlen (FRAME) + 1;

  if (fseeko (self->frames.file, 0, SEEK_END) != 0)
    return GST_CLOCK_TIME_NONE;
  self->end = ftello (self->frames.file);
  fseeko (self->frames.file, self->begin, SEEK_SET);
  return measure_frame_file_time (
      &self->frames, (guint64) (self->end - self->begin) / frame);
}

static gboolean
open_file (Y4mReader *self, const MeasurePlace *place, GError **error)
{
  gchar line[MEASURE_Y4M_MAX_LINE + 1];
  gint n;

  self->frames.seeks = place->pipe == NULL;
  self->frames.file = measure_place_open_file (place, error);
  if (self->frames.file == NULL)
    return FALSE;
  n = read_line (self->frames.file, line);
  if (n < 0)
    return program_fail_unnamed (error, "a Y4M whose header has no end");
  if (!measure_y4m_parse (line, (gsize) n, &self->header, error))
    return FALSE;
  self->frames.frame_size = self->header.frame_size;
  self->frames.fps_n = (guint) self->header.fps_n;
  self->frames.fps_d = (guint) self->header.fps_d;
  self->frames.parent.caps = measure_y4m_caps (&self->header, &self->info);
  self->frames.parent.duration = GST_CLOCK_TIME_NONE;
  if (self->frames.seeks) {
    self->begin = ftello (self->frames.file);
    self->frames.parent.duration = find_end (self);
  }
  return TRUE;
}

MeasureReader *
measure_y4m_reader_open (const MeasurePlace *place, GError **error)
{
  static const MeasureReaderClass klass = { .read = read_frame,
    .find = measure_frame_file_find,
    .close = measure_frame_file_close };
  static const MeasureReaderClass of_pipe = { .read = read_frame,
    .close = measure_frame_file_close };
  Y4mReader *self = g_new0 (Y4mReader, 1);

  self->frames.parent.klass = place->pipe != NULL ? &of_pipe : &klass;
  if (open_file (self, place, error))
    return &self->frames.parent;
  measure_reader_free (&self->frames.parent);
  return NULL;
}
