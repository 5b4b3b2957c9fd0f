/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One stream's caps, and what its tags and a frame's crop add to them.
 */
#include "frames/format.h"

#include "frames/colour.h"
#include "frames/planes.h"
#include "perceptual.h"

/* The first is that of a stream that says nothing. */
static const gchar *const orientations[] = { "rotate-0", "rotate-90",
  "rotate-180", "rotate-270", "flip-rotate-0", "flip-rotate-90",
  "flip-rotate-180", "flip-rotate-270" };

const gchar *
perceptual_orientation_upright (void)
{
  return orientations[0];
}

const gchar *
perceptual_orientation_of_tags (const GstTagList *tags, const gchar *unsaid)
{
  const gchar *said = NULL;

  if (!gst_tag_list_peek_string_index (
          tags, GST_TAG_IMAGE_ORIENTATION, 0, &said))
    return unsaid;
  for (guint i = 0; i < G_N_ELEMENTS (orientations); i++) {
    if (g_str_equal (orientations[i], said))
      return orientations[i];
  }
  return unsaid;
}

static void
clear_format (gpointer data)
{
  PerceptualFormat *format = data;

  gst_clear_caps (&format->caps);
}

PerceptualFormat *
perceptual_format_new (GstCaps *caps)
{
  PerceptualFormat *self = g_atomic_rc_box_new0 (PerceptualFormat);

  self->caps = gst_caps_ref (caps);
  self->orientation = perceptual_orientation_upright ();
  if (!gst_video_info_from_caps (&self->info, caps)
      || GST_VIDEO_INFO_WIDTH (&self->info) <= 0
      || GST_VIDEO_INFO_HEIGHT (&self->info) <= 0) {
    perceptual_format_unref (self);
    return NULL;
  }
  self->said = perceptual_colour_in_caps (caps, &self->info);
  self->usual = perceptual_colour_usual (&self->info);
  self->may_be_guess =
      gst_video_colorimetry_is_equal (&self->said, &self->usual);
  self->info.colorimetry =
      perceptual_colour_complete (&self->said, &self->usual);
  self->depth = perceptual_planes_depth (&self->info);
  self->has_luma = GST_VIDEO_INFO_IS_YUV (&self->info)
      || GST_VIDEO_INFO_IS_GRAY (&self->info);
  self->has_planes = perceptual_planes_are_in (&self->info);
  self->whole_width = self->info.width;
  self->whole_height = self->info.height;
  return self;
}

PerceptualFormat *
perceptual_format_ref (PerceptualFormat *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
perceptual_format_unref (PerceptualFormat *self)
{
  g_atomic_rc_box_release_full (self, clear_format);
}

static PerceptualFormat *
copy_format (const PerceptualFormat *self)
{
  PerceptualFormat *copy = g_atomic_rc_box_new (PerceptualFormat);

  *copy = *self;
  gst_caps_ref (copy->caps);
  return copy;
}

PerceptualFormat *
perceptual_format_turn (PerceptualFormat *self, const gchar *orientation)
{
  PerceptualFormat *turned;

  if (self->orientation == orientation)
    return perceptual_format_ref (self);
  turned = copy_format (self);
  turned->orientation = orientation;
  return turned;
}

PerceptualFormat *
perceptual_format_settle (PerceptualFormat *self,
    const GstVideoColorimetry *said, const GstVideoColorimetry *colour)
{
  PerceptualFormat *settled = copy_format (self);

  settled->said = *said;
  settled->info.colorimetry = *colour;
  return settled;
}

PerceptualFormat *
perceptual_format_tag (PerceptualFormat *self, const GstVideoColorimetry *said)
{
  PerceptualFormat *tagged = copy_format (self);

  tagged->may_be_guess = FALSE;
  tagged->said = *said;
  tagged->said.matrix = GST_VIDEO_INFO_IS_RGB (&self->info)
      ? GST_VIDEO_COLOR_MATRIX_RGB
      : said->matrix;
  tagged->info.colorimetry =
      perceptual_colour_complete (&tagged->said, &self->usual);
  return tagged;
}

/* Whether @crop names a part of the picture.  Regions that cannot be are
 * refused when the frame is mapped. */
static gboolean
is_part (const GstVideoCropMeta *crop, const PerceptualFormat *format)
{
  return crop != NULL && crop->width > 0 && crop->height > 0
      && crop->width <= PERCEPTUAL_MAX_SIZE
      && crop->height <= PERCEPTUAL_MAX_SIZE
      && (crop->width != (guint) format->info.width
          || crop->height != (guint) format->info.height);
}

PerceptualFormat *
perceptual_format_of_buffer (PerceptualFormat *self, GstBuffer *buffer,
    const PerceptualRegion *part, PerceptualFormat *last)
{
  const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (buffer);
  PerceptualRegion region = { 0, 0, (guint) self->info.width,
    (guint) self->info.height };
  PerceptualFormat *cropped;

  if (part == NULL && !is_part (crop, self))
    return perceptual_format_ref (self);
  if (part != NULL) {
    region = *part;
  } else {
    region.width = crop->width;
    region.height = crop->height;
  }
  if (last != NULL && last->caps == self->caps
      && last->orientation == self->orientation && last->crop_x == region.x
      && last->crop_y == region.y && (guint) last->info.width == region.width
      && (guint) last->info.height == region.height)
    return perceptual_format_ref (last);
  cropped = copy_format (self);
  cropped->has_part = part != NULL;
  cropped->crop_x = region.x;
  cropped->crop_y = region.y;
  cropped->info.width = (gint) region.width;
  cropped->info.height = (gint) region.height;
  return cropped;
}

gboolean
perceptual_format_is_inside (const PerceptualFormat *self, GstBuffer *buffer,
    guint *width, guint *height)
{
  const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (buffer);

  *width = crop != NULL ? crop->width : (guint) self->whole_width;
  *height = crop != NULL ? crop->height : (guint) self->whole_height;
  return self->crop_x + (guint) self->info.width <= *width
      && self->crop_y + (guint) self->info.height <= *height;
}

gboolean
perceptual_format_is_hdr (const PerceptualFormat *self)
{
  GstVideoTransferFunction transfer = self->info.colorimetry.transfer;

  return transfer == GST_VIDEO_TRANSFER_SMPTE2084
      || transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67;
}
