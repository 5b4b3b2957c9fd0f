/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A GError as an ERROR message of the element, under the code that fits.  All
 * must be called without the element's object lock, since a message is posted.
 */
#ifndef PERCEPTUAL_ERRORS_H
#define PERCEPTUAL_ERRORS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* @error: of the domain PERCEPTUAL_ERROR */
void perceptual_report_library_error (GstElement *element, const GError *error);

/* @error: of perceptual_log_open() */
void perceptual_report_log_open_error (
    GstElement *element, const GError *error);

/* @error: of perceptual_log_write() or perceptual_log_close() */
void perceptual_report_log_write_error (
    GstElement *element, const GError *error);

/* Where the base class cannot start its thread, GStreamer warns, and what waits
 * for a frame waits for ever.  Returns: FALSE after an ERROR. */
gboolean perceptual_can_start_thread (GstElement *element);

G_END_DECLS

#endif /* PERCEPTUAL_ERRORS_H */
