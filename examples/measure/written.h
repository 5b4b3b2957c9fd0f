/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that are written when all is over, and must not fail then for what
 * could be known before.
 */
#ifndef MEASURE_WRITTEN_H
#define MEASURE_WRITTEN_H

#include <glib.h>

G_BEGIN_DECLS

/* Whether a file can be written at @path, which an @option such as "--junit"
 * names.  What is there stays.  @error: a G_FILE_ERROR that names both */
gboolean measure_written_can (
    const gchar *path, const gchar *option, GError **error);

/* Writes the file, in the place of what is there.  @error: likewise */
gboolean measure_written_put (const gchar *path, const gchar *option,
    const gchar *data, gsize length, GError **error);

/* Whether files can be written in the folder at @path, which is made where its
 * own folder is there.  @error: likewise */
gboolean measure_written_folder (
    const gchar *path, const gchar *option, GError **error);

G_END_DECLS

#endif /* MEASURE_WRITTEN_H */
