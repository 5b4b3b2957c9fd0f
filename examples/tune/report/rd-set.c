/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From encodes to points of curves.
 */
#include "tune/report/rd-set.h"

#include "console/printable.h"
#include "tune/arithmetic/target.h"

#include <math.h>
#include <string.h>

static void
free_entry (gpointer data)
{
  TuneRdEntry *entry = data;

  g_free (entry->clip);
  g_free (entry->label);
  g_free (entry->statistics);
  g_free (entry->error);
  g_free (entry);
}

TuneRdSet *
tune_rd_set_new (const gchar *metric, gboolean similarity)
{
  TuneRdSet *self = g_new0 (TuneRdSet, 1);

  self->metric = printable_text (metric);
  self->similarity = similarity;
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->entries = g_ptr_array_new_with_free_func (free_entry);
  return self;
}

void
tune_rd_set_free (TuneRdSet *self)
{
  if (self == NULL)
    return;
  g_free (self->metric);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

void
tune_rd_set_add_statistics (TuneRdSet *self)
{
  for (const TuneStatistic *s = tune_statistics; s->name != NULL; s++) {
    if (self->similarity ? s->similarities : s->distances)
      g_ptr_array_add (self->names, g_strdup (s->name));
  }
}

TuneRdEntry *
tune_rd_set_add (
    TuneRdSet *self, const gchar *clip, const gchar *label, gdouble value)
{
  TuneRdEntry *entry = g_new0 (TuneRdEntry, 1);

  entry->clip = printable_text (clip);
  entry->label = printable_text (label);
  entry->value = value;
  entry->rate = NAN;
  entry->statistics = g_new (gdouble, self->names->len);
  for (guint i = 0; i < self->names->len; i++)
    entry->statistics[i] = NAN;
  g_ptr_array_add (self->entries, entry);
  return entry;
}

void
tune_rd_set_take_sample (
    const TuneRdSet *self, TuneRdEntry *entry, const TuneSample *sample)
{
  g_free (entry->error);
  entry->error = g_strdup (sample->error);
  if (sample->error != NULL)
    return;
  entry->rate = sample->rate;
  entry->bytes = sample->bytes;
  entry->pairs = sample->distances->len;
  entry->seconds = sample->encode_seconds;
  entry->known = sample->known;
  for (const TuneStatistic *s = tune_statistics; s->name != NULL; s++) {
    gint place = tune_rd_set_find (self, s->name);

    if (place >= 0)
      entry->statistics[place] =
          tune_statistic_of (s, sample, self->similarity);
  }
}

gint
tune_rd_set_find (const TuneRdSet *self, const gchar *name)
{
  for (guint i = 0; i < self->names->len; i++) {
    if (strcmp (self->names->pdata[i], name) == 0)
      return (gint) i;
  }
  return -1;
}

/* --- what there is ------------------------------------------------------- */

static const gchar *
clip_of (const TuneRdEntry *entry)
{
  return entry->clip;
}

static const gchar *
label_of (const TuneRdEntry *entry)
{
  return entry->label;
}

static GPtrArray *
list (const TuneRdSet *self, const gchar *(*get) (const TuneRdEntry *) )
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < self->entries->len; i++) {
    const gchar *text = get (self->entries->pdata[i]);

    if (!g_ptr_array_find_with_equal_func (found, text, g_str_equal, NULL))
      g_ptr_array_add (found, (gpointer) text);
  }
  return found;
}

GPtrArray *
tune_rd_set_list_clips (const TuneRdSet *self)
{
  return list (self, clip_of);
}

GPtrArray *
tune_rd_set_list_labels (const TuneRdSet *self)
{
  return list (self, label_of);
}

/* --- points -------------------------------------------------------------- */

static TunePoint
point_of (const TuneRdSet *self, const TuneRdEntry *entry, guint statistic)
{
  gdouble value = entry->statistics[statistic];

  return (TunePoint){ entry->rate,
    self->similarity ? value : tune_quality_of_distance (value) };
}

GArray *
tune_rd_set_points (const TuneRdSet *self, const gchar *clip,
    const gchar *label, guint statistic)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (TunePoint));

  for (guint i = 0; i < self->entries->len; i++) {
    const TuneRdEntry *entry = self->entries->pdata[i];
    TunePoint point;

    if (entry->error != NULL || strcmp (entry->clip, clip) != 0
        || (label != NULL && strcmp (entry->label, label) != 0))
      continue;
    point = point_of (self, entry, statistic);
    g_array_append_val (points, point);
  }
  return points;
}

/* Leaves those on the hull; what has no place on it is left for the error that
 * it deserves. */
static GArray *
keep_hull (GArray *points)
{
  g_autofree gboolean *on_hull = g_new0 (gboolean, points->len + 1);
  guint n = 0;

  for (guint i = 0; i < points->len; i++) {
    if (!tune_point_has_place (&g_array_index (points, TunePoint, i)))
      return points;
  }
  tune_hull ((const TunePoint *) points->data, points->len, on_hull);
  for (guint i = 0; i < points->len; i++) {
    if (on_hull[i])
      g_array_index (points, TunePoint, n++) =
          g_array_index (points, TunePoint, i);
  }
  g_array_set_size (points, n);
  return points;
}

gboolean
tune_rd_set_gain (const TuneRdSet *self, const gchar *clip, const gchar *anchor,
    const gchar *test, guint statistic, gboolean hull, TuneGain *gain,
    GError **error)
{
  g_autoptr (GArray) one = tune_rd_set_points (self, clip, anchor, statistic);
  g_autoptr (GArray) other = tune_rd_set_points (self, clip, test, statistic);

  if (hull) {
    keep_hull (one);
    keep_hull (other);
  }
  return tune_gain ((const TunePoint *) one->data, one->len,
      (const TunePoint *) other->data, other->len, gain, error);
}

gboolean *
tune_rd_set_hull (const TuneRdSet *self, guint statistic)
{
  guint n = self->entries->len;
  g_autoptr (GPtrArray) names = tune_rd_set_list_clips (self);
  g_autofree TunePoint *points = g_new (TunePoint, n + 1);
  g_autofree guint *clips = g_new0 (guint, n + 1);

  for (guint i = 0; i < n; i++) {
    const TuneRdEntry *entry = self->entries->pdata[i];

    points[i] = entry->error == NULL ? point_of (self, entry, statistic)
                                     : (TunePoint){ NAN, NAN };
    g_ptr_array_find_with_equal_func (
        names, entry->clip, g_str_equal, &clips[i]);
  }
  return tune_hulls (points, clips, n);
}
