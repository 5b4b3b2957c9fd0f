/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From options to a network: which backbone, which taps, and its numbers from
 * a file or a seed.
 */
#include "features/backbone.h"
#include "locate.h"
#include "manifest.h"
#include "option.h"

#include <string.h>

static const gchar *const precisions[] = { "exact", "fast", NULL };

static const gchar *const backbones[] = { "alex", "squeeze", "vgg", NULL };

const PerceptualOption perceptual_option_backbone = {
  .name = "backbone",
  .blurb = "Network whose features are compared: alex (fast), squeeze (small "
           "file), vgg (slow)",
  .type = PERCEPTUAL_OPTION_STRING,
  .default_text = "alex",
  .choices = backbones,
};

const PerceptualOption perceptual_option_taps = {
  .name = "taps",
  .blurb = "Layers that are compared: all, a number N for the first N, or a "
           "list such as 1,3 (a list of one ends in a comma: 3,)",
  .type = PERCEPTUAL_OPTION_STRING,
  .default_text = "all",
};

const PerceptualOption perceptual_option_weights = {
  .name = "weights",
  .blurb = "Weights file, folder that holds BACKBONE.safetensors, or random; "
           "empty searches the usual folders",
  .type = PERCEPTUAL_OPTION_STRING,
  .default_text = "",
};

const PerceptualOption perceptual_option_zero_mean = {
  .name = "zero-mean",
  .blurb = "With weights=random: take the mean out of the first layer's "
           "filters, so that flat colour has no weight",
  .type = PERCEPTUAL_OPTION_BOOLEAN,
  .default_text = "false",
};

const PerceptualOption perceptual_option_precision = {
  .name = "precision",
  .blurb = "exact, or fast: several times faster and within 1 % where the CPU "
           "multiplies bfloat16 matrices (AMX), the same as exact elsewhere",
  .type = PERCEPTUAL_OPTION_STRING,
  .default_text = "exact",
  .choices = precisions,
};

const PerceptualOption perceptual_option_channel_norm = {
  .name = "channel-norm",
  .blurb = "Divide each pixel's features by their length before comparing",
  .type = PERCEPTUAL_OPTION_BOOLEAN,
  .default_text = "true",
};

/* Moves an error of weights/ into the library's domain. */
static void
translate (GError **error)
{
  if (error == NULL || *error == NULL
      || (*error)->domain != PERCEPTUAL_WEIGHTS_ERROR)
    return;
  (*error)->code = (*error)->code == PERCEPTUAL_WEIGHTS_ERROR_INVALID
      ? PERCEPTUAL_ERROR_WEIGHTS_INVALID
      : PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND;
  (*error)->domain = PERCEPTUAL_ERROR;
}

/* A tap's number as users count, from 1; 0 when @text is not one. */
static guint
parse_tap (const gchar *text, guint most)
{
  g_autofree gchar *stripped = g_strstrip (g_strdup (text));
  guint64 number;

  if (!g_ascii_string_to_unsigned (stripped, 10, 1, most, &number, NULL))
    return 0;
  return (guint) number;
}

static gboolean
choose_taps (PerceptualBackbone *self, const gchar *text, GError **error)
{
  guint most = perceptual_network_taps (self->network);
  guint wanted = 0;

  if (strcmp (text, "all") == 0) {
    wanted = (1u << most) - 1;
  } else if (strchr (text, ',') == NULL) {
    guint first = parse_tap (text, most);

    wanted = (1u << first) - 1;
  } else {
    g_auto (GStrv) parts = g_strsplit (text, ",", -1);
    guint n = g_strv_length (parts);

    if (*parts[n - 1] == '\0')
      n--;
    for (guint i = 0; i < n; i++) {
      guint tap = parse_tap (parts[i], most);

      if (tap == 0 || wanted & (1u << (tap - 1))) {
        wanted = 0;
        break;
      }
      wanted |= 1u << (tap - 1);
    }
  }
  if (wanted == 0) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "\"%s\" is not a value for taps; valid with backbone %s: all, a number "
        "from 1 to %u, or a list of such numbers, each once",
        text, self->network->name, most);
    return FALSE;
  }
  for (guint tap = 0; tap < most; tap++) {
    if (wanted & (1u << tap))
      self->taps[self->n_taps++] = tap;
  }
  return TRUE;
}

const gchar *
perceptual_backbone_tap_name (const PerceptualBackbone *self, guint t)
{
  return t < self->n_taps ? self->network->tap_names[self->taps[t]] : NULL;
}

static gboolean
open_weights (PerceptualBackbone *self, const gchar *wish, GError **error)
{
  g_autofree gchar *path =
      perceptual_weights_locate (wish, self->network->name, error);

  if (path == NULL)
    return FALSE;
  self->tensors = perceptual_tensors_open (path, error);
  if (self->tensors == NULL)
    return FALSE;
  self->weights.name = g_path_get_basename (path);
  self->weights.sha256 =
      g_strdup (perceptual_tensors_get_sha256 (self->tensors));
  self->weights.known =
      perceptual_known_file_find (self->weights.sha256) != NULL;
  self->weights.path = g_steal_pointer (&path);
  return TRUE;
}

static gboolean
make_engine (PerceptualBackbone *self, PerceptualMetric *metric,
    const PerceptualEngineInput *input, GError **error)
{
  PerceptualFilters *filters;
  guint wanted = 0;

  for (guint i = 0; i < self->n_taps; i++)
    wanted |= 1u << self->taps[i];
  if (self->tensors != NULL) {
    filters = perceptual_filters_from_tensors (self->tensors);
    self->engine = perceptual_engine_new (self->network, wanted, input, filters,
        NULL, self->fast, metric->workers, error);
    g_free (filters);
  } else {
    filters =
        perceptual_filters_random (perceptual_metric_uint (metric, "seed"),
            perceptual_metric_boolean (metric, "zero-mean"));
    self->engine = perceptual_engine_new (self->network, wanted, input, filters,
        NULL, self->fast, metric->workers, error);
    perceptual_filters_random_free (filters);
  }
  return self->engine != NULL;
}

const PerceptualEngineInput perceptual_backbone_input = {
  { -.030, -.088, -.188 }, { .458, .448, .450 }
};

static void
choose_arithmetic (PerceptualBackbone *self, PerceptualMetric *metric)
{
  if (strcmp (perceptual_metric_string (metric, "precision"), "fast") == 0) {
    self->fast = perceptual_fast_kernels ();
    if (self->fast == NULL)
      metric->note =
          "This CPU does not multiply bfloat16 matrices (AMX), so "
          "precision=fast is the same as exact: distances are exact and take "
          "as long";
  }
  metric->one_by_one = self->fast != NULL;
  metric->arithmetic = self->fast != NULL ? self->fast->arithmetic : "float32";
}

gboolean
perceptual_backbone_open (PerceptualBackbone *self, PerceptualMetric *metric,
    const PerceptualEngineInput *input, GError **error)
{
  const gchar *wish = perceptual_metric_string (metric, "weights");
  gboolean random = strcmp (wish, "random") == 0;

  self->network =
      perceptual_network_find (perceptual_metric_string (metric, "backbone"));
  g_assert (self->network != NULL); /* the option's choices are the table's */
  if (!choose_taps (self, perceptual_metric_string (metric, "taps"), error))
    return FALSE;
  if (!random && perceptual_metric_boolean (metric, "zero-mean")) {
    g_set_error_literal (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "zero-mean changes random filters only; set weights=random with it, "
        "or leave it out");
    return FALSE;
  }
  choose_arithmetic (self, metric);
  if (random)
    self->weights.name = g_strdup ("random");
  else if (!open_weights (self, wish, error))
    goto failed;
  if (!make_engine (self, metric, input, error))
    goto failed;
  metric->weights = &self->weights;
  metric->min_width = perceptual_engine_get_minimum (self->engine);
  metric->min_height = metric->min_width;
  return TRUE;

failed:
  translate (error);
  return FALSE;
}

const gfloat *
perceptual_backbone_tensor (
    PerceptualBackbone *self, const gchar *name, gsize n, GError **error)
{
  const gfloat *numbers =
      perceptual_tensors_get (self->tensors, name, &n, 1, error);

  if (numbers == NULL)
    translate (error);
  return numbers;
}

void
perceptual_backbone_loaded (PerceptualBackbone *self)
{
  g_clear_pointer (&self->tensors, perceptual_tensors_free);
}

void
perceptual_backbone_clear (PerceptualBackbone *self)
{
  perceptual_backbone_loaded (self);
  g_clear_pointer (&self->engine, perceptual_engine_free);
  g_free ((gchar *) self->weights.name);
  g_free ((gchar *) self->weights.path);
  g_free ((gchar *) self->weights.sha256);
}
