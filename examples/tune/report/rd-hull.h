/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which encodes of a report no mixture of two others beats.
 */
#ifndef TUNE_RD_HULL_H
#define TUNE_RD_HULL_H

#include "tune/report/rd-page.h"

G_BEGIN_DECLS

/* Returns: whether @point has a place on the axes of @statistic's chart. */
gboolean tune_rd_has_place (
    const TuneRdReport *report, const TuneRdPoint *point, guint statistic);

/* Returns: how many clips its curves are of. */
guint tune_rd_count_clips (const TuneRdReport *report);

/* Returns: (transfer full): of the points of all curves, in order, whether each
 * is on the hull of its clip: tune_hull() in @statistic. */
gboolean *tune_rd_find_hull (const TuneRdReport *report, guint statistic);

G_END_DECLS

#endif /* TUNE_RD_HULL_H */
