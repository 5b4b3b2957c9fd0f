/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lets no frame of a live input through before there are frames of all
 * inputs, so that pairing does not begin with seconds of frames that have no
 * partner.  What is not live waits by itself.
 */
#ifndef MONITOR_GATE_H
#define MONITOR_GATE_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _MonitorGate MonitorGate;

MonitorGate *monitor_gate_new (guint inputs);

/* When the streams have stopped. */
void monitor_gate_free (MonitorGate *self);

/* Watches what comes out of @pad, or into it, as input @input. */
void monitor_gate_watch (MonitorGate *self, guint input, GstPad *pad);

/* Lets no frame pass any more; from any thread. */
void monitor_gate_close (MonitorGate *self);

/* Returns: how many frames of the input have come; from any thread. */
guint64 monitor_gate_count (MonitorGate *self, guint input);

/* Whether there were frames of all inputs; from any thread. */
gboolean monitor_gate_is_open (MonitorGate *self);

G_END_DECLS

#endif /* MONITOR_GATE_H */
