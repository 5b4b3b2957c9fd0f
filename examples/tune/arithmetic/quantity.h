/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counts, times and sizes as people type them.
 */
#ifndef TUNE_QUANTITY_H
#define TUNE_QUANTITY_H

#include <glib.h>

G_BEGIN_DECLS

/* Each sets G_OPTION_ERROR_BAD_VALUE for --@option that says what is valid, and
 * returns FALSE then. */

/* A whole number from @least to @most. */
gboolean tune_quantity_count (const gchar *text, const gchar *option,
    guint least, guint most, guint *count, GError **error);

/* "90", "90s", "1.5min", "2h", "1:30:00", "500ms" (console/duration.h): from
 * 1 ms to 10000 hours. */
gboolean tune_quantity_time (
    const gchar *text, const gchar *option, gdouble *seconds, GError **error);

/* "512M", "2G", "1.5GiB", "100000": K, M and G are powers of 1024.  At least
 * 1. */
gboolean tune_quantity_size (
    const gchar *text, const gchar *option, guint64 *bytes, GError **error);

/* A number above 0. */
gboolean tune_quantity_positive (const gchar *text, const gchar *option,
    const gchar *valid, gdouble *number, GError **error);

/* Returns: (transfer full): "0:07", "1:02:03". */
gchar *tune_quantity_clock (gdouble seconds);

/* Returns: (transfer full): "1.2 MB", powers of 1000. */
gchar *tune_quantity_bytes (guint64 bytes);

G_END_DECLS

#endif /* TUNE_QUANTITY_H */
