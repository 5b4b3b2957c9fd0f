/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Waits with poll(), so that every wait can be given up, and leaves the flags
 * of standard input, which others share, as they are.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* fopencookie() */
#endif

#include "measure/reader/pipe.h"

#include "console/program-error.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 100

struct _MeasurePipe
{
  int fd;
  int kept_fd;  /* of a file that has no name any more; -1 without one */
  goffset kept; /* bytes of the beginning that are in it */
  goffset at;   /* the next byte */
  gboolean keeps;
  gboolean last;
  gboolean ended;
  const gboolean *interrupted;
};

struct _MeasurePipes
{
  GHashTable *pipes; /* MeasurePipe by name */
  const gboolean *interrupted;
};

gboolean
measure_pipe_is_one (const gchar *path)
{
  GStatBuf status;

  if (strcmp (path, MEASURE_PIPE_STDIN) == 0)
    return TRUE;
  return g_stat (path, &status) == 0
      && (S_ISFIFO (status.st_mode) || S_ISCHR (status.st_mode)
          || S_ISSOCK (status.st_mode));
}

static void
free_pipe (gpointer data)
{
  MeasurePipe *self = data;

  close (self->fd);
  if (self->kept_fd >= 0)
    close (self->kept_fd);
  g_free (self);
}

MeasurePipes *
measure_pipes_new (const gboolean *interrupted)
{
  MeasurePipes *self = g_new0 (MeasurePipes, 1);

  self->pipes =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_pipe);
  self->interrupted = interrupted;
  return self;
}

void
measure_pipes_free (MeasurePipes *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->pipes);
  g_free (self);
}

/* Returns: -1 with @error set */
static int
open_path (const gchar *path, GError **error)
{
  gboolean standard = strcmp (path, MEASURE_PIPE_STDIN) == 0;
  int fd = standard ? fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                    : g_open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

  if (fd < 0) {
    program_fail_unnamed (error, "%s", g_strerror (errno));
  } else if (isatty (fd)) {
    close (fd);
    program_fail_unnamed (error,
        "this is a terminal; a video comes by a pipe, as in "
        "ffmpeg -i FILE -f yuv4mpegpipe - | ...");
    return -1;
  }
  return fd;
}

/* A file for the beginning. */
static int
open_kept (GError **error)
{
  g_autofree gchar *name = NULL;
  int fd = g_file_open_tmp ("perceptual-XXXXXX", &name, error);

  if (fd >= 0)
    g_unlink (name);
  return fd;
}

MeasurePipe *
measure_pipes_get (MeasurePipes *self, const gchar *path, GError **error)
{
  MeasurePipe *pipe = g_hash_table_lookup (self->pipes, path);
  int fd, kept_fd;

  if (pipe != NULL)
    return pipe;
  fd = open_path (path, error);
  if (fd < 0)
    return NULL;
  kept_fd = open_kept (error);
  if (kept_fd < 0) {
    close (fd);
    return NULL;
  }
  pipe = g_new0 (MeasurePipe, 1);
  pipe->fd = fd;
  pipe->kept_fd = kept_fd;
  pipe->keeps = TRUE;
  pipe->interrupted = self->interrupted;
  g_hash_table_insert (self->pipes, g_strdup (path), pipe);
  return pipe;
}

void
measure_pipe_set_last (MeasurePipe *self)
{
  self->last = TRUE;
}

gboolean
measure_pipe_rewind (MeasurePipe *self, GError **error)
{
  if (!self->keeps && self->at > 0)
    return program_fail_unnamed (
        error, "this is a pipe, which was read before and is empty now");
  self->at = 0;
  self->keeps = !self->last;
  return TRUE;
}

/* Returns: FALSE where the bytes cannot be kept */
static gboolean
keep (MeasurePipe *self, const guint8 *bytes, gsize size)
{
  while (size > 0) {
    gssize n = pwrite (self->kept_fd, bytes, size, self->kept);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    self->kept += n;
    bytes += n;
    size -= (gsize) n;
  }
  return TRUE;
}

/* Waits for something to read, or for the end. */
static gboolean
wait_for_bytes (
    MeasurePipe *self, gboolean (*stop) (gpointer user), gpointer user)
{
  struct pollfd look = { .fd = self->fd, .events = POLLIN };

  for (;;) {
    int n = poll (&look, 1, LOOK_MS);

    if (n > 0)
      return (look.revents & (POLLIN | POLLHUP)) != 0;
    if ((n < 0 && errno != EINTR) || g_atomic_int_get (self->interrupted)
        || (stop != NULL && stop (user)))
      return FALSE;
  }
}

/* What is not kept yet. */
static gssize
read_on (MeasurePipe *self, gpointer buffer, gsize size,
    gboolean (*stop) (gpointer user), gpointer user)
{
  gssize n;

  do {
    if (!wait_for_bytes (self, stop, user))
      return -1;
    n = read (self->fd, buffer, size);
  } while (n < 0 && (errno == EINTR || errno == EAGAIN));
  self->ended = n == 0;
  if (n > 0 && self->keeps && !keep (self, buffer, (gsize) n))
    return -1;
  return n;
}

gssize
measure_pipe_read (MeasurePipe *self, gpointer buffer, gsize size,
    gboolean (*stop) (gpointer user), gpointer user)
{
  gssize n = 0;

  if (self->at < self->kept)
    n = pread (self->kept_fd, buffer,
        MIN (size, (gsize) (self->kept - self->at)), self->at);
  else if (!self->ended)
    n = read_on (self, buffer, size, stop, user);
  if (n > 0)
    self->at += n;
  return n;
}

/* --- as a stream --------------------------------------------------------- */

typedef struct
{
  MeasurePipe *pipe;
  gboolean (*stop) (gpointer user);
  gpointer user;
} Stream;

static ssize_t
read_stream (void *cookie, char *buffer, size_t size)
{
  Stream *self = cookie;

  return measure_pipe_read (self->pipe, buffer, size, self->stop, self->user);
}

static int
close_stream (void *cookie)
{
  g_free (cookie);
  return 0;
}

FILE *
measure_pipe_open_stream (
    MeasurePipe *self, gboolean (*stop) (gpointer user), gpointer user)
{
  const cookie_io_functions_t functions = { .read = read_stream,
    .close = close_stream };
  Stream *stream = g_new (Stream, 1);
  FILE *file;

  *stream = (Stream){ self, stop, user };
  file = fopencookie (stream, "rb", functions);
  if (file == NULL)
    g_free (stream);
  return file;
}
