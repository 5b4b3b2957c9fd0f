/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finding weights files: the order of the folders, what the user names, and
 * the message when there is no file.  Works in its own folder, with a data
 * home in it.
 */
#include "locate.h"

#include "config.h"
#include "safetensors.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  gchar *root;
  gchar *one;  /* first in PERCEPTUAL_WEIGHTS_PATH */
  gchar *two;  /* second */
  gchar *user; /* the user's own */
} Places;

static Places places;

static gchar *
put (const gchar *folder, const gchar *name)
{
  gchar *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  return path;
}

static void
assert_found (const gchar *wish, const gchar *backbone, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *found = perceptual_weights_locate (wish, backbone, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, path);
}

static gchar *
assert_not_found (const gchar *wish, const gchar *backbone)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (perceptual_weights_locate (wish, backbone, &error));
  g_assert_error (
      error, PERCEPTUAL_WEIGHTS_ERROR, PERCEPTUAL_WEIGHTS_ERROR_NOT_FOUND);
  return g_strdup (error->message);
}

static void
assert_in_order (const gchar *text, const gchar *const *parts)
{
  const gchar *at = text;

  for (; *parts != NULL; parts++) {
    const gchar *next = strstr (at, *parts);

    if (next == NULL)
      g_error ("'%s' does not say '%s' (in this order)", text, *parts);
    at = next + strlen (*parts);
  }
}

static void
test_folders_are_searched_in_order (void)
{
  g_autofree gchar *in_user = put (places.user, "vgg.safetensors");
  g_autofree gchar *in_two = NULL;
  g_autofree gchar *in_one = NULL;

  assert_found (NULL, "vgg", in_user);
  in_two = put (places.two, "vgg.safetensors");
  assert_found ("", "vgg", in_two);
  in_one = put (places.one, "vgg.safetensors");
  assert_found (NULL, "vgg", in_one);
  g_unlink (in_one);
  assert_found (NULL, "vgg", in_two);
  g_unlink (in_two);
  g_unlink (in_user);
}

static void
test_nothing_found_lists_the_folders_and_the_command (void)
{
  g_autofree gchar *file = put (places.root, "two");
  g_autofree gchar *message = assert_not_found (NULL, "squeeze");
  const gchar *parts[] = { "'squeeze'", "squeeze.safetensors in ", places.one,
    ", ", places.two, " (not a folder), ", places.user,
    PERCEPTUAL_DATADIR "/weights", "perceptual-fetch-weights squeeze",
    "weights/fetch.py squeeze", NULL };

  assert_in_order (message, parts);
  g_unlink (file);
  g_free (message);
  message = assert_not_found (NULL, "squeeze");
  parts[5] = " (no such folder), ";
  assert_in_order (message, parts);
}

static void
test_wish_may_be_a_file_of_any_name (void)
{
  g_autofree gchar *file = put (places.root, "my own numbers");

  assert_found (file, "alex", file);
  g_unlink (file);
}

static void
test_wish_may_be_a_folder_with_the_backbone_in_it (void)
{
  g_autofree gchar *folder = g_build_filename (places.root, "mine", NULL);
  g_autofree gchar *file = put (folder, "alex.safetensors");
  g_autofree gchar *elsewhere = put (places.one, "vgg.safetensors");
  g_autofree gchar *message = NULL;
  const gchar *parts[] = { "'vgg'", folder, "has no vgg.safetensors",
    "perceptual-fetch-weights vgg", NULL };

  assert_found (folder, "alex", file);
  /* A name is not a hint: nothing else is searched. */
  message = assert_not_found (folder, "vgg");
  assert_in_order (message, parts);
  g_unlink (file);
  g_unlink (elsewhere);
  g_rmdir (folder);
}

static void
test_wish_that_is_not_there_is_named (void)
{
  g_autofree gchar *message = assert_not_found ("/no/such/place", "alex");
  const gchar *parts[] = { "'alex'", "'/no/such/place'",
    "perceptual-fetch-weights alex", NULL };

  assert_in_order (message, parts);
}

static void
test_forbidden_folder_is_passed_over_and_said (void)
{
  const uid_t user = geteuid ();
  g_autofree gchar *file = put (places.one, "alex.safetensors");
  g_autofree gchar *message = NULL;
  const gchar *parts[] = { places.one, " (no permission)", NULL };

  g_assert_cmpint (g_chmod (places.root, 0755), ==, 0);
  g_assert_cmpint (g_chmod (places.one, 0), ==, 0);
  /* Root may read everything, so become nobody for a moment. */
  if (user == 0)
    g_assert_cmpint (seteuid (65534), ==, 0);
  message = assert_not_found (NULL, "alex");
  if (user == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  assert_in_order (message, parts);
  g_assert_cmpint (g_chmod (places.one, 0700), ==, 0);
  g_unlink (file);
}

#define ADD(name) g_test_add_func ("/locate/" #name, test_##name)

int
main (int argc, char **argv)
{
  g_autofree gchar *data = NULL;
  g_autofree gchar *path = NULL;
  gint result;

  places.root = g_dir_make_tmp ("locateXXXXXX", NULL);
  places.one = g_build_filename (places.root, "one", NULL);
  places.two = g_build_filename (places.root, "two", NULL);
  data = g_build_filename (places.root, "data", NULL);
  places.user = g_build_filename (data, "gst-perceptual", "weights", NULL);
  /* An empty part means nothing, not the working folder. */
  path = g_strconcat (places.one, "::", places.two, NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("PERCEPTUAL_WEIGHTS_PATH", path, TRUE);

  g_test_init (&argc, &argv, NULL);
  ADD (nothing_found_lists_the_folders_and_the_command);
  ADD (folders_are_searched_in_order);
  ADD (wish_may_be_a_file_of_any_name);
  ADD (wish_may_be_a_folder_with_the_backbone_in_it);
  ADD (wish_that_is_not_there_is_named);
  ADD (forbidden_folder_is_passed_over_and_said);
  result = g_test_run ();

  g_rmdir (places.one);
  g_rmdir (places.two);
  g_rmdir (places.user);
  {
    g_autofree gchar *parent = g_path_get_dirname (places.user);

    g_rmdir (parent);
  }
  g_rmdir (data);
  g_rmdir (places.root);
  g_free (places.user);
  g_free (places.two);
  g_free (places.one);
  g_free (places.root);
  return result;
}
