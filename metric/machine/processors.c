/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counts processors by affinity and by control group.  A container sees all
 * processors of its machine and gets the time of a few: with a thread for each
 * of them, all stop together when that time is used up.
 */
#include "machine/processors.h"

#include <string.h>

#define CGROUPS "/sys/fs/cgroup"

/* Returns: FALSE where there is no number above 0, as for "max" and -1. */
static gboolean
read_number (const gchar *text, gint64 *number)
{
  gchar *end = NULL;

  *number = g_ascii_strtoll (text, &end, 10);
  return end != text && *number > 0;
}

/* Processors that @quota of every @period is worth, rounded up. */
static guint
share (gint64 quota, gint64 period, guint most)
{
  gint64 n = quota / period + (quota % period != 0 ? 1 : 0);

  return n < (gint64) most ? (guint) MAX (n, 1) : most;
}

/* Version 2: "max 100000" or "150000 100000" */
static guint
limit_unified (const gchar *folder, guint most)
{
  g_autofree gchar *path = g_build_filename (folder, "cpu.max", NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) parts = NULL;
  gint64 quota, period;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return most;
  parts = g_strsplit (text, " ", 2);
  if (g_strv_length (parts) != 2 || !read_number (parts[0], &quota)
      || !read_number (parts[1], &period))
    return most;
  return share (quota, period, most);
}

/* Version 1: the quota is -1 where there is none. */
static guint
limit_legacy (const gchar *folder, guint most)
{
  g_autofree gchar *quota_path =
      g_build_filename (folder, "cpu.cfs_quota_us", NULL);
  g_autofree gchar *period_path =
      g_build_filename (folder, "cpu.cfs_period_us", NULL);
  g_autofree gchar *quota_text = NULL, *period_text = NULL;
  gint64 quota, period;

  if (!g_file_get_contents (quota_path, &quota_text, NULL, NULL)
      || !g_file_get_contents (period_path, &period_text, NULL, NULL)
      || !read_number (quota_text, &quota)
      || !read_number (period_text, &period))
    return most;
  return share (quota, period, most);
}

typedef guint (*Limit) (const gchar *folder, guint most);

/* Looks at the group @group below @mount and at all groups that it is in.  A
 * container may be told of a group that it does not see; the outermost one is
 * always there. */
static guint
limit_groups (const gchar *mount, const gchar *group, Limit limit, guint most)
{
  g_autofree gchar *path = g_strdup (group);

  for (;;) {
    g_autofree gchar *folder = g_build_filename (mount, path, NULL);
    gchar *slash;

    most = limit (folder, most);
    slash = strrchr (path, '/');
    if (slash == NULL)
      return most;
    *slash = '\0';
  }
}

/* @line: "0::/a/b" of version 2, or "4:cpu,cpuacct:/a/b" */
static guint
limit_line (const gchar *root, const gchar *line, guint most)
{
  g_auto (GStrv) parts = g_strsplit (line, ":", 3);
  g_auto (GStrv) controllers = NULL;
  g_autofree gchar *mount = NULL;

  if (g_strv_length (parts) != 3)
    return most;
  if (*parts[1] == '\0') {
    mount = g_strconcat (root, CGROUPS, NULL);
    return limit_groups (mount, parts[2], limit_unified, most);
  }
  controllers = g_strsplit (parts[1], ",", -1);
  if (!g_strv_contains ((const gchar *const *) controllers, "cpu"))
    return most;
  mount = g_strconcat (root, CGROUPS "/", parts[1], NULL);
  if (!g_file_test (mount, G_FILE_TEST_IS_DIR)) {
    g_free (mount);
    mount = g_strconcat (root, CGROUPS "/cpu", NULL);
  }
  return limit_groups (mount, parts[2], limit_legacy, most);
}

guint
perceptual_processors_limit (const gchar *root, guint most)
{
  g_autofree gchar *path = g_strconcat (root, "/proc/self/cgroup", NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return most;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    most = limit_line (root, lines[i], most);
  return most;
}

guint
perceptual_processors (void)
{
  /* GLib asks sched_getaffinity() where there is one. */
  return perceptual_processors_limit ("", MAX (g_get_num_processors (), 1));
}
