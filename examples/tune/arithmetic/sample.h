/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was measured of one candidate, over all parts of a clip.
 */
#ifndef TUNE_SAMPLE_H
#define TUNE_SAMPLE_H

#include "tune/store/store.h"

G_BEGIN_DECLS

/**
 * TunePart:
 * @window: a part of the clip
 * @weight: what a pair of it counts: how many of the clip's it stands for
 */
typedef struct
{
  TuneWindow window;
  gdouble weight;
} TunePart;

/**
 * TuneSpan:
 * @n_pairs: measured in this part, one after the other
 * @seconds: of stream time that it lasts
 * @weight: as in TunePart
 * @bytes: of the encode
 *
 * What a sample has of one part.
 */
typedef struct
{
  guint n_pairs;
  gdouble seconds;
  gdouble weight;
  guint64 bytes;
} TuneSpan;

/**
 * TuneSample:
 * @spans: (element-type TuneSpan): one for each part, in order
 * @distances: (element-type gfloat): of all parts, one after the other
 * @rate: kbit/s, 1000 bits each, of the encoded stream without its container;
 *   parts count by their weight
 * @bytes: of all parts together
 * @unmatched: frames without a partner
 * @encode_seconds: that it took
 * @known: it was all in the store
 * @error: (nullable): why it is not measured, beginning with the candidate; all
 *   else is empty then
 *
 * One candidate over all parts.
 */
typedef struct
{
  GArray *spans;
  GArray *distances;
  gdouble rate;
  guint64 bytes;
  guint64 unmatched;
  gdouble encode_seconds;
  gboolean known;
  gchar *error;
} TuneSample;

/* Returns: (transfer full): one without parts, @known. */
TuneSample *tune_sample_new (void);
void tune_sample_free (TuneSample *self);

/* Adds a part, and renews @rate. */
void tune_sample_add (
    TuneSample *self, const TuneMeasurement *measurement, gdouble weight);

/* Sets PROGRAM_ERROR_DATA where all values of one way to encode gave the same
 * encode: equal bytes and distances.  Some of them may, where an encoder is at
 * its limits.  @samples are @n, of @values.  Returns: FALSE then. */
gboolean tune_sample_check_values (const TuneSample *const *samples,
    const gdouble *values, guint n, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneSample, tune_sample_free)

G_END_DECLS

#endif /* TUNE_SAMPLE_H */
