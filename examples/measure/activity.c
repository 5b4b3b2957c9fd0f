/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells a hang from work: by the frames that flow, the threads that run and the
 * readers that are slow.
 */
#define _GNU_SOURCE /* gettid(), RUSAGE_THREAD */

#include "measure/activity.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Counted in looks, since a clock goes on while the process is stopped. */
#define LOOKS(ms) ((ms) / MEASURE_LOOK_MS)

/* Nothing runs and nothing is read: nothing can come of local files. */
#define QUIET LOOKS (3000)
/* Something runs, but gives nothing, though it gave frames before. */
#define SPINNING LOOKS (8000)
#define SPINNING_GAPS 20

/* A thread that runs for less between two looks does no work. */
#define WORK_USEC 2000

typedef struct
{
  MeasureActivity *activity; /* not owned */
  guint number;
  gboolean local;
  GstElement *bin;
  GstPad *target;
  GstElement *queue; /* (nullable) */
  gint frames;       /* atomic */
  gint ended;        /* atomic */
} Input;

struct _MeasureActivity
{
  MeasureElementFunc func;
  gpointer user;
  gint moves; /* atomic */
  gint busy;  /* atomic */

  GMutex lock;       /* guards what follows */
  GPtrArray *inputs; /* Input */
  GPtrArray *outputs;
  GstElement *measure;
  gboolean begins; /* another pipeline */

  /* Of the thread that looks. */
  gint seen_moves;
  gint64 work;   /* microseconds */
  guint64 disk;  /* bytes */
  guint still;   /* looks since the last move */
  guint quiet;   /* looks since something ran */
  guint longest; /* looks between two moves */
};

static void
free_input (gpointer data)
{
  Input *input = data;

  gst_clear_object (&input->queue);
  gst_object_unref (input->target);
  gst_object_unref (input->bin);
  g_free (input);
}

MeasureActivity *
measure_activity_new (MeasureElementFunc func, gpointer user)
{
  MeasureActivity *self = g_new0 (MeasureActivity, 1);

  self->func = func;
  self->user = user;
  self->inputs = g_ptr_array_new_with_free_func (free_input);
  self->outputs = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  return self;
}

void
measure_activity_free (MeasureActivity *self)
{
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->outputs);
  gst_clear_object (&self->measure);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
measure_activity_note (MeasureActivity *self)
{
  if (self != NULL)
    g_atomic_int_inc (&self->moves);
}

void
measure_activity_set_busy (MeasureActivity *self, gboolean busy)
{
  if (self != NULL)
    g_atomic_int_set (&self->busy, busy);
}

/* --- the pipeline -------------------------------------------------------- */

/* The name is what a crash is known by: decoders start threads of their own,
 * which inherit it. */
static GstPadProbeReturn
enter_element (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  const Input *input = user;
  gchar name[16];

  g_snprintf (name, sizeof name, MEASURE_THREAD_OF_INPUT "%u", input->number);
  prctl (PR_SET_NAME, name);
  if ((GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) != 0)
    measure_activity_note (input->activity);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
arrive (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Input *input = user;

  if ((GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) != 0)
    g_atomic_int_inc (&input->frames);
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    g_atomic_int_set (&input->ended, TRUE);
  measure_activity_note (input->activity);
  return GST_PAD_PROBE_OK;
}

/* Returns: (nullable): what @element is to the user */
static const gchar *
kind_of (GstElement *element)
{
  const gchar *klass = gst_element_class_get_metadata (
      GST_ELEMENT_GET_CLASS (element), GST_ELEMENT_METADATA_KLASS);

  if (GST_IS_BIN (element) || klass == NULL)
    return NULL;
  if (strstr (klass, "Decoder") != NULL)
    return "decoder";
  return strstr (klass, "Demux") != NULL ? "demuxer" : NULL;
}

static void
on_element (GstBin *bin, GstBin *within, GstElement *element, gpointer user)
{
  Input *input = user;
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");
  const gchar *kind = kind_of (element);

  measure_activity_note (input->activity);
  if (kind == NULL || factory == NULL)
    return;
  if (pad != NULL)
    gst_pad_add_probe (pad,
        GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
        enter_element, input, NULL);
  input->activity->func (
      &(MeasureElement){
          .input = input->number,
          .kind = kind,
          .factory = GST_OBJECT_NAME (factory),
          .name = GST_OBJECT_NAME (element),
      },
      input->activity->user);
}

void
measure_activity_watch_input (MeasureActivity *self, guint number,
    const gchar *uri, GstElement *bin, GstPad *target)
{
  g_autoptr (GstElement) parent = gst_pad_get_parent_element (target);
  Input *input;

  if (self == NULL)
    return;
  input = g_new0 (Input, 1);
  input->activity = self;
  input->number = number;
  input->local = g_str_has_prefix (uri, "file:");
  input->bin = gst_object_ref (bin);
  input->target = gst_object_ref (target);
  if (parent != NULL
      && g_object_class_find_property (
             G_OBJECT_GET_CLASS (parent), "current-level-buffers")
          != NULL)
    input->queue = g_steal_pointer (&parent);
  if (GST_IS_BIN (bin))
    g_signal_connect (
        bin, "deep-element-added", G_CALLBACK (on_element), input);
  gst_pad_add_probe (target,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, arrive,
      input, NULL);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->inputs, input);
  g_mutex_unlock (&self->lock);
}

void
measure_activity_watch_measure (MeasureActivity *self, GstElement *measure)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  gst_object_replace ((GstObject **) &self->measure, GST_OBJECT (measure));
  g_mutex_unlock (&self->lock);
}

void
measure_activity_watch_output (MeasureActivity *self, const gchar *path)
{
  if (self == NULL || path == NULL)
    return;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->outputs, g_strdup (path));
  g_mutex_unlock (&self->lock);
}

void
measure_activity_forget (MeasureActivity *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->inputs, 0);
  g_ptr_array_set_size (self->outputs, 0);
  gst_clear_object (&self->measure);
  self->begins = TRUE;
  g_mutex_unlock (&self->lock);
  measure_activity_note (self);
}

/* --- the process --------------------------------------------------------- */

/* Time on CPUs, that of this thread left out. */
static gint64
read_work (void)
{
  struct rusage all, mine;

  if (getrusage (RUSAGE_SELF, &all) != 0
      || getrusage (RUSAGE_THREAD, &mine) != 0)
    return 0;
  return (all.ru_utime.tv_sec + all.ru_stime.tv_sec - mine.ru_utime.tv_sec
             - mine.ru_stime.tv_sec)
      * G_USEC_PER_SEC
      + all.ru_utime.tv_usec + all.ru_stime.tv_usec - mine.ru_utime.tv_usec
      - mine.ru_stime.tv_usec;
}

/* Whether bytes came from a disk since this was asked last: those of the page
 * cache come at once. */
static gboolean
disk_was_read (MeasureActivity *self)
{
  g_autofree gchar *text = NULL;
  const gchar *found = NULL;
  guint64 before = self->disk;

  if (g_file_get_contents ("/proc/self/io", &text, NULL, NULL))
    found = strstr (text, "\nread_bytes: ");
  if (found != NULL)
    self->disk = g_ascii_strtoull (found + strlen ("\nread_bytes: "), NULL, 10);
  return self->disk != before;
}

/* Whether the thread waits, and not for a disk. */
static gboolean
sleeps (const gchar *id)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/self/task/%s/stat", id);
  g_autofree gchar *text = NULL;
  const gchar *state;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return TRUE; /* it has just ended */
  state = strrchr (text, ')');
  return state != NULL && state[1] == ' ' && state[2] == 'S';
}

/* Whether every thread but this one sleeps. */
static gboolean
all_sleep (void)
{
  DIR *tasks = opendir ("/proc/self/task");
  g_autofree gchar *own = g_strdup_printf ("%d", (int) gettid ());
  gboolean sleep = tasks != NULL;
  const struct dirent *entry;

  while (sleep && (entry = readdir (tasks)) != NULL)
    sleep = entry->d_name[0] == '.' || strcmp (entry->d_name, own) == 0
        || sleeps (entry->d_name);
  if (tasks != NULL)
    closedir (tasks);
  return sleep;
}

/* Whether who reads a pipe is slow, or not there yet. */
static gboolean
reader_is_slow (const gchar *path)
{
  struct pollfd output = { .fd = STDOUT_FILENO, .events = POLLOUT };
  gboolean own = strcmp (path, "-") != 0;
  struct stat info;
  gboolean slow;

  if (own) {
    if (stat (path, &info) != 0 || !S_ISFIFO (info.st_mode))
      return FALSE;
    output.fd = open (path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (output.fd < 0)
      return TRUE;
  }
  slow = poll (&output, 1, 0) == 0;
  if (own)
    close (output.fd);
  return slow;
}

/* --- looking ------------------------------------------------------------- */

/* With the lock held. */
static gboolean
is_waited_for (const MeasureActivity *self)
{
  for (guint i = 0; i < self->outputs->len; i++) {
    if (reader_is_slow (self->outputs->pdata[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_starving (Input *input)
{
  guint level = 0;

  if (g_atomic_int_get (&input->ended))
    return FALSE;
  if (input->queue != NULL)
    g_object_get (input->queue, "current-level-buffers", &level, NULL);
  return level == 0;
}

/* With the lock held. */
static void
look_at_inputs (MeasureActivity *self, MeasureLook *look, gboolean *local,
    gboolean *flowed, gboolean *ended)
{
  GString *starving = g_string_new (NULL);

  *local = *flowed = *ended = self->inputs->len > 0;
  for (guint i = 0; i < self->inputs->len; i++) {
    Input *input = self->inputs->pdata[i];
    guint frames = (guint) g_atomic_int_get (&input->frames);

    *local &= input->local;
    *flowed &= frames > 1;
    *ended &= g_atomic_int_get (&input->ended);
    if (!is_starving (input))
      continue;
    if (starving->len == 0)
      look->frames = frames;
    g_string_append_printf (
        starving, "%s%u", starving->len > 0 ? " " : "", input->number);
  }
  look->starving = g_string_free (starving, FALSE);
}

/* Whether nothing has moved for so long that nothing ever will. */
static gboolean
is_stuck (
    MeasureActivity *self, gboolean moved, gboolean quiet, gboolean flowed)
{
  if (moved)
    self->longest = MAX (self->longest, self->still);
  self->still = moved ? 0 : self->still + 1;
  self->quiet = quiet && !moved ? self->quiet + 1 : 0;
  return self->quiet > QUIET
      || (flowed
          && self->still > MAX (SPINNING, SPINNING_GAPS * self->longest));
}

MeasureLook
measure_activity_look (MeasureActivity *self)
{
  MeasureLook look = { .moved = FALSE };
  gint moves = g_atomic_int_get (&self->moves);
  gint64 work = read_work ();
  gboolean works = work - self->work > WORK_USEC;
  gboolean busy = g_atomic_int_get (&self->busy);
  gboolean local, flowed, ended;

  g_mutex_lock (&self->lock);
  if (self->begins)
    self->still = self->quiet = self->longest = 0;
  self->begins = FALSE;
  look_at_inputs (self, &look, &local, &flowed, &ended);
  /* What is left then is the measuring, and writing heat maps. */
  busy |= ended;
  if (!busy && self->measure != NULL)
    g_signal_emit_by_name (self->measure, "is-measuring", &busy);
  look.moved = moves != self->seen_moves || (busy && works)
      || is_waited_for (self) || disk_was_read (self);
  g_mutex_unlock (&self->lock);
  self->seen_moves = moves;
  self->work = work;
  local &= !busy;
  look.stuck = is_stuck (self, look.moved,
      !look.moved && local && !works && all_sleep (), local && flowed);
  return look;
}

GstStructure *
measure_activity_get_summary (MeasureActivity *self, guint stream)
{
  g_autofree gchar *pad = stream > 0 ? g_strdup_printf ("dist_sink_%u", stream)
                                     : g_strdup ("dist_sink");
  GstStructure *summary = NULL;
  guint64 measured = 0;

  g_mutex_lock (&self->lock);
  if (self->measure != NULL)
    g_signal_emit_by_name (self->measure, "get-summary", pad, &summary);
  g_mutex_unlock (&self->lock);
  if (summary == NULL)
    return NULL;
  gst_structure_get_uint64 (summary, "measured", &measured);
  if (measured == 0)
    gst_clear_structure (&summary);
  return summary;
}
