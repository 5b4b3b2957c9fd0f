/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A look at an input file before anything is measured.
 */
#ifndef MEASURE_INSPECT_H
#define MEASURE_INSPECT_H

#include "measure/activity.h"
#include "measure/movie/correction.h"
#include "measure/reader/reader.h"

G_BEGIN_DECLS

/**
 * MeasureInput:
 * @path: as the user typed it: a file name or a URI
 * @label: @path as valid UTF-8, for messages and reports
 * @uri: the same as a URI
 * @file: (nullable): the name of the file, where it is a local one
 * @reader: who reads it
 * @is_image: one frame of a still image type
 * @duration: of the file in ns, or GST_CLOCK_TIME_NONE
 * @start: running time of the first video frame in ns, or GST_CLOCK_TIME_NONE
 * @frame: how long that frame lasts in ns, 0 if not known
 * @correction: what GStreamer does not know of the file
 * @problem: why it cannot be measured, starting with @label; NULL if it can
 *
 * One input file and what is known of it.
 */
typedef struct
{
  gchar *path;
  gchar *label;
  gchar *uri;
  gchar *file;
  MeasureReaderKind reader;
  gboolean is_image;
  GstClockTime duration;
  GstClockTime start;
  GstClockTime frame;
  MeasureCorrection correction;
  gchar *problem;
} MeasureInput;

/**
 * measure_input_new:
 * @path: a file name or a URI
 * @activity: (nullable): what may be looked at meanwhile
 * @interrupted: see measure_loop_run(); an interrupted look finds nothing
 *
 * Opens @path, finds who reads it, and decodes its first two video frames.
 *
 * Returns: (transfer full): never NULL; see MeasureInput.problem
 */
MeasureInput *measure_input_new (
    const gchar *path, MeasureActivity *activity, const gboolean *interrupted);
void measure_input_free (MeasureInput *self);

/* Returns: (transfer full): the name @path for people, on one line, with ? in
 * place of what would lead a terminal astray */
gchar *measure_input_label (const gchar *path);

G_END_DECLS

#endif /* MEASURE_INSPECT_H */
