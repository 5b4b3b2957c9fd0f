/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts the measurements of parts together.
 */
#include "tune/arithmetic/sample.h"

#include "console/program-error.h"

#include <math.h>
#include <string.h>

TuneSample *
tune_sample_new (void)
{
  TuneSample *self = g_new0 (TuneSample, 1);

  self->spans = g_array_new (FALSE, FALSE, sizeof (TuneSpan));
  self->distances = g_array_new (FALSE, FALSE, sizeof (gfloat));
  self->rate = NAN;
  self->known = TRUE;
  return self;
}

void
tune_sample_free (TuneSample *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->spans);
  g_array_unref (self->distances);
  g_free (self->error);
  g_free (self);
}

static void
set_rate (TuneSample *self)
{
  gdouble bits = 0, seconds = 0;

  for (guint i = 0; i < self->spans->len; i++) {
    const TuneSpan *span = &g_array_index (self->spans, TuneSpan, i);

    bits += span->weight * (gdouble) span->bytes * 8;
    seconds += span->weight * span->seconds;
  }
  self->rate = seconds > 0 ? bits / seconds / 1000 : NAN;
}

void
tune_sample_add (
    TuneSample *self, const TuneMeasurement *measurement, gdouble weight)
{
  TuneSpan span = {
    .n_pairs = (guint) measurement->frames,
    .seconds = measurement->seconds,
    .weight = weight,
    .bytes = measurement->bytes,
  };

  g_array_append_val (self->spans, span);
  g_array_append_vals (
      self->distances, measurement->distances, (guint) measurement->frames);
  self->bytes += measurement->bytes;
  self->unmatched += measurement->unmatched;
  self->encode_seconds += measurement->encode_seconds;
  set_rate (self);
}

/* --- does the value matter? ---------------------------------------------- */

static gboolean
are_same (const TuneSample *one, const TuneSample *other)
{
  return one->error == NULL && other->error == NULL
      && one->bytes == other->bytes
      && one->distances->len == other->distances->len
      && memcmp (one->distances->data, other->distances->data,
             one->distances->len * sizeof (gfloat))
      == 0;
}

gboolean
tune_sample_check_values (const TuneSample *const *samples,
    const gdouble *values, guint n, GError **error)
{
  if (n < 2 || samples[0]->distances->len == 0)
    return TRUE;
  for (guint i = 1; i < n; i++) {
    if (!are_same (samples[0], samples[i]))
      return TRUE;
  }
  return program_fail_unnamed (error,
      "the encoder ignores {value}: %g and %g gave the same encode, with the "
      "same distances and of %" G_GUINT64_FORMAT " bytes",
      values[0], values[n - 1], samples[0]->bytes);
}
