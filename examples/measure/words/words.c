/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Puts the elements' messages in the words of a command line, by a table of
 * what to do about them and by rules for words that mean nothing outside of a
 * pipeline.
 */
#include "measure/words/words.h"

#include "measure/value.h"

#include "console/duration.h"

#include <stdlib.h>
#include <string.h>

/**
 * Remedy:
 * @said: part of the text
 * @advised: (nullable): part of the element's advice, where the text is the
 *   same for different reasons
 * @text: (nullable): in place of the element's text
 * @remedy: (nullable): what to do; NULL where the text says it all
 */
typedef struct
{
  const gchar *said;
  const gchar *advised;
  const gchar *text;
  const gchar *remedy;
} Remedy;

/* A table; the first that fits counts. */
/* clang-format off */
static const Remedy remedies[] = {
  /* The measuring element's. */
  { "is HDR", NULL, NULL,
      "map it to SDR first, or measure it as if it were SDR by "
      "--allow-hdr true" },
  { "but the distorted video is", "videoflip", NULL,
      "their tags say that they are to be turned differently before they are "
      "shown: turn one of them first" },
  { "but the distorted video is", NULL, NULL,
      "--scaling to-reference scales it" },
  { "does not lie inside of it", NULL, NULL,
      "set another --crop, --reference-crop or --distorted-crop" },
  { "field by field", NULL, NULL,
      "make frames of its fields first, for instance by "
      "ffmpeg -i FILE -vf bwdif -c:v ffv1 OUT.mkv" },
  { "fields one by one", NULL, NULL,
      "make frames of its fields first, for instance by "
      "ffmpeg -i FILE -vf weave,bwdif -c:v ffv1 OUT.mkv" },
  { "has a format that", NULL, "its format cannot be measured",
      "convert it first, for instance by "
      "ffmpeg -i FILE -pix_fmt yuv444p -c:v ffv1 OUT.mkv" },
  { "is not raw video", NULL, "what comes of it is not video",
      "convert it first, for instance by ffmpeg -i FILE -c:v ffv1 OUT.mkv" },
  { " frame holds ", NULL, NULL,
      "its rows may be packed otherwise than GStreamer reads them; convert it, "
      "for instance by ffmpeg -i FILE -c:v ffv1 OUT.mkv" },
  { "have no timestamps", NULL, NULL,
      "write them, for instance by "
      "ffmpeg -r RATE -i FILE -c:v ffv1 OUT.mkv" },
  { "is not timed", NULL, NULL,
      "write times, for instance by ffmpeg -i FILE -c copy OUT.mkv" },
  { "ended before", "unequal-ends=skip", NULL,
      "--unequal-ends skip makes this a warning" },
  { "ended before", NULL, NULL, NULL },
  { "No distorted frame at", NULL, NULL,
      "--missing-frames skip counts such frames and goes on; a larger "
      "--tolerance or another --sync-offset may find the frame" },
  { "No pair was found", NULL, NULL, "look at --sync-offset and --tolerance" },
  { "differ in how they code colour", NULL, NULL,
      "both are converted by what they are tagged as; if that is wrong, so is "
      "the distance" },
  { "not tagged; assumed", NULL, NULL,
      "if that is wrong, set --reference-colorimetry or "
      "--distorted-colorimetry" },
  { "is not a colorimetry", NULL, NULL,
      "the numbers are GStreamer's; 0 leaves a part as it is tagged: 1:0:0:0 "
      "is full range" },
  { "read luma of RGB from here on", NULL, NULL,
      "the columns keep their names, and their statistics mix both" },
  { "Interlaced video", NULL, NULL,
      "--deinterlace auto measures what is shown" },
  { "in different shapes", NULL, NULL,
      "pixels are compared one to one, as if the shapes were the same" },
  { "to be turned differently", NULL, NULL,
      "they are compared as they come; turn one of them first if it has not "
      "been turned yet" },
  { "none of the known ones", NULL, NULL,
      "perceptual-fetch-weights gets the known ones" },
  { "makes no heat map", NULL, NULL,
      "set another --metric, and keep this one as a column by --also" },
  { "needs measure=every-pair", NULL,
      "--heatmap needs --measure every-pair: in real time frames go out before "
      "they are measured",
      NULL },
  { "leave exact off", NULL, NULL, "or cut a region out of both files" },
  { "cannot be split into files", NULL, NULL,
      "name a plain file by --log, or leave --log-max-bytes and --log-max-time "
      "out" },
  { "Cannot write the log", NULL, NULL, NULL },
  /* GStreamer's. */
  { "is incomplete and cannot be played", NULL, "the file is cut off",
      "ffmpeg -i FILE OUT.mkv may make something of it" },
  { "No valid frames", NULL, "not one frame of it could be decoded",
      "convert it, for instance by ffmpeg -i FILE -c:v ffv1 OUT.mkv" },
  { "general stream error", "all streams without buffers",
      "not one frame was found in it",
      "it may be cut off or damaged; ffmpeg -i FILE OUT.mkv may make something "
      "of it" },
  { "Could not demultiplex", NULL, "its container is damaged",
      "ffmpeg -i FILE OUT.mkv may make something of it" },
  { "CONTINUITY: Mismatch", NULL,
      "parts of it are missing: it was cut, or not received as a whole", NULL },
  { "Unable to allocate memory", "downstream pool",
      "GStreamer's decoder does not know its pixel format",
      "convert it, for instance by ffmpeg -i FILE -pix_fmt yuv444p -c:v ffv1 "
      "OUT.mkv" },
  { "Failed to decode frame", NULL, NULL,
      "convert it, for instance by ffmpeg -i FILE -pix_fmt yuv444p -c:v ffv1 "
      "OUT.mkv" },
  { "Failed to negociate", NULL,
      "GStreamer's elements do not agree on its format",
      "convert it, for instance by ffmpeg -i FILE -c:v ffv1 OUT.mkv" },
  { "no playable streams", NULL, "GStreamer finds nothing in it to decode",
      "it may be cut off or damaged, or its codec is unknown; ffmpeg -i FILE "
      "OUT.mkv may make something of it" },
  { "Internal data", "not-negotiated",
      "GStreamer's elements do not agree on its format",
      "convert it, for instance by ffmpeg -i FILE -c:v ffv1 OUT.mkv" },
  { "Internal data", "not-linked",
      "what is in it is not what its next element takes", NULL },
  { "Internal data", "HTTPSrc",
      "the server cannot be reached, or broke the connection",
      "try the address in a browser; what is downloaded can be measured as a "
      "file" },
  { "", "Redirect to:", NULL,
      "this is the server's answer: look at the address" },
  { "Could not open resource for reading and writing", NULL,
      "the server cannot be reached, or does not let this program in", NULL },
  { "Internal data", NULL, "GStreamer could not go on with it",
      "it may be damaged, or of a kind that is not known; "
      "ffmpeg -i FILE -c:v ffv1 OUT.mkv may make something of it" },
};

/* For programs that lack the option which is the better remedy.  A table. */
static const struct
{
  const gchar *option;
  Remedy remedy;
} without[] = {
  { "deinterlace",
      { "Interlaced video", NULL, NULL,
          "make frames of its fields first, for instance by "
          "ffmpeg -i FILE -vf bwdif -c:v ffv1 OUT.mkv" } },
  { "crop",
      { "does not lie inside of it", NULL, NULL,
          "set another --reference-crop or --distorted-crop" } },
  { "pair",
      { "of the reference video do not rise", NULL, NULL,
          "such a frame finds no partner, and is not measured; a container "
          "that has times may help: ffmpeg -i FILE -c copy OUT.mkv" } },
};
/* clang-format on */

/* Names of properties without a value, and words that mean nothing here. */
static const struct
{
  const gchar *pattern;
  const gchar *words;
} phrases[] = {
  { "leave exact off, or set interval or rate",
      "leave --exact off, or set --interval or --rate" },
  { "The distorted video is that at dist_sink[_0-9]*\\.\\s*", "" },
  { "\\bin sync-window", "in --sync-window" },
  { "\\boutside sync-window", "outside --sync-window" },
  { "\\bthan sync-window", "than --sync-window" },
  { "perceptual-sync messages tell what follows; this is said once",
      "Lines of the type sync in a log tell what follows; this is said once" },
  { "A larger sync-duration or sync-window",
      "a larger --sync-duration or --sync-window" },
};

/* The advice is what follows the place in the source and comes before caps,
 * which nobody asked for.  Returns: (transfer full): "" without one. */
static gchar *
find_advice (const gchar *debug)
{
  static const gchar *const ends[] = {
    "Caps: ", "  ref_sink: ", "  dist_sink"
  };
  const gchar *start = debug != NULL ? strstr (debug, ":\n") : NULL;
  gchar *advice = g_strdup (start != NULL ? start + strlen (":\n") : "");

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    gchar *end = strstr (advice, ends[i]);

    if (end != NULL)
      *end = '\0';
  }
  return g_strstrip (advice);
}

static gboolean
has_option (const MeasureNames *names, const gchar *option)
{
  return names->offers == NULL || names->offers (option);
}

static gboolean
fits (const Remedy *remedy, const gchar *text, const gchar *debug)
{
  return strstr (text, remedy->said) != NULL
      && (remedy->advised == NULL
          || (debug != NULL && strstr (debug, remedy->advised) != NULL));
}

static const Remedy *
find_remedy (const gchar *text, const gchar *debug, const MeasureNames *names)
{
  for (guint i = 0; i < G_N_ELEMENTS (without); i++) {
    if (!has_option (names, without[i].option)
        && fits (&without[i].remedy, text, debug))
      return &without[i].remedy;
  }
  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++) {
    if (fits (&remedies[i], text, debug))
      return &remedies[i];
  }
  return NULL;
}

/* --- words --------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): @value of a property in nanoseconds as
 * people write it; NULL for others */
static gchar *
time_of (GParamSpec *spec, const gchar *value)
{
  gint64 ns;

  return measure_value_is_time (spec)
          && g_ascii_string_to_signed (
              value, 10, G_MININT64, G_MAXINT64, &ns, NULL)
      ? duration_print_ns (ns)
      : NULL;
}

/* "scaling=none" is "--scaling none" where there is such an option. */
static gboolean
replace_property (const GMatchInfo *match, GString *result, gpointer user)
{
  const MeasureNames *names = user;
  g_autofree gchar *all = g_match_info_fetch (match, 0);
  g_autofree gchar *name = g_match_info_fetch (match, 1);
  g_autofree gchar *value = g_match_info_fetch (match, 2);

  GParamSpec *spec = names->element != NULL
      ? g_object_class_find_property (names->element, name)
      : NULL;
  g_autofree gchar *time = spec != NULL ? time_of (spec, value) : NULL;

  if (spec == NULL)
    g_string_append (result, all);
  else
    g_string_append_printf (
        result, "--%s %s", name, time != NULL ? time : value);
  return FALSE;
}

/* "is not a value for taps;" is one for "--taps" if the user wrote that. */
static gboolean
replace_option (const GMatchInfo *match, GString *result, gpointer user)
{
  const MeasureNames *names = user;
  g_autofree gchar *name = g_match_info_fetch (match, 0);
  gboolean set = names->settings != NULL
      && measure_settings_find (names->settings, name) != NULL;

  g_string_append_printf (result, "%s%s", set ? "--" : "", name);
  return FALSE;
}

/* Returns: (nullable): the file at a pad */
static const gchar *
label_of_pad (const MeasureNames *names, const gchar *pad)
{
  guint n = g_strv_length ((gchar **) names->labels);
  const gchar *number = strstr (pad, "sink_");
  guint i = g_str_equal (pad, "ref_sink") ? 0
      : number != NULL ? 1 + (guint) atoi (number + strlen ("sink_"))
                       : 1;

  return i < n ? names->labels[i] : NULL;
}

static gboolean
replace_pad (const GMatchInfo *match, GString *result, gpointer user)
{
  const MeasureNames *names = user;
  g_autofree gchar *at = g_match_info_fetch (match, 1);
  g_autofree gchar *pad = g_match_info_fetch (match, 2);
  const gchar *label = label_of_pad (names, pad);

  if (*at != '\0' && label == names->labels[names->own])
    return FALSE; /* it is put before the text */
  g_string_append_printf (result, "%s%s", *at != '\0' ? " of " : "",
      label != NULL ? label : "the input");
  return FALSE;
}

static gboolean
replace_video (const GMatchInfo *match, GString *result, gpointer user)
{
  g_string_append (result, "image");
  return FALSE;
}

/* Takes @text. */
static gchar *
replace (gchar *text, const gchar *pattern, GRegexEvalCallback callback,
    const MeasureNames *names)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_RAW, 0, NULL);
  gchar *replaced = g_regex_replace_eval (
      regex, text, -1, 0, 0, callback, (gpointer) names, NULL);

  if (replaced == NULL)
    return text;
  g_free (text);
  return replaced;
}

/* Not within lpips:backbone=vgg. */
#define PROPERTY "(?<![:,])\\b([a-z][a-z0-9-]*)=([^\\s,;.:)]+)"

/* Takes @text. */
static gchar *
replace_phrase (gchar *text, const gchar *pattern, const gchar *words)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_RAW, 0, NULL);
  gchar *replaced =
      g_regex_replace_literal (regex, text, -1, 0, words, 0, NULL);

  if (replaced == NULL)
    return text;
  g_free (text);
  return replaced;
}

/* Times of options have units of their own. */
gchar *
measure_words_of_option (const gchar *description, GObjectClass *element)
{
  gchar *words = replace (g_strdup (description), PROPERTY, replace_property,
      &(MeasureNames){ .element = element });

  words = replace_phrase (words, "^Metric option: ", "");
  words = replace_phrase (words, " \\(ns\\)", "");
  return replace_phrase (words, "\\(ns; ", "(");
}

static gchar *
translate (const gchar *text, const MeasureNames *names)
{
  gchar *words = g_strdup (text);

  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    words = replace_phrase (words, phrases[i].pattern, phrases[i].words);
  words = replace (words, PROPERTY, replace_property, names);
  words = replace (
      words, "(?<=is not a value for )[a-z-]+(?=;)", replace_option, names);
  if (names->images)
    words = replace (words, "\\bvideo(?=s?\\b)", replace_video, names);
  words = replace (words, "( at )?\\b(ref_sink|dist_sink(?:_[0-9]+)?)\\b",
      replace_pad, names);
  while (g_str_has_suffix (words, "."))
    words[strlen (words) - 1] = '\0';
  return words;
}

/* Whether all options that @words name are there. */
static gboolean
can_follow (const gchar *words, const MeasureNames *names)
{
  for (const gchar *at = words; (at = strstr (at, "--")) != NULL;) {
    gsize length = strspn (at += 2, G_CSET_a_2_z "-");
    g_autofree gchar *option = g_strndup (at, length);

    if (length > 0 && !has_option (names, option))
      return FALSE;
  }
  return TRUE;
}

/* Returns: (transfer full): those sentences of the advice @words that can be
 * followed.  Takes @words. */
static gchar *
leave_out_useless (gchar *words, const MeasureNames *names)
{
  g_auto (GStrv) sentences = g_strsplit (words, ".  ", -1);
  g_autoptr (GString) rest = g_string_new (NULL);

  for (guint i = 0; sentences[i] != NULL; i++) {
    if (can_follow (sentences[i], names))
      g_string_append_printf (
          rest, "%s%s", rest->len > 0 ? ".  " : "", sentences[i]);
  }
  g_free (words);
  return g_string_free (g_steal_pointer (&rest), FALSE);
}

/* Advice that the table does not know is better than none.  Returns: (transfer
 * full) (nullable): what to do */
static gchar *
rest_of (const Remedy *remedy, const gchar *advice, const MeasureNames *names)
{
  if (remedy == NULL)
    return leave_out_useless (translate (advice, names), names);
  if (remedy->remedy == NULL
      || (names->streams && strstr (remedy->remedy, "FILE") != NULL))
    return NULL;
  return leave_out_useless (g_strdup (remedy->remedy), names);
}

gboolean
measure_words_are_of_settings (GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, NULL);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_INFO)
    gst_message_parse_info (message, &error, NULL);
  return g_error_matches (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS)
      || g_error_matches (
          error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
}

gchar *
measure_words (const gchar *text, const gchar *debug, const MeasureNames *names)
{
  const Remedy *remedy = find_remedy (text, debug, names);
  g_autofree gchar *advice = find_advice (debug);
  g_autofree gchar *words = translate (
      remedy != NULL && remedy->text != NULL ? remedy->text : text, names);
  g_autofree gchar *rest = rest_of (remedy, advice, names);

  return rest != NULL && *rest != '\0' ? g_strdup_printf ("%s; %s", words, rest)
                                       : g_steal_pointer (&words);
}
