/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sink pad of a distorted stream, with the settings that are its own.
 */
#ifndef PERCEPTUAL_STREAM_PAD_H
#define PERCEPTUAL_STREAM_PAD_H

#include <gst/base/gstaggregator.h>

G_BEGIN_DECLS

#define GST_TYPE_PERCEPTUAL_DISTANCE_PAD                                       \
  (gst_perceptual_distance_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstPerceptualDistancePad, gst_perceptual_distance_pad,
    GST, PERCEPTUAL_DISTANCE_PAD, GstAggregatorPad)

/* Returns: ns added to the running times of @pad's frames, besides the
 * element's sync-offset.  From any thread. */
gint64 perceptual_pad_get_offset (GstAggregatorPad *pad);

/* Whether frames outside of the reference are margins.  From any thread. */
gboolean perceptual_pad_has_margins (GstAggregatorPad *pad);

/* Returns: (transfer full) (nullable): the part of its frames that is measured,
 * as perceptual_crop_parse() reads it.  From any thread. */
gchar *perceptual_pad_get_crop (GstAggregatorPad *pad);

/* Returns: (transfer full) (nullable): the fields that its user adds to the
 * stream's header and summary.  From any thread. */
GstStructure *perceptual_pad_get_notes (GstAggregatorPad *pad);

G_END_DECLS

#endif /* PERCEPTUAL_STREAM_PAD_H */
