/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The safetensors reader: good files give their numbers, broken and hostile
 * ones an error that names file, tensor and remedy.  All files are made here.
 */
#include "safetensors.h"

#include "manifest.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH "made-up.safetensors"

/* Two tensors, 6 and 2 numbers. */
#define ENTRY_A                                                                \
  "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"
#define ENTRY_B                                                                \
  "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}"
#define GOOD "{" ENTRY_A "," ENTRY_B "}"

static GByteArray *
make_file (
    guint64 header_length, const gchar *json, const gfloat *numbers, gsize n)
{
  GByteArray *file = g_byte_array_new ();

  header_length = GUINT64_TO_LE (header_length);
  g_byte_array_append (file, (const guint8 *) &header_length, 8);
  g_byte_array_append (file, (const guint8 *) json, strlen (json));
  for (gsize i = 0; i < n; i++) {
    guint32 word;

    memcpy (&word, &numbers[i], 4);
    word = GUINT32_TO_LE (word);
    g_byte_array_append (file, (const guint8 *) &word, 4);
  }
  return file;
}

static const gfloat eight[8] = { 1, -2, 3.5f, -0.f, 1e-38f, 6, 7, 8 };

/* A file with @json as its header and eight numbers. */
static GBytes *
make_bytes (const gchar *json)
{
  return g_byte_array_free_to_bytes (make_file (strlen (json), json, eight, 8));
}

static void
assert_says (const GError *error, const gchar *text)
{
  if (strstr (error->message, text) == NULL)
    g_error ("'%s' does not say '%s'", error->message, text);
}

static void
assert_refused (GBytes *bytes, const gchar *text)
{
  g_autoptr (GError) error = NULL;
  PerceptualTensors *tensors =
      perceptual_tensors_open_bytes (bytes, PATH, &error);

  if (tensors != NULL)
    g_error ("taken, where '%s' was expected", text);
  g_assert_error (
      error, PERCEPTUAL_WEIGHTS_ERROR, PERCEPTUAL_WEIGHTS_ERROR_INVALID);
  assert_says (error, "'" PATH "'");
  assert_says (error, text);
}

static void
assert_header_refused (const gchar *json, const gchar *text)
{
  g_autoptr (GBytes) bytes = make_bytes (json);

  assert_refused (bytes, text);
}

static gchar *
write_file (const gchar *folder, const gchar *name, GBytes *bytes)
{
  gchar *path = g_build_filename (folder, name, NULL);
  gsize size;
  const gchar *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, (gssize) size, &error);
  g_assert_no_error (error);
  return path;
}

static void
test_numbers_names_and_shapes_are_those_of_the_file (void)
{
  const gsize a[] = { 2, 3 }, b[] = { 2 };
  g_autofree gchar *folder = g_dir_make_tmp ("tensorsXXXXXX", NULL);
  g_autoptr (GBytes) bytes = make_bytes (
      "{\"__metadata__\":{\"made\":\"here\"}," ENTRY_B "," ENTRY_A "}   ");
  g_autofree gchar *path = write_file (folder, "good.safetensors", bytes);
  g_autofree gchar *sum =
      g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualTensors) tensors =
      perceptual_tensors_open (path, &error);
  const gsize *shape;
  guint n_dims;

  g_assert_no_error (error);
  g_assert_cmpuint (perceptual_tensors_get_length (tensors), ==, 2);
  g_assert_cmpstr (perceptual_tensors_get_name (tensors, 0), ==, "a");
  g_assert_cmpstr (perceptual_tensors_get_name (tensors, 1), ==, "b");
  g_assert_true (perceptual_tensors_has (tensors, "a"));
  g_assert_false (perceptual_tensors_has (tensors, "__metadata__"));
  shape = perceptual_tensors_get_shape (tensors, "a", &n_dims);
  g_assert_cmpmem (shape, n_dims * sizeof (gsize), a, sizeof (a));
  g_assert_null (perceptual_tensors_get_shape (tensors, "c", &n_dims));
  g_assert_cmpmem (
      perceptual_tensors_get (tensors, "a", a, 2, NULL), 24, eight, 24);
  g_assert_cmpmem (
      perceptual_tensors_get (tensors, "b", b, 1, NULL), 8, eight + 6, 8);
  g_assert_cmpstr (perceptual_tensors_get_sha256 (tensors), ==, sum);
  g_assert_cmpstr (perceptual_tensors_get_path (tensors), ==, path);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_header_of_any_length_gives_aligned_numbers (void)
{
  const gsize shape[] = { 2, 3 };
  g_autofree gchar *json = g_strdup (GOOD);

  for (guint i = 0; i < 9; i++) {
    g_autoptr (GBytes) bytes = make_bytes (json);
    g_autoptr (PerceptualTensors) tensors =
        perceptual_tensors_open_bytes (bytes, PATH, NULL);
    const gfloat *numbers =
        perceptual_tensors_get (tensors, "a", shape, 2, NULL);
    gchar *longer = g_strconcat (json, " ", NULL);

    g_assert_cmpuint ((guintptr) numbers % 4, ==, 0);
    g_assert_cmpmem (numbers, 24, eight, 24);
    g_assert_true (
        numbers == perceptual_tensors_get (tensors, "a", shape, 2, NULL));
    g_free (json);
    json = longer;
  }
}

static void
test_single_numbers_and_empty_tensors_are_taken (void)
{
  const gsize none[] = { 0, 7 }, rest[] = { 7 };
  g_autoptr (GBytes) bytes = make_bytes (
      "{\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
      "\"r\":{\"dtype\":\"F32\",\"shape\":[7],\"data_offsets\":[4,32]},"
      "\"e\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[4,4]}}");
  g_autoptr (PerceptualTensors) tensors =
      perceptual_tensors_open_bytes (bytes, PATH, NULL);

  g_assert_nonnull (tensors);
  g_assert_cmpfloat (
      *perceptual_tensors_get (tensors, "s", NULL, 0, NULL), ==, 1);
  g_assert_nonnull (perceptual_tensors_get (tensors, "e", none, 2, NULL));
  g_assert_cmpfloat (
      perceptual_tensors_get (tensors, "r", rest, 1, NULL)[6], ==, 8);
}

static void
test_file_cut_anywhere_is_refused (void)
{
  g_autoptr (GBytes) whole = make_bytes (GOOD);
  const gsize size = g_bytes_get_size (whole);

  for (gsize length = 0; length < size; length++) {
    /* A copy of its own, so that a sanitizer sees the end. */
    g_autoptr (GBytes) cut =
        g_bytes_new (g_bytes_get_data (whole, NULL), length);

    assert_refused (cut,
        length == 0      ? "the file is empty"
            : length < 8 ? "bytes; get it again"
                         : "cut short");
  }
}

static void
test_length_beyond_the_file_or_the_limit_is_refused (void)
{
  static const guint64 lengths[] = { G_GUINT64_CONSTANT (1) << 63, G_MAXUINT64,
    G_MAXUINT64 - 7, G_MAXUINT32, PERCEPTUAL_TENSORS_MAX_HEADER + 1 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autoptr (GBytes) bytes =
        g_byte_array_free_to_bytes (make_file (lengths[i], GOOD, eight, 8));
    g_autofree gchar *number =
        g_strdup_printf ("%" G_GUINT64_FORMAT " bytes long", lengths[i]);

    assert_refused (bytes, number);
  }
  {
    g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (
        make_file (PERCEPTUAL_TENSORS_MAX_HEADER, GOOD, eight, 8));

    assert_refused (bytes, "cut short");
  }
}

static void
test_header_that_is_not_plain_json_is_refused (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"a\":");
  static const struct
  {
    const gchar *json;
    const gchar *says;
  } cases[] = {
    { "", "does not start with '{'" },
    { "[1]", "does not start with '{'" },
    { " " GOOD, "does not start with '{'" },
    { "{", "ends too early" },
    { "{\"a\":{}", "ends too early" },
    { "{\"a", "ends too early" },
    { "{\"a\\", "ends too early" },
    { "{}{}", "goes on after its end" },
    { GOOD "x", "goes on after its end" },
    { "{\"\xff\":1}", "not valid UTF-8" },
    { "{\"a\nb\":1}", "control character" },
    { "{/* hidden */}", "does not belong" },
    { "{'a':1}", "does not belong" },
    { "{\"a\":-1}", "does not belong" },
    { "{\"a\":1.5}", "does not belong" },
    { "{\"a\" 1}", "not valid JSON" },
    { "{a:1}", "not valid JSON" },
    { "{\"a\":}", "not valid JSON" },
    { "{\"a\":1,}", "not valid JSON" },
    { "{\"a\":[}}", "not valid JSON" },
    { "{\"a\":1}", "tensor 'a': its entry is not an object" },
    { "{\"a\":[]}", "tensor 'a': its entry is not an object" },
    { "{\"a\":null}", "tensor 'a': its entry is not an object" },
    { "{\"\":{}}", "name is empty" },
    { "{\"a\\u0007\":{}}", "not printable" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_header_refused (cases[i].json, cases[i].says);
  /* Enough to run a recursive parser off its stack. */
  for (guint i = 0; i < 500000; i++)
    g_string_append_c (deep, '[');
  assert_header_refused (deep->str, "nested too deeply");
  /* Eight are allowed, and refused for another reason. */
  assert_header_refused ("{\"a\":[[[[[[[]]]]]]]}", "not an object");
  assert_header_refused ("{\"a\":[[[[[[[[]]]]]]]]}", "nested too deeply");
}

/* Names of up to 256 bytes. */
static void
test_long_names_are_refused (void)
{
  for (guint length = 256; length <= 257; length++) {
    g_autofree gchar *name = g_strnfill (length, 'n');
    g_autofree gchar *json = g_strdup_printf ("{\"%s\":{}}", name);

    assert_header_refused (
        json, length == 256 ? "only \"dtype\" F32" : "longer than 256 bytes");
  }
}

#define NOTHING(name, at)                                                      \
  "\"" name "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[" at "," at \
  "]}"

/* Tensors of nothing may lie anywhere between the others, whatever they are
 * called. */
static void
test_empty_tensors_are_taken (void)
{
  const gsize none[] = { 0 };
  g_autoptr (GBytes) bytes = make_bytes ("{" NOTHING ("z", "0") "," NOTHING (
      "y", "24") "," NOTHING ("x", "32") "," ENTRY_A "," ENTRY_B "}");
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualTensors) tensors =
      perceptual_tensors_open_bytes (bytes, PATH, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (perceptual_tensors_get_length (tensors), ==, 5);
  g_assert_nonnull (perceptual_tensors_get (tensors, "z", none, 1, NULL));
}

static void
test_name_given_twice_is_refused (void)
{
  assert_header_refused ("{" ENTRY_A "," ENTRY_B "," ENTRY_A "}", "'a' twice");
  assert_header_refused ("{\"\\u0061\":{\"dtype\":\"F32\",\"shape\":[2,3],"
                         "\"data_offsets\":[0,24]}," ENTRY_A "," ENTRY_B "}",
      "'a' twice");
  assert_header_refused ("{" ENTRY_A ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],"
                         "\"shape\":[2],\"data_offsets\":[24,32]}}",
      "'shape' twice");
}

/* ENTRY_A with other values, then ENTRY_B. */
static void
assert_entry_refused (const gchar *dtype, const gchar *shape,
    const gchar *place, const gchar *says)
{
  g_autofree gchar *json = g_strdup_printf ("{\"a\":{\"dtype\":%s,\"shape\":%s,"
                                            "\"data_offsets\":%s}," ENTRY_B "}",
      dtype, shape, place);

  assert_header_refused (json, "tensor 'a'");
  assert_header_refused (json, says);
}

static void
test_types_other_than_float32_are_refused_by_tensor (void)
{
  static const gchar *const types[] = { "\"F16\"", "\"BF16\"", "\"F64\"",
    "\"I64\"", "\"\"", "32", "null", "[\"F32\"]" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    assert_entry_refused (
        types[i], "[2,3]", "[0,24]", "save the file as float32");
  assert_header_refused (
      "{\"a\":{\"shape\":[2,3],\"data_offsets\":[0,24]}," ENTRY_B "}",
      "tensor 'a': only \"dtype\" F32");
}

static void
test_shapes_that_make_no_sense_are_refused_by_tensor (void)
{
  static const gchar *const shapes[] = { "6", "null", "\"6\"", "[2,\"3\"]",
    "[2,3e0]", "[2,null]", "[2,[3]]", "[true,6]", "[9223372036854775807]",
    "[9223372036854775808]", "[18446744073709551615]",
    "[99999999999999999999999]", "[1,1,1,1,1,1,1,1,6]" };
  static const gchar *const huge[] = { "[4611686018427387904,4]",
    "[4294967296,4294967296]", "[9223372036854775806]",
    "[2147483648,2147483648,3]" };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    assert_entry_refused (
        "\"F32\"", shapes[i], "[0,24]", "its \"shape\" is not an array");
  for (guint i = 0; i < G_N_ELEMENTS (huge); i++)
    assert_entry_refused (
        "\"F32\"", huge[i], "[0,24]", "more numbers than memory can hold");
}

static void
test_places_that_contradict_the_shape_or_the_file_are_refused (void)
{
  static const gchar *const places[] = { "[]", "[0]", "[0,24,24]", "24",
    "[24,0]", "[0,\"24\"]", "[0e0,24]", "[9223372036854775808,24]",
    "[0,18446744073709551615]" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    assert_entry_refused (
        "\"F32\"", "[2,3]", places[i], "are not a start and an end");
  assert_entry_refused ("\"F32\"", "[2,3]", "[0,20]",
      "shape [2, 3] takes 24 bytes, its place has 20");
  assert_entry_refused ("\"F32\"", "[2,3]", "[0,28]",
      "shape [2, 3] takes 24 bytes, its place has 28");
  assert_entry_refused ("\"F32\"", "[2,3]",
      "[9223372036854775782,9223372036854775806]",
      "ends at byte 9223372036854775806 after the header, where the file has "
      "only 32");
  assert_entry_refused ("\"F32\"", "[2,3]", "[12,36]", "cut short");
}

static void
test_overlaps_holes_and_leftovers_are_refused (void)
{
  assert_header_refused (
      "{" ENTRY_A
      ",\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[20,32]}}",
      "tensors 'a' and 'b' overlap");
  assert_header_refused (
      "{" ENTRY_A
      ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[28,32]}}",
      "tensor 'b': 4 bytes before it belong to no tensor");
  assert_header_refused (
      "{" ENTRY_A "}", "8 bytes after the last tensor ('a')");
  assert_header_refused ("{}", "32 bytes after the last tensor");
}

static void
test_missing_and_misshaped_tensors_name_both_shapes (void)
{
  const gsize wrong[] = { 3, 2 }, wanted[] = { 64 };
  g_autoptr (GBytes) bytes = make_bytes (GOOD);
  g_autoptr (PerceptualTensors) tensors =
      perceptual_tensors_open_bytes (bytes, PATH, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      perceptual_tensors_get (tensors, "lin.0.weight", wanted, 1, &error));
  g_assert_error (
      error, PERCEPTUAL_WEIGHTS_ERROR, PERCEPTUAL_WEIGHTS_ERROR_INVALID);
  assert_says (error, "'" PATH "'");
  assert_says (error, "tensor 'lin.0.weight' of shape [64] is missing");
  assert_says (error, "perceptual-fetch-weights");
  g_clear_error (&error);

  g_assert_null (perceptual_tensors_get (tensors, "a", wrong, 2, &error));
  g_assert_error (
      error, PERCEPTUAL_WEIGHTS_ERROR, PERCEPTUAL_WEIGHTS_ERROR_INVALID);
  assert_says (error, "tensor 'a' should have shape [3, 2] and has [2, 3]");
  g_clear_error (&error);
  g_assert_null (perceptual_tensors_get (tensors, "a", wrong, 1, &error));
  assert_says (error, "should have shape [3] and has [2, 3]");
}

static void
test_numbers_that_are_not_finite_are_refused_by_tensor_and_index (void)
{
  static const struct
  {
    gsize at;
    gfloat value;
  } cases[] = { { 0, NAN }, { 1023, INFINITY }, { 1024, -INFINITY },
    { 2999, NAN } };
  const gsize shape[] = { 3000 };
  const gchar *json =
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[3000],\"data_offsets\":[0,12000]}}";

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gfloat numbers[3000] = { 0 };
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (PerceptualTensors) tensors = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree gchar *says = NULL;

    numbers[cases[i].at] = cases[i].value;
    bytes = g_byte_array_free_to_bytes (
        make_file (strlen (json), json, numbers, 3000));
    tensors = perceptual_tensors_open_bytes (bytes, PATH, &error);
    g_assert_no_error (error);
    g_assert_null (perceptual_tensors_get (tensors, "w", shape, 1, &error));
    g_assert_error (
        error, PERCEPTUAL_WEIGHTS_ERROR, PERCEPTUAL_WEIGHTS_ERROR_INVALID);
    says = g_strdup_printf (
        "tensor 'w' of shape [3000]: number %" G_GSIZE_FORMAT " is %s",
        cases[i].at, isnan (cases[i].value) ? "NaN" : "infinite");
    assert_says (error, says);
    assert_says (error, "'" PATH "'");
  }
}

static void
test_other_files_are_called_what_they_are (void)
{
  static const struct
  {
    const gchar *start;
    const gchar *says;
  } cases[] = {
    { "<!DOCTYPE html><html><body>404</body></html>", "web page" },
    { "\n <html><head><title>Sign in</title></head></html>", "web page" },
    { "\xef\xbb\xbf<?xml version=\"1.0\"?><html/>", "header would be" },
    { "PK\003\004 a zip archive", "PyTorch file" },
    { "\200\002\212\nl\374\234F\371 j\250P\031.", "PyTorch file" },
    { "version https://git-lfs.github.com/spec/v1\n", "Git LFS" },
    { "plain text of some length", "header would be" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes =
        g_bytes_new_static (cases[i].start, strlen (cases[i].start));

    assert_refused (bytes, cases[i].says);
  }
}

static void
test_header_whose_length_looks_like_markup_is_taken (void)
{
  /* 0x213c, in the file's byte order "<!". */
  g_autofree gchar *padding = g_strnfill (0x213c - strlen (GOOD), ' ');
  g_autofree gchar *json = g_strconcat (GOOD, padding, NULL);
  g_autoptr (GBytes) bytes = make_bytes (json);
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualTensors) tensors =
      perceptual_tensors_open_bytes (bytes, PATH, &error);

  g_assert_no_error (error);
  g_assert_nonnull (tensors);
}

static void
assert_open_fails (const gchar *path, gint code, const gchar *says)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (perceptual_tensors_open (path, &error));
  g_assert_error (error, PERCEPTUAL_WEIGHTS_ERROR, code);
  assert_says (error, path);
  assert_says (error, says);
}

static void
test_paths_that_cannot_be_read_say_why (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("tensorsXXXXXX", NULL);
  g_autoptr (GBytes) good = make_bytes (GOOD);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autofree gchar *file = write_file (folder, "file", good);
  g_autofree gchar *empty = write_file (folder, "empty", nothing);
  g_autofree gchar *absent = g_build_filename (folder, "absent", NULL);
  g_autofree gchar *below = g_build_filename (file, "below", NULL);
  g_autofree gchar *pipe = g_build_filename (folder, "pipe", NULL);
  const uid_t user = geteuid ();

  assert_open_fails (
      absent, PERCEPTUAL_WEIGHTS_ERROR_NOT_FOUND, "perceptual-fetch-weights");
  assert_open_fails (
      below, PERCEPTUAL_WEIGHTS_ERROR_NOT_FOUND, "there is no such file");
  assert_open_fails (folder, PERCEPTUAL_WEIGHTS_ERROR_READ, "this is a folder");
  assert_open_fails (
      empty, PERCEPTUAL_WEIGHTS_ERROR_INVALID, "the file is empty");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_open_fails (pipe, PERCEPTUAL_WEIGHTS_ERROR_READ, "not a regular file");

  g_assert_cmpint (g_chmod (file, 0), ==, 0);
  /* Root may read everything, so become nobody for a moment. */
  if (user == 0)
    g_assert_cmpint (seteuid (65534), ==, 0);
  assert_open_fails (file, PERCEPTUAL_WEIGHTS_ERROR_READ, "no permission");
  if (user == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_unlink (file);
  g_unlink (empty);
  g_unlink (pipe);
  g_rmdir (folder);
}

static void
test_known_files_are_read_whole_and_recognised (void)
{
  const gchar *data = g_getenv ("PERCEPTUAL_TEST_DATA");
  const PerceptualKnownFile *files;
  guint n_files;

  if (data == NULL) {
    g_test_skip ("PERCEPTUAL_TEST_DATA is not set");
    return;
  }
  files = perceptual_known_files (&n_files);
  for (guint i = 0; i < n_files; i++) {
    g_autofree gchar *path =
        g_build_filename (data, "weights", files[i].name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (PerceptualTensors) tensors =
        perceptual_tensors_open (path, &error);

    g_assert_no_error (error);
    for (guint j = 0; j < perceptual_tensors_get_length (tensors); j++) {
      const gchar *name = perceptual_tensors_get_name (tensors, j);
      guint n_dims;
      const gsize *shape =
          perceptual_tensors_get_shape (tensors, name, &n_dims);

      g_assert_nonnull (
          perceptual_tensors_get (tensors, name, shape, n_dims, &error));
      g_assert_no_error (error);
    }
    g_assert_true (
        perceptual_known_file_find (perceptual_tensors_get_sha256 (tensors))
        == &files[i]);
  }
}

static void
test_errors_have_a_domain_that_is_found_by_name (void)
{
  g_autoptr (GBytes) bytes = make_bytes ("[]");
  g_autoptr (GError) error = NULL;

  g_assert_null (perceptual_tensors_open_bytes (bytes, PATH, &error));
  g_assert_cmpstr (
      g_quark_to_string (error->domain), ==, "perceptual-weights-error-quark");
}

#define ADD(name) g_test_add_func ("/safetensors/" #name, test_##name)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (numbers_names_and_shapes_are_those_of_the_file);
  ADD (header_of_any_length_gives_aligned_numbers);
  ADD (single_numbers_and_empty_tensors_are_taken);
  ADD (file_cut_anywhere_is_refused);
  ADD (length_beyond_the_file_or_the_limit_is_refused);
  ADD (header_that_is_not_plain_json_is_refused);
  ADD (long_names_are_refused);
  ADD (empty_tensors_are_taken);
  ADD (name_given_twice_is_refused);
  ADD (types_other_than_float32_are_refused_by_tensor);
  ADD (shapes_that_make_no_sense_are_refused_by_tensor);
  ADD (places_that_contradict_the_shape_or_the_file_are_refused);
  ADD (overlaps_holes_and_leftovers_are_refused);
  ADD (missing_and_misshaped_tensors_name_both_shapes);
  ADD (numbers_that_are_not_finite_are_refused_by_tensor_and_index);
  ADD (other_files_are_called_what_they_are);
  ADD (header_whose_length_looks_like_markup_is_taken);
  ADD (paths_that_cannot_be_read_say_why);
  ADD (known_files_are_read_whole_and_recognised);
  ADD (errors_have_a_domain_that_is_found_by_name);
  return g_test_run ();
}
