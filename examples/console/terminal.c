/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The terminal of a program.  The progress bar is redrawn in place and taken
 * away before a message is printed, so that neither garbles the other.
 */
#include "console/terminal.h"

#include "console/printable.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_CELLS 24
#define REDRAW_USEC (G_USEC_PER_SEC / 10)

/* What takes the place of a closed stream has to fail as that would.  A reader
 * who has gone is an error where something is written to him, and keeps nothing
 * else from being written. */
void
console_guard_streams (void)
{
  signal (SIGPIPE, SIG_IGN);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    if (fcntl (fd, F_GETFD) < 0 && errno == EBADF
        && open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
      return; /* as before, then */
  }
}

void
console_init (
    Console *self, const gchar *program, const gchar *unit, gboolean bar)
{
  *self = (Console){
    .program = program,
    .unit = unit,
    .bar = bar && isatty (STDERR_FILENO),
  };
}

void
console_begin (Console *self)
{
  self->step++;
  self->started = g_get_monotonic_time ();
  self->redraw = 0;
}

/* "0:07", "1:02:03" */
static void
append_clock (GString *line, gdouble seconds)
{
  guint64 left = (guint64) (seconds + .5);
  guint hours = (guint) (left / 3600);

  if (hours > 0)
    g_string_append_printf (line, "%u:%02u:%02u", hours,
        (guint) (left / 60 % 60), (guint) (left % 60));
  else
    g_string_append_printf (
        line, "%u:%02u", (guint) (left / 60), (guint) (left % 60));
}

static void
append_bar (GString *line, gdouble part)
{
  guint full = (guint) (part * BAR_CELLS + .5);

  g_string_append_c (line, '[');
  for (guint i = 0; i < BAR_CELLS; i++)
    g_string_append_c (line, i < full ? '#' : '.');
  g_string_append_printf (line, "] %3u %%  ", (guint) (part * 100 + .5));
}

void
console_advance (Console *self, guint64 done, gdouble part)
{
  gint64 now = g_get_monotonic_time ();
  gdouble elapsed = (gdouble) (now - self->started) / G_USEC_PER_SEC;
  g_autoptr (GString) line = NULL;

  if (!self->bar || now < self->redraw)
    return;
  self->redraw = now + REDRAW_USEC;

  line = g_string_new (NULL);
  if (self->steps > 1)
    g_string_append_printf (line, "%u of %u  ", self->step, self->steps);
  if (part >= 0)
    append_bar (line, MIN (part, 1));
  g_string_append_printf (line, "%" G_GUINT64_FORMAT " %s", done, self->unit);
  if (elapsed > .2)
    g_string_append_printf (line, "  %.1f/s", (gdouble) done / elapsed);
  if (elapsed > .2 && part > .01) {
    g_string_append (line, "  ");
    append_clock (line, elapsed * (1 - MIN (part, 1)) / part);
    g_string_append (line, " left");
  }
  fprintf (stderr, "\r%s\033[K", line->str);
  fflush (stderr);
  self->drawn = TRUE;
}

void
console_clear (Console *self)
{
  if (!self->drawn)
    return;
  fputs ("\r\033[K", stderr);
  fflush (stderr);
  self->drawn = FALSE;
}

static void
say (Console *self, const gchar *text)
{
  console_clear (self);
  fprintf (stderr, "%s: %s\n", self->program, text);
}

void
console_say (Console *self, const gchar *format, ...)
{
  g_autofree gchar *text = NULL, *shown = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = printable_text (g_strchomp (text));
  say (self, shown);
}

void
console_say_lines (Console *self, const gchar *format, ...)
{
  g_autofree gchar *text = NULL, *shown = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = printable_lines (g_strchomp (text));
  say (self, shown);
}

gboolean
console_print (Console *self, const gchar *text, GError **error)
{
  g_autofree gchar *shown = printable_lines (text);
  int code;

  console_clear (self);
  if (fputs (shown, stdout) >= 0 && fflush (stdout) == 0)
    return TRUE;
  code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      "standard output could not be written: %s", g_strerror (code));
  return FALSE;
}
