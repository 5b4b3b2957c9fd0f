/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From what elements say to what the user reads.
 */
#include "measure/words/words.h"

#include <string.h>

#define PLACE "../gst/x.c(1): f (): /GstPipeline:pipeline0/GstX:x0:\n"

typedef struct
{
  const gchar *text;
  const gchar *debug;
  guint own;
  gboolean images;
  const gchar *expected;
} Case;

/* A table. */
/* clang-format off */
static const Case cases[] = {
  { "Something else.", NULL, 1, FALSE, "Something else" },
  { "Something else", "../gst/x.c(1): f (): /GstX:x0", 1, FALSE,
      "Something else" },
  { "Something else", PLACE "Set async=true, or other=false.", 1, FALSE,
      "Something else; Set --async true, or other=false" },
  { "Something else", PLACE "Do this.  Caps: video/x-raw, format=I420", 1,
      FALSE, "Something else; Do this" },
  { "The video at ref_sink is HDR, for which", PLACE "set allow-hdr=true", 0,
      FALSE,
      "The video is HDR, for which; map it to SDR first, or measure it "
      "as if it were SDR by --allow-hdr true" },
  { "The reference is 1x1 but the distorted video is 2x2",
      PLACE "Set scaling=to-reference.", 1, FALSE,
      "The reference is 1x1 but the distorted video is 2x2; --scaling "
      "to-reference scales it" },
  { "The reference is 1x1 but the distorted video is 2x2",
      PLACE "Set scaling=to-reference.", 1, TRUE,
      "The reference is 1x1 but the distorted image is 2x2; --scaling "
      "to-reference scales it" },
  { "The reference is 1x2 but the distorted video is 2x1",
      PLACE "put videoflip video-direction=auto before both pads.", 1, FALSE,
      "The reference is 1x2 but the distorted video is 2x1; their tags say "
      "that they are to be turned differently before they are shown: turn one "
      "of them first" },
  { "Found at dist_sink and dist_sink_1, not at ref_sink", NULL, 1, FALSE,
      "Found and two.mkv, not of ref.mkv" },
  { "Found at dist_sink_7", NULL, 1, FALSE, "Found of the input" },
  { "The video at dist_sink has a format that is not read here; put a "
    "videoconvert before it",
      PLACE "Caps: x", 1, FALSE,
      "its format cannot be measured; convert it first, for instance by ffmpeg "
      "-i FILE -pix_fmt yuv444p -c:v ffv1 OUT.mkv" },
  { "The distorted video ended before the reference one: 1 left",
      PLACE "The distorted video is that at dist_sink.  unequal-ends=skip "
            "makes this a warning.",
      1, FALSE,
      "The distorted video ended before the reference one: 1 left; "
      "--unequal-ends skip makes this a warning" },
  { "The distorted video ended before the reference one: 1 left",
      PLACE "The distorted video is that at dist_sink.", 1, FALSE,
      "The distorted video ended before the reference one: 1 left" },
  { "takes long, so it is not measured; leave exact off, or set interval or "
    "rate, so that few pairs are",
      NULL, 1, FALSE,
      "takes long, so it is not measured; leave --exact off, or set --interval "
      "or --rate, so that few pairs are; or cut a region out of both files" },
  { "The offset was not found, since it is",
      PLACE
      "The distorted video is "
      "that at dist_sink_1.  A larger sync-duration or sync-window may help; "
      "the best guess is async=7 (confidence 0.1).",
      1, FALSE,
      "The offset was not found, since it is; a larger --sync-duration or "
      "--sync-window may help; the best guess is --async 7 (confidence 0.1)" },
  { "Internal data stream error.",
      PLACE "streaming stopped, reason not-negotiated (-4)", 0, FALSE,
      "GStreamer's elements do not agree on its format; convert it, for "
      "instance by ffmpeg -i FILE -c:v ffv1 OUT.mkv" },
  { "Internal data stream error.",
      PLACE "streaming stopped, reason not-linked (-1)", 0, FALSE,
      "what is in it is not what its next element takes" },
  { "The offset was not found",
      PLACE "The streams may be further apart than sync-window.  "
            "perceptual-sync messages tell what follows; this is said once.",
      1, FALSE,
      "The offset was not found; The streams may be further apart than "
      "--sync-window.  Lines of the type sync in a log tell what follows; this "
      "is said once" },
};
/* clang-format on */

static void
test_table (void)
{
  const gchar *const labels[] = { "ref.mkv", "one.mkv", "two.mkv", NULL };
  GstElement *sink = gst_object_ref_sink (
      gst_element_factory_make ("fakesink", NULL)); /* has "async" */

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *words = measure_words (cases[i].text, cases[i].debug,
        &(MeasureNames){
            .element = G_OBJECT_GET_CLASS (sink),
            .labels = labels,
            .own = cases[i].own,
            .images = cases[i].images,
        });

    g_assert_cmpstr (words, ==, cases[i].expected);
  }
  gst_object_unref (sink);
}

static void
test_streams_cannot_be_converted (void)
{
  const gchar *const labels[] = { "the reference", NULL };
  g_autofree gchar *words = measure_words ("Internal data stream error.",
      PLACE "streaming stopped, reason error (-5)",
      &(MeasureNames){ .labels = labels, .streams = TRUE });

  g_assert_cmpstr (words, ==, "GStreamer could not go on with it");
}

static gboolean
offers_all_but_crop_and_deinterlace (const gchar *option)
{
  return strcmp (option, "crop") != 0 && strcmp (option, "deinterlace") != 0;
}

static void
test_a_monitor_is_told_of_its_own_options (void)
{
  const gchar *const labels[] = { "the reference", NULL };
  const MeasureNames names = { .labels = labels,
    .offers = offers_all_but_crop_and_deinterlace,
    .streams = TRUE };
  g_autofree gchar *crop =
      measure_words ("The part does not lie inside of it", PLACE "x", &names);
  g_autofree gchar *interlaced =
      measure_words ("Interlaced video is measured", PLACE "x", &names);

  g_assert_cmpstr (crop, ==,
      "The part does not lie inside of it; set another --reference-crop or "
      "--distorted-crop");
  g_assert_cmpstr (interlaced, ==, "Interlaced video is measured");
}

static void
test_an_option_is_named_as_it_was_written (void)
{
  const gchar *const labels[] = { "ref.mkv", "one.mkv", NULL };
  g_autoptr (GPtrArray) set = g_ptr_array_new ();
  MeasureSetting taps = { .name = (gchar *) "taps" };
  const MeasureSettings settings = { .set = set };
  const MeasureNames names = { .labels = labels, .settings = &settings };
  const gchar *text = "\"9\" is not a value for taps; valid: all";
  g_autofree gchar *inside = measure_words (text, NULL, &names);
  g_autofree gchar *option = NULL;

  g_ptr_array_add (set, &taps);
  option = measure_words (text, NULL, &names);
  g_assert_cmpstr (inside, ==, text);
  g_assert_cmpstr (option, ==, "\"9\" is not a value for --taps; valid: all");
}

static gboolean
offers_only_scaling (const gchar *option)
{
  return strcmp (option, "scaling") == 0;
}

/* A table of what a program says that has no option but --scaling. */
static void
test_no_option_is_advised_that_the_program_does_not_have (void)
{
  static const gchar *const said[][3] = {
    { "The reference is 1x1 but the distorted video is 2x2", PLACE "x",
        "The reference is 1x1 but the distorted video is 2x2; --scaling "
        "to-reference scales it" },
    { "No pair was found", PLACE "x", "No pair was found" },
    { "Interlaced video is measured", PLACE "x",
        "Interlaced video is measured; make frames of its fields first, for "
        "instance by ffmpeg -i FILE -vf bwdif -c:v ffv1 OUT.mkv" },
    { "Something else", PLACE "First.  async=true is second.  Third.",
        "Something else; First.  Third" },
    { "Something else", PLACE "async=true is all.", "Something else" },
    { "The timestamps of the distorted video do not rise: 1",
        PLACE
        "Such a frame at dist_sink finds no partner, and is not measured.  "
        "async=true pairs frames by their numbers, whatever their times.",
        "The timestamps of the distorted video do not rise: 1; Such a frame "
        "finds no partner, and is not measured" },
    { "The timestamps of the reference video do not rise: 1",
        PLACE
        "Such a frame at ref_sink finds no partner, and is not measured.  "
        "async=true pairs frames by their numbers, whatever their times.",
        "The timestamps of the reference video do not rise: 1; such a frame "
        "finds no partner, and is not measured; a container that has times "
        "may help: ffmpeg -i FILE -c copy OUT.mkv" },
  };
  const gchar *const labels[] = { "ref.mkv", "one.mkv", NULL };
  GstElement *sink = gst_object_ref_sink (
      gst_element_factory_make ("fakesink", NULL)); /* has "async" */

  for (guint i = 0; i < G_N_ELEMENTS (said); i++) {
    g_autofree gchar *words = measure_words (said[i][0], said[i][1],
        &(MeasureNames){ .element = G_OBJECT_GET_CLASS (sink),
            .labels = labels,
            .own = 1,
            .offers = offers_only_scaling });

    g_assert_cmpstr (words, ==, said[i][2]);
  }
  gst_object_unref (sink);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/table", test_table);
  g_test_add_func (
      "/words/streams-cannot-be-converted", test_streams_cannot_be_converted);
  g_test_add_func ("/words/a-monitor-is-told-of-its-own-options",
      test_a_monitor_is_told_of_its_own_options);
  g_test_add_func ("/words/an-option-is-named-as-it-was-written",
      test_an_option_is_named_as_it_was_written);
  g_test_add_func ("/words/no-option-is-advised-that-the-program-does-not-have",
      test_no_option_is_advised_that_the_program_does_not_have);
  return g_test_run ();
}
