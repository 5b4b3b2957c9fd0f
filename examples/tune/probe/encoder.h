/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The encoders that are known by name: one row each.
 */
#ifndef TUNE_ENCODER_H
#define TUNE_ENCODER_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * TuneEncoder:
 * @name: what users call it: "x264"
 * @summary: one line for people: which element, what the value is
 * @element: the encoder's GStreamer element
 * @fragment: of a gst-launch line, from raw frames to its stream; "{value}" is
 *   where the value goes.  It sets all that would cap the rate or make the
 *   stream depend on the machine, such as the number of threads
 * @parser: what follows it, of a gst-launch line: what leaves that is counted,
 *   one frame a buffer
 * @decoder: the element that decodes it
 * @low: smallest value
 * @high: largest value
 * @step: between two values that differ; 0 for a rate, whose values grow by
 *   1 % each
 * @start: where a search begins that knows nothing better
 * @slope: by how much ln (distance) is expected to grow from a value to the
 *   next coarser one
 * @ascending: whether a larger value is finer, as with a rate
 */
typedef struct
{
  const gchar *name;
  const gchar *summary;
  const gchar *element;
  const gchar *fragment;
  const gchar *parser;
  const gchar *decoder;
  gdouble low;
  gdouble high;
  gdouble step;
  gdouble start;
  gdouble slope;
  gboolean ascending;
} TuneEncoder;

/* The last one has no name. */
extern const TuneEncoder tune_encoders[];

/* Returns: (transfer none) (nullable). */
const TuneEncoder *tune_encoder_find (const gchar *name);

G_END_DECLS

#endif /* TUNE_ENCODER_H */
