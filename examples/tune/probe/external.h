/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Running an encoder that is a program.
 */
#ifndef TUNE_EXTERNAL_H
#define TUNE_EXTERNAL_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * TuneExternal:
 * @arguments: the program and its arguments
 * @folder: where its log is put
 * @output: the file that it is to write
 * @stall_ms: so long it may do nothing at all: write no byte, take no time of
 *   the processor
 * @alive: called while it gets on
 *
 * A program to be run, with all that it starts.
 */
typedef struct
{
  gchar *const *arguments;
  const gchar *folder;
  const gchar *output;
  guint stall_ms;
  void (*alive) (gpointer user);
  gpointer user;
} TuneExternal;

/**
 * tune_external_run:
 * @error: PROGRAM_ERROR_DATA, with the last lines that it wrote to its
 *   standard error: it cannot be started, failed, hangs, or wrote nothing
 *
 * Whatever it started has ended when this returns, and ends too where this
 * process does.
 */
gboolean tune_external_run (const TuneExternal *self, GError **error);

/* Returns: (transfer full): the last lines of the file @path, on one line, cut
 * to what fits into a message; "" where there are none. */
gchar *tune_last_lines (const gchar *path);

G_END_DECLS

#endif /* TUNE_EXTERNAL_H */
