/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses between ORC's programs and plain C.  More than one version of ORC
 * has made wrong code of a right program, and which version is there is known
 * at run time only; so each program is tried once, before its first use.
 */
#include "rows/row-programs.h"

#include "perceptual.h"
#include "pixels-orc.h"
#include "seeded.h"

#include <string.h>

#define N 103    /* every size of step that ORC's loops take, and a rest */
#define ROOM 112 /* for N, what lies before, and what may not be written */
#define LEAD 3   /* entries: neither row is aligned */

static void
ssd_rgbx8 (guint32 *sum, const guint8 *a, const guint8 *b, int n)
{
  guint32 all = 0;

  for (gsize i = 0; i < 4 * (gsize) n; i++) {
    gint d = a[i] - b[i];

    all += i % 4 < 3 ? (guint32) (d * d) : 0;
  }
  *sum = all;
}

static void
ssd_u8 (guint32 *sum, const guint8 *a, const guint8 *b, int n)
{
  guint32 all = 0;

  for (int i = 0; i < n; i++)
    all += (guint32) ((a[i] - b[i]) * (a[i] - b[i]));
  *sum = all;
}

static void
unpack_rgbx8 (gfloat *restrict r, gfloat *restrict g, gfloat *restrict b,
    const guint32 *pixels, int n)
{
  for (int i = 0; i < n; i++) {
    r[i] = (gfloat) (pixels[i] & 0xff);
    g[i] = (gfloat) (pixels[i] >> 8 & 0xff);
    b[i] = (gfloat) (pixels[i] >> 16 & 0xff);
  }
}

static void
unpack_rgbx16 (gfloat *restrict r, gfloat *restrict g, gfloat *restrict b,
    const guint64 *pixels, int n)
{
  const gfloat scale = 0.00389105058365759f;

  for (int i = 0; i < n; i++) {
    r[i] = scale * (gfloat) (pixels[i] & 0xffff);
    g[i] = scale * (gfloat) (pixels[i] >> 16 & 0xffff);
    b[i] = scale * (gfloat) (pixels[i] >> 32 & 0xffff);
  }
}

/* As ssim-terms.h writes a^2 + b^2. */
static void
squares_row (gfloat *restrict sq, gfloat *restrict sd, const gfloat *a,
    const gfloat *b, int n)
{
  for (int i = 0; i < n; i++) {
    gfloat s = a[i] + b[i], d = a[i] - b[i];

    sq[i] = (s * s + d * d) / 2;
    sd[i] = d * d;
  }
}

static void
scale (gfloat *restrict d, const gfloat *a, gfloat w, int n)
{
  for (int i = 0; i < n; i++)
    d[i] = a[i] * w;
}

static void
add_scaled (gfloat *restrict d, const gfloat *a, gfloat w, int n)
{
  for (int i = 0; i < n; i++)
    d[i] += a[i] * w;
}

static void
full_luma (guint8 *d, const guint8 *y, int n)
{
  for (int i = 0; i < n; i++)
    d[i] = (guint8) MIN (((MAX (y[i], 16) - 16) * 149 + 64) >> 7, 255);
}

static void
full_chroma (guint8 *d, const guint8 *c, int n)
{
  for (int i = 0; i < n; i++)
    d[i] = (guint8) CLAMP ((((c[i] - 128) * 146 + 64) >> 7) + 128, 0, 255);
}

static void
narrow (guint8 *d, const guint16 *v, int shift, int half, int more, int n)
{
  for (int i = 0; i < n; i++)
    d[i] = (guint8) MIN (((v[i] >> shift) + half) >> more, 255);
}

static void
half (guint8 *d, const guint8 *a, const guint8 *b, int n)
{
  for (int i = 0; i < n; i++)
    d[i] =
        (guint8) ((a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) >> 2);
}

/* @add has what makes the sum positive, and half of what the shift loses. */
static void
weigh_rgb (
    guint8 *d, const guint32 *pixels, gint r, gint g, gint b, gint add, int n)
{
  for (int i = 0; i < n; i++) {
    gint sum = r * (gint) (pixels[i] & 255) + g * (gint) (pixels[i] >> 8 & 255)
        + b * (gint) (pixels[i] >> 16 & 255) + add;

    d[i] = (guint8) MIN (sum >> 8, 255);
  }
}

static void
luma_of_rgb (guint8 *y, const guint32 *pixels, int n)
{
  weigh_rgb (y, pixels, 54, 183, 19, 128, n);
}

static void
cb_of_rgb (guint8 *c, const guint32 *pixels, int n)
{
  weigh_rgb (c, pixels, -29, -99, 128, 128 + 32768, n);
}

static void
cr_of_rgb (guint8 *c, const guint32 *pixels, int n)
{
  weigh_rgb (c, pixels, 128, -116, -12, 128 + 32768, n);
}

const PerceptualRowPrograms perceptual_row_programs_c = {
  .ssd_rgbx8 = ssd_rgbx8,
  .ssd_u8 = ssd_u8,
  .unpack_rgbx8 = unpack_rgbx8,
  .unpack_rgbx16 = unpack_rgbx16,
  .squares_row = squares_row,
  .scale = scale,
  .add_scaled = add_scaled,
  .full_luma = full_luma,
  .full_chroma = full_chroma,
  .narrow = narrow,
  .half = half,
  .luma_of_rgb = luma_of_rgb,
  .cb_of_rgb = cb_of_rgb,
  .cr_of_rgb = cr_of_rgb,
};

const PerceptualRowPrograms perceptual_row_programs_orc = {
  .ssd_rgbx8 = perceptual_orc_ssd_rgbx8,
  .ssd_u8 = perceptual_orc_ssd_u8,
  .unpack_rgbx8 = perceptual_orc_unpack_rgbx8,
  .unpack_rgbx16 = perceptual_orc_unpack_rgbx16,
  .squares_row = perceptual_orc_squares_row,
  .scale = perceptual_orc_scale,
  .add_scaled = perceptual_orc_add_scaled,
  .full_luma = perceptual_orc_full_luma,
  .full_chroma = perceptual_orc_full_chroma,
  .narrow = perceptual_orc_narrow,
  .half = perceptual_orc_half,
  .luma_of_rgb = perceptual_orc_luma_of_rgb,
  .cb_of_rgb = perceptual_orc_cb_of_rgb,
  .cr_of_rgb = perceptual_orc_cr_of_rgb,
};

/* --- trying them --------------------------------------------------------- */

typedef struct
{
  guint64 pixels[2][ROOM];
  gfloat samples[5][ROOM];
} Input;

typedef struct
{
  guint32 ssd_rgbx8;
  guint32 ssd_u8;
  gfloat unpack_rgbx8[3][ROOM];
  gfloat unpack_rgbx16[3][ROOM];
  gfloat squares_row[2][ROOM];
  gfloat scale[1][ROOM];
  gfloat add_scaled[1][ROOM];
  guint8 full_luma[ROOM];
  guint8 full_chroma[ROOM];
  guint8 narrow[ROOM];
  guint8 half[ROOM];
  guint8 luma_of_rgb[ROOM];
  guint8 cb_of_rgb[ROOM];
  guint8 cr_of_rgb[ROOM];
} Output;

#define PLACE(name)                                                            \
  G_STRUCT_OFFSET (Output, name), sizeof (((Output *) NULL)->name), #name

static const struct
{
  gsize offset;
  gsize size;
  const gchar *name;
} parts[] = {
  { PLACE (ssd_rgbx8) },
  { PLACE (ssd_u8) },
  { PLACE (unpack_rgbx8) },
  { PLACE (unpack_rgbx16) },
  { PLACE (squares_row) },
  { PLACE (scale) },
  { PLACE (add_scaled) },
  { PLACE (full_luma) },
  { PLACE (full_chroma) },
  { PLACE (narrow) },
  { PLACE (half) },
  { PLACE (luma_of_rgb) },
  { PLACE (cb_of_rgb) },
  { PLACE (cr_of_rgb) },
};

/* Samples are integers, and no sum of them is rounded: the order of additions
 * and FMA make no difference. */
static void
fill (Input *in)
{
  PerceptualRng rng;

  perceptual_rng_init (&rng, 1);
  for (guint i = 0; i < 2 * ROOM; i++)
    in->pixels[i / ROOM][i % ROOM] = perceptual_rng_next (&rng);
  for (guint i = 0; i < 5 * ROOM; i++)
    in->samples[i / ROOM][i % ROOM] =
        (gfloat) ((gint) (perceptual_rng_next (&rng) % 511) - 255);
}

static void
run_planes (const PerceptualRowPrograms *programs, const Input *in, Output *out)
{
  const guint32 *pixels = (const guint32 *) in->pixels[0] + LEAD;
  const guint8 *bytes = (const guint8 *) in->pixels[0] + LEAD;
  const guint16 *a = (const guint16 *) in->pixels[0] + LEAD;
  const guint16 *b = (const guint16 *) in->pixels[1];

  programs->full_luma (out->full_luma + LEAD, bytes, N);
  programs->full_chroma (out->full_chroma + LEAD, bytes, N);
  programs->narrow (out->narrow + LEAD, a, 2, 1 << 5, 6, N);
  programs->half (out->half + LEAD, (const guint8 *) a, (const guint8 *) b, N);
  programs->luma_of_rgb (out->luma_of_rgb + LEAD, pixels, N);
  programs->cb_of_rgb (out->cb_of_rgb + LEAD, pixels, N);
  programs->cr_of_rgb (out->cr_of_rgb + LEAD, pixels, N);
}

static void
run (const PerceptualRowPrograms *programs, const Input *in, Output *out)
{
  const guint64 *wide = in->pixels[0] + LEAD;
  const guint32 *pixels = (const guint32 *) in->pixels[0] + LEAD;
  const guint8 *a = (const guint8 *) pixels;
  const guint8 *b = (const guint8 *) in->pixels[1];
  const gfloat *s[5];

  for (guint i = 0; i < 5; i++)
    s[i] = in->samples[i] + i % (LEAD + 1);
  programs->ssd_rgbx8 (&out->ssd_rgbx8, a, b, N);
  programs->ssd_u8 (&out->ssd_u8, a + 1, b, N);
  programs->unpack_rgbx8 (out->unpack_rgbx8[0] + LEAD,
      out->unpack_rgbx8[1] + LEAD, out->unpack_rgbx8[2] + LEAD, pixels, N);
  programs->unpack_rgbx16 (out->unpack_rgbx16[0] + LEAD,
      out->unpack_rgbx16[1] + LEAD, out->unpack_rgbx16[2] + LEAD, wide, N);
  programs->squares_row (
      out->squares_row[0] + LEAD, out->squares_row[1] + LEAD, s[0], s[1], N);
  programs->scale (out->scale[0] + LEAD, s[0], 0.25f, N);
  memcpy (out->add_scaled, in->samples[4], sizeof out->add_scaled);
  programs->add_scaled (out->add_scaled[0] + LEAD, s[0], 0.25f, N);
  run_planes (programs, in, out);
}

const gchar *
perceptual_row_programs_fault (const PerceptualRowPrograms *programs)
{
  g_autofree Input *in = g_new (Input, 1);
  g_autofree Output *tried = g_new0 (Output, 1);
  g_autofree Output *right = g_new0 (Output, 1);

  fill (in);
  run (programs, in, tried);
  run (&perceptual_row_programs_c, in, right);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (memcmp ((guint8 *) tried + parts[i].offset,
            (guint8 *) right + parts[i].offset, parts[i].size)
        != 0)
      return parts[i].name;
  }
  return NULL;
}

const PerceptualRowPrograms *
perceptual_row_programs_or_c (const PerceptualRowPrograms *programs)
{
  return perceptual_row_programs_fault (programs) == NULL
      ? programs
      : &perceptual_row_programs_c;
}

static gint chosen; /* atomic */

static gpointer
choose (gpointer unused)
{
  gconstpointer programs =
      perceptual_row_programs_or_c (&perceptual_row_programs_orc);

  g_atomic_int_set (&chosen, TRUE);
  return (gpointer) programs;
}

const PerceptualRowPrograms *
perceptual_row_programs (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, choose, NULL);
}

const gchar *
perceptual_orc_fault (void)
{
  if (!g_atomic_int_get (&chosen)
      || perceptual_row_programs () == &perceptual_row_programs_orc)
    return NULL;
  return perceptual_row_programs_fault (&perceptual_row_programs_orc);
}
