/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON of strangers.
 */
#include "console/program-error.h"
#include "table/json.h"

#include <string.h>

/* @problem: what follows the name of the thing */
static void
refuse (const gchar *text, const gchar *problem)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *words = g_strconcat ("The job ", problem, NULL);

  g_assert_null (table_json_parse (text, strlen (text), "The job", &error));
  g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
  g_assert_true (g_str_has_prefix (error->message, words));
}

static void
test_what_is_no_json_is_refused (void)
{
  refuse ("", "is empty");
  refuse (" ", "is empty");
  refuse ("{", "is not JSON: ");
  refuse ("{\"a\":}", "is not JSON: ");
  refuse ("\xff", "is not UTF-8");
}

/* The parser calls itself for every level, and takes more than JSON. */
static void
test_deep_text_is_refused_however_it_is_hidden (void)
{
  g_autofree gchar *deep = g_strnfill (1000000, '[');
  g_autofree gchar *comment = g_strconcat ("/* \" */", deep, NULL);
  g_autofree gchar *line = g_strconcat ("// \"\n", deep, NULL);
  g_autofree gchar *single = g_strconcat ("['\"',", deep, NULL);
  g_autofree gchar *quoted = g_strconcat ("[\"\\\"\",", deep, NULL);
  g_autofree gchar *closed = g_strconcat ("]]]]]]]]]]", deep, NULL);

  refuse (deep, "is nested too deeply");
  refuse (comment, "is not JSON: ");
  refuse (line, "is not JSON: ");
  refuse (single, "is not JSON: ");
  refuse (quoted, "is nested too deeply");
  refuse (closed, "is nested too deeply");
}

static void
test_what_is_not_deep_is_read (void)
{
  static const gchar text[] =
      "{\"a/'[{\\\"\": [-1.5e+3, true, null, \"]]/*\"]}";
  g_autofree gchar *opening = g_strnfill (64, '[');
  g_autofree gchar *closing = g_strnfill (64, ']');
  g_autofree gchar *nested = g_strconcat (opening, closing, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node =
      table_json_parse (text, strlen (text), "it", &error);
  g_autoptr (JsonNode) deepest =
      table_json_parse (nested, strlen (nested), "it", NULL);
  JsonArray *array;

  g_assert_no_error (error);
  array = json_object_get_array_member (json_node_get_object (node), "a/'[{\"");
  g_assert_cmpuint (json_array_get_length (array), ==, 4);
  g_assert_cmpfloat (json_array_get_double_element (array, 0), ==, -1500);
  g_assert_nonnull (deepest);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/json/what_is_no_json_is_refused", test_what_is_no_json_is_refused);
  g_test_add_func ("/json/deep_text_is_refused_however_it_is_hidden",
      test_deep_text_is_refused_however_it_is_hidden);
  g_test_add_func (
      "/json/what_is_not_deep_is_read", test_what_is_not_deep_is_read);
  return g_test_run ();
}
