/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input.h"

#include "door.h"
#include "frames/colour.h"
#include "frames/frame.h"
#include "stream-pad.h"
#include "upstream.h"

GST_DEBUG_CATEGORY_EXTERN (perceptual_distance_debug);
#define GST_CAT_DEFAULT perceptual_distance_debug

void
perceptual_input_clear (PerceptualInput *self)
{
  g_clear_pointer (&self->format, perceptual_format_unref);
  g_clear_pointer (&self->measured, perceptual_format_unref);
  g_clear_pointer (&self->crop, g_free);
  g_clear_object (&self->pad);
}

const gchar *
perceptual_input_name (const PerceptualInput *self)
{
  return GST_OBJECT_NAME (self->pad);
}

gboolean
perceptual_input_has_ended (const PerceptualInput *self)
{
  return g_atomic_int_get (&self->released)
      || gst_aggregator_pad_is_eos (self->pad);
}

gboolean
perceptual_input_peek_time (const PerceptualInput *self, gint64 *time)
{
  g_autoptr (GstBuffer) buffer = gst_aggregator_pad_peek_buffer (self->pad);
  const GstSegment *segment = &self->pad->segment;
  GstClockTime running_time = GST_CLOCK_TIME_NONE;

  /* What came before its segment is an error once it is taken. */
  if (buffer != NULL && segment->format == GST_FORMAT_TIME)
    running_time = gst_segment_to_running_time (
        segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  *time = (gint64) running_time;
  return GST_CLOCK_TIME_IS_VALID (running_time);
}

GstBuffer *
perceptual_input_time_frame (
    const PerceptualInput *self, GstBuffer *buffer, guint64 number)
{
  GstClockTime duration = perceptual_buffer_duration (buffer, self->format);

  if (GST_BUFFER_PTS_IS_VALID (buffer) || !GST_CLOCK_TIME_IS_VALID (duration))
    return buffer;
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = self->pad->segment.start + duration * number;
  return buffer;
}

static gboolean
has_plain_frame (const PerceptualInput *self)
{
  g_autoptr (GstBuffer) buffer = NULL;
  gint64 time;

  if (!perceptual_door_has_buffer (self->pad)
      || !perceptual_input_peek_time (self, &time) || time <= self->last)
    return FALSE;
  buffer = gst_aggregator_pad_peek_buffer (self->pad);
  return buffer != NULL && !perceptual_buffer_is_gap (buffer)
      && (self->crop == NULL
          || gst_buffer_get_video_crop_meta (buffer) == NULL);
}

gboolean
perceptual_inputs_have_plain_frames (const PerceptualInput *inputs, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (!has_plain_frame (&inputs[i]))
      return FALSE;
  }
  return TRUE;
}

gboolean
perceptual_input_set_crop (
    PerceptualInput *self, GstElement *element, gboolean own, const gchar *crop)
{
  self->crop = own ? perceptual_pad_get_crop (self->pad) : NULL;
  if (self->crop == NULL)
    self->crop = g_strdup (crop);
  if (self->crop == NULL || perceptual_crop_parse (self->crop, &self->part))
    return TRUE;
  GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS,
      ("The crop %s of the pad %s is not a part of a picture; write "
       "WIDTHxHEIGHT+X+Y, such as 1920x800+0+140",
          self->crop, perceptual_input_name (self)),
      (NULL));
  return FALSE;
}

/* What the stream says of its colour: its user knows best, then the coded
 * stream, then the caps. */
static void
tag_format (const PerceptualInput *self, const gchar *colorimetry,
    PerceptualFormat **format)
{
  GstVideoColorimetry said = (*format)->said;
  PerceptualFormat *tagged;

  if (!perceptual_upstream_colour (GST_PAD (self->pad), (*format)->caps, &said)
      && colorimetry == NULL)
    return;
  perceptual_colour_override (colorimetry, &said);
  tagged = perceptual_format_tag (*format, &said);
  perceptual_format_unref (*format);
  *format = tagged;
}

gboolean
perceptual_input_set_format (PerceptualInput *self, GstElement *element,
    GstCaps *caps, const gchar *colorimetry)
{
  PerceptualFormat *format = perceptual_format_new (caps);

  GST_DEBUG_OBJECT (self->pad, "caps %" GST_PTR_FORMAT, caps);
  if (format == NULL) {
    GST_ELEMENT_ERROR (element, CORE, NEGOTIATION,
        ("The video at %s has a format that cannot be read",
            perceptual_input_name (self)),
        ("Put a videoconvert before it.  Caps: %" GST_PTR_FORMAT, caps));
    return FALSE;
  }
  g_clear_pointer (&self->format, perceptual_format_unref);
  tag_format (self, colorimetry, &format);
  self->format = perceptual_format_turn (format, self->orientation);
  perceptual_format_unref (format);
  return TRUE;
}

GstClockTime
perceptual_input_get_frame_time (const PerceptualInput *self)
{
  const GstVideoInfo *info;

  if (self->format == NULL)
    return GST_CLOCK_TIME_NONE;
  info = &self->format->info;
  if (GST_VIDEO_INFO_FPS_N (info) <= 0 || GST_VIDEO_INFO_FPS_D (info) <= 0)
    return GST_CLOCK_TIME_NONE;
  return gst_util_uint64_scale_int (
      GST_SECOND, GST_VIDEO_INFO_FPS_D (info), GST_VIDEO_INFO_FPS_N (info));
}

void
perceptual_input_note_tags (PerceptualInput *self, const GstTagList *tags)
{
  PerceptualFormat *format = self->format;

  self->orientation = tags != NULL
      ? perceptual_orientation_of_tags (tags, self->orientation)
      : perceptual_orientation_upright ();
  if (format == NULL)
    return;
  self->format = perceptual_format_turn (format, self->orientation);
  perceptual_format_unref (format);
}

gboolean
perceptual_input_follow_region (
    PerceptualInput *self, GstElement *element, GstBuffer *buffer)
{
  PerceptualFormat *last = self->measured;
  guint width, height;

  self->measured = perceptual_format_of_buffer (
      self->format, buffer, self->crop != NULL ? &self->part : NULL, last);
  g_clear_pointer (&last, perceptual_format_unref);
  if (self->crop == NULL
      || perceptual_format_is_inside (self->measured, buffer, &width, &height))
    return TRUE;
  GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FORMAT,
      ("The video at %s is %ux%u, and the part %s does not lie inside of it",
          perceptual_input_name (self), width, height, self->crop),
      ("Set another crop, reference-crop or distorted-crop."),
      ("pad", G_TYPE_STRING, perceptual_input_name (self), NULL));
  return FALSE;
}
