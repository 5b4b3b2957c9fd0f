/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is read out of MP4 files, on boxes made here: whole, cut off anywhere,
 * and with any byte changed; and out of the headers of coded video.
 */
#include "measure/movie/movie-file.h"

#include "measure/movie/av1-header.h"
#include "measure/movie/vp9-header.h"

#include <string.h>

#define ONE 0x10000

/* --- boxes --------------------------------------------------------------- */

static void
put (GByteArray *bytes, guint64 value, guint n)
{
  while (n-- > 0) {
    guint8 byte = (guint8) (value >> 8 * n);

    g_byte_array_append (bytes, &byte, 1);
  }
}

static void
put_zeros (GByteArray *bytes, guint n)
{
  for (guint i = 0; i < n; i++)
    put (bytes, 0, 1);
}

/* Puts a box of @type that holds @body, which is taken, behind @bytes. */
static void
put_box (GByteArray *bytes, const gchar *type, GByteArray *body)
{
  put (bytes, body->len + 8, 4);
  g_byte_array_append (bytes, (const guint8 *) type, 4);
  g_byte_array_append (bytes, body->data, body->len);
  g_byte_array_unref (body);
}

/* What is different in the files of the tests. */
typedef struct
{
  gint matrix[4]; /* a, b, c, d */
  gboolean edits;
  const gchar *kind; /* of the box in the description */
  const guint8 *box;
  guint size;
} Plan;

static GByteArray *
make_tkhd (const gint *matrix)
{
  GByteArray *tkhd = g_byte_array_new ();

  put_zeros (tkhd, 40);
  for (guint i = 0; i < 4; i++) {
    put (tkhd, (guint32) (matrix[i] * ONE), 4);
    if (i % 2 == 1)
      put_zeros (tkhd, 4);
  }
  put (tkhd, 0x40000000, 4);
  put_zeros (tkhd, 8);
  return tkhd;
}

static GByteArray *
make_stsd (const Plan *plan)
{
  GByteArray *stsd = g_byte_array_new (), *entry = g_byte_array_new ();
  GByteArray *box = g_byte_array_new ();

  put (stsd, 1, 8);
  put_zeros (entry, 78);
  if (plan->kind != NULL) {
    g_byte_array_append (box, plan->box, plan->size);
    put_box (entry, plan->kind, g_byte_array_ref (box));
  }
  g_byte_array_unref (box);
  put_box (stsd, "avc1", entry);
  return stsd;
}

static GByteArray *
make_trak (const gchar *handler, const Plan *plan)
{
  GByteArray *trak = g_byte_array_new (), *mdia = g_byte_array_new ();
  GByteArray *minf = g_byte_array_new (), *stbl = g_byte_array_new ();
  GByteArray *hdlr = g_byte_array_new (), *edts = g_byte_array_new ();

  put_zeros (hdlr, 8);
  g_byte_array_append (hdlr, (const guint8 *) handler, 4);
  put_zeros (hdlr, 13);
  put_box (trak, "tkhd", make_tkhd (plan->matrix));
  if (plan->edits)
    put_box (edts, "elst", g_byte_array_new ());
  put_box (trak, "edts", edts);
  put_box (stbl, "stsd", make_stsd (plan));
  put_box (minf, "stbl", stbl);
  put_box (mdia, "hdlr", hdlr);
  put_box (mdia, "minf", minf);
  put_box (trak, "mdia", mdia);
  return trak;
}

/* Sound comes first, and samples before all; their box has a long size. */
static GByteArray *
make_movie (const Plan *plan)
{
  static const Plan sound = { .matrix = { 0, 1, -1, 0 } };
  GByteArray *file = g_byte_array_new (), *moov = g_byte_array_new ();

  put (file, 1, 4);
  g_byte_array_append (file, (const guint8 *) "mdat", 4);
  put (file, 16 + 5, 8);
  put_zeros (file, 5);
  put_box (moov, "trak", make_trak ("soun", &sound));
  put_box (moov, "trak", make_trak ("vide", plan));
  put_box (file, "moov", moov);
  return file;
}

static MovieFile
read_plan (const Plan *plan)
{
  GByteArray *file = make_movie (plan);
  MovieFile movie;

  g_assert_true (movie_file_read (file->data, file->len, &movie));
  g_byte_array_unref (file);
  return movie;
}

/* --- tests --------------------------------------------------------------- */

static void
test_every_matrix_of_the_eight_has_its_name (void)
{
  static const struct
  {
    gint matrix[4];
    const gchar *orientation;
  } cases[] = {
    { { 1, 0, 0, 1 }, "rotate-0" },
    { { 0, 1, -1, 0 }, "rotate-90" },
    { { -1, 0, 0, -1 }, "rotate-180" },
    { { 0, -1, 1, 0 }, "rotate-270" },
    { { -1, 0, 0, 1 }, "flip-rotate-0" },
    { { 0, 1, 1, 0 }, "flip-rotate-90" },
    { { 1, 0, 0, -1 }, "flip-rotate-180" },
    { { 0, -1, -1, 0 }, "flip-rotate-270" },
    { { 2, 0, 0, 2 }, NULL },
    { { 1, 1, 0, 1 }, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Plan plan = { .edits = i % 2 == 1 };
    MovieFile movie;

    memcpy (plan.matrix, cases[i].matrix, sizeof plan.matrix);
    movie = read_plan (&plan);
    g_assert_cmpstr (movie.orientation, ==, cases[i].orientation);
    g_assert_cmpint (movie.has_edits, ==, plan.edits);
    g_assert_false (movie.has_colour);
    g_assert_cmpint (movie.range, ==, MOVIE_RANGE_UNSAID);
  }
}

/* Bytes. */
/* clang-format off */
static const guint8 nclx_full[] = "nclx\0\6\0\x10\0\5\x80";
static const guint8 nclx_limited[] = "nclx\0\1\0\1\0\1\0";
static const guint8 nclc[] = "nclc\0\6\0\1\0\6";
static const guint8 profile[] = "prof\0\0\0\0\0\0\0";
static const guint8 vpcc_full[] = { 1, 0, 0, 0, 0, 10, 0x83, 2, 2, 2, 0, 0 };
static const guint8 vpcc_limited[] = { 1, 0, 0, 0, 0, 10, 0x82, 2, 2, 2, 0, 0 };
/* By libaom: without and with numbers of colours. */
static const guint8 av1c_full[] = { 0x81, 0, 0, 0, 0x0a, 0x0a, 0, 0, 0, 2, 0xaf,
  0xf7, 0x9b, 0x5f, 0x21, 8 };
static const guint8 av1c_limited[] = { 0x81, 0, 0, 0, 0x0a, 0x0a, 0, 0, 0, 2,
  0xaf, 0xf7, 0x9b, 0x5f, 0x20, 8 };
static const guint8 av1c_numbers[] = { 0x81, 0, 0, 0, 0x0a, 0x0d, 0, 0, 0, 2,
  0xaf, 0xf7, 0x9b, 0x5f, 0x22, 0x0c, 0x0c, 0x0d, 8 };
/* clang-format on */

static const struct
{
  const gchar *kind;
  const guint8 *box;
  guint size;
  gboolean has_colour;
  guint matrix;
  MovieRange range;
} colours[] = {
  { "colr", nclx_full, 11, TRUE, 5, MOVIE_RANGE_FULL },
  { "colr", nclx_limited, 11, TRUE, 1, MOVIE_RANGE_LIMITED },
  { "colr", nclc, 10, TRUE, 6, MOVIE_RANGE_UNSAID },
  { "colr", profile, 11, FALSE, 2, MOVIE_RANGE_UNSAID },
  { "vpcC", vpcc_full, sizeof vpcc_full, FALSE, 2, MOVIE_RANGE_FULL },
  { "vpcC", vpcc_limited, sizeof vpcc_limited, FALSE, 2, MOVIE_RANGE_LIMITED },
  { "av1C", av1c_full, sizeof av1c_full, FALSE, 2, MOVIE_RANGE_FULL },
  { "av1C", av1c_limited, sizeof av1c_limited, FALSE, 2, MOVIE_RANGE_LIMITED },
  { "av1C", av1c_numbers, sizeof av1c_numbers, FALSE, 2, MOVIE_RANGE_FULL },
  { "pasp", nclx_full, 11, FALSE, 2, MOVIE_RANGE_UNSAID },
};

static Plan
plan_of (guint i)
{
  return (Plan){ .matrix = { 1, 0, 0, 1 },
    .kind = colours[i].kind,
    .box = colours[i].box,
    .size = colours[i].size };
}

static void
test_range_and_colours_are_read_where_they_are_said (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++) {
    Plan plan = plan_of (i);
    MovieFile movie = read_plan (&plan);

    g_test_message ("%u: %s", i, colours[i].kind);
    g_assert_cmpint (movie.has_colour, ==, colours[i].has_colour);
    g_assert_cmpuint (movie.matrix, ==, colours[i].matrix);
    g_assert_cmpint (movie.range, ==, colours[i].range);
  }
}

/* Memory of exactly the size, so that a sanitizer sees what lies beyond. */
static gboolean
read_copy (const guint8 *bytes, gsize size, MovieFile *movie)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, size);

  return movie_file_read (copy, size, movie);
}

static void
test_files_cut_off_anywhere_are_read_as_far_as_they_go (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++) {
    Plan plan = plan_of (i);
    GByteArray *file = make_movie (&plan);
    MovieFile movie;

    /* A part of the box of all tracks is not read. */
    for (gsize size = 0; size < file->len; size++)
      g_assert_false (read_copy (file->data, size, &movie));
    g_assert_true (read_copy (file->data, file->len, &movie));
    g_byte_array_unref (file);
  }
}

static void
test_any_byte_may_be_wrong (void)
{
  static const guint8 wrong[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

  for (guint i = 0; i < G_N_ELEMENTS (colours); i++) {
    Plan plan = plan_of (i);
    GByteArray *file = make_movie (&plan);
    MovieFile movie;

    for (gsize at = 0; at < file->len; at++) {
      guint8 right = file->data[at];

      for (guint k = 0; k < G_N_ELEMENTS (wrong); k++) {
        file->data[at] = wrong[k];
        read_copy (file->data, file->len, &movie);
        g_assert_cmpint (movie.range, <=, MOVIE_RANGE_FULL);
      }
      file->data[at] = right;
    }
    g_byte_array_unref (file);
  }
}

static void
test_headers_of_coded_video_say_the_range (void)
{
  /* Bytes. */
  /* clang-format off */
  static const guint8 vp9[][6] = {
    { 0x82, 0x49, 0x83, 0x42, 0x10, 0x03 }, /* full */
    { 0x82, 0x49, 0x83, 0x42, 0x00, 0x03 }, /* limited */
    { 0x82, 0x49, 0x83, 0x42, 0x70, 0x03 }, /* full, and a matrix */
    { 0x86, 0x49, 0x83, 0x42, 0x10, 0x03 }, /* no key frame */
  };
  /* clang-format on */
  static const guint8 delimiter[] = { 0x12, 0 };
  g_autoptr (GByteArray) av1 = g_byte_array_new ();
  gboolean full = FALSE;

  g_assert_true (vp9_header_read_range (vp9[0], 6, &full));
  g_assert_true (full);
  g_assert_true (vp9_header_read_range (vp9[1], 6, &full));
  g_assert_false (full);
  g_assert_true (vp9_header_read_range (vp9[2], 6, &full));
  g_assert_true (full);
  g_assert_false (vp9_header_read_range (vp9[3], 6, &full));
  g_assert_false (vp9_header_read_range (vp9[0], 5, &full));

  g_byte_array_append (av1, delimiter, sizeof delimiter);
  g_byte_array_append (av1, av1c_limited + 4, sizeof av1c_limited - 4);
  g_assert_true (av1_header_read_range (av1->data, av1->len, &full));
  g_assert_false (full);
  for (guint size = 0; size + 2 < av1->len; size++)
    g_assert_false (av1_header_read_range (av1->data, size, &full));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/movie-file/matrix", test_every_matrix_of_the_eight_has_its_name);
  g_test_add_func ("/movie-file/colour",
      test_range_and_colours_are_read_where_they_are_said);
  g_test_add_func ("/movie-file/cut",
      test_files_cut_off_anywhere_are_read_as_far_as_they_go);
  g_test_add_func (
      "/movie-file/coded", test_headers_of_coded_video_say_the_range);
  g_test_add_func ("/movie-file/wrong", test_any_byte_may_be_wrong);
  return g_test_run ();
}
