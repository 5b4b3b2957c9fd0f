/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is written when, and when a new file begins.  Knows the formats and
 * which fields tell stream and time; nothing of what the others mean.
 */
#include "log/log.h"

#include "log/format.h"
#include "log/vmaf.h"

struct _PerceptualLog
{
  PerceptualLogFormat format;
  PerceptualLogLimits limits;
  PerceptualLogFile *file;
  PerceptualLogVmaf *vmaf; /* of that format */
  GPtrArray *headers;      /* of GstStructure, one for each stream */
  guint64 distances;       /* in this file */
  GstClockTime first_time; /* of the first of them */
};

/* Appends what @type and @fields are in the log's format. */
static void
append_text (PerceptualLog *self, GString *text, const gchar *type,
    const GstStructure *fields)
{
  switch (self->format) {
    case PERCEPTUAL_LOG_JSONL:
      perceptual_log_append_json (text, type, fields);
      g_string_append_c (text, '\n');
      break;
    case PERCEPTUAL_LOG_CSV:
      perceptual_log_append_csv (text, type, fields, self->distances == 0);
      break;
    case PERCEPTUAL_LOG_VMAF_JSON:
      if (g_str_equal (type, "header"))
        perceptual_log_vmaf_begin (self->vmaf, fields, text);
      else if (g_str_equal (type, "distance"))
        perceptual_log_vmaf_add_frame (self->vmaf, fields, text);
      else if (g_str_equal (type, "summary"))
        perceptual_log_vmaf_set_summary (self->vmaf, fields);
      break;
  }
}

/* Returns: (transfer full) (nullable): what the file ends with until more
 * comes. */
static GString *
make_end (PerceptualLog *self)
{
  GString *end;

  if (self->format != PERCEPTUAL_LOG_VMAF_JSON)
    return NULL;
  end = g_string_new (NULL);
  perceptual_log_vmaf_append_end (self->vmaf, end);
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
perceptual_log_open (const gchar *location, PerceptualLogFormat format,
    const PerceptualLogLimits *limits, GError **error)
{
  const PerceptualLogLimits none = { 0 };
  PerceptualLogFile *file;
  PerceptualLog *self;

  if (limits == NULL)
    limits = &none;
  file = perceptual_log_file_open (location,
      limits->max_bytes > 0 || limits->max_time > 0, limits->max_files, error);
  if (file == NULL)
    return NULL;
  self = g_new0 (PerceptualLog, 1);
  self->format = format;
  self->limits = *limits;
  self->file = file;
  self->headers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  if (format == PERCEPTUAL_LOG_VMAF_JSON)
    self->vmaf = perceptual_log_vmaf_new ();
  if (!put (self, "", error))
    g_clear_pointer (&self, perceptual_log_free);
  return self;
}

gboolean
perceptual_log_close (PerceptualLog *self, GError **error)
{
  gboolean ok = perceptual_log_file_close (self->file, error);

  perceptual_log_vmaf_free (self->vmaf);
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
  end = g_string_new (NULL);
  perceptual_log_vmaf_append_end (self->vmaf, end);
  return perceptual_log_file_write (self->file, end->str, NULL, error);
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

static gboolean
next_file (PerceptualLog *self, GString *text, GError **error)
{
  if (!perceptual_log_file_next (self->file, error))
    return FALSE;
  self->distances = 0;
  if (self->vmaf != NULL)
    perceptual_log_vmaf_reset (self->vmaf);
  for (guint i = 0; i < self->headers->len; i++)
    append_text (self, text, "header", g_ptr_array_index (self->headers, i));
  return TRUE;
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

  if (g_str_equal (type, "distance"))
    return write_distance (self, fields, error);
  if (g_str_equal (type, "header") && keep_header (self, fields)
      && self->format == PERCEPTUAL_LOG_VMAF_JSON
      && !end_document (self, error))
    return FALSE;
  append_text (self, text, type, fields);
  return put (self, text->str, error);
}
