/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Y'CbCr to RGB against the formula of the standards in double precision:
 * every matrix, range, depth and chroma format, every instruction set.
 */
#include "config.h"

#include "frames/images.h"
#include "frames/ycbcr.h"

#include <math.h>
#include <string.h>

/* An odd width, and even ones that are no multiple of a vector and are. */
static const guint widths[] = { 37, 38, 64, 2 };

#define H 22

typedef struct
{
  GstVideoColorMatrix matrix;
  GstVideoColorRange range;
} Coding;

/* --- the formula --------------------------------------------------------- */

static gdouble
sample_at (const GstVideoFrame *frame, guint c, gint x, gint y)
{
  gint width = GST_VIDEO_FRAME_COMP_WIDTH (frame, c);
  gint height = GST_VIDEO_FRAME_COMP_HEIGHT (frame, c);
  const guint8 *data = (const guint8 *) GST_VIDEO_FRAME_COMP_DATA (frame, c)
      + CLAMP (y, 0, height - 1) * GST_VIDEO_FRAME_COMP_STRIDE (frame, c)
      + CLAMP (x, 0, width - 1) * GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c);

  return GST_VIDEO_FRAME_COMP_DEPTH (frame, c) > 8
      ? *(const guint16 *) (gconstpointer) data
      : *data;
}

/* Chroma at luma position @x, @y, interpolated between its neighbours. */
static gdouble
chroma_at (const GstVideoFrame *frame, guint c, gint x, gint y)
{
  const GstVideoInfo *info = &frame->info;
  guint sx = GST_VIDEO_FORMAT_INFO_W_SUB (info->finfo, c);
  guint sy = GST_VIDEO_FORMAT_INFO_H_SUB (info->finfo, c);
  gboolean left = (info->chroma_site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0;
  gboolean top = (info->chroma_site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0;
  gdouble px = (x - (left ? 0 : ((1 << sx) - 1) / 2.)) / (1 << sx);
  gdouble py = (y - (top ? 0 : ((1 << sy) - 1) / 2.)) / (1 << sy);
  gint x0 = (gint) floor (px), y0 = (gint) floor (py);
  gdouble fx = px - x0, fy = py - y0;

  return (1 - fy)
      * ((1 - fx) * sample_at (frame, c, x0, y0)
          + fx * sample_at (frame, c, x0 + 1, y0))
      + fy
      * ((1 - fx) * sample_at (frame, c, x0, y0 + 1)
          + fx * sample_at (frame, c, x0 + 1, y0 + 1));
}

static void
formula (const GstVideoFrame *frame, gint x, gint y, gdouble rgb[3])
{
  const GstVideoInfo *info = &frame->info;
  gboolean full = info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  guint depth = GST_VIDEO_INFO_COMP_DEPTH (info, 0);
  gdouble unit = 1 << (depth - 8), most = (1 << depth) - 1, kr, kb;
  gdouble luma = sample_at (frame, 0, x, y), cb = 0, cr = 0;

  g_assert_true (
      gst_video_color_matrix_get_Kr_Kb (info->colorimetry.matrix, &kr, &kb));
  luma = full ? luma / most : (luma - 16 * unit) / (219 * unit);
  if (!GST_VIDEO_INFO_IS_GRAY (info)) {
    cb = chroma_at (frame, 1, x, y) - 128 * unit;
    cr = chroma_at (frame, 2, x, y) - 128 * unit;
    cb /= full ? most : 224 * unit;
    cr /= full ? most : 224 * unit;
  }
  rgb[0] = luma + 2 * (1 - kr) * cr;
  rgb[2] = luma + 2 * (1 - kb) * cb;
  rgb[1] = (luma - kr * rgb[0] - kb * rgb[2]) / (1 - kr - kb);
  for (guint c = 0; c < 3; c++)
    rgb[c] = CLAMP (rgb[c], 0, 1);
}

/* --- frames made here ---------------------------------------------------- */

static GstBuffer *
random_frame (const GstVideoInfo *info, GRand *rand)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info->size, NULL);
  GstVideoFrame frame;

  gst_buffer_memset (buffer, 0, 0, info->size);
  g_assert_true (gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE));
  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS (info); c++) {
    for (gint y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (&frame, c); y++) {
      guint8 *data = (guint8 *) GST_VIDEO_FRAME_COMP_DATA (&frame, c)
          + y * GST_VIDEO_FRAME_COMP_STRIDE (&frame, c);

      for (gint x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH (&frame, c);
           x++, data += GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, c)) {
        guint depth = GST_VIDEO_FRAME_COMP_DEPTH (&frame, c);
        guint value = g_rand_int (rand) >> (32 - depth);

        if (depth > 8)
          *(guint16 *) (gpointer) data = (guint16) value;
        else
          *data = (guint8) value;
      }
    }
  }
  gst_video_frame_unmap (&frame);
  return buffer;
}

static GstVideoInfo
info_of (GstVideoFormat format, const Coding *coding, GstVideoChromaSite site,
    guint width)
{
  GstVideoInfo info;

  gst_video_info_set_format (&info, format, width, H);
  info.colorimetry.matrix = coding->matrix;
  info.colorimetry.range = coding->range;
  info.chroma_site = site;
  return info;
}

/* Asserts that the converter makes of @buffer, which is as @info says, what the
 * formula gives for @said, rounded. */
static void
check_frame_as (const GstVideoInfo *info, const GstVideoInfo *said,
    GstBuffer *buffer, gboolean wide)
{
  gdouble top = wide ? 65535 : 255;
  gdouble slack = wide ? .52 : .5 + 1e-4;
  guint w = (guint) info->width;
  g_autofree gfloat *scratch = NULL;
  g_autofree guint8 *out = g_malloc (w * H * 8);
  PerceptualImage source = { .width = w, .height = H };
  PerceptualYcbcr ycbcr;
  GstVideoFrame frame;
  GstCaps *caps = gst_video_info_to_caps ((GstVideoInfo *) info);
  guint8 *rgb;

  g_assert_true (gst_video_frame_map (&frame, said, buffer, GST_MAP_READ));
  rgb = GST_VIDEO_FRAME_PLANE_DATA (&frame, 0);
  g_assert_nonnull (rgb);
  source.depth = GST_VIDEO_INFO_COMP_DEPTH (info, 0);
  for (guint c = 0; c < (GST_VIDEO_INFO_IS_GRAY (info) ? 1 : 3); c++)
    source.planes[c] = (PerceptualPlane){
      .data = GST_VIDEO_FRAME_COMP_DATA (&frame, c),
      .stride = (gsize) GST_VIDEO_FRAME_COMP_STRIDE (&frame, c),
      .step = (gsize) GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, c),
      .width = (guint) GST_VIDEO_FRAME_COMP_WIDTH (&frame, c),
      .height = (guint) GST_VIDEO_FRAME_COMP_HEIGHT (&frame, c),
    };
  perceptual_ycbcr_init (&ycbcr, info, &source, wide);
  scratch = g_new (gfloat, perceptual_ycbcr_scratch (&ycbcr));
  perceptual_ycbcr_convert (&ycbcr, 0, 5, out, w * 8, scratch);
  perceptual_ycbcr_convert (&ycbcr, 5, H, out, w * 8, scratch);
  for (guint n = 0; n < w * H * 3; n++) {
    gint x = (gint) (n / 3 % w), y = (gint) (n / 3 / w);
    gdouble expected[3], found;

    formula (&frame, x, y, expected);
    found = wide
        ? ((guint16 *) (gpointer) (out + (guint) y * w * 8))[x * 4 + n % 3]
        : (out + (guint) y * w * 8)[x * 4 + n % 3];
    if (fabs (found - expected[n % 3] * top) > slack)
      g_error ("%s, %u %u: %g instead of %g", gst_caps_to_string (caps), x, y,
          found, expected[n % 3] * top);
  }
  gst_video_frame_unmap (&frame);
  gst_caps_unref (caps);
}

static void
check_frame (const GstVideoInfo *info, GstBuffer *buffer, gboolean wide)
{
  check_frame_as (info, info, buffer, wide);
}

static const GstVideoColorMatrix matrices[] = { GST_VIDEO_COLOR_MATRIX_BT601,
  GST_VIDEO_COLOR_MATRIX_BT709, GST_VIDEO_COLOR_MATRIX_BT2020,
  GST_VIDEO_COLOR_MATRIX_SMPTE240M, GST_VIDEO_COLOR_MATRIX_FCC };

static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_I420,
  GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_Y42B, GST_VIDEO_FORMAT_Y444,
  GST_VIDEO_FORMAT_Y41B, GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_GRAY8,
  GST_VIDEO_FORMAT_I420_10LE, GST_VIDEO_FORMAT_I422_12LE,
  GST_VIDEO_FORMAT_Y444_16LE, GST_VIDEO_FORMAT_GRAY16_LE };

static void
test_every_matrix_range_and_format_is_the_formula_rounded (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint m = 0; m < G_N_ELEMENTS (matrices); m++) {
    for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
      for (guint full = 0; full < 2; full++) {
        Coding coding = { matrices[m],
          full ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235 };
        GstVideoInfo info =
            info_of (formats[f], &coding, GST_VIDEO_CHROMA_SITE_MPEG2,
                widths[(m + f + full) % G_N_ELEMENTS (widths)]);
        g_autoptr (GstBuffer) buffer = random_frame (&info, rand);

        check_frame (&info, buffer, FALSE);
        check_frame (&info, buffer, TRUE);
      }
    }
  }
}

static void
test_chroma_lies_where_the_caps_say (void)
{
  static const GstVideoChromaSite sites[] = { GST_VIDEO_CHROMA_SITE_MPEG2,
    GST_VIDEO_CHROMA_SITE_JPEG, GST_VIDEO_CHROMA_SITE_COSITED,
    GST_VIDEO_CHROMA_SITE_V_COSITED, GST_VIDEO_CHROMA_SITE_UNKNOWN };
  static const GstVideoFormat subsampled[] = { GST_VIDEO_FORMAT_I420,
    GST_VIDEO_FORMAT_Y42B, GST_VIDEO_FORMAT_Y41B };
  const Coding coding = { GST_VIDEO_COLOR_MATRIX_BT709,
    GST_VIDEO_COLOR_RANGE_16_235 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);

  for (guint i = 0; i < G_N_ELEMENTS (sites); i++) {
    for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
      for (guint f = 0; f < G_N_ELEMENTS (subsampled); f++) {
        GstVideoInfo info =
            info_of (subsampled[f], &coding, sites[i], widths[w]);
        g_autoptr (GstBuffer) buffer = random_frame (&info, rand);
        GstVideoInfo said = info;

        /* Chroma without a site lies as in MPEG-2. */
        if (sites[i] == GST_VIDEO_CHROMA_SITE_UNKNOWN)
          said.chroma_site = GST_VIDEO_CHROMA_SITE_MPEG2;
        check_frame_as (&info, &said, buffer, TRUE);
      }
    }
  }
}

/* Without a matrix, that of GStreamer for the height. */
static void
test_a_missing_matrix_is_that_of_the_height (void)
{
  static const guint heights[] = { 576, 578 };

  for (guint i = 0; i < 2; i++) {
    guint8 samples[3] = { 120, 90, 200 }, out[4], expected[4];
    PerceptualImage source = { .width = 1, .height = 1, .depth = 8 };
    PerceptualYcbcr ycbcr;
    GstVideoInfo info;
    gfloat scratch[5 * 80];

    gst_video_info_set_format (&info, GST_VIDEO_FORMAT_Y444, 1, heights[i]);
    for (guint c = 0; c < 3; c++)
      source.planes[c] = (PerceptualPlane){ samples + c, 1, 1, 1, 1 };
    info.colorimetry.range = GST_VIDEO_COLOR_RANGE_16_235;
    info.colorimetry.matrix =
        i == 0 ? GST_VIDEO_COLOR_MATRIX_BT601 : GST_VIDEO_COLOR_MATRIX_BT709;
    perceptual_ycbcr_init (&ycbcr, &info, &source, FALSE);
    g_assert_cmpuint (
        perceptual_ycbcr_scratch (&ycbcr), <=, G_N_ELEMENTS (scratch));
    perceptual_ycbcr_convert (&ycbcr, 0, 1, expected, 4, scratch);
    info.colorimetry.matrix = GST_VIDEO_COLOR_MATRIX_UNKNOWN;
    g_assert_true (perceptual_ycbcr_knows (&info));
    perceptual_ycbcr_init (&ycbcr, &info, &source, FALSE);
    perceptual_ycbcr_convert (&ycbcr, 0, 1, out, 4, scratch);
    g_assert_cmpmem (out, 4, expected, 4);
  }
}

/* Rows of the two fields are told apart by chroma of their own. */
static void
test_chroma_of_one_field_does_not_leak_into_the_other (void)
{
  guint8 luma[64], chroma[16], out[8 * 8 * 4];
  PerceptualImage source = { .width = 8, .height = 8, .depth = 8 };
  PerceptualYcbcr ycbcr;
  GstVideoInfo info;
  g_autofree gfloat *scratch = NULL;

  memset (luma, 126, sizeof luma);
  for (guint i = 0; i < 16; i++)
    chroma[i] = i / 4 % 2 ? 200 : 60;
  source.planes[0] = (PerceptualPlane){ luma, 8, 1, 8, 8 };
  source.planes[1] = (PerceptualPlane){ chroma, 4, 1, 4, 4 };
  source.planes[2] = (PerceptualPlane){ chroma, 4, 1, 4, 4 };
  gst_video_info_set_interlaced_format (
      &info, GST_VIDEO_FORMAT_I420, GST_VIDEO_INTERLACE_MODE_INTERLEAVED, 8, 8);
  perceptual_ycbcr_init (&ycbcr, &info, &source, FALSE);
  scratch = g_new (gfloat, perceptual_ycbcr_scratch (&ycbcr));
  perceptual_ycbcr_convert (&ycbcr, 0, 8, out, 32, scratch);
  for (guint y = 2; y < 8; y++)
    g_assert_cmpmem (out + 32 * y, 32, out + 32 * (y % 2), 32);
  g_assert_cmpint (memcmp (out, out + 32, 32), !=, 0);
}

/* Rows of an odd number of pairs in two fields: none beyond the last is
 * read. */
static void
test_chroma_of_fields_ends_with_the_plane (void)
{
  guint8 luma[2 * 22], chroma[12], out[2][2 * 22 * 4];
  PerceptualImage source = { .width = 2, .height = 22, .depth = 8 };
  PerceptualYcbcr ycbcr;
  GstVideoInfo info;
  g_autofree gfloat *scratch = NULL;

  memset (luma, 126, sizeof luma);
  source.planes[0] = (PerceptualPlane){ luma, 2, 1, 2, 22 };
  source.planes[1] = (PerceptualPlane){ chroma, 1, 1, 1, 11 };
  source.planes[2] = source.planes[1];
  gst_video_info_set_interlaced_format (&info, GST_VIDEO_FORMAT_I420,
      GST_VIDEO_INTERLACE_MODE_INTERLEAVED, 2, 22);
  perceptual_ycbcr_init (&ycbcr, &info, &source, FALSE);
  scratch = g_new (gfloat, perceptual_ycbcr_scratch (&ycbcr));
  for (guint i = 0; i < 2; i++) {
    memset (chroma, 90, 11);
    chroma[11] = i == 0 ? 0 : 255;
    perceptual_ycbcr_convert (&ycbcr, 0, 22, out[i], 8, scratch);
  }
  g_assert_cmpmem (out[0], sizeof out[0], out[1], sizeof out[1]);
}

/* Samples whose bits are at the top of their words, as in P010. */
static void
test_samples_at_the_top_of_words_are_the_same (void)
{
  guint16 low[3 * 40], high[3 * 40], out[2][40 * 4];
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);

  for (guint i = 0; i < 3 * 40; i++) {
    low[i] = (guint16) g_rand_int_range (rand, 0, 1024);
    high[i] = (guint16) (low[i] << 6);
  }
  for (guint k = 0; k < 2; k++) {
    PerceptualImage source = {
      .width = 40, .height = 1, .depth = 10, .shift = k == 0 ? 0 : 6
    };
    PerceptualYcbcr ycbcr;
    GstVideoInfo info;
    g_autofree gfloat *scratch = NULL;

    gst_video_info_set_format (&info, GST_VIDEO_FORMAT_Y444_10LE, 40, 1);
    for (guint c = 0; c < 3; c++)
      source.planes[c] =
          (PerceptualPlane){ (k == 0 ? low : high) + 40 * c, 80, 2, 40, 1 };
    perceptual_ycbcr_init (&ycbcr, &info, &source, TRUE);
    scratch = g_new (gfloat, perceptual_ycbcr_scratch (&ycbcr));
    perceptual_ycbcr_convert (
        &ycbcr, 0, 1, (guint8 *) out[k], sizeof out[k], scratch);
  }
  g_assert_cmpmem (out[0], sizeof out[0], out[1], sizeof out[1]);
}

/* R'G'B' of limited range, of either depth, to either depth. */
static void
test_rgb_of_limited_range_is_the_formula_rounded (void)
{
  for (guint depth = 8; depth <= 10; depth += 2) {
    for (guint wide = 0; wide < 2; wide++) {
      const guint n = 1u << depth, step = depth > 8 ? 2 : 1;
      g_autofree guint8 *memory = g_malloc (3 * n * step);
      g_autofree guint16 *out = g_new (guint16, 4 * n);
      PerceptualImage source = { .width = n, .height = 1, .depth = depth };
      PerceptualYcbcr ycbcr;
      GstVideoInfo info;
      g_autofree gfloat *scratch = NULL;

      gst_video_info_set_format (&info,
          depth == 8 ? GST_VIDEO_FORMAT_GBR : GST_VIDEO_FORMAT_GBR_10LE, n, 1);
      info.colorimetry.range = GST_VIDEO_COLOR_RANGE_16_235;
      for (guint c = 0; c < 3; c++) {
        for (guint i = 0; i < n; i++) {
          guint value = (i + c * n / 3) % n;

          if (depth == 8)
            memory[c * n + i] = (guint8) value;
          else
            ((guint16 *) (gpointer) memory)[c * n + i] = (guint16) value;
        }
        source.planes[c] =
            (PerceptualPlane){ memory + c * n * step, n * step, step, n, 1 };
      }
      perceptual_ycbcr_init (&ycbcr, &info, &source, wide);
      scratch = g_new (gfloat, perceptual_ycbcr_scratch (&ycbcr));
      perceptual_ycbcr_convert (&ycbcr, 0, 1, (guint8 *) out, 8 * n, scratch);
      for (guint i = 0; i < 3 * n; i++) {
        guint value = (i / 3 + i % 3 * (n / 3)) % n;
        gdouble unit = n / 256., top = wide ? 65535 : 255;
        gdouble expected =
            CLAMP ((value - 16 * unit) / (219 * unit), 0, 1) * top;
        gdouble found =
            wide ? out[i / 3 * 4 + i % 3] : ((guint8 *) out)[i / 3 * 4 + i % 3];

        g_assert_cmpfloat_with_epsilon (
            found, expected, wide ? .52 : .5 + 1e-4);
      }
    }
  }
}

static void
check_rows (const PerceptualYcbcrRows *rows)
{
  const PerceptualYcbcrRows *c = &perceptual_ycbcr_rows_c;
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);
  PerceptualYcbcrMatrix matrix = { 1.16438f, 1.5960f, -.3918f, -.81297f,
    2.01723f, 16, 128, 255 };

  for (guint n = 1; n < 150; n++) {
    guint8 bytes[1200], a8[600], b8[600];
    gfloat in[4][152], a[400], b[400];
    guint16 a16[600], b16[600];

    for (guint i = 0; i < sizeof bytes; i++)
      bytes[i] = (guint8) g_rand_int (rand);
    for (guint i = 0; i < 4 * 152; i++)
      in[i / 152][i % 152] = (gfloat) g_rand_double_range (rand, -9, 270);
    for (guint step = 1; step < 5; step++) {
      c->load8 (a, bytes, step, n);
      rows->load8 (b, bytes, step, n);
      g_assert_cmpmem (a, n * 4, b, n * 4);
      c->load16 (a, bytes, 2 * step, step, n);
      rows->load16 (b, bytes, 2 * step, step, n);
      g_assert_cmpmem (a, n * 4, b, n * 4);
    }
    c->blend (a, in[0], in[1], .3f, n);
    rows->blend (b, in[0], in[1], .3f, n);
    g_assert_cmpmem (a, n * 4, b, n * 4);
    c->widen (a, in[0] + 1, .25f, .75f, n);
    rows->widen (b, in[0] + 1, .25f, .75f, n);
    g_assert_cmpmem (a, n * 8, b, n * 8);
    c->rgb8 (a8, in[0], in[1], in[2], &matrix, n);
    rows->rgb8 (b8, in[0], in[1], in[2], &matrix, n);
    g_assert_cmpmem (a8, n * 4, b8, n * 4);
    c->rgb16 (a16, in[0], in[1], in[2], &matrix, n);
    rows->rgb16 (b16, in[0], in[1], in[2], &matrix, n);
    g_assert_cmpmem (a16, n * 8, b16, n * 8);
    c->range8 (a8, in[0], in[1], in[2], &matrix, n);
    rows->range8 (b8, in[0], in[1], in[2], &matrix, n);
    g_assert_cmpmem (a8, n * 4, b8, n * 4);
    c->range16 (a16, in[0], in[1], in[2], &matrix, n);
    rows->range16 (b16, in[0], in[1], in[2], &matrix, n);
    g_assert_cmpmem (a16, n * 8, b16, n * 8);
  }
}

static void
test_every_instruction_set_gives_the_same_bits (void)
{
#ifdef HAVE_X86_KERNELS
  const gchar *kernels = perceptual_kernel_level ();

  if (!g_str_equal (kernels, "c"))
    check_rows (&perceptual_ycbcr_rows_avx2);
  if (g_str_equal (kernels, "avx512"))
    check_rows (&perceptual_ycbcr_rows_avx512);
#endif
  check_rows (perceptual_ycbcr_rows ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/ycbcr/every-matrix-range-and-format-is-the-formula",
      test_every_matrix_range_and_format_is_the_formula_rounded);
  g_test_add_func ("/ycbcr/chroma-lies-where-the-caps-say",
      test_chroma_lies_where_the_caps_say);
  g_test_add_func ("/ycbcr/a-missing-matrix-is-that-of-the-height",
      test_a_missing_matrix_is_that_of_the_height);
  g_test_add_func ("/ycbcr/chroma-of-one-field-does-not-leak-into-the-other",
      test_chroma_of_one_field_does_not_leak_into_the_other);
  g_test_add_func ("/ycbcr/chroma-of-fields-ends-with-the-plane",
      test_chroma_of_fields_ends_with_the_plane);
  g_test_add_func ("/ycbcr/samples-at-the-top-of-words-are-the-same",
      test_samples_at_the_top_of_words_are_the_same);
  g_test_add_func ("/ycbcr/rgb-of-limited-range-is-the-formula-rounded",
      test_rgb_of_limited_range_is_the_formula_rounded);
  g_test_add_func ("/ycbcr/every-instruction-set-gives-the-same-bits",
      test_every_instruction_set_gives_the_same_bits);
  return g_test_run ();
}
