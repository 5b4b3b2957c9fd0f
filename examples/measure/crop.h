/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which part of a picture is measured, and what is left of one without black
 * bars.
 */
#ifndef MEASURE_CROP_H
#define MEASURE_CROP_H

#include "measure/activity.h"
#include "measure/section.h"

G_BEGIN_DECLS

/* A part of a picture, pixels. */
typedef struct
{
  guint x;
  guint y;
  guint width;
  guint height;
} MeasureRegion;

/* Reads WIDTHxHEIGHT+X+Y, which the element has checked.  @text: (nullable).
 * Returns: FALSE where it is not that. */
gboolean measure_crop_parse (const gchar *text, MeasureRegion *region);

/* Returns: (transfer full) */
gchar *measure_crop_print (const MeasureRegion *region);

/* @input: (nullable).  Returns: (nullable): what part of its pictures is
 * measured: what was found, else what the settings say. */
const gchar *measure_crop_of (const MeasureSettings *settings,
    const MeasureInput *input, gboolean is_reference);

/* Tells the measuring element what was found.  @pad: name of the pad at which
 * @input comes in. */
void measure_crop_apply (
    const MeasureInput *input, GstElement *measure, const gchar *pad);

/**
 * MeasureBars:
 * @width: of the pictures; 0 where not one could be looked at
 * @height: likewise
 * @step_x: to what columns begin at multiples of, so that chroma is not split
 * @step_y: the same of rows
 * @seen: the part in which anything was seen; all zeros where all was black
 */
typedef struct
{
  guint width;
  guint height;
  guint step_x;
  guint step_y;
  MeasureRegion seen;
} MeasureBars;

/**
 * MeasureBarsRequest:
 * @input: a video or an image without problem
 * @start: where it is measured from, or all zeros
 * @length: ns that are measured, or -1
 * @turn: whether pictures are turned as the file says
 * @activity: (nullable): what may be looked at meanwhile
 * @interrupted: see measure_loop_run()
 */
typedef struct
{
  const MeasureInput *input;
  Duration start;
  gint64 length;
  gboolean turn;
  MeasureActivity *activity;
  const gboolean *interrupted;
} MeasureBarsRequest;

/* Looks at frames from all over the file, where they are found by an index,
 * else at those of its first minute, of a pipe at those of two seconds. */
void measure_bars_find (const MeasureBarsRequest *request, MeasureBars *bars);

/* Adds what was seen in @other, of the same size, to @self. */
void measure_bars_join (MeasureBars *self, const MeasureBars *other);

/* Returns: (transfer full) (nullable): the part without the bars; NULL where
 * there are none */
gchar *measure_bars_get_crop (const MeasureBars *self);

G_END_DECLS

#endif /* MEASURE_CROP_H */
