/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source element that sends one side of a script as fast as it can.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "script.h"

#include <gst/base/gstpushsrc.h>

#define SOAK_TYPE_SOURCE (soak_source_get_type ())
G_DECLARE_FINAL_TYPE (SoakSource, soak_source, SOAK, SOURCE, GstPushSrc)

#define SOURCE_CAPS "video/x-raw,format=I420,width=32,height=32,framerate=25/1"

GstElement *soak_source_new (guint side);

/* What to send from the next start on; @script lives until then. */
void soak_source_set_script (SoakSource *source, const Script *script);

/* After a seek nothing is sent before this.  From any thread. */
void soak_source_release (SoakSource *source);

/* Frames sent since then.  From any thread. */
guint64 soak_source_get_sent (SoakSource *source);

#endif /* SOURCE_H */
