/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one encoder needs in a pipeline: from the source's frames to the
 * decoded ones, and what is seen on the way.
 */
#ifndef TUNE_BRANCH_H
#define TUNE_BRANCH_H

#include "tune/probe/pass.h"

#include "measure/source.h"

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * TuneBranch:
 * @stream: what it is for
 * @cut: the window
 * @number: from 0; streaming threads have it in their names
 * @bin: all elements; owned by the pipeline
 * @entrance: (nullable): the queue before the encoder
 * @exit: (nullable): the queue behind the decoder
 * @filter: (nullable): says which raw format the encoder gets
 * @encoder: (nullable): the encoder
 * @file: the reader of TuneStream.encoded
 * @lock: guards what follows
 * @segment: of the encode
 * @decoded: of the decoded frames
 * @shift: from the times of TuneStream.encoded to those that are expected
 * @next: place of the source's next frame that may come
 * @waiting: atomic: the encoder has taken all that there was
 * @moves: atomic: counts whatever passes; of the whole pipeline
 * @begun: when the first frame came, monotonic
 * @ended: when the encode was complete; 0 before
 */
typedef struct
{
  TuneStream *stream;
  TuneCut *cut;
  guint number;
  GstElement *bin;
  GstElement *entrance;
  GstElement *exit;
  GstElement *filter;
  GstElement *encoder;
  MeasureSource file;
  GMutex lock;
  GstSegment segment;
  GstSegment decoded;
  gint64 shift;
  guint next;
  gint waiting;
  gint *moves;
  gint64 begun;
  gint64 ended;
} TuneBranch;

/* Threads of a branch are called so, with its number behind it. */
#define TUNE_BRANCH_THREAD "encoder"

/**
 * tune_branch_new:
 * @pipeline: gets the bin; the caller links its pad "sink", if there is one,
 *   and its pad "src", if there is one
 * @measure: whether frames are decoded
 * @memory: bytes of decoded frames that may wait
 * @error: PROGRAM_ERROR_DATA
 *
 * Returns: (transfer full) (nullable)
 */
TuneBranch *tune_branch_new (TuneStream *stream, guint number, TuneCut *cut,
    GstElement *pipeline, gboolean measure, guint64 memory, gint *moves,
    GError **error);
void tune_branch_free (TuneBranch *self);

/* Whether the encoder has all that it can get and gives nothing for it. */
gboolean tune_branch_holds (TuneBranch *self);

/* Whether as many decoded frames wait as may. */
gboolean tune_branch_is_full (TuneBranch *self);

/* Whether frames were refused.  @why: (out) (transfer full). */
gboolean tune_branch_refused (TuneBranch *self, gchar **why);

/* Sets the bytes of the outcome.  After the pipeline has stopped. */
void tune_branch_count (TuneBranch *self);

/* Adds a queue to @bin.  @buffers, @bytes: limits, 0 for none. */
GstElement *tune_queue_add (
    GstBin *bin, const gchar *name, guint buffers, guint64 bytes);

/* Sets the caps of the capsfilter @filter by @event, of caps: see
 * tune_given_format(). */
void tune_filter_set (GstElement *filter, GstEvent *event, gboolean deep);

/* Whether the queue has reached its limit of bytes. */
gboolean tune_queue_is_full (GstElement *queue);

G_END_DECLS

#endif /* TUNE_BRANCH_H */
