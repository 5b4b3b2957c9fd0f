/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fitted heads as a weights file.
 */
#ifndef JUDGE_HEADS_FILE_H
#define JUDGE_HEADS_FILE_H

#include "judge/arithmetic/ranking.h"

G_BEGIN_DECLS

/**
 * judge_heads_file_write:
 * @path: to write; what was there is replaced once the new file is whole
 * @source: the weights file that the features came from
 * @heads: one number for each channel, tap by tap
 * @tap_channels: channels of each of the network's first @n_taps taps
 * @ranking: goes into the file too, as the tensors rank.0.weight [32, 5],
 *   rank.0.bias, rank.2.weight [32, 32], rank.2.bias, rank.4.weight [1, 32] and
 *   rank.4.bias
 * @error: PROGRAM_ERROR_DATA naming @source, G_FILE_ERROR naming @path
 *
 * Writes a copy of @source in which lin.0.weight and so on are @heads.  Heads
 * of taps that were not fitted stay as they are.  Loads like any weights file.
 *
 * Returns: TRUE, or FALSE with @error set and @path untouched.
 */
gboolean judge_heads_file_write (const gchar *path, const gchar *source,
    const gdouble *heads, const guint *tap_channels, guint n_taps,
    const JudgeRanking *ranking, GError **error);

G_END_DECLS

#endif /* JUDGE_HEADS_FILE_H */
