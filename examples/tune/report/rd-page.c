/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report of a tuning loop: its parts in order, and its tables.
 */
#include "tune/report/rd-page.h"

#include "tune/report/rd-chart.h"
#include "tune/report/rd-hull.h"

#include <math.h>

/* --- BD-rate ------------------------------------------------------------- */

static const TableColumn gain_columns[] = {
  { "anchor", TABLE_CELL_TEXT, 0 },
  { "test", TABLE_CELL_TEXT, 0 },
  { "bd_rate", TABLE_CELL_NUMBER, 2 },
  { "akima", TABLE_CELL_NUMBER, 2 },
  { "overlap", TABLE_CELL_NUMBER, 0 },
  { "low", TABLE_CELL_NUMBER, 1 },
  { "middle", TABLE_CELL_NUMBER, 1 },
  { "high", TABLE_CELL_NUMBER, 1 },
  { "remark", TABLE_CELL_TEXT, 0 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

static const gchar *
remark_on (const TuneRdGain *row)
{
  if (row->gain == NULL)
    return row->trouble;
  if (row->gain->overlap < TUNE_GAIN_LEAST_OVERLAP)
    return "little overlap: not to be relied on";
  if (fabs (row->gain->rate - row->gain->akima) > TUNE_GAIN_MOST_SPREAD)
    return "the two interpolations differ: more points are needed";
  return NULL;
}

static void
add_gain_row (Table *table, const TuneRdReport *report, const TuneRdGain *row)
{
  const TuneGain *gain = row->gain;
  const gchar *remark = remark_on (row);

  table_add_row (table);
  table_words (table, "anchor", report->curves[row->anchor].label);
  table_words (table, "test", report->curves[row->test].label);
  if (remark != NULL)
    table_text (table, "remark", remark);
  if (gain == NULL)
    return;
  table_number (table, "bd_rate", 100 * gain->rate);
  table_number (table, "akima", 100 * gain->akima);
  table_number (table, "overlap", 100 * gain->overlap);
  table_number (table, "low", 100 * gain->low);
  table_number (table, "middle", 100 * gain->middle);
  table_number (table, "high", 100 * gain->high);
}

static gboolean
add_gains (Page *page, const TuneRdReport *report, GError **error)
{
  g_autoptr (Table) table = table_new (gain_columns);

  if (report->n_gains == 0)
    return TRUE;
  for (guint i = 0; i < report->n_gains; i++)
    add_gain_row (table, report, &report->gains[i]);
  table_note (table,
      "All in percent: how much more rate the test takes than the anchor for "
      "the same %s of %s; below 0 it takes less. bd_rate is the mean over the "
      "range that both curves cover, by PCHIP, akima the same by Akima's "
      "interpolation; overlap is that range as a part of what they cover "
      "together; low, middle and high are the difference where the pictures "
      "are worst, in the middle, and where they are best.",
      report->statistics[0].name, report->metric);
  page_add_heading (page, "BD-rate");
  page_add_table (page, table);
  return tune_rd_chart_add_gains (page, report, error);
}

/* --- points -------------------------------------------------------------- */

/* Returns: as many decimals as leave three digits of the smallest value. */
static guint
find_decimals (const TuneRdReport *report, guint statistic)
{
  gdouble least = INFINITY;

  for (guint i = 0; i < report->n_curves; i++) {
    for (guint j = 0; j < report->curves[i].n; j++) {
      gdouble value = fabs (report->curves[i].points[j].values[statistic]);

      if (value > 0 && isfinite (value))
        least = MIN (least, value);
    }
  }
  return isfinite (least) ? (guint) CLAMP (2 - floor (log10 (least)), 2, 9) : 2;
}

/* Returns: (transfer full): the columns of the table of points; they have to
 * be there for as long as the table. */
static TableColumn *
list_columns (const TuneRdReport *report)
{
  TableColumn *columns = g_new0 (TableColumn, report->n_statistics + 7);
  guint n = 0;

  columns[n++] = (TableColumn){ "encoder", TABLE_CELL_TEXT, 0 };
  columns[n++] = (TableColumn){ "setting", TABLE_CELL_TEXT, 0 };
  columns[n++] = (TableColumn){ "kbit/s", TABLE_CELL_NUMBER, 1 };
  for (guint i = 0; i < report->n_statistics; i++)
    columns[n++] = (TableColumn){ report->statistics[i].name, TABLE_CELL_NUMBER,
      find_decimals (report, i) };
  columns[n++] = (TableColumn){ "hull", TABLE_CELL_TEXT, 0 };
  columns[n++] = (TableColumn){ "remark", TABLE_CELL_TEXT, 0 };
  return columns;
}

static void
add_point_row (Table *table, const TuneRdReport *report,
    const TuneRdCurve *curve, const TuneRdPoint *point, gboolean on_hull)
{
  g_autofree gchar *remark = NULL;

  if (point->answer)
    remark = g_strconcat (
        "answer", point->note == NULL ? NULL : ", ", point->note, NULL);
  else
    remark = g_strdup (point->note);
  table_add_row (table);
  table_words (table, "encoder", curve->label);
  if (point->setting != NULL)
    table_text (table, "setting", point->setting);
  table_number (table, "kbit/s", point->rate);
  for (guint i = 0; i < report->n_statistics; i++)
    table_number (table, report->statistics[i].name, point->values[i]);
  if (on_hull)
    table_text (table, "hull", "yes");
  if (remark != NULL)
    table_text (table, "remark", remark);
}

/* Says it where a point is in the table alone. */
static void
note_places (Table *table, const TuneRdReport *report)
{
  guint missing = 0;

  for (guint i = 0; i < report->n_curves; i++) {
    for (guint j = 0; j < report->curves[i].n; j++) {
      const TuneRdPoint *point = &report->curves[i].points[j];
      gboolean placed = TRUE;

      for (guint k = 0; k < report->n_statistics; k++)
        placed = placed && tune_rd_has_place (report, point, k);
      missing += !placed;
    }
  }
  if (missing > 0)
    table_note (table, "%u of the points %s not in every chart: %s.", missing,
        missing == 1 ? "is" : "are",
        report->similarity ? "one that is infinite or missing has no place"
                           : "a distance of 0 has no place on their axes");
}

static void
add_points (Page *page, const TuneRdReport *report)
{
  g_autofree TableColumn *columns = list_columns (report);
  g_autofree gboolean *on_hull = tune_rd_find_hull (report, 0);
  g_autoptr (Table) table = table_new (columns);
  guint place = 0;

  for (guint i = 0; i < report->n_curves; i++) {
    for (guint j = 0; j < report->curves[i].n; j++)
      add_point_row (table, report, &report->curves[i],
          &report->curves[i].points[j], on_hull[place++]);
  }
  table_note (table,
      "hull: no mixture of two other encodes is better in %s at its rate.",
      report->statistics[0].name);
  note_places (table, report);
  page_add_heading (page, "What was measured");
  page_add_table (page, table);
}

/* --- the page ------------------------------------------------------------ */

Page *
tune_rd_page (const TuneRdReport *report, GError **error)
{
  g_autoptr (Page) page = page_new (report->title);

  if (report->answer != NULL) {
    g_autofree gchar *answer = g_strconcat ("Answer: ", report->answer, NULL);

    page_add_text (page, answer);
  }
  if (report->n_facts > 0)
    page_add_facts (
        page, report->fact_names, report->fact_values, report->n_facts);
  page_add_heading (
      page, report->similarity ? "Rate and similarity" : "Rate and distance");
  page_add_text (page,
      report->similarity
          ? "Each point is an encode; higher and further to the left is better."
          : "Each point is an encode; lower and further to the left is better. "
            "Both axes are logarithmic.");
  if (!tune_rd_chart_add_rates (page, report, error)
      || !add_gains (page, report, error))
    return NULL;
  for (guint i = 0; i < report->n_tables; i++) {
    page_add_heading (page, report->tables[i].title);
    page_add_table (page, report->tables[i].table);
  }
  add_points (page, report);
  if (report->json != NULL)
    page_add_json (page, "data", report->json);
  return g_steal_pointer (&page);
}
