/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages about streams that do not cover each other in time.
 */
#include "report/ends.h"

static gboolean
judge_lengths (GstElement *element, const gchar *pad,
    const PerceptualCounts *counts, PerceptualMissing unequal)
{
  gboolean reference_longer = counts->after_end_reference > 0;
  guint64 left = reference_longer ? counts->after_end_reference
                                  : counts->after_end_distorted;
  const gchar *shorter = reference_longer ? "distorted" : "reference";
  const gchar *longer = reference_longer ? "reference" : "distorted";
  const gchar *frames = left == 1 ? "frame was" : "frames were";
  const gchar *pairs = counts->pairs == 1 ? "pair was" : "pairs were";
  const gchar *field = reference_longer ? "left-reference" : "left-distorted";

  if (left == 0)
    return TRUE;
  if (unequal == PERCEPTUAL_MISSING_ERROR) {
    GST_ELEMENT_ERROR_WITH_DETAILS (element, STREAM, FAILED,
        ("The %s video ended before the %s one: %" G_GUINT64_FORMAT
         " %s %s left, %" G_GUINT64_FORMAT " %s found",
            shorter, longer, left, longer, frames, counts->pairs, pairs),
        ("The distorted video is that at %s.  unequal-ends=skip makes this a "
         "warning.",
            pad),
        ("pad", G_TYPE_STRING, pad, field, G_TYPE_UINT64, left, NULL));
    return FALSE;
  }
  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FAILED,
      ("The %s video ended before the %s one: %" G_GUINT64_FORMAT
       " %s %s left, %" G_GUINT64_FORMAT " %s found",
          shorter, longer, left, longer, frames, counts->pairs, pairs),
      ("The distorted video is that at %s.", pad),
      ("pad", G_TYPE_STRING, pad, field, G_TYPE_UINT64, left, NULL));
  return TRUE;
}

/* A warning is given if more than so many percent of the distorted frames came
 * late. */
#define FEW_LATE 1

static void
warn_of_late (
    GstElement *element, const gchar *pad, const PerceptualCounts *counts)
{
  guint64 frames = counts->pairs + counts->unmatched_distorted + counts->late;

  if (100 * counts->late <= FEW_LATE * frames)
    return;
  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FAILED,
      ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
       " distorted frames came too late for their reference frame",
          counts->late, frames),
      ("The machine is busy, or the way to %s is long.  A larger latency lets "
       "the reference wait longer: latency=5000000000 for five seconds.  The "
       "queue before ref_sink must hold the frames of that time.",
          pad),
      ("pad", G_TYPE_STRING, pad, NULL));
}

gboolean
perceptual_ends_judge (GstElement *element, const gchar *pad,
    const PerceptualCounts *counts, PerceptualMissing unequal)
{
  warn_of_late (element, pad, counts);
  if (counts->pairs == 0 && counts->late == 0
      && counts->unmatched_reference + counts->unmatched_distorted > 0)
    GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FAILED,
        ("No pair was found: none of %" G_GUINT64_FORMAT
         " distorted frames was near any of %" G_GUINT64_FORMAT
         " reference frames in time",
            counts->unmatched_distorted, counts->unmatched_reference),
        ("Check the timestamps at ref_sink and %s, sync-offset and tolerance.",
            pad),
        ("pad", G_TYPE_STRING, pad, NULL));
  return judge_lengths (element, pad, counts, unequal);
}
