/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decides for two formats what can be compared as it is, what has to be
 * converted, and what differs.
 */
#include "frames/pair-format.h"

#include "frames/colour.h"

static gboolean
same_size (const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  return GST_VIDEO_INFO_WIDTH (&reference->info)
      == GST_VIDEO_INFO_WIDTH (&distorted->info)
      && GST_VIDEO_INFO_HEIGHT (&reference->info)
      == GST_VIDEO_INFO_HEIGHT (&distorted->info);
}

/* Whether a pixel of the one is shown in the same shape as one of the other. */
static gboolean
same_aspect (const GstVideoInfo *a, const GstVideoInfo *b)
{
  return (gint64) GST_VIDEO_INFO_PAR_N (a) * GST_VIDEO_INFO_PAR_D (b)
      == (gint64) GST_VIDEO_INFO_PAR_N (b) * GST_VIDEO_INFO_PAR_D (a);
}

/* --- what is assumed ----------------------------------------------------- */

typedef GstVideoColorimetry Colour;

/* One of the two streams. */
typedef struct
{
  const gchar *name;
  PerceptualFormat *format; /* as it came */
  Colour said;              /* that counts beside the other one */
  Colour colour;            /* completed */
} Side;

static gboolean
says_nothing (const Colour *said)
{
  return said->range == 0 && said->matrix <= GST_VIDEO_COLOR_MATRIX_RGB
      && said->transfer == 0 && said->primaries == 0;
}

/* What may be a guess is one where the other stream has no more to offer. */
static void
drop_guesses (Side sides[2])
{
  gboolean weak[2];

  for (guint i = 0; i < 2; i++)
    weak[i] =
        sides[i].format->may_be_guess || says_nothing (&sides[i].format->said);
  for (guint i = 0; i < 2 && weak[0] && weak[1]; i++) {
    if (sides[i].format->may_be_guess)
      sides[i].said = perceptual_colour_without_guess (
          &sides[i].said, &sides[i].format->usual);
  }
}

/* Whose guess is taken where neither stream tells a part: that of the larger
 * picture, which the other was made from; grey makes no guess. */
static const Colour *
choose_guess (const Side sides[2])
{
  const PerceptualFormat *a = sides[0].format, *b = sides[1].format;
  gboolean a_is_grey = GST_VIDEO_INFO_IS_GRAY (&a->info);
  gboolean b_is_grey = GST_VIDEO_INFO_IS_GRAY (&b->info);

  if (a_is_grey != b_is_grey)
    return a_is_grey ? &b->usual : &a->usual;
  return b->whole_height > a->whole_height ? &b->usual : &a->usual;
}

/* Range is not taken from the other stream: a stream without a tag has limited
 * range, and encoders tag full range. */
static void
complete (Side *side, const Side *other, const Colour *guess)
{
  const Colour *usual = &side->format->usual;
  Colour rest = perceptual_colour_complete (&other->said, guess);

  rest.range = usual->range;
  if (GST_VIDEO_INFO_IS_RGB (&side->format->info)
      != GST_VIDEO_INFO_IS_RGB (&other->format->info))
    rest.matrix = usual->matrix;
  rest = perceptual_colour_complete (&rest, usual);
  side->colour = perceptual_colour_complete (&side->said, &rest);
}

/* Whether the stream tells more than limited range, which is also what the lack
 * of a tag means. */
static gboolean
says_enough (const Colour *said)
{
  return said->range == GST_VIDEO_COLOR_RANGE_0_255 || said->transfer != 0
      || said->primaries != 0;
}

/* Whether it matters what is assumed: it is not what the caps alone would
 * give, or the stream is tagged but for its matrix. */
static gboolean
has_assumption (const Side *side, const Side *other)
{
  const Colour *said = &side->said, *usual = &side->format->usual;
  const Colour *colour = &side->colour;

  if (!GST_VIDEO_INFO_IS_GRAY (&side->format->info) && said->matrix == 0
      && (colour->matrix != usual->matrix || says_enough (said)))
    return TRUE;
  return (said->transfer == 0 && other->said.transfer != 0
             && colour->transfer != usual->transfer)
      || (said->primaries == 0 && other->said.primaries != 0
          && colour->primaries != usual->primaries);
}

/* Whether a part is taken from what @other says. */
static gboolean
follows (const Side *side, const Side *other)
{
  const Colour *a = &side->said, *b = &other->said;

  return (a->matrix == 0 && b->matrix > GST_VIDEO_COLOR_MATRIX_RGB)
      || (a->transfer == 0 && b->transfer != 0)
      || (a->primaries == 0 && b->primaries != 0);
}

static void
append_assumption (GString *text, const Side *side, const Side *other)
{
  g_autoptr (GString) parts = g_string_new (NULL);
  const Colour *said = &side->said, *colour = &side->colour;

  if (!has_assumption (side, other))
    return;
  if (said->matrix == 0)
    perceptual_colour_name (
        parts, "matrix", GST_TYPE_VIDEO_COLOR_MATRIX, (gint) colour->matrix);
  if (said->primaries == 0)
    perceptual_colour_name (parts, "primaries", GST_TYPE_VIDEO_COLOR_PRIMARIES,
        (gint) colour->primaries);
  if (said->transfer == 0)
    perceptual_colour_name (parts, "transfer function",
        GST_TYPE_VIDEO_TRANSFER_FUNCTION, (gint) colour->transfer);
  g_string_append_printf (text, "%sThe %s video is %snot tagged; assumed %s%s",
      text->len > 0 ? ".  " : "", side->name,
      says_enough (said) || said->matrix > GST_VIDEO_COLOR_MATRIX_RGB
          ? "partly "
          : "",
      parts->str, follows (side, other) ? ", as of the other video" : "");
}

/* --- what differs -------------------------------------------------------- */

static void
note_enum (GString *text, const gchar *what, GType type, gint a, gint b)
{
  if (a == b)
    return;
  perceptual_colour_name (text, what, type, a);
  perceptual_colour_against (text, type, b);
}

/* Returns: (transfer full) (nullable): in words, how range, matrix, primaries,
 * transfer function and depth differ; NULL if they do not. */
static gchar *
describe_colour (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  const GstVideoColorimetry *a = &reference->info.colorimetry;
  const GstVideoColorimetry *b = &distorted->info.colorimetry;
  GString *text = g_string_new (NULL);

  /* RGB and Y'CbCr of one picture always differ in matrix, and mostly in
   * range; the conversion settles that. */
  if (GST_VIDEO_INFO_IS_RGB (&reference->info)
      == GST_VIDEO_INFO_IS_RGB (&distorted->info)) {
    note_enum (text, "range", GST_TYPE_VIDEO_COLOR_RANGE, a->range, b->range);
    note_enum (
        text, "matrix", GST_TYPE_VIDEO_COLOR_MATRIX, a->matrix, b->matrix);
  }
  note_enum (text, "primaries", GST_TYPE_VIDEO_COLOR_PRIMARIES, a->primaries,
      b->primaries);
  note_enum (text, "transfer function", GST_TYPE_VIDEO_TRANSFER_FUNCTION,
      a->transfer, b->transfer);
  if (reference->depth != distorted->depth)
    g_string_append_printf (text, "%sdepth %u against %u bits",
        text->len ? ", " : "", reference->depth, distorted->depth);
  return g_string_free (text, text->len == 0);
}

/* --- luma ---------------------------------------------------------------- */

/* Whether one of the two is grey, which is luma alone. */
static gboolean
has_grey (const GstVideoInfo *a, const GstVideoInfo *b)
{
  return GST_VIDEO_INFO_IS_GRAY (a) || GST_VIDEO_INFO_IS_GRAY (b);
}

/* Returns: (transfer full) (nullable): in words, why luma of the streams
 * themselves cannot be compared; NULL if it can. */
static gchar *
find_obstacle (
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  const GstVideoInfo *a = &reference->info, *b = &distorted->info;
  GString *text;

  if (!reference->has_luma || !distorted->has_luma)
    return g_strdup_printf ("%s not Y'CbCr",
        reference->has_luma       ? "the distorted video is"
            : distorted->has_luma ? "the reference video is"
                                  : "the videos are");
  if (!same_size (reference, distorted)
      && (GST_VIDEO_INFO_IS_INTERLACED (a) || GST_VIDEO_INFO_IS_INTERLACED (b)))
    return g_strdup ("interlaced video is scaled");
  text = g_string_new (NULL);
  if (!has_grey (a, b))
    note_enum (text, "matrix", GST_TYPE_VIDEO_COLOR_MATRIX,
        a->colorimetry.matrix, b->colorimetry.matrix);
  note_enum (text, "primaries", GST_TYPE_VIDEO_COLOR_PRIMARIES,
      a->colorimetry.primaries, b->colorimetry.primaries);
  return g_string_free (text, text->len == 0);
}

static gboolean
is_halved_at_most (const GstVideoInfo *info)
{
  return GST_VIDEO_INFO_IS_GRAY (info)
      || (GST_VIDEO_FORMAT_INFO_W_SUB (info->finfo, 1) <= 1
          && GST_VIDEO_FORMAT_INFO_H_SUB (info->finfo, 1) <= 1);
}

/* --- the pair ------------------------------------------------------------ */

static void
settle_formats (PerceptualPairFormat *self)
{
  Side sides[2] = {
    { .name = "reference", .format = self->given[0] },
    { .name = "distorted", .format = self->given[1] },
  };
  const Colour *guess = choose_guess (sides);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 2; i++)
    sides[i].said = sides[i].format->said;
  drop_guesses (sides);
  for (guint i = 0; i < 2; i++)
    complete (&sides[i], &sides[1 - i], guess);
  for (guint i = 0; i < 2; i++)
    append_assumption (text, &sides[i], &sides[1 - i]);
  self->reference = perceptual_format_settle (
      self->given[0], &sides[0].said, &sides[0].colour);
  self->distorted = perceptual_format_settle (
      self->given[1], &sides[1].said, &sides[1].colour);
  self->assumed = g_string_free (text, text->len == 0);
}

/* GStreamer 1.22 has no format of 16-bit RGB without alpha; who makes such
 * frames says in the caps that they are opaque. */
static gboolean
has_alpha (const PerceptualFormat *format)
{
  const GstStructure *caps = gst_caps_get_structure (format->caps, 0);
  gboolean opaque = FALSE;

  gst_structure_get_boolean (caps, "opaque", &opaque);
  return GST_VIDEO_INFO_HAS_ALPHA (&format->info) && !opaque;
}

PerceptualPairFormat *
perceptual_pair_format_new (
    PerceptualFormat *reference, PerceptualFormat *distorted)
{
  PerceptualPairFormat *self = g_new0 (PerceptualPairFormat, 1);
  const GstVideoInfo *a, *b;

  self->given[0] = perceptual_format_ref (reference);
  self->given[1] = perceptual_format_ref (distorted);
  settle_formats (self);
  reference = self->reference;
  distorted = self->distorted;
  a = &reference->info;
  b = &distorted->info;
  self->depth = MAX (reference->depth, distorted->depth);
  self->pixels =
      self->depth > 8 ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8;
  self->rgb_reason = find_obstacle (reference, distorted);
  self->has_planes = self->rgb_reason == NULL;
  self->planes_suffice = self->has_planes && reference->has_planes
      && distorted->has_planes && is_halved_at_most (a)
      && is_halved_at_most (b);
  self->luma = self->has_planes ? "stream" : "rgb";
  self->scaled = !same_size (reference, distorted);
  self->colour = describe_colour (reference, distorted);
  self->interlaced =
      GST_VIDEO_INFO_IS_INTERLACED (a) || GST_VIDEO_INFO_IS_INTERLACED (b);
  self->reshaped = !same_aspect (a, b);
  self->turned = reference->orientation != distorted->orientation;
  self->reference_alpha = has_alpha (reference);
  self->distorted_alpha = has_alpha (distorted);
  return self;
}

void
perceptual_pair_format_free (PerceptualPairFormat *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < 2; i++)
    perceptual_format_unref (self->given[i]);
  perceptual_format_unref (self->reference);
  perceptual_format_unref (self->distorted);
  g_free (self->colour);
  g_free (self->assumed);
  g_free (self->rgb_reason);
  g_free (self);
}

void
perceptual_pair_format_leave_planes (
    PerceptualPairFormat *self, const gchar *reason)
{
  self->has_planes = self->planes_suffice = FALSE;
  self->luma = "rgb";
  g_free (self->rgb_reason);
  self->rgb_reason = g_strdup (reason);
}
