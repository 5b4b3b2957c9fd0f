/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From random numbers to frames, and from frames to counts.
 */
#include "script.h"

#include <string.h>

/* In 1000. */
#define LOST_REFERENCE 20
#define LOST_DISTORTED 60
#define DOUBLED 15

/* Keeps a frame nearer to its partner than half a period. */
#define MAX_JITTER 15000000

/* The generator of xoshiro's seeds, here as a hash. */
static guint64
scramble (guint64 x)
{
  x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

ScriptFrame
script_frame (const Script *script, guint part, guint side, guint i)
{
  guint64 bits = scramble (script->seed
      ^ scramble ((guint64) part << 40 | (guint64) side << 36 | i));
  guint lost = side == 0 ? LOST_REFERENCE : LOST_DISTORTED;
  ScriptFrame frame = { TRUE, FALSE, FALSE, FALSE, (i + 1) * SCRIPT_PERIOD };

  /* At its ends a part is in order: the first frame brings caps and segment,
   * and after the last one nothing is in doubt. */
  if (i == 0 || i + 1 >= script->parts[part].n[side])
    return frame;
  frame.sent = bits % 1000 >= lost;
  frame.doubled = frame.sent && bits / 1000 % 1000 < DOUBLED;
  frame.gap = !frame.sent && (bits >> 60) % 2 == 0;
  frame.gap_as_buffer = (bits >> 61) % 2 == 0;
  if (side > 0 && frame.sent)
    frame.time += (gint64) (bits / 1000000 % (2 * MAX_JITTER)) - MAX_JITTER;
  return frame;
}

void
script_count (
    const Script *script, guint part, guint side, ScriptCounts *counts)
{
  const ScriptPart *self = &script->parts[part];

  for (guint i = 0; i < MAX (self->n[0], self->n[side]); i++) {
    ScriptFrame none = { 0 };
    ScriptFrame r = i < self->n[0] ? script_frame (script, part, 0, i) : none;
    ScriptFrame d =
        i < self->n[side] ? script_frame (script, part, side, i) : none;

    counts->pairs += r.sent && d.sent;
    counts->unmatched_reference += (r.sent && !d.sent) + r.doubled;
    counts->unmatched_distorted += (d.sent && !r.sent) + d.doubled;
    counts->gaps += r.gap + d.gap;
  }
}

void
script_make (
    Script *script, GRand *rand, guint n_sides, guint length, gboolean single)
{
  static const ScriptEnding inner[] = { SCRIPT_QUIET_SEEK, SCRIPT_LOUD_SEEK,
    SCRIPT_END_AND_SEEK };

  memset (script, 0, sizeof *script);
  script->seed = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
  script->n_sides = n_sides;
  script->n_parts =
      single ? 1 : (guint) g_rand_int_range (rand, 1, SCRIPT_MAX_PARTS + 1);
  for (guint p = 0; p < script->n_parts; p++) {
    ScriptPart *part = &script->parts[p];
    gboolean last = p + 1 == script->n_parts;

    if (!last)
      part->ending = inner[g_rand_int_range (rand, 0, G_N_ELEMENTS (inner))];
    else
      part->ending = !single && g_rand_int_range (rand, 0, 4) == 0 ? SCRIPT_STOP
                                                                   : SCRIPT_END;
    for (guint side = 0; side < n_sides; side++) {
      part->n[side] = MAX (length / script->n_parts, 4);
      /* Streams that do not end together. */
      if (part->ending == SCRIPT_END || part->ending == SCRIPT_END_AND_SEEK)
        part->n[side] += (guint) g_rand_int_range (rand, 0, 4);
    }
  }
}
