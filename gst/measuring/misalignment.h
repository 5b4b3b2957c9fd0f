/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether distorted frames are paired with the wrong reference frames, which
 * a distance shows as a bad picture only.
 *
 * Each distorted picture is compared with the reference pictures of its own
 * pair and of the PERCEPTUAL_MISALIGNMENT_REACH pairs before and after it, by
 * thumbnails (stillness.h), whose mean and contrast are made equal first: a
 * fade, or another brightness, does not count as motion.  So a pair is judged
 * when that many more have come.
 *
 * A picture is misplaced if a cell of it differs from its own reference by more
 * than PERCEPTUAL_MOVED_LEVELS, and it differs from a neighbour by less than
 * half as much (root mean square).  Where the distorted stream repeats a
 * picture, as a lower frame rate does, every reference that the picture is
 * shown with is its own; one that is repeated not quite the same, which looks
 * like the same reference twice, counts once.  Pairs tell nothing where no cell
 * of the reference moves that far, or the distorted picture does not change.
 *
 * Misplaced pictures are taken for a wrong pairing once they are the majority
 * of the pairs that tell something, over a second of such pairs, and are
 * PERCEPTUAL_MISALIGNMENT_EXCESS more than those in place.  One alone, or a
 * few, may come about by chance: at a cut, by an encoder that left a frame
 * out.
 *
 * One thread at a time.
 */
#ifndef PERCEPTUAL_MISALIGNMENT_H
#define PERCEPTUAL_MISALIGNMENT_H

#include "measuring/stillness.h"

G_BEGIN_DECLS

/* Pairs. */
#define PERCEPTUAL_MISALIGNMENT_REACH 3
#define PERCEPTUAL_MISALIGNMENT_EXCESS 8
/* ns */
#define PERCEPTUAL_MISALIGNMENT_TIME G_GUINT64_CONSTANT (1000000000)

/* The distorted pictures are out of order: misplaced, but not by a number of
 * frames that most of them share. */
#define PERCEPTUAL_MISALIGNMENT_MIXED G_MAXINT

/**
 * PerceptualMisplaced:
 * @pairs: that are now known to be misaligned and were not before
 * @begins: whether they are the first of a stretch
 * @from: for the first of a stretch, the time of its first pair, as given
 * @frames: for the first of a stretch, how many frames later the distorted
 *   pictures are than they should be, as most of them are: 1 for a picture
 *   that looks like the reference one before, less than 0 for those too early;
 *   or PERCEPTUAL_MISALIGNMENT_MIXED
 */
typedef struct
{
  guint pairs;
  gboolean begins;
  guint64 from;
  gint frames;
} PerceptualMisplaced;

/* What one distorted stream and its reference showed. */
typedef struct _PerceptualMisalignment PerceptualMisalignment;

PerceptualMisalignment *perceptual_misalignment_new (void);
void perceptual_misalignment_free (PerceptualMisalignment *misalignment);

/* Forgets, as after a seek. */
void perceptual_misalignment_reset (PerceptualMisalignment *misalignment);

/**
 * perceptual_misalignment_add:
 * @index: of the pair; where it does not follow the one before, since pairs in
 *   between were not measured, neighbours are not known and a new row of pairs
 *   begins
 * @time: of the pair, ns
 * @reference: its reference picture
 * @distorted: its distorted picture, of the same size
 *
 * Returns: what is known now
 */
PerceptualMisplaced perceptual_misalignment_add (
    PerceptualMisalignment *misalignment, guint64 index, guint64 time,
    const PerceptualThumbnail *reference, const PerceptualThumbnail *distorted);

G_END_DECLS

#endif /* PERCEPTUAL_MISALIGNMENT_H */
