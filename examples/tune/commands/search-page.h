/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The page of a search, for browsers.
 */
#ifndef TUNE_SEARCH_PAGE_H
#define TUNE_SEARCH_PAGE_H

#include "tune/commands/search-report.h"

G_BEGIN_DECLS

/**
 * tune_search_write_page:
 * @path: where to
 * @answer: the result in a sentence
 * @size: (out): bytes written
 * @error: G_FILE_ERROR, or of the chart
 *
 * Returns: FALSE with @error set
 */
gboolean tune_search_write_page (const TuneSearchReport *report,
    const gchar *path, const gchar *answer, gsize *size, GError **error);

G_END_DECLS

#endif /* TUNE_SEARCH_PAGE_H */
