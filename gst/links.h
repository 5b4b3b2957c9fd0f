/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A look at the sink pads some time after the start.  A branch that was
 * forgotten, or linked to the wrong element, would otherwise stop the pipeline
 * silently.
 */
#ifndef PERCEPTUAL_LINKS_H
#define PERCEPTUAL_LINKS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Elements such as decodebin link their pads once they know the stream, some
 * of them over a network. */
#define PERCEPTUAL_LINKS_PATIENCE (10 * GST_SECOND)

typedef struct _PerceptualLinks PerceptualLinks;

/* Posts a WARNING for @element that names the sink pads without a peer, if
 * there are any after PERCEPTUAL_LINKS_PATIENCE of the system's clock.
 * Returns: (transfer full): to be freed when the element stops */
PerceptualLinks *perceptual_links_watch (GstElement *element);
void perceptual_links_free (PerceptualLinks *links);

G_END_DECLS

#endif /* PERCEPTUAL_LINKS_H */
