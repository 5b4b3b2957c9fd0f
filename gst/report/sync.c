/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words for the outcome of a search for the offset.  Knows nothing of how it
 * was searched, nor of what is done with it.
 */
#include "report/sync.h"

PerceptualSync
perceptual_sync_make (const PerceptualOffset *found, gint64 before)
{
  gboolean decided = found->verdict == PERCEPTUAL_OFFSET_FOUND;

  return (PerceptualSync){
    .found = *found,
    .before = before,
    .offset = before + (decided ? found->offset : 0),
  };
}

static const gchar *
nick_of (PerceptualOffsetVerdict verdict)
{
  static const gchar *const nicks[] = {
    [PERCEPTUAL_OFFSET_FOUND] = "found",
    [PERCEPTUAL_OFFSET_SHORT] = "short",
    [PERCEPTUAL_OFFSET_STILL] = "still",
    [PERCEPTUAL_OFFSET_UNLIKE] = "unlike",
    [PERCEPTUAL_OFFSET_AMBIGUOUS] = "ambiguous",
    [PERCEPTUAL_OFFSET_OUTSIDE] = "outside",
  };

  return nicks[verdict];
}

static gboolean
is_decided (const PerceptualSync *self)
{
  return self->found.verdict == PERCEPTUAL_OFFSET_FOUND;
}

void
perceptual_sync_post (
    const PerceptualSync *self, GstElement *element, const gchar *stream)
{
  const PerceptualOffset *found = &self->found;
  GstStructure *structure;

  /* One field a line. */
  /* clang-format off */
  structure = gst_structure_new (PERCEPTUAL_MESSAGE_SYNC,
      "stream", G_TYPE_STRING, stream,
      "decided", G_TYPE_BOOLEAN, is_decided (self),
      "offset", G_TYPE_INT64, self->offset,
      "confidence", G_TYPE_DOUBLE, found->confidence,
      "verdict", G_TYPE_STRING, nick_of (found->verdict),
      "guess", G_TYPE_INT64, self->before + found->offset,
      "fit", G_TYPE_DOUBLE, found->fit,
      "second-fit", G_TYPE_DOUBLE, found->second,
      "pairs", G_TYPE_UINT, found->pairs,
      NULL);
  /* clang-format on */
  gst_element_post_message (
      element, gst_message_new_element (GST_OBJECT (element), structure));
  if (is_decided (self))
    return;
  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FAILED,
      ("The offset of the distorted video was not found, since %s; it is "
       "measured with sync-offset=%" G_GINT64_FORMAT,
          perceptual_offset_verdict_text (found->verdict), self->before),
      ("The distorted video is that at %s.  A larger sync-duration or "
       "sync-window may help, or an offset that is set by hand; the best guess "
       "is sync-offset=%" G_GINT64_FORMAT " (confidence %.2f).",
          stream, self->before + found->offset, found->confidence),
      ("pad", G_TYPE_STRING, stream, NULL));
}

void
perceptual_sync_describe (const PerceptualSync *self, GstStructure *structure)
{
  gst_structure_set (structure, "sync-confidence", G_TYPE_DOUBLE,
      self->found.confidence, NULL);
  if (is_decided (self))
    gst_structure_set (
        structure, "sync-offset-found", G_TYPE_INT64, self->offset, NULL);
}
