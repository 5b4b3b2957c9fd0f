/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of JSON: jobs and results of perceptual-tune, reports that
 * perceptual-compare reads again, lines of the log that perceptual-monitor
 * follows.  Any text must be refused, or come back as it was when it is written
 * again.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "compare/gates/baseline.h"
#include "monitor/serve/exposition.h"
#include "monitor/serve/state-json.h"
#include "monitor/state/state.h"
#include "table/json.h"
#include "tune/probe/job.h"

#include "place.h"
#include "text.h"
#include "words.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* --- perceptual-tune ----------------------------------------------------- */

static JsonNode *
parse (const gchar *text)
{
  GError *error = NULL;
  JsonNode *node = table_json_parse (text, strlen (text), "it", &error);

  check_said (node != NULL, error);
  return node;
}

static void
read_job (const gchar *text)
{
  g_autoptr (JsonNode) node = parse (text);
  g_autoptr (JsonNode) written = NULL;
  g_autoptr (JsonNode) rewritten = NULL;
  g_autoptr (TuneJob) job = NULL;
  g_autoptr (TuneJob) again = NULL;
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;
  GError *error = NULL;

  if (node == NULL)
    return;
  job = tune_job_from_json (node, &error);
  check_said (job != NULL, error);
  if (job == NULL)
    return;
  g_assert_cmpuint (job->candidates->len, >, 0);
  g_assert_cmpuint (job->candidates->len, <=, TUNE_JOB_MOST);
  written = tune_job_to_json (job);
  first = tune_json_print (written);
  again = tune_job_from_json (written, NULL);
  g_assert_nonnull (again);
  rewritten = tune_job_to_json (again);
  second = tune_json_print (rewritten);
  g_assert_cmpstr (first, ==, second);
}

static void
read_result (const gchar *text)
{
  g_autoptr (JsonNode) node = parse (text);
  g_autoptr (JsonNode) written = NULL;
  g_autoptr (TuneResult) result = NULL;
  g_autoptr (TuneResult) again = NULL;
  GError *error = NULL;

  if (node == NULL)
    return;
  result = tune_result_from_json (node, &error);
  check_said (result != NULL, error);
  if (result == NULL)
    return;
  written = tune_result_to_json (result);
  again = tune_result_from_json (written, NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->outcomes->len, ==, result->outcomes->len);
}

/* --- perceptual-compare -------------------------------------------------- */

static void
read_baseline (const gchar *text)
{
  static const gchar *const statistics[] = { "mean", "p95", "max" };
  static const gchar *const columns[] = { NULL, "psnr" };
  g_autofree gchar *path = place_write ("baseline", text, strlen (text));
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  GError *error = NULL;
  g_autoptr (CompareBaseline) self = compare_baseline_read (path, &error);
  const MeasureSection all = MEASURE_SECTION_ALL;
  gboolean suits;

  check_said (self != NULL, error);
  if (self == NULL)
    return;
  error = NULL;
  g_ptr_array_add (files, (gpointer) "a.y4m");
  suits = compare_baseline_suits (self, "l2", &all, files, files, &error);
  check_said (suits, error);
  for (guint i = 0; suits && i < G_N_ELEMENTS (statistics); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++) {
      gdouble number;

      compare_baseline_get (self, 0, columns[j], statistics[i], &number);
    }
  }
}

/* --- perceptual-monitor -------------------------------------------------- */

static void
hear_news (const MonitorNews *news, gpointer user)
{
  g_assert_cmpstr (news->label, !=, "");
}

/* One line after the other, as they come from the process that measures. */
static void
read_lines (const gchar *text)
{
  static const gchar *const labels[] = { "one", "two", NULL };
  const MonitorAbout about = { .name = "it",
    .metric = "l2",
    .labels = labels,
    .history = 10,
    .stall = G_USEC_PER_SEC };
  MonitorState *state = monitor_state_new (&about, hear_news, NULL);
  const MonitorSource *source = monitor_state_get_source (state);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (MonitorSnapshot) snapshot = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree gchar *json = NULL;
  g_autofree gchar *series = NULL;

  monitor_state_begin_connection (state);
  for (guint i = 0; lines[i] != NULL; i++) {
    guint stream = 0;

    monitor_state_take_line (state, lines[i], &stream);
    g_assert_cmpuint (stream, <, G_N_ELEMENTS (labels) - 1);
  }
  monitor_state_tick (state, 0);
  snapshot = source->snapshot (source->data);
  json = monitor_state_json (snapshot, NULL, 0);
  node = table_json_parse (json, strlen (json), "it", NULL);
  g_assert_nonnull (node);
  series = monitor_exposition_format (snapshot, MONITOR_OPEN_METRICS);
  g_assert_true (g_str_has_suffix (series, "# EOF\n"));
  monitor_state_free (state);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const TextReader readers[] = { read_job, read_result, read_baseline,
    read_lines };

  read_text (data, size, readers, G_N_ELEMENTS (readers));
  return 0;
}
