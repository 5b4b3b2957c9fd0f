/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What holds for the fields of a structure in every text format.
 */
#include "log/fields.h"

#include <math.h>
#include <string.h>

/* Unknown times and indices are G_MAXUINT64. */
gboolean
perceptual_log_is_unknown (const GValue *value)
{
  if (G_VALUE_HOLDS_UINT64 (value))
    return g_value_get_uint64 (value) > (guint64) G_MAXINT64;
  if (G_VALUE_HOLDS_DOUBLE (value))
    return !isfinite (g_value_get_double (value));
  return G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) == NULL;
}

gchar *
perceptual_log_key (const gchar *name, gboolean verbatim)
{
  const gchar *colon = verbatim ? strchr (name, ':') : NULL;

  if (colon != NULL)
    return g_strdup_printf ("%.*s(%s)", (gint) (colon - name), name, colon + 1);
  return verbatim ? g_strdup (name) : g_strdelimit (g_strdup (name), "-", '_');
}

gboolean
perceptual_log_holds_names (const gchar *name)
{
  return g_str_equal (name, "also") || g_str_equal (name, "also-taps")
      || g_str_equal (name, "options");
}
