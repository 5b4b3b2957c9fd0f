/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process that measures: orders come in, results go out.  One thread does
 * the work, another listens and says how it gets on, also while the first one
 * hangs.
 */
#include "measure/child.h"

#include "measure/batch.h"
#include "measure/message.h"
#include "measure/words/trouble.h"

#include "console/child.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* How often results are sent before the end, and how much of the time that may
 * take. */
#define SNAPSHOT_USEC (G_USEC_PER_SEC / 5)
#define SNAPSHOT_SHARE 100

#define ADVANCE_USEC (G_USEC_PER_SEC / 20)

typedef struct
{
  ChildLink *link;
  pthread_t worker;
  MeasureActivity *activity;
  MeasurePipes *pipes;
  GMutex recording;
  MeasureRecorder *recorder; /* (nullable): of this order; with the mutex */
  GAsyncQueue *orders;       /* texts; an empty one is the last */
  gboolean interrupted;      /* atomic */
  gint working;              /* atomic */
  gint order;            /* atomic: counts orders, so that nothing is taken for
                            a word about the next one */
  gint streams;          /* atomic: distorted ones that are measured now */
  gint untold;           /* atomic: pairs were measured after the snapshot */
  GstElement *kept;      /* (nullable): see MeasureOrder */
  MeasureSettings basic; /* keeps the element's class */
  gint64 advanced;       /* when that was told */
  gint64 snapshot;       /* when what was measured is to be told again */
} Self;

static void
say (Self *self, GstStructure *head, const GstStructure *summary)
{
  g_autofree gchar *text = measure_message_write (head, summary);

  child_link_say (self->link, text);
}

static void
on_element (const MeasureElement *element, gpointer user)
{
  say (user,
      gst_structure_new (MEASURE_SAYS_ELEMENT, "input", G_TYPE_UINT,
          element->input, "kind", G_TYPE_STRING, element->kind, "factory",
          G_TYPE_STRING, element->factory, "name", G_TYPE_STRING, element->name,
          NULL),
      NULL);
}

/* --- the thread that listens --------------------------------------------- */

static void
on_poke (int number)
{
}

/* Gives up a log that waits for its reader while it is opened.  More than once,
 * since the first attempt may come a moment too early. */
static void
poke_worker (Self *self)
{
  g_main_context_wakeup (NULL);
  pthread_kill (self->worker, SIGUSR1);
}

static void
tell_snapshots (Self *self)
{
  guint streams = (guint) g_atomic_int_get (&self->streams);

  g_atomic_int_set (&self->untold, FALSE);
  g_mutex_lock (&self->recording);
  measure_recorder_flush (self->recorder);
  g_mutex_unlock (&self->recording);
  for (guint i = 0; i < streams; i++) {
    g_autoptr (GstStructure) summary =
        measure_activity_get_summary (self->activity, i);

    if (summary != NULL)
      say (self,
          gst_structure_new (
              MEASURE_SAYS_SNAPSHOT, "number", G_TYPE_UINT, i, NULL),
          summary);
  }
}

static void
tell_alive (Self *self)
{
  MeasureLook look = measure_activity_look (self->activity);

  if (!look.moved && g_atomic_int_get (&self->untold))
    tell_snapshots (self);

  say (self,
      gst_structure_new (MEASURE_SAYS_ALIVE, "order", G_TYPE_INT,
          g_atomic_int_get (&self->order), "moved", G_TYPE_BOOLEAN, look.moved,
          "stuck", G_TYPE_BOOLEAN, look.stuck, "starving", G_TYPE_STRING,
          look.starving, "frames", G_TYPE_UINT, look.frames, "no-threads",
          G_TYPE_BOOLEAN, !look.moved && measure_trouble_lacks_threads (),
          NULL),
      NULL);
  g_free (look.starving);
}

/* Takes @message.  Returns: whether more can come. */
static gboolean
hear (Self *self, ChildNews news, gchar *message)
{
  if (news == CHILD_ENDED) {
    if (g_atomic_int_get (&self->working))
      _exit (1);
    g_async_queue_push (self->orders, g_strdup (""));
    return FALSE;
  }
  if (news == CHILD_SAID && g_str_has_prefix (message, MEASURE_ASKS_STOP)) {
    g_atomic_int_set (&self->interrupted, TRUE);
    poke_worker (self);
    g_free (message);
  } else if (news == CHILD_SAID) {
    g_atomic_int_set (&self->interrupted, FALSE);
    g_atomic_int_inc (&self->order);
    g_atomic_int_set (&self->working, TRUE);
    g_async_queue_push (self->orders, message);
  }
  return TRUE;
}

static gpointer
listen_and_tell (gpointer user)
{
  Self *self = user;
  gint64 look = 0;

  for (;;) {
    gchar *message;
    ChildNews news = child_link_hear (self->link, MEASURE_LOOK_MS, &message);
    gint64 now;

    if (!hear (self, news, message))
      return NULL;
    now = g_get_monotonic_time ();
    if (!g_atomic_int_get (&self->working) || now < look)
      continue;
    if (g_atomic_int_get (&self->interrupted))
      poke_worker (self);
    tell_alive (self);
    look = now + MEASURE_LOOK_MS * 1000 * 9 / 10;
  }
}

/* --- the thread that works ----------------------------------------------- */

static void
say_text (Self *self, const gchar *name, const gchar *text)
{
  GstStructure *head = gst_structure_new_empty (name);

  measure_message_set_text (head, "text", text);
  say (self, head, NULL);
}

static void
warn (const gchar *text, gpointer user)
{
  say_text (user, MEASURE_SAYS_WARNING, text);
}

static void
note (const gchar *text, gpointer user)
{
  say_text (user, MEASURE_SAYS_NOTE, text);
}

/* A crash loses what comes after this. */
static void
take_snapshot (Self *self)
{
  gint64 before = g_get_monotonic_time ();
  gint64 after;

  tell_snapshots (self);
  after = g_get_monotonic_time ();
  self->snapshot =
      after + MAX (SNAPSHOT_USEC, SNAPSHOT_SHARE * (after - before));
}

static void
advance (guint64 pairs, gdouble part, gpointer user)
{
  Self *self = user;
  gint64 now = g_get_monotonic_time ();

  g_atomic_int_set (&self->untold, TRUE);
  if (now - self->advanced < ADVANCE_USEC)
    return;
  self->advanced = now;
  say (self,
      gst_structure_new (MEASURE_SAYS_PAIRS, "count", G_TYPE_UINT64, pairs,
          "part", G_TYPE_DOUBLE, part, NULL),
      NULL);
  if (now >= self->snapshot)
    take_snapshot (self);
}

static void
tell_timeline (guint input, const MeasureTimeline *piece, gpointer user)
{
  GstStructure *head = gst_structure_new (
      MEASURE_SAYS_TIMELINE, "number", G_TYPE_UINT, input, NULL);

  measure_timeline_to_fields (piece, head);
  say (user, head, piece->header);
}

/* @recorder: (nullable) (transfer full) */
static void
set_recorder (Self *self, MeasureRecorder *recorder)
{
  g_mutex_lock (&self->recording);
  measure_recorder_flush (self->recorder);
  measure_recorder_free (self->recorder);
  self->recorder = recorder;
  g_mutex_unlock (&self->recording);
}

static void
inspect (Self *self, const GstStructure *head)
{
  g_autofree gchar *path = measure_message_get_text (head, "path");
  g_autofree gchar *raw = measure_message_get_text (head, "raw");
  MeasureInspection look = { .raw = raw, .pipes = self->pipes };
  MeasureInput *input;

  if (path == NULL)
    return;
  gst_structure_get_boolean (head, "briefly", &look.briefly);
  gst_structure_get_boolean (head, "any-playlist", &look.any_playlist);
  input = measure_input_open (path, &look, self->activity, &self->interrupted);
  g_atomic_int_set (&self->working, FALSE);
  say (self, measure_message_of_input (MEASURE_SAYS_INSPECTED, input), NULL);
  measure_input_free (input);
}

/* Connects an input of an order with the pipe that was opened before.  One that
 * is gone has been a problem then. */
static void
find_pipe (Self *self, const MeasureInput *input)
{
  g_autofree gchar *place = NULL;

  if (!input->is_pipe)
    return;
  place = measure_input_place (input->path);
  ((MeasureInput *) input)->pipe = measure_pipes_get (self->pipes, place, NULL);
}

/* Those that are measured in one run are no pipes. */
static void
find_pipes (Self *self, const MeasureOrder *order)
{
  if (order->references != NULL)
    return;
  find_pipe (self, order->reference);
  for (guint i = 0; i < order->distorted->len; i++)
    find_pipe (self, order->distorted->pdata[i]);
}

static void
measure (Self *self, const GstStructure *head)
{
  const MeasureEvents events = {
    .warn = warn, .note = note, .advance = advance, .user = self
  };
  g_autoptr (GPtrArray) results = NULL;
  MeasureSettings settings;
  MeasureOrder order;
  gboolean timelines = FALSE;

  gst_structure_get_boolean (head, "timelines", &timelines);
  measure_settings_init (&settings);
  if (measure_message_to_order (head, &order, &settings)) {
    order.events = &events;
    order.activity = self->activity;
    order.interrupted = &self->interrupted;
    order.kept = &self->kept;
    if (timelines)
      set_recorder (self,
          measure_recorder_new (1 + order.distorted->len, tell_timeline, self));
    order.recorder = self->recorder;
    find_pipes (self, &order);
    g_atomic_int_set (&self->streams,
        order.references != NULL ? 0 : (gint) order.distorted->len);
    self->advanced = self->snapshot = 0;
    results = order.references != NULL ? measure_batch_run (&order)
                                       : measure_run (&order);
    set_recorder (self, NULL);
    g_atomic_int_set (&self->streams, 0);
  }
  g_atomic_int_set (&self->working, FALSE);
  for (guint i = 0; results != NULL && i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    say (self, measure_message_of_result (result, i), result->summary);
  }
  say (self, gst_structure_new_empty (MEASURE_SAYS_DONE), NULL);
  measure_message_clear_order (&order);
  measure_settings_clear (&settings);
}

static void
find_bars (Self *self, const GstStructure *head)
{
  MeasureBars bars = { .width = 0 };
  MeasureBarsRequest request;

  if (measure_message_to_bars_request (head, &request)) {
    find_pipe (self, request.input);
    request.activity = self->activity;
    request.interrupted = &self->interrupted;
    measure_bars_find (&request, &bars);
    measure_input_free ((MeasureInput *) request.input);
  }
  g_atomic_int_set (&self->working, FALSE);
  say (self, measure_message_of_bars (&bars), NULL);
}

static void
show_moment (Self *self, const GstStructure *head)
{
  MeasureMoment *moment = NULL;
  MeasureMomentOrder order;
  MeasureSettings settings;
  GstStructure *end;

  measure_settings_init (&settings);
  if (measure_message_to_moment_order (head, &order, &settings)) {
    order.activity = self->activity;
    order.interrupted = &self->interrupted;
    moment = measure_moment_new (&order);
  }
  measure_message_clear_moment_order (&order);
  measure_settings_clear (&settings);
  g_atomic_int_set (&self->working, FALSE);
  for (guint view = 0; moment != NULL && view < MEASURE_N_VIEWS; view++) {
    GstStructure *piece;

    for (gsize at = 0;
         (piece = measure_message_of_photo (&moment->photos[view], view, at))
         != NULL;
         at += MEASURE_PHOTO_PIECE)
      say (self, piece, NULL);
  }
  end = gst_structure_new (MEASURE_SAYS_MOMENT, "cut-left", G_TYPE_UINT,
      moment != NULL ? moment->cut_left : 0, "cut-top", G_TYPE_UINT,
      moment != NULL ? moment->cut_top : 0, NULL);
  if (moment != NULL)
    measure_message_set_text (end, "problem", moment->problem);
  say (self, end, NULL);
  measure_moment_free (moment);
}

static void
work (Self *self)
{
  for (;;) {
    g_autofree gchar *text = g_async_queue_pop (self->orders);
    GstStructure *head =
        *text != '\0' ? measure_message_read (text, NULL) : NULL;

    if (head == NULL)
      return;
    if (gst_structure_has_name (head, MEASURE_ASKS_INSPECT))
      inspect (self, head);
    else if (gst_structure_has_name (head, MEASURE_ASKS_MOMENT))
      show_moment (self, head);
    else if (gst_structure_has_name (head, MEASURE_ASKS_BARS))
      find_bars (self, head);
    else
      measure (self, head);
    gst_structure_free (head);
  }
}

/* What GStreamer's elements and gdk-pixbuf's loaders complain of over damaged
 * files says nothing to who names the files, and the file's trouble is told
 * anyway.  Who debugs gets to see it. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields,
    gpointer user)
{
  if (!(level & (G_LOG_FLAG_FATAL | G_LOG_LEVEL_ERROR))
      && g_getenv ("G_DEBUG") == NULL && g_getenv ("G_MESSAGES_DEBUG") == NULL)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, user);
}

void
measure_child_run (ChildLink *link)
{
  Self self = { .link = link, .worker = pthread_self () };
  struct sigaction poke = { .sa_handler = on_poke };
  GThread *listener;

  sigaction (SIGUSR1, &poke, NULL);
  g_mutex_init (&self.recording);
  g_log_set_writer_func (write_log, NULL, NULL);
  gst_init (NULL, NULL);
  measure_settings_init (&self.basic);
  self.activity = measure_activity_new (on_element, &self);
  self.pipes = measure_pipes_new (&self.interrupted);
  self.orders = g_async_queue_new_full (g_free);
  say (&self, gst_structure_new_empty (MEASURE_SAYS_READY), NULL);
  listener = g_thread_new ("listener", listen_and_tell, &self);
  work (&self);
  g_thread_join (listener);
  if (self.kept != NULL)
    gst_element_set_state (self.kept, GST_STATE_NULL);
  gst_clear_object (&self.kept);
  g_async_queue_unref (self.orders);
  measure_activity_free (self.activity);
  measure_pipes_free (self.pipes);
  measure_settings_clear (&self.basic);
  child_link_close (link);
}

gboolean
measure_child_main (int argc, char **argv, int *code)
{
  ChildLink *link = child_link_open (argc, argv, MEASURE_CHILD_ROLE);

  if (link == NULL)
    return FALSE;
  measure_child_run (link);
  *code = 0;
  return TRUE;
}
