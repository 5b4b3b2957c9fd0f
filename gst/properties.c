/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element's properties.  The metrics' options come from their tables and
 * are not named here.  Knows nothing of what the settings do.
 */
#include "properties.h"

enum
{
  PROP_0,
  PROP_METRIC,
  PROP_ALSO,
  PROP_THREADS,
  PROP_TOLERANCE,
  PROP_SYNC_OFFSET,
  PROP_MISSING_FRAMES,
  PROP_UNEQUAL_ENDS,
  PROP_SCALING,
  PROP_ALLOW_HDR,
  PROP_LOG_LOCATION,
  PROP_LOG_FORMAT,
  PROP_OUTPUT,
  PROP_FIRST_OPTION, /* and one for each row of perceptual_options() */
};

#define MAX_THREADS 256
#define FLAGS                                                                  \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)

static GType
register_enum (const gchar *name, const GEnumValue *values)
{
  GType type = g_enum_register_static (name, values);

  gst_type_mark_as_plugin_api (type, 0);
  return type;
}

static GType
missing_type (void)
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

static GType
scaling_type (void)
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

static GType
log_format_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { PERCEPTUAL_LOG_JSONL, "One JSON object a line", "jsonl" },
    { PERCEPTUAL_LOG_CSV, "Comma separated values, comments with #", "csv" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistanceLogFormat", values));
  return type;
}

static GType
output_type (void)
{
  static GType type;
  static const GEnumValue values[] = {
    { PERCEPTUAL_OUTPUT_REFERENCE, "Every reference frame", "reference" },
    { PERCEPTUAL_OUTPUT_DISTORTED, "Every distorted frame", "distorted" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, register_enum ("GstPerceptualDistanceOutput", values));
  return type;
}

void
perceptual_config_init (PerceptualConfig *self)
{
  *self = (PerceptualConfig){
    .metric = g_strdup (PERCEPTUAL_DEFAULT_METRIC),
    .tolerance = -1,
    .options = g_hash_table_new_full (
        NULL, NULL, NULL, (GDestroyNotify) g_variant_unref),
  };
}

void
perceptual_config_clear (PerceptualConfig *self)
{
  g_free (self->metric);
  g_free (self->also);
  g_free (self->log_location);
  g_clear_pointer (&self->options, g_hash_table_unref);
  *self = (PerceptualConfig){ 0 };
}

void
perceptual_config_copy (const PerceptualConfig *from, PerceptualConfig *to)
{
  GHashTableIter iter;
  gpointer name, value;

  *to = *from;
  to->metric = g_strdup (from->metric);
  to->also = g_strdup (from->also);
  to->log_location = g_strdup (from->log_location);
  to->options = g_hash_table_new_full (
      NULL, NULL, NULL, (GDestroyNotify) g_variant_unref);
  g_hash_table_iter_init (&iter, from->options);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (to->options, name, g_variant_ref (value));
}

GVariant *
perceptual_config_get_options (const PerceptualConfig *self)
{
  const PerceptualOption *const *rows = perceptual_options ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; rows[i] != NULL; i++) {
    GVariant *value =
        g_hash_table_lookup (self->options, g_intern_string (rows[i]->name));

    if (value != NULL)
      g_variant_builder_add (&builder, "{sv}", rows[i]->name, value);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* --- properties from the option tables ----------------------------------- */

static const PerceptualOption *
option_of (guint id)
{
  guint n = 0;

  if (id < PROP_FIRST_OPTION)
    return NULL;
  while (perceptual_options ()[n] != NULL && n < id - PROP_FIRST_OPTION)
    n++;
  return perceptual_options ()[n];
}

static const gchar *
option_blurb (const PerceptualOption *option)
{
  g_autoptr (GString) text = g_string_new ("Metric option: ");
  gboolean first = TRUE;

  g_string_append (text, option->blurb);
  if (option->choices != NULL) {
    g_autofree gchar *choices = g_strjoinv (", ", (gchar **) option->choices);

    g_string_append_printf (text, "; one of %s", choices);
  }
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

static GParamSpec *
option_param (const PerceptualOption *option)
{
  const gchar *name = option->name, *blurb = option_blurb (option);
  g_autoptr (GVariant) normal =
      perceptual_option_parse (option, option->default_text, NULL);

  switch (option->type) {
    case PERCEPTUAL_OPTION_BOOLEAN:
      return g_param_spec_boolean (
          name, name, blurb, g_variant_get_boolean (normal), FLAGS);
    case PERCEPTUAL_OPTION_UINT:
      /* As doubles, the limits of 64 bits round up. */
      return g_param_spec_uint64 (name, name, blurb, (guint64) option->minimum,
          option->maximum >= 18446744073709551615.0 ? G_MAXUINT64
                                                    : (guint64) option->maximum,
          g_variant_get_uint64 (normal), FLAGS);
    case PERCEPTUAL_OPTION_DOUBLE:
      return g_param_spec_double (name, name, blurb, option->minimum,
          option->maximum, g_variant_get_double (normal), FLAGS);
    case PERCEPTUAL_OPTION_STRING:
      break;
  }
  return g_param_spec_string (
      name, name, blurb, g_variant_get_string (normal, NULL), FLAGS);
}

static void
set_option (
    PerceptualConfig *self, const PerceptualOption *option, const GValue *value)
{
  gpointer name = (gpointer) g_intern_string (option->name);
  GVariant *variant = NULL;

  switch (option->type) {
    case PERCEPTUAL_OPTION_BOOLEAN:
      variant = g_variant_new_boolean (g_value_get_boolean (value));
      break;
    case PERCEPTUAL_OPTION_UINT:
      variant = g_variant_new_uint64 (g_value_get_uint64 (value));
      break;
    case PERCEPTUAL_OPTION_DOUBLE:
      variant = g_variant_new_double (g_value_get_double (value));
      break;
    case PERCEPTUAL_OPTION_STRING:
      if (g_value_get_string (value) != NULL)
        variant = g_variant_new_string (g_value_get_string (value));
      break;
  }
  if (variant != NULL)
    g_hash_table_insert (self->options, name, g_variant_ref_sink (variant));
  else
    g_hash_table_remove (self->options, name);
}

static void
get_option (
    const PerceptualConfig *self, const PerceptualOption *option, GValue *value)
{
  GVariant *set =
      g_hash_table_lookup (self->options, g_intern_string (option->name));
  g_autoptr (GVariant) variant = set != NULL
      ? g_variant_ref (set)
      : perceptual_option_parse (option, option->default_text, NULL);

  switch (option->type) {
    case PERCEPTUAL_OPTION_BOOLEAN:
      g_value_set_boolean (value, g_variant_get_boolean (variant));
      break;
    case PERCEPTUAL_OPTION_UINT:
      g_value_set_uint64 (value, g_variant_get_uint64 (variant));
      break;
    case PERCEPTUAL_OPTION_DOUBLE:
      g_value_set_double (value, g_variant_get_double (variant));
      break;
    case PERCEPTUAL_OPTION_STRING:
      g_value_set_string (value, g_variant_get_string (variant, NULL));
      break;
  }
}

/* --- all properties ------------------------------------------------------ */

static const gchar *
metric_blurb (void)
{
  g_autoptr (GString) text =
      g_string_new ("The metric that measures the distance, one of ");

  for (guint i = 0; perceptual_metrics ()[i] != NULL; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? ", " : "", perceptual_metrics ()[i]->name);
  return g_intern_string (text->str);
}

static void
install_pairing (GObjectClass *klass)
{
  /**
   * GstPerceptualDistance:tolerance:
   *
   * Largest difference of running times, in nanoseconds, of two frames that
   * are a pair.  -1 (the default) is half of the reference frame's duration.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_TOLERANCE,
      g_param_spec_int64 ("tolerance", "Tolerance",
          "Largest difference in ns of the running times of a pair "
          "(-1 = half of the reference frame's duration)",
          -1, G_MAXINT64, -1, FLAGS));
  /**
   * GstPerceptualDistance:sync-offset:
   *
   * Nanoseconds added to the running times of distorted frames before they
   * are paired; negative if the distorted stream is late.  Default 0.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SYNC_OFFSET,
      g_param_spec_int64 ("sync-offset", "Sync offset",
          "Nanoseconds added to distorted running times before pairing "
          "(negative if the distorted stream is late)",
          G_MININT64, G_MAXINT64, 0, FLAGS));
  /**
   * GstPerceptualDistance:missing-frames:
   *
   * What happens when a reference frame finds no distorted frame: skip (the
   * default) counts it and goes on, error ends the pipeline with an error.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_MISSING_FRAMES,
      g_param_spec_enum ("missing-frames", "Missing frames",
          "What happens when a reference frame finds no distorted frame",
          missing_type (), PERCEPTUAL_MISSING_SKIP, FLAGS));
  /**
   * GstPerceptualDistance:unequal-ends:
   *
   * What happens at the end when one input had frames left after the other's
   * last one: skip (the default) counts them and posts a WARNING, error ends
   * with an error after the summary.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_UNEQUAL_ENDS,
      g_param_spec_enum ("unequal-ends", "Unequal ends",
          "What happens when one input ends before the other", missing_type (),
          PERCEPTUAL_MISSING_SKIP, FLAGS));
}

static void
install_frames (GObjectClass *klass)
{
  /**
   * GstPerceptualDistance:scaling:
   *
   * What is done about frames of different size: none (the default) makes it
   * an error, to-reference scales distorted frames.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SCALING,
      g_param_spec_enum ("scaling", "Scaling",
          "What is done when distorted frames have another size",
          scaling_type (), PERCEPTUAL_SCALING_NONE, FLAGS));
  /**
   * GstPerceptualDistance:allow-hdr:
   *
   * Measure PQ and HLG video as if it were SDR.  The metrics were made for
   * SDR, so distances of HDR video mean little; by default (false) such
   * input is an error.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ALLOW_HDR,
      g_param_spec_boolean ("allow-hdr", "Allow HDR",
          "Measure PQ and HLG video as if it were SDR", FALSE, FLAGS));
  /**
   * GstPerceptualDistance:output:
   *
   * Which input is passed on: reference (the default) or distorted.  Every
   * frame of that input is passed on, whether it found a partner or not.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_OUTPUT,
      g_param_spec_enum ("output", "Output", "Which input is passed on",
          output_type (), PERCEPTUAL_OUTPUT_REFERENCE, FLAGS));
}

static void
install_log (GObjectClass *klass)
{
  /**
   * GstPerceptualDistance:log-location:
   *
   * Path of the log, or - for standard output; no log by default.  An
   * existing file is emptied at the start of each run.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_LOG_LOCATION,
      g_param_spec_string ("log-location", "Log location",
          "Path of the log, - for standard output (default: no log)", NULL,
          FLAGS));
  /**
   * GstPerceptualDistance:log-format:
   *
   * What the log looks like: jsonl (the default) or csv.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_LOG_FORMAT,
      g_param_spec_enum ("log-format", "Log format", "What the log looks like",
          log_format_type (), PERCEPTUAL_LOG_JSONL, FLAGS));
}

void
perceptual_config_install (GObjectClass *klass)
{
  const PerceptualOption *const *options = perceptual_options ();

  /**
   * GstPerceptualDistance:metric:
   *
   * The metric that measures the distance.  Default mmd-ssim, which needs no
   * weights.  An unknown name is an error that lists the valid ones.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_METRIC,
      g_param_spec_string ("metric", "Metric", metric_blurb (),
          PERCEPTUAL_DEFAULT_METRIC, FLAGS));
  /**
   * GstPerceptualDistance:also:
   *
   * Further metrics to measure on each pair, separated by commas.  None by
   * default.  psnr and ssim keep the scales they are known by.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ALSO,
      g_param_spec_string ("also", "Also",
          "Further metrics to measure on each pair, separated by commas "
          "(default: none)",
          NULL, FLAGS));
  /**
   * GstPerceptualDistance:threads:
   *
   * Threads that work on one pair, 1 to 256; 0 (the default) takes as many as
   * this process has processors.  Results do not depend on it.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_THREADS,
      g_param_spec_uint ("threads", "Threads",
          "Threads that work on one pair (0 = one for each processor)", 0,
          MAX_THREADS, 0, FLAGS));
  install_pairing (klass);
  install_frames (klass);
  install_log (klass);
  for (guint i = 0; options[i] != NULL; i++)
    g_object_class_install_property (
        klass, PROP_FIRST_OPTION + i, option_param (options[i]));
}

static void
set_string (gchar **target, const GValue *value)
{
  const gchar *text = g_value_get_string (value);

  g_free (*target);
  *target = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

gboolean
perceptual_config_set (PerceptualConfig *self, guint id, const GValue *value)
{
  switch (id) {
    case PROP_METRIC:
      set_string (&self->metric, value);
      if (self->metric == NULL)
        self->metric = g_strdup (PERCEPTUAL_DEFAULT_METRIC);
      break;
    case PROP_ALSO:
      set_string (&self->also, value);
      break;
    case PROP_THREADS:
      self->threads = g_value_get_uint (value);
      break;
    case PROP_TOLERANCE:
      self->tolerance = g_value_get_int64 (value);
      break;
    case PROP_SYNC_OFFSET:
      self->sync_offset = g_value_get_int64 (value);
      break;
    case PROP_MISSING_FRAMES:
      self->missing_frames = g_value_get_enum (value);
      break;
    case PROP_UNEQUAL_ENDS:
      self->unequal_ends = g_value_get_enum (value);
      break;
    case PROP_SCALING:
      self->scaling = g_value_get_enum (value);
      break;
    case PROP_ALLOW_HDR:
      self->allow_hdr = g_value_get_boolean (value);
      break;
    case PROP_LOG_LOCATION:
      set_string (&self->log_location, value);
      break;
    case PROP_LOG_FORMAT:
      self->log_format = g_value_get_enum (value);
      break;
    case PROP_OUTPUT:
      self->output = g_value_get_enum (value);
      break;
    default:
      if (option_of (id) == NULL)
        return FALSE;
      set_option (self, option_of (id), value);
  }
  return TRUE;
}

gboolean
perceptual_config_get (const PerceptualConfig *self, guint id, GValue *value)
{
  switch (id) {
    case PROP_METRIC:
      g_value_set_string (value, self->metric);
      break;
    case PROP_ALSO:
      g_value_set_string (value, self->also);
      break;
    case PROP_THREADS:
      g_value_set_uint (value, self->threads);
      break;
    case PROP_TOLERANCE:
      g_value_set_int64 (value, self->tolerance);
      break;
    case PROP_SYNC_OFFSET:
      g_value_set_int64 (value, self->sync_offset);
      break;
    case PROP_MISSING_FRAMES:
      g_value_set_enum (value, self->missing_frames);
      break;
    case PROP_UNEQUAL_ENDS:
      g_value_set_enum (value, self->unequal_ends);
      break;
    case PROP_SCALING:
      g_value_set_enum (value, self->scaling);
      break;
    case PROP_ALLOW_HDR:
      g_value_set_boolean (value, self->allow_hdr);
      break;
    case PROP_LOG_LOCATION:
      g_value_set_string (value, self->log_location);
      break;
    case PROP_LOG_FORMAT:
      g_value_set_enum (value, self->log_format);
      break;
    case PROP_OUTPUT:
      g_value_set_enum (value, self->output);
      break;
    default:
      if (option_of (id) == NULL)
        return FALSE;
      get_option (self, option_of (id), value);
  }
  return TRUE;
}

gboolean
perceptual_config_affects_metrics (guint id)
{
  return id == PROP_METRIC || id == PROP_ALSO || id == PROP_THREADS
      || id >= PROP_FIRST_OPTION;
}
