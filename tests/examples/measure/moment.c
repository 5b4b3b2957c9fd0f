/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A pair is shown if it can be measured once more to the bit, and only then;
 * what is recorded of a run is what is needed for that.
 */
#include "measure/moment.h"
#include "measure/run.h"

#include "folder.h"

#include <math.h>
#include <string.h>

#define FRAMES 12
#define WIDTH 64
#define HEIGHT 48

typedef struct
{
  TestFolder folder;
  MeasureInput *reference;
  MeasureInput *distorted;
  MeasureSettings settings;
  gboolean interrupted;
  GPtrArray *timelines;
} Fixture;

static void
ignore_text (const gchar *text, gpointer user)
{
}

static void
ignore_advance (guint64 pairs, gdouble part, gpointer user)
{
}

static guint8
sample (guint frame, guint x, guint y, gboolean distorted)
{
  guint value = 40 + (x * 7 + y * 5 + frame * 11) % 150;

  return (guint8) (distorted ? value + (x * y + frame) % 20 : value);
}

static gchar *
write_clip (const gchar *folder, const gchar *name, gboolean distorted)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gchar *path = g_build_filename (folder, name, NULL);

  g_string_append_printf (
      text, "YUV4MPEG2 W%u H%u F25:1 Ip A1:1 C420jpeg\n", WIDTH, HEIGHT);
  for (guint frame = 0; frame < FRAMES; frame++) {
    g_string_append (text, "FRAME\n");
    for (guint i = 0; i < WIDTH * HEIGHT; i++)
      g_string_append_c (
          text, (gchar) sample (frame, i % WIDTH, i / WIDTH, distorted));
    for (guint i = 0; i < WIDTH * HEIGHT / 2; i++)
      g_string_append_c (text, (gchar) 128);
  }
  g_assert_true (
      g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  return path;
}

static void
keep (guint input, const MeasureTimeline *piece, gpointer user)
{
  Fixture *self = user;

  measure_timeline_append (self->timelines->pdata[input], piece);
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  const MeasureEvents events = {
    .warn = ignore_text, .note = ignore_text, .advance = ignore_advance
  };
  g_autoptr (GPtrArray) distorted = g_ptr_array_new ();
  g_autoptr (GPtrArray) results = NULL;
  g_autofree gchar *a = NULL, *b = NULL;
  MeasureRecorder *recorder = measure_recorder_new (2, keep, self);

  test_folder_set_up (&self->folder, NULL);
  a = write_clip (self->folder.folder, "a.y4m", FALSE);
  b = write_clip (self->folder.folder, "b.y4m", TRUE);
  self->reference = measure_input_new (a, NULL, &self->interrupted);
  self->distorted = measure_input_new (b, NULL, &self->interrupted);
  measure_settings_init (&self->settings);
  g_assert_nonnull (self->settings.element);
  self->timelines =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_timeline_free);
  g_ptr_array_add (self->timelines, measure_timeline_new ());
  g_ptr_array_add (self->timelines, measure_timeline_new ());
  g_ptr_array_add (distorted, self->distorted);
  results = measure_run (&(MeasureOrder){
      .settings = &self->settings,
      .align = MEASURE_ALIGN_TIME,
      .turn = TRUE,
      .reference = self->reference,
      .distorted = distorted,
      .events = &events,
      .recorder = recorder,
      .interrupted = &self->interrupted,
  });
  measure_recorder_flush (recorder);
  measure_recorder_free (recorder);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_ptr_array_unref (self->timelines);
  measure_settings_clear (&self->settings);
  measure_input_free (self->reference);
  measure_input_free (self->distorted);
  test_folder_tear_down (&self->folder, NULL);
}

static const MeasurePair *
pair_at (const Fixture *self, guint i)
{
  const MeasureTimeline *timeline = self->timelines->pdata[1];

  return &g_array_index (timeline->pairs, MeasurePair, i);
}

static MeasureMoment *
show (Fixture *self, const MeasurePair *pair, guint size)
{
  return measure_moment_new (&(MeasureMomentOrder){
      .settings = &self->settings,
      .turn = TRUE,
      .reference = self->reference,
      .distorted = self->distorted,
      .pair = *pair,
      .map = TRUE,
      .size = size,
      .interrupted = &self->interrupted,
  });
}

static void
test_every_pair_is_recorded (Fixture *self, gconstpointer unused)
{
  const MeasureTimeline *timeline = self->timelines->pdata[1];

  g_assert_cmpuint (timeline->pairs->len, ==, FRAMES);
  g_assert_cmpuint (timeline->marks->len, ==, 0);
  for (guint i = 0; i < FRAMES; i++) {
    g_assert_cmpuint (pair_at (self, i)->time, ==, i * 40 * GST_MSECOND);
    g_assert_cmpfloat (pair_at (self, i)->distance, >, 0);
  }
}

static void
test_a_pair_that_measures_the_same_is_shown (
    Fixture *self, gconstpointer unused)
{
  for (guint i = 0; i < FRAMES; i += FRAMES - 1) {
    MeasureMoment *moment = show (self, pair_at (self, i), 32);

    g_assert_null (moment->problem);
    for (guint view = 0; view <= MEASURE_VIEW_MAP; view++) {
      g_assert_nonnull (moment->photos[view].file);
      g_assert_cmpuint (moment->photos[view].width, ==, 32);
      g_assert_cmpuint (moment->photos[view].height, ==, 24);
    }
    g_assert_null (moment->photos[MEASURE_VIEW_MAP_CUT].file);
    measure_moment_free (moment);
  }
}

static void
test_a_pair_off_by_a_bit_is_not_shown (Fixture *self, gconstpointer unused)
{
  MeasurePair pair = *pair_at (self, 3);
  MeasureMoment *moment;

  pair.distance = nextafter (pair.distance, 1);
  moment = show (self, &pair, 64);
  g_assert_nonnull (moment->problem);
  g_assert_nonnull (strstr (moment->problem, "measured once more"));
  for (guint view = 0; view < MEASURE_N_VIEWS; view++)
    g_assert_null (moment->photos[view].file);
  measure_moment_free (moment);
}

static void
test_a_frame_that_is_not_there_is_named (Fixture *self, gconstpointer unused)
{
  MeasurePair pair = *pair_at (self, 3);
  MeasureMoment *moment;

  pair.distorted_pts += 1;
  moment = show (self, &pair, 64);
  g_assert_nonnull (moment->problem);
  g_assert_nonnull (strstr (moment->problem, "the distorted file"));
  measure_moment_free (moment);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *path;
    void (*test) (Fixture *self, gconstpointer unused);
  } tests[] = {
    { "/moment/recorded", test_every_pair_is_recorded },
    { "/moment/shown", test_a_pair_that_measures_the_same_is_shown },
    { "/moment/off-by-a-bit", test_a_pair_off_by_a_bit_is_not_shown },
    { "/moment/missing", test_a_frame_that_is_not_there_is_named },
  };

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
