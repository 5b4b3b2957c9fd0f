/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The commands that a monitor runs for alerts.
 */
#include "monitor/alert/hook.h"

#include "folder.h"

#include <signal.h>
#include <string.h>

typedef struct
{
  MonitorHook *hook;
  TestFolder folder; /* of a file that commands write to */
  GString *failures; /* a line each */
} Rig;

static void
on_failed (const gchar *text, gpointer user)
{
  Rig *rig = user;

  g_string_append_printf (rig->failures, "%s\n", text);
}

/* @script: for sh; $0 is the file that it tells */
static void
rig_init (Rig *rig, const gchar *script, gint64 timeout_ms)
{
  const gchar *argv[] = { "/bin/sh", "-c", script, NULL, NULL };

  test_folder_set_up (&rig->folder, "told");
  argv[3] = rig->folder.path;
  rig->failures = g_string_new (NULL);
  rig->hook = monitor_hook_new (argv, timeout_ms * 1000, on_failed, rig);
}

static void
push (Rig *rig, const gchar *kind, const gchar *input)
{
  g_autofree gchar *variable = g_strdup_printf ("KIND=%s", kind);
  const gchar *const environment[] = { variable, NULL };

  monitor_hook_push (rig->hook, environment, input);
}

static void
wait_until_idle (Rig *rig)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (!monitor_hook_is_idle (rig->hook)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

static gchar *
read_told (Rig *rig)
{
  gchar *text = NULL;

  g_file_get_contents (rig->folder.path, &text, NULL, NULL);
  return text;
}

static void
rig_clear (Rig *rig)
{
  monitor_hook_free (rig->hook);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_folder_tear_down (&rig->folder, NULL);
  g_string_free (rig->failures, TRUE);
}

static void
test_calls_run_one_at_a_time_and_in_order (void)
{
  g_autofree gchar *told = NULL;
  Rig rig;

  rig_init (&rig,
      "echo begin $KIND $(cat) >> $0; sleep .05; echo end $KIND >> $0", 20000);
  push (&rig, "one", "first");
  push (&rig, "two", "second");
  push (&rig, "three", "third");
  wait_until_idle (&rig);
  told = read_told (&rig);
  g_assert_cmpstr (told, ==,
      "begin one first\nend one\nbegin two second\nend two\n"
      "begin three third\nend three\n");
  g_assert_cmpstr (rig.failures->str, ==, "");
  rig_clear (&rig);
}

static void
test_a_command_that_fails_is_told_and_the_next_one_runs (void)
{
  g_autofree gchar *told = NULL;
  Rig rig;

  rig_init (&rig, "echo $KIND >> $0; test $KIND != bad || exit 7", 20000);
  push (&rig, "bad", "");
  push (&rig, "good", "");
  wait_until_idle (&rig);
  told = read_told (&rig);
  g_assert_cmpstr (told, ==, "bad\ngood\n");
  g_assert_cmpstr (rig.failures->str, ==, "ended with 7\n");
  rig_clear (&rig);
}

static void
test_a_command_that_hangs_is_killed (void)
{
  g_autofree gchar *told = NULL;
  gint64 begin = g_get_monotonic_time ();
  Rig rig;

  /* What it has started holds its output open, and goes with it. */
  rig_init (&rig,
      "test $KIND = good || { sleep 100 & wait; }; echo $KIND >> $0", 200);
  push (&rig, "bad", "");
  push (&rig, "good", "");
  wait_until_idle (&rig);
  told = read_told (&rig);
  g_assert_cmpstr (told, ==, "good\n");
  g_assert_cmpstr (rig.failures->str, ==, "was killed after 0.2 s\n");
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 200 * 1000);
  rig_clear (&rig);
}

static void
test_a_command_need_not_read_its_input (void)
{
  g_autofree gchar *much = g_strnfill (1 << 20, 'x');
  Rig rig;

  rig_init (&rig, "exit 0", 20000);
  push (&rig, "one", much);
  push (&rig, "two", much);
  wait_until_idle (&rig);
  g_assert_cmpstr (rig.failures->str, ==, "");
  rig_clear (&rig);
}

static void
test_no_more_than_a_hundred_wait (void)
{
  g_autofree gchar *told = NULL;
  g_auto (GStrv) lines = NULL;
  Rig rig;

  rig_init (&rig, "echo $KIND >> $0", 20000);
  for (guint i = 0; i < 1 + MONITOR_HOOK_QUEUE + 2; i++)
    push (&rig, "x", "");
  g_assert_cmpuint (strlen (rig.failures->str), >, 0);
  lines = g_strsplit (rig.failures->str, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2 + 1);
  wait_until_idle (&rig);
  told = read_told (&rig);
  g_assert_cmpuint (strlen (told), ==, 2 * (1 + MONITOR_HOOK_QUEUE));
  rig_clear (&rig);
}

static void
test_a_command_that_is_not_there_fails_each_time (void)
{
  static const gchar *const none[] = { NULL };
  const gchar *argv[] = { NULL, NULL };
  Rig rig;

  rig_init (&rig, "", 1000);
  argv[0] = rig.folder.path; /* which nobody wrote */
  monitor_hook_free (rig.hook);
  rig.hook = monitor_hook_new (argv, G_USEC_PER_SEC, on_failed, &rig);
  monitor_hook_push (rig.hook, none, "");
  monitor_hook_push (rig.hook, none, "");
  wait_until_idle (&rig);
  g_assert_nonnull (strstr (rig.failures->str, "No such file"));
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/hook/order", test_calls_run_one_at_a_time_and_in_order);
  g_test_add_func (
      "/hook/failure", test_a_command_that_fails_is_told_and_the_next_one_runs);
  g_test_add_func ("/hook/hang", test_a_command_that_hangs_is_killed);
  g_test_add_func ("/hook/input", test_a_command_need_not_read_its_input);
  g_test_add_func ("/hook/queue", test_no_more_than_a_hundred_wait);
  g_test_add_func (
      "/hook/absent", test_a_command_that_is_not_there_fails_each_time);
  return g_test_run ();
}
