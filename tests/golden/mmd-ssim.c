/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd-ssim to the last bit: distances and taps of photographs, of a 10-bit
 * encode and of planes made by a formula.
 */
#include "golden.h"
#include "plain-mmd-ssim.h"

#include <string.h>

#define SRC01_WIDTH 576
#define SRC01_HEIGHT 324

/* Two pictures as the file names them: R'G'B' or planes of 16-bit words. */
typedef struct
{
  GoldenImage *rgb[2];
  PlainFormat format;
  guint16 *planes[2][3];
} Pair;

static void
pair_clear (Pair *pair)
{
  for (guint i = 0; i < 2; i++) {
    golden_image_free (pair->rgb[i]);
    for (guint c = 0; c < 3; c++)
      g_free (pair->planes[i][c]);
  }
}

static void
load_rgb (Pair *pair, JsonObject *entry)
{
  static const gchar *const sides[] = { "reference", "distorted" };

  for (guint i = 0; i < 2; i++)
    pair->rgb[i] =
        golden_image (json_object_get_string_member (entry, sides[i]),
            json_object_get_member (entry, "crop"));
}

static gsize
plane_size (const PlainFormat *format, guint c)
{
  if (c == 0)
    return (gsize) format->width * format->height;
  return (gsize) plain_chroma_width (format) * plain_chroma_height (format);
}

static void
load_src01 (Pair *pair, JsonObject *entry)
{
  static const gchar *const names[] = { "src01_hrc00_576x324.yuv420p10le.yuv",
    "src01_hrc01_576x324.yuv420p10le.yuv" };
  gsize frame = SRC01_WIDTH * SRC01_HEIGHT * 3;

  pair->format = (PlainFormat){ .width = SRC01_WIDTH,
    .height = SRC01_HEIGHT,
    .depth = 10,
    .halved_across = 1,
    .halved_down = 1 };
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *path = golden_path ("media", names[i]);
    g_autofree gchar *bytes = NULL;
    g_autoptr (GError) error = NULL;
    gsize offset = frame * json_object_get_int_member (entry, "frame");
    gsize length;

    g_file_get_contents (path, &bytes, &length, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (length, >=, offset + frame);
    for (guint c = 0; c < 3; c++) {
      gsize size = plane_size (&pair->format, c) * sizeof (guint16);

      pair->planes[i][c] = g_memdup2 (bytes + offset, size);
      offset += size;
    }
  }
}

static void
make_planes (Pair *pair, JsonObject *entry)
{
  const gchar *subsampling =
      json_object_get_string_member (entry, "subsampling");
  PlainFormat *format = &pair->format;
  gint unit, top;

  format->width = json_object_get_int_member (entry, "width");
  format->height = json_object_get_int_member (entry, "height");
  format->depth = json_object_get_int_member (entry, "depth");
  format->full_range = json_object_get_boolean_member (entry, "full");
  format->grey = strcmp (subsampling, "400") == 0;
  format->halved_across = strcmp (subsampling, "444") != 0;
  format->halved_down = strcmp (subsampling, "420") == 0;
  unit = 1 << (format->depth - 8);
  top = (1 << format->depth) - 1;
  for (guint c = 0; c < (format->grey ? 1 : 3); c++) {
    guint width = c == 0 ? format->width : plain_chroma_width (format);
    gsize n = plane_size (format, c);

    for (guint i = 0; i < 2; i++)
      pair->planes[i][c] = g_new (guint16, n);
    for (gsize i = 0; i < n; i++) {
      gint x = (gint) (i % width), y = (gint) (i / width);
      gint r = 3 * x * x + 5 * y * y + 7 * x * y + 31 * (gint) c;
      gint d = (11 * x + 17 * y + 5 * (gint) c) % 7 - 3;

      r = (16 + (r >> 3) % 220) * unit;
      pair->planes[0][c][i] = (guint16) r;
      pair->planes[1][c][i] = (guint16) CLAMP (r + d * unit, 0, top);
    }
  }
}

static Pair
load_pair (JsonObject *entry)
{
  const gchar *kind = json_object_get_string_member (entry, "kind");
  Pair pair = { 0 };

  if (strcmp (kind, "rgb") == 0)
    load_rgb (&pair, entry);
  else if (strcmp (kind, "src01") == 0)
    load_src01 (&pair, entry);
  else if (strcmp (kind, "yuv") == 0)
    make_planes (&pair, entry);
  else
    g_error ("unknown kind of entry: %s", kind);
  return pair;
}

static PlainPicture
plain_picture (const Pair *pair, guint i)
{
  const GoldenImage *rgb = pair->rgb[i];
  g_autofree guint16 *samples = NULL;
  gsize n;

  if (rgb == NULL)
    return plain_picture_of_planes (
        &pair->format, (const guint16 *const *) pair->planes[i]);
  n = (gsize) rgb->view.width * rgb->view.height;
  samples = g_new (guint16, 3 * n);
  for (gsize k = 0; k < 3 * n; k++)
    samples[k] = rgb->memory[k / 3 * 4 + k % 3];
  return plain_picture_of_rgb (rgb->view.width, rgb->view.height, 8, samples);
}

/* Exact, as text that reads back to the same double. */
static void
assert_exactly (guint entry, gdouble actual, const gchar *expected)
{
  if (actual != g_ascii_strtod (expected, NULL))
    g_error ("entry %u: %.17g instead of %s", entry, actual, expected);
}

static void
check_result (JsonObject *entry, guint number, gdouble distance, guint n_taps,
    const gdouble *taps)
{
  JsonArray *expected = json_object_get_array_member (entry, "taps");

  assert_exactly (
      number, distance, json_object_get_string_member (entry, "distance"));
  g_assert_cmpuint (n_taps, ==, json_array_get_length (expected));
  for (guint i = 0; i < n_taps; i++)
    assert_exactly (
        number, taps[i], json_array_get_string_element (expected, i));
}

static void
check_plain_program (const Pair *pair, JsonObject *entry, guint number)
{
  PlainPicture pictures[2];
  PlainResult result;

  for (guint i = 0; i < 2; i++)
    pictures[i] = plain_picture (pair, i);
  result = plain_mmd_ssim (&pictures[0], &pictures[1]);
  check_result (entry, number, result.distance, result.n_levels, result.taps);
  plain_result_clear (&result);
  for (guint i = 0; i < 2; i++)
    plain_picture_clear (&pictures[i]);
}

/* The library's view of one side; 8-bit samples are narrowed in place. */
static PerceptualImage
view (const Pair *pair, guint i)
{
  const PlainFormat *format = &pair->format;
  gsize bytes = format->depth > 8 ? 2 : 1;
  PerceptualImage image = { .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .width = format->width,
    .height = format->height,
    .depth = format->depth,
    .full_range = format->full_range };

  if (pair->rgb[i] != NULL)
    return pair->rgb[i]->view;
  for (guint c = 0; c < (format->grey ? 1 : 3); c++) {
    guint width = c == 0 ? format->width : plain_chroma_width (format);
    guint height = c == 0 ? format->height : plain_chroma_height (format);

    for (gsize k = 0; bytes == 1 && k < plane_size (format, c); k++)
      ((guint8 *) pair->planes[i][c])[k] = (guint8) pair->planes[i][c][k];
    image.planes[c] = (PerceptualPlane){ .data = pair->planes[i][c],
      .stride = width * bytes,
      .step = bytes,
      .width = width,
      .height = height };
  }
  return image;
}

static void
check_library (const Pair *pair, JsonObject *entry, guint number)
{
  static const guint threads[] = { 1, 2, 3, 7 };
  PerceptualImage a = view (pair, 0), b = view (pair, 1);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (PerceptualWorkers) workers =
        perceptual_workers_new (threads[i], NULL);
    g_autoptr (PerceptualMetric) metric =
        perceptual_metric_new ("mmd-ssim", NULL, workers, NULL);
    g_autoptr (GError) error = NULL;
    PerceptualResult result = { 0 };

    perceptual_metric_compare (
        metric, &a, &b, 1, PERCEPTUAL_COMPARE_NONE, &result, &error);
    g_assert_no_error (error);
    check_result (entry, number, result.distance, result.n_taps, result.taps);
  }
}

static void
for_each_entry (
    void (*check) (const Pair *pair, JsonObject *entry, guint number))
{
  g_autoptr (JsonObject) root = golden_json ("mmd-ssim.json");
  JsonArray *entries;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "entries");
  g_assert_cmpuint (json_array_get_length (entries), >=, 89);
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    Pair pair = load_pair (entry);

    check (&pair, entry, i);
    pair_clear (&pair);
  }
}

static void
test_the_plain_program_gives_every_bit (void)
{
  for_each_entry (check_plain_program);
}

static void
test_the_library_gives_every_bit (void)
{
  for_each_entry (check_library);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mmd-ssim/the-plain-program-gives-every-bit",
      test_the_plain_program_gives_every_bit);
  g_test_add_func ("/mmd-ssim/the-library-gives-every-bit",
      test_the_library_gives_every_bit);
  return g_test_run ();
}
