/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file as a row of raw frames, for the kinds that GStreamer's own elements
 * read wrongly or not at all: still images, images that move, Y4M.
 *
 * Errors are PROGRAM_ERROR_DATA, in words that do not name the file; callers
 * put its name before them.
 */
#ifndef MEASURE_READER_H
#define MEASURE_READER_H

#include "measure/reader/pipe.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasureReaderKind:
 * @MEASURE_READER_NONE: GStreamer's elements read the file
 * @MEASURE_READER_STILL: one picture (still.h)
 * @MEASURE_READER_ANIMATION: a GIF or WebP that moves
 * @MEASURE_READER_Y4M: a raw sequence (y4m.h)
 * @MEASURE_READER_RAW: one without a header (raw.h)
 * @MEASURE_READER_SEQUENCE: still images one after another (sequence.h)
 *
 * Who reads a file.
 */
typedef enum
{
  MEASURE_READER_NONE,
  MEASURE_READER_STILL,
  MEASURE_READER_ANIMATION,
  MEASURE_READER_Y4M,
  MEASURE_READER_RAW,
  MEASURE_READER_SEQUENCE,
} MeasureReaderKind;

/**
 * MeasurePlace:
 * @path: of a file
 * @raw: (nullable): what its frames are, for MEASURE_READER_RAW
 * @pipe: (nullable): what is read in place of the file
 * @stop: (nullable): see measure_pipe_read()
 * @user: for @stop
 *
 * Where frames come from.
 */
typedef struct
{
  const gchar *path;
  const gchar *raw;
  MeasurePipe *pipe;
  gboolean (*stop) (gpointer user);
  gpointer user;
} MeasurePlace;

typedef struct _MeasureReader MeasureReader;

/**
 * MeasureReaderClass:
 * @read: gives frame number @index, with its time and duration; NULL with
 *   @error set, or without where there is no such frame.  A file that ends
 *   amid this frame is not an error, but sets @cut of the reader.
 * @find: (nullable): the number of the frame that is shown at @time; NULL
 *   where frames can only be read in their order
 * @close: frees what the kind keeps
 */
typedef struct
{
  GstBuffer *(*read) (MeasureReader *self, guint64 index, GError **error);
  guint64 (*find) (const MeasureReader *self, GstClockTime time);
  void (*close) (MeasureReader *self);
} MeasureReaderClass;

/**
 * MeasureReader:
 * @klass: what it can do
 * @caps: (owned): of all frames; of a list of images, of that read last
 * @duration: of all frames together, or GST_CLOCK_TIME_NONE
 * @cut: the file ends amid the frame that was to be read last
 *
 * What all kinds have in common; the first member of theirs.
 */
struct _MeasureReader
{
  const MeasureReaderClass *klass;
  GstCaps *caps;
  GstClockTime duration;
  gboolean cut;
};

/* Returns: by the first bytes of @path, which is a regular file. */
MeasureReaderKind measure_reader_kind_of (const gchar *path);

/**
 * measure_reader_open:
 * @path: a file, or for a sequence what measure_sequence_read_order() gave
 * @kind: not MEASURE_READER_NONE
 * @error: why it cannot be read
 *
 * Returns: (transfer full): a reader, or NULL with @error set
 */
MeasureReader *measure_reader_open (
    const gchar *path, MeasureReaderKind kind, GError **error);

/* The same of any place; a pipe is rewound, and takes MEASURE_READER_Y4M and
 * MEASURE_READER_RAW. */
MeasureReader *measure_reader_open_place (
    const MeasurePlace *place, MeasureReaderKind kind, GError **error);

/* Returns: (transfer full) (nullable): NULL with @error set. */
FILE *measure_place_open_file (const MeasurePlace *place, GError **error);
void measure_reader_free (MeasureReader *self);

/* The kinds' own, for measure_reader_open(). */
MeasureReader *measure_still_reader_open (const gchar *path, GError **error);
MeasureReader *measure_animation_reader_open (
    const gchar *path, GError **error);
MeasureReader *measure_y4m_reader_open (
    const MeasurePlace *place, GError **error);
MeasureReader *measure_raw_reader_open (
    const MeasurePlace *place, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeasureReader, measure_reader_free)

G_END_DECLS

#endif /* MEASURE_READER_H */
