/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names under which browsers open a page.
 */
#include "page/report-option.h"

#include "console/program-error.h"

gboolean
page_report_option_check (const gchar *path, GError **error)
{
  if (path == NULL)
    return TRUE;
  if (!g_str_has_suffix (path, ".html"))
    return program_refuse (
        error, "--report %s: the name must end in .html", path);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return program_refuse (
        error, "--report %s: this is a folder; name a file in it", path);
  return TRUE;
}
