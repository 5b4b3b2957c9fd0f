/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads weights files in the safetensors layout: eight bytes of header length
 * (little-endian), a JSON header that gives each tensor's type, shape and
 * place, then the numbers.  Layout: https://github.com/huggingface/safetensors
 * section "Format".
 *
 * The file is mapped, not read: opening it checks the whole header and touches
 * no number.  Only float32 tensors are accepted.
 *
 * Errors: domain PERCEPTUAL_WEIGHTS_ERROR.  Every message names the file, the
 * tensor where there is one, and what to do about it.
 *
 * Threads: one PerceptualTensors belongs to one thread at a time.  The numbers
 * it has handed out may be read from any thread until it is freed.
 *
 * The file must not be overwritten in place while it is open (a mapped page
 * that vanishes ends the process with SIGBUS); put a new file there by
 * renaming, as the fetch tool does.
 */
#ifndef PERCEPTUAL_SAFETENSORS_H
#define PERCEPTUAL_SAFETENSORS_H

#include <glib.h>

G_BEGIN_DECLS

#define PERCEPTUAL_WEIGHTS_ERROR (perceptual_weights_error_quark ())

/**
 * PerceptualWeightsError:
 * @PERCEPTUAL_WEIGHTS_ERROR_NOT_FOUND: there is no such file; the message says
 *   which places were searched and how to get the weights
 * @PERCEPTUAL_WEIGHTS_ERROR_READ: the system refuses to open or read it
 *   (permission, a folder, an input/output error)
 * @PERCEPTUAL_WEIGHTS_ERROR_INVALID: the file is broken, is something else, or
 *   belongs to another network
 */
typedef enum
{
  PERCEPTUAL_WEIGHTS_ERROR_NOT_FOUND,
  PERCEPTUAL_WEIGHTS_ERROR_READ,
  PERCEPTUAL_WEIGHTS_ERROR_INVALID,
} PerceptualWeightsError;

GQuark perceptual_weights_error_quark (void);

/* Longest header accepted, in bytes; those of known files have 6000. */
#define PERCEPTUAL_TENSORS_MAX_HEADER ((gsize) 1 << 20)

/* Most dimensions of one tensor. */
#define PERCEPTUAL_TENSORS_MAX_DIMS 8

typedef struct _PerceptualTensors PerceptualTensors;

/**
 * perceptual_tensors_open:
 * @path: a safetensors file, in the encoding of file names
 * @error: NOT_FOUND, READ or INVALID
 *
 * Maps the file and checks its whole header: length, JSON, types, shapes, and
 * that the tensors lie side by side and fill the file exactly.
 *
 * Returns: (transfer full): the tensors, or NULL with @error set.
 */
PerceptualTensors *perceptual_tensors_open (const gchar *path, GError **error);

/**
 * perceptual_tensors_open_bytes:
 * @bytes: what a file would hold; a reference is taken
 * @path: the name to use in messages
 * @error: INVALID
 *
 * The same for bytes that are already in memory; for tests and fuzzing.
 *
 * Returns: (transfer full): the tensors, or NULL with @error set.
 */
PerceptualTensors *perceptual_tensors_open_bytes (
    GBytes *bytes, const gchar *path, GError **error);

/* Frees the tensors and every number handed out. */
void perceptual_tensors_free (PerceptualTensors *self);

/* Returns: how many tensors there are. */
guint perceptual_tensors_get_length (const PerceptualTensors *self);

/* Returns: (transfer none): the name of tensor @index, 0..length-1, in the
 * order of their numbers in the file. */
const gchar *perceptual_tensors_get_name (
    const PerceptualTensors *self, guint index);

/* Returns: whether a tensor is called @name. */
gboolean perceptual_tensors_has (
    const PerceptualTensors *self, const gchar *name);

/**
 * perceptual_tensors_get_shape:
 * @name: a tensor's name
 * @n_dims: (out): how many dimensions it has, 0..PERCEPTUAL_TENSORS_MAX_DIMS
 *
 * Returns: (transfer none): its @n_dims sizes, outermost first, or NULL when
 * there is no such tensor.
 */
const gsize *perceptual_tensors_get_shape (
    const PerceptualTensors *self, const gchar *name, guint *n_dims);

/**
 * perceptual_tensors_get:
 * @name: a tensor's name
 * @shape: the @n_dims sizes it must have, outermost first
 * @n_dims: 0..PERCEPTUAL_TENSORS_MAX_DIMS
 * @error: INVALID: it is missing, has another shape, or holds a NaN or an
 *   infinity
 *
 * Looks at every number of the tensor each time it is called.
 *
 * Returns: (transfer none): the numbers in the CPU's byte order, row by row
 * (last dimension fastest), aligned to 4 bytes at least, owned by @self; or
 * NULL with @error set.
 */
const gfloat *perceptual_tensors_get (PerceptualTensors *self,
    const gchar *name, const gsize *shape, guint n_dims, GError **error);

/* Returns: (transfer none): SHA-256 of the whole file as 64 lower-case hex
 * digits.  Reads the file on the first call. */
const gchar *perceptual_tensors_get_sha256 (PerceptualTensors *self);

/* Returns: (transfer none): the path it was opened with. */
const gchar *perceptual_tensors_get_path (const PerceptualTensors *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PerceptualTensors, perceptual_tensors_free)

G_END_DECLS

#endif /* PERCEPTUAL_SAFETENSORS_H */
