/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Comparisons that must succeed: an error fails the test that asks for them.
 */
#ifndef TEST_MEASURE_H
#define TEST_MEASURE_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Compares two images by a metric that the test has made. */
PerceptualResult test_compare (PerceptualMetric *metric,
    const PerceptualImage *a, const PerceptualImage *b,
    PerceptualCompareFlags flags);

/* The distance alone, without a map or channels. */
gdouble test_distance (PerceptualMetric *metric, const PerceptualImage *a,
    const PerceptualImage *b);

/* Compares two images by a new metric of two threads.  A floating reference
 * to @options (nullable) is taken. */
PerceptualResult test_measure (const gchar *name, GVariant *options,
    const PerceptualImage *a, const PerceptualImage *b);

G_END_DECLS

#endif /* TEST_MEASURE_H */
