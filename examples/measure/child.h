/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process that measures for a program, which survives what a decoder does
 * there.
 */
#ifndef MEASURE_CHILD_H
#define MEASURE_CHILD_H

#include "console/child.h"

#include <glib.h>

G_BEGIN_DECLS

#define MEASURE_CHILD_ROLE "measure"

/**
 * measure_child_main:
 * @code: (out): what main() is to return
 *
 * To be called first in main(), before GStreamer is initialised.
 *
 * Returns: whether this process was one that measures, and has done so
 */
gboolean measure_child_main (int argc, char **argv, int *code);

/* What such a process does, whose way to its parent is @link: (transfer full).
 */
void measure_child_run (ChildLink *link);

G_END_DECLS

#endif /* MEASURE_CHILD_H */
