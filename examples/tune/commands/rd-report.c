/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a set of encodes to curves and differences of the report.
 */
#include "tune/commands/rd-report.h"

#include "tune/encoding.h"

#include <math.h>
#include <string.h>

/* One curve for each clip and label. */
typedef struct
{
  const gchar *clip;
  guint number; /* of the clip */
  const gchar *label;
  gchar *name;
  GArray *points; /* of TuneRdPoint */
} Curve;

/**
 * Draft:
 * @values: of the shown statistics, of each point
 * @texts: that points refer to
 * @drawn: curves as the report takes them
 */
typedef struct
{
  const TuneRdView *view;
  GPtrArray *curves;
  GPtrArray *values;
  GPtrArray *texts;
  GArray *drawn;
  GArray *statistics;
  GArray *gains;
} Draft;

static guint
shown (const TuneRdView *view, guint i)
{
  return g_array_index (view->statistics, guint, i);
}

static void
free_curve (gpointer data)
{
  Curve *curve = data;

  g_free (curve->name);
  g_array_unref (curve->points);
  g_free (curve);
}

/* --- curves -------------------------------------------------------------- */

static void
add_point (Draft *self, Curve *curve, guint place)
{
  const TuneRdView *view = self->view;
  const TuneRdEntry *entry = view->set->entries->pdata[place];
  gdouble *values = g_new (gdouble, view->statistics->len);
  TuneRdPoint point = { .rate = entry->rate, .values = values };

  for (guint i = 0; i < view->statistics->len; i++)
    values[i] = entry->statistics[shown (view, i)];
  g_ptr_array_add (self->values, values);
  if (isfinite (entry->value)) {
    gchar *text = tune_encoding_format (entry->value);

    g_ptr_array_add (self->texts, text);
    point.setting = text;
  }
  g_array_append_val (curve->points, point);
}

static void
add_curve (
    Draft *self, const GPtrArray *clips, guint number, const gchar *label)
{
  const gchar *clip = clips->pdata[number];
  const TuneRdSet *set = self->view->set;
  Curve *curve = g_new0 (Curve, 1);

  curve->clip = clip;
  curve->number = number;
  curve->label = label;
  curve->name = clips->len > 1 ? g_strdup_printf ("%s, %s", clip, label)
                               : g_strdup (label);
  curve->points = g_array_new (FALSE, FALSE, sizeof (TuneRdPoint));
  for (guint i = 0; i < set->entries->len; i++) {
    const TuneRdEntry *entry = set->entries->pdata[i];

    if (entry->error == NULL && strcmp (entry->clip, clip) == 0
        && strcmp (entry->label, label) == 0)
      add_point (self, curve, i);
  }
  if (curve->points->len > 0)
    g_ptr_array_add (self->curves, curve);
  else
    free_curve (curve);
}

static void
add_curves (Draft *self)
{
  g_autoptr (GPtrArray) clips = tune_rd_set_list_clips (self->view->set);
  g_autoptr (GPtrArray) labels = tune_rd_set_list_labels (self->view->set);

  for (guint i = 0; i < clips->len; i++) {
    for (guint j = 0; j < labels->len; j++)
      add_curve (self, clips, i, labels->pdata[j]);
  }
  for (guint i = 0; i < self->curves->len; i++) {
    const Curve *curve = self->curves->pdata[i];
    TuneRdCurve drawn = { .label = curve->name,
      .clip = curve->number,
      .points = (const TuneRdPoint *) curve->points->data,
      .n = curve->points->len };

    g_array_append_val (self->drawn, drawn);
  }
}

/* --- differences --------------------------------------------------------- */

static void
add_gain (Draft *self, guint anchor, guint test)
{
  const TuneRdView *view = self->view;
  const Curve *one = self->curves->pdata[anchor];
  const Curve *other = self->curves->pdata[test];
  g_autoptr (GError) fault = NULL;
  TuneGain *gain = g_new0 (TuneGain, 1);
  TuneRdGain row = { .anchor = anchor, .test = test };

  g_ptr_array_add (self->values, gain);
  if (tune_rd_set_gain (view->set, one->clip, one->label, other->label,
          shown (view, 0), view->hull, gain, &fault)) {
    row.gain = gain;
  } else {
    g_ptr_array_add (self->texts, g_strdup (fault->message));
    row.trouble = self->texts->pdata[self->texts->len - 1];
  }
  g_array_append_val (self->gains, row);
}

static void
add_gains (Draft *self)
{
  for (guint i = 0; i < self->curves->len; i++) {
    const Curve *anchor = self->curves->pdata[i];

    for (guint j = 0; j < self->curves->len; j++) {
      const Curve *test = self->curves->pdata[j];

      if (i != j && strcmp (anchor->label, self->view->anchor) == 0
          && strcmp (anchor->clip, test->clip) == 0)
        add_gain (self, i, j);
    }
  }
}

/* --- the page ------------------------------------------------------------ */

static void
init (Draft *self, const TuneRdView *view)
{
  *self = (Draft){
    .view = view,
    .curves = g_ptr_array_new_with_free_func (free_curve),
    .values = g_ptr_array_new_with_free_func (g_free),
    .texts = g_ptr_array_new_with_free_func (g_free),
    .drawn = g_array_new (FALSE, FALSE, sizeof (TuneRdCurve)),
    .statistics = g_array_new (FALSE, FALSE, sizeof (TuneRdStatistic)),
    .gains = g_array_new (FALSE, FALSE, sizeof (TuneRdGain)),
  };
  for (guint i = 0; i < view->statistics->len; i++) {
    TuneRdStatistic statistic = {
      .name = view->set->names->pdata[shown (view, i)]
    };

    g_array_append_val (self->statistics, statistic);
  }
}

static void
clear (Draft *self)
{
  g_ptr_array_unref (self->curves);
  g_ptr_array_unref (self->values);
  g_ptr_array_unref (self->texts);
  g_array_unref (self->drawn);
  g_array_unref (self->statistics);
  g_array_unref (self->gains);
}

static gchar *
describe_clips (const TuneRdSet *set)
{
  g_autoptr (GPtrArray) clips = tune_rd_set_list_clips (set);

  g_ptr_array_add (clips, NULL);
  return g_strjoinv (", ", (gchar **) clips->pdata);
}

gboolean
tune_rd_report_write (const TuneRdView *self, const gchar *path, GError **error)
{
  static const gchar *const names[] = { "clips", "metric" };
  g_autofree gchar *clips = describe_clips (self->set);
  const gchar *const facts[] = { clips, self->metric };
  g_autoptr (Page) page = NULL;
  TuneRdReport report;
  Draft draft;

  init (&draft, self);
  add_curves (&draft);
  if (self->anchor != NULL)
    add_gains (&draft);
  report = (TuneRdReport){
    .title = self->title,
    .answer = self->answer,
    .metric = self->metric,
    .similarity = self->set->similarity,
    .fact_names = names,
    .fact_values = facts,
    .n_facts = G_N_ELEMENTS (names),
    .statistics = (const TuneRdStatistic *) draft.statistics->data,
    .n_statistics = draft.statistics->len,
    .curves = (const TuneRdCurve *) draft.drawn->data,
    .n_curves = draft.drawn->len,
    .gains = (const TuneRdGain *) draft.gains->data,
    .n_gains = draft.gains->len,
    .tables = self->tables,
    .n_tables = self->n_tables,
    .json = self->json,
  };
  page = tune_rd_page (&report, error);
  clear (&draft);
  return page != NULL && page_write (page, path, NULL, error);
}
