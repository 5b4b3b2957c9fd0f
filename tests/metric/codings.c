/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Luma of different depth and range against each other: brought together
 * exactly, so that the same picture coded in two ways is the same.
 */
#include "measure.h"

#include <math.h>

#define SIDE 192

/* A grey picture of planes; samples are those of @sample. */
typedef struct
{
  PerceptualImage view;
  guint16 words[SIDE * SIDE];
  guint8 bytes[SIDE * SIDE];
} Planes;

typedef guint (*SampleFunc) (guint x, guint y);

static Planes *
new_planes (guint depth, guint shift, gboolean full_range, SampleFunc sample)
{
  Planes *self = g_new0 (Planes, 1);

  for (guint i = 0; i < SIDE * SIDE; i++) {
    guint v = sample (i % SIDE, i / SIDE);

    self->words[i] = (guint16) (v << shift);
    self->bytes[i] = (guint8) v;
  }
  self->view = (PerceptualImage){
    .width = SIDE,
    .height = SIDE,
    .planes[0] = { depth > 8 ? (gconstpointer) self->words : self->bytes,
        SIDE * (depth > 8 ? 2 : 1), depth > 8 ? 2 : 1, SIDE, SIDE },
    .depth = depth,
    .shift = shift,
    .full_range = full_range,
  };
  return self;
}

/* The same either way round. */
static gdouble
measure (const gchar *name, const Planes *a, const Planes *b)
{
  PerceptualResult result = test_measure (name, NULL, &a->view, &b->view);
  PerceptualResult back = test_measure (name, NULL, &b->view, &a->view);

  g_assert_cmpuint (result.n_taps, ==, g_str_equal (name, "ms-ssim") ? 5 : 1);
  g_assert_cmpfloat (result.distance, ==, back.distance);
  return result.distance;
}

/* 0 to 219, one step or the other beside each other. */
static guint
step (guint x, guint y)
{
  return (x * x / 7 + 13 * y) % 220;
}

static guint
limited_8 (guint x, guint y)
{
  return 16 + step (x, y);
}

static guint
limited_10 (guint x, guint y)
{
  return 4 * limited_8 (x, y);
}

static guint
limited_16 (guint x, guint y)
{
  return 256 * limited_8 (x, y);
}

static guint
limited_10_off_by_one (guint x, guint y)
{
  return limited_10 (x, y) + 1;
}

/* Black and white, which every code has its own numbers for. */
static guint
ends_limited_8 (guint x, guint y)
{
  return (x / 5 + y / 3) % 2 ? 235 : 16;
}

static guint
ends_full_8 (guint x, guint y)
{
  return (x / 5 + y / 3) % 2 ? 255 : 0;
}

static guint
ends_full_10 (guint x, guint y)
{
  return (x / 5 + y / 3) % 2 ? 1023 : 0;
}

static guint
ends_full_8_off_by_one (guint x, guint y)
{
  return (x / 5 + y / 3) % 2 ? 254 : 1;
}

/* 85 of 255 is 341 of 1023. */
static guint
thirds_8 (guint x, guint y)
{
  return 85 * ((x + y) % 4);
}

static guint
thirds_10 (guint x, guint y)
{
  return 341 * ((x + y) % 4);
}

static const struct
{
  guint depth[2];
  guint shift[2];
  gboolean full[2];
  SampleFunc sample[2];
  gdouble error; /* in steps of the common code */
  gdouble peak;
} cases[] = {
  { { 8, 10 }, { 0, 0 }, { FALSE, FALSE }, { limited_8, limited_10 }, 0, 0 },
  { { 8, 10 }, { 0, 6 }, { FALSE, FALSE }, { limited_8, limited_10 }, 0, 0 },
  { { 16, 10 }, { 0, 0 }, { FALSE, FALSE }, { limited_16, limited_10 }, 0, 0 },
  { { 8, 10 }, { 0, 0 }, { FALSE, FALSE }, { limited_8, limited_10_off_by_one },
      1, 1023 },
  { { 8, 10 }, { 0, 0 }, { TRUE, TRUE }, { thirds_8, thirds_10 }, 0, 0 },
  { { 8, 8 }, { 0, 0 }, { FALSE, TRUE }, { ends_limited_8, ends_full_8 }, 0,
      0 },
  { { 8, 10 }, { 0, 6 }, { FALSE, TRUE }, { ends_limited_8, ends_full_10 }, 0,
      0 },
  { { 8, 8 }, { 0, 0 }, { FALSE, TRUE },
      { ends_limited_8, ends_full_8_off_by_one }, 219. / 255, 255 },
  { { 8, 8 }, { 0, 0 }, { TRUE, TRUE }, { ends_full_8, ends_full_8_off_by_one },
      1, 255 },
};

static void
test_the_same_luma_coded_in_two_ways_is_the_same (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Planes *pair[2];

    for (guint j = 0; j < 2; j++)
      pair[j] = new_planes (cases[i].depth[j], cases[i].shift[j],
          cases[i].full[j], cases[i].sample[j]);
    g_test_message ("case %u", i);
    if (cases[i].error == 0) {
      g_assert_cmpfloat (measure ("psnr", pair[0], pair[1]), ==, INFINITY);
      g_assert_cmpfloat_with_epsilon (
          measure ("ssim", pair[0], pair[1]), 1, 1e-6);
      g_assert_cmpfloat_with_epsilon (
          measure ("ms-ssim", pair[0], pair[1]), 1, 1e-6);
    } else {
      g_assert_cmpfloat_with_epsilon (measure ("psnr", pair[0], pair[1]),
          20 * log10 (cases[i].peak / cases[i].error), 1e-9);
    }
    g_free (pair[0]);
    g_free (pair[1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codings/the-same-luma-coded-in-two-ways-is-the-same",
      test_the_same_luma_coded_in_two_ways_is_the_same);
  return g_test_run ();
}
