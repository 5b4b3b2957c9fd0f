/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GIFs that move: their pictures, and when each is shown.
 */
#include "folder.h"

#include "measure/still/image-frames.h"
#include "measure/reader/reader.h"

#include <glib/gstdio.h>
#include <string.h>

typedef TestFolder Fixture;

/* Hundredths of a second. */
static const guint8 delays[] = { 4, 8, 0, 100, 2, 1 };
static const guint shown_ms[] = { 40, 80, 100, 1000, 20, 100 };

/* Pictures of one pixel, in turn of the second and the first of two colours;
 * the first one is black. */
static void
write_gif (Fixture *fixture)
{
  static const guint8 head[] = { 'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80,
    0, 0, 0, 0, 0, 200, 100, 50 };
  g_autoptr (GByteArray) file = g_byte_array_new ();

  g_byte_array_append (file, head, sizeof head);
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++) {
    const guint8 frame[] = { 0x21, 0xf9, 4, 0, delays[i], 0, 0, 0, 0x2c, 0, 0,
      0, 0, 1, 0, 1, 0, 0, 2, 2, i % 2 == 0 ? 0x4c : 0x44, 1, 0 };

    g_byte_array_append (file, frame, sizeof frame);
  }
  g_byte_array_append (file, (const guint8 *) "\x3b", 1);
  g_assert_true (g_file_set_contents (
      fixture->path, (const gchar *) file->data, (gssize) file->len, NULL));
}

static void
check_frame (GstBuffer *buffer, guint index)
{
  GstClockTime begin = 0;
  guint8 pixel[3];

  for (guint i = 0; i < index; i++)
    begin += shown_ms[i] * GST_MSECOND;
  gst_buffer_extract (buffer, 0, pixel, 3);
  g_assert_cmpmem (pixel, 3, index % 2 == 0 ? "\xc8\x64\x32" : "\0\0\0", 3);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, begin);
  g_assert_cmpuint (
      GST_BUFFER_DURATION (buffer), ==, shown_ms[index] * GST_MSECOND);
}

static void
test_every_picture_comes_at_its_time (Fixture *fixture, gconstpointer data)
{
  static const guint order[] = { 0, 1, 2, 3, 4, 5, 2, 2, 5, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeasureReader) reader = NULL;

  write_gif (fixture);
  reader =
      measure_reader_open (fixture->path, MEASURE_READER_ANIMATION, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reader->duration, ==, 1340 * GST_MSECOND);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    g_autoptr (GstBuffer) buffer =
        reader->klass->read (reader, order[i], &error);

    g_assert_no_error (error);
    check_frame (buffer, order[i]);
  }
  g_assert_null (reader->klass->read (reader, G_N_ELEMENTS (delays), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (reader->klass->find (reader, 0), ==, 0);
  g_assert_cmpuint (reader->klass->find (reader, 40 * GST_MSECOND), ==, 1);
  g_assert_cmpuint (reader->klass->find (reader, 1219 * GST_MSECOND), ==, 3);
}

static void
assert_count (const gchar *format, gconstpointer bytes, gsize size, guint n)
{
  g_assert_cmpuint (image_frames_count (format, bytes, size, NULL), ==, n);
}

static void
test_frames_are_counted (Fixture *fixture, gconstpointer data)
{
  static const gchar apng[] = "\x89PNG\r\n\x1a\n"
                              "\0\0\0\0IHDRcrc_"
                              "\0\0\0\10acTL\0\0\0\7\0\0\0\0crc_"
                              "\0\0\0\0IDATcrc_";
  static const gchar late[] = "\x89PNG\r\n\x1a\n"
                              "\0\0\0\0IDATcrc_"
                              "\0\0\0\10acTL\0\0\0\7\0\0\0\0crc_";
  static const gchar webp[] = "RIFF\64\0\0\0WEBP"
                              "ANMF\20\0\0\0............\1\0\0."
                              "ANMF\20\0\0\0............\50\0\0.";
  static const gchar avis[] = "\0\0\0\x14"
                              "ftypavis\0\0\0\0avif";
  static const gchar avif[] = "\0\0\0\x14"
                              "ftypavif\0\0\0\0mif1";
  static const gchar pages[] = "II*\0\10\0\0\0"
                               "\0\0\16\0\0\0\0\0\0\0\0\0\0\0\0";
  static const gchar ring[] = "MM\0*\0\0\0\10\0\0\0\0\0\10";
  static const gchar thumbnail[] = "II*\0\10\0\0\0\0\0\16\0\0\0\1\0"
                                   "\376\0\4\0\1\0\0\0\1\0\0\0\0\0\0\0";
  g_autoptr (GArray) delays_ms = g_array_new (FALSE, FALSE, sizeof (guint));

  assert_count ("png", apng, sizeof apng - 1, 7);
  assert_count ("png", late, sizeof late - 1, 1);
  assert_count ("webp", webp, sizeof webp - 1, 2);
  assert_count ("avif", avis, sizeof avis - 1, 2);
  assert_count ("avif", avif, sizeof avif - 1, 1);
  assert_count ("jpeg", "", 0, 1);
  assert_count ("tiff", pages, sizeof pages - 1, 2);
  assert_count ("tiff", thumbnail, sizeof thumbnail - 1, 1);
  g_assert_cmpuint (
      image_frames_count ("tiff", (const guint8 *) ring, sizeof ring, NULL), >,
      1);
  for (gsize size = 0; size < sizeof thumbnail; size++)
    image_frames_count ("tiff", (const guint8 *) thumbnail, size, NULL);
  for (gsize size = 0; size < sizeof apng; size++)
    image_frames_count ("png", (const guint8 *) apng, size, NULL);
  for (gsize size = 0; size < sizeof webp; size++)
    image_frames_count ("webp", (const guint8 *) webp, size, NULL);
  image_frames_count (
      "webp", (const guint8 *) webp, sizeof webp - 1, delays_ms);
  g_assert_cmpuint (g_array_index (delays_ms, guint, 0), ==, 100);
  g_assert_cmpuint (g_array_index (delays_ms, guint, 1), ==, 40);
}

#define ADD(name)                                                              \
  g_test_add ("/measure/animation/" #name, Fixture, "file.gif",                \
      test_folder_set_up, test_##name, test_folder_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ADD (every_picture_comes_at_its_time);
  ADD (frames_are_counted);
  return g_test_run ();
}
