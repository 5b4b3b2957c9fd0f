/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A log in the layout of libvmaf's JSON log, for programs that read that:
 *
 *   { "version", "fps", "params",
 *     "frames": [ { "frameNum", "metrics": { NAME: number } } ],
 *     "pooled_metrics": { NAME: { "min", "max", "mean", "harmonic_mean" } },
 *     "aggregate_metrics": {}, "summary" }
 *
 * frameNum is a pair's index.  NAME is the name of a metric as users type it,
 * except that psnr of the stream's own planes is "psnr_y", "psnr_cb" and
 * "psnr_cr", as in libvmaf's logs (limited to 60 dB for 8 bit there).
 * Infinite values are null and left out when pooled.  harmonic_mean is
 * libvmaf's: n / sum (1 / (x + 1)) - 1.  "params" is the header and "summary"
 * the summary of the other formats; "fps", a speed of work in libvmaf, is
 * null.
 */
#ifndef PERCEPTUAL_LOG_VMAF_H
#define PERCEPTUAL_LOG_VMAF_H

#include <gst/gst.h>

#include "measuring/record.h"

G_BEGIN_DECLS

typedef struct _PerceptualLogVmaf PerceptualLogVmaf;

PerceptualLogVmaf *perceptual_log_vmaf_new (void);
void perceptual_log_vmaf_free (PerceptualLogVmaf *vmaf);

/* Forgets what was added, for a new document. */
void perceptual_log_vmaf_reset (PerceptualLogVmaf *vmaf);

/* Appends the beginning of a new document to @text. */
void perceptual_log_vmaf_begin (
    PerceptualLogVmaf *vmaf, const GstStructure *header, GString *text);

/* Appends the frame of a pair to @text. */
void perceptual_log_vmaf_add_frame (
    PerceptualLogVmaf *vmaf, const GstStructure *distance, GString *text);

/* Keeps @summary for the end. */
void perceptual_log_vmaf_set_summary (
    PerceptualLogVmaf *vmaf, const GstStructure *summary);

/* Appends to @text what makes the document complete as it is now: all of it
 * before it has begun. */
void perceptual_log_vmaf_append_end (
    const PerceptualLogVmaf *vmaf, GString *text);

G_END_DECLS

#endif /* PERCEPTUAL_LOG_VMAF_H */
