/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors of the programs about files and data, and the user's wish to stop.
 */
#ifndef PROGRAM_ERROR_H
#define PROGRAM_ERROR_H

#include <glib.h>

G_BEGIN_DECLS

#define PROGRAM_ERROR (program_error_quark ())

/**
 * ProgramError:
 * @PROGRAM_ERROR_DATA: a file or a data set is not what it should be; the
 *   message begins with its name
 * @PROGRAM_ERROR_INTERRUPTED: the user stopped before there was any result
 */
typedef enum
{
  PROGRAM_ERROR_DATA,
  PROGRAM_ERROR_INTERRUPTED,
} ProgramError;

GQuark program_error_quark (void);

/* Sets PROGRAM_ERROR_DATA "@file: ..."; @file in the encoding of file names.
 * Returns: FALSE. */
gboolean program_fail (GError **error, const gchar *file, const gchar *format,
    ...) G_GNUC_PRINTF (3, 4);

/* Sets PROGRAM_ERROR_DATA without the name of a file, which callers put before
 * it.  Returns: FALSE. */
gboolean program_fail_unnamed (GError **error, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Sets PROGRAM_ERROR_INTERRUPTED, "interrupted before @before".  Returns:
 * FALSE. */
gboolean program_fail_interrupted (GError **error, const gchar *before);

/* Sets G_OPTION_ERROR_FAILED: options that do not go together, or are missing.
 * Returns: FALSE. */
gboolean program_refuse (GError **error, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Sets G_OPTION_ERROR_BAD_VALUE that lists @valid; @option without its dashes,
 * or NULL where the value is not one of an option.  Returns: FALSE. */
gboolean program_refuse_value (
    const gchar *text, const gchar *option, const gchar *valid, GError **error);

G_END_DECLS

#endif /* PROGRAM_ERROR_H */
