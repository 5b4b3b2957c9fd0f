/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the processes take of the machine, as /proc tells it.
 */
#include "monitor/state/inside.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static gdouble
seconds_of (const struct timeval *time)
{
  return (gdouble) time->tv_sec + (gdouble) time->tv_usec / G_USEC_PER_SEC;
}

static gdouble
cpu_of (int who)
{
  struct rusage usage;

  if (getrusage (who, &usage) != 0)
    return 0;
  return seconds_of (&usage.ru_utime) + seconds_of (&usage.ru_stime);
}

/* @text: (out) (transfer full).  Returns: whether there is such a process. */
static gboolean
read_file (gint pid, const gchar *name, gchar **text)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%d/%s", pid, name);

  return g_file_get_contents (path, text, NULL, NULL);
}

/* Fields 14 and 15, which come 11 and 12 behind the state. */
static gdouble
cpu_of_child (gint pid)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) words = NULL;
  const gchar *rest;

  if (!read_file (pid, "stat", &text))
    return 0;
  rest = strrchr (text, ')');
  if (rest == NULL || rest[1] == '\0')
    return 0;
  words = g_strsplit (rest + 2, " ", 15);
  if (g_strv_length (words) < 15)
    return 0;
  return (gdouble) (g_ascii_strtoull (words[11], NULL, 10)
             + g_ascii_strtoull (words[12], NULL, 10))
      / (gdouble) sysconf (_SC_CLK_TCK);
}

static guint64
resident_of (gint pid)
{
  g_autofree gchar *text = NULL;
  const gchar *second;

  if (!read_file (pid, "statm", &text))
    return 0;
  second = strchr (text, ' ');
  return second != NULL ? g_ascii_strtoull (second + 1, NULL, 10)
          * (guint64) sysconf (_SC_PAGESIZE)
                        : 0;
}

static guint64
count_fds (gint pid)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%d/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint64 n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

void
monitor_process_look (MonitorSnapshot *known, gint pid)
{
  gdouble cpu = cpu_of (RUSAGE_SELF) + cpu_of (RUSAGE_CHILDREN);
  guint64 resident = resident_of (getpid ()), fds = count_fds (getpid ());

  if (pid > 0) {
    cpu += cpu_of_child (pid);
    resident += resident_of (pid);
    fds += count_fds (pid);
  }
  /* What a process took while it ended may be counted a little later. */
  known->cpu_seconds = MAX (known->cpu_seconds, cpu);
  known->resident_bytes = resident;
  known->open_fds = fds;
}
