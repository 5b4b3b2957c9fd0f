/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the server listens and whom it answers; the state in words and as
 * JSON; visits that end in time.
 */
#include "monitor/made-up.h"
#include "monitor/serve/address.h"
#include "monitor/serve/server.h"
#include "monitor/serve/state-json.h"
#include "monitor/serve/visitors.h"
#include "monitor/state/words.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- addresses ----------------------------------------------------------- */

static void
test_addresses_are_read (void)
{
  static const gchar *const cases[][2] = {
    { "127.0.0.1:9750", "127.0.0.1:9750" },
    { "localhost:0", "127.0.0.1:0" },
    { "[::1]:80", "[::1]:80" },
    { "0.0.0.0:65535", "0.0.0.0:65535" },
    { "10.1.2.3", "10.1.2.3:9750" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocketAddress) address =
        monitor_address_parse (cases[i][0], &error);
    g_autofree gchar *text = NULL;

    g_assert_no_error (error);
    text = monitor_address_format (address);
    g_assert_cmpstr (text, ==, cases[i][1]);
  }
}

static void
test_what_is_no_address_is_refused_in_words (void)
{
  static const gchar *const cases[] = { "", "9750", "example.org:80",
    "127.0.0.1:port", "127.0.0.1:65536", "127.0.0.1:-1", "[::1:80", ":" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (monitor_address_parse (cases[i], &error));
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
    g_assert_nonnull (strstr (error->message, "127.0.0.1:9750"));
  }
}

static gboolean
allows (const gchar *listen, const gchar *header)
{
  static const gchar *const hosts[] = { "monitor.example.org", NULL };
  g_autoptr (GSocketAddress) address = monitor_address_parse (listen, NULL);

  return monitor_address_allows (address, hosts, header);
}

static void
test_names_that_others_may_own_are_refused (void)
{
  static const gchar *const good[] = { "127.0.0.1:9750", "127.0.0.1",
    "LOCALHOST", "localhost:1", "[::1]:9750", "localhost.",
    "Monitor.example.org:443" };
  static const gchar *const bad[] = { "evil.example", "evil.example:9750", "",
    ":9750", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example",
    "monitor.example.org.evil.example", "[::1", "notlocalhost",
    "localhost@evil.example" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (allows ("127.0.0.1:9750", good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (allows ("127.0.0.1:9750", bad[i]));
  g_assert_false (allows ("127.0.0.1:9750", NULL));
  g_assert_true (allows ("10.0.0.1:9750", "10.0.0.1:9750"));
  g_assert_false (allows ("10.0.0.1:9750", "10.0.0.2:9750"));
  /* Numbers lead to this machine, or nowhere near it. */
  g_assert_true (allows ("0.0.0.0:9750", "10.0.0.2:9750"));
  g_assert_true (allows ("0.0.0.0:9750", g_get_host_name ()));
  g_assert_false (allows ("0.0.0.0:9750", "evil.example"));
}

/* --- the state ----------------------------------------------------------- */

static void
assert_words (const MonitorSnapshot *snapshot, const gchar *expected)
{
  g_autofree gchar *words = monitor_state_words (snapshot);

  g_assert_cmpstr (words, ==, expected);
}

static void
test_the_state_is_told_in_words (void)
{
  g_autoptr (MonitorSnapshot) one = made_up_snapshot (1);
  g_autoptr (MonitorSnapshot) many = made_up_snapshot (3);

  assert_words (one, "measuring");
  g_assert_true (monitor_is_healthy (one));
  made_up_lose (one);
  assert_words (one, "waiting 8 s, reference lost");
  g_assert_false (monitor_is_healthy (one));
  one->input_up[MONITOR_DISTORTED] = FALSE;
  assert_words (one, "waiting 8 s, both inputs lost");
  one->phase = MONITOR_CONNECTING;
  assert_words (one, "connecting, both inputs lost");
  one->connection = 1;
  assert_words (one, "connecting");
  one->phase = MONITOR_STOPPED;
  assert_words (one, "stopped");
  many->streams[1].up = FALSE;
  assert_words (many, "measuring, 2 of 3 streams");
  g_assert_false (monitor_is_healthy (many));
}

static JsonObject *
parse (JsonParser *parser, const MonitorSnapshot *snapshot,
    const MonitorPoint *points, guint n)
{
  g_autofree gchar *text = monitor_state_json (snapshot, points, n);
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_json_has_null_for_what_is_unknown (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *state = parse (parser, snapshot, NULL, 0), *stream;

  stream = json_array_get_object_element (
      json_object_get_array_member (state, "streams"), 0);
  g_assert_cmpint (json_object_get_int_member (stream, "measured"), ==, 123456);
  g_assert_cmpfloat (json_object_get_double_member (stream, "lag"), ==, .0315);
  g_assert_true (json_object_get_null_member (stream, "kbits"));
  g_assert_true (json_object_get_null_member (state, "reason"));
  g_assert_false (json_object_has_member (state, "points"));
  made_up_lose (snapshot);
  state = parse (parser, snapshot, NULL, 0);
  stream = json_array_get_object_element (
      json_object_get_array_member (state, "streams"), 0);
  g_assert_cmpstr (json_object_get_string_member (state, "state"), ==,
      "waiting 8 s, reference lost");
  g_assert_true (json_object_get_null_member (stream, "lag"));
  g_assert_cmpint (json_object_get_int_member (stream, "measured"), ==, 123456);
}

static void
test_json_survives_nasty_texts (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *state;

  g_free (snapshot->name);
  snapshot->name = g_strdup ("\"\\\n</script>\x01\xff");
  state = parse (parser, snapshot, NULL, 0);
  g_assert_cmpstr (json_object_get_string_member (state, "name"), ==,
      "\"\\\n</script>\x01\\xff");
}

static void
test_json_has_the_points_that_are_asked_for (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (2);
  g_autoptr (JsonParser) parser = json_parser_new ();
  guint n;
  g_autofree MonitorPoint *points = made_up_history (2, 5, &n);
  JsonArray *array = json_object_get_array_member (
      parse (parser, snapshot, points, n), "points");
  JsonObject *last = json_array_get_object_element (array, 9);

  g_assert_cmpuint (json_array_get_length (array), ==, 10);
  g_assert_cmpint (json_object_get_int_member (last, "sequence"), ==, 10);
  g_assert_cmpint (json_object_get_int_member (last, "stream"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (last, "pairs"), ==, 25);
  g_assert_cmpfloat (
      json_object_get_double_member (last, "time"), ==, snapshot->now - 1);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (last, "mean"),
      2 * (.011 + .004 * sin (1 / 9.)), 1e-7);
}

/* --- life ---------------------------------------------------------------- */

static MonitorSnapshot *
look (gpointer data)
{
  return made_up_snapshot (1);
}

static MonitorPoint *
look_back (gpointer data, guint64 since, guint *n)
{
  return made_up_history (1, 10, n);
}

static GBytes *
no_picture (gpointer data, MonitorPicture picture)
{
  return NULL;
}

static const MonitorSource source = { NULL, look, look_back, no_picture };

static MonitorServer *
start (const gchar *listen, GError **error)
{
  const MonitorServerOptions options = { .listen = listen };

  return monitor_server_start (&options, &source, error);
}

static void
test_a_taken_port_is_an_error_with_a_remedy (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonitorServer) first = start ("127.0.0.1:0", &error);
  const gchar *address;

  g_assert_no_error (error);
  address = monitor_server_get_address (first);
  g_assert_true (g_str_has_prefix (address, "127.0.0.1:"));
  g_assert_cmpstr (address, !=, "127.0.0.1:0");
  g_assert_null (start (address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, address));
  g_assert_nonnull (strstr (error->message, "another program has that port"));
}

static void
test_an_address_of_another_machine_is_an_error (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (start ("192.0.2.1:0", &error));
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  g_assert_nonnull (strstr (error->message, "an address of this machine?"));
}

static void
test_a_port_is_free_once_its_server_stopped (void)
{
  g_autofree gchar *address = NULL;

  for (guint i = 0; i < 5; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MonitorServer) server =
        start (address != NULL ? address : "127.0.0.1:0", &error);

    g_assert_no_error (error);
    if (address == NULL)
      address = g_strdup (monitor_server_get_address (server));
  }
}

static gboolean
is_cut (gint fd)
{
  gchar byte;

  return recv (fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void
wait_for_cut (gint fd)
{
  for (guint i = 0; i < 2000 && !is_cut (fd); i++)
    g_usleep (5000);
  g_assert_true (is_cut (fd));
}

static void
test_visits_are_short_while_others_wait (void)
{
  g_autoptr (GError) error = NULL;
  MonitorVisitors *visitors = monitor_visitors_new (2, 60000, 50, &error);
  gint one[2], two[2];

  g_assert_no_error (error);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, one), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, two), ==, 0);
  monitor_visitors_enter (visitors, one[0]);
  g_usleep (100000); /* There is a place left: it may stay. */
  g_assert_false (is_cut (one[1]));
  monitor_visitors_enter (visitors, two[0]);
  wait_for_cut (one[1]);
  monitor_visitors_leave (visitors, one[0]);
  monitor_visitors_leave (visitors, two[0]);
  monitor_visitors_free (visitors);
  for (guint i = 0; i < 2; i++) {
    close (one[i]);
    close (two[i]);
  }
}

static void
test_time_in_which_an_answer_is_made_is_not_the_clients (void)
{
  g_autoptr (GError) error = NULL;
  MonitorVisitors *visitors = monitor_visitors_new (2, 200, 200, &error);
  gint link[2];

  g_assert_no_error (error);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, link), ==, 0);
  monitor_visitors_enter (visitors, link[0]);
  monitor_visitors_begin_answer (visitors);
  g_usleep (400000);
  g_assert_false (is_cut (link[1]));
  monitor_visitors_end_answer (visitors);
  wait_for_cut (link[1]);
  monitor_visitors_leave (visitors, link[0]);
  monitor_visitors_free (visitors);
  close (link[0]);
  close (link[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/serve/addresses-are-read", test_addresses_are_read);
  g_test_add_func ("/serve/what-is-no-address-is-refused-in-words",
      test_what_is_no_address_is_refused_in_words);
  g_test_add_func ("/serve/names-that-others-may-own-are-refused",
      test_names_that_others_may_own_are_refused);
  g_test_add_func (
      "/serve/the-state-is-told-in-words", test_the_state_is_told_in_words);
  g_test_add_func ("/serve/json-has-null-for-what-is-unknown",
      test_json_has_null_for_what_is_unknown);
  g_test_add_func (
      "/serve/json-survives-nasty-texts", test_json_survives_nasty_texts);
  g_test_add_func ("/serve/json-has-the-points-that-are-asked-for",
      test_json_has_the_points_that_are_asked_for);
  g_test_add_func ("/serve/a-taken-port-is-an-error-with-a-remedy",
      test_a_taken_port_is_an_error_with_a_remedy);
  g_test_add_func ("/serve/an-address-of-another-machine-is-an-error",
      test_an_address_of_another_machine_is_an_error);
  g_test_add_func ("/serve/a-port-is-free-once-its-server-stopped",
      test_a_port_is_free_once_its_server_stopped);
  g_test_add_func ("/serve/visits-are-short-while-others-wait",
      test_visits_are_short_while_others_wait);
  g_test_add_func ("/serve/time-in-which-an-answer-is-made-is-not-the-clients",
      test_time_in_which_an_answer_is_made_is_not_the_clients);
  return g_test_run ();
}
