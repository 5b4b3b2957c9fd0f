/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A reference is read once for each run, the distorted files once in all.
 */
#include "compare/course.h"

#include "compare/group.h"

CompareCourse *
compare_course_new (guint files)
{
  CompareCourse *self = g_new0 (CompareCourse, 1);

  self->references =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_timeline_free);
  self->distorted =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_timeline_free);
  for (guint i = 0; i < files; i++) {
    g_ptr_array_add (self->references, measure_timeline_new ());
    g_ptr_array_add (self->distorted, measure_timeline_new ());
  }
  return self;
}

void
compare_course_free (CompareCourse *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->references);
  g_ptr_array_unref (self->distorted);
  g_free (self);
}

GPtrArray *
compare_course_lend (CompareCourse *self, const GArray *numbers)
{
  GPtrArray *lent;

  if (self == NULL)
    return NULL;
  lent = g_ptr_array_new ();
  g_ptr_array_add (lent, measure_timeline_new ());
  for (guint i = 0; i < numbers->len; i++)
    g_ptr_array_add (
        lent, self->distorted->pdata[g_array_index (numbers, guint, i) - 1]);
  return lent;
}

void
compare_course_take_back (
    CompareCourse *self, const GArray *numbers, GPtrArray *lent)
{
  MeasureTimeline *reference;
  gpointer *kept;

  if (lent == NULL)
    return;
  reference = lent->pdata[0];
  kept = &self->references->pdata[g_array_index (numbers, guint, 0) - 1];
  if (measure_timeline_count_bytes (reference)
      > measure_timeline_count_bytes (*kept)) {
    measure_timeline_free (*kept);
    *kept = reference;
  } else {
    measure_timeline_free (reference);
  }
  g_ptr_array_unref (lent);
}

CompareCourse *
compare_course_choose (const CompareCourse *self, const GArray *numbers)
{
  CompareCourse *chosen = g_new0 (CompareCourse, 1);

  chosen->references = compare_group_choose (self->references, numbers);
  chosen->distorted = compare_group_choose (self->distorted, numbers);
  return chosen;
}

const MeasureTimeline *
compare_course_get_reference (const CompareCourse *self)
{
  const MeasureTimeline *furthest = self->references->pdata[0];

  for (guint i = 1; i < self->references->len; i++) {
    const MeasureTimeline *timeline = self->references->pdata[i];

    if (measure_timeline_count_bytes (timeline)
        > measure_timeline_count_bytes (furthest))
      furthest = timeline;
  }
  return furthest;
}

void
compare_course_note_image (
    CompareCourse *self, guint number, const MeasureResult *result)
{
  MeasurePair pair = { .distance = 0 };
  MeasureTimeline *timeline;

  if (self == NULL
      || !measure_result_number (result->summary, "mean", &pair.distance))
    return;
  timeline = self->distorted->pdata[number - 1];
  measure_timeline_clear (timeline);
  g_array_append_val (timeline->pairs, pair);
}
