/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Gathers the outcomes of the pairers of several distorted streams into rows.
 * Works on times and opaque frames, without GStreamer.
 */
#include "pairing/lineup.h"

struct _PerceptualLineup
{
  guint n;
  gint64 tolerance;
  PerceptualPairer **pairers;
  guint64 *pairs;    /* of each stream so far */
  gboolean *margins; /* of each stream: ignored */
  PerceptualLineupRef ref;
  GDestroyNotify unref;
  GQueue open;  /* of PerceptualRow, in the order of arrival */
  GQueue ready; /* of PerceptualRow, to be handed out */
};

PerceptualLineup *
perceptual_lineup_new (
    guint n, gint64 tolerance, PerceptualLineupRef ref, GDestroyNotify unref)
{
  PerceptualLineup *self = g_new0 (PerceptualLineup, 1);

  self->n = n;
  self->tolerance = tolerance;
  self->ref = ref;
  self->unref = unref;
  self->pairs = g_new0 (guint64, n);
  self->margins = g_new0 (gboolean, n);
  self->pairers = g_new0 (PerceptualPairer *, n);
  for (guint i = 0; i < n; i++)
    self->pairers[i] = perceptual_pairer_new (tolerance, unref);
  g_queue_init (&self->open);
  g_queue_init (&self->ready);
  return self;
}

void
perceptual_lineup_free (PerceptualLineup *self)
{
  if (self == NULL)
    return;
  perceptual_lineup_flush (self);
  for (guint i = 0; i < self->n; i++)
    perceptual_pairer_free (self->pairers[i]);
  g_free (self->pairers);
  g_free (self->pairs);
  g_free (self->margins);
  g_free (self);
}

static PerceptualRow *
row_new (PerceptualLineup *self, gpointer reference)
{
  PerceptualRow *row = g_new0 (PerceptualRow, 1);

  row->reference = reference;
  row->unref = self->unref;
  row->n = row->open = self->n;
  row->matches = g_new0 (PerceptualMatch, self->n);
  g_queue_init (&row->leftovers);
  return row;
}

void
perceptual_row_free (PerceptualRow *row)
{
  PerceptualRow *leftover;

  if (row == NULL)
    return;
  while ((leftover = g_queue_pop_head (&row->leftovers)) != NULL)
    perceptual_row_free (leftover);
  for (guint i = 0; i < row->n; i++) {
    if (row->matches[i].distorted != NULL)
      row->unref (row->matches[i].distorted);
  }
  if (row->reference != NULL)
    row->unref (row->reference);
  g_free (row->matches);
  g_free (row);
}

void
perceptual_lineup_flush (PerceptualLineup *self)
{
  PerceptualRow *row;

  for (guint i = 0; i < self->n; i++)
    perceptual_pairer_flush (self->pairers[i]);
  while ((row = g_queue_pop_head (&self->open)) != NULL)
    perceptual_row_free (row);
  while ((row = g_queue_pop_head (&self->ready)) != NULL)
    perceptual_row_free (row);
}

void
perceptual_lineup_restart (PerceptualLineup *self)
{
  perceptual_lineup_flush (self);
  for (guint i = 0; i < self->n; i++) {
    perceptual_pairer_free (self->pairers[i]);
    self->pairers[i] = perceptual_pairer_new (self->tolerance, self->unref);
    self->pairs[i] = 0;
    if (self->margins[i])
      perceptual_pairer_ignore_margins (self->pairers[i]);
  }
}

void
perceptual_lineup_ignore_margins (PerceptualLineup *self, guint stream)
{
  self->margins[stream] = TRUE;
  perceptual_pairer_ignore_margins (self->pairers[stream]);
}

static void
complete (PerceptualLineup *self, PerceptualRow *row)
{
  PerceptualRow *leftover;

  g_queue_remove (&self->open, row);
  g_queue_push_tail (&self->ready, row);
  while ((leftover = g_queue_pop_head (&row->leftovers)) != NULL)
    g_queue_push_tail (&self->ready, leftover);
}

static void
absorb_reference (
    PerceptualLineup *self, guint stream, const PerceptualOutcome *outcome)
{
  PerceptualRow *row = NULL;
  PerceptualMatch *match;

  for (GList *l = self->open.head; l != NULL && row == NULL; l = l->next) {
    PerceptualRow *candidate = l->data;

    if (candidate->reference == outcome->reference
        && !candidate->matches[stream].decided)
      row = candidate;
  }
  /* The row has a reference of its own. */
  self->unref (outcome->reference);
  g_return_if_fail (row != NULL);
  match = &row->matches[stream];
  match->decided = TRUE;
  match->after_end = outcome->after_end;
  if (outcome->distorted != NULL) {
    match->distorted = outcome->distorted;
    match->delta = outcome->delta;
    match->index = self->pairs[stream]++;
    match->time = outcome->time;
  }
  if (--row->open == 0)
    complete (self, row);
}

static void
absorb_leftover (PerceptualLineup *self, guint stream, gpointer distorted)
{
  PerceptualRow *row = row_new (self, NULL);
  GQueue *queue = &self->ready;

  row->matches[stream].distorted = distorted;
  /* After a frame of the same stream that waits for the other streams. */
  for (GList *l = self->open.head; l != NULL; l = l->next) {
    PerceptualRow *before = l->data;

    if (before->matches[stream].distorted != NULL)
      queue = &before->leftovers;
  }
  g_queue_push_tail (queue, row);
}

static void
absorb (PerceptualLineup *self)
{
  PerceptualOutcome outcome;

  for (guint i = 0; i < self->n; i++) {
    while (perceptual_pairer_next (self->pairers[i], &outcome)) {
      if (outcome.reference != NULL)
        absorb_reference (self, i, &outcome);
      else
        absorb_leftover (self, i, outcome.distorted);
    }
  }
}

gboolean
perceptual_lineup_wants_reference (const PerceptualLineup *self)
{
  gboolean wanted = FALSE;

  for (guint i = 0; i < self->n; i++) {
    if (perceptual_pairer_wants (self->pairers[i], PERCEPTUAL_DISTORTED))
      return FALSE;
    wanted |= perceptual_pairer_wants (self->pairers[i], PERCEPTUAL_REFERENCE);
  }
  return wanted;
}

gboolean
perceptual_lineup_wants_distorted (const PerceptualLineup *self, guint stream)
{
  return perceptual_pairer_wants (self->pairers[stream], PERCEPTUAL_DISTORTED);
}

void
perceptual_lineup_push_reference (
    PerceptualLineup *self, gint64 time, guint64 duration, gpointer frame)
{
  g_queue_push_tail (&self->open, row_new (self, frame));
  for (guint i = 0; i < self->n; i++)
    perceptual_pairer_push (self->pairers[i], PERCEPTUAL_REFERENCE, time,
        duration, self->ref (frame));
  absorb (self);
}

void
perceptual_lineup_push_distorted (PerceptualLineup *self, guint stream,
    gint64 time, guint64 duration, gpointer frame)
{
  perceptual_pairer_push (
      self->pairers[stream], PERCEPTUAL_DISTORTED, time, duration, frame);
  absorb (self);
}

void
perceptual_lineup_leave_reference (
    PerceptualLineup *self, gint64 time, gpointer frame)
{
  g_queue_push_tail (&self->open, row_new (self, frame));
  for (guint i = 0; i < self->n; i++)
    perceptual_pairer_leave (
        self->pairers[i], PERCEPTUAL_REFERENCE, time, self->ref (frame));
  absorb (self);
}

void
perceptual_lineup_leave_distorted (
    PerceptualLineup *self, guint stream, gint64 time, gpointer frame)
{
  perceptual_pairer_leave (
      self->pairers[stream], PERCEPTUAL_DISTORTED, time, frame);
  absorb (self);
}

void
perceptual_lineup_restart_distorted (PerceptualLineup *self, guint stream)
{
  perceptual_pairer_restart_distorted (self->pairers[stream]);
  absorb (self);
}

void
perceptual_lineup_gap_reference (
    PerceptualLineup *self, gint64 time, guint64 duration)
{
  for (guint i = 0; i < self->n; i++)
    perceptual_pairer_gap (
        self->pairers[i], PERCEPTUAL_REFERENCE, time, duration);
  absorb (self);
}

void
perceptual_lineup_gap_distorted (
    PerceptualLineup *self, guint stream, gint64 time, guint64 duration)
{
  perceptual_pairer_gap (
      self->pairers[stream], PERCEPTUAL_DISTORTED, time, duration);
  absorb (self);
}

void
perceptual_lineup_end_reference (PerceptualLineup *self)
{
  for (guint i = 0; i < self->n; i++)
    perceptual_pairer_end (self->pairers[i], PERCEPTUAL_REFERENCE);
  absorb (self);
}

void
perceptual_lineup_end_distorted (PerceptualLineup *self, guint stream)
{
  perceptual_pairer_end (self->pairers[stream], PERCEPTUAL_DISTORTED);
  absorb (self);
}

void
perceptual_lineup_give_up (PerceptualLineup *self, gint64 time)
{
  for (guint i = 0; i < self->n; i++) {
    gint64 pending;

    if (perceptual_pairer_pending (self->pairers[i], &pending)
        && pending <= time)
      perceptual_pairer_give_up (self->pairers[i]);
  }
  absorb (self);
}

gboolean
perceptual_lineup_is_late (
    const PerceptualLineup *self, guint stream, gint64 time)
{
  return perceptual_pairer_is_late (self->pairers[stream], time);
}

PerceptualRow *
perceptual_lineup_next (PerceptualLineup *self)
{
  return g_queue_pop_head (&self->ready);
}

gboolean
perceptual_lineup_pending (const PerceptualLineup *self, gint64 *time)
{
  gboolean found = FALSE;

  for (guint i = 0; i < self->n; i++) {
    gint64 pending;

    if (!perceptual_pairer_pending (self->pairers[i], &pending))
      continue;
    *time = found ? MIN (*time, pending) : pending;
    found = TRUE;
  }
  return found;
}

gboolean
perceptual_lineup_holds (const PerceptualLineup *self, guint stream)
{
  return perceptual_pairer_holds (self->pairers[stream]);
}

const PerceptualCounts *
perceptual_lineup_get_counts (const PerceptualLineup *self, guint stream)
{
  return perceptual_pairer_get_counts (self->pairers[stream]);
}
