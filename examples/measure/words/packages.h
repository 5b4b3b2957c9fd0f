/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which package holds what GStreamer lacks here, by the names of Debian and
 * its relatives.
 */
#ifndef MEASURE_PACKAGES_H
#define MEASURE_PACKAGES_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Returns: (nullable): the package of an element, installed or not. */
const gchar *measure_package_of_element (const gchar *factory);

/* Returns: (transfer full) (nullable): what has to be installed before anything
 * can be measured, NULL where all is there. */
gchar *measure_packages_missing (void);

/* Returns: (transfer full): what to say where the element perceptualdistance is
 * not found. */
gchar *measure_packages_lack_element (void);

/**
 * measure_packages_describe:
 * @message: gst_is_missing_plugin_message()
 *
 * Returns: (transfer full): what is missing and how to get it, as a part of a
 *   sentence after the name of the file
 */
gchar *measure_packages_describe (GstMessage *message);

G_END_DECLS

#endif /* MEASURE_PACKAGES_H */
