/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words between the axes of a panel.
 */
#ifndef CHART_NOTES_H
#define CHART_NOTES_H

#include "chart/area.h"

G_BEGIN_DECLS

/* Writes the notes of @area's panel, if it has any. */
void chart_notes_draw (const ChartArea *area);

G_END_DECLS

#endif /* CHART_NOTES_H */
