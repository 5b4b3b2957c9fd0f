/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stretches grids of values over pixels.
 */
#include "distance-map.h"
#include "metric-private.h"

#include <string.h>

#define ROWS_PER_JOB 16

/* A pixel lies @part of the way from value @first to value @next. */
typedef struct
{
  guint first;
  guint next;
  gfloat part;
} Place;

typedef struct
{
  const PerceptualMapGrid *grids;
  guint n;
  Place **columns; /* [grid][pixel] */
  guint widest;    /* columns of any grid */
  gfloat *lines;   /* [worker][@widest] */
  PerceptualResult *result;
} Mapping;

PerceptualMapAxis
perceptual_map_axis_spread (guint n, guint pixels)
{
  gdouble step = (gdouble) pixels / n;

  return (PerceptualMapAxis){ .n = n, .first = step / 2 - .5, .step = step };
}

static Place
place_of (const PerceptualMapAxis *axis, guint pixel)
{
  gdouble place = CLAMP ((pixel - axis->first) / axis->step, 0., axis->n - 1.);
  guint first = (guint) place;

  return (
      Place){ first, MIN (first + 1, axis->n - 1), (gfloat) (place - first) };
}

/* First down, which leaves few values, then across. */
static void
add_row (const Mapping *mapping, guint grid, guint y, gfloat *line, gfloat *to)
{
  const PerceptualMapGrid *from = &mapping->grids[grid];
  const Place *columns = mapping->columns[grid];
  Place row = place_of (&from->y, y);
  const gfloat *upper = from->values + (gsize) row.first * from->x.n;
  const gfloat *lower = from->values + (gsize) row.next * from->x.n;

  for (guint i = 0; i < from->x.n; i++)
    line[i] = upper[i] + row.part * (lower[i] - upper[i]);
  for (guint x = 0; x < mapping->result->map_width; x++) {
    gfloat left = line[columns[x].first];

    to[x] += left + columns[x].part * (line[columns[x].next] - left);
  }
}

static void
map_rows (gpointer user, guint job, guint worker)
{
  const Mapping *mapping = user;
  const PerceptualResult *result = mapping->result;
  gfloat *line = mapping->lines + (gsize) worker * mapping->widest;
  guint end = MIN ((job + 1) * ROWS_PER_JOB, result->map_height);

  for (guint y = job * ROWS_PER_JOB; y < end; y++) {
    gfloat *to = result->map + (gsize) y * result->map_width;

    memset (to, 0, result->map_width * sizeof (gfloat));
    for (guint i = 0; i < mapping->n; i++)
      add_row (mapping, i, y, line, to);
  }
}

gboolean
perceptual_distance_map_make (PerceptualWorkers *workers,
    const PerceptualMapGrid *grids, guint n, guint width, guint height,
    PerceptualResult *result, GError **error)
{
  Mapping mapping = { .grids = grids, .n = n, .result = result };

  for (guint i = 0; i < n; i++)
    mapping.widest = MAX (mapping.widest, grids[i].x.n);
  mapping.lines =
      perceptual_buffer_new (perceptual_workers_get_threads (workers),
          mapping.widest * sizeof (gfloat), error);
  if (mapping.lines == NULL)
    return FALSE;
  result->map =
      perceptual_buffer_new ((gsize) width * height, sizeof (gfloat), error);
  if (result->map == NULL) {
    perceptual_buffer_free (mapping.lines);
    return FALSE;
  }
  result->map_width = width;
  result->map_height = height;

  mapping.columns = g_new (Place *, n);
  for (guint i = 0; i < n; i++) {
    mapping.columns[i] = g_new (Place, width);
    for (guint x = 0; x < width; x++)
      mapping.columns[i][x] = place_of (&grids[i].x, x);
  }
  perceptual_workers_run (
      workers, (height + ROWS_PER_JOB - 1) / ROWS_PER_JOB, map_rows, &mapping);
  for (guint i = 0; i < n; i++)
    g_free (mapping.columns[i]);
  g_free (mapping.columns);
  perceptual_buffer_free (mapping.lines);
  return TRUE;
}
