/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune merge: results of other machines come into the database.
 */
#include "tune/import.h"
#include "tune/options.h"

#include "console/printable.h"
#include "console/program-error.h"
#include "table/json.h"

#include <string.h>

#define SCHEMA 1

/**
 * Merge:
 * @counts: of all files
 * @refused: files that were not, or not wholly, taken
 */
typedef struct
{
  TuneSession *session;
  TuneImport counts;
  guint refused;
} Merge;

/* --- results as JSON ----------------------------------------------------- */

static gboolean
take_result (Merge *self, JsonNode *node, GError **error)
{
  g_autoptr (TuneResult) result = NULL;
  g_autoptr (TuneJob) job = NULL;
  JsonNode *asked;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return program_fail_unnamed (error, "it is no result of a probe");
  asked = json_object_get_member (json_node_get_object (node), "job");
  if (asked == NULL)
    return program_fail_unnamed (
        error, "it is no result of a probe: there is no \"job\" in it");
  job = tune_job_from_json (asked, error);
  result = job != NULL ? tune_result_from_json (node, error) : NULL;
  return result != NULL
      && tune_import_result (
          self->session->store, job, result, &self->counts, error);
}

/* One result, or an object with several "results". */
static gboolean
take_node (Merge *self, JsonNode *node, GError **error)
{
  JsonNode *results = JSON_NODE_HOLDS_OBJECT (node)
      ? json_object_get_member (json_node_get_object (node), "results")
      : NULL;
  JsonArray *array;

  if (results == NULL || !JSON_NODE_HOLDS_ARRAY (results))
    return take_result (self, node, error);
  array = json_node_get_array (results);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (!take_result (self, json_array_get_element (array, i), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_line (Merge *self, const gchar *line, const gchar *where, GError **error)
{
  g_autoptr (JsonNode) node =
      table_json_parse (line, strlen (line), where, error);
  GError *fault = NULL;

  if (node == NULL)
    return FALSE;
  if (take_node (self, node, &fault))
    return TRUE;
  if (fault->domain == PROGRAM_ERROR)
    g_prefix_error (&fault, "%s: ", where);
  g_propagate_error (error, fault);
  return FALSE;
}

/* Says what is wrong with a file.  Returns: FALSE with @error set if the fault
 * is the store's, which ends all. */
static gboolean
refuse (Merge *self, GError *fault, gboolean *fine, GError **error)
{
  if (fault->domain == TUNE_STORE_ERROR) {
    g_propagate_error (error, fault);
    return FALSE;
  }
  console_say (&self->session->console, "%s", fault->message);
  g_error_free (fault);
  *fine = FALSE;
  return TRUE;
}

static gboolean
take_lines (Merge *self, const gchar *path, gboolean *fine, GError **error)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *label = printable_text (path);
  g_auto (GStrv) lines = NULL;
  GError *fault = NULL;
  guint found = 0;

  if (!g_file_get_contents (path, &text, NULL, &fault))
    return refuse (self, fault, fine, error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree gchar *where = g_strdup_printf ("%s: line %u", label, i + 1);

    if (*g_strstrip (lines[i]) == '\0')
      continue;
    found++;
    fault = NULL;
    if (!take_line (self, lines[i], where, &fault)
        && !refuse (self, fault, fine, error))
      return FALSE;
  }
  if (found > 0)
    return TRUE;
  fault = NULL;
  program_fail (&fault, path, "it is empty");
  return refuse (self, fault, fine, error);
}

/* --- files --------------------------------------------------------------- */

static gboolean
take_file (Merge *self, const gchar *path, GError **error)
{
  GError *fault = NULL;
  gboolean fine = TRUE;
  gboolean ok = TRUE;

  if (!tune_import_is_database (path))
    ok = take_lines (self, path, &fine, error);
  else if (!tune_import_database (
               self->session->store, path, &self->counts, &fault))
    ok = refuse (self, fault, &fine, error);
  self->refused += !fine;
  return ok;
}

static gchar *
describe (const Merge *self)
{
  const TuneImport *counts = &self->counts;
  gchar **files = self->session->options.arguments;

  if (self->session->options.format == TUNE_FORMAT_JSON)
    return g_strdup_printf (
        "{\"schema\": %d, \"command\": \"merge\", \"files\": %u, "
        "\"refused\": %u, \"imported\": %u, \"there\": %u, "
        "\"failed\": %u}\n",
        SCHEMA, g_strv_length (files), self->refused, counts->imported,
        counts->there, counts->failed);
  return g_strdup_printf (
      "%u probes imported, %u were there already, %u had failed; %u of %u "
      "files were refused\n",
      counts->imported, counts->there, counts->failed, self->refused,
      g_strv_length (files));
}

static gboolean
run (TuneSession *session, GError **error)
{
  Merge self = { .session = session };
  gchar **files = session->options.arguments;
  guint n = g_strv_length (files);
  g_autofree gchar *text = NULL;

  console_begin (&session->console);
  for (guint i = 0; i < n; i++) {
    if (g_atomic_int_get (&session->interrupted))
      return program_fail_interrupted (error, "all files were read");
    if (!take_file (&self, files[i], error))
      return FALSE;
    console_advance (&session->console, i + 1, (gdouble) (i + 1) / n);
  }
  console_clear (&session->console);
  if (self.refused > 0)
    session->code = TUNE_EXIT_ERROR;
  text = describe (&self);
  return console_print (&session->console, text, error);
}

const TuneCommand tune_command_merge = {
  .name = "merge",
  .arguments = "FILE...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "bring what other machines measured into the database",
  .help =
      "Imports results of probe, and databases of other machines.  What is\n"
      "there already is left as it is, so the same file may come twice.  A\n"
      "file that is broken is told and the others are imported.\n"
      "\n"
      "  perceptual-tune merge results/* --database all.sqlite\n"
      "\n"
      "Exit codes: 0 all files were taken, 1 some were not, 2 wrong usage.",
  .unit = "files",
  .offers = TUNE_OFFERS_DATABASE | TUNE_OFFERS_FORMAT,
  .run = run,
};
