/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The second process of a program: this one, started once more.
 */
#include "console/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROLE "echo"
#define LONG 50000

/* What a forked child has without having made it. */
static const gchar *loaded;

/* The child: repeats what it receives, and does what it is told. */
static int
echo (ChildLink *link)
{
  gchar *message;
  ChildNews news;

  while ((news = child_link_hear (link, 1000, &message)) != CHILD_ENDED) {
    if (news == CHILD_SILENT)
      continue;
    if (strcmp (message, "crash") == 0)
      raise (SIGSEGV);
    if (strcmp (message, "exit") == 0)
      exit (7);
    while (strcmp (message, "hang") == 0)
      g_usleep (G_USEC_PER_SEC);
    child_link_say (link, strcmp (message, "loaded?") == 0 ? loaded : message);
    g_free (message);
  }
  child_link_close (link);
  return EXIT_SUCCESS;
}

static void
assert_no_child_is_left (void)
{
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
}

/* Returns: what came, but for silence */
static ChildNews
hear (Child *child, gchar **message)
{
  ChildNews news;

  do
    news = child_hear (child, 1000, message);
  while (news == CHILD_SILENT);
  return news;
}

static void
test_messages_arrive_whole_and_in_order (void)
{
  g_autofree gchar *long_text = g_strnfill (LONG, 'x');
  const gchar *const texts[] = { "a", "two\nlines", long_text, "b" };
  Child *child = child_start (ROLE, NULL);

  g_assert_nonnull (child);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (child_tell (child, texts[i]));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *message = NULL;

    g_assert_cmpint (hear (child, &message), ==, CHILD_SAID);
    g_assert_cmpstr (message, ==, texts[i]);
  }
  child_end (child, 60000);
  assert_no_child_is_left ();
}

static void
test_a_crash_is_told_with_its_thread (void)
{
  Child *child = child_start (ROLE, NULL);
  g_autofree gchar *message = NULL;
  g_autofree gchar *thread = NULL;
  g_autofree gchar *how = NULL;

  child_tell (child, "crash");
  g_assert_cmpint (hear (child, &message), ==, CHILD_ENDED);
  how = child_describe_end (child, &thread);
  g_assert_nonnull (strstr (how, "crashed"));
  g_assert_nonnull (thread);
  child_end (child, 0);
  assert_no_child_is_left ();
}

static void
test_an_exit_is_no_crash (void)
{
  Child *child = child_start (ROLE, NULL);
  g_autofree gchar *message = NULL;
  g_autofree gchar *thread = NULL;
  g_autofree gchar *how = NULL;

  child_tell (child, "exit");
  g_assert_cmpint (hear (child, &message), ==, CHILD_ENDED);
  how = child_describe_end (child, &thread);
  g_assert_nonnull (strstr (how, "7"));
  g_assert_null (thread);
  child_end (child, 0);
  assert_no_child_is_left ();
}

static void
test_one_that_hangs_is_ended (void)
{
  Child *child = child_start (ROLE, NULL);
  gchar *message;

  child_tell (child, "hang");
  g_assert_cmpint (child_hear (child, 1, &message), ==, CHILD_SILENT);
  child_end (child, 10);
  assert_no_child_is_left ();
}

static void
test_a_forked_one_has_what_was_loaded (void)
{
  g_autofree gchar *message = NULL;
  ChildLink *link;
  Child *child;

  loaded = "all of it";
  child = child_fork (child_count_threads (), &link);
  if (link != NULL)
    _exit (echo (link));
  g_assert_nonnull (child);
  child_tell (child, "loaded?");
  g_assert_cmpint (hear (child, &message), ==, CHILD_SAID);
  g_assert_cmpstr (message, ==, "all of it");
  child_end (child, 60000);
  assert_no_child_is_left ();
}

static gpointer
wait_for_leave (gpointer leave)
{
  g_mutex_lock (leave);
  g_mutex_unlock (leave);
  return NULL;
}

static void
test_threads_that_would_be_missing_keep_from_forking (void)
{
  guint threads = child_count_threads ();
  GMutex leave;
  GThread *thread;
  ChildLink *link;

  g_mutex_init (&leave);
  g_mutex_lock (&leave);
  thread = g_thread_new ("another", wait_for_leave, &leave);
  g_assert_cmpuint (child_count_threads (), >, threads);
  g_assert_null (child_fork (threads, &link));
  g_assert_null (link);
  g_mutex_unlock (&leave);
  g_thread_join (thread);
  g_mutex_clear (&leave);
  assert_no_child_is_left ();
}

static void
test_arguments_that_only_look_like_it_are_none (void)
{
  gchar *few[] = { "program", "--child", NULL };
  gchar *file[] = { "program", "--child", ROLE, "0", "1", NULL };
  gchar *role[] = { "program", "--child", "other", "0", "1", NULL };

  g_assert_null (child_link_open (2, few, ROLE));
  g_assert_null (child_link_open (5, file, ROLE));
  g_assert_null (child_link_open (5, role, ROLE));
}

int
main (int argc, char **argv)
{
  ChildLink *link = child_link_open (argc, argv, ROLE);

  if (link != NULL)
    return echo (link);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/child/messages", test_messages_arrive_whole_and_in_order);
  g_test_add_func ("/child/crash", test_a_crash_is_told_with_its_thread);
  g_test_add_func ("/child/exit", test_an_exit_is_no_crash);
  g_test_add_func ("/child/hang", test_one_that_hangs_is_ended);
  g_test_add_func ("/child/fork", test_a_forked_one_has_what_was_loaded);
  g_test_add_func (
      "/child/threads", test_threads_that_would_be_missing_keep_from_forking);
  g_test_add_func (
      "/child/arguments", test_arguments_that_only_look_like_it_are_none);
  return g_test_run ();
}
