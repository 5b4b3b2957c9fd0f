/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frozen and black pictures on images made here: noise, moving squares, fades.
 */
#include "measuring/stillness.h"

/* A picture of either depth with padding in its rows. */
typedef struct
{
  PerceptualImage image;
  guint8 *memory;
} Picture;

static Picture
picture_new (PerceptualPixels pixels, guint width, guint height)
{
  gsize pixel = pixels == PERCEPTUAL_PIXELS_RGBX8 ? 4 : 8;
  gsize stride = (width + 3) * pixel;
  /* What is not written by the test is white, and would be seen. */
  guint8 *memory = g_malloc (stride * height);

  for (gsize i = 0; i < stride * height; i++)
    memory[i] = 0xff;
  return (Picture){ { .pixels = pixels,
                        .width = width,
                        .height = height,
                        .data = memory,
                        .stride = stride },
    memory };
}

static void
put (Picture *picture, guint x, guint y, gdouble level)
{
  guint8 *row = picture->memory + y * picture->image.stride;

  level = CLAMP (level, 0, 255);
  for (guint c = 0; c < 3; c++) {
    if (picture->image.pixels == PERCEPTUAL_PIXELS_RGBX8)
      row[4 * x + c] = (guint8) (level + .5);
    else
      ((guint16 *) (gpointer) row)[4 * x + c] = (guint16) (level * 257 + .5);
  }
}

static void
fill (Picture *picture, gdouble level)
{
  for (guint y = 0; y < picture->image.height; y++)
    for (guint x = 0; x < picture->image.width; x++)
      put (picture, x, y, level);
}

/* A grey picture with noise of amplitude @noise and a bright square of a
 * twelfth of the width at @at. */
static void
draw_scene (Picture *picture, guint at, gdouble noise, GRand *rand)
{
  guint side = picture->image.width / 12;

  for (guint y = 0; y < picture->image.height; y++) {
    for (guint x = 0; x < picture->image.width; x++) {
      gboolean inside = x >= at && x < at + side && y >= side && y < 2 * side;
      gdouble grain = noise * (2 * g_rand_double (rand) - 1);

      put (picture, x, y, (inside ? 200 : 90) + grain);
    }
  }
}

/* Scenes of a run: where the square is in reference and distorted picture. */
typedef struct
{
  guint reference;
  guint distorted;
  PerceptualPicture expected;
} Step;

static PerceptualPicture
judge (PerceptualStillness *stillness, const Picture *reference,
    const Picture *distorted)
{
  PerceptualThumbnail thumbnails[2];

  perceptual_thumbnail_take (&thumbnails[0], &reference->image, FALSE);
  perceptual_thumbnail_take (&thumbnails[1], &distorted->image, FALSE);
  return perceptual_stillness_judge (stillness, &thumbnails[0], &thumbnails[1]);
}

static void
run_steps (const Step *steps, guint n, PerceptualPixels pixels, gdouble noise)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  PerceptualStillness *stillness = perceptual_stillness_new ();
  Picture reference = picture_new (pixels, 320, 180);
  Picture distorted = picture_new (pixels, 320, 180);

  for (guint i = 0; i < n; i++) {
    draw_scene (&reference, steps[i].reference, noise, rand);
    draw_scene (&distorted, steps[i].distorted, 0, rand);
    g_assert_cmpint (
        judge (stillness, &reference, &distorted), ==, steps[i].expected);
  }
  perceptual_stillness_free (stillness);
  g_free (reference.memory);
  g_free (distorted.memory);
}

static void
test_a_picture_that_stops_while_the_reference_moves_is_frozen (void)
{
  const Step steps[] = {
    { 0, 0, PERCEPTUAL_PICTURE_NORMAL },
    { 10, 10, PERCEPTUAL_PICTURE_NORMAL },
    { 20, 10, PERCEPTUAL_PICTURE_FROZEN },
    { 30, 10, PERCEPTUAL_PICTURE_FROZEN },
    /* The reference stands, too, but elsewhere. */
    { 30, 10, PERCEPTUAL_PICTURE_FROZEN },
    { 40, 40, PERCEPTUAL_PICTURE_NORMAL },
    { 50, 50, PERCEPTUAL_PICTURE_NORMAL },
  };

  run_steps (steps, G_N_ELEMENTS (steps), PERCEPTUAL_PIXELS_RGBX8, 0);
  run_steps (steps, G_N_ELEMENTS (steps), PERCEPTUAL_PIXELS_RGBX16, 0);
  run_steps (steps, G_N_ELEMENTS (steps), PERCEPTUAL_PIXELS_RGBX8, 8);
}

static void
test_a_still_scene_is_not_frozen (void)
{
  const Step steps[] = {
    { 10, 10, PERCEPTUAL_PICTURE_NORMAL },
    { 10, 10, PERCEPTUAL_PICTURE_NORMAL },
    { 10, 10, PERCEPTUAL_PICTURE_NORMAL },
    { 10, 10, PERCEPTUAL_PICTURE_NORMAL },
  };

  run_steps (steps, G_N_ELEMENTS (steps), PERCEPTUAL_PIXELS_RGBX8, 0);
  /* Nor where an encoder took the grain out of it. */
  run_steps (steps, G_N_ELEMENTS (steps), PERCEPTUAL_PIXELS_RGBX8, 12);
  run_steps (steps, G_N_ELEMENTS (steps), PERCEPTUAL_PIXELS_RGBX16, 12);
}

static void
test_a_reference_that_is_back_where_it_was_is_not_frozen (void)
{
  const Step steps[] = {
    { 10, 10, PERCEPTUAL_PICTURE_NORMAL },
    { 90, 10, PERCEPTUAL_PICTURE_FROZEN },
    { 10, 10, PERCEPTUAL_PICTURE_NORMAL },
  };

  run_steps (steps, G_N_ELEMENTS (steps), PERCEPTUAL_PIXELS_RGBX8, 0);
}

static void
test_a_slow_fade_is_not_frozen (void)
{
  PerceptualStillness *stillness = perceptual_stillness_new ();
  Picture picture = picture_new (PERCEPTUAL_PIXELS_RGBX16, 64, 48);

  /* Each step is below what counts as still. */
  for (guint i = 0; i < 200; i++) {
    fill (&picture, 40 + i / 3.);
    g_assert_cmpint (
        judge (stillness, &picture, &picture), ==, PERCEPTUAL_PICTURE_NORMAL);
  }
  perceptual_stillness_free (stillness);
  g_free (picture.memory);
}

static void
test_black_is_told_apart_from_frozen_and_from_dark (void)
{
  PerceptualStillness *stillness = perceptual_stillness_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  Picture reference = picture_new (PERCEPTUAL_PIXELS_RGBX8, 320, 180);
  Picture distorted = picture_new (PERCEPTUAL_PIXELS_RGBX8, 320, 180);

  fill (&distorted, 10);
  for (guint i = 0; i < 5; i++) {
    draw_scene (&reference, 20 * i, 0, rand);
    g_assert_cmpint (judge (stillness, &reference, &distorted), ==,
        PERCEPTUAL_PICTURE_BLACK);
  }
  /* The reference fades out as well. */
  fill (&reference, 12);
  g_assert_cmpint (
      judge (stillness, &reference, &reference), ==, PERCEPTUAL_PICTURE_NORMAL);
  /* Dark, not black. */
  draw_scene (&reference, 0, 0, rand);
  fill (&distorted, 20);
  g_assert_cmpint (
      judge (stillness, &reference, &distorted), ==, PERCEPTUAL_PICTURE_NORMAL);
  /* A dark reference with a distorted picture a little darker. */
  fill (&reference, 18);
  fill (&distorted, 14);
  g_assert_cmpint (
      judge (stillness, &reference, &distorted), ==, PERCEPTUAL_PICTURE_NORMAL);
  perceptual_stillness_free (stillness);
  g_free (reference.memory);
  g_free (distorted.memory);
}

static void
test_reset_and_a_new_size_forget_the_last_picture (void)
{
  PerceptualStillness *stillness = perceptual_stillness_new ();
  Picture grey = picture_new (PERCEPTUAL_PIXELS_RGBX8, 64, 48);
  Picture light = picture_new (PERCEPTUAL_PIXELS_RGBX8, 64, 48);
  Picture wide_grey = picture_new (PERCEPTUAL_PIXELS_RGBX8, 96, 48);
  Picture tall_grey = picture_new (PERCEPTUAL_PIXELS_RGBX8, 48, 64);
  Picture wide_light = picture_new (PERCEPTUAL_PIXELS_RGBX8, 96, 48);

  fill (&grey, 90);
  fill (&wide_grey, 90);
  fill (&tall_grey, 90);
  fill (&light, 120);
  fill (&wide_light, 120);
  g_assert_cmpint (
      judge (stillness, &grey, &grey), ==, PERCEPTUAL_PICTURE_NORMAL);
  g_assert_cmpint (
      judge (stillness, &light, &grey), ==, PERCEPTUAL_PICTURE_FROZEN);
  perceptual_stillness_reset (stillness);
  g_assert_cmpint (
      judge (stillness, &light, &grey), ==, PERCEPTUAL_PICTURE_NORMAL);
  g_assert_cmpint (
      judge (stillness, &grey, &grey), ==, PERCEPTUAL_PICTURE_FROZEN);
  g_assert_cmpint (judge (stillness, &wide_light, &wide_grey), ==,
      PERCEPTUAL_PICTURE_NORMAL);
  /* Another width alone, or the same sides the other way round. */
  g_assert_cmpint (
      judge (stillness, &light, &grey), ==, PERCEPTUAL_PICTURE_NORMAL);
  g_assert_cmpint (
      judge (stillness, &wide_grey, &wide_grey), ==, PERCEPTUAL_PICTURE_NORMAL);
  g_assert_cmpint (
      judge (stillness, &light, &grey), ==, PERCEPTUAL_PICTURE_NORMAL);
  g_assert_cmpint (
      judge (stillness, &tall_grey, &tall_grey), ==, PERCEPTUAL_PICTURE_NORMAL);
  perceptual_stillness_free (stillness);
  g_free (tall_grey.memory);
  g_free (grey.memory);
  g_free (light.memory);
  g_free (wide_grey.memory);
  g_free (wide_light.memory);
}

/* At the level itself a picture is black, above it is not; so is one of which
 * a small share is lighter. */
static void
test_black_ends_above_its_level_and_share (void)
{
  PerceptualStillness *stillness = perceptual_stillness_new ();
  Picture light = picture_new (PERCEPTUAL_PIXELS_RGBX8, 256, 256);
  Picture dark = picture_new (PERCEPTUAL_PIXELS_RGBX8, 256, 256);
  const guint cells = 32 * 32;
  const guint share = (guint) (cells * PERCEPTUAL_BLACK_SHARE);

  fill (&light, 200);
  fill (&dark, PERCEPTUAL_BLACK_LEVELS);
  g_assert_cmpint (
      judge (stillness, &light, &dark), ==, PERCEPTUAL_PICTURE_BLACK);
  fill (&dark, PERCEPTUAL_BLACK_LEVELS + 1);
  g_assert_cmpint (
      judge (stillness, &light, &dark), ==, PERCEPTUAL_PICTURE_NORMAL);
  fill (&dark, 0);
  for (guint cell = 0; cell <= share; cell++) {
    for (guint i = 0; i < 64; i++)
      put (&dark, cell % 32 * 8 + i % 8, cell / 32 * 8 + i / 8, 200);
    g_assert_cmpint (judge (stillness, &light, &dark), ==,
        cell < share ? PERCEPTUAL_PICTURE_BLACK : PERCEPTUAL_PICTURE_NORMAL);
  }
  /* A reference that is hardly lighter than black is dark itself. */
  fill (&dark, 0);
  fill (&light, 2 * PERCEPTUAL_BLACK_LEVELS);
  g_assert_cmpint (
      judge (stillness, &light, &dark), !=, PERCEPTUAL_PICTURE_BLACK);
  fill (&light, 2 * PERCEPTUAL_BLACK_LEVELS + 1);
  g_assert_cmpint (
      judge (stillness, &light, &dark), ==, PERCEPTUAL_PICTURE_BLACK);
  perceptual_stillness_free (stillness);
  g_free (light.memory);
  g_free (dark.memory);
}

/* What moves by a level is still, as noise is; by more it has moved. */
static void
test_a_picture_that_moves_by_more_than_a_level_is_not_frozen (void)
{
  static const gdouble levels[] = { 90.9, 91.1, 89.1, 88.9 };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    PerceptualStillness *stillness = perceptual_stillness_new ();
    Picture reference = picture_new (PERCEPTUAL_PIXELS_RGBX16, 64, 48);
    Picture distorted = picture_new (PERCEPTUAL_PIXELS_RGBX16, 64, 48);

    fill (&reference, 90);
    fill (&distorted, 90);
    judge (stillness, &reference, &distorted);
    fill (&reference, 120);
    fill (&distorted, levels[i]);
    g_assert_cmpint (judge (stillness, &reference, &distorted), ==,
        i % 2 == 0 ? PERCEPTUAL_PICTURE_FROZEN : PERCEPTUAL_PICTURE_NORMAL);
    perceptual_stillness_free (stillness);
    g_free (reference.memory);
    g_free (distorted.memory);
  }
}

/* Range is that of planes; pixels have been brought to full range before. */
static void
test_thumbnails_of_pixels_are_of_full_range (void)
{
  Picture picture = picture_new (PERCEPTUAL_PIXELS_RGBX8, 16, 16);
  PerceptualThumbnail thumbnail;

  fill (&picture, 100);
  perceptual_thumbnail_take (&thumbnail, &picture.image, TRUE);
  for (guint k = 0; k < thumbnail.n; k++)
    g_assert_cmpfloat_with_epsilon (thumbnail.cells[k], 100, .01);
  g_free (picture.memory);
}

static void
test_thumbnails_cover_every_size (void)
{
  static const guint sizes[] = { 1, 2, 47, 48, 49, 385, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++) {
      for (guint wide = 0; wide < 2; wide++) {
        Picture picture = picture_new (
            wide ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8, sizes[i],
            sizes[j]);
        PerceptualThumbnail thumbnail;

        fill (&picture, 100);
        perceptual_thumbnail_take (&thumbnail, &picture.image, FALSE);
        g_assert_cmpuint (thumbnail.n, ==,
            CLAMP (sizes[i] / 8, 1, PERCEPTUAL_THUMBNAIL_SIDE)
                * CLAMP (sizes[j] / 8, 1, PERCEPTUAL_THUMBNAIL_SIDE));
        for (guint k = 0; k < thumbnail.n; k++)
          g_assert_cmpfloat_with_epsilon (thumbnail.cells[k], 100, .01);
        g_free (picture.memory);
      }
    }
  }
}

/* In bytes and in words with unused bits below. */
static void
test_thumbnails_read_planes_in_their_range (void)
{
  static const guint codes[][3] = { { 16, 0, 16 }, { 235, 255, 235 },
    { 0, 0, 0 }, { 255, 255, 255 }, { 126, 128, 126 } };
  guint16 *words = g_new (guint16, 64 * 64);
  guint8 *bytes = g_new (guint8, 64 * 64 * 2);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    PerceptualImage image = { .width = 64, .height = 64, .depth = 8 };
    PerceptualThumbnail thumbnail;

    /* Every second byte belongs to something else. */
    for (guint j = 0; j < 64 * 64; j++) {
      bytes[2 * j] = (guint8) codes[i][2];
      bytes[2 * j + 1] = 77;
      words[j] = (guint16) (codes[i][2] << 8);
    }
    image.planes[0] = (PerceptualPlane){ bytes, 128, 2, 64, 64 };
    perceptual_thumbnail_take (&thumbnail, &image, FALSE);
    g_assert_cmpuint (thumbnail.n, ==, 64);
    for (guint k = 0; k < 64; k++)
      g_assert_cmpfloat_with_epsilon (thumbnail.cells[k], codes[i][0], .01);
    perceptual_thumbnail_take (&thumbnail, &image, TRUE);
    for (guint k = 0; k < 64; k++)
      g_assert_cmpfloat_with_epsilon (thumbnail.cells[k], codes[i][1], .5);
    image.depth = 10;
    image.shift = 6;
    image.planes[0] = (PerceptualPlane){ words, 128, 2, 64, 64 };
    perceptual_thumbnail_take (&thumbnail, &image, TRUE);
    for (guint k = 0; k < 64; k++)
      g_assert_cmpfloat_with_epsilon (thumbnail.cells[k], codes[i][1], .5);
  }
  g_free (words);
  g_free (bytes);
}

#define TEST(name, function) g_test_add_func ("/stillness/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("a-picture-that-stops-while-the-reference-moves-is-frozen",
      test_a_picture_that_stops_while_the_reference_moves_is_frozen);
  TEST ("a-still-scene-is-not-frozen", test_a_still_scene_is_not_frozen);
  TEST ("a-reference-that-is-back-where-it-was-is-not-frozen",
      test_a_reference_that_is_back_where_it_was_is_not_frozen);
  TEST ("a-slow-fade-is-not-frozen", test_a_slow_fade_is_not_frozen);
  TEST ("black-is-told-apart-from-frozen-and-from-dark",
      test_black_is_told_apart_from_frozen_and_from_dark);
  TEST ("reset-and-a-new-size-forget-the-last-picture",
      test_reset_and_a_new_size_forget_the_last_picture);
  TEST ("black-ends-above-its-level-and-share",
      test_black_ends_above_its_level_and_share);
  TEST ("thumbnails-of-pixels-are-of-full-range",
      test_thumbnails_of_pixels_are_of_full_range);
  TEST ("a-picture-that-moves-by-more-than-a-level-is-not-frozen",
      test_a_picture_that_moves_by_more_than_a_level_is_not_frozen);
  TEST ("thumbnails-cover-every-size", test_thumbnails_cover_every_size);
  TEST ("thumbnails-read-planes-in-their-range",
      test_thumbnails_read_planes_in_their_range);
  return g_test_run ();
}
