/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The plugin and its one element.
 */
#include "gstperceptualdistance.h"
#include "config.h"

/* The name under which GST_PLUGIN_DEFINE files the source. */
#define PACKAGE PACKAGE_NAME

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (perceptualdistance, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, perceptual,
    "Perceptual distance between two video streams", plugin_init,
    PACKAGE_VERSION, "LGPL", PACKAGE_NAME, PACKAGE_ORIGIN)
