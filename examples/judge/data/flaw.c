/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts flaws into images: geometry, colour, blur, noise, JPEG, patches.
 */
#include "judge/data/flaw.h"

#include "judge/failure.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <string.h>

#define SIGMA_STEP .5
#define NOISE_STEP 5
#define BRIGHTNESS_STEP 8
#define BLUR_REACH 3

/* Pixels around a point that its interpolation reads, and one for rounding. */
#define CUBIC_REACH 2

static guint8 *
pixel_at (const JudgeImage *image, guint x, guint y)
{
  return image->memory + y * image->view.stride + (gsize) x * 4;
}

static guint8
to_sample (gdouble value)
{
  return (guint8) CLAMP (floor (value + .5), 0, 255);
}

static gint
clamp_index (gint i, guint n)
{
  return CLAMP (i, 0, (gint) n - 1);
}

static gboolean
fail_memory (GError **error)
{
  return program_fail (error, "flaw", "no memory for another image");
}

static gdouble
amount_step (guint step)
{
  return step;
}

/* --- geometry ------------------------------------------------------------ */

static gboolean
translate (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  for (guint y = 0; y < original->view.height; y++) {
    for (guint x = step; x < original->view.width; x++)
      memcpy (pixel_at (flawed, x, y), pixel_at (original, x - step, y), 4);
  }
  return TRUE;
}

/* Weights of four neighbours at @t of the way from the second to the third
 * (Catmull & Rom 1974): exact for straight lines, sharper than linear ones. */
static void
cubic_weights (gdouble t, gdouble weights[4])
{
  weights[0] = t * (-.5 + t * (1 - .5 * t));
  weights[1] = 1 + t * t * (-2.5 + 1.5 * t);
  weights[2] = t * (.5 + t * (2 - 1.5 * t));
  weights[3] = t * t * (-.5 + .5 * t);
}

static void
sample_cubic (const JudgeImage *image, gdouble x, gdouble y, guint8 *to)
{
  gint column = (gint) floor (x), row = (gint) floor (y);
  gdouble across[4], down[4], sums[3] = { 0 };

  cubic_weights (x - column, across);
  cubic_weights (y - row, down);
  for (gint i = 0; i < 4; i++) {
    for (gint j = 0; j < 4; j++) {
      const guint8 *from = pixel_at (image,
          (guint) clamp_index (column + j - 1, image->view.width),
          (guint) clamp_index (row + i - 1, image->view.height));

      for (guint c = 0; c < 3; c++)
        sums[c] += down[i] * across[j] * from[c];
    }
  }
  for (guint c = 0; c < 3; c++)
    to[c] = to_sample (sums[c]);
}

static gboolean
rotate (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  gdouble angle = step * G_PI / 180;
  gdouble across = (original->view.width - 1) / 2.;
  gdouble down = (original->view.height - 1) / 2.;

  for (guint i = region->y; i < region->y + region->height; i++) {
    for (guint j = region->x; j < region->x + region->width; j++) {
      gdouble x = j - across, y = i - down;

      sample_cubic (original, across + x * cos (angle) - y * sin (angle),
          down + x * sin (angle) + y * cos (angle), pixel_at (flawed, j, i));
    }
  }
  return TRUE;
}

static gboolean
mirror (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  guint width = original->view.width;

  for (guint y = 0; y < original->view.height; y++) {
    for (guint x = 0; x < width; x++)
      memcpy (
          pixel_at (flawed, width - 1 - x, y), pixel_at (original, x, y), 4);
  }
  return TRUE;
}

/* --- colour -------------------------------------------------------------- */

static gboolean
invert (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  for (guint y = 0; y < original->view.height; y++) {
    for (guint x = 0; x < original->view.width; x++) {
      guint8 *pixel = pixel_at (flawed, x, y);

      for (guint c = 0; c < 3; c++)
        pixel[c] = 255 - pixel[c];
    }
  }
  return TRUE;
}

static gdouble
amount_brightness (guint step)
{
  return BRIGHTNESS_STEP * step;
}

static gboolean
brighten (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  for (guint y = 0; y < original->view.height; y++) {
    for (guint x = 0; x < original->view.width; x++) {
      guint8 *pixel = pixel_at (flawed, x, y);

      for (guint c = 0; c < 3; c++)
        pixel[c] = to_sample (pixel[c] + amount_brightness (step));
    }
  }
  return TRUE;
}

static gdouble
amount_stain (guint step)
{
  return 100 * (1 - pow (.85, step));
}

static gboolean
stain (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  static const gdouble colour[3] = { 130, 75, 25 };
  gdouble radius = MIN (region->width, region->height) / 4.;

  for (guint i = 0; i < region->height; i++) {
    for (guint j = 0; j < region->width; j++) {
      guint8 *pixel = pixel_at (flawed, region->x + j, region->y + i);
      gdouble x = (j - (region->width - 1) / 2.) / radius;
      gdouble y = (i - (region->height - 1) / 2.) / radius;
      gdouble inside = MAX (0, 1 - x * x - y * y);
      gdouble opacity = amount_stain (step) / 100 * MIN (1, 4 * inside);

      for (guint c = 0; c < 3; c++)
        pixel[c] = to_sample (pixel[c] + opacity * (colour[c] - pixel[c]));
    }
  }
  return TRUE;
}

/* --- blur, noise, JPEG --------------------------------------------------- */

static gdouble
amount_blur (guint step)
{
  return SIGMA_STEP * step;
}

static gint
blur_reach (guint step)
{
  return (gint) ceil (BLUR_REACH * amount_blur (step));
}

/* Along a row if @across, else down a column; @stride is between neighbours. */
static void
blur_line (const gfloat *from, gfloat *to, guint n, gsize stride,
    const gdouble *weights, gint reach)
{
  for (guint i = 0; i < n; i++) {
    gdouble sum = 0;

    for (gint k = -reach; k <= reach; k++)
      sum += weights[k + reach]
          * from[(gsize) clamp_index ((gint) i + k, n) * stride];
    to[i * stride] = (gfloat) sum;
  }
}

static gboolean
blur (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  guint width = original->view.width, height = original->view.height;
  gsize n = (gsize) width * height;
  g_autofree gfloat *plane = g_try_new (gfloat, n);
  g_autofree gfloat *rows = g_try_new (gfloat, n);
  gint reach = blur_reach (step);
  g_autofree gdouble *weights = g_new (gdouble, 2 * reach + 1);
  gdouble sum = 0;

  if (plane == NULL || rows == NULL)
    return fail_memory (error);
  for (gint k = -reach; k <= reach; k++) {
    weights[k + reach] = exp (-.5 * pow (k / amount_blur (step), 2));
    sum += weights[k + reach];
  }
  for (gint k = 0; k <= 2 * reach; k++)
    weights[k] /= sum;
  for (guint c = 0; c < 3; c++) {
    for (gsize i = 0; i < n; i++)
      plane[i] = original->memory[i * 4 + c];
    for (guint y = 0; y < height; y++)
      blur_line (plane + (gsize) y * width, rows + (gsize) y * width, width, 1,
          weights, reach);
    for (guint x = 0; x < width; x++)
      blur_line (rows + x, plane + x, height, width, weights, reach);
    for (gsize i = 0; i < n; i++)
      flawed->memory[i * 4 + c] = to_sample (plane[i]);
  }
  return TRUE;
}

static GRand *
rand_of (guint64 seed)
{
  const guint32 halves[] = { (guint32) seed, (guint32) (seed >> 32) };

  return g_rand_new_with_seed_array (halves, G_N_ELEMENTS (halves));
}

static gdouble
amount_noise (guint step)
{
  return NOISE_STEP * step;
}

static gboolean
add_noise (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  GRand *rand = rand_of (seed);
  gdouble spare = 0;
  gboolean has_spare = FALSE;

  for (guint i = 0; i < region->height; i++) {
    for (guint j = 0; j < region->width * 3; j++) {
      guint8 *sample =
          pixel_at (flawed, region->x + j / 3, region->y + i) + j % 3;
      gdouble normal = spare;

      if (!has_spare) {
        gdouble radius = sqrt (-2 * log (1 - g_rand_double (rand)));
        gdouble angle = 2 * G_PI * g_rand_double (rand);

        normal = radius * cos (angle);
        spare = radius * sin (angle);
      }
      has_spare = !has_spare;
      *sample = to_sample (*sample + amount_noise (step) * normal);
    }
  }
  g_rand_free (rand);
  return TRUE;
}

static gdouble
amount_jpeg (guint step)
{
  return MAX (1, floor (100 * pow (.7, step) + .5));
}

/* Returns: (transfer full): @pixbuf after JPEG, or NULL with @error set. */
static GdkPixbuf *
code_jpeg (GdkPixbuf *pixbuf, guint step, GError **error)
{
  g_autofree gchar *quality = g_strdup_printf ("%d", (gint) amount_jpeg (step));
  g_autoptr (GInputStream) stream = NULL;
  gchar *file;
  gsize size;

  if (!gdk_pixbuf_save_to_buffer (
          pixbuf, &file, &size, "jpeg", error, "quality", quality, NULL))
    return NULL;
  stream = g_memory_input_stream_new_from_data (file, (gssize) size, g_free);
  return gdk_pixbuf_new_from_stream (stream, NULL, error);
}

/* Only the region, so that JPEG's blocks begin at its corner. */
static gboolean
compress (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8,
      (gint) region->width, (gint) region->height);
  g_autoptr (GdkPixbuf) coded = NULL;
  guint8 *pixels;
  gsize stride;

  if (pixbuf == NULL)
    return fail_memory (error);
  pixels = gdk_pixbuf_get_pixels (pixbuf);
  stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  for (guint y = 0; y < region->height; y++) {
    for (guint x = 0; x < region->width; x++)
      memcpy (pixels + y * stride + x * 3,
          pixel_at (original, region->x + x, region->y + y), 3);
  }
  coded = code_jpeg (pixbuf, step, error);
  if (coded == NULL)
    return FALSE;
  pixels = gdk_pixbuf_get_pixels (coded);
  stride = (gsize) gdk_pixbuf_get_rowstride (coded);
  for (guint y = 0; y < region->height; y++) {
    for (guint x = 0; x < region->width; x++)
      memcpy (pixel_at (flawed, region->x + x, region->y + y),
          pixels + y * stride + x * 3, 3);
  }
  return TRUE;
}

/* --- patches ------------------------------------------------------------- */

/* Squares that tile the region, eight along its shorter side, in random
 * order. */
typedef struct
{
  guint side;
  guint columns;
  guint *order;
} Cells;

static Cells
shuffle_cells (const JudgeRegion *region, guint64 seed)
{
  guint side = MIN (region->width, region->height) / 8;
  Cells cells = { .side = side, .columns = region->width / side };
  guint n = cells.columns * (region->height / side);
  GRand *rand = rand_of (seed);

  cells.order = g_new (guint, n);
  for (guint i = 0; i < n; i++) {
    guint j = (guint) g_rand_int_range (rand, 0, (gint) i + 1);

    cells.order[i] = cells.order[j];
    cells.order[j] = i;
  }
  g_rand_free (rand);
  return cells;
}

static JudgeRegion
cell_at (const Cells *cells, const JudgeRegion *region, guint i)
{
  return (JudgeRegion){
    region->x + cells->order[i] % cells->columns * cells->side,
    region->y + cells->order[i] / cells->columns * cells->side,
    cells->side,
    cells->side,
  };
}

static void
flatten (JudgeImage *image, const JudgeRegion *cell)
{
  guint n = cell->width * cell->height;

  for (guint c = 0; c < 3; c++) {
    guint64 sum = 0;

    for (guint i = 0; i < n; i++)
      sum += pixel_at (
          image, cell->x + i % cell->width, cell->y + i / cell->width)[c];
    for (guint i = 0; i < n; i++)
      pixel_at (image, cell->x + i % cell->width,
          cell->y + i / cell->width)[c] = (guint8) ((sum + n / 2) / n);
  }
}

static gboolean
flatten_patches (const JudgeImage *original, const JudgeRegion *region,
    guint step, guint64 seed, JudgeImage *flawed, GError **error)
{
  Cells cells = shuffle_cells (region, seed);

  for (guint i = 0; i < step; i++) {
    JudgeRegion cell = cell_at (&cells, region, i);

    flatten (flawed, &cell);
  }
  g_free (cells.order);
  return TRUE;
}

static gboolean
swap_patches (const JudgeImage *original, const JudgeRegion *region, guint step,
    guint64 seed, JudgeImage *flawed, GError **error)
{
  Cells cells = shuffle_cells (region, seed);

  for (guint i = 0; i < 2 * step; i++) {
    JudgeRegion to = cell_at (&cells, region, i);
    JudgeRegion from = cell_at (&cells, region, i ^ 1);

    for (guint y = 0; y < to.height; y++)
      memcpy (pixel_at (flawed, to.x, to.y + y),
          pixel_at (original, from.x, from.y + y), (gsize) to.width * 4);
  }
  g_free (cells.order);
  return TRUE;
}

/* --- the table ----------------------------------------------------------- */

const JudgeFlaw judge_flaws[] = {
  { "translate", "px", "moved to the right", TRUE, amount_step, translate },
  { "rotate", "degrees", "turned around the middle", TRUE, amount_step,
      rotate },
  { "mirror", "times", "left and right exchanged", FALSE, amount_step, mirror },
  { "invert", "times", "every sample v becomes 255 - v", FALSE, amount_step,
      invert },
  { "stain", "% opacity", "a brown stain in the middle", TRUE, amount_stain,
      stain },
  { "brightness", "levels", "samples raised", TRUE, amount_brightness,
      brighten },
  { "blur", "px sigma", "Gaussian blur", TRUE, amount_blur, blur },
  { "noise", "levels sigma", "Gaussian noise", TRUE, amount_noise, add_noise },
  { "jpeg", "quality", "JPEG", TRUE, amount_jpeg, compress },
  { "flat", "patches", "patches replaced by their mean", TRUE, amount_step,
      flatten_patches },
  { "swap", "pairs", "patches that change places", TRUE, amount_step,
      swap_patches },
  { NULL, NULL, NULL, FALSE, NULL, NULL },
};

guint
judge_flaw_count (void)
{
  return G_N_ELEMENTS (judge_flaws) - 1;
}

gint
judge_flaw_find (const gchar *name)
{
  for (gint i = 0; judge_flaws[i].name != NULL; i++) {
    if (strcmp (judge_flaws[i].name, name) == 0)
      return i;
  }
  return -1;
}

gchar *
judge_flaw_names (void)
{
  GString *names = g_string_new (judge_flaws[0].name);

  for (guint i = 1; judge_flaws[i].name != NULL; i++)
    g_string_append_printf (names, ", %s", judge_flaws[i].name);
  return g_string_free (names, FALSE);
}

gboolean
judge_flaw_region (guint width, guint height, guint steps, JudgeRegion *region)
{
  gdouble scale = 1;
  guint reach = MAX (steps, (guint) blur_reach (steps));
  guint across, down;

  /* A rectangle of the image's form that stays inside when it is turned. */
  for (guint step = 1; step <= steps; step++) {
    gdouble c = cos (step * G_PI / 180), s = sin (step * G_PI / 180);

    scale = MIN (scale, width / (width * c + height * s));
    scale = MIN (scale, height / (width * s + height * c));
  }
  across = MAX (reach, (guint) ceil (width * (1 - scale) / 2) + CUBIC_REACH);
  down = MAX (reach, (guint) ceil (height * (1 - scale) / 2) + CUBIC_REACH);
  if (width < 2 * across + JUDGE_FLAW_MIN_SIDE
      || height < 2 * down + JUDGE_FLAW_MIN_SIDE)
    return FALSE;
  *region =
      (JudgeRegion){ across, down, width - 2 * across, height - 2 * down };
  return TRUE;
}

static JudgeImage *
crop (const JudgeImage *image, const JudgeRegion *region)
{
  JudgeImage *self = judge_image_new (region->width, region->height);

  for (guint y = 0; self != NULL && y < region->height; y++)
    memcpy (pixel_at (self, 0, y), pixel_at (image, region->x, region->y + y),
        (gsize) region->width * 4);
  return self;
}

JudgeImage *
judge_flaw_apply (const JudgeFlaw *self, const JudgeImage *original,
    const JudgeRegion *region, guint step, guint64 seed, GError **error)
{
  const JudgeRegion whole = { 0, 0, original->view.width,
    original->view.height };
  g_autoptr (JudgeImage) flawed = crop (original, &whole);
  JudgeImage *result;

  if (flawed == NULL) {
    fail_memory (error);
    return NULL;
  }
  if (step > 0 && !self->apply (original, region, step, seed, flawed, error))
    return NULL;
  result = crop (flawed, region);
  if (result == NULL)
    fail_memory (error);
  return result;
}
