/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Piecewise cubics in Hermite form, which integrate exactly, so that a
 * difference between curves does not depend on a number of samples.
 */
#include "tune/arithmetic/curve.h"

#include <math.h>
#include <stdlib.h>

/* clang-format off */
G_DEFINE_QUARK (tune-curve-error-quark, tune_curve_error)
/* clang-format on */

/**
 * TuneCurve:
 * @n: knots, at least 2
 * @x: qualities, rising
 * @y: log10 of the rates
 * @slope: dy/dx at each knot
 */
struct _TuneCurve
{
  guint n;
  gdouble *x;
  gdouble *y;
  gdouble *slope;
};

gdouble
tune_quality_of_distance (gdouble distance)
{
  return -10 * log10 (distance);
}

/* --- slopes -------------------------------------------------------------- */

/* At an end: from the three points nearest to it, @h0 and @d0 being the step
 * and the secant at the end.  It neither turns against the secant nor
 * overshoots. */
static gdouble
end_slope (gdouble h0, gdouble h1, gdouble d0, gdouble d1)
{
  gdouble slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);

  if (slope * d0 <= 0)
    return 0;
  if (d0 * d1 <= 0 && fabs (slope) > 3 * fabs (d0))
    return 3 * d0;
  return slope;
}

/* Fritsch & Butland 1984: the weighted harmonic mean of the secants; 0 at an
 * extremum. */
static gdouble
inner_slope (gdouble h0, gdouble h1, gdouble d0, gdouble d1)
{
  gdouble w0 = 2 * h1 + h0;
  gdouble w1 = h1 + 2 * h0;

  return d0 * d1 <= 0 ? 0 : (w0 + w1) / (w0 / d0 + w1 / d1);
}

static void
find_pchip_slopes (TuneCurve *self)
{
  guint last = self->n - 1;
  g_autofree gdouble *h = g_new (gdouble, last);
  g_autofree gdouble *d = g_new (gdouble, last);

  for (guint i = 0; i < last; i++) {
    h[i] = self->x[i + 1] - self->x[i];
    d[i] = (self->y[i + 1] - self->y[i]) / h[i];
  }
  if (last == 1) {
    self->slope[0] = self->slope[1] = d[0];
    return;
  }
  self->slope[0] = end_slope (h[0], h[1], d[0], d[1]);
  for (guint i = 1; i < last; i++)
    self->slope[i] = inner_slope (h[i - 1], h[i], d[i - 1], d[i]);
  self->slope[last] =
      end_slope (h[last - 1], h[last - 2], d[last - 1], d[last - 2]);
}

/* Akima 1970: the nearer secant pair gets the more weight the less the other
 * one bends; two secants are made up beyond each end. */
static void
find_akima_slopes (TuneCurve *self)
{
  guint last = self->n - 1;
  g_autofree gdouble *secants = g_new (gdouble, last + 4);
  gdouble *m = secants + 2; /* m[i] is the secant from knot i to i + 1 */

  for (guint i = 0; i < last; i++)
    m[i] = (self->y[i + 1] - self->y[i]) / (self->x[i + 1] - self->x[i]);
  if (last == 1) {
    self->slope[0] = self->slope[1] = m[0];
    return;
  }
  m[-1] = 2 * m[0] - m[1];
  m[-2] = 2 * m[-1] - m[0];
  m[last] = 2 * m[last - 1] - m[last - 2];
  m[last + 1] = 2 * m[last] - m[last - 1];
  for (gint i = 0; i <= (gint) last; i++) {
    gdouble before = fabs (m[i + 1] - m[i]);
    gdouble after = fabs (m[i - 1] - m[i - 2]);

    self->slope[i] = before + after > 0
        ? (before * m[i - 1] + after * m[i]) / (before + after)
        : (m[i - 1] + m[i]) / 2;
  }
}

/* --- making one ---------------------------------------------------------- */

static int
by_quality (const void *a, const void *b)
{
  const TunePoint *one = a;
  const TunePoint *other = b;

  return (one->quality > other->quality) - (one->quality < other->quality);
}

static gboolean
check_points (const TunePoint *points, guint n, GError **error)
{
  if (n < 2) {
    g_set_error (error, TUNE_CURVE_ERROR, TUNE_CURVE_ERROR_FEW,
        "a curve needs at least 2 points, and there %s",
        n == 1 ? "is 1" : "are none");
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    if (!(points[i].rate > 0) || !isfinite (points[i].rate)) {
      g_set_error (error, TUNE_CURVE_ERROR, TUNE_CURVE_ERROR_RATE,
          "a rate of %g; rates are above 0", points[i].rate);
      return FALSE;
    }
    if (!isfinite (points[i].quality)) {
      g_set_error (error, TUNE_CURVE_ERROR, TUNE_CURVE_ERROR_QUALITY,
          "at rate %g the quality is %g, as of an encode without any "
          "distance; a curve is made of finite ones",
          points[i].rate, points[i].quality);
      return FALSE;
    }
  }
  return TRUE;
}

/* @points: sorted by quality */
static gboolean
check_rising (const TunePoint *points, guint n, GError **error)
{
  for (guint i = 1; i < n; i++) {
    const TunePoint *low = &points[i - 1];
    const TunePoint *high = &points[i];

    if (low->quality == high->quality) {
      g_set_error (error, TUNE_CURVE_ERROR, TUNE_CURVE_ERROR_EQUAL,
          "the rates %g and %g have the same quality %g", low->rate, high->rate,
          low->quality);
      return FALSE;
    }
    if (low->rate >= high->rate) {
      g_set_error (error, TUNE_CURVE_ERROR, TUNE_CURVE_ERROR_MONOTONE,
          "quality falls from %g to %g while the rate does not fall, from %g "
          "to %g; take the points of the convex hull",
          high->quality, low->quality, high->rate, low->rate);
      return FALSE;
    }
  }
  return TRUE;
}

TuneCurve *
tune_curve_new (const TunePoint *points, guint n,
    TuneInterpolation interpolation, GError **error)
{
  g_autofree TunePoint *sorted = NULL;
  TuneCurve *self;

  if (!check_points (points, n, error))
    return NULL;
  sorted = g_memdup2 (points, n * sizeof *points);
  qsort (sorted, n, sizeof *sorted, by_quality);
  if (!check_rising (sorted, n, error))
    return NULL;
  self = g_new0 (TuneCurve, 1);
  self->n = n;
  self->x = g_new (gdouble, n);
  self->y = g_new (gdouble, n);
  self->slope = g_new (gdouble, n);
  for (guint i = 0; i < n; i++) {
    self->x[i] = sorted[i].quality;
    self->y[i] = log10 (sorted[i].rate);
  }
  if (interpolation == TUNE_INTERPOLATION_AKIMA)
    find_akima_slopes (self);
  else
    find_pchip_slopes (self);
  return self;
}

void
tune_curve_free (TuneCurve *self)
{
  if (self == NULL)
    return;
  g_free (self->x);
  g_free (self->y);
  g_free (self->slope);
  g_free (self);
}

gdouble
tune_curve_get_low (const TuneCurve *self)
{
  return self->x[0];
}

gdouble
tune_curve_get_high (const TuneCurve *self)
{
  return self->x[self->n - 1];
}

/* --- reading it ---------------------------------------------------------- */

/* The piece that @quality lies in. */
static guint
find_piece (const TuneCurve *self, gdouble quality)
{
  guint i = 0;

  while (i + 2 < self->n && quality >= self->x[i + 1])
    i++;
  return i;
}

/* The piece's polynomial in t, the distance from its lower knot: @c[0] + @c[1]
 * t + @c[2] t^2 + @c[3] t^3. */
static void
get_cubic (const TuneCurve *self, guint i, gdouble c[4])
{
  gdouble h = self->x[i + 1] - self->x[i];
  gdouble secant = (self->y[i + 1] - self->y[i]) / h;

  c[0] = self->y[i];
  c[1] = self->slope[i];
  c[2] = (3 * secant - 2 * self->slope[i] - self->slope[i + 1]) / h;
  c[3] = (self->slope[i] + self->slope[i + 1] - 2 * secant) / (h * h);
}

static gdouble
log_rate (const TuneCurve *self, gdouble quality)
{
  guint i = find_piece (self, quality);
  gdouble t = quality - self->x[i];
  gdouble c[4];

  get_cubic (self, i, c);
  return c[0] + t * (c[1] + t * (c[2] + t * c[3]));
}

gdouble
tune_curve_rate (const TuneCurve *self, gdouble quality)
{
  return pow (10, log_rate (self, quality));
}

static gdouble
integral_to (const gdouble c[4], gdouble t)
{
  return t * (c[0] + t * (c[1] / 2 + t * (c[2] / 3 + t * c[3] / 4)));
}

gdouble
tune_curve_integrate (const TuneCurve *self, gdouble low, gdouble high)
{
  gdouble sum = 0;

  for (guint i = 0; i + 1 < self->n; i++) {
    gdouble from = MAX (low, self->x[i]);
    gdouble to = MIN (high, self->x[i + 1]);
    gdouble c[4];

    if (from >= to)
      continue;
    get_cubic (self, i, c);
    sum +=
        integral_to (c, to - self->x[i]) - integral_to (c, from - self->x[i]);
  }
  return sum;
}

/* --- two of them --------------------------------------------------------- */

typedef struct
{
  TuneCurve *anchor;
  TuneCurve *test;
  gdouble low; /* of the overlap */
  gdouble high;
} Two;

static void
clear_two (Two *two)
{
  tune_curve_free (two->anchor);
  tune_curve_free (two->test);
}

static gboolean
find_overlap (Two *two, GError **error)
{
  two->low =
      MAX (tune_curve_get_low (two->anchor), tune_curve_get_low (two->test));
  two->high =
      MIN (tune_curve_get_high (two->anchor), tune_curve_get_high (two->test));
  if (two->low < two->high)
    return TRUE;
  g_set_error (error, TUNE_CURVE_ERROR, TUNE_CURVE_ERROR_OVERLAP,
      "the curves have no range of quality in common: the anchor's is %g to "
      "%g, the test's %g to %g",
      tune_curve_get_low (two->anchor), tune_curve_get_high (two->anchor),
      tune_curve_get_low (two->test), tune_curve_get_high (two->test));
  return FALSE;
}

static gboolean
make_two (Two *two, const TunePoint *anchor, guint n_anchor,
    const TunePoint *test, guint n_test, TuneInterpolation interpolation,
    GError **error)
{
  two->anchor = tune_curve_new (anchor, n_anchor, interpolation, error);
  if (two->anchor == NULL) {
    g_prefix_error (error, "anchor: ");
    return FALSE;
  }
  two->test = tune_curve_new (test, n_test, interpolation, error);
  if (two->test == NULL) {
    g_prefix_error (error, "test: ");
    return FALSE;
  }
  return find_overlap (two, error);
}

static gdouble
mean_gap (const Two *two)
{
  gdouble difference = tune_curve_integrate (two->test, two->low, two->high)
      - tune_curve_integrate (two->anchor, two->low, two->high);

  return pow (10, difference / (two->high - two->low)) - 1;
}

static gdouble
gap_at (const Two *two, gdouble quality)
{
  return pow (10,
             log_rate (two->test, quality) - log_rate (two->anchor, quality))
      - 1;
}

static gdouble
overlap_of (const Two *two)
{
  gdouble low =
      MIN (tune_curve_get_low (two->anchor), tune_curve_get_low (two->test));
  gdouble high =
      MAX (tune_curve_get_high (two->anchor), tune_curve_get_high (two->test));

  return (two->high - two->low) / (high - low);
}

gboolean
tune_gain (const TunePoint *anchor, guint n_anchor, const TunePoint *test,
    guint n_test, TuneGain *gain, GError **error)
{
  Two pchip = { .anchor = NULL };
  Two akima = { .anchor = NULL };
  gboolean ok = make_two (&pchip, anchor, n_anchor, test, n_test,
                    TUNE_INTERPOLATION_PCHIP, error)
      && make_two (&akima, anchor, n_anchor, test, n_test,
          TUNE_INTERPOLATION_AKIMA, error);

  if (ok)
    *gain = (TuneGain){
      .rate = mean_gap (&pchip),
      .akima = mean_gap (&akima),
      .overlap = overlap_of (&pchip),
      .low = gap_at (&pchip, pchip.low),
      .middle = gap_at (&pchip, (pchip.low + pchip.high) / 2),
      .high = gap_at (&pchip, pchip.high),
    };
  clear_two (&pchip);
  clear_two (&akima);
  return ok;
}

/* --- the hull ------------------------------------------------------------ */

typedef struct
{
  gdouble x; /* ln of the rate */
  gdouble y;
  guint index;
} Corner;

/* Of equal rates the best comes first, of equal points the first. */
static int
by_rate (const void *a, const void *b)
{
  const Corner *one = a;
  const Corner *other = b;

  if (one->x != other->x)
    return one->x < other->x ? -1 : 1;
  if (one->y != other->y)
    return one->y > other->y ? -1 : 1;
  return (one->index > other->index) - (one->index < other->index);
}

/* Whether @b lies on or below the line from @a to @c. */
static gboolean
is_below (const Corner *a, const Corner *b, const Corner *c)
{
  return (b->y - a->y) * (c->x - a->x) <= (c->y - a->y) * (b->x - a->x);
}

guint
tune_hull (const TunePoint *points, guint n, gboolean *on_hull)
{
  g_autofree Corner *corners = g_new (Corner, n);
  g_autofree Corner *hull = g_new (Corner, n);
  guint length = 0;

  for (guint i = 0; i < n; i++) {
    corners[i] = (Corner){ log (points[i].rate), points[i].quality, i };
    on_hull[i] = FALSE;
  }
  if (n == 0)
    return 0;
  qsort (corners, n, sizeof *corners, by_rate);
  for (guint i = 0; i < n; i++) {
    /* More rate for no more quality. */
    if (length > 0 && corners[i].y <= hull[length - 1].y)
      continue;
    while (length > 1
        && is_below (&hull[length - 2], &hull[length - 1], &corners[i]))
      length--;
    hull[length++] = corners[i];
  }
  for (guint i = 0; i < length; i++)
    on_hull[hull[i].index] = TRUE;
  return length;
}

gboolean
tune_point_has_place (const TunePoint *point)
{
  return point->rate > 0 && isfinite (point->rate) && isfinite (point->quality);
}

gboolean *
tune_hulls (const TunePoint *points, const guint *clips, guint n)
{
  gboolean *result = g_new0 (gboolean, n + 1);
  g_autofree TunePoint *own = g_new (TunePoint, n + 1);
  g_autofree guint *places = g_new (guint, n + 1);
  g_autofree gboolean *on_hull = g_new (gboolean, n + 1);
  guint n_clips = 0;

  for (guint i = 0; i < n; i++)
    n_clips = MAX (n_clips, clips[i] + 1);
  for (guint clip = 0; clip < n_clips; clip++) {
    guint taken = 0;

    for (guint i = 0; i < n; i++) {
      if (clips[i] != clip || !tune_point_has_place (&points[i]))
        continue;
      own[taken] = points[i];
      places[taken++] = i;
    }
    tune_hull (own, taken, on_hull);
    for (guint i = 0; i < taken; i++)
      result[places[i]] = on_hull[i];
  }
  return result;
}
