/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decodes one input: links the first video stream to a given pad, keeps other
 * streams from being decoded, and gives a single frame without a time one.
 */
#include "measure/source.h"

#include "measure/playlist.h"
#include "measure/reader/reader-source.h"

#include <gst/pbutils/pbutils.h>

static gboolean
is_video (GstCaps *caps)
{
  return caps != NULL && gst_caps_get_size (caps) > 0
      && gst_structure_has_name (
          gst_caps_get_structure (caps, 0), "video/x-raw");
}

/* Whether to go on decoding a stream of this type.  Sound and text are of no
 * use here, and a missing decoder for them must not be an error. */
static gboolean
continue_decoding (GstElement *bin, GstPad *pad, GstCaps *caps, gpointer user)
{
  static const gchar *const unused[] = { "audio/", "text/", "subpicture/",
    "closedcaption/", "meta/" };
  MeasureSource *self = user;
  const gchar *name;

  if (gst_caps_get_size (caps) == 0)
    return TRUE;
  name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  /* The first type asked about is that of the file itself; a container of
   * sound is opened to say what is in it. */
  if (!self->type_seen) {
    self->type_seen = TRUE;
    self->is_image_type = g_str_has_prefix (name, "image/");
    self->is_matroska = g_str_has_suffix (name, "/x-matroska")
        || g_str_has_suffix (name, "/webm");
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (unused); i++) {
    if (g_str_has_prefix (name, unused[i]))
      return FALSE;
  }
  return TRUE;
}

/* Some single frames come without a timestamp, and pairing needs one.  Later
 * frames are left as they are: a rate would have to be made up for them, so
 * the measuring element reports them. */
static GstPadProbeReturn
time_first_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (!GST_BUFFER_PTS_IS_VALID (buffer)) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = 0;
    GST_PAD_PROBE_INFO_DATA (info) = buffer;
  }
  return GST_PAD_PROBE_REMOVE;
}

/* matroskademux (1.22) counts running time from the first frame of video, and
 * from the first sound as soon as it finds one that is earlier: neither are
 * these the times of the file, nor do they fit together. */
static GstPadProbeReturn
keep_times (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstSegment segment;

  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  gst_event_copy_segment (event, &segment);
  if (segment.format != GST_FORMAT_TIME || segment.rate < 0)
    return GST_PAD_PROBE_OK;
  segment.start = segment.time = segment.base = 0;
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&segment);
  gst_event_set_seqnum (
      GST_PAD_PROBE_INFO_EVENT (info), gst_event_get_seqnum (event));
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

/* Demuxers tell of times in which nothing comes.  Once there were frames,
 * decoders then give out what they hold, and give up the next ones that need
 * others; what frames are missing is told by the other stream. */
static GstPadProbeReturn
drop_later_gaps (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  gboolean *begun = user;

  if (!(info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)) {
    *begun = TRUE;
    return GST_PAD_PROBE_OK;
  }
  return *begun
          && GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_GAP
      ? GST_PAD_PROBE_DROP
      : GST_PAD_PROBE_OK;
}

static void
keep_later_gaps_from (GstPad *pad)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, drop_later_gaps,
      g_new0 (gboolean, 1), g_free);
}

static void
throw_away (MeasureSource *self, GstPad *pad, GstCaps *caps)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstObject) pipeline =
      gst_object_get_parent (GST_OBJECT (self->bin));

  if (caps != NULL && gst_caps_is_fixed (caps)) {
    g_autofree gchar *description = gst_pb_utils_get_codec_description (caps);

    g_mutex_lock (&self->lock);
    g_string_append_printf (self->others, "%s%s",
        self->others->len > 0 ? ", " : "",
        description != NULL ? description : "a stream of unknown type");
    g_mutex_unlock (&self->lock);
  }
  /* Not async: the pipeline shall not wait for sound before it starts. */
  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, sink_pad);
}

static void
refuse_to_turn (MeasureSource *self, GstCaps *caps)
{
  GST_ELEMENT_ERROR (self->bin, CORE, NEGOTIATION,
      ("its pictures are to be turned before they are shown (%s), which is not "
       "done for the format %s; --orientation ignore measures them as they are",
          self->mending.file->orientation,
          gst_structure_get_string (
              gst_caps_get_structure (caps, 0), "format")),
      (NULL));
}

/* Returns: (transfer full) (nullable): the element that turns pictures before
 * the target; NULL after an ERROR message. */
static GstElement *
add_turner (MeasureSource *self, const gchar *direction)
{
  GstElement *turner = gst_element_factory_make ("videoflip", NULL);
  g_autoptr (GstObject) pipeline =
      gst_object_get_parent (GST_OBJECT (self->bin));
  g_autoptr (GstPad) source = NULL;

  if (turner == NULL) {
    GST_ELEMENT_ERROR (self->bin, CORE, MISSING_PLUGIN,
        ("its pictures are to be turned, and GStreamer's element videoflip is "
         "not installed; it comes in the good plugins, on Debian "
         "gstreamer1.0-plugins-good"),
        (NULL));
    return NULL;
  }
  gst_util_set_object_arg (G_OBJECT (turner), "video-direction", direction);
  source = gst_element_get_static_pad (turner, "src");
  gst_bin_add (GST_BIN (pipeline), gst_object_ref (turner));
  gst_pad_link (source, self->target);
  gst_element_sync_state_with_parent (turner);
  return turner;
}

/* Returns: (transfer full) (nullable): where the video goes: the target, or
 * what turns pictures before it; NULL after an ERROR message. */
static GstPad *
find_entrance (MeasureSource *self, GstCaps *caps)
{
  const gchar *direction = measure_mending_get_direction (&self->mending);
  g_autoptr (GstElement) turner = NULL;
  g_autoptr (GstCaps) allowed = NULL;
  g_autoptr (GstPad) sink = NULL;

  if (direction == NULL)
    return gst_object_ref (self->target);
  turner = add_turner (self, direction);
  if (turner == NULL)
    return NULL;
  sink = gst_element_get_static_pad (turner, "sink");
  allowed = gst_pad_get_pad_template_caps (sink);
  if (gst_caps_can_intersect (caps, allowed))
    return g_steal_pointer (&sink);
  refuse_to_turn (self, caps);
  return NULL;
}

/* Fields cannot be told apart in what was turned, so this comes before.
 * @behind: what takes the frames.  Returns: (transfer full) (nullable): the pad
 * before it: that of the element that makes frames of fields, or @behind; NULL
 * after an ERROR message */
static GstPad *
add_deinterlacer (MeasureSource *self, GstPad *behind)
{
  const MeasureInput *input = self->input;
  g_autoptr (GstObject) pipeline =
      gst_object_get_parent (GST_OBJECT (self->bin));
  g_autoptr (GstPad) source = NULL;
  GstElement *element;

  if (input->deinterlacing == MEASURE_DEINTERLACE_NOT)
    return gst_object_ref (behind);
  element = gst_element_factory_make ("deinterlace", NULL);
  if (element == NULL) {
    GST_ELEMENT_ERROR (self->bin, CORE, MISSING_PLUGIN,
        ("GStreamer's element deinterlace is not installed; it comes in the "
         "good plugins, on Debian gstreamer1.0-plugins-good"),
        (NULL));
    return NULL;
  }
  /* The methods that look at other frames give wrong times at the beginning or
   * the end (1.22). */
  gst_util_set_object_arg (G_OBJECT (element), "method", "linear");
  gst_util_set_object_arg (G_OBJECT (element), "mode",
      input->is_interlaced ? "auto-strict" : "interlaced");
  gst_util_set_object_arg (G_OBJECT (element), "fields",
      input->deinterlacing == MEASURE_DEINTERLACE_FIELDS ? "all" : "top");
  source = gst_element_get_static_pad (element, "src");
  gst_bin_add (GST_BIN (pipeline), element);
  gst_pad_link (source, behind);
  gst_element_sync_state_with_parent (element);
  return gst_element_get_static_pad (element, "sink");
}

static void
on_pad_added (GstElement *bin, GstPad *pad, gpointer user)
{
  MeasureSource *self = user;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstPad) behind = NULL, entrance = NULL;

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (is_video (caps))
    g_atomic_int_inc (&self->videos);
  if (!is_video (caps) || g_atomic_int_get (&self->linked)) {
    throw_away (self, pad, caps);
    return;
  }
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, time_first_frame, self, NULL);
  if (self->is_matroska)
    gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, keep_times, NULL, NULL);
  keep_later_gaps_from (pad);
  measure_mending_apply (&self->mending, pad);
  behind = find_entrance (self, caps);
  if (behind != NULL)
    entrance = add_deinterlacer (self, behind);
  if (entrance == NULL)
    return;
  if (GST_PAD_LINK_FAILED (gst_pad_link (pad, entrance))) {
    g_autofree gchar *text = gst_caps_to_string (caps);

    GST_ELEMENT_ERROR (bin, CORE, NEGOTIATION,
        ("Its video cannot be measured: no conversion from %s.", text), (NULL));
    return;
  }
  if (self->bytes != NULL)
    measure_byte_count_choose (self->bytes, pad, self->is_matroska);
  g_atomic_int_set (&self->linked, TRUE);
}

static void
on_no_more_pads (GstElement *bin, gpointer user)
{
  MeasureSource *self = user;

  if (g_atomic_int_get (&self->linked))
    return;
  g_mutex_lock (&self->lock);
  GST_ELEMENT_ERROR (bin, STREAM, WRONG_TYPE,
      ("no video stream in it%s%s", self->others->len > 0 ? ", only " : "",
          self->others->str),
      (NULL));
  g_mutex_unlock (&self->lock);
}

/* jpegdec rounds coarsely unless it is told not to. */
static void
on_element_added (
    GstBin *bin, GstBin *parent, GstElement *element, gpointer user)
{
  static const gchar property[] = "idct-method";
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), property)
      != NULL)
    gst_util_set_object_arg (G_OBJECT (element), property, "islow");
  if (pad != NULL && factory != NULL
      && gst_element_factory_list_is_type (
          factory, GST_ELEMENT_FACTORY_TYPE_DECODER))
    keep_later_gaps_from (pad);
}

/* Frames in a graphics card's memory cannot be read here, and decoders in
 * hardware differ from machine to machine. */
static GstElement *
make_decoder (MeasureSource *self, const gchar *uri)
{
  GstElement *bin = gst_element_factory_make ("uridecodebin", NULL);

  g_object_set (bin, "uri", uri, "force-sw-decoders", TRUE, NULL);
  g_signal_connect (
      bin, "autoplug-continue", G_CALLBACK (continue_decoding), self);
  g_signal_connect (bin, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (bin, "no-more-pads", G_CALLBACK (on_no_more_pads), self);
  g_signal_connect (
      bin, "deep-element-added", G_CALLBACK (on_element_added), NULL);
  if (!self->input->any_playlist)
    measure_playlist_guard (bin, uri);
  measure_mending_watch (&self->mending, bin);
  return bin;
}

/* --- pipes --------------------------------------------------------------- */

#define PIECE 65536

static gboolean
is_flushing (gpointer user)
{
  return GST_PAD_IS_FLUSHING (GST_PAD (user));
}

/* In the streaming thread, which waits here for who writes to the pipe. */
static void
feed (GstElement *source, guint length, gpointer user)
{
  MeasurePipe *pipe = user;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  guint8 *bytes = g_malloc (PIECE);
  gssize n = measure_pipe_read (pipe, bytes, PIECE, is_flushing, pad);
  GstFlowReturn flow;
  GstBuffer *buffer;

  if (n <= 0) {
    g_free (bytes);
    if (n < 0 && !is_flushing (pad))
      GST_ELEMENT_ERROR (source, RESOURCE, READ, ("it cannot be read"), (NULL));
    g_signal_emit_by_name (source, "end-of-stream", &flow);
    return;
  }
  buffer = gst_buffer_new_wrapped (bytes, (gsize) n);
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

static void
on_source_setup (GstElement *bin, GstElement *source, gpointer user)
{
  g_autoptr (GError) error = NULL;

  if (measure_pipe_rewind (user, &error))
    g_signal_connect (source, "need-data", G_CALLBACK (feed), user);
  else
    GST_ELEMENT_ERROR (
        source, RESOURCE, OPEN_READ, ("%s", error->message), (NULL));
}

void
measure_source_init (MeasureSource *self, GstElement *pipeline,
    const MeasureInput *input, GstPad *target, gboolean turn)
{
  gboolean reader = input->reader != MEASURE_READER_NONE;
  const MeasurePlace place = {
    .path = input->file, .raw = input->raw, .pipe = input->pipe
  };
  g_autoptr (GstPad) pad = NULL, entrance = NULL;

  *self = (MeasureSource){
    .target = gst_object_ref (target),
    .input = input,
    .mending = { .file = &input->correction, .turn = turn },
    .others = g_string_new (NULL),
  };
  g_mutex_init (&self->lock);
  self->bin = reader ? measure_reader_source_new (&place, input->reader)
                     : make_decoder (self, input->uri);
  if (!reader && input->pipe != NULL)
    g_signal_connect (
        self->bin, "source-setup", G_CALLBACK (on_source_setup), input->pipe);
  gst_bin_add (GST_BIN (pipeline), self->bin);
  if (!reader)
    return;
  pad = gst_element_get_static_pad (self->bin, "src");
  entrance = add_deinterlacer (self, target);
  if (entrance != NULL)
    gst_pad_link (pad, entrance);
  self->linked = TRUE;
}

void
measure_source_count_bytes (
    MeasureSource *self, MeasureBytesFunc func, gpointer user)
{
  if (GST_IS_BIN (self->bin))
    self->bytes = measure_byte_count_new (self->bin, func, user);
}

void
measure_source_clear (MeasureSource *self)
{
  g_clear_pointer (&self->bytes, measure_byte_count_free);
  gst_clear_object (&self->target);
  g_string_free (g_steal_pointer (&self->others), TRUE);
  g_mutex_clear (&self->lock);
}

gboolean
measure_source_sent (const MeasureSource *self, GstMessage *message)
{
  return GST_MESSAGE_SRC (message) != NULL
      && gst_object_has_as_ancestor (
          GST_MESSAGE_SRC (message), GST_OBJECT (self->bin));
}
