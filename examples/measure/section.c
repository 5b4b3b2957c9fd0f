/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From what users say of a section to limits of running time for each file.
 */
#include "measure/section.h"

#include <string.h>

/* What is read before and after the reference's section, at least, and where
 * the length of a frame is not known. */
#define MARGIN_FRAMES 3
#define USUAL_FRAME (40 * GST_MSECOND)

/* Times of frames are rounded, more than once on their way. */
#define ROUNDING (GST_USECOND)

gboolean
measure_section_is_all (const MeasureSection *self)
{
  return self->reference_start.amount == 0 && self->distorted_start.amount == 0
      && self->length < 0 && self->frames == G_MAXUINT64;
}

void
measure_section_to_fields (const MeasureSection *self, GstStructure *fields)
{
  /* clang-format off */
  gst_structure_set (fields,
      "reference-start", G_TYPE_INT64, self->reference_start.amount,
      "reference-unit", G_TYPE_INT, (gint) self->reference_start.unit,
      "distorted-start", G_TYPE_INT64, self->distorted_start.amount,
      "distorted-unit", G_TYPE_INT, (gint) self->distorted_start.unit,
      "separate", G_TYPE_BOOLEAN, self->separate,
      "length", G_TYPE_INT64, self->length,
      "frames", G_TYPE_UINT64, self->frames,
      NULL);
  /* clang-format on */
}

void
measure_section_of_fields (MeasureSection *self, const GstStructure *fields)
{
  gint reference = DURATION_NS, distorted = DURATION_NS;

  *self = (MeasureSection) MEASURE_SECTION_ALL;
  /* clang-format off */
  gst_structure_get (fields,
      "reference-start", G_TYPE_INT64, &self->reference_start.amount,
      "reference-unit", G_TYPE_INT, &reference,
      "distorted-start", G_TYPE_INT64, &self->distorted_start.amount,
      "distorted-unit", G_TYPE_INT, &distorted,
      "separate", G_TYPE_BOOLEAN, &self->separate,
      "length", G_TYPE_INT64, &self->length,
      "frames", G_TYPE_UINT64, &self->frames,
      NULL);
  /* clang-format on */
  self->reference_start.unit = (DurationUnit) reference;
  self->distorted_start.unit = (DurationUnit) distorted;
}

/* --- times --------------------------------------------------------------- */

static GstClockTime
first_of (const MeasureInput *input)
{
  return GST_CLOCK_TIME_IS_VALID (input->start) ? input->start : 0;
}

static GstClockTime
frame_of (const MeasureInput *input)
{
  return input->frame > 0 ? input->frame : USUAL_FRAME;
}

GstClockTime
measure_section_find_start (const Duration *start, const MeasureInput *input)
{
  gint64 ns = start->amount;

  if (!duration_to_ns (start, frame_of (input), &ns))
    ns = G_MAXINT64 / 4;
  return first_of (input) + (GstClockTime) ns;
}

gchar *
measure_section_find_problem (
    const Duration *start, const MeasureInput *input, const gchar *option)
{
  g_autofree gchar *text = duration_print (start);
  g_autofree gchar *end = NULL;
  gint64 ns;

  if (start->amount == 0)
    return NULL;
  if (input->is_image)
    return g_strdup_printf ("%s %s: images have no times", option, text);
  if (!GST_CLOCK_TIME_IS_VALID (input->duration) || start->unit != DURATION_NS)
    return NULL;
  ns = start->amount;
  if ((guint64) ns < input->duration)
    return NULL;
  end = duration_print_rounded ((gint64) input->duration);
  return g_strdup_printf (
      "%s %s is behind the end of its video, which lasts %s", option, text,
      end);
}

static GstClockTime
round_down (GstClockTime time)
{
  return time - MIN (time, ROUNDING);
}

/* Where a number of frames says where it starts, they are counted. */
static void
limit_start (
    const Duration *start, const MeasureInput *input, MeasureCutLimits *limits)
{
  gboolean counted = start->unit == DURATION_FRAMES;

  *limits = (MeasureCutLimits){
    .from =
        counted ? 0 : round_down (measure_section_find_start (start, input)),
    .skip = counted ? (guint64) start->amount : 0,
    .until = GST_CLOCK_TIME_NONE,
    .length = GST_CLOCK_TIME_NONE,
    .most = G_MAXUINT64,
  };
}

/* As ffmpeg does it: the length is counted from where the section starts, not
 * from its first frame. */
static void
limit_end (const MeasureSection *self, MeasureCutLimits *limits)
{
  limits->most = self->frames;
  if (self->length < 0)
    return;
  if (limits->skip > 0)
    limits->length = round_down ((GstClockTime) self->length);
  else
    limits->until =
        limits->from + MAX ((GstClockTime) self->length, 2 * ROUNDING);
}

void
measure_section_limit_reference (const MeasureSection *self,
    const MeasureInput *reference, MeasureCutLimits *limits)
{
  limit_start (&self->reference_start, reference, limits);
  limit_end (self, limits);
}

void
measure_section_limit_beginning (
    const Duration *start, const MeasureInput *input, MeasureCutLimits *limits)
{
  limit_start (start, input, limits);
}

/* The value of a setting in nanoseconds, 0 without it. */
static gint64
find_time (const MeasureSettings *settings, const gchar *name)
{
  const MeasureSetting *setting = measure_settings_find (settings, name);

  return setting != NULL ? g_value_get_int64 (&setting->value) : 0;
}

/* How much is read on both sides of what is nominally the section. */
static gint64
find_margin (const MeasureInput *reference, const MeasureInput *distorted,
    const MeasureSettings *settings)
{
  const MeasureSetting *sync = measure_settings_find (settings, "sync");
  gint64 margin =
      MARGIN_FRAMES * (gint64) MAX (frame_of (reference), frame_of (distorted));

  margin += MAX (find_time (settings, "tolerance"), 0);
  /* The element looks for an offset by itself. */
  if (sync != NULL && strcmp (sync->text, "none") != 0)
    margin += MAX (find_time (settings, "sync-window"), (gint64) GST_SECOND);
  return MIN (margin, G_MAXINT64 / 4);
}

static gboolean
is_by_number (const MeasureSettings *settings)
{
  const MeasureSetting *pair = measure_settings_find (settings, "pair");

  return pair != NULL && strcmp (pair->text, "index") == 0;
}

gboolean
measure_section_limit_distorted (const MeasureSection *self,
    const MeasureInput *reference, const MeasureInput *distorted,
    const MeasureSettings *settings, gint64 offset, MeasureCutLimits *limits)
{
  MeasureCutLimits other;
  gint64 margin, shift, from;

  if (is_by_number (settings)) {
    limit_start (&self->distorted_start, distorted, limits);
    limit_end (self, limits);
    return FALSE;
  }
  measure_section_limit_reference (self, reference, &other);
  margin = find_margin (reference, distorted, settings);
  shift = offset + find_time (settings, "sync-offset");
  from = (gint64) other.from - shift - margin;
  *limits = (MeasureCutLimits){
    .from = other.skip > 0 ? 0 : (GstClockTime) MAX (from, 0),
    .until = GST_CLOCK_TIME_NONE,
    .length = GST_CLOCK_TIME_NONE,
    .most = G_MAXUINT64,
    .beyond = margin - shift,
  };
  if (GST_CLOCK_TIME_IS_VALID (other.until))
    limits->until =
        (GstClockTime) MAX ((gint64) other.until - shift + margin, 0);
  return TRUE;
}

const gboolean *
measure_section_may_jump (
    const MeasureInput *input, const gboolean *is_matroska)
{
  static const gboolean always = TRUE;

  static const gboolean never = FALSE;

  if (input->is_pipe)
    return &never;
  return input->reader == MEASURE_READER_Y4M
          || input->reader == MEASURE_READER_RAW || input->correction.has_movie
      ? &always
      : is_matroska;
}
