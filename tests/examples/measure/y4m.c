/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Y4M: headers, and the samples that come of frames of every layout.
 */
#include "folder.h"

#include "measure/reader/reader.h"
#include "measure/reader/y4m.h"

#include "console/program-error.h"

#include <glib/gstdio.h>
#include <string.h>

typedef TestFolder Fixture;

/**
 * Layout:
 * @tag: of the file
 * @format: that samples are given as
 * @chroma: how many samples of chroma a plane of 5 x 3 pixels has, 0 for none
 * @bits: of a sample in the file
 * @shift: by how many bits it is moved up
 */
typedef struct
{
  const gchar *tag;
  GstVideoFormat format;
  guint chroma_width;
  guint chroma_height;
  guint bits;
  guint shift;
} Layout;

static const Layout layouts[] = {
  { "420jpeg", GST_VIDEO_FORMAT_I420, 3, 2, 8, 0 },
  { "420", GST_VIDEO_FORMAT_I420, 3, 2, 8, 0 },
  { "420mpeg2", GST_VIDEO_FORMAT_I420, 3, 2, 8, 0 },
  { "420paldv", GST_VIDEO_FORMAT_I420, 3, 2, 8, 0 },
  { "420p9", GST_VIDEO_FORMAT_I420_10LE, 3, 2, 9, 1 },
  { "420p10", GST_VIDEO_FORMAT_I420_10LE, 3, 2, 10, 0 },
  { "420p12", GST_VIDEO_FORMAT_I420_12LE, 3, 2, 12, 0 },
  { "420p14", GST_VIDEO_FORMAT_P016_LE, 3, 2, 14, 2 },
  { "420p16", GST_VIDEO_FORMAT_P016_LE, 3, 2, 16, 0 },
  { "411", GST_VIDEO_FORMAT_Y41B, 2, 3, 8, 0 },
  { "422", GST_VIDEO_FORMAT_Y42B, 3, 3, 8, 0 },
  { "422p9", GST_VIDEO_FORMAT_I422_10LE, 3, 3, 9, 1 },
  { "422p10", GST_VIDEO_FORMAT_I422_10LE, 3, 3, 10, 0 },
  { "422p12", GST_VIDEO_FORMAT_I422_12LE, 3, 3, 12, 0 },
  { "444", GST_VIDEO_FORMAT_Y444, 5, 3, 8, 0 },
  { "444p9", GST_VIDEO_FORMAT_Y444_10LE, 5, 3, 9, 1 },
  { "444p10", GST_VIDEO_FORMAT_Y444_10LE, 5, 3, 10, 0 },
  { "444p12", GST_VIDEO_FORMAT_Y444_12LE, 5, 3, 12, 0 },
  { "444p14", GST_VIDEO_FORMAT_Y444_16LE, 5, 3, 14, 2 },
  { "444p16", GST_VIDEO_FORMAT_Y444_16LE, 5, 3, 16, 0 },
  { "mono XCOLORRANGE=LIMITED", GST_VIDEO_FORMAT_GRAY8, 0, 0, 8, 0 },
  { "mono9 XCOLORRANGE=LIMITED", GST_VIDEO_FORMAT_I420_10LE, 0, 0, 9, 1 },
  { "mono10 XCOLORRANGE=LIMITED", GST_VIDEO_FORMAT_I420_10LE, 0, 0, 10, 0 },
  { "mono12 XCOLORRANGE=LIMITED", GST_VIDEO_FORMAT_I420_12LE, 0, 0, 12, 0 },
  { "mono14 XCOLORRANGE=LIMITED", GST_VIDEO_FORMAT_GRAY16_LE, 0, 0, 14, 2 },
  { "mono16 XCOLORRANGE=LIMITED", GST_VIDEO_FORMAT_GRAY16_LE, 0, 0, 16, 0 },
};

#define WIDTH 5
#define HEIGHT 3

/* Sample @i of a frame, never the same twice in a row. */
static guint
sample_of (const Layout *layout, guint frame, guint i)
{
  return (i * 97 + frame * 31 + 5) & ((1u << layout->bits) - 1);
}

static guint
samples_in_frame (const Layout *layout)
{
  return WIDTH * HEIGHT + 2 * layout->chroma_width * layout->chroma_height;
}

static void
append_frame (
    GByteArray *file, const Layout *layout, guint number, const gchar *header)
{
  g_byte_array_append (file, (const guint8 *) header, strlen (header));
  for (guint i = 0; i < samples_in_frame (layout); i++) {
    guint16 word = GUINT16_TO_LE ((guint16) sample_of (layout, number, i));

    g_byte_array_append (
        file, (const guint8 *) &word, layout->bits > 8 ? 2 : 1);
  }
}

/* Three frames; the second has more in its header. */
static GByteArray *
make_file (const Layout *layout)
{
  GByteArray *file = g_byte_array_new ();
  g_autofree gchar *header = g_strdup_printf (
      "YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C%s\n", WIDTH, HEIGHT, layout->tag);

  g_byte_array_append (file, (const guint8 *) header, strlen (header));
  append_frame (file, layout, 0, "FRAME\n");
  append_frame (file, layout, 1, "FRAME Xcomment=FRAME\n");
  append_frame (file, layout, 2, "FRAME\n");
  return file;
}

static void
write_file (Fixture *fixture, const GByteArray *file, gsize size)
{
  g_assert_true (g_file_set_contents (
      fixture->path, (const gchar *) file->data, (gssize) size, NULL));
}

/* By GStreamer's own table of the format. */
static guint
read_sample (GstVideoFrame *frame, guint component, guint x, guint y)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  gint offset = GST_VIDEO_FORMAT_INFO_POFFSET (finfo, component);
  const guint8 *row = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (
                          frame, GST_VIDEO_FORMAT_INFO_PLANE (finfo, component))
      + y * (guint) GST_VIDEO_FRAME_COMP_STRIDE (frame, component)
      + x * (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, component);

  if (GST_VIDEO_FRAME_COMP_DEPTH (frame, component) == 8)
    return row[offset];
  /* The table counts the second sample of P016's chroma as 1. */
  row += offset == 1 ? 2 : offset;
  return row[0] | (guint) row[1] << 8;
}

static void
check_frame (MeasureReader *reader, const Layout *layout, GstBuffer *buffer,
    guint number)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  guint i = 0;

  g_assert_true (gst_video_info_from_caps (&info, reader->caps));
  g_assert_cmpint (GST_VIDEO_INFO_FORMAT (&info), ==, layout->format);
  g_assert_cmpint (info.colorimetry.range, ==, GST_VIDEO_COLOR_RANGE_16_235);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS (&info); c++) {
    guint middle = 1u << (GST_VIDEO_INFO_COMP_DEPTH (&info, c) - 1);
    gboolean made = c > 0 && layout->chroma_width == 0;

    for (guint y = 0; y < (guint) GST_VIDEO_INFO_COMP_HEIGHT (&info, c); y++) {
      for (guint x = 0; x < (guint) GST_VIDEO_INFO_COMP_WIDTH (&info, c); x++)
        g_assert_cmpuint (read_sample (&frame, c, x, y), ==,
            made ? middle : sample_of (layout, number, i++) << layout->shift);
    }
  }
  g_assert_cmpuint (i, ==, samples_in_frame (layout));
  gst_video_frame_unmap (&frame);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==,
      gst_util_uint64_scale (number, GST_SECOND, 30));
}

static void
test_every_layout_gives_its_own_samples (Fixture *fixture, gconstpointer data)
{
  static const guint order[] = { 0, 1, 2, 0, 2, 1, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    g_autoptr (GByteArray) file = make_file (&layouts[i]);
    g_autoptr (MeasureReader) reader = NULL;
    g_autoptr (GError) error = NULL;

    write_file (fixture, file, file->len);
    reader = measure_reader_open (fixture->path, MEASURE_READER_Y4M, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (reader->duration, ==, GST_SECOND / 10);
    for (guint j = 0; j < G_N_ELEMENTS (order); j++) {
      g_autoptr (GstBuffer) buffer =
          reader->klass->read (reader, order[j], &error);

      g_assert_no_error (error);
      check_frame (reader, &layouts[i], buffer, order[j]);
    }
    g_assert_null (reader->klass->read (reader, 3, &error));
    g_assert_no_error (error);
    g_assert_false (reader->cut);
  }
}

/* Cut off anywhere, a file gives its whole frames and says that it is cut. */
static void
test_a_cut_file_gives_its_whole_frames (Fixture *fixture, gconstpointer data)
{
  const Layout *layout = &layouts[5];
  g_autoptr (GByteArray) file = make_file (layout);
  gsize frame = samples_in_frame (layout) * 2;
  gsize ends[] = { file->len - 2 * (frame + 6) - 15, 0, file->len - frame - 6,
    file->len };

  ends[1] = ends[2];
  for (gsize size = ends[0]; size <= file->len; size++) {
    g_autoptr (MeasureReader) reader = NULL;
    g_autoptr (GError) error = NULL;
    guint n = 0;
    GstBuffer *buffer;

    write_file (fixture, file, size);
    reader = measure_reader_open (fixture->path, MEASURE_READER_Y4M, &error);
    while ((buffer = reader->klass->read (reader, n, &error)) != NULL) {
      gst_buffer_unref (buffer);
      n++;
    }
    g_assert_no_error (error);
    g_assert_cmpuint (n, ==, size == ends[3] ? 3 : size >= ends[2] ? 2 : 1);
    g_assert_cmpint (
        reader->cut, ==, size != ends[0] && size != ends[2] && size != ends[3]);
  }
}

static void
test_samples_beyond_their_bits_are_refused (
    Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) file = make_file (&layouts[5]);
  g_autoptr (MeasureReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  file->data[file->len - 1] = 0x04;
  write_file (fixture, file, file->len);
  reader = measure_reader_open (fixture->path, MEASURE_READER_Y4M, NULL);
  g_assert_null (reader->klass->read (reader, 2, &error));
  g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "frame 2"));
}

static void
test_a_damaged_frame_is_an_error (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) file = make_file (&layouts[0]);
  g_autoptr (MeasureReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  file->data[file->len - samples_in_frame (&layouts[0]) - 6] = 'f';
  write_file (fixture, file, file->len);
  reader = measure_reader_open (fixture->path, MEASURE_READER_Y4M, NULL);
  g_assert_null (reader->klass->read (reader, 2, &error));
  g_assert_nonnull (strstr (error->message, "frame 2 does not begin"));
}

static MeasureY4m
parse (const gchar *words)
{
  g_autofree gchar *line = g_strconcat ("YUV4MPEG2 ", words, NULL);
  g_autoptr (GError) error = NULL;
  MeasureY4m header;

  measure_y4m_parse (line, strlen (line), &header, &error);
  g_assert_no_error (error);
  return header;
}

static void
test_headers_say_rate_range_shape_and_fields (
    Fixture *fixture, gconstpointer data)
{
  MeasureY4m header =
      parse ("W6 H4 F30000:1001 It A16:15 C422 XCOLORRANGE=FULL");
  GstVideoInfo info;
  g_autoptr (GstCaps) caps = measure_y4m_caps (&header, &info);

  g_assert_true (gst_video_info_from_caps (&info, caps));
  g_assert_cmpint (info.fps_n, ==, 30000);
  g_assert_cmpint (info.fps_d, ==, 1001);
  g_assert_cmpint (info.par_n, ==, 16);
  g_assert_cmpint (info.par_d, ==, 15);
  g_assert_cmpint (info.colorimetry.range, ==, GST_VIDEO_COLOR_RANGE_0_255);
  g_assert_cmpint (
      info.interlace_mode, ==, GST_VIDEO_INTERLACE_MODE_INTERLEAVED);
  g_assert_cmpint (GST_VIDEO_INFO_FIELD_ORDER (&info), ==,
      GST_VIDEO_FIELD_ORDER_TOP_FIELD_FIRST);

  g_assert_true (parse ("W1 H1 Cmono").full);
  g_assert_false (parse ("W1 H1 C420jpeg").full);
  g_assert_false (parse ("W1 H1 Cmono XCOLORRANGE=LIMITED").full);
  g_assert_cmpint (parse ("W1 H1 F0:0").fps_n, ==, 25);
  g_assert_cmpstr (parse ("W1 H1 XYSCSS=422").layout->tag, ==, "422");
  g_assert_cmpstr (parse ("W1 H1").layout->tag, ==, "420jpeg");
}

static void
test_headers_that_cannot_be_read_are_refused_by_name (
    Fixture *fixture, gconstpointer data)
{
  static const gchar *const broken[][2] = {
    { "W4 H4 C444alpha", "C444alpha" },
    { "W4 H4 C410", "C410" },
    { "W4 H4 C422p16", "C422p16" },
    { "W4 H4 C420p9 XCOLORRANGE=FULL", "9 bits and full range" },
    { "W4 H4 Cmono14", "gray16" },
    { "W0 H4", "1 to 16384" },
    { "W16385 H4", "1 to 16384" },
    { "W4", "no height" },
    { "H4", "no width" },
    { "Wfour H4", "\"Wfour\"" },
    { "W4 H4 F25", "\"F25\"" },
    { "W4 H4 Iz", "\"Iz\"" },
    { "W4 H4 C\x1b[2J", "C?[2J" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_autofree gchar *line = g_strconcat ("YUV4MPEG2 ", broken[i][0], NULL);
    g_autoptr (GError) error = NULL;
    MeasureY4m header;

    g_assert_false (measure_y4m_parse (line, strlen (line), &header, &error));
    g_assert_nonnull (strstr (error->message, broken[i][1]));
  }
}

/* GStreamer takes rows of chroma for the one field and the other, which the
 * file need not have. */
static void
test_interlaced_frames_have_all_rows_that_are_read (
    Fixture *fixture, gconstpointer data)
{
  static const gchar file[] = "YUV4MPEG2 W2 H6 It C420jpeg\nFRAME\n"
                              "abcdefghijklUVWXYZ";
  g_autoptr (MeasureReader) reader = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoInfo info;
  GstVideoFrame frame;

  g_file_set_contents (fixture->path, file, sizeof file - 1, NULL);
  reader = measure_reader_open (fixture->path, MEASURE_READER_Y4M, NULL);
  buffer = reader->klass->read (reader, 0, NULL);
  g_assert_true (gst_video_info_from_caps (&info, reader->caps));
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  g_assert_cmpuint (gst_buffer_get_size (buffer), >=, info.size);
  for (guint y = 0; y < 3; y++) {
    g_assert_cmpuint (read_sample (&frame, 1, 0, y), ==, (guint) "UVW"[y]);
    g_assert_cmpuint (read_sample (&frame, 2, 0, y), ==, (guint) "XYZ"[y]);
  }
  g_assert_true (GST_BUFFER_FLAG_IS_SET (buffer, GST_VIDEO_BUFFER_FLAG_TFF));
  gst_video_frame_unmap (&frame);
}

#define ADD(name)                                                              \
  g_test_add ("/measure/y4m/" #name, Fixture, "file.y4m", test_folder_set_up,  \
      test_##name, test_folder_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ADD (every_layout_gives_its_own_samples);
  ADD (a_cut_file_gives_its_whole_frames);
  ADD (samples_beyond_their_bits_are_refused);
  ADD (a_damaged_frame_is_an_error);
  ADD (headers_say_rate_range_shape_and_fields);
  ADD (headers_that_cannot_be_read_are_refused_by_name);
  ADD (interlaced_frames_have_all_rows_that_are_read);
  return g_test_run ();
}
