/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The store: what is written stays, whatever becomes of who wrote it, and
 * several processes share the work.
 */
#include "folder.h"

#include "console/program-error.h"
#include "tune/import.h"
#include "tune/store/store-sql.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const gchar *program;

typedef struct
{
  TestFolder base;
  TuneStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  test_folder_set_up (&fixture->base, "deep/tune.sqlite");
  fixture->store = tune_store_open (fixture->base.path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tune_store_close (fixture->store);
  test_folder_tear_down (&fixture->base, data);
}

static const TuneSource a_source = {
  .sha256 = "5e", .path = "clip.mkv", .frames = 190, .caps = "video/x-raw"
};
static const TuneWindow a_window = { 0, G_MAXINT64, 0 };
static const TuneMetric a_metric = { "mmd-ssim", "{}", NULL, "0.1.0" };

typedef struct
{
  gint64 window;
  gint64 metric;
} Keys;

static Keys
make_keys (TuneStore *store)
{
  gint64 source = tune_store_source (store, &a_source, NULL);
  Keys keys = { tune_store_window (store, source, &a_window, NULL),
    tune_store_metric (store, &a_metric, NULL) };

  g_assert_cmpint (keys.window, >, 0);
  g_assert_cmpint (keys.metric, >, 0);
  return keys;
}

static gint64
make_setting (TuneStore *store, gdouble value)
{
  const TuneSetting setting = { "x264", value, "{}", "{\"x264enc\":\"1.22\"}" };
  gint64 id = tune_store_setting (store, &setting, NULL);

  g_assert_cmpint (id, >, 0);
  return id;
}

static TuneClaim
claim (TuneStore *store, gdouble value, gint64 *probe)
{
  Keys keys = make_keys (store);
  g_autoptr (GError) error = NULL;
  TuneClaim result = tune_store_claim (store, keys.window,
      make_setting (store, value), keys.metric, probe, &error);

  g_assert_no_error (error);
  return result;
}

/* What the child processes write for a value, so that who reads it can tell
 * whether all of it is there. */
static void
finish (TuneStore *store, gint64 probe, gdouble value)
{
  gfloat distances[1000];
  const TuneMeasurement measurement = { (guint64) value * 1000, 1000, 3, .5, 40,
    distances };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000; i++)
    distances[i] = (gfloat) value + (gfloat) i / 1000;
  g_assert_true (tune_store_finish (store, probe, &measurement, &error));
  g_assert_no_error (error);
}

static void
assert_whole (TuneStore *store, gint64 probe, gdouble value)
{
  g_auto (TuneMeasurement) found = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (tune_store_load (store, probe, &found, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (found.bytes, ==, (guint64) value * 1000);
  g_assert_cmpuint (found.frames, ==, 1000);
  g_assert_cmpuint (found.unmatched, ==, 3);
  g_assert_cmpfloat (found.encode_seconds, ==, .5);
  g_assert_cmpfloat (found.seconds, ==, 40);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpfloat (
        found.distances[i], ==, (gfloat) value + (gfloat) i / 1000);
}

/* --- one process --------------------------------------------------------- */

static void
test_the_same_description_has_the_same_number (
    Fixture *fixture, gconstpointer data)
{
  TuneSource moved = a_source;
  TuneSource other = a_source;
  TuneMetric weighted = a_metric;
  gint64 source = tune_store_source (fixture->store, &a_source, NULL);
  gint64 metric = tune_store_metric (fixture->store, &a_metric, NULL);

  moved.path = "elsewhere/clip.mkv";
  other.sha256 = "6f";
  weighted.weights_sha256 = "77";
  g_assert_cmpint (
      tune_store_source (fixture->store, &moved, NULL), ==, source);
  g_assert_cmpint (
      tune_store_source (fixture->store, &other, NULL), !=, source);
  g_assert_cmpint (
      tune_store_metric (fixture->store, &a_metric, NULL), ==, metric);
  g_assert_cmpint (
      tune_store_metric (fixture->store, &weighted, NULL), !=, metric);
  g_assert_cmpint (make_setting (fixture->store, 28.5), ==,
      make_setting (fixture->store, 28.5));
  g_assert_cmpint (make_setting (fixture->store, 28.5), !=,
      make_setting (fixture->store, 28));
}

static void
test_a_probe_is_claimed_measured_and_read (Fixture *fixture, gconstpointer data)
{
  gint64 probe, again;

  g_assert_cmpint (claim (fixture->store, 23, &probe), ==, TUNE_CLAIM_OURS);
  g_assert_cmpint (tune_store_count (fixture->store, NULL), ==, 0);
  finish (fixture->store, probe, 23);
  g_assert_cmpint (tune_store_count (fixture->store, NULL), ==, 1);
  g_assert_cmpint (claim (fixture->store, 23, &again), ==, TUNE_CLAIM_MEASURED);
  g_assert_cmpint (again, ==, probe);
  assert_whole (fixture->store, probe, 23);
}

/* A statement that returns a number before the disk turns out to be full, or,
 * as here, before what it wrote turns out to refer to nothing. */
static void
test_a_number_of_what_was_not_written_is_none (
    Fixture *fixture, gconstpointer data)
{
  TuneStore *store = fixture->store;
  g_autoptr (GError) error = NULL;

  g_assert_true (tune_sql_execute (store,
      "CREATE TABLE reference (id INTEGER PRIMARY KEY, source INTEGER"
      " REFERENCES source DEFERRABLE INITIALLY DEFERRED)",
      NULL));
  g_assert_cmpint (tune_sql_get_number (store,
                       tune_sql_prepare (store, NULL,
                           "INSERT INTO reference (source) VALUES (?)"
                           " RETURNING id",
                           "i", (gint64) 99),
                       &error),
      ==, -1);
  g_assert_error (error, TUNE_STORE_ERROR, TUNE_STORE_ERROR_DATABASE);
}

static void
test_it_is_there_after_reopening (Fixture *fixture, gconstpointer data)
{
  gint64 probe, again;

  claim (fixture->store, 23, &probe);
  finish (fixture->store, probe, 23);
  tune_store_close (fixture->store);
  fixture->store = tune_store_open (fixture->base.path, NULL);
  g_assert_cmpint (claim (fixture->store, 23, &again), ==, TUNE_CLAIM_MEASURED);
  assert_whole (fixture->store, again, 23);
}

static void
test_numbers_without_meaning_are_kept (Fixture *fixture, gconstpointer data)
{
  gfloat distances[] = { NAN, INFINITY, 0, -0.f };
  const TuneMeasurement measurement = { 7, 4, 0, 0, 0, distances };
  g_auto (TuneMeasurement) found = { 0 };
  gint64 probe;

  claim (fixture->store, 1, &probe);
  g_assert_true (tune_store_finish (fixture->store, probe, &measurement, NULL));
  g_assert_true (tune_store_load (fixture->store, probe, &found, NULL));
  g_assert_cmpmem (found.distances, 16, distances, 16);
}

static void
test_a_measurement_without_frames_is_one (Fixture *fixture, gconstpointer data)
{
  const TuneMeasurement measurement = { 0 };
  g_auto (TuneMeasurement) found = { 0 };
  gint64 probe;

  claim (fixture->store, 1, &probe);
  g_assert_true (tune_store_finish (fixture->store, probe, &measurement, NULL));
  g_assert_true (tune_store_load (fixture->store, probe, &found, NULL));
  g_assert_cmpuint (found.frames, ==, 0);
}

static void
test_a_failure_is_kept_and_tried_again (Fixture *fixture, gconstpointer data)
{
  g_auto (TuneMeasurement) found = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *reason = NULL;
  gint64 probe, again;

  claim (fixture->store, 23, &probe);
  g_assert_true (
      tune_store_fail (fixture->store, probe, "x264enc crashed", NULL));
  reason = tune_store_get_reason (fixture->store, probe, NULL);
  g_assert_cmpstr (reason, ==, "x264enc crashed");
  g_assert_false (tune_store_load (fixture->store, probe, &found, &error));
  g_assert_error (error, TUNE_STORE_ERROR, TUNE_STORE_ERROR_DATABASE);
  g_assert_cmpint (claim (fixture->store, 23, &again), ==, TUNE_CLAIM_OURS);
  finish (fixture->store, again, 23);
  g_clear_pointer (&reason, g_free);
  reason = tune_store_get_reason (fixture->store, probe, NULL);
  g_assert_null (reason);
  /* What is measured cannot fail any more. */
  g_assert_true (tune_store_fail (fixture->store, probe, "late", NULL));
  assert_whole (fixture->store, probe, 23);
}

static void
test_a_hash_belongs_to_a_file_that_did_not_change (
    Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *found = NULL;

  g_assert_true (
      tune_store_note_hash (fixture->store, 1, 2, 3, 4, "5e", &error));
  found = tune_store_find_hash (fixture->store, 1, 2, 3, 4, &error);
  g_assert_cmpstr (found, ==, "5e");
  g_assert_null (tune_store_find_hash (fixture->store, 1, 2, 3, 5, &error));
  g_assert_null (tune_store_find_hash (fixture->store, 1, 2, 4, 4, &error));
  g_assert_null (tune_store_find_hash (fixture->store, 1, 3, 3, 4, &error));
  g_assert_no_error (error);
}

static void
test_what_is_no_store_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *text =
      g_build_filename (fixture->base.folder, "a.txt", NULL);
  g_autofree gchar *inside = g_build_filename (text, "b.sqlite", NULL);
  const gchar *const paths[] = { text, fixture->base.folder, inside };

  g_assert_true (g_file_set_contents (text,
      "a text, and no database, that is longer than the head of one: "
      "one hundred bytes are read of it before anything is said about it",
      -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (tune_store_open (paths[i], &error));
    g_assert_error (error, TUNE_STORE_ERROR, TUNE_STORE_ERROR_OPEN);
    g_assert_true (g_str_has_prefix (error->message, paths[i]));
  }
}

static void
test_a_later_version_is_left_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *database;

  g_assert_cmpint (sqlite3_open (fixture->base.path, &database), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (database, "PRAGMA user_version = 2", NULL, NULL, NULL), ==,
      SQLITE_OK);
  sqlite3_close (database);
  g_assert_null (tune_store_open (fixture->base.path, &error));
  g_assert_error (error, TUNE_STORE_ERROR, TUNE_STORE_ERROR_VERSION);
}

static void
test_error_domain_has_its_name (void)
{
  g_assert_cmpstr (
      g_quark_to_string (TUNE_STORE_ERROR), ==, "tune-store-error-quark");
}

/* --- another store ------------------------------------------------------- */

/* @change: SQL on another store with one probe, which is imported then */
static gboolean
import (
    Fixture *fixture, const gchar *change, TuneImport *counts, GError **error)
{
  g_autofree gchar *path =
      g_build_filename (fixture->base.folder, "other.sqlite", NULL);
  TuneStore *other = tune_store_open (path, NULL);
  sqlite3 *database;
  gint64 probe;

  claim (other, 23, &probe);
  finish (other, probe, 23);
  tune_store_close (other);
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (database, change, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
  *counts = (TuneImport){ 0 };
  return tune_import_database (fixture->store, path, counts, error);
}

static void
test_damaged_probes_of_another_store_are_failures (
    Fixture *fixture, gconstpointer data)
{
  static const gchar *const damages[] = {
    "UPDATE probe SET unmatched = 0, distances = x'00'",
    /* Four times as many bytes are none in 64 bits. */
    "UPDATE probe SET unmatched = 0, frames = 1 << 62, distances = x''",
    "UPDATE probe SET unmatched = 0, frames = -1",
    "UPDATE probe SET unmatched = 0, frames = 0, distances = x''",
    "UPDATE probe SET unmatched = 0, bytes = 0",
    "UPDATE probe SET unmatched = 1",
  };
  TuneImport counts;

  for (guint i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (import (fixture, damages[i], &counts, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (counts.failed, ==, 1);
    g_assert_cmpuint (counts.imported, ==, 0);
    g_assert_cmpint (tune_store_count (fixture->store, NULL), ==, 0);
  }
  g_assert_true (
      import (fixture, "UPDATE probe SET unmatched = 0", &counts, NULL));
  g_assert_cmpuint (counts.imported, ==, 1);
}

static void
test_text_of_another_store_is_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TuneImport counts;

  g_assert_false (import (fixture,
      "UPDATE source SET path = CAST (x'ff' AS TEXT)", &counts, &error));
  g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "not UTF-8"));
}

/* --- several processes --------------------------------------------------- */

/* Runs this program as @job on the store.  Returns: its number. */
static GPid
start (const Fixture *fixture, const gchar *job, gint *output)
{
  const gchar *const argv[] = { program, job, fixture->base.path, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async_with_pipes (NULL, (gchar **) argv, NULL,
      G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, output, NULL, &error);
  g_assert_no_error (error);
  return pid;
}

static void
end (GPid pid, gint number)
{
  gint status;

  kill (pid, number);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
}

static void
assert_sound (const Fixture *fixture)
{
  sqlite3 *database;
  sqlite3_stmt *row;

  g_assert_cmpint (sqlite3_open (fixture->base.path, &database), ==, SQLITE_OK);
  sqlite3_prepare_v2 (database, "PRAGMA integrity_check", -1, &row, NULL);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  g_assert_cmpstr ((const gchar *) sqlite3_column_text (row, 0), ==, "ok");
  sqlite3_finalize (row);
  sqlite3_close (database);
}

/* Claims value 23, says so, and waits to be killed. */
static int
job_claim (TuneStore *store)
{
  gint64 probe;

  g_assert_cmpint (claim (store, 23, &probe), ==, TUNE_CLAIM_OURS);
  g_assert_cmpint (write (STDOUT_FILENO, "c", 1), ==, 1);
  pause ();
  return 0;
}

/* Measures values that nobody has, a byte for each. */
static int
job_work (TuneStore *store)
{
  gint64 first = MAX (tune_store_count (store, NULL) - 4, 0);

  for (gint64 value = first; value < first + 1000; value++) {
    gint64 probe;

    if (claim (store, (gdouble) value, &probe) != TUNE_CLAIM_OURS)
      continue;
    finish (store, probe, (gdouble) value);
    if (write (STDOUT_FILENO, "w", 1) != 1)
      return 1;
  }
  return 0;
}

static void
test_a_claim_ends_with_its_process (Fixture *fixture, gconstpointer data)
{
  gint output;
  GPid pid = start (fixture, "claim", &output);
  gint64 probe;
  gchar byte;

  g_assert_cmpint (read (output, &byte, 1), ==, 1);
  g_assert_cmpint (claim (fixture->store, 23, &probe), ==, TUNE_CLAIM_OTHERS);
  g_assert_cmpint (claim (fixture->store, 24, &probe), ==, TUNE_CLAIM_OURS);
  end (pid, SIGKILL);
  close (output);
  g_assert_cmpint (claim (fixture->store, 23, &probe), ==, TUNE_CLAIM_OURS);
}

static void
test_claims_of_other_machines_are_believed (
    Fixture *fixture, gconstpointer data)
{
  sqlite3 *database;
  gint64 probe;

  claim (fixture->store, 23, &probe);
  g_assert_cmpint (sqlite3_open (fixture->base.path, &database), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (database, "UPDATE probe SET host = 'another machine'", NULL,
          NULL, NULL),
      ==, SQLITE_OK);
  sqlite3_close (database);
  g_assert_cmpint (claim (fixture->store, 23, &probe), ==, TUNE_CLAIM_OTHERS);
}

static void
test_claims_from_before_a_restart_are_void (
    Fixture *fixture, gconstpointer data)
{
  sqlite3 *database;
  gint64 probe;

  claim (fixture->store, 23, &probe);
  g_assert_cmpint (sqlite3_open (fixture->base.path, &database), ==, SQLITE_OK);
  /* Process 1 is always there. */
  g_assert_cmpint (
      sqlite3_exec (database, "UPDATE probe SET boot = 'before', pid = 1", NULL,
          NULL, NULL),
      ==, SQLITE_OK);
  sqlite3_close (database);
  g_assert_cmpint (claim (fixture->store, 23, &probe), ==, TUNE_CLAIM_OURS);
}

/* Of either process: one may keep the other waiting. */
static void
wait_for_byte (const gint *outputs)
{
  GPollFD fds[] = { { outputs[0], G_IO_IN, 0 }, { outputs[1], G_IO_IN, 0 } };
  gchar byte;

  g_assert_cmpint (g_poll (fds, 2, 60000), >, 0);
  g_assert_cmpint (
      read (outputs[(fds[0].revents & G_IO_IN) == 0], &byte, 1), ==, 1);
}

/* Two processes at work, killed at random moments, 12 times: what they reported
 * as written is there and whole, and nothing twice. */
static void
test_kills_lose_nothing_that_was_written (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  gint64 reported = 0, measured;

  for (guint round = 0; round < 12; round++) {
    gint outputs[2];
    GPid pids[2];

    for (guint i = 0; i < 2; i++)
      pids[i] = start (fixture, "work", &outputs[i]);
    for (gint i = g_rand_int_range (random, 2, 6); i > 0; i--, reported++)
      wait_for_byte (outputs);
    g_usleep ((gulong) g_rand_int_range (random, 0, 3000));
    for (guint i = 0; i < 2; i++) {
      gchar bytes[4096];
      gssize n;

      end (pids[i], SIGKILL);
      while ((n = read (outputs[i], bytes, sizeof bytes)) > 0)
        reported += n;
      close (outputs[i]);
    }
    assert_sound (fixture);
  }
  measured = tune_store_count (fixture->store, NULL);
  g_assert_cmpint (reported, >=, 24);
  /* Each process may have been killed between writing and reporting it. */
  g_assert_cmpint (measured, >=, reported);
  g_assert_cmpint (measured, <=, reported + 24);
  for (guint value = 0, seen = 0; seen < measured; value++) {
    gint64 probe;

    if (claim (fixture->store, value, &probe) != TUNE_CLAIM_MEASURED)
      continue;
    assert_whole (fixture->store, probe, value);
    seen++;
  }
}

static int
do_job (const gchar *job, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TuneStore) store = tune_store_open (path, &error);

  g_assert_no_error (error);
  return strcmp (job, "claim") == 0 ? job_claim (store) : job_work (store);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && argv[1][0] != '-')
    return do_job (argv[1], argv[2]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/store/error_domain_has_its_name", test_error_domain_has_its_name);
#define ADD(name)                                                              \
  g_test_add ("/store/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (the_same_description_has_the_same_number);
  ADD (a_probe_is_claimed_measured_and_read);
  ADD (a_number_of_what_was_not_written_is_none);
  ADD (it_is_there_after_reopening);
  ADD (numbers_without_meaning_are_kept);
  ADD (a_measurement_without_frames_is_one);
  ADD (a_failure_is_kept_and_tried_again);
  ADD (a_hash_belongs_to_a_file_that_did_not_change);
  ADD (what_is_no_store_is_refused);
  ADD (a_later_version_is_left_alone);
  ADD (damaged_probes_of_another_store_are_failures);
  ADD (text_of_another_store_is_text);
  ADD (a_claim_ends_with_its_process);
  ADD (claims_of_other_machines_are_believed);
  ADD (claims_from_before_a_restart_are_void);
  ADD (kills_lose_nothing_that_was_written);
  return g_test_run ();
}
