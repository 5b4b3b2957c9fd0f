/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one stream looks like.
 */
#ifndef PERCEPTUAL_FORMAT_H
#define PERCEPTUAL_FORMAT_H

#include "frames/layout.h"

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * PerceptualFormat:
 * @caps: as negotiated
 * @info: the same, parsed; colorimetry is @said completed by @usual; width and
 *   height are those of the region that is measured, which is smaller where
 *   frames carry a GstVideoCropMeta, or the user wants a part
 * @said: the parts of its colorimetry that the stream says, the others 0
 * @may_be_guess: @said is just @usual, which decoders put into their caps where
 *   a stream carries no tag, and it is not known whether this one does
 * @usual: what GStreamer assumes for the parts that a stream does not say
 * @depth: bits of the component that has the most
 * @has_luma: whether it is Y'CbCr or grey
 * @has_planes: whether frames of it can be shown to the library as planes as
 *   they are; others are unpacked first
 * @has_part: the user wants a part of the picture, which that region is
 * @crop_x: how many columns of the frame, or of the region that a
 *   GstVideoCropMeta leaves of it, are before that
 * @crop_y: how many rows
 * @whole_width: of a frame with nothing cut off, by the caps
 * @whole_height: likewise
 * @orientation: how the picture is to be turned before it is shown, a value of
 *   GStreamer's tag image-orientation; a static string, equal by address
 *
 * Reference counted, so that each frame keeps the format that it came with.
 * Nothing in it changes.
 */
typedef struct
{
  GstCaps *caps;
  GstVideoInfo info;
  GstVideoColorimetry said;
  gboolean may_be_guess;
  GstVideoColorimetry usual;
  guint depth;
  gboolean has_luma;
  gboolean has_planes;
  gboolean has_part;
  guint crop_x;
  guint crop_y;
  gint whole_width;
  gint whole_height;
  const gchar *orientation;
} PerceptualFormat;

/* Returns: what @tags say about it; @unsaid if they say nothing valid. */
const gchar *perceptual_orientation_of_tags (
    const GstTagList *tags, const gchar *unsaid);

/* "rotate-0", at the address that PerceptualFormat.orientation has. */
const gchar *perceptual_orientation_upright (void);

/* Returns: (transfer full) (nullable): NULL if @caps are not raw video. */
PerceptualFormat *perceptual_format_new (GstCaps *caps);
PerceptualFormat *perceptual_format_ref (PerceptualFormat *format);
void perceptual_format_unref (PerceptualFormat *format);

/* Returns: (transfer full): @format, turned by @orientation. */
PerceptualFormat *perceptual_format_turn (
    PerceptualFormat *format, const gchar *orientation);

/* Returns: (transfer full): @format of a stream that is known to say @said
 * about its colour. */
PerceptualFormat *perceptual_format_tag (
    PerceptualFormat *format, const GstVideoColorimetry *said);

/* Returns: (transfer full): @format, with @said as what counts beside another
 * format, and with the colorimetry @colour. */
PerceptualFormat *perceptual_format_settle (PerceptualFormat *format,
    const GstVideoColorimetry *said, const GstVideoColorimetry *colour);

/**
 * perceptual_format_of_buffer:
 * @part: (nullable): the part of it that the user wants
 * @last: (nullable): what this returned for the stream's frame before
 *
 * Returns: (transfer full): @format, with the size of the region that is
 * measured of @buffer, whether @part lies inside of it or not; @last where it
 * is that already, so that formats of a stream that does not change are equal
 * by address
 */
PerceptualFormat *perceptual_format_of_buffer (PerceptualFormat *format,
    GstBuffer *buffer, const PerceptualRegion *part, PerceptualFormat *last);

/* Whether the region that is measured of @buffer, which is of @format, lies
 * inside of what a GstVideoCropMeta or the caps leave of it.  @width: (out):
 * that size; @height: (out). */
gboolean perceptual_format_is_inside (const PerceptualFormat *format,
    GstBuffer *buffer, guint *width, guint *height);

/* Whether the transfer function is PQ or HLG. */
gboolean perceptual_format_is_hdr (const PerceptualFormat *format);

G_END_DECLS

#endif /* PERCEPTUAL_FORMAT_H */
