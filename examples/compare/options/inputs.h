/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The options that say how the inputs are read.
 */
#ifndef COMPARE_OPTIONS_INPUTS_H
#define COMPARE_OPTIONS_INPUTS_H

#include "compare/options/pairs.h"
#include "measure/run.h"

G_BEGIN_DECLS

/**
 * CompareDeinterlace:
 * @COMPARE_DEINTERLACE_NONE: of none
 * @COMPARE_DEINTERLACE_AUTO: of those that say that they are interlaced
 * @COMPARE_DEINTERLACE_REFERENCE: of the reference, whatever it says
 * @COMPARE_DEINTERLACE_DISTORTED: of the distorted ones, likewise
 * @COMPARE_DEINTERLACE_BOTH: of all
 */
typedef enum
{
  COMPARE_DEINTERLACE_NONE,
  COMPARE_DEINTERLACE_AUTO,
  COMPARE_DEINTERLACE_REFERENCE,
  COMPARE_DEINTERLACE_DISTORTED,
  COMPARE_DEINTERLACE_BOTH,
} CompareDeinterlace;

/**
 * CompareReading:
 * @raw: (nullable): what the frames of all inputs are
 * @reference_raw: (nullable): those of the reference, in its place
 * @distorted_raw: (nullable): those of distorted inputs, in its place
 *
 * @deinterlace: which inputs frames of fields are made of
 * @any_playlist: playlists may have any name
 *
 * See measure_raw_parse().
 */
typedef struct
{
  gchar *raw;
  gchar *reference_raw;
  gchar *distorted_raw;
  CompareDeinterlace deinterlace;
  gboolean any_playlist;
} CompareReading;

void compare_reading_clear (CompareReading *self);

/* Adds the options to a group whose data are CompareOptions. */
void compare_reading_add_options (GOptionGroup *group);

/* Returns: (nullable): what the user says of an input's frames. */
const gchar *compare_reading_find_raw (
    const CompareReading *self, gboolean is_reference);

/**
 * compare_reading_deinterlace:
 * @inputs: (element-type MeasureInput): reference first; those that are chosen
 *   get to know what is done about their fields
 * @note: is told of each
 * @user: for @note
 *
 * A frame is made of each frame; of each field where the other side has twice
 * as many frames.
 */
void compare_reading_deinterlace (const CompareReading *self, GPtrArray *inputs,
    void (*note) (const gchar *text, gpointer user), gpointer user);

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

#endif /* COMPARE_OPTIONS_INPUTS_H */
