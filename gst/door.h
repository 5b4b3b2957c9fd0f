/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Buffers that a sink pad has no room for yet: the base class keeps one, and
 * the thread that brings the next waits inside the pad until that was taken.
 */
#ifndef PERCEPTUAL_DOOR_H
#define PERCEPTUAL_DOOR_H

#include <gst/base/gstaggregator.h>

G_BEGIN_DECLS

/* To be called once, before @pad is active. */
void perceptual_door_watch (GstPad *pad);

/**
 * perceptual_door_has_buffer:
 * @pad: a pad that is watched
 *
 * To be called in the source pad's task.  A buffer that is about to come in is
 * waited for while the thread that has it needs to wake up, and no longer;
 * there is no waiting for buffers to come.
 *
 * Returns: whether @pad has a buffer to take
 */
gboolean perceptual_door_has_buffer (GstAggregatorPad *pad);

G_END_DECLS

#endif /* PERCEPTUAL_DOOR_H */
