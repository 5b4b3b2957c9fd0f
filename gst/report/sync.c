/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reports the outcome of a search for the offset.
 */
#include "report/sync.h"

PerceptualSync
perceptual_sync_make (
    PerceptualAlignmentWay way, const PerceptualAligned *aligned, gint64 before)
{
  return (PerceptualSync){
    .way = way,
    .aligned = *aligned,
    .before = before,
    .offset = before + aligned->offset,
  };
}

static const gchar *
nick_of_basis (PerceptualBasis basis)
{
  static const gchar *const nicks[] = {
    [PERCEPTUAL_BASIS_TIME] = "time",
    [PERCEPTUAL_BASIS_START] = "start",
    [PERCEPTUAL_BASIS_CONTENT] = "content",
  };

  return nicks[basis];
}

const gchar *
perceptual_sync_nick_of (PerceptualOffsetVerdict verdict)
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
  return !self->aligned.searched
      || self->aligned.found.verdict == PERCEPTUAL_OFFSET_FOUND;
}

static void
warn_undecided (
    const PerceptualSync *self, GstElement *element, const gchar *stream)
{
  const PerceptualOffset *found = &self->aligned.found;
  const gchar *why = perceptual_offset_verdict_text (found->verdict);
  const gchar *how = self->aligned.basis == PERCEPTUAL_BASIS_START
      ? "its first frame is measured against the reference's first"
      : "it is measured";

  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FAILED,
      ("The offset of the distorted video was not found, since %s; %s with "
       "sync-offset=%" G_GINT64_FORMAT,
          why, how, self->offset),
      ("The distorted video is that at %s.  A larger sync-duration or "
       "sync-window may help, or an offset that is set by hand; the best guess "
       "is sync-offset=%" G_GINT64_FORMAT " (confidence %.2f).",
          stream, self->before + found->offset, found->confidence),
      ("pad", G_TYPE_STRING, stream, NULL));
}

void
perceptual_sync_post (
    const PerceptualSync *self, GstElement *element, const gchar *stream)
{
  const PerceptualOffset *found = &self->aligned.found;
  GstStructure *fields = gst_structure_new (PERCEPTUAL_MESSAGE_SYNC, "stream",
      G_TYPE_STRING, stream, "decided", G_TYPE_BOOLEAN, is_decided (self),
      "offset", G_TYPE_INT64, self->offset, "basis", G_TYPE_STRING,
      nick_of_basis (self->aligned.basis), NULL);

  if (self->aligned.searched)
    gst_structure_set (fields, "confidence", G_TYPE_DOUBLE, found->confidence,
        "verdict", G_TYPE_STRING, perceptual_sync_nick_of (found->verdict),
        "guess", G_TYPE_INT64, self->before + found->offset, "fit",
        G_TYPE_DOUBLE, found->fit, "second-fit", G_TYPE_DOUBLE, found->second,
        "pairs", G_TYPE_UINT, found->pairs, "reason", G_TYPE_STRING,
        perceptual_offset_verdict_text (found->verdict), NULL);
  gst_element_post_message (
      element, gst_message_new_element (GST_OBJECT (element), fields));
  /* Where the picture does not move, one frame is as good as another. */
  if (!is_decided (self)
      && (self->way == PERCEPTUAL_ALIGNMENT_CONTENT
          || found->verdict != PERCEPTUAL_OFFSET_STILL))
    warn_undecided (self, element, stream);
}

void
perceptual_sync_describe (const PerceptualSync *self, GstStructure *structure)
{
  const PerceptualOffset *found = &self->aligned.found;

  if (self->way == PERCEPTUAL_ALIGNMENT_CONTENT) {
    gst_structure_set (
        structure, "sync-confidence", G_TYPE_DOUBLE, found->confidence, NULL);
    if (is_decided (self))
      gst_structure_set (
          structure, "sync-offset-found", G_TYPE_INT64, self->offset, NULL);
    return;
  }
  gst_structure_set (structure, "align", G_TYPE_STRING,
      nick_of_basis (self->aligned.basis), "align-offset", G_TYPE_INT64,
      self->offset, NULL);
  if (self->aligned.searched)
    gst_structure_set (
        structure, "align-confidence", G_TYPE_DOUBLE, found->confidence, NULL);
  if (!is_decided (self))
    gst_structure_set (structure, "align-reason", G_TYPE_STRING,
        perceptual_offset_verdict_text (found->verdict), NULL);
}
