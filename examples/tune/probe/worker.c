/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process that carries out one job.
 */
#include "tune/probe/worker.h"

#include "tune/probe/carry-out.h"
#include "tune/probe/probe.h"

#include "console/child.h"
#include "table/json.h"

#include <gst/gst.h>
#include <locale.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ALIVE_MS 250
#define ADVANCE_USEC (G_USEC_PER_SEC / 20)

typedef struct
{
  ChildLink *link;
  gint moves;      /* atomic */
  gint64 advanced; /* when that was told */
} Self;

static void G_GNUC_PRINTF (2, 3) say (Self *self, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  child_link_say (self->link, text);
}

/* --- while it works ------------------------------------------------------ */

static void
advance (guint64 pairs, gdouble part, gpointer user)
{
  Self *self = user;
  gint64 now = g_get_monotonic_time ();

  g_atomic_int_inc (&self->moves);
  if (now - self->advanced < ADVANCE_USEC)
    return;
  self->advanced = now;
  say (self, TUNE_SAYS_PAIRS " %" G_GUINT64_FORMAT " %.6f", pairs, part);
}

static void
note (const gchar *text, gpointer user)
{
  say (user, TUNE_SAYS_NOTE " %s", text);
}

static void
alive (gpointer user)
{
  Self *self = user;

  g_atomic_int_inc (&self->moves);
}

/* Says by the clock how it gets on, also where the other thread hangs. */
static gpointer
tell (gpointer user)
{
  Self *self = user;

  for (;;) {
    g_usleep (ALIVE_MS * 1000);
    say (self, TUNE_SAYS_ALIVE " %d %" G_GINT64_FORMAT,
        g_atomic_int_get (&self->moves),
        (gint64) clock () / (CLOCKS_PER_SEC / 1000));
  }
  return NULL;
}

/* --- the job ------------------------------------------------------------- */

/* Returns: (transfer full) (nullable). */
static TuneJob *
receive_job (Self *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;

  for (;;) {
    g_autofree gchar *piece = NULL;
    ChildNews news = child_link_hear (self->link, 1000, &piece);

    if (news == CHILD_ENDED)
      return NULL;
    if (news == CHILD_SILENT)
      continue;
    if (strcmp (piece, TUNE_ASKS_END) == 0)
      break;
    g_string_append (text, piece);
  }
  node = table_json_parse (text->str, text->len, "The job", error);
  return node != NULL ? tune_job_from_json (node, error) : NULL;
}

static void
send_result (Self *self, const TuneResult *result)
{
  g_autoptr (JsonNode) node = tune_result_to_json (result);
  g_autofree gchar *text = json_to_string (node, FALSE);
  const gchar *end = text + strlen (text);

  for (const gchar *at = text; at < end; at += TUNE_PIECE)
    say (self, TUNE_SAYS_RESULT " %.*s", (int) MIN (TUNE_PIECE, end - at), at);
  say (self, TUNE_SAYS_DONE);
}

/* Encoders' libraries talk of what is no trouble, and where there is trouble,
 * the last of it is part of the error.  Who debugs gets to see it. */
static void
divert_errors (const TuneJob *job)
{
  g_autofree gchar *name = g_build_filename (job->temp, TUNE_WORKER_LOG, NULL);
  int log;

  if (g_getenv ("GST_DEBUG") != NULL && *g_getenv ("GST_DEBUG") != '\0')
    return;
  log = g_open (name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0)
    return;
  dup2 (log, STDERR_FILENO);
  close (log);
}

static void
work (Self *self)
{
  const TuneCarryEvents events = {
    .advance = advance, .note = note, .alive = alive, .user = self
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TuneJob) job = receive_job (self, &error);
  g_autoptr (TuneResult) result = NULL;

  if (job != NULL) {
    divert_errors (job);
    result = tune_carry_out (job, &events, &error);
  }
  if (result != NULL)
    send_result (self, result);
  else if (error != NULL)
    say (self, "%s %s",
        error->domain == G_OPTION_ERROR ? TUNE_SAYS_USAGE : TUNE_SAYS_FAILED,
        error->message);
}

gboolean
tune_probe_main (int argc, char **argv, int *code)
{
  Self self = { .link = child_link_open (argc, argv, TUNE_WORKER_ROLE) };

  if (self.link == NULL)
    return FALSE;
  setlocale (LC_CTYPE, "");
  gst_init (NULL, NULL);
  g_thread_unref (g_thread_new ("teller", tell, &self));
  work (&self);
  /* The other thread does not end, and there is nothing left to do. */
  *code = 0;
  return TRUE;
}
