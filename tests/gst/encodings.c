/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One picture in many encodings: whatever matrix, range, depth and layout two
 * streams have, what is compared differs by no more than their rounding.  The
 * encoder is the formulas of ITU-R BT.601, 709, 2020, of SMPTE 240M and the
 * FCC, in double precision.  Primaries are changed by way of CIE XYZ.
 */
#include "frames/images.h"

#include <math.h>

#define W 12
#define H 8

typedef struct
{
  GstVideoFormat format;
  GstVideoColorMatrix matrix;
  GstVideoColorRange range;
} Encoding;

/* R', G', B' of each pixel, 0 to 1. */
typedef gdouble Picture[H][W][3];

/* --- pictures ------------------------------------------------------------ */

/* Any colours. */
static void
draw_colours (Picture picture, GRand *rand)
{
  for (guint i = 0; i < H * W * 3; i++)
    picture[i / 3 / W][i / 3 % W][i % 3] = g_rand_double_range (rand, 0, 1);
}

/* Colours of one hue, so that chroma is the same everywhere by every matrix,
 * and it does not matter how many pixels share a sample of it. */
static void
draw_hue (Picture picture, GRand *rand)
{
  gdouble hue[3];

  for (guint c = 0; c < 3; c++)
    hue[c] = g_rand_double_range (rand, 0, .5);
  for (guint i = 0; i < H * W; i++) {
    gdouble light = g_rand_double_range (rand, 0, .5);

    for (guint c = 0; c < 3; c++)
      picture[i / W][i % W][c] = hue[c] + light;
  }
}

static void
draw_grey (Picture picture, GRand *rand)
{
  for (guint i = 0; i < H * W; i++) {
    gdouble light = g_rand_double_range (rand, 0, 1);

    for (guint c = 0; c < 3; c++)
      picture[i / W][i % W][c] = light;
  }
}

/* --- encoding ------------------------------------------------------------ */

static guint
depth_of (GstVideoFormat format)
{
  return GST_VIDEO_FORMAT_INFO_DEPTH (gst_video_format_get_info (format), 0);
}

/* How many codes lie between 0 and 1 (luma, RGB), and in a range of 1
 * (chroma). */
static gdouble
codes_of (const Encoding *e, gboolean chroma)
{
  guint depth = depth_of (e->format);

  if (e->range == GST_VIDEO_COLOR_RANGE_0_255)
    return (1 << depth) - 1;
  return (chroma ? 224 : 219) * (1 << (depth - 8));
}

static gboolean
is_rgb (const Encoding *e)
{
  return e->matrix == GST_VIDEO_COLOR_MATRIX_RGB;
}

static void
get_weights (const Encoding *e, gdouble k[3])
{
  g_assert_true (gst_video_color_matrix_get_Kr_Kb (e->matrix, &k[0], &k[2]));
  k[1] = 1 - k[0] - k[2];
}

/* Y', Cb, Cr, or R', G', B', as codes of @e. */
static void
encode (const Encoding *e, const gdouble rgb[3], guint codes[3])
{
  gdouble unit = 1 << (depth_of (e->format) - 8), k[3], y;
  gdouble black = e->range == GST_VIDEO_COLOR_RANGE_0_255 ? 0 : 16 * unit;

  if (is_rgb (e)) {
    for (guint c = 0; c < 3; c++)
      codes[c] = (guint) floor (black + rgb[c] * codes_of (e, FALSE) + .5);
    return;
  }
  get_weights (e, k);
  y = k[0] * rgb[0] + k[1] * rgb[1] + k[2] * rgb[2];
  codes[0] = (guint) floor (black + y * codes_of (e, FALSE) + .5);
  for (guint c = 1; c < 3; c++) {
    guint of = c == 1 ? 2 : 0; /* blue, red */
    gdouble chroma = (rgb[of] - y) / (2 * (1 - k[of]));
    gdouble code = floor (128 * unit + chroma * codes_of (e, TRUE) + .5);

    codes[c] = (guint) MIN (code, 256 * unit - 1);
  }
}

/* How much rounding to codes of @e may change a colour. */
static gdouble
rounding_of (const Encoding *e)
{
  /* Full-range chroma of +.5 has no code; the last one is half a code away. */
  gdouble y = .5 / codes_of (e, FALSE), c = 1 / codes_of (e, TRUE), k[3];

  if (is_rgb (e))
    return y;
  if (e->range != GST_VIDEO_COLOR_RANGE_0_255)
    c /= 2;
  get_weights (e, k);
  if (GST_VIDEO_FORMAT_INFO_IS_GRAY (gst_video_format_get_info (e->format)))
    return y;
  return y
      + c
      * MAX (2 * (1 - MIN (k[0], k[2])),
          2 * ((1 - k[0]) * k[0] + (1 - k[2]) * k[2]) / k[1]);
}

static PerceptualFormat *
format_of (const Encoding *e)
{
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;
  PerceptualFormat *format;

  g_assert_true (gst_video_info_set_format (&info, e->format, W, H));
  info.fps_n = 25;
  info.colorimetry = (GstVideoColorimetry){ e->range, e->matrix,
    GST_VIDEO_TRANSFER_BT709, GST_VIDEO_COLOR_PRIMARIES_BT709 };
  caps = gst_video_info_to_caps (&info);
  format = perceptual_format_new (caps);
  g_assert_cmpint (format->info.colorimetry.matrix, ==, e->matrix);
  g_assert_cmpint (format->info.colorimetry.range, ==, e->range);
  return format;
}

/* GStreamer's packing puts codes where the layout has them. */
static GstBuffer *
encode_picture (const Encoding *e, const PerceptualFormat *format,
    const gdouble (*picture)[W][3])
{
  const GstVideoFormatInfo *finfo = format->info.finfo;
  gboolean wide = GST_VIDEO_FORMAT_INFO_BITS (
                      gst_video_format_get_info (finfo->unpack_format))
      == 16;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, format->info.size, NULL);
  guint shift = (wide ? 16 : 8) - depth_of (e->format);
  GstVideoFrame frame;

  g_assert_true (
      gst_video_frame_map (&frame, &format->info, buffer, GST_MAP_READWRITE));
  for (gint y = 0; y < H; y++) {
    guint16 words[W][4];
    guint8 bytes[W][4];

    for (guint x = 0; x < W; x++) {
      guint codes[3];

      encode (e, picture[y][x], codes);
      words[x][0] = 0xffff;
      bytes[x][0] = 0xff;
      for (guint c = 0; c < 3; c++) {
        words[x][1 + c] = (guint16) (codes[c] << shift);
        bytes[x][1 + c] = (guint8) codes[c];
      }
    }
    finfo->pack_func (finfo, GST_VIDEO_PACK_FLAG_NONE,
        wide ? (gpointer) words : (gpointer) bytes, 0, frame.data,
        frame.info.stride, GST_VIDEO_CHROMA_SITE_MPEG2, y, W);
  }
  gst_video_frame_unmap (&frame);
  return buffer;
}

/* --- comparing ----------------------------------------------------------- */

static gdouble
sample (const PerceptualImage *image, guint x, guint y, guint c)
{
  const guint8 *row = (const guint8 *) image->data + y * image->stride;

  return image->pixels == PERCEPTUAL_PIXELS_RGBX16
      ? ((const guint16 *) (gconstpointer) row)[4 * x + c] / 65535.
      : row[4 * x + c] / 255.;
}

static gchar *
words_for (const Encoding *e)
{
  const GstVideoColorimetry colour = { e->range, e->matrix,
    GST_VIDEO_TRANSFER_BT709, GST_VIDEO_COLOR_PRIMARIES_BT709 };
  g_autofree gchar *text = gst_video_colorimetry_to_string (&colour);

  return g_strdup_printf (
      "%s %s", gst_video_format_to_string (e->format), text);
}

/* Asserts that the two images show the same, and show @picture. */
static void
check_images (const PerceptualImage images[2], const Encoding *const e[2],
    const gdouble (*picture)[W][3])
{
  gdouble step =
      images[0].pixels == PERCEPTUAL_PIXELS_RGBX16 ? 1 / 65535. : 1 / 255.;

  for (guint i = 0; i < H * W * 3; i++) {
    guint x = i / 3 % W, y = i / 3 / W, c = i % 3;

    for (guint side = 0; side < 2; side++) {
      gdouble error = sample (&images[side], x, y, c) - picture[y][x][c];

      /* Rounded to the image's own steps, and by a thousandth of float. */
      if (fabs (error) > rounding_of (e[side]) + .55 * step) {
        g_autofree gchar *a = words_for (e[side]);
        g_autofree gchar *b = words_for (e[1 - side]);

        g_error ("%s (with %s): %u of pixel %u,%u is off by %g of 255", a, b, c,
            x, y, error * 255);
      }
    }
  }
}

static gdouble
distance_between (PerceptualMetric *metric, const PerceptualImage images[2])
{
  PerceptualResult result = { 0 };
  gdouble distance;

  g_assert_true (perceptual_metric_compare (metric, &images[0], &images[1], 1,
      PERCEPTUAL_COMPARE_NONE, &result, NULL));
  distance = result.distance;
  perceptual_result_clear (&result);
  return distance;
}

static void
check_pair (PerceptualMetric *l2, const Encoding *reference,
    const Encoding *distorted, const gdouble (*picture)[W][3])
{
  const Encoding *const e[2] = { reference, distorted };
  PerceptualFormat *formats[2] = { format_of (e[0]), format_of (e[1]) };
  g_autoptr (GstBuffer) a = encode_picture (e[0], formats[0], picture);
  g_autoptr (GstBuffer) b = encode_picture (e[1], formats[1], picture);
  g_autoptr (PerceptualPairFormat) pair =
      perceptual_pair_format_new (formats[0], formats[1]);
  const PerceptualPairFormat *const pairs[] = { pair };
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  PerceptualImage images[2] = { { 0 } };
  gdouble most;
  g_autoptr (GError) error = NULL;

  if (!perceptual_frames_map (frames, a, &b, pairs, images, &error))
    g_error ("%s", error->message);
  check_images (images, e, picture);
  /* Both errors at once in every sample, on the scale from -1 to 1. */
  most = 2
      * (rounding_of (e[0]) + rounding_of (e[1])
          + 1.1 / (images[0].pixels == PERCEPTUAL_PIXELS_RGBX16 ? 65535 : 255));
  g_assert_cmpfloat (distance_between (l2, images), <=, most * most);
  /* Differences are reported; RGB and Y'CbCr differ in any case. */
  if (is_rgb (e[0]) == is_rgb (e[1]))
    g_assert_true ((pair->colour == NULL)
        == (e[0]->range == e[1]->range && e[0]->matrix == e[1]->matrix
            && depth_of (e[0]->format) == depth_of (e[1]->format)));
  perceptual_frames_free (frames);
  perceptual_format_unref (formats[0]);
  perceptual_format_unref (formats[1]);
}

static void
check_all_pairs (const GArray *encodings, void (*draw) (Picture, GRand *))
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (21);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (PerceptualMetric) l2 =
      perceptual_metric_new ("l2", NULL, workers, NULL);

  for (guint i = 0; i < encodings->len; i++) {
    for (guint j = 0; j < encodings->len; j++) {
      Picture picture;

      draw (picture, rand);
      check_pair (l2, &g_array_index (encodings, Encoding, i),
          &g_array_index (encodings, Encoding, j),
          (const gdouble (*)[W][3]) picture);
    }
  }
}

/* --- which --------------------------------------------------------------- */

static const GstVideoColorMatrix matrices[] = { GST_VIDEO_COLOR_MATRIX_BT601,
  GST_VIDEO_COLOR_MATRIX_BT709, GST_VIDEO_COLOR_MATRIX_BT2020,
  GST_VIDEO_COLOR_MATRIX_SMPTE240M, GST_VIDEO_COLOR_MATRIX_FCC };

static const GstVideoColorRange ranges[] = { GST_VIDEO_COLOR_RANGE_0_255,
  GST_VIDEO_COLOR_RANGE_16_235 };

static void
add_ranges (GArray *list, GstVideoFormat format, GstVideoColorMatrix matrix)
{
  for (guint r = 0; r < G_N_ELEMENTS (ranges); r++) {
    Encoding e = { format, matrix, ranges[r] };

    g_array_append_val (list, e);
  }
}

static void
add_matrices (GArray *list, const GstVideoFormat *formats, guint n)
{
  for (guint f = 0; f < n; f++) {
    for (guint m = 0; m < G_N_ELEMENTS (matrices); m++)
      add_ranges (list, formats[f], matrices[m]);
  }
}

static void
test_any_two_of_matrix_range_and_depth_show_the_same_colours (void)
{
  static const GstVideoFormat ycbcr[] = { GST_VIDEO_FORMAT_Y444,
    GST_VIDEO_FORMAT_Y444_10LE, GST_VIDEO_FORMAT_Y444_12LE,
    GST_VIDEO_FORMAT_Y444_16LE };
  static const GstVideoFormat rgb[] = { GST_VIDEO_FORMAT_RGB,
    GST_VIDEO_FORMAT_GBR, GST_VIDEO_FORMAT_GBR_10LE, GST_VIDEO_FORMAT_GBR_12LE,
    GST_VIDEO_FORMAT_RGBA64_LE };
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (Encoding));

  add_matrices (list, ycbcr, G_N_ELEMENTS (ycbcr));
  for (guint i = 0; i < G_N_ELEMENTS (rgb); i++)
    add_ranges (list, rgb[i], GST_VIDEO_COLOR_MATRIX_RGB);
  g_assert_cmpuint (list->len, ==, 4 * 5 * 2 + 5 * 2);
  check_all_pairs (list, draw_colours);
}

static void
test_any_two_layouts_show_the_same_hue (void)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_I420,
    GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_Y42B, GST_VIDEO_FORMAT_YUY2,
    GST_VIDEO_FORMAT_AYUV, GST_VIDEO_FORMAT_I420_10LE,
    GST_VIDEO_FORMAT_P010_10LE, GST_VIDEO_FORMAT_v210, GST_VIDEO_FORMAT_Y210,
    GST_VIDEO_FORMAT_Y410, GST_VIDEO_FORMAT_I420_12LE, GST_VIDEO_FORMAT_P012_LE,
    GST_VIDEO_FORMAT_Y412_LE, GST_VIDEO_FORMAT_P016_LE,
    GST_VIDEO_FORMAT_AYUV64 };
  static const GstVideoFormat rgb[] = { GST_VIDEO_FORMAT_BGRx,
    GST_VIDEO_FORMAT_r210, GST_VIDEO_FORMAT_RGB10A2_LE,
    GST_VIDEO_FORMAT_ARGB64_BE, GST_VIDEO_FORMAT_GBR_10BE };
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (Encoding));

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    add_ranges (list, formats[i], matrices[i % G_N_ELEMENTS (matrices)]);
  for (guint i = 0; i < G_N_ELEMENTS (rgb); i++)
    add_ranges (list, rgb[i], GST_VIDEO_COLOR_MATRIX_RGB);
  check_all_pairs (list, draw_hue);
}

static void
test_grey_without_chroma_shows_the_same_as_with_it (void)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_GRAY8,
    GST_VIDEO_FORMAT_GRAY16_LE, GST_VIDEO_FORMAT_GRAY16_BE,
    GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_P010_10LE };
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (Encoding));

  add_matrices (list, formats, G_N_ELEMENTS (formats));
  add_ranges (list, GST_VIDEO_FORMAT_RGBx, GST_VIDEO_COLOR_MATRIX_RGB);
  check_all_pairs (list, draw_grey);
}

/* --- primaries ----------------------------------------------------------- */

/* x, y of red, green, blue (ITU-R BT.709, BT.2020, BT.1700); white is D65. */
typedef struct
{
  GstVideoColorPrimaries id;
  gdouble xy[3][2];
} Primaries;

static const Primaries primaries[] = {
  { GST_VIDEO_COLOR_PRIMARIES_BT709,
      { { .64, .33 }, { .3, .6 }, { .15, .06 } } },
  { GST_VIDEO_COLOR_PRIMARIES_SMPTE170M,
      { { .63, .34 }, { .31, .595 }, { .155, .07 } } },
  { GST_VIDEO_COLOR_PRIMARIES_BT470BG,
      { { .64, .33 }, { .29, .6 }, { .15, .06 } } },
  { GST_VIDEO_COLOR_PRIMARIES_BT2020,
      { { .708, .292 }, { .17, .797 }, { .131, .046 } } },
};

/* x of a x = b, by Cramer's rule. */
static void
solve (gdouble a[3][3], const gdouble b[3], gdouble x[3])
{
  gdouble det[4];

  for (guint k = 0; k < 4; k++) {
    gdouble m[3][3];

    for (guint i = 0; i < 9; i++)
      m[i / 3][i % 3] = k == i % 3 + 1 ? b[i / 3] : a[i / 3][i % 3];
    det[k] = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  }
  for (guint k = 0; k < 3; k++)
    x[k] = det[1 + k] / det[0];
}

/* Columns: X, Y, Z of red, green and blue as bright as makes white. */
static void
get_xyz (const Primaries *p, gdouble xyz[3][3])
{
  static const gdouble white[3] = { .3127 / .329, 1,
    (1 - .3127 - .329) / .329 };
  gdouble bright[3];

  for (guint c = 0; c < 3; c++) {
    xyz[0][c] = p->xy[c][0];
    xyz[1][c] = p->xy[c][1];
    xyz[2][c] = 1 - p->xy[c][0] - p->xy[c][1];
  }
  solve (xyz, white, bright);
  for (guint i = 0; i < 9; i++)
    xyz[i / 3][i % 3] *= bright[i % 3];
}

static gdouble
light_of (gdouble v)
{
  return v < .081 ? v / 4.5 : pow ((v + .099) / 1.099, 1 / .45);
}

static gdouble
value_of (gdouble light)
{
  return light < .018 ? light * 4.5 : 1.099 * pow (light, .45) - .099;
}

/* The colour @in of primaries @from, expressed in primaries @to. */
static void
change_primaries (const Primaries *from, const Primaries *to,
    const gdouble in[3], gdouble out[3])
{
  gdouble a[3][3], b[3][3], seen[3] = { 0 }, light[3];

  get_xyz (from, a);
  get_xyz (to, b);
  for (guint k = 0; k < 9; k++)
    seen[k / 3] += a[k / 3][k % 3] * light_of (in[k % 3]);
  solve (b, seen, light);
  for (guint c = 0; c < 3; c++)
    out[c] = value_of (light[c]);
}

/* Colours that both sets of primaries have. */
static void
draw_by_both (const Primaries *from, const Primaries *to, Picture picture,
    Picture coded, GRand *rand)
{
  for (guint i = 0; i < H * W; i++) {
    gdouble *in = picture[i / W][i % W], *out = coded[i / W][i % W];

    do {
      for (guint c = 0; c < 3; c++)
        in[c] = g_rand_double_range (rand, .2, .8);
      change_primaries (from, to, in, out);
    } while (MIN (out[0], MIN (out[1], out[2])) < .2
        || MAX (out[0], MAX (out[1], out[2])) > .8);
  }
}

static PerceptualFormat *
format_with_primaries (GstVideoFormat format, const Primaries *p)
{
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;

  g_assert_true (gst_video_info_set_format (&info, format, W, H));
  info.fps_n = 25;
  info.colorimetry = (GstVideoColorimetry){ GST_VIDEO_COLOR_RANGE_16_235,
    GST_VIDEO_COLOR_MATRIX_BT709, GST_VIDEO_TRANSFER_BT709, p->id };
  caps = gst_video_info_to_caps (&info);
  return perceptual_format_new (caps);
}

/* Returns: how much @distorted, in its own primaries, is off in the worst
 * sample, where 1 is from black to white.  @unconverted: how much it would be
 * off without a conversion. */
static gdouble
worst_of_primaries (GstVideoFormat format, const Primaries *reference,
    const Primaries *distorted, GRand *rand, gdouble *unconverted)
{
  const Encoding e = { format, GST_VIDEO_COLOR_MATRIX_BT709,
    GST_VIDEO_COLOR_RANGE_16_235 };
  PerceptualFormat *formats[2] = { format_with_primaries (format, reference),
    format_with_primaries (format, distorted) };
  g_autoptr (PerceptualPairFormat) pair =
      perceptual_pair_format_new (formats[0], formats[1]);
  const PerceptualPairFormat *const pairs[] = { pair };
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  PerceptualImage images[2] = { { 0 } };
  Picture picture, coded;
  g_autoptr (GstBuffer) a = NULL;
  g_autoptr (GstBuffer) b = NULL;
  gdouble worst = 0;

  draw_by_both (reference, distorted, picture, coded, rand);
  a = encode_picture (&e, formats[0], (const gdouble (*)[W][3]) picture);
  b = encode_picture (&e, formats[1], (const gdouble (*)[W][3]) coded);
  g_assert_true (perceptual_frames_map (frames, a, &b, pairs, images, NULL));
  for (guint i = 0; i < H * W * 3; i++) {
    guint x = i / 3 % W, y = i / 3 / W, c = i % 3;

    worst = MAX (worst, fabs (sample (&images[1], x, y, c) - picture[y][x][c]));
    *unconverted = MAX (*unconverted, fabs (coded[y][x][c] - picture[y][x][c]));
  }
  g_assert_cmpstr (pair->luma, ==, reference == distorted ? "stream" : "rgb");
  perceptual_frames_free (frames);
  perceptual_format_unref (formats[0]);
  perceptual_format_unref (formats[1]);
  return worst;
}

static void
test_other_primaries_become_those_of_the_reference (void)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_Y444,
    GST_VIDEO_FORMAT_Y444_10LE, GST_VIDEO_FORMAT_Y444_16LE };
  g_autoptr (GRand) rand = g_rand_new_with_seed (22);

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    for (guint i = 0; i < 16; i++) {
      const Primaries *reference = &primaries[i / 4];
      const Primaries *distorted = &primaries[i % 4];
      gdouble unconverted = 0;
      gdouble worst = worst_of_primaries (
          formats[f], reference, distorted, rand, &unconverted);

      const Encoding e = { formats[f], GST_VIDEO_COLOR_MATRIX_BT709,
        GST_VIDEO_COLOR_RANGE_16_235 };
      /* Narrower primaries amplify rounding errors; GStreamer's tables and
       * matrix are good for less than a level of 255. */
      gdouble limit = 1.7 * rounding_of (&e) + (f == 0 ? .55 : 0) / 255;

      if (reference != distorted) {
        limit += .75 / 255;
        g_assert_cmpfloat (unconverted, >, 2 * limit);
      }
      g_assert_cmpfloat (worst, <=, limit);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/encodings/any-two-of-matrix-range-and-depth-show-the-same",
      test_any_two_of_matrix_range_and_depth_show_the_same_colours);
  g_test_add_func ("/encodings/any-two-layouts-show-the-same-hue",
      test_any_two_layouts_show_the_same_hue);
  g_test_add_func ("/encodings/grey-without-chroma-shows-the-same-as-with-it",
      test_grey_without_chroma_shows_the_same_as_with_it);
  g_test_add_func ("/encodings/other-primaries-become-those-of-the-reference",
      test_other_primaries_become_those_of_the_reference);
  return g_test_run ();
}
