/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From raw frames to small JPEG files, or to PNG files.  They are to be looked
 * at; numbers come from the frames themselves.
 */
#include "measure/photo.h"

#include "measure/crop.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gst/video/video.h>

/* Side of the cut-outs. */
#define CUT 256

/* What a picture of this longest side may take, and more in proportion, so that
 * a page of six moments has 3 MB at most. */
#define MOST_BYTES 76000
#define USUAL_SIZE 960
#define MOST_CUT_BYTES 22000

/* Side of the region over which the brightness of a map is averaged. */
#define REGION 24

static void
free_pixels (guchar *pixels, gpointer user)
{
  g_free (pixels);
}

/* Returns: (transfer full) (nullable): options for one that shows a part */
static GstStructure *
make_options (const gchar *crop)
{
  MeasureRegion region;

  if (!measure_crop_parse (crop, &region))
    return NULL;
  return gst_structure_new ("options", GST_VIDEO_CONVERTER_OPT_SRC_X,
      G_TYPE_INT, (gint) region.x, GST_VIDEO_CONVERTER_OPT_SRC_Y, G_TYPE_INT,
      (gint) region.y, GST_VIDEO_CONVERTER_OPT_SRC_WIDTH, G_TYPE_INT,
      (gint) region.width, GST_VIDEO_CONVERTER_OPT_SRC_HEIGHT, G_TYPE_INT,
      (gint) region.height, NULL);
}

/* @crop: (nullable): the part that is shown.  Returns: (transfer full)
 * (nullable): @sample in RGB, @width x @height. */
static GdkPixbuf *
convert (GstSample *sample, const gchar *crop, guint width, guint height)
{
  GstVideoInfo from, to;
  GstVideoFrame in, out;
  GstVideoConverter *converter;
  GstBuffer *buffer;
  GdkPixbuf *pixbuf = NULL;
  guchar *pixels;

  if (!gst_video_info_from_caps (&from, gst_sample_get_caps (sample)))
    return NULL;
  gst_video_info_set_format (&to, GST_VIDEO_FORMAT_RGB, width, height);
  to.interlace_mode = from.interlace_mode;
  to.fps_n = from.fps_n;
  to.fps_d = from.fps_d;
  converter = gst_video_converter_new (&from, &to, make_options (crop));
  pixels = g_malloc (GST_VIDEO_INFO_SIZE (&to));
  buffer = gst_buffer_new_wrapped_full (
      0, pixels, GST_VIDEO_INFO_SIZE (&to), 0, to.size, NULL, NULL);
  if (converter != NULL
      && gst_video_frame_map (
          &in, &from, gst_sample_get_buffer (sample), GST_MAP_READ)) {
    if (gst_video_frame_map (&out, &to, buffer, GST_MAP_WRITE)) {
      gst_video_converter_frame (converter, &in, &out);
      gst_video_frame_unmap (&out);
      pixbuf = gdk_pixbuf_new_from_data (pixels, GDK_COLORSPACE_RGB, FALSE, 8,
          (int) width, (int) height, GST_VIDEO_INFO_PLANE_STRIDE (&to, 0),
          free_pixels, NULL);
    }
    gst_video_frame_unmap (&in);
  }
  gst_buffer_unref (buffer);
  if (pixbuf == NULL)
    g_free (pixels);
  g_clear_pointer (&converter, gst_video_converter_free);
  return pixbuf;
}

/* At the best quality of which it takes no more than @most bytes. */
static gboolean
encode (MeasurePhoto *photo, GdkPixbuf *pixbuf, gsize most)
{
  static const gchar *const qualities[] = { "88", "80", "70", "58", "45", "30",
    "18", "10" };
  gchar *data = NULL;
  gsize size = 0;

  for (guint i = 0; i < G_N_ELEMENTS (qualities); i++) {
    g_clear_pointer (&data, g_free);
    if (!gdk_pixbuf_save_to_buffer (
            pixbuf, &data, &size, "jpeg", NULL, "quality", qualities[i], NULL))
      return FALSE;
    if (size <= most)
      break;
  }
  photo->file = g_bytes_new_take (data, size);
  photo->width = (guint) gdk_pixbuf_get_width (pixbuf);
  photo->height = (guint) gdk_pixbuf_get_height (pixbuf);
  return TRUE;
}

/* Quickly: files are taken apart again for what they are made into. */
static gboolean
encode_lossless (MeasurePhoto *photo, GdkPixbuf *pixbuf)
{
  gchar *data = NULL;
  gsize size = 0;

  if (!gdk_pixbuf_save_to_buffer (
          pixbuf, &data, &size, "png", NULL, "compression", "1", NULL))
    return FALSE;
  photo->file = g_bytes_new_take (data, size);
  photo->width = (guint) gdk_pixbuf_get_width (pixbuf);
  photo->height = (guint) gdk_pixbuf_get_height (pixbuf);
  return TRUE;
}

/* Shrinks where it is larger than @size. */
static gboolean
encode_whole (MeasurePhoto *photo, GdkPixbuf *pixbuf, guint size)
{
  guint width = (guint) gdk_pixbuf_get_width (pixbuf);
  guint height = (guint) gdk_pixbuf_get_height (pixbuf);
  guint longest = MAX (width, height);
  g_autoptr (GdkPixbuf) small = NULL;
  gsize most = MAX (MOST_BYTES,
      (gsize) ((guint64) MOST_BYTES * size * size / USUAL_SIZE / USUAL_SIZE));

  if (longest <= size)
    return encode (photo, pixbuf, most);
  small = gdk_pixbuf_scale_simple (pixbuf,
      (int) MAX (1, (guint64) width * size / longest),
      (int) MAX (1, (guint64) height * size / longest), GDK_INTERP_BILINEAR);
  return small != NULL && encode (photo, small, most);
}

static gboolean
encode_cut (MeasurePhoto *photo, GdkPixbuf *pixbuf, const MeasureMoment *moment)
{
  g_autoptr (GdkPixbuf) cut =
      gdk_pixbuf_new_subpixbuf (pixbuf, (int) moment->cut_left,
          (int) moment->cut_top, MIN (CUT, gdk_pixbuf_get_width (pixbuf)),
          MIN (CUT, gdk_pixbuf_get_height (pixbuf)));

  return cut != NULL && encode (photo, cut, MOST_CUT_BYTES);
}

/* --- where the map is brightest ------------------------------------------ */

/* Adds row @y to the @sums of the columns, by 1, or takes it away, by -1. */
static void
add_row (const GdkPixbuf *map, guint y, gint by, gint64 *sums)
{
  guint width = (guint) gdk_pixbuf_get_width (map);
  const guchar *pixel =
      gdk_pixbuf_read_pixels (map) + y * (gsize) gdk_pixbuf_get_rowstride (map);

  for (guint x = 0; x < width; x++, pixel += 3)
    sums[x] += by * (3 * pixel[0] + 6 * pixel[1] + pixel[2]);
}

/* Returns: the largest sum of @across columns; @left: (out): the first one. */
static gint64
find_run (const gint64 *sums, guint width, guint across, guint *left)
{
  gint64 sum = 0, most = -1;

  for (guint x = 0; x < width; x++) {
    sum += sums[x];
    if (x >= across)
      sum -= sums[x - across];
    if (x + 1 < across || sum <= most)
      continue;
    most = sum;
    *left = x + 1 - across;
  }
  return most;
}

static guint
place (guint middle, guint length)
{
  guint cut = MIN (CUT, length);

  return MIN (middle - MIN (middle, cut / 2), length - cut);
}

/* Heat maps are the lighter the more a pixel differs. */
static void
find_brightest (const GdkPixbuf *map, MeasureMoment *moment)
{
  guint width = (guint) gdk_pixbuf_get_width (map);
  guint height = (guint) gdk_pixbuf_get_height (map);
  guint across = MIN (REGION, width), down = MIN (REGION, height);
  g_autofree gint64 *sums = g_new0 (gint64, width);
  guint left = (width - across) / 2, top = (height - down) / 2;
  gint64 most = 0;

  for (guint y = 0; y < height; y++) {
    guint at = 0;
    gint64 sum;

    add_row (map, y, 1, sums);
    if (y >= down)
      add_row (map, y - down, -1, sums);
    if (y + 1 < down)
      continue;
    sum = find_run (sums, width, across, &at);
    if (sum <= most)
      continue;
    most = sum;
    left = at;
    top = y + 1 - down;
  }
  moment->cut_left = place (left + across / 2, width);
  moment->cut_top = place (top + down / 2, height);
}

/* ------------------------------------------------------------------------- */

static gboolean
make (MeasureMoment *moment, GdkPixbuf *const *whole, guint size)
{
  GdkPixbuf *map = whole[MEASURE_VIEW_MAP];
  gboolean cut = map != NULL && size > 0
      && (gdk_pixbuf_get_width (map) > CUT * 5 / 4
          || gdk_pixbuf_get_height (map) > CUT * 5 / 4);

  if (cut)
    find_brightest (map, moment);
  for (guint i = 0; i <= MEASURE_VIEW_MAP; i++) {
    if (whole[i] == NULL)
      continue;
    if (size == 0) {
      if (!encode_lossless (&moment->photos[i], whole[i]))
        return FALSE;
      continue;
    }
    if (!encode_whole (&moment->photos[i], whole[i], size)
        || (cut
            && !encode_cut (&moment->photos[MEASURE_VIEW_REFERENCE_CUT + i],
                whole[i], moment)))
      return FALSE;
  }
  return TRUE;
}

/* How large the pictures are: what is shown of the reference. */
static gboolean
find_size (const MeasurePhotoOrder *order, guint *width, guint *height)
{
  MeasureRegion region;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (order->reference)))
    return FALSE;
  *width = (guint) GST_VIDEO_INFO_WIDTH (&info);
  *height = (guint) GST_VIDEO_INFO_HEIGHT (&info);
  if (!measure_crop_parse (order->reference_crop, &region))
    return TRUE;
  *width = region.width;
  *height = region.height;
  return TRUE;
}

gchar *
measure_photo_make (MeasureMoment *moment, const MeasurePhotoOrder *order)
{
  GdkPixbuf *whole[MEASURE_VIEW_MAP + 1] = { NULL };
  gboolean done = FALSE;
  guint width, height;

  if (find_size (order, &width, &height)) {
    whole[MEASURE_VIEW_REFERENCE] =
        convert (order->reference, order->reference_crop, width, height);
    whole[MEASURE_VIEW_DISTORTED] =
        convert (order->distorted, order->distorted_crop, width, height);
    if (order->map != NULL)
      whole[MEASURE_VIEW_MAP] = convert (order->map, NULL, width, height);
    done = whole[MEASURE_VIEW_REFERENCE] != NULL
        && whole[MEASURE_VIEW_DISTORTED] != NULL
        && (order->map == NULL || whole[MEASURE_VIEW_MAP] != NULL)
        && make (moment, whole, order->size);
  }
  for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
    g_clear_object (&whole[i]);
  if (done)
    return NULL;
  for (guint i = 0; i < MEASURE_N_VIEWS; i++)
    g_clear_pointer (&moment->photos[i].file, g_bytes_unref);
  return g_strdup ("the frames could not be made into pictures");
}
