/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the safetensors reader: any bytes must be refused with an error
 * or give tensors of which every number can be read.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "safetensors.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
read_everything (PerceptualTensors *tensors)
{
  volatile gfloat sum = 0;

  for (guint i = 0; i < perceptual_tensors_get_length (tensors); i++) {
    const gchar *name = perceptual_tensors_get_name (tensors, i);
    g_autoptr (GError) error = NULL;
    const gfloat *numbers;
    const gsize *shape;
    guint n_dims;
    gsize n = 1;

    shape = perceptual_tensors_get_shape (tensors, name, &n_dims);
    g_assert (perceptual_tensors_has (tensors, name));
    numbers = perceptual_tensors_get (tensors, name, shape, n_dims, &error);
    g_assert ((numbers == NULL) == (error != NULL));
    if (numbers == NULL)
      continue;
    g_assert ((guintptr) numbers % sizeof (gfloat) == 0);
    for (guint d = 0; d < n_dims; d++)
      n *= shape[d];
    for (gsize j = 0; j < n; j++)
      sum += numbers[j];
  }
  (void) sum;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy, so that a sanitizer sees a read past the end; one byte further
   * on for every other size, so that numbers lie unaligned as well. */
  const size_t shift = size % 2;
  g_autofree guint8 *copy = g_malloc (MAX (size + shift, 1));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  PerceptualTensors *tensors;

  if (size > 0)
    memcpy (copy + shift, data, size);
  bytes = g_bytes_new_static (copy + shift, size);
  tensors = perceptual_tensors_open_bytes (bytes, "fuzz", &error);
  g_assert ((tensors == NULL) == (error != NULL));
  if (tensors != NULL)
    read_everything (tensors);
  perceptual_tensors_free (tensors);
  return 0;
}
