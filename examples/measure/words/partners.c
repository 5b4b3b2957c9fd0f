/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reports frames without a partner by the counts of a summary.
 */
#include "measure/words/partners.h"

/* So many frames of a hundred may be without a partner. */
#define FEW 1

/* And so many of ten must have one. */
#define ENOUGH 1

typedef struct
{
  guint64 pairs;
  guint64 reference; /* frames */
  guint64 distorted;
  guint64 lone_reference; /* those without a partner */
  guint64 lone_distorted;
} Frames;

static guint64
count_of (const GstStructure *summary, const gchar *field)
{
  guint64 count = 0;

  gst_structure_get_uint64 (summary, field, &count);
  return count;
}

static Frames
frames_of (const GstStructure *summary)
{
  Frames frames = {
    .pairs = count_of (summary, "pairs"),
    .lone_reference = count_of (summary, "unmatched-reference"),
    .lone_distorted =
        count_of (summary, "unmatched-distorted") + count_of (summary, "late"),
  };

  frames.reference = frames.pairs + frames.lone_reference;
  frames.distorted = frames.pairs + frames.lone_distorted;
  return frames;
}

void
measure_left_read (MeasureLeft *left, const GstStructure *details)
{
  if (details == NULL)
    return;
  gst_structure_get_uint64 (details, "left-reference", &left->reference);
  gst_structure_get_uint64 (details, "left-distorted", &left->distorted);
}

gchar *
measure_partners_find_error (const GstStructure *summary)
{
  Frames frames = frames_of (summary);

  if (10 * frames.pairs >= ENOUGH * MIN (frames.reference, frames.distorted))
    return NULL;
  return g_strdup_printf (
      "hardly any frame found its partner (%" G_GUINT64_FORMAT
      " of %" G_GUINT64_FORMAT " reference and of %" G_GUINT64_FORMAT
      " distorted frames), so the numbers say nothing; the times of the frames "
      "do not fit together",
      frames.pairs, frames.reference, frames.distorted);
}

gchar *
measure_partners_find_warning (
    const GstStructure *summary, const MeasureLeft *left)
{
  Frames frames = frames_of (summary);
  guint64 reference =
      frames.lone_reference - MIN (frames.lone_reference, left->reference);
  guint64 distorted =
      frames.lone_distorted - MIN (frames.lone_distorted, left->distorted);

  if (100 * reference <= FEW * frames.reference
      && 100 * distorted <= FEW * frames.distorted)
    return NULL;
  return g_strdup_printf (
      "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
      " reference frames and %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
      " distorted frames found no partner near them in time; they are not "
      "measured",
      reference, frames.reference, distorted, frames.distorted);
}
