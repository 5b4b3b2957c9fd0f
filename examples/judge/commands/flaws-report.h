/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What metrics say about flawed images, as a table and as a chart.
 */
#ifndef JUDGE_FLAWS_REPORT_H
#define JUDGE_FLAWS_REPORT_H

#include "judge/command.h"
#include "table/table.h"

G_BEGIN_DECLS

/**
 * JudgeFlawValues:
 * @metrics: who measured
 * @paths: of the images, in the encoding of file names
 * @n_images: how many of them are measured
 * @steps: strengths of each graded flaw
 * @flaws: those that are shown, as numbers in judge_flaws, ascending
 * @n_flaws: how many
 * @values: see judge_flaw_values_at()
 *
 * Values as the library gives them; NaN where none was measured.  Noise of
 * step judge_flaw_yardstick() is needed in any case: distances are shown as
 * multiples of its distance.  @metrics, @paths and @flaws belong to the
 * caller.
 */
typedef struct
{
  const JudgeMetricList *metrics;
  const gchar *const *paths;
  guint n_images;
  guint steps;
  const guint *flaws;
  guint n_flaws;
  gdouble *values;
} JudgeFlawValues;

/* Returns: (transfer full): room for the values of all @paths,
 * NULL-terminated; nothing is measured yet. */
JudgeFlawValues *judge_flaw_values_new (const JudgeMetricList *metrics,
    const gchar *const *paths, guint steps, const guint *flaws, guint n_flaws);
void judge_flaw_values_free (JudgeFlawValues *self);

/* Returns: which of @steps noise has as the yardstick of all metrics. */
guint judge_flaw_yardstick (guint steps);

/* The value of @metric for @flaw (numbers in the list and in judge_flaws) at
 * @step, from 1, in @image. */
gdouble *judge_flaw_values_at (const JudgeFlawValues *self, guint image,
    guint metric, guint flaw, guint step);

/* Returns: @value as a distance that is 0 for identical images: 1 - @value for
 * a similarity up to 1, the mean squared error (of samples up to 1) for psnr,
 * else itself. */
gdouble judge_flaw_distance (const JudgeMetric *metric, gdouble value);

/* Prints the table in the user's format.  Returns: FALSE with @error set. */
gboolean judge_flaw_values_print (
    const JudgeFlawValues *self, JudgeSession *session, GError **error);

/* Draws a panel a flaw, a line a metric, where the user wants it.  Returns:
 * FALSE with @error set. */
gboolean judge_flaw_values_plot (
    const JudgeFlawValues *self, JudgeSession *session, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeFlawValues, judge_flaw_values_free)

G_END_DECLS

#endif /* JUDGE_FLAWS_REPORT_H */
