/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a tracker found, in words and fields.
 */
#include "report/tracked.h"

#include "report/sync.h"

static const gchar *
nick_of_change (PerceptualTrackerChange change)
{
  static const gchar *const nicks[] = {
    [PERCEPTUAL_TRACKER_BEGIN] = "begin",
    [PERCEPTUAL_TRACKER_DRIFT] = "drift",
    [PERCEPTUAL_TRACKER_JUMP] = "jump",
    [PERCEPTUAL_TRACKER_TIMES] = "times",
    [PERCEPTUAL_TRACKER_LOST] = "lost",
    [PERCEPTUAL_TRACKER_REGAINED] = "regained",
  };

  return nicks[change];
}

static const gchar *
nick_of_state (PerceptualTrackerState state)
{
  static const gchar *const nicks[] = {
    [PERCEPTUAL_TRACKER_SEARCHING] = "searching",
    [PERCEPTUAL_TRACKER_LOCKED] = "locked",
    [PERCEPTUAL_TRACKER_UNSURE] = "unsure",
  };

  return nicks[state];
}

static gboolean
is_locked (const PerceptualTracking *tracking)
{
  return tracking->state == PERCEPTUAL_TRACKER_LOCKED;
}

GstStructure *
perceptual_tracked_to_structure (
    const PerceptualTracking *tracking, const gchar *stream)
{
  const PerceptualOffset *found = &tracking->found;

  /* One field a line. */
  /* clang-format off */
  return gst_structure_new (PERCEPTUAL_MESSAGE_SYNC,
      "stream", G_TYPE_STRING, stream,
      "change", G_TYPE_STRING, nick_of_change (tracking->change),
      "state", G_TYPE_STRING, nick_of_state (tracking->state),
      "decided", G_TYPE_BOOLEAN, is_locked (tracking),
      "running-time", G_TYPE_UINT64, (guint64) MAX (tracking->time, 0),
      "offset", G_TYPE_INT64, tracking->offset,
      "previous-offset", G_TYPE_INT64, tracking->before,
      "unsure-since", G_TYPE_UINT64, (guint64) MAX (tracking->since, 0),
      "unsure-pairs", G_TYPE_UINT, tracking->pairs,
      "basis", G_TYPE_STRING, "content",
      "confidence", G_TYPE_DOUBLE, found->confidence,
      "verdict", G_TYPE_STRING, perceptual_sync_nick_of (found->verdict),
      "reason", G_TYPE_STRING, perceptual_offset_verdict_text (found->verdict),
      "guess", G_TYPE_INT64, found->offset,
      "fit", G_TYPE_DOUBLE, found->fit,
      "second-fit", G_TYPE_DOUBLE, found->second,
      "pairs", G_TYPE_UINT, found->pairs,
      NULL);
  /* clang-format on */
}

void
perceptual_tracked_describe (
    const PerceptualTracking *tracking, GstStructure *structure)
{
  gst_structure_set (structure, "sync-state", G_TYPE_STRING,
      nick_of_state (tracking->state), "sync-confidence", G_TYPE_DOUBLE,
      tracking->found.confidence, NULL);
  if (is_locked (tracking))
    gst_structure_set (
        structure, "sync-offset-found", G_TYPE_INT64, tracking->offset, NULL);
}

gboolean
perceptual_tracked_is_bad (const PerceptualTracking *tracking)
{
  return tracking->state == PERCEPTUAL_TRACKER_UNSURE
      && (tracking->change == PERCEPTUAL_TRACKER_BEGIN
          || tracking->change == PERCEPTUAL_TRACKER_LOST);
}

void
perceptual_tracked_warn (
    GstElement *element, const gchar *pad, const PerceptualTracking *tracking)
{
  const gchar *why = perceptual_offset_verdict_text (tracking->found.verdict);

  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FAILED,
      ("The offset of the distorted video was %s, since %s; it is measured "
       "with sync-offset=%" G_GINT64_FORMAT
       " until another one is found, and pairs are marked as unsure",
          tracking->change == PERCEPTUAL_TRACKER_BEGIN ? "not found" : "lost",
          why, tracking->offset),
      ("The distorted video is that at %s.  The streams may show different "
       "things, or be further apart than sync-window.  perceptual-sync "
       "messages tell what follows; this is said once.",
          pad),
      ("pad", G_TYPE_STRING, pad, NULL));
}
