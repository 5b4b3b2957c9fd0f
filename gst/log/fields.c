/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What holds for the fields of a structure in every text format.
 */
#include "log/fields.h"

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

/* The joiners are parts of words.  The rule is that of the programs
 * (examples/console/printable.c), which the element does not know. */
static gboolean
is_printable (gunichar c)
{
  switch (g_unichar_type (c)) {
    case G_UNICODE_FORMAT:
      return c == 0x200c || c == 0x200d;
    case G_UNICODE_CONTROL:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
  }
}

void
perceptual_log_append_printable (GString *to, const gchar *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (is_printable (c))
      g_string_append_unichar (to, c);
    else if (c < 0x10000)
      g_string_append_printf (to, "\\u%04x", c);
    else
      g_string_append_printf (to, "\\u%04x\\u%04x",
          0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
  }
}
