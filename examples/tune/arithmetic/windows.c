/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws windows from strata of seconds that are alike in how many bytes they
 * take.
 */
#include "tune/arithmetic/windows.h"

#include "console/duration.h"
#include "measure/value.h"

#include <math.h>
#include <string.h>

#define STRATA 4

/* Without --windows: so much of the clip, within these bounds; and so many
 * windows at least, which are shorter for that. */
#define SHARE .03
#define LEAST_SECONDS 24.
#define MOST_SECONDS 120.
#define LEAST_WINDOWS 16

/* More than that are no sample any more. */
#define MOST_WINDOWS 1000

/* Frames on both sides of a window that are encoded and not measured: until the
 * encoder's rate control has settled, and because an encoder that looks ahead
 * spends less on the last frames that it gets; and what a frame lasts where it
 * is not known. */
#define LEAD_FRAMES 12
#define USUAL_FRAME_NS 40000000

#define SECOND_NS 1e9

gboolean
tune_windowing_parse (TuneWindowing *self, const gchar *text, GError **error)
{
  static const DurationRule rule = { DURATION_SECOND / 10,
    3600 * DURATION_SECOND, DURATION_PLAIN_SECONDS, FALSE };
  Duration length;
  gchar *end = NULL;
  guint64 n;

  *self = (TuneWindowing){ .seconds = 3 };
  if (strcmp (text, "auto") == 0)
    return TRUE;
  self->whole = strcmp (text, "whole") == 0;
  if (self->whole)
    return TRUE;
  n = g_ascii_isdigit (*text) ? g_ascii_strtoull (text, &end, 10) : 0;
  if (n > 0 && n <= MOST_WINDOWS && *end == 'x'
      && duration_parse (end + 1, NULL, &rule, &length, NULL)) {
    self->n = (guint) n;
    self->seconds = (gdouble) length.amount / DURATION_SECOND;
    return TRUE;
  }
  return measure_value_refuse (text, "windows",
      "auto, whole, or NxTIME such as 20x3s (up to 1000 windows of .1 s to an "
      "hour)",
      error);
}

gboolean
tune_windowing_is_whole (const TuneWindowing *self, gdouble seconds)
{
  if (self->whole || seconds <= 0)
    return TRUE;
  if (self->n == 0)
    return seconds <= TUNE_WINDOWS_WHOLE;
  return self->n * self->seconds >= seconds;
}

GArray *
tune_windows_whole (void)
{
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (TunePart));
  TunePart all = { { 0, G_MAXINT64, 0 }, 1 };

  g_array_append_val (parts, all);
  return parts;
}

/* --- strata -------------------------------------------------------------- */

typedef struct
{
  guint at; /* second of the clip */
  guint64 bytes;
} Rank;

static gint
by_bytes (gconstpointer a, gconstpointer b)
{
  const Rank *one = a;
  const Rank *other = b;

  if (one->bytes != other->bytes)
    return one->bytes < other->bytes ? -1 : 1;
  return one->at < other->at ? -1 : 1;
}

static GArray *
rank (const GArray *seconds)
{
  GArray *ranks = g_array_new (FALSE, FALSE, sizeof (Rank));

  for (guint i = 0; i < seconds->len; i++) {
    Rank rank = { i, g_array_index (seconds, TuneSecond, i).bytes };

    g_array_append_val (ranks, rank);
  }
  g_array_sort (ranks, by_bytes);
  return ranks;
}

static void
shuffle (Rank *ranks, guint n, GRand *random)
{
  for (guint i = n; i > 1; i--) {
    guint j = (guint) g_rand_int_range (random, 0, (gint32) i);
    Rank rank = ranks[i - 1];

    ranks[i - 1] = ranks[j];
    ranks[j] = rank;
  }
}

/* --- windows ------------------------------------------------------------- */

typedef struct
{
  const GArray *seconds;
  gint64 duration_ns;
  gint64 length_ns;
  gint64 lead_ns;
  GArray *parts;
} Choice;

static gboolean
fits (const Choice *self, gint64 start)
{
  if (start + self->length_ns > self->duration_ns)
    return FALSE;
  for (guint i = 0; i < self->parts->len; i++) {
    const TuneWindow *other = &g_array_index (self->parts, TunePart, i).window;

    if (start < other->stop_ns && other->start_ns < start + self->length_ns)
      return FALSE;
  }
  return TRUE;
}

/* Chooses up to @n of the stratum @ranks, in their order. */
static void
draw (Choice *self, const Rank *ranks, guint n_ranks, guint n)
{
  guint first = self->parts->len;

  for (guint i = 0; i < n_ranks && self->parts->len < first + n; i++) {
    const TuneSecond *second =
        &g_array_index (self->seconds, TuneSecond, ranks[i].at);
    gint64 start = second->begins >= 0
        ? second->begins
        : (gint64) ranks[i].at * (gint64) SECOND_NS;
    TunePart part = { { start, start + self->length_ns, self->lead_ns }, 0 };

    if (fits (self, start))
      g_array_append_val (self->parts, part);
  }
  for (guint i = first; i < self->parts->len; i++)
    g_array_index (self->parts, TunePart, i).weight = n_ranks * SECOND_NS
        / ((gdouble) (self->parts->len - first) * (gdouble) self->length_ns);
}

static gint
by_time (gconstpointer a, gconstpointer b)
{
  const TunePart *one = a;
  const TunePart *other = b;

  return one->window.start_ns < other->window.start_ns ? -1 : 1;
}

/* How many windows of how many seconds. */
static guint
plan_windows (
    const TuneWindowing *windowing, gdouble duration, gdouble *seconds)
{
  gdouble total = CLAMP (SHARE * duration, LEAST_SECONDS, MOST_SECONDS);

  *seconds = windowing->seconds;
  if (windowing->n > 0)
    return windowing->n;
  *seconds = MIN (*seconds, total / LEAST_WINDOWS);
  return (guint) (total / *seconds + .5);
}

/* The stratum of the most bytes comes last and gets two shares. */
GArray *
tune_windows_choose (const TuneWindowing *windowing, const GArray *seconds,
    gint64 duration_ns, gint64 frame_ns, guint32 seed)
{
  gdouble length;
  guint n =
      plan_windows (windowing, (gdouble) duration_ns / SECOND_NS, &length);
  guint strata = MIN (MIN (STRATA, n), MAX (seconds->len, 1));
  g_autoptr (GArray) ranks = rank (seconds);
  Rank *all = (Rank *) (void *) ranks->data;
  GRand *random = g_rand_new_with_seed (seed);
  Choice choice = {
    .seconds = seconds,
    .duration_ns = duration_ns,
    .length_ns = (gint64) (length * SECOND_NS + .5),
    .lead_ns = LEAD_FRAMES * (frame_ns > 0 ? frame_ns : USUAL_FRAME_NS),
    .parts = g_array_new (FALSE, FALSE, sizeof (TunePart)),
  };
  guint drawn = 0;

  for (guint i = 0; i < strata; i++) {
    guint from = i * ranks->len / strata;
    guint to = (i + 1) * ranks->len / strata;
    guint until = MAX (i + 1, n * (i + 1) / (strata + 1));

    if (i + 1 == strata)
      until = n;
    shuffle (all + from, to - from, random);
    draw (&choice, all + from, to - from, until - drawn);
    drawn = until;
  }
  g_rand_free (random);
  if (choice.parts->len == 0) {
    g_array_unref (choice.parts);
    return tune_windows_whole ();
  }
  g_array_sort (choice.parts, by_time);
  return choice.parts;
}
