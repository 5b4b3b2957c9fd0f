/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What two formats mean for each other: decided when either changes, then
 * read by all who handle pairs of the two streams.
 *
 * Pixels: eight bits a sample where both streams have eight, sixteen
 * otherwise; full range; each stream converted by the matrix and range of its
 * own caps, and to the primaries of the reference (convert.h).  Transfer
 * functions are left as they are.  A frame that has the library's layout
 * already is not converted.
 *
 * Planes: where both streams are Y'CbCr of the same matrix and primaries, or
 * one of them is grey, the images carry the streams' own samples as well, the
 * distorted ones scaled plane by plane to the size of the reference, and
 * metrics of luma read those ("stream"), whatever their depths, ranges and
 * chroma formats; otherwise they take luma from RGB ("rgb").
 */
#ifndef PERCEPTUAL_PAIR_FORMAT_H
#define PERCEPTUAL_PAIR_FORMAT_H

#include "frames/format.h"
#include "perceptual.h"

G_BEGIN_DECLS

/**
 * PerceptualPairFormat:
 * @given: the two formats as they came, the reference's first
 * @reference: that of the reference, with the colorimetry that it has beside
 *   the distorted one: what a stream does not say is taken from the other one,
 *   and guessed once for both where neither says it
 * @distorted: likewise
 * @pixels: what both are converted to where a metric reads pixels
 * @depth: bits of the deeper one
 * @has_planes: images of both carry the streams' own samples, and their luma
 *   can be compared
 * @planes_suffice: the planes need no conversion, and chroma is whole or
 *   halved, so that a metric that reads planes needs no pixels
 * @luma: where metrics of luma take it from, "stream" or "rgb"
 * @rgb_reason: (nullable): in words, why from RGB
 * @scaled: the distorted one is scaled to the size of the reference
 * @colour: (nullable): in words, how the coding of colour differs; NULL if it
 *   does not
 * @assumed: (nullable): in sentences, what is assumed of a stream that is not
 *   tagged, where that is not what its caps alone would give
 * @interlaced: at least one of them is
 * @reshaped: pixels are shown in different shapes
 * @turned: tags say that they are turned differently before they are shown
 * @reference_alpha: the reference has an alpha channel
 * @distorted_alpha: the distorted one has
 *
 * Nothing in it changes.
 */
typedef struct
{
  PerceptualFormat *given[2];
  PerceptualFormat *reference;
  PerceptualFormat *distorted;

  /* For the images. */
  PerceptualPixels pixels;
  guint depth;
  gboolean has_planes;
  gboolean planes_suffice;
  const gchar *luma;
  gchar *rgb_reason;
  gboolean scaled;

  /* To be reported. */
  gchar *colour;
  gchar *assumed;
  gboolean interlaced;
  gboolean reshaped;
  gboolean turned;
  gboolean reference_alpha;
  gboolean distorted_alpha;
} PerceptualPairFormat;

PerceptualPairFormat *perceptual_pair_format_new (
    PerceptualFormat *reference, PerceptualFormat *distorted);
void perceptual_pair_format_free (PerceptualPairFormat *format);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (
    PerceptualPairFormat, perceptual_pair_format_free)

/* Before @format is handed on: leaves planes out, so that luma is of RGB, for
 * @reason. */
void perceptual_pair_format_leave_planes (
    PerceptualPairFormat *format, const gchar *reason);

/* Whether @self (nullable) is that of these two. */
static inline gboolean
perceptual_pair_format_is_of (const PerceptualPairFormat *self,
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  return self != NULL && self->given[0] == reference
      && self->given[1] == distorted;
}

/* Whether metrics are shown the same reference in both: pixels of one layout,
 * with its own planes or without. */
static inline gboolean
perceptual_pair_format_shares_reference (
    const PerceptualPairFormat *self, const PerceptualPairFormat *other)
{
  return self->given[0] == other->given[0]
      && gst_video_colorimetry_is_equal (&self->reference->info.colorimetry,
          &other->reference->info.colorimetry)
      && self->pixels == other->pixels && self->has_planes == other->has_planes;
}

G_END_DECLS

#endif /* PERCEPTUAL_PAIR_FORMAT_H */
