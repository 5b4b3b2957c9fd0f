/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All combinations of encoders with further settings.
 */
#ifndef TUNE_ENCODING_GRID_H
#define TUNE_ENCODING_GRID_H

#include "tune/encoding.h"

G_BEGIN_DECLS

typedef struct _TuneEncodingGrid TuneEncodingGrid;

/* Returns: (transfer full): a grid without axes. */
TuneEncodingGrid *tune_encoding_grid_new (void);
void tune_encoding_grid_free (TuneEncodingGrid *self);

/* Adds the axis @text, "KEY=A,B,..."; a comma in a value is written as \,.
 * @error: G_OPTION_ERROR_BAD_VALUE. */
gboolean tune_encoding_grid_add (
    TuneEncodingGrid *self, const gchar *text, GError **error);

/**
 * tune_encoding_grid_expand:
 * @encodings: (element-type TuneEncoding)
 * @error: G_OPTION_ERROR_BAD_VALUE: an encoder has no such setting, or two
 *   combinations are the same
 *
 * Returns: (transfer full) (element-type TuneEncoding): each of @encodings with
 *   all combinations of the axes' values, the last axis fastest; without axes
 *   they are as they were
 */
GPtrArray *tune_encoding_grid_expand (
    const TuneEncodingGrid *self, const GPtrArray *encodings, GError **error);

/* Returns: (transfer full): the same encoding. */
TuneEncoding *tune_encoding_copy (const TuneEncoding *self);

/**
 * tune_encoding_scaled:
 * @width: even
 * @height: even
 *
 * Returns: (transfer full): @self, of the encoder table or a fragment of a
 *   gst-launch line, on pictures of that size; its values are @self's
 */
TuneEncoding *tune_encoding_scaled (
    const TuneEncoding *self, guint width, guint height);

/* Returns: (transfer none): what gives the same encodes as @self, of pictures
 * of this size: what is not scaled where they have its size already, which may
 * be known from elsewhere; else @self. */
const TuneEncoding *tune_encoding_of_size (
    const TuneEncoding *self, guint width, guint height);

G_END_DECLS

#endif /* TUNE_ENCODING_GRID_H */
