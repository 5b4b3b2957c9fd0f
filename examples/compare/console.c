/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Standard error of perceptual-compare.  The progress bar is redrawn in place
 * and taken away before a message is printed, so that neither garbles the
 * other.  Knows nothing of pipelines or metrics.
 */
#include "console.h"

#include <stdio.h>
#include <unistd.h>

#define BAR_CELLS 24
#define REDRAW_USEC (G_USEC_PER_SEC / 10)

void
compare_console_init (CompareConsole *self, gboolean bar, guint files)
{
  *self = (CompareConsole){
    .bar = bar && isatty (STDERR_FILENO),
    .files = files,
    .duration = GST_CLOCK_TIME_NONE,
    .said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
  };
}

void
compare_console_free (CompareConsole *self)
{
  g_clear_pointer (&self->said, g_hash_table_unref);
}

void
compare_console_begin (
    CompareConsole *self, guint file, guint together, GstClockTime duration)
{
  self->file = file;
  self->together = together;
  self->duration = duration;
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
compare_console_advance (
    CompareConsole *self, guint64 pairs, GstClockTime position)
{
  gint64 now = g_get_monotonic_time ();
  gdouble elapsed = (gdouble) (now - self->started) / G_USEC_PER_SEC;
  gdouble part = -1;
  g_autoptr (GString) line = NULL;

  if (!self->bar || now < self->redraw)
    return;
  self->redraw = now + REDRAW_USEC;

  line = g_string_new (NULL);
  if (self->together > 1)
    g_string_append_printf (line, "%u-%u of %u  ", self->file,
        self->file + self->together - 1, self->files);
  else if (self->files > 1)
    g_string_append_printf (line, "%u of %u  ", self->file, self->files);
  if (GST_CLOCK_TIME_IS_VALID (self->duration) && self->duration > 0
      && GST_CLOCK_TIME_IS_VALID (position)) {
    part = CLAMP ((gdouble) position / (gdouble) self->duration, 0, 1);
    append_bar (line, part);
  }
  g_string_append_printf (line, "%" G_GUINT64_FORMAT " pairs", pairs);
  if (elapsed > .2)
    g_string_append_printf (line, "  %.1f/s", (gdouble) pairs / elapsed);
  if (elapsed > .2 && part > .01) {
    g_string_append (line, "  ");
    append_clock (line, elapsed * (1 - part) / part);
    g_string_append (line, " left");
  }
  fprintf (stderr, "\r%s\033[K", line->str);
  fflush (stderr);
  self->drawn = TRUE;
}

void
compare_console_clear (CompareConsole *self)
{
  if (!self->drawn)
    return;
  fputs ("\r\033[K", stderr);
  fflush (stderr);
  self->drawn = FALSE;
}

void
compare_console_say (CompareConsole *self, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  compare_console_clear (self);
  fprintf (stderr, "perceptual-compare: %s\n", g_strchomp (text));
}

void
compare_console_warn (
    CompareConsole *self, const gchar *file, const gchar *warning)
{
  gchar *text = g_strdup_printf ("%s: %s", file, warning);

  if (g_hash_table_add (self->said, text))
    compare_console_say (self, "warning: %s", text);
}
