/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What headerless video is: WIDTHxHEIGHT:FORMAT[:RATE].
 */
#ifndef MEASURE_RAW_H
#define MEASURE_RAW_H

#include <gst/video/video.h>

G_BEGIN_DECLS

/* What it is called in messages. */
#define MEASURE_RAW_VALID                                                      \
  "WIDTHxHEIGHT:FORMAT:RATE such as 720x404:i420:25 or "                       \
  "1920x1080:I420_10LE:30000/1001"

/**
 * MeasureRaw:
 * @info: of a frame; offsets and strides are those of the file, where rows and
 *   planes follow each other without padding
 * @frame_size: bytes of a frame in the file
 */
typedef struct
{
  GstVideoInfo info;
  gsize frame_size;
} MeasureRaw;

/* Formats have GStreamer's names, in any case, or those that ffmpeg has for the
 * common ones; without a rate there are 25 frames a second.  Returns: FALSE
 * where @text is not that. */
gboolean measure_raw_parse (const gchar *text, MeasureRaw *self);

/* Whether the first bytes of the file @path are those of a container. */
gboolean measure_raw_is_coded (const gchar *path);

/* Returns: (transfer full): "720x404 I420, 436320 bytes a frame". */
gchar *measure_raw_describe (const MeasureRaw *self);

G_END_DECLS

#endif /* MEASURE_RAW_H */
