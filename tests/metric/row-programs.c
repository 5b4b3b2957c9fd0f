/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where ORC makes wrong code for any of the programs, the library notices, and
 * plain C takes their place.
 */
#include "perceptual.h"
#include "rows/row-programs.h"

/* Each does what its program should, except for one entry, like code that is
 * wrong in one of its loops. */

static void
wrong_ssd_rgbx8 (guint32 *sum, const guint8 *a, const guint8 *b, int n)
{
  perceptual_row_programs_c.ssd_rgbx8 (sum, a, b, n - 1);
}

static void
wrong_ssd_u8 (guint32 *sum, const guint8 *a, const guint8 *b, int n)
{
  perceptual_row_programs_c.ssd_u8 (sum, a, b, n - 1);
}

static void
wrong_unpack_rgbx8 (
    gfloat *r, gfloat *g, gfloat *b, const guint32 *pixels, int n)
{
  perceptual_row_programs_c.unpack_rgbx8 (r, g, b, pixels, n);
  b[0] += 1;
}

static void
wrong_unpack_rgbx16 (
    gfloat *r, gfloat *g, gfloat *b, const guint64 *pixels, int n)
{
  perceptual_row_programs_c.unpack_rgbx16 (r, g, b, pixels, n);
  g[n - 1] *= 1 + 1e-6f;
}

static void
wrong_squares_row (
    gfloat *sq, gfloat *sd, const gfloat *a, const gfloat *b, int n)
{
  perceptual_row_programs_c.squares_row (sq, sd, a, b, n);
  sd[n / 3] = sq[n / 3];
}

static void
wrong_scale (gfloat *d, const gfloat *a, gfloat w, int n)
{
  /* One entry more than there are. */
  perceptual_row_programs_c.scale (d, a, w, n + 1);
}

static void
wrong_add_scaled (gfloat *d, const gfloat *a, gfloat w, int n)
{
  /* The last two are not reached. */
  perceptual_row_programs_c.add_scaled (d, a, w, n - 2);
}

static void
wrong_full_luma (guint8 *d, const guint8 *y, int n)
{
  perceptual_row_programs_c.full_luma (d, y, n);
  d[0] ^= 1;
}

static void
wrong_full_chroma (guint8 *d, const guint8 *c, int n)
{
  perceptual_row_programs_c.full_chroma (d, c, n);
  d[n / 2] ^= 128;
}

static void
wrong_narrow (guint8 *d, const guint16 *v, int shift, int half, int more, int n)
{
  perceptual_row_programs_c.narrow (d, v, shift, 0, more, n);
}

static void
wrong_half (guint8 *d, const guint8 *a, const guint8 *b, int n)
{
  perceptual_row_programs_c.half (d, a, a, n);
}

static void
wrong_luma_of_rgb (guint8 *y, const guint32 *pixels, int n)
{
  perceptual_row_programs_c.luma_of_rgb (y, pixels, n - 1);
}

static void
wrong_cb_of_rgb (guint8 *c, const guint32 *pixels, int n)
{
  perceptual_row_programs_c.cr_of_rgb (c, pixels, n);
}

static void
wrong_cr_of_rgb (guint8 *c, const guint32 *pixels, int n)
{
  perceptual_row_programs_c.cr_of_rgb (c, pixels, n);
  c[n] = 1;
}

static void
assert_found (const PerceptualRowPrograms *programs, const gchar *name)
{
  g_assert_cmpstr (perceptual_row_programs_fault (programs), ==, name);
  g_assert_true (
      perceptual_row_programs_or_c (programs) == &perceptual_row_programs_c);
}

#define ASSERT_FOUND(name)                                                     \
  do {                                                                         \
    PerceptualRowPrograms programs = perceptual_row_programs_c;                \
                                                                               \
    programs.name = wrong_##name;                                              \
    assert_found (&programs, #name);                                           \
  } while (0)

static void
test_a_wrong_program_is_found_and_c_takes_over (void)
{
  ASSERT_FOUND (ssd_rgbx8);
  ASSERT_FOUND (ssd_u8);
  ASSERT_FOUND (unpack_rgbx8);
  ASSERT_FOUND (unpack_rgbx16);
  ASSERT_FOUND (squares_row);
  ASSERT_FOUND (scale);
  ASSERT_FOUND (add_scaled);
  ASSERT_FOUND (full_luma);
  ASSERT_FOUND (full_chroma);
  ASSERT_FOUND (narrow);
  ASSERT_FOUND (half);
  ASSERT_FOUND (luma_of_rgb);
  ASSERT_FOUND (cb_of_rgb);
  ASSERT_FOUND (cr_of_rgb);
}

static void
test_right_programs_are_kept (void)
{
  PerceptualRowPrograms right = perceptual_row_programs_c;

  g_assert_null (perceptual_row_programs_fault (&right));
  g_assert_true (perceptual_row_programs_or_c (&right) == &right);
}

/* Some ORC may be wrong on this very machine. */
static void
test_the_fault_tells_which_programs_run (void)
{
  const PerceptualRowPrograms *programs = perceptual_row_programs ();

  if (perceptual_orc_fault () == NULL)
    g_assert_true (programs == &perceptual_row_programs_orc);
  else
    g_assert_true (programs == &perceptual_row_programs_c);
  g_assert_cmpstr (perceptual_orc_fault (), ==,
      perceptual_row_programs_fault (&perceptual_row_programs_orc));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/row-programs/a-wrong-program-is-found-and-c-takes-over",
      test_a_wrong_program_is_found_and_c_takes_over);
  g_test_add_func (
      "/row-programs/right-programs-are-kept", test_right_programs_are_kept);
  g_test_add_func ("/row-programs/the-fault-tells-which-programs-run",
      test_the_fault_tells_which_programs_run);
  return g_test_run ();
}
