/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The known weights files, from manifest.json.
 */
#include "manifest.h"

static const PerceptualKnownFile known_files[] = {
#include "manifest-table.h"
};

const PerceptualKnownFile *
perceptual_known_files (guint *n_files)
{
  g_return_val_if_fail (n_files != NULL, NULL);

  *n_files = G_N_ELEMENTS (known_files);
  return known_files;
}

const PerceptualKnownFile *
perceptual_known_file_find (const gchar *sha256)
{
  g_return_val_if_fail (sha256 != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (known_files); i++)
    if (g_ascii_strcasecmp (known_files[i].sha256, sha256) == 0)
      return &known_files[i];
  return NULL;
}
