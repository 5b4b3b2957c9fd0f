/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds sink pads without a peer.
 */
#include "links.h"

struct _PerceptualLinks
{
  GstClock *clock;
  GstClockID id;
};

/* Returns: (nullable): names of the sink pads without a peer. */
static gchar *
list_unlinked (GstElement *element)
{
  g_autoptr (GString) names = g_string_new (NULL);

  GST_OBJECT_LOCK (element);
  for (GList *l = element->sinkpads; l != NULL; l = l->next) {
    if (!gst_pad_is_linked (l->data))
      g_string_append_printf (names, "%s%s", names->len > 0 ? " and " : "",
          GST_OBJECT_NAME (l->data));
  }
  GST_OBJECT_UNLOCK (element);
  return names->len > 0 ? g_string_free (g_steal_pointer (&names), FALSE)
                        : NULL;
}

static gboolean
look (GstClock *clock, GstClockTime time, GstClockID id, gpointer user)
{
  g_autoptr (GstElement) element = g_weak_ref_get (user);
  g_autofree gchar *names = NULL;

  if (element == NULL)
    return TRUE;
  names = list_unlinked (element);
  if (names != NULL && GST_STATE (element) > GST_STATE_READY)
    GST_ELEMENT_WARNING (element, CORE, PAD,
        ("Nothing is linked to %s yet, so there is nothing to compare", names),
        ("Link the reference to ref_sink and the distorted video to "
         "dist_sink."));
  return TRUE;
}

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

PerceptualLinks *
perceptual_links_watch (GstElement *element)
{
  PerceptualLinks *self = g_new0 (PerceptualLinks, 1);
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  /* The clock's thread releases an unscheduled entry only when it gets to it:
   * a stopped element must not live until then. */
  g_weak_ref_init (weak, element);
  self->clock = gst_system_clock_obtain ();
  self->id = gst_clock_new_single_shot_id (self->clock,
      gst_clock_get_time (self->clock) + PERCEPTUAL_LINKS_PATIENCE);
  gst_clock_id_wait_async (self->id, look, weak, free_weak_ref);
  return self;
}

void
perceptual_links_free (PerceptualLinks *self)
{
  if (self == NULL)
    return;
  gst_clock_id_unschedule (self->id);
  gst_clock_id_unref (self->id);
  gst_object_unref (self->clock);
  g_free (self);
}
