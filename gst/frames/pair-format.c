/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The questions that are asked of two formats at once: what can be compared
 * as it is, what has to be converted, what differs.
 */
#include "frames/pair-format.h"

static gboolean
same_size (const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  return GST_VIDEO_INFO_WIDTH (&reference->info)
      == GST_VIDEO_INFO_WIDTH (&distorted->info)
      && GST_VIDEO_INFO_HEIGHT (&reference->info)
      == GST_VIDEO_INFO_HEIGHT (&distorted->info);
}

/* Whether a pixel of the one is shown in the same shape as one of the other. */
static gboolean
same_aspect (const GstVideoInfo *a, const GstVideoInfo *b)
{
  return (gint64) GST_VIDEO_INFO_PAR_N (a) * GST_VIDEO_INFO_PAR_D (b)
      == (gint64) GST_VIDEO_INFO_PAR_N (b) * GST_VIDEO_INFO_PAR_D (a);
}

static void
note_enum (GString *text, const gchar *what, GType type, gint a, gint b)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  const GEnumValue *first = g_enum_get_value (klass, a);
  const GEnumValue *second = g_enum_get_value (klass, b);

  if (a == b)
    return;
  g_string_append_printf (text, "%s%s %s against %s", text->len ? ", " : "",
      what, first != NULL ? first->value_nick : "?",
      second != NULL ? second->value_nick : "?");
}

/* Returns: (transfer full) (nullable): in words, how range, matrix, primaries,
 * transfer function and depth differ; NULL if they do not. */
static gchar *
describe_colour (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  const GstVideoColorimetry *a = &reference->info.colorimetry;
  const GstVideoColorimetry *b = &distorted->info.colorimetry;
  GString *text = g_string_new (NULL);

  /* RGB and Y'CbCr of one picture always differ in matrix, and mostly in
   * range; the conversion settles that. */
  if (GST_VIDEO_INFO_IS_RGB (&reference->info)
      == GST_VIDEO_INFO_IS_RGB (&distorted->info)) {
    note_enum (text, "range", GST_TYPE_VIDEO_COLOR_RANGE, a->range, b->range);
    note_enum (
        text, "matrix", GST_TYPE_VIDEO_COLOR_MATRIX, a->matrix, b->matrix);
  }
  note_enum (text, "primaries", GST_TYPE_VIDEO_COLOR_PRIMARIES, a->primaries,
      b->primaries);
  note_enum (text, "transfer function", GST_TYPE_VIDEO_TRANSFER_FUNCTION,
      a->transfer, b->transfer);
  if (reference->depth != distorted->depth)
    g_string_append_printf (text, "%sdepth %u against %u bits",
        text->len ? ", " : "", reference->depth, distorted->depth);
  return g_string_free (text, text->len == 0);
}

static gboolean
same_planes (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  const GstVideoFormatInfo *a = reference->info.finfo;
  const GstVideoFormatInfo *b = distorted->info.finfo;

  if (!reference->has_planes || !distorted->has_planes
      || !same_size (reference, distorted)
      || GST_VIDEO_FORMAT_INFO_IS_GRAY (a) != GST_VIDEO_FORMAT_INFO_IS_GRAY (b)
      || GST_VIDEO_FORMAT_INFO_DEPTH (a, 0)
          != GST_VIDEO_FORMAT_INFO_DEPTH (b, 0)
      || reference->info.colorimetry.range != distorted->info.colorimetry.range
      || reference->info.colorimetry.matrix
          != distorted->info.colorimetry.matrix
      || reference->info.colorimetry.primaries
          != distorted->info.colorimetry.primaries)
    return FALSE;
  return GST_VIDEO_FORMAT_INFO_IS_GRAY (a)
      || (GST_VIDEO_FORMAT_INFO_W_SUB (a, 1)
              == GST_VIDEO_FORMAT_INFO_W_SUB (b, 1)
          && GST_VIDEO_FORMAT_INFO_H_SUB (a, 1)
              == GST_VIDEO_FORMAT_INFO_H_SUB (b, 1));
}

PerceptualPairFormat *
perceptual_pair_format_new (
    PerceptualFormat *reference, PerceptualFormat *distorted)
{
  PerceptualPairFormat *self = g_new0 (PerceptualPairFormat, 1);
  const GstVideoInfo *a = &reference->info, *b = &distorted->info;

  self->reference = perceptual_format_ref (reference);
  self->distorted = perceptual_format_ref (distorted);
  self->depth = MAX (reference->depth, distorted->depth);
  self->pixels =
      self->depth > 8 ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8;
  self->has_planes = same_planes (reference, distorted);
  self->luma = self->has_planes ? "stream" : "rgb";
  self->limited = a->colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235;
  self->scaled = !same_size (reference, distorted);
  self->colour = describe_colour (reference, distorted);
  self->interlaced =
      GST_VIDEO_INFO_IS_INTERLACED (a) || GST_VIDEO_INFO_IS_INTERLACED (b);
  self->reshaped = !same_aspect (a, b);
  self->turned = reference->orientation != distorted->orientation;
  self->reference_alpha = GST_VIDEO_INFO_HAS_ALPHA (a);
  self->distorted_alpha = GST_VIDEO_INFO_HAS_ALPHA (b);
  return self;
}

void
perceptual_pair_format_free (PerceptualPairFormat *self)
{
  if (self == NULL)
    return;
  perceptual_format_unref (self->reference);
  perceptual_format_unref (self->distorted);
  g_free (self->colour);
  g_free (self);
}
