/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Questions to the store: what is known of a setting, of its siblings on other
 * clips, of all clips.
 */
#ifndef TUNE_STORE_QUERY_H
#define TUNE_STORE_QUERY_H

#include "tune/store/store.h"

G_BEGIN_DECLS

/* Returns: the number of the measured probe; 0 where there is none, -1 with
 * @error set.  Nothing is written.  @sha256: of the source. */
gint64 tune_store_find (TuneStore *self, const gchar *sha256,
    const TuneWindow *window, const TuneSetting *setting,
    const TuneMetric *metric, GError **error);

/* Returns: (transfer full) (element-type gdouble): the values of all settings
 * that are as @setting but for their value, by size; NULL with @error set. */
GArray *tune_store_list_values (
    TuneStore *self, const TuneSetting *setting, GError **error);

/* Returns: a value of a setting by @encoder with @extra, of whatever versions;
 * NaN where there is none, or with @error set. */
gdouble tune_store_find_value (
    TuneStore *self, const gchar *encoder, const gchar *extra, GError **error);

/**
 * TuneSibling:
 * @window: that was encoded, by its number
 * @value: of the setting
 * @probe: by its number
 *
 * A measured probe of the same encoder.
 */
typedef struct
{
  gint64 window;
  gdouble value;
  gint64 probe;
} TuneSibling;

/**
 * tune_store_list_siblings:
 * @sha256: a source that is left out
 * @setting: its value says nothing
 *
 * Returns: (transfer full) (element-type TuneSibling): the latest probes of the
 *   same encoder, further settings and metric on other sources, at most @most,
 *   by window and value; NULL with @error set
 */
GArray *tune_store_list_siblings (TuneStore *self, const gchar *sha256,
    const TuneSetting *setting, const TuneMetric *metric, guint most,
    GError **error);

/* Returns: the number of the source; 0 where it is not known, -1 with @error
 * set. */
gint64 tune_store_find_source (
    TuneStore *self, const gchar *sha256, GError **error);

/* Takes the claim on @probe, whoever has it. */
gboolean tune_store_take_over (TuneStore *self, gint64 probe, GError **error);

/* What a quick look at a source found, in the words of who looked.  Returns:
 * (transfer full) (nullable): what was noted; NULL without anything, or with
 * @error set. */
gchar *tune_store_find_scout (
    TuneStore *self, const gchar *sha256, GError **error);
gboolean tune_store_note_scout (
    TuneStore *self, const gchar *sha256, const gchar *found, GError **error);

/**
 * TuneStored:
 * @sha256: of the source
 * @path: where it was seen last
 * @versions: as in TuneSetting
 * @value: of the setting
 * @probe: by its number
 *
 * A measured probe of a whole source.
 */
typedef struct
{
  gchar *sha256;
  gchar *path;
  gchar *versions;
  gdouble value;
  gint64 probe;
} TuneStored;

/* Returns: (transfer full) (element-type TuneStored): all probes of whole
 * sources by @encoder with @extra, measured by @metric; by source, versions and
 * value.  NULL with @error set. */
GPtrArray *tune_store_list_whole (TuneStore *self, const gchar *encoder,
    const gchar *extra, const TuneMetric *metric, GError **error);

/**
 * TuneHolding:
 * @path: of the source, where it was seen last
 * @sha256: of its content
 * @encoder: as in TuneSetting
 * @extra: likewise
 * @versions: likewise
 * @metric: as in TuneMetric
 * @options: likewise
 * @values: how many values of the setting are measured
 * @low: the smallest of them
 * @high: the largest of them
 * @windows: how many windows of the source
 * @probes: measured
 * @failed: probes that failed
 * @pairs: whose distances are kept
 * @encode_seconds: that it took
 *
 * What the store has of one source, encoder and metric.
 */
typedef struct
{
  gchar *path;
  gchar *sha256;
  gchar *encoder;
  gchar *extra;
  gchar *versions;
  gchar *metric;
  gchar *options;
  guint64 values;
  gdouble low;
  gdouble high;
  guint64 windows;
  guint64 probes;
  guint64 failed;
  guint64 pairs;
  gdouble encode_seconds;
} TuneHolding;

/* Returns: (transfer full) (element-type TuneHolding): all that it has, by
 * source, encoder and metric; NULL with @error set. */
GPtrArray *tune_store_list_holdings (TuneStore *self, GError **error);

G_END_DECLS

#endif /* TUNE_STORE_QUERY_H */
