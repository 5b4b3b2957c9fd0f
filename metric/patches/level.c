/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The geometry of a pyramid level, its buffers, and the step from block sums
 * to window values.  Does not touch pixels.
 */
#include "patches/level.h"
#include "metric-private.h"
#include "patches/structure.h"

#include <math.h>

static void
cut_axis (const PerceptualWindowShape *shape, guint size, guint *patches,
    guint *per_window, guint *n_blocks, guint *n_windows)
{
  guint step = shape->window / 2;

  if (size < shape->window) {
    *patches = (size + shape->patch_step - 1) / shape->patch_step;
    *per_window = 1;
    *n_windows = 1;
    *n_blocks = 1;
  } else {
    *patches = step / shape->patch_step;
    *per_window = 2;
    *n_windows = (size - shape->window) / step + 1;
    *n_blocks = *n_windows + 1;
  }
}

void
perceptual_level_cut (PerceptualLevel *level,
    const PerceptualWindowShape *shape, guint width, guint height)
{
  level->width = width;
  level->height = height;
  level->layout = perceptual_split_layout (width);
  level->small = MIN (width, height) < shape->window;
  level->band = height < shape->window ? shape->window : shape->window / 2;
  level->n_bands = (height + level->band - 1) / level->band;
  cut_axis (shape, width, &level->group, &level->across, &level->n_blocks_x,
      &level->n_windows_x);
  cut_axis (shape, height, &level->patch_rows, &level->down, &level->n_blocks_y,
      &level->n_windows_y);
  level->block_stride = (level->n_blocks_x + 15) & ~(gsize) 15;
  level->patch_step = shape->patch_step;
  level->n_structure = level->small
      ? level->n_windows_y
      : (level->n_windows_y - 1) * PERCEPTUAL_WINDOW_CELLS + PERCEPTUAL_BOXES;
}

gboolean
perceptual_level_init (PerceptualLevel *level,
    const PerceptualWindowShape *shape, guint index, guint width, guint height,
    guint n_images, guint n_features, gboolean with_structure, GError **error)
{
  gsize n_distorted = n_images - 1;

  perceptual_level_cut (level, shape, width, height);
  level->n_images = n_images;
  level->planes = g_new0 (gfloat *, n_images);
  for (guint i = 0; index > 0 && i < n_images; i++) {
    level->planes[i] = perceptual_buffer_new (
        height, level->layout.row * sizeof (gfloat), error);
    if (level->planes[i] == NULL)
      return FALSE;
  }
  level->blocks = perceptual_buffer_new (n_distorted * level->n_blocks_y,
      n_features * level->block_stride * sizeof (gfloat), error);
  level->row_sums = g_new (gdouble, n_distorted * level->n_windows_y);
  if (level->blocks == NULL)
    return FALSE;
  if (with_structure) {
    level->structure = perceptual_buffer_new (n_distorted * level->n_structure,
        level->n_windows_x * sizeof (gfloat), error);
    if (level->structure == NULL)
      return FALSE;
  }
  return TRUE;
}

void
perceptual_level_clear (PerceptualLevel *level)
{
  for (guint i = 0; level->planes != NULL && i < level->n_images; i++)
    perceptual_buffer_free (level->planes[i]);
  g_free (level->planes);
  perceptual_buffer_free (level->blocks);
  perceptual_buffer_free (level->structure);
  perceptual_buffer_free (level->windows);
  g_free (level->row_sums);
  *level = (PerceptualLevel){ 0 };
}

gboolean
perceptual_level_keep_windows (
    PerceptualLevel *level, gboolean keep, GError **error)
{
  gsize n = (gsize) (level->n_images - 1) * level->n_windows_y;

  if (!keep)
    g_clear_pointer (&level->windows, perceptual_buffer_free);
  else if (level->windows == NULL)
    level->windows =
        perceptual_buffer_new (n, level->n_windows_x * sizeof (gfloat), error);
  return !keep || level->windows != NULL;
}

static PerceptualMapAxis
window_centres (
    const PerceptualWindowShape *shape, guint size, guint n, guint index)
{
  gdouble pixel = 1 << index;

  return (PerceptualMapAxis){
    .n = n,
    .first = pixel * (MIN (shape->window, size) - 1) / 2,
    .step = pixel * (shape->window / 2),
  };
}

PerceptualMapGrid
perceptual_level_map_grid (const PerceptualLevel *level,
    const PerceptualWindowShape *shape, guint index, guint i)
{
  return (PerceptualMapGrid){
    .x = window_centres (shape, level->width, level->n_windows_x, index),
    .y = window_centres (shape, level->height, level->n_windows_y, index),
    .values =
        level->windows + (gsize) i * level->n_windows_y * level->n_windows_x,
  };
}

/* The squared distance of the windows' mean features, mean over features. */
static void
window_mmds (const PerceptualLevel *level, const gfloat *upper,
    const gfloat *lower, guint n_features, gfloat *values)
{
  guint n = level->n_windows_x;
  gfloat patches =
      (gfloat) (level->group * level->across * level->patch_rows * level->down);
  gfloat scale = 1 / (patches * patches * (gfloat) n_features);

  for (guint j = 0; j < n; j++)
    values[j] = 0;
  for (guint f = 0; f < n_features; f++) {
    const gfloat *u = upper + f * level->block_stride;
    const gfloat *l = lower + f * level->block_stride;

    if (level->across == 2 && level->down == 2) {
      for (guint j = 0; j < n; j++) {
        gfloat sum = (u[j] + u[j + 1]) + (l[j] + l[j + 1]);

        values[j] += sum * sum;
      }
    } else {
      for (guint j = 0; j < n; j++) {
        gfloat sum = u[j];

        if (level->across == 2)
          sum += u[j + 1];
        if (level->down == 2)
          sum += l[j] + (level->across == 2 ? l[j + 1] : 0);
        values[j] += sum * sum;
      }
    }
  }
  for (guint j = 0; j < n; j++)
    values[j] *= scale;
}

static void
window_structures (
    const PerceptualLevel *level, guint i, guint y, gfloat *structures)
{
  guint n = level->n_windows_x;
  const gfloat *rows[PERCEPTUAL_BOXES];

  if (level->small) {
    const gfloat *means = perceptual_level_structure (level, i, y);

    for (guint j = 0; j < n; j++)
      structures[j] = means[j];
    return;
  }
  for (guint r = 0; r < PERCEPTUAL_BOXES; r++)
    rows[r] =
        perceptual_level_structure (level, i, y * PERCEPTUAL_WINDOW_CELLS + r);
  for (guint j = 0; j < n; j++) {
    gfloat sum = rows[0][j] + rows[1][j] + rows[2][j] + rows[3][j] + rows[4][j];

    structures[j] = sum / (PERCEPTUAL_BOXES * PERCEPTUAL_BOXES);
  }
}

void
perceptual_level_windows (const PerceptualLevel *level, guint i, guint y,
    guint n_features, gfloat *values)
{
  const gfloat *upper = perceptual_level_blocks (level, i, y, n_features);
  const gfloat *lower = upper;
  guint n = level->n_windows_x;

  if (level->down == 2)
    lower = perceptual_level_blocks (level, i, y + 1, n_features);
  window_mmds (level, upper, lower, n_features, values);
  if (level->structure != NULL) {
    gfloat *structures = values + n;

    window_structures (level, i, y, structures);
    for (guint j = 0; j < n; j++)
      values[j] = sqrtf (values[j] * MAX (structures[j], 0));
  }
}
