/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames a second of what does not say it itself.
 */
#ifndef MEASURE_RATE_H
#define MEASURE_RATE_H

#include <glib.h>

G_BEGIN_DECLS

/* What it is called in messages. */
#define MEASURE_RATE_VALID                                                     \
  "frames a second such as 25, 23.976 or 30000/1001, up to 1000000"

/* Reads "25", "30000/1001", or "23.976", which means 24000/1001.  Returns:
 * FALSE where @text is not that. */
gboolean measure_rate_parse (const gchar *text, gint *n, gint *d);

G_END_DECLS

#endif /* MEASURE_RATE_H */
