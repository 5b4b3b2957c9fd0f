/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * sync=track: streams without end whose timestamps are not those of the
 * pictures, or do not stay so.
 */
#include "listener.h"

#include <math.h>
#include <string.h>

#define CAPS "video/x-raw,format=GRAY8,width=64,height=36,framerate=25/1"
#define WIDTH 64
#define HEIGHT 36
#define FRAME (40 * (gint64) GST_MSECOND)
#define MS ((gint64) GST_MSECOND)
#define SECONDS(n) (25 * (n))

/* What a stream shows, and when. */
#define NOTHING G_MININT /* the frame is lost */
#define BLACK (G_MININT + 1)
/* Pictures from this number on differ by a tenth as much. */
#define SLOW 1000000

typedef struct
{
  gint picture; /* of the film; BLACK, or NOTHING */
  gint64 pts;   /* ns */
} Shot;

typedef Shot (*Film) (gint frame);

/* Waves that move through each other: pictures that never come back. */
static guint8
draw (gint number, gint x, gint y)
{
  static const struct
  {
    gdouble x, y, rate;
  } waves[] = { { .31, .07, .21 }, { -.11, .29, .13 }, { .17, -.23, -.31 },
    { .05, .13, .077 }, { -.37, .19, .43 } };
  gdouble sum = 0, i = number < SLOW ? number : .1 * (number - SLOW);

  for (guint k = 0; k < G_N_ELEMENTS (waves); k++)
    sum += sin (waves[k].x * x + waves[k].y * y + waves[k].rate * i
        + 3 * sin (.0173 * (k + 1) * i + k));
  return (guint8) (128 + 22 * sum);
}

/* Number @user of the film; each is drawn once. */
static void
fill_picture (GstVideoFrame *frame, gpointer user)
{
  static GHashTable *drawn;
  gint number = GPOINTER_TO_INT (user);
  guint8 *picture;

  if (drawn == NULL)
    drawn = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  picture = g_hash_table_lookup (drawn, user);
  if (picture == NULL) {
    picture = g_malloc0 (WIDTH * HEIGHT);
    for (gint p = 0; number != BLACK && p < WIDTH * HEIGHT; p++)
      picture[p] = draw (number, p % WIDTH, p / WIDTH);
    g_hash_table_insert (drawn, user, picture);
  }
  memcpy (frame->data[0], picture, WIDTH * HEIGHT);
}

static void
send_shot (Listener *l, const gchar *source, Shot shot)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);
  GstBuffer *buffer;
  GstVideoFrame frame;
  GstVideoInfo info;

  if (shot.picture == NOTHING)
    return;
  fail_unless (gst_video_info_from_caps (&info, caps));
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
  fill_picture (&frame, GINT_TO_POINTER (shot.picture));
  gst_video_frame_unmap (&frame);
  GST_BUFFER_PTS (buffer) = (GstClockTime) shot.pts;
  send_buffer (l, source, CAPS, -1, buffer);
}

/* The reference unless a test says otherwise. */
static Shot
plain (gint i)
{
  return (Shot){ i, i * FRAME };
}

/* Sends @n frames of both films, side by side, and waits for the end. */
static Listener *
run_films (const gchar *properties, Film reference, Film distorted, gint n)
{
  g_autofree gchar *all =
      g_strdup_printf ("metric=l2 sync=track %s", properties);
  Listener *l = listener_of_frames (all);

  for (gint i = 0; i < n; i++) {
    send_shot (l, "ref", reference (i));
    send_shot (l, "dist", distorted (i));
    if (i % 25 == 0)
      listener_drain (l);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  return l;
}

/* --- what came of it ----------------------------------------------------- */

static gint64
int_of (const GstStructure *s, const gchar *field)
{
  gint64 value = 0;

  fail_unless (gst_structure_get_int64 (s, field, &value), "no %s", field);
  return value;
}

static guint64
uint_of (const GstStructure *s, const gchar *field)
{
  guint64 value = 0;

  fail_unless (gst_structure_get_uint64 (s, field, &value), "no %s", field);
  return value;
}

static guint
count_changes (const Listener *l, const gchar *change)
{
  guint n = 0;

  for (guint i = 0; i < l->syncs->len; i++)
    n += g_str_equal (gst_structure_get_string (
                          g_ptr_array_index (l->syncs, i), "change"),
             change)
        ? 1
        : 0;
  return n;
}

/* The first @change, which must be there. */
static const GstStructure *
find_change (const Listener *l, const gchar *change)
{
  for (guint i = 0; i < l->syncs->len; i++) {
    const GstStructure *s = g_ptr_array_index (l->syncs, i);

    if (g_str_equal (gst_structure_get_string (s, "change"), change))
      return s;
  }
  ck_abort_msg ("no %s", change);
  return NULL;
}

static void
assert_offset (const GstStructure *s, const gchar *field, gint64 expected,
    gint64 tolerance)
{
  gint64 offset = int_of (s, field);

  fail_unless (ABS (offset - expected) <= tolerance,
      "%s %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, field, offset,
      expected);
}

static void
assert_state (const GstStructure *s, const gchar *state)
{
  const gchar *field =
      gst_structure_has_field (s, "state") ? "state" : "sync-state";

  ck_assert_str_eq (gst_structure_get_string (s, field), state);
}

static gboolean
is_unsure (const Listener *l, guint i)
{
  gboolean unsure = FALSE;

  fail_unless (gst_structure_get_boolean (
      g_ptr_array_index (l->distances, i), "unsure", &unsure));
  return unsure;
}

/* Returns: how many pairs are not of the same picture.  Each of them has to be
 * marked, or covered by what a jump says of the pairs before it. */
static guint
count_wrong (const Listener *l)
{
  guint wrong = 0, marked = 0;

  for (guint i = 0; i < l->distances->len; i++) {
    gboolean covered = is_unsure (l, i);
    guint64 time = time_at (l, i, "running-time");

    marked += covered ? 1 : 0;
    for (guint j = 0; j < l->syncs->len && !covered; j++) {
      const GstStructure *s = g_ptr_array_index (l->syncs, j);

      covered = time >= uint_of (s, "unsure-since")
          && time < uint_of (s, "running-time");
    }
    if (distance_at (l, i) == 0)
      continue;
    wrong++;
    fail_unless (
        covered, "pair %u at %" GST_TIME_FORMAT, i, GST_TIME_ARGS (time));
  }
  fail_unless (summary_uint (l, "unsure") >= MAX (wrong, marked));
  return wrong;
}

/* Every frame of @n and @m is counted once, and at most @unpaired of each
 * stream have no partner. */
static void
assert_all_counted (const Listener *l, guint n, guint m, guint unpaired)
{
  guint64 pairs = summary_uint (l, "pairs");
  guint64 left =
      summary_uint (l, "unmatched-distorted") + summary_uint (l, "late");

  assert_equals_uint64 (pairs + summary_uint (l, "unmatched-reference"), n);
  assert_equals_uint64 (pairs + left, m);
  assert_equals_uint64 (pairs, l->distances->len);
  fail_unless (n - pairs <= unpaired, "%u of %u have no partner",
      (guint) (n - pairs), n);
  fail_unless (left <= unpaired, "%u of %u have no partner", (guint) left, m);
}

/* --- offsets ------------------------------------------------------------- */

/* By 80 frames and a part of one. */
static Shot
delayed (gint i)
{
  return (Shot){ i - 80, i * FRAME + 13 * MS };
}

GST_START_TEST (test_a_stream_that_is_seconds_behind_is_found)
{
  Listener *l = run_films ("", plain, delayed, SECONDS (12));
  const GstStructure *begin = find_change (l, "begin");

  assert_state (begin, "locked");
  assert_offset (begin, "offset", -80 * FRAME - 13 * MS, MS);
  assert_equals_int (l->syncs->len, 1);
  /* What the distorted stream shows before the reference begins has no partner,
   * nor has what the reference showed before all that is held. */
  assert_all_counted (l, 300, 300, 80 + 80);
  assert_equals_int (count_wrong (l), 0);
  assert_equals_uint64 (summary_uint (l, "unsure"), 0);
  assert_equals_uint64 (summary_uint (l, "sync-changes"), 0);
  assert_state (l->summary, "locked");
  assert_offset (l->summary, "sync-offset-found", -80 * FRAME - 13 * MS, MS);
  listener_free (l);
}
GST_END_TEST;

static Shot
ahead (gint i)
{
  return (Shot){ i + 60, i * FRAME };
}

GST_START_TEST (test_a_stream_that_is_ahead_is_found_too)
{
  Listener *l = run_films ("", plain, ahead, SECONDS (10));

  assert_offset (find_change (l, "begin"), "offset", 60 * FRAME, MS);
  assert_all_counted (l, 250, 250, 60 + 60);
  assert_equals_int (count_wrong (l), 0);
  listener_free (l);
}
GST_END_TEST;

static Shot
other (gint i)
{
  return (Shot){ 100000 - 3 * i, i * FRAME };
}

GST_START_TEST (test_streams_of_different_things_are_marked_unsure)
{
  Listener *l = run_films ("sync-window=1000000000", plain, other, SECONDS (8));

  assert_state (find_change (l, "begin"), "unsure");
  assert_one_warning (l, "The offset of the distorted video was not found");
  fail_unless (l->distances->len > 50);
  assert_equals_int (count_wrong (l), l->distances->len);
  assert_equals_uint64 (summary_uint (l, "unsure"), l->distances->len);
  fail_if (gst_structure_has_field (l->summary, "sync-offset-found"));
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_streams_that_end_early_have_a_reason_to_be_unsure)
{
  for (gint n = 10; n <= 40; n += 10) {
    Listener *l = run_films ("", plain, plain, n);
    const GstStructure *begin = find_change (l, "begin");

    if (g_str_equal (gst_structure_get_string (begin, "state"), "unsure"))
      ck_assert_str_ne (gst_structure_get_string (begin, "verdict"), "found");
    listener_free (l);
  }
}
GST_END_TEST;

/* --- drift --------------------------------------------------------------- */

static gint ppm;

static Shot
drifting (gint i)
{
  return (Shot){ i, i * (FRAME + FRAME * ppm / 1000000) };
}

GST_START_TEST (test_slow_drift_is_followed_in_steps_that_are_told)
{
  static const gint rates[] = { 50, 1000, -1000 };
  const gint n = SECONDS (40);

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    gint64 end = -n * (FRAME * rates[i] / 1000000);
    gint64 before = 0;
    Listener *l;

    ppm = rates[i];
    l = run_films ("", plain, drifting, n);
    assert_equals_int (count_changes (l, "begin"), 1);
    assert_equals_int (count_changes (l, "drift"), l->syncs->len - 1);
    assert_equals_uint64 (summary_uint (l, "sync-changes"), l->syncs->len - 1);
    /* A sixth of a frame each, or a little more. */
    fail_unless (l->syncs->len - 1 <= (guint) (ABS (end) / (6 * MS)),
        "%u changes", l->syncs->len - 1);
    fail_unless (l->syncs->len - 1 >= (guint) (ABS (end) / (9 * MS)),
        "%u changes", l->syncs->len - 1);
    for (guint j = 0; j < l->syncs->len; j++) {
      const GstStructure *s = g_ptr_array_index (l->syncs, j);

      assert_offset (s, "previous-offset", before, 0);
      before = int_of (s, "offset");
    }
    assert_offset (l->summary, "sync-offset-found", end, 9 * MS);
    assert_all_counted (l, (guint) n, (guint) n, 0);
    assert_equals_int (count_wrong (l), 0);
    assert_equals_uint64 (summary_uint (l, "unsure"), 0);
    listener_free (l);
  }
}
GST_END_TEST;

/* --- jumps --------------------------------------------------------------- */

#define AT SECONDS (8)

static gint step;

static Shot
jumping (gint i)
{
  return (Shot){ i < AT ? i : i + step, i * FRAME };
}

GST_START_TEST (test_another_delay_is_found_and_what_was_wrong_is_told)
{
  /* Whole seconds, and two frames. */
  static const gint steps[] = { -75, 75, -2, 2, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    const GstStructure *jump;
    Listener *l;
    guint wrong;

    step = steps[i];
    l = run_films ("", plain, jumping, SECONDS (28));
    jump = find_change (l, "jump");
    assert_state (jump, "locked");
    assert_offset (jump, "offset", step * FRAME, MS);
    assert_equals_int (count_changes (l, "jump"), 1);
    assert_equals_uint64 (summary_uint (l, "sync-changes"), 1);
    /* Noticed within two seconds, of what the reference has shown by then;
     * what has not gone on yet is put right. */
    wrong = count_wrong (l);
    fail_unless (
        wrong < 50 + (guint) MAX (step, 0), "%u pairs are wrong", wrong);
    fail_unless (uint_of (g_ptr_array_index (l->syncs, 1), "unsure-since")
        <= AT * FRAME);
    assert_all_counted (l, 700, 700, 50 + (guint) (2 * ABS (step)));
    assert_state (l->summary, "locked");
    listener_free (l);
  }
}
GST_END_TEST;

static gint64 time_step;

static Shot
jumping_in_time (gint i)
{
  return (Shot){ i, i * FRAME + (i < AT ? 50 * GST_SECOND : time_step) };
}

static Shot
reference_in_time (gint i)
{
  return (Shot){ i, i * FRAME + (i < AT ? 50 * GST_SECOND : time_step) };
}

/* By three seconds; back to nothing, as of a sender that starts anew; by a day,
 * as of a counter that wraps. */
static const gint64 time_steps[] = { 53 * GST_SECOND, 47 * GST_SECOND,
  -8 * (gint64) GST_SECOND, 26 * 3600 * GST_SECOND };

GST_START_TEST (test_timestamps_may_jump_to_any_time)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (time_steps); i++) {
    gboolean of_reference = i >= G_N_ELEMENTS (time_steps);
    gint64 expected;
    Listener *l;

    time_step = time_steps[i % G_N_ELEMENTS (time_steps)];
    l = of_reference ? run_films ("", reference_in_time, plain, SECONDS (20))
                     : run_films ("", plain, jumping_in_time, SECONDS (20));
    expected = of_reference ? time_step : -time_step;
    assert_offset (l->summary, "sync-offset-found", expected, 2 * MS);
    assert_state (l->summary, "locked");
    fail_unless (summary_uint (l, "sync-changes") >= 1);
    count_wrong (l);
    assert_all_counted (l, 500, 500, 100);
    listener_free (l);
  }
}
GST_END_TEST;

/* --- what is no jump ----------------------------------------------------- */

static Shot
cut (gint i)
{
  return (Shot){ i >= AT && i < AT + 75 ? NOTHING : i, i * FRAME };
}

GST_START_TEST (test_a_stream_that_was_cut_goes_on_where_it_belongs)
{
  Listener *l = run_films ("", plain, cut, SECONDS (16));

  assert_equals_int (l->syncs->len, 1);
  assert_all_counted (l, 400, 325, 75);
  assert_equals_int (count_wrong (l), 0);
  assert_state (l->summary, "locked");
  listener_free (l);
}
GST_END_TEST;

static Shot
frozen (gint i)
{
  return (Shot){ i >= AT && i < AT + 100 ? AT : i, i * FRAME };
}

static Shot
black (gint i)
{
  return (Shot){ i >= AT && i < AT + 100 ? BLACK : i, i * FRAME };
}

GST_START_TEST (test_pictures_that_stand_still_or_are_black_keep_the_offset)
{
  static const Film films[] = { frozen, black };

  for (guint i = 0; i < G_N_ELEMENTS (films); i++) {
    Listener *l = run_films ("", plain, films[i], SECONDS (20));

    assert_equals_int (l->syncs->len, 1);
    assert_all_counted (l, 500, 500, 0);
    fail_unless (summary_uint (l, i == 0 ? "frozen" : "black") > 90);
    assert_offset (l->summary, "sync-offset-found", 0, 0);
    assert_state (l->summary, "locked");
    listener_free (l);
  }
}
GST_END_TEST;

static Shot
lossy (gint i)
{
  return (Shot){ i % 7 == 3 || i % 31 < 4 ? NOTHING : i, i * FRAME + 9 * MS };
}

GST_START_TEST (test_lost_frames_cost_themselves_alone)
{
  Listener *l = run_films ("", plain, lossy, SECONDS (20));
  guint n = 0;

  for (gint i = 0; i < SECONDS (20); i++)
    n += lossy (i).picture == NOTHING ? 0 : 1;
  assert_all_counted (l, 500, n, 500 - n);
  assert_equals_int (count_changes (l, "jump"), 0);
  assert_equals_int (count_wrong (l), 0);
  listener_free (l);
}
GST_END_TEST;

/* --- times that shake ---------------------------------------------------- */

static gint shake; /* ms, either way */

/* A number from @from to @to, by chance that comes out the same. */
static gint
chance (gint i, gint from, gint to)
{
  guint32 x = (guint32) i * 2654435761u;

  x ^= x >> 15;
  x *= 2246822519u;
  x ^= x >> 13;
  return from + (gint) (x % (guint32) (to - from + 1));
}

static Shot
shaken (gint i)
{
  return (Shot){ i, i * FRAME + 200 * MS + chance (i, -shake, shake) * MS };
}

static Shot
shaken_and_lossy (gint i)
{
  Shot shot = shaken (i);

  if (i > 100 && chance (i + 7000, 0, 24) == 0)
    shot.picture = NOTHING;
  return shot;
}

/* By less than half a frame, by nearly a whole one either way. */
GST_START_TEST (test_times_that_shake_by_most_of_a_frame_are_evened_out)
{
  static const gint shakes[] = { 8, 15, 35 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (shakes); i++) {
    gboolean loses = i >= G_N_ELEMENTS (shakes);
    Film film = loses ? shaken_and_lossy : shaken;
    guint n = 0;
    Listener *l;

    shake = shakes[i % G_N_ELEMENTS (shakes)];
    l = run_films ("", plain, film, SECONDS (14));
    for (gint j = 0; j < SECONDS (14); j++)
      n += film (j).picture == NOTHING ? 0 : 1;
    /* Where frames are missing among times that shake by half a frame and more,
     * it is hard to tell which, and all pairs near them are marked. */
    if (!loses) {
      assert_equals_int (count_changes (l, "jump"), 0);
      assert_equals_int (count_wrong (l), 0);
      assert_offset (l->summary, "sync-offset-found", -200 * MS, 12 * MS);
    } else {
      fail_unless (count_wrong (l) <= (shake > 20 ? 250 : 90));
    }
    if (shake == 8)
      assert_equals_uint64 (summary_uint (l, "unsure"), 0);
    assert_all_counted (l, 350, n, 350 - n + 4);
    listener_free (l);
  }
}
GST_END_TEST;

static Shot
slow (gint i)
{
  return (Shot){ SLOW + i, i * FRAME };
}

static gint bend, bent; /* ms; frames */

/* As a demuxer's that learns at first how late packets come: a frame and more,
 * and less and less. */
static Shot
bending (gint i)
{
  gint late = i < bent ? bend * (bent - i) / bent : 0;

  return (Shot){ SLOW + i, i * FRAME + 120 * MS + late * MS };
}

GST_START_TEST (test_pairs_of_times_that_bend_at_first_are_marked)
{
  static const gint bends[][2] = { { -90, 24 }, { -90, 60 }, { 30, 24 },
    { 90, 60 } };

  for (guint i = 0; i < G_N_ELEMENTS (bends); i++) {
    Listener *l;

    bend = bends[i][0];
    bent = bends[i][1];
    l = run_films ("", slow, bending, SECONDS (5));
    assert_state (find_change (l, "begin"), "locked");
    fail_unless (count_wrong (l) < 90);
    fail_unless (l->distances->len > 80);
    listener_free (l);
  }
}
GST_END_TEST;

/* --- the log ------------------------------------------------------------- */

GST_START_TEST (test_the_log_has_a_line_for_each_change)
{
  gchar *path = new_file (), *text = NULL;
  g_autofree gchar *properties = g_strdup_printf ("log-location=%s", path);
  g_auto (GStrv) lines = NULL;
  guint syncs = 0;
  Listener *l;

  step = 75;
  l = run_films (properties, plain, jumping, SECONDS (20));
  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    syncs += g_str_has_prefix (lines[i], "{\"type\":\"sync\",") ? 1 : 0;
  assert_equals_int (syncs, l->syncs->len);
  fail_unless (strstr (text, "\"change\":\"jump\",\"state\":\"locked\","));
  fail_unless (strstr (text, "\"offset\":3000000000,\"previous_offset\":0,"));
  fail_unless (strstr (text, "\"unsure\":true"));
  fail_unless (strstr (text, "\"unsure\":false"));
  fail_unless (strstr (strstr (text, "{\"type\":\"summary\""),
      "\"sync_changes\":1,\"unsure\":"));
  g_free (text);
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

static Suite *
track_suite (void)
{
  Suite *suite = suite_create ("track");
  TCase *tcase = tcase_create ("track");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_test (tcase, test_a_stream_that_is_seconds_behind_is_found);
  tcase_add_test (tcase, test_a_stream_that_is_ahead_is_found_too);
  tcase_add_test (tcase, test_streams_of_different_things_are_marked_unsure);
  tcase_add_test (
      tcase, test_streams_that_end_early_have_a_reason_to_be_unsure);
  tcase_add_test (tcase, test_slow_drift_is_followed_in_steps_that_are_told);
  tcase_add_test (
      tcase, test_another_delay_is_found_and_what_was_wrong_is_told);
  tcase_add_test (tcase, test_timestamps_may_jump_to_any_time);
  tcase_add_test (tcase, test_a_stream_that_was_cut_goes_on_where_it_belongs);
  tcase_add_test (
      tcase, test_pictures_that_stand_still_or_are_black_keep_the_offset);
  tcase_add_test (tcase, test_lost_frames_cost_themselves_alone);
  tcase_add_test (
      tcase, test_times_that_shake_by_most_of_a_frame_are_evened_out);
  tcase_add_test (tcase, test_pairs_of_times_that_bend_at_first_are_marked);
  tcase_add_test (tcase, test_the_log_has_a_line_for_each_change);
  return suite;
}

GST_CHECK_MAIN (track);
