/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sends a live picture that another process can make at the same time: a ball
 * whose place follows the clock on the wall.  What is sent instead is read from
 * standard input, a word a line: clean, frozen, black, noise, large (of another
 * size).  It ends with its input.
 *
 * usage: sender rtp|srt|ts PORT
 */
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BALL                                                                   \
  "videotestsrc is-live=true pattern=ball animation-mode=wall-time "           \
  "background-color=0xff606060 ! "
#define STANDING                                                               \
  "videotestsrc num-buffers=1 pattern=ball background-color=0xff606060 ! "     \
  "imagefreeze is-live=true ! "
#define CAPS "video/x-raw,format=I420,width=320,height=240,framerate=25/1"
#define LARGE "video/x-raw,format=I420,width=640,height=480,framerate=25/1"

static const gchar *const words[] = { "clean", "frozen", "black", "noise",
  "large" };

#define TS                                                                     \
  "x264enc tune=zerolatency key-int-max=12 speed-preset=ultrafast ! "          \
  "h264parse config-interval=-1 ! mpegtsmux alignment=7 ! "

/* Returns: (transfer full): from pictures to the network. */
static gchar *
describe_transport (const gchar *name, int port)
{
  if (strcmp (name, "rtp") == 0)
    return g_strdup_printf (
        "jpegenc ! rtpjpegpay ! udpsink host=127.0.0.1 port=%d sync=false",
        port);
  if (strcmp (name, "ts") == 0)
    return g_strdup_printf (
        TS "udpsink host=127.0.0.1 port=%d sync=false", port);
  return g_strdup_printf (TS "srtsink uri=srt://127.0.0.1:%d?mode=listener "
                             "wait-for-connection=false sync=false",
      port);
}

static GstElement *
make_pipeline (const gchar *transport, int port)
{
  g_autofree gchar *end = describe_transport (transport, port);
  g_autofree gchar *text = NULL;
  g_autoptr (GError) error = NULL;
  GstElement *pipeline;

  text = g_strdup_printf (BALL CAPS
      " ! s.sink_0 " STANDING CAPS " ! s.sink_1 "
      "videotestsrc is-live=true pattern=black ! " CAPS " ! s.sink_2 "
      "videotestsrc is-live=true pattern=snow ! " CAPS " ! s.sink_3 " BALL LARGE
      " ! s.sink_4 "
      "input-selector name=s sync-streams=false ! %s",
      end);
  pipeline = gst_parse_launch (text, &error);
  if (error != NULL)
    g_error ("%s", error->message);
  return pipeline;
}

static void
choose (GstElement *pipeline, guint number)
{
  g_autoptr (GstElement) selector =
      gst_bin_get_by_name (GST_BIN (pipeline), "s");
  g_autofree gchar *name = g_strdup_printf ("sink_%u", number);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (selector, name);

  g_object_set (selector, "active-pad", pad, NULL);
}

int
main (int argc, char **argv)
{
  GstElement *pipeline;
  char line[64];

  gst_init (&argc, &argv);
  if (argc != 3)
    return 2;
  pipeline = make_pipeline (argv[1], atoi (argv[2]));
  choose (pipeline, 0);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (fgets (line, sizeof line, stdin) != NULL) {
    g_strchomp (line);
    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
      if (strcmp (line, words[i]) == 0)
        choose (pipeline, i);
    }
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return 0;
}
