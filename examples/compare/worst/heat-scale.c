/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The scale of heat maps, as the element draws them.
 */
#include "compare/worst/heat-scale.h"

const gchar *const compare_heat_colours[COMPARE_N_HEAT_COLOURS] = { "#000000",
  "#1f1631", "#45204b", "#72265c", "#a02f62", "#c74160", "#e55f5b", "#f98259",
  "#ffaa68", "#ffd18f", "#fff3d0" };

gboolean
compare_has_heat (const CompareOptions *options)
{
  return (compare_metric_find (options->metric)->flags & PERCEPTUAL_METRIC_MAP)
      != 0;
}

gdouble
compare_heat_maximum (const CompareOptions *options)
{
  const MeasureSetting *setting =
      measure_settings_find (&options->settings, "heatmap-max");

  if (setting != NULL && g_value_get_double (&setting->value) > 0)
    return g_value_get_double (&setting->value);
  return compare_metric_find (options->metric)->map_maximum;
}
