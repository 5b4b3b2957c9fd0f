/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of encoders.
 *
 * Streams are to depend on nothing but the source and the setting, so numbers
 * of threads are fixed.  The rate is to depend on the value alone, so whatever
 * would limit it is out of the way: x264enc limits it to its "bitrate" by a
 * buffer even where a quality is asked for, and vp8enc's and vp9enc's cq-level
 * is but one of several limits of the quantizer.
 *
 * In GStreamer 1.22 vp9enc loses what lags at the end, av1enc heeds no rate
 * with lag-in-frames, and avenc_mpeg4's frames have no times.
 */
#include "tune/probe/encoder.h"

#include <string.h>

#define H264                                                                   \
  .parser = "h264parse ! capsfilter caps=video/x-h264,"                        \
            "stream-format=byte-stream,alignment=au",                          \
  .decoder = "avdec_h264"
#define H265                                                                   \
  .parser = "h265parse ! capsfilter caps=video/x-h265,"                        \
            "stream-format=byte-stream,alignment=au",                          \
  .decoder = "avdec_h265"
#define VP8 .parser = "identity", .decoder = "vp8dec"
#define VP9                                                                    \
  .parser = "vp9parse ! capsfilter caps=video/x-vp9,alignment=super-frame",    \
  .decoder = "vp9dec"
#define AV1                                                                    \
  .parser = "av1parse ! capsfilter caps=video/x-av1,"                          \
            "stream-format=obu-stream,alignment=tu",                           \
  .decoder = "av1dec"

/* The slopes are those of mmd-ssim's mean about the middle of the range, on
 * clips of a street and of a man in a car. */
#define RATES(from, middle)                                                    \
  .low = (from), .high = 200000, .step = 0, .start = (middle), .slope = .008,  \
  .ascending = TRUE

const TuneEncoder tune_encoders[] = {
  {
      .name = "x264",
      .summary = "H.264 by x264enc: CRF",
      .element = "x264enc",
      .fragment = "x264enc threads=4 pass=qual quantizer={value} "
                  "vbv-buf-capacity=0",
      H264,
      .low = 10,
      .high = 46,
      .step = 1,
      .start = 27,
      .slope = .105,
  },
  {
      .name = "x265",
      .summary = "H.265 by x265enc: CRF, in halves",
      .element = "x265enc",
      .fragment = "x265enc option-string=crf={value}:frame-threads=2:pools=4",
      H265,
      .low = 14,
      .high = 46,
      .step = .5,
      .start = 28,
      .slope = .055,
  },
  {
      .name = "vp9",
      .summary = "VP9 by vp9enc, good deadline, cpu-used=4: constant quantizer",
      .element = "vp9enc",
      .fragment = "vp9enc threads=4 end-usage=cq cq-level={value} "
                  "min-quantizer={value} max-quantizer={value} "
                  "target-bitrate=1000000000 cpu-used=4 lag-in-frames=0",
      VP9,
      .low = 15,
      .high = 55,
      .step = 1,
      .start = 36,
      .slope = .08,
  },
  {
      .name = "vp8",
      .summary = "VP8 by vp8enc, good deadline, cpu-used=4: constant quantizer",
      .element = "vp8enc",
      .fragment = "vp8enc threads=4 end-usage=cq cq-level={value} "
                  "min-quantizer={value} max-quantizer={value} "
                  "target-bitrate=1000000000 cpu-used=4",
      VP8,
      .low = 15,
      .high = 55,
      .step = 1,
      .start = 36,
      .slope = .055,
  },
  {
      .name = "av1",
      .summary = "AV1 by av1enc, good usage, cpu-used=6: constant quantizer",
      .element = "av1enc",
      .fragment = "av1enc threads=4 end-usage=q min-quantizer={value} "
                  "max-quantizer={value} cpu-used=6 lag-in-frames=25 "
                  "keyframe-max-dist=128",
      AV1,
      .low = 15,
      .high = 63,
      .step = 1,
      .start = 40,
      .slope = .065,
  },
  {
      .name = "openh264",
      .summary = "H.264 by openh264enc: constant quantizer",
      .element = "openh264enc",
      .fragment = "openh264enc rate-control=quality qp-min={value} "
                  "qp-max={value} bitrate=200000000 multi-thread=1",
      H264,
      .low = 10,
      .high = 46,
      .step = 1,
      .start = 28,
      .slope = .12,
  },
  {
      .name = "mpeg2",
      .summary = "MPEG-2 by mpeg2enc: quantizer",
      .element = "mpeg2enc",
      .fragment = "mpeg2enc format=3 constraints=false bitrate=40000 "
                  "bufsize=4000 quantisation={value}",
      .parser = "mpegvideoparse",
      .decoder = "avdec_mpeg2video",
      .low = 1,
      .high = 31,
      .step = 1,
      .start = 8,
      .slope = .18,
  },
  {
      .name = "theora",
      .summary = "Theora by theoraenc: quality, of which more is finer",
      .element = "theoraenc",
      .fragment = "theoraenc quality={value} drop-frames=false",
      .parser = "theoraparse",
      .decoder = "theoradec",
      .low = 1,
      .high = 63,
      .step = 1,
      .start = 40,
      .slope = .04,
      .ascending = TRUE,
  },
  {
      .name = "x264-rate",
      .summary = "H.264 by x264enc: average kbit/s",
      .element = "x264enc",
      .fragment = "x264enc threads=4 pass=cbr bitrate={value} "
                  "vbv-buf-capacity=0",
      H264,
      RATES (100, 2000),
  },
  {
      .name = "x265-rate",
      .summary = "H.265 by x265enc: average kbit/s",
      .element = "x265enc",
      .fragment = "x265enc bitrate={value} "
                  "option-string=frame-threads=2:pools=4",
      H265,
      RATES (100, 1500),
  },
  {
      .name = "vp9-rate",
      .summary = "VP9 by vp9enc, good deadline, cpu-used=4: average kbit/s",
      .element = "vp9enc",
      .fragment = "vp9enc threads=4 end-usage=vbr target-bitrate={value}000 "
                  "cpu-used=4 lag-in-frames=0",
      VP9,
      RATES (100, 1500),
  },
  {
      .name = "vp8-rate",
      .summary = "VP8 by vp8enc, good deadline, cpu-used=4: average kbit/s",
      .element = "vp8enc",
      .fragment = "vp8enc threads=4 end-usage=vbr target-bitrate={value}000 "
                  "cpu-used=4",
      VP8,
      RATES (100, 2000),
  },
  {
      .name = "av1-rate",
      .summary = "AV1 by av1enc, good usage, cpu-used=6: average kbit/s",
      .element = "av1enc",
      .fragment = "av1enc threads=4 end-usage=vbr target-bitrate={value} "
                  "max-quantizer=63 cpu-used=6 keyframe-max-dist=128",
      AV1,
      RATES (100, 1500),
  },
  { .name = NULL },
};

const TuneEncoder *
tune_encoder_find (const gchar *name)
{
  for (const TuneEncoder *row = tune_encoders; row->name != NULL; row++) {
    if (g_strcmp0 (row->name, name) == 0)
      return row;
  }
  return NULL;
}
