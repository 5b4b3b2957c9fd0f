/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wrong pairings, on thumbnails made here: what is noticed, to the pair, and
 * what must not be taken for it.
 */
#include "measuring/misalignment.h"

#include "report/misaligned.h"

#include <math.h>
#include <string.h>

#define SIDE 16                             /* cells */
#define FRAME G_GUINT64_CONSTANT (40000000) /* 25 frames a second */
#define PAIRS 200

/* Pairs that still wait for those after them when the last has come. */
#define WAITING PERCEPTUAL_MISALIGNMENT_REACH

/* The level of a cell of a scene at time @t, in frames. */
typedef gdouble (*Scene) (gdouble t, guint x, guint y);

/* Which time the picture of frame @i shows. */
typedef gdouble (*Order) (guint i);

typedef struct
{
  Scene scene;
  Order reference; /* NULL for one after the other */
  Order distorted; /* likewise */
  gdouble noise;   /* of the reference, largest */
  gdouble error;   /* of the distorted picture, largest */
  gdouble gain;    /* of the distorted picture; 0 for 1 */
} Sequence;

typedef struct
{
  guint pairs;
  guint stretches;
  guint64 from; /* pair, of the first stretch */
  gint frames;
} Found;

/* --- scenes --------------------------------------------------------------- */

/* Shapes that move like no other time. */
static gdouble
moving (gdouble t, guint x, guint y)
{
  return 128 + 50 * sin (x / 3. - t * .45) * cos (y / 5. + t * .13)
      + 30 * sin ((x + 2. * y) / 7. + t * .31);
}

static gdouble
still (gdouble t, guint x, guint y)
{
  return moving (0, x, y);
}

static gdouble
fading (gdouble t, guint x, guint y)
{
  return moving (0, x, y) * (.5 - .5 * cos (t * G_PI / 75));
}

static gdouble
fading_while_moving (gdouble t, guint x, guint y)
{
  return moving (t, x, y) * (.5 - .5 * cos (t * G_PI / 75));
}

static gdouble
slow (gdouble t, guint x, guint y)
{
  return moving (t / 60, x, y);
}

/* A dissolve from one scene to another, all the time. */
static gdouble
dissolving (gdouble t, guint x, guint y)
{
  gdouble part = .5 - .5 * cos (t * G_PI / 100);

  return part * moving (0, x, y) + (1 - part) * moving (500, x, y);
}

static gdouble
with_cuts (gdouble t, guint x, guint y)
{
  return moving (t + 1000 * floor (t / 10), x, y);
}

static gdouble
with_flashes (gdouble t, guint x, guint y)
{
  return fmod (t, 7) < 1 ? 250 : moving (t, x, y);
}

static gdouble
of_two_pictures (gdouble t, guint x, guint y)
{
  return moving (100 * fmod (t, 2), x, y);
}

static gdouble
of_three_pictures (gdouble t, guint x, guint y)
{
  return moving (100 * fmod (t, 3), x, y);
}

static gdouble
flat (gdouble t, guint x, guint y)
{
  return 100 + 60 * sin (t);
}

static const Scene scenes[] = { moving, still, fading, fading_while_moving,
  slow, dissolving, with_cuts, with_flashes, of_two_pictures, of_three_pictures,
  flat };

/* --- orders --------------------------------------------------------------- */

static gdouble
late_from_40 (guint i)
{
  return i < 40 ? i : i - 1;
}

static gdouble
early_from_40 (guint i)
{
  return i < 40 ? i : i + 1;
}

static gdouble
three_late (guint i)
{
  return i - 3.;
}

/* I P B B with the P before the B, as where a container keeps them in
 * the order of decoding: 0, 3 1 2, 6 4 5. */
static gdouble
in_order_of_decoding (guint i)
{
  return i == 0 ? 0 : i + (i % 3 == 1 ? 2 : -1);
}

/* Four of film on five of video. */
static gdouble
pulled_down (guint i)
{
  return i * 4 / 5;
}

/* 23.976 frames a second that are taken for 24, paired by time. */
static gdouble
drifting (guint i)
{
  return i - floor (i / 100. + .5);
}

static gdouble
each_twice (guint i)
{
  return i / 2 * 2;
}

static gdouble
each_four_times (guint i)
{
  return i / 4 * 4;
}

/* The nearest in time, later or earlier. */
static gdouble
each_four_times_nearest (guint i)
{
  return (i + 2) / 4 * 4;
}

static gdouble
short_slips (guint i)
{
  return i % 40 < 15 && i > 40 ? i - 1. : i;
}

static gdouble
every_third_late (guint i)
{
  return i % 3 == 0 && i > 0 ? i - 1. : i;
}

static gdouble
two_stretches (guint i)
{
  return (i >= 20 && i < 60) || i >= 140 ? i - 1. : i;
}

/* --- runs ----------------------------------------------------------------- */

static void
draw (PerceptualThumbnail *thumbnail, Scene scene, gdouble t, gdouble noise,
    gdouble gain, GRand *rand)
{
  thumbnail->width = thumbnail->height = 128;
  thumbnail->n = SIDE * SIDE;
  for (guint y = 0; y < SIDE; y++) {
    for (guint x = 0; x < SIDE; x++) {
      gdouble grain = noise > 0 ? g_rand_double_range (rand, -noise, noise) : 0;

      thumbnail->cells[y * SIDE + x] =
          (gfloat) CLAMP (scene (t, x, y) * gain + grain, 0, 255);
    }
  }
}

static void
note (Found *found, const PerceptualMisplaced *news)
{
  found->pairs += news->pairs;
  if (!news->begins)
    return;
  if (found->stretches++ == 0) {
    found->from = news->from / FRAME;
    found->frames = news->frames;
  }
}

static Found
run (const Sequence *sequence)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  PerceptualMisalignment *watch = perceptual_misalignment_new ();
  g_autofree PerceptualThumbnail *pictures = g_new (PerceptualThumbnail, 2);
  Found found = { 0 };

  for (guint i = 0; i < PAIRS; i++) {
    gdouble reference =
        sequence->reference != NULL ? sequence->reference (i) : (gdouble) i;
    gdouble distorted =
        sequence->distorted != NULL ? sequence->distorted (i) : (gdouble) i;
    PerceptualMisplaced news;

    draw (&pictures[0], sequence->scene, reference, sequence->noise, 1, rand);
    draw (&pictures[1], sequence->scene, distorted, sequence->error,
        sequence->gain > 0 ? sequence->gain : 1, rand);
    news = perceptual_misalignment_add (
        watch, i, i * FRAME, &pictures[0], &pictures[1]);
    note (&found, &news);
  }
  perceptual_misalignment_free (watch);
  return found;
}

static void
assert_quiet (const Sequence *sequence)
{
  Found found = run (sequence);

  g_assert_cmpuint (found.pairs, ==, 0);
  g_assert_cmpuint (found.stretches, ==, 0);
}

static void
assert_found (const Sequence *sequence, guint64 from, gint frames, guint pairs)
{
  Found found = run (sequence);

  g_assert_cmpuint (found.stretches, ==, 1);
  g_assert_cmpuint (found.from, ==, from);
  g_assert_cmpint (found.frames, ==, frames);
  g_assert_cmpuint (found.pairs, ==, pairs);
}

/* --- what is noticed ------------------------------------------------------ */

/* The first late picture is the one before once more, which tells nothing. */
static void
test_a_frame_too_many_makes_those_after_it_late (void)
{
  assert_found (&(Sequence){ .scene = moving, .distorted = late_from_40 }, 41,
      1, PAIRS - 41 - WAITING);
}

static void
test_a_lost_frame_makes_those_after_it_early (void)
{
  assert_found (&(Sequence){ .scene = moving, .distorted = early_from_40 }, 40,
      -1, PAIRS - 40 - WAITING);
}

static void
test_it_is_noticed_through_error_noise_and_another_brightness (void)
{
  assert_found (
      &(Sequence){ .scene = moving, .distorted = early_from_40, .error = 8 },
      40, -1, PAIRS - 40 - WAITING);
  assert_found (
      &(Sequence){ .scene = moving, .distorted = early_from_40, .noise = 8 },
      40, -1, PAIRS - 40 - WAITING);
  assert_found (
      &(Sequence){ .scene = moving, .distorted = early_from_40, .gain = .7 },
      40, -1, PAIRS - 40 - WAITING);
}

/* The first two have no neighbour that they could look like, and the fourth
 * looks like the same reference as the third, as if it were its repetition. */
static void
test_three_frames_late_is_told_from_one (void)
{
  assert_found (&(Sequence){ .scene = moving, .distorted = three_late }, 2, 3,
      PAIRS - 3 - WAITING);
}

static void
test_frames_out_of_order_are_called_so (void)
{
  assert_found (
      &(Sequence){ .scene = moving, .distorted = in_order_of_decoding }, 1,
      PERCEPTUAL_MISALIGNMENT_MIXED, PAIRS - 1 - WAITING);
}

/* Half a frame apart after 50 frames, one and a half after 150; those of the
 * first stretch look one frame late, the most.  Pair 150 repeats a picture. */
static void
test_a_drift_is_noticed_once_it_is_half_a_frame (void)
{
  assert_found (&(Sequence){ .scene = moving, .distorted = drifting }, 51, 1,
      PAIRS - 51 - WAITING - 1);
}

static void
test_a_second_stretch_is_counted_as_the_first (void)
{
  Found found =
      run (&(Sequence){ .scene = moving, .distorted = two_stretches });

  g_assert_cmpuint (found.stretches, ==, 2);
  g_assert_cmpuint (found.from, ==, 21);
  g_assert_cmpuint (found.pairs, ==, (60 - 21) + (PAIRS - 141 - WAITING));
}

static guint gap;

/* Early for 30 pairs, in order for @gap, early for 10 more. */
static gdouble
early_with_a_gap (guint i)
{
  return i >= 20 && i < 60 + gap && !(i >= 50 && i < 50 + gap) ? i + 1. : i;
}

/* Pairs in order weigh as much as those that were not, and then 10 more are too
 * few.  The last early picture comes once more, so that it is in order itself:
 * there are 29 and 9, and 28 more in order end what there was. */
static void
test_a_stretch_ends_when_as_many_pairs_are_in_order (void)
{
  for (gap = 20; gap < 40; gap++) {
    Found found =
        run (&(Sequence){ .scene = moving, .distorted = early_with_a_gap });

    g_assert_cmpuint (found.stretches, ==, 1);
    g_assert_cmpuint (found.pairs, ==, gap < 28 ? 29 + 9 : 29);
  }
}

/* Early for 100 pairs, in order for 40, early for 10 more. */
static gdouble
early_for_long (guint i)
{
  return (i >= 20 && i < 120) || (i >= 160 && i < 170) ? i + 1. : i;
}

/* However long it was. */
static void
test_a_long_stretch_ends_soon (void)
{
  Found found =
      run (&(Sequence){ .scene = moving, .distorted = early_for_long });

  g_assert_cmpuint (found.stretches, ==, 1);
  g_assert_cmpuint (found.pairs, ==, 99);
}

/* --- what is not taken for it --------------------------------------------- */

static void
test_every_scene_in_order_is_quiet (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++) {
    assert_quiet (&(Sequence){ .scene = scenes[i] });
    assert_quiet (&(Sequence){ .scene = scenes[i], .noise = 10 });
    assert_quiet (&(Sequence){ .scene = scenes[i], .error = 3 });
    assert_quiet (&(Sequence){ .scene = scenes[i], .error = 30 });
    assert_quiet (&(Sequence){ .scene = scenes[i], .gain = .8 });
    assert_quiet (&(Sequence){ .scene = scenes[i], .noise = 20, .error = 20 });
  }
}

static void
test_repeated_frames_are_quiet (void)
{
  static const Order orders[] = { each_twice, each_four_times,
    each_four_times_nearest };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (scenes); j++) {
      Sequence sequence = { .scene = scenes[j], .distorted = orders[i] };

      assert_quiet (&sequence);
      sequence.error = .8;
      assert_quiet (&sequence);
      sequence.error = 12;
      assert_quiet (&sequence);
      sequence = (Sequence){ .scene = scenes[j], .reference = orders[i] };
      assert_quiet (&sequence);
    }
  }
}

/* Film in video, in both streams. */
static void
test_pulldown_is_quiet (void)
{
  static const Order orders[] = { pulled_down, each_twice, each_four_times };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (scenes); j++) {
      Sequence sequence = {
        .scene = scenes[j], .reference = orders[i], .distorted = orders[i]
      };

      assert_quiet (&sequence);
      sequence.noise = sequence.error = 5;
      assert_quiet (&sequence);
      sequence.gain = .8;
      assert_quiet (&sequence);
    }
  }
}

static void
test_what_cannot_be_told_is_quiet (void)
{
  static const Scene unmoved[] = { still, fading, slow, flat };

  for (guint i = 0; i < G_N_ELEMENTS (unmoved); i++)
    assert_quiet (
        &(Sequence){ .scene = unmoved[i], .distorted = late_from_40 });
  /* A picture of nearly no contrast, whatever it shows. */
  assert_quiet (
      &(Sequence){ .scene = moving, .distorted = early_from_40, .gain = .005 });
}

static void
test_less_than_a_second_and_less_than_most_are_quiet (void)
{
  assert_quiet (&(Sequence){ .scene = moving, .distorted = short_slips });
  assert_quiet (&(Sequence){ .scene = moving, .distorted = every_third_late });
}

static void
test_pairs_apart_say_nothing (void)
{
  PerceptualMisalignment *watch = perceptual_misalignment_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree PerceptualThumbnail *pictures = g_new (PerceptualThumbnail, 2);

  for (guint i = 0; i < 4 * PAIRS; i++) {
    draw (&pictures[0], moving, i, 0, 1, rand);
    draw (&pictures[1], moving, i + 1., 0, 1, rand);
    /* One of four is not measured. */
    if (i % 4 != 0)
      g_assert_cmpuint (perceptual_misalignment_add (
                            watch, i, i * FRAME, &pictures[0], &pictures[1])
                            .pairs,
          ==, 0);
  }
  perceptual_misalignment_free (watch);
}

static void
test_reset_and_a_new_size_forget_what_was_seen (void)
{
  PerceptualMisalignment *watch = perceptual_misalignment_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree PerceptualThumbnail *pictures = g_new (PerceptualThumbnail, 2);

  for (guint i = 0; i < PAIRS; i++) {
    draw (&pictures[0], moving, i, 0, 1, rand);
    draw (&pictures[1], moving, i + 1., 0, 1, rand);
    if (i % 25 == 0)
      perceptual_misalignment_reset (watch);
    g_assert_cmpuint (perceptual_misalignment_add (
                          watch, i, i * FRAME, &pictures[0], &pictures[1])
                          .pairs,
        ==, 0);
  }
  perceptual_misalignment_reset (watch);
  for (guint i = 0; i < PAIRS; i++) {
    draw (&pictures[0], moving, i, 0, 1, rand);
    draw (&pictures[1], moving, i + 1., 0, 1, rand);
    pictures[0].width = pictures[1].width = 128 + i / WAITING % 2;
    g_assert_cmpuint (perceptual_misalignment_add (
                          watch, i, i * FRAME, &pictures[0], &pictures[1])
                          .pairs,
        ==, 0);
  }
  perceptual_misalignment_free (watch);
}

/* --- what the user is told ----------------------------------------------- */

/* Who follows the offset has no use for being told to look for it. */
static void
test_advice_is_not_to_do_what_is_done (void)
{
  const PerceptualMisplaced found = { .pairs = 30,
    .begins = TRUE,
    .from = 3723 * GST_SECOND + 40 * GST_MSECOND,
    .frames = -1 };

  for (guint followed = 0; followed < 2; followed++) {
    GstElement *element = gst_object_ref_sink (gst_bin_new (NULL));
    g_autoptr (GstBus) bus = gst_bus_new ();
    g_autoptr (GstMessage) message = NULL;
    g_autoptr (GError) warning = NULL;
    g_autofree gchar *advice = NULL;

    gst_element_set_bus (element, bus);
    perceptual_misaligned_warn (element, "dist_sink", &found, followed == 1);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
    g_assert_nonnull (message);
    gst_message_parse_warning (message, &warning, &advice);
    g_assert_true (g_str_has_prefix (warning->message,
        "From 1:02:03.040 on the distorted frames look 1 frame early"));
    g_assert_cmpint (strstr (advice, "sync=track") != NULL, ==, followed == 1);
    g_assert_cmpint (strstr (advice, "sync=auto") != NULL, ==, followed == 0);
    gst_element_set_bus (element, NULL);
    gst_object_unref (element);
  }
}

#define TEST(name, function) g_test_add_func ("/misalignment/" name, function)

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  TEST ("a-frame-too-many-makes-those-after-it-late",
      test_a_frame_too_many_makes_those_after_it_late);
  TEST ("a-lost-frame-makes-those-after-it-early",
      test_a_lost_frame_makes_those_after_it_early);
  TEST ("it-is-noticed-through-error-noise-and-another-brightness",
      test_it_is_noticed_through_error_noise_and_another_brightness);
  TEST ("three-frames-late-is-told-from-one",
      test_three_frames_late_is_told_from_one);
  TEST ("frames-out-of-order-are-called-so",
      test_frames_out_of_order_are_called_so);
  TEST ("a-drift-is-noticed-once-it-is-half-a-frame",
      test_a_drift_is_noticed_once_it_is_half_a_frame);
  TEST ("a-second-stretch-is-counted-as-the-first",
      test_a_second_stretch_is_counted_as_the_first);
  TEST ("a-stretch-ends-when-as-many-pairs-are-in-order",
      test_a_stretch_ends_when_as_many_pairs_are_in_order);
  TEST ("a-long-stretch-ends-soon", test_a_long_stretch_ends_soon);
  TEST ("every-scene-in-order-is-quiet", test_every_scene_in_order_is_quiet);
  TEST ("repeated-frames-are-quiet", test_repeated_frames_are_quiet);
  TEST ("pulldown-is-quiet", test_pulldown_is_quiet);
  TEST ("what-cannot-be-told-is-quiet", test_what_cannot_be_told_is_quiet);
  TEST ("less-than-a-second-and-less-than-most-are-quiet",
      test_less_than_a_second_and_less_than_most_are_quiet);
  TEST ("pairs-apart-say-nothing", test_pairs_apart_say_nothing);
  TEST ("reset-and-a-new-size-forget-what-was-seen",
      test_reset_and_a_new_size_forget_what_was_seen);
  TEST ("advice-is-not-to-do-what-is-done",
      test_advice_is_not_to_do_what_is_done);
  return g_test_run ();
}
