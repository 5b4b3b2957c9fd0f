/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Metrics as users type them where each has options of its own:
 * "lpips:backbone=vgg,taps=1,3".
 */
#include "option.h"

#include <string.h>

/* The name that a specification begins with.  Returns: (transfer full). */
static gchar *
bare_name (const gchar *specification)
{
  return g_strndup (specification, strcspn (specification, ":"));
}

/* "a=1,b=2,3" becomes "a=1" and "b=2,3".  Returns: (transfer full). */
static GPtrArray *
split_settings (const gchar *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  GPtrArray *settings = g_ptr_array_new_with_free_func (g_free);

  /* "NAME:" is a slip, not an empty list. */
  if (parts[0] == NULL)
    g_ptr_array_add (settings, g_strdup (""));
  for (guint i = 0; parts[i] != NULL; i++) {
    gpointer *last;
    g_autofree gchar *before = NULL;

    if (strchr (parts[i], '=') != NULL || settings->len == 0) {
      g_ptr_array_add (settings, g_strdup (parts[i]));
      continue;
    }
    last = &settings->pdata[settings->len - 1];
    before = *last;
    *last = g_strconcat (before, ",", parts[i], NULL);
  }
  return settings;
}

static gboolean
take_setting (const PerceptualMetricInfo *info, const gchar *setting,
    GVariantDict *options, GError **error)
{
  const gchar *equals = strchr (setting, '=');
  g_autofree gchar *name = equals != NULL
      ? g_strndup (setting, (gsize) (equals - setting))
      : g_strdup (setting);
  const PerceptualOption *option = perceptual_option_find (info->options, name);
  GVariant *value;

  if (option == NULL) {
    perceptual_option_unknown (info, name, error);
    return FALSE;
  }
  if (equals == NULL) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "the metric %s needs a value for \"%s\", as in NAME:OPTION=VALUE",
        info->name, name);
    return FALSE;
  }
  value = perceptual_option_parse (option, equals + 1, error);
  if (value == NULL)
    return FALSE;
  g_variant_dict_insert_value (options, name, value);
  g_variant_unref (value);
  return TRUE;
}

const PerceptualMetricInfo *
perceptual_specification_parse (
    const gchar *specification, GVariant **options, GError **error)
{
  g_auto (GVariantDict) given = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GPtrArray) settings = NULL;
  g_autofree gchar *name = NULL;
  const PerceptualMetricInfo *info;
  const gchar *colon;

  g_return_val_if_fail (specification != NULL, NULL);

  name = bare_name (specification);
  info = perceptual_metric_find (name, error);
  if (info == NULL)
    return NULL;
  colon = strchr (specification, ':');
  if (colon != NULL)
    settings = split_settings (colon + 1);
  for (guint i = 0; settings != NULL && i < settings->len; i++) {
    if (!take_setting (info, settings->pdata[i], &given, error))
      return NULL;
  }
  if (options != NULL)
    *options = g_variant_ref_sink (g_variant_dict_end (&given));
  return info;
}

/* Whether @part goes on with the options of what is before it. */
static gboolean
goes_on (const gchar *part, const gchar *before)
{
  g_autofree gchar *name = bare_name (part);

  return before != NULL && strchr (before, ':') != NULL
      && perceptual_metric_find (name, NULL) == NULL;
}

gchar **
perceptual_specification_split (const gchar *list)
{
  g_auto (GStrv) parts = NULL;
  GPtrArray *found = g_ptr_array_new ();

  g_return_val_if_fail (list != NULL, NULL);

  /* An empty text has no parts at all. */
  parts = g_strsplit (list, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++) {
    const gchar *part = g_strstrip (parts[i]);
    gpointer *last = found->len > 0 ? &found->pdata[found->len - 1] : NULL;

    if (last != NULL && goes_on (part, *last)) {
      g_autofree gchar *before = *last;

      *last = g_strconcat (before, ",", part, NULL);
    } else {
      g_ptr_array_add (found, g_strdup (part));
    }
  }
  g_ptr_array_add (found, NULL);
  return (gchar **) g_ptr_array_free (found, FALSE);
}
