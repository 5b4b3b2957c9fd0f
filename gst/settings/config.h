/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element's settings as plain values, and what they are by default.
 */
#ifndef PERCEPTUAL_CONFIG_H
#define PERCEPTUAL_CONFIG_H

#include "log/log.h"
#include "perceptual.h"
#include "report/alert.h"

G_BEGIN_DECLS

typedef enum
{
  PERCEPTUAL_MISSING_SKIP,
  PERCEPTUAL_MISSING_ERROR,
} PerceptualMissing;

/**
 * PerceptualSyncMode:
 * @PERCEPTUAL_SYNC_NONE: timestamps say which frames belong together
 * @PERCEPTUAL_SYNC_AUTO: the offset between the streams is looked for first
 * @PERCEPTUAL_SYNC_START: the streams' first frames belong together
 * @PERCEPTUAL_SYNC_FILES: see #PerceptualAlignmentWay
 * @PERCEPTUAL_SYNC_TRACK: likewise
 */
typedef enum
{
  PERCEPTUAL_SYNC_NONE,
  PERCEPTUAL_SYNC_AUTO,
  PERCEPTUAL_SYNC_START,
  PERCEPTUAL_SYNC_FILES,
  PERCEPTUAL_SYNC_TRACK,
} PerceptualSyncMode;

/**
 * PerceptualPairing:
 * @PERCEPTUAL_PAIR_TIME: by running time
 * @PERCEPTUAL_PAIR_INDEX: frame n with frame n
 */
typedef enum
{
  PERCEPTUAL_PAIR_TIME,
  PERCEPTUAL_PAIR_INDEX,
} PerceptualPairing;

typedef enum
{
  PERCEPTUAL_SCALING_NONE,
  PERCEPTUAL_SCALING_TO_REFERENCE,
} PerceptualScaling;

typedef enum
{
  PERCEPTUAL_OUTPUT_REFERENCE,
  PERCEPTUAL_OUTPUT_DISTORTED,
  PERCEPTUAL_OUTPUT_HEATMAP,
} PerceptualOutput;

/**
 * PerceptualMode:
 * @PERCEPTUAL_MODE_EVERY_PAIR: frames wait until their pair is measured
 * @PERCEPTUAL_MODE_REAL_TIME: frames pass at once, and pairs that come while
 *   the metric is busy are skipped
 */
typedef enum
{
  PERCEPTUAL_MODE_EVERY_PAIR,
  PERCEPTUAL_MODE_REAL_TIME,
} PerceptualMode;

/**
 * PerceptualConfig:
 * @metric: name of the metric
 * @metric_options: (nullable): its own, see perceptual_specification_parse()
 * @also: (nullable): further metrics, separated by commas
 * @threads: 0 for the number of processors
 * @mode: whether frames wait for the metric
 * @interval: measure one of every so many pairs
 * @rate_n: measure so many pairs a second of running time, numerator; 0 for
 *   all
 * @rate_d: denominator
 * @jitter: whether the choice is random
 * @pair: what makes two frames a pair
 * @tolerance: ns, -1 for half of the reference frame's duration
 * @sync_offset: ns added to distorted running times
 * @sync: whether an offset is looked for, around @sync_offset
 * @sync_window: how far, ns either way; -1 for what suits @sync
 * @sync_duration: how much is compared for it, ns
 * @missing_frames: what a reference frame without a partner means
 * @unequal_ends: what it means that one input ends before the other
 * @scaling: what is done about frames of different size
 * @allow_hdr: whether PQ and HLG are measured
 * @reference_colorimetry: (nullable): what counts in place of the reference's
 *   tags, see perceptual_colour_override()
 * @distorted_colorimetry: (nullable): likewise
 * @log_location: (nullable): path of the log
 * @log_format: what the log looks like: a place in perceptual_log_formats
 * @log_max_bytes: of one file of the log, 0 for no limit
 * @log_max_time: ns of running time in one file of the log, 0 for no limit
 * @log_max_files: full files of the log that are kept, 0 for all
 * @summary_interval: ns of running time between summaries, 0 for none
 * @alert_above: threshold, see #PerceptualAlertSettings, like the next ones
 * @alert_below: threshold
 * @alert_hysteresis: in the unit of the metric
 * @alert_window: ns
 * @alert_min_duration: ns
 * @alert_frozen: whether frozen pictures give alerts
 * @alert_black: whether black pictures give alerts
 * @crop: (nullable): the part of all frames that is measured, see
 *   perceptual_crop_parse()
 * @reference_crop: (nullable): that of the reference, in its place
 * @distorted_crop: (nullable): that of distorted streams, in its place
 * @output: what goes out
 * @heatmap_max: distance that heat maps show as the brightest; 0 for the
 *   metric's own
 * @heatmap_blend: how much of a heat map is the grey reference, 0..1
 * @heatmap_zoom: its pixels for each of the reference, both ways; 0 for a
 *   choice by the size
 * @heatmap_legend: whether it has a legend
 * @heatmap_legend_below: whether that is below it
 * @options: metric options that were set, GVariant by name (interned)
 *
 * All but @options are in property-table.c.  Enums are gint, since
 * GValue has them so.
 */
typedef struct
{
  gchar *metric;
  gchar *metric_options;
  gchar *also;
  guint threads;
  gint mode; /* PerceptualMode */
  guint interval;
  gint rate_n;
  gint rate_d; /* follows @rate_n */
  gboolean jitter;
  gint pair; /* PerceptualPairing */
  gint64 tolerance;
  gint64 sync_offset;
  gint sync; /* PerceptualSyncMode */
  gint64 sync_window;
  gint64 sync_duration;
  gint missing_frames; /* PerceptualMissing */
  gint unequal_ends;   /* PerceptualMissing */
  gint scaling;        /* PerceptualScaling */
  gboolean allow_hdr;
  gchar *reference_colorimetry;
  gchar *distorted_colorimetry;
  gchar *crop;
  gchar *reference_crop;
  gchar *distorted_crop;
  gchar *log_location;
  gint log_format;
  gint64 log_max_bytes;
  gint64 log_max_time;
  guint log_max_files;
  gint64 summary_interval;
  gdouble alert_above;
  gdouble alert_below;
  gdouble alert_hysteresis;
  gint64 alert_window;
  gint64 alert_min_duration;
  gboolean alert_frozen;
  gboolean alert_black;
  gint output; /* PerceptualOutput */
  gdouble heatmap_max;
  gdouble heatmap_blend;
  guint heatmap_zoom;
  gboolean heatmap_legend;
  gboolean heatmap_legend_below;
  GHashTable *options;
} PerceptualConfig;

/* These are also the defaults of the properties.  Strings are copied from
 * here; fields that are not named are 0, FALSE, NULL or the first value of
 * their enum. */
#define PERCEPTUAL_CONFIG_DEFAULTS                                             \
  {                                                                            \
    .metric = (gchar *) PERCEPTUAL_DEFAULT_METRIC, .interval = 1, .rate_d = 1, \
    .tolerance = -1, .sync_window = -1, .sync_duration = GST_SECOND,           \
    .alert_above = PERCEPTUAL_ALERT_ABOVE_OFF,                                 \
    .alert_below = PERCEPTUAL_ALERT_BELOW_OFF, .heatmap_zoom = 1,              \
    .heatmap_legend = TRUE,                                                    \
  }

G_END_DECLS

#endif /* PERCEPTUAL_CONFIG_H */
