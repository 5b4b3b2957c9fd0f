/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which pairs are measured, where not all are: one of every so many, or so
 * many a second of running time.
 *
 * The stream is cut into slots: N pairs each (interval), or 1/rate seconds
 * each (rate).  In each slot one pair is measured: the first at or after the
 * slot's start, or with jitter at or after a place in the slot that chance
 * chooses anew for every slot.  Encoders work in regular groups of pictures,
 * and an even step may meet nothing but their best frames; jitter does not.
 *
 * Slots are counted from the stream's beginning in whole numbers, so that they
 * do not drift over weeks.  Chance comes from a seed: two runs choose the same
 * pairs.  One thread at a time.
 */
#ifndef PERCEPTUAL_SELECTION_H
#define PERCEPTUAL_SELECTION_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * PerceptualSelection:
 * @interval: pairs in a slot; 1 measures all, unless there is a rate
 * @rate_n: numerator of the slots in a second; 0 for slots of pairs
 * @rate_d: denominator, at least 1
 * @jitter: whether chance chooses in the slot
 * @seed: of chance
 *
 * What follows is for use by the functions below.
 */
typedef struct
{
  guint interval;
  guint rate_n;
  guint rate_d;
  gboolean jitter;
  guint32 seed;

  gboolean begun;
  gint64 served; /* the last slot whose pair was taken or is past */
} PerceptualSelection;

/* Forgets what was taken, as after a flush or a restart. */
void perceptual_selection_reset (PerceptualSelection *selection);

/**
 * perceptual_selection_take:
 * @index: how many pairs came before
 * @running_time: of the pair, ns
 *
 * To be asked for each pair in order.  Where there is no pair at the place that
 * is due, because frames were lost or are far apart, the next one is taken for
 * it.
 *
 * Returns: whether the pair is to be measured
 */
gboolean perceptual_selection_take (
    PerceptualSelection *selection, guint64 index, guint64 running_time);

G_END_DECLS

#endif /* PERCEPTUAL_SELECTION_H */
