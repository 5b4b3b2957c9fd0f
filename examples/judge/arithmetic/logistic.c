/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fits VQEG's logistic of four parameters.  Works on values of mean 0 and
 * deviation 1, so that metrics of any scale are fitted alike.
 */
#include "judge/arithmetic/logistic.h"

#include <math.h>

#define PARAMETERS 4
#define MAX_STEPS 300

/* From the end of another fit. */
#define MAX_STEPS_STARTED 50

/* A step that gains less than this part of the error is the last one. */
#define ENOUGH 1e-12

/* Narrower than this part of the values' deviation, the curve is a stair. */
#define MIN_WIDTH 1e-4

typedef struct
{
  const gdouble *x;
  const gdouble *y;
  guint n;
  gdouble centre; /* of the finite values */
  gdouble spread; /* their standard deviation */
} Data;

static gdouble
sigmoid (gdouble t)
{
  gdouble e = exp (-fabs (t));

  return t >= 0 ? 1 / (1 + e) : e / (1 + e);
}

gdouble
judge_logistic_at (const JudgeLogistic *self, gdouble x)
{
  const gdouble *b = self->b;

  return b[1] + (b[0] - b[1]) * sigmoid ((x - b[2]) / fabs (b[3]));
}

/* Converts @b of centred values to @b of values as they are, or back. */
static JudgeLogistic
rescale (const Data *data, const JudgeLogistic *b, gboolean centred)
{
  JudgeLogistic to = *b;

  if (centred) {
    to.b[2] = b->b[2] * data->spread + data->centre;
    to.b[3] = fabs (b->b[3]) * data->spread;
  } else {
    to.b[2] = (b->b[2] - data->centre) / data->spread;
    to.b[3] = fabs (b->b[3]) / data->spread;
  }
  return to;
}

/* The sum of squared errors; with @normal and @gradient also J'J and J'r. */
static gdouble
evaluate (const Data *data, const JudgeLogistic *curve,
    gdouble normal[PARAMETERS][PARAMETERS], gdouble gradient[PARAMETERS])
{
  const gdouble *b = curve->b;
  gdouble sum = 0;

  for (guint i = 0; normal != NULL && i < PARAMETERS; i++) {
    gradient[i] = 0;
    for (guint j = 0; j < PARAMETERS; j++)
      normal[i][j] = 0;
  }
  for (guint k = 0; k < data->n; k++) {
    gdouble x = (data->x[k] - data->centre) / data->spread;
    gdouble t = (x - b[2]) / b[3];
    gdouble s = sigmoid (t);
    gdouble error = data->y[k] - (b[1] + (b[0] - b[1]) * s);
    /* At infinity the slope is 0, whatever it is multiplied by. */
    gdouble slope = isfinite (t) ? (b[0] - b[1]) * s * (1 - s) / b[3] : 0;
    const gdouble row[PARAMETERS] = { s, 1 - s, -slope,
      isfinite (t) ? -slope * t : 0 };

    sum += error * error;
    for (guint i = 0; normal != NULL && i < PARAMETERS; i++) {
      gradient[i] += row[i] * error;
      for (guint j = 0; j < PARAMETERS; j++)
        normal[i][j] += row[i] * row[j];
    }
  }
  return sum;
}

/* Solves @a @step = @right by elimination with pivots.  Returns: FALSE when
 * there is no single solution. */
static gboolean
solve (gdouble a[PARAMETERS][PARAMETERS], gdouble right[PARAMETERS],
    gdouble step[PARAMETERS])
{
  for (guint c = 0; c < PARAMETERS; c++) {
    guint pivot = c;

    for (guint r = c + 1; r < PARAMETERS; r++) {
      if (fabs (a[r][c]) > fabs (a[pivot][c]))
        pivot = r;
    }
    if (!(fabs (a[pivot][c]) > 0) || !isfinite (a[pivot][c]))
      return FALSE;
    for (guint j = 0; j < PARAMETERS; j++) {
      gdouble swap = a[c][j];

      a[c][j] = a[pivot][j];
      a[pivot][j] = swap;
    }
    step[0] = right[c];
    right[c] = right[pivot];
    right[pivot] = step[0];
    for (guint r = c + 1; r < PARAMETERS; r++) {
      gdouble part = a[r][c] / a[c][c];

      for (guint j = c; j < PARAMETERS; j++)
        a[r][j] -= part * a[c][j];
      right[r] -= part * right[c];
    }
  }
  for (guint c = PARAMETERS; c-- > 0;) {
    step[c] = right[c];
    for (guint j = c + 1; j < PARAMETERS; j++)
      step[c] -= a[c][j] * step[j];
    step[c] /= a[c][c];
  }
  return TRUE;
}

/* One damped step from @from.  Returns: FALSE when it cannot be computed. */
static gboolean
try_step (gdouble normal[PARAMETERS][PARAMETERS],
    const gdouble gradient[PARAMETERS], gdouble damping,
    const JudgeLogistic *from, JudgeLogistic *to)
{
  gdouble a[PARAMETERS][PARAMETERS];
  gdouble right[PARAMETERS], step[PARAMETERS];

  for (guint i = 0; i < PARAMETERS; i++) {
    right[i] = gradient[i];
    for (guint j = 0; j < PARAMETERS; j++)
      a[i][j] = normal[i][j];
    /* The small constant keeps parameters still about which the data say
     * nothing. */
    a[i][i] += damping * normal[i][i] + 1e-12;
  }
  if (!solve (a, right, step))
    return FALSE;
  for (guint i = 0; i < PARAMETERS; i++)
    to->b[i] = from->b[i] + step[i];
  to->b[3] = MAX (fabs (to->b[3]), MIN_WIDTH);
  return TRUE;
}

/* Improves @curve of centred values.  Returns: its sum of squared errors. */
static gdouble
descend (const Data *data, JudgeLogistic *curve, guint max_steps)
{
  gdouble normal[PARAMETERS][PARAMETERS], gradient[PARAMETERS];
  gdouble error = evaluate (data, curve, normal, gradient);
  gdouble damping = 1e-3;

  for (guint i = 0; i < max_steps && damping < 1e12; i++) {
    JudgeLogistic next;
    gdouble found = INFINITY;

    if (try_step (normal, gradient, damping, curve, &next))
      found = evaluate (data, &next, NULL, NULL);
    if (found <= error) {
      gboolean last = error - found <= ENOUGH * error;

      *curve = next;
      error = evaluate (data, curve, normal, gradient);
      damping = MAX (damping / 10, 1e-12);
      if (last)
        break;
    } else {
      damping *= 10;
    }
  }
  return error;
}

/* Returns: FALSE where the finite values do not differ. */
static gboolean
measure_spread (Data *data)
{
  gdouble sum = 0, squares = 0;
  guint finite = 0;

  for (guint i = 0; i < data->n; i++) {
    if (isfinite (data->x[i])) {
      sum += data->x[i];
      finite++;
    }
  }
  if (finite < 2)
    return FALSE;
  data->centre = sum / finite;
  for (guint i = 0; i < data->n; i++) {
    if (isfinite (data->x[i])) {
      gdouble d = data->x[i] - data->centre;

      squares += d * d;
    }
  }
  data->spread = sqrt (squares / finite);
  return data->spread > 0;
}

/* The starts are the scores' range across the values' range, steep and flat,
 * rising and falling; and nearly the line of least squares. */
static guint
choose_starts (const Data *data, JudgeLogistic starts[5])
{
  gdouble lowest = data->y[0], highest = data->y[0];
  gdouble sum = 0, xy = 0, slope;
  guint finite = 0;

  for (guint i = 0; i < data->n; i++) {
    lowest = MIN (lowest, data->y[i]);
    highest = MAX (highest, data->y[i]);
    sum += data->y[i];
  }
  for (guint i = 0; i < data->n; i++) {
    if (isfinite (data->x[i])) {
      xy += (data->x[i] - data->centre) / data->spread * data->y[i];
      finite++;
    }
  }
  sum /= data->n;
  slope = xy / finite;
  starts[0] = (JudgeLogistic){ { highest, lowest, 0, 1 } };
  starts[1] = (JudgeLogistic){ { highest, lowest, 0, .25 } };
  starts[2] = (JudgeLogistic){ { lowest, highest, 0, 1 } };
  starts[3] = (JudgeLogistic){ { lowest, highest, 0, .25 } };
  /* The curve's slope in its middle is (b1 - b2) / (4 b4). */
  starts[4] = (JudgeLogistic){ { sum + 4 * slope, sum - 4 * slope, 0, 2 } };
  return 5;
}

gboolean
judge_logistic_fit (JudgeLogistic *self, const gdouble *x, const gdouble *y,
    guint n, const JudgeLogistic *start)
{
  Data data = { .x = x, .y = y, .n = n };
  JudgeLogistic starts[5], best = { { 0 } };
  gdouble least = INFINITY;
  guint n_starts = 1;

  if (n <= PARAMETERS || !measure_spread (&data))
    return FALSE;
  if (start != NULL)
    starts[0] = rescale (&data, start, FALSE);
  else
    n_starts = choose_starts (&data, starts);
  for (guint i = 0; i < n_starts; i++) {
    gdouble error = descend (
        &data, &starts[i], start != NULL ? MAX_STEPS_STARTED : MAX_STEPS);

    if (error < least) {
      least = error;
      best = starts[i];
    }
  }
  *self = rescale (&data, &best, TRUE);
  return isfinite (least);
}
