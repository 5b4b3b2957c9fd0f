/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the .npy reader: any bytes must give a number, or be refused with
 * a message that begins with the file's name and that any terminal can show.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "judge/failure.h"
#include "judge/data/npy.h"
#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy, so that a sanitizer sees a read past the end. */
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));
  g_autoptr (GError) error = NULL;
  gdouble number;
  gboolean done;

  if (size > 0)
    memcpy (copy, data, size);
  done = judge_npy_parse_number ("fuzz", copy, size, &number, &error);
  g_assert_true (done == (error == NULL));
  if (!done) {
    g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
    g_assert_true (g_str_has_prefix (error->message, "fuzz: "));
    check_words (error->message);
  }
  return 0;
}
