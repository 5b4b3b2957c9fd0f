/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From --start and the like to MeasureSection.  Times are what ffmpeg's -ss and
 * -t say: from the beginning of the video, and from the start on.
 */
#include "compare/options/sections.h"

#include "compare/options/options.h"
#include "measure/value.h"

#include <string.h>

static gboolean
take_start (const gchar *text, const gchar *option, CompareSection *self,
    Duration *start, GError **error)
{
  static const DurationRule rule = { 0, G_MAXINT64 / 4, DURATION_PLAIN_LONG_NS,
    TRUE };

  self->has_any = TRUE;
  return duration_parse (text, option, &rule, start, error);
}

static CompareSection *
section_of (gpointer user)
{
  return &((CompareOptions *) user)->section;
}

static gboolean
take_both_starts (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareSection *self = section_of (user);

  return take_start (text, "start", self, &self->start, error);
}

static gboolean
take_reference_start (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareSection *self = section_of (user);

  self->has_reference_start = TRUE;
  return take_start (
      text, "reference-start", self, &self->reference_start, error);
}

static gboolean
take_distorted_start (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareSection *self = section_of (user);

  self->has_distorted_start = TRUE;
  return take_start (
      text, "distorted-start", self, &self->distorted_start, error);
}

static gboolean
take_duration (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  static const DurationRule rule = { 1, G_MAXINT64 / 4, DURATION_PLAIN_LONG_NS,
    TRUE };
  CompareSection *self = section_of (user);
  Duration duration;

  self->has_any = TRUE;
  if (!duration_parse (text, "duration", &rule, &duration, error))
    return FALSE;
  if (duration.unit == DURATION_NS)
    self->chosen.length = duration.amount;
  else
    self->chosen.frames = MIN (self->chosen.frames, (guint64) duration.amount);
  return duration.amount > 0
      || measure_value_refuse (text, "duration", "one frame or more", error);
}

static gboolean
take_frames (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareSection *self = section_of (user);
  guint64 frames = 0;

  self->has_any = TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &frames, NULL))
    return measure_value_refuse (
        text, "frames", "a whole number of frames, 1 or more", error);
  self->chosen.frames = MIN (self->chosen.frames, frames);
  return TRUE;
}

void
compare_section_init (CompareSection *self)
{
  *self = (CompareSection){ .chosen = MEASURE_SECTION_ALL };
}

void
compare_section_add_options (GOptionGroup *group)
{
  static const GOptionEntry entries[] = {
    { "start", 0, 0, G_OPTION_ARG_CALLBACK, take_both_starts,
        "Measure from here on; counted from the first frame of the reference",
        "TIME" },
    { "duration", 0, 0, G_OPTION_ARG_CALLBACK, take_duration,
        "Measure so much of the reference", "TIME" },
    { "frames", 0, 0, G_OPTION_ARG_CALLBACK, take_frames,
        "Measure so many frames of the reference", "N" },
    { "reference-start", 0, 0, G_OPTION_ARG_CALLBACK, take_reference_start,
        "Measure the reference from here on; what the other one shows at its "
        "own start belongs to it",
        "TIME" },
    { "distorted-start", 0, 0, G_OPTION_ARG_CALLBACK, take_distorted_start,
        "Measure distorted files from here on, counted from their own first "
        "frames",
        "TIME" },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

void
compare_section_settle (CompareSection *self)
{
  MeasureSection *chosen = &self->chosen;

  chosen->reference_start =
      self->has_reference_start ? self->reference_start : self->start;
  chosen->distorted_start =
      self->has_distorted_start ? self->distorted_start : self->start;
  chosen->separate = self->has_reference_start || self->has_distorted_start;
}

gchar *
compare_section_find_problem (const CompareSection *self,
    const MeasureInput *input, gboolean is_reference)
{
  gboolean own =
      is_reference ? self->has_reference_start : self->has_distorted_start;
  const Duration *start = is_reference ? &self->chosen.reference_start
                                       : &self->chosen.distorted_start;
  const gchar *option = !own ? "--start"
      : is_reference         ? "--reference-start"
                             : "--distorted-start";
  g_autofree gchar *problem = NULL;

  if (self->has_any && input->is_image)
    return g_strdup_printf ("%s: an image has no times, so --start, --duration "
                            "and --frames say nothing of it",
        input->label);
  /* Where one start is for both, it is that of the reference. */
  if (!is_reference && !self->chosen.separate)
    return NULL;
  problem = measure_section_find_problem (start, input, option);
  return problem != NULL ? g_strdup_printf ("%s: %s", input->label, problem)
                         : NULL;
}

gchar *
compare_section_find_warning (
    const CompareSection *self, const MeasureInput *reference)
{
  const MeasureSection *chosen = &self->chosen;
  g_autofree gchar *wanted = NULL, *there = NULL;
  gint64 start, left;

  if (chosen->length < 0 || reference->is_image
      || !GST_CLOCK_TIME_IS_VALID (reference->duration)
      || !duration_to_ns (&chosen->reference_start, reference->frame, &start))
    return NULL;
  left = (gint64) reference->duration - start;
  if (left + (gint64) reference->frame >= chosen->length)
    return NULL;
  wanted = duration_print_ns (chosen->length);
  there = duration_print_rounded (MAX (left, 0));
  return g_strdup_printf ("%s: --duration %s goes beyond its end, %s after the "
                          "start; what there is is measured",
      reference->label, wanted, there);
}

gchar *
compare_section_describe (const CompareSection *self)
{
  const MeasureSection *chosen = &self->chosen;
  g_autofree gchar *reference = duration_print (&chosen->reference_start);
  g_autofree gchar *distorted = duration_print (&chosen->distorted_start);
  GString *text;

  if (measure_section_is_all (chosen))
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, "from %s on", reference);
  if (chosen->separate)
    g_string_append_printf (
        text, " of the reference, %s on of the distorted video", distorted);
  if (chosen->length >= 0) {
    g_autofree gchar *length = duration_print_ns (chosen->length);

    g_string_append_printf (text, ", %s long", length);
  }
  if (chosen->frames != G_MAXUINT64)
    g_string_append_printf (text, ", %" G_GUINT64_FORMAT " frame%s",
        chosen->frames, chosen->frames == 1 ? "" : "s");
  return g_string_free (text, FALSE);
}
