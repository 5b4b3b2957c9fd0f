/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a pipeline with one perceptualdistance called "d" and keeps the
 * messages on its bus.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <gst/check/gstcheck.h>
#include <gst/gst.h>
#include <gst/video/video.h>

/* The messages of a run.  Owned by the listener. */
typedef struct
{
  GstElement *pipeline;
  GPtrArray *distances;  /* of GstStructure */
  GPtrArray *warnings;   /* of gchar, the users' text */
  GPtrArray *advice;     /* of gchar, what came with each warning */
  GPtrArray *infos;      /* of gchar, the users' text */
  GPtrArray *alerts;     /* of GstStructure */
  GstStructure *summary; /* the newest */
  GPtrArray *summaries;  /* of GstStructure, all */
  guint n_summaries;
  GPtrArray *syncs; /* of GstStructure, perceptual-sync */
  GError *error;    /* the first */
  gchar *debug;     /* with it */
  gboolean eos;
} Listener;

/* Parses @description, which is printed as by printf. */
Listener *listener_new (const gchar *description, ...) G_GNUC_PRINTF (1, 2);

/* Sets the pipeline to PLAYING and waits for EOS or an error; fails the test
 * after a minute. */
void listener_run (Listener *listener);

/* Handles messages until EOS, an error, or @distances distances are there. */
void listener_wait (Listener *listener, guint distances);

/* Handles what is on the bus now. */
void listener_drain (Listener *listener);

/* Forgets the messages so far. */
void listener_clear (Listener *listener);

/* Has @callback called with @user for what leaves "d", as by
 * gst_pad_add_probe(). */
void listener_watch_output (Listener *listener, GstPadProbeType what,
    GstPadProbeCallback callback, gpointer user);

/* Sets the pipeline to NULL and frees everything. */
void listener_free (Listener *listener);

/* listener_new() and listener_run(). */
#define RUN(...)                                                               \
  ({                                                                           \
    Listener *run_listener = listener_new (__VA_ARGS__);                       \
    listener_run (run_listener);                                               \
    run_listener;                                                              \
  })

/* Fields of the summary and of distance @n; the test fails if there is no
 * such field. */
guint64 summary_uint (const Listener *listener, const gchar *field);
gdouble summary_double (const Listener *listener, const gchar *field);
gdouble distance_at (const Listener *listener, guint n);
guint64 time_at (const Listener *listener, guint n, const gchar *field);
gint64 delta_at (const Listener *listener, guint n);

/* The newest summary of the stream whose pad is called @stream. */
const GstStructure *summary_of (const Listener *listener, const gchar *stream);

/* Distances of that stream, in order.  Freed with g_array_unref(). */
GArray *distances_of (const Listener *listener, const gchar *stream);

/* Asserts pairs, unmatched-reference, unmatched-distorted of the summary. */
void assert_counts (const Listener *listener, guint64 pairs,
    guint64 unmatched_reference, guint64 unmatched_distorted);

/* Asserts that the run ended with EOS and without an error. */
void assert_ended_well (const Listener *listener);

/* Asserts an error whose text holds each of the strings up to NULL. */
void assert_error (const Listener *listener, GQuark domain, gint code,
    ...) G_GNUC_NULL_TERMINATED;

/* Asserts that one warning, and only one, holds @text. */
void assert_one_warning (const Listener *listener, const gchar *text);

/* --- frames made in the test, sent through appsrc ------------------------ */

/* Fills a frame; @user is that of send_frame(). */
typedef void (*FillFunc) (GstVideoFrame *frame, gpointer user);

/* All bytes of the frame become GPOINTER_TO_UINT (user). */
void fill_bytes (GstVideoFrame *frame, gpointer user);

/* Sends a frame with @pts in ms, or without a timestamp if negative, into the
 * appsrc called @source. */
void send_frame (Listener *listener, const gchar *source, const gchar *caps,
    gint pts_ms, FillFunc fill, gpointer user);

/* Sends @buffer, which is taken. */
void send_buffer (Listener *listener, const gchar *source, const gchar *caps,
    gint pts_ms, GstBuffer *buffer);
void send_end (Listener *listener, const gchar *source);

/* A pipeline of appsrcs "ref" and "dist" into d with properties @properties
 * and a fakesink. */
Listener *listener_of_frames (const gchar *properties);

/* --- files --------------------------------------------------------------- */

/* A path of a file in a fresh folder; freed with remove_file(). */
gchar *new_file (void);
void remove_file (gchar *path);

#endif /* LISTENER_H */
