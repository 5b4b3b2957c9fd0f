/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Serves a made-up monitor, for tests that see it from outside.
 *
 *   serve-made-up [LISTEN [TIMEOUT_MS]]
 *
 * Its first line is the address.  Lines that it reads: "streams N", "lose",
 * "find", "name TEXT", "label TEXT", "reason TEXT", "pictures", "count" and
 * "hang"; each is answered by "ok" once it holds.  "count" makes all counters
 * one more, and "hang" makes the next snapshot last a second.  It ends with its
 * input.
 */
#include "monitor/made-up.h"
#include "monitor/serve/server.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdio.h>
#include <string.h>

#define SECONDS 300

typedef struct
{
  GMutex lock;
  guint streams;
  gboolean lost;
  gboolean pictures;
  gboolean hang;
  guint64 more;
  gchar *name;
  gchar *label;
  gchar *reason;
} MadeUp;

static void
replace (gchar **text, const gchar *with)
{
  if (with == NULL)
    return;
  g_free (*text);
  *text = g_strdup (with);
}

static MonitorSnapshot *
look (gpointer data)
{
  MadeUp *self = data;
  MonitorSnapshot *snapshot;
  gboolean hang;

  g_mutex_lock (&self->lock);
  snapshot = made_up_snapshot (self->streams);
  if (self->lost)
    made_up_lose (snapshot);
  replace (&snapshot->name, self->name);
  replace (&snapshot->reason, self->reason);
  replace (&snapshot->streams[0].label, self->label);
  if (!self->pictures)
    snapshot->worst_sequence = 0;
  for (guint i = 0; i < snapshot->n_streams; i++) {
    snapshot->streams[i].measured += self->more;
    snapshot->streams[i].buckets[0] += self->more;
  }
  hang = self->hang;
  self->hang = FALSE;
  g_mutex_unlock (&self->lock);
  if (hang)
    g_usleep (G_USEC_PER_SEC);
  return snapshot;
}

static MonitorPoint *
look_back (gpointer data, guint64 since, guint *n)
{
  MadeUp *self = data;
  guint streams;
  MonitorPoint *all, *later;

  g_mutex_lock (&self->lock);
  streams = self->streams;
  g_mutex_unlock (&self->lock);
  all = made_up_history (streams, SECONDS, n);
  since = MIN (since, *n);
  later = g_memdup2 (all + since, (*n - since) * sizeof *all);
  *n -= (guint) since;
  g_free (all);
  return later;
}

/* Of one colour each, so that they can be told apart. */
static GBytes *
paint (gpointer data, MonitorPicture picture)
{
  static const guint32 colours[] = { 0x2060c0ff, 0x60a040ff, 0xd04020ff };
  MadeUp *self = data;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  gboolean there;
  gchar *file;
  gsize size;

  g_mutex_lock (&self->lock);
  there = self->pictures;
  g_mutex_unlock (&self->lock);
  pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 480, 270);
  gdk_pixbuf_fill (pixbuf, colours[picture]);
  if (!there
      || !gdk_pixbuf_save_to_buffer (pixbuf, &file, &size, "jpeg", NULL, NULL))
    return NULL;
  return g_bytes_new_take (file, size);
}

/* Returns: FALSE for a line that it does not know. */
static gboolean
obey (MadeUp *self, gchar *line)
{
  gchar *rest = line + strcspn (line, " ");
  gboolean known = TRUE;

  if (*rest != '\0')
    *rest++ = '\0';
  g_mutex_lock (&self->lock);
  if (strcmp (line, "streams") == 0)
    self->streams = (guint) g_ascii_strtoull (rest, NULL, 10);
  else if (strcmp (line, "lose") == 0 || strcmp (line, "find") == 0)
    self->lost = line[0] == 'l';
  else if (strcmp (line, "pictures") == 0)
    self->pictures = TRUE;
  else if (strcmp (line, "hang") == 0)
    self->hang = TRUE;
  else if (strcmp (line, "count") == 0)
    self->more++;
  else if (strcmp (line, "name") == 0)
    replace (&self->name, rest);
  else if (strcmp (line, "label") == 0)
    replace (&self->label, rest);
  else if (strcmp (line, "reason") == 0)
    replace (&self->reason, rest);
  else
    known = FALSE;
  g_mutex_unlock (&self->lock);
  return known;
}

int
main (int argc, char **argv)
{
  MadeUp made_up = { .streams = 1 };
  const MonitorSource source = { &made_up, look, look_back, paint };
  const MonitorServerOptions options = { .listen =
                                             argc > 1 ? argv[1] : "127.0.0.1:0",
    .timeout_ms = argc > 2 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) : 0 };
  g_autoptr (GError) error = NULL;
  MonitorServer *server = monitor_server_start (&options, &source, &error);
  gchar line[1024];
  gint status = 0;

  if (server == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  printf ("%s\n", monitor_server_get_address (server));
  fflush (stdout);
  while (status == 0 && fgets (line, sizeof line, stdin) != NULL) {
    g_autofree gchar *compressed = NULL;

    line[strcspn (line, "\n")] = '\0';
    compressed = g_strcompress (line); /* "\n" and the like */
    if (obey (&made_up, compressed))
      printf ("ok\n");
    else
      status = 2;
    fflush (stdout);
  }
  monitor_server_stop (server);
  g_free (made_up.name);
  g_free (made_up.label);
  g_free (made_up.reason);
  return status;
}
