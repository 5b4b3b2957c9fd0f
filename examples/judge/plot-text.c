/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text by cairo's own font selection, which needs no further library and is
 * enough for labels in one line.  Knows nothing of charts.
 */
#include "plot-text.h"

#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

/* Half the height of small letters, as a part of the size. */
#define MIDDLE .36

gdouble
judge_text_width (cairo_t *cr, gdouble size, const gchar *text)
{
  cairo_text_extents_t extents;

  cairo_set_font_size (cr, size);
  cairo_text_extents (cr, text, &extents);
  return extents.x_advance;
}

gchar *
judge_text_fit (cairo_t *cr, gdouble size, const gchar *text, gdouble width)
{
  glong n = g_utf8_strlen (text, -1);

  if (judge_text_width (cr, size, text) <= width)
    return g_strdup (text);
  while (--n > 0) {
    g_autofree gchar *start = g_utf8_substring (text, 0, n);
    g_autofree gchar *cut = g_strconcat (g_strchomp (start), ELLIPSIS, NULL);

    if (judge_text_width (cr, size, cut) <= width)
      return g_steal_pointer (&cut);
  }
  return g_strdup (ELLIPSIS);
}

gchar **
judge_text_wrap (cairo_t *cr, gdouble size, const gchar *text, gdouble width)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GPtrArray *lines = g_ptr_array_new ();
  g_autofree gchar *line = NULL;

  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree gchar *longer = line == NULL
        ? g_strdup (words[i])
        : g_strconcat (line, " ", words[i], NULL);

    if (line != NULL && judge_text_width (cr, size, longer) > width) {
      g_ptr_array_add (lines, judge_text_fit (cr, size, line, width));
      g_free (g_steal_pointer (&longer));
      longer = g_strdup (words[i]);
    }
    g_free (line);
    line = g_steal_pointer (&longer);
  }
  if (line != NULL)
    g_ptr_array_add (lines, judge_text_fit (cr, size, line, width));
  g_ptr_array_add (lines, NULL);
  return (gchar **) g_ptr_array_free (lines, FALSE);
}

void
judge_text_draw (cairo_t *cr, gdouble size, const gchar *text, gdouble x,
    gdouble y, gdouble align, gdouble angle)
{
  gdouble width = judge_text_width (cr, size, text);

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, -angle);
  cairo_move_to (cr, -align * width, MIDDLE * size);
  cairo_show_text (cr, text);
  cairo_restore (cr);
}
