/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds out whether a file exists, whether it is a video or an image, and
 * whether it can be decoded.  All inputs are inspected before the first is
 * measured, so that the user hears of all problems at once.
 */
#include "measure/inspect.h"

#include "console/printable.h"
#include "measure/loop.h"
#include "measure/movie/mp4.h"
#include "measure/playlist.h"
#include "measure/reader/raw.h"
#include "measure/reader/sequence.h"
#include "measure/reader/y4m.h"
#include "measure/source.h"
#include "measure/words/packages.h"
#include "measure/words/words.h"

#include <gst/pbutils/pbutils.h>
#include <gst/video/video.h>
#include <glib/gstdio.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Enough to tell a still image from a video. */
#define FRAMES_TO_SEE 2

typedef struct
{
  MeasureInput *input;
  GstElement *pipeline;
  MeasureSource source;
  gchar *missing; /* what to install */
  gboolean done;
  guint frames;  /* streaming thread, until the pipeline is stopped */
  gboolean seen; /* streaming thread, until the pipeline is stopped */
} Look;

/* What appsrc is made for. */
#define PIPE_URI "appsrc://"

/* Inputs are opened here, and again to be measured, which only @pipes can do
 * with a pipe. */
static gboolean
open_pipe (MeasureInput *input, const gchar *place, MeasurePipes *pipes)
{
  g_autoptr (GError) error = NULL;

  if (pipes == NULL) {
    input->problem = g_strdup_printf (
        "%s: a pipe or a device, and inputs are read twice; write it to a file "
        "and name that",
        input->label);
    return FALSE;
  }
  input->is_pipe = TRUE;
  input->uri = g_strdup (PIPE_URI);
  input->pipe = measure_pipes_get (pipes, place, &error);
  if (input->pipe == NULL)
    input->problem = g_strdup_printf ("%s: %s", input->label, error->message);
  return input->pipe != NULL;
}

/* A file may have a name like a URI's; a file that is there comes first. */
gchar *
measure_input_place (const gchar *path)
{
  gchar *file = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    file = g_filename_from_uri (path, NULL, NULL);
  return file != NULL ? file : g_strdup (path);
}

static gboolean
find_uri (MeasureInput *input, MeasurePipes *pipes)
{
  g_autofree gchar *place = measure_input_place (input->path);
  GStatBuf status;

  if (measure_pipe_is_one (place))
    return open_pipe (input, place, pipes);
  if (g_stat (place, &status) != 0 && gst_uri_is_valid (place)) {
    input->uri = g_strdup (place);
    return TRUE;
  }
  if (g_access (place, R_OK) != 0)
    input->problem =
        g_strdup_printf ("%s: %s", input->label, g_strerror (errno));
  else if (S_ISDIR (status.st_mode))
    input->problem = g_strdup_printf (
        "%s: this is a folder; name the video or image in it", input->label);
  else if (S_ISREG (status.st_mode) && status.st_size == 0)
    input->problem = g_strdup_printf ("%s: the file is empty", input->label);
  else
    input->uri = gst_filename_to_uri (place, NULL);
  return input->uri != NULL;
}

static void
finish_look (Look *look, GstPad *pad)
{
  if (look->seen)
    return;
  look->seen = TRUE;
  gst_element_post_message (look->pipeline,
      gst_message_new_application (
          GST_OBJECT (pad), gst_structure_new_empty ("frames-seen")));
}

static GstClockTime
running_time_of (GstPad *pad, const GstBuffer *buffer)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  if (event == NULL)
    return GST_CLOCK_TIME_NONE;
  gst_event_parse_segment (event, &segment);
  if (segment->format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  return gst_segment_to_running_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

/* @caps: (nullable): of frames */
static void
note_caps (MeasureInput *input, const GstCaps *caps)
{
  GstVideoInfo info;

  if (caps == NULL || !gst_video_info_from_caps (&info, caps))
    return;
  input->width = (guint) GST_VIDEO_INFO_WIDTH (&info);
  input->height = (guint) GST_VIDEO_INFO_HEIGHT (&info);
  input->format = GST_VIDEO_INFO_FORMAT (&info);
  input->square_pixels =
      GST_VIDEO_INFO_PAR_N (&info) == GST_VIDEO_INFO_PAR_D (&info);
  input->is_interlaced = GST_VIDEO_INFO_IS_INTERLACED (&info);
}

/* When the first frame comes, and how long it lasts: by itself, else until the
 * second one. */
static void
note_times (Look *look, GstPad *pad, const GstBuffer *buffer)
{
  MeasureInput *input = look->input;
  GstClockTime time = running_time_of (pad, buffer);

  if (look->frames == 0) {
    g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

    note_caps (input, caps);
    input->start = time;
    if (GST_BUFFER_DURATION_IS_VALID (buffer))
      input->frame = GST_BUFFER_DURATION (buffer);
  } else if (look->frames == 1 && input->frame == 0
      && GST_CLOCK_TIME_IS_VALID (time)
      && GST_CLOCK_TIME_IS_VALID (input->start) && time > input->start) {
    input->frame = time - input->start;
  }
}

static void
note_tags (Look *look, GstEvent *event)
{
  GstTagList *tags;

  gst_event_parse_tag (event, &tags);
  measure_correction_note_tags (&look->input->correction, tags);
}

static GstPadProbeReturn
look_at_data (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Look *look = user;

  if (look->seen)
    return GST_PAD_PROBE_OK;
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    note_times (look, pad, GST_PAD_PROBE_INFO_BUFFER (info));
    look->frames++;
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      == GST_EVENT_TAG) {
    note_tags (look, GST_PAD_PROBE_INFO_EVENT (info));
    return GST_PAD_PROBE_OK;
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      != GST_EVENT_EOS) {
    return GST_PAD_PROBE_OK;
  }
  if (look->frames >= FRAMES_TO_SEE
      || GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    finish_look (look, pad);
  if (look->frames < FRAMES_TO_SEE
      || GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    return GST_PAD_PROBE_OK;
  /* More frames are not worth the work, nor the errors that they may cause. */
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_EOS;
  return GST_PAD_PROBE_HANDLED;
}

/* Puts the error of a decoding bin in words about the file. */
static gchar *
describe_error (Look *look, const GError *error, const gchar *debug)
{
  const gchar *label = look->input->label;
  const gchar *const labels[] = { label, NULL };
  g_autofree gchar *words = NULL;

  if (look->missing != NULL)
    return g_strdup_printf ("%s: %s", label, look->missing);
  if (g_error_matches (
          error, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND))
    return g_strdup_printf (
        "%s: neither a video nor an image; if it is video without a header, "
        "perceptual-compare --raw WIDTHxHEIGHT:FORMAT:RATE says what is in it",
        label);
  if (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE)
      && !g_str_has_prefix (error->message, "no video"))
    return g_strdup_printf (
        "%s: neither a video nor an image (%s)", label, error->message);
  words = measure_words (
      error->message, debug, &(MeasureNames){ .labels = labels });
  return g_strdup_printf ("%s: %s", label, words);
}

static void
read_length (Look *look)
{
  gint64 duration = -1;

  if (gst_pad_peer_query_duration (
          look->source.target, GST_FORMAT_TIME, &duration)
      && duration > 0)
    look->input->duration = (GstClockTime) duration;
}

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Look *look = user;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (look->done)
    return FALSE;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_APPLICATION:
      read_length (look);
      look->done = TRUE;
      break;
    case GST_MESSAGE_ELEMENT:
      if (gst_is_missing_plugin_message (message) && look->missing == NULL)
        look->missing = measure_packages_describe (message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, &debug);
      look->input->problem = describe_error (look, error, debug);
      look->input->is_hidden_playlist =
          measure_playlist_is_refusal (look->source.bin, message);
      look->done = TRUE;
      break;
    default:
      break;
  }
  return !look->done;
}

static void
look_at (
    MeasureInput *input, MeasureActivity *activity, const gboolean *interrupted)
{
  Look look = { .input = input, .pipeline = gst_pipeline_new (NULL) };
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (sink, "sink");

  gst_object_ref_sink (look.pipeline);
  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (look.pipeline), sink);
  measure_source_init (&look.source, look.pipeline, input, target, FALSE);
  measure_activity_watch_input (
      activity, 0, input->uri, look.source.bin, target);
  gst_pad_add_probe (target,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      look_at_data, &look, NULL);

  measure_loop_run (look.pipeline, on_message, &look, interrupted);

  if (input->problem == NULL && look.frames == 0
      && !g_atomic_int_get (interrupted))
    input->problem = g_strdup_printf (look.source.is_image_type
            ? "%s: this image could not be decoded"
            : "%s: not one frame of its video could be decoded",
        input->label);
  input->is_image = look.frames == 1 && look.source.is_image_type;
  if (input->problem == NULL && look.source.is_image_type && input->file == NULL
      && !g_atomic_int_get (interrupted))
    input->problem = g_strdup_printf (
        "%s: images are read from files; download it, and name the file",
        input->label);
  measure_source_clear (&look.source);
  measure_activity_forget (activity);
  gst_object_unref (look.pipeline);
  g_free (look.missing);
}

/* Opens the file by its reader, and reads one frame. */
static void
read_first (MeasureInput *input)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  const MeasurePlace place = {
    .path = input->file, .raw = input->raw, .pipe = input->pipe
  };
  g_autoptr (MeasureReader) reader =
      measure_reader_open_place (&place, input->reader, &error);

  if (reader != NULL) {
    buffer = reader->klass->read (reader, 0, &error);
    input->duration = reader->duration;
    note_caps (input, reader->caps);
  }
  if (buffer != NULL) {
    input->start = GST_BUFFER_PTS (buffer);
    input->frame = GST_BUFFER_DURATION_IS_VALID (buffer)
        ? GST_BUFFER_DURATION (buffer)
        : 0;
  }
  input->is_image = input->reader == MEASURE_READER_STILL;
  if (error != NULL)
    input->problem = g_strdup_printf ("%s: %s", input->label, error->message);
  else if (buffer == NULL)
    input->problem = g_strdup_printf (
        "%s: there is not one whole frame in it", input->label);
}

/* Looks at the first bytes of a pipe. */
static MeasureReaderKind
kind_of_pipe (MeasureInput *input, MeasurePipe *pipe)
{
  gchar bytes[sizeof MEASURE_Y4M_MARK - 1];
  gsize n = 0;

  if (!measure_pipe_rewind (pipe, NULL))
    return MEASURE_READER_NONE;
  while (n < sizeof bytes) {
    gssize more =
        measure_pipe_read (pipe, bytes + n, sizeof bytes - n, NULL, NULL);

    if (more == 0 && n == 0)
      input->problem = g_strdup_printf (
          "%s: it ended before anything came of it", input->label);
    if (more <= 0)
      return MEASURE_READER_NONE;
    n += (gsize) more;
  }
  return memcmp (bytes, MEASURE_Y4M_MARK, n) == 0 ? MEASURE_READER_Y4M
                                                  : MEASURE_READER_NONE;
}

static void
refuse_raw (MeasureInput *input)
{
  input->problem = g_strdup_printf (
      "%s: this file says itself what is in it, and --raw is for files that "
      "do not; --reference-raw and --distorted-raw are for one side",
      input->label);
}

/* Sets who reads @input. */
static void
find_reader (MeasureInput *input)
{
  input->file = g_filename_from_uri (input->uri, NULL, NULL);
  if (input->pipe != NULL)
    input->reader = kind_of_pipe (input, input->pipe);
  else if (input->file != NULL
      && g_file_test (input->file, G_FILE_TEST_IS_REGULAR))
    input->reader = measure_reader_kind_of (input->file);
  if (input->raw == NULL || input->problem != NULL)
    return;
  if (input->reader != MEASURE_READER_NONE
      || (input->file != NULL && measure_raw_is_coded (input->file)))
    refuse_raw (input);
  else if (input->file == NULL && input->pipe == NULL)
    input->problem = g_strdup_printf (
        "%s: raw video is read from files and pipes", input->label);
  input->reader = MEASURE_READER_RAW;
}

/* Sets the problem of a video that a recorder or a copy did not finish. */
static gboolean
is_headless (MeasureInput *input)
{
  if (input->file == NULL || input->reader != MEASURE_READER_NONE
      || !g_file_test (input->file, G_FILE_TEST_IS_REGULAR)
      || !measure_mp4_is_headless (input->file))
    return FALSE;
  input->problem = g_strdup_printf (
      "%s: an MP4 without its moov box, which says where the frames are: the "
      "recording or the copy of it was broken off",
      input->label);
  return TRUE;
}

gchar *
measure_input_label (const gchar *path)
{
  return strcmp (path, MEASURE_PIPE_STDIN) == 0 ? g_strdup ("standard input")
                                                : printable_text (path);
}

/* Sets all but what is in it.  Returns: FALSE where @text is no order for a
 * sequence. */
static gboolean
take_sequence (MeasureInput *input, const gchar *text)
{
  g_autofree gchar *first = NULL;

  if (!measure_sequence_read_order (text, &input->path, &input->file))
    return FALSE;
  input->label = measure_input_label (input->path);
  input->reader = MEASURE_READER_SEQUENCE;
  input->duration = input->start = GST_CLOCK_TIME_NONE;
  first = measure_sequence_first (input->file);
  input->uri = gst_filename_to_uri (first != NULL ? first : input->path, NULL);
  return TRUE;
}

/* What can be said of a still image before it is decoded. */
static void
peek (MeasureInput *input)
{
  g_autoptr (GError) error = NULL;
  guint width, height;

  input->is_image = TRUE;
  input->start = 0;
  if (!measure_still_peek (input->file, &width, &height, &error))
    input->problem = g_strdup_printf ("%s: %s", input->label, error->message);
}

MeasureInput *
measure_input_new (
    const gchar *path, MeasureActivity *activity, const gboolean *interrupted)
{
  return measure_input_open (
      path, &(MeasureInspection){ 0 }, activity, interrupted);
}

MeasureInput *
measure_input_open (const gchar *path, const MeasureInspection *look,
    MeasureActivity *activity, const gboolean *interrupted)
{
  MeasureInput *input = g_new0 (MeasureInput, 1);

  if (take_sequence (input, path)) {
    if (look->raw != NULL)
      refuse_raw (input);
    else
      read_first (input);
    return input;
  }
  input->path = g_strdup (path);
  input->raw = g_strdup (look->raw);
  input->any_playlist = look->any_playlist;
  input->label = measure_input_label (path);
  input->duration = input->start = GST_CLOCK_TIME_NONE;
  if (!find_uri (input, look->pipes))
    return input;
  find_reader (input);
  if (input->problem != NULL || is_headless (input))
    return input;
  measure_correction_read (&input->correction, input->file);
  if (input->reader == MEASURE_READER_NONE)
    look_at (input, activity, interrupted);
  else if (input->reader == MEASURE_READER_STILL && look->briefly)
    peek (input);
  else
    read_first (input);
  return input;
}

void
measure_input_free (MeasureInput *input)
{
  g_free (input->path);
  g_free (input->label);
  g_free (input->uri);
  g_free (input->file);
  g_free (input->raw);
  g_free (input->crop);
  g_free (input->problem);
  g_free (input);
}
