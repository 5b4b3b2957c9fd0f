/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ranges and round tick values.
 */
#include "chart/axis.h"

#include <math.h>

/* Beyond these, differences of doubles and their logarithms are no longer
 * exact enough to place ticks. */
#define LARGEST 1e100
#define SMALLEST 1e-100

void
chart_axis_init (ChartAxis *self, gboolean log)
{
  *self = (ChartAxis){ .low = INFINITY, .high = -INFINITY, .log = log };
}

gboolean
chart_axis_takes (const ChartAxis *self, gdouble value)
{
  return isfinite (value) && fabs (value) <= LARGEST
      && (!self->log || value >= SMALLEST);
}

void
chart_axis_add (ChartAxis *self, gdouble value)
{
  if (!chart_axis_takes (self, value))
    return;
  self->low = MIN (self->low, value);
  self->high = MAX (self->high, value);
}

gdouble
chart_axis_round_step (gdouble least)
{
  gdouble power = pow (10, floor (log10 (least)));

  for (guint i = 0; i < 3; i++) {
    static const gdouble factors[] = { 1, 2, 5 };

    if (factors[i] * power >= least * (1 - 1e-9))
      return factors[i] * power;
  }
  return 10 * power;
}

static gdouble
find_step (const ChartAxis *self, gdouble least)
{
  static const gdouble steps[] = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900,
    1800, 3600, 7200, 10800, 21600, 43200, 86400 };

  if (!self->times || least <= .5)
    return chart_axis_round_step (least);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (steps[i] >= least * (1 - 1e-9))
      return steps[i];
  }
  return 86400 * chart_axis_round_step (least / 86400);
}

static void
open_range (ChartAxis *self)
{
  gdouble air;

  if (self->low > self->high) {
    self->low = self->log ? .1 : 0;
    self->high = 1;
    return;
  }
  if (self->log) {
    gdouble room = self->dense ? 1.1 : 2;

    if (self->high / self->low < (self->dense ? 1.05 : 1.5)) {
      self->low /= room;
      self->high *= room;
    }
    return;
  }
  air = MAX (fabs (self->low), fabs (self->high)) * 1e-6;
  if (self->high - self->low > air)
    return;
  air = self->low == 0 ? 1 : fabs (self->low) / 2;
  self->low -= self->low == 0 ? 0 : air;
  self->high += air;
}

/* For ranges in which round values are too far apart. */
static void
take_ends (ChartAxis *self, gdouble low, gdouble high)
{
  self->ticks[0] = low;
  self->ticks[1] = high;
  self->n_ticks = 2;
  self->step = 0;
}

static void
finish_linear (ChartAxis *self, guint most_ticks, gboolean round_ends)
{
  gdouble span = self->high - self->low;
  gdouble low = self->low, high = self->high, first, last;

  self->step = find_step (self, span / (most_ticks - 1));
  if (self->counts)
    self->step = MAX (self->step, 1);
  do {
    if (round_ends) {
      first = floor (self->low / self->step + 1e-9);
      last = ceil (self->high / self->step - 1e-9);
    } else {
      first = ceil ((self->low - span * .04) / self->step - 1e-9);
      last = floor ((self->high + span * .04) / self->step + 1e-9);
    }
    if (last - first < most_ticks)
      break;
    self->step = find_step (self, self->step * 1.4);
  } while (TRUE);
  if (round_ends) {
    self->low = first * self->step;
    self->high = last * self->step;
  } else {
    self->low -= span * .04;
    self->high += span * .04;
  }
  /* Adding 0 makes minus zero zero. */
  for (gdouble i = first; i <= last; i++)
    self->ticks[self->n_ticks++] = i * self->step + 0.;
  if (self->n_ticks < (self->counts ? 1 : 2))
    take_ends (self, low, high);
}

/* Adds ticks at @factors times every @every-th power of ten.  Returns: FALSE
 * when there are too many. */
static gboolean
add_powers (
    ChartAxis *self, guint most, const gdouble *factors, guint n, gint every)
{
  gint from = (gint) floor (log10 (self->low)) - 1;
  gint to = (gint) ceil (log10 (self->high));

  self->n_ticks = 0;
  for (gint power = from; power <= to; power++) {
    if (((power % every) + every) % every != 0)
      continue;
    for (guint i = 0; i < n; i++) {
      gdouble tick = factors[i] * pow (10, power);

      if (tick < self->low * (1 - 1e-9) || tick > self->high * (1 + 1e-9))
        continue;
      if (self->n_ticks == most)
        return FALSE;
      self->ticks[self->n_ticks++] = tick;
    }
  }
  return TRUE;
}

/* Evenly spaced round values, for less than a power of ten. */
static void
add_even (ChartAxis *self, guint most)
{
  gdouble step = chart_axis_round_step ((self->high - self->low) / most);

  self->n_ticks = 0;
  for (gdouble i = ceil (self->low / step - 1e-9);
       i * step <= self->high * (1 + 1e-9); i++) {
    if (self->n_ticks == most)
      return;
    self->ticks[self->n_ticks++] = i * step;
  }
}

static void
finish_log (ChartAxis *self, guint most_ticks)
{
  static const gdouble factors[] = { 1, 2, 5 };
  gdouble air = pow (self->high / self->low, .04);

  self->low /= air;
  self->high *= air;
  if (add_powers (self, most_ticks, factors, 3, 1)
      && self->n_ticks >= (self->dense ? 3 : 2))
    return;
  if (self->dense && self->high / self->low < 12) {
    static const gdouble more[] = { 1, 1.5, 2, 3, 5, 7 };

    if (add_powers (self, most_ticks, more, G_N_ELEMENTS (more), 1)
        && self->n_ticks >= 3)
      return;
    add_even (self, most_ticks);
    if (self->n_ticks >= 2)
      return;
  }
  for (gint every = 1;; every++) {
    if (add_powers (self, most_ticks, factors, 1, every))
      break;
  }
  if (self->n_ticks < 2)
    take_ends (self, self->low, self->high);
}

void
chart_axis_finish (ChartAxis *self, guint most_ticks, gboolean round_ends)
{
  g_return_if_fail (most_ticks >= 3 && most_ticks <= CHART_AXIS_MAX_TICKS);

  open_range (self);
  self->n_ticks = 0;
  if (self->log)
    finish_log (self, most_ticks);
  else
    finish_linear (self, most_ticks, round_ends);
}

gdouble
chart_axis_place (const ChartAxis *self, gdouble value)
{
  gdouble place = self->log
      ? log (value / self->low) / log (self->high / self->low)
      : (value - self->low) / (self->high - self->low);

  return self->falling ? 1 - place : place;
}

/* Returns: (transfer full): seconds as minutes and seconds, with hours where
 * the axis has any. */
static gchar *
time_label (const ChartAxis *self, gdouble tick)
{
  gint decimals = 3;
  guint64 power, units, seconds;
  g_autoptr (GString) text = g_string_new (tick < 0 ? "-" : "");

  if (self->step > 0)
    decimals = (gint) CLAMP (ceil (-log10 (self->step) - 1e-9), 0, 9);
  power = (guint64) pow (10, decimals);
  units = (guint64) (MIN (fabs (tick), 1e9) * power + .5);
  seconds = units / power;
  if (self->high >= 3600)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT ":%02u:", seconds / 3600,
        (guint) (seconds / 60 % 60));
  else
    g_string_append_printf (text, "%" G_GUINT64_FORMAT ":", seconds / 60);
  g_string_append_printf (text, "%02u", (guint) (seconds % 60));
  if (decimals > 0)
    g_string_append_printf (
        text, ".%0*" G_GUINT64_FORMAT, decimals, units % power);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gchar *
chart_axis_label (const ChartAxis *self, gdouble tick)
{
  gdouble size = MAX (fabs (self->low), fabs (self->high));
  gint decimals;

  if (self->times)
    return time_label (self, tick);
  if (self->log && fabs (tick) >= 1000 && fabs (tick) < 1e6)
    return g_strdup_printf ("%.0f", tick);
  if (self->step <= 0 || size >= 1e6 || size < 1e-4)
    return g_strdup_printf ("%.3g", tick);
  decimals = (gint) MAX (0, ceil (-log10 (self->step) - 1e-9));
  return g_strdup_printf ("%.*f", decimals, tick);
}
