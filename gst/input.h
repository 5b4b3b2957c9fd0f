/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a run knows of one of its sink pads: the formats of its frames, and what
 * part of them is measured.
 */
#ifndef PERCEPTUAL_INPUT_H
#define PERCEPTUAL_INPUT_H

#include "admission.h"
#include "frames/crop.h"
#include "frames/format.h"

#include <gst/base/gstaggregator.h>

G_BEGIN_DECLS

/* One sink pad.  Used by the source pad's task only, except for atomic
 * fields. */
typedef struct
{
  GstAggregatorPad *pad;
  PerceptualFormat *format;   /* of the next buffer; NULL before caps */
  PerceptualFormat *measured; /* of the last frame, cut to its region */
  gchar *crop;                /* (nullable): what the user wants of it */
  PerceptualRegion part;      /* the same */
  const gchar *orientation;   /* according to the tags so far */
  PerceptualSaid said;        /* about its frames */
  gint64 last;                /* running time of the last one */
  gint flushed;               /* atomic: the pad was flushed by itself */
  gint released;              /* atomic: the pad left the element */
  gboolean cut;               /* before its stream had ended */
  gboolean taken;             /* from, in this turn */
  guint64 changes;            /* of its offset, where that is followed */
  guint64 unsure;             /* pairs that may be of the wrong frames */
} PerceptualInput;

/* Lets go of what it holds. */
void perceptual_input_clear (PerceptualInput *self);

/* Returns: (transfer none): the name of the pad. */
const gchar *perceptual_input_name (const PerceptualInput *self);

/* Whether nothing more comes. */
gboolean perceptual_input_has_ended (const PerceptualInput *self);

/* Where frames are paired by number, one without a timestamp gets that of its
 * @number, which is reported.  Takes @buffer.  Returns: (transfer full). */
GstBuffer *perceptual_input_time_frame (
    const PerceptualInput *self, GstBuffer *buffer, guint64 number);

/* Whether each of @n inputs has a frame to take, of which nothing is to be said
 * before it is measured. */
gboolean perceptual_inputs_have_plain_frames (
    const PerceptualInput *inputs, guint n);

/* The running time of the next buffer.  Returns: FALSE where there is none, or
 * it has no time. */
gboolean perceptual_input_peek_time (const PerceptualInput *self, gint64 *time);

/* @own: whether the pad may have a crop of its own, which counts before @crop
 * (nullable).  Returns: FALSE after an ERROR message of @element. */
gboolean perceptual_input_set_crop (PerceptualInput *self, GstElement *element,
    gboolean own, const gchar *crop);

/* @colorimetry: (nullable): how the user says that colour is coded.  Returns:
 * FALSE after an ERROR message of @element. */
gboolean perceptual_input_set_format (PerceptualInput *self,
    GstElement *element, GstCaps *caps, const gchar *colorimetry);

/* Returns: ns by the frame rate; NONE where it is not known. */
GstClockTime perceptual_input_get_frame_time (const PerceptualInput *self);

/* Frames that came in before keep their formats. */
void perceptual_input_note_tags (PerceptualInput *self, const GstTagList *tags);

/* Sees what of @buffer, the next frame, is measured.  Returns: FALSE after an
 * ERROR message of @element. */
gboolean perceptual_input_follow_region (
    PerceptualInput *self, GstElement *element, GstBuffer *buffer);

G_END_DECLS

#endif /* PERCEPTUAL_INPUT_H */
