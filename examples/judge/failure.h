/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors of perceptual-judge about data.
 */
#ifndef JUDGE_FAILURE_H
#define JUDGE_FAILURE_H

#include <glib.h>

G_BEGIN_DECLS

#define JUDGE_ERROR (judge_error_quark ())

/**
 * JudgeError:
 * @JUDGE_ERROR_DATA: a file or a data set is not what it should be; the
 *   message begins with its name
 * @JUDGE_ERROR_INTERRUPTED: the user stopped before there was any result
 */
typedef enum
{
  JUDGE_ERROR_DATA,
  JUDGE_ERROR_INTERRUPTED,
} JudgeError;

GQuark judge_error_quark (void);

/* Sets JUDGE_ERROR_DATA "@file: ..."; @file in the encoding of file names.
 * Returns: FALSE. */
gboolean judge_fail (GError **error, const gchar *file, const gchar *format,
    ...) G_GNUC_PRINTF (3, 4);

/* Sets JUDGE_ERROR_INTERRUPTED, "interrupted before @before".  Returns:
 * FALSE. */
gboolean judge_fail_interrupted (GError **error, const gchar *before);

/* Whether @error is about one item of a data set, so that --skip-broken goes on
 * without it: its files, or a size that a metric does not take. */
gboolean judge_is_broken (const GError *error);

/* Sets JUDGE_ERROR_DATA: the first of @broken (element-type utf8, "FILE:
 * what"), how many more there are in @label, and --skip-broken, or, where
 * that is given (@skipping), that nothing is left.  Returns: FALSE. */
gboolean judge_fail_broken (GError **error, const GPtrArray *broken,
    const gchar *label, gboolean skipping);

G_END_DECLS

#endif /* JUDGE_FAILURE_H */
