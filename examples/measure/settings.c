/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes options from the element's list of properties, and sets properties by
 * them.  No property is named here without need, so that the same word means
 * the same thing everywhere.
 */
#include "measure/settings.h"
#include "measure/value.h"
#include "measure/words/words.h"

#include "console/metric-tables.h"
#include "console/program-error.h"

#include <string.h>

#define ELEMENT "perceptualdistance"

static void
free_setting (gpointer data)
{
  MeasureSetting *setting = data;

  g_free (setting->name);
  g_free (setting->text);
  if (G_IS_VALUE (&setting->value))
    g_value_unset (&setting->value);
  g_free (setting);
}

/* Leaves out properties that make no sense in a run without display, or that
 * the command line has another name for. */
static gboolean
is_offered (GParamSpec *spec, GType element)
{
  return spec->owner_type == element && (spec->flags & G_PARAM_WRITABLE) != 0
      && strcmp (spec->name, "log-location") != 0
      && strcmp (spec->name, "metric-options") != 0
      && strcmp (spec->name, "crop") != 0 && strcmp (spec->name, "output") != 0;
}

static GObjectClass *
find_element (void)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (ELEMENT);
  GstPluginFeature *loaded;
  GObjectClass *klass = NULL;

  /* Installed under a prefix where GStreamer does not look by itself. */
  if (factory == NULL
      && gst_registry_scan_path (gst_registry_get (), PLUGIN_DIR))
    factory = gst_element_factory_find (ELEMENT);
  if (factory == NULL)
    return NULL;
  loaded = gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory));
  if (loaded != NULL)
    klass = g_type_class_ref (
        gst_element_factory_get_element_type (GST_ELEMENT_FACTORY (loaded)));
  gst_clear_object (&loaded);
  return klass;
}

void
measure_settings_init (MeasureSettings *self)
{
  *self = (MeasureSettings){
    .element = find_element (),
    .set = g_ptr_array_new_with_free_func (free_setting),
    .texts = g_ptr_array_new_with_free_func (g_free),
  };
}

void
measure_settings_clear (MeasureSettings *self)
{
  g_clear_pointer (&self->element, g_type_class_unref);
  g_clear_pointer (&self->set, g_ptr_array_unref);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
}

gboolean
measure_settings_offers (const MeasureSettings *self, const gchar *name)
{
  GParamSpec *spec = self->element != NULL
      ? g_object_class_find_property (self->element, name)
      : NULL;

  return spec != NULL && is_offered (spec, G_OBJECT_CLASS_TYPE (self->element));
}

/* The property is the name alone; apply_one() sets what follows it. */
static gboolean
parse_metric (
    GParamSpec *spec, const gchar *text, GValue *value, GError **error)
{
  g_autofree gchar *name = g_strndup (text, strcspn (text, ":"));

  if (!measure_value_parse (spec, name, value, error))
    return FALSE;
  if (perceptual_specification_parse (text, NULL, error) != NULL)
    return TRUE;
  g_prefix_error (error, "--%s %s: ", spec->name, text);
  return FALSE;
}

gboolean
measure_settings_set (
    MeasureSettings *self, const gchar *name, const gchar *text, GError **error)
{
  GParamSpec *spec = g_object_class_find_property (self->element, name);
  MeasureSetting *setting = g_new0 (MeasureSetting, 1);
  Duration duration;

  setting->name = g_strdup (name);
  setting->text = g_strdup (text);
  g_ptr_array_add (self->set, setting);
  if (strcmp (name, "metric") == 0)
    return parse_metric (spec, text, &setting->value, error);
  /* The variable of a script that was empty, most likely. */
  if (*text == '\0' && G_IS_PARAM_SPEC_STRING (spec)
      && G_PARAM_SPEC_STRING (spec)->default_value == NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--%s has no value; leave the option out", name);
    return FALSE;
  }
  if (self->takes_frames && measure_value_is_time (spec)) {
    if (!measure_value_parse_time (spec, text, TRUE, &duration, error))
      return FALSE;
    setting->in_frames = duration.unit == DURATION_FRAMES;
    setting->frames = duration.amount;
    g_value_init (&setting->value, G_TYPE_INT64);
    g_value_set_int64 (&setting->value, duration.amount);
    return TRUE;
  }
  return measure_value_parse (spec, text, &setting->value, error);
}

gboolean
measure_settings_resolve (MeasureSettings *self, guint64 frame, GError **error)
{
  for (guint i = 0; i < self->set->len; i++) {
    MeasureSetting *setting = self->set->pdata[i];
    const Duration duration = { .unit = DURATION_FRAMES,
      .amount = setting->frames };
    g_autofree gchar *text = NULL;
    gint64 ns;

    if (!setting->in_frames)
      continue;
    if (!duration_to_ns (&duration, frame, &ns)) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "--%s %s counts frames of the reference, and how long they last is "
          "not known; say it as a time, such as 40ms",
          setting->name, setting->text);
      return FALSE;
    }
    text = g_strdup_printf ("%" G_GINT64_FORMAT, ns);
    g_value_unset (&setting->value);
    if (!measure_value_parse (
            g_object_class_find_property (self->element, setting->name), text,
            &setting->value, error))
      return FALSE;
  }
  return TRUE;
}

/* Heat maps that are images have other defaults: see measure/run.c. */
static const gchar *const varying[] = { "heatmap-zoom", "heatmap-legend-below",
  NULL };

/* Returns: (transfer full): what the property does, and its default, which a
 * program may have set before. */
static gchar *
describe (const MeasureSettings *self, GParamSpec *spec)
{
  const MeasureSetting *set = measure_settings_find (self, spec->name);
  g_autofree gchar *normal =
      set != NULL ? g_strdup (set->text) : measure_value_default (spec);
  gchar *blurb =
      measure_words_of_option (g_param_spec_get_blurb (spec), self->element);
  g_autofree gchar *open = NULL;

  if (normal == NULL || strstr (blurb, "default: ") != NULL
      || g_strv_contains (varying, spec->name))
    return blurb;
  open = blurb;
  if (!g_str_has_suffix (blurb, ")"))
    return g_strdup_printf ("%s (default: %s)", blurb, normal);
  open[strlen (open) - 1] = '\0';
  return g_strdup_printf ("%s; default: %s)", open, normal);
}

static gboolean
take_property (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  return measure_settings_set (user, option + strlen ("--"), text, error);
}

GOptionGroup *
measure_settings_group (MeasureSettings *self)
{
  GOptionGroup *group = g_option_group_new (
      "measuring", "Measuring:", "Measuring options", self, NULL);
  g_autofree GParamSpec **specs = NULL;
  guint n_specs = 0;

  if (self->element != NULL)
    specs = g_object_class_list_properties (self->element, &n_specs);
  for (guint i = 0; i < n_specs; i++) {
    GOptionEntry entries[2] = { { 0 } };
    gchar *values, *blurb;

    if (!is_offered (specs[i], G_OBJECT_CLASS_TYPE (self->element)))
      continue;
    values = measure_value_describe (specs[i]);
    blurb = describe (self, specs[i]);
    g_ptr_array_add (self->texts, values);
    g_ptr_array_add (self->texts, blurb);
    entries[0] = (GOptionEntry){
      .long_name = g_param_spec_get_name (specs[i]),
      .arg = G_OPTION_ARG_CALLBACK,
      .arg_data = take_property,
      .description = blurb,
      .arg_description = values,
    };
    g_option_group_add_entries (group, entries);
  }
  return group;
}

const MeasureSetting *
measure_settings_find (const MeasureSettings *self, const gchar *name)
{
  for (guint i = self->set->len; i > 0; i--) {
    const MeasureSetting *setting = self->set->pdata[i - 1];

    if (strcmp (setting->name, name) == 0)
      return setting;
  }
  return NULL;
}

const MeasureSetting *
measure_settings_find_prefix (const MeasureSettings *self, const gchar *prefix)
{
  for (guint i = 0; i < self->set->len; i++) {
    const MeasureSetting *setting = self->set->pdata[i];

    if (g_str_has_prefix (setting->name, prefix))
      return setting;
  }
  return NULL;
}

/* --- metrics ------------------------------------------------------------- */

static gboolean
check_also (const MeasureSettings *self, GError **error)
{
  const MeasureSetting *also = measure_settings_find (self, "also");
  g_auto (GStrv) names = NULL;

  if (also == NULL || *also->text == '\0')
    return TRUE;
  names = perceptual_specification_split (also->text);
  for (guint i = 0; names[i] != NULL; i++) {
    if (perceptual_specification_parse (names[i], NULL, error) != NULL)
      continue;
    g_prefix_error (error, "--also %s: ", also->text);
    return FALSE;
  }
  return TRUE;
}

/* Whether the metric, or one of those beside it, has the option. */
static gboolean
is_known (const MeasureSettings *self, const PerceptualMetricInfo *info,
    const gchar *option)
{
  const MeasureSetting *also = measure_settings_find (self, "also");
  g_auto (GStrv) others =
      perceptual_specification_split (also != NULL ? also->text : "");
  gboolean known = metric_tables_find_option (info->options, option) != NULL;

  for (guint i = 0; others[i] != NULL && !known; i++)
    known = metric_tables_find_option (
                perceptual_specification_parse (others[i], NULL, NULL)->options,
                option)
        != NULL;
  return known;
}

static gboolean
check_metric_options (const MeasureSettings *self,
    const PerceptualMetricInfo *info, GError **error)
{
  for (guint i = 0; i < self->set->len; i++) {
    const MeasureSetting *setting = self->set->pdata[i];
    const PerceptualOption *option =
        metric_tables_find_option (perceptual_options (), setting->name);
    g_autofree gchar *names = NULL;

    if (option == NULL || is_known (self, info, setting->name)
        || measure_value_is_default (option, setting->text))
      continue;
    names = metric_tables_option_names (info->options, "--");
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
        "the metric %s has no option --%s; %s", info->name, setting->name,
        names);
    return FALSE;
  }
  return TRUE;
}

const PerceptualMetricInfo *
measure_settings_check_metrics (const MeasureSettings *self, GError **error)
{
  const MeasureSetting *metric = measure_settings_find (self, "metric");
  const PerceptualMetricInfo *info = perceptual_specification_parse (
      metric != NULL ? metric->text : PERCEPTUAL_DEFAULT_METRIC, NULL, error);

  return info != NULL && check_also (self, error)
          && check_metric_options (self, info, error)
      ? info
      : NULL;
}

/* The element would refuse them too, but not before everything is open, and
 * while it runs it only warns. */
gboolean
measure_settings_check_choice (const MeasureSettings *self, GError **error)
{
  const MeasureSetting *interval = measure_settings_find (self, "interval");
  const MeasureSetting *rate = measure_settings_find (self, "rate");

  if (interval == NULL || g_value_get_uint (&interval->value) <= 1
      || rate == NULL || gst_value_get_fraction_numerator (&rate->value) <= 0)
    return TRUE;
  return program_refuse (error,
      "--interval %s and --rate %s are both set, and each of them says by "
      "itself which pairs are measured; leave one of them out",
      interval->text, rate->text);
}

/* --- onto the element ---------------------------------------------------- */

static gboolean
is_of_run (const gchar *name)
{
  static const gchar *const prefixes[] = { "alert-", "log-", "sync", "measure",
    "interval", "rate", "jitter", "pair", "summary-", "also", "missing-",
    "unequal-", "heatmap-blend", "heatmap-legend", "heatmap-zoom", "tolerance",
    "latency" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  }
  return FALSE;
}

static void
apply_one (const MeasureSetting *setting, GObject *object)
{
  g_object_set_property (object, setting->name, &setting->value);
  if (strcmp (setting->name, "metric") == 0) {
    const gchar *colon = strchr (setting->text, ':');

    g_object_set (
        object, "metric-options", colon != NULL ? colon + 1 : NULL, NULL);
  }
}

void
measure_settings_apply_to_pair (const MeasureSettings *self, GObject *object)
{
  for (guint i = 0; i < self->set->len; i++) {
    const MeasureSetting *setting = self->set->pdata[i];

    if (!is_of_run (setting->name))
      apply_one (setting, object);
  }
}

void
measure_settings_apply (const MeasureSettings *self, GObject *object)
{
  for (guint i = 0; i < self->set->len; i++)
    apply_one (self->set->pdata[i], object);
}
