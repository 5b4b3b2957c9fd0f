/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Turns errors of the library and of the log into ERROR messages, with the
 * code that GStreamer has for each of theirs.
 */
#include "errors.h"

#include "perceptual.h"

void
perceptual_report_library_error (GstElement *element, const GError *error)
{
  switch (error->code) {
    case PERCEPTUAL_ERROR_METRIC:
    case PERCEPTUAL_ERROR_OPTION:
      GST_ELEMENT_ERROR (
          element, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND:
      GST_ELEMENT_ERROR (
          element, RESOURCE, NOT_FOUND, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_WEIGHTS_INVALID:
      GST_ELEMENT_ERROR (
          element, RESOURCE, READ, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_NO_MEMORY:
    case PERCEPTUAL_ERROR_THREAD:
      GST_ELEMENT_ERROR (
          element, RESOURCE, NO_SPACE_LEFT, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_SIZE:
      GST_ELEMENT_ERROR (
          element, STREAM, FORMAT, ("%s", error->message), (NULL));
      break;
    default:
      GST_ELEMENT_ERROR (
          element, STREAM, FAILED, ("%s", error->message), (NULL));
  }
}

void
perceptual_report_log_open_error (GstElement *element, const GError *error)
{
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_INVAL))
    GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS, ("%s", error->message),
        ("Set log-location to the path of a plain file, or log-max-bytes and "
         "log-max-time to 0."));
  else if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
    GST_ELEMENT_ERROR (element, RESOURCE, BUSY, ("%s", error->message),
        ("Set log-location to another path for each element."));
  else
    GST_ELEMENT_ERROR (element, RESOURCE, OPEN_WRITE, ("%s", error->message),
        ("Set log-location to a path that can be written."));
}

void
perceptual_report_log_write_error (GstElement *element, const GError *error)
{
  const gchar *advice = "Check log-location and the room left on the disk. "
                        "What was measured before is in the messages.";

  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    GST_ELEMENT_ERROR (element, RESOURCE, NO_SPACE_LEFT, ("%s", error->message),
        ("%s", advice));
  else
    GST_ELEMENT_ERROR (
        element, RESOURCE, WRITE, ("%s", error->message), ("%s", advice));
}

static gpointer
do_nothing (gpointer data)
{
  return NULL;
}

gboolean
perceptual_can_start_thread (GstElement *element)
{
  g_autoptr (GError) error = NULL;
  GThread *thread =
      g_thread_try_new ("perceptual-try", do_nothing, NULL, &error);

  if (thread != NULL)
    g_thread_join (thread);
  else
    GST_ELEMENT_ERROR (element, RESOURCE, NO_SPACE_LEFT,
        ("The thread that pairs frames cannot be started: %s", error->message),
        ("Look at ulimit -u and -v, or end other programs."));
  return thread != NULL;
}
