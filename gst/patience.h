/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long a live reference frame waits for its partner.
 *
 * Used by the source pad's task.
 */
#ifndef PERCEPTUAL_PATIENCE_H
#define PERCEPTUAL_PATIENCE_H

#include <gst/gst.h>

#include "settings/config.h"

G_BEGIN_DECLS

/**
 * PerceptualPatience:
 * @element: whose clock and latency count
 * @config: the settings
 * @behind: ns that partners come after the time of their reference frames,
 *   lately at most; 0 unless it was noted
 * @reference_behind: ns that the last reference frame came after its time; a
 *   sender's clock that goes otherwise than this one makes it any number, in
 *   time
 */
typedef struct
{
  GstElement *element;
  const PerceptualConfig *config;
  gint64 behind;
  gint64 reference_behind;
} PerceptualPatience;

/* Bounds the latency that the streams before @pad tell.  GStreamer's clock
 * cannot wait for times near the largest one: it tries without end, and nobody
 * can stop it. */
void perceptual_patience_watch (GstPad *pad);

/* Notes that a reference frame of the running time @time came in. */
void perceptual_patience_note_reference (
    PerceptualPatience *patience, gint64 time);

/* Notes that a distorted frame came in whose reference frame has the running
 * time @time. */
void perceptual_patience_note (PerceptualPatience *patience, gint64 time);

/* Returns: the running time until which a reference frame of running time @time
 * waits, without the latency; NONE where it is too far for a clock. */
GstClockTime perceptual_patience_until (
    const PerceptualPatience *patience, gint64 time);

G_END_DECLS

#endif /* PERCEPTUAL_PATIENCE_H */
