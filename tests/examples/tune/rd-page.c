/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report of a tuning loop, of made-up numbers.
 */
#include "tune/report/rd-page.h"

#include <math.h>
#include <string.h>

#define N 6

/* p95 and max of two encoders; the second one's rates are 20 % lower for the
 * same p95. */
static const gdouble rates[] = { 180, 260, 420, 700, 1200, 2300 };
static const gdouble values[N][2] = { { .12, .3 }, { .08, .21 }, { .05, .16 },
  { .03, .08 }, { .018, .05 }, { .009, .03 } };
static const gchar *const settings[] = { "crf=36", "crf=33", "crf=30", "crf=27",
  "crf=24", "crf=21" };

typedef struct
{
  TuneRdPoint points[2][N];
  TuneRdCurve curves[2];
  TuneRdTarget targets[2];
  TuneRdStatistic statistics[2];
  TuneGain gain;
  TuneRdGain gains[2];
  TuneRdReport report;
} Fixture;

static void
fill_points (Fixture *self)
{
  for (guint i = 0; i < N; i++) {
    for (guint j = 0; j < 2; j++)
      self->points[j][i] = (TuneRdPoint){ .rate = rates[i] * (j == 0 ? 1 : .8),
        .values = values[i],
        .setting = settings[i] };
  }
  self->points[1][4].answer = TRUE;
  self->points[1][4].note = "whole clip";
}

static void
fill_gain (Fixture *self)
{
  TunePoint points[2][N];

  for (guint i = 0; i < N; i++) {
    for (guint j = 0; j < 2; j++)
      points[j][i] = (TunePoint){ self->points[j][i].rate,
        tune_quality_of_distance (values[i][0]) };
  }
  g_assert_true (tune_gain (points[0], N, points[1], N, &self->gain, NULL));
  self->gains[0] = (TuneRdGain){ .anchor = 0, .test = 1, .gain = &self->gain };
  self->gains[1] = (TuneRdGain){
    .anchor = 1, .test = 0, .trouble = "test: fewer than <two> points"
  };
}

/* @name: of everything that a user names. */
static void
fill (Fixture *self, const gchar *name)
{
  fill_points (self);
  fill_gain (self);
  self->curves[0] = (TuneRdCurve){ "x264 preset=slow", 0, self->points[0], N };
  self->curves[1] = (TuneRdCurve){ name, 0, self->points[1], N };
  self->targets[0] = (TuneRdTarget){ "p95<0.02", .02 };
  self->targets[1] = (TuneRdTarget){ "max<0.1", .1 };
  self->statistics[0] = (TuneRdStatistic){ "p95", &self->targets[0], 1 };
  self->statistics[1] = (TuneRdStatistic){ "max", &self->targets[1], 1 };
  self->report = (TuneRdReport){ .title = name,
    .answer = name,
    .metric = "mmd-ssim",
    .statistics = self->statistics,
    .n_statistics = 2,
    .curves = self->curves,
    .n_curves = 2,
    .gains = self->gains,
    .n_gains = 2,
    .json = "{\"schema\":1}" };
}

static gchar *
format (const TuneRdReport *report)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Page) page = tune_rd_page (report, &error);

  g_assert_no_error (error);
  return page_format (page);
}

static guint
count (const gchar *text, const gchar *word)
{
  guint n = 0;

  for (; (text = strstr (text, word)) != NULL; text += strlen (word))
    n++;
  return n;
}

static void
assert_has (const gchar *text, const gchar *word)
{
  if (strstr (text, word) == NULL)
    g_error ("the page has no %s", word);
}

static void
test_page_has_charts_tables_and_the_answer (void)
{
  Fixture self;
  g_autofree gchar *text = NULL, *again = NULL;

  fill (&self, "x265 preset=slow");
  text = format (&self.report);
  again = format (&self.report);
  g_assert_true (g_str_equal (text, again));
  assert_has (text, "<div class=\"chart\" id=\"rates\">");
  assert_has (text, "<div class=\"chart\" id=\"gains\">");
  assert_has (text,
      "<desc>x264 preset=slow; x265 preset=slow; hull; "
      "p95&lt;0.02; max&lt;0.1; answer;");
  assert_has (text,
      "<tr><td>x264 preset=slow</td><td>x265 preset=slow</td>"
      "<td class=\"number\">-20.00</td>");
  assert_has (text, "<td>test: fewer than &lt;two&gt; points</td>");
  assert_has (text,
      "<tr><td>x265 preset=slow</td><td>crf=24</td>"
      "<td class=\"number\">960.0</td><td class=\"number\">0.01800</td>"
      "<td class=\"number\">0.0500</td><td>-</td>"
      "<td>answer, whole clip</td></tr>");
  assert_has (text, "id=\"data\">{\"schema\":1}</script>");
  g_assert_cmpuint (count (text, "<td>crf="), ==, 2 * N);
  g_assert_null (strstr (text, "not in every chart"));
}

/* Returns: how many points of curve @j are on its own hull. */
static guint
count_hull (const Fixture *self, guint j)
{
  TunePoint points[N];
  gboolean on_hull[N];

  for (guint i = 0; i < N; i++)
    points[i] = (TunePoint){ self->points[j][i].rate,
      tune_quality_of_distance (values[i][0]) };
  return tune_hull (points, N, on_hull);
}

/* Encodes of different clips are no mixture. */
static void
test_each_clip_has_its_own_hull (void)
{
  Fixture self;
  g_autofree gchar *one = NULL, *two = NULL;

  fill (&self, "x265");
  one = format (&self.report);
  self.curves[1].clip = 1;
  two = format (&self.report);
  /* The second curve is below the first one everywhere. */
  g_assert_cmpuint (count (one, "<td>yes</td>"), ==, count_hull (&self, 1));
  g_assert_cmpuint (count (two, "<td>yes</td>"), ==,
      count_hull (&self, 0) + count_hull (&self, 1));
  g_assert_cmpuint (count_hull (&self, 1), <, N);
}

static void
test_hostile_labels_are_inert (void)
{
  Fixture plain, hostile;
  g_autofree gchar *expected = NULL, *text = NULL;

  fill (&plain, "x265");
  fill (&hostile, "</script><script>alert('1')\"onload=\"");
  expected = format (&plain.report);
  text = format (&hostile.report);
  g_assert_cmpuint (count (text, "<script"), ==, count (expected, "<script"));
  g_assert_cmpuint (
      count (text, "</script>"), ==, count (expected, "</script>"));
  g_assert_cmpuint (count (text, "\"onload"), ==, 0);
}

/* Identical pictures, and what failed. */
static void
test_points_without_a_place_are_in_the_table_alone (void)
{
  static const gdouble none[] = { 0, 0 }, failed[] = { NAN, NAN };
  Fixture self;
  g_autofree gchar *text = NULL;

  fill (&self, "x265");
  self.points[0][5].values = none;
  self.points[0][4].values = failed;
  text = format (&self.report);
  assert_has (text, "2 of the points are not in every chart");
  g_assert_cmpuint (count (text, "<td>crf="), ==, 2 * N);
}

static void
test_no_points_still_make_a_page (void)
{
  const TuneRdStatistic statistic = { .name = "mean" };
  const TuneRdCurve curve = { .label = "x264" };
  const TuneRdReport empty = { .title = "clip.mkv",
    .metric = "psnr",
    .similarity = TRUE,
    .statistics = &statistic,
    .n_statistics = 1,
    .curves = &curve,
    .n_curves = 1 };
  g_autofree gchar *text = format (&empty);

  assert_has (text, "<h2>Rate and similarity</h2>");
  g_assert_null (strstr (text, "BD-rate"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/rd-page/" #name, test_##name)
  ADD (page_has_charts_tables_and_the_answer);
  ADD (each_clip_has_its_own_hull);
  ADD (hostile_labels_are_inert);
  ADD (points_without_a_place_are_in_the_table_alone);
  ADD (no_points_still_make_a_page);
  return g_test_run ();
}
