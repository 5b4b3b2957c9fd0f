/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files of the same video often start at different times: an encoder's delay, a
 * muxer's habit, a recording.  The measuring element finds how they belong
 * together (sync=files); here it gets small pictures of the beginnings, so that
 * no large frames have to be held for it.
 */
#include "measure/align.h"

#include "measure/loop.h"
#include "measure/cut.h"
#include "measure/source.h"

#include "console/duration.h"

/* How much is compared where the first second does not tell, for instance
 * because a film begins with black or a title. */
#define LONG_DURATION (10 * GST_SECOND)
/* A file as short as this was looked at to its end. */
#define SHORT_FILE (3 * GST_SECOND)

/* Where one file is shorter by no more than this, its beginning may be what it
 * lacks. */
#define LONGEST_CUT (30 * GST_SECOND)
/* Less than so many frames are not looked for. */
#define SHORTEST_CUT 3
/* How far around the places where a cut can lead to is looked. */
#define CUT_MARGIN (GST_SECOND / 2)

/* Enough samples for the element's thumbnails. */
#define SMALL "video/x-raw,width=192,height=108"

typedef struct
{
  GstElement *measure;
  GstStructure *found; /* perceptual-sync */
  MeasureCut *cuts[2];
} Search;

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Search *search = user;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
    case GST_MESSAGE_ERROR:
      return FALSE;
    case GST_MESSAGE_ELEMENT:
      if (GST_MESSAGE_SRC (message) != GST_OBJECT (search->measure)
          || !gst_message_has_name (message, "perceptual-sync"))
        return TRUE;
      if (search->found == NULL)
        search->found =
            gst_structure_copy (gst_message_get_structure (message));
      return FALSE;
    default:
      return TRUE;
  }
}

/* Whether both files are said where to start. */
static gboolean
has_starts (const MeasureAlignRequest *request)
{
  return request->section != NULL && request->section->separate;
}

/* When the frame comes that a file is said to start at. */
static GstClockTime
start_of (const MeasureAlignRequest *request, const MeasureInput *input)
{
  const MeasureSection *section = request->section;

  if (!has_starts (request))
    return input->start;
  return measure_section_find_start (input == request->reference
          ? &section->reference_start
          : &section->distorted_start,
      input);
}

/* Lets nothing through from before the start. */
static void
cut_input (Search *search, GstPad *target, const MeasureSource *source,
    const MeasureInput *input, const MeasureAlignRequest *request)
{
  gboolean is_reference = input == request->reference;
  const MeasureSection *section = request->section;
  MeasureCutLimits limits;

  if (!has_starts (request))
    return;
  measure_section_limit_beginning (
      is_reference ? &section->reference_start : &section->distorted_start,
      input, &limits);
  search->cuts[is_reference ? 0 : 1] = measure_cut_new (target, &limits,
      measure_section_may_jump (input, &source->is_matroska), NULL);
}

static void
add_input (Search *search, GstElement *pipeline, MeasureSource *source,
    const MeasureInput *input, const MeasureAlignRequest *request)
{
  gboolean is_reference = input == request->reference;
  const gchar *pad = is_reference ? "ref_sink" : "dist_sink";
  GstElement *scale = gst_element_factory_make ("videoscale", NULL);
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (scale, "sink");

  gst_util_set_object_arg (G_OBJECT (filter), "caps", SMALL);
  g_object_set (scale, "add-borders", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), scale, filter, NULL);
  gst_element_link (scale, filter);
  gst_element_link_pads (filter, "src", search->measure, pad);
  measure_source_init (source, pipeline, input, target, request->turn);
  measure_activity_watch_input (request->activity,
      is_reference ? 0 : request->number, input->uri, source->bin, target);
  cut_input (search, target, source, input, request);
}

/* @duration: of the reference that is compared; 0 as set
 * @window: how far is looked either way, whatever the times are; 0 as set, and
 *   not beyond what the times and the first frames say */
static void
add_measure (Search *search, GstElement *pipeline,
    const MeasureSettings *settings, gint64 duration, gint64 window)
{
  static const gchar *const wishes[] = { "sync-window", "sync-duration" };
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  search->measure = g_object_new (
      G_OBJECT_CLASS_TYPE (settings->element), "allow-hdr", TRUE, NULL);
  gst_util_set_object_arg (G_OBJECT (search->measure), "metric", "psnr");
  gst_util_set_object_arg (
      G_OBJECT (search->measure), "sync", window > 0 ? "auto" : "files");
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++) {
    const MeasureSetting *wish = measure_settings_find (settings, wishes[i]);

    if (wish != NULL)
      g_object_set_property (
          G_OBJECT (search->measure), wish->name, &wish->value);
  }
  if (duration > 0)
    g_object_set (search->measure, "sync-duration", duration, NULL);
  if (window > 0)
    g_object_set (search->measure, "sync-window", window, NULL);
  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), search->measure, sink, NULL);
  gst_element_link (search->measure, sink);
}

/* Returns: (transfer full) (nullable): what the element says of the offset. */
static GstStructure *
search_once (const MeasureAlignRequest *request, gint64 duration, gint64 window)
{
  Search search = { .found = NULL };
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  MeasureSource sources[2];

  add_measure (&search, pipeline, request->settings, duration, window);
  add_input (&search, pipeline, &sources[0], request->reference, request);
  add_input (&search, pipeline, &sources[1], request->distorted, request);
  measure_loop_run (pipeline, on_message, &search, request->interrupted);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    measure_source_clear (&sources[i]);
  measure_activity_forget (request->activity);
  gst_object_unref (pipeline);
  for (guint i = 0; i < G_N_ELEMENTS (search.cuts); i++)
    measure_cut_free (search.cuts[i]);
  return search.found;
}

static gboolean
is_decided (const GstStructure *found)
{
  gboolean decided = FALSE;

  return found != NULL && gst_structure_get_boolean (found, "decided", &decided)
      && decided;
}

/* Of a pipe no more is kept than has to be. */
static gboolean
is_short (const MeasureInput *input)
{
  if (input->is_pipe)
    return TRUE;
  return GST_CLOCK_TIME_IS_VALID (input->duration)
      && input->duration <= SHORT_FILE;
}

/* The same, with more of the files where the first search fails. */
static GstStructure *
search_offset (const MeasureAlignRequest *request)
{
  GstStructure *found = search_once (request, 0, 0);
  GstStructure *second;

  if (found == NULL || is_decided (found)
      || g_atomic_int_get (request->interrupted)
      || is_short (request->reference) || is_short (request->distorted)
      || measure_settings_find (request->settings, "sync-duration") != NULL)
    return found;
  second = search_once (request, LONG_DURATION, 0);
  if (second == NULL)
    return found;
  gst_structure_free (found);
  return second;
}

/* --- what follows -------------------------------------------------------- */

static void
note (MeasureAlignment *self, const gchar *basis, gint64 offset)
{
  self->offset = offset;
  self->notes = gst_structure_new ("notes", "align", G_TYPE_STRING, basis,
      "align-offset", G_TYPE_INT64, offset, NULL);
}

static gchar *
describe_undecided (const MeasureInput *distorted, gint64 apart,
    const gchar *basis, const gchar *reason)
{
  g_autofree gchar *time = duration_print_rounded (ABS (apart));

  return g_strdup_printf (
      "%s: its video starts %s %s than the reference's, and what they "
      "show does not tell which frames belong together, since %s; %s; --align "
      "start, --align time or --sync-offset TIME says how it is",
      distorted->label, time, apart < 0 ? "later" : "earlier", reason,
      g_str_equal (basis, "start") ? "the first frames are taken for the same"
                                   : "the timestamps are taken as they are");
}

/* @found: (nullable): the element's perceptual-sync */
static void
take_found (MeasureAlignment *self, const MeasureInput *distorted, gint64 apart,
    const GstStructure *found)
{
  const gchar *basis = "start", *verdict = NULL;
  const gchar *reason = "their beginnings could not be read";
  gdouble confidence;
  gint64 offset = apart;

  if (found != NULL) {
    basis = gst_structure_get_string (found, "basis");
    verdict = gst_structure_get_string (found, "verdict");
    reason = gst_structure_get_string (found, "reason");
    gst_structure_get_int64 (found, "offset", &offset);
  }
  note (self, basis, offset);
  if (found != NULL
      && gst_structure_get_double (found, "confidence", &confidence))
    gst_structure_set (
        self->notes, "align-confidence", G_TYPE_DOUBLE, confidence, NULL);
  if (is_decided (found))
    return;
  gst_structure_set (self->notes, "align-reason", G_TYPE_STRING, reason, NULL);
  /* Where the picture does not move, one frame is as good as another. */
  if (g_strcmp0 (verdict, "still") != 0)
    self->warning = describe_undecided (distorted, apart, basis, reason);
}

/* What comes live starts when it is asked for. */
static gboolean
is_recorded (const MeasureInput *input)
{
  return !input->is_image && GST_CLOCK_TIME_IS_VALID (input->start)
      && (GST_CLOCK_TIME_IS_VALID (input->duration) || input->is_pipe
          || g_str_has_prefix (input->uri, "file:"));
}

/* The shorter frame of both that is known. */
static GstClockTime
frame_of (const MeasureInput *a, const MeasureInput *b)
{
  if (a->frame == 0 || b->frame == 0)
    return MAX (a->frame, b->frame);
  return MIN (a->frame, b->frame);
}

/* By how much the lengths of the two files differ; 0 where nothing can have
 * been cut off that is worth a search. */
static gint64
find_cut (const MeasureAlignRequest *request)
{
  const MeasureInput *a = request->reference, *b = request->distorted;
  gint64 cut;

  if (has_starts (request) || !GST_CLOCK_TIME_IS_VALID (a->duration)
      || !GST_CLOCK_TIME_IS_VALID (b->duration)
      || measure_settings_find (request->settings, "sync-window") != NULL)
    return 0;
  cut = ABS (GST_CLOCK_DIFF (a->duration, b->duration));
  if (cut < (gint64) (SHORTEST_CUT * frame_of (a, b)) || cut > LONGEST_CUT)
    return 0;
  return cut;
}

/* One of two files of different lengths may lack its beginning: "ffmpeg -ss"
 * makes such copies.  Returns: (transfer full) (nullable): what the element
 * says of the offset, where what they show tells it. */
static GstStructure *
search_cut (const MeasureAlignRequest *request, gint64 apart)
{
  gint64 cut = find_cut (request);
  GstStructure *found = NULL;

  if (cut > 0 && !g_atomic_int_get (request->interrupted))
    found = search_once (request, 0, cut + ABS (apart) + CUT_MARGIN);
  if (!is_decided (found))
    g_clear_pointer (&found, gst_structure_free);
  return found;
}

/* Files that start at the same time: unless what they show says otherwise,
 * their times count. */
static void
align_same_start (
    const MeasureAlignRequest *request, MeasureAlignment *alignment)
{
  GstClockTime frame = frame_of (request->reference, request->distorted);
  GstStructure *found = search_cut (request, 0);
  gint64 offset = 0;

  if (found != NULL && gst_structure_get_int64 (found, "offset", &offset)
      && ABS (offset) > (gint64) (frame / 2))
    take_found (alignment, request->distorted, 0, found);
  else
    note (alignment, "time", 0);
  g_clear_pointer (&found, gst_structure_free);
}

static void
align_by_content (const MeasureAlignRequest *request, gint64 apart,
    MeasureAlignment *alignment)
{
  GstStructure *found = search_offset (request);
  GstStructure *cut = is_decided (found) ? NULL : search_cut (request, apart);

  if (cut != NULL) {
    g_clear_pointer (&found, gst_structure_free);
    found = cut;
  }
  take_found (alignment, request->distorted, apart, found);
  if (g_atomic_int_get (request->interrupted))
    g_clear_pointer (&alignment->warning, g_free);
  g_clear_pointer (&found, gst_structure_free);
}

void
measure_align (const MeasureAlignRequest *request, MeasureAlignment *alignment)
{
  const MeasureInput *reference = request->reference;
  const MeasureInput *distorted = request->distorted;
  gint64 apart;

  *alignment = (MeasureAlignment){ .offset = 0 };
  if (!is_recorded (reference) || !is_recorded (distorted))
    return;
  apart = GST_CLOCK_DIFF (
      start_of (request, distorted), start_of (request, reference));
  if (request->how == MEASURE_ALIGN_LEAVE) {
    /* What the settings say is added to it. */
    alignment->offset = has_starts (request) ? apart : 0;
  } else if (request->how == MEASURE_ALIGN_START) {
    note (alignment, "start", apart);
  } else if (request->how == MEASURE_ALIGN_TIME) {
    note (alignment, "time", has_starts (request) ? apart : 0);
  } else if (ABS (apart) <= (gint64) (frame_of (reference, distorted) / 4)) {
    align_same_start (request, alignment);
  } else {
    align_by_content (request, apart, alignment);
  }
}

void
measure_alignment_clear (MeasureAlignment *self)
{
  g_clear_pointer (&self->notes, gst_structure_free);
  g_clear_pointer (&self->warning, g_free);
}
