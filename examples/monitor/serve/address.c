/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/serve/address.h"

#include <string.h>

#define DEFAULT_PORT 9750
/* How many may wait to be let in. */
#define BACKLOG 1024

static GInetAddress *
get_inet (GSocketAddress *address)
{
  return g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
}

GSocketAddress *
monitor_address_parse (const gchar *listen, GError **error)
{
  g_autoptr (GSocketConnectable) parsed =
      g_network_address_parse (listen, DEFAULT_PORT, NULL);
  g_autoptr (GInetAddress) inet = NULL;
  const gchar *host;

  if (parsed != NULL) {
    host = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
    if (g_ascii_strcasecmp (host, "localhost") == 0)
      inet = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    else
      inet = g_inet_address_new_from_string (host);
  }
  if (inet == NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s: cannot listen there: it has to be the number of an address and a "
        "port, as 127.0.0.1:9750, [::1]:9750 or 0.0.0.0:9750",
        listen);
    return NULL;
  }
  return g_inet_socket_address_new (
      inet, g_network_address_get_port (G_NETWORK_ADDRESS (parsed)));
}

gchar *
monitor_address_format (GSocketAddress *address)
{
  GInetAddress *inet = get_inet (address);
  g_autofree gchar *host = g_inet_address_to_string (inet);
  guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

  return g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6
      ? g_strdup_printf ("[%s]:%u", host, port)
      : g_strdup_printf ("%s:%u", host, port);
}

/* --- listening ----------------------------------------------------------- */

static const gchar *
remedy_for (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return "another program has that port; choose another one, or port 0 for "
           "any that is free";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return "ports below 1024 are not for everyone; choose a higher one";
  return "is it an address of this machine?";
}

GSocket *
monitor_address_listen (GSocketAddress *address, GError **error)
{
  g_autofree gchar *text = monitor_address_format (address);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
          G_SOCKET_PROTOCOL_TCP, &reason);

  if (socket != NULL) {
    g_socket_set_listen_backlog (socket, BACKLOG);
    if (g_socket_bind (socket, address, TRUE, &reason)
        && g_socket_listen (socket, &reason))
      return g_steal_pointer (&socket);
  }
  g_set_error (error, reason->domain, reason->code,
      "%s: cannot listen there: %s (%s)", text, remedy_for (reason),
      reason->message);
  return NULL;
}

/* --- the Host header ----------------------------------------------------- */

/* Returns: (transfer full): @header without its port, brackets and the dot of
 * a full name. */
static gchar *
host_of (const gchar *header)
{
  g_autofree gchar *host = g_ascii_strdown (header, -1);
  const gchar *end;
  gsize length;

  if (host[0] == '[') {
    end = strchr (host, ']');
    return end == NULL ? g_strdup ("")
                       : g_strndup (host + 1, (gsize) (end - host - 1));
  }
  length = strcspn (host, ":");
  if (length > 0 && host[length - 1] == '.')
    length--;
  return g_strndup (host, length);
}

static gboolean
is_own_number (GInetAddress *own, GInetAddress *asked)
{
  return g_inet_address_get_is_any (own)
      || g_inet_address_get_is_loopback (asked)
      || g_inet_address_equal (own, asked);
}

static gboolean
is_own_name (GInetAddress *own, const gchar *const *hosts, const gchar *asked)
{
  if (strcmp (asked, "localhost") == 0)
    return TRUE;
  if (!g_inet_address_get_is_loopback (own)
      && g_ascii_strcasecmp (asked, g_get_host_name ()) == 0)
    return TRUE;
  for (guint i = 0; hosts != NULL && hosts[i] != NULL; i++) {
    if (g_ascii_strcasecmp (asked, hosts[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
monitor_address_allows (
    GSocketAddress *address, const gchar *const *hosts, const gchar *header)
{
  g_autofree gchar *host = header != NULL ? host_of (header) : NULL;
  g_autoptr (GInetAddress) asked = NULL;

  if (host == NULL || host[0] == '\0')
    return FALSE;
  asked = g_inet_address_new_from_string (host);
  return asked != NULL ? is_own_number (get_inet (address), asked)
                       : is_own_name (get_inet (address), hosts, host);
}
