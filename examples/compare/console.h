/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What perceptual-compare says on standard error: warnings, errors, and a
 * progress bar where standard error is a terminal.
 */
#ifndef COMPARE_CONSOLE_H
#define COMPARE_CONSOLE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * CompareConsole:
 * @bar: whether to draw the progress bar
 * @drawn: whether the bar stands on the terminal's last line now
 * @file: the first of the distorted files that are measured now, from 1
 * @together: how many are measured now
 * @files: how many there are in all
 * @duration: the reference's length in ns, or GST_CLOCK_TIME_NONE
 * @started: g_get_monotonic_time() when this file began
 * @redraw: g_get_monotonic_time() before which the bar is left alone
 * @said: (owned): the warnings that were printed
 */
typedef struct
{
  gboolean bar;
  gboolean drawn;
  guint file;
  guint together;
  guint files;
  GstClockTime duration;
  gint64 started;
  gint64 redraw;
  GHashTable *said;
} CompareConsole;

/* @bar: wish for a progress bar; granted where standard error is a terminal. */
void compare_console_init (CompareConsole *self, gboolean bar, guint files);

void compare_console_free (CompareConsole *self);

/* The distorted files from @file on, @together at once, begin; @duration in ns
 * or GST_CLOCK_TIME_NONE. */
void compare_console_begin (
    CompareConsole *self, guint file, guint together, GstClockTime duration);

/* @pairs compared so far; @position: how far into the reference, in ns. */
void compare_console_advance (
    CompareConsole *self, guint64 pairs, GstClockTime position);

/* Takes the bar away; before anything is printed on standard output. */
void compare_console_clear (CompareConsole *self);

/* One line "perceptual-compare: ..." on standard error. */
void compare_console_say (CompareConsole *self, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

/* The same for a warning about @file, once, however often it comes. */
void compare_console_warn (
    CompareConsole *self, const gchar *file, const gchar *warning);

G_END_DECLS

#endif /* COMPARE_CONSOLE_H */
