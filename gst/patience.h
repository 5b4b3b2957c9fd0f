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
 */
typedef struct
{
  GstElement *element;
  const PerceptualConfig *config;
  gint64 behind;
} PerceptualPatience;

/* Notes that a distorted frame came in whose reference frame has the running
 * time @time. */
void perceptual_patience_note (PerceptualPatience *patience, gint64 time);

/* Returns: the running time until which a reference frame of running time @time
 * waits, without the latency. */
GstClockTime perceptual_patience_until (
    const PerceptualPatience *patience, gint64 time);

G_END_DECLS

#endif /* PERCEPTUAL_PATIENCE_H */
