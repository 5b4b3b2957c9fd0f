/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The page and what it is made of.  It comes with the state in it, for those
 * without scripts; with them it asks for the state each second.
 */
#ifndef MONITOR_FRONT_PAGE_H
#define MONITOR_FRONT_PAGE_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/* Returns: (transfer full): HTML. */
gchar *monitor_front_page (const MonitorSnapshot *snapshot);

/* @name: of a file of the page.  Returns: (transfer full): its content. */
GBytes *monitor_front_page_file (const gchar *name);

G_END_DECLS

#endif /* MONITOR_FRONT_PAGE_H */
