/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Turns what a process reported before its end into a sentence that names file
 * and element and tells what to try.
 */
#include "measure/words/trouble.h"

#include "measure/activity.h"
#include "measure/words/packages.h"

#include "console/duration.h"
#include "console/low-limits.h"

#include <stdlib.h>
#include <string.h>

/* Linux cuts names of threads. */
#define THREAD_NAME 15

typedef struct
{
  guint input;
  gchar *kind;
  gchar *factory;
  gchar *name;
} Element;

static void
free_element (gpointer data)
{
  Element *element = data;

  g_free (element->kind);
  g_free (element->factory);
  g_free (element->name);
  g_free (element);
}

void
measure_trouble_clear (MeasureTrouble *self)
{
  g_free (self->how);
  g_free (self->thread);
  g_free (self->starving);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  *self = (MeasureTrouble){ .kind = MEASURE_TROUBLE_NONE };
}

void
measure_trouble_note_element (MeasureTrouble *self, const GstStructure *head)
{
  Element *element = g_new0 (Element, 1);

  gst_structure_get (head, "input", G_TYPE_UINT, &element->input, "kind",
      G_TYPE_STRING, &element->kind, "factory", G_TYPE_STRING,
      &element->factory, "name", G_TYPE_STRING, &element->name, NULL);
  if (element->kind == NULL || element->factory == NULL
      || element->name == NULL) {
    free_element (element);
    return;
  }
  if (self->elements == NULL)
    self->elements = g_ptr_array_new_with_free_func (free_element);
  g_ptr_array_add (self->elements, element);
}

void
measure_trouble_note_standstill (MeasureTrouble *self, const GstStructure *head)
{
  g_clear_pointer (&self->starving, g_free);
  gst_structure_get (head, "starving", G_TYPE_STRING, &self->starving, "frames",
      G_TYPE_UINT, &self->frames, NULL);
  self->no_threads = FALSE;
  gst_structure_get (
      head, "no-threads", G_TYPE_BOOLEAN, &self->no_threads, NULL);
}

static gpointer
do_nothing (gpointer unused)
{
  return unused;
}

gboolean
measure_trouble_lacks_threads (void)
{
  GThread *thread = g_thread_try_new ("one-more", do_nothing, NULL, NULL);

  if (thread != NULL)
    g_thread_join (thread);
  return thread == NULL;
}

void
measure_trouble_set_start (MeasureTrouble *self, const gchar *how)
{
  self->kind = MEASURE_TROUBLE_START;
  self->how = g_strdup (how);
}

void
measure_trouble_set_stalled (MeasureTrouble *self, guint still_ms)
{
  self->kind = MEASURE_TROUBLE_STALLED;
  self->still_ms = still_ms;
}

void
measure_trouble_set_died (
    MeasureTrouble *self, const gchar *how, const gchar *thread)
{
  /* A process that was asked to end because it hung may crash over that. */
  if (self->kind != MEASURE_TROUBLE_NONE)
    return;
  self->kind = MEASURE_TROUBLE_DIED;
  self->how = g_strdup (how);
  self->thread = g_strdup (thread);
}

/* --- the element at fault ------------------------------------------------ */

static gboolean
is_thread_of (const gchar *thread, const Element *element)
{
  gsize length = strlen (element->name);

  return strncmp (thread, element->name, MIN (length, THREAD_NAME)) == 0
      && (length >= THREAD_NAME || thread[length] == ':'
          || thread[length] == '\0');
}

/* Returns: (nullable): the last element of @kind (nullable) of an input */
static const Element *
find_element (const MeasureTrouble *self, guint input, const gchar *kind)
{
  guint n = self->elements != NULL ? self->elements->len : 0;

  for (guint i = n; i > 0; i--) {
    const Element *element = self->elements->pdata[i - 1];

    if (element->input == input
        && (kind == NULL || g_str_equal (element->kind, kind)))
      return element;
  }
  return NULL;
}

/* Returns: (nullable): the element that the crash was in, as far as the
 * thread's name tells */
static const Element *
find_crashed (const MeasureTrouble *self)
{
  const gchar *prefix = MEASURE_THREAD_OF_INPUT;
  guint n = self->elements != NULL ? self->elements->len : 0;

  if (self->thread == NULL)
    return NULL;
  if (g_str_has_prefix (self->thread, prefix))
    return find_element (
        self, (guint) atoi (self->thread + strlen (prefix)), NULL);
  for (guint i = n; i > 0; i--) {
    if (is_thread_of (self->thread, self->elements->pdata[i - 1]))
      return self->elements->pdata[i - 1];
  }
  return NULL;
}

gint
measure_trouble_get_input (const MeasureTrouble *self)
{
  const Element *element = find_crashed (self);

  if (self->kind == MEASURE_TROUBLE_DIED && element != NULL)
    return (gint) element->input;
  if (self->kind == MEASURE_TROUBLE_STALLED && self->starving != NULL
      && *self->starving != '\0' && strchr (self->starving, ' ') == NULL)
    return atoi (self->starving);
  return -1;
}

/* --- words --------------------------------------------------------------- */

/* "decoder avdec_ffv1 (gstreamer1.0-libav)" */
static gchar *
name_element (const Element *element)
{
  const gchar *package = measure_package_of_element (element->factory);

  return g_strdup_printf ("%s %s%s%s%s", element->kind, element->factory,
      package != NULL ? " (" : "", package != NULL ? package : "",
      package != NULL ? ")" : "");
}

/* Returns: (nullable): what reads an input, " (demuxer qtdemux, decoder
 * avdec_h264)", or "" */
static gchar *
name_readers (const MeasureTrouble *self, guint input)
{
  const Element *demuxer = find_element (self, input, "demuxer");
  const Element *decoder = find_element (self, input, "decoder");

  if (demuxer == NULL && decoder == NULL)
    return g_strdup ("");
  return g_strdup_printf (" (%s%s%s%s%s)", demuxer != NULL ? "demuxer " : "",
      demuxer != NULL ? demuxer->factory : "",
      demuxer != NULL && decoder != NULL ? ", " : "",
      decoder != NULL ? "decoder " : "",
      decoder != NULL ? decoder->factory : "");
}

static gchar *
describe_crash (
    const MeasureTrouble *self, const gchar *label, const Element *element)
{
  g_autofree gchar *name = NULL;

  if (element == NULL)
    return g_strdup_printf ("%s: the process that measures %s; convert the "
                            "file to another codec or pixel format",
        label, self->how);
  name = name_element (element);
  if (g_str_equal (element->kind, "demuxer"))
    return g_strdup_printf (
        "%s: GStreamer's %s %s over it; put the video into another container, "
        "for instance by ffmpeg -i FILE -c copy OUT.mkv",
        label, name, self->how);
  return g_strdup_printf (
      "%s: GStreamer's %s %s over it; convert the file to another codec or "
      "pixel format, or keep this decoder from being used by "
      "GST_PLUGIN_FEATURE_RANK=%s:NONE",
      label, name, self->how, element->factory);
}

/* @guilty: -1 where nobody can tell which of the two it was */
static gchar *
describe_death (const MeasureTrouble *self, gint guilty, guint number,
    const gchar *const *labels)
{
  const Element *element = find_crashed (self);
  g_autofree gchar *limits = limits_suspect ();
  g_autofree gchar *own = NULL;
  g_autofree gchar *other = NULL;

  /* Then no file is to blame. */
  if (limits != NULL)
    return g_strdup_printf ("%s: the process that measures %s; %s",
        labels[MAX (guilty, 0)], self->how, limits);
  if (element == NULL && guilty >= 0)
    element = find_element (self, (guint) guilty, NULL);
  if (guilty >= 0)
    return describe_crash (self, labels[guilty], element);
  own = name_readers (self, number);
  other = name_readers (self, 0);
  return g_strdup_printf (
      "%s: the process that measures %s while this file%s and %s%s were read; "
      "convert them to another codec or pixel format",
      labels[number], self->how, own, labels[0], other);
}

static gchar *
describe_stall (const MeasureTrouble *self, gint guilty, guint number,
    const gchar *const *labels)
{
  g_autofree gchar *time = duration_print_rounded (
      (gint64) MAX (self->still_ms, 100) / 100 * 100 * DURATION_MS);
  guint input = guilty >= 0 ? (guint) guilty : number;
  g_autofree gchar *readers = name_readers (self, input);

  if (self->no_threads)
    return g_strdup_printf ("%s: " MEASURE_TROUBLE_NO_THREADS, labels[input]);
  if (self->starving == NULL || *self->starving == '\0')
    return g_strdup_printf (
        "%s: the measurement stood still for %s%s; --stall TIME waits "
        "longer",
        labels[input], time, readers);
  if (self->frames == 0 && strstr (labels[input], "://") != NULL)
    return g_strdup_printf (
        "%s: nothing came from this address for %s%s; --stall TIME "
        "waits longer",
        labels[input], time, readers);
  if (self->frames == 0)
    return g_strdup_printf (
        "%s: neither a frame nor an end came of it for %s%s; the file may "
        "be cut off or damaged, which ffmpeg -i FILE OUT.mkv may mend; --stall "
        "TIME waits longer",
        labels[input], time, readers);
  return g_strdup_printf (
      "%s: its end was never seen: after %u frames nothing more came of it for "
      "%s%s; put the video into another container, for instance by "
      "ffmpeg -i FILE -c copy OUT.mkv; --stall TIME waits longer",
      labels[input], self->frames, time, readers);
}

gchar *
measure_trouble_describe (
    const MeasureTrouble *self, guint number, const gchar *const *labels)
{
  guint n = g_strv_length ((gchar **) labels);
  gint guilty = n == 1 ? 0 : measure_trouble_get_input (self);
  g_autofree gchar *limits = NULL;

  if (guilty >= (gint) n)
    guilty = -1;
  switch (self->kind) {
    case MEASURE_TROUBLE_DIED:
      return describe_death (self, guilty, number, labels);
    case MEASURE_TROUBLE_STALLED:
      return describe_stall (self, guilty, number, labels);
    default:
      limits = limits_suspect ();
      return g_strdup_printf ("%s: %s%s%s", labels[number],
          self->how != NULL ? self->how : "it was not measured",
          limits != NULL ? "; " : "", limits != NULL ? limits : "");
  }
}
