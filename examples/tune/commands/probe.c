/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune probe: carries out one job that was planned elsewhere.
 */
#include "tune/options.h"
#include "tune/probe/probe.h"

#include "console/output-file.h"
#include "console/printable.h"
#include "console/program-error.h"
#include "table/json.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536

/* A job is some kB. */
#define LONGEST (64 << 20)

typedef struct
{
  gchar *job;
  gchar *output;
} Probe;

static void
add_options (TuneSession *session, GOptionGroup *group)
{
  Probe *self = session->own;

  tune_options_add (session, group,
      (GOptionEntry){ "job", 0, 0, G_OPTION_ARG_FILENAME, &self->job,
          "The job, a line of what plan prints; - for standard input",
          "FILE" });
  tune_options_add (session, group,
      (GOptionEntry){ "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
          "Write the result there, at once and whole, instead of printing it",
          "FILE" });
}

static gboolean
check_options (TuneSession *session, GError **error)
{
  const Probe *self = session->own;

  return self->job != NULL
      || program_refuse (error, "probe needs a job: --job FILE");
}

static void
clear_options (gpointer own)
{
  Probe *self = own;

  g_free (self->job);
  g_free (self->output);
}

/* Returns: (transfer full) (nullable). */
static GString *
read_all (const gchar *path, GError **error)
{
  gboolean standard = strcmp (path, "-") == 0;
  FILE *stream = standard ? stdin : g_fopen (path, "rbe");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *chunk = g_malloc (CHUNK);
  int problem = stream == NULL ? errno : 0;
  gsize size;

  while (stream != NULL && text->len <= LONGEST
      && (size = fread (chunk, 1, CHUNK, stream)) > 0)
    g_string_append_len (text, chunk, (gssize) size);
  if (stream != NULL && ferror (stream))
    problem = errno;
  if (stream != NULL && !standard)
    fclose (stream);
  if (problem != 0) {
    program_fail (error, path, "%s", g_strerror (problem));
    return NULL;
  }
  if (text->len > LONGEST) {
    program_fail (error, path, "it is too long for a job");
    return NULL;
  }
  return g_steal_pointer (&text);
}

static JsonNode *
read_plan (const gchar *path, GError **error)
{
  g_autoptr (GString) text = read_all (path, error);
  g_autofree gchar *label = printable_text (path);

  return text != NULL ? table_json_parse (text->str, text->len, label, error)
                      : NULL;
}

static void
on_advance (const TuneJob *job, guint64 pairs, gdouble part, gpointer user)
{
  TuneSession *session = user;

  console_advance (&session->console, pairs, part);
}

static void
on_note (const TuneJob *job, const gchar *text, gpointer user)
{
  TuneSession *session = user;

  console_say (&session->console, "note: %s", text);
}

/* --- searches ------------------------------------------------------------ */

/* The process becomes a search whose database is the result.  Returns only
 * with @error set. */
static gboolean
become_search (TuneSession *session, JsonNode *search, GError **error)
{
  const Probe *self = session->own;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (search))
    return program_fail (error, self->job, "\"search\" is no array of words");
  if (self->output == NULL)
    return program_refuse (error,
        "the job is a search, whose result is a database: say where to by "
        "--output FILE");
  array = json_node_get_array (search);
  g_ptr_array_add (words, "perceptual-tune");
  g_ptr_array_add (words, "search");
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *word = json_array_get_element (array, i);

    if (json_node_get_value_type (word) != G_TYPE_STRING)
      return program_fail (error, self->job, "\"search\" is no array of words");
    g_ptr_array_add (words, (gpointer) json_node_get_string (word));
  }
  g_ptr_array_add (words, "--database");
  g_ptr_array_add (words, self->output);
  if (session->options.quiet)
    g_ptr_array_add (words, "--quiet");
  g_ptr_array_add (words, NULL);
  execv ("/proc/self/exe", (char *const *) words->pdata);
  return program_fail (
      error, self->job, "the search cannot be run: %s", g_strerror (errno));
}

/* --- jobs ---------------------------------------------------------------- */

static gboolean
write_result (TuneSession *session, JsonNode *node, GError **error)
{
  const Probe *self = session->own;
  g_autofree gchar *text = json_to_string (node, FALSE);
  g_autofree gchar *line = g_strconcat (text, "\n", NULL);
  gint reason;

  if (self->output == NULL || strcmp (self->output, "-") == 0)
    return console_print (&session->console, line, error);
  reason = output_file_put (self->output, line, strlen (line));
  return reason == 0
      || program_fail (
          error, self->output, "it cannot be written: %s", g_strerror (reason));
}

static void
tell_failures (TuneSession *session, const TuneResult *result)
{
  for (guint i = 0; i < result->outcomes->len; i++) {
    const TuneOutcome *outcome = result->outcomes->pdata[i];

    if (outcome->error == NULL)
      continue;
    console_say (&session->console, "%s", outcome->error);
    session->code = TUNE_EXIT_ERROR;
  }
}

/* Returns: (transfer full): the result of @node, with the job in it, which says
 * what it is the result of; NULL with @error set. */
static JsonNode *
carry_out (TuneSession *session, JsonNode *node, GError **error)
{
  const Probe *self = session->own;
  const TuneProbeEvents events = {
    .advance = on_advance, .note = on_note, .user = session
  };
  g_autoptr (TuneJob) job = tune_job_from_json (node, error);
  const TuneJob *const jobs[] = { job };
  g_autoptr (TuneResult) result = NULL;
  JsonNode *written;

  if (job == NULL) {
    g_autofree gchar *label = printable_text (self->job);

    g_prefix_error (error, "%s: ", label);
    return NULL;
  }
  console_begin (&session->console);
  tune_probe_run (jobs, 1, &events, &session->interrupted, &result, error);
  console_clear (&session->console);
  if (result == NULL)
    return NULL;
  tell_failures (session, result);
  written = tune_result_to_json (result);
  json_object_set_member (
      json_node_get_object (written), "job", tune_job_to_json (job));
  return written;
}

/* What one of several jobs gave is not lost with another one. */
static gboolean
carry_out_all (TuneSession *session, JsonArray *jobs, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonArray *results = json_array_new ();
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "schema", TUNE_JOB_SCHEMA);
  json_object_set_array_member (object, "results", results);
  json_node_take_object (node, object);
  for (guint i = 0; i < json_array_get_length (jobs); i++) {
    g_autoptr (GError) fault = NULL;
    JsonNode *result =
        carry_out (session, json_array_get_element (jobs, i), &fault);

    if (result != NULL) {
      json_array_add_element (results, result);
      continue;
    }
    console_say (&session->console, "%s", fault->message);
    session->code = TUNE_EXIT_ERROR;
    if (g_atomic_int_get (&session->interrupted))
      break;
  }
  return write_result (session, node, error);
}

static gboolean
run (TuneSession *session, GError **error)
{
  const Probe *self = session->own;
  g_autoptr (JsonNode) node = read_plan (self->job, error);
  g_autoptr (JsonNode) result = NULL;
  JsonObject *object;

  if (node == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    object = json_node_get_object (node);
    if (json_object_has_member (object, "search"))
      return become_search (
          session, json_object_get_member (object, "search"), error);
    if (json_object_has_member (object, "jobs")
        && JSON_NODE_HOLDS_ARRAY (json_object_get_member (object, "jobs")))
      return carry_out_all (
          session, json_object_get_array_member (object, "jobs"), error);
  }
  result = carry_out (session, node, error);
  return result != NULL && write_result (session, result, error);
}

const TuneCommand tune_command_probe = {
  .name = "probe",
  .arguments = "",
  .blurb = "carry out one job that plan made, on whatever machine",
  .help =
      "Encodes and measures what the job says, and gives the result as one\n"
      "line of JSON.  A candidate that failed has its error in there.  The\n"
      "result of a search is a database.\n"
      "\n"
      "  perceptual-tune probe --job job.json -o result.json\n"
      "\n"
      "Exit codes: 0 done, 1 an error, or a candidate failed, 2 wrong usage,\n"
      "3 no value meets the target of a search.",
  .unit = "pairs",
  .own_size = sizeof (Probe),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
