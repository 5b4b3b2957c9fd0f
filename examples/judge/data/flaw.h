/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Flaws of known kind and strength, put into images.
 *
 * Most of the kinds are from Sjogren et al.  2022 ("Identifying and Mitigating
 * Flaws of Deep Perceptual Similarity Metrics").
 */
#ifndef JUDGE_FLAW_H
#define JUDGE_FLAW_H

#include "judge/data/image.h"

G_BEGIN_DECLS

/* Strongest step of a flaw. */
#define JUDGE_FLAW_MAX_STEPS 12

/* Smallest side of a JudgeRegion, in pixels. */
#define JUDGE_FLAW_MIN_SIDE 32

/**
 * JudgeRegion:
 * @x: first column
 * @y: first row
 * @width: columns
 * @height: rows
 *
 * The inner part of an image that is compared.
 */
typedef struct
{
  guint x;
  guint y;
  guint width;
  guint height;
} JudgeRegion;

/**
 * JudgeFlaw:
 * @name: the name users type; one word in lower case
 * @unit: of the amount: "px"
 * @blurb: what it does
 * @graded: whether it has steps; a flaw without has step 1 only
 * @amount: how much @step is, in @unit; @step is 0..JUDGE_FLAW_MAX_STEPS
 * @apply: puts the flaw into @flawed, a copy of @original, both whole.  What
 *   is outside of @region afterwards does not matter.  @step is at least 1.
 *   Returns: FALSE with @error set, where there is not enough memory
 *
 * A kind of flaw; const and static.
 */
typedef struct
{
  const gchar *name;
  const gchar *unit;
  const gchar *blurb;
  gboolean graded;
  gdouble (*amount) (guint step);
  gboolean (*apply) (const JudgeImage *original, const JudgeRegion *region,
      guint step, guint64 seed, JudgeImage *flawed, GError **error);
} JudgeFlaw;

/* All flaws; the last one's name is NULL. */
extern const JudgeFlaw judge_flaws[];

/* Returns: how many there are. */
guint judge_flaw_count (void);

/* Returns: the number of the flaw of that name in judge_flaws, or -1. */
gint judge_flaw_find (const gchar *name);

/* Returns: (transfer full): the names of all, "translate, rotate, ...". */
gchar *judge_flaw_names (void);

/**
 * judge_flaw_region:
 * @width: of the image
 * @height: of the image
 * @steps: the strongest step that will be used, 1..JUDGE_FLAW_MAX_STEPS
 * @region: (out): the same for every flaw and step
 *
 * The centred part for which, with every flaw up to @steps, each pixel is made
 * of pixels of the image alone: nothing moves in from beyond the border.
 *
 * Returns: whether both sides are at least JUDGE_FLAW_MIN_SIDE.
 */
gboolean judge_flaw_region (
    guint width, guint height, guint steps, JudgeRegion *region);

/**
 * judge_flaw_apply:
 * @self: the flaw
 * @original: RGBX8
 * @region: within @original
 * @step: 0 for none, or 1..JUDGE_FLAW_MAX_STEPS; 1 where it is not graded
 * @seed: of flaws with random choices (noise, patches, swap).  A stronger step
 *   has the same choices: the same noise louder, the same patches and one more
 * @error: PROGRAM_ERROR_DATA when there is no memory
 *
 * The same arguments give the same pixels, except that jpeg depends on
 * gdk-pixbuf's encoder.  Random numbers come from GRand (Mersenne Twister),
 * seeded by the two halves of @seed, and normal ones from these by Box-Muller.
 *
 * Returns: (transfer full): the flawed image's @region, or NULL with @error
 * set.
 */
JudgeImage *judge_flaw_apply (const JudgeFlaw *self, const JudgeImage *original,
    const JudgeRegion *region, guint step, guint64 seed, GError **error);

G_END_DECLS

#endif /* JUDGE_FLAW_H */
