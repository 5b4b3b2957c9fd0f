/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element perceptualdistance, and its page of the documentation.
 */
/**
 * SECTION:element-perceptualdistance
 * @title: perceptualdistance
 *
 * Measures how different two video streams look: the reference at `ref_sink`
 * and the distorted one at `dist_sink`.  Frames are paired by running time,
 * each pair is measured with #GstPerceptualDistance:metric, and one of the
 * inputs is passed on at `src`, its pixels untouched.  0 means identical,
 * higher means more different.
 *
 * ## Example
 *
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=30 ! tee name=t \
 *     perceptualdistance name=d ! fakesink \
 *     t. ! queue ! d.ref_sink \
 *     t. ! queue ! gaussianblur sigma=2 ! videoconvert ! d.dist_sink
 * ]|
 * Compares a test picture with a blurred version of itself; `-m` shows the
 * messages.  An encoder in place of the blur holds frames back: the queue of
 * the reference branch must be able to hold as many, for instance
 * `queue max-size-buffers=200 max-size-bytes=0 max-size-time=0`.
 *
 * ## Several encodes of one reference
 *
 * Request pads `dist_sink_1`, `dist_sink_2`... take further distorted streams.
 * Each is paired, counted, reported and summed up as if it were alone, under
 * the name of its pad (`stream`); what is computed from the reference is
 * computed once for all.  They are asked for before the element is started.
 *
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=30 ! tee name=t \
 *     perceptualdistance name=d ! fakesink \
 *     t. ! queue ! d.ref_sink \
 *     t. ! queue ! gaussianblur sigma=1 ! videoconvert ! d.dist_sink \
 *     t. ! queue ! gaussianblur sigma=3 ! videoconvert ! d.dist_sink_1
 * ]|
 *
 * ## Message perceptual-header
 *
 * An element message for each distorted stream before its first pair is
 * measured, with all fields of the log's header.
 *
 * ## Message perceptual-distance
 *
 * An element message for every pair, posted when it has been measured:
 *
 * * `index` (guint64): how many pairs the stream had before, measured or not;
 *   0 for the first
 * * `metric` (string): name of the metric
 * * `reference-pts`, `distorted-pts` (guint64): timestamps of the two frames,
 *   ns
 * * `running-time`, `stream-time`, `duration` (guint64): of the reference
 *   frame, ns; GST_CLOCK_TIME_NONE if not known
 * * `delta` (gint64): running time of the distorted frame,
 *   #GstPerceptualDistance:sync-offset included, minus that of the reference
 *   frame, ns
 * * `distance` (gdouble): the distance
 * * `taps` (#GstValueArray of gdouble): what each tap, pyramid level or plane
 *   contributed
 * * `also` (#GstStructure): for each metric of #GstPerceptualDistance:also a
 *   gdouble of its name.  The psnr of identical frames is infinite.  Where
 *   luma is that of RGB, psnr, ssim and ms-ssim are called `psnr(rgb)`... in
 *   `metric` and in the log, and in names of fields `psnr:rgb`...; in the
 *   names of fields other characters than letters, digits and _-+:. are a
 *   slash and two hexadecimal digits: `lpips:backbone/3Dvgg`
 * * `also-taps` (#GstStructure): for each of them a #GstValueArray of gdouble,
 *   what `taps` is for the distance
 * * `stream` (string): name of the sink pad of the distorted frame
 * * `frozen` (gboolean): the distorted picture has not moved although the
 *   reference has moved since, see below
 * * `black` (gboolean): the distorted picture is black, the reference is not
 * * `scale` (gdouble): by how much the metric made the frames smaller, where
 *   #GstPerceptualDistance:scale is not 1; absent otherwise
 * * `unsure` (gboolean): with sync=track, whether the pair may be of the wrong
 *   frames, since the offset is in doubt; absent otherwise
 *
 * ## Message perceptual-summary
 *
 * An element message for each distorted stream before EOS is passed on, and on
 * the way down to READY if pairs were measured and there was no EOS; with
 * #GstPerceptualDistance:summary-interval also after every interval.  The
 * action signal #GstPerceptualDistance::get-summary returns the same at any
 * time:
 *
 * * `stream` (string): name of the sink pad of the distorted stream
 * * `metric` (string): name of the metric
 * * `final` (gboolean): whether both inputs were measured to their ends
 * * `pairs` (guint64): frames that found their partner
 * * `measured` (guint64): those of them that were measured
 * * `skipped` (guint64): those that were not, because the metric was busy or
 *   the element was stopped
 *   (#GstPerceptualDistance:measure)
 * * `unselected` (guint64): those that the settings left out
 * * `unmatched-reference` (guint64): reference frames without a partner
 * * `unmatched-distorted` (guint64): distorted frames without a partner
 * * `late` (guint64): distorted frames that came after their reference frame
 *   had been given up (live input)
 * * `gaps` (guint64): GAP events, on either pad
 * * `frozen`, `black` (guint64): pairs whose perceptual-distance says so
 * * `misaligned` (guint64): pairs that seem to be of the wrong frames, see
 *   below; known a second and three pairs after the first of them
 * * `mean`, `stdev` (of the population), `min`, `median`, `p90`, `p95`,
 *   `p99`, `max` (gdouble): over the distances.  Exact; from 65536 pairs on
 *   the quantiles are off by .5 % of their value at most.
 * * `p1`, `p5`, `p10`, `harmonic-mean` (gdouble): of similarities such as psnr
 *   only.  The last is n / sum (1 / (x + 1)) - 1, and absent where a value is
 *   -1 or less.
 * * `infinite` (guint64): values left out of the statistics because they are
 *   infinite; absent if 0
 * * `worst` (#GstStructure): `index` (guint64) and `distance` (gdouble) of the
 *   worst pair, and `pts` and `stream-time` (guint64) of its reference frame
 * * `taps` (#GstValueArray of gdouble): mean of each tap
 * * `also` (#GstStructure): for each further metric a #GstStructure with the
 *   statistics above and its own `taps`
 * * `window` (#GstStructure): with summary-interval, `start` and `end`
 *   (guint64) of the interval, ns of running time, and the fields from `pairs`
 *   to `also` for the interval alone.  Intervals begin at whole multiples; one
 *   without a pair is left out, the last one may be cut short.
 * * `sync-confidence` (gdouble), `sync-offset-found` (gint64): `confidence` and
 *   `offset` of perceptual-sync; absent without sync=auto and track, the latter
 *   also where no offset was found
 * * `sync-state` (string), `sync-changes` (guint64), `unsure` (guint64): with
 *   sync=track, `state` of the last perceptual-sync, how often the offset
 *   changed, and how many pairs may be of the wrong frames, measured or not;
 *   absent otherwise
 * * `align` (string), `align-offset` (gint64), `align-confidence` (gdouble),
 *   `align-reason` (string): `basis`, `offset`, `confidence` and `reason` of
 *   perceptual-sync, with sync=start and sync=files
 * * `pair` (string): `index` with pair=index
 * * `reference`, `distorted` (string): the files that the streams come from;
 *   absent where they come from something else, and the latter also where it
 *   is the reference's
 * * fields of #GstPerceptualDistancePad:notes
 * * `options` (#GstStructure): the metrics' options in force
 * * `scale` (gdouble): as in perceptual-distance, of the last pair; a further
 *   metric that has a scale of its own says it in `also-metrics`
 * * `luma` (string): whether metrics of luma read the `stream`'s own luma or
 *   took it from `rgb`
 * * `luma-reason` (string): why from `rgb`; absent where not
 * * `tap-names` (#GstValueArray of string): what `taps` are called, in their
 *   order; may hold more names than there are taps.  `also-tap-names`
 *   (#GstStructure): the same for each further metric
 * * `also-metrics` (#GstStructure): for each further metric that has other
 *   options a #GstStructure with `metric`, `options`, `weights-name`,
 *   `weights-sha256`, `arithmetic`; absent if there are none
 * * `weights-name`, `weights-sha256` (string): which trained numbers were
 *   used; absent without
 * * `arithmetic` (string): what a network was computed with: `float32`, or
 *   `bfloat16 (amx)` by `precision=fast`; absent without
 *
 * Without any pair measured, the fields from `mean` to `also`, `luma` and
 * `luma-reason` are absent.
 *
 * ## Message perceptual-alert
 *
 * An element message when an alert begins and when it ends.  Alerts stop
 * nothing.  #GstPerceptualDistance:alert-above, alert-below, alert-frozen and
 * alert-black say which there are, for each distorted stream by itself:
 *
 * * `stream` (string): name of the sink pad of the distorted stream
 * * `metric` (string): name of the metric
 * * `kind` (string): `above`, `below`, `frozen` or `black`
 * * `state` (string): `begin` or `end`
 * * `at-end` (gboolean): it ends because the stream does, or a seek, not
 *   because it looks good again
 * * `threshold` (gdouble): that was crossed; absent for frozen and black
 * * `value` (gdouble): the mean over #GstPerceptualDistance:alert-window that
 *   made it begin or end; for frozen and black the pair's distance.  Infinite
 *   ones count as 100.
 * * `since` (guint64): running time of the first bad pair, ns.  The alert
 *   begins once this is #GstPerceptualDistance:alert-min-duration ago.
 * * `running-time` (guint64): of the pair that made it begin or end, ns
 * * `duration` (guint64): ns from `since` to the end of that pair, or to its
 *   beginning if it is the first good one
 * * `pairs` (guint64): bad pairs since then
 * * `worst` (#GstStructure): as in the summary; it may lie in the window
 *   before `since`
 *
 * With a window nothing is judged before the stream has run for as long.  Of
 * more than 1024 pairs in a window, its old edge is early by a 1024th of it at
 * most.
 *
 * ## Frozen and black
 *
 * Pictures are looked at as thumbnails of up to 32x32 cells of luma.  Frozen:
 * no cell of the distorted picture is off by more than 1 level of 255 from
 * what it was when the picture last moved, and some cell of the reference is
 * off by more than 6 from what the reference was then.  A scene that is still
 * in both is not frozen.  Black: no more than .02 of the cells are above
 * level 16, and more of the reference's are above 32.
 *
 * ## Misaligned
 *
 * A wrong pairing looks like a bad picture.  So each distorted thumbnail is
 * compared with the reference frames of three pairs before and after its own
 * as well, at equal mean and contrast.  Where one of these differs from it by
 * less than half as much as its own (root mean square), and some cell of its
 * own by more than 6 levels, the pair is taken for misaligned, once that is so
 * for most pairs of a second in which the reference moves.  For the first such
 * second of a stream there is a WARNING: "From 0:00:22.000 on the distorted
 * frames look 1 frame late".  Distances stay as they are.  Pictures that do
 * not move, or are repeated, tell nothing; nor do pairs that do not follow each
 * other, because #GstPerceptualDistance:interval or rate, or a busy metric,
 * left out those in between.
 *
 * ## Message perceptual-sync
 *
 * With #GstPerceptualDistance:sync other than none, an element message for each
 * distorted stream before its first pair, and with sync=track another one
 * whenever its offset changes or comes in doubt:
 *
 * * `stream` (string): name of the sink pad of the distorted stream
 * * `decided` (gboolean): whether an offset was found, or none was needed
 * * `offset` (gint64): ns that are added to its running times from now on:
 *   #GstPerceptualDistance:sync-offset, that of the pad, and what was found
 * * `basis` (string): what it follows from: `time` (the timestamps), `start`
 *   (first frame to first frame), `content` (what the streams show)
 *
 * and, where what the streams show was looked at:
 *
 * * `confidence` (gdouble): 0 to 1, by how much this offset fits better than
 *   any that is not next to it
 * * `verdict` (string): `found`, or why not: `short` (too few frames side by
 *   side), `still` (the pictures do not move), `unlike` (they do not move
 *   alike), `ambiguous` (they do at several offsets), `outside` (the fit grows
 *   towards the end of #GstPerceptualDistance:sync-window)
 * * `reason` (string): the same in words
 * * `guess` (gint64): the best offset, trusted or not, ns
 * * `fit`, `second-fit` (gdouble): -1 to 1, how alike the streams move with
 *   that offset, and with the best that is not next to it
 * * `pairs` (guint): frames that were compared for it
 *
 * With sync=track also (these messages are in the log, too):
 *
 * * `change` (string): `begin` (of measuring), `drift` (by a part of a frame),
 *   `jump` (another offset fits), `times` (the timestamps of a stream jumped;
 *   its frames go on from where they were), `lost` (nothing fits any more; the
 *   offset stays), `regained` (it fits again)
 * * `state` (string): `locked`, or `unsure` if the offset may be wrong
 * * `running-time` (guint64): of the reference frame up to which both streams
 *   had been compared, ns
 * * `previous-offset` (gint64): what was added until now, ns
 * * `unsure-since` (guint64): running time from which on pairs may be of the
 *   wrong frames, ns; `running-time` where none are
 * * `unsure-pairs` (guint): how many of them did not say so (`unsure` of
 *   perceptual-distance) when they were made
 *
 * ## Log
 *
 * #GstPerceptualDistance:log-location names a file that gets the same words,
 * with underscores for hyphens: a header, a line for each pair and the
 * summary.  Each line is written at once, so a pipeline that is killed leaves
 * a readable log.  log-format=vmaf-json is one JSON object in the layout of
 * libvmaf's logs, which is complete at any time where the log is a plain file.
 *
 * One element writes to a file at a time: starting a second one is an error
 * that names the process of the first.  A log that another program removes
 * while it is written is made again, one that is emptied (as logrotate's
 * copytruncate does) goes on from its beginning, both with the header.  A pipe
 * may be read slowly, but it has to be opened for reading within ten seconds;
 * when its reader leaves, that is an error, and no signal.
 *
 * With #GstPerceptualDistance:log-max-bytes or log-max-time the log is split:
 * NAME.EXT becomes NAME-00001.EXT, NAME-00002.EXT... when it is full, and a
 * new NAME.EXT begins with the header.
 *
 * ## Distances on buffers
 *
 * With measure=every-pair, a buffer that goes out carries a custom #GstMeta
 * called `GstPerceptualDistanceMeta` for each stream that had a partner for
 * it, with the fields of perceptual-distance (gst_buffer_iterate_meta(),
 * gst_custom_meta_get_structure()).
 *
 * ## Heat maps
 *
 * #GstPerceptualDistance:output=heatmap sends a picture for each pair of
 * `dist_sink` that was measured, of the size, rate, aspect ratio and timestamps
 * of the reference, in BGRx.  It shows in colours where the pair differs: black
 * is 0, then violet, red, orange and pale yellow, each lighter than the one
 * before.  The colours follow the square root of the distance, up to
 * #GstPerceptualDistance:heatmap-max, which does not change from frame to
 * frame.  A legend says which colour is which distance.  Where no pair was
 * measured, a GAP event goes out.  Of the metrics those have heat maps that
 * know where a pair differs: mmd-ssim, lpips, cosine.
 *
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=30 ! tee name=t \
 *     perceptualdistance name=d output=heatmap ! videoconvert ! fakesink \
 *     t. ! queue ! d.ref_sink \
 *     t. ! queue ! gaussianblur sigma=2 ! videoconvert ! d.dist_sink
 * ]|
 *
 * ## Pairing
 *
 * The reference drives: each reference frame takes the nearest distorted
 * frame within #GstPerceptualDistance:tolerance that is not nearer to the
 * next reference frame.  No frame is used twice, none is made up, and every
 * frame is counted.
 *
 * ## Streams that begin at different frames
 *
 * With #GstPerceptualDistance:sync=auto the element holds back the first
 * 2 * sync-window + sync-duration + 200 ms of every stream (2.2 s by default;
 * of 1920x1080 at 25 fps that is 170 MB a stream), makes pictures of 48x27
 * samples of it, and takes the offset at which their motion correlates best.
 * Gain, brightness, noise, lost frames and another size or frame rate do not
 * matter.  The offset is a whole number of reference frames, and a part of one
 * that makes the timestamps of both streams coincide.  The frames held back
 * are then measured like all others.  Frames of live input come late by what
 * was held back, until a sink has caught up.
 *
 * The search is made once in a run; its result outlives a flushing seek.
 *
 * ## Live streams whose offset changes
 *
 * #GstPerceptualDistance:sync=track keeps small pictures of the last
 * sync-window + sync-duration + 2 s of both streams (5 KB a frame) and compares
 * the newest #GstPerceptualDistance:sync-duration four times a second.  It
 * holds 2 * sync-duration + 500 ms of both until the first offset is found,
 * then the frames by which one stream is ahead of the other: at most
 * sync-window + 2 s.  Drift is followed by the distances of pairs, in steps of
 * about a sixth of a frame.  Another offset is taken where two looks in a row
 * agree on it, one of a few frames only where it has been better for a second.
 * Pictures that do not move change nothing.  Timestamps that jump, by any
 * amount and either way, are counted on from where they were, and the offset is
 * found anew; times that shake by half a frame and more are evened out.
 *
 * ## Colour
 *
 * Each input is converted to RGB by the matrix, range and chroma-site of its
 * own caps: 8 bit a sample where both inputs have 8 bit, 16 otherwise.  The
 * conversion is exact, within rounding of the standards' formulas
 * (#GstVideoConverter of GStreamer 1.22 is off by up to six levels of 255).
 * Where the primaries differ, the distorted frame is converted to those of the
 * reference, which is good to a level of 255.  Transfer functions stay as they
 * are coded.  One WARNING names what differs.  Alpha is ignored, which an INFO
 * says.  Where both inputs are Y'CbCr or grey, psnr, ssim and ms-ssim read the
 * streams' own samples instead, whatever their depths, ranges, chroma formats
 * and sizes.  PQ and HLG need #GstPerceptualDistance:allow-hdr.
 *
 * What caps do not say about colour, and what is only the guess of a decoder,
 * is taken from the other input, or guessed once for both where neither says
 * it; an INFO says so where it matters.  Whether a decoder guessed is seen from
 * the caps of its input.  #GstPerceptualDistance:reference-colorimetry and
 * #GstPerceptualDistance:distorted-colorimetry override.
 *
 * ## Fields, shape, memory
 *
 * Interlaced frames are measured as whole frames, after a WARNING; fields one
 * by one are refused.  Streams whose pixels have another shape
 * (pixel-aspect-ratio), or whose tags turn them another way
 * (image-orientation), are compared pixel by pixel, after a WARNING.
 *
 * Video is read from any memory that can be mapped, by its #GstVideoMeta, and
 * of a frame with a #GstVideoCropMeta the region that it names.  Caps of other
 * than system memory, for instance memory:GLMemory, are refused with an error
 * that names the element to put before the pad.
 *
 * ## Latency
 *
 * With live input a reference frame waits for its partner for a frame's time
 * at most, then it is given up.  With measure=every-pair the metric may take
 * as long again, so the element reports two frames' time of latency, with
 * measure=real-time one.
 *
 * With measure=every-pair it is given up two seconds later than that, unless
 * the property latency is set: a machine that is busy for a while costs no
 * pair, though what goes out is late then.
 *
 * ## Changes while running
 *
 * #GstPerceptualDistance:interval, rate, jitter, summary-interval and all of
 * alert-... may be set in PLAYING, from any thread, and count from the next
 * pair of each stream on.  A window of other length begins empty; where
 * interval and rate come to be set both, a WARNING says so and pairs are chosen
 * as before.
 *
 * Other properties take effect at the next change from READY to PAUSED.
 *
 * A flushing seek drops the frames in flight without counting them; statistics
 * and log go on.
 *
 * ## Quality of service
 *
 * QoS events from downstream are not passed on to the inputs: a display that
 * is too slow must not make decoders drop frames that are to be measured.
 *
 * Since: 0.1
 */
#ifndef GST_PERCEPTUAL_DISTANCE_H
#define GST_PERCEPTUAL_DISTANCE_H

#include <gst/base/gstaggregator.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_PERCEPTUAL_DISTANCE (gst_perceptual_distance_get_type ())
G_DECLARE_FINAL_TYPE (GstPerceptualDistance, gst_perceptual_distance, GST,
    PERCEPTUAL_DISTANCE, GstAggregator)

GST_ELEMENT_REGISTER_DECLARE (perceptualdistance);

G_END_DECLS

#endif /* GST_PERCEPTUAL_DISTANCE_H */
