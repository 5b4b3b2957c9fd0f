/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The JSON object of a search.
 */
#ifndef TUNE_SEARCH_JSON_H
#define TUNE_SEARCH_JSON_H

#include "tune/commands/search-report.h"

G_BEGIN_DECLS

/* Returns: (transfer full): the object, and a line end. */
gchar *tune_search_write_json (const TuneSearchReport *report);

G_END_DECLS

#endif /* TUNE_SEARCH_JSON_H */
