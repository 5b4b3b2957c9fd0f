/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What may come in at a pad, and which two streams may be compared: errors
 * that say what to put before the pad, and warnings about what is compared
 * all the same.  Must be called without the element's object lock, since
 * messages are posted.
 */
#ifndef PERCEPTUAL_ADMISSION_H
#define PERCEPTUAL_ADMISSION_H

#include "frames/pair-format.h"
#include "settings/config.h"

G_BEGIN_DECLS

/* What was reported already about a stream; each thing is reported once. */
typedef enum
{
  PERCEPTUAL_SAID_COLOUR = 1 << 0,
  PERCEPTUAL_SAID_INTERLACED = 1 << 1,
  PERCEPTUAL_SAID_ALPHA = 1 << 2,
  PERCEPTUAL_SAID_ASPECT = 1 << 3,
  PERCEPTUAL_SAID_ORIENTATION = 1 << 4,
  PERCEPTUAL_SAID_ASSUMED = 1 << 5,
  PERCEPTUAL_SAID_RATE = 1 << 6,
  PERCEPTUAL_SAID_ORDER = 1 << 7,
} PerceptualSaid;

/* Returns: (transfer full): what can be read at all. */
GstCaps *perceptual_admission_get_caps (void);

/* Watches @pad, a sink pad of @element, for caps that its template does not
 * allow.  The pad would refuse them silently; this posts an ERROR that says
 * why and what to do. */
void perceptual_admission_watch (GstElement *element, GstPad *pad);

/**
 * perceptual_admit_frame:
 * @element: posts the error
 * @pad: name of the sink pad
 * @format: (nullable): of the pad; NULL before caps
 * @buffer: the frame
 * @segment: of the pad; undefined before one came
 * @allow_hdr: whether PQ and HLG are admitted
 *
 * Returns: FALSE after an ERROR message
 */
gboolean perceptual_admit_frame (GstElement *element, const gchar *pad,
    const PerceptualFormat *format, const GstBuffer *buffer,
    const GstSegment *segment, gboolean allow_hdr);

/* Posts a WARNING where the frame at running time @time, of pad @pad, does not
 * come after the one at @last, ns.  @said: (inout): of that pad; 0 at first */
void perceptual_admit_order (GstElement *element, const gchar *pad,
    PerceptualSaid *said, gint64 last, gint64 time);

/* Whether frames in @segment can be paired.  Returns: FALSE after an ERROR
 * message. */
gboolean perceptual_admit_segment (
    GstElement *element, const gchar *pad, const GstSegment *segment);

/**
 * perceptual_admit_pair:
 * @element: posts the messages
 * @config: its settings
 * @pad: name of the distorted stream's pad
 * @said: (inout): of that stream; 0 at first
 * @formats: what the two streams look like
 *
 * Whether the two may be compared: they have one size, or are to be scaled.
 * Posts a WARNING about anything unusual, and an INFO about what is not
 * measured.
 *
 * Returns: FALSE after an ERROR message
 */
gboolean perceptual_admit_pair (GstElement *element,
    const PerceptualConfig *config, const gchar *pad, PerceptualSaid *said,
    const PerceptualPairFormat *formats);

G_END_DECLS

#endif /* PERCEPTUAL_ADMISSION_H */
