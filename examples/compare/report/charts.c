/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From timelines and summaries to charts.
 */
#include "compare/report/charts.h"

#include "chart/distribution.h"

#include <math.h>

#define WIDTH 1060
#define HEIGHT_DISTANCES 320
#define HEIGHT_BYTES 190
#define HEIGHT_PART 300

#define MOST_BINS 60
#define MOST_POINTS 400
/* From where on, as a ratio, small values would be lost on an even axis. */
#define WIDE 20
/* Steps of bytes, and stripes, that can be told apart. */
#define MOST_STEPS 500
#define MOST_STRIPES 1000

#define SECONDS(ns) ((gdouble) (ns) / GST_SECOND)

/* Numbers that live as long as a chart is drawn. */
static gdouble *
keep (GPtrArray *kept, gsize n)
{
  gdouble *numbers = g_new0 (gdouble, MAX (n, 1));

  g_ptr_array_add (kept, numbers);
  return numbers;
}

static const MeasureTimeline *
timeline_of (const CompareContent *content, guint file)
{
  return content->course->distorted->pdata[file];
}

static const MeasurePair *
pair_of (const CompareContent *content, guint file, guint pair)
{
  return &g_array_index (timeline_of (content, file)->pairs, MeasurePair, pair);
}

/* --- over time ----------------------------------------------------------- */

static ChartSeries
make_curve (const CompareContent *content, guint file, const gchar *name,
    GPtrArray *kept)
{
  guint n = timeline_of (content, file)->pairs->len;
  gdouble *x = keep (kept, n), *y = keep (kept, n);

  for (guint i = 0; i < n; i++) {
    const MeasurePair *pair = pair_of (content, file, i);

    x[i] = SECONDS (pair->time);
    y[i] = pair->distance;
  }
  return (
      ChartSeries){ .label = name, .x = x, .y = y, .n = n, .smooth = n > 100 };
}

static const gchar *
words_of (MeasureMarkKind kind)
{
  static const gchar *const words[] = {
    [MEASURE_MARK_LOST_REFERENCE] = "reference frames without a partner",
    [MEASURE_MARK_LOST_DISTORTED] = "distorted frames without a partner",
    [MEASURE_MARK_GAP] = "gap in the stream",
    [MEASURE_MARK_ABOVE] = "alert: above the threshold",
    [MEASURE_MARK_BELOW] = "alert: below the threshold",
    [MEASURE_MARK_FROZEN] = "alert: frozen",
    [MEASURE_MARK_BLACK] = "alert: black",
  };

  return words[MIN (kind, MEASURE_MARK_BLACK)];
}

/* Returns: (transfer none): what a stripe is called. */
static const gchar *
label_of (MeasureMarkKind kind, const gchar *file, GPtrArray *kept)
{
  gchar *label;

  if (file == NULL)
    return words_of (kind);
  label = g_strdup_printf ("%s: %s", file, words_of (kind));
  g_ptr_array_add (kept, label);
  return label;
}

/* Stripes nearer to each other than can be seen become one.  @file: (nullable):
 * its name, where there are several */
static void
add_spans (GArray *spans, const MeasureTimeline *timeline, const gchar *file,
    gdouble apart, GPtrArray *kept)
{
  gint last[MEASURE_MARK_BLACK + 1];

  for (guint i = 0; i < G_N_ELEMENTS (last); i++)
    last[i] = -1;
  for (guint i = 0; i < timeline->marks->len; i++) {
    const MeasureMark *mark = &g_array_index (timeline->marks, MeasureMark, i);
    ChartSpan span = { .label = NULL,
      .from = SECONDS ((gint64) mark->begin + timeline->shift),
      .to = SECONDS ((gint64) mark->end + timeline->shift) };
    gint *known = &last[MIN (mark->kind, MEASURE_MARK_BLACK)];
    ChartSpan *before =
        *known >= 0 ? &g_array_index (spans, ChartSpan, *known) : NULL;

    if (before != NULL && span.from >= before->from
        && span.from <= before->to + apart) {
      before->to = MAX (before->to, span.to);
      continue;
    }
    span.label = before != NULL
        ? before->label
        : label_of ((MeasureMarkKind) mark->kind, file, kept);
    *known = (gint) spans->len;
    g_array_append_val (spans, span);
  }
}

static GArray *
make_spans (
    const CompareContent *content, const gchar *const *names, GPtrArray *kept)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (ChartSpan));
  gboolean several = content->results->len > 1;
  gdouble end = 0;

  for (guint i = 0; i < content->results->len; i++) {
    guint n = timeline_of (content, i)->pairs->len;

    if (n > 0)
      end = MAX (end, SECONDS (pair_of (content, i, n - 1)->time));
  }
  add_spans (spans, compare_course_get_reference (content->course),
      several ? "reference" : NULL, end / MOST_STRIPES, kept);
  for (guint i = 0; i < content->results->len; i++)
    add_spans (spans, timeline_of (content, i), several ? names[i] : NULL,
        end / MOST_STRIPES, kept);
  return spans;
}

static GArray *
make_marks (const CompareContent *content)
{
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (ChartMark));

  for (guint i = 0; content->moments != NULL && i < content->moments->len;
       i++) {
    const CompareMoment *moment =
        &g_array_index (content->moments, CompareMoment, i);
    const MeasurePair *pair = pair_of (content, moment->file, moment->pair);
    const ChartMark mark = { .label = "worst moments, shown below",
      .number = i + 1,
      .x = SECONDS (pair->time),
      .y = pair->distance };

    g_array_append_val (marks, mark);
  }
  return marks;
}

/* Bytes of each second, as steps of kbit/s.  The first and the last step are as
 * wide as there is video. */
static gboolean
make_steps (const MeasureTimeline *timeline, const gchar *name, GPtrArray *kept,
    ChartSeries *series)
{
  guint64 first = G_MAXUINT64, last = 0;
  guint each, n;
  gdouble *edges, *rates;

  for (guint i = 0; i < timeline->seconds->len; i++) {
    guint64 second = g_array_index (timeline->seconds, MeasureSecond, i).second;

    first = MIN (first, second);
    last = MAX (last, second);
  }
  if (timeline->seconds->len == 0 || last - first > G_MAXUINT32 / 2)
    return FALSE;
  each = (guint) ((last - first) / MOST_STEPS) + 1;
  n = (guint) (last - first) / each + 1;
  edges = keep (kept, n + 1);
  rates = keep (kept, n);
  for (guint i = 0; i < timeline->seconds->len; i++) {
    const MeasureSecond *second =
        &g_array_index (timeline->seconds, MeasureSecond, i);

    rates[(second->second - first) / each] += (gdouble) second->bytes;
  }
  for (guint i = 0; i <= n; i++)
    edges[i] = (gdouble) (first + (guint64) i * each);
  edges[0] = MAX (edges[0], SECONDS (timeline->coded_begin));
  edges[n] = MIN (edges[n], SECONDS (timeline->coded_end));
  /* What is left of a second may be nothing. */
  if (n > 1 && edges[n] - edges[n - 1] < .2) {
    rates[n - 2] += rates[n - 1];
    edges[n - 1] = edges[n];
    n--;
  }
  for (guint i = 0; i < n; i++)
    rates[i] *= 8e-3 / MAX (edges[i + 1] - edges[i], 1e-3);
  for (guint i = 0; i <= n; i++)
    edges[i] += SECONDS (timeline->offset + timeline->shift);
  *series = (ChartSeries){ .label = name, .x = edges, .y = rates, .n = n };
  return edges[n] > edges[0];
}

/* Surfaces of several files hide each other: only their outline. */
static void
take_outline (ChartSeries *steps, GPtrArray *kept)
{
  gdouble *x = keep (kept, 2 * steps->n), *y = keep (kept, 2 * steps->n);

  for (guint i = 0; i < steps->n; i++) {
    x[2 * i] = steps->x[i];
    x[2 * i + 1] = steps->x[i + 1];
    y[2 * i] = y[2 * i + 1] = steps->y[i];
  }
  *steps = (ChartSeries){
    .label = steps->label, .x = x, .y = y, .n = 2 * steps->n, .smooth = TRUE
  };
}

static guint
make_all_steps (const CompareContent *content, const gchar *const *names,
    GPtrArray *kept, ChartSeries *series)
{
  guint n = 0;

  for (guint i = 0; i < content->results->len; i++) {
    if (make_steps (timeline_of (content, i), names[i], kept, &series[n]))
      n++;
  }
  for (guint i = 0; i < n && n > 1; i++)
    take_outline (&series[i], kept);
  return n;
}

/* What a chart over time consists of, as long as it is drawn. */
typedef struct
{
  GPtrArray *kept;
  GArray *spans;
  GArray *marks;
  ChartSeries *curves;
  ChartSeries *steps;
  gchar *title;
  ChartPanel panels[2];
} Course;

static void
course_clear (Course *self)
{
  g_ptr_array_unref (self->kept);
  g_array_unref (self->spans);
  g_array_unref (self->marks);
  g_free (self->curves);
  g_free (self->steps);
  g_free (self->title);
}

/* Distances above, bytes below, where there are any. */
static void
course_init (
    Course *self, const CompareContent *content, const gchar *const *names)
{
  guint files = content->results->len;
  gboolean similarity = compare_is_similarity (content->options->metric);

  self->kept = g_ptr_array_new_with_free_func (g_free);
  self->spans = make_spans (content, names, self->kept);
  self->marks = make_marks (content);
  self->curves = g_new0 (ChartSeries, files);
  self->steps = g_new0 (ChartSeries, files);
  self->title =
      g_strdup_printf (similarity ? "%s, higher is more alike" : "%s distance",
          content->options->metric);
  for (guint i = 0; i < files; i++)
    self->curves[i] = make_curve (content, i, names[i], self->kept);
  self->panels[0] = (ChartPanel){
    .kind = CHART_LINES,
    .y_title = self->title,
    .times = TRUE,
    .from_zero = !similarity,
    .height = HEIGHT_DISTANCES,
    .series = self->curves,
    .n_series = files,
    .spans = (const ChartSpan *) self->spans->data,
    .n_spans = self->spans->len,
    .marks = (const ChartMark *) self->marks->data,
    .n_marks = self->marks->len,
  };
  self->panels[1] = (ChartPanel){
    .kind = CHART_STEPS,
    .x_title = "time",
    .y_title = "encoded kbit/s",
    .times = TRUE,
    .height = HEIGHT_BYTES,
    .series = self->steps,
    .n_series = make_all_steps (content, names, self->kept, self->steps),
  };
  if (self->panels[1].n_series > 1) {
    self->panels[1].kind = CHART_LINES;
    self->panels[1].from_zero = TRUE;
  }
}

gboolean
compare_charts_add_time (Page *page, const CompareContent *content,
    const gchar *const *names, GError **error)
{
  gboolean similarity = compare_is_similarity (content->options->metric);
  Course course;
  Chart chart = {
    .panels = course.panels, .columns = 1, .same_x = TRUE, .width = WIDTH
  };
  gboolean added;

  course_init (&course, content, names);
  chart.n_panels = course.panels[1].n_series > 0 ? 2 : 1;
  if (chart.n_panels == 1)
    course.panels[0].x_title = "time";
  page_add_heading (page, similarity ? "Over time" : "Distance over time");
  added = page_add_chart (page, "time", &chart, error);
  course_clear (&course);
  return added;
}

gboolean
compare_charts_write_time (
    const CompareContent *content, const gchar *path, GError **error)
{
  g_auto (GStrv) names = compare_name_files (content->results);
  const MeasureInput *reference = content->inputs->pdata[0];
  g_autofree gchar *bare = g_path_get_basename (reference->label);
  g_autofree gchar *title = content->results->len == 1
      ? g_strdup_printf ("%s compared with %s", names[0], bare)
      : g_strdup_printf (
          "%u files compared with %s", content->results->len, bare);
  Course course;
  Chart chart = {
    .title = title, .panels = course.panels, .n_panels = 1, .width = WIDTH
  };
  gboolean written;

  course_init (&course, content, (const gchar *const *) names);
  course.panels[0].x_title = "time";
  written = chart_write (&chart, path, error);
  course_clear (&course);
  return written;
}

/* --- how many pairs have which distance ---------------------------------- */

typedef struct
{
  gdouble low;
  gdouble high;
} Ends;

static gdouble *
list_distances (
    const CompareContent *content, guint file, GPtrArray *kept, Ends *ends)
{
  guint n = timeline_of (content, file)->pairs->len;
  gdouble *values = keep (kept, n);

  for (guint i = 0; i < n; i++) {
    values[i] = pair_of (content, file, i)->distance;
    if (!isfinite (values[i]))
      continue;
    ends->low = MIN (ends->low, values[i]);
    ends->high = MAX (ends->high, values[i]);
  }
  return values;
}

static ChartSeries
make_shares (const gdouble *values, guint n, const gdouble *edges, guint n_bins,
    const gchar *name, GPtrArray *kept)
{
  gdouble *shares = keep (kept, n_bins);

  chart_bin_shares (values, n, edges, n_bins, shares);
  for (guint i = 0; i < n_bins; i++)
    shares[i] *= 100;
  return (ChartSeries){ .label = name, .x = edges, .y = shares, .n = n_bins };
}

static ChartSeries
make_cumulative (
    const gdouble *values, guint n, const gchar *name, GPtrArray *kept)
{
  gdouble *x = keep (kept, MOST_POINTS), *y = keep (kept, MOST_POINTS);
  guint points = chart_cumulate (values, n, MOST_POINTS, x, y);

  for (guint i = 0; i < points; i++)
    y[i] *= 100;
  return (ChartSeries){
    .label = name, .x = x, .y = y, .n = points, .smooth = TRUE
  };
}

gboolean
compare_charts_add_distribution (Page *page, const CompareContent *content,
    const gchar *const *names, GError **error)
{
  guint files = content->results->len, n_bins = 0;
  Ends ends = { .low = INFINITY, .high = -INFINITY };
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autofree ChartSeries *shares = g_new0 (ChartSeries, files);
  g_autofree ChartSeries *curves = g_new0 (ChartSeries, files);
  g_autofree gdouble **values = g_new0 (gdouble *, files);
  g_autofree gdouble *edges = NULL;
  ChartPanel panels[2] = { {
                               .kind = CHART_STEPS,
                               .x_title = content->options->metric,
                               .y_title = "% of the pairs",
                               .height = HEIGHT_PART,
                               .series = shares,
                               .n_series = files,
                           },
    {
        .kind = CHART_LINES,
        .x_title = content->options->metric,
        .y_title = "% of the pairs at most so",
        .from_zero = TRUE,
        .height = HEIGHT_PART,
        .series = curves,
        .n_series = files,
    } };

  for (guint i = 0; i < files; i++)
    values[i] = list_distances (content, i, kept, &ends);
  if (!(ends.high > ends.low))
    return TRUE;
  if (ends.low > 0 && ends.high > WIDE * ends.low)
    panels[0].log_x = panels[1].log_x = TRUE;
  edges = chart_bin_edges (
      ends.low, ends.high, panels[0].log_x, MOST_BINS, &n_bins);
  if (edges == NULL)
    return TRUE;
  for (guint i = 0; i < files; i++) {
    guint n = timeline_of (content, i)->pairs->len;

    shares[i] = make_shares (values[i], n, edges, n_bins, names[i], kept);
    curves[i] = make_cumulative (values[i], n, names[i], kept);
  }
  page_add_heading (page,
      compare_is_similarity (content->options->metric)
          ? "How many pairs are how alike"
          : "How many pairs are how different");
  return page_add_chart (page, "distribution",
      &(Chart){
          .panels = panels, .n_panels = 2, .columns = 2, .width = WIDTH / 2 },
      error);
}

/* --- which part comes from where ----------------------------------------- */

static guint
count_taps (const MeasureResult *result)
{
  const GValue *taps = result->summary != NULL
      ? gst_structure_get_value (result->summary, "taps")
      : NULL;

  return taps != NULL ? gst_value_array_get_size (taps) : 0;
}

/* Returns: FALSE where the parts have no sum. */
static gboolean
make_parts (const MeasureResult *result, guint n, gdouble *parts)
{
  const GValue *taps;
  gdouble sum = 0;

  if (count_taps (result) != n)
    return FALSE;
  taps = gst_structure_get_value (result->summary, "taps");
  for (guint i = 0; i < n; i++) {
    parts[i] = g_value_get_double (gst_value_array_get_value (taps, i));
    sum += parts[i];
  }
  for (guint i = 0; i < n; i++)
    parts[i] *= 100 / sum;
  return sum > 0 && isfinite (sum);
}

gboolean
compare_charts_add_shares (Page *page, const CompareContent *content,
    const gchar *const *names, GError **error)
{
  guint files = content->results->len, n_taps = 0, n_series = 0;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) groups = NULL;
  g_autofree ChartSeries *series = g_new0 (ChartSeries, files);
  ChartPanel panel = {
    .kind = CHART_BARS,
    .x_title = "level or tap of the metric, from fine to coarse",
    .y_title = "% of the mean distance",
    .height = HEIGHT_PART,
    .series = series,
  };

  for (guint i = 0; i < files; i++)
    n_taps = MAX (n_taps, count_taps (content->results->pdata[i]));
  if (n_taps < 2 || compare_is_similarity (content->options->metric))
    return TRUE;
  for (guint i = 0; i < files; i++) {
    gdouble *parts = keep (kept, n_taps);

    if (make_parts (content->results->pdata[i], n_taps, parts))
      series[n_series++] =
          (ChartSeries){ .label = names[i], .y = parts, .n = n_taps };
  }
  if (n_series == 0)
    return TRUE;
  groups = g_new0 (gchar *, n_taps + 1);
  for (guint i = 0; i < n_taps; i++)
    groups[i] = g_strdup_printf ("%u", i + 1);
  panel.groups = (const gchar *const *) groups;
  panel.n_groups = n_taps;
  panel.n_series = n_series;
  page_add_heading (page, "Where the distance comes from");
  return page_add_chart (page, "shares",
      &(Chart){ .panels = &panel, .n_panels = 1, .width = WIDTH / 2 }, error);
}
