/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells ThreadSanitizer what GLib's and GStreamer's own synchronisation
 * orders.  Distributions build both without the sanitizer, and GLib's locks
 * are futexes of its own, so it sees neither and takes every hand-over of data
 * for a race.  When preloaded, this library replaces their functions, calls
 * them, and tells the sanitizer: what was done before an unlock (release)
 * comes before what is done after the next lock (acquire) of the same thing.
 *
 * It tells only what is true: a lock orders what holds that lock, a reference
 * count what used that object, a queue what was put into it before it was
 * taken out.  So a race in instrumented code is still found.
 */
#include <dlfcn.h>
#include <glib-object.h>
#include <gst/gst.h>

/* In the sanitizer's run-time library; absent in programs without it, into
 * which this library is loaded as well (the shells that start a test). */
extern void __tsan_acquire (void *address) __attribute__ ((weak));
extern void __tsan_release (void *address) __attribute__ ((weak));

static void
acquire (gconstpointer address)
{
  if (__tsan_acquire != NULL && address != NULL)
    __tsan_acquire ((gpointer) address);
}

static void
release (gconstpointer address)
{
  if (__tsan_release != NULL && address != NULL)
    __tsan_release ((gpointer) address);
}

/* Represents all messages that are on their way to a bus. */
static gchar messages;

/* The function behind this one. */
static gpointer
behind (gpointer *cache, const gchar *name)
{
  gpointer found = __atomic_load_n (cache, __ATOMIC_RELAXED);

  if (found == NULL) {
    found = dlsym (RTLD_NEXT, name);
    __atomic_store_n (cache, found, __ATOMIC_RELAXED);
  }
  return found;
}

#define BEHIND(name)                                                           \
  static gpointer cache;                                                       \
  typeof (&name) real = (typeof (&name)) behind (&cache, #name)

/* --- functions of one argument ------------------------------------------- */

#define ACQUIRES(name, type)                                                   \
  void name (type *thing)                                                      \
  {                                                                            \
    BEHIND (name);                                                             \
    real (thing);                                                              \
    acquire (thing);                                                           \
  }

#define ACQUIRES_IF_TRUE(name, type)                                           \
  gboolean name (type *thing)                                                  \
  {                                                                            \
    BEHIND (name);                                                             \
    gboolean done = real (thing);                                              \
    if (done)                                                                  \
      acquire (thing);                                                         \
    return done;                                                               \
  }

#define RELEASES(name, type)                                                   \
  void name (type *thing)                                                      \
  {                                                                            \
    BEHIND (name);                                                             \
    release (thing);                                                           \
    real (thing);                                                              \
  }

/* Counting down a reference is an atomic read and write: it comes after all
 * counts before it, and before all after it. */
#define UNREFS(name, type)                                                     \
  void name (type *thing)                                                      \
  {                                                                            \
    BEHIND (name);                                                             \
    release (thing);                                                           \
    acquire (thing);                                                           \
    real (thing);                                                              \
  }

/* clang-format off */
ACQUIRES (g_mutex_lock, GMutex)
ACQUIRES_IF_TRUE (g_mutex_trylock, GMutex)
RELEASES (g_mutex_unlock, GMutex)
ACQUIRES (g_rec_mutex_lock, GRecMutex)
ACQUIRES_IF_TRUE (g_rec_mutex_trylock, GRecMutex)
RELEASES (g_rec_mutex_unlock, GRecMutex)
ACQUIRES (g_rw_lock_writer_lock, GRWLock)
ACQUIRES_IF_TRUE (g_rw_lock_writer_trylock, GRWLock)
RELEASES (g_rw_lock_writer_unlock, GRWLock)
ACQUIRES (g_rw_lock_reader_lock, GRWLock)
ACQUIRES_IF_TRUE (g_rw_lock_reader_trylock, GRWLock)
RELEASES (g_rw_lock_reader_unlock, GRWLock)
UNREFS (gst_mini_object_unref, GstMiniObject)
UNREFS (g_variant_unref, GVariant)
UNREFS (g_bytes_unref, GBytes)
/* clang-format on */

void
g_object_unref (gpointer object)
{
  BEHIND (g_object_unref);
  release (object);
  acquire (object);
  real (object);
}

void
gst_object_unref (gpointer object)
{
  BEHIND (gst_object_unref);
  release (object);
  acquire (object);
  real (object);
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  BEHIND (g_atomic_rc_box_release_full);
  release (box);
  acquire (box);
  real (box, clear);
}

/* --- conditions and first calls ------------------------------------------ */

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  BEHIND (g_cond_wait);
  release (mutex);
  real (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  BEHIND (g_cond_wait_until);
  gboolean signalled;

  release (mutex);
  signalled = real (cond, mutex, end_time);
  acquire (mutex);
  return signalled;
}

gboolean (g_once_init_enter) (volatile void *location)
{
  static gpointer cache;
  gboolean (*real) (volatile void *) =
      (gboolean (*) (volatile void *)) behind (&cache, "g_once_init_enter");
  gboolean first = real (location);

  acquire ((gconstpointer) location);
  return first;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  static gpointer cache;
  void (*real) (volatile void *, gsize) =
      (void (*) (volatile void *, gsize)) behind (&cache, "g_once_init_leave");

  release ((gconstpointer) location);
  real (location, result);
}

/* --- queues -------------------------------------------------------------- */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  BEHIND (g_async_queue_push);
  release (queue);
  real (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  BEHIND (g_async_queue_pop);
  gpointer data = real (queue);

  acquire (queue);
  return data;
}

/* A task of a pool begins after it was pushed, and has ended before it is
 * joined.  (All that ended in a pool is ordered before a join, whichever task
 * that waits for.) */
typedef struct
{
  GstTaskPool *pool;
  GstTaskPoolFunction function;
  gpointer user_data;
} Task;

static void
run_task (gpointer data)
{
  Task task = *(Task *) data;

  acquire (data);
  g_free (data);
  task.function (task.user_data);
  release (task.pool);
}

gpointer
gst_task_pool_push (GstTaskPool *pool, GstTaskPoolFunction function,
    gpointer user_data, GError **error)
{
  BEHIND (gst_task_pool_push);
  Task *task = g_new (Task, 1);

  *task = (Task){ pool, function, user_data };
  release (task);
  return real (pool, run_task, task, error);
}

void
gst_task_pool_join (GstTaskPool *pool, gpointer id)
{
  BEHIND (gst_task_pool_join);
  real (pool, id);
  acquire (pool);
}

/* A message passes from the element to its bins and to the bus inside of
 * GStreamer, through a queue without locks. */
gboolean
gst_element_post_message (GstElement *element, GstMessage *message)
{
  BEHIND (gst_element_post_message);
  release (&messages);
  return real (element, message);
}

GstMessage *
gst_bus_timed_pop_filtered (
    GstBus *bus, GstClockTime timeout, GstMessageType types)
{
  BEHIND (gst_bus_timed_pop_filtered);
  GstMessage *message = real (bus, timeout, types);

  acquire (&messages);
  return message;
}

GstMessage *
gst_bus_pop_filtered (GstBus *bus, GstMessageType types)
{
  BEHIND (gst_bus_pop_filtered);
  GstMessage *message = real (bus, types);

  acquire (&messages);
  return message;
}
