/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How many processors this process may use.
 */
#ifndef PERCEPTUAL_PROCESSORS_H
#define PERCEPTUAL_PROCESSORS_H

#include <glib.h>

G_BEGIN_DECLS

/* Returns: at least 1: those of the machine that the process is bound to, or as
 * many as the time of its control group is worth, if that is fewer. */
guint perceptual_processors (void);

/**
 * perceptual_processors_limit:
 * @root: "" for this machine; tests put folders of their own in its place
 * @most: the limit from elsewhere
 *
 * Returns: @most, or what the control groups of the process leave of it, a
 *   part of a processor counting as one
 */
guint perceptual_processors_limit (const gchar *root, guint most);

G_END_DECLS

#endif /* PERCEPTUAL_PROCESSORS_H */
