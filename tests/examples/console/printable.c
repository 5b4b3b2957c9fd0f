/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What people and programs see of strangers' words.
 */
#include "console/printable.h"

#include <string.h>

#include <json-glib/json-glib.h>

static void
test_what_is_printable_is_left (void)
{
  static const gchar *const texts[] = { "", "a b", "C:\\new\\x1",
    "Gr\303\266"
    "\303\237e",
    "\346\230\240\343\200\200",
    "\331\205\333\214\342\200\214\330"
    "\256",
    "\360\237\221\251\342\200\215\360\237\222\273", "\\x1b\\u202e" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *shown = printable_text (texts[i]);
    g_autofree gchar *lines = printable_lines (texts[i]);

    g_assert_cmpstr (shown, ==, texts[i]);
    g_assert_cmpstr (lines, ==, texts[i]);
  }
  g_assert_null (printable_text (NULL));
  g_assert_null (printable_exact (NULL));
}

static void
test_what_is_not_is_told_by_its_number (void)
{
  static const struct
  {
    const gchar *text, *shown;
  } cases[] = {
    { "\033[2J", "\\x1b[2J" },
    { "a\r\tb\x7f", "a\\x0d\\x09b\\x7f" },
    { "\302\233m", "\\u009bm" },
    { "\342\200\256gpj", "\\u202egpj" },
    { "\342\201\246\342\200\217", "\\u2066\\u200f" },
    { "\342\200\250\357\273\277", "\\u2028\\ufeff" },
    { "\357\277\276\363\240\200\201", "\\ufffe\\U000e0001" },
    { "\356\200\200", "\\ue000" },
    { "\xff\x80\xc3(", "\\xff\\x80\\xc3(" },
    /* Longer than it has to be, half of UTF-16, and cut short. */
    { "\xc0\x9b\xed\xa0\x80\xe2\x80", "\\xc0\\x9b\\xed\\xa0\\x80\\xe2\\x80" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *shown = printable_text (cases[i].text);
    g_autofree gchar *again = printable_text (shown);
    g_autofree gchar *lines = printable_lines (cases[i].text);

    g_assert_cmpstr (shown, ==, cases[i].shown);
    g_assert_cmpstr (again, ==, shown);
    g_assert_cmpstr (lines, ==, shown);
  }
}

static void
test_only_lines_keep_line_feeds (void)
{
  g_autofree gchar *text = printable_text ("a\n\033b\n");
  g_autofree gchar *lines = printable_lines ("a\n\033b\n");

  g_assert_cmpstr (text, ==, "a\\x0a\\x1bb\\x0a");
  g_assert_cmpstr (lines, ==, "a\n\\x1bb\n");
}

/* Every byte of up to three that matter is told from all others. */
static void
test_different_names_stay_different (void)
{
  static const gchar bytes[] = { '\\', 'x', 'f', '5', 'c', '\xff', '\xc3',
    '\xa9', '\n' };
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = 1;

  for (guint length = 0; length < 5; length++, n *= G_N_ELEMENTS (bytes)) {
    for (guint i = 0; i < n; i++) {
      gchar name[6] = "", *exact;

      for (guint at = 0, left = i; at < length; at++) {
        name[at] = bytes[left % G_N_ELEMENTS (bytes)];
        left /= G_N_ELEMENTS (bytes);
      }
      exact = printable_exact (name);
      g_assert_true (g_utf8_validate (exact, -1, NULL));
      if (g_utf8_validate (name, -1, NULL) && strstr (name, "\\x") == NULL)
        g_assert_cmpstr (exact, ==, name);
      g_assert_true (g_hash_table_add (seen, exact));
    }
  }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 1 + 9 + 81 + 729 + 6561);
}

static void
test_json_keeps_its_meaning (void)
{
  static const gchar json[] = "{\n  \"a\\n\\\"\":\"\x7f\302\233\342\200\256"
                              "\363\240\200\201\303\251\"\n}\n";
  g_autofree gchar *shown = printable_json (json);
  g_autoptr (JsonNode) before = json_from_string (json, NULL);
  g_autoptr (JsonNode) after = json_from_string (shown, NULL);

  g_assert_cmpstr (shown, ==,
      "{\n  \"a\\n\\\"\":\"\\u007f\\u009b\\u202e\\udb40\\udc01\303\251\"\n}\n");
  g_assert_true (json_node_equal (before, after));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/printable/left", test_what_is_printable_is_left);
  g_test_add_func (
      "/printable/numbers", test_what_is_not_is_told_by_its_number);
  g_test_add_func ("/printable/lines", test_only_lines_keep_line_feeds);
  g_test_add_func ("/printable/exact", test_different_names_stay_different);
  g_test_add_func ("/printable/json", test_json_keeps_its_meaning);
  return g_test_run ();
}
