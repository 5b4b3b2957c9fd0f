/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Single numbers out of NumPy's .npy files.
 */
#ifndef JUDGE_NPY_H
#define JUDGE_NPY_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * judge_npy_read_number:
 * @path: a .npy file of format version 1, 2 or 3 that holds one number of any
 *   shape with one entry: (), (1,), (1, 1)...
 * @number: (out): the number; may be NaN or infinite
 * @error: PROGRAM_ERROR_DATA, beginning with @path
 *
 * Booleans, signed and unsigned integers of 1 to 8 bytes and floats of 2, 4
 * and 8 bytes, in either byte order.  Format: numpy.lib.format.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_npy_read_number (
    const gchar *path, gdouble *number, GError **error);

/**
 * judge_npy_parse_number:
 * @path: whose name an error begins with; not read
 * @bytes: (array length=size): a whole file
 * @size: its length
 *
 * The same for a file in memory, of any length.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_npy_parse_number (const gchar *path, const guint8 *bytes,
    gsize size, gdouble *number, GError **error);

G_END_DECLS

#endif /* JUDGE_NPY_H */
