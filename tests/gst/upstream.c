/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way from a pad up to the decoder, and what its input says about colour.
 */
#include "upstream.h"

#define RAW "video/x-raw,format=I420,width=64,height=1080,framerate=25/1"
#define CODED "video/x-h264,width=64,height=1080"

static GstPad *
add_pad (GstElement *element, const gchar *name, GstPadDirection direction)
{
  GstPad *pad = gst_pad_new (name, direction);

  g_assert_true (gst_pad_set_active (pad, TRUE));
  g_assert_true (gst_element_add_pad (element, pad));
  return pad;
}

static void
set_caps (GstPad *pad, const gchar *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  g_autoptr (GstEvent) start = gst_event_new_stream_start ("x");
  g_autoptr (GstEvent) event = gst_event_new_caps (caps);

  gst_pad_store_sticky_event (pad, start);
  gst_pad_store_sticky_event (pad, event);
}

/* An element with one way through it.  @in: (nullable): what has come in, as
 * far as the pad knows */
static GstElement *
new_element (const gchar *in, const gchar *out)
{
  GstElement *element = gst_bin_new (NULL);
  GstPad *sink = add_pad (element, "sink", GST_PAD_SINK);

  if (in != NULL)
    set_caps (sink, in);
  set_caps (add_pad (element, "src", GST_PAD_SRC), out);
  return element;
}

/* Whether a decoder from @coded to @raw is found before an element that makes
 * @last of it; the decoder in a bin if @hidden. */
static gboolean
look (const gchar *coded, const gchar *raw, const gchar *last, gboolean hidden,
    GstVideoColorimetry *said)
{
  GstElement *decoder = new_element (coded, raw);
  GstElement *other = new_element (raw, last);
  GstElement *end = new_element (last, last);
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *bin = hidden ? gst_bin_new ("bin") : pipeline;
  g_autoptr (GstCaps) caps = gst_caps_from_string (last);
  g_autoptr (GstPad) source = NULL;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (end, "sink");
  gboolean found;

  gst_bin_add_many (GST_BIN (pipeline), other, end, NULL);
  gst_bin_add (GST_BIN (bin), decoder);
  source = gst_element_get_static_pad (decoder, "src");
  if (hidden) {
    gst_bin_add (GST_BIN (pipeline), bin);
    gst_element_add_pad (bin, gst_ghost_pad_new ("src", source));
  }
  g_assert_true (
      gst_element_link_pads (hidden ? bin : decoder, "src", other, "sink"));
  g_assert_true (gst_element_link_pads (other, "src", end, "sink"));
  found = perceptual_upstream_colour (pad, caps, said);
  gst_object_unref (pipeline);
  return found;
}

static void
assert_colour (const GstVideoColorimetry *colour, const gchar *numbers)
{
  g_autofree gchar *text = g_strdup_printf ("%d:%d:%d:%d", (gint) colour->range,
      (gint) colour->matrix, (gint) colour->transfer, (gint) colour->primaries);

  g_assert_cmpstr (text, ==, numbers);
}

static void
test_the_decoder_s_input_says_whether_colour_is_a_guess (void)
{
  static const struct
  {
    const gchar *coded;
    const gchar *raw;
    const gchar *numbers;
  } cases[] = {
    { CODED, RAW, "0:0:0:0" },
    { CODED, RAW ",colorimetry=bt709", "0:0:0:0" },
    { CODED ",colorimetry=bt709", RAW ",colorimetry=bt709", "2:3:5:1" },
    { CODED, RAW ",colorimetry=bt601", "2:4:16:4" },
    { CODED ",colorimetry=1:0:0:0", RAW ",colorimetry=1:0:0:0", "1:0:0:0" },
    { CODED ",colorimetry=0:3:0:0", RAW ",colorimetry=bt709", "0:3:0:0" },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++) {
    GstVideoColorimetry said = { 7, 7, 7, 7 };

    g_assert_true (look (
        cases[i / 2].coded, cases[i / 2].raw, cases[i / 2].raw, i % 2, &said));
    assert_colour (&said, cases[i / 2].numbers);
  }
}

static void
test_nothing_is_known_without_a_decoder_or_behind_a_conversion (void)
{
  GstVideoColorimetry said = { 2, 3, 5, 1 };

  g_assert_false (look (RAW, RAW, RAW, FALSE, &said));
  g_assert_false (look (CODED, RAW, RAW ",colorimetry=bt709", FALSE, &said));
  assert_colour (&said, "2:3:5:1");
}

/* The thread of a queue passes caps on before its sink pad knows of them. */
static void
test_caps_that_a_sink_pad_does_not_know_yet_are_those_before_it (void)
{
  static const gchar raw[] = RAW ",colorimetry=bt709";
  GstElement *decoder = new_element (CODED, raw);
  GstElement *queue = new_element (NULL, raw);
  GstElement *end = new_element (NULL, raw);
  GstElement *pipeline = gst_pipeline_new (NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string (raw);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (end, "sink");
  GstVideoColorimetry said = { 7, 7, 7, 7 };

  gst_bin_add_many (GST_BIN (pipeline), decoder, queue, end, NULL);
  g_assert_true (gst_element_link_many (decoder, queue, end, NULL));
  g_assert_true (perceptual_upstream_colour (pad, caps, &said));
  assert_colour (&said, "0:0:0:0");
  gst_object_unref (pipeline);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func (
      "/upstream/the-decoder's-input-says-whether-colour-is-a-guess",
      test_the_decoder_s_input_says_whether_colour_is_a_guess);
  g_test_add_func ("/upstream/nothing-is-known-without-a-decoder",
      test_nothing_is_known_without_a_decoder_or_behind_a_conversion);
  g_test_add_func ("/upstream/caps-that-a-sink-pad-does-not-know-yet",
      test_caps_that_a_sink_pad_does_not_know_yet_are_those_before_it);
  return g_test_run ();
}
