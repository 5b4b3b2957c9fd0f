/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The options that say how the inputs are read.
 */
#ifndef COMPARE_INPUT_OPTIONS_H
#define COMPARE_INPUT_OPTIONS_H

#include "compare/pairs.h"
#include "measure/run.h"

G_BEGIN_DECLS

/**
 * CompareReading:
 * @raw: (nullable): what the frames of all inputs are
 * @reference_raw: (nullable): those of the reference, in its place
 * @distorted_raw: (nullable): those of distorted inputs, in its place
 *
 * See measure_raw_parse().
 */
typedef struct
{
  gchar *raw;
  gchar *reference_raw;
  gchar *distorted_raw;
} CompareReading;

void compare_reading_clear (CompareReading *self);

/* Adds the options to a group whose data are CompareOptions. */
void compare_reading_add_options (GOptionGroup *group);

/* Returns: (nullable): what the user says of an input's frames. */
const gchar *compare_reading_find_raw (
    const CompareReading *self, gboolean is_reference);

/* Sets @error where one of the inputs is standard input, or a pipe, and another
 * one is the same. */
gboolean compare_reading_check_pipes (
    const ComparePairs *pairs, GError **error);

/**
 * compare_reading_find_problem:
 * @reference: of all distorted inputs
 * @distorted: how many there are
 * @together: how many of them are read at a time
 *
 * Returns: (transfer full) (nullable): that a pipe would have to be read more
 *   than once
 */
gchar *compare_reading_find_problem (
    const MeasureInput *reference, guint distorted, guint together);

/* After a run that did not measure @result because of another file's failure:
 * sets its error, and returns TRUE, where a pipe is empty now. */
gboolean compare_reading_is_over (
    const MeasureInput *reference, MeasureResult *result);

G_END_DECLS

#endif /* COMPARE_INPUT_OPTIONS_H */
