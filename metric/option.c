/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Option tables: reading a value as a user types it, checking a set of values
 * against a metric's table, filling in defaults.
 */
#include "option.h"
#include "nearest.h"
#include "scale.h"

#include <math.h>

static void
bad_value (const PerceptualOption *option, const gchar *text, GError **error)
{
  g_autofree gchar *valid = NULL;
  const gchar *meant = NULL;
  guint distance = 0;

  for (guint i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
    perceptual_nearest_add (text, option->choices[i], &meant, &distance);
  switch (option->type) {
    case PERCEPTUAL_OPTION_BOOLEAN:
      valid = g_strdup ("true or false");
      break;
    case PERCEPTUAL_OPTION_UINT:
      valid = g_strdup_printf (
          "a whole number from %.0f to %.0f", option->minimum, option->maximum);
      break;
    case PERCEPTUAL_OPTION_DOUBLE:
      valid = g_strdup_printf (
          "a number from %g to %g", option->minimum, option->maximum);
      break;
    case PERCEPTUAL_OPTION_STRING:
      valid = option->choices != NULL
          ? g_strjoinv (", ", (gchar **) option->choices)
          : g_strdup ("text");
      break;
  }
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
      "\"%s\" is not a value for %s; valid: %s%s%s%s", text, option->name,
      valid, meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "",
      meant != NULL ? "?" : "");
}

static const gchar *
variant_type (const PerceptualOption *option)
{
  static const gchar *const types[] = { "b", "t", "d", "s" };

  return types[option->type];
}

static gboolean
in_range (const PerceptualOption *option, GVariant *value)
{
  gdouble number;

  switch (option->type) {
    case PERCEPTUAL_OPTION_UINT:
      number = (gdouble) g_variant_get_uint64 (value);
      break;
    case PERCEPTUAL_OPTION_DOUBLE:
      number = g_variant_get_double (value);
      break;
    case PERCEPTUAL_OPTION_STRING:
      return option->choices == NULL
          || g_strv_contains (
              option->choices, g_variant_get_string (value, NULL));
    default:
      return TRUE;
  }
  return isfinite (number) && number >= option->minimum
      && number <= option->maximum;
}

static GVariant *
parse_text (const PerceptualOption *option, const gchar *text)
{
  gchar *end = NULL;
  guint64 number;
  gdouble real;

  switch (option->type) {
    case PERCEPTUAL_OPTION_BOOLEAN:
      if (g_ascii_strcasecmp (text, "true") == 0 || g_strcmp0 (text, "1") == 0)
        return g_variant_new_boolean (TRUE);
      if (g_ascii_strcasecmp (text, "false") == 0 || g_strcmp0 (text, "0") == 0)
        return g_variant_new_boolean (FALSE);
      return NULL;
    case PERCEPTUAL_OPTION_UINT:
      if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL))
        return NULL;
      return g_variant_new_uint64 (number);
    case PERCEPTUAL_OPTION_DOUBLE:
      real = g_ascii_strtod (text, &end);
      if (end == text || *end != '\0')
        return NULL;
      return g_variant_new_double (real);
    case PERCEPTUAL_OPTION_STRING:
      return g_utf8_validate (text, -1, NULL) ? g_variant_new_string (text)
                                              : NULL;
  }
  return NULL;
}

GVariant *
perceptual_option_parse (
    const PerceptualOption *option, const gchar *text, GError **error)
{
  GVariant *value;

  g_return_val_if_fail (option != NULL && text != NULL, NULL);

  value = parse_text (option, text);
  if (value != NULL)
    g_variant_ref_sink (value);
  if (value == NULL || !in_range (option, value)) {
    g_clear_pointer (&value, g_variant_unref);
    bad_value (option, text, error);
  }
  return value;
}

const PerceptualOption *
perceptual_option_find (
    const PerceptualOption *const *options, const gchar *name)
{
  for (; options != NULL && *options != NULL; options++) {
    if (g_strcmp0 ((*options)->name, name) == 0)
      return *options;
  }
  return NULL;
}

GVariant *
perceptual_option_default (const PerceptualOption *option)
{
  GVariant *value =
      perceptual_option_parse (option, option->default_text, NULL);

  /* A table whose default does not parse is a bug in the table, which the
   * walk over all tables in the tests would show. */
  g_assert (value != NULL);
  return value;
}

static gchar *
known_names (const PerceptualOption *const *options)
{
  GString *names = g_string_new (NULL);

  for (; options != NULL && *options != NULL; options++)
    g_string_append_printf (
        names, "%s%s", names->len > 0 ? ", " : "", (*options)->name);
  return g_string_free (names, names->len == 0)
      ?: g_strdup ("none, it has no options");
}

void
perceptual_option_unknown (
    const PerceptualMetricInfo *info, const gchar *name, GError **error)
{
  g_autofree gchar *names = known_names (info->options);

  if (g_str_equal (name, perceptual_option_scale.name))
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "The metric %s has no option scale: it chooses the size at which it "
        "measures by the resolution of the images itself.  Other metrics have "
        "it, as in lpips:scale=.5",
        info->name);
  else
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "The metric %s has no option %s; its options: %s", info->name,
        *name != '\0' ? name : "\"\"", names);
}

static gboolean
check_value (const PerceptualMetricInfo *info, const gchar *name,
    GVariant *value, GError **error)
{
  const PerceptualOption *option = perceptual_option_find (info->options, name);

  if (option == NULL) {
    const PerceptualOption *elsewhere =
        perceptual_option_find (perceptual_options (), name);

    /* Setting another metric's option to its default changes nothing, so
     * programs that always set all of them keep working. */
    if (elsewhere != NULL) {
      g_autoptr (GVariant) normal = perceptual_option_default (elsewhere);

      if (g_variant_equal (normal, value))
        return TRUE;
    }
    perceptual_option_unknown (info, name, error);
    return FALSE;
  }
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (variant_type (option)))) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "The option %s takes a value of GVariant type %s, not %s", name,
        variant_type (option), g_variant_get_type_string (value));
    return FALSE;
  }
  if (!in_range (option, value)) {
    g_autofree gchar *text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
        ? g_variant_dup_string (value, NULL)
        : g_variant_print (value, FALSE);

    bad_value (option, text, error);
    return FALSE;
  }
  return TRUE;
}

/* Texts that mean the same become one, so that options can be compared with
 * those of another run.  Takes @value.  Returns: (transfer full) (nullable) */
static GVariant *
normal_value (const PerceptualOption *option, GVariant *value, GError **error)
{
  gint factor;

  if (option != &perceptual_option_scale)
    return value;
  factor = perceptual_scale_parse (g_variant_get_string (value, NULL), error);
  g_variant_unref (value);
  if (factor < 0)
    return NULL;
  return g_variant_ref_sink (
      g_variant_new_string (perceptual_scale_text (factor)));
}

GVariant *
perceptual_options_complete (
    const PerceptualMetricInfo *info, GVariant *given, GError **error)
{
  GVariantBuilder builder;

  if (given != NULL) {
    GVariantIter iter;
    const gchar *name;
    GVariant *value;

    g_variant_iter_init (&iter, given);
    while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
      gboolean valid = check_value (info, name, value, error);

      g_variant_unref (value);
      if (!valid)
        return NULL;
    }
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; info->options != NULL && info->options[i] != NULL; i++) {
    const PerceptualOption *option = info->options[i];
    GVariant *value = given != NULL
        ? g_variant_lookup_value (given, option->name, NULL)
        : NULL;

    if (value == NULL)
      value = perceptual_option_default (option);
    value = normal_value (option, value, error);
    if (value == NULL) {
      g_variant_builder_clear (&builder);
      return NULL;
    }
    g_variant_builder_add (&builder, "{sv}", option->name, value);
    g_variant_unref (value);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
