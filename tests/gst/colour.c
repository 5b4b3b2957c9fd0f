/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Streams that say their colour, say a part of it or do not say it: what counts
 * of it beside another stream, and what is reported about that.
 */
#include "frames/colour.h"
#include "frames/pair-format.h"

#include <string.h>

#define SD "width=960,height=540"
#define HD "width=1920,height=1080"
#define I420 "video/x-raw,format=I420,framerate=25/1,"
#define RGB "video/x-raw,format=RGB,framerate=25/1,"
#define GREY "video/x-raw,format=GRAY8,framerate=25/1,"

static PerceptualFormat *
format_of (const gchar *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  PerceptualFormat *format = perceptual_format_new (caps);

  g_assert_nonnull (format);
  return format;
}

static void
assert_colour (const GstVideoColorimetry *colour, const gchar *numbers)
{
  g_autofree gchar *text = g_strdup_printf ("%d:%d:%d:%d", (gint) colour->range,
      (gint) colour->matrix, (gint) colour->transfer, (gint) colour->primaries);

  g_assert_cmpstr (text, ==, numbers);
}

static void
assert_pair (PerceptualFormat *reference, PerceptualFormat *distorted,
    const gchar *const numbers[2], const gchar *differs, const gchar *assumed)
{
  g_autoptr (PerceptualPairFormat) pair =
      perceptual_pair_format_new (reference, distorted);

  assert_colour (&pair->reference->info.colorimetry, numbers[0]);
  assert_colour (&pair->distorted->info.colorimetry, numbers[1]);
  g_assert_cmpstr (pair->colour, ==, differs);
  g_assert_cmpstr (pair->assumed, ==, assumed);
}

#define ASSUMED "video is not tagged; assumed matrix "

static const struct
{
  const gchar *caps[2];
  const gchar *numbers[2];
  const gchar *differs;
  const gchar *assumed;
} cases[] = {
  /* What is known is kept, and only the rest assumed. */
  { { I420 SD, I420 SD ",colorimetry=1:0:0:0" }, { "2:4:16:4", "1:4:16:4" },
      "range 16-235 against 0-255",
      "The distorted video is partly not tagged; assumed matrix bt601, "
      "primaries smpte170m, transfer function bt601" },
  { { I420 HD ",colorimetry=2:0:5:0", I420 HD ",colorimetry=1:0:0:0" },
      { "2:3:5:1", "1:3:5:1" }, "range 16-235 against 0-255",
      "The reference video is partly not tagged; assumed matrix bt709, "
      "primaries bt709.  The distorted video is partly not tagged; assumed "
      "matrix bt709, primaries bt709, transfer function bt709, as of the other "
      "video" },
  { { I420 HD ",colorimetry=2:1:5:1", I420 HD }, { "2:3:5:1", "2:3:5:1" }, NULL,
      "The reference video is partly not tagged; assumed matrix bt709" },
  { { I420 HD ",colorimetry=9:99:99:99", I420 HD }, { "2:3:5:1", "2:3:5:1" },
      NULL, NULL },
  /* Neither says anything: one guess, that of the larger picture. */
  { { I420 SD, I420 SD }, { "2:4:16:4", "2:4:16:4" }, NULL, NULL },
  { { I420 HD, I420 SD }, { "2:3:5:1", "2:3:5:1" }, NULL,
      "The distorted " ASSUMED
      "bt709, primaries bt709, transfer function bt709" },
  { { I420 SD, I420 HD }, { "2:3:5:1", "2:3:5:1" }, NULL,
      "The reference " ASSUMED
      "bt709, primaries bt709, transfer function bt709" },
  { { I420 HD ",colorimetry=bt709", I420 SD ",colorimetry=bt601" },
      { "2:3:5:1", "2:3:5:1" }, NULL,
      "The distorted " ASSUMED
      "bt709, primaries bt709, transfer function bt709" },
  { { I420 HD, I420 SD ",colorimetry=bt601" }, { "2:3:5:1", "2:3:5:1" }, NULL,
      "The distorted " ASSUMED
      "bt709, primaries bt709, transfer function bt709" },
  /* One says something: the other takes it, but for the range. */
  { { I420 HD ",colorimetry=2:6:13:7", I420 SD }, { "2:6:13:7", "2:6:13:7" },
      NULL,
      "The distorted " ASSUMED
      "bt2020, primaries bt2020, transfer function bt2020-10, as of the other "
      "video" },
  { { I420 HD, I420 HD ",colorimetry=2:4:16:4" }, { "2:4:16:4", "2:4:16:4" },
      NULL,
      "The reference " ASSUMED
      "bt601, primaries smpte170m, transfer function bt601, as of the other "
      "video" },
  { { I420 HD ",colorimetry=1:3:5:1", I420 HD }, { "1:3:5:1", "2:3:5:1" },
      "range 0-255 against 16-235", NULL },
  /* Both say something. */
  { { I420 SD ",colorimetry=bt709", I420 SD ",colorimetry=bt601" },
      { "2:3:5:1", "2:4:16:4" },
      "matrix bt709 against bt601, primaries bt709 against smpte170m, transfer "
      "function bt709 against bt601",
      NULL },
  /* RGB has a matrix and a range of its own. */
  { { RGB SD, I420 SD }, { "1:1:7:1", "2:4:7:1" }, NULL, NULL },
  { { RGB SD ",colorimetry=0:1:0:0", I420 SD ",colorimetry=1:4:0:0" },
      { "1:1:7:1", "1:4:7:1" }, NULL, NULL },
  { { I420 HD ",colorimetry=bt709", RGB SD ",colorimetry=sRGB" },
      { "2:3:5:1", "1:1:5:1" }, NULL, NULL },
  /* Grey has nothing to guess from. */
  { { GREY HD, I420 HD }, { "1:3:5:1", "2:3:5:1" },
      "range 0-255 against 16-235", NULL },
};

static void
test_what_a_stream_does_not_say_is_taken_from_the_other_or_guessed_once (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    PerceptualFormat *a = format_of (cases[i].caps[0]);
    PerceptualFormat *b = format_of (cases[i].caps[1]);

    g_test_message ("%s against %s", cases[i].caps[0], cases[i].caps[1]);
    assert_pair (a, b, cases[i].numbers, cases[i].differs, cases[i].assumed);
    perceptual_format_unref (a);
    perceptual_format_unref (b);
  }
}

/* As a decoder's caps: what the coded stream says is known. */
static void
test_what_is_known_to_be_said_counts_even_where_it_is_usual (void)
{
  static const gchar *const both[2] = { "2:3:5:1", "2:3:5:1" };
  static const gchar *const each[2] = { "2:4:16:4", "2:3:5:1" };
  const GstVideoColorimetry said = { 2, 3, 5, 1 }, nothing = { 0 };
  PerceptualFormat *hd = format_of (I420 HD ",colorimetry=bt709");
  PerceptualFormat *sd = format_of (I420 SD ",colorimetry=bt601");
  PerceptualFormat *tagged = perceptual_format_tag (hd, &said);
  PerceptualFormat *untagged = perceptual_format_tag (hd, &nothing);
  PerceptualFormat *other = format_of (I420 HD ",colorimetry=bt601");

  assert_pair (tagged, untagged, both, NULL, NULL);
  assert_pair (sd, tagged, each,
      "matrix bt601 against bt709, primaries smpte170m against bt709, transfer "
      "function bt601 against bt709",
      NULL);
  assert_pair (untagged, other,
      (const gchar *const[2]){ "2:4:16:4", "2:4:16:4" }, NULL,
      "The reference " ASSUMED
      "bt601, primaries smpte170m, transfer function bt601, as of the other "
      "video");
  perceptual_format_unref (hd);
  perceptual_format_unref (sd);
  perceptual_format_unref (tagged);
  perceptual_format_unref (untagged);
  perceptual_format_unref (other);
}

static void
test_users_override_parts_or_all (void)
{
  static const struct
  {
    const gchar *text;
    const gchar *numbers;
  } words[] = { { NULL, "2:3:5:1" }, { "1:0:0:0", "1:3:5:1" },
    { "0:4:0:0", "2:4:5:1" }, { "bt601", "2:4:16:4" },
    { "untagged", "0:0:0:0" }, { "0:0:0:0", "2:3:5:1" } };
  static const gchar *const wrong[] = { "", "bt", "1:2:3", "9:0:0:0",
    "0:0:0:99", "Untagged" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    GstVideoColorimetry said = { 2, 3, 5, 1 };

    g_assert_true (perceptual_colour_override (words[i].text, &said));
    assert_colour (&said, words[i].numbers);
  }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    GstVideoColorimetry said = { 2, 3, 5, 1 };

    g_assert_false (perceptual_colour_override (wrong[i], &said));
    assert_colour (&said, "2:3:5:1");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func (
      "/colour/what-a-stream-does-not-say-is-the-other's-or-guessed-once",
      test_what_a_stream_does_not_say_is_taken_from_the_other_or_guessed_once);
  g_test_add_func ("/colour/what-is-known-to-be-said-counts-even-where-usual",
      test_what_is_known_to_be_said_counts_even_where_it_is_usual);
  g_test_add_func (
      "/colour/users-override-parts-or-all", test_users_override_parts_or_all);
  return g_test_run ();
}
