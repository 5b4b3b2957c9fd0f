/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Registers and fills the custom meta.
 */
#include "output/meta.h"

void
perceptual_meta_register (void)
{
  static gsize registered;
  /* With tags, elements that scale or convert would drop it; but what was
   * measured remains true of the frame. */
  static const gchar *tags[] = { NULL };

  if (g_once_init_enter (&registered)) {
    gst_meta_register_custom (PERCEPTUAL_META_NAME, tags, NULL, NULL, NULL);
    g_once_init_leave (&registered, 1);
  }
}

static gboolean
copy_field (GQuark field, const GValue *value, gpointer data)
{
  gst_structure_id_set_value (data, field, value);
  return TRUE;
}

void
perceptual_meta_add (GstBuffer *buffer, const GstStructure *fields)
{
  GstCustomMeta *meta =
      gst_buffer_add_custom_meta (buffer, PERCEPTUAL_META_NAME);

  gst_structure_foreach (
      fields, copy_field, gst_custom_meta_get_structure (meta));
}
