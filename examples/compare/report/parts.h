/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of the page that are no charts.
 */
#ifndef COMPARE_REPORT_PARTS_H
#define COMPARE_REPORT_PARTS_H

#include "compare/report/page.h"

#include "page/page.h"

G_BEGIN_DECLS

/* Whether images are compared: one pair of each file. */
gboolean compare_page_has_images (const CompareContent *content);

/* Which files were compared, by what. */
void compare_page_add_files (Page *page, const CompareContent *content);

/* A row of numbers for each file, and what was said while measuring. */
void compare_page_add_summary (Page *page, const CompareContent *content);

/* Makes the pictures of @moment. */
void compare_page_show_moment (
    const CompareContent *content, CompareMoment *moment);

/* Links to the moments. */
void compare_page_add_links (Page *page, const CompareContent *content);

/* The moments, which were shown before.  @names: of the distorted files */
void compare_page_add_moments (
    Page *page, const CompareContent *content, const gchar *const *names);

/* By which program, options, weights and colours; the log's headers. */
void compare_page_add_methods (
    Page *page, const CompareContent *content, const gchar *const *names);

G_END_DECLS

#endif /* COMPARE_REPORT_PARTS_H */
