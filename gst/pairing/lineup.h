/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One reference stream against several distorted ones: a pairer for each
 * distorted stream, and their outcomes gathered into rows.  A row is a
 * reference frame with the partner that it found in each stream, so that
 * what is computed from the reference is computed once.
 *
 * Each stream is paired as if it were alone (pairer.h): what the others do
 * changes neither its pairs nor its counts.
 *
 * Frames are opaque.  One thread at a time.
 */
#ifndef PERCEPTUAL_LINEUP_H
#define PERCEPTUAL_LINEUP_H

#include "pairing/pairer.h"

G_BEGIN_DECLS

/**
 * PerceptualMatch:
 * @distorted: (nullable): the partner in this stream; NULL without one
 * @time: for a partner, the reference's time in ns
 * @delta: for a partner, distorted minus reference time in ns
 * @index: for a partner, how many pairs the stream had before
 * @after_end: no partner because the distorted stream had ended before
 * @unsure: for the user: whether the partner may be a wrong one
 * @decided: for use by the lineup
 */
typedef struct
{
  gpointer distorted;
  gint64 time;
  gint64 delta;
  guint64 index;
  gboolean after_end;
  gboolean unsure;
  gboolean decided;
} PerceptualMatch;

/**
 * PerceptualRow:
 * @reference: (nullable): the reference frame; NULL for a distorted frame
 *   that no reference frame took, which then is the only @distorted of
 *   @matches
 * @n: streams
 * @matches: one for each stream
 * @open: for use by the lineup
 * @unref: for use by the lineup
 * @leftovers: for use by the lineup
 */
typedef struct
{
  gpointer reference;
  guint n;
  PerceptualMatch *matches;
  guint open;
  GDestroyNotify unref;
  GQueue leftovers;
} PerceptualRow;

typedef struct _PerceptualLineup PerceptualLineup;

/* Adds a reference to a frame.  Returns: @frame. */
typedef gpointer (*PerceptualLineupRef) (gpointer frame);

/**
 * perceptual_lineup_new:
 * @n: distorted streams, at least 1
 * @tolerance: see perceptual_pairer_new()
 * @ref: adds a reference to a frame
 * @unref: takes one away
 *
 * Returns: (transfer full): a lineup without frames
 */
PerceptualLineup *perceptual_lineup_new (
    guint n, gint64 tolerance, PerceptualLineupRef ref, GDestroyNotify unref);
void perceptual_lineup_free (PerceptualLineup *lineup);

/* See perceptual_pairer_ignore_margins(). */
void perceptual_lineup_ignore_margins (PerceptualLineup *lineup, guint stream);

/* Forgets frames, ends and times, as after a flush; the counts stay. */
void perceptual_lineup_flush (PerceptualLineup *lineup);

/* Forgets the counts too. */
void perceptual_lineup_restart (PerceptualLineup *lineup);

/* Whether a reference frame, or one of @stream, is needed to go on.  No
 * reference frame is wanted while any stream waits for a distorted one, so
 * that a slow stream does not make the others' frames pile up. */
gboolean perceptual_lineup_wants_reference (const PerceptualLineup *lineup);
gboolean perceptual_lineup_wants_distorted (
    const PerceptualLineup *lineup, guint stream);

/* Frames as in perceptual_pairer_push(); @frame is taken. */
void perceptual_lineup_push_reference (
    PerceptualLineup *lineup, gint64 time, guint64 duration, gpointer frame);
void perceptual_lineup_push_distorted (PerceptualLineup *lineup, guint stream,
    gint64 time, guint64 duration, gpointer frame);

/* Frames that shall have no partner, as in perceptual_pairer_leave(). */
void perceptual_lineup_leave_reference (
    PerceptualLineup *lineup, gint64 time, gpointer frame);
void perceptual_lineup_leave_distorted (
    PerceptualLineup *lineup, guint stream, gint64 time, gpointer frame);

/* See perceptual_pairer_restart_distorted(). */
void perceptual_lineup_restart_distorted (
    PerceptualLineup *lineup, guint stream);

/* No frame will come before @time + @duration. */
void perceptual_lineup_gap_reference (
    PerceptualLineup *lineup, gint64 time, guint64 duration);
void perceptual_lineup_gap_distorted (
    PerceptualLineup *lineup, guint stream, gint64 time, guint64 duration);

/* No frame will come any more. */
void perceptual_lineup_end_reference (PerceptualLineup *lineup);
void perceptual_lineup_end_distorted (PerceptualLineup *lineup, guint stream);

/* Every stream stops waiting for partners of its oldest reference frame, if
 * that is not later than @time. */
void perceptual_lineup_give_up (PerceptualLineup *lineup, gint64 time);

/* See perceptual_pairer_is_late(). */
gboolean perceptual_lineup_is_late (
    const PerceptualLineup *lineup, guint stream, gint64 time);

/* Returns: (transfer full) (nullable): the next row that is complete; rows
 * come in the order of their reference frames, and a stream's frames in their
 * order. */
PerceptualRow *perceptual_lineup_next (PerceptualLineup *lineup);
void perceptual_row_free (PerceptualRow *row);

/* Time in ns of the oldest reference frame that is not decided in every
 * stream.  Returns: FALSE when there is none. */
gboolean perceptual_lineup_pending (
    const PerceptualLineup *lineup, gint64 *time);

/* See perceptual_pairer_holds(). */
gboolean perceptual_lineup_holds (const PerceptualLineup *lineup, guint stream);

const PerceptualCounts *perceptual_lineup_get_counts (
    const PerceptualLineup *lineup, guint stream);

G_END_DECLS

#endif /* PERCEPTUAL_LINEUP_H */
