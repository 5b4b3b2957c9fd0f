/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The option --report FILE.html, which means the same in all programs.
 */
#ifndef PAGE_REPORT_OPTION_H
#define PAGE_REPORT_OPTION_H

#include <glib.h>

G_BEGIN_DECLS

/* @path: (nullable): what was typed.  @error: as of program_refuse().  Returns:
 * whether a page can have that name, or none is wanted. */
gboolean page_report_option_check (const gchar *path, GError **error);

G_END_DECLS

#endif /* PAGE_REPORT_OPTION_H */
