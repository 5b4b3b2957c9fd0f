/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Brings the metrics that are asked for, wherever that is, into the two
 * properties that the element has for them.
 */
#include "compare/options/metrics.h"

#include "console/metric-tables.h"
#include "measure/value.h"

#include <string.h>

const PerceptualMetricInfo *
compare_metric_find (const gchar *name)
{
  g_autofree gchar *bare = g_strndup (name, strcspn (name, ":("));

  return perceptual_metric_find (bare, NULL);
}

gboolean
compare_is_similarity (const gchar *name)
{
  const PerceptualMetricInfo *info = compare_metric_find (name);

  return info != NULL && (info->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
}

/* --- gathering ----------------------------------------------------------- */

/* Appends the metrics of all options called @option, checked. */
static gboolean
collect (const CompareOptions *self, const gchar *option, GPtrArray *all,
    GError **error)
{
  for (guint i = 0; i < self->settings.set->len; i++) {
    const MeasureSetting *setting = self->settings.set->pdata[i];
    g_auto (GStrv) names = NULL;

    if (strcmp (setting->name, option) != 0)
      continue;
    names = perceptual_specification_split (setting->text);
    for (guint k = 0; names[k] != NULL; k++) {
      if (perceptual_specification_parse (names[k], NULL, error) == NULL) {
        g_prefix_error (error, "--%s %s: ", option, setting->text);
        return FALSE;
      }
      g_ptr_array_add (all, g_strdup (names[k]));
    }
  }
  return TRUE;
}

static void
forget (CompareOptions *self, const gchar *option)
{
  for (guint i = self->settings.set->len; i > 0; i--) {
    const MeasureSetting *setting = self->settings.set->pdata[i - 1];

    if (strcmp (setting->name, option) == 0)
      g_ptr_array_remove_index (self->settings.set, i - 1);
  }
}

/* @all: (element-type utf8): the first is the metric.  What was not asked for
 * is not set. */
static gboolean
set_metrics (CompareOptions *self, GPtrArray *all, GError **error)
{
  gboolean asked = measure_settings_find (&self->settings, "metric") != NULL;
  g_autofree gchar *also = NULL;

  g_ptr_array_add (all, NULL);
  also = g_strjoinv (",", (gchar **) all->pdata + 1);
  forget (self, "also");
  /* Without the element nothing is measured, which is said later. */
  self->metric = PERCEPTUAL_DEFAULT_METRIC;
  if (self->settings.element == NULL)
    return TRUE;
  if (asked) {
    forget (self, "metric");
    if (!measure_settings_set (&self->settings, "metric", all->pdata[0], error))
      return FALSE;
    self->metric = measure_settings_find (&self->settings, "metric")->text;
  }
  return *also == '\0'
      || measure_settings_set (&self->settings, "also", also, error);
}

static gboolean
check_once (const GPtrArray *all, GError **error)
{
  for (guint i = 0; i < all->len; i++) {
    for (guint k = 0; k < i; k++) {
      if (strcmp (all->pdata[i], all->pdata[k]) != 0)
        continue;
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "the metric %s is named twice", (const gchar *) all->pdata[i]);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
compare_metrics_gather (CompareOptions *self, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  if (!collect (self, "metric", all, error))
    return FALSE;
  if (all->len == 0)
    g_ptr_array_add (all, g_strdup (PERCEPTUAL_DEFAULT_METRIC));
  return collect (self, "also", all, error) && check_once (all, error)
      && set_metrics (self, all, error);
}

GStrv
compare_metrics_list (const CompareOptions *self)
{
  const MeasureSetting *also = measure_settings_find (&self->settings, "also");
  g_auto (GStrv) others =
      perceptual_specification_split (also != NULL ? also->text : "");
  guint n = g_strv_length (others);
  GStrv all = g_new0 (gchar *, n + 2);

  all[0] = g_strdup (self->metric);
  for (guint i = 0; i < n; i++)
    all[1 + i] = g_steal_pointer (&others[i]);
  return all;
}

gboolean
compare_metrics_add (
    CompareOptions *self, const gchar *specification, GError **error)
{
  g_auto (GStrv) before = compare_metrics_list (self);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  if (g_strv_contains ((const gchar *const *) before, specification))
    return TRUE;
  for (guint i = 0; before[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (before[i]));
  g_ptr_array_add (all, g_strdup (specification));
  return set_metrics (self, all, error);
}
