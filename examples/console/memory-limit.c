/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * OpenBLAS starts its threads when it is loaded, so only the environment can
 * keep it from that.
 */
#include "console/memory-limit.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define THREADS "OPENBLAS_NUM_THREADS"

void
memory_limit_obey (char **argv)
{
  g_autofree gchar *program = NULL;
  struct rlimit memory;

  if (g_getenv (THREADS) != NULL || getrlimit (RLIMIT_AS, &memory) != 0
      || memory.rlim_cur == RLIM_INFINITY)
    return;
  program = g_file_read_link ("/proc/self/exe", NULL);
  if (program != NULL && setenv (THREADS, "1", FALSE) == 0)
    execv (program, argv);
  /* As before, then. */
}
