/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PNG files of 16 bits a sample, which gdk-pixbuf cuts to 8.
 */
#ifndef MEASURE_STILL_PNG_H
#define MEASURE_STILL_PNG_H

#include "measure/still/still.h"

G_BEGIN_DECLS

/* Returns: (transfer full): as stored, not turned upright; NULL with @error
 * set. */
MeasureStill *measure_still_png_decode (
    const guint8 *bytes, gsize size, GError **error);

G_END_DECLS

#endif /* MEASURE_STILL_PNG_H */
