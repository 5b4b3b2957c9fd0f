/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the sources of a soak run send, decided by numbers alone, so that any
 * thread may ask; and what the element has to count.
 *
 * A run consists of parts, between which there is a flushing seek.  Frame i
 * of a part has its time at (i + 1) * SCRIPT_PERIOD; losses, doubles, gaps and
 * jitter are those of a bad network, but never so bad that it is in doubt
 * which frames belong together.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <glib.h>

#define SCRIPT_MAX_PARTS 4
#define SCRIPT_MAX_SIDES 4
#define SCRIPT_PERIOD G_GINT64_CONSTANT (40000000)

/* Where parts begin in the streams, ns. */
#define SCRIPT_STRIDE G_GINT64_CONSTANT (1000000000000000)

typedef enum
{
  /* A seek after all frames were handled. */
  SCRIPT_QUIET_SEEK,
  /* A seek while frames are under way. */
  SCRIPT_LOUD_SEEK,
  /* The end of the streams, then a seek. */
  SCRIPT_END_AND_SEEK,
  /* The end of the streams. */
  SCRIPT_END,
  /* To READY while frames are under way. */
  SCRIPT_STOP,
} ScriptEnding;

/**
 * ScriptPart:
 * @n: frames on each side, lost ones included; side 0 is the reference
 * @ending: what comes after them
 */
typedef struct
{
  guint n[SCRIPT_MAX_SIDES];
  ScriptEnding ending;
} ScriptPart;

typedef struct
{
  guint64 seed;
  guint n_sides;
  guint n_parts;
  ScriptPart parts[SCRIPT_MAX_PARTS];
} Script;

/**
 * ScriptFrame:
 * @sent: whether there is a frame
 * @doubled: whether it is sent twice
 * @gap: whether a gap is announced in place of a frame
 * @gap_as_buffer: by an empty buffer, not by an event
 * @time: ns from the start of the part
 */
typedef struct
{
  gboolean sent;
  gboolean doubled;
  gboolean gap;
  gboolean gap_as_buffer;
  gint64 time;
} ScriptFrame;

/* The counts that the element must reach for one distorted stream. */
typedef struct
{
  guint64 pairs;
  guint64 unmatched_reference;
  guint64 unmatched_distorted;
  guint64 gaps;
} ScriptCounts;

/* Makes a run of about @length frames. */
void script_make (
    Script *script, GRand *rand, guint n_sides, guint length, gboolean single);

ScriptFrame script_frame (
    const Script *script, guint part, guint side, guint i);

/* Adds what part @part makes of the stream @side to @counts. */
void script_count (
    const Script *script, guint part, guint side, ScriptCounts *counts);

#endif /* SCRIPT_H */
