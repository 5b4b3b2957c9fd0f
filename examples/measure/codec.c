/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "measure/codec.h"

/* Whether it takes nothing but streams with transparency, which nothing before
 * the first frame tells from others. */
static gboolean
needs_alpha (GstElementFactory *factory)
{
  for (const GList *item =
           gst_element_factory_get_static_pad_templates (factory);
       item != NULL; item = item->next) {
    GstStaticPadTemplate *template = item->data;
    g_autoptr (GstCaps) caps = gst_static_pad_template_get_caps (template);
    gboolean alpha = FALSE;

    if (template->direction == GST_PAD_SINK && gst_caps_get_size (caps) > 0
        && gst_structure_get_boolean (
            gst_caps_get_structure (caps, 0), "codec-alpha", &alpha)
        && alpha)
      return TRUE;
  }
  return FALSE;
}

GstElementFactory *
measure_codec_find (GstPad *pad, GstElementFactoryListType type)
{
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);
  GList *all = gst_element_factory_list_get_elements (type
          | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO
          | GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE,
      GST_RANK_MARGINAL);
  GList *takers =
      gst_element_factory_list_filter (all, caps, GST_PAD_SINK, FALSE);
  GstElementFactory *found = NULL;

  for (GList *taker = takers; taker != NULL && !found; taker = taker->next) {
    if (!gst_element_factory_list_is_type (
            taker->data, GST_ELEMENT_FACTORY_TYPE_HARDWARE)
        && !needs_alpha (taker->data))
      found = gst_object_ref (taker->data);
  }
  gst_plugin_feature_list_free (takers);
  gst_plugin_feature_list_free (all);
  return found;
}

/* With one thread a decoder gives frames back at once.  jpegdec rounds coarsely
 * unless it is told not to. */
void
measure_codec_set_up_decoder (GstElement *decoder)
{
  static const gchar *const settings[][2] = {
    { "max-threads", "1" },
    { "idct-method", "islow" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    if (g_object_class_find_property (
            G_OBJECT_GET_CLASS (decoder), settings[i][0])
        != NULL)
      gst_util_set_object_arg (
          G_OBJECT (decoder), settings[i][0], settings[i][1]);
  }
}
