/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that perceptual-judge reads: .npy, CSV and images, both whole and
 * hostile ones.
 */
#include "folder.h"

#include "table/csv.h"
#include "judge/failure.h"
#include "measure/still/image-file.h"
#include "judge/data/image.h"
#include "judge/data/npy.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef TestFolder Fixture;

static void
write_bytes (Fixture *fixture, const void *bytes, gsize size)
{
  g_assert_true (
      g_file_set_contents (fixture->path, bytes, (gssize) size, NULL));
}

/* The error must begin with the file's name and hold @words. */
static void
assert_says (Fixture *fixture, const GError *error, const gchar *words)
{
  g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
  g_assert_true (g_str_has_prefix (error->message, fixture->path));
  if (g_strstr_len (error->message, -1, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, words);
}

/* --- .npy ---------------------------------------------------------------- */

static void
write_npy (Fixture *fixture, guint version, const gchar *header,
    const void *data, gsize size)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize length = strlen (header);
  const guint8 start[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', (guint8) version, 0,
    (guint8) length, (guint8) (length >> 8), 0, 0 };

  g_byte_array_append (bytes, start, version == 1 ? 10 : 12);
  g_byte_array_append (bytes, (const guint8 *) header, (guint) length);
  g_byte_array_append (bytes, data, (guint) size);
  write_bytes (fixture, bytes->data, bytes->len);
}

static void
write_number (Fixture *fixture, const gchar *descr, const gchar *shape,
    const void *data, gsize size)
{
  g_autofree gchar *header = g_strdup_printf (
      "{'descr': '%s', 'fortran_order': False, 'shape': %s, }     \n", descr,
      shape);

  write_npy (fixture, 1, header, data, size);
}

static gdouble
read_number (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gdouble number = NAN;

  judge_npy_read_number (fixture->path, &number, &error);
  g_assert_no_error (error);
  return number;
}

static void
assert_refused (Fixture *fixture, const gchar *words)
{
  g_autoptr (GError) error = NULL;
  gdouble number;

  g_assert_false (judge_npy_read_number (fixture->path, &number, &error));
  assert_says (fixture, error, words);
}

static void
test_numbers_of_every_type_are_read (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const gchar *descr;
    guint8 bytes[8];
    gsize size;
    gdouble number;
  } cases[] = {
    { "<f4", { 0, 0, 0x40, 0x3f }, 4, .75 },
    { "<f8", { 0, 0, 0, 0, 0, 0, 0xd0, 0x3f }, 8, .25 },
    { "<f2", { 0x00, 0x38 }, 2, .5 },
    { "<f2", { 0x01, 0x80 }, 2, -0x1p-24 },
    { "<f2", { 0x00, 0x7c }, 2, INFINITY },
    { "|b1", { 1 }, 1, 1 },
    { "|u1", { 200 }, 1, 200 },
    { "|i1", { 200 }, 1, -56 },
    { "<i8", { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 8, -2 },
    { "<u8", { 0, 0, 0, 0, 0, 0, 0, 0x80 }, 8, 0x1p63 },
    { "<i4", { 1, 1, 0, 0 }, 4, 257 },
    { "=f4", { 0, 0, 0x40, 0x3f }, 4, .75 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    write_number (fixture, cases[i].descr, "()", cases[i].bytes, cases[i].size);
    g_assert_cmpfloat (read_number (fixture), ==, cases[i].number);
  }
}

static void
test_big_endian_numbers_are_read (Fixture *fixture, gconstpointer data)
{
  write_number (fixture, ">f4", "(1,)", "\x3f\x40\0\0", 4);
  g_assert_cmpfloat (read_number (fixture), ==, .75);
  write_number (fixture, ">f8", "(1,)", "\x3f\xd0\0\0\0\0\0\0", 8);
  g_assert_cmpfloat (read_number (fixture), ==, .25);
  write_number (fixture, ">i2", "(1,)", "\xff\xfe", 2);
  g_assert_cmpfloat (read_number (fixture), ==, -2);
}

static void
test_every_shape_with_one_entry_goes (Fixture *fixture, gconstpointer data)
{
  const gchar *const good[] = { "()", "(1,)", "(1, 1)", "(1, 1, 1)", "( 1 ,)" };
  const gchar *const bad[] = { "(2,)", "(0,)", "(1, 2)", "(10,)", "(11,)",
    "(18446744073709551617,)" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    write_number (fixture, "|u1", good[i], "\x07", 1);
    g_assert_cmpfloat (read_number (fixture), ==, 7);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    write_number (fixture, "|u1", bad[i], "\x07", 1);
    assert_refused (fixture, "does not hold exactly one number");
  }
}

static void
test_fortran_order_and_order_of_entries_do_not_matter (
    Fixture *fixture, gconstpointer data)
{
  write_npy (fixture, 1,
      "{'shape': (1,), 'fortran_order': True, 'descr': '|u1'}", "\x07", 1);
  g_assert_cmpfloat (read_number (fixture), ==, 7);
}

static void
test_versions_two_and_three_are_read_others_refused (
    Fixture *fixture, gconstpointer data)
{
  const gchar *header =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (), }\n";

  write_npy (fixture, 2, header, "\x07", 1);
  g_assert_cmpfloat (read_number (fixture), ==, 7);
  write_npy (fixture, 3, header, "\x07", 1);
  g_assert_cmpfloat (read_number (fixture), ==, 7);
  write_npy (fixture, 4, header, "\x07", 1);
  assert_refused (fixture, "version 4");
  write_npy (fixture, 0, header, "\x07", 1);
  assert_refused (fixture, "version 0");
}

static void
test_other_types_are_refused (Fixture *fixture, gconstpointer data)
{
  const gchar *const types[] = { "<c8", "|O", "<U4", "|S3", "<M8[ns]", "<f16",
    "<f3", "|b2", "f4", "", "<f", "<f44" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    write_number (fixture, types[i], "()", "\0\0\0\0\0\0\0\0", 8);
    assert_refused (fixture, "something else than a plain number");
  }
  write_npy (fixture, 1,
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}",
      "\0\0\0\0", 4);
  assert_refused (fixture, "something else than a plain number");
}

static void
test_a_refused_type_is_shown_in_printable_words (
    Fixture *fixture, gconstpointer data)
{
  write_number (fixture, "<f3", "()", "\0\0\0", 3);
  assert_refused (fixture, "(descr '<f3', 'fortran_");
  write_number (fixture, "\x1b[2J\n\xe9\"\\", "()", "", 0);
  assert_refused (fixture, "(descr '\\033[2J\\n\\351\"\\\\', ");
}

static void
test_a_file_cut_anywhere_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *whole = NULL;
  gsize size;

  write_number (fixture, "<f8", "(1,)", "\0\0\0\0\0\0\xd0\x3f", 8);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &size, NULL));
  for (gsize cut = 0; cut < size; cut++) {
    write_bytes (fixture, whole, cut);
    assert_refused (fixture, ": ");
  }
  write_bytes (fixture, whole, size);
  g_assert_cmpfloat (read_number (fixture), ==, .25);
}

/* Changing a byte loses the number in most places, but not in the number
 * itself and in the spaces. */
static void
test_a_file_with_any_byte_changed_is_refused_or_one_number (
    Fixture *fixture, gconstpointer data)
{
  static const guint8 masks[] = { 0x01, 0x10, 0x80, 0xff };
  g_autofree gchar *whole = NULL;
  guint read = 0, refused = 0;
  gsize size;

  write_number (fixture, "<f8", "(1,)", "\0\0\0\0\0\0\xd0\x3f", 8);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &size, NULL));
  for (gsize i = 0; i < size * G_N_ELEMENTS (masks); i++) {
    g_autoptr (GError) error = NULL;
    gchar *byte = &whole[i / G_N_ELEMENTS (masks)];
    guint8 mask = masks[i % G_N_ELEMENTS (masks)];
    gdouble number;
    gboolean done;

    *byte = (gchar) (*byte ^ mask);
    write_bytes (fixture, whole, size);
    *byte = (gchar) (*byte ^ mask);
    done = judge_npy_read_number (fixture->path, &number, &error);
    g_assert_true (done == (error == NULL));
    read += done;
    refused += !done;
  }
  g_assert_cmpuint (read, >=, 8 * G_N_ELEMENTS (masks));
  g_assert_cmpuint (refused, >, read);
}

static void
test_headers_that_lie_are_refused (Fixture *fixture, gconstpointer data)
{
  static const gchar *const damaged[] = {
    "",
    "{",
    "{}",
    "[1]",
    "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': Maybe, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ()} again",
  };
  const guint8 huge[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0xff, 0xff, 0xff,
    0xff, '{', '}' };

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++) {
    write_npy (fixture, 1, damaged[i], "\0\0\0\0", 4);
    assert_refused (fixture, "the header is");
  }
  write_bytes (fixture, huge, sizeof huge);
  assert_refused (fixture, "cut off in its header");
}

static void
test_too_much_or_too_little_data_is_refused (
    Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *zeros = g_malloc0 (1 << 20);

  write_number (fixture, "<f4", "()", zeros, 3);
  assert_refused (fixture, "3 bytes follow the header where 4");
  write_number (fixture, "<f4", "()", zeros, 8);
  assert_refused (fixture, "8 bytes follow the header where 4");
  write_number (fixture, "<f4", "()", zeros, 1 << 20);
  assert_refused (fixture, "should hold one number");
  write_bytes (fixture, "hello, world", 12);
  assert_refused (fixture, "is not a .npy file");
  g_remove (fixture->path);
  assert_refused (fixture, "no such file");
}

/* --- CSV ----------------------------------------------------------------- */

static Csv *
read_csv (Fixture *fixture, const gchar *text, GError **error)
{
  write_bytes (fixture, text, strlen (text));
  return csv_read (fixture->path, error);
}

static void
test_csv_fields_quotes_and_line_ends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Csv) csv = read_csv (fixture,
      "\xef\xbb\xbfname, score ,\"a \"\"b\"\"\"\r\n"
      "\"x,y\" , 1 ,\"two\nlines\"\r\n"
      "\r\n"
      "z,,",
      &error);

  g_assert_no_error (error);
  g_assert_cmpuint (csv->n_columns, ==, 3);
  g_assert_cmpint (csv_find (csv, "name"), ==, 0);
  g_assert_cmpint (csv_find (csv, "score"), ==, 1);
  g_assert_cmpint (csv_find (csv, "a \"b\""), ==, 2);
  g_assert_cmpint (csv_find (csv, "group"), ==, -1);
  g_assert_cmpuint (csv->rows->len, ==, 2);
  g_assert_cmpstr (csv_get (csv, 0, 0), ==, "x,y");
  g_assert_cmpstr (csv_get (csv, 0, 1), ==, "1");
  g_assert_cmpstr (csv_get (csv, 0, 2), ==, "two\nlines");
  g_assert_cmpuint (csv_line (csv, 0), ==, 2);
  g_assert_cmpstr (csv_get (csv, 1, 0), ==, "z");
  g_assert_cmpstr (csv_get (csv, 1, 2), ==, "");
  g_assert_cmpuint (csv_line (csv, 1), ==, 5);
}

static void
assert_csv_refused (Fixture *fixture, const gchar *text, const gchar *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_csv (fixture, text, &error));
  assert_says (fixture, error, words);
}

static void
test_broken_csv_is_refused_with_its_line (Fixture *fixture, gconstpointer data)
{
  assert_csv_refused (fixture, "", "empty");
  assert_csv_refused (fixture, "\n\n", "empty");
  assert_csv_refused (fixture, "a,b\n1,2\n3\n", "line 3 has 1 fields");
  assert_csv_refused (fixture, "a,b\n1,2,3\n", "line 2 has 3 fields");
  assert_csv_refused (fixture, "a,b\n1,\"2\n3,4\n", "opened in line 2");
  assert_csv_refused (fixture, "a,b\n1,\"2\"x\n", "line 2");
  assert_csv_refused (fixture, "a,b\n\xff,2\n", "UTF-8");
  assert_csv_refused (fixture, "a;b\n1;2,5\n", "parted by semicolons");
  assert_csv_refused (fixture, "a\tb\n1\t2\n", "parted by tabs");
}

/* --- images -------------------------------------------------------------- */

static void
test_what_is_no_image_is_refused_by_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) peeked = NULL, loaded = NULL, missing = NULL;
  guint width, height;

  write_bytes (fixture, "just some words", 15);
  g_assert_false (judge_image_peek (fixture->path, &width, &height, &peeked));
  assert_says (fixture, peeked, "is not an image");
  g_assert_null (judge_image_load (fixture->path, &loaded));
  assert_says (fixture, loaded, "is not an image");
  g_remove (fixture->path);
  g_assert_false (judge_image_peek (fixture->path, &width, &height, &missing));
  assert_says (fixture, missing, "no such file");
}

/* 2 x 1 pixels, blue then yellow. */
static const guint8 bmp[] = { 'B', 'M', 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
  40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0 };

/* A segment with a thumbnail that has an end of its own, then a scan with a
 * sample of 255 and a restart in it; the end after a fill byte. */
static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe1, 0, 8, 0xff, 0xd8, 3, 4,
  0xff, 0xd9, 0xff, 0xda, 0, 4, 1, 0, 0xff, 0, 7, 0xff, 0xd0, 7, 0xff, 0xff,
  0xd9 };

/* Two colours, a comment and one pixel; the trailer's byte in each of them. */
static const guint8 gif[] = { 'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0,
  0, 0x3b, 0x3b, 0x3b, 9, 9, 9, 0x21, 0xfe, 2, 0x3b, 0x3b, 0, 0x2c, 0x3b, 0, 0,
  0, 1, 0, 1, 0, 0, 2, 2, 0x3b, 0x3b, 0, 0x3b };

static const guint8 webp[] = { 'R', 'I', 'F', 'F', 8, 0, 0, 0, 'W', 'E', 'B',
  'P', 1, 2, 3, 4 };

/* One white pixel of 24 bits behind a transparent one's mask. */
static const guint8 ico[] = { 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 24, 0, 48, 0,
  0, 0, 22, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255,
  0, 0x80, 0, 0, 0 };

/* An atom that says nothing, then the one with the picture. */
static const guint8 qtif[] = { 0, 0, 0, 9, 'i', 'd', 's', 'c', 7, 0, 0, 0, 11,
  'i', 'd', 'a', 't', 1, 2, 3 };

/* Whole with any bytes after the end, cut off with any byte missing. */
static void
assert_end_is_seen (const gchar *format, const guint8 *bytes, gsize size)
{
  g_autofree guint8 *longer = g_malloc0 (size + 9);

  memcpy (longer, bytes, size);
  for (gsize more = 0; more <= 9; more++)
    g_assert_true (image_file_is_whole (format, longer, size + more));
  for (gsize cut = 0; cut < size; cut++) {
    g_autofree guint8 *shorter = g_memdup2 (bytes, cut);

    if (image_file_is_whole (format, shorter, cut))
      g_error ("%s: %zu of %zu bytes are no file", format, cut, size);
  }
}

static void
test_images_cut_anywhere_are_not_whole (Fixture *fixture, gconstpointer data)
{
  static const guint8 os2[] = { 'B', 'M', 30, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0,
    12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 24, 0, 1, 2, 3, 0 };
  guint8 downwards[sizeof bmp], wrong_size[sizeof bmp];

  memcpy (downwards, bmp, sizeof bmp);
  memset (downwards + 22, 0xff, 4);
  memcpy (wrong_size, bmp, sizeof bmp);
  wrong_size[2] = 99;
  assert_end_is_seen ("jpeg", jpeg, sizeof jpeg);
  assert_end_is_seen ("gif", gif, sizeof gif);
  assert_end_is_seen ("webp", webp, sizeof webp);
  assert_end_is_seen ("ani", webp, sizeof webp);
  assert_end_is_seen ("ico", ico, sizeof ico);
  assert_end_is_seen ("qtif", qtif, sizeof qtif);
  assert_end_is_seen ("bmp", bmp, sizeof bmp);
  assert_end_is_seen ("bmp", downwards, sizeof bmp);
  assert_end_is_seen ("bmp", wrong_size, sizeof bmp);
  assert_end_is_seen ("bmp", os2, sizeof os2);
  wrong_size[30] = 1; /* packed: the size is all there is */
  g_assert_false (image_file_is_whole ("bmp", wrong_size, sizeof wrong_size));
  wrong_size[2] = sizeof bmp;
  assert_end_is_seen ("bmp", wrong_size, sizeof wrong_size);
}

static void
assert_bmp_is_cut_off (Fixture *fixture, gsize size)
{
  g_autoptr (GError) error = NULL;
  guint width, height;

  write_bytes (fixture, bmp, size);
  g_assert_false (judge_image_peek (fixture->path, &width, &height, &error));
  assert_says (fixture, error, "cut off: a BMP without its end");
}

/* Without its mask, gdk-pixbuf takes it to be opaque. */
static void
test_an_ico_without_its_mask_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) cut = NULL, transparent = NULL;
  guint width, height;

  write_bytes (fixture, ico, sizeof ico - 4);
  g_assert_false (judge_image_peek (fixture->path, &width, &height, &cut));
  assert_says (fixture, cut, "cut off: an ICO without its end");
  write_bytes (fixture, ico, sizeof ico);
  g_assert_true (judge_image_peek (fixture->path, &width, &height, NULL));
  g_assert_null (judge_image_load (fixture->path, &transparent));
  assert_says (fixture, transparent, "transparent pixels");
}

/* A QTIF that holds the BMP; what is left of it would be half a picture. */
static void
test_a_qtif_cut_in_its_picture_is_refused (Fixture *fixture, gconstpointer data)
{
  static const guint8 head[] = { 0, 0, 0, 8 + sizeof bmp, 'i', 'd', 'a', 't' };
  guint8 file[sizeof head + sizeof bmp];
  g_autoptr (GError) error = NULL;
  guint width, height;

  memcpy (file, head, sizeof head);
  memcpy (file + sizeof head, bmp, sizeof bmp);
  write_bytes (fixture, file, sizeof file - 4);
  g_assert_false (judge_image_peek (fixture->path, &width, &height, &error));
  assert_says (fixture, error, "cut off: a QTIF without its end");
}

static void
test_a_bmp_without_its_last_row_is_refused (
    Fixture *fixture, gconstpointer data)
{
  assert_bmp_is_cut_off (fixture, sizeof bmp - 1);
  assert_bmp_is_cut_off (fixture, sizeof bmp - 8);
}

/* A grey TIFF of one pixel; @bits of its sample. */
static void
write_tiff (Fixture *fixture, guint8 bits)
{
  const guint8 tiff[] = { 'I', 'I', 42, 0, 8, 0, 0, 0, 8, 0, /* entries: */
    0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0,                      /* width */
    1, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0,                      /* height */
    2, 1, 3, 0, 1, 0, 0, 0, bits, 0, 0, 0,                   /* bits */
    3, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0,                      /* not packed */
    6, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0,                      /* 0 is black */
    17, 1, 4, 0, 1, 0, 0, 0, 110, 0, 0, 0,                   /* begin */
    21, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0,                     /* channels */
    23, 1, 4, 0, 1, 0, 0, 0, bits / 8, 0, 0, 0,              /* length */
    0, 0, 0, 0, 77, 77 };

  write_bytes (fixture, tiff, sizeof tiff);
}

static void
test_samples_of_more_than_8_bits_are_refused (
    Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const gchar *text;
    guint bits;
  } pnms[] = { { "P5 1 1 255\n", 8 }, { "P6\n#9 9\n1 1\n256\n", 9 },
    { "P2 1 1 1023\n", 10 }, { "P3 1 #\n1 65535 ", 16 }, { "P4 9 999\n", 1 },
    { "P5 1", 1 } };
  g_autoptr (GError) pnm = NULL, tiff = NULL, none = NULL;
  g_autoptr (JudgeImage) image = NULL;
  guint width, height;

  for (guint i = 0; i < G_N_ELEMENTS (pnms); i++)
    g_assert_cmpuint (image_file_get_bits ("pnm", (const guint8 *) pnms[i].text,
                          strlen (pnms[i].text)),
        ==, pnms[i].bits);

  write_bytes (fixture, "P5 1 1 65535\nab", 15);
  g_assert_false (judge_image_peek (fixture->path, &width, &height, &pnm));
  assert_says (fixture, pnm, "has 16 bits a sample");

  write_tiff (fixture, 16);
  g_assert_null (judge_image_load (fixture->path, &tiff));
  assert_says (fixture, tiff, "has 16 bits a sample");
  write_tiff (fixture, 8);
  image = judge_image_load (fixture->path, &none);
  g_assert_no_error (none);
  g_assert_cmpuint (image->memory[0], ==, 77);
}

static void
test_pixels_come_as_rgbx (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JudgeImage) image = NULL;
  guint width = 0, height = 0;

  write_bytes (fixture, bmp, sizeof bmp);
  g_assert_true (judge_image_peek (fixture->path, &width, &height, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (width, ==, 2);
  g_assert_cmpuint (height, ==, 1);
  image = judge_image_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (image->view.width, ==, 2);
  g_assert_cmpuint (image->view.height, ==, 1);
  g_assert_cmpmem (image->memory, 3, "\0\0\xff", 3);
  g_assert_cmpmem (image->memory + 4, 3, "\xff\xff\0", 3);
}

static void
test_errors_have_a_domain_that_is_found_by_name (
    Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (program_fail (&error, fixture->path, "broken"));
  g_assert_cmpstr (
      g_quark_to_string (error->domain), ==, "program-error-quark");
}

#define ADD(name)                                                              \
  g_test_add ("/judge/files/" #name, Fixture, "file", test_folder_set_up,      \
      test_##name, test_folder_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (numbers_of_every_type_are_read);
  ADD (big_endian_numbers_are_read);
  ADD (every_shape_with_one_entry_goes);
  ADD (fortran_order_and_order_of_entries_do_not_matter);
  ADD (versions_two_and_three_are_read_others_refused);
  ADD (other_types_are_refused);
  ADD (a_refused_type_is_shown_in_printable_words);
  ADD (a_file_cut_anywhere_is_refused);
  ADD (a_file_with_any_byte_changed_is_refused_or_one_number);
  ADD (headers_that_lie_are_refused);
  ADD (too_much_or_too_little_data_is_refused);
  ADD (csv_fields_quotes_and_line_ends);
  ADD (broken_csv_is_refused_with_its_line);
  ADD (what_is_no_image_is_refused_by_name);
  ADD (images_cut_anywhere_are_not_whole);
  ADD (an_ico_without_its_mask_is_refused);
  ADD (a_qtif_cut_in_its_picture_is_refused);
  ADD (a_bmp_without_its_last_row_is_refused);
  ADD (samples_of_more_than_8_bits_are_refused);
  ADD (pixels_come_as_rgbx);
  ADD (errors_have_a_domain_that_is_found_by_name);
  return g_test_run ();
}
