/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Notices when a stream leaves what is acceptable, and when it is back.
 */
#include "report/alert.h"

#include <math.h>

/* A pair to look at. */
typedef struct
{
  gdouble value; /* finite */
  gdouble distance;
  guint64 index;
  GstClockTime pts;
} Sight;

typedef struct
{
  GstClockTime first; /* running time of the first pair */
  gdouble sum;
  guint64 n;
  Sight highest;
  Sight lowest;
} Bucket;

typedef struct
{
  guint64 length;       /* ns */
  guint64 width;        /* of a bucket, ns; rounded up so that all fit */
  GstClockTime started; /* running time of the first pair after a hole */
  Bucket *ring;
  guint size;
  guint head; /* the oldest bucket */
  guint n;
} Window;

typedef struct
{
  gboolean active; /* pairs are bad */
  gboolean told;   /* the alert has begun */
  GstClockTime since;
  guint64 pairs;
  Sight worst;
  gdouble value;
  gdouble threshold; /* of the latest bad pair; NAN without */
} Excursion;

struct _PerceptualAlerts
{
  PerceptualAlertSettings settings;
  gboolean lowest_is_worst;
  Window window;
  gboolean running; /* a pair was seen */
  GstClockTime last;
  GstClockTime last_end;
  Excursion excursions[PERCEPTUAL_N_ALERTS];
  /* Each kind may end and begin. */
  PerceptualAlertEvent events[2 * PERCEPTUAL_N_ALERTS];
  guint n_events;
};

static void
window_begin (Window *self, guint64 length)
{
  g_free (self->ring);
  *self = (Window){
    .length = length,
    .width = length / PERCEPTUAL_ALERT_BUCKETS
        + (length % PERCEPTUAL_ALERT_BUCKETS != 0),
    .size = length > 0 ? PERCEPTUAL_ALERT_BUCKETS : 1,
  };
  self->ring = g_new0 (Bucket, self->size);
}

PerceptualAlerts *
perceptual_alerts_new (
    const PerceptualAlertSettings *settings, gboolean lowest_is_worst)
{
  PerceptualAlerts *self = g_new0 (PerceptualAlerts, 1);

  self->settings = *settings;
  self->lowest_is_worst = lowest_is_worst;
  window_begin (&self->window, settings->window);
  return self;
}

void
perceptual_alerts_change (
    PerceptualAlerts *self, const PerceptualAlertSettings *settings)
{
  if (settings->window != self->settings.window)
    window_begin (&self->window, settings->window);
  self->settings = *settings;
}

void
perceptual_alerts_free (PerceptualAlerts *self)
{
  if (self == NULL)
    return;
  g_free (self->window.ring);
  g_free (self);
}

/* --- window -------------------------------------------------------------- */

static Bucket *
bucket_at (const Window *self, guint i)
{
  return &self->ring[(self->head + i) % self->size];
}

static void
window_expire (Window *self, GstClockTime now)
{
  while (self->n > 0 && now - bucket_at (self, 0)->first >= self->length) {
    self->head = (self->head + 1) % self->size;
    self->n--;
  }
}

static void
window_add (Window *self, GstClockTime now, const Sight *sight)
{
  Bucket *last;

  window_expire (self, now);
  if (self->n == 0)
    self->started = now;
  last = self->n > 0 ? bucket_at (self, self->n - 1) : NULL;
  if (last == NULL || now - last->first >= self->width) {
    last = bucket_at (self, self->n++);
    *last = (Bucket){ .first = now, .highest = *sight, .lowest = *sight };
  }
  last->sum += sight->value;
  last->n++;
  if (sight->value > last->highest.value)
    last->highest = *sight;
  if (sight->value < last->lowest.value)
    last->lowest = *sight;
}

static gdouble
window_mean (const Window *self)
{
  gdouble sum = 0;
  guint64 n = 0;

  /* Summed anew, so that rounding does not pile up over weeks. */
  for (guint i = 0; i < self->n; i++) {
    sum += bucket_at (self, i)->sum;
    n += bucket_at (self, i)->n;
  }
  return sum / (gdouble) n;
}

static Sight
window_worst (const Window *self, gboolean lowest)
{
  Sight worst =
      lowest ? bucket_at (self, 0)->lowest : bucket_at (self, 0)->highest;

  for (guint i = 1; i < self->n; i++) {
    const Bucket *bucket = bucket_at (self, i);

    if (lowest && bucket->lowest.value < worst.value)
      worst = bucket->lowest;
    if (!lowest && bucket->highest.value > worst.value)
      worst = bucket->highest;
  }
  return worst;
}

/* --- excursions ---------------------------------------------------------- */

static gdouble
threshold_of (const PerceptualAlerts *self, PerceptualAlertKind kind)
{
  if (kind == PERCEPTUAL_ALERT_ABOVE)
    return self->settings.above;
  return kind == PERCEPTUAL_ALERT_BELOW ? self->settings.below : NAN;
}

/* A threshold that was turned off ends the alert by what it was before. */
static gdouble
threshold_to_tell (const PerceptualAlerts *self, PerceptualAlertKind kind)
{
  gdouble threshold = threshold_of (self, kind);

  return threshold == PERCEPTUAL_ALERT_ABOVE_OFF
          || threshold == PERCEPTUAL_ALERT_BELOW_OFF
      ? self->excursions[kind].threshold
      : threshold;
}

static void
add_event (PerceptualAlerts *self, PerceptualAlertKind kind, gboolean begin,
    gboolean at_end, GstClockTime until)
{
  const Excursion *excursion = &self->excursions[kind];

  self->events[self->n_events++] = (PerceptualAlertEvent){
    .kind = kind,
    .begin = begin,
    .at_end = at_end,
    .threshold = threshold_to_tell (self, kind),
    .value = excursion->value,
    .since = excursion->since,
    .running_time = self->last,
    .duration = until - excursion->since,
    .pairs = excursion->pairs,
    .worst_index = excursion->worst.index,
    .worst_pts = excursion->worst.pts,
    .worst_distance = excursion->worst.distance,
  };
}

/* @bad: what the newest pair, which @sight shows, was judged by @value;
 * @worst: the worst one so far if the excursion starts here */
static void
judge (PerceptualAlerts *self, PerceptualAlertKind kind, gboolean bad,
    gdouble value, const Sight *sight, const Sight *worst)
{
  Excursion *excursion = &self->excursions[kind];
  gboolean lowest = kind == PERCEPTUAL_ALERT_BELOW
      || (kind != PERCEPTUAL_ALERT_ABOVE && self->lowest_is_worst);

  if (!bad && !excursion->active)
    return;
  excursion->value = value;
  if (!bad) {
    if (excursion->told)
      add_event (self, kind, FALSE, FALSE, self->last);
    *excursion = (Excursion){ 0 };
    return;
  }
  if (!excursion->active) {
    excursion->active = TRUE;
    excursion->since = self->last;
    excursion->worst = *worst;
  }
  excursion->threshold = threshold_of (self, kind);
  excursion->pairs++;
  if (lowest ? sight->value < excursion->worst.value
             : sight->value > excursion->worst.value)
    excursion->worst = *sight;
  if (!excursion->told
      && self->last_end - excursion->since >= self->settings.min_duration) {
    excursion->told = TRUE;
    add_event (self, kind, TRUE, FALSE, self->last_end);
  }
}

static void
judge_thresholds (PerceptualAlerts *self, const Sight *sight)
{
  const PerceptualAlertSettings *settings = &self->settings;
  const Window *window = &self->window;
  gdouble value = sight->value;
  gdouble above = settings->above >= 0 ? settings->above : INFINITY;
  gdouble below = settings->below > PERCEPTUAL_ALERT_BELOW_OFF ? settings->below
                                                               : -INFINITY;
  Sight highest = *sight, lowest = *sight;

  if (settings->window > 0) {
    if (self->last_end - window->started < settings->window)
      return;
    value = window_mean (window);
    highest = window_worst (window, FALSE);
    lowest = window_worst (window, TRUE);
  }
  if (self->excursions[PERCEPTUAL_ALERT_ABOVE].active)
    above -= settings->hysteresis;
  if (self->excursions[PERCEPTUAL_ALERT_BELOW].active)
    below += settings->hysteresis;
  judge (self, PERCEPTUAL_ALERT_ABOVE, value > above, value, sight, &highest);
  judge (self, PERCEPTUAL_ALERT_BELOW, value < below, value, sight, &lowest);
}

/* Ends what is open, and forgets. */
static void
finish (PerceptualAlerts *self)
{
  for (guint kind = 0; kind < PERCEPTUAL_N_ALERTS; kind++) {
    if (self->excursions[kind].told)
      add_event (self, kind, FALSE, TRUE, self->last_end);
    self->excursions[kind] = (Excursion){ 0 };
  }
  self->window.n = 0;
  self->running = FALSE;
}

const PerceptualAlertEvent *
perceptual_alerts_add (
    PerceptualAlerts *self, const PerceptualRecord *record, guint *n)
{
  const PerceptualAlertSettings *settings = &self->settings;
  GstClockTime now = record->running_time;
  Sight sight = {
    .value = isfinite (record->distance) ? record->distance
                                         : PERCEPTUAL_ALERT_INFINITE,
    .distance = record->distance,
    .index = record->index,
    .pts = record->reference_pts,
  };

  self->n_events = 0;
  if (self->running && now < self->last)
    finish (self);
  self->running = TRUE;
  self->last = now;
  self->last_end =
      now + (GST_CLOCK_TIME_IS_VALID (record->duration) ? record->duration : 0);
  if (settings->window > 0)
    window_add (&self->window, now, &sight);
  judge_thresholds (self, &sight);
  judge (self, PERCEPTUAL_ALERT_FROZEN, settings->frozen && record->frozen,
      sight.value, &sight, &sight);
  judge (self, PERCEPTUAL_ALERT_BLACK, settings->black && record->black,
      sight.value, &sight, &sight);
  *n = self->n_events;
  return self->events;
}

const PerceptualAlertEvent *
perceptual_alerts_end (PerceptualAlerts *self, guint *n)
{
  self->n_events = 0;
  finish (self);
  *n = self->n_events;
  return self->events;
}

/* --- fields -------------------------------------------------------------- */

GstStructure *
perceptual_alert_to_structure (const PerceptualAlertEvent *event,
    const gchar *stream, const PerceptualColumns *columns)
{
  static const gchar *const kinds[] = { "above", "below", "frozen", "black" };
  GstStructure *structure;
  g_autoptr (GstStructure) worst = NULL;

  /* One field a line. */
  /* clang-format off */
  structure = gst_structure_new (PERCEPTUAL_MESSAGE_ALERT,
      "stream", G_TYPE_STRING, stream,
      "metric", G_TYPE_STRING, columns->metric,
      "kind", G_TYPE_STRING, kinds[event->kind],
      "state", G_TYPE_STRING, event->begin ? "begin" : "end",
      "at-end", G_TYPE_BOOLEAN, event->at_end,
      "value", G_TYPE_DOUBLE, event->value,
      "since", G_TYPE_UINT64, event->since,
      "running-time", G_TYPE_UINT64, event->running_time,
      "duration", G_TYPE_UINT64, event->duration,
      "pairs", G_TYPE_UINT64, event->pairs,
      NULL);
  if (!isnan (event->threshold))
    gst_structure_set (structure,
        "threshold", G_TYPE_DOUBLE, event->threshold,
        NULL);
  worst = gst_structure_new ("worst",
      "index", G_TYPE_UINT64, event->worst_index,
      "pts", G_TYPE_UINT64, event->worst_pts,
      "distance", G_TYPE_DOUBLE, event->worst_distance,
      NULL);
  /* clang-format on */
  gst_structure_set (structure, "worst", GST_TYPE_STRUCTURE, worst, NULL);
  return structure;
}
