/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd-ssim against the plain program of its definition, to the last bit, for
 * every layout of samples and level of kernels; and what must be true of any
 * distance.
 */
#include "../sanitized.h"
#include "images.h"
#include "machine/cpu.h"
#include "metric-private.h"
#include "plain-mmd-ssim.h"
#include "seeded.h"

#include <math.h>
#include <string.h>

#define MARGIN 9 /* bytes or words behind each row, of garbage */

/* --- pictures ------------------------------------------------------------- */

typedef struct
{
  PlainFormat format;
  gboolean rgb;
  gboolean packed;     /* Cb and Cr, in turns, in one plane */
  guint shift;         /* unused bits below a sample */
  guint16 *samples[3]; /* of R'G'B' only the first */
  guint8 *memory[3];
  PerceptualImage view;
} Picture;

static void
picture_clear (Picture *picture)
{
  for (guint c = 0; c < 3; c++) {
    g_clear_pointer (&picture->samples[c], g_free);
    g_clear_pointer (&picture->memory[c], g_free);
  }
}

static guint
plane_width (const PlainFormat *format, guint c)
{
  return c == 0 ? format->width : plain_chroma_width (format);
}

static guint
plane_height (const PlainFormat *format, guint c)
{
  return c == 0 ? format->height : plain_chroma_height (format);
}

/* Writes a plane into memory of samples @step apart from entry @first on. */
static void
lay_out (const Picture *picture, guint c, guint8 *memory, gsize stride,
    guint first, guint step)
{
  guint width = plane_width (&picture->format, c);

  for (guint y = 0; y < plane_height (&picture->format, c); y++) {
    for (guint x = 0; x < width; x++) {
      guint v = picture->samples[c][(gsize) y * width + x] << picture->shift;
      gsize entry = y * stride + first + (gsize) x * step;

      if (picture->format.depth > 8)
        ((guint16 *) (gpointer) memory)[entry] = (guint16) v;
      else
        memory[entry] = (guint8) v;
    }
  }
}

static void
view_planes (Picture *picture)
{
  const PlainFormat *format = &picture->format;
  PerceptualImage *view = &picture->view;
  guint bytes = format->depth > 8 ? 2 : 1;

  *view = (PerceptualImage){ .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .width = format->width,
    .height = format->height,
    .depth = format->depth,
    .shift = picture->shift,
    .full_range = format->full_range,
    .matrix = 1,
    .primaries = 1 };
  for (guint c = 0; c < (format->grey ? 1 : 3); c++) {
    guint step = c > 0 && picture->packed ? 2 : 1;
    guint first = c == 2 && picture->packed ? 1 : 0;
    gsize stride = (gsize) plane_width (format, c) * step + MARGIN;
    gsize size = stride * plane_height (format, c) * bytes;

    if (first == 0) {
      picture->memory[c] = g_malloc (size);
      memset (picture->memory[c], 0x5a, size);
    }
    lay_out (picture, c, picture->memory[c - first], stride, first, step);
    view->planes[c] =
        (PerceptualPlane){ picture->memory[c - first] + first * bytes,
          stride * bytes, step * bytes, plane_width (format, c),
          plane_height (format, c) };
  }
}

static void
view_rgb (Picture *picture)
{
  const PlainFormat *format = &picture->format;
  gboolean wide = format->depth > 8;
  gsize stride = (gsize) format->width + MARGIN;

  picture->memory[0] = g_malloc0 (stride * format->height * (wide ? 8 : 4));
  for (gsize i = 0; i < (gsize) format->width * format->height * 3; i++) {
    gsize pixel = i / 3 / format->width * stride + i / 3 % format->width;
    guint16 v = picture->samples[0][i];

    if (wide)
      ((guint16 *) (gpointer) picture->memory[0])[4 * pixel + i % 3] = v;
    else
      picture->memory[0][4 * pixel + i % 3] = (guint8) v;
  }
  picture->view = (PerceptualImage){
    .pixels = wide ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8,
    .width = format->width,
    .height = format->height,
    .data = picture->memory[0],
    .stride = stride * (wide ? 8 : 4),
  };
}

static void
view_picture (Picture *picture)
{
  if (picture->rgb)
    view_rgb (picture);
  else
    view_planes (picture);
}

/* Edges, a wave and noise of @noise of 255. */
static gdouble
pattern (guint x, guint y, guint c, gdouble noise, PerceptualRng *rng)
{
  return 128 + 50 * sin (x * .21 + c) * cos (y * .13 - c)
      + ((x / 7 + y / 11 + c) % 2 ? 40 : -40)
      + noise * (perceptual_rng_uniform (rng) * 2 - 1);
}

/* @like: format, layout and nothing else of it */
static Picture
make_picture (const Picture *like, gdouble noise, guint64 seed)
{
  Picture picture = *like;
  const PlainFormat *format = &picture.format;
  gdouble unit = ((1 << format->depth) - 1) / 255.;
  PerceptualRng rng;

  perceptual_rng_init (&rng, seed);
  for (guint c = 0; c < (picture.rgb || format->grey ? 1 : 3); c++) {
    guint width = plane_width (format, c) * (picture.rgb ? 3 : 1);
    gsize n = (gsize) width * plane_height (format, c);

    picture.samples[c] = g_new (guint16, n);
    for (gsize i = 0; i < n; i++) {
      gdouble v = pattern ((guint) (i % width), (guint) (i / width),
          c + (picture.rgb ? i % 3 : 0), noise, &rng);

      picture.samples[c][i] = (guint16) (CLAMP (v, 0, 255) * unit);
    }
  }
  view_picture (&picture);
  return picture;
}

static PlainPicture
plain_picture (const Picture *picture)
{
  if (picture->rgb)
    return plain_picture_of_rgb (picture->format.width, picture->format.height,
        picture->format.depth, picture->samples[0]);
  return plain_picture_of_planes (
      &picture->format, (const guint16 *const *) picture->samples);
}

/* --- measuring ------------------------------------------------------------ */

/* Compares with @n distorted pictures at once. */
static void
measure (guint threads, guint strip_rows, const PerceptualImage *a,
    const PerceptualImage *b, guint n, PerceptualResult *results)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new ("mmd-ssim", NULL, workers, NULL);
  g_autoptr (GError) error = NULL;

  metric->strip_rows = strip_rows;
  perceptual_metric_compare (
      metric, a, b, n, PERCEPTUAL_COMPARE_NONE, results, &error);
  g_assert_no_error (error);
}

static gdouble
distance (const Picture *a, const Picture *b)
{
  PerceptualResult result = { 0 };

  measure (1, 0, &a->view, &b->view, 1, &result);
  return result.distance;
}

static PlainResult
measure_plainly (const Picture *a, const Picture *b)
{
  PlainPicture plain_a = plain_picture (a), plain_b = plain_picture (b);
  PlainResult plain = plain_mmd_ssim (&plain_a, &plain_b);

  plain_picture_clear (&plain_a);
  plain_picture_clear (&plain_b);
  return plain;
}

/* By ==, which takes 0 and -0 for equal: distances are never -0 or NaN. */
static void
assert_same (const PlainFormat *format, const PlainResult *plain,
    const PerceptualResult *result)
{
  if (result->distance != plain->distance)
    g_error ("%ux%u, %u bits: %.17g instead of %.17g", format->width,
        format->height, format->depth, result->distance, plain->distance);
  g_assert_cmpuint (result->n_taps, ==, plain->n_levels);
  for (guint l = 0; l < plain->n_levels; l++)
    g_assert_true (result->taps[l] == plain->taps[l]);
}

static void
assert_plain (
    const Picture *a, const Picture *b, const PerceptualResult *result)
{
  PlainResult plain = measure_plainly (a, b);

  assert_same (&a->format, &plain, result);
  plain_result_clear (&plain);
}

static void
compare_with_plain (const Picture *like_a, const Picture *like_b, guint seed)
{
  Picture a = make_picture (like_a, 20, seed);
  Picture b = make_picture (like_b, 60, seed + 1);
  PerceptualResult result = { 0 };

  measure (1 + seed % 3, seed % 5 * 8, &a.view, &b.view, 1, &result);
  assert_plain (&a, &b, &result);
  picture_clear (&a);
  picture_clear (&b);
}

/* --- layouts -------------------------------------------------------------- */

static const Picture layouts[] = {
  { .format = { .depth = 8, .halved_across = 1, .halved_down = 1 } },
  { .format = { .depth = 8, .full_range = TRUE, .halved_across = 1 } },
  { .format = { .depth = 8 }, .packed = TRUE },
  { .format = { .depth = 8, .halved_down = 1 } },
  { .format = { .depth = 8,
        .full_range = TRUE,
        .halved_across = 1,
        .halved_down = 1 },
      .packed = TRUE },
  { .format = { .depth = 10, .halved_across = 1, .halved_down = 1 },
      .packed = TRUE,
      .shift = 6 },
  { .format = { .depth = 10, .full_range = TRUE } },
  { .format = { .depth = 12, .halved_across = 1 }, .shift = 4 },
  { .format = { .depth = 9, .halved_down = 1 }, .packed = TRUE },
  { .format = { .depth = 16, .halved_across = 1, .halved_down = 1 } },
  { .format = { .depth = 8, .grey = TRUE } },
  { .format = { .depth = 14, .full_range = TRUE, .grey = TRUE } },
};

static const Picture rgb_layouts[] = {
  { .format = { .depth = 8 }, .rgb = TRUE },
  { .format = { .depth = 16 }, .rgb = TRUE },
};

static Picture
sized (const Picture *like, guint width, guint height)
{
  Picture picture = *like;

  picture.format.width = width;
  picture.format.height = height;
  return picture;
}

static void
compare_layouts (guint width, guint height, guint seed)
{
  guint n = G_N_ELEMENTS (layouts);
  Picture a = sized (&layouts[seed % n], width, height);
  Picture b = sized (&layouts[(seed / 3) % n], width, height);

  compare_with_plain (&a, &b, seed);
}

/* With sanitizers a third of them, in which each width and height is. */
static void
compare_size (guint width, guint height, guint sum, guint seed)
{
  if (!test_sanitized () || sum % 3 == 0)
    compare_layouts (width, height, seed);
}

static void
check_sizes (void)
{
  static const guint sides[] = { 23, 31, 32, 33, 63, 64, 65, 72, 127, 200 };
  guint seed = 0;

  for (guint height = 1; height <= 18; height++)
    for (guint width = 1; width <= 18; width++)
      compare_size (width, height, width + height, seed++);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sides); j++)
      compare_size (sides[i], sides[j], i + j, seed++);
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    compare_layouts (257, 19, i * 4);
  compare_layouts (1031, 40, 0);
  compare_layouts (370, 363, 0);
  for (guint i = 0; i < 60; i++) {
    Picture like =
        sized (&rgb_layouts[i % 2], 1 + i * 37 % 101, 1 + i * 53 % 97);

    compare_with_plain (&like, &like, i);
  }
}

static gboolean
has_level (const gchar *level)
{
  static const gchar *const names[] = { "c", "avx2", "avx512" };
  PerceptualCpu levels[3];
  guint n = perceptual_cpu_levels (levels);

  return g_str_equal (level, names[levels[0]])
      || (n > 1 && g_str_equal (level, names[levels[1]]))
      || (n > 2 && g_str_equal (level, names[levels[2]]));
}

/* The level is chosen once in a process, so that each has one of its own. */
static void
test_every_size_gives_the_plain_program_s_bits (gconstpointer level)
{
  if (!has_level (level)) {
    g_test_skip ("this machine has no such kernels");
    return;
  }
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  g_setenv ("PERCEPTUAL_KERNELS", level, TRUE);
  check_sizes ();
}

/* --- several at once ------------------------------------------------------ */

static void
test_threads_and_strips_change_no_bit (void)
{
  static const guint threads[] = { 1, 2, 3, 7 };
  static const guint strips[] = { 1, 8, 24, 100, 5000 };
  Picture like = sized (&layouts[0], 371, 389);
  Picture a = make_picture (&like, 10, 1), b = make_picture (&like, 30, 2);
  PlainResult plain = measure_plainly (&a, &b);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (strips); j++) {
      PerceptualResult result = { 0 };

      measure (threads[i], strips[j], &a.view, &b.view, 1, &result);
      assert_same (&a.format, &plain, &result);
    }
  }
  plain_result_clear (&plain);
  picture_clear (&a);
  picture_clear (&b);
}

/* Planes of the same matrix, grey, another range and depth; and, by R'G'B',
 * another matrix. */
static void
test_each_distorted_picture_is_read_in_its_own_way (void)
{
  Picture likes[4] = { sized (&layouts[0], 75, 90),
    sized (&layouts[10], 75, 90), sized (&layouts[6], 75, 90),
    sized (&layouts[0], 75, 90) };
  Picture rgb_like = sized (&rgb_layouts[0], 75, 90);
  Picture rgb[2] = { make_picture (&rgb_like, 5, 20),
    make_picture (&rgb_like, 25, 21) };
  Picture reference = make_picture (&likes[0], 5, 1), distorted[4];
  PerceptualImage views[4];
  PerceptualResult results[4] = { 0 };

  for (guint i = 0; i < 4; i++) {
    distorted[i] = make_picture (&likes[i], 10, 2 + i);
    views[i] = distorted[i].view;
  }
  reference.view.data = rgb[0].view.data;
  reference.view.stride = rgb[0].view.stride;
  views[3].data = rgb[1].view.data;
  views[3].stride = rgb[1].view.stride;
  views[3].matrix = 2;
  measure (2, 0, &reference.view, views, 4, results);
  for (guint i = 0; i < 3; i++)
    assert_plain (&reference, &distorted[i], &results[i]);
  assert_plain (&rgb[0], &rgb[1], &results[3]);
  for (guint i = 0; i < 4; i++)
    picture_clear (&distorted[i]);
  picture_clear (&reference);
  picture_clear (&rgb[0]);
  picture_clear (&rgb[1]);
}

static void
test_planes_that_cannot_be_compared_need_pixels (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new ("mmd-ssim", NULL, workers, NULL);
  g_autoptr (GError) error = NULL;
  Picture like = sized (&layouts[0], 20, 20);
  Picture a = make_picture (&like, 5, 1), b = make_picture (&like, 5, 2);
  PerceptualResult result = { 0 };

  b.view.primaries = 9;
  g_assert_false (perceptual_metric_compare (
      metric, &a.view, &b.view, 1, PERCEPTUAL_COMPARE_NONE, &result, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE);
  g_assert_nonnull (strstr (error->message, "R'G'B'"));
  picture_clear (&a);
  picture_clear (&b);
}

/* --- what holds of a distance --------------------------------------------- */

static void
test_distances_are_symmetric_and_0_for_the_same (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    Picture like = sized (&layouts[i], 90, 61);
    Picture a = make_picture (&like, 10, 1), b = make_picture (&like, 40, 2);
    gdouble forth = distance (&a, &b);

    g_assert_cmpfloat (forth, >, 0);
    g_assert_true (forth == distance (&b, &a));
    g_assert_true (distance (&a, &a) == 0);
    picture_clear (&a);
    picture_clear (&b);
  }
}

/* Each sample becomes the mean of its row's samples up to @radius away. */
static Picture
blurred (const Picture *from, guint radius)
{
  Picture picture = make_picture (from, 0, 0);

  for (guint c = 0; c < 3; c++) {
    gint width = (gint) plane_width (&from->format, c);

    for (gint y = 0; y < (gint) plane_height (&from->format, c); y++) {
      for (gint x = 0; x < width; x++) {
        gint r = (gint) radius, sum = 0;

        for (gint d = -r; d <= r; d++)
          sum += from->samples[c][y * width + CLAMP (x + d, 0, width - 1)];
        picture.samples[c][y * width + x] = (guint16) (sum / (2 * r + 1));
      }
    }
  }
  g_free (picture.memory[0]);
  g_free (picture.memory[1]);
  g_free (picture.memory[2]);
  view_picture (&picture);
  return picture;
}

static void
test_more_blur_and_more_noise_are_more_distance (void)
{
  Picture like = sized (&layouts[0], 160, 120);
  Picture clean = make_picture (&like, 6, 1);
  gdouble last = 0;

  for (guint radius = 1; radius <= 8; radius++) {
    Picture worse = blurred (&clean, radius);
    gdouble d = distance (&clean, &worse);

    g_assert_cmpfloat (d, >, last);
    last = d;
    picture_clear (&worse);
  }
  last = 0;
  for (guint noise = 8; noise <= 128; noise += noise / 4) {
    Picture worse = make_picture (&like, noise, 1);
    gdouble d = distance (&clean, &worse);

    g_assert_cmpfloat (d, >, last);
    last = d;
    picture_clear (&worse);
  }
  picture_clear (&clean);
}

static Picture
flat (const Picture *like, guint value)
{
  Picture picture = make_picture (like, 0, 0);

  for (guint c = 0; c < 3; c++) {
    gsize n = (gsize) plane_width (&like->format, c)
        * plane_height (&like->format, c);

    for (gsize i = 0; picture.samples[c] != NULL && i < n; i++)
      picture.samples[c][i] = (guint16) (c == 0 ? value : 128);
    g_clear_pointer (&picture.memory[c], g_free);
  }
  view_picture (&picture);
  return picture;
}

static void
test_flat_pictures_differ_by_their_grey (void)
{
  Picture like = sized (&layouts[1], 50, 40);
  Picture black = flat (&like, 0), grey = flat (&like, 120);
  Picture white = flat (&like, 255);

  g_assert_true (distance (&black, &black) == 0);
  g_assert_true (distance (&white, &white) == 0);
  g_assert_cmpfloat (distance (&black, &grey), >, .05);
  g_assert_cmpfloat (distance (&black, &white), >, .05);
  g_assert_cmpfloat (distance (&black, &white), <, 1.1);
  picture_clear (&black);
  picture_clear (&grey);
  picture_clear (&white);
}

/* --- encodings of one picture --------------------------------------------- */

/* The samples of an 8-bit picture as @like has them: @like's chroma is less
 * subsampled or the same. */
static Picture
encode (const Picture *from, const Picture *like)
{
  Picture picture = make_picture (like, 0, 0);
  guint up = like->format.depth - from->format.depth;

  for (guint c = 0; c < (like->format.grey ? 1 : 3); c++) {
    guint width = plane_width (&like->format, c);
    guint from_width = plane_width (&from->format, c);
    guint across = c > 0 && width != from_width ? 2 : 1;
    guint down =
        plane_height (&like->format, c) != plane_height (&from->format, c) ? 2
                                                                           : 1;

    for (gsize i = 0; i < (gsize) width * plane_height (&like->format, c); i++)
      picture.samples[c][i] =
          (guint16) (from->samples[c][i / width / down * from_width
                         + i % width / across]
              << up);
    g_clear_pointer (&picture.memory[c], g_free);
  }
  view_picture (&picture);
  return picture;
}

static void
test_one_picture_in_other_encodings_is_0_away (void)
{
  Picture like = sized (&layouts[0], 101, 77);
  Picture picture = make_picture (&like, 20, 1);

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    Picture other_like = sized (&layouts[i], 101, 77), other;

    if (layouts[i].format.full_range || layouts[i].format.grey)
      continue;
    other = encode (&picture, &other_like);
    g_assert_true (distance (&picture, &other) == 0);
    picture_clear (&other);
  }
  picture_clear (&picture);
}

/* Full range to limited rounds; what that leaves is far below what is seen. */
static void
test_another_range_is_near_0 (void)
{
  Picture full_like = sized (&layouts[4], 200, 160);
  Picture limited_like = sized (&layouts[0], 200, 160);
  Picture full = make_picture (&full_like, 20, 1);
  Picture limited = make_picture (&limited_like, 0, 0);

  for (guint c = 0; c < 3; c++) {
    gsize n =
        (gsize) plane_width (&full.format, c) * plane_height (&full.format, c);

    for (gsize i = 0; i < n; i++) {
      gint v = full.samples[c][i];

      limited.samples[c][i] =
          (guint16) (c == 0 ? lrint (16 + v * 219 / 255.)
                            : lrint (128 + (v - 128) * 224 / 255.));
    }
    g_clear_pointer (&limited.memory[c], g_free);
  }
  view_picture (&limited);
  g_assert_cmpfloat (distance (&full, &limited), >, 0);
  g_assert_cmpfloat (distance (&full, &limited), <, .003);
  picture_clear (&full);
  picture_clear (&limited);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/mmd-ssim/every-size-gives-the-plain-program-s-bits/c",
      "c", test_every_size_gives_the_plain_program_s_bits);
  g_test_add_data_func (
      "/mmd-ssim/every-size-gives-the-plain-program-s-bits/avx2", "avx2",
      test_every_size_gives_the_plain_program_s_bits);
  g_test_add_data_func (
      "/mmd-ssim/every-size-gives-the-plain-program-s-bits/avx512", "avx512",
      test_every_size_gives_the_plain_program_s_bits);
  g_test_add_func ("/mmd-ssim/threads-and-strips-change-no-bit",
      test_threads_and_strips_change_no_bit);
  g_test_add_func ("/mmd-ssim/each-distorted-picture-is-read-in-its-own-way",
      test_each_distorted_picture_is_read_in_its_own_way);
  g_test_add_func ("/mmd-ssim/planes-that-cannot-be-compared-need-pixels",
      test_planes_that_cannot_be_compared_need_pixels);
  g_test_add_func ("/mmd-ssim/distances-are-symmetric-and-0-for-the-same",
      test_distances_are_symmetric_and_0_for_the_same);
  g_test_add_func ("/mmd-ssim/more-blur-and-more-noise-are-more-distance",
      test_more_blur_and_more_noise_are_more_distance);
  g_test_add_func ("/mmd-ssim/flat-pictures-differ-by-their-grey",
      test_flat_pictures_differ_by_their_grey);
  g_test_add_func ("/mmd-ssim/one-picture-in-other-encodings-is-0-away",
      test_one_picture_in_other_encodings_is_0_away);
  g_test_add_func (
      "/mmd-ssim/another-range-is-near-0", test_another_range_is_near_0);
  return g_test_run ();
}
