/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libmicrohttpd's thread takes requests; what is answered is in answers.c.  No
 * connection serves two requests, so that nobody keeps a place without a use
 * for it.
 */
#include "monitor/serve/server.h"

#include "monitor/serve/address.h"
#include "monitor/serve/answers.h"
#include "monitor/serve/visitors.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <string.h>

#define MOST_CONNECTIONS 16
#define TIMEOUT_MS 10000
/* Divides it while others wait. */
#define HURRY 5
/* Of a request, bytes: what a browser sends, with the cookies that other
 * programs on this machine have set. */
#define MEMORY (24 * 1024)

#define PAGE_POLICY                                                            \
  "default-src 'self'; base-uri 'none'; form-action 'none'; "                  \
  "frame-ancestors 'none'"
/* Charts have their styles in attributes. */
#define PICTURE_POLICY                                                         \
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

struct _MonitorServer
{
  struct MHD_Daemon *daemon;
  GSocketAddress *address;
  gchar *text; /* the same */
  gchar **hosts;
  MonitorVisitors *visitors;
  MonitorAnswers *answers; /* of the server's thread */
};

/* --- one request --------------------------------------------------------- */

static void
free_bytes (void *bytes)
{
  g_bytes_unref (bytes);
}

static void
add_headers (struct MHD_Response *response, const MonitorAnswer *answer)
{
  gboolean svg = g_str_has_prefix (answer->type, "image/svg");
  const gchar *const headers[][2] = {
    { "Content-Type", answer->type },
    { "Content-Security-Policy", svg ? PICTURE_POLICY : PAGE_POLICY },
    { "X-Content-Type-Options", "nosniff" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Referrer-Policy", "no-referrer" },
    { "Cache-Control", "no-store" },
    { "Connection", "close" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    MHD_add_response_header (response, headers[i][0], headers[i][1]);
  if (answer->status == MHD_HTTP_METHOD_NOT_ALLOWED)
    MHD_add_response_header (response, "Allow", "GET, HEAD");
}

static enum MHD_Result
respond (struct MHD_Connection *connection, MonitorAnswer *answer)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (answer->body, &size);
  struct MHD_Response *response =
      MHD_create_response_from_buffer_with_free_callback_cls (
          size, (void *) data, free_bytes, answer->body);
  enum MHD_Result result;

  if (response == NULL) {
    g_bytes_unref (answer->body);
    return MHD_NO;
  }
  add_headers (response, answer);
  result = MHD_queue_response (connection, answer->status, response);
  MHD_destroy_response (response);
  return result;
}

static enum MHD_Result
refuse (struct MHD_Connection *connection, guint status, const gchar *words)
{
  MonitorAnswer answer = monitor_answer_text (status, words);

  return respond (connection, &answer);
}

static gboolean
has_body (struct MHD_Connection *connection)
{
  const gchar *length = MHD_lookup_connection_value (
      connection, MHD_HEADER_KIND, "Content-Length");

  return (length != NULL && strcmp (length, "0") != 0)
      || MHD_lookup_connection_value (
             connection, MHD_HEADER_KIND, "Transfer-Encoding")
      != NULL;
}

static enum MHD_Result
answer (void *data, struct MHD_Connection *connection, const gchar *path,
    const gchar *method, const gchar *version, const gchar *body, size_t *size,
    void **state)
{
  MonitorServer *self = data;
  const gchar *host = MHD_lookup_connection_value (
      connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
  MonitorAnswer found;

  if (strcmp (method, MHD_HTTP_METHOD_GET) != 0
      && strcmp (method, MHD_HTTP_METHOD_HEAD) != 0)
    return refuse (connection, MHD_HTTP_METHOD_NOT_ALLOWED,
        "only GET and HEAD are answered\n");
  if (has_body (connection))
    return refuse (
        connection, MHD_HTTP_CONTENT_TOO_LARGE, "requests have no body here\n");
  if (*state == NULL) { /* The headers are here, the request is not over. */
    *state = self;
    return MHD_YES;
  }
  if (!monitor_address_allows (
          self->address, (const gchar *const *) self->hosts, host))
    return refuse (connection, MHD_HTTP_FORBIDDEN,
        "this server does not go by the name in the request: call it by its "
        "address, or allow the name where the monitor is started\n");
  monitor_visitors_begin_answer (self->visitors);
  found = monitor_answers_find (self->answers, path,
      MHD_lookup_connection_value (
          connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT),
      MHD_lookup_connection_value (connection, MHD_GET_ARGUMENT_KIND, "since"),
      MHD_lookup_connection_value (connection, MHD_GET_ARGUMENT_KIND, "width"));
  monitor_visitors_end_answer (self->visitors);
  return respond (connection, &found);
}

static void
note_connection (void *data, struct MHD_Connection *connection, void **state,
    enum MHD_ConnectionNotificationCode code)
{
  MonitorServer *self = data;
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);

  if (info == NULL)
    return;
  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    monitor_visitors_enter (self->visitors, info->connect_fd);
  else
    monitor_visitors_leave (self->visitors, info->connect_fd);
}

/* --- life ---------------------------------------------------------------- */

static gboolean
start_daemon (
    MonitorServer *self, GSocket *socket, guint timeout_ms, GError **error)
{
  gint fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);

  if (fd >= 0)
    self->daemon = MHD_start_daemon (
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC, 0, NULL,
        NULL, answer, self, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned) MOST_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (timeout_ms + 999) / 1000,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) MEMORY,
        MHD_OPTION_NOTIFY_CONNECTION, note_connection, self, MHD_OPTION_END);
  if (self->daemon == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "%s: the web server cannot be started: too few files or threads are "
        "left to this program",
        self->text);
  return self->daemon != NULL;
}

static gboolean
start (MonitorServer *self, const MonitorServerOptions *options, GError **error)
{
  guint timeout = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
  g_autoptr (GSocketAddress) wanted = monitor_address_parse (
      options->listen != NULL ? options->listen : MONITOR_DEFAULT_LISTEN,
      error);
  g_autoptr (GSocket) socket = NULL;

  if (wanted == NULL)
    return FALSE;
  socket = monitor_address_listen (wanted, error);
  if (socket == NULL)
    return FALSE;
  self->address = g_socket_get_local_address (socket, error);
  if (self->address == NULL)
    return FALSE;
  self->text = monitor_address_format (self->address);
  self->visitors =
      monitor_visitors_new (MOST_CONNECTIONS, timeout, timeout / HURRY, error);
  return self->visitors != NULL && start_daemon (self, socket, timeout, error);
}

MonitorServer *
monitor_server_start (const MonitorServerOptions *options,
    const MonitorSource *source, GError **error)
{
  g_autoptr (MonitorServer) self = g_new0 (MonitorServer, 1);

  self->hosts = g_strdupv ((gchar **) options->hosts);
  self->answers = monitor_answers_new (source);
  return start (self, options, error) ? g_steal_pointer (&self) : NULL;
}

const gchar *
monitor_server_get_address (const MonitorServer *self)
{
  return self->text;
}

void
monitor_server_stop (MonitorServer *self)
{
  if (self == NULL)
    return;
  if (self->daemon != NULL)
    MHD_stop_daemon (self->daemon);
  monitor_visitors_free (self->visitors);
  monitor_answers_free (self->answers);
  g_clear_object (&self->address);
  g_strfreev (self->hosts);
  g_free (self->text);
  g_free (self);
}
