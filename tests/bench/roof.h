/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What this machine can do at best, measured.
 */
#ifndef BENCH_ROOF_H
#define BENCH_ROOF_H

#include "metric-private.h"

G_BEGIN_DECLS

/**
 * Roof:
 * @operations: multiplications and additions of float32 numbers in a second
 * @read: bytes in a second that can be read from memory
 * @copied: bytes in a second that can be copied there, each counted twice
 *
 * The best of many short rounds, by all workers together.
 */
typedef struct
{
  gdouble operations;
  gdouble read;
  gdouble copied;
} Roof;

/* Measures @roof.  Returns: FALSE with PERCEPTUAL_ERROR_NO_MEMORY. */
gboolean roof_measure (PerceptualWorkers *workers, Roof *roof, GError **error);

/* Returns: bytes in a second, reading or copying, whichever is more. */
gdouble roof_bandwidth (const Roof *roof);

/* Returns: the fewest seconds that so many operations and bytes can take; more
 * than 0 if one of them is. */
gdouble roof_seconds (const Roof *roof, gdouble operations, gdouble bytes);

G_END_DECLS

#endif /* BENCH_ROOF_H */
