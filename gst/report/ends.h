/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reports, at the end, the frames of a stream that found no partner.
 * Must be called without the element's object lock, since messages are posted.
 */
#ifndef PERCEPTUAL_ENDS_H
#define PERCEPTUAL_ENDS_H

#include "pairing/pairer.h"
#include "settings/config.h"

G_BEGIN_DECLS

/**
 * perceptual_ends_judge:
 * @element: posts the messages
 * @pad: name of the sink pad of the distorted stream
 * @counts: of that stream
 * @unequal: what to do where one input ended before the other
 *
 * Posts a WARNING if no frame found a partner, one if many came late, and one,
 * or an ERROR, if an input ended before the other.
 *
 * Returns: FALSE after an ERROR message
 */
gboolean perceptual_ends_judge (GstElement *element, const gchar *pad,
    const PerceptualCounts *counts, PerceptualMissing unequal);

G_END_DECLS

#endif /* PERCEPTUAL_ENDS_H */
