/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which part of the videos is measured.
 */
#ifndef MEASURE_SECTION_H
#define MEASURE_SECTION_H

#include "measure/cut.h"
#include "measure/inspect.h"
#include "measure/settings.h"

#include "console/duration.h"

G_BEGIN_DECLS

/**
 * MeasureSection:
 * @reference_start: from the first frame of the reference
 * @distorted_start: from the first frame of each distorted file
 * @separate: what is at one start belongs together with what is at the other;
 *   else there is one start, that of the reference, and distorted files are
 *   read where the frames are that belong to it
 * @length: ns from the start on, or -1 for all
 * @frames: at most so many of the reference
 *
 * As users tell it.
 */
typedef struct
{
  Duration reference_start;
  Duration distorted_start;
  gboolean separate;
  gint64 length;
  guint64 frames;
} MeasureSection;

/* All of it. */
#define MEASURE_SECTION_ALL                                                    \
  {                                                                            \
    .length = -1, .frames = G_MAXUINT64,                                       \
  }

gboolean measure_section_is_all (const MeasureSection *self);

/* Fields of a structure, for messages between processes. */
void measure_section_to_fields (
    const MeasureSection *self, GstStructure *fields);
void measure_section_of_fields (
    MeasureSection *self, const GstStructure *fields);

/* Returns: running time of @input's frame where it starts; as near as that can
 * be told of a number of frames. */
GstClockTime measure_section_find_start (
    const Duration *start, const MeasureInput *input);

/* Returns: (transfer full) (nullable): why there is nothing of @input, after
 * its name; NULL where there may be something.  @option: what says where it
 * starts. */
gchar *measure_section_find_problem (
    const Duration *start, const MeasureInput *input, const gchar *option);

/* What is read of the reference. */
void measure_section_limit_reference (const MeasureSection *self,
    const MeasureInput *reference, MeasureCutLimits *limits);

/**
 * measure_section_limit_distorted:
 * @reference: the other one
 * @distorted: an input
 * @settings: of the measuring element
 * @offset: ns that are added to the running times of @distorted besides those
 *   settings
 *
 * What is read of @distorted: all that may belong to the reference's section
 * and a little more on both sides, which is margin; by number, just as much as
 * of the reference.
 *
 * Returns: whether there are margins
 */
gboolean measure_section_limit_distorted (const MeasureSection *self,
    const MeasureInput *reference, const MeasureInput *distorted,
    const MeasureSettings *settings, gint64 offset, MeasureCutLimits *limits);

/* What is read of @input to find out how frames belong together, from where it
 * starts on. */
void measure_section_limit_beginning (
    const Duration *start, const MeasureInput *input, MeasureCutLimits *limits);

/* Whether the frames of @input are found by an index.  @is_matroska: is known
 * once its type is. */
const gboolean *measure_section_may_jump (
    const MeasureInput *input, const gboolean *is_matroska);

G_END_DECLS

#endif /* MEASURE_SECTION_H */
