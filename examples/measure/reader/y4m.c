/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the header of a Y4M file.  GStreamer's y4mdec takes four layouts of
 * eight bits and ignores the range; this reads all that ffmpeg writes.
 */
#include "measure/reader/y4m.h"

#include "console/program-error.h"
#include "perceptual.h"

#include <string.h>

#define UNSAID GST_VIDEO_CHROMA_SITE_UNKNOWN

/* ffmpeg writes "420jpeg" also where it does not know the site.  Samples of
 * 9 and 14 bits, and grey of 9 to 14, have no format of GStreamer's; those
 * chosen hold them exactly. */
static const MeasureY4mLayout layouts[] = {
  { "420jpeg", GST_VIDEO_FORMAT_I420, 8, 1, 1, FALSE, 0, UNSAID },
  { "420", GST_VIDEO_FORMAT_I420, 8, 1, 1, FALSE, 0, UNSAID },
  { "420mpeg2", GST_VIDEO_FORMAT_I420, 8, 1, 1, FALSE, 0,
      GST_VIDEO_CHROMA_SITE_MPEG2 },
  { "420paldv", GST_VIDEO_FORMAT_I420, 8, 1, 1, FALSE, 0,
      GST_VIDEO_CHROMA_SITE_DV },
  { "420p9", GST_VIDEO_FORMAT_I420_10LE, 9, 1, 1, FALSE, 1, UNSAID },
  { "420p10", GST_VIDEO_FORMAT_I420_10LE, 10, 1, 1, FALSE, 0, UNSAID },
  { "420p12", GST_VIDEO_FORMAT_I420_12LE, 12, 1, 1, FALSE, 0, UNSAID },
  { "420p14", GST_VIDEO_FORMAT_P016_LE, 14, 1, 1, FALSE, 2, UNSAID },
  { "420p16", GST_VIDEO_FORMAT_P016_LE, 16, 1, 1, FALSE, 0, UNSAID },
  { "411", GST_VIDEO_FORMAT_Y41B, 8, 2, 0, FALSE, 0, UNSAID },
  { "422", GST_VIDEO_FORMAT_Y42B, 8, 1, 0, FALSE, 0, UNSAID },
  { "422p9", GST_VIDEO_FORMAT_I422_10LE, 9, 1, 0, FALSE, 1, UNSAID },
  { "422p10", GST_VIDEO_FORMAT_I422_10LE, 10, 1, 0, FALSE, 0, UNSAID },
  { "422p12", GST_VIDEO_FORMAT_I422_12LE, 12, 1, 0, FALSE, 0, UNSAID },
  { "444", GST_VIDEO_FORMAT_Y444, 8, 0, 0, FALSE, 0, UNSAID },
  { "444p9", GST_VIDEO_FORMAT_Y444_10LE, 9, 0, 0, FALSE, 1, UNSAID },
  { "444p10", GST_VIDEO_FORMAT_Y444_10LE, 10, 0, 0, FALSE, 0, UNSAID },
  { "444p12", GST_VIDEO_FORMAT_Y444_12LE, 12, 0, 0, FALSE, 0, UNSAID },
  { "444p14", GST_VIDEO_FORMAT_Y444_16LE, 14, 0, 0, FALSE, 2, UNSAID },
  { "444p16", GST_VIDEO_FORMAT_Y444_16LE, 16, 0, 0, FALSE, 0, UNSAID },
  { "mono", GST_VIDEO_FORMAT_GRAY8, 8, 0, 0, TRUE, 0, UNSAID },
  { "mono9", GST_VIDEO_FORMAT_I420_10LE, 9, 0, 0, TRUE, 1, UNSAID },
  { "mono10", GST_VIDEO_FORMAT_I420_10LE, 10, 0, 0, TRUE, 0, UNSAID },
  { "mono12", GST_VIDEO_FORMAT_I420_12LE, 12, 0, 0, TRUE, 0, UNSAID },
  { "mono14", GST_VIDEO_FORMAT_GRAY16_LE, 14, 0, 0, TRUE, 2, UNSAID },
  { "mono16", GST_VIDEO_FORMAT_GRAY16_LE, 16, 0, 0, TRUE, 0, UNSAID },
};

/* Whatever a file holds, a terminal can show it. */
static gchar *
printable (const gchar *word)
{
  gchar *text = g_strndup (word, 40);

  for (gchar *at = text; *at != '\0'; at++) {
    if (!g_ascii_isprint (*at))
      *at = '?';
  }
  return text;
}

static gboolean
fail_word (GError **error, const gchar *word)
{
  g_autofree gchar *text = printable (word);

  return program_fail_unnamed (
      error, "a Y4M whose header says \"%s\", which is not a number", text);
}

static gboolean
parse_size (const gchar *word, guint *size, GError **error)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (word + 1, 10, 0, G_MAXUINT32, &value, NULL))
    return fail_word (error, word);
  if (value < 1 || value > PERCEPTUAL_MAX_SIZE)
    return program_fail_unnamed (error,
        "a Y4M of %" G_GUINT64_FORMAT " pixels in one direction; 1 to %d can "
        "be measured",
        value, PERCEPTUAL_MAX_SIZE);
  *size = (guint) value;
  return TRUE;
}

/* "25:1"; "0:0" means that the rate is not known. */
static gboolean
parse_ratio (const gchar *word, gint *n, gint *d, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (word + 1, ":", 3);
  guint64 a, b;

  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXINT32, &a, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXINT32, &b, NULL))
    return fail_word (error, word);
  if (a == 0 || b == 0)
    return TRUE;
  *n = (gint) a;
  *d = (gint) b;
  return TRUE;
}

static gboolean
parse_layout (const gchar *tag, MeasureY4m *self, GError **error)
{
  g_autofree gchar *lower = g_ascii_strdown (tag, -1);
  g_autofree gchar *text = printable (tag);

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    if (g_str_equal (layouts[i].tag, lower)) {
      self->layout = &layouts[i];
      return TRUE;
    }
  }
  return program_fail_unnamed (error,
      "a Y4M with samples of layout C%s, which cannot be read; convert it, for "
      "instance with ffmpeg's -pix_fmt yuv444p16",
      text);
}

static gboolean
parse_interlacing (const gchar *word, MeasureY4m *self, GError **error)
{
  g_autofree gchar *text = printable (word);

  if (strlen (word) == 2 && strchr ("ptbm?", word[1]) != NULL) {
    self->interlacing = word[1] == '?' ? 'p' : word[1];
    return TRUE;
  }
  return program_fail_unnamed (
      error, "a Y4M whose header says \"%s\", an unknown interlacing", text);
}

typedef struct
{
  gboolean said;
  gboolean full;
  const gchar *layout; /* as written by programs that leave out C */
} Extension;

static void
parse_extension (const gchar *word, Extension *extension)
{
  if (g_ascii_strcasecmp (word, "XCOLORRANGE=FULL") == 0) {
    extension->said = TRUE;
    extension->full = TRUE;
  } else if (g_ascii_strcasecmp (word, "XCOLORRANGE=LIMITED") == 0) {
    extension->said = TRUE;
  } else if (g_ascii_strncasecmp (word, "XYSCSS=", 7) == 0) {
    extension->layout = word + 7;
  }
}

static gboolean
parse_word (
    const gchar *word, MeasureY4m *self, Extension *extension, GError **error)
{
  switch (word[0]) {
    case 'W':
      return parse_size (word, &self->width, error);
    case 'H':
      return parse_size (word, &self->height, error);
    case 'F':
      return parse_ratio (word, &self->fps_n, &self->fps_d, error);
    case 'A':
      return parse_ratio (word, &self->par_n, &self->par_d, error);
    case 'I':
      return parse_interlacing (word, self, error);
    case 'C':
      return parse_layout (word + 1, self, error);
    case 'X':
      parse_extension (word, extension);
      return TRUE;
    default:
      return TRUE;
  }
}

guint
measure_y4m_plane_width (const MeasureY4m *self, guint plane)
{
  guint sub = plane > 0 ? self->layout->w_sub : 0;

  return (self->width + (1u << sub) - 1) >> sub;
}

guint
measure_y4m_plane_height (const MeasureY4m *self, guint plane)
{
  guint sub = plane > 0 ? self->layout->h_sub : 0;

  return (self->height + (1u << sub) - 1) >> sub;
}

static gboolean
conclude (MeasureY4m *self, const Extension *extension, GError **error)
{
  if (self->width == 0 || self->height == 0)
    return program_fail_unnamed (error, "a Y4M whose header gives no %s",
        self->width == 0 ? "width" : "height");
  if (self->layout == NULL
      && !parse_layout (
          extension->layout != NULL ? extension->layout : "420jpeg", self,
          error))
    return FALSE;
  /* Grey has the whole range unless the header tells otherwise: in ffmpeg, in
   * GStreamer and in images. */
  self->full = extension->said ? extension->full : self->layout->mono;
  if (self->full && self->layout->shift > 0)
    return program_fail_unnamed (error,
        "a Y4M with samples of %u bits and full range (C%s), for which there "
        "is no format; convert it, for instance with ffmpeg's -pix_fmt %s",
        self->layout->depth, self->layout->tag,
        self->layout->mono ? "gray16" : "yuv444p16");
  for (guint p = 0; p < (self->layout->mono ? 1 : 3); p++) {
    self->sizes[p] = (gsize) measure_y4m_plane_width (self, p)
        * measure_y4m_plane_height (self, p)
        * (self->layout->depth > 8 ? 2 : 1);
    self->frame_size += self->sizes[p];
  }
  return TRUE;
}

gboolean
measure_y4m_parse (
    const gchar *line, gsize size, MeasureY4m *self, GError **error)
{
  g_autofree gchar *text = g_strndup (line, size);
  g_auto (GStrv) words = NULL;
  Extension extension = { 0 };

  *self = (MeasureY4m){
    .fps_n = 25,
    .fps_d = 1,
    .par_n = 1,
    .par_d = 1,
    .interlacing = 'p',
  };
  if (strlen (text) != size || !g_str_has_prefix (text, MEASURE_Y4M_MARK))
    return program_fail_unnamed (
        error, "a Y4M without a header that can be read");
  words = g_strsplit (text + strlen (MEASURE_Y4M_MARK), " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] != '\0' && !parse_word (words[i], self, &extension, error))
      return FALSE;
  }
  return conclude (self, &extension, error);
}

/* --- for GStreamer -------------------------------------------------------- */

static void
set_interlacing (const MeasureY4m *self, GstVideoInfo *info)
{
  if (self->interlacing == 'm')
    info->interlace_mode = GST_VIDEO_INTERLACE_MODE_MIXED;
  if (self->interlacing == 't')
    GST_VIDEO_INFO_FIELD_ORDER (info) = GST_VIDEO_FIELD_ORDER_TOP_FIELD_FIRST;
  if (self->interlacing == 'b')
    GST_VIDEO_INFO_FIELD_ORDER (info) =
        GST_VIDEO_FIELD_ORDER_BOTTOM_FIELD_FIRST;
}

GstCaps *
measure_y4m_caps (const MeasureY4m *self, GstVideoInfo *info)
{
  GstCaps *caps;

  gst_video_info_set_interlaced_format (info, self->layout->format,
      self->interlacing == 'p' ? GST_VIDEO_INTERLACE_MODE_PROGRESSIVE
                               : GST_VIDEO_INTERLACE_MODE_INTERLEAVED,
      self->width, self->height);
  set_interlacing (self, info);
  info->fps_n = self->fps_n;
  info->fps_d = self->fps_d;
  info->par_n = self->par_n;
  info->par_d = self->par_d;
  info->chroma_site = self->layout->site;
  /* GStreamer takes no range without a matrix, which the file does not give;
   * what it assumes by itself is left out, so that it is seen to be an
   * assumption. */
  info->colorimetry.range =
      self->full ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235;
  caps = gst_video_info_to_caps (info);
  if (self->full == (GST_VIDEO_INFO_IS_GRAY (info) != 0))
    gst_structure_remove_field (
        gst_caps_get_structure (caps, 0), "colorimetry");
  return caps;
}
