/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report of a tuning loop as one HTML file: rates over distances, what was
 * found, what was measured.  It knows nothing of encoders, stores and searches.
 *
 * Texts are UTF-8, and hostile ones do no harm.  The caller keeps everything
 * that the structures point to.
 */
#ifndef TUNE_RD_PAGE_H
#define TUNE_RD_PAGE_H

#include "page/page.h"
#include "tune/arithmetic/curve.h"

G_BEGIN_DECLS

/**
 * TuneRdPoint:
 * @rate: kbit/s, above 0; one that is not is left out of charts
 * @values: of the report's statistics, in their order; NaN and infinite ones,
 *   such as the psnr of identical pictures, are left out of charts
 * @setting: (nullable): what was set: "crf=24"
 * @answer: whether this is what was searched for
 * @note: (nullable): what else the table says of it: "meets", "whole clip"
 *
 * One encode.
 */
typedef struct
{
  gdouble rate;
  const gdouble *values;
  const gchar *setting;
  gboolean answer;
  const gchar *note;
} TuneRdPoint;

/**
 * TuneRdCurve:
 * @label: of the encoder and what is the same for all of its points: "x264
 *   preset=slow"; no two curves have the same one
 * @clip: its number, from 0; the curves of a clip have one hull
 * @points: @n of them, in the order in which the table has them, such as that
 *   of a search
 */
typedef struct
{
  const gchar *label;
  guint clip;
  const TuneRdPoint *points;
  guint n;
} TuneRdCurve;

/**
 * TuneRdTarget:
 * @label: as the user wrote it: "p95<0.02"
 * @bound: of the statistic
 */
typedef struct
{
  const gchar *label;
  gdouble bound;
} TuneRdTarget;

/**
 * TuneRdStatistic:
 * @name: "p95"
 * @targets: (nullable): @n_targets of them, drawn across its panel
 */
typedef struct
{
  const gchar *name;
  const TuneRdTarget *targets;
  guint n_targets;
} TuneRdStatistic;

/**
 * TuneRdGain:
 * @anchor: the number of the curve that is compared with, from 0
 * @test: the number of the other curve
 * @gain: (nullable): what tune_gain() found of the first statistic
 * @trouble: (nullable): why it found nothing; shown where @gain is NULL
 *
 * A row of BD-rate.
 */
typedef struct
{
  guint anchor;
  guint test;
  const TuneGain *gain;
  const gchar *trouble;
} TuneRdGain;

/**
 * TuneRdTable:
 * @title: above it
 * @table: its notes are shown too
 */
typedef struct
{
  const gchar *title;
  const Table *table;
} TuneRdTable;

/**
 * TuneRdReport:
 * @title: of the page: "clip.mkv"
 * @answer: (nullable): the result in a sentence, below the title
 * @metric: with its options: "mmd-ssim"
 * @similarity: whether higher is better; distances have a logarithmic axis, and
 *   so has BD-rate's: tune_quality_of_distance()
 * @fact_names: (nullable): @n_facts of them: what the run was about
 * @fact_values: (nullable): @n_facts of them
 * @statistics: @n_statistics of them, at least 1: a panel each
 * @curves: @n_curves of them
 * @gains: (nullable): @n_gains of them: a table, and the difference of rate
 *   over the first statistic
 * @tables: (nullable): @n_tables of them, in order, between BD-rate and the
 *   table of all points: means over clips
 * @json: (nullable): the object of --format json, for other programs
 */
typedef struct
{
  const gchar *title;
  const gchar *answer;
  const gchar *metric;
  gboolean similarity;
  const gchar *const *fact_names;
  const gchar *const *fact_values;
  guint n_facts;
  const TuneRdStatistic *statistics;
  guint n_statistics;
  const TuneRdCurve *curves;
  guint n_curves;
  const TuneRdGain *gains;
  guint n_gains;
  const TuneRdTable *tables;
  guint n_tables;
  const gchar *json;
} TuneRdReport;

/**
 * tune_rd_page:
 * @error: as of chart_draw()
 *
 * From top to bottom: facts, the chart of rates and statistics with the hull,
 * targets and the answer, BD-rate, @report's tables, and one of all points.
 *
 * Returns: (transfer full): a page for page_write(), or NULL with @error set;
 *   the same report gives the same bytes
 */
Page *tune_rd_page (const TuneRdReport *report, GError **error);

G_END_DECLS

#endif /* TUNE_RD_PAGE_H */
