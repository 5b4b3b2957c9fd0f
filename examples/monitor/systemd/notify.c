/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One datagram to the socket whose name is in the environment.
 */
#include "monitor/systemd/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void
monitor_notify (const gchar *state)
{
  const gchar *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize size = path != NULL ? strlen (path) : 0;
  int fd;

  if (size < 2 || size >= sizeof address.sun_path
      || (path[0] != '/' && path[0] != '@'))
    return;
  memcpy (address.sun_path, path, size);
  /* An abstract name begins with a zero byte. */
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  /* A manager that does not listen is no trouble of the monitor. */
  sendto (fd, state, strlen (state), MSG_NOSIGNAL | MSG_DONTWAIT,
      (struct sockaddr *) &address,
      (socklen_t) (offsetof (struct sockaddr_un, sun_path) + size));
  close (fd);
}

gint64
monitor_notify_get_watchdog (void)
{
  const gchar *usec = g_getenv ("WATCHDOG_USEC");
  const gchar *pid = g_getenv ("WATCHDOG_PID");
  guint64 period = 0;

  if (usec == NULL
      || !g_ascii_string_to_unsigned (usec, 10, 1, G_MAXINT64, &period, NULL)
      || (pid != NULL
          && g_ascii_strtoull (pid, NULL, 10) != (guint64) getpid ()))
    return 0;
  /* Twice within the time after which it is taken for dead. */
  return (gint64) period / 2;
}
