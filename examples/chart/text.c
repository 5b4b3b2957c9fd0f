/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text by cairo's own font selection, which needs no further library and is
 * enough for labels of one line.
 */
#include "chart/text.h"

#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

/* Half the height of small letters, as a part of the size. */
#define MIDDLE .36

gdouble
chart_text_width (cairo_t *cr, gdouble size, const gchar *text)
{
  cairo_text_extents_t extents;

  cairo_set_font_size (cr, size);
  cairo_text_extents (cr, text, &extents);
  return extents.x_advance;
}

static gchar *
fit (cairo_t *cr, gdouble size, const gchar *text, gdouble width,
    gboolean keep_end)
{
  glong all = g_utf8_strlen (text, -1);

  if (chart_text_width (cr, size, text) <= width)
    return g_strdup (text);
  for (glong n = all - 1; n > 0; n--) {
    glong first = keep_end ? all - n : 0;
    g_autofree gchar *part = g_utf8_substring (text, first, first + n);
    g_autofree gchar *cut = g_strconcat (keep_end ? ELLIPSIS : "",
        g_strstrip (part), keep_end ? "" : ELLIPSIS, NULL);

    if (chart_text_width (cr, size, cut) <= width)
      return g_steal_pointer (&cut);
  }
  return g_strdup (ELLIPSIS);
}

gchar *
chart_text_fit (cairo_t *cr, gdouble size, const gchar *text, gdouble width)
{
  return fit (cr, size, text, width, FALSE);
}

gchar *
chart_text_fit_end (cairo_t *cr, gdouble size, const gchar *text, gdouble width)
{
  return fit (cr, size, text, width, TRUE);
}

/* Returns: the length of the folder's name that @path begins with, including
 * the slash after it; a slash at the end of @path does not count. */
static gsize
folder_length (const gchar *path)
{
  gsize n = strlen (path);

  while (n > 0 && path[n - 1] == '/')
    n--;
  while (n > 0 && path[n - 1] != '/')
    n--;
  return n;
}

/* Returns: the length of the folder that all @labels with a folder share. */
static gsize
shared_length (const gchar *const *labels, guint n)
{
  const gchar *first = NULL;
  gsize length = 0;

  for (guint i = 0; i < n; i++) {
    gsize folder = folder_length (labels[i]), same = 0;

    if (folder == 0)
      continue;
    if (first == NULL) {
      first = labels[i];
      length = folder;
    }
    while (same < MIN (folder, length) && labels[i][same] == first[same])
      same++;
    while (same > 0 && first[same - 1] != '/')
      same--;
    length = same;
  }
  return length;
}

gchar **
chart_text_drop_folder (const gchar *const *labels, guint n)
{
  gsize length = shared_length (labels, n);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gchar **shorter = g_new0 (gchar *, n + 1);

  for (guint i = 0; i < n; i++) {
    const gchar *label =
        labels[i] + (folder_length (labels[i]) > 0 ? length : 0);

    if (!g_hash_table_add (seen, (gpointer) label))
      length = 0;
  }
  for (guint i = 0; i < n; i++)
    shorter[i] =
        g_strdup (labels[i] + (folder_length (labels[i]) > 0 ? length : 0));
  return shorter;
}

gchar **
chart_text_wrap (cairo_t *cr, gdouble size, const gchar *text, gdouble width)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GPtrArray *lines = g_ptr_array_new ();
  g_autofree gchar *line = NULL;

  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree gchar *longer = line == NULL
        ? g_strdup (words[i])
        : g_strconcat (line, " ", words[i], NULL);

    if (line != NULL && chart_text_width (cr, size, longer) > width) {
      g_ptr_array_add (lines, chart_text_fit (cr, size, line, width));
      g_free (g_steal_pointer (&longer));
      longer = g_strdup (words[i]);
    }
    g_free (line);
    line = g_steal_pointer (&longer);
  }
  if (line != NULL)
    g_ptr_array_add (lines, chart_text_fit (cr, size, line, width));
  g_ptr_array_add (lines, NULL);
  return (gchar **) g_ptr_array_free (lines, FALSE);
}

void
chart_text_draw (cairo_t *cr, gdouble size, const gchar *text, gdouble x,
    gdouble y, gdouble align, gdouble angle)
{
  gdouble width = chart_text_width (cr, size, text);

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, -angle);
  cairo_move_to (cr, -align * width, MIDDLE * size);
  cairo_show_text (cr, text);
  cairo_restore (cr);
}
