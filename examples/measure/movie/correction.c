/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts probes on pads of a decoding bin that replace caps, tags and segments.
 */
#include "measure/movie/correction.h"

#include "measure/movie/av1-header.h"
#include "measure/movie/matroska-file.h"
#include "measure/movie/vp9-header.h"

#include <gst/video/video.h>
#include <string.h>

#define UPRIGHT "rotate-0"

/* --- what is known ------------------------------------------------------- */

/* How a picture that is not upright is turned: the words of tags, and those of
 * videoflip. */
typedef struct
{
  const gchar *orientation;
  const gchar *direction;
} Way;

static const Way ways[] = {
  { "rotate-90", "90r" },
  { "rotate-180", "180" },
  { "rotate-270", "90l" },
  { "flip-rotate-0", "horiz" },
  { "flip-rotate-90", "ul-lr" },
  { "flip-rotate-180", "vert" },
  { "flip-rotate-270", "ur-ll" },
};

/* Returns: (nullable): NULL for a picture that is upright, and for words that
 * mean nothing. */
static const Way *
find_way (const gchar *orientation)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    if (g_strcmp0 (orientation, ways[i].orientation) == 0)
      return &ways[i];
  }
  return NULL;
}

void
measure_correction_read (MeasureCorrection *self, const gchar *path)
{
  g_autoptr (GMappedFile) file =
      path != NULL ? g_mapped_file_new (path, FALSE, NULL) : NULL;
  gsize size = file != NULL ? g_mapped_file_get_length (file) : 0;
  const guint8 *bytes;

  *self = (MeasureCorrection){ .has_movie = FALSE };
  if (size == 0)
    return;
  bytes = (const guint8 *) g_mapped_file_get_contents (file);
  self->has_movie = movie_file_read (bytes, size, &self->movie);
  self->orientation = self->has_movie
      ? self->movie.orientation
      : matroska_file_get_orientation (bytes, size);
  if (g_strcmp0 (self->orientation, UPRIGHT) == 0)
    self->orientation = NULL;
}

void
measure_correction_note_tags (MeasureCorrection *self, const GstTagList *tags)
{
  const gchar *orientation = NULL;
  const Way *way;

  if (self->has_movie
      || !gst_tag_list_peek_string_index (
          tags, GST_TAG_IMAGE_ORIENTATION, 0, &orientation))
    return;
  way = find_way (orientation);
  self->orientation = way != NULL ? way->orientation : NULL;
}

/* --- caps ---------------------------------------------------------------- */

static GstVideoColorRange
color_range (MovieRange range)
{
  static const GstVideoColorRange ranges[] = {
    [MOVIE_RANGE_UNSAID] = GST_VIDEO_COLOR_RANGE_UNKNOWN,
    [MOVIE_RANGE_LIMITED] = GST_VIDEO_COLOR_RANGE_16_235,
    [MOVIE_RANGE_FULL] = GST_VIDEO_COLOR_RANGE_0_255,
  };

  return ranges[range];
}

/* Where the file says something, it takes precedence (ISO/IEC 14496-12,
 * 12.1.5). */
static void
apply_movie (const MovieFile *movie, GstVideoColorimetry *colour)
{
  GstVideoColorMatrix matrix = gst_video_color_matrix_from_iso (movie->matrix);
  GstVideoTransferFunction transfer =
      gst_video_transfer_function_from_iso (movie->transfer);
  GstVideoColorPrimaries primaries =
      gst_video_color_primaries_from_iso (movie->primaries);

  if (movie->has_colour && matrix != GST_VIDEO_COLOR_MATRIX_UNKNOWN)
    colour->matrix = matrix;
  if (movie->has_colour && transfer != GST_VIDEO_TRANSFER_UNKNOWN)
    colour->transfer = transfer;
  if (movie->has_colour && primaries != GST_VIDEO_COLOR_PRIMARIES_UNKNOWN)
    colour->primaries = primaries;
  if (movie->range != MOVIE_RANGE_UNSAID)
    colour->range = color_range (movie->range);
}

static gboolean
has_luma (const GstStructure *caps)
{
  const gchar *name = gst_structure_get_string (caps, "format");
  const GstVideoFormatInfo *info = gst_video_format_get_info (name != NULL
          ? gst_video_format_from_string (name)
          : GST_VIDEO_FORMAT_UNKNOWN);

  return info != NULL && GST_VIDEO_FORMAT_INFO_IS_YUV (info);
}

/* Returns: the colours of @text (nullable), as far as they are known. */
static GstVideoColorimetry
read_colour (const gchar *text)
{
  GstVideoColorimetry colour = { 0 };

  if (text != NULL)
    gst_video_colorimetry_from_string (&colour, text);
  return colour;
}

static void
fill_unknown (GstVideoColorimetry *colour, const gchar *container)
{
  GstVideoColorimetry said = read_colour (container);

  if (colour->range == GST_VIDEO_COLOR_RANGE_UNKNOWN)
    colour->range = said.range;
  if (colour->matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN)
    colour->matrix = said.matrix;
  if (colour->transfer == GST_VIDEO_TRANSFER_UNKNOWN)
    colour->transfer = said.transfer;
  if (colour->primaries == GST_VIDEO_COLOR_PRIMARIES_UNKNOWN)
    colour->primaries = said.primaries;
}

static const gchar *
name_matrix (GstVideoColorMatrix matrix)
{
  switch (matrix) {
    case GST_VIDEO_COLOR_MATRIX_BT709:
      return "bt709";
    case GST_VIDEO_COLOR_MATRIX_BT601:
      return "bt601";
    case GST_VIDEO_COLOR_MATRIX_BT2020:
      return "bt2020";
    case GST_VIDEO_COLOR_MATRIX_RGB:
      return "rgb";
    default:
      return "another matrix";
  }
}

static const gchar *
name_range (GstVideoColorRange range)
{
  return range == GST_VIDEO_COLOR_RANGE_0_255 ? "full range" : "limited range";
}

/* Adds what the container says and what the coded video says, where both say
 * something and not the same. */
static void
note_contradiction (const gchar *container, const gchar *coded,
    GString *container_says, GString *coded_says)
{
  const gchar *between = container_says->len > 0 ? ", " : "";

  if (g_strcmp0 (container, coded) == 0)
    return;
  g_string_append_printf (container_says, "%s%s", between, container);
  g_string_append_printf (coded_says, "%s%s", between, coded);
}

/* Players differ in whom they believe, so the number may be one that nobody
 * sees. */
static void
warn_of_contradiction (MeasureMending *self)
{
  GstVideoColorimetry said =
      read_colour (g_atomic_pointer_get (&self->container));
  GstVideoColorimetry coded =
      read_colour (g_atomic_pointer_get (&self->coded_colour));
  g_autoptr (GString) container_says = g_string_new (NULL);
  g_autoptr (GString) coded_says = g_string_new (NULL);

  if (self->warned)
    return;
  if (self->file->has_movie) {
    said = (GstVideoColorimetry){ 0 };
    apply_movie (&self->file->movie, &said);
  }
  if (coded.range == GST_VIDEO_COLOR_RANGE_UNKNOWN)
    coded.range = color_range ((MovieRange) g_atomic_int_get (&self->coded));
  if (said.range != GST_VIDEO_COLOR_RANGE_UNKNOWN
      && coded.range != GST_VIDEO_COLOR_RANGE_UNKNOWN)
    note_contradiction (name_range (said.range), name_range (coded.range),
        container_says, coded_says);
  if (said.matrix != GST_VIDEO_COLOR_MATRIX_UNKNOWN
      && coded.matrix != GST_VIDEO_COLOR_MATRIX_UNKNOWN)
    note_contradiction (name_matrix (said.matrix), name_matrix (coded.matrix),
        container_says, coded_says);
  if (container_says->len == 0)
    return;
  self->warned = TRUE;
  GST_ELEMENT_WARNING (self->bin, STREAM, FORMAT,
      ("the container says %s, the coded video in it %s; the container is "
       "believed, and players differ in whom they believe",
          container_says->str, coded_says->str),
      (NULL));
}

/* Returns: (transfer full) (nullable): corrected caps, NULL if @caps are
 * right. */
static GstCaps *
mend_caps (MeasureMending *self, const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const gchar *before = gst_structure_get_string (structure, "colorimetry");
  GstVideoColorimetry colour = read_colour (before);
  g_autofree gchar *after = NULL;
  GstCaps *mended;

  if (!has_luma (structure))
    return NULL;
  warn_of_contradiction (self);
  if (!self->file->has_movie && g_atomic_int_get (&self->partial))
    fill_unknown (&colour, g_atomic_pointer_get (&self->container));
  if (self->file->has_movie)
    apply_movie (&self->file->movie, &colour);
  if (colour.range == GST_VIDEO_COLOR_RANGE_UNKNOWN)
    colour.range = color_range ((MovieRange) g_atomic_int_get (&self->coded));
  after = gst_video_colorimetry_to_string (&colour);
  if (after == NULL || g_strcmp0 (before, after) == 0)
    return NULL;
  mended = gst_caps_copy (caps);
  gst_caps_set_simple (mended, "colorimetry", G_TYPE_STRING, after, NULL);
  return mended;
}

static void
replace_event (GstPadProbeInfo *info, GstEvent *event)
{
  gst_event_set_seqnum (
      event, gst_event_get_seqnum (GST_PAD_PROBE_INFO_EVENT (info)));
  gst_event_unref (GST_PAD_PROBE_INFO_EVENT (info));
  GST_PAD_PROBE_INFO_DATA (info) = event;
}

static GstPadProbeReturn
mend_event (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  MeasureMending *self = user;
  g_autoptr (GstCaps) mended = NULL;
  GstCaps *caps;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
  mended = mend_caps (self, caps);
  if (mended != NULL)
    replace_event (info, gst_event_new_caps (mended));
  return GST_PAD_PROBE_OK;
}

/* --- before the parser --------------------------------------------------- */

/* Whether the container leaves something to the coded video.  qtdemux reports
 * limited range where the file gives no range. */
static gboolean
is_partial (const MeasureMending *self, const gchar *colorimetry)
{
  GstVideoColorimetry colour = { 0 };

  return (self->file->has_movie && self->file->movie.has_colour
             && self->file->movie.range == MOVIE_RANGE_UNSAID)
      || !gst_video_colorimetry_from_string (&colour, colorimetry)
      || colour.range == GST_VIDEO_COLOR_RANGE_UNKNOWN
      || colour.matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN;
}

/* A parser takes the colours of its caps for those of the coded video, whole or
 * not; so it is not told of them. */
static GstPadProbeReturn
forget_colour (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  MeasureMending *self = user;
  g_autoptr (GstCaps) plain = NULL;
  const gchar *colorimetry;
  GstCaps *caps;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
  colorimetry = gst_structure_get_string (
      gst_caps_get_structure (caps, 0), "colorimetry");
  if (colorimetry == NULL)
    return GST_PAD_PROBE_OK;
  g_atomic_pointer_set (
      &self->container, (gpointer) g_intern_string (colorimetry));
  g_atomic_int_set (&self->partial, is_partial (self, colorimetry));
  plain = gst_caps_copy (caps);
  gst_structure_remove_field (gst_caps_get_structure (plain, 0), "colorimetry");
  replace_event (info, gst_event_new_caps (plain));
  return GST_PAD_PROBE_OK;
}

/* Behind the parser, colours that the container says in whole take the place of
 * those that the parser found. */
static GstPadProbeReturn
restore_colour (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  MeasureMending *self = user;
  const gchar *container = g_atomic_pointer_get (&self->container);
  g_autoptr (GstCaps) restored = NULL;
  const gchar *coded;
  GstCaps *caps;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
  coded = gst_structure_get_string (
      gst_caps_get_structure (caps, 0), "colorimetry");
  if (coded != NULL)
    g_atomic_pointer_set (
        &self->coded_colour, (gpointer) g_intern_string (coded));
  if (container == NULL || g_atomic_int_get (&self->partial)
      || g_strcmp0 (container, coded) == 0)
    return GST_PAD_PROBE_OK;
  restored = gst_caps_copy (caps);
  gst_caps_set_simple (restored, "colorimetry", G_TYPE_STRING, container, NULL);
  replace_event (info, gst_event_new_caps (restored));
  return GST_PAD_PROBE_OK;
}

/* Parsers of VP9 and AV1 (1.22) ignore the range where the matrix is not
 * given. */
static GstPadProbeReturn
read_range (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  MeasureMending *self = user;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const gchar *name = caps != NULL
      ? gst_structure_get_name (gst_caps_get_structure (caps, 0))
      : "";
  gboolean found = FALSE, full = FALSE;
  GstMapInfo map;

  if (!gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ))
    return GST_PAD_PROBE_REMOVE;
  if (g_str_equal (name, "video/x-av1"))
    found = av1_header_read_range (map.data, map.size, &full);
  else if (g_str_equal (name, "video/x-vp9"))
    found = vp9_header_read_range (map.data, map.size, &full);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  if (found)
    g_atomic_int_set (
        &self->coded, full ? MOVIE_RANGE_FULL : MOVIE_RANGE_LIMITED);
  return GST_PAD_PROBE_REMOVE;
}

/* Frames that are shown in another order than they are decoded in begin late
 * where no edit list makes up for it, and qtdemux cuts as much off their end,
 * since it counts a file's duration from 0. */
static GstPadProbeReturn
forget_stop (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstSegment segment;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  gst_event_copy_segment (GST_PAD_PROBE_INFO_EVENT (info), &segment);
  if (segment.format != GST_FORMAT_TIME || segment.rate < 0)
    return GST_PAD_PROBE_OK;
  segment.stop = GST_CLOCK_TIME_NONE;
  replace_event (info, gst_event_new_segment (&segment));
  return GST_PAD_PROBE_OK;
}

static void
on_element_added (
    GstBin *bin, GstBin *parent, GstElement *element, gpointer user)
{
  MeasureMending *self = user;
  const gchar *klass =
      gst_element_get_metadata (element, GST_ELEMENT_METADATA_KLASS);
  g_autoptr (GstPad) pad = NULL, behind = NULL;

  if (klass == NULL || strstr (klass, "Parser") == NULL
      || strstr (klass, "Video") == NULL)
    return;
  pad = gst_element_get_static_pad (element, "sink");
  behind = gst_element_get_static_pad (element, "src");
  if (pad == NULL || behind == NULL)
    return;
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, forget_colour, self, NULL);
  gst_pad_add_probe (
      behind, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, restore_colour, self, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, read_range, self, NULL);
  if (self->file->has_movie && !self->file->movie.has_edits)
    gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, forget_stop, NULL, NULL);
}

void
measure_mending_watch (MeasureMending *self, GstElement *bin)
{
  self->bin = bin;
  g_signal_connect (
      bin, "deep-element-added", G_CALLBACK (on_element_added), self);
}

/* --- orientation --------------------------------------------------------- */

/* What was turned is not to be turned any more. */
static GstPadProbeReturn
mend_tags (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstTagList *tags, *upright;
  gchar *orientation = NULL;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_TAG)
    return GST_PAD_PROBE_OK;
  gst_event_parse_tag (GST_PAD_PROBE_INFO_EVENT (info), &tags);
  if (!gst_tag_list_get_string (tags, GST_TAG_IMAGE_ORIENTATION, &orientation))
    return GST_PAD_PROBE_OK;
  g_free (orientation);
  upright = gst_tag_list_copy (tags);
  gst_tag_list_add (
      upright, GST_TAG_MERGE_REPLACE, GST_TAG_IMAGE_ORIENTATION, UPRIGHT, NULL);
  replace_event (info, gst_event_new_tag (upright));
  return GST_PAD_PROBE_OK;
}

void
measure_mending_apply (MeasureMending *self, GstPad *pad)
{
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, mend_event, self, NULL);
  if (self->turn)
    gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, mend_tags, NULL, NULL);
}

const gchar *
measure_mending_get_direction (const MeasureMending *self)
{
  const Way *way = self->turn ? find_way (self->file->orientation) : NULL;

  return way != NULL ? way->direction : NULL;
}
