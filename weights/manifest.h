/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The known weights files: those that the fetch tool writes.  They are listed
 * in manifest.json, which the tool reads and the build turns into C.
 */
#ifndef PERCEPTUAL_MANIFEST_H
#define PERCEPTUAL_MANIFEST_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * PerceptualKnownFile:
 * @name: file name, BACKBONE.safetensors
 * @backbone: the name users type
 * @sha256: of the whole file, 64 lower-case hex digits
 * @size: bytes
 * @licence: SPDX expression of the trained numbers
 * @source: where the numbers come from, one line for users
 */
typedef struct
{
  const gchar *name;
  const gchar *backbone;
  const gchar *sha256;
  guint64 size;
  const gchar *licence;
  const gchar *source;
} PerceptualKnownFile;

/* Returns: (transfer none): the known files, @n_files of them.  Static. */
const PerceptualKnownFile *perceptual_known_files (guint *n_files);

/* Returns: (transfer none) (nullable): the known file with that SHA-256 in
 * hex, upper or lower case, or NULL. */
const PerceptualKnownFile *perceptual_known_file_find (const gchar *sha256);

G_END_DECLS

#endif /* PERCEPTUAL_MANIFEST_H */
