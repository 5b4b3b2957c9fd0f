/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GTypes of the element's enums, registered when they are first asked for.
 * From any thread.
 */
#ifndef PERCEPTUAL_ENUMS_H
#define PERCEPTUAL_ENUMS_H

#include "perceptual.h"

#include <glib-object.h>

G_BEGIN_DECLS

GType perceptual_missing_type (void);
GType perceptual_scaling_type (void);
GType perceptual_log_format_type (void);
GType perceptual_output_type (void);
GType perceptual_pair_type (void);
GType perceptual_sync_type (void);
GType perceptual_mode_type (void);

/* The table of metrics as an enum. */
GType perceptual_metric_type (void);

/* The choices of @option, which has some, as an enum. */
GType perceptual_option_type (const PerceptualOption *option);

/* From the nick of a value of the enum @type, which has it, to the value; and
 * from a GValue of an enum to the nick, in static memory. */
gint perceptual_choice_value (GType type, const gchar *nick);
const gchar *perceptual_choice_nick (const GValue *value);

G_END_DECLS

#endif /* PERCEPTUAL_ENUMS_H */
