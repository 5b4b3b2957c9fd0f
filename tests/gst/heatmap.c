/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The colours of heat maps, as people with and without full colour vision see
 * them, and the pictures made of them.
 */
#include "output/heatmap.h"

#include <math.h>
#include <string.h>

#define N PERCEPTUAL_HEATMAP_N_COLOURS
#define WIDTH 320
#define HEIGHT 240

/* --- how colours look ---------------------------------------------------- */

typedef enum
{
  FULL_VISION,
  PROTANOPIA,   /* no red cones */
  DEUTERANOPIA, /* no green cones */
  N_VISIONS,
} Vision;

typedef struct
{
  gdouble l, a, b;
} Lab;

static gdouble
linear (guint32 sample)
{
  gdouble value = (sample & 255) / 255.;

  return value <= .04045 ? value / 12.92 : pow ((value + .055) / 1.055, 2.4);
}

/* Vienot, Brettel, Mollon 1999, "Digital video colourmaps for checking the
 * legibility of displays by dichromats": to the responses of the cones, the
 * missing one from the two others, and back. */
static void
see (Vision vision, gdouble rgb[3])
{
  gdouble l = 17.8824 * rgb[0] + 43.5161 * rgb[1] + 4.11935 * rgb[2];
  gdouble m = 3.45565 * rgb[0] + 27.1554 * rgb[1] + 3.86714 * rgb[2];
  gdouble s = .0299566 * rgb[0] + .184309 * rgb[1] + 1.46709 * rgb[2];

  if (vision == FULL_VISION)
    return;
  if (vision == PROTANOPIA)
    l = 2.02344 * m - 2.52581 * s;
  else
    m = .494207 * l + 1.24827 * s;
  rgb[0] = .0809444479 * l - .130504409 * m + .116721066 * s;
  rgb[1] = -.0102485335 * l + .0540193266 * m - .113614708 * s;
  rgb[2] = -.000365296938 * l - .00412161469 * m + .693511405 * s;
  for (guint c = 0; c < 3; c++)
    rgb[c] = CLAMP (rgb[c], 0, 1);
}

static gdouble
lab_part (gdouble t)
{
  return t > 216. / 24389 ? cbrt (t) : (24389. / 27 * t + 16) / 116;
}

static Lab
lab_of (guint32 colour, Vision vision)
{
  gdouble rgb[3] = { linear (colour >> 16), linear (colour >> 8),
    linear (colour) };
  gdouble x, y, z;

  see (vision, rgb);
  x = lab_part (
      (.4124564 * rgb[0] + .3575761 * rgb[1] + .1804375 * rgb[2]) / .95047);
  y = lab_part (.2126729 * rgb[0] + .7151522 * rgb[1] + .0721750 * rgb[2]);
  z = lab_part (
      (.0193339 * rgb[0] + .1191920 * rgb[1] + .9503041 * rgb[2]) / 1.08883);
  return (Lab){ 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

static gdouble
difference (Lab p, Lab q)
{
  return sqrt (pow (p.l - q.l, 2) + pow (p.a - q.a, 2) + pow (p.b - q.b, 2));
}

/* Eight bits a sample are coarser than a step of dark colours, so lightness
 * is compared over a few steps. */
static void
test_colours_get_lighter_for_everybody (void)
{
  guint32 colours[N];

  perceptual_heatmap_colours (colours);
  g_assert_cmphex (colours[0], ==, 0xff000000);
  for (guint vision = 0; vision < N_VISIONS; vision++) {
    for (guint i = 0; i + 4 < N; i++)
      g_assert_cmpfloat (
          lab_of (colours[i + 4], vision).l, >, lab_of (colours[i], vision).l);
    g_assert_cmpfloat (lab_of (colours[N - 1], vision).l, >, 93);
  }
}

/* The lightness of full vision is that of the formula. */
static void
test_lightness_is_even (void)
{
  guint32 colours[N];

  perceptual_heatmap_colours (colours);
  for (guint i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (
        lab_of (colours[i], FULL_VISION).l, 96. * i / (N - 1), .7);
}

/* No two of sixteen colours look alike; a difference of 2.3 can just be
 * seen. */
static void
test_colours_are_distinct_for_everybody (void)
{
  guint32 colours[N];

  perceptual_heatmap_colours (colours);
  for (guint vision = 0; vision < N_VISIONS; vision++) {
    gdouble least = G_MAXDOUBLE;

    for (guint i = 0; i < N; i += 17) {
      for (guint j = i + 17; j < N; j += 17)
        least = MIN (least,
            difference (
                lab_of (colours[i], vision), lab_of (colours[j], vision)));
    }
    g_test_message ("vision %u: %g", vision, least);
    g_assert_cmpfloat (least, >, 4);
  }
}

/* --- pictures ------------------------------------------------------------ */

typedef struct
{
  guint32 colours[N];
  gfloat map[WIDTH * HEIGHT];
  guint8 grey[WIDTH * HEIGHT * 4];
  guint16 wide[WIDTH * HEIGHT * 4];
  guint32 pixels[(WIDTH + 3) * HEIGHT];
  PerceptualResult result;
  PerceptualImage reference;
  PerceptualHeatmap heatmap;
} Picture;

/* A map of 0 on the left and 1 on the right; the maximum is 4. */
static Picture *
picture_new (void)
{
  Picture *self = g_new0 (Picture, 1);

  perceptual_heatmap_colours (self->colours);
  for (guint i = 0; i < WIDTH * HEIGHT; i++) {
    self->map[i] = i % WIDTH < WIDTH / 2 ? 0 : 1;
    for (guint c = 0; c < 4; c++) {
      self->grey[4 * i + c] = (guint8) (i / WIDTH);
      self->wide[4 * i + c] = (guint16) (257 * (i / WIDTH));
    }
  }
  self->result = (PerceptualResult){
    .distance = .5, .map = self->map, .map_width = WIDTH, .map_height = HEIGHT
  };
  self->reference = (PerceptualImage){ .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .width = WIDTH,
    .height = HEIGHT,
    .data = self->grey,
    .stride = WIDTH * 4 };
  self->heatmap =
      (PerceptualHeatmap){ .maximum = 4, .zoom = 1, .metric = "mmd-ssim" };
  return self;
}

static void
draw (Picture *self)
{
  memset (self->pixels, 0xee, sizeof self->pixels);
  perceptual_heatmap_draw (&self->heatmap, self->colours, &self->result,
      &self->reference, (guint8 *) self->pixels, (WIDTH + 3) * 4);
}

static guint32
pixel_at (const Picture *self, guint x, guint y)
{
  return self->pixels[y * (WIDTH + 3) + x];
}

static void
test_a_distance_has_the_colour_of_its_square_root (void)
{
  g_autofree Picture *picture = picture_new ();

  picture->map[0] = 100;
  picture->map[1] = 4;
  draw (picture);
  g_assert_cmphex (pixel_at (picture, 0, 0), ==, picture->colours[N - 1]);
  g_assert_cmphex (pixel_at (picture, 1, 0), ==, picture->colours[N - 1]);
  g_assert_cmphex (pixel_at (picture, 2, 0), ==, picture->colours[0]);
  /* The square root of a quarter is a half. */
  g_assert_cmphex (
      pixel_at (picture, WIDTH - 1, HEIGHT - 1), ==, picture->colours[128]);
  /* What is behind a row does not belong to the picture. */
  g_assert_cmphex (pixel_at (picture, WIDTH, 0), ==, 0xeeeeeeee);
}

static void
test_blend_goes_from_the_map_to_the_grey_reference (void)
{
  for (guint wide = 0; wide < 2; wide++) {
    g_autofree Picture *picture = picture_new ();
    guint32 colour = picture->colours[128];

    if (wide) {
      picture->reference.pixels = PERCEPTUAL_PIXELS_RGBX16;
      picture->reference.data = picture->wide;
      picture->reference.stride = WIDTH * 8;
    }
    picture->heatmap.blend = 1;
    draw (picture);
    for (guint y = 0; y < HEIGHT; y += 7)
      g_assert_cmphex (
          pixel_at (picture, 200, y), ==, 0xff000000 + y * 0x010101);
    picture->heatmap.blend = .5;
    draw (picture);
    for (guint shift = 0; shift < 24; shift += 8)
      g_assert_cmpfloat_with_epsilon (
          pixel_at (picture, 200, 100) >> shift & 255,
          ((colour >> shift & 255) + 100) / 2., .51);
    picture->heatmap.blend = 0;
    draw (picture);
    g_assert_cmphex (pixel_at (picture, 200, 100), ==, colour);
  }
}

/* How many pixels of a part differ from the picture without a legend. */
static guint
count_legend (guint left, guint top, guint right, guint bottom)
{
  g_autofree Picture *with = picture_new ();
  g_autofree Picture *without = picture_new ();
  guint n = 0;

  with->heatmap.legend = TRUE;
  draw (with);
  draw (without);
  for (guint y = top; y < bottom; y++) {
    for (guint x = left; x < right; x++)
      n += pixel_at (with, x, y) != pixel_at (without, x, y) ? 1 : 0;
  }
  return n;
}

static void
test_the_legend_is_in_the_lower_left_corner_only (void)
{
  g_assert_cmpuint (count_legend (0, HEIGHT / 2, WIDTH / 2, HEIGHT), >, 2000);
  g_assert_cmpuint (count_legend (0, 0, WIDTH, HEIGHT / 2), ==, 0);
  g_assert_cmpuint (count_legend (WIDTH / 2, 0, WIDTH, HEIGHT), ==, 0);
}

/* Some row of pixels runs through the colours of the table in order, and there
 * is white text above and below it. */
static void
test_the_legend_has_a_bar_and_text (void)
{
  g_autofree Picture *picture = picture_new ();
  guint longest = 0, bar = 0, above = 0, below = 0;

  picture->heatmap.legend = TRUE;
  memset (picture->map, 0, sizeof picture->map);
  draw (picture);
  for (guint y = 0; y < HEIGHT; y++) {
    guint rising = 0;

    for (guint x = 1; x < WIDTH; x++) {
      Lab before = lab_of (pixel_at (picture, x - 1, y), FULL_VISION);
      Lab after = lab_of (pixel_at (picture, x, y), FULL_VISION);

      rising = after.l > before.l - .8 && after.l < before.l + 5
              && hypot (after.a, after.b) > 1
          ? rising + 1
          : 0;
      if (rising > longest) {
        longest = rising;
        bar = y;
      }
    }
  }
  g_assert_cmpuint (longest, >, 60);
  for (guint y = 0; y < HEIGHT; y++) {
    for (guint x = 0; x < WIDTH; x++) {
      Lab seen = lab_of (pixel_at (picture, x, y), FULL_VISION);
      gboolean text = seen.l > 70 && hypot (seen.a, seen.b) < 2;

      above += text && y + 6 < bar ? 1 : 0;
      below += text && y > bar + 6 ? 1 : 0;
    }
  }
  g_assert_cmpuint (above, >, 20);
  g_assert_cmpuint (below, >, 10);
}

static void
test_small_pictures_have_no_legend (void)
{
  g_autofree Picture *picture = picture_new ();

  picture->heatmap.legend = TRUE;
  picture->result.map_width = 64;
  picture->result.map_height = 48;
  memset (picture->map, 0, sizeof picture->map);
  draw (picture);
  for (guint i = 0; i < 64 * 48; i++)
    g_assert_cmphex (pixel_at (picture, i % 64, i / 64), ==, 0xff000000);
}

static void
assert_size (const PerceptualHeatmap *heatmap, guint width, guint height,
    guint picture_width, guint picture_height)
{
  perceptual_heatmap_size (heatmap, &width, &height);
  g_assert_cmpuint (width, ==, picture_width);
  g_assert_cmpuint (height, ==, picture_height);
}

static void
test_a_zoom_of_0_makes_small_pictures_large (void)
{
  PerceptualHeatmap heatmap = { .maximum = 1 };

  assert_size (&heatmap, 64, 48, 640, 480);
  assert_size (&heatmap, 300, 321, 300, 321);
  assert_size (&heatmap, 320, 200, 640, 400);
  assert_size (&heatmap, 1, 1, 640, 640);
  assert_size (&heatmap, 1920, 1080, 1920, 1080);
  heatmap.zoom = 32;
  assert_size (&heatmap, 10, 8, 320, 256);
  assert_size (&heatmap, PERCEPTUAL_MAX_SIZE / 2, 8, PERCEPTUAL_MAX_SIZE, 16);
}

/* Each pixel of the map is a square, and the legend covers none of them. */
static void
test_a_zoomed_map_has_its_legend_below (void)
{
  g_autofree Picture *small = picture_new ();
  guint width = 24, height = 10, bar = 0, text = 0;
  g_autofree guint32 *pixels = NULL;

  small->result.map_width = width;
  small->result.map_height = height;
  for (guint i = 0; i < width * height; i++)
    small->map[i] = (gfloat) i / 60;
  draw (small);
  small->heatmap.zoom = 7;
  small->heatmap.legend = small->heatmap.below = TRUE;
  perceptual_heatmap_size (&small->heatmap, &width, &height);
  g_assert_cmpuint (width, ==, 7 * 24);
  g_assert_cmpuint (height, >, 7 * 10 + 30);
  g_assert_cmpuint (height, <, 7 * 10 + 80);
  pixels = g_new (guint32, width * height);
  perceptual_heatmap_draw (&small->heatmap, small->colours, &small->result,
      &small->reference, (guint8 *) pixels, width * 4);
  for (guint y = 0; y < 70; y++) {
    for (guint x = 0; x < width; x++)
      g_assert_cmphex (
          pixels[y * width + x], ==, pixel_at (small, x / 7, y / 7));
  }
  for (guint i = 70 * width; i < width * height; i++) {
    Lab seen = lab_of (pixels[i], FULL_VISION);

    bar += hypot (seen.a, seen.b) > 20;
    text += seen.l > 90 && hypot (seen.a, seen.b) < 2;
  }
  g_assert_cmpuint (bar, >, 500);
  g_assert_cmpuint (text, >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heatmap/colours-get-lighter-for-everybody",
      test_colours_get_lighter_for_everybody);
  g_test_add_func ("/heatmap/lightness-is-even", test_lightness_is_even);
  g_test_add_func ("/heatmap/colours-are-distinct-for-everybody",
      test_colours_are_distinct_for_everybody);
  g_test_add_func ("/heatmap/a-distance-has-the-colour-of-its-square-root",
      test_a_distance_has_the_colour_of_its_square_root);
  g_test_add_func ("/heatmap/blend-goes-from-the-map-to-the-grey-reference",
      test_blend_goes_from_the_map_to_the_grey_reference);
  g_test_add_func ("/heatmap/the-legend-is-in-the-lower-left-corner-only",
      test_the_legend_is_in_the_lower_left_corner_only);
  g_test_add_func ("/heatmap/the-legend-has-a-bar-and-text",
      test_the_legend_has_a_bar_and_text);
  g_test_add_func ("/heatmap/a-zoom-of-0-makes-small-pictures-large",
      test_a_zoom_of_0_makes_small_pictures_large);
  g_test_add_func ("/heatmap/a-zoomed-map-has-its-legend-below",
      test_a_zoomed_map_has_its_legend_below);
  g_test_add_func ("/heatmap/small-pictures-have-no-legend",
      test_small_pictures_have_no_legend);
  return g_test_run ();
}
