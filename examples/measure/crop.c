/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks for rows and columns at the edges that stay black.
 */
#include "measure/crop.h"

#include "measure/cut.h"
#include "measure/loop.h"
#include "measure/source.h"

#include <gst/video/video.h>
#include <stdio.h>
#include <string.h>

/* Places of a file that are looked at, and frames of each. */
#define PLACES 9
#define FRAMES_A_PLACE 2

/* How much is read where frames are found one after the other, and which share
 * of the frames is looked at. */
#define LONGEST (60 * GST_SECOND)
#define LONGEST_OF_PIPE (2 * GST_SECOND)
#define ONE_OF 12

/* Rows and columns whose mean is no more than this above black are black. */
#define DARK 9
#define LIMITED_BLACK 16

/* Bars of less than so many lines are edges of a picture that was scaled. */
#define FEWEST_LINES 4

/* --- parts --------------------------------------------------------------- */

gboolean
measure_crop_parse (const gchar *text, MeasureRegion *region)
{
  return text != NULL
      && sscanf (text, "%ux%u+%u+%u", &region->width, &region->height,
             &region->x, &region->y)
      == 4;
}

gchar *
measure_crop_print (const MeasureRegion *region)
{
  return g_strdup_printf (
      "%ux%u+%u+%u", region->width, region->height, region->x, region->y);
}

const gchar *
measure_crop_of (const MeasureSettings *settings, const MeasureInput *input,
    gboolean is_reference)
{
  const MeasureSetting *own = measure_settings_find (
      settings, is_reference ? "reference-crop" : "distorted-crop");
  const MeasureSetting *both = measure_settings_find (settings, "crop");

  if (input != NULL && input->crop != NULL)
    return input->crop;
  if (own != NULL)
    return own->text;
  return both != NULL ? both->text : NULL;
}

void
measure_crop_apply (
    const MeasureInput *input, GstElement *measure, const gchar *pad)
{
  g_autoptr (GstPad) sink = NULL;

  if (input->crop == NULL)
    return;
  if (strcmp (pad, "ref_sink") == 0) {
    g_object_set (measure, "reference-crop", input->crop, NULL);
    return;
  }
  sink = gst_element_get_static_pad (measure, pad);
  g_object_set (sink, "crop", input->crop, NULL);
}

/* --- looking at frames --------------------------------------------------- */

typedef struct
{
  MeasureBars *bars;
  guint frames; /* streaming thread */
  guint one_of;
} Look;

static void
note_format (MeasureBars *bars, GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;

  if (caps == NULL || !gst_video_info_from_caps (&info, caps))
    return;
  bars->width = (guint) GST_VIDEO_INFO_WIDTH (&info);
  bars->height = (guint) GST_VIDEO_INFO_HEIGHT (&info);
  bars->step_x = bars->step_y = 1;
  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS (&info); c++) {
    bars->step_x =
        MAX (bars->step_x, 1u << GST_VIDEO_FORMAT_INFO_W_SUB (info.finfo, c));
    bars->step_y =
        MAX (bars->step_y, 1u << GST_VIDEO_FORMAT_INFO_H_SUB (info.finfo, c));
  }
  if (GST_VIDEO_INFO_IS_INTERLACED (&info))
    bars->step_y *= 2;
}

/* Before the conversion, which is only for frames that are looked at. */
static GstPadProbeReturn
choose_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Look *look = user;

  note_format (look->bars, pad);
  return look->frames++ % look->one_of == 0 ? GST_PAD_PROBE_OK
                                            : GST_PAD_PROBE_DROP;
}

/* Luma of a frame. */
typedef struct
{
  const guint8 *samples;
  gsize stride;
  guint most; /* mean of what is black */
} Luma;

/* Returns: whether the mean of @n samples, @step apart, is more than @most */
static gboolean
is_lit (const guint8 *samples, guint n, gsize step, guint most)
{
  guint64 sum = 0;

  for (guint i = 0; i < n; i++)
    sum += samples[i * step];
  return sum > (guint64) most * n;
}

/* Finds the first and the last lit row. */
static gboolean
find_rows (
    const Luma *luma, guint width, guint height, guint *first, guint *last)
{
  for (*first = 0; *first < height; (*first)++) {
    if (is_lit (luma->samples + *first * luma->stride, width, 1, luma->most))
      break;
  }
  for (*last = height; *last > *first + 1; (*last)--) {
    if (is_lit (
            luma->samples + (*last - 1) * luma->stride, width, 1, luma->most))
      break;
  }
  return *first < height;
}

/* The same of columns, of @height rows from @top on. */
static gboolean
find_columns (const Luma *luma, guint width, guint top, guint height,
    guint *first, guint *last)
{
  const guint8 *samples = luma->samples + top * luma->stride;

  for (*first = 0; *first < width; (*first)++) {
    if (is_lit (samples + *first, height, luma->stride, luma->most))
      break;
  }
  for (*last = width; *last > *first + 1; (*last)--) {
    if (is_lit (samples + *last - 1, height, luma->stride, luma->most))
      break;
  }
  return *first < width;
}

static void
join_regions (MeasureRegion *self, const MeasureRegion *other)
{
  guint right = MAX (self->x + self->width, other->x + other->width);
  guint bottom = MAX (self->y + self->height, other->y + other->height);

  if (other->width == 0)
    return;
  if (self->width == 0) {
    *self = *other;
    return;
  }
  self->x = MIN (self->x, other->x);
  self->y = MIN (self->y, other->y);
  self->width = right - self->x;
  self->height = bottom - self->y;
}

/* Columns are judged between the bars above and below, where there are any. */
static void
look_at_luma (Look *look, const Luma *luma, guint width, guint height)
{
  guint top, bottom, left, right;

  if (find_rows (luma, width, height, &top, &bottom)
      && find_columns (luma, width, top, bottom - top, &left, &right))
    join_regions (&look->bars->seen,
        &(MeasureRegion){ left, top, right - left, bottom - top });
}

static GstPadProbeReturn
look_at_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstVideoInfo video;
  GstVideoFrame frame;
  Luma luma;

  if (caps == NULL || !gst_video_info_from_caps (&video, caps)
      || !gst_video_frame_map (
          &frame, &video, GST_PAD_PROBE_INFO_BUFFER (info), GST_MAP_READ))
    return GST_PAD_PROBE_OK;
  luma.samples = GST_VIDEO_FRAME_PLANE_DATA (&frame, 0);
  luma.stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);
  luma.most = DARK
      + (video.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255
              ? 0
              : LIMITED_BLACK);
  look_at_luma (user, &luma, (guint) GST_VIDEO_FRAME_WIDTH (&frame),
      (guint) GST_VIDEO_FRAME_HEIGHT (&frame));
  gst_video_frame_unmap (&frame);
  return GST_PAD_PROBE_OK;
}

static gboolean
on_message (GstMessage *message, gpointer user)
{
  return GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS
      && GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR;
}

static void
look_at (const MeasureBarsRequest *request, const MeasureCutLimits *limits,
    guint one_of, MeasureBars *bars)
{
  const MeasureInput *input = request->input;
  Look look = { .bars = bars, .one_of = one_of };
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *convert = gst_element_factory_make ("videoconvert", NULL);
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (convert, "sink");
  g_autoptr (GstPad) grey = gst_element_get_static_pad (sink, "sink");
  g_autoptr (MeasureCut) cut = NULL;
  MeasureSource source;

  gst_util_set_object_arg (
      G_OBJECT (filter), "caps", "video/x-raw,format=I420");
  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), convert, filter, sink, NULL);
  gst_element_link_many (convert, filter, sink, NULL);
  measure_source_init (&source, pipeline, input, target, request->turn);
  measure_activity_watch_input (
      request->activity, 0, input->uri, source.bin, target);
  cut = measure_cut_new (target, limits,
      measure_section_may_jump (input, &source.is_matroska), NULL);
  gst_pad_add_probe (
      target, GST_PAD_PROBE_TYPE_BUFFER, choose_frame, &look, NULL);
  gst_pad_add_probe (
      grey, GST_PAD_PROBE_TYPE_BUFFER, look_at_frame, &look, NULL);
  measure_loop_run (pipeline, on_message, NULL, request->interrupted);
  measure_source_clear (&source);
  measure_activity_forget (request->activity);
  gst_object_unref (pipeline);
}

/* Whether frames far into the file are found at once. */
static gboolean
has_index (const MeasureInput *input)
{
  return !input->is_pipe && !input->is_image
      && GST_CLOCK_TIME_IS_VALID (input->duration)
      && (input->reader != MEASURE_READER_NONE || input->correction.has_movie
          || g_str_has_suffix (input->uri, ".mkv")
          || g_str_has_suffix (input->uri, ".webm"));
}

void
measure_bars_find (const MeasureBarsRequest *request, MeasureBars *bars)
{
  const MeasureInput *input = request->input;
  MeasureCutLimits limits;
  guint64 length;

  *bars = (MeasureBars){ .width = 0 };
  measure_section_limit_beginning (&request->start, input, &limits);
  length = input->is_pipe ? LONGEST_OF_PIPE : LONGEST;
  if (request->length >= 0)
    length = MIN (length, (guint64) request->length);
  if (!has_index (input) || limits.skip > 0) {
    limits.length = length;
    look_at (request, &limits, ONE_OF, bars);
    return;
  }
  length = input->duration
      - MIN (input->duration,
          measure_section_find_start (&request->start, input)
              - (GST_CLOCK_TIME_IS_VALID (input->start) ? input->start : 0));
  if (request->length >= 0)
    length = MIN (length, (guint64) request->length);
  for (guint i = 0; i < PLACES && !g_atomic_int_get (request->interrupted);
       i++) {
    MeasureCutLimits place = limits;

    place.from += length * i / PLACES;
    place.most = FRAMES_A_PLACE;
    look_at (request, &place, 1, bars);
  }
}

/* --- what follows -------------------------------------------------------- */

void
measure_bars_join (MeasureBars *self, const MeasureBars *other)
{
  join_regions (&self->seen, &other->seen);
  self->step_x = MAX (self->step_x, other->step_x);
  self->step_y = MAX (self->step_y, other->step_y);
}

/* Moves an edge inwards to a multiple of @step, so that no black is left. */
static void
settle (guint *begin, guint *length, guint whole, guint step)
{
  guint end = *begin + *length;

  if (*begin < FEWEST_LINES)
    *begin = 0;
  if (whole - end < FEWEST_LINES)
    end = whole;
  *begin = (*begin + step - 1) / step * step;
  if (end < whole)
    end = end / step * step;
  *length = end - MIN (*begin, end);
}

gchar *
measure_bars_get_crop (const MeasureBars *self)
{
  MeasureRegion region = self->seen;

  if (region.width == 0 || region.height == 0)
    return NULL;
  settle (&region.x, &region.width, self->width, self->step_x);
  settle (&region.y, &region.height, self->height, self->step_y);
  if (region.width == 0 || region.height == 0
      || (region.width == self->width && region.height == self->height))
    return NULL;
  return measure_crop_print (&region);
}
