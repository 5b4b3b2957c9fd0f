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
 * @place: what is read; its pipe outlives the element
 * @kind: not MEASURE_READER_NONE
 *
 * Opens @place when it starts; what is wrong then or later is posted as an
 * error, whose details have the number of the "frame", that the file is cut off
 * as a warning.
 *
 * Returns: (transfer floating): an element with a pad "src"
 */
GstElement *measure_reader_source_new (
    const MeasurePlace *place, MeasureReaderKind kind);

/* The same of a list, see measure_list_reader_open(). */
GstElement *measure_list_source_new (
    const GPtrArray *paths, guint from, guint end);

G_END_DECLS

#endif /* MEASURE_READER_SOURCE_H */
