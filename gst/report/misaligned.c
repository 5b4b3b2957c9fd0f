/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The warning about a wrong pairing.
 */
#include "report/misaligned.h"

static gchar *
describe (gint frames)
{
  guint n = (guint) ABS (frames);

  if (frames == PERCEPTUAL_MISALIGNMENT_MIXED)
    return g_strdup ("out of order");
  return g_strdup_printf (
      "%u frame%s %s", n, n == 1 ? "" : "s", frames > 0 ? "late" : "early");
}

/* What there is to do about it. */
static const gchar *
advise (gboolean followed)
{
  if (followed)
    return "The offset is followed (sync=track), and is looked for again where "
           "the pictures show enough of it; until then distances may be of "
           "the wrong frames, which the counts \"misaligned\" and \"unsure\" "
           "tell.  If it comes back, frames are lost or repeated on the way: "
           "look at the unmatched ones.";
  return "The timestamps are not those of the pictures.  If it is so from the "
         "beginning, sync=auto makes up for it, or an offset that is set by "
         "hand.  If it begins later, frames were lost or the frame rates "
         "differ.  If frames are out of order, the container may lack "
         "timestamps for them, as AVI does.  "
         "Where the frames are the same but for their times, pair=index pairs "
         "them by their numbers.";
}

void
perceptual_misaligned_warn (GstElement *element, const gchar *pad,
    const PerceptualMisplaced *found, gboolean followed)
{
  g_autofree gchar *how = describe (found->frames);
  guint64 ms = found->from / GST_MSECOND;

  GST_ELEMENT_WARNING_WITH_DETAILS (element, STREAM, FAILED,
      ("From %u:%02u:%02u.%03u on the distorted frames look %s: most of them "
       "are more like a neighbour of the reference frame that they are "
       "compared with",
          (guint) (ms / 3600000), (guint) (ms / 60000 % 60),
          (guint) (ms / 1000 % 60), (guint) (ms % 1000), how),
      ("%s", advise (followed)),
      ("pad", G_TYPE_STRING, pad, "misaligned-from", G_TYPE_UINT64, found->from,
          NULL));
}
