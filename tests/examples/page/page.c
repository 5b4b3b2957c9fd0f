/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pages: what hostile texts become, and what happens to files.
 */
#include "page/page.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const TableColumn columns[] = {
  { "file", TABLE_CELL_TEXT, 0 },
  { "mean", TABLE_CELL_NUMBER, 3 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

static guint
count (const gchar *text, const gchar *word)
{
  guint n = 0;

  for (; (text = strstr (text, word)) != NULL; text += strlen (word))
    n++;
  return n;
}

/* With everything in it, by the name of @name. */
static Page *
make_page (const gchar *name)
{
  static const gdouble x[] = { 0, 1, 2 }, y[] = { 1, 3, 2 };
  const gchar *const facts[] = { name };
  static const gchar *const colours[] = { "#000000", "#ffffff" };
  const ChartSeries series = { .label = name, .x = x, .y = y, .n = 3 };
  const ChartPanel panel = {
    .kind = CHART_LINES, .title = name, .series = &series, .n_series = 1
  };
  const Chart chart = { .title = name, .panels = &panel, .n_panels = 1 };
  g_autoptr (GBytes) data = g_bytes_new_static ("abc", 3);
  const PagePicture picture = { name, "image/png", data, 3, 2 };
  g_autoptr (Table) table = table_new (columns);
  Page *page = page_new (name);

  table_add_row (table);
  table_text (table, "file", name);
  table_number (table, "mean", .25);
  table_note (table, "%s", name);
  page_add_heading (page, name);
  page_add_text (page, name);
  page_add_facts (page, facts, facts, 1);
  page_add_table (page, table);
  g_assert_true (page_add_chart (page, "time", &chart, NULL));
  page_add_pictures (page, name, &picture, 1);
  page_add_exact_pictures (page, NULL, &picture, 1);
  page_add_subheading (page, "here", name);
  page_add_hint (page, name);
  page_add_links (page, name, (const gchar *const[]){ "here" },
      (const gchar *const[]){ name }, 1);
  page_add_scale (
      page, name, colours, 2, (const gchar *const[]){ name, name }, 2);
  page_add_details (page, name, name);
  return page;
}

static void
test_texts_are_never_html (void)
{
  static const gchar *const names[] = { "<b>&\"'</b>", "</script><script>",
    "--></style>", "\"onload=\"alert(1)" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (Page) plain = make_page ("name");
    g_autoptr (Page) hostile = make_page (names[i]);
    g_autofree gchar *expected = page_format (plain);
    g_autofree gchar *text = page_format (hostile);

    g_assert_null (strstr (text, names[i]));
    /* Not one more element, attribute or comment than with a good name. */
    g_assert_cmpuint (count (text, "<b"), ==, count (expected, "<b"));
    g_assert_cmpuint (count (text, "<script"), ==, count (expected, "<script"));
    g_assert_cmpuint (
        count (text, "</script"), ==, count (expected, "</script"));
    g_assert_cmpuint (count (text, "\"onload"), ==, 0);
  }
}

static void
test_control_characters_become_visible (void)
{
  g_autoptr (Page) page = page_new ("a\033[31m\nb\x7f");
  g_autofree gchar *text = NULL;

  page_add_text (page, "turned \342\200\256 writing, \xff");
  page_add_details (page, "lines", "one\ntwo\rthree");
  text = page_format (page);
  g_assert_nonnull (strstr (text, "<h1>a\\x1b[31m\\x0ab\\x7f</h1>"));
  g_assert_null (strstr (text, "\033"));
  g_assert_null (strstr (text, "\342\200\256"));
  g_assert_nonnull (strstr (text, "turned \\u202e writing, \\xff"));
  g_assert_nonnull (strstr (text, "<pre>one\ntwo\\x0dthree</pre>"));
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
test_data_cannot_end_its_element (void)
{
  g_autoptr (Page) page = page_new ("t");
  g_autofree gchar *text = NULL;

  page_add_json (page, "data", "{\"name\":\"</script><!--\"}");
  text = page_format (page);
  g_assert_nonnull (strstr (text,
      "<script type=\"application/json\" id=\"data\">"
      "{\"name\":\"\\u003c/script>\\u003c!--\"}</script>"));
}

/* The policy allows the one script that the page has, and no address. */
static void
test_policy_allows_the_own_script_alone (void)
{
  g_autoptr (Page) page = make_page ("name");
  g_autofree gchar *text = page_format (page);
  const gchar *script = strstr (text, "<script>") + strlen ("<script>");
  gsize length = (gsize) (strstr (script, "</script>") - script);
  g_autofree gchar *hex = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guchar *) script, length);
  g_autofree guchar *digest = g_malloc (32);
  g_autofree gchar *encoded = NULL, *policy = NULL;

  for (guint i = 0; i < 32; i++)
    digest[i] = (guchar) (g_ascii_xdigit_value (hex[2 * i]) * 16
        + g_ascii_xdigit_value (hex[2 * i + 1]));
  encoded = g_base64_encode (digest, 32);
  policy = g_strdup_printf ("default-src 'none'; img-src data:; style-src "
                            "'unsafe-inline'; script-src 'sha256-%s'\"",
      encoded);
  g_assert_nonnull (strstr (text, policy));
  g_assert_cmpuint (count (text, "src=\"http"), ==, 0);
  g_assert_cmpuint (count (text, "href="), ==, count (text, "href=\"#"));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(gchar *const *) a, *(gchar *const *) b);
}

/* Two charts on a page would otherwise draw each other's letters. */
static void
test_parts_of_charts_have_names_of_their_own (void)
{
  static const gdouble x[] = { 0, 1 };
  const ChartSeries series = { .label = "a", .x = x, .y = x, .n = 2 };
  const ChartPanel panel = {
    .kind = CHART_LINES, .series = &series, .n_series = 1
  };
  const Chart one = { .title = "abc", .panels = &panel, .n_panels = 1 };
  const Chart other = { .title = "xyz", .panels = &panel, .n_panels = 1 };
  g_autoptr (Page) page = page_new ("t");
  g_autofree gchar *text = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint used = 0;

  g_assert_true (page_add_chart (page, "one", &one, NULL));
  g_assert_true (page_add_chart (page, "other", &other, NULL));
  text = page_format (page);
  for (const gchar *at = text; (at = strstr (at, " id=\"")) != NULL;) {
    const gchar *end = strchr (at += strlen (" id=\""), '"');

    g_ptr_array_add (names, g_strndup (at, (gsize) (end - at)));
  }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree gchar *link =
        g_strdup_printf ("xlink:href=\"#%s\"", (gchar *) names->pdata[i]);

    if (i > 0)
      g_assert_cmpstr (names->pdata[i], !=, names->pdata[i - 1]);
    used += count (text, link);
  }
  g_assert_cmpuint (used, >, 20);
  g_assert_cmpuint (used, ==, count (text, "xlink:href="));
}

static void
assert_same (const gchar *one, const gchar *other)
{
  gsize at = 0;

  while (one[at] != '\0' && one[at] == other[at])
    at++;
  if (one[at] != other[at])
    g_error ("they differ from \"%.40s\" on", one + at);
}

static void
test_a_narrow_chart_is_not_blown_up (void)
{
  static const gdouble x[] = { 0, 1 };
  const ChartSeries series = { .label = "a", .x = x, .y = x, .n = 2 };
  const ChartPanel panel = {
    .kind = CHART_LINES, .series = &series, .n_series = 1
  };

  for (guint width = 500; width <= 1000; width += 500) {
    const Chart chart = { .panels = &panel, .n_panels = 1, .width = width };
    g_autoptr (Page) page = page_new ("t");
    g_autofree gchar *text = NULL;

    g_assert_true (page_add_chart (page, "one", &chart, NULL));
    text = page_format (page);
    g_assert_cmpint (
        strstr (text, "<div class=\"chart narrow\" id=\"one\">") != NULL, ==,
        width == 500);
  }
}

static void
test_same_content_gives_the_same_bytes (void)
{
  g_autoptr (Page) one = make_page ("clip.mp4");
  g_autoptr (Page) other = make_page ("clip.mp4");
  g_autofree gchar *a = page_format (one);
  g_autofree gchar *b = page_format (other);

  assert_same (a, b);
  g_assert_nonnull (strstr (a, "<td>clip.mp4</td><td class=\"number\">0.250"));
  g_assert_nonnull (strstr (a, "src=\"data:image/png;base64,YWJj\""));
}

static void
test_one_page_follows_another (void)
{
  g_autoptr (Page) page = page_new ("title");
  g_autoptr (Page) result = page_new ("not shown");
  g_autofree gchar *text = NULL;

  page_add_text (result, "<known> early");
  page_add_text (page, "known late");
  page_append (page, result);
  text = page_format (page);
  g_assert_nonnull (strstr (
      text, "<h1>title</h1>\n<p>known late</p>\n<p>&lt;known&gt; early</p>\n"));
  g_assert_null (strstr (text, "not shown"));
}

static void
test_a_file_is_replaced_only_by_a_whole_one (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("page-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "out.html", NULL);
  g_autofree gchar *part_name =
      g_strdup_printf ("out.html.%d.part", (int) getpid ());
  g_autofree gchar *part = g_build_filename (folder, part_name, NULL);
  g_autofree gchar *expected = NULL, *found = NULL;
  g_autoptr (Page) page = make_page ("name");
  g_autoptr (GError) error = NULL;
  gsize size, length;

  g_assert_true (page_write (page, path, &size, &error));
  g_assert_no_error (error);
  expected = page_format (page);
  g_assert_true (g_file_get_contents (path, &found, &length, NULL));
  g_assert_cmpmem (found, length, expected, strlen (expected));
  g_assert_cmpuint (size, ==, length);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));

  /* What cannot be written leaves the old one. */
  g_assert_cmpint (g_mkdir (part, 0700), ==, 0);
  page_add_text (page, "more");
  g_assert_false (page_write (page, path, &size, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_assert_nonnull (strstr (error->message, "out.html: the report cannot"));
  g_clear_pointer (&found, g_free);
  g_assert_true (g_file_get_contents (path, &found, &length, NULL));
  g_assert_cmpmem (found, length, expected, strlen (expected));
  g_rmdir (part);
  g_unlink (path);
  g_rmdir (folder);
}

/* Also through several of them, relative ones, to where no file is yet. */
static void
test_links_are_written_through (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("page-XXXXXX", NULL);
  g_autofree gchar *inner = g_build_filename (folder, "inner", NULL);
  g_autofree gchar *file = g_build_filename (inner, "out.html", NULL);
  g_autofree gchar *near = g_build_filename (inner, "near.html", NULL);
  g_autofree gchar *far = g_build_filename (folder, "far.html", NULL);
  g_autoptr (Page) page = make_page ("name");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_cmpint (symlink ("out.html", near), ==, 0);
  g_assert_cmpint (symlink ("inner/near.html", far), ==, 0);
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *expected = NULL, *found = NULL;

    page_add_text (page, "more");
    g_assert_true (page_write (page, far, NULL, &error));
    g_assert_no_error (error);
    expected = page_format (page);
    g_assert_true (g_file_get_contents (file, &found, NULL, NULL));
    g_assert_cmpstr (found, ==, expected);
    g_assert_true (g_file_test (near, G_FILE_TEST_IS_SYMLINK));
    g_assert_true (g_file_test (far, G_FILE_TEST_IS_SYMLINK));
  }
  g_unlink (file);
  g_unlink (near);
  g_unlink (far);
  g_rmdir (inner);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/page/" #name, test_##name)
  ADD (texts_are_never_html);
  ADD (control_characters_become_visible);
  ADD (data_cannot_end_its_element);
  ADD (policy_allows_the_own_script_alone);
  ADD (parts_of_charts_have_names_of_their_own);
  ADD (a_narrow_chart_is_not_blown_up);
  ADD (same_content_gives_the_same_bytes);
  ADD (one_page_follows_another);
  ADD (a_file_is_replaced_only_by_a_whole_one);
  ADD (links_are_written_through);
  return g_test_run ();
}
