/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Inputs that can be read once: pipes, standard input.  Looks at their
 * beginnings are kept in a temporary file, so that the last reading begins
 * where the first did.
 */
#ifndef MEASURE_PIPE_H
#define MEASURE_PIPE_H

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* What standard input is called on command lines. */
#define MEASURE_PIPE_STDIN "-"

typedef struct _MeasurePipe MeasurePipe;
typedef struct _MeasurePipes MeasurePipes;

/* Whether @path is standard input or something that is no file.  A name that
 * cannot be looked at is none. */
gboolean measure_pipe_is_one (const gchar *path);

/* @interrupted: reading ends when it becomes TRUE */
MeasurePipes *measure_pipes_new (const gboolean *interrupted);
void measure_pipes_free (MeasurePipes *self);

/**
 * measure_pipes_get:
 * @path: measure_pipe_is_one()
 * @error: PROGRAM_ERROR_DATA, in words that do not name it
 *
 * Opens it when it is asked for first, without waiting for who writes.
 *
 * Returns: (transfer none) (nullable): NULL with @error set
 */
MeasurePipe *measure_pipes_get (
    MeasurePipes *self, const gchar *path, GError **error);

/* From the next measure_pipe_rewind() on nothing is kept any more. */
void measure_pipe_set_last (MeasurePipe *self);

/* Goes back to the beginning.  @error: PROGRAM_ERROR_DATA where that is gone,
 * in words that do not name it.  Returns: FALSE with @error set. */
gboolean measure_pipe_rewind (MeasurePipe *self, GError **error);

/**
 * measure_pipe_read:
 * @buffer: (array length=size) (out): memory
 * @size: at least 1
 * @stop: (nullable): asked about ten times a second whether to give up
 * @user: for @stop
 *
 * Waits until something is there.
 *
 * Returns: the number of bytes that were read, 0 at the end, -1 where reading
 * was given up or failed
 */
gssize measure_pipe_read (MeasurePipe *self, gpointer buffer, gsize size,
    gboolean (*stop) (gpointer user), gpointer user);

/* Makes it a stream that cannot be sought.  @stop: as above; @user outlives the
 * stream.  Returns: (transfer full) (nullable). */
FILE *measure_pipe_open_stream (
    MeasurePipe *self, gboolean (*stop) (gpointer user), gpointer user);

G_END_DECLS

#endif /* MEASURE_PIPE_H */
