/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes the metric for its options, and remembers what encoders are.
 */
#include "tune/identity.h"

#include "tune/probe/candidate.h"

#include "console/metric-tables.h"
#include "console/program-error.h"
#include "measure/run.h"
#include "perceptual.h"

#include <string.h>

struct _TuneIdentity
{
  gchar *metric;
  gchar *options;
  gchar *weights_sha256; /* (nullable) */
  gchar *library;
  GHashTable *versions; /* by encoder */
};

/* --- JSON with sorted members -------------------------------------------- */

static GTree *
new_members (void)
{
  return g_tree_new_full ((GCompareDataFunc) (void (*) (void)) strcmp, NULL,
      g_free, (GDestroyNotify) json_node_unref);
}

static void
add_node (GTree *members, const gchar *name, JsonNode *node)
{
  g_tree_insert (members, g_strdup (name), node);
}

static void
add_text (GTree *members, const gchar *name, const gchar *text)
{
  add_node (members, name, json_node_init_string (json_node_alloc (), text));
}

static gboolean
write_member (gpointer name, gpointer node, gpointer builder)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_value (builder, json_node_copy (node));
  return FALSE;
}

static gchar *
write_members (GTree *members)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  g_tree_foreach (members, write_member, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* --- the metric ---------------------------------------------------------- */

/* Returns: a{sv} of those of @settings that are options of @metric. */
static GVariant *
make_options (
    GHashTable *settings, const PerceptualMetricInfo *metric, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  for (guint i = 0; metric->options != NULL && metric->options[i] != NULL;
       i++) {
    const PerceptualOption *option = metric->options[i];
    const gchar *text = g_hash_table_lookup (settings, option->name);
    GVariant *value;

    if (text == NULL)
      continue;
    value = perceptual_option_parse (option, text, error);
    if (value == NULL)
      return NULL;
    g_variant_dict_insert_value (&dict, option->name, value);
  }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* Where the weights are is said better by their hash. */
static gboolean
counts (const gchar *option, const gchar *weights_sha256)
{
  return strcmp (option, "weights") != 0 || weights_sha256 == NULL;
}

static void
add_options (
    GTree *members, PerceptualMetric *metric, const gchar *weights_sha256)
{
  GVariantIter iter;
  const gchar *name;
  GVariant *value;

  g_variant_iter_init (&iter, perceptual_metric_get_options (metric));
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    if (counts (name, weights_sha256))
      add_node (members, name, json_gvariant_serialize (value));
    g_variant_unref (value);
  }
}

/* Other properties of the measuring element that change what is measured. */
static void
add_properties (GTree *members, GHashTable *settings)
{
  GHashTableIter iter;
  gpointer name, text;

  g_hash_table_iter_init (&iter, settings);
  while (g_hash_table_iter_next (&iter, &name, &text)) {
    if (strcmp (name, "metric") != 0 && strcmp (name, "threads") != 0
        && metric_tables_find_option (perceptual_options (), name) == NULL)
      add_text (members, name, text);
  }
}

/* Machines without the instructions for precision=fast give slightly other
 * numbers. */
static void
add_arithmetic (GTree *members, const PerceptualMetric *metric)
{
  const gchar *arithmetic = perceptual_metric_get_arithmetic (metric);

  if (arithmetic != NULL && strcmp (arithmetic, "float32") != 0)
    add_text (members, "arithmetic", arithmetic);
}

static void
describe_metric (
    TuneIdentity *self, PerceptualMetric *metric, GHashTable *settings)
{
  const PerceptualWeightsInfo *weights = perceptual_metric_get_weights (metric);
  g_autoptr (GTree) members = new_members ();

  self->weights_sha256 = g_strdup (weights != NULL ? weights->sha256 : NULL);
  add_options (members, metric, self->weights_sha256);
  add_arithmetic (members, metric);
  add_properties (members, settings);
  self->options = write_members (members);
  self->library = g_strdup (perceptual_version ());
}

static TuneIdentity *
make_identity (const gchar *metric)
{
  TuneIdentity *self = g_new0 (TuneIdentity, 1);

  self->metric = g_strdup (metric);
  self->versions =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

TuneIdentity *
tune_identity_new (GHashTable *settings, GError **error)
{
  g_autoptr (TuneIdentity) self =
      make_identity (g_hash_table_lookup (settings, "metric"));
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, error);
  g_autoptr (PerceptualMetric) metric = NULL;
  g_autoptr (GVariant) options = NULL;
  const PerceptualMetricInfo *info;

  info = perceptual_metric_find (self->metric, error);
  if (workers == NULL || info == NULL)
    return NULL;
  options = make_options (settings, info, error);
  if (options == NULL)
    return NULL;
  metric = perceptual_metric_new (self->metric, options, workers, error);
  if (metric == NULL)
    return NULL;
  describe_metric (self, metric, settings);
  return g_steal_pointer (&self);
}

/* As it was asked for: psnr made of RGB is called psnr(rgb). */
static gchar *
asked_metric (const TuneResult *result)
{
  const gchar *name = result->metric != NULL ? result->metric : "";

  return measure_column_is_of_rgb (name) ? g_strndup (name, strcspn (name, "("))
                                         : g_strdup (name);
}

TuneIdentity *
tune_identity_of_result (
    GHashTable *settings, const TuneResult *result, GError **error)
{
  g_autofree gchar *metric = asked_metric (result);
  g_autoptr (TuneIdentity) self = make_identity (metric);
  g_autoptr (GTree) members = new_members ();
  g_autoptr (JsonNode) root =
      result->options != NULL ? json_from_string (result->options, NULL) : NULL;
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *value;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    program_fail_unnamed (error, "options: they are not a JSON object");
    return NULL;
  }
  self->weights_sha256 = g_strdup (result->weights_sha256);
  self->library = g_strdup (result->library);
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &value)) {
    if (counts (name, self->weights_sha256))
      add_node (members, name, json_node_copy (value));
  }
  add_properties (members, settings);
  self->options = write_members (members);
  return g_steal_pointer (&self);
}

gboolean
tune_identity_equal (const TuneIdentity *one, const TuneIdentity *other)
{
  return g_strcmp0 (one->metric, other->metric) == 0
      && g_strcmp0 (one->options, other->options) == 0
      && g_strcmp0 (one->weights_sha256, other->weights_sha256) == 0
      && g_strcmp0 (one->library, other->library) == 0;
}

void
tune_identity_free (TuneIdentity *self)
{
  if (self == NULL)
    return;
  g_free (self->metric);
  g_free (self->options);
  g_free (self->weights_sha256);
  g_free (self->library);
  g_hash_table_unref (self->versions);
  g_free (self);
}

TuneMetric
tune_identity_metric (const TuneIdentity *self)
{
  return (TuneMetric){
    .metric = self->metric,
    .options = self->options,
    .weights_sha256 = self->weights_sha256,
    .library = self->library,
  };
}

/* --- encoders ------------------------------------------------------------ */

const gchar *
tune_identity_versions (TuneIdentity *self, const TuneCandidate *candidate)
{
  g_autofree gchar *key = g_strdup_printf ("%s\n%s", candidate->encoder,
      candidate->extra != NULL ? candidate->extra : "");
  const gchar *known = g_hash_table_lookup (self->versions, key);
  gchar *versions;

  if (known != NULL)
    return known;
  versions = tune_candidate_versions (candidate);
  g_hash_table_insert (self->versions, g_steal_pointer (&key), versions);
  return versions;
}
