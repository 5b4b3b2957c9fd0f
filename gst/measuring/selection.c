/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses the pairs to measure, slot by slot.
 */
#include "measuring/selection.h"

#include <gst/gst.h>

/* 2^16 places in a slot are more than any slot has frames. */
#define PLACES 65536

void
perceptual_selection_reset (PerceptualSelection *self)
{
  self->begun = FALSE;
  self->served = 0;
}

/* splitmix64's mixing function: every slot has its own chance, whichever
 * slots were asked before. */
static guint64
mix (guint64 x)
{
  x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

/* How far into slot @slot its pair is due: 0..@length - 1. */
static guint64
due_in (const PerceptualSelection *self, guint64 slot, guint64 length)
{
  if (!self->jitter)
    return 0;
  return mix (slot ^ ((guint64) self->seed << 32)) % length;
}

gboolean
perceptual_selection_take (
    PerceptualSelection *self, guint64 index, guint64 running_time)
{
  guint64 slot, due, position;
  gint64 wanted;

  if (self->rate_n > 0) {
    /* Slots are counted from the last moment at which a whole number of
     * seconds and a whole number of slots meet, which keeps products small. */
    guint64 length = (guint64) self->rate_d * GST_SECOND;
    guint64 units = gst_util_uint64_scale (
        running_time % length, (guint64) self->rate_n * PLACES, length);

    slot = running_time / length * self->rate_n + units / PLACES;
    position = units % PLACES;
    due = due_in (self, slot, PLACES);
  } else if (self->interval > 1) {
    slot = index / self->interval;
    position = index % self->interval;
    due = due_in (self, slot, self->interval);
  } else {
    return TRUE;
  }
  if (!self->begun)
    self->served = (gint64) slot - 1;
  self->begun = TRUE;
  wanted = position >= due ? (gint64) slot : (gint64) slot - 1;
  if (wanted <= self->served)
    return FALSE;
  self->served = wanted;
  return TRUE;
}
