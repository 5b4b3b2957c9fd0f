/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The number of processors by control groups, of folders made here.
 */
#include "machine/processors.h"

#include <glib/gstdio.h>

#define V1 "sys/fs/cgroup/cpu,cpuacct"
#define V1_SHORT "sys/fs/cgroup/cpu"
#define V2 "sys/fs/cgroup"

typedef struct
{
  const gchar *name;
  const gchar *text;
} File;

/* A machine of 16 processors. */
typedef struct
{
  const gchar *title;
  File files[6];
  guint expected;
} Case;

/* A table. */
/* clang-format off */
static const Case cases[] = {
  { "nothing is known", { { NULL, NULL } }, 16 },
  { "two whole processors",
      { { "proc/self/cgroup", "0::/\n" },
          { V2 "/cpu.max", "200000 100000\n" } },
      2 },
  { "no limit",
      { { "proc/self/cgroup", "0::/a\n" },
          { V2 "/a/cpu.max", "max 100000\n" } },
      16 },
  { "one and a half count as two",
      { { "proc/self/cgroup", "0::/a\n" },
          { V2 "/a/cpu.max", "150000 100000\n" } },
      2 },
  { "a tenth counts as one",
      { { "proc/self/cgroup", "0::/a\n" },
          { V2 "/a/cpu.max", "10000 100000\n" } },
      1 },
  { "more than there are",
      { { "proc/self/cgroup", "0::/a\n" },
          { V2 "/a/cpu.max", "6400000 100000\n" } },
      16 },
  { "the outer group is the narrower one",
      { { "proc/self/cgroup", "0::/a/b/c\n" },
          { V2 "/a/b/c/cpu.max", "800000 100000\n" },
          { V2 "/a/b/cpu.max", "max 100000\n" },
          { V2 "/a/cpu.max", "300000 100000\n" } },
      3 },
  { "the inner group is the narrower one",
      { { "proc/self/cgroup", "0::/a/b\n" },
          { V2 "/a/b/cpu.max", "400000 100000\n" },
          { V2 "/a/cpu.max", "800000 100000\n" } },
      4 },
  { "version 1",
      { { "proc/self/cgroup", "5:memory:/a\n4:cpu,cpuacct:/a\n" },
          { V1 "/a/cpu.cfs_quota_us", "250000\n" },
          { V1 "/a/cpu.cfs_period_us", "50000\n" } },
      5 },
  { "version 1 without a limit",
      { { "proc/self/cgroup", "4:cpu,cpuacct:/a\n" },
          { V1 "/a/cpu.cfs_quota_us", "-1\n" },
          { V1 "/a/cpu.cfs_period_us", "100000\n" } },
      16 },
  { "version 1 in a container that does not see its group",
      { { "proc/self/cgroup", "4:cpu,cpuacct:/docker/0123\n0::/docker/0123\n" },
          { V1_SHORT "/cpu.cfs_quota_us", "200000\n" },
          { V1_SHORT "/cpu.cfs_period_us", "100000\n" } },
      2 },
  { "another controller's quota",
      { { "proc/self/cgroup", "4:cpuset:/a\n" },
          { V1_SHORT "/a/cpu.cfs_quota_us", "200000\n" },
          { V1_SHORT "/a/cpu.cfs_period_us", "100000\n" } },
      16 },
  { "files that say something else",
      { { "proc/self/cgroup", "0::/a\nnonsense\n\n1:cpu\n" },
          { V2 "/a/cpu.max", "many\n" }, { V2 "/cpu.max", "200000 0\n" } },
      16 },
};
/* clang-format on */

static void
write_file (const gchar *root, const File *file)
{
  g_autofree gchar *path = g_build_filename (root, file->name, NULL);
  g_autofree gchar *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, file->text, -1, NULL));
}

static void
remove_all (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *inner = g_build_filename (path, name, NULL);

    remove_all (inner);
  }
  g_remove (path);
}

static void
test_control_groups (gconstpointer data)
{
  const Case *machine = data;
  g_autofree gchar *root = g_dir_make_tmp ("processors-XXXXXX", NULL);

  g_assert_nonnull (root);
  for (guint i = 0; machine->files[i].name != NULL; i++)
    write_file (root, &machine->files[i]);
  g_assert_cmpuint (
      perceptual_processors_limit (root, 16), ==, machine->expected);
  remove_all (root);
}

static void
test_this_machine_has_at_least_one_and_no_more_than_glib_says (void)
{
  g_assert_cmpuint (perceptual_processors (), >=, 1);
  g_assert_cmpuint (perceptual_processors (), <=, g_get_num_processors ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strdup_printf ("/processors/%s", cases[i].title);

    g_test_add_data_func (path, &cases[i], test_control_groups);
  }
  g_test_add_func ("/processors/this machine",
      test_this_machine_has_at_least_one_and_no_more_than_glib_says);
  return g_test_run ();
}
