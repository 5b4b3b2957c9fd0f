/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The legend: labels, the numbers that choose their signs, rows of both.
 */
#include "chart/legend.h"

#include "chart/overlay.h"
#include "chart/sign.h"
#include "chart/text.h"

#include <string.h>

#define SIGN 28.
#define BETWEEN 18.

/* Kinds of labels, in the order of the legend. */
typedef enum
{
  SERIES,
  SPANS,
  LEVELS,
  MARKS,
  N_CLASSES,
} Class;

/* What a label looks like in the legend: @kind and @series are of a series. */
typedef struct
{
  const gchar *label;
  ChartKind kind;
  const ChartSeries *series;
  gboolean numbered;
} Entry;

struct _ChartLegend
{
  GArray *entries[N_CLASSES]; /* of Entry; an index is a style */
};

static guint
find_entry (const GArray *entries, const gchar *label)
{
  for (guint i = 0; i < entries->len; i++) {
    if (strcmp (g_array_index (entries, Entry, i).label, label) == 0)
      return i;
  }
  return entries->len;
}

static void
add_entry (ChartLegend *self, Class class, Entry entry)
{
  GArray *entries = self->entries[class];

  if (entry.label != NULL && find_entry (entries, entry.label) == entries->len)
    g_array_append_val (entries, entry);
}

static void
collect (ChartLegend *self, const ChartPanel *panel)
{
  for (guint i = 0; i < panel->n_series; i++)
    add_entry (self, SERIES,
        (Entry){ .label = panel->series[i].label,
            .kind = panel->kind,
            .series = &panel->series[i] });
  for (guint i = 0; i < panel->n_spans; i++)
    add_entry (self, SPANS, (Entry){ .label = panel->spans[i].label });
  for (guint i = 0; i < panel->n_levels; i++)
    add_entry (self, LEVELS, (Entry){ .label = panel->levels[i].label });
  for (guint i = 0; i < panel->n_marks; i++)
    add_entry (self, MARKS,
        (Entry){ .label = panel->marks[i].label,
            .numbered = panel->marks[i].number > 0 });
}

ChartLegend *
chart_legend_new (const Chart *plot)
{
  ChartLegend *self = g_new0 (ChartLegend, 1);

  for (guint i = 0; i < N_CLASSES; i++)
    self->entries[i] = g_array_new (FALSE, FALSE, sizeof (Entry));
  for (guint i = 0; i < plot->n_panels; i++)
    collect (self, &plot->panels[i]);
  return self;
}

void
chart_legend_free (ChartLegend *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_CLASSES; i++)
    g_array_unref (self->entries[i]);
  g_free (self);
}

guint
chart_legend_count (const ChartLegend *self)
{
  guint n = 0;

  for (guint i = 0; i < N_CLASSES; i++)
    n += self->entries[i]->len;
  return n;
}

/* Finds the @i-th entry.  Returns: its number among those of its @class. */
static guint
locate (const ChartLegend *self, guint i, guint *class)
{
  for (*class = 0; i >= self->entries[*class]->len; (*class)++)
    i -= self->entries[*class]->len;
  return i;
}

const gchar *
chart_legend_label (const ChartLegend *self, guint i)
{
  guint class, style = locate (self, i, &class);

  return g_array_index (self->entries[class], Entry, style).label;
}

/* The style of @label, or of the one before, @i > 0, where it has none. */
static void
set_style (const GArray *entries, const gchar *label, guint *styles, guint i)
{
  if (label != NULL)
    styles[i] = find_entry (entries, label);
  else
    styles[i] = i > 0 ? styles[i - 1] : 0;
}

void
chart_legend_find_styles (
    const ChartLegend *self, const ChartPanel *panel, ChartStyles *styles)
{
  styles->series = g_new0 (guint, MAX (panel->n_series, 1));
  styles->spans = g_new0 (guint, MAX (panel->n_spans, 1));
  styles->levels = g_new0 (guint, MAX (panel->n_levels, 1));
  for (guint i = 0; i < panel->n_series; i++)
    set_style (
        self->entries[SERIES], panel->series[i].label, styles->series, i);
  for (guint i = 0; i < panel->n_spans; i++)
    set_style (self->entries[SPANS], panel->spans[i].label, styles->spans, i);
  for (guint i = 0; i < panel->n_levels; i++)
    set_style (
        self->entries[LEVELS], panel->levels[i].label, styles->levels, i);
}

void
chart_styles_clear (ChartStyles *styles)
{
  g_free (styles->series);
  g_free (styles->spans);
  g_free (styles->levels);
}

static void
draw_sign (const ChartLegend *self, cairo_t *cr, guint i, gdouble x, gdouble y)
{
  guint class, style = locate (self, i, &class);
  const Entry *entry = &g_array_index (self->entries[class], Entry, style);

  if (class == SERIES)
    chart_sign_draw (cr, entry->kind, entry->series, style, x, y);
  else if (class == MARKS)
    chart_overlay_draw_mark (cr, entry->numbered ? 1 : 0, x, y);
  else if (class == SPANS)
    chart_overlay_draw_span (cr, style, (ChartBox){ x - 11, y - 6, 22, 12 });
  else
    chart_overlay_draw_level (cr, style, x - 11, x + 11, y);
}

gdouble
chart_legend_walk (const ChartLegend *self, cairo_t *cr, gdouble left,
    gdouble top, gdouble room, gboolean draw)
{
  guint n = chart_legend_count (self);
  gdouble line = CHART_TEXT_NORMAL * 1.6;
  gdouble x = left, y = top + line / 2;

  if (n == self->entries[SERIES]->len && n < 2)
    return 0;
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *label = chart_text_fit (
        cr, CHART_TEXT_NORMAL, chart_legend_label (self, i), room - SIGN);
    gdouble width = SIGN + chart_text_width (cr, CHART_TEXT_NORMAL, label);

    if (x > left && x + width > left + room) {
      x = left;
      y += line;
    }
    if (draw) {
      draw_sign (self, cr, i, x + SIGN / 2 - 2, y);
      cairo_set_source_rgb (cr, CHART_INK, CHART_INK, CHART_INK);
      chart_text_draw (cr, CHART_TEXT_NORMAL, label, x + SIGN, y, 0, 0);
    }
    x += width + BETWEEN;
  }
  return y + line / 2 - top;
}
