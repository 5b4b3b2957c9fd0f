/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A loader of gdk-pixbuf that takes itself for the one of WebP images, and
 * crashes over all of them.
 */
#define GDK_PIXBUF_ENABLE_BACKEND
#include <gdk-pixbuf/gdk-pixbuf.h>

#include <gmodule.h>
#include <signal.h>

G_MODULE_EXPORT void fill_vtable (GdkPixbufModule *module);
G_MODULE_EXPORT void fill_info (GdkPixbufFormat *info);

static GdkPixbuf *
crash (FILE *file, GError **error)
{
  (void) file;
  (void) error;
  raise (SIGSEGV);
  return NULL;
}

void
fill_vtable (GdkPixbufModule *module)
{
  module->load = crash;
}

/* The test writes down what is asked here. */
void
fill_info (GdkPixbufFormat *info)
{
  info->flags = 0;
}
