/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds values that mean nothing and settings that contradict each other, and
 * reports them with what to do.
 */
#include "settings/check.h"

#include "frames/colour.h"
#include "perceptual.h"

/* Heat maps are for metrics that make maps, and for frames that wait.
 * Returns: FALSE after an ERROR. */
static gboolean
check_heatmap (GstElement *element, const PerceptualConfig *config)
{
  const PerceptualMetricInfo *info =
      perceptual_specification_parse (config->metric, NULL, NULL);
  g_autoptr (GString) names = g_string_new (NULL);

  if (config->mode == PERCEPTUAL_MODE_REAL_TIME) {
    GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS,
        ("output=heatmap needs measure=every-pair: in real time frames go out "
         "before they are measured"),
        (NULL));
    return FALSE;
  }
  /* A wrong name is reported when the metric is made. */
  if (info == NULL || (info->flags & PERCEPTUAL_METRIC_MAP) != 0)
    return TRUE;
  for (guint i = 0; perceptual_metrics ()[i] != NULL; i++) {
    if ((perceptual_metrics ()[i]->flags & PERCEPTUAL_METRIC_MAP) != 0)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
          perceptual_metrics ()[i]->name);
  }
  GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS,
      ("The metric %s makes no heat map; these do: %s", info->name, names->str),
      ("Set another metric; also=%s keeps %s as a column.", info->name,
          info->name));
  return FALSE;
}

/* Returns: FALSE after an ERROR. */
static gboolean
check_colorimetry (
    GstElement *element, const gchar *property, const gchar *text)
{
  GstVideoColorimetry said = { 0 };

  if (perceptual_colour_override (text, &said))
    return TRUE;
  GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS,
      ("%s=%s is not a colorimetry; write bt601, bt709, bt2020, sRGB..., or "
       "numbers RANGE:MATRIX:TRANSFER:PRIMARIES, or untagged",
          property, text),
      ("The numbers are GStreamer's; 0 leaves a part as it is tagged: 1:0:0:0 "
       "is full range."));
  return FALSE;
}

/* Settings about times have no effect where frames are paired by number.
 * Returns: FALSE after an ERROR. */
static gboolean
check_pair (GstElement *element, const PerceptualConfig *config)
{
  if (config->pair != PERCEPTUAL_PAIR_INDEX
      || (config->sync == PERCEPTUAL_SYNC_NONE && config->sync_offset == 0
          && config->tolerance == -1))
    return TRUE;
  GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS,
      ("pair=index pairs frames by their numbers, whatever their times; sync, "
       "sync-offset and tolerance go with pair=time"),
      (NULL));
  return FALSE;
}

/* Returns: FALSE after an ERROR. */
static gboolean
check_choice (GstElement *element, const PerceptualConfig *config)
{
  if (config->interval <= 1 || config->rate_n <= 0)
    return TRUE;
  GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS,
      ("interval and rate are both set; either says which pairs are "
       "measured"),
      (NULL));
  return FALSE;
}

gboolean
perceptual_config_check (const PerceptualConfig *config, GstElement *element)
{
  return check_choice (element, config)
      && (config->output != PERCEPTUAL_OUTPUT_HEATMAP
          || check_heatmap (element, config))
      && check_colorimetry (
          element, "reference-colorimetry", config->reference_colorimetry)
      && check_colorimetry (
          element, "distorted-colorimetry", config->distorted_colorimetry)
      && check_pair (element, config);
}
