/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The processor's name, to be printed with every figure.
 */
#ifndef BENCH_CPU_NAME_H
#define BENCH_CPU_NAME_H

#include <glib.h>
#include <string.h>

/* Returns: (transfer none): "model name" of /proc/cpuinfo, or "unknown". */
static inline const gchar *
bench_cpu_name (void)
{
  static gchar name[128] = "unknown";
  g_autofree gchar *text = NULL;
  gchar *line;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    return name;
  line = strstr (text, "model name");
  if (line != NULL && (line = strchr (line, ':')) != NULL) {
    line[strcspn (line, "\n")] = '\0';
    g_strlcpy (name, g_strstrip (line + 1), sizeof (name));
  }
  return name;
}

#endif /* BENCH_CPU_NAME_H */
