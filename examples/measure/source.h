/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One input file as a stream of decoded video frames inside a pipeline.
 */
#ifndef MEASURE_SOURCE_H
#define MEASURE_SOURCE_H

#include "measure/byte-count.h"
#include "measure/inspect.h"

G_BEGIN_DECLS

/**
 * MeasureSource:
 * @bin: the decoding bin, or the source that a reader has; owned by the
 *   pipeline
 * @target: (owned): the sink pad that gets the video
 * @input: what is read
 * @mending: what GStreamer does not know of the file
 * @linked: whether a video stream was found; written by streaming threads
 *   before the pipeline's first frame
 * @videos: how many video streams were found; atomic
 * @is_image_type: whether the file's own type is one of still images; written
 *   before @linked
 * @type_seen: whether @is_image_type is known; streaming thread only
 * @is_matroska: whether it is Matroska or WebM, known with @type_seen
 * @others: (owned): descriptions of the streams that are not video, for
 *   messages; guarded by @lock
 * @lock: guards @others
 * @bytes: (owned) (nullable): counts the encoded ones
 *
 * The first video stream of a file, decoded.  Other streams are thrown away
 * without being decoded.
 */
typedef struct
{
  GstElement *bin;
  GstPad *target;
  const MeasureInput *input;
  MeasureMending mending;
  gint linked;
  gint videos;
  gboolean is_image_type;
  gboolean type_seen;
  gboolean is_matroska;
  GMutex lock;
  GString *others;
  MeasureByteCount *bytes;
} MeasureSource;

/**
 * measure_source_init:
 * @self: memory that outlives @pipeline's running
 * @pipeline: gets @bin
 * @input: what to read; outlives @pipeline
 * @target: (transfer none): the sink pad that the video is linked to
 * @turn: whether pictures are turned as the file says
 *
 * A file without video makes the bin post a GST_STREAM_ERROR_WRONG_TYPE.
 */
void measure_source_init (MeasureSource *self, GstElement *pipeline,
    const MeasureInput *input, GstPad *target, gboolean turn);

/* Tells @func of encoded bytes.  Between measure_source_init() and the start;
 * nothing comes of a file that a reader reads. */
void measure_source_count_bytes (
    MeasureSource *self, MeasureBytesFunc func, gpointer user);

/* Call when @pipeline has stopped. */
void measure_source_clear (MeasureSource *self);

/* Whether the element that sent @message belongs to this input. */
gboolean measure_source_sent (const MeasureSource *self, GstMessage *message);

G_END_DECLS

#endif /* MEASURE_SOURCE_H */
