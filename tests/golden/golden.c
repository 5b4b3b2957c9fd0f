/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the expected distances and their images.
 */
#include "golden.h"

#include <cairo.h>
#include <math.h>

gchar *
golden_path (const gchar *folder, const gchar *name)
{
  const gchar *data = g_getenv ("PERCEPTUAL_TEST_DATA");

  if (data == NULL || *data == '\0') {
    g_test_skip ("PERCEPTUAL_TEST_DATA is not set");
    return NULL;
  }
  return g_build_filename (data, folder, name, NULL);
}

JsonObject *
golden_json (const gchar *name)
{
  g_autofree gchar *path = golden_path ("golden", name);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return NULL;
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

static cairo_surface_t *
load_png (const gchar *name)
{
  g_autofree gchar *path = golden_path ("media", name);
  cairo_surface_t *png = cairo_image_surface_create_from_png (path);
  cairo_surface_t *rgb;
  cairo_t *cr;

  g_assert_cmpint (cairo_surface_status (png), ==, CAIRO_STATUS_SUCCESS);
  rgb = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
      cairo_image_surface_get_width (png),
      cairo_image_surface_get_height (png));
  cr = cairo_create (rgb);
  cairo_set_source_surface (cr, png, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (png);
  cairo_surface_flush (rgb);
  return rgb;
}

GoldenImage *
golden_image (const gchar *name, JsonNode *crop)
{
  cairo_surface_t *png = load_png (name);
  GoldenImage *image = g_new0 (GoldenImage, 1);
  guint left = 0, top = 0;
  guint width = cairo_image_surface_get_width (png);
  guint height = cairo_image_surface_get_height (png);
  guint8 *out;

  if (crop != NULL && JSON_NODE_HOLDS_ARRAY (crop)) {
    JsonArray *box = json_node_get_array (crop);

    left = json_array_get_int_element (box, 0);
    top = json_array_get_int_element (box, 1);
    /* A box that sticks out ends at the edge of the image, as in the program
     * that made the expected values. */
    g_assert_cmpuint (left, <, width);
    g_assert_cmpuint (top, <, height);
    width = MIN (width - left, json_array_get_int_element (box, 2));
    height = MIN (height - top, json_array_get_int_element (box, 3));
  }
  image->view.pixels = PERCEPTUAL_PIXELS_RGBX8;
  image->view.width = width;
  image->view.height = height;
  image->view.stride = width * 4;
  image->memory = out = g_malloc ((gsize) width * height * 4);
  image->view.data = image->memory;
  for (guint y = 0; y < height; y++) {
    const guint32 *row = (const guint32 *) (cairo_image_surface_get_data (png)
        + (top + y) * cairo_image_surface_get_stride (png));

    for (guint x = 0; x < width; x++, out += 4) {
      out[0] = row[left + x] >> 16 & 255;
      out[1] = row[left + x] >> 8 & 255;
      out[2] = row[left + x] & 255;
      out[3] = 255;
    }
  }
  cairo_surface_destroy (png);
  return image;
}

void
golden_image_free (GoldenImage *image)
{
  if (image == NULL)
    return;
  g_free (image->memory);
  g_free (image);
}

void
golden_check_near (const gchar *where, const gchar *what, gdouble actual,
    gdouble expected, gdouble tolerance)
{
  /* Written so that NaN fails. */
  if (!(fabs (actual - expected) <= tolerance))
    g_error ("%s: %s is %.9g, expected %.9g within %g, off by %.3g", where,
        what, actual, expected, tolerance, actual - expected);
}
