/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The page: what was compared, the numbers, charts, the worst moments, how it
 * was measured.  The data of it are in it too, for programs and for its script.
 */
#include "compare/report/page.h"

#include "compare/report/charts.h"
#include "compare/report/data.h"
#include "compare/report/parts.h"
#include "console/printable.h"

static gboolean
is_similarity (const CompareContent *content)
{
  return compare_is_similarity (content->options->metric);
}

/* --- the whole ----------------------------------------------------------- */

static gchar *
make_title (const CompareContent *content, GStrv names)
{
  const MeasureInput *reference = content->inputs->pdata[0];
  g_autofree gchar *name = g_path_get_basename (reference->label);

  return content->results->len == 1
      ? g_strdup_printf ("%s compared with %s", names[0], name)
      : g_strdup_printf (
          "%u files compared with %s", content->results->len, name);
}

typedef struct
{
  const CompareContent *content;
  Page *page;
  GStrv names;
} Writer;

static gboolean
fill (Writer *self, GError **error)
{
  const CompareContent *content = self->content;
  const gchar *const *names = (const gchar *const *) self->names;
  g_autofree gchar *data = NULL;

  compare_page_add_files (self->page, content);
  compare_page_add_summary (self->page, content);
  if (!compare_page_has_images (content)) {
    if (!compare_charts_add_time (self->page, content, names, error))
      return FALSE;
    compare_page_add_links (self->page, content);
  }
  compare_page_add_moments (self->page, content, names);
  if (!compare_page_has_images (content)
      && !compare_charts_add_distribution (self->page, content, names, error))
    return FALSE;
  if (!compare_charts_add_shares (self->page, content, names, error))
    return FALSE;
  compare_page_add_methods (self->page, content, names);
  data = compare_report_data (content, names);
  page_add_json (self->page, "report", data);
  return TRUE;
}

static gchar *
describe_page (const CompareContent *content, gsize size)
{
  guint n = content->moments->len, bare = 0;
  g_autofree gchar *name = printable_text (content->options->report);
  g_autofree gchar *rest = NULL;

  for (guint i = 0; i < n; i++) {
    if (g_array_index (content->moments, CompareMoment, i).shown->problem
        != NULL)
      bare++;
  }
  rest = bare > 0 ? g_strdup_printf (", %u without pictures", bare)
                  : g_strdup ("");
  return g_strdup_printf ("%-10s  %s (%.1f MB, %u moment%s%s)\n", "report",
      name, (gdouble) size / 1e6, n, n == 1 ? "" : "s", rest);
}

static gchar *
write_content (const CompareContent *content, GError **error)
{
  g_auto (GStrv) names = compare_name_files (content->results);
  g_autofree gchar *title = make_title (content, names);
  g_autoptr (Page) page = page_new (title);
  Writer self = { .content = content, .page = page, .names = names };
  gsize size = 0;

  if (!fill (&self, error)
      || !page_write (page, content->options->report, &size, error))
    return NULL;
  return describe_page (content, size);
}

gchar *
compare_report_page_write (const CompareContent *content, GError **error)
{
  const CompareOptions *options = content->options;
  g_autoptr (GArray) moments =
      compare_moments_choose (content->course->distorted,
          is_similarity (content), options->report_moments);
  CompareContent whole = *content;

  for (guint i = 0; i < moments->len; i++)
    compare_page_show_moment (
        content, &g_array_index (moments, CompareMoment, i));
  whole.moments = moments;
  return write_content (&whole, error);
}
