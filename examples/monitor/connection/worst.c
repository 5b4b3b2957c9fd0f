/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keeps the latest frames of each input until it is known what they were worth.
 */
#include "monitor/connection/worst.h"

#include <math.h>

/* The measuring element holds four frames of a stream, and what a network's
 * latency brings more. */
#define FRAMES 64
#define MOST_BYTES (64u << 20)
#define FEWEST 6

typedef struct
{
  guint64 pts;
  gint64 arrival; /* monotonic, us */
  gsize bytes;
  GstSample *sample; /* (nullable) */
} Held;

typedef struct
{
  Held frames[FRAMES]; /* a ring */
  guint first;
  guint n;
  gsize bytes;
} Ring;

struct _MonitorWorst
{
  GMutex lock; /* guards all */
  Ring *rings;
  guint inputs;
  gboolean lowest;
  gboolean pictures;
  gdouble *lags; /* by stream */
  MonitorPair *worst;
  gdouble distance;   /* of the worst one, also after it was taken */
  guint64 window_end; /* of the last window that ended, ns of running time */
};

void
monitor_pair_free (MonitorPair *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->reference, gst_sample_unref);
  g_clear_pointer (&self->distorted, gst_sample_unref);
  g_free (self);
}

MonitorWorst *
monitor_worst_new (guint streams, gboolean lowest, gboolean pictures)
{
  MonitorWorst *self = g_new0 (MonitorWorst, 1);

  g_mutex_init (&self->lock);
  self->inputs = 1 + streams;
  self->rings = g_new0 (Ring, self->inputs);
  self->lags = g_new (gdouble, streams);
  for (guint i = 0; i < streams; i++)
    self->lags[i] = -1;
  self->lowest = lowest;
  self->pictures = pictures;
  self->distance = NAN;
  return self;
}

/* --- the latest frames --------------------------------------------------- */

static void
drop_first (Ring *ring)
{
  Held *held = &ring->frames[ring->first];

  ring->bytes -= held->bytes;
  g_clear_pointer (&held->sample, gst_sample_unref);
  ring->first = (ring->first + 1) % FRAMES;
  ring->n--;
}

/* A decoder with few buffers must not wait for those that are held here. */
static gboolean
is_scarce (GstBuffer *buffer)
{
  GstStructure *config;
  guint most = 0;

  if (buffer->pool == NULL)
    return FALSE;
  config = gst_buffer_pool_get_config (buffer->pool);
  gst_buffer_pool_config_get_params (config, NULL, NULL, NULL, &most);
  gst_structure_free (config);
  return most > 0;
}

static GstSample *
make_sample (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstBuffer) own = is_scarce (buffer) ? gst_buffer_copy_deep (buffer)
                                                 : gst_buffer_ref (buffer);

  return gst_sample_new (own, caps, NULL, NULL);
}

void
monitor_worst_add_frame (
    MonitorWorst *self, guint input, GstPad *pad, GstBuffer *buffer)
{
  Ring *ring = &self->rings[input];
  Held held = {
    .pts = GST_BUFFER_PTS (buffer),
    .arrival = g_get_monotonic_time (),
    .bytes = self->pictures ? gst_buffer_get_size (buffer) : 0,
    .sample = self->pictures ? make_sample (pad, buffer) : NULL,
  };

  g_mutex_lock (&self->lock);
  while (ring->n == FRAMES
      || (ring->n >= FEWEST && ring->bytes + held.bytes > MOST_BYTES))
    drop_first (ring);
  ring->frames[(ring->first + ring->n) % FRAMES] = held;
  ring->n++;
  ring->bytes += held.bytes;
  g_mutex_unlock (&self->lock);
}

static const Held *
find (const Ring *ring, guint64 pts)
{
  for (guint i = 0; i < ring->n; i++) {
    const Held *held = &ring->frames[(ring->first + i) % FRAMES];

    if (held->pts == pts)
      return held;
  }
  return NULL;
}

/* Frames before this one do not come to be measured any more. */
static void
forget_before (Ring *ring, guint64 pts)
{
  if (find (ring, pts) == NULL)
    return;
  while (ring->frames[ring->first].pts != pts)
    drop_first (ring);
}

/* --- pairs --------------------------------------------------------------- */

/* One that is infinitely far apart is worse than all, and one that is equal is
 * no worse. */
static gboolean
is_worse (const MonitorWorst *self, gdouble distance)
{
  if (isnan (distance))
    return FALSE;
  if (isnan (self->distance))
    return TRUE;
  return self->lowest ? distance < self->distance : distance > self->distance;
}

static void
keep (MonitorWorst *self, guint stream, const Held *reference,
    const Held *distorted, gdouble distance)
{
  MonitorPair *pair = g_new0 (MonitorPair, 1);

  pair->reference = gst_sample_ref (reference->sample);
  pair->distorted = gst_sample_ref (distorted->sample);
  pair->stream = stream;
  pair->distance = distance;
  monitor_pair_free (self->worst);
  self->worst = pair;
  self->distance = distance;
}

void
monitor_worst_add_pair (MonitorWorst *self, guint stream, guint64 reference_pts,
    guint64 distorted_pts, gdouble distance)
{
  const Held *reference, *distorted;
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  reference = find (&self->rings[0], reference_pts);
  distorted = find (&self->rings[1 + stream], distorted_pts);
  if (reference != NULL && distorted != NULL) {
    self->lags[stream] =
        (gdouble) (now - MAX (reference->arrival, distorted->arrival))
        / G_USEC_PER_SEC;
    if (self->pictures && is_worse (self, distance))
      keep (self, stream, reference, distorted, distance);
  }
  forget_before (&self->rings[1 + stream], distorted_pts);
  /* Other streams may be behind this one. */
  if (self->inputs == 2)
    forget_before (&self->rings[0], reference_pts);
  g_mutex_unlock (&self->lock);
}

gdouble
monitor_worst_get_lag (MonitorWorst *self, guint stream)
{
  gdouble lag;

  g_mutex_lock (&self->lock);
  lag = self->lags[stream];
  g_mutex_unlock (&self->lock);
  return lag;
}

MonitorPair *
monitor_worst_take (MonitorWorst *self, guint64 window_end)
{
  MonitorPair *pair = NULL;

  g_mutex_lock (&self->lock);
  if (window_end == 0 || window_end > self->window_end)
    pair = g_steal_pointer (&self->worst);
  if (window_end > self->window_end) {
    self->window_end = window_end;
    self->distance = NAN;
  }
  g_mutex_unlock (&self->lock);
  return pair;
}

void
monitor_worst_free (MonitorWorst *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->inputs; i++) {
    while (self->rings[i].n > 0)
      drop_first (&self->rings[i]);
  }
  monitor_pair_free (self->worst);
  g_free (self->rings);
  g_free (self->lags);
  g_mutex_clear (&self->lock);
  g_free (self);
}
