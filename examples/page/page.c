/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes HTML from texts, tables, charts and pictures, and writes the file.
 */
#include "page/page.h"
#include "page-resources.h"
#include "page/readout.h"

#include "console/output-file.h"
#include "console/printable.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define RESOURCES "/perceptual/page/"

/* What a chart shrinks to on a small screen, as in page.css. */
#define LEAST_WIDTH 760

struct _Page
{
  gchar *title; /* escaped */
  GString *body;
  guint charts; /* that it has */
};

/* --- escaping ------------------------------------------------------------ */

static gchar *
escape (const gchar *text, gboolean lines)
{
  g_autofree gchar *shown =
      lines ? printable_lines (text) : printable_text (text);

  return g_markup_escape_text (shown, -1);
}

gchar *
page_escape (const gchar *text)
{
  return escape (text, FALSE);
}

static void
append_element (GString *to, const gchar *element, const gchar *text)
{
  g_autofree gchar *escaped = escape (text, FALSE);

  g_string_append_printf (to, "<%s>%s</%s>\n", element, escaped, element);
}

/* --- content ------------------------------------------------------------- */

Page *
page_new (const gchar *title)
{
  Page *self = g_new0 (Page, 1);

  self->title = escape (title, FALSE);
  self->body = g_string_new (NULL);
  return self;
}

void
page_free (Page *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_string_free (self->body, TRUE);
  g_free (self);
}

void
page_add_heading (Page *self, const gchar *text)
{
  append_element (self->body, "h2", text);
}

void
page_add_text (Page *self, const gchar *text)
{
  append_element (self->body, "p", text);
}

void
page_add_subheading (Page *self, const gchar *id, const gchar *text)
{
  g_autofree gchar *escaped = escape (text, FALSE);

  g_string_append_printf (self->body, "<h3 id=\"%s\">%s</h3>\n", id, escaped);
}

void
page_add_links (Page *self, const gchar *title, const gchar *const *ids,
    const gchar *const *labels, guint n)
{
  g_autofree gchar *escaped = escape (title, FALSE);

  g_string_append_printf (self->body, "<p class=\"links\">%s", escaped);
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *label = escape (labels[i], FALSE);

    g_string_append_printf (
        self->body, " <a href=\"#%s\">%s</a>", ids[i], label);
  }
  g_string_append (self->body, "</p>\n");
}

void
page_add_hint (Page *self, const gchar *text)
{
  g_autofree gchar *escaped = escape (text, FALSE);

  g_string_append_printf (
      self->body, "<p class=\"hint\" hidden>%s</p>\n", escaped);
}

void
page_add_facts (
    Page *self, const gchar *const *names, const gchar *const *values, guint n)
{
  g_string_append (self->body, "<dl>\n");
  for (guint i = 0; i < n; i++) {
    append_element (self->body, "dt", names[i]);
    append_element (self->body, "dd", values[i]);
  }
  g_string_append (self->body, "</dl>\n");
}

void
page_add_table (Page *self, const Table *table)
{
  const GPtrArray *notes = table_get_notes (table);

  g_string_append (self->body, "<div class=\"wide\">");
  table_append_html (table, self->body);
  g_string_append (self->body, "</div>\n");
  for (guint i = 0; i < notes->len; i++)
    page_add_text (self, notes->pdata[i]);
}

/* Returns: (transfer full): @svg with names of its parts that no other chart
 * of the page has: cairo counts glyphs and clips anew in each chart, and
 * surfaces for as long as the process runs. */
static gchar *
rename_parts (const gchar *svg, guint chart)
{
  g_autoptr (GRegex) counted = g_regex_new ("\"surface[0-9]+\"", 0, 0, NULL);
  g_autoptr (GRegex) names =
      g_regex_new ("( id=\"|xlink:href=\"#|url\\(#)", 0, 0, NULL);
  g_autofree gchar *prefixed = g_strdup_printf ("\\1c%u-", chart);
  g_autofree gchar *uncounted =
      g_regex_replace_literal (counted, svg, -1, 0, "\"surface\"", 0, NULL);

  return g_regex_replace (names, uncounted, -1, 0, prefixed, 0, NULL);
}

/* Valid JSON has "<" only in strings. */
static void
append_json (
    GString *to, const gchar *attribute, const gchar *value, const gchar *json)
{
  g_string_append_printf (
      to, "<script type=\"application/json\" %s=\"%s\">", attribute, value);
  for (; *json != '\0'; json++) {
    if (*json == '<')
      g_string_append (to, "\\u003c");
    else
      g_string_append_c (to, *json);
  }
  g_string_append (to, "</script>\n");
}

/* Whether @svg would be blown up to that. */
static gboolean
is_narrow (const gchar *svg)
{
  const gchar *width = strstr (svg, " width=\"");

  return width != NULL
      && g_ascii_strtod (width + strlen (" width=\""), NULL) < LEAST_WIDTH;
}

gboolean
page_add_chart (Page *self, const gchar *id, const Chart *chart, GError **error)
{
  g_autofree ChartPlace *places = g_new (ChartPlace, MAX (chart->n_panels, 1));
  g_autoptr (GBytes) file =
      chart_draw_placed (chart, CHART_FORMAT_SVG, places, error);
  g_autofree gchar *text = NULL, *svg = NULL, *readout = NULL;
  gsize size;
  gconstpointer data;

  if (file == NULL)
    return FALSE;
  data = g_bytes_get_data (file, &size);
  text = g_strndup (data, size);
  /* HTML must not contain the declaration of XML. */
  svg = rename_parts (strstr (text, "<svg"), ++self->charts);
  g_string_append_printf (
      self->body, "<div class=\"chart%s\"", is_narrow (svg) ? " narrow" : "");
  if (id != NULL)
    g_string_append_printf (self->body, " id=\"%s\"", id);
  g_string_append_printf (self->body, ">\n%s", svg);
  readout = page_readout (chart, places);
  if (readout != NULL)
    append_json (self->body, "class", "readout", readout);
  g_string_append (self->body, "</div>\n");
  return TRUE;
}

static void
append_picture (GString *to, const PagePicture *picture)
{
  g_autofree gchar *caption = escape (picture->caption, FALSE);
  gsize size;
  const guchar *data = g_bytes_get_data (picture->data, &size);
  g_autofree gchar *encoded = g_base64_encode (data, size);

  g_string_append_printf (to,
      "<figure><img alt=\"%s\" width=\"%u\" height=\"%u\" "
      "src=\"data:%s;base64,%s\">\n<figcaption>%s</figcaption></figure>\n",
      caption, picture->width, picture->height, picture->type, encoded,
      caption);
}

static void
add_pictures (Page *self, const gchar *title, const gchar *style,
    const PagePicture *pictures, guint n)
{
  if (title != NULL)
    append_element (self->body, "h3", title);
  g_string_append_printf (self->body, "<div class=\"%s\">\n", style);
  for (guint i = 0; i < n; i++)
    append_picture (self->body, &pictures[i]);
  g_string_append (self->body, "</div>\n");
}

void
page_add_pictures (
    Page *self, const gchar *title, const PagePicture *pictures, guint n)
{
  add_pictures (self, title, "pictures", pictures, n);
}

void
page_add_exact_pictures (
    Page *self, const gchar *title, const PagePicture *pictures, guint n)
{
  add_pictures (self, title, "pictures exact", pictures, n);
}

void
page_add_scale (Page *self, const gchar *title, const gchar *const *colours,
    guint n_colours, const gchar *const *labels, guint n_labels)
{
  g_string_append (self->body, "<div class=\"scale\">");
  append_element (self->body, "p", title);
  g_string_append (
      self->body, "<div style=\"background: linear-gradient(to right");
  for (guint i = 0; i < n_colours; i++)
    g_string_append_printf (self->body, ", %s", colours[i]);
  g_string_append (self->body, ")\"></div><div class=\"labels\">");
  for (guint i = 0; i < n_labels; i++)
    append_element (self->body, "span", labels[i]);
  g_string_append (self->body, "</div></div>\n");
}

void
page_add_details (Page *self, const gchar *title, const gchar *text)
{
  g_autofree gchar *escaped = escape (text, TRUE);

  g_string_append (self->body, "<details>");
  append_element (self->body, "summary", title);
  g_string_append_printf (self->body, "<pre>%s</pre></details>\n", escaped);
}

void
page_add_json (Page *self, const gchar *id, const gchar *json)
{
  append_json (self->body, "id", id, json);
}

void
page_append (Page *self, const Page *other)
{
  /* Parts of charts have names by the page that they were added to. */
  g_return_if_fail (other->charts == 0);

  g_string_append_len (self->body, other->body->str, (gssize) other->body->len);
}

/* --- the page ------------------------------------------------------------ */

static gchar *
load (const gchar *name)
{
  g_autofree gchar *path = g_strconcat (RESOURCES, name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (
      page_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize size;
  const gchar *data = g_bytes_get_data (bytes, &size);

  return g_strndup (data, size);
}

/* Returns: (transfer full): the name of @script in a policy, by which no other
 * one may run. */
static gchar *
hash_of (const gchar *script)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autofree gchar *encoded = NULL;

  g_checksum_update (checksum, (const guchar *) script, -1);
  g_checksum_get_digest (checksum, digest, &size);
  encoded = g_base64_encode (digest, size);
  return g_strconcat ("'sha256-", encoded, "'", NULL);
}

gchar *
page_format (const Page *self)
{
  g_autofree gchar *style = load ("page.css");
  g_autofree gchar *script = load ("page.js");
  g_autofree gchar *hash = hash_of (script);

  /* Charts have their styles in attributes, so those are allowed. */
  return g_strconcat ("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                      "<meta charset=\"utf-8\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" "
                      "content=\"default-src 'none'; img-src data:; "
                      "style-src 'unsafe-inline'; script-src ",
      hash,
      "\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
      self->title, "</title>\n<style>\n", style,
      "</style>\n</head>\n<body>\n<h1>", self->title, "</h1>\n",
      self->body->str, "<script>", script, "</script>\n</body>\n</html>\n",
      NULL);
}

static gboolean
fail (const gchar *path, gint reason, GError **error)
{
  g_autofree gchar *name = printable_text (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (reason),
      "%s: the report cannot be written: %s", name, g_strerror (reason));
  return FALSE;
}

gboolean
page_write (const Page *self, const gchar *path, gsize *size, GError **error)
{
  g_autofree gchar *text = page_format (self);
  gsize length = strlen (text);
  gint reason = output_file_put (path, text, length);

  if (reason != 0)
    return fail (path, reason, error);
  if (size != NULL)
    *size = length;
  return TRUE;
}
