/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values of options as users type them.
 */
#ifndef MEASURE_VALUE_H
#define MEASURE_VALUE_H

#include "console/duration.h"
#include "perceptual.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Sets G_OPTION_ERROR_BAD_VALUE that lists @valid.  Returns: FALSE. */
gboolean measure_value_refuse (
    const gchar *text, const gchar *option, const gchar *valid, GError **error);

/**
 * measure_value_parse:
 * @spec: a property of type boolean, number, fraction, string or enum
 * @text: "true", "12", "0.5", "40ms", a word
 * @value: zeroed memory
 * @error: G_OPTION_ERROR_BAD_VALUE that lists what is valid
 *
 * An option of the library's tables is read by the library.
 *
 * Returns: TRUE and @value of the property's type, or FALSE.
 */
gboolean measure_value_parse (
    GParamSpec *spec, const gchar *text, GValue *value, GError **error);

/* Whether @spec is a property in nanoseconds, whose values are written as
 * times (console/duration.h). */
gboolean measure_value_is_time (GParamSpec *spec);

/* Reads one of those; @frames: whether 3f is valid.  @error: as of
 * duration_parse(). */
gboolean measure_value_parse_time (GParamSpec *spec, const gchar *text,
    gboolean frames, Duration *duration, GError **error);

/* Returns: (transfer full): the values that @spec takes, short, for the help:
 * "NUMBER", "skip|error". */
gchar *measure_value_describe (GParamSpec *spec);

/* Returns: (transfer full) (nullable): the default of @spec as users type it,
 * NULL where it is to say nothing. */
gchar *measure_value_default (GParamSpec *spec);

/* Whether @text, a valid value, says the same as the default. */
gboolean measure_value_is_default (
    const PerceptualOption *option, const gchar *text);

G_END_DECLS

#endif /* MEASURE_VALUE_H */
