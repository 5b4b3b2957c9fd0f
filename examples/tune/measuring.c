/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Takes the options from the element's properties, as perceptual-compare does,
 * so that the same word means the same there and here.
 */
#include "tune/measuring.h"

#include "tune/options.h"

#include "console/metric-tables.h"
#include "measure/value.h"
#include "measure/words/words.h"
#include "console/program-error.h"

#include <string.h>

/* Properties besides the metrics' options.  Frames of an encode have the times
 * of their source, so how frames are paired is not up to the user. */
static const gchar *const properties[] = { "metric", "threads", "interval",
  "scaling", "allow-hdr", "reference-colorimetry", "distorted-colorimetry" };

gboolean
tune_measuring_offers (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++) {
    if (strcmp (name, properties[i]) == 0)
      return TRUE;
  }
  return metric_tables_find_option (perceptual_options (), name) != NULL;
}

static gboolean
take_setting (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  TuneSession *session = user;

  return measure_settings_set (
      &session->measuring, option + strlen ("--"), text, error);
}

/* Calls @func with each property that is an option, in the element's order. */
static void
for_each (const TuneSession *session,
    void (*func) (GParamSpec *spec, gpointer user), gpointer user)
{
  g_autofree GParamSpec **specs = NULL;
  guint n = 0;

  if (session->measuring.element != NULL)
    specs = g_object_class_list_properties (session->measuring.element, &n);
  for (guint i = 0; i < n; i++) {
    if (tune_measuring_offers (specs[i]->name))
      func (specs[i], user);
  }
}

static void
add_option (GParamSpec *spec, gpointer user)
{
  const GOptionEntry entries[] = {
    { .long_name = spec->name,
        .arg = G_OPTION_ARG_CALLBACK,
        .arg_data = take_setting },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (user, entries);
}

void
tune_measuring_add (TuneSession *session, GOptionGroup *group)
{
  if ((session->command->offers & TUNE_OFFERS_METRIC) == 0)
    return;
  measure_settings_init (&session->measuring);
  for_each (session, add_option, group);
}

void
tune_measuring_clear (TuneSession *session)
{
  measure_settings_clear (&session->measuring);
}

static void
append_name (GParamSpec *spec, gpointer user)
{
  GString *names = user;

  g_string_append_printf (
      names, "%s--%s", names->len > 0 ? ", " : "", spec->name);
}

gchar *
tune_measuring_names (const TuneSession *session)
{
  GString *names = g_string_new (NULL);

  for_each (session, append_name, names);
  return g_string_free (names, FALSE);
}

static gboolean
check_option (const MeasureSetting *setting, const PerceptualMetricInfo *metric,
    GError **error)
{
  const PerceptualOption *option =
      metric_tables_find_option (perceptual_options (), setting->name);
  g_autofree gchar *names = NULL;

  if (option == NULL
      || metric_tables_find_option (metric->options, setting->name) != NULL
      || measure_value_is_default (option, setting->text))
    return TRUE;
  names = metric_tables_option_names (metric->options, "--");
  return program_refuse (error, "the metric %s has no option --%s; %s",
      metric->name, setting->name, names);
}

/* Options within the metric's name, as in lpips:backbone=vgg, count more than
 * others, as they do for perceptual-compare. */
static gboolean
take_metric (TuneOptions *options, GError **error)
{
  const gchar *text = g_hash_table_lookup (options->settings, "metric");
  g_autoptr (GVariant) own = NULL;
  GVariantIter iter;
  const gchar *name;
  GVariant *value;

  options->metric = perceptual_specification_parse (text, &own, error);
  if (options->metric == NULL)
    return FALSE;
  g_hash_table_insert (
      options->settings, g_strdup ("metric"), g_strdup (options->metric->name));
  g_variant_iter_init (&iter, own);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    g_hash_table_insert (options->settings, g_strdup (name),
        g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
            ? g_variant_dup_string (value, NULL)
            : g_variant_print (value, FALSE));
    g_variant_unref (value);
  }
  return TRUE;
}

gboolean
tune_measuring_check (TuneSession *session, GError **error)
{
  TuneOptions *options = &session->options;
  const GPtrArray *set = session->measuring.set;

  if (set == NULL)
    return TRUE;
  g_hash_table_insert (options->settings, g_strdup ("metric"),
      g_strdup (PERCEPTUAL_DEFAULT_METRIC));
  for (guint i = 0; i < set->len; i++) {
    const MeasureSetting *setting = set->pdata[i];

    g_hash_table_insert (
        options->settings, g_strdup (setting->name), g_strdup (setting->text));
  }
  if (!take_metric (options, error))
    return FALSE;
  for (guint i = 0; i < set->len; i++) {
    if (!check_option (set->pdata[i], options->metric, error))
      return FALSE;
  }
  return TRUE;
}

TuneIdentity *
tune_measuring_identify (TuneSession *session, GError **error)
{
  GError *fault = NULL;
  TuneIdentity *identity =
      tune_identity_new (session->options.settings, &fault);
  g_autofree gchar *words = NULL;

  if (identity != NULL)
    return identity;
  words = measure_words (fault->message, NULL,
      &(MeasureNames){ .element = session->measuring.element,
          .settings = &session->measuring,
          .offers = tune_measuring_offers });
  g_set_error_literal (error, fault->domain, fault->code, words);
  g_error_free (fault);
  return NULL;
}
