/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Limits of the shell that a failure may be due to.
 */
#ifndef LOW_LIMITS_H
#define LOW_LIMITS_H

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full) (nullable): "ulimit -u 4 (processes and threads) may
 * be too low", or of -v, or both; NULL where neither is that low. */
gchar *limits_suspect (void);

G_END_DECLS

#endif /* LOW_LIMITS_H */
