/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opens pipes without waiting, again and again.
 */
#include "console/output-file.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_MS 10

FILE *
output_file_open (const gchar *path)
{
  gint64 deadline =
      g_get_monotonic_time () + (gint64) OUTPUT_FILE_READER_MS * 1000;
  GStatBuf info;
  FILE *file;
  int fd, reason;

  for (;;) {
    fd = g_open (path,
        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
    if (fd >= 0)
      break;
    reason = errno;
    if (reason != ENXIO || g_stat (path, &info) != 0 || !S_ISFIFO (info.st_mode)
        || g_get_monotonic_time () >= deadline) {
      errno = reason;
      return NULL;
    }
    if (poll (NULL, 0, STEP_MS) < 0)
      return NULL;
  }
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK);
  file = fdopen (fd, "wb");
  if (file == NULL)
    close (fd);
  return file;
}
