/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The configuration file: arguments, one a line.
 */
#ifndef MONITOR_CONFIG_FILE_H
#define MONITOR_CONFIG_FILE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * monitor_config_file_read:
 * @error: G_OPTION_ERROR
 *
 * A line "name = value" is the option --name=value, any other line an argument
 * without an option; those that are empty or begin with # say nothing.
 *
 * Returns: (transfer full) (array zero-terminated=1) (nullable): the arguments
 */
gchar **monitor_config_file_read (const gchar *path, GError **error);

/* Whether what is read anew would not wait for ever, as for a pipe to which
 * nobody writes any more.  Returns: FALSE with G_OPTION_ERROR set. */
gboolean monitor_config_file_lasts (const gchar *path, GError **error);

G_END_DECLS

#endif /* MONITOR_CONFIG_FILE_H */
