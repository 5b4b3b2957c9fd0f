/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The option --crop, and what it finds out.
 */
#ifndef COMPARE_OPTIONS_CROP_H
#define COMPARE_OPTIONS_CROP_H

#include "measure/remote.h"

G_BEGIN_DECLS

/**
 * CompareCrop:
 * @automatic: black bars are to be left out
 */
typedef struct
{
  gboolean automatic;
} CompareCrop;

/* Adds the option to a group whose data are CompareOptions. */
void compare_crop_add_options (GOptionGroup *group);

/* Sets @error where --crop auto is together with a part that is given. */
gboolean compare_crop_check (
    const CompareCrop *self, const MeasureSettings *settings, GError **error);

/**
 * compare_crop_find:
 * @inputs: (element-type MeasureInput): reference first; get their crop
 * @section: which part of them is measured
 * @turn: whether pictures are turned as the files say
 * @note: is told what was found
 * @user: for @note
 *
 * Looks for black bars.  Files of the reference's size are cropped as it is,
 * to what was seen in any of them.
 */
void compare_crop_find (MeasureRemote *remote, GPtrArray *inputs,
    const MeasureSection *section, gboolean turn,
    void (*note) (const gchar *text, gpointer user), gpointer user,
    const gboolean *interrupted);

/* Returns: (transfer full) (nullable): which part of @input is measured, for
 * people; NULL for all. */
gchar *compare_crop_describe (const MeasureSettings *settings,
    const MeasureInput *reference, const MeasureInput *distorted);

G_END_DECLS

#endif /* COMPARE_OPTIONS_CROP_H */
