/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Judges whether enough frames of two files found a partner for the numbers to
 * say something about the files.
 */
#ifndef MEASURE_PARTNERS_H
#define MEASURE_PARTNERS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasureLeft:
 * @reference: reference frames that came after the distorted file had ended
 * @distorted: distorted frames that came after the reference had ended
 *
 * Frames without a partner because one file is longer than the other; the
 * element has warned about them.
 */
typedef struct
{
  guint64 reference;
  guint64 distorted;
} MeasureLeft;

/* Reads @details (nullable) of a warning of the element, which may be about
 * such frames. */
void measure_left_read (MeasureLeft *left, const GstStructure *details);

/* @summary: the element's "perceptual-summary".  Returns: (transfer full)
 * (nullable): that hardly any frame found its partner, so that the numbers say
 * nothing; NULL where that is not so */
gchar *measure_partners_find_error (const GstStructure *summary);

/* Returns: (transfer full) (nullable): that more than one frame of a hundred
 * has no partner, @left aside; NULL where that is not so */
gchar *measure_partners_find_warning (
    const GstStructure *summary, const MeasureLeft *left);

G_END_DECLS

#endif /* MEASURE_PARTNERS_H */
