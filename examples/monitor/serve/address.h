/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the server listens, and by which names it may be called.
 */
#ifndef MONITOR_ADDRESS_H
#define MONITOR_ADDRESS_H

#include <gio/gio.h>

G_BEGIN_DECLS

/* @listen: "ADDRESS:PORT".  Returns: (transfer full): it, or NULL with
 * G_OPTION_ERROR_BAD_VALUE set. */
GSocketAddress *monitor_address_parse (const gchar *listen, GError **error);

/* Returns: (transfer full): a socket that listens at @address, or NULL with
 * G_IO_ERROR set, which says what can be done. */
GSocket *monitor_address_listen (GSocketAddress *address, GError **error);

/* Returns: (transfer full): "ADDRESS:PORT". */
gchar *monitor_address_format (GSocketAddress *address);

/**
 * monitor_address_allows:
 * @address: where the server listens
 * @hosts: (nullable): names beside it
 * @header: (nullable): the Host header of a request
 *
 * A page of someone else's can have a name of their own point to this machine,
 * and then read what is served here as if it were theirs.  Such a request names
 * the host by that name; numbers cannot be made to point elsewhere.
 *
 * Returns: whether the request is meant for this server
 */
gboolean monitor_address_allows (
    GSocketAddress *address, const gchar *const *hosts, const gchar *header);

G_END_DECLS

#endif /* MONITOR_ADDRESS_H */
