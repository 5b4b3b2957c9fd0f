/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What has changed between two readings of the options.
 */
#ifndef MONITOR_RELOAD_H
#define MONITOR_RELOAD_H

#include "monitor/options.h"

G_BEGIN_DECLS

/**
 * monitor_reload_find:
 * @old: what is in force
 * @new: what was read
 * @changed: initialised; gets the settings that the measuring element takes
 *   while it runs
 *
 * Returns: (transfer full) (element-type utf8): names of options that differ
 *   but cannot change while the program runs
 */
GPtrArray *monitor_reload_find (const MonitorOptions *old,
    const MonitorOptions *new, MeasureSettings *changed);

/* Puts @changed in the place of what @settings had. */
void monitor_reload_apply (
    MeasureSettings *settings, const MeasureSettings *changed);

G_END_DECLS

#endif /* MONITOR_RELOAD_H */
