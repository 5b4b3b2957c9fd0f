/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One input of a connection: from a URI or a description to decoded video.
 */
#ifndef MONITOR_FEED_H
#define MONITOR_FEED_H

#include "monitor/connection/order.h"

G_BEGIN_DECLS

/**
 * monitor_feed_add:
 * @pipeline: gets all elements
 * @place: where the stream comes from
 * @name: of the input, which the bin gets too: "reference"
 * @target: (transfer none): the sink pad that the first video is linked to
 * @error: PROGRAM_ERROR_DATA
 *
 * What is found to be wrong later, such as an input without video, is an ERROR
 * message.
 *
 * Returns: (transfer none) (nullable): its bin
 */
GstElement *monitor_feed_add (GstElement *pipeline, const MonitorPlace *place,
    const gchar *name, GstPad *target, GError **error);

G_END_DECLS

#endif /* MONITOR_FEED_H */
