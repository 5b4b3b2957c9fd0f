/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Distances at positions, and their sums.
 */
#include "features/tap-planes.h"

gfloat *
perceptual_tap_plane_row (const PerceptualTapPlane *plane, guint image, guint y)
{
  return plane->values
      + ((gsize) image * plane->rows + y % plane->rows) * plane->size.width;
}

gdouble
perceptual_tap_plane_mean (const PerceptualTapPlane *plane, guint image)
{
  return plane->sums[image] / plane->size.width / plane->size.height;
}

void
perceptual_tap_planes_run (
    gpointer user, const PerceptualTapRun *run, guint worker)
{
  const PerceptualTapPlanes *self = user;
  const PerceptualTapPlane *plane = &self->planes[run->tap];
  const gfloat *heads = self->heads != NULL ? self->heads[run->tap] : NULL;

  for (guint i = 0; i < self->n_distorted; i++) {
    guint reference = i / (self->n_distorted / self->n_references);

    self->kernels->compare (run->features[reference],
        run->features[self->n_references + i], heads, run->channels, run->n,
        self->channel_norm,
        perceptual_tap_plane_row (plane, i, run->y) + run->x);
  }
}

/* Adds up a row in an order given by the columns alone. */
static gdouble
sum_row (const gfloat *row, guint n)
{
  gdouble lanes[8] = { 0 };
  guint x = 0;

  for (; x + 8 <= n; x += 8) {
    for (guint i = 0; i < 8; i++)
      lanes[i] += (gdouble) row[x + i];
  }
  for (; x < n; x++)
    lanes[x % 8] += (gdouble) row[x];
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
      + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

void
perceptual_tap_planes_rows (gpointer user, guint tap, guint y, guint end)
{
  PerceptualTapPlanes *self = user;
  PerceptualTapPlane *plane = &self->planes[tap];

  for (; y < end; y++) {
    for (guint i = 0; i < self->n_distorted; i++)
      plane->sums[i] +=
          sum_row (perceptual_tap_plane_row (plane, i, y), plane->size.width);
  }
}

gboolean
perceptual_tap_planes_init (
    PerceptualTapPlanes *self, gboolean whole, GError **error)
{
  guint n = self->n_distorted;

  for (guint t = 0; t < self->backbone->n_taps; t++) {
    guint tap = self->backbone->taps[t];
    PerceptualTapPlane *plane = &self->planes[tap];

    perceptual_engine_get_tap (self->backbone->engine, tap, &plane->size);
    plane->rows = whole ? plane->size.height : plane->size.rows;
    plane->sums = g_new0 (gdouble, n);
    plane->values = perceptual_buffer_new (
        (gsize) n * plane->rows, plane->size.width * sizeof (gfloat), error);
    if (plane->values == NULL)
      return FALSE;
  }
  return TRUE;
}

guint64
perceptual_tap_planes_bytes (
    const PerceptualBackbone *backbone, guint n_distorted, gboolean whole)
{
  guint64 values = 0;

  for (guint t = 0; t < backbone->n_taps; t++) {
    PerceptualTapSize size;

    perceptual_engine_get_tap (backbone->engine, backbone->taps[t], &size);
    values += (guint64) (whole ? size.height : size.rows) * size.width;
  }
  return values * n_distorted * sizeof (gfloat);
}

void
perceptual_tap_planes_clear (PerceptualTapPlanes *self)
{
  for (guint tap = 0; tap < PERCEPTUAL_MAX_TAPS; tap++) {
    perceptual_buffer_free (self->planes[tap].values);
    g_free (self->planes[tap].sums);
    self->planes[tap] = (PerceptualTapPlane){ 0 };
  }
}
