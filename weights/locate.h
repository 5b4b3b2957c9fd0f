/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds the weights file of a backbone: where the user says, or in the folders
 * where the fetch tool and packages put it.
 */
#ifndef PERCEPTUAL_LOCATE_H
#define PERCEPTUAL_LOCATE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * perceptual_weights_locate:
 * @wish: (nullable): a file, or a folder that holds BACKBONE.safetensors; NULL
 *   or "" searches
 * @backbone: "alex", "squeeze" or "vgg"; a file name's stem, without slashes
 * @error: PERCEPTUAL_WEIGHTS_ERROR_NOT_FOUND, listing the places searched and
 *   the command that gets the weights
 *
 * Searches, in this order: the folders of $PERCEPTUAL_WEIGHTS_PATH (separated
 * as in $PATH), gst-perceptual/weights in the user's data folder
 * ($XDG_DATA_HOME, else ~/.local/share), and weights in the data folder that
 * the library was installed with.  Takes the first file that exists, whether
 * it can be read or not: a broken file should be noticed, not passed over.
 *
 * Thread-safe as long as the environment does not change meanwhile.
 *
 * Returns: (transfer full): the file's path, or NULL with @error set.
 */
gchar *perceptual_weights_locate (
    const gchar *wish, const gchar *backbone, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_LOCATE_H */
