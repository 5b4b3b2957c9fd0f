/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A log of comma separated values: pairs in rows, all else in lines of
 * comment.
 */
#include "log/format.h"

#include "log/fields.h"

#include <string.h>

static gchar *
value_to_text (const GValue *value)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  if (perceptual_log_is_unknown (value))
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

/* As RFC 4180 has it: quotes where a comma or a quote is. */
static void
append_cell (GString *line, const gchar *text)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  perceptual_log_append_printable (shown, text);
  if (line->len > 0)
    g_string_append_c (line, ',');
  if (strpbrk (shown->str, ",\"") == NULL) {
    g_string_append (line, shown->str);
    return;
  }
  g_string_append_c (line, '"');
  for (const gchar *at = shown->str; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *at);
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
  g_autofree gchar *key = perceptual_log_key (name, fields->verbatim);
  g_autofree gchar *text = NULL;
  g_autoptr (GString) shown = NULL;

  if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    g_autofree gchar *prefix = g_strconcat (fields->prefix, key, ".", NULL);
    CsvFields inner = { fields->text, NULL, prefix,
      perceptual_log_holds_names (name) };

    gst_structure_foreach (
        gst_value_get_structure (value), add_csv_comment, &inner);
    return TRUE;
  }
  text = value_to_text (value);
  shown = g_string_new (NULL);
  perceptual_log_append_printable (shown, text);
  g_string_append_printf (
      fields->text, "# %s%s: %s\n", fields->prefix, key, shown->str);
  return TRUE;
}

static gboolean
add_csv_cell (GQuark field, const GValue *value, gpointer user)
{
  CsvFields *fields = user;
  const gchar *name = g_quark_to_string (field);
  g_autofree gchar *bare = perceptual_log_key (name, fields->verbatim);
  g_autofree gchar *key = g_strconcat (fields->prefix, bare, NULL);
  g_autofree gchar *text = NULL;

  if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    gboolean is_also = g_str_equal (name, "also");
    g_autofree gchar *prefix =
        is_also ? g_strdup ("") : g_strconcat (key, ".", NULL);
    CsvFields inner = { fields->text, fields->columns, prefix,
      perceptual_log_holds_names (name) };

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
append_comment (GString *text, const gchar *type, const GstStructure *structure)
{
  CsvFields fields = { text, NULL, "", FALSE };

  g_string_append_printf (text, "# type: %s\n", type);
  gst_structure_foreach (structure, add_csv_comment, &fields);
}

/* --- parts by name -------------------------------------------------------- */

typedef struct
{
  gchar *columns;     /* (nullable): their names, as they are in the file */
  GPtrArray *headers; /* (nullable): of GstStructure, one for each stream */
} Csv;

static gboolean
find_header (const Csv *self, const GstStructure *fields, guint *place)
{
  const gchar *stream = gst_structure_get_string (fields, "stream");

  for (guint i = 0; self->headers != NULL && i < self->headers->len; i++) {
    const GstStructure *header = self->headers->pdata[i];

    *place = i;
    if (g_strcmp0 (gst_structure_get_string (header, "stream"), stream) == 0)
      return TRUE;
  }
  return FALSE;
}

/* In place of the one that the stream had. */
static void
keep_header (Csv *self, const GstStructure *header)
{
  guint place;

  if (self->headers == NULL)
    self->headers =
        g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  if (find_header (self, header, &place))
    g_ptr_array_remove_index_fast (self->headers, place);
  g_ptr_array_add (self->headers, gst_structure_copy (header));
}

/* A cell for each of @taps, called METRIC.PART. */
static void
add_parts (const CsvFields *fields, const gchar *metric, const GValue *taps,
    const GValue *names)
{
  guint n = taps != NULL && names != NULL
      ? MIN (gst_value_array_get_size (taps), gst_value_array_get_size (names))
      : 0;

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *text =
        value_to_text (gst_value_array_get_value (taps, i));
    g_autofree gchar *column = g_strconcat (metric, ".",
        g_value_get_string (gst_value_array_get_value (names, i)), NULL);

    append_cell (fields->text, text);
    append_cell (fields->columns, column);
  }
}

static void
add_all_parts (const CsvFields *fields, const GstStructure *distance,
    const GstStructure *header)
{
  const GValue *value = gst_structure_get_value (distance, "also-taps");
  const GValue *all_names = gst_structure_get_value (header, "also-tap-names");
  const GstStructure *also =
      value != NULL ? gst_value_get_structure (value) : NULL;

  add_parts (fields, gst_structure_get_string (distance, "metric"),
      gst_structure_get_value (distance, "taps"),
      gst_structure_get_value (header, "tap-names"));
  for (gint i = 0;
       also != NULL && all_names != NULL && i < gst_structure_n_fields (also);
       i++) {
    const gchar *field = gst_structure_nth_field_name (also, (guint) i);
    g_autofree gchar *metric = perceptual_log_key (field, TRUE);

    add_parts (fields, metric, gst_structure_get_value (also, field),
        gst_structure_get_value (gst_value_get_structure (all_names), field));
  }
}

/* --- the format ---------------------------------------------------------- */

static void
begin (gpointer state, const GstStructure *header, GString *text)
{
  keep_header (state, header);
  append_comment (text, "header", header);
}

static void
add_pair (gpointer state, const GstStructure *distance, GString *text)
{
  Csv *self = state;
  g_autoptr (GString) cells = g_string_new (NULL);
  g_autoptr (GString) columns = g_string_new (NULL);
  CsvFields fields = { cells, columns, "", FALSE };
  guint place;

  gst_structure_foreach (distance, add_csv_cell, &fields);
  if (find_header (self, distance, &place))
    add_all_parts (&fields, distance, self->headers->pdata[place]);
  /* Those of another stream may be others. */
  if (g_strcmp0 (self->columns, columns->str) != 0) {
    g_free (self->columns);
    self->columns = g_strdup (columns->str);
    g_string_append_printf (text, "%s\n", columns->str);
  }
  g_string_append_printf (text, "%s\n", cells->str);
}

static void
add_alert (gpointer state, const GstStructure *alert, GString *text)
{
  append_comment (text, "alert", alert);
}

static void
add_sync (gpointer state, const GstStructure *sync, GString *text)
{
  append_comment (text, "sync", sync);
}

static void
add_summary (gpointer state, const GstStructure *summary, GString *text)
{
  append_comment (text, "summary", summary);
}

static void
clear (gpointer state)
{
  Csv *self = state;

  g_clear_pointer (&self->columns, g_free);
  g_clear_pointer (&self->headers, g_ptr_array_unref);
}

const PerceptualLogFormat perceptual_log_csv = {
  .name = "csv",
  .blurb = "Comma separated values, comments with #",
  .state_size = sizeof (Csv),
  .begin = begin,
  .pair = add_pair,
  .alert = add_alert,
  .sync = add_sync,
  .summary = add_summary,
  .clear = clear,
};
