/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is counted of one stream.
 */
#include "monitor/state/inside.h"

#include "perceptual.h"

#include <math.h>
#include <string.h>

/* Fewer frames than these say nothing about a share of them. */
#define FEWEST_FRAMES 20
/* Nor does less than this part of the time that is looked at. */
#define LEAST_PART .5

/* Lines of pairs are seldom where they are farther apart. */
#define SELDOM_USEC G_USEC_PER_SEC

void
monitor_bounds_of_metric (const gchar *metric, gdouble *bounds)
{
  const PerceptualMetricInfo *info =
      perceptual_specification_parse (metric, NULL, NULL);
  gboolean similarity =
      info != NULL && (info->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
  gdouble top = info != NULL && info->map_maximum > 0 ? info->map_maximum : 1;

  for (guint i = 0; i < MONITOR_N_BUCKETS; i++) {
    if (similarity && strcmp (info->name, "psnr") == 0)
      bounds[i] = 20 + 2.5 * i;
    else if (similarity)
      bounds[i] = 1 - ldexp (1, -(gint) i - 1);
    else
      bounds[i] = ldexp (top, (gint) i - MONITOR_N_BUCKETS + 2);
  }
}

void
monitor_track_set_column (MonitorTrack *track, const gchar *name, gdouble value)
{
  MonitorStream *known = &track->known;

  for (guint i = 0; i < known->n_columns; i++) {
    if (strcmp (known->columns[i].name, name) != 0)
      continue;
    known->columns[i].last = value;
    return;
  }
  known->columns =
      g_renew (MonitorColumn, known->columns, known->n_columns + 1);
  known->columns[known->n_columns++] =
      (MonitorColumn){ .name = g_strdup (name), .last = value };
}

static void
count_bucket (
    MonitorStream *known, const MonitorSnapshot *about, gdouble distance)
{
  guint i = 0;

  while (i < MONITOR_N_BUCKETS && !(distance <= about->bounds[i]))
    i++;
  known->buckets[i]++;
}

void
monitor_track_add_pair (MonitorTrack *track, const MonitorSnapshot *known,
    gdouble distance, gboolean frozen, gboolean black, gint64 now)
{
  MonitorStream *stream = &track->known;

  stream->measured++;
  stream->frozen += frozen ? 1 : 0;
  stream->black += black ? 1 : 0;
  stream->last_pair = monitor_now ();
  stream->up = TRUE;
  track->last_pair = now;
  count_bucket (stream, known, distance);
  if (!isfinite (distance))
    return;
  stream->sum += distance;
  track->point_max =
      track->point_pairs == 0 ? distance : MAX (track->point_max, distance);
  track->point_sum += distance;
  track->point_pairs++;
}

static void
update_trends (MonitorTrack *track, gint64 now)
{
  const MonitorTotals *totals = &track->totals;
  guint64 unmatched =
      totals->unmatched_reference + totals->unmatched_distorted + totals->late;
  const guint64 partners[MONITOR_TREND_COUNTS] = { 2 * totals->pairs,
    unmatched };
  const guint64 bytes[MONITOR_TREND_COUNTS] = { totals->bytes };
  guint64 growth[MONITOR_TREND_COUNTS];
  gint64 span;

  /* What waits until an offset is found is not lost. */
  if (totals->pairs == 0)
    monitor_trend_clear (&track->partners);
  monitor_trend_add (&track->partners, now, partners);
  monitor_trend_add (&track->bytes, now, bytes);
  span = monitor_trend_get (&track->bytes, growth);
  track->known.kbits = totals->bytes > 0 && span > 0
      ? (gdouble) growth[0] * 8e3 / (gdouble) span
      : NAN;
}

void
monitor_track_take_totals (
    MonitorTrack *track, const MonitorTotals *totals, gint64 now)
{
  MonitorStream *known = &track->known;
  const MonitorStream *base = &track->base;

  /* Where few pairs are chosen, the others show that it gets on, too. */
  if (totals->pairs > track->totals.pairs && track->last_pair != 0
      && now - track->last_pair > SELDOM_USEC)
    track->last_pair = now;
  track->totals = *totals;
  known->skipped = base->skipped + totals->skipped;
  known->unselected = base->unselected + totals->unselected;
  known->misaligned = base->misaligned + totals->misaligned;
  known->unsure = base->unsure + totals->unsure;
  known->unmatched[MONITOR_REFERENCE] =
      base->unmatched[MONITOR_REFERENCE] + totals->unmatched_reference;
  known->unmatched[MONITOR_DISTORTED] =
      base->unmatched[MONITOR_DISTORTED] + totals->unmatched_distorted;
  known->late = base->late + totals->late;
  known->gaps = base->gaps + totals->gaps;
  known->bytes = base->bytes + totals->bytes;
  known->sync_offset = totals->synced ? totals->sync_offset : NAN;
  known->sync_confidence =
      totals->sync_confidence >= 0 ? totals->sync_confidence : NAN;
  known->lag = totals->lag >= 0 ? totals->lag : NAN;
  update_trends (track, now);
}

gdouble
monitor_track_get_unmatched (const MonitorTrack *track)
{
  guint64 growth[MONITOR_TREND_COUNTS] = { 0 };
  gint64 span = monitor_trend_get (&track->partners, growth);
  guint64 frames = growth[0] + growth[1];

  if ((gdouble) span < LEAST_PART * (gdouble) track->partners.span
      || frames < FEWEST_FRAMES)
    return -1;
  return (gdouble) growth[1] / (gdouble) frames;
}

void
monitor_track_forget (MonitorTrack *track)
{
  MonitorStream *known = &track->known;

  known->up = FALSE;
  for (guint i = 0; i < known->n_columns; i++)
    known->columns[i].last = NAN;
  known->window_pairs = 0;
  known->window_mean = known->window_p95 = known->window_max = NAN;
  known->kbits = known->lag = NAN;
  known->sync_offset = known->sync_confidence = NAN;
}

void
monitor_track_begin (MonitorTrack *track)
{
  track->base = track->known;
  track->totals = (MonitorTotals){ .lag = -1 };
  track->last_pair = 0;
  track->has_header = FALSE;
  monitor_trend_clear (&track->bytes);
  monitor_trend_clear (&track->partners);
  monitor_track_forget (track);
}

void
monitor_track_clear (MonitorTrack *track)
{
  MonitorStream *known = &track->known;

  for (guint i = 0; i < known->n_columns; i++)
    g_free (known->columns[i].name);
  g_free (known->columns);
  g_free (known->label);
}
