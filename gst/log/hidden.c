/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Control characters, marks that turn the direction of writing, and what
 * nobody has assigned.
 */
#include "log/hidden.h"

#define JOINER_NON 0x200c
#define JOINER 0x200d

gboolean
perceptual_is_hidden (gunichar c)
{
  switch (g_unichar_type (c)) {
    case G_UNICODE_FORMAT:
      return c != JOINER_NON && c != JOINER;
    case G_UNICODE_CONTROL:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return FALSE;
  }
}

void
perceptual_append_json_number (GString *to, gunichar c)
{
  if (c < 0x10000)
    g_string_append_printf (to, "\\u%04x", c);
  else
    g_string_append_printf (to, "\\u%04x\\u%04x",
        0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
}
