/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A program with a fault of each kind that the sanitizers are for, to see that
 * they are there: planted KIND.  Does no harm without them.
 */
#include <glib.h>
#include <string.h>

static volatile gint kept;

/* One byte past the end. */
static void
read_past_end (void)
{
  g_autofree gchar *bytes = g_malloc0 (8);
  volatile gsize at = 8;

  kept = bytes[at];
}

static void
overflow (void)
{
  volatile gint largest = G_MAXINT;

  kept = largest + 1;
}

static void
lose (void)
{
  gchar *volatile lost = g_malloc0 (100);

  kept = lost[0];
  lost = NULL;
}

static gpointer
count (gpointer unused)
{
  static gint counter;

  for (guint i = 0; i < 1000; i++)
    counter++;
  return unused;
}

/* Two threads count without a lock. */
static void
race (void)
{
  GThread *other = g_thread_new ("race", count, NULL);

  count (NULL);
  g_thread_join (other);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *name;
    void (*fault) (void);
  } faults[] = {
    { "address", read_past_end },
    { "undefined", overflow },
    { "leak", lose },
    { "thread", race },
    { "none", NULL },
  };

  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS (faults); i++) {
    if (strcmp (argv[1], faults[i].name) != 0)
      continue;
    if (faults[i].fault != NULL)
      faults[i].fault ();
    return 0;
  }
  g_printerr ("usage: %s KIND\n", argv[0]);
  return 2;
}
