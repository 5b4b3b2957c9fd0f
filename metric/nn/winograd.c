/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kinds of Winograd tiles in use and the transform of filters, which runs
 * once per network in double precision.
 */
#include "nn/winograd.h"

#define MAX_SIDE PERCEPTUAL_WINOGRAD_MAX_SIDE
#define MAX_FILTER PERCEPTUAL_WINOGRAD_MAX_FILTER
#define LANES PERCEPTUAL_WINOGRAD_LANES

const PerceptualWinograd perceptual_winograd[PERCEPTUAL_WINOGRAD_KINDS] = {
  [PERCEPTUAL_WINOGRAD_3_3] = { 3, 3, 5, 25 },
  [PERCEPTUAL_WINOGRAD_4_3] = { 4, 3, 6, 36 },
  [PERCEPTUAL_WINOGRAD_6_3] = { 6, 3, 8, 64 },
  [PERCEPTUAL_WINOGRAD_4_5] = { 4, 5, 8, 64 },
};

/* In the order of the rows of B'; infinity comes last. */
static const gdouble points[MAX_SIDE - 1] = { 0, 1, -1, 2, -2, .5, -.5 };

const PerceptualWinograd *
perceptual_winograd_find (guint tile, guint filter)
{
  for (guint i = 0; i < PERCEPTUAL_WINOGRAD_KINDS; i++) {
    if (perceptual_winograd[i].tile == tile
        && perceptual_winograd[i].filter == filter)
      return &perceptual_winograd[i];
  }
  return NULL;
}

/* Row i of G holds the powers of point a_i over N_i (a_i), where N_i is the
 * product of (x - a_l) over the other points.  Two scalings follow those of
 * the other matrices: row 0 of B' is -N_0 at side 8, and the columns of A' for
 * +-1/2 are multiplied by 2^(m-1), so that they are whole numbers. */
void
perceptual_winograd_fill_g (
    const PerceptualWinograd *winograd, PerceptualWinogradG g)
{
  guint finite = winograd->side - 1;

  for (guint i = 0; i < finite; i++) {
    gdouble scale = 1;
    gdouble power = 1;

    for (guint l = 0; l < finite; l++)
      scale *= l != i ? points[i] - points[l] : 1;
    if (i == 0 && winograd->side == 8)
      scale = -scale;
    if (i >= 5)
      scale *= 1u << (winograd->tile - 1);
    for (guint j = 0; j < winograd->filter; j++, power *= points[i])
      g[i][j] = power / scale;
  }
  for (guint j = 0; j < winograd->filter; j++)
    g[finite][j] = j == winograd->filter - 1 ? 1 : 0;
}

void
perceptual_winograd_filters (const PerceptualWinograd *winograd,
    const gfloat *filters, gfloat *to, gsize point_stride)
{
  guint side = winograd->side;
  guint r = winograd->filter;
  PerceptualWinogradG g;
  gdouble taps[MAX_FILTER * MAX_FILTER][LANES];
  gdouble half[MAX_SIDE][MAX_FILTER][LANES];

  perceptual_winograd_fill_g (winograd, g);
  for (guint i = 0; i < r * r; i++) {
    for (guint lane = 0; lane < LANES; lane++)
      taps[i][lane] = (gdouble) filters[i * LANES + lane];
  }
  for (guint i = 0; i < side; i++) {
    for (guint x = 0; x < r; x++) {
      gdouble sum[LANES] = { 0 };

      for (guint y = 0; y < r; y++) {
        for (guint lane = 0; lane < LANES; lane++)
          sum[lane] += g[i][y] * taps[y * r + x][lane];
      }
      for (guint lane = 0; lane < LANES; lane++)
        half[i][x][lane] = sum[lane];
    }
  }
  for (guint i = 0; i < side; i++) {
    for (guint j = 0; j < side; j++) {
      gfloat *row = to + (i * side + j) * point_stride;
      gdouble sum[LANES] = { 0 };

      for (guint x = 0; x < r; x++) {
        for (guint lane = 0; lane < LANES; lane++)
          sum[lane] += half[i][x][lane] * g[j][x];
      }
      for (guint lane = 0; lane < LANES; lane++)
        row[lane] = (gfloat) sum[lane];
    }
  }
}
