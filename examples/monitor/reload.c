/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/reload.h"

#include <string.h>

static const gchar *
text_of (const MonitorOptions *options, const gchar *name)
{
  const MeasureSetting *setting =
      measure_settings_find (&options->settings, name);

  return setting != NULL ? setting->text : NULL;
}

/* Back to what it is by default. */
static gchar *
default_of (GParamSpec *spec)
{
  return gst_value_serialize (g_param_spec_get_default_value (spec));
}

static void
compare_setting (const MonitorOptions *old, const MonitorOptions *new,
    GParamSpec *spec, MeasureSettings *changed, GPtrArray *fixed)
{
  const gchar *before = text_of (old, spec->name);
  const gchar *after = text_of (new, spec->name);
  g_autofree gchar *otherwise = NULL;

  if (g_strcmp0 (before, after) == 0)
    return;
  if (!(spec->flags & GST_PARAM_MUTABLE_PLAYING)) {
    g_ptr_array_add (fixed, g_strdup_printf ("--%s", spec->name));
    return;
  }
  if (after == NULL)
    after = otherwise = default_of (spec);
  measure_settings_set (changed, spec->name, after, NULL);
}

static gboolean
is_same_list (gchar **one, gchar **other)
{
  static gchar *none[] = { NULL };

  return g_strv_equal ((const gchar *const *) (one != NULL ? one : none),
      (const gchar *const *) (other != NULL ? other : none));
}

static gboolean
is_same_place (const MonitorPlace *one, const MonitorPlace *other)
{
  return g_strcmp0 (one->text, other->text) == 0
      && one->launch == other->launch;
}

static void
compare_own (
    const MonitorOptions *old, const MonitorOptions *new, GPtrArray *fixed)
{
  const struct
  {
    const gchar *name;
    gboolean same;
  } rows[] = {
    { "the reference",
        is_same_place (&old->order.reference, &new->order.reference) },
    { "the distorted stream",
        is_same_place (&old->order.distorted, &new->order.distorted) },
    { "--encoder", is_same_list (old->order.encoders, new->order.encoders) },
    { "--thumbnails", old->order.size == new->order.size },
    { "--name", g_strcmp0 (old->name, new->name) == 0 },
    { "--listen", g_strcmp0 (old->listen, new->listen) == 0 },
    { "--host", is_same_list (old->hosts, new->hosts) },
    { "--log", g_strcmp0 (old->log, new->log) == 0 },
    { "--log-max-...",
        old->limits.max_bytes == new->limits.max_bytes
            && old->limits.max_time == new->limits.max_time
            && old->limits.max_files == new->limits.max_files },
    { "--on-alert", is_same_list (old->on_alert, new->on_alert) },
    { "--hook-timeout", old->hook_timeout == new->hook_timeout },
    { "--stall", old->stall == new->stall },
    { "--retry",
        old->retry_least == new->retry_least
            && old->retry_most == new->retry_most },
    { "--history", old->history == new->history },
    { "--alert-unmatched", old->unmatched == new->unmatched },
    { "--exit-after", old->exit_after == new->exit_after },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (!rows[i].same)
      g_ptr_array_add (fixed, g_strdup (rows[i].name));
  }
}

GPtrArray *
monitor_reload_find (const MonitorOptions *old, const MonitorOptions *new,
    MeasureSettings *changed)
{
  GPtrArray *fixed = g_ptr_array_new_with_free_func (g_free);
  g_autofree GParamSpec **specs = NULL;
  guint n_specs = 0;

  specs = g_object_class_list_properties (old->settings.element, &n_specs);
  for (guint i = 0; i < n_specs; i++) {
    if (measure_settings_offers (&old->settings, specs[i]->name))
      compare_setting (old, new, specs[i], changed, fixed);
  }
  compare_own (old, new, fixed);
  return fixed;
}

void
monitor_reload_apply (MeasureSettings *settings, const MeasureSettings *changed)
{
  for (guint i = 0; i < changed->set->len; i++) {
    const MeasureSetting *setting = changed->set->pdata[i];

    for (guint j = settings->set->len; j > 0; j--) {
      const MeasureSetting *old = settings->set->pdata[j - 1];

      if (strcmp (old->name, setting->name) == 0)
        g_ptr_array_remove_index (settings->set, j - 1);
    }
    measure_settings_set (settings, setting->name, setting->text, NULL);
  }
}
