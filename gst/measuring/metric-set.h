/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The metrics of a run: the one that is asked for and those of also=, on one
 * worker pool.
 */
#ifndef PERCEPTUAL_METRIC_SET_H
#define PERCEPTUAL_METRIC_SET_H

#include "measuring/record.h"

G_BEGIN_DECLS

typedef struct _PerceptualMetricSet PerceptualMetricSet;

/**
 * perceptual_metric_set_new:
 * @metric: the metric, with options of its own as
 *   perceptual_specification_parse() reads them
 * @also: (nullable): further metrics likewise, separated by commas
 * @options: (transfer none): a{sv} of the options that the user set.  Each
 *   metric takes those it knows, if it has no value of its own; one that none
 *   of them knows is an error.  `scale` is of @metric alone: the psnr beside it
 *   stays what it is called.
 * @threads: 1..256, or 0 for the number of processors
 * @error: of the domain PERCEPTUAL_ERROR
 *
 * Returns: (transfer full): the metrics, or NULL with @error set
 */
PerceptualMetricSet *perceptual_metric_set_new (const gchar *metric,
    const gchar *also, GVariant *options, guint threads, GError **error);
void perceptual_metric_set_free (PerceptualMetricSet *metrics);

const PerceptualColumns *perceptual_metric_set_get_columns (
    const PerceptualMetricSet *metrics);

/* Returns: (transfer none): the threads that work on comparisons. */
PerceptualWorkers *perceptual_metric_set_get_workers (
    const PerceptualMetricSet *metrics);

/* Makes comparisons fail as soon as may be, or lets them work again.  From any
 * thread. */
void perceptual_metric_set_cancel (
    PerceptualMetricSet *metrics, gboolean cancel);
gboolean perceptual_metric_set_is_cancelled (
    const PerceptualMetricSet *metrics);

/**
 * perceptual_metric_set_row:
 * @reference: the reference image
 * @distorted: @n distorted images
 * @records: @n records, in which distance, taps and also are filled in
 * @first: (out) (optional): what the distance's metric found for the first
 *   distorted image, with its map; the metric needs PERCEPTUAL_METRIC_MAP.
 *   Zeroed memory; to be cleared in any case
 * @error: of the domain PERCEPTUAL_ERROR
 *
 * Compares one reference with each distorted image; what can be computed from
 * the reference alone is computed once.
 *
 * Returns: TRUE, or FALSE with @error set
 */
gboolean perceptual_metric_set_row (PerceptualMetricSet *metrics,
    const PerceptualImage *reference, const PerceptualImage *distorted, guint n,
    PerceptualRecord *const *records, PerceptualResult *first, GError **error);

/**
 * perceptual_metric_set_many:
 * @references: @n reference images
 * @distorted: a distorted image for each of them
 * @records: @n records, which are filled in likewise
 * @error: of the domain PERCEPTUAL_ERROR; of a pair that fails none is told,
 *   and perceptual_metric_set_row() finds it
 *
 * Does what perceptual_metric_set_row() would do for each pair, with the same
 * numbers.
 *
 * Returns: TRUE, or FALSE with @error set
 */
gboolean perceptual_metric_set_many (PerceptualMetricSet *metrics,
    const PerceptualImage *references, const PerceptualImage *distorted,
    guint n, PerceptualRecord *const *records, GError **error);

/* Whether that takes less time where images of this size are small. */
gboolean perceptual_metric_set_gains_from_many (
    const PerceptualMetricSet *metrics, guint width, guint height);

/* Returns: (transfer none): the metric of the distance. */
const PerceptualMetricInfo *perceptual_metric_set_get_metric (
    const PerceptualMetricSet *metrics);

/* Whether a metric needs pixels even of images that have planes of their
 * own. */
gboolean perceptual_metric_set_reads_pixels (
    const PerceptualMetricSet *metrics);

/* Whether a metric computes its exact form, whose time grows with the square
 * of the window. */
gboolean perceptual_metric_set_is_exact (const PerceptualMetricSet *metrics);

/* Adds what the header tells of the metrics: options (those of all metrics of
 * the run, defaults included), scale, weights-name and weights-sha256; and of
 * further metrics that have other options, also-metrics.  @width, @height: of
 * the frames, 0 while they are not known */
void perceptual_metric_set_describe (const PerceptualMetricSet *metrics,
    guint width, guint height, GstStructure *structure);

/* Adds what the taps are called: tap-names and also-tap-names, which hold more
 * names than there are taps where small images have fewer.  @columns: what the
 * columns are called; @rgb: as of perceptual_metric_get_tap_name() */
void perceptual_metric_set_describe_taps (const PerceptualMetricSet *metrics,
    const PerceptualColumns *columns, gboolean rgb, GstStructure *structure);

/* Returns: (transfer none) (nullable): what the first metric that has one has
 * as perceptual_metric_get_note(). */
const gchar *perceptual_metric_set_get_note (const PerceptualMetricSet *self);

/* Returns: (transfer none) (nullable): a weights file in use that is not among
 * the known ones; NULL when all are known, random, or not needed. */
const PerceptualWeightsInfo *perceptual_metric_set_find_unknown_weights (
    const PerceptualMetricSet *self);

G_END_DECLS

#endif /* PERCEPTUAL_METRIC_SET_H */
