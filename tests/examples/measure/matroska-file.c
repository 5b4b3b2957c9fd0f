/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pose of the video in Matroska files that are made here: whole, cut off
 * anywhere, and with any byte changed.
 */
#include "measure/movie/matroska-file.h"

#include <string.h>

static void
put (GByteArray *bytes, guint64 value, guint n)
{
  while (n-- > 0) {
    guint8 byte = (guint8) (value >> 8 * n);

    g_byte_array_append (bytes, &byte, 1);
  }
}

/* Puts an element of @n bytes of @id that holds @body, which is taken, behind
 * @bytes. */
static void
put_element (GByteArray *bytes, guint32 id, guint n, GByteArray *body)
{
  put (bytes, id, n);
  put (bytes, (guint64) 1 << 28 | body->len, 4);
  g_byte_array_append (bytes, body->data, body->len);
  g_byte_array_unref (body);
}

static GByteArray *
make_number (guint64 value, guint n)
{
  GByteArray *bytes = g_byte_array_new ();

  put (bytes, value, n);
  return bytes;
}

static GByteArray *
make_double (gdouble value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  return make_number (bits, 8);
}

static GByteArray *
make_track (guint type, gdouble yaw, gdouble roll)
{
  GByteArray *track = g_byte_array_new (), *video = g_byte_array_new ();
  GByteArray *projection = g_byte_array_new ();

  put_element (projection, 0x7673, 2, make_double (yaw));
  put_element (projection, 0x7675, 2, make_double (roll));
  put_element (video, 0x7670, 2, projection);
  put_element (track, 0x83, 1, make_number (type, 1));
  put_element (track, 0xe0, 1, video);
  return track;
}

/* Sound comes first.  The segment's size is unknown, as in what is sent while
 * it is made. */
static GByteArray *
make_file (gdouble yaw, gdouble roll)
{
  GByteArray *file = g_byte_array_new (), *tracks = g_byte_array_new ();

  put_element (file, 0x1a45dfa3, 4, make_number (0, 5));
  put (file, 0x18538067, 4);
  put (file, 0xff, 1);
  put_element (tracks, 0xae, 1, make_track (2, 0, 180));
  put_element (tracks, 0xae, 1, make_track (1, yaw, roll));
  put_element (file, 0x1654ae6b, 4, tracks);
  put_element (file, 0x1f43b675, 4, make_number (0, 3));
  return file;
}

/* Memory of exactly the size, so that a sanitizer sees what lies beyond. */
static const gchar *
read_copy (const guint8 *bytes, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, size);

  return matroska_file_get_orientation (copy, size);
}

static void
test_every_pose_has_its_name (void)
{
  static const struct
  {
    gdouble yaw, roll;
    const gchar *orientation;
  } poses[] = {
    { 0, 0, "rotate-0" }, { 0, 90, "rotate-270" }, { 0, 180, "rotate-180" },
    { 0, -180, "rotate-180" }, { 0, -90, "rotate-90" },
    { 180, 0, "flip-rotate-0" }, { 180, 90, "flip-rotate-90" },
    { -180, 180, "flip-rotate-180" }, { 180, -90, "flip-rotate-270" },
    { 0, 45, NULL }, { 90, 0, NULL }, { 0, 1e300, "rotate-0" }, /* no angle */
  };

  for (guint i = 0; i < G_N_ELEMENTS (poses); i++) {
    g_autoptr (GByteArray) file = make_file (poses[i].yaw, poses[i].roll);

    g_assert_cmpstr (
        read_copy (file->data, file->len), ==, poses[i].orientation);
  }
}

static void
test_files_cut_off_or_changed_do_no_harm (void)
{
  static const guint8 wrong[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
  g_autoptr (GByteArray) file = make_file (0, 90);

  for (gsize size = 0; size + 20 < file->len; size++)
    g_assert_null (read_copy (file->data, size));
  for (gsize at = 0; at < file->len; at++) {
    guint8 right = file->data[at];

    for (guint k = 0; k < G_N_ELEMENTS (wrong); k++) {
      file->data[at] = wrong[k];
      read_copy (file->data, file->len);
    }
    file->data[at] = right;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/matroska-file/pose", test_every_pose_has_its_name);
  g_test_add_func (
      "/matroska-file/wrong", test_files_cut_off_or_changed_do_no_harm);
  return g_test_run ();
}
