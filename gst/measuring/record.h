/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was measured for one pair, and what is known about the whole run.
 * Both become a GstStructure here and only here: the bus message is that
 * structure, and a log line is the same structure in JSON or CSV, so the two
 * cannot differ.
 */
#ifndef PERCEPTUAL_RECORD_H
#define PERCEPTUAL_RECORD_H

#include <gst/gst.h>

#include "perceptual.h"

G_BEGIN_DECLS

/* Most metrics that also= may name. */
#define PERCEPTUAL_MAX_ALSO 15

/* The version of the log's keys and of the messages' fields.  Rises when one
 * of them changes its name, unit or meaning; new ones do not raise it. */
#define PERCEPTUAL_LOG_SCHEMA 2

#define PERCEPTUAL_MESSAGE_HEADER "perceptual-header"
#define PERCEPTUAL_MESSAGE_DISTANCE "perceptual-distance"
#define PERCEPTUAL_MESSAGE_SUMMARY "perceptual-summary"

/**
 * PerceptualColumns:
 * @metric: name of the metric that measured the distance, with options that
 *   were set for it alone as in "lpips:backbone=vgg"
 * @also: names of the further metrics, @n_also of them
 *
 * What the numbers of a record mean.  Names are static strings.  A name means
 * one thing: what is measured differently is called differently.
 */
typedef struct
{
  const gchar *metric;
  guint n_also;
  const gchar *also[PERCEPTUAL_MAX_ALSO];
} PerceptualColumns;

/* Returns: @columns under the names that they have where luma is made of RGB
 * and is not the streams' own: psnr becomes psnr(rgb), likewise ssim and
 * ms-ssim. */
PerceptualColumns perceptual_columns_of_rgb (const PerceptualColumns *columns);

/* Returns: (transfer none): the field of a structure for the column called
 * @name.  What would not survive as text is written otherwise: psnr(rgb) as
 * psnr:rgb, other characters than letters, digits and _-+:. as / and two
 * hexadecimal digits. */
const gchar *perceptual_column_field (const gchar *name);

/* Whether any of @columns has another name there. */
gboolean perceptual_columns_have_luma (const PerceptualColumns *columns);

/* Whether higher values of the column called @name mean more alike. */
gboolean perceptual_is_similarity (const gchar *name);

/**
 * PerceptualRecord:
 * @stream: name of the sink pad of the distorted frame; owned elsewhere
 * @index: how many pairs the stream had before, measured or not
 * @reference_pts: timestamp of the reference frame, ns
 * @distorted_pts: timestamp of the distorted frame, ns
 * @running_time: of the reference frame, ns
 * @stream_time: of the reference frame, ns, or GST_CLOCK_TIME_NONE
 * @duration: of the reference frame, ns, or GST_CLOCK_TIME_NONE
 * @delta: distorted minus reference running time, sync-offset included, ns
 * @scale: by how much the metric made the frames smaller; 0 where that is not
 *   told, since nobody asked for it
 * @distance: what the metric found
 * @n_taps: entries of @taps
 * @taps: what each tap, level or plane contributed to @distance
 * @also: one value for each name of the columns' also
 * @n_also_taps: entries of each of @also_taps
 * @also_taps: what each tap of those metrics found
 * @frozen: the distorted picture does not move while the reference does
 * @black: the distorted picture is black while the reference is not
 * @followed: whether the offset is followed (sync=track)
 * @unsure: where it is: whether the pair may be of the wrong frames
 */
typedef struct
{
  const gchar *stream;
  guint64 index;
  GstClockTime reference_pts;
  GstClockTime distorted_pts;
  GstClockTime running_time;
  GstClockTime stream_time;
  GstClockTime duration;
  gint64 delta;
  gdouble scale;
  gdouble distance;
  guint n_taps;
  gdouble taps[PERCEPTUAL_MAX_TAPS];
  gdouble also[PERCEPTUAL_MAX_ALSO];
  guint n_also_taps[PERCEPTUAL_MAX_ALSO];
  gdouble also_taps[PERCEPTUAL_MAX_ALSO][PERCEPTUAL_MAX_TAPS];
  gboolean frozen;
  gboolean black;
  gboolean followed;
  gboolean unsure;
} PerceptualRecord;

/* Returns: (transfer full): the fields of a perceptual-distance message. */
GstStructure *perceptual_record_to_structure (
    const PerceptualRecord *record, const PerceptualColumns *columns);

/* Returns: (transfer full): the column whose field is called @field. */
gchar *perceptual_column_of_field (const gchar *field);

/* Sets field @name of @structure to a GST_TYPE_ARRAY of @n doubles. */
void perceptual_structure_set_doubles (
    GstStructure *structure, const gchar *name, const gdouble *values, guint n);

G_END_DECLS

#endif /* PERCEPTUAL_RECORD_H */
