/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rates and statistics of many encodes, of several clips and encoders, and what
 * curves of them say about each other.
 */
#ifndef TUNE_RD_SET_H
#define TUNE_RD_SET_H

#include "tune/arithmetic/curve.h"
#include "tune/arithmetic/sample.h"

G_BEGIN_DECLS

/**
 * TuneRdEntry:
 * @clip: whose encode it is, valid UTF-8
 * @label: of the curve that it is on: the encoder and its further settings
 * @value: of the setting; NaN where there is none
 * @rate: kbit/s
 * @statistics: of all of the set's names; NaN for what is not known
 * @bytes: of the stream
 * @pairs: measured
 * @seconds: that it took to encode
 * @known: it was in the store
 * @missing: it was only looked for in the store, which does not have it
 * @error: (nullable): why it was not measured; the numbers say nothing then
 *
 * One encode.
 */
typedef struct
{
  gchar *clip;
  gchar *label;
  gdouble value;
  gdouble rate;
  gdouble *statistics;
  guint64 bytes;
  guint64 pairs;
  gdouble seconds;
  gboolean known;
  gboolean missing;
  gchar *error;
} TuneRdEntry;

/**
 * TuneRdSet:
 * @metric: its name, valid UTF-8
 * @similarity: whether higher is better
 * @names: (element-type utf8): of the statistics
 * @entries: (element-type TuneRdEntry): in the order of their coming
 */
typedef struct
{
  gchar *metric;
  gboolean similarity;
  GPtrArray *names;
  GPtrArray *entries;
} TuneRdSet;

/* Returns: (transfer full): a set without names and entries. */
TuneRdSet *tune_rd_set_new (const gchar *metric, gboolean similarity);
void tune_rd_set_free (TuneRdSet *self);

/* Adds the names of all statistics that say something of the metric; before
 * anything else is added. */
void tune_rd_set_add_statistics (TuneRdSet *self);

/* Returns: (transfer none): a new entry of the set, without numbers. */
TuneRdEntry *tune_rd_set_add (
    TuneRdSet *self, const gchar *clip, const gchar *label, gdouble value);

/* Fills @entry from @sample; the set's names are those of statistics. */
void tune_rd_set_take_sample (
    const TuneRdSet *self, TuneRdEntry *entry, const TuneSample *sample);

/* Returns: the place of @name among the set's, or -1. */
gint tune_rd_set_find (const TuneRdSet *self, const gchar *name);

/* Each returns (transfer container) (element-type utf8): the different ones, in
 * the order of their coming. */
GPtrArray *tune_rd_set_list_clips (const TuneRdSet *self);
GPtrArray *tune_rd_set_list_labels (const TuneRdSet *self);

/* Returns: (transfer full) (element-type TunePoint): those of @clip and
 * @label that were measured; @label NULL for all.  The quality is of
 * @statistic, by its place. */
GArray *tune_rd_set_points (const TuneRdSet *self, const gchar *clip,
    const gchar *label, guint statistic);

/**
 * tune_rd_set_gain:
 * @hull: only the points on each curve's convex hull count
 * @error: TUNE_CURVE_ERROR
 *
 * Of @clip's curves @anchor and @test; see tune_gain().
 */
gboolean tune_rd_set_gain (const TuneRdSet *self, const gchar *clip,
    const gchar *anchor, const gchar *test, guint statistic, gboolean hull,
    TuneGain *gain, GError **error);

/* Returns: (transfer full): for each entry, whether it is on the hull of all
 * that is its clip's. */
gboolean *tune_rd_set_hull (const TuneRdSet *self, guint statistic);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneRdSet, tune_rd_set_free)

G_END_DECLS

#endif /* TUNE_RD_SET_H */
