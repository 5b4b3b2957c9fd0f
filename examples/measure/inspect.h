/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A look at an input file before anything is measured.
 */
#ifndef MEASURE_INSPECT_H
#define MEASURE_INSPECT_H

#include "measure/activity.h"
#include "measure/movie/correction.h"
#include "measure/reader/reader.h"

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * MeasureDeinterlacing:
 * @MEASURE_DEINTERLACE_NOT: frames are measured as they are
 * @MEASURE_DEINTERLACE_FRAMES: a frame is made of each
 * @MEASURE_DEINTERLACE_FIELDS: a frame is made of each field
 */
typedef enum
{
  MEASURE_DEINTERLACE_NOT,
  MEASURE_DEINTERLACE_FRAMES,
  MEASURE_DEINTERLACE_FIELDS,
} MeasureDeinterlacing;

/**
 * MeasureInput:
 * @path: as the user typed it: a file name or a URI
 * @label: @path as valid UTF-8, for messages and reports
 * @uri: the same as a URI
 * @file: (nullable): the name of the file, where it is a local one
 * @raw: (nullable): what its frames are, where the user says so
 * @crop: (nullable): the part of its pictures that is measured, where that was
 *   found out
 * @is_pipe: it can be read once
 * @pipe: (nullable): the same, in the process that reads it
 * @reader: who reads it
 * @is_image: one frame of a still image type
 * @duration: of the file in ns, or GST_CLOCK_TIME_NONE
 * @start: running time of the first video frame in ns, or GST_CLOCK_TIME_NONE
 * @frame: how long that frame lasts in ns, 0 if not known
 * @width: of that frame, before it is turned; 0 if not known
 * @height: likewise
 * @format: its pixels, likewise; GST_VIDEO_FORMAT_UNKNOWN if not known
 * @square_pixels: whether it says that its pixels are, or nothing
 * @is_interlaced: its first frame says so
 * @deinterlacing: what is done about that
 * @correction: what GStreamer does not know of the file
 * @any_playlist: it may be a playlist, whatever its name says
 * @is_hidden_playlist: it is one under another name, which is its @problem
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
  gchar *raw;
  gchar *crop;
  gboolean is_pipe;
  MeasurePipe *pipe;
  MeasureReaderKind reader;
  gboolean is_image;
  GstClockTime duration;
  GstClockTime start;
  GstClockTime frame;
  guint width;
  guint height;
  GstVideoFormat format;
  gboolean square_pixels;
  gboolean is_interlaced;
  MeasureDeinterlacing deinterlacing;
  MeasureCorrection correction;
  gboolean any_playlist;
  gboolean is_hidden_playlist;
  gchar *problem;
} MeasureInput;

/**
 * measure_input_new:
 * @path: a file name or a URI, or of measure_sequence_order()
 * @activity: (nullable): what may be looked at meanwhile
 * @interrupted: see measure_loop_run(); an interrupted look finds nothing
 *
 * Opens @path, finds who reads it, and decodes its first two video frames.
 *
 * Returns: (transfer full): never NULL; see MeasureInput.problem
 */
MeasureInput *measure_input_new (
    const gchar *path, MeasureActivity *activity, const gboolean *interrupted);

/**
 * MeasureInspection:
 * @raw: (nullable): what the frames are, where there is no header;
 *   measure_raw_parse() reads it
 * @briefly: still images are not decoded, so that it may turn out later that
 *   they cannot be
 * @pipes: (nullable): those of this process; without them a pipe is a problem
 * @any_playlist: a playlist may have any name; see measure/playlist.h
 *
 * How to look at an input.
 */
typedef struct
{
  const gchar *raw;
  gboolean briefly;
  MeasurePipes *pipes;
  gboolean any_playlist;
} MeasureInspection;

/* The same of @path, which may also be the name of a pipe. */
MeasureInput *measure_input_open (const gchar *path,
    const MeasureInspection *look, MeasureActivity *activity,
    const gboolean *interrupted);
void measure_input_free (MeasureInput *self);

/* Returns: (transfer full): the name of the file that @path, a name or a URI,
 * is of; @path itself where it is no file's. */
gchar *measure_input_place (const gchar *path);

/* Returns: (transfer full): the name @path for people, on one line, with ? in
 * place of what would lead a terminal astray */
gchar *measure_input_label (const gchar *path);

G_END_DECLS

#endif /* MEASURE_INSPECT_H */
