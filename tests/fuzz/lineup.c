/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the lineup of several distorted streams: in whatever order frames
 * and gaps come, each reference frame has the partners that it has when each
 * stream is paired alone and all at once, rows come in their order, and counts
 * are the same.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "bytes.h"
#include "pairing/lineup.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define STREAMS 3
#define MOST_STEPS 64

/* What a stream does: a frame, or that none comes for a while. */
typedef struct
{
  gboolean gap;
  gint64 time;
  guint64 duration;
  guint refs; /* of the frame, while it is somewhere */
  guint number;
} Step;

typedef struct
{
  Step steps[MOST_STEPS];
  guint n;
  guint at; /* the next one to be pushed */
  gboolean ended;
} Stream;

/* Partners by the number of the reference frame. */
typedef struct
{
  guint partner[MOST_STEPS]; /* number + 1; 0 without one */
  guint outs[MOST_STEPS];    /* how often each distorted frame came out */
} Pairs;

static gpointer
frame_ref (gpointer data)
{
  ((Step *) data)->refs++;
  return data;
}

static void
frame_unref (gpointer data)
{
  Step *step = data;

  g_assert_cmpuint (step->refs, >, 0);
  step->refs--;
}

/* Frames come every 40, with jitter, losses and steps back; a gap is true to
 * its word. */
static void
take_stream (Bytes *bytes, Stream *stream)
{
  guint n = take_byte (bytes) % MOST_STEPS;
  gint64 now = 0, floor = G_MININT64;

  *stream = (Stream){ .n = n };
  for (guint i = 0; i < n; i++) {
    Step *step = &stream->steps[i];
    guint8 how = take_byte (bytes);

    step->number = i;
    step->gap = how % 16 == 15;
    step->duration = how % 16 == 14 ? PERCEPTUAL_DURATION_NONE
        : how % 16 == 13            ? how
                                    : 40;
    step->time = MAX (now + (how % 16 == 12 ? -60 : how / 16 - 7), floor);
    if (step->gap) {
      step->duration = 40;
      floor = step->time + 40;
    }
    now += how % 16 == 11 ? 80 : 40;
  }
}

/* --- the model ----------------------------------------------------------- */

static void
note (Pairs *pairs, const Step *reference, const Step *distorted)
{
  if (reference != NULL && distorted != NULL)
    pairs->partner[reference->number] = distorted->number + 1;
  if (distorted != NULL)
    g_assert_cmpuint (++pairs->outs[distorted->number], ==, 1);
}

static void
push_alone (PerceptualPairer *pairer, PerceptualSide side, Stream *stream)
{
  for (guint i = 0; i < stream->n; i++) {
    Step *step = &stream->steps[i];

    if (step->gap)
      perceptual_pairer_gap (pairer, side, step->time, step->duration);
    else
      perceptual_pairer_push (
          pairer, side, step->time, step->duration, frame_ref (step));
  }
  perceptual_pairer_end (pairer, side);
}

static PerceptualCounts
pair_alone (
    gint64 tolerance, Stream *reference, Stream *distorted, Pairs *pairs)
{
  PerceptualPairer *pairer = perceptual_pairer_new (tolerance, frame_unref);
  PerceptualOutcome outcome;
  PerceptualCounts counts;

  push_alone (pairer, PERCEPTUAL_REFERENCE, reference);
  push_alone (pairer, PERCEPTUAL_DISTORTED, distorted);
  while (perceptual_pairer_next (pairer, &outcome)) {
    note (pairs, outcome.reference, outcome.distorted);
    g_clear_pointer (&outcome.reference, frame_unref);
    g_clear_pointer (&outcome.distorted, frame_unref);
  }
  counts = *perceptual_pairer_get_counts (pairer);
  perceptual_pairer_free (pairer);
  return counts;
}

/* --- the lineup ---------------------------------------------------------- */

/* Returns: whether @who took a step; 0 is the reference. */
static gboolean
advance (PerceptualLineup *lineup, Stream *streams, guint who)
{
  Stream *stream = &streams[who];
  Step *step = &stream->steps[MIN (stream->at, MOST_STEPS - 1)];
  gboolean ends = stream->at == stream->n;

  if (stream->ended
      || !(who == 0 ? perceptual_lineup_wants_reference (lineup)
                    : perceptual_lineup_wants_distorted (lineup, who - 1)))
    return FALSE;
  stream->ended = ends;
  stream->at++;
  if (who == 0 && ends)
    perceptual_lineup_end_reference (lineup);
  else if (who == 0 && step->gap)
    perceptual_lineup_gap_reference (lineup, step->time, step->duration);
  else if (who == 0)
    perceptual_lineup_push_reference (
        lineup, step->time, step->duration, frame_ref (step));
  else if (ends)
    perceptual_lineup_end_distorted (lineup, who - 1);
  else if (step->gap)
    perceptual_lineup_gap_distorted (
        lineup, who - 1, step->time, step->duration);
  else
    perceptual_lineup_push_distorted (
        lineup, who - 1, step->time, step->duration, frame_ref (step));
  return TRUE;
}

/* @last: the row before, of those that are in their order */
static void
take_rows (
    PerceptualLineup *lineup, Pairs *pairs, guint64 *indices, guint *references)
{
  PerceptualRow *row;

  while ((row = perceptual_lineup_next (lineup)) != NULL) {
    *references += row->reference != NULL;
    for (guint s = 0; s < STREAMS; s++) {
      const PerceptualMatch *match = &row->matches[s];
      const Step *reference = row->reference, *distorted = match->distorted;

      note (&pairs[s], reference, distorted);
      if (reference == NULL || distorted == NULL)
        continue;
      g_assert_cmpuint (match->index, ==, indices[s]++);
      g_assert_cmpint (match->delta, ==, distorted->time - reference->time);
    }
    perceptual_row_free (row);
  }
}

static void
check_stream (const PerceptualLineup *lineup, guint s, gint64 tolerance,
    Stream *streams, const Pairs *pairs)
{
  const PerceptualCounts *counts = perceptual_lineup_get_counts (lineup, s);
  Pairs alone = { .outs = { 0 } };
  PerceptualCounts model =
      pair_alone (tolerance, &streams[0], &streams[1 + s], &alone);

  for (guint i = 0; i < MOST_STEPS; i++) {
    g_assert_cmpuint (pairs->partner[i], ==, alone.partner[i]);
    g_assert_cmpuint (pairs->outs[i], ==, alone.outs[i]);
  }
  g_assert_cmpuint (counts->pairs, ==, model.pairs);
  g_assert_cmpuint (counts->unmatched_reference, ==, model.unmatched_reference);
  g_assert_cmpuint (counts->unmatched_distorted, ==, model.unmatched_distorted);
  g_assert_cmpuint (counts->late, ==, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Bytes bytes = { data, size };
  guint8 settings = take_byte (&bytes);
  gint64 tolerance = settings % 2 ? -1 : settings / 4;
  PerceptualLineup *lineup =
      perceptual_lineup_new (STREAMS, tolerance, frame_ref, frame_unref);
  Stream streams[1 + STREAMS];
  Pairs pairs[STREAMS] = { { .outs = { 0 } } };
  guint64 indices[STREAMS] = { 0 };
  guint references = 0, wanted = 0;
  gboolean any = TRUE;

  for (guint i = 0; i <= STREAMS; i++)
    take_stream (&bytes, &streams[i]);
  while (any) {
    guint first = take_byte (&bytes);

    any = FALSE;
    for (guint i = 0; i <= STREAMS && !any; i++)
      any = advance (lineup, streams, (first + i) % (STREAMS + 1));
    take_rows (lineup, pairs, indices, &references);
  }
  for (guint i = 0; i < streams[0].n; i++)
    wanted += !streams[0].steps[i].gap;
  g_assert_cmpuint (references, ==, wanted);
  for (guint i = 0; i <= STREAMS; i++)
    g_assert_true (streams[i].ended);
  for (guint s = 0; s < STREAMS; s++)
    check_stream (lineup, s, tolerance, streams, &pairs[s]);
  perceptual_lineup_free (lineup);
  for (guint i = 0; i <= STREAMS; i++) {
    for (guint j = 0; j < streams[i].n; j++)
      g_assert_cmpuint (streams[i].steps[j].refs, ==, 0);
  }
  return 0;
}
