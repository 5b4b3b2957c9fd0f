/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The enums of config.h as GTypes, with the words that users type.
 */
#include "settings/enums.h"

#include "settings/config.h"

static GType
register_enum (const gchar *name, const GEnumValue *values)
{
  GType type = g_enum_register_static (name, values);

  gst_type_mark_as_plugin_api (type, 0);
  return type;
}

GType
perceptual_missing_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { PERCEPTUAL_MISSING_SKIP, "Count it and go on", "skip" },
    { PERCEPTUAL_MISSING_ERROR, "End with an error", "error" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistanceMissing", values));
  return type;
}

GType
perceptual_scaling_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { PERCEPTUAL_SCALING_NONE, "Frames of different size are an error",
        "none" },
    { PERCEPTUAL_SCALING_TO_REFERENCE,
        "Scale distorted frames to the size of the reference (cubic)",
        "to-reference" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistanceScaling", values));
  return type;
}

/* The table of log formats as an enum, kept for good. */
static const GEnumValue *
log_format_values (void)
{
  guint n = 0;
  GEnumValue *values;

  while (perceptual_log_formats[n] != NULL)
    n++;
  values = g_new0 (GEnumValue, n + 1);
  for (guint i = 0; i < n; i++)
    values[i] = (GEnumValue){ (gint) i, perceptual_log_formats[i]->blurb,
      perceptual_log_formats[i]->name };
  return values;
}

GType
perceptual_log_format_type (void)
{
  static GType type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        register_enum ("GstPerceptualDistanceLogFormat", log_format_values ()));
  return type;
}

GType
perceptual_output_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { PERCEPTUAL_OUTPUT_REFERENCE, "Every reference frame", "reference" },
    { PERCEPTUAL_OUTPUT_DISTORTED, "Every distorted frame", "distorted" },
    { PERCEPTUAL_OUTPUT_HEATMAP, "A picture of where each pair differs",
        "heatmap" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistanceOutput", values));
  return type;
}

GType
perceptual_pair_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { PERCEPTUAL_PAIR_TIME, "Frames of the same time belong together", "time" },
    { PERCEPTUAL_PAIR_INDEX, "Frames of the same number belong together",
        "index" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistancePair", values));
  return type;
}

GType
perceptual_sync_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { PERCEPTUAL_SYNC_NONE, "Timestamps say which frames belong together",
        "none" },
    { PERCEPTUAL_SYNC_AUTO,
        "Look for the offset by which the streams show the same", "auto" },
    { PERCEPTUAL_SYNC_START, "The streams' first frames belong together",
        "start" },
    { PERCEPTUAL_SYNC_FILES,
        "By timestamps where the streams start together, else by what they "
        "show, else as start",
        "files" },
    { PERCEPTUAL_SYNC_TRACK,
        "Look for the offset by what they show, and follow it where it changes",
        "track" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistanceSync", values));
  return type;
}

GType
perceptual_mode_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { PERCEPTUAL_MODE_EVERY_PAIR, "Frames wait until their pair is measured",
        "every-pair" },
    { PERCEPTUAL_MODE_REAL_TIME,
        "Frames pass at once; a busy metric skips pairs", "real-time" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistanceMeasure", values));
  return type;
}

/* Kept for good. */
static const GEnumValue *
metric_values (void)
{
  guint n = 0;
  GEnumValue *values;

  while (perceptual_metrics ()[n] != NULL)
    n++;
  values = g_new0 (GEnumValue, n + 1);
  for (guint i = 0; i < n; i++)
    values[i] = (GEnumValue){ (gint) i, perceptual_metrics ()[i]->blurb,
      perceptual_metrics ()[i]->name };
  return values;
}

GType
perceptual_metric_type (void)
{
  static GType type;

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistanceMetric", metric_values ()));
  return type;
}

/* Returns: (transfer full): "channel-norm" as "GstPerceptualChannelNorm" */
static gchar *
name_of_option (const PerceptualOption *option)
{
  GString *name = g_string_new ("GstPerceptualDistance");
  gboolean begins = TRUE;

  for (const gchar *c = option->name; *c != '\0'; c++) {
    if (*c != '-')
      g_string_append_c (name, begins ? g_ascii_toupper (*c) : *c);
    begins = *c == '-';
  }
  return g_string_free (name, FALSE);
}

static const GEnumValue *
option_values (const PerceptualOption *option)
{
  guint n = g_strv_length ((gchar **) option->choices);
  GEnumValue *values = g_new0 (GEnumValue, n + 1);

  for (guint i = 0; i < n; i++)
    values[i] =
        (GEnumValue){ (gint) i, option->choices[i], option->choices[i] };
  return values;
}

GType
perceptual_option_type (const PerceptualOption *option)
{
  static GMutex lock;
  g_autofree gchar *name = name_of_option (option);
  GType type;

  g_mutex_lock (&lock);
  type = g_type_from_name (name);
  if (type == G_TYPE_INVALID)
    type = register_enum (g_intern_string (name), option_values (option));
  g_mutex_unlock (&lock);
  return type;
}

gint
perceptual_choice_value (GType type, const gchar *nick)
{
  GEnumClass *klass = g_type_class_ref (type);
  const GEnumValue *value = g_enum_get_value_by_nick (klass, nick);
  gint number = value != NULL ? value->value : 0;

  g_type_class_unref (klass);
  return number;
}

const gchar *
perceptual_choice_nick (const GValue *value)
{
  GEnumClass *klass = g_type_class_ref (G_VALUE_TYPE (value));
  const gchar *nick =
      g_enum_get_value (klass, g_value_get_enum (value))->value_nick;

  g_type_class_unref (klass);
  return nick;
}
