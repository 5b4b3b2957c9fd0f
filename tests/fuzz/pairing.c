/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the pairer: whatever is pushed, announced, ended, flushed and
 * given up, at whatever times, each frame comes out once, in order, within
 * the tolerance, and is counted.  Which partner is the right one is tested
 * against a model in tests/gst/pairer.c.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "bytes.h"
#include "pairing/pairer.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MAX_FRAMES 512
#define MILLISECOND 1000000

/* A frame is its address. */
typedef struct
{
  PerceptualSide side;
  gint64 time;
  gboolean in_order; /* lies after the one before it */
  guint outs;        /* came out as part of an outcome */
  guint frees;       /* freed by the pairer */
} Frame;

typedef struct
{
  PerceptualPairer *pairer;
  gint64 tolerance;
  gboolean polite; /* pushes only what is wanted, as the element does */
  gboolean gave_up;
  Frame frames[MAX_FRAMES];
  guint n_frames;
  guint n_pushed[2];
  guint n_lost[2]; /* freed by a flush */
  guint n_gaps;
  gint64 now[2];
  gint64 last[2];       /* time of the newest frame */
  const Frame *done[2]; /* the last of the frames in order that came out */
  gboolean ended[2];
  PerceptualCounts tally;
} Fuzz;

/* The pairer's limits for times. */
static gint64
clamp_time (gint64 time)
{
  return CLAMP (time, G_MININT64 / 4 + 1, G_MAXINT64 / 4);
}

static void
count_free (gpointer data)
{
  Frame *frame = data;

  frame->frees++;
}

static void
check_frame (Fuzz *fuzz, Frame *frame, PerceptualSide side)
{
  g_assert (frame->side == side);
  frame->outs++;
  g_assert_cmpuint (frame->outs, ==, 1);
  g_assert_cmpuint (frame->frees, ==, 0);
  if (!frame->in_order)
    return;
  g_assert (fuzz->done[side] == NULL || fuzz->done[side] < frame);
  fuzz->done[side] = frame;
}

static void
check_pair (const Fuzz *fuzz, const PerceptualOutcome *outcome)
{
  const Frame *reference = outcome->reference;
  const Frame *distorted = outcome->distorted;

  g_assert (reference->in_order && distorted->in_order);
  g_assert_cmpint (outcome->delta, ==, distorted->time - reference->time);
  if (fuzz->tolerance >= 0)
    g_assert_cmpint (ABS (outcome->delta), <=, fuzz->tolerance);
}

static void
check_outcome (Fuzz *fuzz, const PerceptualOutcome *outcome)
{
  Frame *reference = outcome->reference, *distorted = outcome->distorted;

  if (reference != NULL)
    check_frame (fuzz, reference, PERCEPTUAL_REFERENCE);
  if (distorted != NULL)
    check_frame (fuzz, distorted, PERCEPTUAL_DISTORTED);
  g_assert (reference != NULL || distorted != NULL);
  g_assert_cmpint (
      outcome->time, ==, reference != NULL ? reference->time : distorted->time);
  if (outcome->after_end)
    g_assert (fuzz->ended[reference != NULL ? 1 : 0]);
  switch (outcome->kind) {
    case PERCEPTUAL_OUTCOME_PAIR:
      check_pair (fuzz, outcome);
      fuzz->tally.pairs++;
      break;
    case PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE:
      g_assert (distorted == NULL);
      fuzz->tally.unmatched_reference++;
      fuzz->tally.after_end_reference += outcome->after_end ? 1 : 0;
      break;
    case PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED:
      g_assert (reference == NULL);
      fuzz->tally.unmatched_distorted++;
      fuzz->tally.after_end_distorted += outcome->after_end ? 1 : 0;
      break;
    case PERCEPTUAL_OUTCOME_LATE:
      g_assert (reference == NULL && fuzz->gave_up);
      fuzz->tally.late++;
      break;
  }
}

/* Frames that went in and neither came out nor were lost in a flush. */
static guint
count_held (const Fuzz *fuzz, PerceptualSide side)
{
  const PerceptualCounts *tally = &fuzz->tally;
  guint64 out = side == PERCEPTUAL_REFERENCE
      ? tally->pairs + tally->unmatched_reference
      : tally->pairs + tally->unmatched_distorted + tally->late;

  return fuzz->n_pushed[side] - fuzz->n_lost[side] - (guint) out;
}

static const Frame *
find_pending (const Fuzz *fuzz)
{
  for (guint i = 0; i < fuzz->n_frames; i++) {
    const Frame *frame = &fuzz->frames[i];

    if (frame->side == PERCEPTUAL_REFERENCE && frame->outs + frame->frees == 0)
      return frame;
  }
  return NULL;
}

static void
check_state (Fuzz *fuzz)
{
  const PerceptualPairer *pairer = fuzz->pairer;
  guint held[] = { count_held (fuzz, 0), count_held (fuzz, 1) };
  gboolean wants[] = { perceptual_pairer_wants (pairer, 0),
    perceptual_pairer_wants (pairer, 1) };
  const Frame *oldest = find_pending (fuzz);
  gint64 pending = 0;

  fuzz->tally.gaps = fuzz->n_gaps;
  g_assert_cmpmem (perceptual_pairer_get_counts (pairer),
      sizeof (PerceptualCounts), &fuzz->tally, sizeof fuzz->tally);
  /* Late ones do not count. */
  if (!fuzz->gave_up || held[0] > 0 || held[1] == 0)
    g_assert (perceptual_pairer_holds (pairer) == (held[0] + held[1] > 0));
  g_assert (perceptual_pairer_pending (pairer, &pending) == (oldest != NULL));
  if (oldest != NULL)
    g_assert_cmpint (pending, ==, oldest->time);
  if (fuzz->ended[0] && fuzz->ended[1])
    g_assert_cmpuint (held[0] + held[1], ==, 0);
  else
    g_assert (wants[0] || wants[1]);
  if (fuzz->polite) {
    g_assert_cmpuint (held[0], <=, 2);
    g_assert_cmpuint (held[1], <=, 2);
  }
}

static void
drain (Fuzz *fuzz)
{
  PerceptualOutcome outcome;

  while (perceptual_pairer_next (fuzz->pairer, &outcome))
    check_outcome (fuzz, &outcome);
}

/* --- what may happen ----------------------------------------------------- */

static void
step_time (Fuzz *fuzz, PerceptualSide side, Bytes *bytes)
{
  guint8 how = take_byte (bytes);
  gint64 *now = &fuzz->now[side];

  switch (how % 8) {
    case 0: /* anything */
      *now = (gint64) take_number (bytes, 8);
      break;
    case 1: /* with the other side */
      *now = fuzz->now[!side];
      break;
    case 2: /* back, or nowhere */
      *now = clamp_time (*now) - (gint64) take_byte (bytes) * MILLISECOND;
      break;
    default:
      *now = clamp_time (*now) + (gint64) how / 8 * MILLISECOND;
  }
}

static guint64
take_duration (Bytes *bytes)
{
  guint8 how = take_byte (bytes);

  if (how == 0)
    return PERCEPTUAL_DURATION_NONE;
  return how == 255 ? take_number (bytes, 8) : (guint64) how * MILLISECOND / 4;
}

static void
push (Fuzz *fuzz, PerceptualSide side, Bytes *bytes)
{
  Frame *frame = &fuzz->frames[fuzz->n_frames];

  if (fuzz->n_frames == MAX_FRAMES || fuzz->ended[side]
      || (fuzz->polite && !perceptual_pairer_wants (fuzz->pairer, side)))
    return;
  step_time (fuzz, side, bytes);
  frame->side = side;
  frame->time = clamp_time (fuzz->now[side]);
  frame->in_order = frame->time > fuzz->last[side];
  fuzz->last[side] = MAX (fuzz->last[side], frame->time);
  fuzz->n_frames++;
  fuzz->n_pushed[side]++;
  perceptual_pairer_push (
      fuzz->pairer, side, fuzz->now[side], take_duration (bytes), frame);
}

static void
announce_gap (Fuzz *fuzz, PerceptualSide side, Bytes *bytes)
{
  if (fuzz->ended[side])
    return;
  step_time (fuzz, side, bytes);
  perceptual_pairer_gap (
      fuzz->pairer, side, fuzz->now[side], take_duration (bytes));
  fuzz->n_gaps++;
}

static void
count_lost (Fuzz *fuzz)
{
  fuzz->n_lost[0] = fuzz->n_lost[1] = 0;
  for (guint i = 0; i < fuzz->n_frames; i++) {
    const Frame *frame = &fuzz->frames[i];

    g_assert_cmpuint (frame->outs + frame->frees, ==, 1);
    fuzz->n_lost[frame->side] += frame->frees;
  }
}

static void
flush (Fuzz *fuzz)
{
  perceptual_pairer_flush (fuzz->pairer);
  count_lost (fuzz);
  for (guint side = 0; side < 2; side++) {
    fuzz->last[side] = G_MININT64;
    fuzz->done[side] = NULL;
    fuzz->ended[side] = FALSE;
  }
}

static void
act (Fuzz *fuzz, Bytes *bytes)
{
  guint8 what = take_byte (bytes);
  PerceptualSide side = what % 2;

  switch (what / 2 % 16) {
    case 0:
      announce_gap (fuzz, side, bytes);
      break;
    case 1:
      fuzz->gave_up = TRUE;
      perceptual_pairer_give_up (fuzz->pairer);
      break;
    case 2:
      if (what >= 128)
        flush (fuzz);
      break;
    case 3:
      if (what >= 192 && !fuzz->ended[side]) {
        fuzz->ended[side] = TRUE;
        perceptual_pairer_end (fuzz->pairer, side);
      }
      break;
    default:
      push (fuzz, side, bytes);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Bytes bytes = { data, size };
  guint8 settings = take_byte (&bytes);
  Fuzz *fuzz = g_new0 (Fuzz, 1);

  fuzz->polite = settings % 2;
  fuzz->tolerance = settings % 4 < 2 ? -1 : settings / 4 * MILLISECOND / 2;
  fuzz->last[0] = fuzz->last[1] = G_MININT64;
  fuzz->pairer = perceptual_pairer_new (fuzz->tolerance, count_free);
  while (bytes.left > 0) {
    act (fuzz, &bytes);
    drain (fuzz);
    check_state (fuzz);
  }
  for (guint side = 0; side < 2; side++) {
    if (!fuzz->ended[side] && settings >= 128) {
      fuzz->ended[side] = TRUE;
      perceptual_pairer_end (fuzz->pairer, side);
      drain (fuzz);
      check_state (fuzz);
    }
  }
  perceptual_pairer_free (fuzz->pairer);
  count_lost (fuzz);
  g_free (fuzz);
  return 0;
}
