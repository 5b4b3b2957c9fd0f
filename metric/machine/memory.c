/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks at what the kernel says of the machine, of the control groups of the
 * process and of its own limit (ulimit -v).  Memory that is handed out need not
 * be there: who uses what is not there is killed.
 */
#include "machine/memory.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"

/* Returns: (transfer full) (nullable): the text of @path below @root */
static gchar *
read_text (const gchar *root, const gchar *path)
{
  g_autofree gchar *full = g_strconcat (root, path, NULL);
  gchar *text = NULL;

  return g_file_get_contents (full, &text, NULL, NULL) ? text : NULL;
}

/* The number after @key at the beginning of a line of @text.  Returns: FALSE
 * where there is none, as for "max". */
static gboolean
find_number (const gchar *text, const gchar *key, guint64 *number)
{
  gsize length = strlen (key);
  gchar *end;

  while (text != NULL && strncmp (text, key, length) != 0) {
    text = strchr (text, '\n');
    if (text != NULL)
      text++;
  }
  if (text == NULL)
    return FALSE;
  *number = g_ascii_strtoull (text + length, &end, 10);
  return end != text + length;
}

static guint64
left (guint64 limit, guint64 taken)
{
  return limit > taken ? limit - taken : 0;
}

/* What the group in @folder leaves of @most.  Files that it has in memory are
 * let go of when memory is wanted. */
static guint64
limit_group (const gchar *root, const gchar *folder, guint64 most)
{
  g_autofree gchar *max_path = g_strconcat (folder, "/memory.max", NULL);
  g_autofree gchar *now_path = g_strconcat (folder, "/memory.current", NULL);
  g_autofree gchar *stat_path = g_strconcat (folder, "/memory.stat", NULL);
  g_autofree gchar *max_text = read_text (root, max_path);
  g_autofree gchar *now_text = read_text (root, now_path);
  g_autofree gchar *stat_text = read_text (root, stat_path);
  guint64 max, now, files = 0;

  if (!find_number (max_text, "", &max) || !find_number (now_text, "", &now))
    return most;
  find_number (stat_text, "inactive_file ", &files);
  return MIN (most, left (max, left (now, files)));
}

/* The group of the process and all that it is in.  A container may be told of a
 * group that it does not see; the outermost one is always there. */
static guint64
limit_groups (const gchar *root, guint64 most)
{
  g_autofree gchar *text = read_text (root, "/proc/self/cgroup");
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    gchar *group = lines[i] + strlen ("0::"), *slash;

    if (!g_str_has_prefix (lines[i], "0::"))
      continue;
    do {
      g_autofree gchar *folder = g_strconcat (CGROUPS, group, NULL);

      most = limit_group (root, folder, most);
      slash = strrchr (group, '/');
      if (slash != NULL)
        *slash = '\0';
    } while (slash != NULL);
  }
  return most;
}

/* The address space. */
static guint64
limit_space (const gchar *root, guint64 most)
{
  g_autofree gchar *text = read_text (root, "/proc/self/statm");
  struct rlimit limit;
  guint64 pages;

  if (getrlimit (RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY
      || !find_number (text, "", &pages))
    return most;
  return MIN (most, left (limit.rlim_cur, pages * (guint64) getpagesize ()));
}

guint64
perceptual_memory_available (const gchar *root)
{
  g_autofree gchar *text = read_text (root, "/proc/meminfo");
  guint64 most = G_MAXUINT64, kib;

  if (find_number (text, "MemAvailable:", &kib))
    most = kib << 10;
  return limit_space (root, limit_groups (root, most));
}
