/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The messages between the program and the process that measures for it, as
 * texts of a line or two: a structure, and after it perhaps a summary.
 */
#ifndef MEASURE_MESSAGE_H
#define MEASURE_MESSAGE_H

#include "measure/crop.h"
#include "measure/moment.h"
#include "measure/run.h"

G_BEGIN_DECLS

/* Names of the messages. */
#define MEASURE_SAYS_READY "ready"
#define MEASURE_SAYS_ALIVE "alive"       /* see measure_activity_look() */
#define MEASURE_SAYS_ELEMENT "element"   /* MeasureElement */
#define MEASURE_SAYS_PAIRS "pairs"       /* count, part */
#define MEASURE_SAYS_WARNING "warning"   /* text */
#define MEASURE_SAYS_NOTE "note"         /* text */
#define MEASURE_SAYS_SNAPSHOT "snapshot" /* number, and a summary */
#define MEASURE_SAYS_TIMELINE                                                  \
  "timeline" /* number, a piece of a timeline,
                                              and perhaps its header */
#define MEASURE_SAYS_PHOTO                                                     \
  "photo" /* view, width, height, a piece of
                                              its data */
#define MEASURE_SAYS_MOMENT                                                    \
  "moment"                                 /* the end: cut-left, cut-top,
                                              perhaps problem */
#define MEASURE_SAYS_INSPECTED "inspected" /* the end: a MeasureInput */
#define MEASURE_SAYS_RESULT "result"       /* a MeasureResult */
#define MEASURE_SAYS_DONE "done"           /* the end of results */
#define MEASURE_SAYS_BARS "bars"           /* the end: MeasureBars */
#define MEASURE_ASKS_BARS "look"           /* a MeasureBarsRequest */
#define MEASURE_ASKS_INSPECT "inspect"     /* path */
#define MEASURE_ASKS_MEASURE "measure"     /* a MeasureOrder */
#define MEASURE_ASKS_MOMENT "show"         /* a MeasureMomentOrder */
#define MEASURE_ASKS_STOP "stop"

/**
 * measure_message_write:
 * @head: (transfer full): the message itself
 * @summary: (nullable): a summary to follow it
 *
 * Returns: (transfer full): the text
 */
gchar *measure_message_write (GstStructure *head, const GstStructure *summary);

/* @summary: (out) (optional) (nullable) (transfer full).  Returns: (transfer
 * full) (nullable): the head, NULL where @text is not a message. */
GstStructure *measure_message_read (const gchar *text, GstStructure **summary);

/* Texts may be in any encoding, and NULL. */
void measure_message_set_text (
    GstStructure *head, const gchar *name, const gchar *text);
/* Returns: (transfer full) (nullable). */
gchar *measure_message_get_text (const GstStructure *head, const gchar *name);

/* Returns: (transfer full). */
GstStructure *measure_message_of_input (
    const gchar *name, const MeasureInput *input);
MeasureInput *measure_message_to_input (const GstStructure *fields);

/* Of all but the file and the summary.  Returns: (transfer full). */
GstStructure *measure_message_of_result (
    const MeasureResult *result, guint number);
void measure_message_to_result (
    const GstStructure *head, MeasureResult *result);

/* Puts all settings into fields of @head. */
void measure_message_set_settings (
    GstStructure *head, const MeasureSettings *settings);
/* Adds them to @settings.  Returns: FALSE where one is not valid. */
gboolean measure_message_get_settings (
    const GstStructure *head, MeasureSettings *settings);

/* Of all that can be sent.  Returns: (transfer full). */
GstStructure *measure_message_of_order (const MeasureOrder *order);

/**
 * measure_message_to_order:
 * @order: filled in but for its settings, its activity and what belongs to the
 *   process; clear it by measure_message_clear_order()
 * @settings: where the settings go
 *
 * Returns: FALSE where @head is not an order
 */
gboolean measure_message_to_order (
    const GstStructure *head, MeasureOrder *order, MeasureSettings *settings);
void measure_message_clear_order (MeasureOrder *order);

/* Of a request for black bars, all that can be sent; the input is the
 * caller's.  Returns: (transfer full). */
GstStructure *measure_message_of_bars_request (
    const MeasureBarsRequest *request);
/* Returns: FALSE where @head is not a request. */
gboolean measure_message_to_bars_request (
    const GstStructure *head, MeasureBarsRequest *request);
GstStructure *measure_message_of_bars (const MeasureBars *bars);
void measure_message_to_bars (const GstStructure *head, MeasureBars *bars);

/* The same for a moment. */
GstStructure *measure_message_of_moment_order (const MeasureMomentOrder *order);
gboolean measure_message_to_moment_order (const GstStructure *head,
    MeasureMomentOrder *order, MeasureSettings *settings);
void measure_message_clear_moment_order (MeasureMomentOrder *order);

/* Photos go in pieces: @from is where in the data this one begins.  Returns:
 * (transfer full) (nullable): NULL at the end. */
GstStructure *measure_message_of_photo (
    const MeasurePhoto *photo, MeasureView view, gsize from);
/* How much of the data a piece has. */
#define MEASURE_PHOTO_PIECE 60000
/* Adds a piece. */
void measure_message_to_photo (const GstStructure *head, MeasureMoment *moment);

G_END_DECLS

#endif /* MEASURE_MESSAGE_H */
