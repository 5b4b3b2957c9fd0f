/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Colorimetry of caps, part by part.  GStreamer 1.22 throws all of it away
 * where the matrix of Y'CbCr is missing, its range too.
 */
#include "frames/colour.h"

GstVideoColorimetry
perceptual_colour_usual (const GstVideoInfo *info)
{
  GstVideoInfo plain;

  gst_video_info_init (&plain);
  gst_video_info_set_format (&plain, GST_VIDEO_INFO_FORMAT (info),
      (guint) GST_VIDEO_INFO_WIDTH (info),
      (guint) GST_VIDEO_INFO_HEIGHT (info));
  return plain.colorimetry;
}

static gboolean
exists (GType type, gint value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return g_enum_get_value (klass, value) != NULL;
}

/* @text: (nullable) */
static gboolean
parse (const gchar *text, GstVideoColorimetry *colour)
{
  *colour = (GstVideoColorimetry){ 0 };
  if (text == NULL || !gst_video_colorimetry_from_string (colour, text)
      || !exists (GST_TYPE_VIDEO_COLOR_RANGE, (gint) colour->range)
      || !exists (GST_TYPE_VIDEO_COLOR_MATRIX, (gint) colour->matrix)
      || !exists (GST_TYPE_VIDEO_TRANSFER_FUNCTION, (gint) colour->transfer)
      || !exists (GST_TYPE_VIDEO_COLOR_PRIMARIES, (gint) colour->primaries)) {
    *colour = (GstVideoColorimetry){ 0 };
    return FALSE;
  }
  return TRUE;
}

/* RGB has the matrix of RGB and nothing else has it. */
static void
settle_matrix (GstVideoColorimetry *colour, const GstVideoInfo *info)
{
  if (GST_VIDEO_INFO_IS_RGB (info))
    colour->matrix = GST_VIDEO_COLOR_MATRIX_RGB;
  else if (colour->matrix == GST_VIDEO_COLOR_MATRIX_RGB)
    colour->matrix = GST_VIDEO_COLOR_MATRIX_UNKNOWN;
}

GstVideoColorimetry
perceptual_colour_in_caps (const GstCaps *caps, const GstVideoInfo *info)
{
  GstVideoColorimetry colour;

  parse (gst_structure_get_string (
             gst_caps_get_structure (caps, 0), "colorimetry"),
      &colour);
  settle_matrix (&colour, info);
  return colour;
}

GstVideoColorimetry
perceptual_colour_without_guess (
    const GstVideoColorimetry *said, const GstVideoColorimetry *usual)
{
  GstVideoColorimetry rest = { 0 };

  if (!gst_video_colorimetry_is_equal (said, usual))
    return *said;
  if (said->matrix == GST_VIDEO_COLOR_MATRIX_RGB)
    rest.matrix = said->matrix;
  return rest;
}

GstVideoColorimetry
perceptual_colour_complete (
    const GstVideoColorimetry *first, const GstVideoColorimetry *second)
{
  return (GstVideoColorimetry){
    .range = first->range != 0 ? first->range : second->range,
    .matrix = first->matrix != 0 ? first->matrix : second->matrix,
    .transfer = first->transfer != 0 ? first->transfer : second->transfer,
    .primaries = first->primaries != 0 ? first->primaries : second->primaries,
  };
}

gboolean
perceptual_colour_override (const gchar *text, GstVideoColorimetry *said)
{
  GstVideoColorimetry wanted;

  if (text == NULL)
    return TRUE;
  if (g_str_equal (text, PERCEPTUAL_COLOUR_UNTAGGED)) {
    *said = (GstVideoColorimetry){ 0 };
    return TRUE;
  }
  if (!parse (text, &wanted))
    return FALSE;
  *said = perceptual_colour_complete (&wanted, said);
  return TRUE;
}

/* Returns: (transfer none): static for types that are loaded. */
static const gchar *
nick_of (GType type, gint value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  const GEnumValue *found = g_enum_get_value (klass, value);

  return found != NULL ? found->value_nick : "?";
}

void
perceptual_colour_name (
    GString *text, const gchar *what, GType type, gint value)
{
  g_string_append_printf (
      text, "%s%s %s", text->len > 0 ? ", " : "", what, nick_of (type, value));
}

void
perceptual_colour_against (GString *text, GType type, gint value)
{
  g_string_append_printf (text, " against %s", nick_of (type, value));
}
