/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a connection is to measure, and the messages between it and the
 * program: structures as of measure/message.h, besides the lines of the
 * measuring element's log, which begin with a bracket.
 */
#ifndef MONITOR_ORDER_H
#define MONITOR_ORDER_H

#include "measure/settings.h"

G_BEGIN_DECLS

#define MONITOR_ROLE "monitor"

/* Messages of the program. */
#define MONITOR_ASKS_MEASURE "measure" /* a MonitorOrder */
#define MONITOR_ASKS_CHANGE "change"   /* settings */
#define MONITOR_ASKS_STOP "stop"

/* Messages of the connection. */
#define MONITOR_SAYS_TOTALS "totals"   /* MonitorTotals */
#define MONITOR_SAYS_INPUTS "inputs"   /* reference, distorted: frames */
#define MONITOR_SAYS_WORST "worst"     /* stream, distance; after its photos */
#define MONITOR_SAYS_WARNING "warning" /* text */
#define MONITOR_SAYS_FAILED "failed"   /* text, measuring, hopeless */
#define MONITOR_SAYS_ENDED "ended"     /* the inputs did */

/**
 * MonitorPlace:
 * @text: (nullable): a file, a URI or a description as of gst-launch
 * @launch: whether it is a description
 *
 * Where a stream comes from.
 */
typedef struct
{
  gchar *text;
  gboolean launch;
} MonitorPlace;

/**
 * MonitorOrder:
 * @reference: where the reference comes from
 * @distorted: where the distorted stream comes from; without text where
 *   encoders make the distorted streams
 * @encoders: (array zero-terminated=1) (nullable): descriptions of elements
 *   that encode the reference
 * @size: longest side of the pictures of worst pairs, 0 for none
 */
typedef struct
{
  MonitorPlace reference;
  MonitorPlace distorted;
  gchar **encoders;
  guint size;
} MonitorOrder;

void monitor_order_clear (MonitorOrder *self);

/* Returns: how many distorted streams there are. */
guint monitor_order_count_streams (const MonitorOrder *self);

/* Returns: (transfer full): the message. */
gchar *monitor_order_write (
    const MonitorOrder *self, const MeasureSettings *settings);

/* Fills in both.  Returns: FALSE where @head is no order. */
gboolean monitor_order_read (
    MonitorOrder *self, const GstStructure *head, MeasureSettings *settings);

/**
 * MonitorTotals:
 * @stream: number of the distorted stream
 * @pairs: frames that found their partner
 * @skipped: see MonitorStream, like all that follow
 * @bytes: of the encoder
 * @lag: s; negative while it is not known
 * @synced: whether an offset is known
 * @sync_offset: s
 * @sync_confidence: 0..1; negative where it is not known
 *
 * What has become of the frames of one stream since its connection began.
 */
typedef struct
{
  guint stream;
  guint64 pairs;
  guint64 skipped;
  guint64 unselected;
  guint64 misaligned;
  guint64 unsure;
  guint64 unmatched_reference;
  guint64 unmatched_distorted;
  guint64 late;
  guint64 gaps;
  guint64 bytes;
  gdouble lag;
  gboolean synced;
  gdouble sync_offset;
  gdouble sync_confidence;
} MonitorTotals;

/* Returns: (transfer full): the message. */
gchar *monitor_totals_write (const MonitorTotals *self);
void monitor_totals_read (MonitorTotals *self, const GstStructure *head);

G_END_DECLS

#endif /* MONITOR_ORDER_H */
