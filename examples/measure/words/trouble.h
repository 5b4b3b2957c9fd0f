/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why the process that measures ended before its work did, in words for the
 * user.
 */
#ifndef MEASURE_TROUBLE_H
#define MEASURE_TROUBLE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasureTroubleKind:
 * @MEASURE_TROUBLE_NONE: all is well
 * @MEASURE_TROUBLE_START: the process did not start
 * @MEASURE_TROUBLE_DIED: it crashed
 * @MEASURE_TROUBLE_STALLED: it hung
 */
typedef enum
{
  MEASURE_TROUBLE_NONE,
  MEASURE_TROUBLE_START,
  MEASURE_TROUBLE_DIED,
  MEASURE_TROUBLE_STALLED,
} MeasureTroubleKind;

/**
 * MeasureTrouble:
 * @kind: what happened
 *
 * The rest is for trouble.c.  Zeroed memory means no trouble.
 */
typedef struct
{
  MeasureTroubleKind kind;
  gchar *how;
  gchar *thread;
  guint still_ms;
  gchar *starving;
  gboolean no_threads;
  guint frames;
  GPtrArray *elements;
} MeasureTrouble;

void measure_trouble_clear (MeasureTrouble *self);

/* Takes notes of what the process says (measure/message.h). */
void measure_trouble_note_element (
    MeasureTrouble *self, const GstStructure *head);
void measure_trouble_note_standstill (
    MeasureTrouble *self, const GstStructure *head);

void measure_trouble_set_start (MeasureTrouble *self, const gchar *how);
void measure_trouble_set_stalled (MeasureTrouble *self, guint still_ms);

/* See child_describe_end(). */
void measure_trouble_set_died (
    MeasureTrouble *self, const gchar *how, const gchar *thread);

/* Returns: the number of the input that brought it about, -1 where nobody can
 * tell. */
gint measure_trouble_get_input (const MeasureTrouble *self);

/**
 * measure_trouble_describe:
 * @number: of the input that the text is for
 * @labels: of all inputs, NULL-terminated
 *
 * Returns: (transfer full): a sentence that begins with a file
 */
gchar *measure_trouble_describe (
    const MeasureTrouble *self, guint number, const gchar *const *labels);

/* Whether no thread can be started now: elements of GStreamer that need one
 * stand still then, and do not say why. */
gboolean measure_trouble_lacks_threads (void);

/* What follows the file's name then. */
#define MEASURE_TROUBLE_NO_THREADS                                             \
  "not enough threads can be started here: there is too little memory for "    \
  "them, or there are too many processes (ulimit -v and -u tell the limits)"

G_END_DECLS

#endif /* MEASURE_TROUBLE_H */
