/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one rule by which frames are converted for encoders, for those who
 * encode and for those who say how to.
 */
#include "tune/probe/given.h"

#include "tune/probe/candidate.h"

GstVideoFormat
tune_given_format (GstVideoFormat source, gboolean deep)
{
  const GstVideoFormatInfo *info = gst_video_format_get_info (source);

  return deep && GST_VIDEO_FORMAT_INFO_DEPTH (info, 0) > 8
      ? GST_VIDEO_FORMAT_I420_10LE
      : GST_VIDEO_FORMAT_I420;
}

gboolean
tune_given_takes (GstElement *encoder, GstVideoFormat format)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, "sink");
  g_autoptr (GstCaps) frames = gst_caps_new_simple ("video/x-raw", "format",
      G_TYPE_STRING, gst_video_format_to_string (format), NULL);
  g_autoptr (GstCaps) taken = gst_pad_query_caps (pad, NULL);

  return gst_caps_can_intersect (taken, frames);
}

gchar *
tune_given_conversion (const TuneCandidate *candidate, GstVideoFormat source)
{
  g_autoptr (GstElement) encoder = NULL;
  GstVideoFormat given;

  if (candidate->how == TUNE_HOW_COMMAND || source == GST_VIDEO_FORMAT_UNKNOWN)
    return g_strdup ("");
  encoder = tune_candidate_make_encoder (candidate, NULL);
  if (encoder == NULL)
    return g_strdup ("");
  gst_object_ref_sink (encoder);
  /* Among the formats that this takes, the converter chooses, and not always
   * the same one without caps behind it. */
  if (candidate->how == TUNE_HOW_LAUNCH)
    return g_strdup (tune_given_takes (encoder, source)
            ? ""
            : "videoconvert ! video/x-raw ! ");
  given = tune_given_format (
      source, tune_given_takes (encoder, GST_VIDEO_FORMAT_I420_10LE));
  return given == source
      ? g_strdup ("")
      : g_strdup_printf ("videoconvert ! video/x-raw,format=%s ! ",
          gst_video_format_to_string (given));
}
