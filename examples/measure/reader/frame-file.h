/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What files of uncompressed frames of one size have in common, with headers
 * or without.
 */
#ifndef MEASURE_FRAME_FILE_H
#define MEASURE_FRAME_FILE_H

#include "measure/reader/reader.h"

#include <stdio.h>

G_BEGIN_DECLS

/**
 * MeasureFrameFile:
 * @parent: what all readers have
 * @file: (nullable): where frames come from
 * @frame_size: bytes of a frame's samples, as they are in the file
 * @fps_n: frames a second
 * @fps_d: likewise
 * @seeks: whether the file can be read again
 * @next: the frame that the file is at
 *
 * The first member of a reader of such files, which fills it in.
 */
typedef struct
{
  MeasureReader parent;
  FILE *file;
  gsize frame_size;
  guint fps_n;
  guint fps_d;
  gboolean seeks;
  guint64 next;
} MeasureFrameFile;

/* Returns: when frame number @index is shown. */
GstClockTime measure_frame_file_time (
    const MeasureFrameFile *self, guint64 index);

/* Returns: (transfer full): memory for the samples of a frame, or NULL with
 * @error set. */
guint8 *measure_frame_file_allocate (
    const MeasureFrameFile *self, GError **error);

/* Returns: whether samples of two bytes have no more than @depth bits; always
 * where that is all that they can have, or where they have one byte. */
gboolean measure_frame_file_fits (
    const MeasureFrameFile *self, const guint8 *data, guint depth);

/* Gives @buffer the times of frame @index, which the file is behind now. */
void measure_frame_file_stamp (
    MeasureFrameFile *self, GstBuffer *buffer, guint64 index);

/* For MeasureReaderClass. */
guint64 measure_frame_file_find (
    const MeasureReader *reader, GstClockTime time);
void measure_frame_file_close (MeasureReader *reader);

G_END_DECLS

#endif /* MEASURE_FRAME_FILE_H */
