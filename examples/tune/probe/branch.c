/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The elements around one encoder.
 *
 *   queue - videoconvert - capsfilter - ENCODER - parser - decoder - queue
 *                                                    '- queue - parser - muxer
 *
 * The encode may be read from a file instead.
 */
#include "tune/probe/branch.h"

#include "console/program-error.h"
#include "measure/codec.h"
#include "tune/probe/candidate.h"
#include "tune/probe/encoder.h"
#include "tune/probe/given.h"

#include <string.h>

/* Frames between threads. */
#define FEW 4

static const struct
{
  const gchar *ending;
  const gchar *muxer;
} muxers[] = {
  { ".mkv", "matroskamux" },
  { ".webm", "webmmux" },
  { ".mp4", "mp4mux" },
  { ".m4v", "mp4mux" },
  { ".mov", "qtmux" },
};

/* --- probes -------------------------------------------------------------- */

static GstPadProbeReturn
on_entering (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  TuneBranch *self = user;

  g_atomic_int_set (&self->waiting, FALSE);
  g_atomic_int_inc (self->moves);
  if (self->begun == 0)
    self->begun = g_get_monotonic_time ();
  return GST_PAD_PROBE_OK;
}

static void
on_underrun (GstElement *queue, gpointer user)
{
  TuneBranch *self = user;

  g_atomic_int_set (&self->waiting, TRUE);
}

void
tune_filter_set (GstElement *filter, GstEvent *event, gboolean deep)
{
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo frames;
  GstCaps *given;

  gst_event_parse_caps (event, &given);
  if (!gst_video_info_from_caps (&frames, given))
    return;
  caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING,
      gst_video_format_to_string (
          tune_given_format (GST_VIDEO_INFO_FORMAT (&frames), deep)),
      NULL);
  g_object_set (filter, "caps", caps, NULL);
}

static GstPadProbeReturn
on_source_caps (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  TuneBranch *self = user;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    tune_filter_set (self->filter, event,
        tune_given_takes (self->encoder, GST_VIDEO_FORMAT_I420_10LE));
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_given_caps (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  TuneBranch *self = user;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  g_mutex_lock (&self->lock);
  gst_caps_replace (&self->stream->given, caps);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
note_packet (TuneBranch *self, GstBuffer *buffer)
{
  TunePacket packet = {
    .time = GST_CLOCK_TIME_NONE,
    .bytes = (guint32) gst_buffer_get_size (buffer),
  };

  g_atomic_int_inc (self->moves);
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    packet.time = gst_segment_to_running_time (
        &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  /* Headers before the first frame, which containers keep elsewhere. */
  else if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER))
    return;
  g_array_append_val (self->stream->packets, packet);
}

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  TuneBranch *self = user;
  GstEvent *event;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    note_packet (self, GST_PAD_PROBE_INFO_BUFFER (info));
  } else {
    event = GST_PAD_PROBE_INFO_EVENT (info);
    if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
      gst_event_copy_segment (event, &self->segment);
    else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
      self->ended = g_get_monotonic_time ();
  }
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

/* Streams without a word about their colours get a decoder's guess, which
 * would be measured as a difference. */
static GstCaps *
restore_colours (TuneBranch *self, GstCaps *caps)
{
  GstCaps *restored = gst_caps_copy (caps);
  g_autofree gchar *colours = NULL;
  GstVideoInfo info, given;

  if (self->stream->given == NULL || !gst_video_info_from_caps (&info, caps)
      || !gst_video_info_from_caps (&given, self->stream->given)
      || !GST_VIDEO_INFO_IS_YUV (&info) || !GST_VIDEO_INFO_IS_YUV (&given))
    return restored;
  colours = gst_video_colorimetry_to_string (&given.colorimetry);
  if (colours != NULL)
    gst_caps_set_simple (restored, "colorimetry", G_TYPE_STRING, colours, NULL);
  if (given.chroma_site != GST_VIDEO_CHROMA_SITE_UNKNOWN)
    gst_caps_set_simple (restored, "chroma-site", G_TYPE_STRING,
        gst_video_chroma_site_to_string (given.chroma_site), NULL);
  else
    gst_structure_remove_field (
        gst_caps_get_structure (restored, 0), "chroma-site");
  gst_caps_set_simple (restored, "pixel-aspect-ratio", GST_TYPE_FRACTION,
      given.par_n, given.par_d, NULL);
  return restored;
}

/* The frames of a file get running times of the source, see give_time(). */
static void
correct_event (TuneBranch *self, GstPadProbeInfo *info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstCaps) corrected = NULL;
  GstSegment plain;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT
      && self->stream->encoded != NULL) {
    gst_event_copy_segment (event, &self->decoded);
    gst_segment_init (&plain, GST_FORMAT_TIME);
    GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&plain);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    corrected = restore_colours (self, caps);
    GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_caps (corrected);
  } else {
    return;
  }
  gst_event_set_seqnum (
      GST_PAD_PROBE_INFO_EVENT (info), gst_event_get_seqnum (event));
  gst_event_unref (event);
}

static gint64
distance_to (const GArray *times, guint place, gint64 time)
{
  return ABS ((gint64) g_array_index (times, guint64, place) - time);
}

/* Finds the source's frame that a frame of a file belongs to, which is not
 * before TuneBranch.next.  Returns: its place; the number of all where there is
 * none. */
static guint
find_place (TuneBranch *self, GstClockTime pts)
{
  const GArray *expected = self->stream->expected;
  guint place = self->next;
  gint64 time;

  if (expected == NULL || place >= expected->len)
    return place;
  time = (gint64) gst_segment_to_running_time (
      &self->decoded, GST_FORMAT_TIME, pts);
  if (time < 0)
    return expected->len;
  if (self->stream->frames == 1)
    self->shift = (gint64) g_array_index (expected, guint64, 0) - time;
  time += self->shift;
  while (place + 1 < expected->len
      && distance_to (expected, place + 1, time)
          < distance_to (expected, place, time))
    place++;
  /* One that came before is nearer. */
  if (place == self->next && place > 0
      && distance_to (expected, place - 1, time)
          < distance_to (expected, place, time))
    return expected->len;
  return place;
}

static GstPadProbeReturn
give_time (TuneBranch *self, GstPadProbeInfo *info)
{
  const TuneStream *stream = self->stream;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  guint place = find_place (self, GST_BUFFER_PTS (buffer));

  if (place >= stream->times->len) {
    self->stream->extra++;
    return GST_PAD_PROBE_DROP;
  }
  self->next = place + 1;
  if (place < stream->lead || place >= stream->times->len - stream->tail)
    return GST_PAD_PROBE_DROP;
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = g_array_index (stream->times, guint64, place);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_decoded (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  TuneBranch *self = user;
  GstPadProbeReturn verdict = GST_PAD_PROBE_OK;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    self->stream->frames++;
    g_atomic_int_inc (self->moves);
    if (self->stream->encoded != NULL)
      verdict = give_time (self, info);
  } else {
    correct_event (self, info);
  }
  g_mutex_unlock (&self->lock);
  return verdict;
}

static const GstPadProbeType downstream =
    GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;

static void
add_probe (GstElement *element, const gchar *pad_name, GstPadProbeType type,
    GstPadProbeCallback func, gpointer user)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, func, user, NULL);
}

/* --- elements ------------------------------------------------------------ */

static GstElement *
add_element (TuneBranch *self, const gchar *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element != NULL)
    gst_bin_add (GST_BIN (self->bin), element);
  else
    program_fail_unnamed (
        error, "GStreamer's element %s is not installed", factory);
  return element;
}

GstElement *
tune_queue_add (GstBin *bin, const gchar *name, guint buffers, guint64 bytes)
{
  GstElement *queue = gst_element_factory_make ("queue", name);

  g_object_set (queue, "max-size-buffers", buffers, "max-size-bytes",
      (guint) MIN (bytes, G_MAXUINT), "max-size-time", (guint64) 0, NULL);
  gst_bin_add (bin, queue);
  return queue;
}

static GstElement *
add_queue (TuneBranch *self, const gchar *name, guint buffers, guint64 bytes)
{
  g_autofree gchar *full = g_strdup_printf ("%s%u", name, self->number);

  return tune_queue_add (GST_BIN (self->bin), full, buffers, bytes);
}

/* How the table has this element, which may be with caps behind it. */
static const gchar *
find_fragment (const gchar *parser)
{
  for (const TuneEncoder *row = tune_encoders; row->name != NULL; row++) {
    if (strncmp (row->parser, parser, strcspn (row->parser, " ")) == 0
        && strlen (parser) == strcspn (row->parser, " "))
      return row->parser;
  }
  return parser;
}

static const gchar *
choose_parser (const TuneBranch *self)
{
  const TuneCandidate *candidate = self->stream->candidate;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->encoder, "src");
  g_autoptr (GstElementFactory) taker = NULL;

  if (candidate->how == TUNE_HOW_NAMED)
    return tune_encoder_find (candidate->encoder)->parser;
  taker = measure_codec_find (pad, GST_ELEMENT_FACTORY_TYPE_PARSER);
  return taker != NULL ? find_fragment (gst_plugin_feature_get_name (taker))
                       : "identity";
}

/* @plain: without the form in which packets are counted, which is not that of
 * containers. */
static GstElement *
add_parser (TuneBranch *self, gboolean plain, GError **error)
{
  const gchar *chosen = choose_parser (self);
  g_autofree gchar *line =
      g_strndup (chosen, plain ? strcspn (chosen, " ") : strlen (chosen));
  g_autoptr (GError) cause = NULL;
  GstElement *parser = gst_parse_bin_from_description_full (
      line, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &cause);

  if (parser != NULL)
    gst_bin_add (GST_BIN (self->bin), parser);
  else
    program_fail_unnamed (error, "%s", cause->message);
  return parser;
}

static GstElement *
add_decoder (TuneBranch *self, GstElement *before, GError **error)
{
  const TuneCandidate *candidate = self->stream->candidate;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (before, "src");
  g_autoptr (GstElementFactory) taker = NULL;
  GstElement *decoder;

  if (candidate->how == TUNE_HOW_NAMED)
    decoder = add_element (
        self, tune_encoder_find (candidate->encoder)->decoder, error);
  else {
    taker = measure_codec_find (pad, GST_ELEMENT_FACTORY_TYPE_DECODER);
    if (taker == NULL) {
      program_fail_unnamed (
          error, "no decoder is installed for what the encoder gives");
      return NULL;
    }
    decoder = add_element (self, gst_plugin_feature_get_name (taker), error);
  }
  if (decoder != NULL)
    measure_codec_set_up_decoder (decoder);
  return decoder;
}

static const gchar *
find_muxer (const gchar *path)
{
  g_autofree gchar *lower = g_ascii_strdown (path, -1);

  for (guint i = 0; i < G_N_ELEMENTS (muxers); i++) {
    if (g_str_has_suffix (lower, muxers[i].ending))
      return muxers[i].muxer;
  }
  return NULL;
}

/* From @before, by a pad of its own where it has several, into a file. */
static gboolean
keep (TuneBranch *self, GstElement *before, GError **error)
{
  const gchar *name = find_muxer (self->stream->keep);
  GstElement *queue, *parser, *muxer, *sink;

  if (name == NULL)
    return program_fail (error, self->stream->keep,
        "the name of a file for an encode ends in .mkv or .mp4");
  queue = add_queue (self, "keeper", 0, 0);
  parser = add_parser (self, TRUE, error);
  muxer = parser != NULL ? add_element (self, name, error) : NULL;
  if (muxer == NULL)
    return FALSE;
  sink = gst_element_factory_make ("filesink", NULL);
  g_object_set (sink, "location", self->stream->keep, "sync", FALSE, "async",
      FALSE, NULL);
  gst_bin_add (GST_BIN (self->bin), sink);
  return gst_element_link_many (before, queue, parser, muxer, sink, NULL)
      || program_fail_unnamed (error,
          "what the encoder gives does not go into a file of this type: %s",
          self->stream->keep);
}

static void
ghost (TuneBranch *self, GstElement *element, const gchar *name)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  gst_element_add_pad (self->bin, gst_ghost_pad_new (name, pad));
}

static void
add_exit (TuneBranch *self, guint64 memory)
{
  self->exit = add_queue (self, "decoded", memory > 0 ? 0 : FEW, memory);
  ghost (self, self->exit, "src");
}

/* From raw frames to packets.  Returns: the last element. */
static GstElement *
add_encoder (TuneBranch *self, GError **error)
{
  gboolean named = self->stream->candidate->how == TUNE_HOW_NAMED;
  GstElement *convert, *parser;

  self->encoder = tune_candidate_make_encoder (self->stream->candidate, error);
  if (self->encoder == NULL)
    return NULL;
  gst_bin_add (GST_BIN (self->bin), self->encoder);
  self->entrance = add_queue (self, TUNE_BRANCH_THREAD, FEW, 0);
  convert = add_element (self, "videoconvert", error);
  self->filter = add_element (self, "capsfilter", error);
  parser = add_parser (self, FALSE, error);
  if (convert == NULL || self->filter == NULL || parser == NULL)
    return NULL;
  if (!gst_element_link_many (
          self->entrance, convert, self->filter, self->encoder, parser, NULL)) {
    program_fail_unnamed (error, "it does not encode video");
    return NULL;
  }
  ghost (self, self->entrance, "sink");
  if (named)
    add_probe (self->entrance, "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
        on_source_caps, self);
  add_probe (
      self->entrance, "src", GST_PAD_PROBE_TYPE_BUFFER, on_entering, self);
  add_probe (self->encoder, "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_given_caps, self);
  add_probe (parser, "src", downstream, on_packet, self);
  g_signal_connect (self->entrance, "underrun", G_CALLBACK (on_underrun), self);
  return parser;
}

static gboolean
build (TuneBranch *self, gboolean measure, guint64 memory, GError **error)
{
  GstElement *last = add_encoder (self, error);
  GstElement *tee, *decoder;

  if (last == NULL)
    return FALSE;
  if (!measure)
    return keep (self, last, error);
  tee = add_element (self, "tee", error);
  gst_element_link (last, tee);
  if (self->stream->keep != NULL && !keep (self, tee, error))
    return FALSE;
  decoder = add_decoder (self, last, error);
  if (decoder == NULL)
    return FALSE;
  add_exit (self, memory);
  if (!gst_element_link_many (tee, decoder, self->exit, NULL))
    return program_fail_unnamed (
        error, "the decoder does not take what the encoder gives");
  add_probe (self->exit, "sink", downstream, on_decoded, self);
  return TRUE;
}

/* --- an encode that is a file -------------------------------------------- */

/* Packets are counted where they go into the decoder, out of the container. */
static void
on_element_added (
    GstBin *bin, GstBin *parent, GstElement *element, gpointer user)
{
  TuneBranch *self = user;
  GstElementFactory *factory = gst_element_get_factory (element);

  if (factory != NULL && !GST_IS_BIN (element)
      && gst_element_factory_list_is_type (factory,
          GST_ELEMENT_FACTORY_TYPE_DECODER
              | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO
              | GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE))
    add_probe (element, "sink", downstream, on_packet, self);
}

static void
read_file (TuneBranch *self)
{
  g_autoptr (GstPad) target = NULL;

  add_exit (self, 0);
  add_probe (self->exit, "sink", downstream, on_decoded, self);
  target = gst_element_get_static_pad (self->exit, "sink");
  measure_source_init (
      &self->file, self->bin, self->stream->encoded, target, FALSE);
  if (self->stream->packets->len == 0 && GST_IS_BIN (self->file.bin))
    g_signal_connect (self->file.bin, "deep-element-added",
        G_CALLBACK (on_element_added), self);
}

/* --- from outside -------------------------------------------------------- */

TuneBranch *
tune_branch_new (TuneStream *stream, guint number, TuneCut *cut,
    GstElement *pipeline, gboolean measure, guint64 memory, gint *moves,
    GError **error)
{
  TuneBranch *self = g_new0 (TuneBranch, 1);
  g_autofree gchar *name = g_strdup_printf ("branch%u", number);

  self->stream = stream;
  self->cut = cut;
  self->number = number;
  self->moves = moves;
  self->bin = gst_bin_new (name);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  gst_segment_init (&self->decoded, GST_FORMAT_TIME);
  g_mutex_init (&self->lock);
  gst_bin_add (GST_BIN (pipeline), self->bin);
  if (stream->encoded != NULL) {
    read_file (self);
    return self;
  }
  if (build (self, measure, memory, error)) {
    if (self->exit != NULL) {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (self->exit, "sink");

      tune_cut_hold_margins (cut, pad);
    }
    return self;
  }
  gst_bin_remove (GST_BIN (pipeline), self->bin);
  tune_branch_free (self);
  return NULL;
}

void
tune_branch_free (TuneBranch *self)
{
  if (self->file.bin != NULL)
    measure_source_clear (&self->file);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
tune_queue_is_full (GstElement *queue)
{
  guint bytes, limit;

  g_object_get (
      queue, "current-level-bytes", &bytes, "max-size-bytes", &limit, NULL);
  return limit > 0 && bytes >= limit;
}

gboolean
tune_branch_is_full (TuneBranch *self)
{
  return self->exit != NULL && tune_queue_is_full (self->exit);
}

gboolean
tune_branch_holds (TuneBranch *self)
{
  guint waiting = 0;

  if (self->entrance == NULL || self->exit == NULL
      || !g_atomic_int_get (&self->waiting))
    return FALSE;
  g_object_get (self->exit, "current-level-buffers", &waiting, NULL);
  return waiting == 0;
}

gboolean
tune_branch_refused (TuneBranch *self, gchar **why)
{
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstCaps) caps = NULL;
  g_autofree gchar *text = NULL;
  GstFlowReturn flow;

  if (self->entrance == NULL)
    return FALSE;
  pad = gst_element_get_static_pad (self->entrance, "src");
  flow = gst_pad_get_last_flow_return (pad);
  if (flow >= GST_FLOW_EOS)
    return FALSE;
  caps = gst_pad_get_current_caps (pad);
  text = caps != NULL ? gst_caps_to_string (caps) : g_strdup ("?");
  *why = flow == GST_FLOW_NOT_NEGOTIATED
      ? g_strdup_printf ("it does not take these frames: %s", text)
      : g_strdup_printf ("it refused a frame (%s)", gst_flow_get_name (flow));
  return TRUE;
}

static gint
compare_times (gconstpointer first, gconstpointer second)
{
  const TunePacket *a = *(const TunePacket *const *) first;
  const TunePacket *b = *(const TunePacket *const *) second;

  return a->time < b->time ? -1 : a->time > b->time;
}

void
tune_branch_count (TuneBranch *self)
{
  GArray *packets = self->stream->packets;
  TuneOutcome *outcome = self->stream->outcome;
  gboolean by_file = self->stream->encoded != NULL;
  guint lead = by_file ? self->stream->lead : self->cut->lead;
  guint tail = by_file ? self->stream->tail : self->cut->tail;
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();
  g_autoptr (GHashTable) left_out = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < packets->len; i++)
    g_ptr_array_add (shown, &g_array_index (packets, TunePacket, i));
  g_ptr_array_sort (shown, compare_times);
  for (guint i = 0; i < shown->len; i++) {
    if (i < lead || i + tail >= shown->len)
      g_hash_table_add (left_out, shown->pdata[i]);
  }
  g_array_set_size (outcome->frame_bytes, 0);
  outcome->measurement.bytes = 0;
  for (guint i = 0; i < packets->len; i++) {
    const TunePacket *packet = &g_array_index (packets, TunePacket, i);

    if (g_hash_table_contains (left_out, packet))
      continue;
    g_array_append_val (outcome->frame_bytes, packet->bytes);
    outcome->measurement.bytes += packet->bytes;
  }
  if (self->begun > 0 && self->ended > self->begun)
    outcome->measurement.encode_seconds =
        (gdouble) (self->ended - self->begun) / G_USEC_PER_SEC;
}
