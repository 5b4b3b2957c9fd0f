/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks at a file as perceptual-compare does, and hashes it.
 */
#include "tune/clip.h"

#include "console/program-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (1 << 20)

/* Returns: (transfer full): of what is left to be read of @file; NULL with
 * @error set. */
static gchar *
hash_content (
    gint file, const gchar *label, const gboolean *interrupted, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *block = g_malloc (BLOCK);

  for (;;) {
    gssize n = read (file, block, BLOCK);

    if (g_atomic_int_get (interrupted)) {
      program_fail_interrupted (error, "anything was measured");
      return NULL;
    }
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      program_fail (error, label, "%s", g_strerror (errno));
      return NULL;
    }
    if (n == 0)
      return g_strdup (g_checksum_get_string (sum));
    g_checksum_update (sum, block, n);
  }
}

static gint64
changed (const struct stat *status)
{
  return (gint64) status->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000)
      + status->st_mtim.tv_nsec;
}

/* Returns: (transfer full): the hash that is noted, or else the file's, which
 * is noted then. */
static gchar *
find_hash (const TuneClip *self, TuneStore *store, gint file,
    const gboolean *interrupted, GError **error)
{
  struct stat before, after;
  g_autofree gchar *hash = NULL;
  GError *fault = NULL;

  if (fstat (file, &before) != 0) {
    program_fail (error, self->path, "%s", g_strerror (errno));
    return NULL;
  }
  hash = tune_store_find_hash (store, before.st_dev, before.st_ino,
      before.st_size, changed (&before), &fault);
  if (hash != NULL || fault != NULL) {
    if (fault != NULL)
      g_propagate_error (error, fault);
    return g_steal_pointer (&hash);
  }
  hash = hash_content (file, self->path, interrupted, error);
  if (hash == NULL)
    return NULL;
  if (fstat (file, &after) != 0 || after.st_size != before.st_size
      || changed (&after) != changed (&before)) {
    program_fail (error, self->path, "it changes while it is read");
    return NULL;
  }
  if (!tune_store_note_hash (store, before.st_dev, before.st_ino,
          before.st_size, changed (&before), hash, error))
    return NULL;
  return g_steal_pointer (&hash);
}

static gboolean
set_hash (TuneClip *self, TuneStore *store, const gboolean *interrupted,
    GError **error)
{
  gint file = open (self->path, O_RDONLY | O_CLOEXEC);

  if (file < 0)
    return program_fail (error, self->path, "%s", g_strerror (errno));
  self->sha256 = find_hash (self, store, file, interrupted, error);
  close (file);
  return self->sha256 != NULL;
}

static gboolean
take_input (TuneClip *self, const MeasureInput *input, const gchar *path,
    const gboolean *interrupted, GError **error)
{
  if (g_atomic_int_get (interrupted))
    return program_fail_interrupted (error, "anything was measured");
  if (input->problem != NULL)
    return program_fail_unnamed (error, "%s", input->problem);
  if (input->is_image)
    return program_fail (error, path,
        "it is an image; what is encoded here "
        "are videos");
  if (input->file == NULL)
    return program_fail (error, path,
        "it is not a file of this machine, and would have to be read again for "
        "every probe; copy it to a file");
  self->path = g_strdup (input->file);
  self->label = g_strdup (input->label);
  self->duration_ns =
      GST_CLOCK_TIME_IS_VALID (input->duration) ? (gint64) input->duration : -1;
  self->frame_ns = (gint64) input->frame;
  self->format = input->format;
  if (input->square_pixels && input->correction.orientation == NULL) {
    self->width = input->width;
    self->height = input->height;
  }
  return TRUE;
}

TuneClip *
tune_clip_open (const gchar *path, MeasureRemote *remote, TuneStore *store,
    const gboolean *interrupted, GError **error)
{
  g_autoptr (TuneClip) self = g_new0 (TuneClip, 1);
  MeasureInput *input = measure_remote_inspect (remote, path, interrupted);
  gboolean ok = take_input (self, input, path, interrupted, error)
      && set_hash (self, store, interrupted, error);

  measure_input_free (input);
  return ok ? g_steal_pointer (&self) : NULL;
}

void
tune_clip_free (TuneClip *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->label);
  g_free (self->sha256);
  g_free (self);
}

gdouble
tune_clip_seconds (const TuneClip *self, const TuneWindow *window)
{
  gint64 stop =
      window->stop_ns != G_MAXINT64 ? window->stop_ns : self->duration_ns;

  return (gdouble) MAX (stop - window->start_ns, 0) / 1e9;
}
