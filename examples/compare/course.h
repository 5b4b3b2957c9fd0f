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
 * @reference: (owned): of the reference, as far as it was read
 * @distorted: (element-type MeasureTimeline): of each distorted file
 */
typedef struct
{
  MeasureTimeline *reference;
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
void compare_course_take_back (CompareCourse *self, GPtrArray *lent);

/* Notes the only pair of the file of this @number, from 1, where it was
 * measured without a timeline.  @self: (nullable) */
void compare_course_note_image (
    CompareCourse *self, guint number, const MeasureResult *result);

G_END_DECLS

#endif /* COMPARE_COURSE_H */
