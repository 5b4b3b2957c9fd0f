/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A MeasureReader as an element: what a decoding bin is for other files.
 */
#ifndef MEASURE_READER_SOURCE_H
#define MEASURE_READER_SOURCE_H

#include "measure/reader/reader.h"

G_BEGIN_DECLS

/**
 * measure_reader_source_new:
 * @path: a file
 * @kind: not MEASURE_READER_NONE
 *
 * Opens @path when it starts; what is wrong then or later is posted as an
 * error, that the file is cut off as a warning.
 *
 * Returns: (transfer floating): an element with a pad "src"
 */
GstElement *measure_reader_source_new (
    const gchar *path, MeasureReaderKind kind);

G_END_DECLS

#endif /* MEASURE_READER_SOURCE_H */
