/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is not printable is told by its number.
 */
#include "console/printable.h"

#include "log/hidden.h"

/* Returns: how many bytes @at begins with that are one character, which goes to
 * @c; 0 where they are not UTF-8. */
static guint
read_character (const gchar *at, gunichar *c)
{
  *c = g_utf8_get_char_validated (at, -1);
  if (*c == (gunichar) -1 || *c == (gunichar) -2)
    return 0;
  return (guint) (g_utf8_next_char (at) - at);
}

static void
append_byte (GString *to, gchar byte)
{
  g_string_append_printf (to, "\\x%02x", (guint) (guchar) byte);
}

static void
append_number (GString *to, gunichar c)
{
  if (c < 0x80)
    append_byte (to, (gchar) c);
  else
    g_string_append_printf (to, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

static gchar *
show (const gchar *text, gboolean lines)
{
  GString *shown;

  if (text == NULL)
    return NULL;
  shown = g_string_new (NULL);
  while (*text != '\0') {
    gunichar c;
    guint size = read_character (text, &c);

    if (size == 0)
      append_byte (shown, *text);
    else if (perceptual_is_hidden (c) && !(lines && c == '\n'))
      append_number (shown, c);
    else
      g_string_append_len (shown, text, size);
    text += MAX (size, 1);
  }
  return g_string_free (shown, FALSE);
}

gchar *
printable_text (const gchar *text)
{
  return show (text, FALSE);
}

gchar *
printable_lines (const gchar *text)
{
  return show (text, TRUE);
}

static gboolean
is_number (const gchar *text)
{
  return text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit (text[2])
      && g_ascii_isxdigit (text[3]);
}

gchar *
printable_exact (const gchar *name)
{
  GString *exact;

  if (name == NULL)
    return NULL;
  exact = g_string_new (NULL);
  while (*name != '\0') {
    gunichar c;
    guint size = read_character (name, &c);

    if (size == 0 || is_number (name))
      append_byte (exact, *name);
    else
      g_string_append_len (exact, name, size);
    name += MAX (size, 1);
  }
  return g_string_free (exact, FALSE);
}

gchar *
printable_json (const gchar *json)
{
  GString *shown = g_string_new (NULL);

  while (*json != '\0') {
    gunichar c;
    guint size = read_character (json, &c);

    if (size > 0 && perceptual_is_hidden (c) && c != '\n')
      perceptual_append_json_number (shown, c);
    else
      g_string_append_len (shown, json, MAX (size, 1));
    json += MAX (size, 1);
  }
  return g_string_free (shown, FALSE);
}
