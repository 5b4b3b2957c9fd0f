/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which raw frames an encoder is given.
 */
#ifndef TUNE_GIVEN_H
#define TUNE_GIVEN_H

#include "tune/probe/job.h"

#include <gst/video/video.h>

G_BEGIN_DECLS

/* Returns: what an encoder of the table is given of a source whose frames are
 * @source: planes of 4:2:0, of 10 bits where @source has more than 8 and @deep
 * allows it. */
GstVideoFormat tune_given_format (GstVideoFormat source, gboolean deep);

/* Whether the pad "sink" of @encoder takes frames of @format. */
gboolean tune_given_takes (GstElement *encoder, GstVideoFormat format);

/**
 * tune_given_conversion:
 * @source: the frames of the source; GST_VIDEO_FORMAT_UNKNOWN if not known
 *
 * Which converter, and which caps, are to be before the encoder in a gst-launch
 * line that gives it the frames that it was given here.
 *
 * Returns: (transfer full): that, with a "!" behind it; empty where frames went
 *   to the encoder as they came, and of a command
 */
gchar *tune_given_conversion (
    const TuneCandidate *candidate, GstVideoFormat source);

G_END_DECLS

#endif /* TUNE_GIVEN_H */
