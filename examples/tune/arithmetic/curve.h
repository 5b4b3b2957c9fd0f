/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rate-distortion curves: interpolation, average rate differences between two
 * of them (Bjøntegaard 2001, VCEG-M33), the convex hull.  Pure arithmetic.
 *
 * All functions are thread-safe.
 */
#ifndef TUNE_CURVE_H
#define TUNE_CURVE_H

#include <glib.h>

G_BEGIN_DECLS

#define TUNE_CURVE_ERROR (tune_curve_error_quark ())

/**
 * TuneCurveError:
 * @TUNE_CURVE_ERROR_FEW: fewer than two points
 * @TUNE_CURVE_ERROR_RATE: a rate that is not above 0, or not finite
 * @TUNE_CURVE_ERROR_QUALITY: a quality that is not finite
 * @TUNE_CURVE_ERROR_EQUAL: two points of the same quality
 * @TUNE_CURVE_ERROR_MONOTONE: a point of higher quality has no higher rate
 * @TUNE_CURVE_ERROR_OVERLAP: two curves have no range of quality in common
 */
typedef enum
{
  TUNE_CURVE_ERROR_FEW,
  TUNE_CURVE_ERROR_RATE,
  TUNE_CURVE_ERROR_QUALITY,
  TUNE_CURVE_ERROR_EQUAL,
  TUNE_CURVE_ERROR_MONOTONE,
  TUNE_CURVE_ERROR_OVERLAP,
} TuneCurveError;

GQuark tune_curve_error_quark (void);

/**
 * TunePoint:
 * @rate: above 0, in any unit; the same one for all points
 * @quality: higher is better: tune_quality_of_distance(), or a similarity as it
 *   is
 *
 * One encode.
 */
typedef struct
{
  gdouble rate;
  gdouble quality;
} TunePoint;

/* Returns: -10 log10 (@distance), on which differences between encodes are
 * close to straight in the logarithm of the rate; infinite for 0. */
gdouble tune_quality_of_distance (gdouble distance);

/**
 * TuneInterpolation:
 * @TUNE_INTERPOLATION_PCHIP: monotone cubic pieces (Fritsch & Butland 1984),
 *   as in the common test conditions of JVET and AOM
 * @TUNE_INTERPOLATION_AKIMA: Akima 1970, which Herglotz et al. 2022
 *   (arXiv 2202.12565) find nearer to curves with many points
 */
typedef enum
{
  TUNE_INTERPOLATION_PCHIP,
  TUNE_INTERPOLATION_AKIMA,
} TuneInterpolation;

typedef struct _TuneCurve TuneCurve;

/**
 * tune_curve_new:
 * @points: @n of them, in any order
 * @error: TUNE_CURVE_ERROR, but for _OVERLAP
 *
 * log10 of the rate as a function of quality.
 *
 * Returns: (transfer full): the curve, or NULL with @error set
 */
TuneCurve *tune_curve_new (const TunePoint *points, guint n,
    TuneInterpolation interpolation, GError **error);
void tune_curve_free (TuneCurve *self);

/* The range of quality from the lowest to the highest point. */
gdouble tune_curve_get_low (const TuneCurve *self);
gdouble tune_curve_get_high (const TuneCurve *self);

/* Returns: the rate at @quality, which lies within the curve's range. */
gdouble tune_curve_rate (const TuneCurve *self, gdouble quality);

/* Returns: the integral of log10 of the rate from @low to @high, both within
 * the curve's range; exact, piece by piece. */
gdouble tune_curve_integrate (const TuneCurve *self, gdouble low, gdouble high);

/**
 * TuneGain:
 * @rate: by how much the second curve's rates are above the first one's at
 *   equal quality, on average over the overlap: -.1 means 10 % lower
 * @akima: the same by Akima's interpolation; @rate is by PCHIP
 * @overlap: of the ranges of quality: what they have in common as a part of
 *   what they cover together, 0..1
 * @low: the difference at the lower end of the overlap
 * @middle: in its middle
 * @high: at its upper end
 */
typedef struct
{
  gdouble rate;
  gdouble akima;
  gdouble overlap;
  gdouble low;
  gdouble middle;
  gdouble high;
} TuneGain;

/* A gain should not be relied on below this overlap, or above this difference
 * of the two interpolations. */
#define TUNE_GAIN_LEAST_OVERLAP .75
#define TUNE_GAIN_MOST_SPREAD .005

/**
 * tune_gain:
 * @anchor: @n_anchor points that are compared with
 * @test: @n_test points
 * @gain: (out): what is found
 * @error: TUNE_CURVE_ERROR, its message begins with "anchor: " or "test: "
 *   where the fault is one curve's
 *
 * The Bjøntegaard delta rate, 10^D - 1 where D is the mean over the common
 * range of quality of the difference of log10 of the rates.  Shifting or
 * scaling all qualities changes nothing.
 *
 * Returns: FALSE with @error set
 */
gboolean tune_gain (const TunePoint *anchor, guint n_anchor,
    const TunePoint *test, guint n_test, TuneGain *gain, GError **error);

/**
 * tune_hull:
 * @points: @n points, rates above 0, qualities finite
 * @on_hull: (out): room for @n: whether each point lies on the upper hull
 *
 * The upper convex hull in quality over the logarithm of the rate, from the
 * lowest rate to the point of the highest quality.  What lies below it is
 * beaten by a mixture of two other points at the same rate.  Of points that
 * are equal, the first one counts.
 *
 * Returns: how many points are on it
 */
guint tune_hull (const TunePoint *points, guint n, gboolean *on_hull);

/* Whether @point may be on a hull: its rate is above 0, and both are finite. */
gboolean tune_point_has_place (const TunePoint *point);

/**
 * tune_hulls:
 * @points: @n points, which need not have a place
 * @clips: of each point, the number of the clip that it is of
 *
 * Returns: (transfer full): of each point, whether it is on tune_hull() of its
 *   clip's points that have a place
 */
gboolean *tune_hulls (const TunePoint *points, const guint *clips, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneCurve, tune_curve_free)

G_END_DECLS

#endif /* TUNE_CURVE_H */
