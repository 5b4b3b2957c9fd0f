/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Points of curves from the store.
 */
#include "tune/clip-parts.h"
#include "tune/commands/bd.h"
#include "tune/store/store-query.h"
#include "tune/campaign.h"
#include "tune/measuring.h"

#include <math.h>
#include <string.h>

typedef struct
{
  TuneSession *session;
  TuneRdSet *set;
  TuneIdentity *identity;
  GPtrArray *notes;
} Recall;

static void
note (const Recall *self, gchar *text)
{
  g_ptr_array_add (self->notes, text);
}

/* Returns: (transfer none) (nullable): the versions of @encoding here; NULL
 * where the store has nothing of it, or with @error set.  Which element a
 * fragment makes is seen with a value that it takes. */
static const gchar *
find_versions (const Recall *self, const TuneEncoding *encoding, GError **error)
{
  gdouble value = tune_store_find_value (
      self->session->store, encoding->encoder, encoding->extra, error);
  g_autoptr (TuneCandidate) any = NULL;

  if (isnan (value))
    return NULL;
  any = tune_encoding_candidate (encoding, value);
  return tune_identity_versions (self->identity, any);
}

/* --- clips that are named ------------------------------------------------ */

/* Returns: (transfer full) (element-type TuneCandidate): of all values that
 * the store has of @encoding. */
static GPtrArray *
list_candidates (
    const Recall *self, const TuneEncoding *encoding, GError **error)
{
  GError *fault = NULL;
  const TuneSetting setting = { .encoder = encoding->encoder,
    .extra = encoding->extra,
    .versions = find_versions (self, encoding, &fault) };
  g_autoptr (GArray) values = NULL;
  GPtrArray *all;

  if (setting.versions != NULL)
    values = tune_store_list_values (self->session->store, &setting, &fault);
  if (fault != NULL) {
    g_propagate_error (error, fault);
    return NULL;
  }
  all = g_ptr_array_new_with_free_func ((GDestroyNotify) tune_candidate_free);
  for (guint i = 0; values != NULL && i < values->len; i++)
    g_ptr_array_add (all,
        tune_encoding_candidate (encoding, g_array_index (values, gdouble, i)));
  return all;
}

static gboolean
recall_curve (const Recall *self, const TuneCampaign *campaign,
    const TuneEncoding *encoding, GError **error)
{
  g_autoptr (GPtrArray) candidates = list_candidates (self, encoding, error);
  g_autoptr (GPtrArray) samples = candidates != NULL
      ? tune_campaign_recall (campaign, candidates, error)
      : NULL;

  if (samples == NULL)
    return FALSE;
  for (guint i = 0; i < samples->len; i++) {
    const TuneCandidate *candidate = candidates->pdata[i];

    if (samples->pdata[i] != NULL)
      tune_rd_set_take_sample (self->set,
          tune_rd_set_add (self->set, campaign->clip->label, encoding->label,
              candidate->value),
          samples->pdata[i]);
  }
  return TRUE;
}

static gboolean
recall_clip (const Recall *self, const gchar *path, const GPtrArray *encodings,
    GError **error)
{
  TuneSession *session = self->session;
  g_autoptr (TuneClip) clip = tune_clip_open (
      path, session->remote, session->store, &session->interrupted, error);
  g_autoptr (GArray) parts =
      clip != NULL ? tune_clip_parts (session, clip, NULL, error) : NULL;
  TuneCampaign campaign = {
    .store = session->store,
    .clip = clip,
    .parts = parts,
    .settings = session->options.settings,
    .identity = self->identity,
    .interrupted = &session->interrupted,
  };

  if (parts == NULL)
    return FALSE;
  for (guint i = 0; i < encodings->len; i++) {
    if (!recall_curve (self, &campaign, encodings->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

/* --- all clips ----------------------------------------------------------- */

/* Returns: how many of @all, from @first on, are of one source, and of one
 * version of the encoder where @versions is TRUE. */
static guint
count_alike (const GPtrArray *all, guint first, gboolean versions)
{
  const TuneStored *one = all->pdata[first];
  guint n = 1;

  for (; first + n < all->len; n++) {
    const TuneStored *other = all->pdata[first + n];

    if (strcmp (one->sha256, other->sha256) != 0
        || (versions && strcmp (one->versions, other->versions) != 0))
      break;
  }
  return n;
}

/* Chooses among @n of @all, from @first on, those of the encoder that is here,
 * or else those of the version with most values. */
static void
choose_version (const GPtrArray *all, guint *first, guint *n, const gchar *here)
{
  guint best = 0, best_n = 0;

  for (guint i = *first; i < *first + *n;) {
    guint alike = count_alike (all, i, TRUE);
    const TuneStored *stored = all->pdata[i];
    gboolean is_here = g_strcmp0 (stored->versions, here) == 0;

    if (is_here || alike > best_n) {
      best = i;
      best_n = is_here ? G_MAXUINT : alike;
    }
    i += alike;
  }
  *n = count_alike (all, best, TRUE);
  *first = best;
}

/* Sources of the same name are told apart by their content. */
static gchar *
name_source (const Recall *self, const TuneStored *stored, const gchar *label)
{
  const gchar *path = stored->path != NULL ? stored->path : stored->sha256;

  for (guint i = 0; i < self->set->entries->len; i++) {
    const TuneRdEntry *entry = self->set->entries->pdata[i];

    if (strcmp (entry->clip, path) == 0 && strcmp (entry->label, label) == 0)
      return g_strdup_printf ("%s (%.8s)", path, stored->sha256);
  }
  return g_strdup (path);
}

static gboolean
take_stored (const Recall *self, const TuneStored *stored, const gchar *clip,
    const gchar *label, GError **error)
{
  g_auto (TuneMeasurement) measurement = { 0 };
  g_autoptr (TuneSample) sample = tune_sample_new ();

  if (!tune_store_load (
          self->session->store, stored->probe, &measurement, error))
    return FALSE;
  tune_sample_add (sample, &measurement, 1);
  tune_rd_set_take_sample (self->set,
      tune_rd_set_add (self->set, clip, label, stored->value), sample);
  return TRUE;
}

static gboolean
take_source (const Recall *self, const GPtrArray *all, guint first, guint n,
    const TuneEncoding *encoding, GError **error)
{
  const gchar *here = find_versions (self, encoding, NULL);
  g_autofree gchar *clip =
      name_source (self, all->pdata[first], encoding->label);
  guint had = n;

  choose_version (all, &first, &n, here);
  if (n < had)
    note (self,
        g_strdup_printf ("%s: %s was measured with several versions; those of "
                         "%s count",
            clip, encoding->label,
            ((const TuneStored *) all->pdata[first])->versions));
  for (guint i = first; i < first + n; i++) {
    if (!take_stored (self, all->pdata[i], clip, encoding->label, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
recall_all (const Recall *self, const TuneEncoding *encoding, GError **error)
{
  const TuneMetric metric = tune_identity_metric (self->identity);
  g_autoptr (GPtrArray) all = tune_store_list_whole (
      self->session->store, encoding->encoder, encoding->extra, &metric, error);

  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < all->len;) {
    guint n = count_alike (all, i, FALSE);

    if (!take_source (self, all, i, n, encoding, error))
      return FALSE;
    i += n;
  }
  return TRUE;
}

static gboolean
recall (const Recall *self, const GPtrArray *encodings, GError **error)
{
  gchar **clips = self->session->options.arguments;
  const GPtrArray *all = encodings;

  for (guint i = 0; clips != NULL && clips[i] != NULL; i++) {
    if (!recall_clip (self, clips[i], encodings, error))
      return FALSE;
  }
  for (guint i = 0; (clips == NULL || clips[0] == NULL) && i < all->len; i++) {
    if (!recall_all (self, all->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tune_bd_recall (TuneSession *session, TuneRdSet *set,
    const GPtrArray *encodings, GPtrArray *notes, GError **error)
{
  g_autoptr (TuneIdentity) identity = tune_measuring_identify (session, error);
  const Recall self = {
    .session = session, .set = set, .identity = identity, .notes = notes
  };

  return identity != NULL && recall (&self, encodings, error);
}
