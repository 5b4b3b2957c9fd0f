/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The manifest: its rows are complete, and are found by their SHA-256 alone.
 */
#include "manifest.h"

#include <string.h>

static void
test_every_backbone_has_one_complete_row (void)
{
  static const gchar *const backbones[] = { "alex", "squeeze", "vgg" };
  guint n_files;
  const PerceptualKnownFile *files = perceptual_known_files (&n_files);

  g_assert_cmpuint (n_files, ==, G_N_ELEMENTS (backbones));
  for (guint i = 0; i < n_files; i++) {
    g_autofree gchar *name = g_strconcat (backbones[i], ".safetensors", NULL);

    g_assert_cmpstr (files[i].backbone, ==, backbones[i]);
    g_assert_cmpstr (files[i].name, ==, name);
    g_assert_cmpuint (strlen (files[i].sha256), ==, 64);
    g_assert_cmpuint (strspn (files[i].sha256, "0123456789abcdef"), ==, 64);
    g_assert_cmpuint (files[i].size, >, 1000000);
    g_assert_cmpstr (files[i].licence, ==, "BSD-3-Clause AND BSD-2-Clause");
    g_assert_nonnull (strstr (files[i].source, "torchvision"));
    g_assert_nonnull (strstr (files[i].source, "LPIPS"));
  }
}

static void
test_file_is_found_by_its_sum_in_either_case (void)
{
  guint n_files;
  const PerceptualKnownFile *files = perceptual_known_files (&n_files);

  for (guint i = 0; i < n_files; i++) {
    g_autofree gchar *upper = g_ascii_strup (files[i].sha256, -1);

    g_assert_true (perceptual_known_file_find (files[i].sha256) == &files[i]);
    g_assert_true (perceptual_known_file_find (upper) == &files[i]);
  }
}

static void
test_other_sums_are_unknown (void)
{
  guint n_files;
  const PerceptualKnownFile *files = perceptual_known_files (&n_files);
  g_autofree gchar *almost = g_strdup (files[0].sha256);

  almost[63] = almost[63] == '0' ? '1' : '0';
  g_assert_null (perceptual_known_file_find (almost));
  almost[63] = '\0';
  g_assert_null (perceptual_known_file_find (almost));
  g_assert_null (perceptual_known_file_find (""));
}

#define ADD(name) g_test_add_func ("/manifest/" #name, test_##name)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (every_backbone_has_one_complete_row);
  ADD (file_is_found_by_its_sum_in_either_case);
  ADD (other_sums_are_unknown);
  return g_test_run ();
}
