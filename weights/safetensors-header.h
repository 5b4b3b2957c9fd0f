/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The JSON header of a safetensors file; for weights/ alone.
 */
#ifndef PERCEPTUAL_SAFETENSORS_HEADER_H
#define PERCEPTUAL_SAFETENSORS_HEADER_H

#include "safetensors.h"

G_BEGIN_DECLS

/* What every message about a damaged file ends with. */
#define PERCEPTUAL_WEIGHTS_REMEDY                                              \
  "get it again with perceptual-fetch-weights (weights/fetch.py in the "       \
  "source tree)"

/**
 * PerceptualTensor:
 * @name: 1 to 256 bytes of printable UTF-8
 * @n_dims: used entries of @shape; 0 is a single number
 * @shape: sizes, outermost first
 * @offset: bytes from the end of the header to the first number
 * @size: bytes of its numbers; checked to be 4 times the product of @shape
 * @copy: (nullable): a copy of its numbers, made on demand where the file's
 *   own bytes cannot be handed out
 *
 * One row of the header.
 */
typedef struct
{
  gchar *name;
  guint n_dims;
  gsize shape[PERCEPTUAL_TENSORS_MAX_DIMS];
  gsize offset;
  gsize size;
  gfloat *copy;
} PerceptualTensor;

/**
 * perceptual_header_parse:
 * @json: the header's @length bytes, not NUL-terminated
 * @length: at most PERCEPTUAL_TENSORS_MAX_HEADER
 * @data_size: bytes that follow the header in the file
 * @path: the file, for messages
 * @error: PERCEPTUAL_WEIGHTS_ERROR_INVALID
 *
 * Returns: (transfer full) (element-type PerceptualTensor): the tensors in the
 * order of their numbers, which fill @data_size exactly; or NULL.
 */
GPtrArray *perceptual_header_parse (const gchar *json, gsize length,
    gsize data_size, const gchar *path, GError **error);

/* "[64, 3, 11, 11]"; "[]" for a single number. */
gchar *perceptual_shape_to_text (const gsize *shape, guint n_dims);

/* Sets @error: "weights file 'PATH': MESSAGE". */
void perceptual_weights_refuse (GError **error, PerceptualWeightsError code,
    const gchar *path, const gchar *format, ...) G_GNUC_PRINTF (4, 5);

G_END_DECLS

#endif /* PERCEPTUAL_SAFETENSORS_HEADER_H */
