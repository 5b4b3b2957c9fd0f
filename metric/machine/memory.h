/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much memory this process may still take.
 */
#ifndef PERCEPTUAL_MEMORY_H
#define PERCEPTUAL_MEMORY_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * perceptual_memory_available:
 * @root: "" for this machine; tests put folders of their own in its place
 *
 * Returns: bytes: what the machine has, or what the control groups and the
 *   address space of the process leave of it, if that is less; G_MAXUINT64
 *   where nobody says
 */
guint64 perceptual_memory_available (const gchar *root);

G_END_DECLS

#endif /* PERCEPTUAL_MEMORY_H */
