/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of values on command lines: any text must be read or refused, what is
 * read must keep to its limits, and what is printed must read back.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "compare/options/options.h"
#include "console/duration.h"
#include "frames/crop.h"
#include "measure/crop.h"
#include "measure/reader/raw.h"
#include "measure/value.h"
#include "monitor/config-file.h"
#include "monitor/serve/address.h"
#include "tune/arithmetic/quantity.h"
#include "tune/arithmetic/target.h"
#include "tune/encoding.h"

#include "place.h"
#include "text.h"
#include "words.h"

#include <gst/gst.h>
#include <math.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const DurationRule any_time = { G_MININT64, G_MAXINT64,
  DURATION_PLAIN_NS, TRUE };

/* --- times and sizes ----------------------------------------------------- */

static void
check_time (const Duration *time)
{
  g_autofree gchar *text = duration_print (time);
  g_autofree gchar *rounded = duration_print_rounded (time->amount);
  GError *error = NULL;
  Duration again;
  gint64 ns;

  g_assert_true (duration_parse (text, NULL, &any_time, &again, &error));
  g_assert_cmpint (again.amount, ==, time->amount);
  g_assert_cmpint (again.unit, ==, time->unit);
  g_assert_cmpstr (rounded, !=, "");
  if (duration_to_ns (time, 40 * DURATION_MS, &ns)
      && time->unit == DURATION_FRAMES)
    g_assert_cmpint (ns, ==, time->amount * 40 * DURATION_MS);
}

static void
read_time (const gchar *text)
{
  static const DurationRule rules[] = {
    { G_MININT64, G_MAXINT64, DURATION_PLAIN_NS, TRUE },
    { -1, G_MAXINT64, DURATION_PLAIN_NS, FALSE },
    { 0, G_MAXINT64 / 4, DURATION_PLAIN_LONG_NS, TRUE },
    { DURATION_MS, 1000 * DURATION_SECOND, DURATION_PLAIN_SECONDS, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
    GError *error = NULL;
    Duration time;
    gboolean done = duration_parse (text, "a", &rules[i], &time, &error);

    if (done && time.unit == DURATION_NS) {
      g_assert_cmpint (time.amount, >=, rules[i].least);
      g_assert_cmpint (time.amount, <=, rules[i].most);
    }
    if (done)
      check_time (&time);
    g_assert_true (!done || time.unit == DURATION_NS || rules[i].frames);
    check_said (done, error);
  }
}

static void
read_quantity (const gchar *text)
{
  GError *errors[4] = { NULL };
  gdouble seconds = 0, number = 0;
  guint64 bytes = 0;
  guint count = 0;
  gboolean done;

  done = tune_quantity_time (text, "a", &seconds, &errors[0]);
  g_assert_true (!done || (seconds >= .001 && seconds <= 36000000));
  check_said (done, errors[0]);
  done = tune_quantity_size (text, "a", &bytes, &errors[1]);
  g_assert_true (!done || (bytes >= 1 && bytes <= G_MAXUINT64 >> 4));
  if (done)
    g_free (tune_quantity_bytes (bytes));
  check_said (done, errors[1]);
  done = tune_quantity_positive (text, "a", "b", &number, &errors[2]);
  g_assert_true (!done || (number > 0 && isfinite (number)));
  if (done)
    g_free (tune_quantity_clock (number));
  check_said (done, errors[2]);
  done = tune_quantity_count (text, "a", 3, 10, &count, &errors[3]);
  g_assert_true (!done || (count >= 3 && count <= 10));
  check_said (done, errors[3]);
}

/* --- pictures ------------------------------------------------------------ */

static void
read_crop (const gchar *text)
{
  PerceptualRegion region;
  MeasureRegion same;
  g_autofree gchar *again = NULL;

  if (!perceptual_crop_parse (text, &region))
    return;
  g_assert_true (measure_crop_parse (text, &same));
  g_assert_cmpuint (region.x, ==, same.x);
  g_assert_cmpuint (region.y, ==, same.y);
  g_assert_cmpuint (region.width, ==, same.width);
  g_assert_cmpuint (region.height, ==, same.height);
  again = measure_crop_print (&same);
  g_assert_true (perceptual_crop_parse (again, &region));
  g_assert_cmpuint (region.width, ==, same.width);
}

/* Rows and planes lie one after the other, and no plane ends behind the
 * frame. */
static void
read_raw (const gchar *text)
{
  g_autofree gchar *words = NULL;
  MeasureRaw raw;

  if (!measure_raw_parse (text, &raw))
    return;
  words = measure_raw_describe (&raw);
  check_words (words);
  g_assert_cmpuint (raw.frame_size, ==, GST_VIDEO_INFO_SIZE (&raw.info));
  g_assert_cmpuint (raw.frame_size, >, 0);
  g_assert_cmpint (raw.info.fps_n, >, 0);
  g_assert_cmpint (raw.info.fps_d, >, 0);
  for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES (&raw.info); p++) {
    g_assert_cmpint (GST_VIDEO_INFO_PLANE_STRIDE (&raw.info, p), >, 0);
    g_assert_cmpuint (
        GST_VIDEO_INFO_PLANE_OFFSET (&raw.info, p), <, raw.frame_size);
  }
}

/* --- metrics ------------------------------------------------------------- */

static void
read_specification (const gchar *text)
{
  GError *error = NULL;
  GVariant *options = NULL;
  g_auto (GStrv) list = perceptual_specification_split (text);
  const PerceptualMetricInfo *info;

  /* One comma too many is refused. */
  for (guint i = 0; list[i] != NULL; i++)
    g_assert_true (*list[i] != '\0'
        || perceptual_specification_parse (list[i], NULL, NULL) == NULL);
  info = perceptual_specification_parse (text, &options, &error);
  g_assert_true ((info != NULL) == (options != NULL));
  g_clear_pointer (&options, g_variant_unref);
  check_said (info != NULL, error);
}

static void
read_options (const gchar *text)
{
  const PerceptualOption *const *options = perceptual_options ();

  for (guint i = 0; options[i] != NULL; i++) {
    GError *error = NULL;
    g_autoptr (GVariant) value =
        perceptual_option_parse (options[i], text, &error);

    g_assert_true (value == NULL || !g_variant_is_floating (value));
    check_said (value != NULL, error);
  }
}

static void
read_target (const gchar *text)
{
  static const gchar *const metrics[] = { "mmd-ssim", "psnr" };

  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++) {
    const PerceptualMetricInfo *metric =
        perceptual_metric_find (metrics[i], NULL);
    GError *error = NULL;
    g_autoptr (TuneTarget) target = tune_target_parse (text, metric, &error);

    if (target != NULL) {
      g_assert_true (isfinite (target->bound));
      g_assert_false (isnan (tune_target_excess (target, .5, metric)));
      g_assert_false (isnan (tune_target_excess (target, 0, metric)));
    }
    check_said (target != NULL, error);
  }
}

/* --- what sets properties ------------------------------------------------ */

static void
read_property (const gchar *text)
{
  g_autoptr (GPtrArray) specs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_param_spec_unref);

  g_ptr_array_add (specs, g_param_spec_boolean ("a", "", "", TRUE, 0));
  g_ptr_array_add (specs, g_param_spec_int ("b", "", "", -5, 9, 1, 0));
  g_ptr_array_add (
      specs, g_param_spec_uint64 ("c", "", "", 3, G_MAXUINT64, 3, 0));
  g_ptr_array_add (specs, g_param_spec_double ("d", "", "", -2, 7, 0, 0));
  g_ptr_array_add (
      specs, g_param_spec_int64 ("e", "", "", G_MININT64, G_MAXINT64, 0, 0));
  g_ptr_array_add (
      specs, gst_param_spec_fraction ("f", "", "", 0, 1, 120, 1, 1, 1, 0));
  g_ptr_array_add (specs, g_param_spec_string ("g", "", "", NULL, 0));
  g_ptr_array_add (
      specs, g_param_spec_enum ("h", "", "", GST_TYPE_STATE, 1, 0));
  for (guint i = 0; i < specs->len; i++) {
    GValue value = G_VALUE_INIT;
    GError *error = NULL;
    g_autoptr (GParamSpec) spec =
        g_param_spec_ref_sink (g_param_spec_ref (specs->pdata[i]));
    gboolean done = measure_value_parse (spec, text, &value, &error);

    g_assert_true (!done || !g_param_value_validate (spec, &value));
    if (G_IS_VALUE (&value))
      g_value_unset (&value);
    check_said (done, error);
  }
}

static void
read_encoding (const gchar *text)
{
  GError *errors[3] = { NULL };
  TuneRange range = { 0 };
  g_autoptr (TuneEncoding) encoding = tune_encoding_parse (text, &errors[0]);
  g_autoptr (TuneEncoding) command =
      tune_encoding_parse_command (text, &errors[1]);
  gboolean done = tune_range_parse (&range, text, &errors[2]);

  if (encoding != NULL) {
    g_autofree gchar *line = tune_encoding_describe (encoding, 20);

    g_assert_true (g_utf8_validate (line, -1, NULL));
  }
  check_said (encoding != NULL, errors[0]);
  check_said (command != NULL, errors[1]);
  check_said (done, errors[2]);
}

/* Values of encoders known and unknown. */
static void
read_range (const gchar *text)
{
  static const gchar *const encoders[] = { "x264", "x264-bitrate", "vp9",
    "svt-av1", "a {value}" };
  TuneRange range;

  if (!tune_range_parse (&range, text, NULL))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++) {
    GError *error = NULL;
    g_autoptr (TuneEncoding) encoding = tune_encoding_parse (encoders[i], NULL);
    gboolean done;

    if (encoding == NULL)
      continue;
    done = tune_encoding_set_range (encoding, &range, &error);
    if (done) {
      g_assert_cmpuint (encoding->values->len, >, 0);
      g_assert_cmpuint (encoding->values->len, <=, TUNE_ENCODING_MOST);
      g_assert_cmpuint (encoding->start, <, encoding->values->len);
      g_assert_true (isfinite (encoding->slope));
    }
    check_said (done, error);
  }
}

/* --- other programs ------------------------------------------------------ */

/* @option, as perceptual-compare has it */
static void
read_option (const gchar *option, const gchar *text)
{
  g_autofree gchar *argument = g_strdup_printf ("--%s=%s", option, text);
  g_auto (GStrv) argv = g_new0 (gchar *, 3);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  CompareOptions options = { 0 };
  GOptionGroup *group = g_option_group_new ("a", "", "", &options, NULL);
  GError *error = NULL;
  gboolean done;

  argv[0] = g_strdup ("a");
  argv[1] = g_steal_pointer (&argument);
  compare_section_init (&options.section);
  compare_section_add_options (group);
  compare_gates_add_options (&options.gates, group);
  compare_reading_add_options (group);
  compare_crop_add_options (group);
  g_option_context_set_main_group (context, group);
  done = g_option_context_parse_strv (context, &argv, &error);
  if (done)
    compare_section_settle (&options.section);
  for (guint i = 0; done && options.gates.all != NULL && i < 1; i++) {
    const CompareGate *gate = options.gates.all->pdata[0];

    g_assert_true (isfinite (gate->limit));
    g_assert_cmpstr (gate->statistic, !=, NULL);
  }
  compare_gates_clear (&options.gates);
  compare_reading_clear (&options.reading);
  check_said (done, error);
}

static void
read_compare (const gchar *text)
{
  static const gchar *const options[] = { "fail-above", "fail-below",
    "baseline-tolerance", "start", "duration", "frames", "distorted-start",
    "raw", "deinterlace", "crop" };

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    read_option (options[i], text);
}

static void
read_address (const gchar *text)
{
  GError *error = NULL;
  g_autoptr (GSocketAddress) address = monitor_address_parse (text, &error);

  if (address != NULL) {
    g_autofree gchar *words = monitor_address_format (address);
    g_autoptr (GSocketAddress) again = monitor_address_parse (words, NULL);
    g_autofree gchar *twice = monitor_address_format (again);

    g_assert_cmpstr (words, ==, twice);
    g_assert_true (monitor_address_allows (address, NULL, words));
  }
  check_said (address != NULL, error);
}

static void
read_config (const gchar *text)
{
  g_autofree gchar *path = place_write ("config", text, strlen (text));
  GError *error = NULL;
  g_auto (GStrv) arguments = monitor_config_file_read (path, &error);

  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++) {
    g_assert_cmpstr (arguments[i], !=, "");
    g_assert_false (g_str_has_prefix (arguments[i], "--config="));
  }
  check_said (arguments != NULL, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const TextReader readers[] = { read_time, read_quantity, read_crop,
    read_raw, read_specification, read_options, read_target, read_property,
    read_encoding, read_range, read_compare, read_address, read_config };

  if (!gst_is_initialized ()) {
    /* No plugin is needed, so none is looked for. */
    g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
    gst_init (NULL, NULL);
  }
  read_text (data, size, readers, G_N_ELEMENTS (readers));
  return 0;
}
