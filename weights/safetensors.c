/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Maps a safetensors file and hands out its float32 tensors.  Callers say
 * which names and shapes they want.
 */
#include "safetensors.h"

#include "safetensors-header.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of the header's length, which comes first in the file. */
#define LENGTH_BYTES 8

struct _PerceptualTensors
{
  gchar *path;
  GBytes *bytes;      /* the whole file */
  const guint8 *data; /* its first byte after the header */
  GPtrArray *tensors; /* PerceptualTensor, in the order of their numbers */
  GHashTable *by_name;
  gchar *sha256; /* NULL until asked for */
};

/* The macro makes a string of its first argument, spaces and all. */
/* clang-format off */
G_DEFINE_QUARK (perceptual-weights-error-quark, perceptual_weights_error)
/* clang-format on */

#define refuse(error, path, ...)                                               \
  perceptual_weights_refuse (                                                  \
      error, PERCEPTUAL_WEIGHTS_ERROR_INVALID, path, __VA_ARGS__)

static gboolean
starts_with (const guint8 *data, gsize size, const gchar *start)
{
  const gsize length = strlen (start);

  return size >= length && memcmp (data, start, length) == 0;
}

/* Returns: what people save as weights by mistake, and what to do about it;
 * NULL when the bytes may be a safetensors file. */
static const gchar *
name_stranger (const guint8 *data, gsize size)
{
  static const gchar pytorch[] =
      "this is a PyTorch file; convert it with perceptual-fetch-weights "
      "BACKBONE --from FILE";
  const guint8 *text = data;
  gsize left = size;

  if (size == 0)
    return "the file is empty; " PERCEPTUAL_WEIGHTS_REMEDY;
  if (starts_with (data, size, "PK\003\004")
      || starts_with (data, size, "\200\002"))
    return pytorch;
  if (starts_with (data, size, "version https://git-lfs"))
    return "this is a Git LFS pointer, not the file it stands for; fetch the "
           "file with git lfs pull";
  if (starts_with (data, size, "\xef\xbb\xbf")) {
    text += 3;
    left -= 3;
  }
  while (left > 0 && g_ascii_isspace (*text)) {
    text++;
    left--;
  }
  /* Four letters, read as a length, are beyond the limit; fewer may be a
   * length. */
  if (size > 3 && data[3] != 0 && left > 1 && *text == '<'
      && (text[1] == '!' || g_ascii_isalpha (text[1])))
    return "this is a web page, perhaps an error or login page saved under "
           "the name of the weights; " PERCEPTUAL_WEIGHTS_REMEDY;
  return NULL;
}

static gboolean
check_length (const guint8 *data, gsize size, gsize *header, const gchar *path,
    GError **error)
{
  const gchar *stranger = name_stranger (data, size);
  guint64 length;

  if (stranger != NULL) {
    refuse (error, path, "%s", stranger);
    return FALSE;
  }
  if (size < LENGTH_BYTES) {
    refuse (error, path, "it has only %" G_GSIZE_FORMAT " bytes; %s", size,
        PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  memcpy (&length, data, sizeof (length));
  length = GUINT64_FROM_LE (length);
  if (length > PERCEPTUAL_TENSORS_MAX_HEADER) {
    refuse (error, path,
        "its header would be %" G_GUINT64_FORMAT " bytes long (%" G_GSIZE_FORMAT
        " at most), so this is not a safetensors file or a damaged one; %s",
        length, PERCEPTUAL_TENSORS_MAX_HEADER, PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  if (length > size - LENGTH_BYTES) {
    refuse (error, path,
        "its header has %" G_GUINT64_FORMAT
        " bytes and the file ends after %" G_GSIZE_FORMAT
        " of them: it is cut short; %s",
        length, size - LENGTH_BYTES, PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  *header = (gsize) length;
  return TRUE;
}

PerceptualTensors *
perceptual_tensors_open_bytes (GBytes *bytes, const gchar *path, GError **error)
{
  PerceptualTensors *self;
  GPtrArray *tensors;
  const guint8 *data;
  gsize size, header, body;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  if (!check_length (data, size, &header, path, error))
    return NULL;
  body = LENGTH_BYTES + header;
  tensors = perceptual_header_parse (
      (const gchar *) data + LENGTH_BYTES, header, size - body, path, error);
  if (tensors == NULL)
    return NULL;

  self = g_new0 (PerceptualTensors, 1);
  self->path = g_strdup (path);
  self->bytes = g_bytes_ref (bytes);
  self->data = data + body;
  self->tensors = tensors;
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < tensors->len; i++) {
    PerceptualTensor *tensor = g_ptr_array_index (tensors, i);

    g_hash_table_insert (self->by_name, tensor->name, tensor);
  }
  return self;
}

static void
refuse_system (
    GError **error, const gchar *path, const gchar *what, gint errnum)
{
  if (errnum == ENOENT || errnum == ENOTDIR)
    perceptual_weights_refuse (error, PERCEPTUAL_WEIGHTS_ERROR_NOT_FOUND, path,
        "there is no such file; get it with perceptual-fetch-weights "
        "(weights/fetch.py in the source tree)");
  else if (errnum == EACCES || errnum == EPERM)
    perceptual_weights_refuse (error, PERCEPTUAL_WEIGHTS_ERROR_READ, path,
        "no permission to read it; let this user read the file and enter the "
        "folders above it (chmod)");
  else
    perceptual_weights_refuse (error, PERCEPTUAL_WEIGHTS_ERROR_READ, path,
        "cannot %s it: %s; check the disk and the path", what,
        g_strerror (errnum));
}

/* Opens a regular file; -1 with @error set otherwise. */
static gint
open_file (const gchar *path, GError **error)
{
  /* Does not wait for the other end of a named pipe. */
  const gint fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info;

  if (fd < 0) {
    refuse_system (error, path, "open", errno);
    return -1;
  }
  if (fstat (fd, &info) != 0) {
    refuse_system (error, path, "inspect", errno);
  } else if (S_ISDIR (info.st_mode)) {
    perceptual_weights_refuse (error, PERCEPTUAL_WEIGHTS_ERROR_READ, path,
        "this is a folder; name the .safetensors file in it");
  } else if (!S_ISREG (info.st_mode)) {
    perceptual_weights_refuse (error, PERCEPTUAL_WEIGHTS_ERROR_READ, path,
        "this is not a regular file; name a .safetensors file");
  } else {
    return fd;
  }
  close (fd);
  return -1;
}

PerceptualTensors *
perceptual_tensors_open (const gchar *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GMappedFile *mapping;
  gint fd;

  g_return_val_if_fail (path != NULL, NULL);

  fd = open_file (path, error);
  if (fd < 0)
    return NULL;
  mapping = g_mapped_file_new_from_fd (fd, FALSE, &cause);
  close (fd);
  if (mapping == NULL) {
    perceptual_weights_refuse (error, PERCEPTUAL_WEIGHTS_ERROR_READ, path,
        "cannot map it: %s; check the disk and the free memory",
        cause->message);
    return NULL;
  }
  bytes = g_mapped_file_get_bytes (mapping);
  g_mapped_file_unref (mapping);
  return perceptual_tensors_open_bytes (bytes, path, error);
}

void
perceptual_tensors_free (PerceptualTensors *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->tensors);
  g_bytes_unref (self->bytes);
  g_free (self->sha256);
  g_free (self->path);
  g_free (self);
}

guint
perceptual_tensors_get_length (const PerceptualTensors *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->tensors->len;
}

const gchar *
perceptual_tensors_get_name (const PerceptualTensors *self, guint index)
{
  const PerceptualTensor *tensor;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->tensors->len, NULL);

  tensor = g_ptr_array_index (self->tensors, index);
  return tensor->name;
}

gboolean
perceptual_tensors_has (const PerceptualTensors *self, const gchar *name)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return g_hash_table_contains (self->by_name, name);
}

const gsize *
perceptual_tensors_get_shape (
    const PerceptualTensors *self, const gchar *name, guint *n_dims)
{
  const PerceptualTensor *tensor;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (n_dims != NULL, NULL);

  tensor = g_hash_table_lookup (self->by_name, name);
  *n_dims = tensor != NULL ? tensor->n_dims : 0;
  return tensor != NULL ? tensor->shape : NULL;
}

/* Numbers to hand out: the file's own bytes where the CPU can take them as
 * they lie.  NULL with @error set when there is no memory for a copy. */
static const gfloat *
native_numbers (
    PerceptualTensors *self, PerceptualTensor *tensor, GError **error)
{
  static const gfloat none[1] = { 0 };
  const guint8 *data = self->data + tensor->offset;
  const gsize n = tensor->size / sizeof (gfloat);
  guint32 *words;

  if (n == 0)
    return none;
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN && (guintptr) data % sizeof (gfloat) == 0)
    return (const gfloat *) data;
  if (tensor->copy != NULL)
    return tensor->copy;

  words = g_try_malloc (tensor->size);
  if (words == NULL) {
    perceptual_weights_refuse (error, PERCEPTUAL_WEIGHTS_ERROR_READ, self->path,
        "tensor '%s': no memory for its %" G_GSIZE_FORMAT
        " bytes; free some memory",
        tensor->name, tensor->size);
    return NULL;
  }
  memcpy (words, data, tensor->size);
  for (gsize i = 0; i < n; i++)
    words[i] = GUINT32_FROM_LE (words[i]);
  tensor->copy = (gfloat *) words;
  return tensor->copy;
}

/* Index of the first number that is not finite, or @n. */
static gsize
find_not_finite (const gfloat *numbers, gsize n)
{
  const guint32 exponent = 0x7f800000;
  const guint32 *words = (const guint32 *) numbers;
  gsize i = 0;
  guint32 found = 0;

  /* Whole blocks without a branch inside; then one by one, to find the
   * culprit. */
  while (n - i >= 1024) {
    for (gsize j = 0; j < 1024; j++)
      found |= (words[i + j] & exponent) == exponent;
    if (found)
      break;
    i += 1024;
  }
  while (i < n && (words[i] & exponent) != exponent)
    i++;
  return i;
}

const gfloat *
perceptual_tensors_get (PerceptualTensors *self, const gchar *name,
    const gsize *shape, guint n_dims, GError **error)
{
  PerceptualTensor *tensor;
  const gfloat *numbers;
  gsize n, bad;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (n_dims <= PERCEPTUAL_TENSORS_MAX_DIMS, NULL);
  g_return_val_if_fail (shape != NULL || n_dims == 0, NULL);

  tensor = g_hash_table_lookup (self->by_name, name);
  if (tensor == NULL || tensor->n_dims != n_dims
      || (n_dims > 0
          && memcmp (tensor->shape, shape, n_dims * sizeof (*shape)) != 0)) {
    g_autofree gchar *wanted = perceptual_shape_to_text (shape, n_dims);

    if (tensor == NULL) {
      refuse (error, self->path,
          "tensor '%s' of shape %s is missing; is this the file of another "
          "backbone? Else %s",
          name, wanted, PERCEPTUAL_WEIGHTS_REMEDY);
    } else {
      g_autofree gchar *found =
          perceptual_shape_to_text (tensor->shape, tensor->n_dims);

      refuse (error, self->path,
          "tensor '%s' should have shape %s and has %s; is this the file of "
          "another backbone? Else %s",
          name, wanted, found, PERCEPTUAL_WEIGHTS_REMEDY);
    }
    return NULL;
  }

  numbers = native_numbers (self, tensor, error);
  if (numbers == NULL)
    return NULL;
  n = tensor->size / sizeof (gfloat);
  bad = find_not_finite (numbers, n);
  if (bad < n) {
    g_autofree gchar *found =
        perceptual_shape_to_text (tensor->shape, tensor->n_dims);

    refuse (error, self->path,
        "tensor '%s' of shape %s: number %" G_GSIZE_FORMAT
        " is %s, where only finite numbers make sense; %s",
        name, found, bad, numbers[bad] != numbers[bad] ? "NaN" : "infinite",
        PERCEPTUAL_WEIGHTS_REMEDY);
    return NULL;
  }
  return numbers;
}

const gchar *
perceptual_tensors_get_sha256 (PerceptualTensors *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->sha256 == NULL)
    self->sha256 =
        g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->bytes);
  return self->sha256;
}

const gchar *
perceptual_tensors_get_path (const PerceptualTensors *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}
