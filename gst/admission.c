/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Streams that cannot be measured, or not as they are, and what to do about
 * them in the user's words.
 */
#include "admission.h"

#include "frames/convert.h"

/* --- caps that a pad does not take --------------------------------------- */

typedef struct
{
  const gchar *feature;
  const gchar *remedy; /* elements that make plain video of it */
} Remedy;

/* clang-format off */
static const Remedy remedies[] = {
  { "memory:GLMemory", "a gldownload" },
  { "memory:VAMemory", "a vapostproc" },
  { "memory:VASurface", "a vaapipostproc" },
  { "memory:DMABuf", "a vapostproc, or glupload ! gldownload," },
  { "memory:D3D11Memory", "a d3d11download" },
  { "memory:CUDAMemory", "a cudadownload" },
  { "memory:NVMM", "a nvvideoconvert, or on Jetson a nvvidconv," },
  { "memory:VulkanImage", "a vulkandownload" },
  { "meta:GstVideoOverlayComposition", "an overlaycomposition" },
  { "format:Interlaced", "a deinterlace" },
};
/* clang-format on */

static const gchar *
remedy_for (const gchar *feature)
{
  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++) {
    if (g_str_equal (remedies[i].feature, feature))
      return remedies[i].remedy;
  }
  return "an element that downloads it to system memory";
}

/* Returns: (nullable): the first feature of @caps that is not plain memory */
static const gchar *
odd_feature (const GstCaps *caps)
{
  const GstCapsFeatures *features = gst_caps_get_features (caps, 0);

  if (features == NULL || gst_caps_features_is_any (features))
    return NULL;
  for (guint i = 0; i < gst_caps_features_get_size (features); i++) {
    const gchar *name = gst_caps_features_get_nth (features, i);

    if (!g_str_equal (name, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY))
      return name;
  }
  return NULL;
}

static void
refuse_feature (GstElement *element, const gchar *pad, const gchar *feature,
    const GstCaps *caps)
{
  const gchar *remedy = remedy_for (feature);

  if (g_str_equal (feature, "format:Interlaced")) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, CORE, NEGOTIATION,
        ("The video at %s comes field by field (%s), and whole frames are "
         "measured; put %s before it",
            pad, feature, remedy),
        ("Caps: %" GST_PTR_FORMAT, caps), ("pad", G_TYPE_STRING, pad, NULL));
    return;
  }
  GST_ELEMENT_ERROR_WITH_DETAILS (element, CORE, NEGOTIATION,
      ("The video at %s has %s, which is not read here; put %s before it", pad,
          feature, remedy),
      ("The pad takes plain video in system memory.  Caps: %" GST_PTR_FORMAT,
          caps),
      ("pad", G_TYPE_STRING, pad, NULL));
}

static void
refuse_caps (GstElement *element, const gchar *pad, const GstCaps *caps)
{
  const GstStructure *structure =
      gst_caps_get_size (caps) > 0 ? gst_caps_get_structure (caps, 0) : NULL;
  const gchar *feature;

  if (structure == NULL || !gst_structure_has_name (structure, "video/x-raw")) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, CORE, NEGOTIATION,
        ("What comes in at %s is not raw video; put a decoder, for instance "
         "decodebin, before it",
            pad),
        ("Caps: %" GST_PTR_FORMAT, caps), ("pad", G_TYPE_STRING, pad, NULL));
    return;
  }
  feature = odd_feature (caps);
  if (feature != NULL) {
    refuse_feature (element, pad, feature, caps);
    return;
  }
  GST_ELEMENT_ERROR_WITH_DETAILS (element, CORE, NEGOTIATION,
      ("The video at %s has a format that is not read here; put a "
       "videoconvert before it",
          pad),
      ("Caps: %" GST_PTR_FORMAT, caps), ("pad", G_TYPE_STRING, pad, NULL));
}

/* A pad asks itself whether it accepts caps, and it must say no, since other
 * elements ask too and then find another way.  So only caps that come as an
 * event are an error. */
static GstPadProbeReturn
look_at_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstCaps) allowed = NULL;
  GstElement *element = data;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  allowed = gst_pad_get_pad_template_caps (pad);
  if (!gst_caps_can_intersect (caps, allowed))
    refuse_caps (element, GST_OBJECT_NAME (pad), caps);
  return GST_PAD_PROBE_OK;
}

GstCaps *
perceptual_admission_get_caps (void)
{
  guint n, n_known = 0;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  g_autofree GstVideoFormat *known = g_new (GstVideoFormat, n);

  for (guint i = 0; i < n; i++) {
    if (perceptual_converter_knows (formats[i]))
      known[n_known++] = formats[i];
  }
  return gst_video_make_raw_caps (known, n_known);
}

void
perceptual_admission_watch (GstElement *element, GstPad *pad)
{
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, look_at_event, element, NULL);
}

/* Whether to say it now. */
static gboolean
is_new (PerceptualSaid *said, PerceptualSaid what, gboolean holds)
{
  if (!holds || (*said & what) != 0)
    return FALSE;
  *said |= what;
  return TRUE;
}

/* --- one stream ---------------------------------------------------------- */

/* In one picture, as side by side, they are measured together. */
static gboolean
has_views_apart (const GstVideoInfo *info)
{
  switch (GST_VIDEO_INFO_MULTIVIEW_MODE (info)) {
    case GST_VIDEO_MULTIVIEW_MODE_SEPARATED:
    case GST_VIDEO_MULTIVIEW_MODE_FRAME_BY_FRAME:
    case GST_VIDEO_MULTIVIEW_MODE_MULTIVIEW_FRAME_BY_FRAME:
      return TRUE;
    case GST_VIDEO_MULTIVIEW_MODE_NONE:
    case GST_VIDEO_MULTIVIEW_MODE_MONO:
      return GST_VIDEO_INFO_VIEWS (info) > 1;
    default:
      return FALSE;
  }
}

static gboolean
check_views (
    GstElement *element, const gchar *pad, const PerceptualFormat *format)
{
  if (!has_views_apart (&format->info))
    return TRUE;
  GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FORMAT,
      ("The video at %s has several views (stereo) apart from each other, of "
       "which one alone would be measured",
          pad),
      ("Bring them into one picture before it, for instance by glviewconvert "
       "output-mode-override=side-by-side, or measure each by itself.  Caps: "
       "%" GST_PTR_FORMAT,
          format->caps),
      ("pad", G_TYPE_STRING, pad, NULL));
  return FALSE;
}

static gboolean
check_format (GstElement *element, const gchar *pad,
    const PerceptualFormat *format, gboolean allow_hdr)
{
  if (!check_views (element, pad, format))
    return FALSE;
  if (GST_VIDEO_INFO_INTERLACE_MODE (&format->info)
      == GST_VIDEO_INTERLACE_MODE_FIELDS) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FORMAT,
        ("The video at %s holds its fields one by one "
         "(interlace-mode=fields), and whole frames are measured",
            pad),
        ("Weave the fields into frames before it (interlace-mode=interleaved) "
         "and put a deinterlace behind that.  Caps: %" GST_PTR_FORMAT,
            format->caps),
        ("pad", G_TYPE_STRING, pad, NULL));
    return FALSE;
  }
  if (allow_hdr || !perceptual_format_is_hdr (format))
    return TRUE;
  GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FORMAT,
      ("The video at %s is HDR, for which the metrics were not made", pad),
      ("Map it to SDR first, or set allow-hdr=true to measure it as if it "
       "were SDR.  Caps: %" GST_PTR_FORMAT,
          format->caps),
      ("pad", G_TYPE_STRING, pad, NULL));
  return FALSE;
}

gboolean
perceptual_admit_frame (GstElement *element, const gchar *pad,
    const PerceptualFormat *format, const GstBuffer *buffer,
    const GstSegment *segment, gboolean allow_hdr)
{
  if (format == NULL) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, CORE, NEGOTIATION,
        ("Video came in at %s before its format was known", pad),
        ("The element before it must send raw video caps."),
        ("pad", G_TYPE_STRING, pad, NULL));
    return FALSE;
  }
  if (segment->format == GST_FORMAT_UNDEFINED) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FORMAT,
        ("Video came in at %s before its segment, so its frames cannot be "
         "paired",
            pad),
        ("The element before it must send a segment in time first; an appsrc "
         "needs format=time."),
        ("pad", G_TYPE_STRING, pad, NULL));
    return FALSE;
  }
  if (!perceptual_admit_segment (element, pad, segment))
    return FALSE;
  if (!GST_BUFFER_PTS_IS_VALID (buffer)) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FORMAT,
        ("The frames at %s have no timestamps, so they cannot be paired", pad),
        ("Put an element before %s that sets them, for instance videorate, a "
         "parser, or a source with do-timestamp=true.",
            pad),
        ("pad", G_TYPE_STRING, pad, NULL));
    return FALSE;
  }
  return check_format (element, pad, format, allow_hdr);
}

void
perceptual_admit_order (GstElement *element, const gchar *pad,
    PerceptualSaid *said, gint64 last, gint64 time)
{
  gboolean reference = g_str_equal (pad, "ref_sink");

  if (!is_new (said, PERCEPTUAL_SAID_ORDER, time <= last))
    return;
  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FORMAT,
      ("The timestamps of the %s video do not rise: a frame at %.3f s comes "
       "after one at %.3f s",
          reference ? "reference" : "distorted", (gdouble) time / GST_SECOND,
          (gdouble) last / GST_SECOND),
      ("Such a frame at %s finds no partner, and is not measured.  pair=index "
       "pairs frames by their numbers, whatever their times.",
          pad),
      ("pad", G_TYPE_STRING, pad, NULL));
}

gboolean
perceptual_admit_segment (
    GstElement *element, const gchar *pad, const GstSegment *segment)
{
  if (segment->format != GST_FORMAT_TIME) {
    GST_ELEMENT_ERROR (element, STREAM, FORMAT,
        ("The stream at %s is not timed, so its frames cannot be paired", pad),
        ("Its segment is in %s; put a parser or a decoder before the pad.",
            gst_format_get_name (segment->format)));
    return FALSE;
  }
  if (segment->rate != 1.0 || segment->applied_rate != 1.0) {
    GST_ELEMENT_ERROR (element, STREAM, FORMAT,
        ("The stream at %s is not played forward at its own speed (rate %g)",
            pad, segment->rate * segment->applied_rate),
        ("Seek with rate 1.0 to measure it."));
    return FALSE;
  }
  return TRUE;
}

/* --- two streams --------------------------------------------------------- */

static gboolean
check_size (
    GstElement *element, const gchar *pad, const PerceptualPairFormat *formats)
{
  const PerceptualFormat *reference = formats->reference;
  const PerceptualFormat *distorted = formats->distorted;
  const gchar *remedy = formats->turned
      ? "Their tags say that they are to be turned differently before they are "
        "shown: put videoflip video-direction=auto before both pads."
      : "Set scaling=to-reference, or put a videoscale before one of the pads.";

  if (!formats->scaled)
    return TRUE;
  GST_ELEMENT_ERROR_WITH_DETAILS (element, CORE, NEGOTIATION,
      ("The reference is %dx%d but the distorted video is %dx%d",
          reference->info.width, reference->info.height, distorted->info.width,
          distorted->info.height),
      ("%s  ref_sink: %" GST_PTR_FORMAT "; %s: %" GST_PTR_FORMAT, remedy,
          reference->caps, pad, distorted->caps),
      ("pad", G_TYPE_STRING, pad, NULL));
  return FALSE;
}

static void
warn_of_colour (GstElement *element, const gchar *pad, PerceptualSaid *said,
    const PerceptualPairFormat *formats)
{
  if (!is_new (said, PERCEPTUAL_SAID_COLOUR, formats->colour != NULL))
    return;
  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FORMAT,
      ("Reference and distorted video differ in how they code colour: %s",
          formats->colour),
      ("Both are converted by their caps.  If those are wrong, so is the "
       "distance.  ref_sink: %" GST_PTR_FORMAT "; %s: %" GST_PTR_FORMAT,
          formats->reference->caps, pad, formats->distorted->caps),
      ("pad", G_TYPE_STRING, pad, NULL));
}

static void
tell_of_assumptions (GstElement *element, const gchar *pad,
    PerceptualSaid *said, const PerceptualPairFormat *formats)
{
  if (!is_new (said, PERCEPTUAL_SAID_ASSUMED, formats->assumed != NULL))
    return;
  GST_ELEMENT_INFO_WITH_DETAILS (element, STREAM, FORMAT,
      ("%s", formats->assumed),
      ("Set reference-colorimetry or distorted-colorimetry if that is wrong.  "
       "ref_sink: %" GST_PTR_FORMAT "; %s: %" GST_PTR_FORMAT,
          formats->reference->caps, pad, formats->distorted->caps),
      ("pad", G_TYPE_STRING, pad, NULL));
}

static void
warn_of_layout (GstElement *element, const gchar *pad, PerceptualSaid *said,
    const PerceptualPairFormat *formats)
{
  const GstVideoInfo *a = &formats->reference->info;
  const GstVideoInfo *b = &formats->distorted->info;

  if (is_new (said, PERCEPTUAL_SAID_INTERLACED, formats->interlaced))
    GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FORMAT,
        ("Interlaced video is measured as whole frames"),
        ("Put a deinterlace before ref_sink and %s to measure what is shown.",
            pad),
        ("pad", G_TYPE_STRING, pad, NULL));
  if (is_new (said, PERCEPTUAL_SAID_ASPECT, formats->reshaped))
    GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FORMAT,
        ("Reference and distorted video are shown in different shapes: "
         "pixel-aspect-ratio %d/%d against %d/%d",
            GST_VIDEO_INFO_PAR_N (a), GST_VIDEO_INFO_PAR_D (a),
            GST_VIDEO_INFO_PAR_N (b), GST_VIDEO_INFO_PAR_D (b)),
        ("Pixels are compared one to one, as if the shapes were the same.  At "
         "%s the distorted video comes in.",
            pad),
        ("pad", G_TYPE_STRING, pad, NULL));
}

/* Further apart than containers round rates, nearer than 24 and 23.976. */
#define SAME_RATE 2e-4

static void
warn_of_rate (GstElement *element, const gchar *pad, PerceptualSaid *said,
    const PerceptualPairFormat *formats)
{
  const GstVideoInfo *a = &formats->reference->info;
  const GstVideoInfo *b = &formats->distorted->info;
  gdouble first = (gdouble) a->fps_n / a->fps_d;
  gdouble second = (gdouble) b->fps_n / b->fps_d;

  if (!is_new (said, PERCEPTUAL_SAID_RATE,
          first > 0 && second > 0
              && ABS (first - second) > SAME_RATE * MAX (first, second)))
    return;
  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FORMAT,
      ("Reference and distorted video differ in frame rate: %.6g against %.6g "
       "frames a second",
          first, second),
      ("Frames are paired by time, and those without a partner are left out.  "
       "If the frames are the same but for their times, pair=index pairs them "
       "by their numbers.  ref_sink: %" GST_PTR_FORMAT "; %s: %" GST_PTR_FORMAT,
          formats->reference->caps, pad, formats->distorted->caps),
      ("pad", G_TYPE_STRING, pad, NULL));
}

/* Not an error: videoflip turns the picture and leaves the tag as it was. */
static void
warn_of_orientation (GstElement *element, const gchar *pad,
    PerceptualSaid *said, const PerceptualPairFormat *formats)
{
  if (!is_new (said, PERCEPTUAL_SAID_ORIENTATION, formats->turned))
    return;
  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FORMAT,
      ("Reference and distorted video are to be turned differently before they "
       "are shown, their tags say: image-orientation %s against %s",
          formats->reference->orientation, formats->distorted->orientation),
      ("They are compared as they come.  If they have not been turned yet, put "
       "videoflip video-direction=auto before ref_sink and %s.  A taginject "
       "tags=image-orientation=rotate-0 behind it, or in place of a wrong tag, "
       "makes this warning go away.",
          pad),
      ("pad", G_TYPE_STRING, pad, NULL));
}

static void
tell_of_alpha (GstElement *element, const gchar *pad, PerceptualSaid *said,
    const PerceptualPairFormat *formats)
{
  gboolean first = formats->reference_alpha;
  gboolean second = formats->distorted_alpha;

  if (!is_new (said, PERCEPTUAL_SAID_ALPHA, first || second))
    return;
  GST_ELEMENT_INFO_WITH_DETAILS (element, STREAM, FORMAT,
      ("%s an alpha channel, which is not measured",
          first && second ? "Reference and distorted video have"
              : first     ? "The reference has"
                          : "The distorted video has"),
      ("Transparent pixels count by the colour that they would have if they "
       "were opaque.  The distorted video is that at %s.",
          pad),
      ("pad", G_TYPE_STRING, pad, NULL));
}

gboolean
perceptual_admit_pair (GstElement *element, const PerceptualConfig *config,
    const gchar *pad, PerceptualSaid *said, const PerceptualPairFormat *formats)
{
  if (config->scaling == PERCEPTUAL_SCALING_NONE
      && !check_size (element, pad, formats))
    return FALSE;
  warn_of_colour (element, pad, said, formats);
  tell_of_assumptions (element, pad, said, formats);
  warn_of_layout (element, pad, said, formats);
  if (config->pair == PERCEPTUAL_PAIR_TIME)
    warn_of_rate (element, pad, said, formats);
  warn_of_orientation (element, pad, said, formats);
  tell_of_alpha (element, pad, said, formats);
  return TRUE;
}
