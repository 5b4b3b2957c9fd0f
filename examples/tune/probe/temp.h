/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders for files that nobody needs later.
 */
#ifndef TUNE_TEMP_H
#define TUNE_TEMP_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * TuneTemp:
 * @path: of the folder
 * @lock: open while this process lives
 *
 * A folder, which is removed by whoever comes next where this process cannot do
 * it any more.
 */
typedef struct
{
  gchar *path;
  int lock;
} TuneTemp;

/* @parent: (nullable): where it is made; NULL for the system's folder.
 * @error: G_FILE_ERROR.  Returns: (transfer full) (nullable). */
TuneTemp *tune_temp_new (const gchar *parent, GError **error);

/* Removes it with all that is in it. */
void tune_temp_free (TuneTemp *self);

G_END_DECLS

#endif /* TUNE_TEMP_H */
