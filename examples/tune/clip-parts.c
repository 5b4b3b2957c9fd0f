/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A quick look at a long clip says where windows are taken from; what it found
 * is kept in the store.
 */
#include "tune/clip-parts.h"

#include "tune/scout.h"
#include "tune/store/store-query.h"

#include "console/program-error.h"

#include <stdlib.h>

static gchar *
write_seconds (const GArray *seconds)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < seconds->len; i++) {
    const TuneSecond *second = &g_array_index (seconds, TuneSecond, i);

    g_string_append_printf (text,
        "%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT "\n", second->bytes,
        second->begins);
  }
  return g_string_free (text, FALSE);
}

static GArray *
read_seconds (const gchar *text)
{
  GArray *seconds = g_array_new (FALSE, FALSE, sizeof (TuneSecond));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    gchar *end = NULL;
    TuneSecond second = { g_ascii_strtoull (lines[i], &end, 10), -1 };

    if (end == lines[i])
      continue;
    second.begins = g_ascii_strtoll (end, NULL, 10);
    g_array_append_val (seconds, second);
  }
  return seconds;
}

/* Without a look all seconds are alike. */
static GArray *
make_even (gdouble duration)
{
  GArray *seconds = g_array_new (FALSE, FALSE, sizeof (TuneSecond));
  const TuneSecond second = { 0, -1 };

  for (guint i = 0; i < duration; i++)
    g_array_append_val (seconds, second);
  return seconds;
}

static void
on_scout (gdouble part, gpointer user)
{
  TuneSession *session = user;

  console_advance (&session->console, 0, part);
}

/* Returns: (transfer full): the seconds of the clip; NULL where it was
 * interrupted, or the store failed. */
static GArray *
scout (
    TuneSession *session, const TuneClip *clip, gdouble *took, GError **error)
{
  g_autofree gchar *known =
      tune_store_find_scout (session->store, clip->sha256, NULL);
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GError) fault = NULL;
  g_autofree gchar *text = NULL;
  g_autoptr (GArray) seconds = NULL;

  if (known != NULL)
    return read_seconds (known);
  console_begin (&session->console);
  seconds = tune_scout (clip, &session->interrupted, on_scout, session, &fault);
  console_clear (&session->console);
  *took = (gdouble) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  if (g_atomic_int_get (&session->interrupted)) {
    program_fail_interrupted (error, "anything was measured");
    return NULL;
  }
  if (seconds == NULL) {
    console_say (&session->console,
        "note: where the clip is hard to encode was not found out (%s); "
        "windows are taken from all over it",
        fault->message);
    return make_even ((gdouble) clip->duration_ns / 1e9);
  }
  text = write_seconds (seconds);
  return tune_store_note_scout (session->store, clip->sha256, text, error)
      ? g_steal_pointer (&seconds)
      : NULL;
}

GArray *
tune_clip_parts (TuneSession *session, const TuneClip *clip,
    gdouble *scout_seconds, GError **error)
{
  const TuneWindowing *windowing = &session->options.windows;
  g_autoptr (GArray) seconds = NULL;
  g_autofree gchar *seed = g_strndup (clip->sha256, 8);
  gdouble took = 0;
  gboolean whole =
      tune_windowing_is_whole (windowing, (gdouble) clip->duration_ns / 1e9);

  if (!whole)
    seconds = scout (session, clip, &took, error);
  if (scout_seconds != NULL)
    *scout_seconds = took;
  if (whole)
    return tune_windows_whole ();
  return seconds == NULL
      ? NULL
      : tune_windows_choose (windowing, seconds, clip->duration_ns,
          clip->frame_ns, (guint32) strtoul (seed, NULL, 16));
}

gboolean
tune_clip_parts_are_whole (const GArray *parts)
{
  return parts->len == 1
      && g_array_index (parts, TunePart, 0).window.stop_ns == G_MAXINT64;
}
