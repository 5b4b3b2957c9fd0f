/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The monitor's small web server: a page for people, series for Prometheus,
 * JSON for other programs.
 *
 *   /                      the page
 *   /metrics               Prometheus' text format, or OpenMetrics
 *   /state.json?since=SEQ  all that the page shows, and points after SEQ
 *   /chart.svg             the last minutes; with ?width=narrow for telephones
 *   /worst/NAME.jpg        reference, distorted, map of the worst pair
 *   /healthz               200 while pairs come, else 503
 *
 * It answers from a thread of its own, so whatever hangs elsewhere is told and
 * does not hang here.  A client that is slow is cut; none can hold up others.
 */
#ifndef MONITOR_SERVER_H
#define MONITOR_SERVER_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

#define MONITOR_DEFAULT_LISTEN "127.0.0.1:9750"

typedef struct _MonitorServer MonitorServer;

/**
 * MonitorServerOptions:
 * @listen: (nullable): "ADDRESS:PORT", as "127.0.0.1:9750", "[::1]:9750",
 *   "localhost:0", whose port is any free one; NULL for MONITOR_DEFAULT_LISTEN
 * @hosts: (nullable): NULL-terminated names by which browsers and scrapers may
 *   call it beside the address, localhost and, where it listens to more than
 *   loopback, the machine's own name
 * @timeout_ms: within which a request has to be made and its answer taken; 0
 *   for 10 s
 */
typedef struct
{
  const gchar *listen;
  const gchar *const *hosts;
  guint timeout_ms;
} MonitorServerOptions;

/**
 * monitor_server_start:
 * @options: not needed after the call
 * @source: copied; its functions are called from the server's thread until
 *   monitor_server_stop() returns
 * @error: G_OPTION_ERROR_BAD_VALUE for an address that is none; G_IO_ERROR
 *   where the port is taken or not ours to take, with what can be done
 *
 * Returns: (transfer full): a server that answers, or NULL with @error set
 */
MonitorServer *monitor_server_start (const MonitorServerOptions *options,
    const MonitorSource *source, GError **error);

/* Returns: (transfer none): "ADDRESS:PORT", with the port that was taken. */
const gchar *monitor_server_get_address (const MonitorServer *self);

/* Cuts all clients and frees @self, which may be NULL. */
void monitor_server_stop (MonitorServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonitorServer, monitor_server_stop)

G_END_DECLS

#endif /* MONITOR_SERVER_H */
