/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What properties the element has; the metrics' options come from their tables
 * and are not named here.
 */
#include "settings/property-table.h"

#include "settings/config.h"
#include "settings/enums.h"

#define MAX_THREADS 256

/* More than any metric gives, and short to read. */
#define LARGEST_VALUE 1e6

#define FIELD(field) .offset = G_STRUCT_OFFSET (PerceptualConfig, field)

const PerceptualProperty perceptual_property_table[] = {
  /**
   * GstPerceptualDistance:metric:
   *
   * The metric that measures the distance.  Default mmd-ssim, which needs no
   * weights.
   *
   * Since: 0.1
   */
  { "metric", "Metric", "The metric that measures the distance",
      PERCEPTUAL_PROPERTY_CHOICE, FIELD (metric),
      .type = perceptual_metric_type, .makes_metrics = TRUE },
  /**
   * GstPerceptualDistance:metric-options:
   *
   * Options of #GstPerceptualDistance:metric alone, which go before the
   * properties of those names: backbone=vgg,taps=1,3.  Its distances are called
   * by both, lpips:backbone=vgg,taps=1,3.  None by default.  What the metric
   * has no option for is an error that lists those it has.
   *
   * Since: 0.1
   */
  { "metric-options", "Metric options",
      "Options of the metric alone, before the properties of those names, such "
      "as backbone=vgg,taps=1,3 (default: none)",
      PERCEPTUAL_PROPERTY_STRING, FIELD (metric_options),
      .makes_metrics = TRUE },
  /**
   * GstPerceptualDistance:also:
   *
   * Further metrics to measure on each pair, separated by commas, with options
   * of their own behind a colon: psnr,lpips:backbone=vgg.  None by default.
   * psnr and ssim keep the scales they are known by.
   *
   * Since: 0.1
   */
  { "also", "Also",
      "Further metrics to measure on each pair, separated by commas, such as "
      "psnr,lpips:backbone=vgg (default: none)",
      PERCEPTUAL_PROPERTY_STRING, FIELD (also), .makes_metrics = TRUE },
  /**
   * GstPerceptualDistance:threads:
   *
   * Threads that work on one pair, 1 to 256; 0 (the default) takes as many as
   * this process has processors.  Results do not depend on it.
   *
   * Since: 0.1
   */
  { "threads", "Threads",
      "Threads that work on one pair (0 = one for each processor)",
      PERCEPTUAL_PROPERTY_UINT, FIELD (threads), .most = MAX_THREADS,
      .makes_metrics = TRUE },
  /**
   * GstPerceptualDistance:measure:
   *
   * Whether frames wait for the metric.  every-pair (the default) measures
   * every pair before its frame is passed on; an input that is too fast has
   * to wait.  real-time passes frames on at once, for a display or a live
   * stream, and measures the newest pair whenever the metric has time; what
   * it leaves out is counted in the summary as `skipped`.
   *
   * Since: 0.1
   */
  { "measure", "Measure", "Whether frames wait for the metric",
      PERCEPTUAL_PROPERTY_ENUM, FIELD (mode), .type = perceptual_mode_type },
  /**
   * GstPerceptualDistance:interval:
   *
   * Measure one of every so many pairs; 1 (the default) measures all.  The
   * others are passed on and counted as `unselected`.  Encoders work in
   * groups of pictures, often of 2^n frames: an even interval may meet the
   * best, or the worst, frame of every group.  Take a prime number or set
   * #GstPerceptualDistance:jitter.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "interval", "Interval",
      "Measure one of every so many pairs; a prime number or jitter=true keeps "
      "clear of the encoder's groups of pictures",
      PERCEPTUAL_PROPERTY_UINT, FIELD (interval), .least = 1, .most = G_MAXUINT,
      .live = TRUE },
  /**
   * GstPerceptualDistance:rate:
   *
   * Measure so many pairs in a second of running time; 0/1 (the default)
   * measures all.  Not together with #GstPerceptualDistance:interval.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "rate", "Rate",
      "Measure so many pairs in a second of running time (0/1 = all)",
      PERCEPTUAL_PROPERTY_FRACTION, FIELD (rate_n), .live = TRUE },
  /**
   * GstPerceptualDistance:jitter:
   *
   * Choose at random which pair of every interval, or of every 1/rate seconds,
   * is measured.  Two runs choose the same ones.  Default false: the first.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "jitter", "Jitter",
      "Choose at random which pair of every interval is measured (two runs "
      "choose the same)",
      PERCEPTUAL_PROPERTY_BOOLEAN, FIELD (jitter), .live = TRUE },
  /**
   * GstPerceptualDistance:pair:
   *
   * What makes two frames a pair: their running times (time, the default) or
   * their numbers (index): the first with the first, the second with the
   * second, whatever their timestamps, which then may even be missing.  For
   * 23.976 against 24 frames a second, and for sequences of raw frames.  A
   * frame that is missing in one stream puts all that follow one off, which
   * nothing can make good.  Numbers begin anew after a flush.  A live stream's
   * frame waits for its partner as long as that takes: none is late, none is
   * given up.  GAP events say nothing.  Goes with sync=none, and without
   * tolerance and sync-offset.
   *
   * Since: 0.1
   */
  { "pair", "Pair",
      "What makes two frames a pair: the same time, or the same number",
      PERCEPTUAL_PROPERTY_ENUM, FIELD (pair), .type = perceptual_pair_type },
  /**
   * GstPerceptualDistance:tolerance:
   *
   * Largest difference of running times, in nanoseconds, of two frames that
   * are a pair.  -1 (the default) is half of the reference frame's duration.
   *
   * Since: 0.1
   */
  { "tolerance", "Tolerance",
      "Largest difference of the running times of a pair "
      "(ns; -1 = half of the reference frame's duration)",
      PERCEPTUAL_PROPERTY_TIME, FIELD (tolerance), .least = -1,
      .most = G_MAXINT64 },
  /**
   * GstPerceptualDistance:sync-offset:
   *
   * Nanoseconds added to the running times of distorted frames before they
   * are paired; negative if the distorted stream is late.  Default 0.
   *
   * Since: 0.1
   */
  { "sync-offset", "Sync offset",
      "Added to distorted running times before pairing, negative if the "
      "distorted stream is late (ns)",
      PERCEPTUAL_PROPERTY_TIME, FIELD (sync_offset), .least = -G_MAXINT64 / 2,
      .most = G_MAXINT64 / 2 },
  /**
   * GstPerceptualDistance:sync:
   *
   * What says which frames belong together: none (the default) takes the
   * timestamps and #GstPerceptualDistance:sync-offset as they are; auto holds
   * the beginning of the streams back, looks for the offset around sync-offset
   * by which each distorted stream moves as the reference does, and measures
   * with that from the first frame on.  What was found is told in a
   * `perceptual-sync` message and in the log; where no offset is clearly
   * the best, a WARNING says so and sync-offset stays.
   *
   * start takes the first frames of all streams for the same frame.  files does
   * what is right for most files: by time where the first frames' times differ
   * by less than a quarter of a frame; else it looks for the offset as auto
   * does, around both the times as they are and first frame to first frame, and
   * takes the latter where nothing moves or no offset is clearly the best.
   * Frames are held back for it, as with auto, only where the starts differ.
   *
   * track is for live streams whose times are not those of the pictures, or do
   * not stay so: an offset is found as with auto, kept while both show the
   * same, and followed where it drifts or jumps.  Each change is told in a
   * `perceptual-sync` message and in the log, and pairs that may be wrong are
   * marked as `unsure`.  Frames that come before the first offset is found have
   * no partner.
   *
   * Since: 0.1
   */
  { "sync", "Sync",
      "Whether the offset between the streams is looked for (by what they "
      "show)",
      PERCEPTUAL_PROPERTY_ENUM, FIELD (sync), .type = perceptual_sync_type },
  /**
   * GstPerceptualDistance:sync-window:
   *
   * The largest offset in nanoseconds that is looked at, either way.  -1 (the
   * default) is half a second, 12 frames at 25 fps: more than encoders,
   * edit lists and joins at key frames commonly shift.  Twice as much of each
   * stream is held in memory, and far offsets make accidental fits more likely.
   * With sync=track it is ten seconds, and what is held are the frames by which
   * one stream is really ahead of the other.
   *
   * Since: 0.1
   */
  { "sync-window", "Sync window",
      "The largest offset that is looked at, either way (ns; -1 = half a "
      "second, with sync=track ten)",
      PERCEPTUAL_PROPERTY_TIME, FIELD (sync_window), .least = -1,
      .most = PERCEPTUAL_MOST_SYNC_WINDOW },
  /**
   * GstPerceptualDistance:sync-duration:
   *
   * How many nanoseconds of the reference are compared at each offset.  Default
   * one second.  More helps where the streams begin with pictures that stand
   * still, and takes memory: of each stream the frames of 2 * sync-window +
   * sync-duration + 200 ms, and of up to 10 s of sync-offset, are held.
   *
   * Since: 0.1
   */
  { "sync-duration", "Sync duration",
      "How much of the reference is compared at each offset (ns)",
      PERCEPTUAL_PROPERTY_TIME, FIELD (sync_duration),
      .least = 100 * GST_MSECOND, .most = 60 * GST_SECOND },
  /**
   * GstPerceptualDistance:missing-frames:
   *
   * What happens when a reference frame finds no distorted frame: skip (the
   * default) counts it and goes on, error ends the pipeline with an error.
   *
   * Since: 0.1
   */
  { "missing-frames", "Missing frames",
      "What happens when a reference frame finds no distorted frame",
      PERCEPTUAL_PROPERTY_ENUM, FIELD (missing_frames),
      .type = perceptual_missing_type },
  /**
   * GstPerceptualDistance:unequal-ends:
   *
   * What happens at the end when one input had frames left after the other's
   * last one: skip (the default) counts them and posts a WARNING, error ends
   * with an error after the summary.
   *
   * Since: 0.1
   */
  { "unequal-ends", "Unequal ends",
      "What happens when one input ends before the other",
      PERCEPTUAL_PROPERTY_ENUM, FIELD (unequal_ends),
      .type = perceptual_missing_type },
  /**
   * GstPerceptualDistance:scaling:
   *
   * What is done about frames of different size: none (the default) makes it
   * an error, to-reference scales distorted frames.
   *
   * Since: 0.1
   */
  { "scaling", "Scaling",
      "What is done when distorted frames have another size",
      PERCEPTUAL_PROPERTY_ENUM, FIELD (scaling),
      .type = perceptual_scaling_type },
  /**
   * GstPerceptualDistance:allow-hdr:
   *
   * Measure PQ and HLG video as if it were SDR.  The metrics were made for
   * SDR, so distances of HDR video mean little; by default (false) such
   * input is an error.
   *
   * Since: 0.1
   */
  { "allow-hdr", "Allow HDR", "Measure PQ and HLG video as if it were SDR",
      PERCEPTUAL_PROPERTY_BOOLEAN, FIELD (allow_hdr) },
  /**
   * GstPerceptualDistance:reference-colorimetry:
   *
   * How the reference codes colour, where its caps are wrong or say nothing: a
   * colorimetry as GStreamer writes it, such as bt709, or range, matrix,
   * transfer function and primaries as numbers; a 0 leaves that part to the
   * caps (1:0:0:0 is full range).  untagged: the stream carries no tag,
   * whatever its caps say.  Unset by default.
   *
   * Since: 0.1
   */
  { "reference-colorimetry", "Reference colorimetry",
      "How the reference codes colour, in place of its tags: bt601, bt709..., "
      "RANGE:MATRIX:TRANSFER:PRIMARIES with 0 for what the tags say, or "
      "untagged",
      PERCEPTUAL_PROPERTY_STRING, FIELD (reference_colorimetry) },
  /**
   * GstPerceptualDistance:distorted-colorimetry:
   *
   * The same of the distorted streams.
   *
   * Since: 0.1
   */
  { "distorted-colorimetry", "Distorted colorimetry",
      "How the distorted streams code colour, in place of their tags, likewise",
      PERCEPTUAL_PROPERTY_STRING, FIELD (distorted_colorimetry) },
  /**
   * GstPerceptualDistance:crop:
   *
   * The part of all frames that is measured, as WIDTHxHEIGHT+X+Y in pixels from
   * the top left corner; nothing is copied for it.  Where chroma is
   * subsampled, X and Y must be multiples of that (2 for 4:2:0), and Y of twice
   * as much for interlaced video.  Frames that go out are whole; heat maps are
   * of the part.  Unset by default: all of each frame.
   *
   * Since: 0.1
   */
  { "crop", "Crop", "The part of all frames that is measured: WIDTHxHEIGHT+X+Y",
      PERCEPTUAL_PROPERTY_STRING, FIELD (crop) },
  /**
   * GstPerceptualDistance:reference-crop:
   *
   * The part of the reference's frames that is measured, in place of
   * #GstPerceptualDistance:crop.
   *
   * Since: 0.1
   */
  { "reference-crop", "Reference crop",
      "The part of the reference's frames that is measured: WIDTHxHEIGHT+X+Y",
      PERCEPTUAL_PROPERTY_STRING, FIELD (reference_crop) },
  /**
   * GstPerceptualDistance:distorted-crop:
   *
   * The same of the distorted streams, each of whose pads has a `crop` of its
   * own besides.
   *
   * Since: 0.1
   */
  { "distorted-crop", "Distorted crop",
      "The part of the distorted frames that is measured: WIDTHxHEIGHT+X+Y",
      PERCEPTUAL_PROPERTY_STRING, FIELD (distorted_crop) },
  /**
   * GstPerceptualDistance:output:
   *
   * What goes out: the reference (the default); distorted, which is the input
   * at `dist_sink`; or a heatmap of where it differs from the reference.
   * Every frame of an input is passed on, whether it found a partner or not;
   * there is a heat map for every pair that is measured.
   *
   * Since: 0.1
   */
  { "output", "Output", "What goes out", PERCEPTUAL_PROPERTY_ENUM,
      FIELD (output), .type = perceptual_output_type },
  /**
   * GstPerceptualDistance:heatmap-max:
   *
   * The distance that output=heatmap shows in its brightest colour.  0 (the
   * default) is a fixed value for each metric: mmd-ssim .4, lpips
   * 1, cosine 3.
   *
   * Since: 0.1
   */
  { "heatmap-max", "Heat map maximum",
      "Distance that heat maps show in their brightest colour (0 = a fixed "
      "value for each metric)",
      PERCEPTUAL_PROPERTY_DOUBLE, FIELD (heatmap_max),
      .highest = LARGEST_VALUE },
  /**
   * GstPerceptualDistance:heatmap-blend:
   *
   * How much of a heat map is the reference in grey, from 0 (the default) to
   * 1.  The colours are then no longer those of the legend.
   *
   * Since: 0.1
   */
  { "heatmap-blend", "Heat map blend",
      "How much of heat maps is the reference in grey, 0 to 1",
      PERCEPTUAL_PROPERTY_DOUBLE, FIELD (heatmap_blend), .highest = 1 },
  /**
   * GstPerceptualDistance:heatmap-legend:
   *
   * Whether heat maps have a legend: metric, distance of the pair, scale.
   * Default true.
   *
   * Since: 0.1
   */
  { "heatmap-legend", "Heat map legend",
      "Whether heat maps have a legend: metric, distance of the pair, scale",
      PERCEPTUAL_PROPERTY_BOOLEAN, FIELD (heatmap_legend) },
  /**
   * GstPerceptualDistance:heatmap-legend-below:
   *
   * Whether the legend is in a strip below the heat map, which is then larger
   * than the reference, rather than in its lower left corner.  There it is
   * left out where it would cover more than .15 of the picture.
   *
   * Since: 0.1
   */
  { "heatmap-legend-below", "Heat map legend below",
      "Whether the legend of heat maps is in a strip below them instead of in "
      "their corner",
      PERCEPTUAL_PROPERTY_BOOLEAN, FIELD (heatmap_legend_below) },
  /**
   * GstPerceptualDistance:heatmap-zoom:
   *
   * How many pixels of the heat map there are for each of the reference, both
   * ways.  0 chooses: the largest whole number that keeps the longest side
   * within 640 pixels, and at least 1.
   *
   * Since: 0.1
   */
  { "heatmap-zoom", "Heat map zoom",
      "Pixels of heat maps for each of the reference, both ways (0 = as many "
      "as make small ones well visible)",
      PERCEPTUAL_PROPERTY_UINT, FIELD (heatmap_zoom), .most = 32 },
  /**
   * GstPerceptualDistance:log-location:
   *
   * Path of the log, or - for standard output; no log by default.  An
   * existing file is emptied at the start of each run.  A file that another
   * element writes its log to is an error, and so is a pipe that no program
   * reads within ten seconds.
   *
   * Since: 0.1
   */
  { "log-location", "Log location",
      "Path of the log, - for standard output (default: no log)",
      PERCEPTUAL_PROPERTY_STRING, FIELD (log_location) },
  /**
   * GstPerceptualDistance:log-format:
   *
   * What the log looks like: jsonl (the default), csv, or vmaf-json, which
   * holds one distorted stream.
   *
   * Since: 0.1
   */
  { "log-format", "Log format", "What the log looks like",
      PERCEPTUAL_PROPERTY_ENUM, FIELD (log_format),
      .type = perceptual_log_format_type },
  /**
   * GstPerceptualDistance:log-max-bytes:
   *
   * Before a pair would make the log larger than this it is moved aside, and a
   * new one begins with the header: log.jsonl becomes log-00001.jsonl, the
   * next one log-00002.jsonl.  A log of an earlier run is moved aside as well.
   * 0 (the default) is no limit.
   *
   * Since: 0.1
   */
  { "log-max-bytes", "Log max bytes",
      "Bytes after which a new log file begins (0 = no limit)",
      PERCEPTUAL_PROPERTY_INT64, FIELD (log_max_bytes), .most = G_MAXINT64 },
  /**
   * GstPerceptualDistance:log-max-time:
   *
   * The same after so many nanoseconds of running time.  0 (the default) is
   * no limit.
   *
   * Since: 0.1
   */
  { "log-max-time", "Log max time",
      "Running time after which a new log file begins (ns; 0 = no limit)",
      PERCEPTUAL_PROPERTY_TIME, FIELD (log_max_time), .most = G_MAXINT64 },
  /**
   * GstPerceptualDistance:log-max-files:
   *
   * How many logs that were moved aside are kept; the oldest are removed,
   * those of earlier runs too.  0 (the default) keeps all.
   *
   * Since: 0.1
   */
  { "log-max-files", "Log max files",
      "How many full log files are kept (0 = all)", PERCEPTUAL_PROPERTY_UINT,
      FIELD (log_max_files), .most = G_MAXUINT },
  /**
   * GstPerceptualDistance:summary-interval:
   *
   * Post and log a summary every so many nanoseconds of running time, with
   * the statistics of that interval in `window`.  0 (the default): only at
   * the end.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "summary-interval", "Summary interval",
      "Running time between summaries (ns; 0 = only at the end)",
      PERCEPTUAL_PROPERTY_TIME, FIELD (summary_interval), .most = G_MAXINT64,
      .live = TRUE },
  /**
   * GstPerceptualDistance:alert-above:
   *
   * A mean distance above this begins an alert.  -1 (the default) is off.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "alert-above", "Alert above",
      "Alert while the mean is above this, in the unit of the metric "
      "(-1 = off)",
      PERCEPTUAL_PROPERTY_DOUBLE, FIELD (alert_above),
      .lowest = PERCEPTUAL_ALERT_ABOVE_OFF, .highest = LARGEST_VALUE,
      .live = TRUE },
  /**
   * GstPerceptualDistance:alert-below:
   *
   * A mean below this begins an alert, for metrics such as psnr where lower
   * is worse.  -1 (the default) is off.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "alert-below", "Alert below",
      "Alert while the mean is below this, in the unit of the metric "
      "(-1 = off)",
      PERCEPTUAL_PROPERTY_DOUBLE, FIELD (alert_below),
      .lowest = PERCEPTUAL_ALERT_BELOW_OFF, .highest = LARGEST_VALUE,
      .live = TRUE },
  /**
   * GstPerceptualDistance:alert-hysteresis:
   *
   * How far the mean must be back past the threshold for the alert to end, in
   * the unit of the metric.  Default 0.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "alert-hysteresis", "Alert hysteresis",
      "How far past the threshold the mean must be back for an alert to end, "
      "in the unit of the metric",
      PERCEPTUAL_PROPERTY_DOUBLE, FIELD (alert_hysteresis),
      .highest = LARGEST_VALUE, .live = TRUE },
  /**
   * GstPerceptualDistance:alert-window:
   *
   * Nanoseconds of running time over which the mean is taken.  0 (the
   * default) judges each pair by itself.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "alert-window", "Alert window",
      "Time over which the mean for alerts is taken (ns; 0 = one pair)",
      PERCEPTUAL_PROPERTY_TIME, FIELD (alert_window), .most = G_MAXINT64,
      .live = TRUE },
  /**
   * GstPerceptualDistance:alert-min-duration:
   *
   * Conditions that last less than so many nanoseconds give no alert.  Default
   * 0.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "alert-min-duration", "Alert minimal duration",
      "How long something must last to give an alert (ns)",
      PERCEPTUAL_PROPERTY_TIME, FIELD (alert_min_duration), .most = G_MAXINT64,
      .live = TRUE },
  /**
   * GstPerceptualDistance:alert-frozen:
   *
   * Whether a distorted picture that stands still while the reference moves
   * gives alerts.  Default false; it is counted in any case.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "alert-frozen", "Alert frozen",
      "Alert while the distorted picture stands still and the reference moves",
      PERCEPTUAL_PROPERTY_BOOLEAN, FIELD (alert_frozen), .live = TRUE },
  /**
   * GstPerceptualDistance:alert-black:
   *
   * Whether a distorted picture that is black while the reference is not
   * gives alerts.  Default false; it is counted in any case.
   *
   * May be changed in PLAYING.
   *
   * Since: 0.1
   */
  { "alert-black", "Alert black",
      "Alert while the distorted picture is black and the reference is not",
      PERCEPTUAL_PROPERTY_BOOLEAN, FIELD (alert_black), .live = TRUE },
  { .name = NULL },
};
