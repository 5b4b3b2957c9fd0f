/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the readers of Y4M and headerless files: any bytes must give
 * frames of which every sample can be read, or be refused, and a frame that is
 * sought is the one that comes in its turn.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "measure/reader/raw.h"
#include "measure/reader/reader.h"

#include "place.h"
#include "words.h"

#include <gst/video/video.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Headers may announce frames that take their time. */
#define MOST_FRAME_BYTES (1 << 20)
#define MOST_FRAMES 4

/* Sums up every sample, so that a sanitizer sees where it is. */
static guint
read_samples (const MeasureReader *reader, GstBuffer *buffer)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  guint sum = 0;

  g_assert_true (gst_video_info_from_caps (&info, reader->caps));
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (&frame); c++) {
    guint bytes = (GST_VIDEO_FRAME_COMP_DEPTH (&frame, c) + 7) / 8;

    if (GST_VIDEO_FORMAT_INFO_IS_COMPLEX (info.finfo)
        || GST_VIDEO_FORMAT_INFO_IS_TILED (info.finfo))
      break;
    for (gint y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (&frame, c); y++) {
      const guint8 *row = (const guint8 *) GST_VIDEO_FRAME_COMP_DATA (&frame, c)
          + (gssize) y * GST_VIDEO_FRAME_COMP_STRIDE (&frame, c);

      for (gint x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH (&frame, c); x++) {
        for (guint b = 0; b < bytes; b++)
          sum += row[x * GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, c) + (gint) b];
      }
    }
  }
  gst_video_frame_unmap (&frame);
  return sum;
}

static GstBuffer *
read_frame (MeasureReader *reader, guint64 index)
{
  GError *error = NULL;
  GstBuffer *buffer = reader->klass->read (reader, index, &error);

  g_assert_true (buffer == NULL || error == NULL);
  if (error != NULL)
    check_words (error->message);
  g_clear_error (&error);
  return buffer;
}

static void
read_all (MeasureReader *reader)
{
  guint sums[MOST_FRAMES] = { 0 };
  guint n = 0;

  for (; n < MOST_FRAMES; n++) {
    g_autoptr (GstBuffer) buffer = read_frame (reader, n);

    if (buffer == NULL)
      break;
    g_assert_true (GST_BUFFER_PTS_IS_VALID (buffer));
    sums[n] = read_samples (reader, buffer);
    if (reader->klass->find != NULL
        && GST_BUFFER_DURATION (buffer) > GST_MSECOND)
      g_assert_cmpuint (
          reader->klass->find (reader,
              GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer) / 2),
          ==, n);
  }
  for (guint i = n; i > 0; i--) {
    g_autoptr (GstBuffer) buffer = read_frame (reader, i - 1);

    g_assert_nonnull (buffer);
    g_assert_cmpuint (read_samples (reader, buffer), ==, sums[i - 1]);
  }
}

static gboolean
is_affordable (const GstCaps *caps)
{
  GstVideoInfo info;

  return gst_video_info_from_caps (&info, caps)
      && GST_VIDEO_INFO_SIZE (&info) <= MOST_FRAME_BYTES;
}

static void
read_file (const MeasurePlace *place, MeasureReaderKind kind)
{
  GError *error = NULL;
  g_autoptr (MeasureReader) reader =
      measure_reader_open_place (place, kind, &error);

  check_outcome (reader != NULL, error);
  if (reader != NULL && is_affordable (reader->caps))
    read_all (reader);
}

/* The first line says what frames of a headerless file are. */
static void
read_raw (const uint8_t *data, size_t size)
{
  const uint8_t *end = size > 0 ? memchr (data, '\n', size) : NULL;
  size_t length = end != NULL ? (size_t) (end - data) : size;
  g_autofree gchar *raw = g_strndup ((const gchar *) data, length);
  g_autofree gchar *path = end != NULL
      ? place_write ("a.yuv", end + 1, size - length - 1)
      : place_write ("a.yuv", "", 0);
  const MeasurePlace place = { .path = path, .raw = raw };
  MeasureRaw parsed;

  if (measure_raw_parse (raw, &parsed))
    read_file (&place, MEASURE_READER_RAW);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (!gst_is_initialized ()) {
    /* No plugin is needed, so none is looked for. */
    g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
    gst_init (NULL, NULL);
  }
  if (size > 9 && memcmp (data, "YUV4MPEG2", 9) == 0) {
    g_autofree gchar *path = place_write ("a.y4m", data, size);
    const MeasurePlace place = { .path = path };

    read_file (&place, MEASURE_READER_Y4M);
  } else {
    read_raw (data, size);
  }
  return 0;
}
