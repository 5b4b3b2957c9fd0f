/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The charts of the page.
 */
#ifndef COMPARE_REPORT_CHARTS_H
#define COMPARE_REPORT_CHARTS_H

#include "compare/report/page.h"

#include "page/page.h"

G_BEGIN_DECLS

/* @names: of the distorted files, for legends.  Each adds a heading and a
 * chart where there is something to show; error: as of page_add_chart(). */

/* Distances over time, with moments, alerts and lost frames; bytes below. */
gboolean compare_charts_add_time (Page *page, const CompareContent *content,
    const gchar *const *names, GError **error);

/* The first of these charts alone, written to @path, which ends in .png or
 * .svg.  @error: as of chart_write() */
gboolean compare_charts_write_time (
    const CompareContent *content, const gchar *path, GError **error);

/* How many pairs have which distance. */
gboolean compare_charts_add_distribution (Page *page,
    const CompareContent *content, const gchar *const *names, GError **error);

/* Which part of the distance comes from which level or tap. */
gboolean compare_charts_add_shares (Page *page, const CompareContent *content,
    const gchar *const *names, GError **error);

G_END_DECLS

#endif /* COMPARE_REPORT_CHARTS_H */
