/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a distorted stream looks bad for a while: alerts that begin and end.
 *
 * Four kinds, judged at each measured pair:
 *   above   the mean distance over the window is above a threshold
 *   below   the same, below a threshold (for similarities such as psnr)
 *   frozen  the distorted picture does not move while the reference does
 *   black   the distorted picture is black while the reference is not
 *
 * An excursion starts at the first pair that is judged bad and lasts until a
 * pair is judged good again: for a threshold, when the mean is back past it by
 * the hysteresis.  It covers the running times from its first pair to the end
 * of its latest one.  Once it covers the minimal duration the alert begins;
 * excursions that stay shorter give no alert.
 *
 * The window holds the pairs of the last so many nanoseconds, the newest one
 * included.  Up to PERCEPTUAL_ALERT_BUCKETS pairs it is exact; of more,
 * neighbours share a bucket and leave together, so that its old edge is early
 * by at most 1 / PERCEPTUAL_ALERT_BUCKETS of its length: memory is bounded
 * however long the window is.  Nothing is judged before the stream has run
 * for a window; after a hole as long as the window that time starts anew.
 *
 * Infinite values (psnr of identical frames) count as
 * PERCEPTUAL_ALERT_INFINITE.
 *
 * One thread at a time.
 */
#ifndef PERCEPTUAL_ALERT_H
#define PERCEPTUAL_ALERT_H

#include "measuring/record.h"

G_BEGIN_DECLS

#define PERCEPTUAL_MESSAGE_ALERT "perceptual-alert"

#define PERCEPTUAL_ALERT_BUCKETS 1024
#define PERCEPTUAL_ALERT_INFINITE 100.0

/* Thresholds that are off: no metric has values below -1, and a threshold
 * below 0 that all means are above is of no use. */
#define PERCEPTUAL_ALERT_ABOVE_OFF (-1.)
#define PERCEPTUAL_ALERT_BELOW_OFF (-1.)

typedef enum
{
  PERCEPTUAL_ALERT_ABOVE,
  PERCEPTUAL_ALERT_BELOW,
  PERCEPTUAL_ALERT_FROZEN,
  PERCEPTUAL_ALERT_BLACK,
  PERCEPTUAL_N_ALERTS,
} PerceptualAlertKind;

/**
 * PerceptualAlertSettings:
 * @above: means above it are bad, or PERCEPTUAL_ALERT_ABOVE_OFF
 * @below: means below it are bad, or PERCEPTUAL_ALERT_BELOW_OFF
 * @hysteresis: 0 or more, in the unit of the metric: an excursion ends at a
 *   mean of @above - @hysteresis or less, @below + @hysteresis or more
 * @window: ns, over which the mean is taken; 0 judges each pair by itself
 * @min_duration: ns, of the shortest excursion that gives an alert
 * @frozen: whether frozen pictures give alerts
 * @black: whether black pictures do
 */
typedef struct
{
  gdouble above;
  gdouble below;
  gdouble hysteresis;
  guint64 window;
  guint64 min_duration;
  gboolean frozen;
  gboolean black;
} PerceptualAlertSettings;

/**
 * PerceptualAlertEvent:
 * @kind: what is wrong
 * @begin: whether the alert begins; it ends otherwise
 * @at_end: it ends because the stream did, not because it looks good again
 * @threshold: that was crossed; NAN for frozen and black
 * @value: the mean that was judged last; the pair's distance for frozen and
 *   black
 * @since: running time of the first pair of the excursion, ns
 * @running_time: of the pair that made the alert begin or end, ns; at the end
 *   of the stream that of the last pair
 * @duration: what the excursion covers, ns: up to the end of the latest bad
 *   pair when the alert begins and at the end of the stream, up to the first
 *   good pair when it ends
 * @pairs: that were judged bad
 * @worst_index: index of the worst pair.  It is one of the excursion, or of
 *   the window that its first mean was taken over.
 * @worst_pts: timestamp of its reference frame, ns
 * @worst_distance: its distance: the highest for above, the lowest for below
 */
typedef struct
{
  PerceptualAlertKind kind;
  gboolean begin;
  gboolean at_end;
  gdouble threshold;
  gdouble value;
  GstClockTime since;
  GstClockTime running_time;
  GstClockTime duration;
  guint64 pairs;
  guint64 worst_index;
  GstClockTime worst_pts;
  gdouble worst_distance;
} PerceptualAlertEvent;

typedef struct _PerceptualAlerts PerceptualAlerts;

/* @lowest_is_worst: of a frozen or black excursion, for similarities such as
 * psnr. */
PerceptualAlerts *perceptual_alerts_new (
    const PerceptualAlertSettings *settings, gboolean lowest_is_worst);
void perceptual_alerts_free (PerceptualAlerts *alerts);

/* Judges by @settings from the next pair on.  Alerts that have begun go on; the
 * next pair that is judged good ends them.  Another window begins empty. */
void perceptual_alerts_change (
    PerceptualAlerts *alerts, const PerceptualAlertSettings *settings);

/**
 * perceptual_alerts_add:
 * @record: the next pair.  A running time before the last one's begins a new
 *   stream: open alerts end first, as by perceptual_alerts_end().
 * @n: (out): how many events
 *
 * Returns: (array length=n) (transfer none): what happened, in order; valid
 *   until the next call
 */
const PerceptualAlertEvent *perceptual_alerts_add (
    PerceptualAlerts *alerts, const PerceptualRecord *record, guint *n);

/* The stream ends, or is flushed: open alerts end, everything is forgotten.
 * As perceptual_alerts_add(). */
const PerceptualAlertEvent *perceptual_alerts_end (
    PerceptualAlerts *alerts, guint *n);

/* Returns: (transfer full): the fields of a perceptual-alert message.
 * @stream: name of the stream */
GstStructure *perceptual_alert_to_structure (const PerceptualAlertEvent *event,
    const gchar *stream, const PerceptualColumns *columns);

G_END_DECLS

#endif /* PERCEPTUAL_ALERT_H */
