/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the rows of a table to bars.
 */
#include "judge/commands/estimates-chart.h"

#include "judge/report-page.h"

#include <math.h>

/* Different texts of a column, in the order of the rows.
 * Returns: (transfer container). */
static GPtrArray *
list_texts (const Table *table, const gchar *column)
{
  GPtrArray *texts = g_ptr_array_new ();

  for (guint i = 0; i < table_count_rows (table); i++) {
    const gchar *text = table_get_text (table, i, column);

    if (!g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
      g_ptr_array_add (texts, (gpointer) text);
  }
  return texts;
}

gboolean
judge_estimates_chart (JudgeSession *session, const Table *table,
    const gchar *group, const gchar *estimate, const JudgeEstimatesLook *look,
    GError **error)
{
  g_autoptr (GPtrArray) groups = list_texts (table, group);
  g_autoptr (GPtrArray) metrics = list_texts (table, "metric");
  gsize n = (gsize) groups->len * metrics->len;
  g_autofree gdouble *numbers = g_new (gdouble, 3 * n);
  g_autofree ChartSeries *series = g_new0 (ChartSeries, metrics->len);
  g_autofree gchar *y_title =
      g_strconcat (look->y_title, ", with 95 % interval", NULL);
  const ChartLevel chance = { look->chance_label, look->chance };
  ChartPanel panel = { .kind = CHART_BARS,
    .y_title = session->options.bootstrap > 0 ? y_title : look->y_title,
    .foot = look->foot,
    .reach = 1,
    .levels = &chance,
    .n_levels = 1,
    .groups = (const gchar *const *) groups->pdata,
    .n_groups = groups->len,
    .series = series,
    .n_series = metrics->len };
  const Chart plot = { .title = look->title, .panels = &panel, .n_panels = 1 };

  for (gsize i = 0; i < 3 * n; i++)
    numbers[i] = NAN;
  for (guint i = 0; i < metrics->len; i++)
    series[i] = (ChartSeries){ .label = metrics->pdata[i],
      .y = numbers + (gsize) i * groups->len,
      .low = numbers + n + (gsize) i * groups->len,
      .high = numbers + 2 * n + (gsize) i * groups->len,
      .n = groups->len };
  for (guint i = 0; i < table_count_rows (table); i++) {
    Interval interval;
    guint metric = 0, cluster = 0;
    gsize at;

    g_ptr_array_find_with_equal_func (
        metrics, table_get_text (table, i, "metric"), g_str_equal, &metric);
    g_ptr_array_find_with_equal_func (
        groups, table_get_text (table, i, group), g_str_equal, &cluster);
    at = (gsize) metric * groups->len + cluster;
    numbers[at] = table_get_estimate (table, i, estimate, &interval);
    numbers[n + at] = interval.low;
    numbers[2 * n + at] = interval.high;
  }
  return judge_report_chart (session, &plot, session->options.plot, error);
}
