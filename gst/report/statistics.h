/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mean, deviation and quantiles of any number of values, in bounded memory.
 */
#ifndef PERCEPTUAL_STATISTICS_H
#define PERCEPTUAL_STATISTICS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Up to so many values quantiles are exact.  Beyond, values are counted in
 * buckets whose width grows with the value, and a quantile is off by at most
 * PERCEPTUAL_QUANTILE_ERROR of itself; magnitudes below 1e-12 then count as
 * 0, above 1e12 as 1e12.  Mean, stdev, min and max stay exact. */
#define PERCEPTUAL_EXACT_VALUES 65536
#define PERCEPTUAL_QUANTILE_ERROR 0.005

typedef struct _PerceptualStatistics PerceptualStatistics;

/* @lowest_is_worst: for similarities such as psnr. */
PerceptualStatistics *perceptual_statistics_new (gboolean lowest_is_worst);
void perceptual_statistics_free (PerceptualStatistics *statistics);

/* Values that are not finite are counted and otherwise left out.  @index, @pts
 * and @stream_time tell which pair it was. */
void perceptual_statistics_add (PerceptualStatistics *statistics, gdouble value,
    guint64 index, GstClockTime pts, GstClockTime stream_time);

/**
 * perceptual_statistics_quantile:
 * @q: 0..1
 *
 * The value at position q * (n - 1) of the n sorted values, linear between
 * two of them.
 *
 * Returns: the quantile, NAN without finite values
 */
gdouble perceptual_statistics_quantile (
    PerceptualStatistics *statistics, gdouble q);

/* Sets mean, stdev (population), min, median, p90, p95, p99, max, worst, and
 * of similarities p1, p5, p10 and harmonic-mean, which is n / sum (1 / (x + 1))
 * - 1 as in libvmaf and missing where a value is -1 or less; nothing but
 * infinite where no value was finite. */
void perceptual_statistics_describe (
    PerceptualStatistics *statistics, GstStructure *structure);

G_END_DECLS

#endif /* PERCEPTUAL_STATISTICS_H */
