/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts into effect what a file says of its video and GStreamer ignores: the
 * meaning of colours, in the caps, and the way pictures are turned.
 */
#ifndef MEASURE_CORRECTION_H
#define MEASURE_CORRECTION_H

#include "measure/movie/movie-file.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasureCorrection:
 * @has_movie: whether the file is an MP4 or QuickTime file
 * @movie: what it says then
 * @orientation: (nullable): how the picture is to be turned before it is
 *   shown, by the words of the tag image-orientation; NULL as it is
 */
typedef struct
{
  gboolean has_movie;
  MovieFile movie;
  const gchar *orientation;
} MeasureCorrection;

/* Looks into the file @path (nullable).  Without a file, and in files of a kind
 * that is not known here, nothing is corrected. */
void measure_correction_read (MeasureCorrection *self, const gchar *path);

/* What the tags of the decoded stream say, of files that were not read. */
void measure_correction_note_tags (
    MeasureCorrection *self, const GstTagList *tags);

/**
 * MeasureMending:
 * @file: what is known of the file; owned elsewhere
 * @turn: whether pictures are turned as it says
 * @bin: (transfer none): where warnings come from
 * @container: (nullable): the colours that the container says; atomic, interned
 * @partial: whether it does not say all that matters; atomic
 * @coded_colour: (nullable): what the coded video says; atomic, interned
 * @coded: a MovieRange: what its header says where the parser ignores it;
 *   atomic
 * @warned: that the two contradict each other; streaming thread
 *
 * Corrections put into effect in one decoding bin.
 */
typedef struct
{
  const MeasureCorrection *file;
  gboolean turn;
  GstElement *bin;
  const gchar *container;
  gint partial;
  const gchar *coded_colour;
  gint coded;
  gboolean warned;
} MeasureMending;

/**
 * measure_mending_watch:
 * @self: outlives @bin
 * @bin: (transfer none): a decoding bin in state NULL
 *
 * Keeps GStreamer from passing over what the coded video says of its colours
 * where the container does not say all of it, and from cutting off the last
 * frames of a file without an edit list.  Where the two contradict each other
 * in what changes a distance, the container is believed, and @bin posts a
 * WARNING.
 */
void measure_mending_watch (MeasureMending *self, GstElement *bin);

/* Corrects the caps and tags that pass @pad, which @self outlives. */
void measure_mending_apply (MeasureMending *self, GstPad *pad);

/* Returns: (nullable): the name of the direction in which "videoflip" turns the
 * pictures upright; NULL where they are so already, or are not to be turned. */
const gchar *measure_mending_get_direction (const MeasureMending *self);

G_END_DECLS

#endif /* MEASURE_CORRECTION_H */
