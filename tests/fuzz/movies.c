/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of what is read of video files and streams beside GStreamer: any
 * bytes must give a description or none.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "measure/movie/av1-header.h"
#include "measure/movie/correction.h"
#include "measure/movie/matroska-file.h"
#include "measure/movie/mp4.h"
#include "measure/movie/vp9-header.h"
#include "measure/reader/raw.h"

#include "frames/format.h"

#include "place.h"
#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The word goes to videoflip, which knows these. */
static void
check_orientation (const gchar *orientation)
{
  static const gchar *const known[] = { "rotate-0", "rotate-90", "rotate-180",
    "rotate-270", "flip-rotate-0", "flip-rotate-90", "flip-rotate-180",
    "flip-rotate-270", NULL };

  g_assert_true (orientation == NULL || g_strv_contains (known, orientation));
}

/* A tag may say anything. */
static void
read_tags (const guint8 *bytes, gsize size)
{
  g_autofree gchar *text = g_strndup ((const gchar *) bytes, size);
  g_autoptr (GstTagList) tags = gst_tag_list_new_empty ();
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);
  MeasureCorrection correction = { 0 };
  const gchar *said;

  gst_tag_list_add (
      tags, GST_TAG_MERGE_REPLACE, GST_TAG_IMAGE_ORIENTATION, valid, NULL);
  said =
      perceptual_orientation_of_tags (tags, perceptual_orientation_upright ());
  g_assert_nonnull (said);
  check_orientation (said);
  measure_correction_note_tags (&correction, tags);
  check_orientation (correction.orientation);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy, so that a sanitizer sees a read past the end. */
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));
  g_autofree gchar *path = NULL;
  MovieFile movie;
  MeasureCorrection correction = { 0 };
  gboolean full = FALSE;

  if (!gst_is_initialized ()) {
    /* No plugin is needed, so none is looked for. */
    g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
    gst_init (NULL, NULL);
  }
  if (size > 0)
    memcpy (copy, data, size);
  movie_file_read (copy, size, &movie);
  check_orientation (movie.orientation);
  check_orientation (matroska_file_get_orientation (copy, size));
  av1_header_read_range (copy, size, &full);
  vp9_header_read_range (copy, size, &full);
  read_tags (copy, size);
  path = place_write ("a.mp4", copy, size);
  measure_correction_read (&correction, path);
  check_orientation (correction.orientation);
  measure_mp4_is_headless (path);
  measure_raw_is_coded (path);
  return 0;
}
