/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A window of a source as raw video, Y4M, for encoders that are commands.
 */
#ifndef TUNE_RAW_FILE_H
#define TUNE_RAW_FILE_H

#include "tune/probe/carry-out.h"
#include "tune/probe/cut.h"

#include "measure/inspect.h"

G_BEGIN_DECLS

/**
 * TuneRawFile:
 * @source: what is read
 * @path: of the file
 * @cut: the window; not used before
 * @events: what happens meanwhile
 * @given: (out) (transfer full): caps of the frames in the file, 4:2:0 of 8 or
 *   10 bits
 * @frame_ns: (out): how long a frame lasts by the file's header, which knows
 *   one duration for all
 *
 * A file of raw video.
 */
typedef struct
{
  const MeasureInput *source;
  const gchar *path;
  TuneCut *cut;
  const TuneCarryEvents *events;
  GstCaps *given;
  GstClockTime frame_ns;
} TuneRawFile;

/* Returns: FALSE with @error set, PROGRAM_ERROR_DATA: the source cannot be
 * read, or the file cannot be written. */
gboolean tune_raw_file_write (TuneRawFile *self, GError **error);

G_END_DECLS

#endif /* TUNE_RAW_FILE_H */
