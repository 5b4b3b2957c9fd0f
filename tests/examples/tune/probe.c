/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Probes: what is encoded, what is measured, and what becomes of encoders that
 * do not do as they should.
 */
#include "../../sanitized.h"
#include "folder.h"

#include "console/program-error.h"
#include "tune/probe/encoder.h"
#include "tune/probe/probe.h"

#include <gst/gst.h>
#include <string.h>

/* Noise costs bits: at their finest values encoders go beyond every rate that
 * they limit themselves to unless told otherwise. */
#define CLIP                                                                   \
  "videotestsrc num-buffers=18 pattern=ball ! compositor.sink_0 "              \
  "videotestsrc num-buffers=18 pattern=snow ! compositor.sink_1 "              \
  "compositor name=compositor sink_1::alpha=0.5 ! "                            \
  "video/x-raw,format=I420,width=160,height=96,framerate=30/1 ! "              \
  "matroskamux ! filesink location=\"%s\""

#define FRAMES 18

static const gboolean never = FALSE;

typedef struct
{
  TestFolder base;
} Fixture;

static void
launch (const gchar *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree gchar *line = NULL;

  test_folder_set_up (&fixture->base, "clip.mkv");
  line = g_strdup_printf (CLIP, fixture->base.path);
  launch (line);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_tear_down (&fixture->base, data);
}

static TuneJob *
new_job (const Fixture *fixture)
{
  TuneJob *job = tune_job_new ();

  job->source = g_strdup (fixture->base.path);
  job->temp = g_strdup (fixture->base.folder);
  g_hash_table_insert (job->settings, g_strdup ("metric"), g_strdup ("l2"));
  return job;
}

static void
add (TuneJob *job, TuneHow how, const gchar *encoder, gdouble value,
    const gchar *extra)
{
  const TuneCandidate candidate = { how, (gchar *) encoder, value,
    (gchar *) extra };

  g_ptr_array_add (job->candidates, tune_candidate_copy (&candidate));
}

static TuneResult *
run (const TuneJob *job)
{
  TuneResult *result;
  GError *error;

  g_assert_true (tune_probe_run (&job, 1, NULL, &never, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result->outcomes->len, ==, job->candidates->len);
  return result;
}

/* --- the table ----------------------------------------------------------- */

/* Two values of a row, far apart, the first one the finer. */
static void
choose_values (const TuneEncoder *row, gdouble *values)
{
  if (row->step == 0) {
    values[0] = 4000;
    values[1] = 400;
    return;
  }
  values[0] = row->low + .1 * (row->high - row->low);
  values[1] = row->low + .9 * (row->high - row->low);
  for (guint i = 0; i < 2; i++)
    values[i] =
        row->low + row->step * (gint64) ((values[i] - row->low) / row->step);
  if (row->ascending) {
    gdouble low = values[1];

    values[1] = values[0];
    values[0] = low;
  }
}

static void
check_row (const TuneOutcome *fine, const TuneOutcome *coarse)
{
  const TuneOutcome *both[] = { fine, coarse };
  gdouble mean[2] = { 0, 0 };

  for (guint i = 0; i < 2; i++) {
    const TuneMeasurement *measurement = &both[i]->measurement;
    guint64 bytes = 0;

    g_assert_cmpstr (both[i]->error, ==, NULL);
    g_assert_true (both[i]->one_pass);
    g_assert_cmpuint (measurement->frames, ==, FRAMES);
    g_assert_cmpuint (measurement->unmatched, ==, 0);
    g_assert_cmpuint (both[i]->frame_bytes->len, ==, FRAMES);
    for (guint j = 0; j < FRAMES; j++) {
      bytes += g_array_index (both[i]->frame_bytes, guint32, j);
      mean[i] += measurement->distances[j] / FRAMES;
    }
    g_assert_cmpuint (measurement->bytes, ==, bytes);
    g_assert_nonnull (strstr (both[i]->versions, "\""));
  }
  g_assert_cmpfloat (mean[0], <, mean[1]);
  g_assert_cmpuint (fine->measurement.bytes, >, coarse->measurement.bytes);
}

static void
test_row_gives_what_its_value_says (Fixture *fixture, gconstpointer data)
{
  const TuneEncoder *row = data;
  g_autoptr (GstElementFactory) factory =
      gst_element_factory_find (row->element);
  g_autoptr (TuneJob) job = new_job (fixture);
  g_autoptr (TuneResult) result = NULL;
  const TuneOutcome *fine;
  gdouble values[2], rate;

  if (factory == NULL) {
    g_test_skip ("its element is not installed");
    return;
  }
  choose_values (row, values);
  add (job, TUNE_HOW_NAMED, row->name, values[0], NULL);
  add (job, TUNE_HOW_NAMED, row->name, values[1], NULL);
  result = run (job);
  fine = result->outcomes->pdata[0];
  g_assert_cmpuint (result->frames, ==, FRAMES);
  g_assert_cmpfloat_with_epsilon (result->seconds, FRAMES / 30., 1e-3);
  check_row (result->outcomes->pdata[0], result->outcomes->pdata[1]);
  rate = 8 * (gdouble) fine->measurement.bytes / result->seconds;
  if (row->step > 0)
    g_assert_cmpfloat (rate, >, 1500000);
}

/* Its buffer limits the rate to the bitrate, which is for another mode. */
static void
test_bitrate_of_x264_limits_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TuneJob) job = new_job (fixture);
  g_autoptr (TuneResult) result = NULL;
  const TuneOutcome *plain, *low, *limited;

  add (job, TUNE_HOW_NAMED, "x264", 14, NULL);
  add (job, TUNE_HOW_NAMED, "x264", 14, "{\"bitrate\":100}");
  add (job, TUNE_HOW_NAMED, "x264", 14,
      "{\"bitrate\":100,\"vbv-buf-capacity\":600}");
  result = run (job);
  plain = result->outcomes->pdata[0];
  low = result->outcomes->pdata[1];
  limited = result->outcomes->pdata[2];
  g_assert_cmpuint (low->measurement.bytes, ==, plain->measurement.bytes);
  g_assert_cmpuint (
      2 * limited->measurement.bytes, <, plain->measurement.bytes);
}

/* With sanitizers a row of each kind is enough, by quality and by rate: the
 * others differ by their launch lines, and most of the time is that of the
 * encoders. */
static void
add_rows (void)
{
  gboolean seen[2] = { FALSE, FALSE };

  for (const TuneEncoder *row = tune_encoders; row->name != NULL; row++) {
    g_autofree gchar *path =
        g_strdup_printf ("/probe/row_gives_what_its_value_says/%s", row->name);
    guint kind = row->step == 0;

    if (test_sanitized () && seen[kind])
      continue;
    seen[kind] = TRUE;
    g_test_add (path, Fixture, row, set_up, test_row_gives_what_its_value_says,
        tear_down);
  }
}

int
main (int argc, char **argv)
{
  int code;

  if (tune_probe_main (argc, argv, &code))
    return code;
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  add_rows ();
  g_test_add ("/probe/bitrate_of_x264_limits_nothing", Fixture, NULL, set_up,
      test_bitrate_of_x264_limits_nothing, tear_down);
  return g_test_run ();
}
