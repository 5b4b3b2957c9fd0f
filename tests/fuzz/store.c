/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of databases of others that are imported: any bytes must be refused,
 * or give probes that can be read from the store that they came into.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "tune/import.h"

#include "place.h"
#include "words.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_probes (TuneStore *store, guint n)
{
  guint found = 0;

  g_assert_cmpint (tune_store_count (store, NULL), ==, (gint64) n);
  for (gint64 probe = 1; found < n; probe++) {
    g_auto (TuneMeasurement) measurement = { 0 };
    GError *error = NULL;

    if (!tune_store_load (store, probe, &measurement, &error)) {
      /* One that failed, or whose source was noted alone. */
      check_said (FALSE, error);
      g_assert_cmpint (probe, <, 10000);
      continue;
    }
    g_assert_cmpuint (measurement.frames, >, 0);
    g_assert_cmpuint (measurement.bytes, >, 0);
    found++;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree gchar *path = place_write ("other.sqlite", data, size);
  TuneStore *store;
  TuneImport counts = { 0 };
  GError *error = NULL;
  gboolean done;

  /* To make its tables takes as long as all the rest. */
  if (!tune_import_is_database (path))
    return 0;
  store = tune_store_open (":memory:", NULL);
  g_assert_nonnull (store);
  done = tune_import_database (store, path, &counts, &error);
  check_said (done, error);
  check_probes (store, counts.imported);
  tune_store_close (store);
  return 0;
}
