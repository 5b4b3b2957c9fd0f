/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames a second, as people type them.
 */
#include "measure/reader/rate.h"

#include <gst/gst.h>
#include <math.h>
#include <string.h>

/* Frames a second that nobody means. */
#define MOST 1000000

gboolean
measure_rate_parse (const gchar *text, gint *n, gint *d)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", -1);
  guint64 first = 0, second = 1;
  gchar *end = NULL;
  gdouble rate, whole;

  if (parts[0] != NULL && g_strv_length (parts) <= 2
      && g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXINT, &first, NULL)
      && (parts[1] == NULL
          || g_ascii_string_to_unsigned (
              parts[1], 10, 1, G_MAXINT, &second, NULL))) {
    *n = (gint) first;
    *d = (gint) second;
    return first <= MOST * second;
  }
  rate = g_ascii_strtod (text, &end);
  if (!g_ascii_isdigit (*text) || *end != '\0' || !(rate > 0 && rate <= MOST)
      || strpbrk (text, "xXeE") != NULL)
    return FALSE;
  whole = round (rate * 1.001);
  if (rate != round (rate) && fabs (whole / 1.001 - rate) < .002) {
    *n = (gint) whole * 1000;
    *d = 1001;
  } else {
    gst_util_double_to_fraction (rate, n, d);
  }
  return *n > 0;
}
