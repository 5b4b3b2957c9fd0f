/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of the metrics' option tables as GObject properties, and their values
 * from GVariant, as metrics take them, to GValue and back.
 */
#include "settings/metric-options.h"

#include "settings/enums.h"

static const gchar *
option_blurb (const PerceptualOption *option)
{
  g_autoptr (GString) text = g_string_new ("Metric option: ");
  gboolean first = TRUE;

  g_string_append (text, option->blurb);
  for (guint i = 0; perceptual_metrics ()[i] != NULL; i++) {
    const PerceptualMetricInfo *info = perceptual_metrics ()[i];

    for (guint j = 0; info->options != NULL && info->options[j] != NULL; j++) {
      if (g_str_equal (info->options[j]->name, option->name)) {
        g_string_append_printf (
            text, "%s%s", first ? " (of " : ", ", info->name);
        first = FALSE;
      }
    }
  }
  if (!first)
    g_string_append_c (text, ')');
  return g_intern_string (text->str);
}

GParamSpec *
perceptual_option_param (const PerceptualOption *option, GParamFlags flags)
{
  const gchar *name = option->name, *blurb = option_blurb (option);
  g_autoptr (GVariant) normal =
      perceptual_option_parse (option, option->default_text, NULL);

  switch (option->type) {
    case PERCEPTUAL_OPTION_BOOLEAN:
      return g_param_spec_boolean (
          name, name, blurb, g_variant_get_boolean (normal), flags);
    case PERCEPTUAL_OPTION_UINT:
      /* As doubles, the limits of 64 bits round up. */
      return g_param_spec_uint64 (name, name, blurb, (guint64) option->minimum,
          option->maximum >= 18446744073709551615.0 ? G_MAXUINT64
                                                    : (guint64) option->maximum,
          g_variant_get_uint64 (normal), flags);
    case PERCEPTUAL_OPTION_DOUBLE:
      return g_param_spec_double (name, name, blurb, option->minimum,
          option->maximum, g_variant_get_double (normal), flags);
    case PERCEPTUAL_OPTION_STRING:
      break;
  }
  if (option->choices != NULL) {
    GType type = perceptual_option_type (option);

    return g_param_spec_enum (name, name, blurb, type,
        perceptual_choice_value (type, option->default_text), flags);
  }
  return g_param_spec_string (
      name, name, blurb, g_variant_get_string (normal, NULL), flags);
}

/* Returns: (transfer floating) (nullable): @value as a metric takes it; NULL
 * for a string that is NULL. */
static GVariant *
from_value (const GValue *value)
{
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_variant_new_boolean (g_value_get_boolean (value));
  if (G_VALUE_HOLDS_UINT64 (value))
    return g_variant_new_uint64 (g_value_get_uint64 (value));
  if (G_VALUE_HOLDS_DOUBLE (value))
    return g_variant_new_double (g_value_get_double (value));
  if (G_VALUE_HOLDS_ENUM (value))
    return g_variant_new_string (perceptual_choice_nick (value));
  return g_value_get_string (value) != NULL
      ? g_variant_new_string (g_value_get_string (value))
      : NULL;
}

void
perceptual_option_to_value (GVariant *variant, GValue *value)
{
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_BOOLEAN)) {
    g_value_init (value, G_TYPE_BOOLEAN);
    g_value_set_boolean (value, g_variant_get_boolean (variant));
  } else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_UINT64)) {
    g_value_init (value, G_TYPE_UINT64);
    g_value_set_uint64 (value, g_variant_get_uint64 (variant));
  } else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_DOUBLE)) {
    g_value_init (value, G_TYPE_DOUBLE);
    g_value_set_double (value, g_variant_get_double (variant));
  } else {
    g_value_init (value, G_TYPE_STRING);
    g_value_set_string (value, g_variant_get_string (variant, NULL));
  }
}

void
perceptual_option_set (
    GHashTable *options, const PerceptualOption *option, const GValue *value)
{
  gpointer name = (gpointer) g_intern_string (option->name);
  GVariant *variant = from_value (value);

  if (variant != NULL)
    g_hash_table_insert (options, name, g_variant_ref_sink (variant));
  else
    g_hash_table_remove (options, name);
}

void
perceptual_option_get (
    GHashTable *options, const PerceptualOption *option, GValue *value)
{
  GVariant *set = g_hash_table_lookup (options, g_intern_string (option->name));
  g_autoptr (GVariant) variant = set != NULL
      ? g_variant_ref (set)
      : perceptual_option_parse (option, option->default_text, NULL);
  g_auto (GValue) found = G_VALUE_INIT;

  if (G_VALUE_HOLDS_ENUM (value)) {
    g_value_set_enum (value,
        perceptual_choice_value (
            G_VALUE_TYPE (value), g_variant_get_string (variant, NULL)));
    return;
  }
  perceptual_option_to_value (variant, &found);
  g_value_copy (&found, value);
}
