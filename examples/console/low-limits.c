/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Libraries say little when a thread or a piece of memory is refused, and fail
 * later for another reason.
 */
#include "console/low-limits.h"

#include <sys/resource.h>

/* Below these a comparison by the default metric has been seen to fail. */
#define FEW_PROCESSES 32
#define LITTLE_MEMORY ((rlim_t) 600 << 20)

static gboolean
is_low (int resource, rlim_t least, rlim_t *limit)
{
  struct rlimit now;

  if (getrlimit (resource, &now) != 0 || now.rlim_cur == RLIM_INFINITY)
    return FALSE;
  *limit = now.rlim_cur;
  return now.rlim_cur < least;
}

gchar *
limits_suspect (void)
{
  rlim_t processes = 0, memory = 0;
  gboolean few = is_low (RLIMIT_NPROC, FEW_PROCESSES, &processes);
  gboolean little = is_low (RLIMIT_AS, LITTLE_MEMORY, &memory);
  GString *text;

  if (!few && !little)
    return NULL;
  text = g_string_new ("ulimit ");
  if (few)
    g_string_append_printf (text,
        "-u %" G_GUINT64_FORMAT " (processes and threads)",
        (guint64) processes);
  if (few && little)
    g_string_append (text, " or ");
  if (little)
    g_string_append_printf (text, "-v %" G_GUINT64_FORMAT " (KB of memory)",
        (guint64) memory >> 10);
  g_string_append (text, " may be too low");
  return g_string_free (text, FALSE);
}
