/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the buffers of a pair to the images that the library compares, in the
 * pixels and planes that the pair's formats ask for (pair-format.h).
 */
#ifndef PERCEPTUAL_IMAGES_H
#define PERCEPTUAL_IMAGES_H

#include "frames/pair-format.h"

G_BEGIN_DECLS

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
 * @distorted: for each stream a distorted frame, or NULL to leave it out; at
 *   least one is not NULL
 * @formats: for each of them what its format and that of the reference mean;
 *   any two share the reference
 *   (perceptual_pair_format_shares_reference())
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
    GstBuffer *const *distorted, const PerceptualPairFormat *const *formats,
    PerceptualImage *images, GError **error);

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

#endif /* PERCEPTUAL_IMAGES_H */
