/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element perceptualdistance; see the section comment in the .c file.
 */
#ifndef GST_PERCEPTUAL_DISTANCE_H
#define GST_PERCEPTUAL_DISTANCE_H

#include <gst/base/gstaggregator.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_PERCEPTUAL_DISTANCE (gst_perceptual_distance_get_type ())
G_DECLARE_FINAL_TYPE (GstPerceptualDistance, gst_perceptual_distance, GST,
    PERCEPTUAL_DISTANCE, GstAggregator)

GST_ELEMENT_REGISTER_DECLARE (perceptualdistance);

G_END_DECLS

#endif /* GST_PERCEPTUAL_DISTANCE_H */
