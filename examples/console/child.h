/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A second process of the same program, for work that may crash or hang.  The
 * two talk in messages, which are texts.
 */
#ifndef CHILD_H
#define CHILD_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * ChildNews:
 * @CHILD_SILENT: nothing came in time
 * @CHILD_SAID: a message came
 * @CHILD_ENDED: the other process has ended, and nothing more will come
 *
 * What came of waiting.
 */
typedef enum
{
  CHILD_SILENT,
  CHILD_SAID,
  CHILD_ENDED,
} ChildNews;

typedef struct _Child Child;         /* as the parent knows it */
typedef struct _ChildLink ChildLink; /* the child's way to its parent */

/* --- the parent's side --------------------------------------------------- */

/**
 * child_start:
 * @role: a word for what the child is to do; see child_link_open()
 * @error: (out): a G_SPAWN_ERROR
 *
 * Starts this program once more.  The child dies with the thread that calls
 * this, so it is called by one that lasts.
 *
 * Returns: (transfer full) (nullable): the child
 */
Child *child_start (const gchar *role, GError **error);

/**
 * child_fork:
 * @threads: what child_count_threads() told when main() began
 * @link: (out): in the child, its way to the parent; else NULL
 *
 * Like child_start(), but the child goes on from here with all that is loaded
 * and initialised already, which saves it the time for that.  Where threads
 * were started since main() began, none of which the child would have, nothing
 * is done.
 *
 * Returns: (transfer full) (nullable): the child, in the parent
 */
Child *child_fork (guint threads, ChildLink **link);

/* Returns: how many threads this process has, 0 where that is not known. */
guint child_count_threads (void);

/* Asks the child to end, and ends it where it does not within @milliseconds.
 * It leaves no zombie. */
void child_end (Child *self, guint milliseconds);

/* Returns: FALSE where the child has ended.  A message holds up to 100 kB. */
gboolean child_tell (Child *self, const gchar *message);

/* For who waits for several things at once: it can be read from whenever
 * child_hear() would not wait. */
int child_get_fd (const Child *self);

/* Returns: its process id, 0 once it is known to have ended. */
gint child_get_pid (const Child *self);

/**
 * child_hear:
 * @milliseconds: to wait at most; a signal may end the wait
 * @message: (out) (transfer full) (nullable): of CHILD_SAID
 */
ChildNews child_hear (Child *self, guint milliseconds, gchar **message);

/**
 * child_describe_end:
 * @thread: (out) (transfer full) (nullable): the name of the thread in which
 *   it crashed, where the child could still tell
 *
 * Of a child that has ended, or that is ended by this.
 *
 * Returns: (transfer full): as "crashed (Segmentation fault)"
 */
gchar *child_describe_end (Child *self, gchar **thread);

/* --- the child's side ---------------------------------------------------- */

/**
 * child_link_open:
 * @argv: the arguments of main(), as they came
 * @role: as of child_start()
 *
 * To be called before threads are started.  From then on this process ends
 * with its parent, leaves the terminal's signals to it, and tells it of its
 * crash.
 *
 * Returns: (transfer full) (nullable): the way to the parent; NULL where this
 *   process is not such a child
 */
ChildLink *child_link_open (int argc, char **argv, const gchar *role);

void child_link_close (ChildLink *self);

/* From any thread.  Ends the process where there is no parent any more. */
void child_link_say (ChildLink *self, const gchar *message);

/* As child_get_fd(). */
int child_link_get_fd (const ChildLink *self);

/* Like child_hear(); of one thread. */
ChildNews child_link_hear (
    ChildLink *self, guint milliseconds, gchar **message);

G_END_DECLS

#endif /* CHILD_H */
