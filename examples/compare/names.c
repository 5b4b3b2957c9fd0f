/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Short names of files, where there is little room.
 */
#include "compare/report/report.h"

static gboolean
is_unique (GStrv names, guint which)
{
  for (guint i = 0; names[i] != NULL; i++) {
    if (i != which && g_str_equal (names[i], names[which]))
      return FALSE;
  }
  return TRUE;
}

GStrv
compare_name_files (const GPtrArray *results)
{
  g_auto (GStrv) bare = g_new0 (gchar *, results->len + 1);
  GStrv names = g_new0 (gchar *, results->len + 1);

  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    bare[i] = g_path_get_basename (result->distorted->label);
  }
  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    names[i] =
        g_strdup (is_unique (bare, i) ? bare[i] : result->distorted->label);
  }
  return names;
}
