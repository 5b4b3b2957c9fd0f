/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pairs of images with scores that people gave, listed in a CSV file.
 */
#ifndef JUDGE_SCORED_PAIRS_H
#define JUDGE_SCORED_PAIRS_H

#include "judge/command.h"

G_BEGIN_DECLS

/**
 * JudgeScoredPair:
 * @reference: file name
 * @distorted: file name
 * @score: finite
 * @group: (nullable): what the group column says
 * @line: of the CSV file, from 1
 * @source: which reference it is, 0..JudgeScoredPairs.n_references - 1
 *
 * One row.
 */
typedef struct
{
  gchar *reference;
  gchar *distorted;
  gdouble score;
  gchar *group;
  guint line;
  guint source;
} JudgeScoredPair;

/**
 * JudgeScoredPairs:
 * @label: the CSV file's name as valid UTF-8
 * @pairs: (element-type JudgeScoredPair): at least one; those of one reference
 *   are side by side, otherwise in the order of the file
 * @groups: (element-type utf8): the names of the groups, in the order of the
 *   file; empty without the column
 * @n_references: different references
 * @broken: (element-type utf8): what is wrong with each row that was left out
 *
 * The list, without pixels.
 */
typedef struct
{
  gchar *label;
  GPtrArray *pairs;
  GPtrArray *groups;
  guint n_references;
  GPtrArray *broken;
} JudgeScoredPairs;

/**
 * judge_scored_pairs_open:
 * @path: a CSV file with the columns reference, distorted (names of image
 *   files, relative to the CSV file), score and, where wanted, group; others
 *   are ignored
 * @skip_broken: leave out rows without a finite score, with files that are no
 *   images, or with images of different sizes
 * @error: PROGRAM_ERROR_DATA, naming file and line
 *
 * Looks at every image's header.
 *
 * Returns: (transfer full): the list, or NULL with @error set.
 */
JudgeScoredPairs *judge_scored_pairs_open (
    const gchar *path, gboolean skip_broken, GError **error);
void judge_scored_pairs_free (JudgeScoredPairs *self);

/* The pair at @index. */
const JudgeScoredPair *judge_scored_pairs_get (
    const JudgeScoredPairs *self, guint index);

/**
 * judge_scored_pairs_measure:
 * @session: its metrics measure, its progress is advanced; with its
 *   skip_broken, pairs whose images cannot be decoded move to @broken
 * @error: PROGRAM_ERROR_DATA, PERCEPTUAL_ERROR_*, naming the file;
 *   PROGRAM_ERROR_INTERRUPTED
 *
 * Decodes each reference and each distorted image once.  When the user
 * interrupts, the pairs that are not measured are dropped.
 *
 * Returns: (transfer full): values pair by pair, metric by metric within a
 * pair, as the library gives them; NULL with @error set.
 */
gdouble *judge_scored_pairs_measure (
    JudgeScoredPairs *self, JudgeSession *session, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeScoredPairs, judge_scored_pairs_free)

G_END_DECLS

#endif /* JUDGE_SCORED_PAIRS_H */
