/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames and segments that cannot be measured, in the user's words.  Knows
 * nothing of what becomes of those that can.
 */
#include "admission.h"

gboolean
perceptual_admit_frame (GstElement *element, const gchar *pad,
    const PerceptualFormat *format, const GstBuffer *buffer, gboolean allow_hdr)
{
  if (format == NULL) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, CORE, NEGOTIATION,
        ("Video came in at %s before its format was known", pad),
        ("The element before it must send raw video caps."),
        ("pad", G_TYPE_STRING, pad, NULL));
    return FALSE;
  }
  if (!GST_BUFFER_PTS_IS_VALID (buffer)) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FORMAT,
        ("The frames at %s have no timestamps, so they cannot be paired", pad),
        ("Put an element before %s that sets them, for instance videorate, a "
         "parser, or a source with do-timestamp=true.",
            pad),
        ("pad", G_TYPE_STRING, pad, NULL));
    return FALSE;
  }
  if (!allow_hdr && perceptual_format_is_hdr (format)) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FORMAT,
        ("The video at %s is HDR, for which the metrics were not made", pad),
        ("Map it to SDR first, or set allow-hdr=true to measure it as if it "
         "were SDR.  Caps: %" GST_PTR_FORMAT,
            format->caps),
        ("pad", G_TYPE_STRING, pad, NULL));
    return FALSE;
  }
  return TRUE;
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
