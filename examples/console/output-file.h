/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file that a program writes when its work is done: a report, a chart.
 */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* How long the reader of a pipe is waited for: it had all the time of the
 * work. */
#define OUTPUT_FILE_READER_MS 2000

/**
 * output_file_open:
 * @path: of a file, which is emptied, a device or a pipe
 *
 * Does not wait for ever for who reads a pipe, and not at all once a signal
 * comes.
 *
 * Returns: (nullable): NULL with errno set, which is ENXIO for a pipe that
 *   nobody reads
 */
FILE *output_file_open (const gchar *path);

G_END_DECLS

#endif /* OUTPUT_FILE_H */
