/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Flaws as pure functions of pixels.
 */
#include "judge/data/flaw.h"

#include <math.h>
#include <string.h>

#define WIDTH 120
#define HEIGHT 96

static JudgeImage *
make_image (guint8 (*sample) (guint x, guint y, guint c))
{
  JudgeImage *image = judge_image_new (WIDTH, HEIGHT);

  for (guint y = 0; y < HEIGHT; y++) {
    for (guint x = 0; x < WIDTH; x++) {
      for (guint c = 0; c < 3; c++)
        image->memory[y * image->view.stride + x * 4 + c] = sample (x, y, c);
    }
  }
  return image;
}

/* No two neighbours alike, in any channel. */
static guint8
busy (guint x, guint y, guint c)
{
  return (guint8) (x * 37 + y * 101 + c * 59 + x * y);
}

static guint8
grey (guint x, guint y, guint c)
{
  return 128;
}

static guint8
slope (guint x, guint y, guint c)
{
  return (guint8) (20 + x + y / 2);
}

static guint8
sample_at (const JudgeImage *image, guint x, guint y, guint c)
{
  return image->memory[y * image->view.stride + x * 4 + c];
}

static JudgeRegion
region_for (guint steps)
{
  JudgeRegion region;

  g_assert_true (judge_flaw_region (WIDTH, HEIGHT, steps, &region));
  return region;
}

static JudgeImage *
apply (const gchar *name, const JudgeImage *image, guint steps, guint step,
    guint64 seed)
{
  JudgeRegion region = region_for (steps);
  gint flaw = judge_flaw_find (name);
  g_autoptr (GError) error = NULL;
  JudgeImage *flawed;

  g_assert_cmpint (flaw, >=, 0);
  flawed =
      judge_flaw_apply (&judge_flaws[flaw], image, &region, step, seed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (flawed->view.width, ==, region.width);
  g_assert_cmpuint (flawed->view.height, ==, region.height);
  return flawed;
}

static gboolean
same (const JudgeImage *a, const JudgeImage *b)
{
  return memcmp (a->memory, b->memory, a->view.stride * a->view.height) == 0;
}

static gdouble
mean_square (const JudgeImage *a, const JudgeImage *b)
{
  gdouble sum = 0;

  for (guint y = 0; y < a->view.height; y++) {
    for (guint x = 0; x < a->view.width; x++) {
      for (guint c = 0; c < 3; c++) {
        gdouble d = sample_at (a, x, y, c) - sample_at (b, x, y, c);

        sum += d * d;
      }
    }
  }
  return sum / (3. * a->view.width * a->view.height);
}

static void
test_step_0_is_the_original_and_1_is_not (void)
{
  g_autoptr (JudgeImage) image = make_image (busy);
  JudgeRegion region = region_for (3);

  g_assert_cmpuint (judge_flaw_count (), ==, 11);
  for (guint i = 0; i < judge_flaw_count (); i++) {
    g_autoptr (JudgeImage) none = apply (judge_flaws[i].name, image, 3, 0, 0);
    g_autoptr (JudgeImage) some = apply (judge_flaws[i].name, image, 3, 1, 0);

    for (guint y = 0; y < region.height; y++)
      g_assert_cmpmem (none->memory + y * none->view.stride, region.width * 4,
          image->memory + (region.y + y) * image->view.stride + region.x * 4,
          region.width * 4);
    g_assert_false (same (none, some));
  }
}

static void
test_translation_moves_pixels_exactly (void)
{
  g_autoptr (JudgeImage) image = make_image (busy);
  JudgeRegion region = region_for (4);

  for (guint step = 1; step <= 4; step++) {
    g_autoptr (JudgeImage) moved = apply ("translate", image, 4, step, 0);

    for (guint y = 0; y < region.height; y++) {
      for (guint x = 0; x < region.width; x++)
        g_assert_cmpuint (sample_at (moved, x, y, 1), ==,
            busy (region.x + x - step, region.y + y, 1));
    }
  }
}

/* A turned slope is a slope up to the region's corners, where nothing may come
 * from beyond the border. */
static void
test_rotation_turns_a_slope_without_touching_the_border (void)
{
  g_autoptr (JudgeImage) image = make_image (slope);
  guint steps = JUDGE_FLAW_MAX_STEPS;
  JudgeRegion region = region_for (steps);

  for (guint step = 1; step <= steps; step++) {
    g_autoptr (JudgeImage) turned = apply ("rotate", image, steps, step, 0);
    gdouble c = cos (step * G_PI / 180), s = sin (step * G_PI / 180);

    for (guint i = 0; i < region.height; i++) {
      for (guint j = 0; j < region.width; j++) {
        gdouble x = region.x + j - (WIDTH - 1) / 2.;
        gdouble y = region.y + i - (HEIGHT - 1) / 2.;
        gdouble from_x = (WIDTH - 1) / 2. + x * c - y * s;
        gdouble from_y = (HEIGHT - 1) / 2. + x * s + y * c;

        g_assert_cmpfloat (from_x, >=, 1);
        g_assert_cmpfloat (from_x, <=, WIDTH - 2);
        /* .5 for y / 2 cut to whole numbers, .5 for rounding. */
        g_assert_cmpfloat_with_epsilon (
            sample_at (turned, j, i, 0), 20 + from_x + from_y / 2 - .25, 1.1);
      }
    }
  }
}

/* From the whole image, so that the second time has what it needs. */
static void
assert_twice_is_nothing (const gchar *name)
{
  const JudgeFlaw *flaw = &judge_flaws[judge_flaw_find (name)];
  const JudgeRegion whole = { 0, 0, WIDTH, HEIGHT };
  g_autoptr (JudgeImage) image = make_image (busy);
  g_autoptr (JudgeImage) once =
      judge_flaw_apply (flaw, image, &whole, 1, 0, NULL);
  g_autoptr (JudgeImage) twice =
      judge_flaw_apply (flaw, once, &whole, 1, 0, NULL);

  g_assert_false (same (image, once));
  for (guint y = 0; y < HEIGHT; y++) {
    for (guint x = 0; x < WIDTH; x++) {
      for (guint c = 0; c < 3; c++)
        g_assert_cmpuint (sample_at (twice, x, y, c), ==, busy (x, y, c));
    }
  }
}

static void
test_inverting_mirroring_and_swapping_twice_is_nothing (void)
{
  g_autoptr (JudgeImage) image = make_image (busy);
  g_autoptr (JudgeImage) none = apply ("invert", image, 2, 0, 0);
  g_autoptr (JudgeImage) inverted = apply ("invert", image, 2, 1, 0);
  g_autoptr (JudgeImage) mirrored = apply ("mirror", image, 2, 1, 0);

  assert_twice_is_nothing ("invert");
  assert_twice_is_nothing ("mirror");
  assert_twice_is_nothing ("swap");
  g_assert_cmpuint (
      sample_at (inverted, 3, 5, 2), ==, 255 - sample_at (none, 3, 5, 2));
  g_assert_cmpuint (sample_at (mirrored, 3, 5, 2), ==,
      sample_at (none, none->view.width - 4, 5, 2));
}

static void
test_noise_has_its_variance_and_its_seed (void)
{
  g_autoptr (JudgeImage) image = make_image (grey);
  g_autoptr (JudgeImage) none = apply ("noise", image, 4, 0, 0);

  for (guint step = 1; step <= 4; step++) {
    g_autoptr (JudgeImage) noisy = apply ("noise", image, 4, step, 7);
    g_autoptr (JudgeImage) again = apply ("noise", image, 4, step, 7);
    g_autoptr (JudgeImage) other = apply ("noise", image, 4, step, 8);
    g_autoptr (JudgeImage) far =
        apply ("noise", image, 4, step, 7 + ((guint64) 1 << 32));
    gdouble variance = 25. * step * step;

    g_assert_true (same (noisy, again));
    g_assert_false (same (noisy, other));
    g_assert_false (same (noisy, far));
    /* About 20000 samples: the variance's own spread is 1 %. */
    g_assert_cmpfloat_with_epsilon (
        mean_square (noisy, none), variance + 1 / 12., .05 * variance);
  }
}

static void
test_flat_patches_have_no_variance_and_add_up (void)
{
  g_autoptr (JudgeImage) image = make_image (busy);
  JudgeRegion region = region_for (5);
  guint side = MIN (region.width, region.height) / 8;

  for (guint step = 1; step <= 5; step++) {
    g_autoptr (JudgeImage) flawed = apply ("flat", image, 5, step, 3);
    guint flat = 0;

    for (guint y = 0; y + side <= region.height; y += side) {
      for (guint x = 0; x + side <= region.width; x += side) {
        gboolean one = TRUE, touched = FALSE;

        for (guint i = 0; i < side * side; i++) {
          guint8 v = sample_at (flawed, x + i % side, y + i / side, 0);

          one &= v == sample_at (flawed, x, y, 0);
          touched |=
              v != busy (region.x + x + i % side, region.y + y + i / side, 0);
        }
        g_assert_cmpint (one, ==, touched);
        flat += one;
      }
    }
    g_assert_cmpuint (flat, ==, step);
  }
}

static void
test_stronger_steps_change_more (void)
{
  const gchar *const names[] = { "stain", "brightness", "noise", "jpeg", "flat",
    "swap" };
  g_autoptr (JudgeImage) image = make_image (slope);
  g_autoptr (JudgeImage) none = apply ("noise", image, 6, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gdouble last = 0;

    for (guint step = 1; step <= 6; step += 5) {
      g_autoptr (JudgeImage) flawed = apply (names[i], image, 6, step, 0);
      gdouble now = mean_square (flawed, none);

      g_assert_cmpfloat (now, >, last);
      last = now;
    }
  }
}

static void
test_blur_keeps_slopes_and_levels_detail (void)
{
  g_autoptr (JudgeImage) even = make_image (slope);
  g_autoptr (JudgeImage) detailed = make_image (busy);
  g_autoptr (JudgeImage) none = apply ("blur", even, 6, 0, 0);
  gdouble last = 0;

  for (guint step = 1; step <= 6; step++) {
    g_autoptr (JudgeImage) a = apply ("blur", even, 6, step, 0);
    g_autoptr (JudgeImage) b = apply ("blur", detailed, 6, step, 0);
    g_autoptr (JudgeImage) sharp = apply ("blur", detailed, 6, 0, 0);

    g_assert_cmpfloat (mean_square (a, none), <=, 1);
    g_assert_cmpfloat (mean_square (b, sharp), >, last);
    last = mean_square (b, sharp);
  }
}

static void
test_regions_that_would_be_too_small_are_refused (void)
{
  JudgeRegion region;

  g_assert_false (judge_flaw_region (35, 35, 1, &region));
  g_assert_true (judge_flaw_region (42, 42, 1, &region));
  g_assert_cmpuint (region.width, >=, JUDGE_FLAW_MIN_SIDE);
  g_assert_false (judge_flaw_region (42, 42, 12, &region));
  g_assert_false (judge_flaw_region (2000, 1, 1, &region));
  g_assert_true (judge_flaw_region (1920, 1080, 12, &region));
  g_assert_cmpuint (region.x * 2 + region.width, ==, 1920);
  g_assert_cmpuint (region.y * 2 + region.height, ==, 1080);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flaws/step-0", test_step_0_is_the_original_and_1_is_not);
  g_test_add_func ("/flaws/translate", test_translation_moves_pixels_exactly);
  g_test_add_func (
      "/flaws/rotate", test_rotation_turns_a_slope_without_touching_the_border);
  g_test_add_func (
      "/flaws/twice", test_inverting_mirroring_and_swapping_twice_is_nothing);
  g_test_add_func ("/flaws/noise", test_noise_has_its_variance_and_its_seed);
  g_test_add_func (
      "/flaws/flat", test_flat_patches_have_no_variance_and_add_up);
  g_test_add_func ("/flaws/stronger", test_stronger_steps_change_more);
  g_test_add_func ("/flaws/blur", test_blur_keeps_slopes_and_levels_detail);
  g_test_add_func (
      "/flaws/region", test_regions_that_would_be_too_small_are_refused);
  return g_test_run ();
}
