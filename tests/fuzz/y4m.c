/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the header of Y4M files: any line must give a layout whose planes
 * have the sizes that GStreamer's format has, or be refused in words that any
 * terminal can show.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "measure/reader/y4m.h"

#include "console/program-error.h"
#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_header (const MeasureY4m *header)
{
  GstVideoInfo info, parsed;
  g_autoptr (GstCaps) caps = measure_y4m_caps (header, &info);
  gsize total = 0;

  g_assert_cmpint (GST_VIDEO_INFO_WIDTH (&info), ==, (gint) header->width);
  g_assert_cmpint (GST_VIDEO_INFO_HEIGHT (&info), ==, (gint) header->height);
  for (guint p = 0; p < (header->layout->mono ? 1 : 3); p++) {
    g_assert_cmpuint (measure_y4m_plane_width (header, p), ==,
        (guint) GST_VIDEO_INFO_COMP_WIDTH (&info, p));
    g_assert_cmpuint (measure_y4m_plane_height (header, p), ==,
        (guint) GST_VIDEO_INFO_COMP_HEIGHT (&info, p));
    g_assert_cmpuint (header->sizes[p], >=,
        (gsize) measure_y4m_plane_width (header, p)
            * measure_y4m_plane_height (header, p));
    total += header->sizes[p];
  }
  g_assert_cmpuint (header->frame_size, ==, total);
  g_assert_true (gst_video_info_from_caps (&parsed, caps));
  g_assert_true ((parsed.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255)
      == header->full);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy, so that a sanitizer sees a read past the end. */
  g_autofree gchar *copy = g_malloc (MAX (size, 1));
  g_autoptr (GError) error = NULL;
  MeasureY4m header;
  gboolean done;

  if (size > MEASURE_Y4M_MAX_LINE)
    return 0;
  if (!gst_is_initialized ()) {
    /* No plugin is needed, so none is looked for. */
    g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
    gst_init (NULL, NULL);
  }
  if (size > 0)
    memcpy (copy, data, size);
  done = measure_y4m_parse (copy, size, &header, &error);
  g_assert_true (done == (error == NULL));
  if (done) {
    check_header (&header);
  } else {
    g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
    check_words (error->message);
  }
  return 0;
}
