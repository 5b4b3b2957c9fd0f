/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the buffers of a pair to the images that the library compares: what a
 * stream looks like (PerceptualFormat), whether two streams may be compared,
 * and the conversion to RGB.
 *
 * Pixels: eight bits a sample where both streams have eight, sixteen
 * otherwise; full range; each stream converted by the matrix and range of its
 * own caps, and to the primaries of the reference (convert.h).  Transfer
 * functions are left as they are.  A frame that has the library's layout
 * already is not converted.
 *
 * Planes: where both streams are Y'CbCr of the same depth, chroma format,
 * matrix and range, the images carry the stream's own samples as well, and
 * metrics of luma read those ("stream"); otherwise they take luma from RGB
 * ("rgb").
 */
#ifndef PERCEPTUAL_FRAMES_H
#define PERCEPTUAL_FRAMES_H

#include <gst/video/video.h>

#include "perceptual.h"

G_BEGIN_DECLS

/* --- what a stream looks like -------------------------------------------- */

/**
 * PerceptualFormat:
 * @caps: as negotiated
 * @info: the same, parsed; width and height are those of the region that is
 *   measured, which is smaller where frames carry a GstVideoCropMeta
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
  gint whole_width;
  gint whole_height;
  const gchar *orientation;
} PerceptualFormat;

/* Returns: what @tags say about it; @unsaid if they say nothing valid. */
const gchar *perceptual_orientation_of_tags (
    const GstTagList *tags, const gchar *unsaid);

/* "rotate-0", at the address that PerceptualFormat.orientation has. */
const gchar *perceptual_orientation_upright (void);

/* Returns: (transfer full) (nullable): NULL if @caps are no raw video. */
PerceptualFormat *perceptual_format_new (GstCaps *caps);
PerceptualFormat *perceptual_format_ref (PerceptualFormat *format);
void perceptual_format_unref (PerceptualFormat *format);

/* Returns: (transfer full): @format, turned by @orientation. */
PerceptualFormat *perceptual_format_turn (
    PerceptualFormat *format, const gchar *orientation);

/* Returns: (transfer full): @format, with the size of the region that is
 * measured of @buffer. */
PerceptualFormat *perceptual_format_of_buffer (
    PerceptualFormat *format, GstBuffer *buffer);

/* Whether the transfer function is PQ or HLG. */
gboolean perceptual_format_is_hdr (const PerceptualFormat *format);

/* Which of size and layout differ in a way that no pair survives without
 * scaling. */
gboolean perceptual_formats_same_size (
    const PerceptualFormat *reference, const PerceptualFormat *distorted);

/* Returns: (transfer full) (nullable): in words, how range, matrix,
 * primaries, transfer function and depth differ; NULL if they do not. */
gchar *perceptual_formats_colour_difference (
    const PerceptualFormat *reference, const PerceptualFormat *distorted);

/* Returns: "stream" or "rgb", see above. */
const gchar *perceptual_formats_luma (
    const PerceptualFormat *reference, const PerceptualFormat *distorted);

/* Returns: the layout a pair is converted to. */
PerceptualPixels perceptual_formats_pixels (
    const PerceptualFormat *reference, const PerceptualFormat *distorted);

/* Whether the reference is shown to metrics in the same way for both: pixels
 * of the same layout, with its own planes or without. */
gboolean perceptual_formats_share_reference (const PerceptualFormat *reference,
    const PerceptualFormat *distorted, const PerceptualFormat *other);

/* --- frames to images ---------------------------------------------------- */

typedef struct _PerceptualFrames PerceptualFrames;

/**
 * perceptual_frames_new:
 * @workers: (nullable): whose threads convert; NULL for the caller's alone
 * @streams: distorted streams, at least 1
 *
 * Returns: (transfer full): without converters yet
 */
PerceptualFrames *perceptual_frames_new (
    PerceptualWorkers *workers, guint streams);

/* @names: (array zero-terminated=1): of the distorted streams, in errors about
 * their frames.  Where there is but one it is called "distorted". */
void perceptual_frames_name_streams (
    PerceptualFrames *frames, const gchar *const *names);
void perceptual_frames_free (PerceptualFrames *frames);

/* From now on images that have planes come without pixels (data NULL), which
 * saves their conversion. */
void perceptual_frames_prefer_planes (PerceptualFrames *frames);

/**
 * perceptual_frames_map:
 * @reference: the reference frame
 * @reference_format: its format
 * @distorted: for each stream a distorted frame, or NULL to leave it out; at
 *   least one is not NULL.  Scaled to the reference's size if its own differs.
 * @distorted_formats: their formats, of which any two share the reference
 *   (perceptual_formats_share_reference())
 * @images: (out): one more than there are streams: the reference, and at 1 + n
 *   the distorted frame of stream n; those left out are untouched.  Valid
 *   until perceptual_frames_unmap()
 * @error: PERCEPTUAL_ERROR_SIZE, _IMAGE, _NO_MEMORY, _UNSUPPORTED
 *
 * Converters and memory are kept for the next frames of the same formats.
 *
 * Returns: TRUE, or FALSE with @error set and nothing mapped
 */
gboolean perceptual_frames_map (PerceptualFrames *frames, GstBuffer *reference,
    const PerceptualFormat *reference_format, GstBuffer *const *distorted,
    const PerceptualFormat *const *distorted_formats, PerceptualImage *images,
    GError **error);

/**
 * perceptual_frames_map_alone:
 * @buffer: a frame
 * @format: its format
 * @which: what it is called in errors, "reference" or "distorted"
 * @image: (out): its own planes and NULL for data, or without such planes its
 *   pixels in RGB.  Valid until perceptual_frames_unmap()
 * @error: PERCEPTUAL_ERROR_SIZE, _IMAGE, _NO_MEMORY, _UNSUPPORTED
 *
 * For a look at the luma of one frame, which costs no conversion where there
 * are planes.
 *
 * Returns: TRUE, or FALSE with @error set and nothing mapped
 */
gboolean perceptual_frames_map_alone (PerceptualFrames *frames,
    GstBuffer *buffer, const PerceptualFormat *format, const gchar *which,
    PerceptualImage *image, GError **error);
void perceptual_frames_unmap (PerceptualFrames *frames);

G_END_DECLS

#endif /* PERCEPTUAL_FRAMES_H */
