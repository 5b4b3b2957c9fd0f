/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GTypes of the element's enums, registered when they are first asked for.
 * From any thread.
 */
#ifndef PERCEPTUAL_ENUMS_H
#define PERCEPTUAL_ENUMS_H

#include <glib-object.h>

G_BEGIN_DECLS

GType perceptual_missing_type (void);
GType perceptual_scaling_type (void);
GType perceptual_log_format_type (void);
GType perceptual_output_type (void);
GType perceptual_pair_type (void);
GType perceptual_sync_type (void);
GType perceptual_mode_type (void);

G_END_DECLS

#endif /* PERCEPTUAL_ENUMS_H */
