/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process that scouts gets a path, and answers with lines: "part P" now and
 * then, "second N BYTES BEGINS" for each second, and at the end "done" or
 * "failed WHY".
 */
#include "tune/scout.h"

#include "console/child.h"
#include "console/program-error.h"
#include "measure/loop.h"
#include "measure/source.h"

#include <stdio.h>
#include <string.h>

#define ROLE "scout"

/* The parent gives up after so long without a word. */
#define STALL_MS 60000
#define TICK_MS 100
#define TELL_USEC (G_USEC_PER_SEC / 5)

/* Longer clips are seen up to here. */
#define MOST_SECONDS 864000

#define LINE                                                                   \
  "queue max-size-time=0 max-size-bytes=0 max-size-buffers=8 name=entrance "   \
  "! videoconvert ! videoscale method=nearest-neighbour "                      \
  "! capsfilter name=half ! x264enc speed-preset=ultrafast pass=qual "         \
  "quantizer=26 vbv-buf-capacity=0 threads=2 option-string=scenecut=40 "       \
  "! fakesink sync=false name=end"

/* --- the process that scouts --------------------------------------------- */

typedef struct
{
  ChildLink *link;
  GArray *seconds; /* of the streaming thread until the pipeline has stopped */
  GstSegment segment;
  gint64 duration; /* ns, -1 if not known */
  gint64 told;
  GstElement *half;
  gchar *fault;
  gboolean interrupted;
} Scout;

/* Encodes are about a quarter as large, and made four times as fast. */
static void
halve (Scout *self, GstCaps *caps)
{
  const GstStructure *fields = gst_caps_get_structure (caps, 0);
  g_autoptr (GstCaps) half = NULL;
  gint width = 0, height = 0;

  if (!gst_structure_get_int (fields, "width", &width)
      || !gst_structure_get_int (fields, "height", &height))
    return;
  half = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420",
      "width", G_TYPE_INT, MAX (width / 4 * 2, 16), "height", G_TYPE_INT,
      MAX (height / 4 * 2, 16), NULL);
  g_object_set (self->half, "caps", half, NULL);
}

static GstPadProbeReturn
on_caps (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    halve (user, caps);
  }
  return GST_PAD_PROBE_OK;
}

static void
tell_part (Scout *self, gint64 at)
{
  gint64 now = g_get_monotonic_time ();
  gchar part[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree gchar *line = NULL;

  if (now - self->told < TELL_USEC)
    return;
  self->told = now;
  g_ascii_formatd (part, sizeof part, "%.4f",
      self->duration > 0 ? (gdouble) at / (gdouble) self->duration : 0);
  line = g_strdup_printf ("part %s", part);
  child_link_say (self->link, line);
}

static void
count (Scout *self, GstBuffer *buffer)
{
  guint64 at = gst_segment_to_stream_time (
      &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  guint second = (guint) MIN (at / GST_SECOND, MOST_SECONDS);
  const TuneSecond none = { 0, -1 };
  TuneSecond *entry;

  if (!GST_CLOCK_TIME_IS_VALID (at))
    return;
  while (self->seconds->len <= second)
    g_array_append_val (self->seconds, none);
  entry = &g_array_index (self->seconds, TuneSecond, second);
  entry->bytes += gst_buffer_get_size (buffer);
  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT)
      && entry->begins < 0)
    entry->begins = (gint64) at;
  tell_part (self, (gint64) at);
}

static GstPadProbeReturn
on_encoded (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Scout *self = user;

  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0)
    count (self, GST_PAD_PROBE_INFO_BUFFER (info));
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      == GST_EVENT_SEGMENT)
    gst_event_copy_segment (GST_PAD_PROBE_INFO_EVENT (info), &self->segment);
  return GST_PAD_PROBE_OK;
}

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Scout *self = user;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      if (self->fault == NULL)
        self->fault = g_strdup (error->message);
      return FALSE;
    case GST_MESSAGE_EOS:
      return FALSE;
    default:
      return TRUE;
  }
}

static void
watch (GstElement *bin, const gchar *name, const gchar *pad_name,
    GstPadProbeType types, GstPadProbeCallback callback, Scout *self)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (bin), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, types, callback, self, NULL);
}

static void
encode (Scout *self, const MeasureInput *input)
{
  g_autoptr (GstElement) pipeline =
      gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GError) error = NULL;
  GstElement *bin = gst_parse_bin_from_description_full (
      LINE, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_autoptr (GstPad) target = NULL;
  MeasureSource source;

  if (bin == NULL) {
    self->fault = g_strdup (error->message);
    return;
  }
  self->half = gst_bin_get_by_name (GST_BIN (bin), "half");
  watch (bin, "entrance", "src", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps,
      self);
  watch (bin, "end", "sink",
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_encoded, self);
  gst_bin_add (GST_BIN (pipeline), bin);
  target = gst_element_get_static_pad (bin, "sink");
  measure_source_init (&source, pipeline, input, target, FALSE);
  measure_loop_run (pipeline, on_message, self, &self->interrupted);
  measure_source_clear (&source);
  gst_object_unref (self->half);
}

static void
tell_seconds (Scout *self)
{
  for (guint i = 0; i < self->seconds->len; i++) {
    const TuneSecond *second = &g_array_index (self->seconds, TuneSecond, i);
    g_autofree gchar *line =
        g_strdup_printf ("second %u %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, i,
            second->bytes, second->begins);

    child_link_say (self->link, line);
  }
}

static void
scout (Scout *self, const gchar *path)
{
  MeasureInput *input = measure_input_new (path, NULL, &self->interrupted);

  if (input->problem != NULL) {
    self->fault = g_strdup (input->problem);
  } else {
    self->duration = (gint64) input->duration;
    encode (self, input);
  }
  measure_input_free (input);
  if (self->fault == NULL && self->seconds->len == 0)
    self->fault = g_strdup ("no frame came");
  if (self->fault != NULL) {
    g_autofree gchar *line = g_strdup_printf ("failed %s", self->fault);

    child_link_say (self->link, line);
  } else {
    tell_seconds (self);
    child_link_say (self->link, "done");
  }
}

gboolean
tune_scout_main (int argc, char **argv, int *code)
{
  Scout self = { .link = child_link_open (argc, argv, ROLE) };
  g_autofree gchar *path = NULL;

  *code = 0;
  if (self.link == NULL)
    return FALSE;
  gst_init (NULL, NULL);
  self.seconds = g_array_new (FALSE, FALSE, sizeof (TuneSecond));
  gst_segment_init (&self.segment, GST_FORMAT_TIME);
  while (path == NULL
      && child_link_hear (self.link, STALL_MS, &path) != CHILD_ENDED)
    ;
  if (path != NULL)
    scout (&self, path);
  g_array_unref (self.seconds);
  g_free (self.fault);
  child_link_close (self.link);
  return TRUE;
}

/* --- the parent ---------------------------------------------------------- */

typedef struct
{
  Child *child;
  GArray *seconds;
  gchar *fault;
  gboolean done;
  void (*advance) (gdouble part, gpointer user);
  gpointer user;
} Errand;

static void
take_second (Errand *self, const gchar *line)
{
  TuneSecond second = { 0, -1 };
  guint at;

  if (sscanf (line, "second %u %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, &at,
          &second.bytes, &second.begins)
          == 3
      && at == self->seconds->len)
    g_array_append_val (self->seconds, second);
}

static void
take (Errand *self, const gchar *line)
{
  if (g_str_has_prefix (line, "second "))
    take_second (self, line);
  else if (g_str_has_prefix (line, "part ") && self->advance != NULL)
    self->advance (g_ascii_strtod (line + strlen ("part "), NULL), self->user);
  else if (g_str_has_prefix (line, "failed "))
    self->fault = g_strdup (line + strlen ("failed "));
  self->done |= strcmp (line, "done") == 0 || self->fault != NULL;
}

/* Sets @fault where the process has not come to its end. */
static void
listen (Errand *self, const gboolean *interrupted)
{
  gint64 heard = g_get_monotonic_time ();

  while (!self->done && !g_atomic_int_get (interrupted)) {
    g_autofree gchar *line = NULL;
    ChildNews news = child_hear (self->child, TICK_MS, &line);

    if (news == CHILD_SAID) {
      take (self, line);
      heard = g_get_monotonic_time ();
    } else if (news == CHILD_ENDED) {
      self->fault = child_describe_end (self->child, NULL);
      return;
    } else if (g_get_monotonic_time () - heard > STALL_MS * 1000) {
      self->fault = g_strdup ("nothing came of it for a minute");
      return;
    }
  }
}

GArray *
tune_scout (const TuneClip *clip, const gboolean *interrupted,
    void (*advance) (gdouble part, gpointer user), gpointer user,
    GError **error)
{
  g_autoptr (GArray) seconds = g_array_new (FALSE, FALSE, sizeof (TuneSecond));
  Errand self = { .child = child_start (ROLE, error),
    .seconds = seconds,
    .advance = advance,
    .user = user };
  gboolean ok;

  if (self.child == NULL)
    return NULL;
  child_tell (self.child, clip->path);
  listen (&self, interrupted);
  child_end (self.child, 0);
  if (g_atomic_int_get (interrupted))
    ok = program_fail_interrupted (error, "anything was measured");
  else
    ok = self.fault == NULL
        || program_fail (error, clip->path, "%s", self.fault);
  g_free (self.fault);
  return ok ? g_steal_pointer (&seconds) : NULL;
}
