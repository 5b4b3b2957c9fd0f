/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of metrics, and what follows from it: the list that users see and
 * the union of all options.  A new metric is one row here.
 */
#include "metric-private.h"
#include "metrics.h"
#include "nearest.h"
#include "option.h"

const PerceptualMetricClass *const perceptual_metric_classes[] = {
  &perceptual_mmd_ssim_class,
  &perceptual_mmd_class,
  &perceptual_mmdpp_class,
  &perceptual_cnn_kernel_class,
  &perceptual_psnr_class,
  &perceptual_ssim_class,
  &perceptual_ms_ssim_class,
  &perceptual_l2_class,
  &perceptual_lpips_class,
  &perceptual_cosine_class,
  &perceptual_dps_class,
  NULL,
};

const PerceptualOption perceptual_option_seed = {
  .name = "seed",
  .blurb = "Seed of the random features; another seed gives another, equally "
           "valid, distance",
  .type = PERCEPTUAL_OPTION_UINT,
  .default_text = "0",
  .minimum = 0,
  .maximum = 4294967295.0,
};

const PerceptualOption perceptual_option_features = {
  .name = "features",
  .blurb = "Random features of a patch; more are nearer to the exact kernel "
           "and take longer in proportion",
  .type = PERCEPTUAL_OPTION_UINT,
  .default_text = "512",
  .minimum = 1,
  .maximum = 4096,
};

const PerceptualOption perceptual_option_exact = {
  .name = "exact",
  .blurb = "Compute the kernel itself instead of random features: one to two "
           "minutes for a megapixel on one thread, refused above that",
  .type = PERCEPTUAL_OPTION_BOOLEAN,
  .default_text = "false",
};

const PerceptualOption perceptual_option_centred = {
  .name = "centred",
  .blurb = "Take each channel's mean out of every patch, so that its texture "
           "counts and not its colour",
  .type = PERCEPTUAL_OPTION_BOOLEAN,
  .default_text = "true",
};

const PerceptualOption perceptual_option_all_planes = {
  .name = "all-planes",
  .blurb = "Measure each plane of colour besides luma, as taps: U and V, or R, "
           "G and B where the video is RGB; the distance is that of luma",
  .type = PERCEPTUAL_OPTION_BOOLEAN,
  .default_text = "true",
};

static gpointer
list_metrics (gpointer unused)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; perceptual_metric_classes[i] != NULL; i++)
    g_ptr_array_add (list, (gpointer) &perceptual_metric_classes[i]->info);
  g_ptr_array_add (list, NULL);
  return g_ptr_array_free (list, FALSE);
}

const PerceptualMetricInfo *const *
perceptual_metrics (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, list_metrics, NULL);
}

static gpointer
list_options (gpointer unused)
{
  const PerceptualMetricInfo *const *metrics = perceptual_metrics ();
  GPtrArray *list = g_ptr_array_new ();

  g_ptr_array_add (list, NULL);
  for (guint i = 0; metrics[i] != NULL; i++) {
    for (guint j = 0; metrics[i]->options && metrics[i]->options[j]; j++) {
      const PerceptualOption *option = metrics[i]->options[j];

      if (perceptual_option_find (
              (const PerceptualOption *const *) list->pdata, option->name)
          == NULL)
        g_ptr_array_insert (list, (gint) list->len - 1, (gpointer) option);
    }
  }
  return g_ptr_array_free (list, FALSE);
}

const PerceptualOption *const *
perceptual_options (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, list_options, NULL);
}

const PerceptualMetricInfo *
perceptual_metric_find (const gchar *name, GError **error)
{
  const PerceptualMetricInfo *const *metrics = perceptual_metrics ();
  g_autoptr (GString) names = g_string_new (NULL);
  const gchar *meant = NULL;
  guint distance = 0;

  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; metrics[i] != NULL; i++) {
    if (g_strcmp0 (metrics[i]->name, name) == 0)
      return metrics[i];
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", metrics[i]->name);
    perceptual_nearest_add (name, metrics[i]->name, &meant, &distance);
  }
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_METRIC,
      "There is no metric \"%s\"%s%s%s%s; valid: %s", name,
      *name == '\0' ? " (is there a comma too many?)" : "",
      meant != NULL ? " (did you mean " : "", meant != NULL ? meant : "",
      meant != NULL ? "?)" : "", names->str);
  return NULL;
}
