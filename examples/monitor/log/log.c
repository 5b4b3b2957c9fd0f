/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A queue of lines and the thread that writes them.
 */
#include "monitor/log/log.h"

#include <string.h>
#include <sys/stat.h>

/* How many lines may wait: some minutes. */
#define MOST_LINES 20000
/* How long it takes until a log that failed is tried again. */
#define RETRY_USEC (5 * G_USEC_PER_SEC)
/* How long the beginning and the end wait for the disk. */
#define BEGIN_USEC (2 * G_USEC_PER_SEC)
#define END_USEC (2 * G_USEC_PER_SEC)

typedef enum
{
  ITEM_OPEN,
  ITEM_LINE,
  ITEM_REOPEN,
  ITEM_END,
} ItemKind;

typedef struct
{
  ItemKind kind;
  gint header;
  gchar *line;
} Item;

struct _MonitorLog
{
  gchar *path;
  PerceptualLogLimits limits;
  GAsyncQueue *items;
  GThread *thread;

  /* The thread's: */
  PerceptualLogFile *file; /* (nullable) */
  GPtrArray *headers;
  gboolean begun; /* the file has something */
  gint64 opened;  /* monotonic, us */
  gint64 retry;   /* monotonic, us; 0 for at once */

  gint leaving; /* atomic: the end waits */

  GMutex lock; /* guards what follows */
  GCond cond;
  guint64 failures;
  gchar *error;
  gboolean told;
  gboolean opened_once; /* or tried to */
  gchar *taken;         /* (nullable): why it is another program's log */
  gboolean ended;
};

static void
free_item (gpointer data)
{
  Item *item = data;

  g_free (item->line);
  g_free (item);
}

/* --- failures ------------------------------------------------------------ */

static void
count_failure (MonitorLog *self, const gchar *text)
{
  g_mutex_lock (&self->lock);
  self->failures++;
  if (!self->told && self->error == NULL && text != NULL)
    self->error = g_strdup (text);
  g_mutex_unlock (&self->lock);
}

static void
note_success (MonitorLog *self)
{
  g_mutex_lock (&self->lock);
  self->told = FALSE;
  g_mutex_unlock (&self->lock);
}

guint64
monitor_log_take_failures (MonitorLog *self, gchar **error)
{
  guint64 failures;

  g_mutex_lock (&self->lock);
  failures = self->failures;
  self->failures = 0;
  *error = g_steal_pointer (&self->error);
  self->told |= *error != NULL;
  g_mutex_unlock (&self->lock);
  return failures;
}

/* --- the thread ---------------------------------------------------------- */

static gboolean
is_plain (const gchar *path)
{
  struct stat status;

  return lstat (path, &status) == 0 && S_ISREG (status.st_mode);
}

static gboolean
has_limits (const MonitorLog *self)
{
  return self->limits.max_bytes > 0 || self->limits.max_time > 0;
}

static void
close_file (MonitorLog *self)
{
  g_autoptr (GError) error = NULL;

  if (self->file == NULL)
    return;
  perceptual_log_file_close (self->file, &error);
  self->file = NULL;
}

static gboolean
open_file (MonitorLog *self, GError **error)
{
  self->file = perceptual_log_file_open (self->path,
      has_limits (self) || is_plain (self->path), self->limits.max_files,
      &self->leaving, error);
  self->opened = g_get_monotonic_time ();
  self->begun = FALSE;
  return self->file != NULL;
}

static gboolean
is_full (const MonitorLog *self, gsize more)
{
  gint64 age = g_get_monotonic_time () - self->opened;

  if (!self->begun)
    return FALSE;
  return (self->limits.max_bytes > 0
             && perceptual_log_file_get_size (self->file) + more
                 > self->limits.max_bytes)
      || (self->limits.max_time > 0
          && (guint64) age * 1000 > self->limits.max_time);
}

static gboolean
write_text (MonitorLog *self, const gchar *line, GError **error)
{
  g_autofree gchar *text = g_strconcat (line, "\n", NULL);

  return perceptual_log_file_write (self->file, text, NULL, error);
}

static gboolean
write_headers (MonitorLog *self, GError **error)
{
  for (guint i = 0; i < self->headers->len; i++) {
    const gchar *header = self->headers->pdata[i];

    if (header != NULL && !write_text (self, header, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_item (MonitorLog *self, const Item *item, GError **error)
{
  gsize size = strlen (item->line) + 1;
  gboolean anew;

  if (self->file == NULL && !open_file (self, error))
    return FALSE;
  if (!perceptual_log_file_look_after (self->file, &anew, error))
    return FALSE;
  self->begun &= !anew;
  if (item->header < 0 && is_full (self, size)) {
    if (!perceptual_log_file_next (self->file, error))
      return FALSE;
    self->begun = FALSE;
    self->opened = g_get_monotonic_time ();
  }
  if (!self->begun && !write_headers (self, error))
    return FALSE;
  self->begun = TRUE;
  return write_text (self, item->line, error);
}

static void
keep_header (MonitorLog *self, const Item *item)
{
  if (item->header < 0)
    return;
  if ((guint) item->header >= self->headers->len)
    g_ptr_array_set_size (self->headers, item->header + 1);
  g_free (self->headers->pdata[item->header]);
  self->headers->pdata[item->header] = g_strdup (item->line);
}

static void
take_line (MonitorLog *self, const Item *item)
{
  g_autoptr (GError) error = NULL;

  if (self->file == NULL && g_get_monotonic_time () < self->retry) {
    count_failure (self, NULL);
  } else if (write_item (self, item, &error)) {
    note_success (self);
  } else {
    count_failure (self, error->message);
    close_file (self);
    self->retry = g_get_monotonic_time () + RETRY_USEC;
  }
  keep_header (self, item);
}

/* What is wrong otherwise is told with the first line. */
static void
open_once (MonitorLog *self)
{
  g_autoptr (GError) error = NULL;

  open_file (self, &error);
  g_mutex_lock (&self->lock);
  self->opened_once = TRUE;
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
    self->taken = g_strdup (error->message);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gpointer
write_lines (gpointer user)
{
  MonitorLog *self = user;
  gboolean ended = FALSE;

  while (!ended) {
    Item *item = g_async_queue_pop (self->items);

    if (item->kind == ITEM_OPEN)
      open_once (self);
    else if (item->kind == ITEM_LINE)
      take_line (self, item);
    else
      close_file (self);
    self->retry = item->kind == ITEM_REOPEN ? 0 : self->retry;
    ended = item->kind == ITEM_END;
    free_item (item);
  }
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* --- the other side ------------------------------------------------------ */

MonitorLog *
monitor_log_new (const gchar *path, const PerceptualLogLimits *limits)
{
  MonitorLog *self = g_new0 (MonitorLog, 1);

  self->path = g_strdup (path);
  self->limits = *limits;
  self->items = g_async_queue_new_full (free_item);
  self->headers = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("log", write_lines, self);
  return self;
}

static void
push (MonitorLog *self, ItemKind kind, const gchar *line, gint header)
{
  Item *item = g_new (Item, 1);

  *item = (Item){ .kind = kind, .header = header, .line = g_strdup (line) };
  g_async_queue_push (self->items, item);
}

gboolean
monitor_log_claim (MonitorLog *self, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + BEGIN_USEC;
  gboolean taken;

  push (self, ITEM_OPEN, NULL, -1);
  g_mutex_lock (&self->lock);
  while (!self->opened_once
      && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  taken = self->taken != NULL;
  if (taken)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN, self->taken);
  g_mutex_unlock (&self->lock);
  return !taken;
}

void
monitor_log_write (MonitorLog *self, const gchar *line, gint header)
{
  if (g_async_queue_length (self->items) >= MOST_LINES)
    count_failure (self, "The disk of the log takes nothing any more");
  else
    push (self, ITEM_LINE, line, header);
}

void
monitor_log_reopen (MonitorLog *self)
{
  push (self, ITEM_REOPEN, NULL, -1);
}

/* The thread may hang in the kernel: then nobody waits for it. */
void
monitor_log_free (MonitorLog *self)
{
  gint64 deadline = g_get_monotonic_time () + END_USEC;
  gboolean ended;

  if (self == NULL)
    return;
  g_atomic_int_set (&self->leaving, TRUE);
  push (self, ITEM_END, NULL, -1);
  g_mutex_lock (&self->lock);
  while (!self->ended && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  ended = self->ended;
  g_mutex_unlock (&self->lock);
  if (!ended) {
    g_thread_unref (self->thread);
    return;
  }
  g_thread_join (self->thread);
  g_async_queue_unref (self->items);
  g_ptr_array_unref (self->headers);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->error);
  g_free (self->taken);
  g_free (self->path);
  g_free (self);
}
