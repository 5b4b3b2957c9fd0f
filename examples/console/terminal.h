/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a program prints on standard error: warnings, errors, and a progress
 * bar where standard error is a terminal.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * Console:
 * @program: the program's name, which messages begin with; static memory
 * @unit: what is counted, in the plural: "pairs"; static memory
 * @bar: whether to draw the progress bar
 * @drawn: whether the bar is on the terminal's last line now
 * @step: which part of the work is done now, from 1
 * @steps: how many there are; shown if there is more than one
 * @started: g_get_monotonic_time() when this step began
 * @redraw: g_get_monotonic_time() before which the bar is left alone
 *
 * Used by one thread.
 */
typedef struct
{
  const gchar *program;
  const gchar *unit;
  gboolean bar;
  gboolean drawn;
  guint step;
  guint steps;
  gint64 started;
  gint64 redraw;
} Console;

/* To be called before anything is opened: otherwise the first files would take
 * the place of closed standard streams, and receive what is printed. */
void console_guard_streams (void);

/* @bar: whether to show a progress bar, if standard error is a terminal. */
void console_init (
    Console *self, const gchar *program, const gchar *unit, gboolean bar);

/* The next step begins. */
void console_begin (Console *self);

/* @done: units worked on since the step began; @part: how much of the step's
 * work that is, 0..1, negative if unknown. */
void console_advance (Console *self, guint64 done, gdouble part);

/* Takes the bar away; to be called before anything is printed on standard
 * output. */
void console_clear (Console *self);

/* One line "PROGRAM: ..." on standard error, of printable characters. */
void console_say (Console *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/* The same of a text whose line feeds are ours. */
void console_say_lines (Console *self, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Takes the bar away and prints @text, which may have lines, on standard
 * output, as printable characters.
 * Returns: FALSE with a G_FILE_ERROR when not all of it was written. */
gboolean console_print (Console *self, const gchar *text, GError **error);

G_END_DECLS

#endif /* CONSOLE_H */
