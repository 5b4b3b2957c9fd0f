/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a pipeline gets on, and which element is at work: for a process that
 * is watched from outside.
 */
#ifndef MEASURE_ACTIVITY_H
#define MEASURE_ACTIVITY_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _MeasureActivity MeasureActivity;

/**
 * MeasureElement:
 * @input: number of the input: 0 is the reference, or the only one
 * @kind: "demuxer" or "decoder"
 * @factory: as "avdec_h264"
 * @name: of this one, as "avdec_h264-0"
 *
 * An element that reads an input.
 */
typedef struct
{
  guint input;
  const gchar *kind;
  const gchar *factory;
  const gchar *name;
} MeasureElement;

/* Called in threads of the pipeline. */
typedef void (*MeasureElementFunc) (
    const MeasureElement *element, gpointer user);

/* Threads that decode input N, and those that they start, are called so. */
#define MEASURE_THREAD_OF_INPUT "input"

MeasureActivity *measure_activity_new (MeasureElementFunc func, gpointer user);
void measure_activity_free (MeasureActivity *self);

/* All of the following accept NULL for @self, and then do nothing. */

/**
 * measure_activity_watch_input:
 * @number: see MeasureElement
 * @bin: decodes it
 * @target: gets the frames; where it belongs to a queue, that tells whether
 *   frames are wanting
 *
 * Before @bin starts.
 */
void measure_activity_watch_input (MeasureActivity *self, guint number,
    const gchar *uri, GstElement *bin, GstPad *target);

/* @measure: the measuring element, which is asked whether it is at work */
void measure_activity_watch_measure (
    MeasureActivity *self, GstElement *measure);

/* A file that is written, or - for standard output: if that is a pipe, its
 * reader may take his time. */
void measure_activity_watch_output (MeasureActivity *self, const gchar *path);

/* Something happened.  From any thread. */
void measure_activity_note (MeasureActivity *self);

/* Work of our own begins or ends in which nothing flows. */
void measure_activity_set_busy (MeasureActivity *self, gboolean busy);

/* The pipeline is gone. */
void measure_activity_forget (MeasureActivity *self);

#define MEASURE_LOOK_MS 250

/**
 * MeasureLook:
 * @moved: something got on since the last look
 * @stuck: nothing has moved for so long, and in such a way, that nothing will
 *   again; where FALSE, nobody can tell
 * @starving: (owned): numbers of the inputs from which neither frames nor the
 *   end come, as "0 2"
 * @frames: frames that came from the first of them
 */
typedef struct
{
  gboolean moved;
  gboolean stuck;
  gchar *starving;
  guint frames;
} MeasureLook;

/* From one thread, every MEASURE_LOOK_MS.  Clear by g_free (starving). */
MeasureLook measure_activity_look (MeasureActivity *self);

/* Returns: (transfer full) (nullable): what has been measured of a distorted
 * stream, NULL if nothing was. */
GstStructure *measure_activity_get_summary (
    MeasureActivity *self, guint stream);

G_END_DECLS

#endif /* MEASURE_ACTIVITY_H */
