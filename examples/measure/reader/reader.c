/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses the reader for a file.
 */
#include "measure/reader/reader.h"

#include "measure/reader/sequence.h"
#include "measure/reader/y4m.h"
#include "measure/still/image-frames.h"
#include "measure/still/image-type.h"

#include "console/program-error.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static gboolean
is_y4m (const gchar *path)
{
  gchar bytes[sizeof MEASURE_Y4M_MARK - 1];
  FILE *file = g_fopen (path, "rb");
  gsize n = file != NULL ? fread (bytes, 1, sizeof bytes, file) : 0;

  if (file != NULL)
    fclose (file);
  return n == sizeof bytes && memcmp (bytes, MEASURE_Y4M_MARK, n) == 0;
}

static gboolean
moves (const gchar *path, const ImageType *type)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);

  return file != NULL
      && image_frames_count (type->format,
             (const guint8 *) g_mapped_file_get_contents (file),
             g_mapped_file_get_length (file), NULL)
      > 1;
}

MeasureReaderKind
measure_reader_kind_of (const gchar *path)
{
  const ImageType *type = image_type_of_file (path);

  if (type != NULL)
    return moves (path, type) ? MEASURE_READER_ANIMATION : MEASURE_READER_STILL;
  return is_y4m (path) ? MEASURE_READER_Y4M : MEASURE_READER_NONE;
}

FILE *
measure_place_open_file (const MeasurePlace *place, GError **error)
{
  FILE *file;

  if (place->pipe == NULL)
    file = g_fopen (place->path, "rb");
  else if (measure_pipe_rewind (place->pipe, error))
    file = measure_pipe_open_stream (place->pipe, place->stop, place->user);
  else
    return NULL;
  if (file == NULL)
    program_fail_unnamed (error, "cannot be opened: %s", g_strerror (errno));
  return file;
}

MeasureReader *
measure_reader_open (const gchar *path, MeasureReaderKind kind, GError **error)
{
  return measure_reader_open_place (
      &(MeasurePlace){ .path = path }, kind, error);
}

MeasureReader *
measure_reader_open_place (
    const MeasurePlace *place, MeasureReaderKind kind, GError **error)
{
  switch (kind) {
    case MEASURE_READER_STILL:
      return measure_still_reader_open (place->path, error);
    case MEASURE_READER_ANIMATION:
      return measure_animation_reader_open (place->path, error);
    case MEASURE_READER_Y4M:
      return measure_y4m_reader_open (place, error);
    case MEASURE_READER_RAW:
      return measure_raw_reader_open (place, error);
    case MEASURE_READER_SEQUENCE:
      return measure_sequence_reader_open (place->path, error);
    case MEASURE_READER_NONE:
      break;
  }
  g_return_val_if_reached (NULL);
}

void
measure_reader_free (MeasureReader *self)
{
  gst_clear_caps (&self->caps);
  self->klass->close (self);
}
