/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What happened when in each file, kept for the page.
 */
#ifndef COMPARE_COURSE_H
#define COMPARE_COURSE_H

#include "measure/run.h"
#include "measure/timeline.h"

G_BEGIN_DECLS

/**
 * CompareCourse:
 * @references: (element-type MeasureTimeline): of the reference of each
 *   distorted file, as far as it was read with that file and those after it;
 *   empty where it was read with one before
 * @distorted: (element-type MeasureTimeline): of each distorted file
 */
typedef struct
{
  GPtrArray *references;
  GPtrArray *distorted;
} CompareCourse;

/* @files: distorted ones */
CompareCourse *compare_course_new (guint files);
void compare_course_free (CompareCourse *self);

/* @numbers: of the distorted files, from 1, that are measured together.
 * Returns: (transfer full) (nullable): their timelines, a new one of the
 * reference first; NULL where @self is NULL. */
GPtrArray *compare_course_lend (CompareCourse *self, const GArray *numbers);

/* Takes what was lent, and keeps the reference's timeline that got further. */
void compare_course_take_back (
    CompareCourse *self, const GArray *numbers, GPtrArray *lent);

/* @numbers: of distorted files with one reference.  Returns: (transfer full):
 * theirs alone, which @self has to outlive. */
CompareCourse *compare_course_choose (
    const CompareCourse *self, const GArray *numbers);

/* Returns: (transfer none): the timeline of the one reference that got
 * furthest. */
const MeasureTimeline *compare_course_get_reference (const CompareCourse *self);

/* Notes the only pair of the file of this @number, from 1, where it was
 * measured without a timeline.  @self: (nullable) */
void compare_course_note_image (
    CompareCourse *self, guint number, const MeasureResult *result);

G_END_DECLS

#endif /* COMPARE_COURSE_H */
