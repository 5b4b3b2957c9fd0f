/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The options that say which part of the videos is measured.
 */
#ifndef COMPARE_OPTIONS_SECTIONS_H
#define COMPARE_OPTIONS_SECTIONS_H

#include "measure/section.h"

G_BEGIN_DECLS

/**
 * CompareSection:
 * @start: of both
 * @reference_start: of the reference, in its place
 * @has_reference_start: whether the user gave it
 * @distorted_start: of distorted files, likewise
 * @has_distorted_start: whether the user gave it
 * @has_any: whether the user gave any of the options
 * @chosen: what follows from all of them, by compare_section_settle()
 */
typedef struct
{
  Duration start;
  Duration reference_start;
  gboolean has_reference_start;
  Duration distorted_start;
  gboolean has_distorted_start;
  gboolean has_any;
  MeasureSection chosen;
} CompareSection;

void compare_section_init (CompareSection *self);

/* Adds the options to a group whose data are CompareOptions. */
void compare_section_add_options (GOptionGroup *group);

/* After all options were read. */
void compare_section_settle (CompareSection *self);

/* Returns: (transfer full) (nullable): why @input cannot be measured from where
 * it is to start, in a sentence that begins with its name. */
gchar *compare_section_find_problem (const CompareSection *self,
    const MeasureInput *input, gboolean is_reference);

/* Returns: (transfer full) (nullable): that the reference ends before the
 * section does, in a sentence that begins with its name. */
gchar *compare_section_find_warning (
    const CompareSection *self, const MeasureInput *reference);

/* Returns: (transfer full) (nullable): the section in words; NULL for all. */
gchar *compare_section_describe (const CompareSection *self);

G_END_DECLS

#endif /* COMPARE_OPTIONS_SECTIONS_H */
