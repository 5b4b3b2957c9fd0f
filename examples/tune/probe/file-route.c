/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two steps: a file of the encode, and the file beside the source.
 */
#include "tune/probe/file-route.h"

#include "tune/probe/candidate.h"
#include "tune/probe/external.h"
#include "tune/probe/raw-file.h"

#include <glib/gstdio.h>
#include <string.h>

/* So long a command may do nothing. */
#define STALL_MS 30000

/**
 * Encode:
 * @path: of the file
 * @cut: which frames were encoded
 * @given: (nullable): caps of what the encoder got
 * @packets: (element-type TunePacket): of the encode; empty where they have to
 *   be counted in the file
 * @expected: (nullable) (element-type guint64): times of the frames in the
 *   file, but for a shift
 *
 * What the first step gives.
 */
typedef struct
{
  gchar *path;
  TuneCut cut;
  GstCaps *given;
  GArray *packets;
  GArray *expected;
} Encode;

static void
fail (const TuneFileRoute *self, const gchar *text)
{
  g_autofree gchar *name = tune_candidate_describe (self->candidate);

  g_free (self->outcome->error);
  self->outcome->error = g_strdup_printf ("%s: %s", name, text);
}

static TunePass
make_pass (const TuneFileRoute *self, TuneCut *cut, GPtrArray *streams)
{
  return (TunePass){
    .source = self->source,
    .settings = self->settings,
    .cut = cut,
    .memory = self->job->memory,
    .streams = streams,
    .result = self->result,
    .note = self->events->note,
    .alive = self->events->alive,
    .user = self->events->user,
  };
}

/* --- by a pipeline ------------------------------------------------------- */

static gboolean
encode_by_pipeline (const TuneFileRoute *self, Encode *encode, GError **error)
{
  g_autoptr (GPtrArray) streams =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_stream_free);
  TuneStream *stream = tune_stream_new (self->candidate, self->outcome);
  TunePass pass = make_pass (self, &encode->cut, streams);

  encode->path = self->job->output != NULL
      ? g_strdup (self->job->output)
      : g_build_filename (self->job->temp, "encode.mkv", NULL);
  stream->keep = encode->path;
  g_ptr_array_add (streams, stream);
  if (!tune_pass_run (&pass, error))
    return FALSE;
  if (stream->again)
    fail (self, "the encode did not come to its end");
  gst_caps_replace (&encode->given, stream->given);
  g_array_append_vals (
      encode->packets, stream->packets->data, stream->packets->len);
  encode->expected = g_array_ref (encode->cut.times);
  return TRUE;
}

/* --- by a command -------------------------------------------------------- */

/* Y4M knows one duration for all frames. */
static GArray *
make_even_times (guint n, GstClockTime frame)
{
  GArray *times = g_array_sized_new (FALSE, FALSE, sizeof (guint64), n);

  for (guint64 i = 0; i < n; i++) {
    guint64 time = i * frame;

    g_array_append_val (times, time);
  }
  return times;
}

/* Whether the source's frames come when the file says, but for half a frame and
 * half a percent. */
static gboolean
is_even (const GArray *times, GstClockTime frame)
{
  for (guint64 i = 1; i < times->len; i++) {
    guint64 time =
        g_array_index (times, guint64, i) - g_array_index (times, guint64, 0);

    if (ABS (GST_CLOCK_DIFF (i * frame, time))
        > (gint64) (frame / 2 + i * frame / 200))
      return FALSE;
  }
  return TRUE;
}

/* What is kept would be shown at other times than the source. */
static gboolean
check_times (
    const TuneFileRoute *self, const Encode *encode, GstClockTime frame)
{
  if (is_even (encode->cut.times, frame))
    return TRUE;
  if (self->job->output != NULL) {
    fail (self,
        "the source's frames do not come at an even rate, which the Y4M file "
        "for a command cannot say, so the file to be kept would run at other "
        "times; leave it out, or encode by the name of an encoder or by a part "
        "of a gst-launch line");
    return FALSE;
  }
  self->events->note (
      "the source's frames do not come at an even rate, which the Y4M file for "
      "a command cannot say; rates are by the time that the source takes",
      self->events->user);
  return TRUE;
}

static gboolean
run_command (const TuneFileRoute *self, Encode *encode, const gchar *input,
    GError **error)
{
  g_autofree gchar *output = g_build_filename (self->job->temp, "encode", NULL);
  const gchar *wanted =
      self->job->output != NULL ? strrchr (self->job->output, '.') : NULL;
  g_auto (GStrv) arguments = tune_candidate_make_arguments (self->candidate,
      input, output, wanted != NULL ? wanted : ".mkv", &encode->path, error);
  gint64 begun = g_get_monotonic_time ();
  gboolean ok = arguments != NULL
      && tune_external_run (
          &(TuneExternal){
              .arguments = arguments,
              .folder = self->job->temp,
              .output = encode->path,
              .stall_ms = STALL_MS,
              .alive = self->events->alive,
              .user = self->events->user,
          },
          error);

  self->outcome->measurement.encode_seconds =
      (gdouble) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  return ok;
}

static gboolean
encode_by_command (const TuneFileRoute *self, Encode *encode, GError **error)
{
  g_autofree gchar *input =
      g_build_filename (self->job->temp, "source.y4m", NULL);
  TuneRawFile raw = {
    .source = self->source,
    .path = input,
    .cut = &encode->cut,
    .events = self->events,
  };
  g_autoptr (GError) problem = NULL;
  gboolean ok = tune_raw_file_write (&raw, error);

  encode->given = raw.given;
  if (ok && check_times (self, encode, raw.frame_ns)
      && !run_command (self, encode, input, &problem))
    fail (self, problem->message);
  encode->expected = make_even_times (encode->cut.times->len, raw.frame_ns);
  g_unlink (input);
  return ok;
}

/* --- measuring ----------------------------------------------------------- */

/* Returns: FALSE with @error set. @all: (out): whether each frame came back. */
static gboolean
measure_once (const TuneFileRoute *self, const Encode *encode,
    const MeasureInput *input, gboolean by_time, gboolean *all, GError **error)
{
  g_autoptr (GPtrArray) streams =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_stream_free);
  TuneStream *stream = tune_stream_new (self->candidate, self->outcome);
  TuneCut cut;
  TunePass pass = make_pass (self, &cut, streams);
  gboolean ok;

  tune_cut_init (&cut, &self->job->window);
  stream->encoded = input;
  stream->times = encode->cut.times;
  stream->expected = by_time ? encode->expected : NULL;
  stream->lead = encode->cut.lead;
  stream->tail = encode->cut.tail;
  stream->given = encode->given != NULL ? gst_caps_ref (encode->given) : NULL;
  g_array_append_vals (
      stream->packets, encode->packets->data, encode->packets->len);
  g_ptr_array_add (streams, stream);
  pass.measure = TRUE;
  pass.advance = self->events->advance;
  ok = tune_pass_run (&pass, error);
  *all = stream->frames == stream->times->len;
  if (ok && stream->again)
    fail (self, "the encode cannot be decoded to its end");
  tune_cut_clear (&cut);
  return ok;
}

/* A rate is by the time that the frames take, so a command that changes it
 * would have another rate than is reported. */
static void
check_length (
    const TuneFileRoute *self, const Encode *encode, const MeasureInput *input)
{
  const GArray *times = encode->expected;
  GstClockTime frame, length, most;
  g_autofree gchar *text = NULL;

  if (self->candidate->how != TUNE_HOW_COMMAND || times->len < 2
      || self->outcome->error != NULL
      || !GST_CLOCK_TIME_IS_VALID (input->duration)
      || !GST_CLOCK_TIME_IS_VALID (input->start)
      || input->start >= input->duration)
    return;
  frame = g_array_index (times, guint64, 1);
  length = times->len * frame;
  most = 2 * frame + length / 50;
  if (ABS (GST_CLOCK_DIFF (length, input->duration - input->start))
      <= (gint64) most)
    return;
  text = g_strdup_printf (
      "the command changes the times: its file lasts %.3f s, and what it was "
      "given %.3f s",
      (gdouble) (input->duration - input->start) / GST_SECOND,
      (gdouble) length / GST_SECOND);
  fail (self, text);
}

static gboolean
measure (const TuneFileRoute *self, const Encode *encode, GError **error)
{
  static const gboolean never = FALSE;
  MeasureInput *input = measure_input_new (encode->path, NULL, &never);
  gboolean ok = TRUE, all = FALSE;

  if (input->problem != NULL) {
    const gchar *words = g_str_has_prefix (input->problem, input->label)
        ? input->problem + strlen (input->label)
        : input->problem;
    g_autofree gchar *text =
        g_strdup_printf ("its file cannot be read%s", words);

    fail (self, text);
  } else {
    ok = measure_once (self, encode, input, FALSE, &all, error);
    /* Frames are missing, so only their times can tell which. */
    if (ok && !all) {
      g_clear_pointer (&self->outcome->error, g_free);
      ok = measure_once (self, encode, input, TRUE, &all, error);
    }
    check_length (self, encode, input);
  }
  measure_input_free (input);
  return ok;
}

/* Where nothing is decoded, as with raw video, nobody sees packets. */
static void
count_file (const TuneFileRoute *self, const gchar *path)
{
  TuneMeasurement *measurement = &self->outcome->measurement;
  GStatBuf status;

  if (self->outcome->frame_bytes->len == 0 && g_stat (path, &status) == 0)
    measurement->bytes = (guint64) status.st_size;
}

/* Puts the encode where the job wants it. */
static void
keep (const TuneFileRoute *self, const gchar *path)
{
  const gchar *output = self->job->output;
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) to = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  if (output == NULL || strcmp (path, output) == 0)
    return;
  to = g_file_new_for_path (output);
  if (strcmp (strrchr (path, '.'), strrchr (output, '.')) != 0)
    text = g_strdup_printf ("its file is to be kept as %s, but it writes %s; "
                            "say {output}%s in the command",
        strrchr (output, '.'), strrchr (path, '.'), strrchr (output, '.'));
  else if (!g_file_move (
               from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error))
    text = g_strdup (error->message);
  if (text != NULL)
    fail (self, text);
}

gboolean
tune_file_route_run (const TuneFileRoute *self, GError **error)
{
  Encode encode = { .packets =
                        g_array_new (FALSE, FALSE, sizeof (TunePacket)) };
  gboolean ok;

  tune_cut_init (&encode.cut, &self->job->window);
  ok = self->candidate->how == TUNE_HOW_COMMAND
      ? encode_by_command (self, &encode, error)
      : encode_by_pipeline (self, &encode, error);
  if (ok && self->outcome->error == NULL)
    ok = measure (self, &encode, error);
  if (ok && self->outcome->error == NULL) {
    count_file (self, encode.path);
    keep (self, encode.path);
  }
  if (encode.path != NULL && g_strcmp0 (encode.path, self->job->output) != 0)
    g_unlink (encode.path);
  g_free (encode.path);
  gst_clear_caps (&encode.given);
  g_array_unref (encode.packets);
  g_clear_pointer (&encode.expected, g_array_unref);
  tune_cut_clear (&encode.cut);
  return ok;
}
