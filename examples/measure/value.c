/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads an option's value for a property, and lists what is valid.
 */
#include "measure/value.h"

#include "nearest.h"

#include "console/metric-tables.h"
#include "console/program-error.h"

#include <gst/gst.h>

#include <math.h>
#include <string.h>

gboolean
measure_value_refuse (
    const gchar *text, const gchar *option, const gchar *valid, GError **error)
{
  return program_refuse_value (text, option, valid, error);
}

gboolean
measure_value_is_default (const PerceptualOption *option, const gchar *text)
{
  g_autoptr (GVariant) value = perceptual_option_parse (option, text, NULL);
  g_autoptr (GVariant) normal =
      perceptual_option_parse (option, option->default_text, NULL);

  return value != NULL && normal != NULL && g_variant_equal (value, normal);
}

/* The ends of a whole-number property's range, as text and as numbers.
 * Returns: FALSE for other properties. */
static gboolean
whole_range (GParamSpec *spec, gint64 *minimum, guint64 *maximum)
{
  if (G_IS_PARAM_SPEC_INT (spec)) {
    *minimum = G_PARAM_SPEC_INT (spec)->minimum;
    *maximum = (guint64) MAX (G_PARAM_SPEC_INT (spec)->maximum, 0);
  } else if (G_IS_PARAM_SPEC_INT64 (spec)) {
    *minimum = G_PARAM_SPEC_INT64 (spec)->minimum;
    *maximum = (guint64) MAX (G_PARAM_SPEC_INT64 (spec)->maximum, 0);
  } else if (G_IS_PARAM_SPEC_UINT (spec)) {
    *minimum = G_PARAM_SPEC_UINT (spec)->minimum;
    *maximum = G_PARAM_SPEC_UINT (spec)->maximum;
  } else if (G_IS_PARAM_SPEC_UINT64 (spec)) {
    *minimum = (gint64) MIN (
        G_PARAM_SPEC_UINT64 (spec)->minimum, (guint64) G_MAXINT64);
    *maximum = G_PARAM_SPEC_UINT64 (spec)->maximum;
  } else {
    return FALSE;
  }
  return TRUE;
}

/* Flags may be joined by "+". */
static gchar *
join_flags (GParamSpec *spec)
{
  GString *choices = g_string_new (NULL);
  GFlagsClass *klass = G_PARAM_SPEC_FLAGS (spec)->flags_class;

  for (guint i = 0; i < klass->n_values; i++)
    g_string_append_printf (
        choices, "%s%s", i > 0 ? "+" : "", klass->values[i].value_nick);
  return g_string_free (choices, FALSE);
}

static gchar *
join_choices (GParamSpec *spec, const gchar *separator)
{
  GString *choices = g_string_new (NULL);
  GEnumClass *klass = G_PARAM_SPEC_ENUM (spec)->enum_class;

  for (guint i = 0; i < klass->n_values; i++)
    g_string_append_printf (
        choices, "%s%s", i > 0 ? separator : "", klass->values[i].value_nick);
  return g_string_free (choices, FALSE);
}

gboolean
measure_value_is_time (GParamSpec *spec)
{
  return G_IS_PARAM_SPEC_INT64 (spec)
      && g_strcmp0 (
             g_param_spec_get_qdata (spec, g_quark_from_static_string ("unit")),
             "ns")
      == 0;
}

gchar *
measure_value_describe (GParamSpec *spec)
{
  const PerceptualOption *option =
      metric_tables_find_option (perceptual_options (), spec->name);
  gint64 minimum;
  guint64 maximum;

  if (option != NULL && option->choices != NULL)
    return g_strjoinv ("|", (gchar **) option->choices);
  if (G_IS_PARAM_SPEC_ENUM (spec))
    return join_choices (spec, "|");
  if (G_IS_PARAM_SPEC_FLAGS (spec))
    return join_flags (spec);
  if (G_IS_PARAM_SPEC_BOOLEAN (spec))
    return g_strdup ("true|false");
  if (measure_value_is_time (spec))
    return g_strdup ("TIME");
  if (G_IS_PARAM_SPEC_DOUBLE (spec) || whole_range (spec, &minimum, &maximum))
    return g_strdup ("NUMBER");
  if (GST_IS_PARAM_SPEC_FRACTION (spec))
    return g_strdup ("NUMBER[/NUMBER]");
  /* So that shells complete it. */
  if (strcmp (spec->name, "weights") == 0)
    return g_strdup ("PATH");
  return g_strdup ("TEXT");
}

gchar *
measure_value_default (GParamSpec *spec)
{
  const GValue *value = g_param_spec_get_default_value (spec);
  const gchar *text =
      G_VALUE_HOLDS_STRING (value) ? g_value_get_string (value) : NULL;
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (G_VALUE_HOLDS_STRING (value))
    return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
  if (G_VALUE_HOLDS_ENUM (value))
    return g_strdup (g_enum_get_value (
        G_PARAM_SPEC_ENUM (spec)->enum_class, g_value_get_enum (value))
                         ->value_nick);
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_strdup (g_value_get_boolean (value) ? "true" : "false");
  if (G_VALUE_HOLDS_DOUBLE (value))
    return g_strdup (g_ascii_formatd (
        digits, sizeof digits, "%.6g", g_value_get_double (value)));
  if (measure_value_is_time (spec) && g_value_get_int64 (value) > 0)
    return duration_print_ns (g_value_get_int64 (value));
  return gst_value_serialize (value);
}

static gboolean
parse_boolean (
    GParamSpec *spec, const gchar *text, GValue *value, GError **error)
{
  gboolean yes =
      g_ascii_strcasecmp (text, "true") == 0 || strcmp (text, "1") == 0;
  gboolean no =
      g_ascii_strcasecmp (text, "false") == 0 || strcmp (text, "0") == 0;

  if (!yes && !no)
    return measure_value_refuse (text, spec->name, "true, false", error);
  g_value_set_boolean (value, yes);
  return TRUE;
}

static gboolean
parse_enum (GParamSpec *spec, const gchar *text, GValue *value, GError **error)
{
  GEnumValue *found =
      g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (spec)->enum_class, text);
  g_autofree gchar *choices = NULL;

  if (found == NULL) {
    const GEnumClass *klass = G_PARAM_SPEC_ENUM (spec)->enum_class;
    const gchar *meant = NULL;
    guint distance = 0;

    choices = join_choices (spec, ", ");
    for (guint i = 0; i < klass->n_values; i++)
      perceptual_nearest_add (
          text, klass->values[i].value_nick, &meant, &distance);
    if (meant != NULL) {
      gchar *more = g_strdup_printf ("%s; did you mean %s?", choices, meant);

      g_free (choices);
      choices = more;
    }
    return measure_value_refuse (text, spec->name, choices, error);
  }
  g_value_set_enum (value, found->value);
  return TRUE;
}

static gboolean
parse_whole (GParamSpec *spec, const gchar *text, gint64 minimum,
    guint64 maximum, GValue *value, GError **error)
{
  GValue number = G_VALUE_INIT;
  gint64 low = 0;
  guint64 high = 0;
  gboolean valid;

  if (*text == '-') {
    valid = minimum <= 0
        && g_ascii_string_to_signed (text, 10, minimum, 0, &low, NULL);
    g_value_init (&number, G_TYPE_INT64);
    g_value_set_int64 (&number, low);
  } else {
    valid = g_ascii_string_to_unsigned (text, 10, 0, maximum, &high, NULL)
        && (minimum < 0 || high >= (guint64) minimum);
    g_value_init (&number, G_TYPE_UINT64);
    g_value_set_uint64 (&number, high);
  }
  if (!valid) {
    g_autofree gchar *range = g_strdup_printf (
        "a whole number from %" G_GINT64_FORMAT " to %" G_GUINT64_FORMAT,
        minimum, maximum);

    return measure_value_refuse (text, spec->name, range, error);
  }
  return g_value_transform (&number, value);
}

gboolean
measure_value_parse_time (GParamSpec *spec, const gchar *text, gboolean frames,
    Duration *duration, GError **error)
{
  const DurationRule rule = { G_PARAM_SPEC_INT64 (spec)->minimum,
    G_PARAM_SPEC_INT64 (spec)->maximum, DURATION_PLAIN_NS, frames };

  return duration_parse (text, spec->name, &rule, duration, error);
}

static gboolean
parse_time (GParamSpec *spec, const gchar *text, GValue *value, GError **error)
{
  Duration duration;

  if (!measure_value_parse_time (spec, text, FALSE, &duration, error))
    return FALSE;
  g_value_set_int64 (value, duration.amount);
  return TRUE;
}

static gboolean
parse_double (
    GParamSpec *spec, const gchar *text, GValue *value, GError **error)
{
  GParamSpecDouble *range = G_PARAM_SPEC_DOUBLE (spec);
  gchar *end = NULL;
  gdouble number = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (number)
      || number < range->minimum || number > range->maximum) {
    g_autofree gchar *valid = g_strdup_printf (
        "a number from %g to %g", range->minimum, range->maximum);

    return measure_value_refuse (text, spec->name, valid, error);
  }
  g_value_set_double (value, number);
  return TRUE;
}

/* "30" or "30000/1001", within the range of the property. */
static gboolean
parse_fraction (
    GParamSpec *spec, const gchar *text, GValue *value, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  guint64 n = 0, d = 1;
  gboolean valid = parts[0] != NULL
      && g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXINT, &n, NULL)
      && (parts[1] == NULL
          || g_ascii_string_to_unsigned (parts[1], 10, 1, G_MAXINT, &d, NULL));

  if (valid)
    gst_value_set_fraction (value, (gint) n, (gint) d);
  if (!valid || g_param_value_validate (spec, value))
    return measure_value_refuse (
        text, spec->name, "a whole number or two as in 30000/1001", error);
  return TRUE;
}

gboolean
measure_value_parse (
    GParamSpec *spec, const gchar *text, GValue *value, GError **error)
{
  gint64 minimum;
  guint64 maximum;

  g_value_init (value, spec->value_type);
  if (G_IS_PARAM_SPEC_BOOLEAN (spec))
    return parse_boolean (spec, text, value, error);
  if (G_IS_PARAM_SPEC_ENUM (spec))
    return parse_enum (spec, text, value, error);
  if (G_IS_PARAM_SPEC_DOUBLE (spec))
    return parse_double (spec, text, value, error);
  if (measure_value_is_time (spec))
    return parse_time (spec, text, value, error);
  if (whole_range (spec, &minimum, &maximum))
    return parse_whole (spec, text, minimum, maximum, value, error);
  if (GST_IS_PARAM_SPEC_FRACTION (spec))
    return parse_fraction (spec, text, value, error);
  if (!g_utf8_validate (text, -1, NULL))
    return measure_value_refuse (text, spec->name, "UTF-8 text", error);
  g_value_set_string (value, text);
  return TRUE;
}
