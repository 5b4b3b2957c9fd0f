/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reports as one HTML file that needs nothing else: charts, tables, pictures
 * and data are in it, and it can be read without scripts.  The same content
 * gives the same bytes.
 *
 * All texts are UTF-8, or are made so, and are shown as they are: nothing in
 * them is taken for HTML, and control characters are shown as symbols.
 */
#ifndef PAGE_H
#define PAGE_H

#include "chart/chart.h"
#include "table/table.h"

G_BEGIN_DECLS

/* Returns: (transfer full): @text as HTML that shows it, in one line: for pages
 * that are not made here. */
gchar *page_escape (const gchar *text);

typedef struct _Page Page;

/* @title: of the window, and the first heading.
 * Returns: (transfer full): a page without content. */
Page *page_new (const gchar *title);
void page_free (Page *self);

/* Each adds something below what is there. */
void page_add_heading (Page *self, const gchar *text);
void page_add_text (Page *self, const gchar *text);

/* A heading of lower rank.  @id: names the place for links: letters, digits and
 * hyphens */
void page_add_subheading (Page *self, const gchar *id, const gchar *text);

/* Links to such places: @n of their @ids, and what is to be read there. */
void page_add_links (Page *self, const gchar *title, const gchar *const *ids,
    const gchar *const *labels, guint n);

/* Text about what only scripts do: without them it is not there. */
void page_add_hint (Page *self, const gchar *text);

/* Names with their values, @n of each: what a run was about. */
void page_add_facts (
    Page *self, const gchar *const *names, const gchar *const *values, guint n);

/* The table as the text format shows it, its notes below it. */
void page_add_table (Page *self, const Table *table);

/**
 * page_add_chart:
 * @id: (nullable): names the chart for scripts, see page_add_json(); letters
 *   and hyphens
 * @chart: see chart_draw()
 * @error: as of chart_draw()
 *
 * Where scripts run, the values at the place that is pointed at or tapped are
 * told below the chart; nothing has to be done for that.  In panels of which
 * all series are @smooth, and of steps, those are the values of all series at
 * that x, of all panels that share the axis; in others the nearest point with
 * its name among ChartSeries.names.  Of bars nothing is told.
 *
 * Returns: FALSE with @error set and nothing added
 */
gboolean page_add_chart (
    Page *self, const gchar *id, const Chart *chart, GError **error);

/**
 * PagePicture:
 * @caption: below the picture
 * @type: of the data: "image/jpeg", "image/png"
 * @data: the file's content
 * @width: in pixels
 * @height: in pixels
 */
typedef struct
{
  const gchar *caption;
  const gchar *type;
  GBytes *data;
  guint width;
  guint height;
} PagePicture;

/* @n pictures of one size side by side, which a press shows one after the
 * other in the same place; @title (nullable) above them. */
void page_add_pictures (
    Page *self, const gchar *title, const PagePicture *pictures, guint n);

/* The same, each of its pixels as large as a pixel of the page, whatever room
 * there is. */
void page_add_exact_pictures (
    Page *self, const gchar *title, const PagePicture *pictures, guint n);

/**
 * page_add_scale:
 * @title: what the colours stand for
 * @colours: @n_colours of them as "#rrggbb", evenly spaced
 * @labels: @n_labels of them, evenly spaced, at least 2
 *
 * The key to the colours of pictures.
 */
void page_add_scale (Page *self, const gchar *title,
    const gchar *const *colours, guint n_colours, const gchar *const *labels,
    guint n_labels);

/* Text as it is, in lines, folded away below @title until it is opened. */
void page_add_details (Page *self, const gchar *title, const gchar *text);

/* Data for scripts and other programs: @json, valid JSON, in a script element
 * of the type application/json with the given @id. */
void page_add_json (Page *self, const gchar *id, const gchar *json);

/* Adds what @other, a page without charts, has below its title: what was known
 * before that which is to stand above it. */
void page_append (Page *self, const Page *other);

/* Returns: (transfer full): the page as it is now. */
gchar *page_format (const Page *self);

/**
 * page_write:
 * @path: where to; a file there is replaced once the new one is whole, and a
 *   symbolic link is followed
 * @size: (out) (optional): bytes written
 * @error: G_FILE_ERROR, naming the file
 *
 * Returns: FALSE with @error set; what was at @path is still there then
 */
gboolean page_write (
    const Page *self, const gchar *path, gsize *size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Page, page_free)

G_END_DECLS

#endif /* PAGE_H */
