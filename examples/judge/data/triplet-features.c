/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From triplets of images to triplets of channels.
 */
#include "judge/data/triplet-features.h"

#include "judge/failure.h"
#include "judge/interrupt.h"

#include "console/printable.h"

#include <string.h>

/* What was to be done when the user stopped it. */
#define BEFORE "the features of all triplets were there; nothing was fitted"

static PerceptualMetric *
make_metric (JudgeSession *session, const gchar *backbone, guint taps,
    const gchar *weights, GError **error)
{
  GVariantDict options;
  g_autofree gchar *first = g_strdup_printf ("%u", taps);

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "backbone", "s", backbone);
  g_variant_dict_insert (&options, "heads", "s", "none");
  if (taps > 0)
    g_variant_dict_insert (&options, "taps", "s", first);
  if (weights != NULL)
    g_variant_dict_insert (&options, "weights", "s", weights);
  return perceptual_metric_new (
      "lpips", g_variant_dict_end (&options), session->workers, error);
}

/* Makes room for the channels of one more triplet at @n. */
static void
keep (JudgeFeatures *self, guint n, guint n_items,
    const PerceptualResult results[2], gdouble judgement)
{
  JudgeTriplets *triplets = &self->triplets;
  gsize each = results[0].n_channels;

  if (triplets->channels == NULL) {
    triplets->n_channels = results[0].n_channels;
    triplets->channels = g_new (gfloat, (gsize) n_items * 2 * each);
    triplets->judgements = g_new (gdouble, n_items);
    self->n_taps = results[0].n_taps;
    memcpy (
        self->tap_channels, results[0].tap_channels, sizeof self->tap_channels);
  }
  for (guint i = 0; i < 2; i++)
    memcpy (triplets->channels + ((gsize) n * 2 + i) * each,
        results[i].channels, each * sizeof (gfloat));
  triplets->judgements[n] = judgement;
  triplets->n = n + 1;
}

static gboolean
compare_item (JudgeFeatures *self, JudgeFolder *folder, guint index,
    guint n_items, GError **error)
{
  const JudgeItem *item = judge_folder_get (folder, index);
  JudgeImage *images[JUDGE_MAX_IMAGES];
  PerceptualImage distorted[2];
  PerceptualResult results[2] = { { 0 } };
  gboolean ok;

  if (!judge_folder_load (folder, index, images, error))
    return FALSE;
  distorted[0] = images[1]->view;
  distorted[1] = images[2]->view;
  ok = perceptual_metric_compare (self->metric, &images[0]->view, distorted, 2,
      PERCEPTUAL_COMPARE_CHANNELS, results, error);
  if (ok) {
    keep (self, self->triplets.n, n_items, results, item->judgement);
  } else {
    g_autofree gchar *name = printable_text (item->files[0]);

    g_prefix_error (error, "%s: ", name);
  }
  for (guint i = 0; i < 3; i++)
    judge_image_free (images[i]);
  perceptual_result_clear (&results[0]);
  perceptual_result_clear (&results[1]);
  return ok;
}

/* Returns: FALSE with @error set; *@skipped where the item is left out. */
static gboolean
measure_item (JudgeFeatures *self, JudgeSession *session, JudgeFolder *folder,
    guint index, guint n_items, gboolean *skipped, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *skipped = FALSE;
  if (compare_item (self, folder, index, n_items, &problem))
    return TRUE;
  if (judge_is_cancelled (problem))
    return program_fail_interrupted (error, BEFORE);
  if (judge_is_broken (problem) && session->options.skip_broken) {
    *skipped = TRUE;
    g_ptr_array_add (folder->broken, g_strdup (problem->message));
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
measure_folders (JudgeFeatures *self, JudgeSession *session, GPtrArray *folders,
    GError **error)
{
  guint n_items = 0, done = 0;

  for (guint i = 0; i < folders->len; i++)
    n_items += ((JudgeFolder *) folders->pdata[i])->items->len;
  console_begin (&session->console);
  for (guint i = 0; i < folders->len; i++) {
    JudgeFolder *folder = folders->pdata[i];

    for (guint j = 0; j < folder->items->len;) {
      gboolean skipped;

      if (judge_interrupted (session))
        return program_fail_interrupted (error, BEFORE);
      if (!measure_item (self, session, folder, j, n_items, &skipped, error))
        return FALSE;
      if (skipped) {
        g_ptr_array_remove_index (folder->items, j);
      } else {
        g_array_append_val (self->places, done);
        j++;
      }
      done++;
      console_advance (&session->console, done, (gdouble) done / n_items);
    }
  }
  console_clear (&session->console);
  if (self->triplets.n == 0)
    return program_fail (error, ((JudgeFolder *) folders->pdata[0])->path,
        "no triplet of it can be used");
  return TRUE;
}

JudgeFeatures *
judge_features_new (JudgeSession *session, GPtrArray *folders,
    const gchar *backbone, guint taps, const gchar *weights, GError **error)
{
  g_autoptr (JudgeFeatures) self = g_new0 (JudgeFeatures, 1);

  self->places = g_array_new (FALSE, FALSE, sizeof (guint));
  self->metric = make_metric (session, backbone, taps, weights, error);
  if (self->metric == NULL || !measure_folders (self, session, folders, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
judge_features_follow (JudgeFeatures *self, const JudgeFeatures *later)
{
  JudgeTriplets *triplets = &self->triplets;
  gsize each = (gsize) 2 * triplets->n_channels;

  if (later->places->len == triplets->n)
    return FALSE;
  for (guint i = 0; i < later->places->len; i++) {
    guint from = g_array_index (later->places, guint, i);

    memmove (triplets->channels + i * each, triplets->channels + from * each,
        each * sizeof (gfloat));
    triplets->judgements[i] = triplets->judgements[from];
    g_array_index (self->places, guint, i) =
        g_array_index (self->places, guint, from);
  }
  triplets->n = later->places->len;
  g_array_set_size (self->places, triplets->n);
  return TRUE;
}

void
judge_features_free (JudgeFeatures *self)
{
  g_clear_pointer (&self->metric, perceptual_metric_free);
  judge_triplets_clear (&self->triplets);
  g_array_unref (self->places);
  g_free (self);
}
