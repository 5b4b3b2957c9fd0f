/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What holds for the fields of a structure in every text format.
 */
#include "log/fields.h"
#include "log/hidden.h"

#include "measuring/record.h"

#include <math.h>

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
  return verbatim ? perceptual_column_of_field (name)
                  : g_strdelimit (g_strdup (name), "-", '_');
}

gboolean
perceptual_log_holds_names (const gchar *name)
{
  static const gchar *const fields[] = { "also", "also-taps", "also-tap-names",
    "also-metrics", "options", NULL };

  return g_strv_contains (fields, name);
}

void
perceptual_log_append_printable (GString *to, const gchar *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (perceptual_is_hidden (c))
      perceptual_append_json_number (to, c);
    else
      g_string_append_unichar (to, c);
  }
}
