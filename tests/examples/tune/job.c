/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Jobs and results travel as JSON without losing a bit, and what is wrong with
 * JSON from elsewhere is named.
 */
#include "console/program-error.h"
#include "tune/probe/job.h"
#include "table/json.h"

#include <math.h>
#include <string.h>

static TuneJob *
make_job (void)
{
  TuneJob *job = tune_job_new ();
  TuneCandidate named = { TUNE_HOW_NAMED, (gchar *) "x264", 27,
    (gchar *) "{\"b\":1,\"a\":{\"d\":2,\"c\":[1,{\"z\":1,\"y\":2}]}}" };
  TuneCandidate command = { TUNE_HOW_COMMAND, (gchar *) "enc {input} {output}",
    .1, NULL };

  job->source = g_strdup ("/media/\xff\"clip\n.mkv");
  job->sha256 = g_strdup ("5e");
  job->window = (TuneWindow){ 40000000, G_MAXINT64, 1 };
  g_hash_table_insert (
      job->settings, g_strdup ("metric"), g_strdup ("mmd-ssim"));
  g_ptr_array_add (job->candidates, tune_candidate_copy (&named));
  g_ptr_array_add (job->candidates, tune_candidate_copy (&command));
  job->file_route = TRUE;
  job->memory = G_MAXINT64;
  job->temp = g_strdup ("/tmp");
  job->timeout_s = 1.0 / 3;
  return job;
}

static JsonNode *
through_text (JsonNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = json_to_string (node, FALSE);
  JsonNode *again = table_json_parse (text, strlen (text), "it", &error);

  g_assert_no_error (error);
  return again;
}

static void
test_job_comes_back_as_it_was (void)
{
  g_autoptr (TuneJob) job = make_job ();
  g_autoptr (JsonNode) node = tune_job_to_json (job);
  g_autoptr (JsonNode) again = through_text (node);
  g_autoptr (GError) error = NULL;
  g_autoptr (TuneJob) copy = tune_job_from_json (again, &error);
  const TuneCandidate *named, *command;

  g_assert_no_error (error);
  g_assert_cmpstr (copy->source, ==, job->source);
  g_assert_cmpstr (copy->sha256, ==, "5e");
  g_assert_cmpint (copy->window.start_ns, ==, 40000000);
  g_assert_cmpint (copy->window.stop_ns, ==, G_MAXINT64);
  g_assert_cmpint (copy->window.lead_ns, ==, 1);
  g_assert_cmpuint (g_hash_table_size (copy->settings), ==, 1);
  g_assert_cmpstr (
      g_hash_table_lookup (copy->settings, "metric"), ==, "mmd-ssim");
  g_assert_cmpuint (copy->candidates->len, ==, 2);
  named = copy->candidates->pdata[0];
  command = copy->candidates->pdata[1];
  g_assert_cmpint (named->how, ==, TUNE_HOW_NAMED);
  g_assert_cmpstr (named->encoder, ==, "x264");
  g_assert_cmpfloat (named->value, ==, 27);
  g_assert_cmpstr (named->extra, ==,
      "{\"a\":{\"c\":[1,{\"y\":2,\"z\":1}],\"d\":2},\"b\":1}");
  g_assert_cmpint (command->how, ==, TUNE_HOW_COMMAND);
  g_assert_cmpfloat (command->value, ==, .1);
  g_assert_null (command->extra);
  g_assert_true (copy->file_route);
  g_assert_cmpuint (copy->memory, ==, G_MAXINT64);
  g_assert_cmpstr (copy->temp, ==, "/tmp");
  g_assert_null (copy->output);
  g_assert_cmpfloat (copy->timeout_s, ==, 1.0 / 3);
}

static void
add_outcome (TuneResult *result, guint32 first, const gchar *failure)
{
  TuneOutcome *outcome = tune_outcome_new ();
  const guint32 bytes[] = { first, 0, G_MAXUINT32 };
  const gfloat distances[] = { .1f, -0.f, (gfloat) NAN, (gfloat) INFINITY,
    1e-40f };

  outcome->measurement.bytes = G_GUINT64_CONSTANT (5000000000);
  outcome->measurement.frames = G_N_ELEMENTS (distances);
  outcome->measurement.unmatched = 3;
  outcome->measurement.encode_seconds = 1.25;
  outcome->measurement.distances = g_memdup2 (distances, sizeof distances);
  g_array_append_vals (outcome->frame_bytes, bytes, G_N_ELEMENTS (bytes));
  outcome->versions = g_strdup ("{\"x264enc\":\"1.22.0\"}");
  outcome->one_pass = failure == NULL;
  outcome->error = g_strdup (failure);
  g_ptr_array_add (result->outcomes, outcome);
}

static void
test_result_comes_back_to_the_bit (void)
{
  g_autoptr (TuneResult) result = tune_result_new ();
  g_autoptr (JsonNode) node = NULL, again = NULL;
  g_autoptr (TuneResult) copy = NULL;
  g_autoptr (GError) error = NULL;

  result->metric = g_strdup ("lpips");
  result->options = g_strdup ("{\"backbone\":\"alex\"}");
  result->weights_sha256 = g_strdup ("77");
  result->host = g_strdup ("here");
  result->frames = 190;
  result->seconds = 7.6;
  add_outcome (result, 1, NULL);
  add_outcome (result, 2, "x264enc crashed\nat \"{value}\"");
  node = tune_result_to_json (result);
  again = through_text (node);
  copy = tune_result_from_json (again, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copy->metric, ==, "lpips");
  g_assert_cmpstr (copy->options, ==, "{\"backbone\":\"alex\"}");
  g_assert_cmpstr (copy->weights_sha256, ==, "77");
  g_assert_cmpstr (copy->host, ==, "here");
  g_assert_null (copy->caps);
  g_assert_cmpuint (copy->frames, ==, 190);
  g_assert_cmpfloat (copy->seconds, ==, 7.6);
  g_assert_cmpuint (copy->outcomes->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const TuneOutcome *before = result->outcomes->pdata[i];
    const TuneOutcome *after = copy->outcomes->pdata[i];

    g_assert_cmpuint (
        after->measurement.bytes, ==, G_GUINT64_CONSTANT (5000000000));
    g_assert_cmpuint (after->measurement.unmatched, ==, 3);
    g_assert_cmpfloat (after->measurement.encode_seconds, ==, 1.25);
    g_assert_cmpfloat (after->measurement.seconds, ==, copy->seconds);
    g_assert_cmpmem (after->measurement.distances,
        after->measurement.frames * sizeof (gfloat),
        before->measurement.distances, 5 * sizeof (gfloat));
    g_assert_cmpmem (after->frame_bytes->data,
        after->frame_bytes->len * sizeof (guint32), before->frame_bytes->data,
        3 * sizeof (guint32));
    g_assert_cmpstr (after->versions, ==, before->versions);
    g_assert_cmpint (after->one_pass, ==, before->one_pass);
    g_assert_cmpstr (after->error, ==, before->error);
  }
}

static JsonNode *
good_job (void)
{
  g_autoptr (TuneJob) job = make_job ();

  return tune_job_to_json (job);
}

static JsonNode *
good_result (void)
{
  g_autoptr (TuneResult) result = tune_result_new ();

  add_outcome (result, 1, NULL);
  return tune_result_to_json (result);
}

static JsonNode *(*const writers[]) (void) = { good_job, good_result };

/* Puts @value (JSON, NULL to take it out) in the place of the member @path,
 * which is as "outcomes.0.error". */
static void
put (JsonNode *root, const gchar *path, const gchar *value)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  guint last = g_strv_length (names) - 1;
  JsonObject *object = json_node_get_object (root);
  JsonNode *node;

  for (guint i = 0; i < last; i++) {
    node = json_object_get_member (object, names[i]);
    if (JSON_NODE_HOLDS_ARRAY (node))
      node = json_array_get_element (
          json_node_get_array (node), (guint) atoi (names[++i]));
    object = json_node_get_object (node);
  }
  if (value == NULL) {
    json_object_remove_member (object, names[last]);
    return;
  }
  node = json_from_string (value, NULL);
  json_object_set_member (object, names[last], node);
}

/* What is wrong with a member is told with its name. */
static const struct
{
  guint writer;
  const gchar *path;
  const gchar *value;
  const gchar *named;
} wrong[] = {
  { 0, "schema", "2", "\"schema\"" },
  { 0, "schema", NULL, "\"schema\"" },
  { 0, "source", NULL, "\"source\"" },
  { 0, "source", "3", "\"source\"" },
  { 0, "source", "{\"base64\":\"????\"}", "\"source.base64\"" },
  { 0, "source", "{\"base64\":\"AAAA\"}", "\"source.base64\"" },
  { 0, "source", "{}", "\"source.base64\"" },
  { 0, "window", "[]", "\"window\"" },
  { 0, "window.start_ns", "-1", "\"window.start_ns\"" },
  { 0, "window.start_ns", "1.5", "\"window.start_ns\"" },
  { 0, "window.stop_ns", "40000000", "\"window.stop_ns\"" },
  { 0, "window.lead_ns", "\"1\"", "\"window.lead_ns\"" },
  { 0, "settings", "7", "\"settings\"" },
  { 0, "settings.metric", "7", "\"settings.metric\"" },
  { 0, "candidates", "[]", "\"candidates\"" },
  { 0, "candidates", "{}", "\"candidates\"" },
  { 0, "candidates", "[3]", "\"candidates\"" },
  { 0, "candidates.1.how", "\"shell\"", "\"candidates[1].how\"" },
  { 0, "candidates.1.encoder", NULL, "\"candidates[1].encoder\"" },
  { 0, "candidates.0.value", "true", "\"candidates[0].value\"" },
  { 0, "candidates.0.extra", "[1]", "\"candidates[0].extra\"" },
  { 0, "file_route", "0", "\"file_route\"" },
  { 0, "memory", "-5", "\"memory\"" },
  { 0, "timeout_s", "-1", "\"timeout_s\"" },
  { 0, "output", "\"two.mkv\"", "\"output\"" },
  { 1, "outcomes", NULL, "\"outcomes\"" },
  { 1, "outcomes.0.measurement", "1", "\"outcomes[0].measurement\"" },
  { 1, "outcomes.0.measurement.frames", "4",
      "\"outcomes[0].measurement.distances\"" },
  { 1, "outcomes.0.measurement.distances", "\"AAAA\"",
      "\"outcomes[0].measurement.distances\"" },
  { 1, "outcomes.0.measurement.distances", "\"AAAAAA=\"",
      "\"outcomes[0].measurement.distances\"" },
  { 1, "outcomes.0.measurement.bytes", "1e99",
      "\"outcomes[0].measurement.bytes\"" },
  { 1, "outcomes.0.frame_bytes", "\"AA AA\"", "\"outcomes[0].frame_bytes\"" },
  { 1, "outcomes.0.versions", "\"1\"", "\"outcomes[0].versions\"" },
  { 1, "outcomes.0.one_pass", NULL, "\"outcomes[0].one_pass\"" },
  { 1, "outcomes.0.error", "{}", "\"outcomes[0].error\"" },
};

static void
test_wrong_member_is_named (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (JsonNode) node = writers[wrong[i].writer]();
    g_autoptr (TuneJob) job = NULL;
    g_autoptr (TuneResult) result = NULL;
    g_autoptr (GError) error = NULL;

    g_test_message ("%s = %s", wrong[i].path, wrong[i].value);
    put (node, wrong[i].path, wrong[i].value);
    if (wrong[i].writer == 0)
      job = tune_job_from_json (node, &error);
    else
      result = tune_result_from_json (node, &error);
    g_assert_null (job);
    g_assert_null (result);
    g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
    g_assert_nonnull (strstr (error->message, wrong[i].named));
  }
}

static void
test_what_is_no_object_is_refused (void)
{
  static const gchar *const texts[] = { "3", "[]", "null", "\"x\"" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (JsonNode) node = json_from_string (texts[i], NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (tune_job_from_json (node, &error));
    g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/job/job_comes_back_as_it_was", test_job_comes_back_as_it_was);
  g_test_add_func (
      "/job/result_comes_back_to_the_bit", test_result_comes_back_to_the_bit);
  g_test_add_func ("/job/wrong_member_is_named", test_wrong_member_is_named);
  g_test_add_func (
      "/job/what_is_no_object_is_refused", test_what_is_no_object_is_refused);
  return g_test_run ();
}
