/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The geometry of windows, their buffers, and the step from block sums to
 * window values.  Does not touch pixels.
 */
#include "patches/windows.h"
#include "metric-private.h"

static void
cut_axis (guint side, guint size, guint *patches, guint *per_window,
    guint *n_blocks, guint *n_windows)
{
  guint step = side / 2;

  if (size < side) {
    *patches = size;
    *per_window = 1;
    *n_windows = 1;
    *n_blocks = 1;
  } else {
    *patches = step;
    *per_window = 2;
    *n_windows = (size - side) / step + 1;
    *n_blocks = *n_windows + 1;
  }
}

void
perceptual_windows_cut (
    PerceptualWindows *windows, guint side, guint width, guint height)
{
  windows->width = width;
  windows->height = height;
  windows->layout = perceptual_split_layout (width);
  windows->small = MIN (width, height) < side;
  windows->band = height < side ? side : side / 2;
  cut_axis (side, width, &windows->group, &windows->across,
      &windows->n_blocks_x, &windows->n_windows_x);
  cut_axis (side, height, &windows->patch_rows, &windows->down,
      &windows->n_blocks_y, &windows->n_windows_y);
  windows->block_stride = (windows->n_blocks_x + 15) & ~(gsize) 15;
}

gboolean
perceptual_windows_init (PerceptualWindows *windows, guint side, guint width,
    guint height, guint n_images, guint n_features, guint rows, GError **error)
{
  gsize n_distorted = n_images - 1;

  perceptual_windows_cut (windows, side, width, height);
  windows->n_images = n_images;
  windows->n_kept = MIN (rows, windows->n_blocks_y);
  windows->blocks = perceptual_buffer_new (n_distorted * windows->n_kept,
      n_features * windows->block_stride * sizeof (gfloat), error);
  windows->row_sums = g_new (gdouble, n_distorted * windows->n_windows_y);
  return windows->blocks != NULL;
}

void
perceptual_windows_clear (PerceptualWindows *windows)
{
  perceptual_buffer_free (windows->blocks);
  g_free (windows->row_sums);
  *windows = (PerceptualWindows){ 0 };
}

/* The squared distance of the windows' mean features, mean over features. */
static void
window_mmds (const PerceptualWindows *windows, const gfloat *upper,
    const gfloat *lower, guint n_features, gfloat *values)
{
  guint n = windows->n_windows_x;
  gfloat patches = (gfloat) (windows->group * windows->across
      * windows->patch_rows * windows->down);
  gfloat scale = 1 / (patches * patches * (gfloat) n_features);

  for (guint j = 0; j < n; j++)
    values[j] = 0;
  for (guint f = 0; f < n_features; f++) {
    const gfloat *u = upper + f * windows->block_stride;
    const gfloat *l = lower + f * windows->block_stride;

    if (windows->across == 2 && windows->down == 2) {
      for (guint j = 0; j < n; j++) {
        gfloat sum = (u[j] + u[j + 1]) + (l[j] + l[j + 1]);

        values[j] += sum * sum;
      }
    } else {
      for (guint j = 0; j < n; j++) {
        gfloat sum = u[j];

        if (windows->across == 2)
          sum += u[j + 1];
        if (windows->down == 2)
          sum += l[j] + (windows->across == 2 ? l[j + 1] : 0);
        values[j] += sum * sum;
      }
    }
  }
  for (guint j = 0; j < n; j++)
    values[j] *= scale;
}

void
perceptual_windows_measure (const PerceptualWindows *windows, guint i, guint y,
    guint n_features, gfloat *values)
{
  const gfloat *upper = perceptual_windows_blocks (windows, i, y, n_features);
  const gfloat *lower = upper;

  if (windows->down == 2)
    lower = perceptual_windows_blocks (windows, i, y + 1, n_features);
  window_mmds (windows, upper, lower, n_features, values);
}
