/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What fit and study show of a fit, so that both show the same.
 */
#include "judge/commands/fit-watch.h"

#include "judge/interrupt.h"

typedef struct
{
  JudgeSession *session;
  guint epochs; /* at most */
} Watch;

static gboolean
on_epoch (guint number, const JudgeEpoch *epoch, gpointer user)
{
  const Watch *self = user;

  console_advance (&self->session->console, number + 1,
      (gdouble) (number + 1) / self->epochs);
  return !judge_interrupted (self->session);
}

JudgeFit *
judge_fit_watch (JudgeSession *session, const JudgeTriplets *triplets,
    const JudgeFitSettings *settings)
{
  Watch watch = { session, settings->epochs };
  const gchar *unit = session->console.unit;
  JudgeFit *fit;

  session->console.unit = "epochs";
  console_begin (&session->console);
  fit = judge_fit_heads (triplets, settings, on_epoch, &watch);
  console_clear (&session->console);
  session->console.unit = unit;
  return fit;
}

gdouble *
judge_fit_curves (
    const JudgeFit *fit, const gchar *const labels[2], ChartSeries series[2])
{
  guint n = fit->epochs->len;
  gdouble *numbers = g_new (gdouble, 3 * n);

  for (guint i = 0; i < n; i++) {
    const JudgeEpoch *epoch = &g_array_index (fit->epochs, JudgeEpoch, i);

    numbers[i] = i + 1;
    numbers[n + i] = epoch->training_loss;
    numbers[2 * n + i] = epoch->validation_loss;
  }
  for (guint part = 0; part < 2; part++)
    series[part] = (ChartSeries){
      .label = labels[part], .x = numbers, .y = numbers + (1 + part) * n, .n = n
    };
  return numbers;
}

ChartPanel
judge_fit_panel (const ChartSeries *series, guint n)
{
  return (ChartPanel){
    .kind = CHART_LINES,
    .x_title = "epoch",
    .counts_x = TRUE,
    .y_title = "cross-entropy",
    .series = series,
    .n_series = n,
  };
}
