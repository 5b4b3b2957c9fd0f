/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads CSV files by RFC 4180.
 */
#include "table/csv.h"

#include "console/printable.h"
#include "console/program-error.h"

#include <string.h>

typedef struct
{
  const gchar *path;
  const gchar *at; /* what is not read yet */
  guint line;
} Reader;

/* Reads a quoted field past its closing quote.
 * Returns: (transfer full): NULL where there is none. */
static gchar *
read_quoted (Reader *reader)
{
  GString *field = g_string_new (NULL);

  for (reader->at++; *reader->at != '\0'; reader->at++) {
    if (*reader->at == '"' && *++reader->at != '"') {
      reader->at += strspn (reader->at, " \t");
      return g_string_free (field, FALSE);
    }
    if (*reader->at == '\n')
      reader->line++;
    g_string_append_c (field, *reader->at);
  }
  g_string_free (field, TRUE);
  return NULL;
}

static gchar *
read_plain (Reader *reader)
{
  gsize length = strcspn (reader->at, ",\r\n");
  gchar *field = g_strndup (reader->at, length);

  reader->at += length;
  return g_strstrip (field);
}

/* Whether it is at the end of a line or of the file; moves past that. */
static gboolean
take_end (Reader *reader)
{
  if (reader->at[0] == '\r' && (reader->at[1] == '\n' || reader->at[1] == '\0'))
    reader->at++;
  if (*reader->at == '\n') {
    reader->at++;
    reader->line++;
    return TRUE;
  }
  return *reader->at == '\0';
}

/* Returns: (transfer full): the fields of one row, NULL with @error set. */
static gchar **
read_row (Reader *reader, GError **error)
{
  g_autoptr (GStrvBuilder) fields = g_strv_builder_new ();
  guint line = reader->line;

  while (TRUE) {
    g_autofree gchar *field = NULL;

    reader->at += strspn (reader->at, " \t");
    field = *reader->at == '"' ? read_quoted (reader) : read_plain (reader);
    if (field == NULL) {
      program_fail (error, reader->path,
          "a quote that is opened in line %u is never closed", line);
      return NULL;
    }
    g_strv_builder_add (fields, field);
    if (*reader->at == ',') {
      reader->at++;
    } else if (take_end (reader)) {
      return g_strv_builder_end (fields);
    } else {
      program_fail (error, reader->path,
          "line %u: there is text between a closing quote and the comma", line);
      return NULL;
    }
  }
}

static gboolean
is_empty (gchar **fields)
{
  return fields[1] == NULL && *fields[0] == '\0';
}

/* Spreadsheets part columns by what their country writes lists with. */
static gboolean
check_head (const Reader *reader, gchar **head, GError **error)
{
  const gchar *other = strpbrk (head[0], ";\t");

  if (head[1] != NULL || other == NULL)
    return TRUE;
  return program_fail (error, reader->path,
      "its columns are parted by %s, and have to be parted by commas; numbers "
      "have a point, as in 3.5",
      *other == ';' ? "semicolons" : "tabs");
}

static gboolean
read_rows (Csv *self, Reader *reader, GError **error)
{
  while (*reader->at != '\0') {
    guint line = reader->line;
    g_auto (GStrv) fields = read_row (reader, error);

    if (fields == NULL)
      return FALSE;
    if (is_empty (fields))
      continue;
    if (self->head == NULL && !check_head (reader, fields, error))
      return FALSE;
    if (self->head == NULL) {
      self->n_columns = g_strv_length (fields);
      self->head = g_steal_pointer (&fields);
      continue;
    }
    if (g_strv_length (fields) != self->n_columns)
      return program_fail (error, reader->path,
          "line %u has %u fields, but the first line names %u columns", line,
          g_strv_length (fields), self->n_columns);
    g_ptr_array_add (self->rows, g_steal_pointer (&fields));
    g_array_append_val (self->lines, line);
  }
  return self->head != NULL
      || program_fail (error, reader->path, "the file is empty");
}

Csv *
csv_read (const gchar *path, GError **error)
{
  g_autoptr (Csv) self = g_new0 (Csv, 1);
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *text = NULL;
  Reader reader = { .path = path, .line = 1 };
  gsize length;

  self->label = printable_text (path);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->lines = g_array_new (FALSE, FALSE, sizeof (guint));
  if (!g_file_get_contents (path, &text, &length, &reason)) {
    /* It names the file once more before it says why. */
    const gchar *why = strrchr (reason->message, ':');

    program_fail (error, path, "cannot be read: %s",
        why != NULL ? why + strlen (": ") : reason->message);
    return NULL;
  }
  if (!g_utf8_validate (text, (gssize) length, NULL)) {
    program_fail (error, path, "is not a CSV file in UTF-8");
    return NULL;
  }
  reader.at = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
  if (!read_rows (self, &reader, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
csv_free (Csv *self)
{
  if (self == NULL)
    return;
  g_free (self->label);
  g_strfreev (self->head);
  g_ptr_array_unref (self->rows);
  g_array_unref (self->lines);
  g_free (self);
}

gint
csv_find (const Csv *self, const gchar *name)
{
  for (guint i = 0; i < self->n_columns; i++) {
    if (strcmp (self->head[i], name) == 0)
      return (gint) i;
  }
  return -1;
}

const gchar *
csv_get (const Csv *self, guint row, gint column)
{
  gchar **fields = self->rows->pdata[row];

  return fields[column];
}

guint
csv_line (const Csv *self, guint row)
{
  return g_array_index (self->lines, guint, row);
}
