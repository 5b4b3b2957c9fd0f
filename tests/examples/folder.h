/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder of a test's own, for g_test_add(): whose data is the name of a file
 * in it, or NULL.
 */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#include <glib.h>

/**
 * TestFolder:
 * @folder: a fresh one
 * @path: of the file, which is not there yet; of the folder without a name
 */
typedef struct
{
  gchar *folder;
  gchar *path;
} TestFolder;

void test_folder_set_up (TestFolder *self, gconstpointer name);

/* Removes the folder and what is in it. */
void test_folder_tear_down (TestFolder *self, gconstpointer name);

#endif /* TEST_FOLDER_H */
