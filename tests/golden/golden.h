/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Expected distances and real images for tests.  They are not part of the
 * project: the environment variable PERCEPTUAL_TEST_DATA names a folder that
 * holds golden/ (JSON), media/ (PNG) and weights/.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <json-glib/json-glib.h>

#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: (transfer full): PATH of @folder/@name in the data, or NULL when
 * there is no data: the test has then been marked as skipped. */
gchar *golden_path (const gchar *folder, const gchar *name);

/* Returns: (transfer full): the root object of golden/@name, or NULL with the
 * test marked as skipped.  A file that does not parse fails the test. */
JsonObject *golden_json (const gchar *name);

/* An image with its own memory. */
typedef struct
{
  PerceptualImage view;
  guint8 *memory;
} GoldenImage;

/* media/@name, cut to @crop (JSON array left, top, width, height; NULL or
 * JSON null for all of it). */
GoldenImage *golden_image (const gchar *name, JsonNode *crop);
void golden_image_free (GoldenImage *image);

/* Asserts |actual - expected| <= tolerance and prints all three if not. */
#define golden_assert_near(actual, expected, tolerance)                        \
  golden_check_near (G_STRLOC, #actual, actual, expected, tolerance)

void golden_check_near (const gchar *where, const gchar *what, gdouble actual,
    gdouble expected, gdouble tolerance);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GoldenImage, golden_image_free)

G_END_DECLS

#endif /* GOLDEN_H */
