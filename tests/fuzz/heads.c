/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of weights files that fitted heads are put into: what the library
 * takes for weights gets the heads and is taken again, and other bytes are
 * refused.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "judge/data/heads-file.h"
#include "safetensors.h"

#include "place.h"
#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define CHANNELS 3

static const gdouble heads[2 * CHANNELS] = { .5, 1, 2, 3, 4, 5 };
static const guint channels[] = { CHANNELS, CHANNELS };

static PerceptualTensors *
open_file (const gchar *path)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  return perceptual_tensors_open_bytes (bytes, path, NULL);
}

static void
check_heads (PerceptualTensors *tensors)
{
  static const gchar *const names[] = { "lin.0.weight", "lin.1.weight" };
  const gsize shape[] = { CHANNELS };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const gfloat *numbers =
        perceptual_tensors_get (tensors, names[i], shape, 1, NULL);

    g_assert_nonnull (numbers);
    for (guint c = 0; c < CHANNELS; c++)
      g_assert_cmpfloat (numbers[c], ==, (gfloat) heads[i * CHANNELS + c]);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static JudgeRanking ranking;
  g_autofree gchar *source = place_write ("source", data, size);
  g_autofree gchar *path = place_path ("heads");
  PerceptualTensors *before = open_file (source), *after = NULL;
  GError *error = NULL;
  gboolean done;

  g_unlink (path);
  done = judge_heads_file_write (
      path, source, heads, channels, G_N_ELEMENTS (channels), &ranking, &error);
  check_said (done, error);
  g_assert_true (done == g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (done || before == NULL);
  if (done)
    after = open_file (path);
  if (before != NULL) {
    g_assert_nonnull (after);
    check_heads (after);
  }
  perceptual_tensors_free (before);
  perceptual_tensors_free (after);
  return 0;
}
