/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which files are compared with which.
 */
#ifndef COMPARE_OPTIONS_PAIRS_H
#define COMPARE_OPTIONS_PAIRS_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * ComparePairs:
 * @references: (element-type filename): of each pair
 * @distorted: (element-type filename): likewise, at least one
 * @several: whether each has a reference of its own; else all have the same
 * @source: (nullable): the folder or the list that @several come from
 * @is_list: whether @source is a list
 * @alone: (element-type filename): files of two folders that have no partner
 */
typedef struct
{
  GPtrArray *references;
  GPtrArray *distorted;
  gboolean several;
  gchar *source;
  gboolean is_list;
  GPtrArray *alone;
} ComparePairs;

/**
 * compare_pairs_find:
 * @self: zeroed
 * @files: (nullable): of the command line
 * @list: (nullable): a CSV file with the columns reference and distorted, whose
 *   names are relative to it
 * @error: G_OPTION_ERROR for what the command line says, else G_FILE_ERROR or
 *   PROGRAM_ERROR_DATA that names the file
 *
 * Pairs the files of two folders by their names, those in folders within them
 * by the names of these too; where one of them has no file of the name, by the
 * name without its ending, if that tells which one.
 */
gboolean compare_pairs_find (
    ComparePairs *self, gchar **files, const gchar *list, GError **error);
void compare_pairs_clear (ComparePairs *self);

G_END_DECLS

#endif /* COMPARE_OPTIONS_PAIRS_H */
