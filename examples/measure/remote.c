/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sends orders to the process that measures and receives results, or finds out
 * why there are no results.
 */
#include "measure/remote.h"

#include "measure/child.h"
#include "measure/message.h"
#include "measure/reader/sequence.h"
#include "measure/words/trouble.h"

#include "console/child.h"

#include <string.h>

#define TICK_MS 100

/* GStreamer may look through all of its plugins first. */
#define START_MS 120000
/* From the wish to stop to the last word, whatever gets on meanwhile: where the
 * user wants it, and where nothing gets on.  What was measured has been told
 * before. */
#define INTERRUPTED_MS 2000
#define STOP_MS 10000
/* To leave in peace. */
#define LEAVE_MS 500

struct _MeasureRemote
{
  Child *child; /* (nullable) */
  gboolean ready;
  gint orders; /* that this child got */
  guint stall_ms;
  gboolean exact;         /* and not a moment sooner */
  MeasureTrouble trouble; /* of the present order */
};

/* Takes @head and @summary (nullable), which stay the caller's.  Returns:
 * whether that was the last of an order. */
typedef gboolean (*TakeFunc) (
    const GstStructure *head, const GstStructure *summary, gpointer user);

/**
 * Talk:
 * @take: gets the messages that this file does not handle itself
 * @still: ms in which nothing got on
 * @limit: ms that it may take
 * @stopping: the other process was asked to stop
 * @deadline: until when, then; monotonic us
 */
typedef struct
{
  TakeFunc take;
  gpointer user;
  const gboolean *interrupted;
  guint still;
  guint limit;
  gboolean stopping;
  gint64 deadline;
  gboolean done;
} Talk;

static MeasureRemote *
new_remote (Child *child)
{
  MeasureRemote *self = g_new0 (MeasureRemote, 1);

  self->stall_ms = MEASURE_STALL_MS;
  self->child = child;
  return self;
}

MeasureRemote *
measure_remote_new (void)
{
  return new_remote (child_start (MEASURE_CHILD_ROLE, NULL));
}

MeasureRemote *
measure_remote_fork (guint threads)
{
  ChildLink *link;
  Child *child = child_fork (threads, &link);

  if (link != NULL) {
    measure_child_run (link);
    return NULL;
  }
  return child != NULL ? new_remote (child) : measure_remote_new ();
}

void
measure_remote_free (MeasureRemote *self)
{
  if (self == NULL)
    return;
  child_end (self->child, LEAVE_MS);
  measure_trouble_clear (&self->trouble);
  g_free (self);
}

void
measure_remote_set_stall (MeasureRemote *self, guint milliseconds)
{
  self->stall_ms = milliseconds;
  self->exact = TRUE;
}

/* --- messages ------------------------------------------------------------ */

static void
take_alive (MeasureRemote *self, Talk *talk, const GstStructure *head)
{
  gboolean moved = FALSE, stuck = FALSE;
  gint order = 0;

  gst_structure_get (head, "order", G_TYPE_INT, &order, "moved", G_TYPE_BOOLEAN,
      &moved, "stuck", G_TYPE_BOOLEAN, &stuck, NULL);
  if (order != self->orders)
    return;
  if (moved)
    talk->still = 0;
  else if (!talk->stopping)
    measure_trouble_note_standstill (&self->trouble, head);
  if (stuck && !talk->stopping && !self->exact)
    talk->limit = 0;
}

static void
take (MeasureRemote *self, Talk *talk, const gchar *text)
{
  g_autoptr (GstStructure) summary = NULL;
  g_autoptr (GstStructure) head = measure_message_read (text, &summary);

  if (head == NULL)
    return;
  if (gst_structure_has_name (head, MEASURE_SAYS_ALIVE)) {
    take_alive (self, talk, head);
    return;
  }
  /* That comes by the clock. */
  if (!gst_structure_has_name (head, MEASURE_SAYS_SNAPSHOT))
    talk->still = 0;
  if (gst_structure_has_name (head, MEASURE_SAYS_READY))
    self->ready = TRUE;
  else if (gst_structure_has_name (head, MEASURE_SAYS_ELEMENT))
    measure_trouble_note_element (&self->trouble, head);
  else
    talk->done |= talk->take (head, summary, talk->user);
}

/* Asks for an early end.  Returns: FALSE where that was done before and did not
 * help. */
static gboolean
stop (MeasureRemote *self, Talk *talk)
{
  if (talk->stopping)
    return FALSE;
  child_tell (self->child, MEASURE_ASKS_STOP);
  talk->stopping = TRUE;
  talk->still = 0;
  talk->limit = MIN (self->stall_ms,
      g_atomic_int_get (talk->interrupted) ? INTERRUPTED_MS : STOP_MS);
  talk->deadline = g_get_monotonic_time () + (gint64) talk->limit * 1000;
  return TRUE;
}

/* One step of waiting.  Only time in which this process ran counts: it may
 * have been stopped together with the other. */
static gboolean
wait (MeasureRemote *self, Talk *talk)
{
  gint64 before = g_get_monotonic_time ();
  g_autofree gchar *text = NULL;
  guint elapsed;

  switch (child_hear (self->child, TICK_MS, &text)) {
    case CHILD_SAID:
      take (self, talk, text);
      break;
    case CHILD_ENDED:
      return FALSE;
    case CHILD_SILENT:
      break;
  }
  elapsed = (guint) ((g_get_monotonic_time () - before) / 1000);
  talk->still += MIN (elapsed, 2 * TICK_MS);
  g_main_context_iteration (NULL, FALSE);
  return TRUE;
}

static void
drop_child (MeasureRemote *self)
{
  child_end (self->child, 0);
  self->child = NULL;
  self->ready = FALSE;
  self->orders = 0;
}

/* Waits until the process reports that it is ready.  Returns: FALSE with the
 * reason in the trouble. */
static gboolean
get_ready (MeasureRemote *self, Talk *talk)
{
  g_autoptr (GError) error = NULL;

  if (self->child == NULL)
    self->child = child_start (MEASURE_CHILD_ROLE, &error);
  if (self->child == NULL) {
    measure_trouble_set_start (&self->trouble, error->message);
    return FALSE;
  }
  talk->limit = START_MS;
  while (!self->ready && !g_atomic_int_get (talk->interrupted)) {
    if (wait (self, talk) && talk->still <= talk->limit)
      continue;
    measure_trouble_set_start (
        &self->trouble, "the process that measures did not get ready");
    drop_child (self);
    return FALSE;
  }
  talk->still = 0;
  talk->limit = self->stall_ms;
  return self->ready;
}

/* Gives @order, and listens until it is carried out.  Returns: FALSE where it
 * was not carried out to its end; the trouble tells why, unless it was
 * interrupted. */
static gboolean
talk_over (MeasureRemote *self, const gchar *order, Talk *talk)
{
  gboolean alive;

  measure_trouble_clear (&self->trouble);
  if (!get_ready (self, talk))
    return FALSE;
  self->orders++;
  alive = child_tell (self->child, order);
  while (alive && !talk->done) {
    if (g_atomic_int_get (talk->interrupted))
      stop (self, talk);
    alive = wait (self, talk);
    if (talk->done
        || (talk->stopping ? g_get_monotonic_time () < talk->deadline
                           : talk->still <= talk->limit))
      continue;
    if (!talk->stopping)
      measure_trouble_set_stalled (&self->trouble, talk->still);
    if (!stop (self, talk))
      break;
  }
  if (talk->done)
    return self->trouble.kind == MEASURE_TROUBLE_NONE;
  if (!alive) {
    g_autofree gchar *thread = NULL;
    g_autofree gchar *how = child_describe_end (self->child, &thread);

    measure_trouble_set_died (&self->trouble, how, thread);
  }
  drop_child (self);
  return FALSE;
}

/* --- looking at a file --------------------------------------------------- */

static gboolean
take_inspected (
    const GstStructure *head, const GstStructure *summary, gpointer user)
{
  MeasureInput **input = user;

  if (*input != NULL || !gst_structure_has_name (head, MEASURE_SAYS_INSPECTED))
    return FALSE;
  *input = measure_message_to_input (head);
  return TRUE;
}

MeasureInput *
measure_remote_inspect (
    MeasureRemote *self, const gchar *path, const gboolean *interrupted)
{
  return measure_remote_look (
      self, path, &(MeasureInspection){ 0 }, interrupted);
}

MeasureInput *
measure_remote_look (MeasureRemote *self, const gchar *path,
    const MeasureInspection *look, const gboolean *interrupted)
{
  GstStructure *head = gst_structure_new (MEASURE_ASKS_INSPECT, "briefly",
      G_TYPE_BOOLEAN, look->briefly, "any-playlist", G_TYPE_BOOLEAN,
      look->any_playlist, NULL);
  g_autofree gchar *order = NULL;
  MeasureInput *input = NULL;
  Talk talk = {
    .take = take_inspected, .user = &input, .interrupted = interrupted
  };

  measure_message_set_text (head, "path", path);
  measure_message_set_text (head, "raw", look->raw);
  order = measure_message_write (head, NULL);
  if (talk_over (self, order, &talk))
    return input;
  if (input == NULL) {
    input = g_new0 (MeasureInput, 1);
    if (!measure_sequence_read_order (path, &input->path, &input->file))
      input->path = g_strdup (path);
    input->label = measure_input_label (input->path);
    input->duration = GST_CLOCK_TIME_NONE;
  }
  if (self->trouble.kind != MEASURE_TROUBLE_NONE
      && !g_atomic_int_get (interrupted)) {
    const gchar *const labels[] = { input->label, NULL };

    g_free (input->problem);
    input->problem = measure_trouble_describe (&self->trouble, 0, labels);
  }
  return input;
}

/* --- black bars ---------------------------------------------------------- */

static gboolean
take_bars (const GstStructure *head, const GstStructure *summary, gpointer user)
{
  if (!gst_structure_has_name (head, MEASURE_SAYS_BARS))
    return FALSE;
  measure_message_to_bars (head, user);
  return TRUE;
}

void
measure_remote_find_bars (
    MeasureRemote *self, const MeasureBarsRequest *request, MeasureBars *bars)
{
  g_autofree gchar *text =
      measure_message_write (measure_message_of_bars_request (request), NULL);
  Talk talk = {
    .take = take_bars, .user = bars, .interrupted = request->interrupted
  };

  *bars = (MeasureBars){ .width = 0 };
  talk_over (self, text, &talk);
}

/* --- measuring ----------------------------------------------------------- */

typedef struct
{
  const MeasureOrder *order;
  GPtrArray *results;
} Measuring;

static MeasureResult *
result_of (const Measuring *self, const GstStructure *head)
{
  guint number = G_MAXUINT;

  gst_structure_get_uint (head, "number", &number);
  return number < self->results->len ? self->results->pdata[number] : NULL;
}

static void
take_result (const Measuring *self, const GstStructure *head,
    const GstStructure *summary)
{
  MeasureResult *result = result_of (self, head);

  if (result == NULL)
    return;
  if (gst_structure_has_name (head, MEASURE_SAYS_RESULT))
    measure_message_to_result (head, result);
  if (summary == NULL)
    return;
  g_clear_pointer (&result->summary, gst_structure_free);
  result->summary = gst_structure_copy (summary);
}

static void
take_timeline (
    const Measuring *self, const GstStructure *head, const GstStructure *header)
{
  const GPtrArray *timelines = self->order->timelines;
  MeasureTimeline *timeline;
  guint number = G_MAXUINT;

  gst_structure_get_uint (head, "number", &number);
  if (timelines == NULL || number >= timelines->len)
    return;
  timeline = timelines->pdata[number];
  measure_timeline_append_fields (timeline, head);
  if (header != NULL && timeline->header == NULL)
    timeline->header = gst_structure_copy (header);
}

static gboolean
take_measured (
    const GstStructure *head, const GstStructure *summary, gpointer user)
{
  const Measuring *self = user;
  const MeasureEvents *events = self->order->events;

  if (gst_structure_has_name (head, MEASURE_SAYS_PAIRS)) {
    guint64 count = 0;
    gdouble part = -1;

    gst_structure_get (head, "count", G_TYPE_UINT64, &count, "part",
        G_TYPE_DOUBLE, &part, NULL);
    events->advance (count, part, events->user);
  } else if (gst_structure_has_name (head, MEASURE_SAYS_WARNING)) {
    g_autofree gchar *text = measure_message_get_text (head, "text");

    events->warn (text, events->user);
  } else if (gst_structure_has_name (head, MEASURE_SAYS_NOTE)) {
    g_autofree gchar *text = measure_message_get_text (head, "text");

    events->note (text, events->user);
  } else if (gst_structure_has_name (head, MEASURE_SAYS_TIMELINE)) {
    take_timeline (self, head, summary);
  } else {
    take_result (self, head, summary);
  }
  return gst_structure_has_name (head, MEASURE_SAYS_DONE);
}

/* What a process that died or was ended means for each file.  The one that it
 * was about has the error; where nobody can tell which of several that is, all
 * are measured again, each by itself. */
static void
lay_blame (MeasureRemote *self, Measuring *measuring)
{
  const MeasureTrouble *trouble = &self->trouble;
  GPtrArray *results = measuring->results;
  g_autofree const gchar **labels = g_new0 (const gchar *, 2 + results->len);
  const MeasureOrder *order = measuring->order;
  /* Of pairs with references of their own, nobody knows which one it was. */
  gint guilty = order->references != NULL && results->len > 1
      ? -1
      : measure_trouble_get_input (trouble);
  const MeasureInput *reference = order->references != NULL
      ? order->references->pdata[0]
      : order->reference;

  labels[0] = reference->label;
  for (guint i = 0; i < results->len; i++)
    labels[1 + i] = ((MeasureResult *) results->pdata[i])->distorted->label;
  for (guint i = 0; i < results->len; i++) {
    MeasureResult *result = results->pdata[i];
    gboolean own = guilty == (gint) i + 1 || results->len == 1;

    result->incomplete = TRUE;
    if (result->error != NULL)
      continue;
    result->hopeless = guilty == 0 || trouble->kind == MEASURE_TROUBLE_START;
    result->broken_off = !own && !result->hopeless;
    if (own || result->hopeless)
      result->error = measure_trouble_describe (trouble, 1 + i, labels);
  }
}

GPtrArray *
measure_remote_run (MeasureRemote *self, const MeasureOrder *order)
{
  g_autofree gchar *text =
      measure_message_write (measure_message_of_order (order), NULL);
  Measuring measuring = { .order = order };
  Talk talk = {
    .take = take_measured, .user = &measuring, .interrupted = order->interrupted
  };

  measuring.results =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_result_free);
  for (guint i = 0; i < order->distorted->len; i++)
    g_ptr_array_add (
        measuring.results, measure_result_new (order->distorted->pdata[i]));
  for (guint i = 0; order->timelines != NULL && i < order->timelines->len; i++)
    measure_timeline_clear (order->timelines->pdata[i]);
  if (talk_over (self, text, &talk))
    return measuring.results;
  if (!g_atomic_int_get (order->interrupted)) {
    lay_blame (self, &measuring);
  } else {
    for (guint i = 0; i < measuring.results->len; i++)
      ((MeasureResult *) measuring.results->pdata[i])->incomplete = TRUE;
  }
  return measuring.results;
}

/* --- one pair once more -------------------------------------------------- */

static gboolean
take_moment (
    const GstStructure *head, const GstStructure *summary, gpointer user)
{
  MeasureMoment *moment = user;

  if (gst_structure_has_name (head, MEASURE_SAYS_PHOTO))
    measure_message_to_photo (head, moment);
  if (!gst_structure_has_name (head, MEASURE_SAYS_MOMENT))
    return FALSE;
  gst_structure_get (head, "cut-left", G_TYPE_UINT, &moment->cut_left,
      "cut-top", G_TYPE_UINT, &moment->cut_top, NULL);
  moment->problem = measure_message_get_text (head, "problem");
  return TRUE;
}

MeasureMoment *
measure_remote_show (MeasureRemote *self, const MeasureMomentOrder *order)
{
  g_autofree gchar *text =
      measure_message_write (measure_message_of_moment_order (order), NULL);
  MeasureMoment *moment = g_new0 (MeasureMoment, 1);
  Talk talk = {
    .take = take_moment, .user = moment, .interrupted = order->interrupted
  };
  const gchar *const labels[] = { order->reference->label,
    order->distorted->label, NULL };

  if (talk_over (self, text, &talk) || moment->problem != NULL)
    return moment;
  measure_moment_free (moment);
  moment = g_new0 (MeasureMoment, 1);
  if (g_atomic_int_get (order->interrupted))
    moment->problem = g_strdup ("the run was interrupted");
  else
    moment->problem = measure_trouble_describe (&self->trouble, 1, labels);
  return moment;
}
