/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long a scrape of a monitor takes, from the connection to the last byte,
 * and how large it is; alone, with the page open, and for several encoders.
 * One JSON object a case and a line; cpu_ms is what a scrape costs both ends,
 * the page's share included.
 *
 *   bench-scrape [--scrapes N]
 *
 * The monitor is a made-up one, so nothing is measured beside it.
 */
#include "../examples/monitor/made-up.h"
#include "cpu-name.h"
#include "monitor/serve/address.h"
#include "monitor/serve/server.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/resource.h>

#define GAP_US 5000 /* between scrapes */
#define HISTORY 900 /* steps of a second */

static gint scrapes = 2000;

static const GOptionEntry entries[] = {
  { "scrapes", 'n', 0, G_OPTION_ARG_INT, &scrapes, "Of each case (2000)", "N" },
  G_OPTION_ENTRY_NULL,
};

typedef struct
{
  const gchar *name;
  guint streams;
  gboolean page;
} Case;

static const Case cases[] = {
  { "one stream", 1, FALSE },
  { "one stream, page open", 1, TRUE },
  { "three encoders, page open", 3, TRUE },
};

typedef struct
{
  GSocketAddress *address;
  gint stop; /* atomic */
} Page;

static MonitorSnapshot *
look (gpointer data)
{
  const Case *self = data;

  return made_up_snapshot (self->streams);
}

static MonitorPoint *
look_back (gpointer data, guint64 since, guint *n)
{
  const Case *self = data;

  return made_up_history (self->streams, HISTORY, n);
}

static GBytes *
no_picture (gpointer data, MonitorPicture picture)
{
  return NULL;
}

/* Returns: how many bytes came; 0 with @error set. */
static gsize
get (GSocketAddress *address, const gchar *path, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  g_autofree gchar *request =
      g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
  gchar part[65536];
  gsize all = 0;
  gssize n;

  if (socket == NULL || !g_socket_connect (socket, address, NULL, error)
      || g_socket_send (socket, request, strlen (request), NULL, error) < 0)
    return 0;
  do {
    n = g_socket_receive (socket, part, sizeof part, NULL, error);
    all += n > 0 ? (gsize) n : 0;
  } while (n > 0);
  return n < 0 ? 0 : all;
}

/* What a browser asks for while the page is seen. */
static gpointer
keep_open (gpointer data)
{
  Page *page = data;

  for (guint i = 0; g_atomic_int_get (&page->stop) == 0; i++) {
    if (i % 10 == 0)
      get (page->address, "/state.json", NULL);
    if (i % 20 == 0)
      get (page->address, "/chart.svg", NULL);
    g_usleep (G_USEC_PER_SEC / 10);
  }
  return NULL;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

/* Of the whole process, ms. */
static gdouble
cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return 1e3 * (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + 1e-3 * (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static gboolean
scrape (const Case *self, GSocketAddress *address, GError **error)
{
  guint n = (guint) MAX (scrapes, 100);
  g_autofree gdouble *ms = g_new (gdouble, n);
  gdouble cpu = cpu_ms ();
  gsize bytes = 0;

  for (guint i = 0; i < n; i++) {
    gint64 begun = g_get_monotonic_time ();

    bytes = get (address, "/metrics", error);
    if (bytes == 0)
      return FALSE;
    ms[i] = 1e-3 * (gdouble) (g_get_monotonic_time () - begun);
    g_usleep (GAP_US);
  }
  cpu = cpu_ms () - cpu;
  qsort (ms, n, sizeof *ms, compare);
  g_print ("{\"case\":\"%s\",\"scrapes\":%u,\"bytes\":%" G_GSIZE_FORMAT
           ",\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
           "\"cpu_ms\":%.3f,\"cpu\":\"%s\"}\n",
      self->name, n, bytes, ms[n / 2], ms[n * 99 / 100], ms[n - 1], cpu / n,
      bench_cpu_name ());
  return TRUE;
}

static gboolean
run_case (const Case *self, GError **error)
{
  const MonitorSource source = { (gpointer) self, look, look_back, no_picture };
  g_autoptr (MonitorServer) server = monitor_server_start (
      &(const MonitorServerOptions){ .listen = "127.0.0.1:0" }, &source, error);
  g_autoptr (GSocketAddress) address = NULL;
  Page page = { 0 };
  GThread *browser = NULL;
  gboolean ok;

  if (server == NULL)
    return FALSE;
  address = monitor_address_parse (monitor_server_get_address (server), error);
  page.address = address;
  if (self->page)
    browser = g_thread_new ("page", keep_open, &page);
  ok = scrape (self, page.address, error);
  g_atomic_int_set (&page.stop, 1);
  if (browser != NULL)
    g_thread_join (browser);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  ok = g_option_context_parse (context, &argc, &argv, &error);
  for (guint i = 0; ok && i < G_N_ELEMENTS (cases); i++)
    ok = run_case (&cases[i], &error);
  if (!ok)
    g_printerr ("%s\n", error->message);
  return ok ? 0 : 1;
}
