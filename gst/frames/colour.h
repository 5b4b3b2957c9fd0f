/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a stream says about its colour, part by part, and what is assumed where
 * it says nothing.  The parts of a GstVideoColorimetry are range, matrix,
 * transfer function and primaries; a part that is 0 is not known.
 */
#ifndef PERCEPTUAL_COLOUR_H
#define PERCEPTUAL_COLOUR_H

#include <gst/video/video.h>

G_BEGIN_DECLS

/* Returns: what GStreamer assumes for the format and size of @info. */
GstVideoColorimetry perceptual_colour_usual (const GstVideoInfo *info);

/* Returns: the parts that @caps say about video of @info.  Numbers that do not
 * exist, and a matrix of RGB for Y'CbCr, are not known. */
GstVideoColorimetry perceptual_colour_in_caps (
    const GstCaps *caps, const GstVideoInfo *info);

/* Returns: @said; if it is just @usual, all its parts but the matrix of RGB
 * become unknown, since decoders put @usual into their caps where a stream
 * carries no tag. */
GstVideoColorimetry perceptual_colour_without_guess (
    const GstVideoColorimetry *said, const GstVideoColorimetry *usual);

/* Returns: @first, with the parts that are not known from @second. */
GstVideoColorimetry perceptual_colour_complete (
    const GstVideoColorimetry *first, const GstVideoColorimetry *second);

/* The word by which users say that a stream carries no tag, whatever its caps
 * say. */
#define PERCEPTUAL_COLOUR_UNTAGGED "untagged"

/**
 * perceptual_colour_override:
 * @text: (nullable): a colorimetry as GStreamer writes it, whose parts count
 *   unless they are 0, or PERCEPTUAL_COLOUR_UNTAGGED
 * @said: (inout): becomes what @text says
 *
 * Returns: FALSE if @text is neither
 */
gboolean perceptual_colour_override (
    const gchar *text, GstVideoColorimetry *said);

/* Appends "WHAT NAME" with the nick that @value has in the enum @type. */
void perceptual_colour_name (
    GString *text, const gchar *what, GType type, gint value);

/* Appends " against NAME" likewise. */
void perceptual_colour_against (GString *text, GType type, gint value);

G_END_DECLS

#endif /* PERCEPTUAL_COLOUR_H */
