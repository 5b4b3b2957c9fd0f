/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of CSV files and of the lists of scored pairs in them: any bytes must
 * give a table with as many fields in each row as in its head, or be refused.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "judge/data/scored-pairs.h"
#include "table/csv.h"

#include "place.h"
#include "words.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A PPM of one pixel. */
static const gchar picture[] = "P6 1 1 255 abc";

static void
check_table (const Csv *csv, guint lines)
{
  guint last = 1;

  g_assert_cmpuint (csv->n_columns, ==, g_strv_length (csv->head));
  g_assert_cmpuint (csv->lines->len, ==, csv->rows->len);
  for (guint i = 0; i < csv->n_columns; i++)
    g_assert_cmpint (csv_find (csv, csv->head[i]), <=, (gint) i);
  for (guint row = 0; row < csv->rows->len; row++) {
    g_assert_cmpuint (csv_line (csv, row), >, last);
    last = csv_line (csv, row);
    for (guint i = 0; i < csv->n_columns; i++)
      g_assert_true (g_utf8_validate (csv_get (csv, row, (gint) i), -1, NULL));
    g_assert_null (((gchar **) csv->rows->pdata[row])[csv->n_columns]);
  }
  g_assert_cmpuint (last, <=, lines);
}

static void
check_pairs (const JudgeScoredPairs *pairs)
{
  guint last = 0;

  g_assert_cmpuint (pairs->pairs->len, >, 0);
  for (guint i = 0; i < pairs->pairs->len; i++) {
    const JudgeScoredPair *pair = judge_scored_pairs_get (pairs, i);

    g_assert_true (isfinite (pair->score));
    g_assert_cmpuint (pair->source, <, pairs->n_references);
    g_assert_true (pair->source == last || pair->source == last + 1);
    last = pair->source;
  }
}

/* Only files of this folder are named, or others might be waited for. */
static void
read_pairs (const gchar *path, gboolean skip_broken)
{
  GError *error = NULL;
  gchar *image = place_write ("a", picture, sizeof picture - 1);
  g_autoptr (JudgeScoredPairs) pairs =
      judge_scored_pairs_open (path, skip_broken, &error);

  g_free (image);
  check_said (pairs != NULL, error);
  if (pairs != NULL)
    check_pairs (pairs);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree gchar *path = place_write ("list.csv", data, size);
  GError *error = NULL;
  g_autoptr (Csv) csv = csv_read (path, &error);
  guint lines = 1;

  for (size_t i = 0; i < size; i++)
    lines += data[i] == '\n';
  check_said (csv != NULL, error);
  if (csv == NULL)
    return 0;
  check_table (csv, lines);
  if (memchr (data, '/', size) == NULL)
    read_pairs (path, size % 2);
  return 0;
}
