/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Seeking the value of an encoding that meets all targets at the smallest rate:
 * measures what tune_search() asks for, until the answer is known.
 */
#ifndef TUNE_SEEK_H
#define TUNE_SEEK_H

#include "tune/campaign.h"
#include "tune/encoding.h"
#include "tune/arithmetic/search.h"
#include "tune/arithmetic/target.h"

G_BEGIN_DECLS

/**
 * TuneTrial:
 * @at: place of the value
 * @value: of the setting
 * @sample: what was measured
 * @statistics: of each target, in order; what counts, see TuneSeek.cautious
 * @excess: see TuneProbe
 * @meets: whether it meets all targets
 *
 * One value that was measured.
 */
typedef struct
{
  guint at;
  gdouble value;
  TuneSample *sample;
  gdouble *statistics;
  gdouble excess;
  gboolean meets;
} TuneTrial;

typedef struct _TuneSeek TuneSeek;

/**
 * TuneSeek:
 * @encoding: its values are the lattice
 * @targets: (element-type TuneTarget): what to meet; without any, the finest
 *   value is sought whose rate is not above @max_rate
 * @metric: that the targets are about
 * @max_rate: kbit/s that the answer may have; 0 for no limit
 * @campaign: that measures
 * @proof: that is enough
 * @cautious: the upper end of a statistic's interval is what counts, of
 *   similarities the lower one
 * @deadline: g_get_monotonic_time() after which nothing is begun; 0 for none
 * @on_trial: (nullable): called with each trial that is new, and whether it was
 *   known
 * @on_begin: (nullable): called before @n values are measured; @expected passes
 *   are left in all, as far as can be told
 * @user: of the callbacks
 * @trials: (element-type TuneTrial): in the order of measuring
 * @verdict: at the end
 * @shift: is added to the excess of every trial
 * @passes: how often something was measured
 * @late: the deadline came before the end
 */
struct _TuneSeek
{
  const TuneEncoding *encoding;
  const GPtrArray *targets;
  const PerceptualMetricInfo *metric;
  gdouble max_rate;
  TuneCampaign *campaign;
  TuneProof proof;
  gboolean cautious;
  gint64 deadline;
  void (*on_trial) (const TuneTrial *trial, gpointer user);
  void (*on_begin) (guint n, gdouble expected, gpointer user);
  gpointer user;

  GPtrArray *trials;
  TuneVerdict verdict;
  gdouble shift;
  guint passes;
  gboolean late;
};

/* Sets the members below the blank line. */
void tune_seek_init (TuneSeek *self);
void tune_seek_clear (TuneSeek *self);

/* Finds what the store knows.  FALSE with @error set. */
gboolean tune_seek_recall (TuneSeek *self, GError **error);

/* Measures until the answer is known.  @error: of the store or the source, or
 * of a value that cannot be measured.  May be called again after @shift was
 * changed. */
gboolean tune_seek_run (TuneSeek *self, GError **error);

/* Returns: (transfer none) (nullable): the trial of the answer. */
const TuneTrial *tune_seek_answer (const TuneSeek *self);

/* Returns: (transfer none) (nullable): the trial of the value next to @trial,
 * in the direction of a better answer that did not meet. */
const TuneTrial *tune_seek_next (const TuneSeek *self, const TuneTrial *trial);

/* Returns: (transfer none) (nullable): where nothing meets, the trial that
 * comes closest. */
const TuneTrial *tune_seek_closest (const TuneSeek *self);

/* Measures one value as @campaign says.  Returns: (transfer full): the trial,
 * with @at; NULL with @error set. */
TuneTrial *tune_seek_measure (
    const TuneSeek *self, TuneCampaign *campaign, guint at, GError **error);
void tune_trial_free (TuneTrial *self);

/* Where siblings in the store crossed the targets.  Returns: the place; that of
 * the encoding where there is no sibling. */
guint tune_seek_find_start (const TuneSeek *self);

G_END_DECLS

#endif /* TUNE_SEEK_H */
