/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines of a log from structures, and the file they go to.  Knows the types
 * that a structure may hold; nothing of what the fields mean.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

struct _PerceptualLog
{
  PerceptualLogFormat format;
  gchar *location;
  int fd;
  gboolean own_fd;
  gboolean columns_written; /* CSV */
};

PerceptualLog *
perceptual_log_open (
    const gchar *location, PerceptualLogFormat format, GError **error)
{
  PerceptualLog *self;
  gboolean own_fd = g_strcmp0 (location, "-") != 0;
  int fd = STDOUT_FILENO;

  if (own_fd)
    fd = g_open (location, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) {
    int code = errno;

    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
        "Cannot write the log %s: %s", location, g_strerror (code));
    return NULL;
  }
  self = g_new0 (PerceptualLog, 1);
  self->format = format;
  self->location = g_strdup (own_fd ? location : "on standard output");
  self->fd = fd;
  self->own_fd = own_fd;
  return self;
}

void
perceptual_log_free (PerceptualLog *self)
{
  if (self == NULL)
    return;
  if (self->own_fd)
    close (self->fd);
  g_free (self->location);
  g_free (self);
}

/* Unknown times and indices are G_MAXUINT64. */
static gboolean
is_unknown (const GValue *value)
{
  if (G_VALUE_HOLDS_UINT64 (value))
    return g_value_get_uint64 (value) > (guint64) G_MAXINT64;
  if (G_VALUE_HOLDS_DOUBLE (value))
    return !isfinite (g_value_get_double (value));
  return G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) == NULL;
}

static gchar *
key_of (const gchar *field, gboolean verbatim)
{
  gchar *key = g_strdup (field);

  return verbatim ? key : g_strdelimit (key, "-", '_');
}

/* Whether the fields of the structure in field @name are names that users
 * type, and no words of the log. */
static gboolean
holds_names (const gchar *name)
{
  return g_str_equal (name, "also") || g_str_equal (name, "also-taps")
      || g_str_equal (name, "options");
}

static JsonNode *value_to_json (const GValue *value, gboolean verbatim);

typedef struct
{
  JsonObject *object;
  gboolean verbatim;
} JsonFields;

static gboolean
add_json_field (GQuark field, const GValue *value, gpointer user)
{
  JsonFields *fields = user;
  const gchar *name = g_quark_to_string (field);
  g_autofree gchar *key = key_of (name, fields->verbatim);

  json_object_set_member (
      fields->object, key, value_to_json (value, holds_names (name)));
  return TRUE;
}

static JsonObject *
structure_to_json (const GstStructure *structure, gboolean verbatim)
{
  JsonFields fields = { json_object_new (), verbatim };

  gst_structure_foreach (structure, add_json_field, &fields);
  return fields.object;
}

static JsonNode *
array_to_json (const GValue *value)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < gst_value_array_get_size (value); i++)
    json_array_add_element (
        array, value_to_json (gst_value_array_get_value (value, i), FALSE));
  json_node_take_array (node, array);
  return node;
}

static JsonNode *
value_to_json (const GValue *value, gboolean verbatim)
{
  JsonNode *node;

  if (is_unknown (value))
    return json_node_new (JSON_NODE_NULL);
  if (GST_VALUE_HOLDS_ARRAY (value))
    return array_to_json (value);
  if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    node = json_node_new (JSON_NODE_OBJECT);
    json_node_take_object (
        node, structure_to_json (gst_value_get_structure (value), verbatim));
    return node;
  }
  node = json_node_new (JSON_NODE_VALUE);
  if (G_VALUE_HOLDS_UINT64 (value))
    json_node_set_int (node, (gint64) g_value_get_uint64 (value));
  else if (G_VALUE_HOLDS_UINT (value))
    json_node_set_int (node, g_value_get_uint (value));
  else
    json_node_set_value (node, value);
  return node;
}

static void
append_json_line (
    GString *text, const gchar *type, const GstStructure *structure)
{
  JsonFields fields = { json_object_new (), FALSE };
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree gchar *line = NULL;

  json_object_set_string_member (fields.object, "type", type);
  gst_structure_foreach (structure, add_json_field, &fields);
  json_node_take_object (node, fields.object);
  line = json_to_string (node, FALSE);
  g_string_append_printf (text, "%s\n", line);
}

/* --- CSV ----------------------------------------------------------------- */

static gchar *
value_to_text (const GValue *value)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  if (is_unknown (value))
    return g_strdup ("");
  if (G_VALUE_HOLDS_DOUBLE (value))
    return g_strdup (g_ascii_formatd (
        number, sizeof number, "%.17g", g_value_get_double (value)));
  if (G_VALUE_HOLDS_STRING (value))
    return g_value_dup_string (value);
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_strdup (g_value_get_boolean (value) ? "true" : "false");
  if (G_VALUE_HOLDS_UINT64 (value))
    return g_strdup_printf ("%" G_GUINT64_FORMAT, g_value_get_uint64 (value));
  if (G_VALUE_HOLDS_INT64 (value))
    return g_strdup_printf ("%" G_GINT64_FORMAT, g_value_get_int64 (value));
  if (G_VALUE_HOLDS_UINT (value))
    return g_strdup_printf ("%u", g_value_get_uint (value));
  if (GST_VALUE_HOLDS_ARRAY (value)) {
    GString *list = g_string_new (NULL);

    for (guint i = 0; i < gst_value_array_get_size (value); i++) {
      g_autofree gchar *item =
          value_to_text (gst_value_array_get_value (value, i));

      g_string_append_printf (list, "%s%s", i > 0 ? " " : "", item);
    }
    return g_string_free (list, FALSE);
  }
  return gst_value_serialize (value);
}

/* As RFC 4180 has it: quotes where a comma, a quote or a line end is. */
static void
append_cell (GString *line, const gchar *text)
{
  if (line->len > 0)
    g_string_append_c (line, ',');
  if (strpbrk (text, ",\"\r\n") == NULL) {
    g_string_append (line, text);
    return;
  }
  g_string_append_c (line, '"');
  for (; *text != '\0'; text++) {
    if (*text == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *text);
  }
  g_string_append_c (line, '"');
}

typedef struct
{
  GString *text;
  GString *columns; /* NULL for comment lines */
  const gchar *prefix;
  gboolean verbatim;
} CsvFields;

static gboolean
add_csv_comment (GQuark field, const GValue *value, gpointer user)
{
  CsvFields *fields = user;
  const gchar *name = g_quark_to_string (field);
  g_autofree gchar *key = key_of (name, fields->verbatim);
  g_autofree gchar *text = NULL;

  if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    g_autofree gchar *prefix = g_strconcat (fields->prefix, key, ".", NULL);
    CsvFields inner = { fields->text, NULL, prefix, holds_names (name) };

    gst_structure_foreach (
        gst_value_get_structure (value), add_csv_comment, &inner);
    return TRUE;
  }
  text = value_to_text (value);
  g_strdelimit (text, "\r\n", ' ');
  g_string_append_printf (
      fields->text, "# %s%s: %s\n", fields->prefix, key, text);
  return TRUE;
}

static gboolean
add_csv_cell (GQuark field, const GValue *value, gpointer user)
{
  CsvFields *fields = user;
  const gchar *name = g_quark_to_string (field);
  g_autofree gchar *bare = key_of (name, fields->verbatim);
  g_autofree gchar *key = g_strconcat (fields->prefix, bare, NULL);
  g_autofree gchar *text = NULL;

  if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    gboolean is_also = g_str_equal (name, "also");
    g_autofree gchar *prefix =
        is_also ? g_strdup ("") : g_strconcat (key, ".", NULL);
    CsvFields inner = { fields->text, fields->columns, prefix,
      holds_names (name) };

    gst_structure_foreach (
        gst_value_get_structure (value), add_csv_cell, &inner);
    return TRUE;
  }
  text = value_to_text (value);
  append_cell (fields->text, text);
  append_cell (fields->columns, key);
  return TRUE;
}

static void
append_csv_lines (PerceptualLog *self, GString *text, const gchar *type,
    const GstStructure *structure)
{
  if (g_str_equal (type, "distance")) {
    g_autoptr (GString) cells = g_string_new (NULL);
    g_autoptr (GString) columns = g_string_new (NULL);
    CsvFields fields = { cells, columns, "", FALSE };

    gst_structure_foreach (structure, add_csv_cell, &fields);
    if (!self->columns_written)
      g_string_append_printf (text, "%s\n", columns->str);
    self->columns_written = TRUE;
    g_string_append_printf (text, "%s\n", cells->str);
  } else {
    CsvFields fields = { text, NULL, "", FALSE };

    g_string_append_printf (text, "# type: %s\n", type);
    gst_structure_foreach (structure, add_csv_comment, &fields);
  }
}

/* --- file ---------------------------------------------------------------- */

gboolean
perceptual_log_write (PerceptualLog *self, const gchar *type,
    const GstStructure *structure, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize done = 0;

  if (self->format == PERCEPTUAL_LOG_CSV)
    append_csv_lines (self, text, type, structure);
  else
    append_json_line (text, type, structure);

  while (done < text->len) {
    gssize written = write (self->fd, text->str + done, text->len - done);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
          "Cannot write the log %s: %s", self->location, g_strerror (code));
      return FALSE;
    }
    done += (gsize) written;
  }
  return TRUE;
}
