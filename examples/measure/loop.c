/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs the main loop around one pipeline.
 */
#include "measure/loop.h"

typedef struct
{
  MeasureMessageFunc handle;
  gpointer user;
  gboolean done;
} Loop;

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user)
{
  Loop *loop = user;

  if (!loop->handle (message, loop->user))
    loop->done = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
drain (GstBus *bus, Loop *loop, gboolean errors)
{
  GstMessage *message;

  while ((message = gst_bus_pop (bus)) != NULL) {
    if (errors || GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
      on_message (bus, message, loop);
    gst_message_unref (message);
  }
}

void
measure_loop_run (GstElement *pipeline, MeasureMessageFunc handle,
    gpointer user, const gboolean *interrupted)
{
  Loop loop = { .handle = handle, .user = user };
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstStateChangeReturn change;

  gst_bus_add_watch (bus, on_message, &loop);
  change = gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (change != GST_STATE_CHANGE_FAILURE && !loop.done
      && !g_atomic_int_get (interrupted))
    g_main_context_iteration (NULL, TRUE);
  /* A signal ends the wait before what it woke is called. */
  if (g_atomic_int_get (interrupted))
    g_main_context_iteration (NULL, FALSE);
  gst_bus_remove_watch (bus);

  drain (bus, &loop, TRUE);

  /* READY stops the streams but keeps the bus, which only NULL empties.
   * Sources that are stopped in mid-stream may call that an error. */
  gst_element_set_state (pipeline, GST_STATE_READY);
  drain (bus, &loop, !g_atomic_int_get (interrupted));
  gst_element_set_state (pipeline, GST_STATE_NULL);
}
