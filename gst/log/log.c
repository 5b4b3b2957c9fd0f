/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decides what is written when, and when a new file begins.  Only the fields
 * for stream and time matter here.
 */
#include "log/log.h"

struct _PerceptualLog
{
  const PerceptualLogFormat *format;
  PerceptualLogLimits limits;
  PerceptualLogFile *file;
  gpointer state;          /* of the format */
  GPtrArray *headers;      /* of GstStructure, one for each stream */
  guint64 distances;       /* in this file */
  GstClockTime first_time; /* of the first of them */
};

/* Appends what @type and @fields are in the log's format. */
static void
append_text (PerceptualLog *self, GString *text, const gchar *type,
    const GstStructure *fields)
{
  const PerceptualLogFormat *format = self->format;

  if (g_str_equal (type, "header"))
    format->begin (self->state, fields, text);
  else if (g_str_equal (type, "distance"))
    format->pair (self->state, fields, text);
  else if (g_str_equal (type, "summary"))
    format->summary (self->state, fields, text);
  else if (g_str_equal (type, "sync")) {
    if (format->sync != NULL)
      format->sync (self->state, fields, text);
  } else if (format->alert != NULL)
    format->alert (self->state, fields, text);
}

static void
clear_state (PerceptualLog *self)
{
  if (self->format->clear != NULL)
    self->format->clear (self->state);
}

/* Returns: (transfer full) (nullable): what the file ends with until more
 * comes. */
static GString *
make_end (PerceptualLog *self)
{
  GString *end;

  if (self->format->end == NULL)
    return NULL;
  end = g_string_new (NULL);
  self->format->end (self->state, end);
  return end;
}

static gboolean
put (PerceptualLog *self, const gchar *text, GError **error)
{
  GString *end = make_end (self);
  gboolean ok = perceptual_log_file_write (
      self->file, text, end != NULL ? end->str : NULL, error);

  if (end != NULL)
    g_string_free (end, TRUE);
  return ok;
}

/* --- opening ------------------------------------------------------------- */

PerceptualLog *
perceptual_log_open (const gchar *location, const PerceptualLogFormat *format,
    const PerceptualLogLimits *limits, const gint *leaving, GError **error)
{
  const PerceptualLogLimits none = { 0 };
  PerceptualLogFile *file;
  PerceptualLog *self;

  if (limits == NULL)
    limits = &none;
  file = perceptual_log_file_open (location,
      limits->max_bytes > 0 || limits->max_time > 0, limits->max_files, leaving,
      error);
  if (file == NULL)
    return NULL;
  self = g_new0 (PerceptualLog, 1);
  self->format = format;
  self->limits = *limits;
  self->file = file;
  self->headers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  self->state = format->state_size > 0 ? g_malloc0 (format->state_size) : NULL;
  if (!put (self, "", error))
    g_clear_pointer (&self, perceptual_log_free);
  return self;
}

gboolean
perceptual_log_close (PerceptualLog *self, GError **error)
{
  gboolean ok = perceptual_log_file_close (self->file, error);

  clear_state (self);
  g_free (self->state);
  g_ptr_array_unref (self->headers);
  g_free (self);
  return ok;
}

void
perceptual_log_free (PerceptualLog *self)
{
  if (self != NULL)
    perceptual_log_close (self, NULL);
}

/* --- headers ------------------------------------------------------------- */

/* Keeps @header for the files to come, in place of the one that the stream
 * had.  Returns: whether it had one. */
static gboolean
keep_header (PerceptualLog *self, const GstStructure *header)
{
  const gchar *stream = gst_structure_get_string (header, "stream");

  for (guint i = 0; i < self->headers->len; i++) {
    GstStructure *other = g_ptr_array_index (self->headers, i);

    if (g_strcmp0 (gst_structure_get_string (other, "stream"), stream) == 0) {
      gst_structure_free (other);
      g_ptr_array_index (self->headers, i) = gst_structure_copy (header);
      return TRUE;
    }
  }
  g_ptr_array_add (self->headers, gst_structure_copy (header));
  return FALSE;
}

/* Ends the document in the file and makes room for another one. */
static gboolean
end_document (PerceptualLog *self, GError **error)
{
  g_autoptr (GString) end = NULL;

  self->distances = 0;
  if (perceptual_log_file_can_move (self->file))
    return perceptual_log_file_next (self->file, error);
  end = make_end (self);
  return perceptual_log_file_write (
      self->file, end != NULL ? end->str : "", NULL, error);
}

/* --- limits -------------------------------------------------------------- */

/* @length: of what is to be written */
static gboolean
is_full (PerceptualLog *self, gsize length, GstClockTime time)
{
  const PerceptualLogLimits *limits = &self->limits;

  if (self->distances == 0)
    return FALSE;
  if (limits->max_bytes > 0) {
    GString *end = make_end (self);
    guint64 size = perceptual_log_file_get_size (self->file) + length;

    if (end != NULL) {
      size += end->len;
      g_string_free (end, TRUE);
    }
    if (size > limits->max_bytes)
      return TRUE;
  }
  /* After a seek to an earlier time, too. */
  return limits->max_time > 0
      && (time < self->first_time
          || time - self->first_time >= limits->max_time);
}

/* For a file in which nothing is. */
static void
begin_file (PerceptualLog *self, GString *text)
{
  self->distances = 0;
  clear_state (self);
  for (guint i = 0; i < self->headers->len; i++)
    append_text (self, text, "header", g_ptr_array_index (self->headers, i));
}

static gboolean
next_file (PerceptualLog *self, GString *text, GError **error)
{
  if (!perceptual_log_file_next (self->file, error))
    return FALSE;
  begin_file (self, text);
  return TRUE;
}

/* Others may have removed the file, or emptied it. */
static gboolean
look_after_file (PerceptualLog *self, GError **error)
{
  g_autoptr (GString) text = NULL;
  gboolean anew;

  if (!perceptual_log_file_look_after (self->file, &anew, error))
    return FALSE;
  if (!anew)
    return TRUE;
  text = g_string_new (NULL);
  begin_file (self, text);
  return put (self, text->str, error);
}

static gboolean
write_distance (PerceptualLog *self, const GstStructure *fields, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GstClockTime time = 0;

  gst_structure_get_uint64 (fields, "running-time", &time);
  append_text (self, text, "distance", fields);
  if (is_full (self, text->len, time)) {
    g_string_truncate (text, 0);
    if (!next_file (self, text, error))
      return FALSE;
    append_text (self, text, "distance", fields);
  }
  if (self->distances++ == 0)
    self->first_time = time;
  return put (self, text->str, error);
}

gboolean
perceptual_log_write (PerceptualLog *self, const gchar *type,
    const GstStructure *fields, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!look_after_file (self, error))
    return FALSE;
  if (g_str_equal (type, "distance"))
    return write_distance (self, fields, error);
  if (g_str_equal (type, "header") && keep_header (self, fields)
      && self->format->is_document && !end_document (self, error))
    return FALSE;
  append_text (self, text, type, fields);
  return put (self, text->str, error);
}
