/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between this process and the program stands a keeper, a process that does
 * nothing but wait for the end of either, and then ends the group of processes
 * that both it and the program are in.
 */
#include "tune/probe/external.h"

#include "console/printable.h"
#include "console/program-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 100

/* Ticks from one look at the processes to the next. */
#define LOOK 10

#define LOG "encoder.log"

/* Of a log, for a message. */
#define LAST_LINES 3
#define LAST_BYTES 600

/* What the keeper says of the program: its status, as of waitpid(). */
typedef struct
{
  int status;
  int problem; /* errno where it could not be started */
} Verdict;

/**
 * Link:
 * @words: of the keeper: a Verdict
 * @life: closed when this process ends or does not want it any more
 *
 * Pipes to and from the keeper.
 */
typedef struct
{
  int words[2];
  int life[2];
} Link;

/* --- the keeper: only what may be called after a fork of a process with
 * threads ----------------------------------------------------------------- */

static gboolean
open_pipe (int *ends)
{
  return pipe (ends) == 0 && fcntl (ends[0], F_SETFD, FD_CLOEXEC) == 0
      && fcntl (ends[1], F_SETFD, FD_CLOEXEC) == 0;
}

static void
become_program (const TuneExternal *self, int log, int report)
{
  int nothing = open ("/dev/null", O_RDONLY);
  int problem;

  dup2 (nothing, 0);
  dup2 (log, 1);
  dup2 (log, 2);
  signal (SIGINT, SIG_DFL);
  signal (SIGTERM, SIG_DFL);
  signal (SIGHUP, SIG_DFL);
  signal (SIGPIPE, SIG_DFL);
  execvp (self->arguments[0], self->arguments);
  problem = errno;
  if (write (report, &problem, sizeof problem) < 0)
    _exit (126);
  _exit (127);
}

static void
keep (const TuneExternal *self, int log, const Link *link)
{
  Verdict verdict = { 0, 0 };
  int report[2] = { -1, -1 };
  pid_t program;

  setpgid (0, 0);
  close (link->life[1]);
  close (link->words[0]);
  program = open_pipe (report) ? fork () : -1;
  if (program == 0)
    become_program (self, log, report[1]);
  close (report[1]);
  if (program < 0
      || read (report[0], &verdict.problem, sizeof verdict.problem) < 0)
    verdict.problem = errno;
  for (;;) {
    struct pollfd life = { .fd = link->life[0], .events = POLLIN };

    if (program < 0 || waitpid (program, &verdict.status, WNOHANG) == program)
      break;
    if (poll (&life, 1, TICK_MS / 5) > 0)
      kill (0, SIGKILL);
  }
  if (write (link->words[1], &verdict, sizeof verdict) < 0)
    _exit (1);
  /* What it left behind ends with the keeper. */
  kill (0, SIGKILL);
}

/* --- this process -------------------------------------------------------- */

static pid_t
start (const TuneExternal *self, Link *link, GError **error)
{
  g_autofree gchar *name = g_build_filename (self->folder, LOG, NULL);
  int log = g_open (name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  pid_t keeper = -1;

  if (log >= 0 && open_pipe (link->words) && open_pipe (link->life))
    keeper = fork ();
  if (keeper == 0) {
    keep (self, log, link);
    _exit (0);
  }
  if (keeper < 0)
    program_fail_unnamed (
        error, "it cannot be started: %s", g_strerror (errno));
  if (log >= 0)
    close (log);
  if (keeper > 0) {
    setpgid (keeper, keeper);
    close (link->words[1]);
    close (link->life[0]);
    link->words[1] = link->life[0] = -1;
  }
  return keeper;
}

/* Ticks of the processor that the group has used, as far as it is running and
 * the keeper aside. */
static guint64
count_ticks (pid_t group)
{
  GDir *folder = g_dir_open ("/proc", 0, NULL);
  guint64 ticks = 0;
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *path = g_build_filename ("/proc", name, "stat", NULL);
    g_autofree gchar *text = NULL;
    const gchar *after;
    int its_group = 0;
    unsigned long user = 0, system = 0;

    if (!g_ascii_isdigit (*name) || atoi (name) == group
        || !g_file_get_contents (path, &text, NULL, NULL)
        || (after = strrchr (text, ')')) == NULL)
      continue;
    if (sscanf (after, ") %*c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
            &its_group, &user, &system)
            == 3
        && its_group == group)
      ticks += user + system;
  }
  g_clear_pointer (&folder, g_dir_close);
  return ticks;
}

static guint64
size_of (const gchar *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (guint64) status.st_size : 0;
}

/* Waits for the keeper's word.  Returns: FALSE where the program hangs, or the
 * keeper died. */
static gboolean
await (
    const TuneExternal *self, const Link *link, pid_t keeper, Verdict *verdict)
{
  guint64 seen = 0;
  guint still = 0;

  for (guint i = 1; still < self->stall_ms; i++) {
    struct pollfd words = { .fd = link->words[0], .events = POLLIN };
    guint64 work;

    if (poll (&words, 1, TICK_MS) > 0)
      return read (link->words[0], verdict, sizeof *verdict) == sizeof *verdict;
    /* Looking through all processes is dear. */
    if (i % LOOK != 0)
      continue;
    work = size_of (self->output) + count_ticks (keeper);
    still = work != seen ? 0 : still + LOOK * TICK_MS;
    if (work != seen)
      self->alive (self->user);
    seen = work;
  }
  return FALSE;
}

gchar *
tune_last_lines (const gchar *path)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  gsize size = file != NULL ? g_mapped_file_get_length (file) : 0;
  gsize begin = size > LAST_BYTES ? size - LAST_BYTES : 0;
  g_autofree gchar *tail = size > 0
      ? g_strndup (g_mapped_file_get_contents (file) + begin, size - begin)
      : g_strdup ("");
  g_autofree gchar *shown = NULL;
  g_auto (GStrv) lines = NULL;
  guint n, from;

  g_strdelimit (tail, "\r", '\n');
  shown = printable_lines (g_strstrip (tail));
  lines = g_strsplit (shown, "\n", -1);
  n = g_strv_length (lines);
  from = n > LAST_LINES ? n - LAST_LINES : 0;
  return g_strjoinv (" / ", lines + from);
}

/* Returns: TRUE where the program ended well. */
static gboolean
judge (const TuneExternal *self, gboolean ended, const Verdict *verdict,
    GError **error)
{
  g_autofree gchar *name = g_build_filename (self->folder, LOG, NULL);
  g_autofree gchar *lines = tune_last_lines (name);
  const gchar *colon = *lines != '\0' ? ": " : "";

  if (!ended)
    return program_fail_unnamed (error,
        "it did nothing for %u s and was ended%s%s", self->stall_ms / 1000,
        colon, lines);
  if (verdict->problem != 0)
    return program_fail_unnamed (
        error, "it cannot be started: %s", g_strerror (verdict->problem));
  if (WIFSIGNALED (verdict->status))
    return program_fail_unnamed (error, "it was ended by a signal (%s)%s%s",
        strsignal (WTERMSIG (verdict->status)), colon, lines);
  if (WEXITSTATUS (verdict->status) != 0)
    return program_fail_unnamed (error, "it failed with exit code %d%s%s",
        WEXITSTATUS (verdict->status), colon, lines);
  if (size_of (self->output) == 0)
    return program_fail_unnamed (
        error, "it wrote nothing to its {output}%s%s", colon, lines);
  return TRUE;
}

gboolean
tune_external_run (const TuneExternal *self, GError **error)
{
  Link link = { { -1, -1 }, { -1, -1 } };
  Verdict verdict = { 0, 0 };
  pid_t keeper = start (self, &link, error);
  gboolean ended;

  if (keeper < 0)
    return FALSE;
  ended = await (self, &link, keeper, &verdict);
  close (link.life[1]);
  kill (-keeper, SIGKILL);
  while (waitpid (keeper, NULL, 0) < 0 && errno == EINTR)
    continue;
  close (link.words[0]);
  return judge (self, ended, &verdict, error);
}
