/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the colours of heat maps mean, for legends beside them.
 */
#ifndef COMPARE_WORST_HEAT_SCALE_H
#define COMPARE_WORST_HEAT_SCALE_H

#include "compare/options/metrics.h"

G_BEGIN_DECLS

#define COMPARE_N_HEAT_COLOURS 11

/* The colours of gst/output/heatmap.h, in ten even steps: "#rrggbb". */
extern const gchar *const compare_heat_colours[COMPARE_N_HEAT_COLOURS];

/* Whether the metric has heat maps. */
gboolean compare_has_heat (const CompareOptions *options);

/* Returns: the distance of the last colour.  That of the middle one is a
 * quarter of it, as colours follow the square root. */
gdouble compare_heat_maximum (const CompareOptions *options);

G_END_DECLS

#endif /* COMPARE_WORST_HEAT_SCALE_H */
