/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The encoded bytes that a file's decoder gets, second by second.
 */
#ifndef MEASURE_BYTE_COUNT_H
#define MEASURE_BYTE_COUNT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasureBytesFunc:
 * @time: running time at which the frame of the bytes is shown, ns
 * @duration: how long, ns, 0 if not known
 *
 * Called in a thread of the pipeline.
 */
typedef void (*MeasureBytesFunc) (
    gint64 time, guint64 duration, gsize bytes, gpointer user);

typedef struct _MeasureByteCount MeasureByteCount;

/**
 * measure_byte_count_new:
 * @bin: a decoding bin in state NULL
 * @func: gets what the decoder does whose pad is chosen
 *
 * Looks at all decoders of video until it is known which one is meant.
 */
MeasureByteCount *measure_byte_count_new (
    GstElement *bin, MeasureBytesFunc func, gpointer user);

/* When @bin is gone. */
void measure_byte_count_free (MeasureByteCount *self);

/* Says which of the bin's pads has the video.  @plain: running times are the
 * timestamps. */
void measure_byte_count_choose (
    MeasureByteCount *self, GstPad *pad, gboolean plain);

G_END_DECLS

#endif /* MEASURE_BYTE_COUNT_H */
