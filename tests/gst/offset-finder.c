/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How far a stream has to be shifted, on moving pictures drawn here: a texture
 * is panned along a path that is a function of time, so that it can be shot at
 * any frame rate.
 */
#include "pairing/offset-finder.h"

#include <math.h>
#include <string.h>

#define MS G_GINT64_CONSTANT (1000000)
#define SECOND (1000 * MS)
#define WINDOW (500 * MS)
#define TEXTURE 256

/* Where the texture is at a time in seconds. */
typedef void (*Path) (gdouble seconds, gdouble *x, gdouble *y);

static void
wander (gdouble t, gdouble *x, gdouble *y)
{
  *x = 31 * sin (1.3 * t) + 17 * sin (2.9 * t + 1) + 9 * sin (7.1 * t);
  *y = 23 * sin (1.7 * t + 2) + 11 * sin (4.3 * t);
}

static void
crawl (gdouble t, gdouble *x, gdouble *y)
{
  *x = 6 * t;
  *y = 0;
}

static void
rest (gdouble t, gdouble *x, gdouble *y)
{
  (void) t;
  *x = *y = 0;
}

/* The same again five times a second. */
static void
swing (gdouble t, gdouble *x, gdouble *y)
{
  /* Of whole frames, or rounding would make a difference. */
  gdouble turn = 2 * G_PI / 5 * (gdouble) (llround (25 * t) % 5);

  *x = 12 * sin (turn);
  *y = 5 * cos (turn);
}

/* How a stream is shot and what happens to it. */
typedef struct
{
  Path path;
  gdouble fps;
  gdouble seconds;
  gdouble ahead;  /* s of the scene that are missing at its beginning */
  gdouble late;   /* s added to all timestamps */
  gdouble loss;   /* part of the frames that is lost */
  gdouble jitter; /* of timestamps, either way, as a part of a frame */
  gint64 tick;    /* ns that timestamps are multiples of; 0 for any */
  gdouble noise;  /* levels, either way */
  guint block;    /* cells of so many pixels become flat */
  gdouble gain;
  gdouble bias;
  guint width;
  guint height;
  gboolean plane; /* a 10 bit plane of luma instead of pixels */
  guint32 seed;
} Shot;

static const Shot plain = {
  .path = wander,
  .fps = 25,
  .seconds = 2.2,
  .gain = 1,
  .width = 96,
  .height = 54,
  .seed = 1,
};

/* Drawn once, by main(). */
static gfloat texture[TEXTURE * TEXTURE];

/* Smooth random numbers: sums of waves with random phases. */
static void
draw_texture (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (7);
  gdouble waves[24][3];

  for (guint w = 0; w < 24; w++) {
    waves[w][0] = 2 * G_PI / TEXTURE * g_rand_int_range (chance, -12, 13);
    waves[w][1] = 2 * G_PI / TEXTURE * g_rand_int_range (chance, -12, 13);
    waves[w][2] = g_rand_double_range (chance, 0, 2 * G_PI);
  }
  for (guint y = 0; y < TEXTURE; y++) {
    for (guint x = 0; x < TEXTURE; x++) {
      gdouble sum = 0;

      for (guint w = 0; w < 24; w++)
        sum += cos (waves[w][0] * x + waves[w][1] * y + waves[w][2]);
      texture[y * TEXTURE + x] = (gfloat) (120 + 20 * sum);
    }
  }
}

/* Sizes differ, but the picture is the same: it is 96 by 54 of the texture. */
static gdouble
sample_at (const Shot *shot, gdouble time, guint x, guint y)
{
  guint block = MAX (shot->block, 1);
  gdouble left, top;
  gint column, row;

  shot->path (time, &left, &top);
  column = (gint) floor (left * 1.5 + (x / block * block) * 96.0 / shot->width);
  row = (gint) floor (top * 1.5 + (y / block * block) * 54.0 / shot->height);
  return shot->bias
      + shot->gain
      * texture[(row & (TEXTURE - 1)) * TEXTURE + (column & (TEXTURE - 1))];
}

static void
shoot_frame (const Shot *shot, gdouble time, GRand *chance,
    PerceptualTrack *track, gint64 stamp)
{
  g_autofree guint8 *pixels = g_malloc0 (4 * shot->width * shot->height);
  PerceptualImage image = {
    .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .width = shot->width,
    .height = shot->height,
    .data = pixels,
    .stride = 4 * shot->width,
  };

  if (shot->plane) {
    image.data = NULL;
    image.depth = 10;
    image.planes[0] = (PerceptualPlane){ .data = pixels,
      .stride = 4 * shot->width,
      .step = 2,
      .width = shot->width,
      .height = shot->height };
  }
  for (guint y = 0; y < shot->height; y++) {
    for (guint x = 0; x < shot->width; x++) {
      gdouble value = sample_at (shot, time, x, y)
          + g_rand_double_range (chance, -1, 1) * shot->noise;
      guint8 level = (guint8) CLAMP (value + .5, 0, 255);
      guint16 wide = (guint16) (4 * level);

      if (shot->plane)
        memcpy (pixels + y * 4 * shot->width + 2 * x, &wide, 2);
      else
        memset (pixels + y * 4 * shot->width + 4 * x, level, 3);
    }
  }
  perceptual_track_add (track, stamp, &image);
}

static PerceptualTrack *
shoot (Shot shot)
{
  PerceptualTrack *track = perceptual_track_new ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (shot.seed);

  for (guint i = 0; i < shot.seconds * shot.fps; i++) {
    gdouble time = i / shot.fps;
    gdouble shake = g_rand_double_range (chance, -1, 1) * shot.jitter;
    gdouble stamp = (time + shot.late + shake / shot.fps) * (gdouble) SECOND;
    gint64 tick = MAX (shot.tick, 1);

    if (g_rand_double (chance) >= shot.loss)
      shoot_frame (&shot, time + shot.ahead, chance, track,
          (gint64) llround (stamp / (gdouble) tick) * tick);
  }
  return track;
}

static PerceptualOffset
find (Shot reference, Shot distorted)
{
  PerceptualTrack *a = shoot (reference), *b = shoot (distorted);
  PerceptualOffset offset =
      perceptual_offset_find (a, b, WINDOW, &(gint64){ 0 }, 1);

  perceptual_track_free (a);
  perceptual_track_free (b);
  g_test_message ("verdict %d offset %.3f ms confidence %.3f fit %.4f second "
                  "%.4f pairs %u",
      offset.verdict, (gdouble) offset.offset / MS, offset.confidence,
      offset.fit, offset.second, offset.pairs);
  return offset;
}

/* A stream that lacks @frames of 40 ms at its beginning shows each picture so
 * much too early. */
static void
assert_recovers (Shot reference, Shot distorted, gint frames)
{
  PerceptualOffset found;

  distorted.ahead = frames * .04;
  found = find (reference, distorted);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_FOUND);
  g_assert_cmpint (found.offset, ==, frames * 40 * MS);
  g_assert_cmpfloat (found.fit, >, found.second);
}

/* --- tests --------------------------------------------------------------- */

static void
test_every_offset_of_the_window_is_recovered (void)
{
  for (gint frames = -12; frames <= 12; frames++) {
    PerceptualOffset found;
    Shot shot = plain;

    assert_recovers (plain, plain, frames);
    if (frames % 6 != 0)
      continue;
    /* All offsets are tried on the same frames: those that all can pair, of 55
     * the ones more than half a second and two frames from the ends. */
    shot.ahead = frames * .04;
    found = find (plain, shot);
    g_assert_cmpuint (found.pairs, ==, 55 - 27);
  }
}

static void
test_loss_noise_blocks_and_brightness_do_not_hide_the_offset (void)
{
  const gint offsets[] = { -11, -7, -1, 0, 2, 9 };
  Shot bad = plain;

  bad.loss = .2;
  bad.noise = 40;
  bad.block = 4;
  bad.gain = .6;
  bad.bias = 50;
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++) {
    bad.seed = 100 + i;
    assert_recovers (plain, bad, offsets[i]);
  }
}

static void
test_another_size_and_another_layout_do_not_matter (void)
{
  Shot small = plain, large = plain;

  small.width = 33;
  small.height = 20;
  large.width = 400;
  large.height = 300;
  large.plane = TRUE;
  assert_recovers (plain, small, 5);
  assert_recovers (plain, large, -5);
  assert_recovers (large, small, 3);
}

static void
test_a_slow_pan_is_enough (void)
{
  Shot slow = plain, noisy = plain;

  slow.path = noisy.path = crawl;
  noisy.noise = 30;
  noisy.seed = 5;
  assert_recovers (slow, slow, 4);
  assert_recovers (slow, noisy, -6);
  /* The frames beside the right one, which look nearly the same, are no
   * rivals. */
  noisy.ahead = -.24;
  g_assert_cmpfloat (find (slow, noisy).confidence, >, .35);
}

static void
test_timestamps_that_shake_do_not_matter (void)
{
  Shot shaken = plain;
  PerceptualOffset found;

  shaken.jitter = .3;
  shaken.ahead = .28;
  found = find (plain, shaken);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_FOUND);
  g_assert_cmpint (ABS (found.offset - 280 * MS), <, 10 * MS);
}

/* As in Matroska, where most frames of 33.4 ms are 33 ms apart. */
static void
test_timestamps_in_milliseconds_do_not_add_up_to_an_error (void)
{
  for (gint frames = -14; frames <= 14; frames += 28) {
    Shot whole = plain, part = plain;
    PerceptualOffset found;

    whole.fps = part.fps = 30000. / 1001;
    whole.tick = MS;
    part.ahead = frames / part.fps;
    found = find (whole, part);
    g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_FOUND);
    g_assert_cmpint (ABS (found.offset - llround (part.ahead * SECOND)), <, MS);
  }
}

static void
test_another_frame_rate_is_found_within_half_a_frame (void)
{
  const gdouble rates[] = { 12.5, 30, 50, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    Shot other = plain;
    PerceptualOffset found;

    other.fps = rates[i];
    other.ahead = -.2;
    found = find (plain, other);
    g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_FOUND);
    g_assert_cmpint (ABS (found.offset + 200 * MS), <=, 20 * MS);
  }
}

/* Times that drift apart have no phase in common: only whole frames are
 * tried. */
static void
test_rates_that_are_near_have_no_phase (void)
{
  Shot other = plain;
  PerceptualOffset found;

  other.fps = 25.6;
  other.late = .013;
  other.ahead = .2;
  found = find (plain, other);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_FOUND);
  g_assert_cmpint (found.offset % (40 * MS), ==, 0);
}

/* Shot 17 ms apart, so no multiple of a frame brings them together. */
static void
test_the_offset_makes_timestamps_coincide (void)
{
  Shot late = plain;
  PerceptualOffset found;

  late.late = .137;
  found = find (plain, late);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_FOUND);
  g_assert_cmpint (found.offset, ==, -137 * MS);

  /* Rounded to milliseconds by a container: no offset at all. */
  late.late = .001;
  found = find (plain, late);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_FOUND);
  g_assert_cmpint (found.offset, ==, 0);
}

static void
test_a_still_scene_is_undecided (void)
{
  Shot still = plain, noisy = plain;
  PerceptualOffset found;

  still.path = noisy.path = rest;
  noisy.noise = 30;
  noisy.seed = 9;
  found = find (still, still);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_STILL);
  g_assert_cmpint (found.offset, ==, 0);
  found = find (still, noisy);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_STILL);

  /* Independent noise on both sides moves, but not alike. */
  still.noise = 30;
  found = find (still, noisy);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_UNLIKE);
}

static void
test_motion_that_repeats_is_undecided_and_the_guess_the_smallest (void)
{
  Shot pendulum = plain, later;
  PerceptualOffset found;

  pendulum.path = swing;
  later = pendulum;
  later.ahead = .04;
  found = find (pendulum, later);
  g_assert_cmpint (found.verdict, ==, PERCEPTUAL_OFFSET_AMBIGUOUS);
  g_assert_cmpint (found.offset, ==, 40 * MS);
  g_assert_cmpfloat (found.confidence, <, .01);
}

static void
test_other_pictures_are_undecided (void)
{
  for (guint i = 0; i < 8; i++) {
    Shot elsewhere = plain;

    elsewhere.ahead = 100 + 10 * i;
    g_assert_cmpint (
        find (plain, elsewhere).verdict, !=, PERCEPTUAL_OFFSET_FOUND);
  }
}

/* Shots so short that chance alone may make them move alike. */
static void
test_other_pictures_of_a_second_or_less_are_undecided (void)
{
  static const gdouble seconds[] = { .3, .5, .8, 1 };

  for (guint i = 0; i < 36; i++) {
    Shot here = plain, elsewhere = plain;

    here.seconds = elsewhere.seconds = seconds[i % 4];
    here.ahead = 3 * i;
    elsewhere.ahead = 200 + 7 * i;
    g_assert_cmpint (
        find (here, elsewhere).verdict, !=, PERCEPTUAL_OFFSET_FOUND);
  }
}

static void
test_an_offset_beyond_the_window_is_not_made_up (void)
{
  for (gint frames = 13; frames < 40; frames += 3) {
    Shot far = plain, slow = plain;

    slow.path = crawl;
    far.ahead = frames * .04;
    g_assert_cmpint (find (plain, far).verdict, !=, PERCEPTUAL_OFFSET_FOUND);
    far.ahead = -far.ahead;
    g_assert_cmpint (find (plain, far).verdict, !=, PERCEPTUAL_OFFSET_FOUND);
    far.path = crawl;
    g_assert_cmpint (find (slow, far).verdict, !=, PERCEPTUAL_OFFSET_FOUND);
  }
}

static void
test_a_short_clip_is_judged_by_what_there_is (void)
{
  Shot brief = plain;

  brief.seconds = .8;
  assert_recovers (brief, brief, 3);
  assert_recovers (brief, brief, -3);
}

static void
test_an_empty_side_or_a_handful_of_frames_is_undecided (void)
{
  Shot none = plain, few = plain;

  none.seconds = 0;
  few.seconds = .16;
  g_assert_cmpint (find (plain, none).verdict, ==, PERCEPTUAL_OFFSET_SHORT);
  g_assert_cmpint (find (none, plain).verdict, ==, PERCEPTUAL_OFFSET_SHORT);
  g_assert_cmpint (find (none, none).verdict, ==, PERCEPTUAL_OFFSET_SHORT);
  g_assert_cmpint (find (plain, few).verdict, ==, PERCEPTUAL_OFFSET_SHORT);
  few = plain;
  few.late = 10;
  g_assert_cmpint (find (plain, few).verdict, ==, PERCEPTUAL_OFFSET_SHORT);
}

static void
test_a_track_keeps_times_in_order (void)
{
  const guint8 pixel[4] = { 10, 20, 30, 0 };
  const PerceptualImage image = { .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .width = 1,
    .height = 1,
    .data = pixel,
    .stride = 4 };
  PerceptualTrack *track = perceptual_track_new ();

  g_assert_cmpint (perceptual_track_get_span (track), ==, 0);
  perceptual_track_add (track, 5, &image);
  perceptual_track_add (track, 5, &image);
  perceptual_track_add (track, 3, &image);
  perceptual_track_add (track, 9, &image);
  g_assert_cmpuint (perceptual_track_get_length (track), ==, 2);
  g_assert_cmpint (perceptual_track_get_span (track), ==, 4);
  for (guint i = 0; i < PERCEPTUAL_TRACK_SAMPLES; i++)
    g_assert_cmpfloat_with_epsilon (perceptual_track_get (track, 1)->luma[i],
        .299 * 10 + .587 * 20 + .114 * 30, 1e-4);
  perceptual_track_clear (track);
  g_assert_cmpuint (perceptual_track_get_length (track), ==, 0);
  perceptual_track_free (track);
}

/* Neither lost frames nor one that comes too early change it. */
static void
test_a_frame_is_the_median_step (void)
{
  static const gint64 times[] = { 0, 11, 40, 80, 200, 240, 280, 320, 400 };
  const guint8 pixel[4] = { 10, 20, 30, 0 };
  const PerceptualImage image = { .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .width = 1,
    .height = 1,
    .data = pixel,
    .stride = 4 };
  PerceptualTrack *track = perceptual_track_new ();

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    perceptual_track_add (track, times[i] * MS, &image);
    if (i == 0)
      g_assert_cmpint (perceptual_offset_get_frame (track), ==, 0);
  }
  g_assert_cmpint (perceptual_offset_get_frame (track), ==, 40 * MS);
  perceptual_track_free (track);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  draw_texture ();
  g_test_add_func ("/offset-finder/every-offset-of-the-window-is-recovered",
      test_every_offset_of_the_window_is_recovered);
  g_test_add_func ("/offset-finder/loss-noise-blocks-and-brightness",
      test_loss_noise_blocks_and_brightness_do_not_hide_the_offset);
  g_test_add_func ("/offset-finder/another-size-and-another-layout",
      test_another_size_and_another_layout_do_not_matter);
  g_test_add_func (
      "/offset-finder/a-slow-pan-is-enough", test_a_slow_pan_is_enough);
  g_test_add_func ("/offset-finder/timestamps-that-shake-do-not-matter",
      test_timestamps_that_shake_do_not_matter);
  g_test_add_func ("/offset-finder/timestamps-in-milliseconds",
      test_timestamps_in_milliseconds_do_not_add_up_to_an_error);
  g_test_add_func ("/offset-finder/another-frame-rate",
      test_another_frame_rate_is_found_within_half_a_frame);
  g_test_add_func ("/offset-finder/the-offset-makes-timestamps-coincide",
      test_the_offset_makes_timestamps_coincide);
  g_test_add_func ("/offset-finder/a-still-scene-is-undecided",
      test_a_still_scene_is_undecided);
  g_test_add_func ("/offset-finder/motion-that-repeats-is-undecided",
      test_motion_that_repeats_is_undecided_and_the_guess_the_smallest);
  g_test_add_func ("/offset-finder/other-pictures-are-undecided",
      test_other_pictures_are_undecided);
  g_test_add_func ("/offset-finder/other-pictures-of-a-second-or-less",
      test_other_pictures_of_a_second_or_less_are_undecided);
  g_test_add_func ("/offset-finder/rates-that-are-near-have-no-phase",
      test_rates_that_are_near_have_no_phase);
  g_test_add_func ("/offset-finder/a-frame-is-the-median-step",
      test_a_frame_is_the_median_step);
  g_test_add_func ("/offset-finder/an-offset-beyond-the-window",
      test_an_offset_beyond_the_window_is_not_made_up);
  g_test_add_func ("/offset-finder/a-short-clip",
      test_a_short_clip_is_judged_by_what_there_is);
  g_test_add_func ("/offset-finder/an-empty-side-or-a-handful-of-frames",
      test_an_empty_side_or_a_handful_of_frames_is_undecided);
  g_test_add_func ("/offset-finder/a-track-keeps-times-in-order",
      test_a_track_keeps_times_in_order);
  return g_test_run ();
}
