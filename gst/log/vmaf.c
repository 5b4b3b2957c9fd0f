/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A log in the layout of libvmaf's JSON log, for programs that read that:
 *
 *   { "version", "fps", "params",
 *     "frames": [ { "frameNum", "metrics": { NAME: number } } ],
 *     "pooled_metrics": { NAME: { "min", "max", "mean", "harmonic_mean" } },
 *     "aggregate_metrics": {}, "summary" }
 *
 * frameNum is a pair's index.  NAME is the name of a metric as users type it,
 * except that psnr of the stream's own planes is "psnr_y", "psnr_cb" and
 * "psnr_cr", as in libvmaf's logs (limited to 60 dB for 8 bit there).
 * Infinite values are null and left out when pooled.  harmonic_mean is
 * libvmaf's: n / sum (1 / (x + 1)) - 1.  "params" is the header and "summary"
 * the summary of the other formats; "fps", a speed of work in libvmaf, is
 * null.
 *
 * One distorted stream; alerts are left out.  A plain file is a complete
 * document after every call; a pipe gets the end of it when it is closed.  A
 * second header for the stream begins another document, in a file of its own
 * where that is possible.
 */
#include "log/format.h"

#include "log/fields.h"
#include "log/json.h"
#include "measuring/record.h"

#include <math.h>

typedef struct
{
  gchar *name;
  guint64 n; /* finite values */
  gdouble min;
  gdouble max;
  gdouble sum;
  gdouble inverse_sum;
} Pool;

typedef struct
{
  gboolean begun; /* the opening was written */
  gboolean native_luma;
  guint64 frames;
  guint n_pools;
  Pool pools[PERCEPTUAL_MAX_ALSO + 3]; /* psnr may be three */
  GstStructure *summary;
} Vmaf;

static void
clear (gpointer state)
{
  Vmaf *self = state;

  for (guint i = 0; i < self->n_pools; i++)
    g_free (self->pools[i].name);
  g_clear_pointer (&self->summary, gst_structure_free);
  *self = (Vmaf){ 0 };
}

static void
append_opening (const GstStructure *header, GString *text)
{
  g_string_append_printf (text,
      "{\n  \"version\": \"gst-perceptual %s\",\n  \"fps\": null,\n"
      "  \"params\": ",
      perceptual_version ());
  if (header != NULL)
    perceptual_log_append_json (text, NULL, header);
  else
    g_string_append (text, "{}");
  g_string_append (text, ",\n  \"frames\": [");
}

static void
begin (gpointer state, const GstStructure *header, GString *text)
{
  Vmaf *self = state;

  clear (self);
  self->begun = TRUE;
  self->native_luma =
      g_strcmp0 (gst_structure_get_string (header, "luma"), "stream") == 0;
  append_opening (header, text);
}

/* --- frames -------------------------------------------------------------- */

static void
pool (Vmaf *self, const gchar *name, gdouble value)
{
  Pool *own = NULL;

  for (guint i = 0; i < self->n_pools && own == NULL; i++) {
    if (g_str_equal (self->pools[i].name, name))
      own = &self->pools[i];
  }
  if (own == NULL && self->n_pools < G_N_ELEMENTS (self->pools)) {
    own = &self->pools[self->n_pools++];
    *own = (Pool){ .name = g_strdup (name) };
  }
  if (own == NULL || !isfinite (value))
    return;
  own->min = own->n == 0 ? value : MIN (own->min, value);
  own->max = own->n == 0 ? value : MAX (own->max, value);
  own->sum += value;
  own->inverse_sum += 1 / (value + 1);
  own->n++;
}

typedef struct
{
  Vmaf *self;
  GString *text;
  const GstStructure *taps; /* (nullable): arrays by name of the metric */
  gboolean first;
} Metrics;

static void
add_number (Metrics *metrics, const gchar *name, gdouble number)
{
  pool (metrics->self, name, number);
  if (!metrics->first)
    g_string_append_c (metrics->text, ',');
  perceptual_log_append_text (metrics->text, name);
  g_string_append_c (metrics->text, ':');
  perceptual_log_append_number (metrics->text, number);
  metrics->first = FALSE;
}

/* psnr of the stream's own planes has the names that it has in libvmaf.
 * @taps: (nullable): Y, Cb, Cr; Y alone for grey streams */
static void
add_psnr (Metrics *metrics, gdouble psnr, const GValue *taps)
{
  static const gchar *const names[] = { "psnr_y", "psnr_cb", "psnr_cr" };

  add_number (metrics, names[0], psnr);
  if (taps == NULL || gst_value_array_get_size (taps) != G_N_ELEMENTS (names))
    return;
  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    add_number (metrics, names[i],
        g_value_get_double (gst_value_array_get_value (taps, i)));
}

static void
add_metric (
    Metrics *metrics, const gchar *name, gdouble number, const GValue *taps)
{
  if (metrics->self->native_luma && g_str_equal (name, "psnr"))
    add_psnr (metrics, number, taps);
  else
    add_number (metrics, name, number);
}

static gboolean
add_also (GQuark field, const GValue *value, gpointer user)
{
  Metrics *metrics = user;
  const gchar *name = g_quark_to_string (field);
  g_autofree gchar *shown = perceptual_log_key (name, TRUE);

  add_metric (metrics, shown, g_value_get_double (value),
      metrics->taps != NULL ? gst_structure_get_value (metrics->taps, name)
                            : NULL);
  return TRUE;
}

static void
add_pair (gpointer state, const GstStructure *distance, GString *text)
{
  Vmaf *self = state;
  const GValue *also = gst_structure_get_value (distance, "also");
  const GValue *taps = gst_structure_get_value (distance, "also-taps");
  Metrics metrics = { self, text,
    taps != NULL ? gst_value_get_structure (taps) : NULL, TRUE };
  gdouble number = NAN;
  guint64 index = 0;

  if (!self->begun)
    append_opening (NULL, text);
  self->begun = TRUE;
  gst_structure_get_uint64 (distance, "index", &index);
  gst_structure_get_double (distance, "distance", &number);
  g_string_append_printf (text,
      "%s\n    {\"frameNum\":%" G_GUINT64_FORMAT ",\"metrics\":{",
      self->frames++ > 0 ? "," : "", index);
  add_metric (&metrics, gst_structure_get_string (distance, "metric"), number,
      gst_structure_get_value (distance, "taps"));
  if (also != NULL)
    gst_structure_foreach (gst_value_get_structure (also), add_also, &metrics);
  g_string_append (text, "}}");
}

/* --- end ----------------------------------------------------------------- */

static void
keep_summary (gpointer state, const GstStructure *summary, GString *text)
{
  Vmaf *self = state;

  g_clear_pointer (&self->summary, gst_structure_free);
  self->summary = gst_structure_copy (summary);
}

static void
append_pool (const Pool *self, GString *text)
{
  const gdouble n = (gdouble) self->n;

  g_string_append (text, "\n    ");
  perceptual_log_append_text (text, self->name);
  g_string_append (text, ": {\"min\":");
  perceptual_log_append_number (text, n > 0 ? self->min : NAN);
  g_string_append (text, ",\"max\":");
  perceptual_log_append_number (text, n > 0 ? self->max : NAN);
  g_string_append (text, ",\"mean\":");
  perceptual_log_append_number (text, self->sum / n);
  g_string_append (text, ",\"harmonic_mean\":");
  perceptual_log_append_number (text, n / self->inverse_sum - 1);
  g_string_append_c (text, '}');
}

static void
append_end (gconstpointer state, GString *text)
{
  const Vmaf *self = state;

  if (!self->begun)
    append_opening (NULL, text);
  g_string_append (text, "\n  ],\n  \"pooled_metrics\": {");
  for (guint i = 0; i < self->n_pools; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_pool (&self->pools[i], text);
  }
  g_string_append (text, "\n  },\n  \"aggregate_metrics\": {}");
  if (self->summary != NULL) {
    g_string_append (text, ",\n  \"summary\": ");
    perceptual_log_append_json (text, NULL, self->summary);
  }
  g_string_append (text, "\n}\n");
}

const PerceptualLogFormat perceptual_log_vmaf_json = {
  .name = "vmaf-json",
  .blurb = "One JSON object in the layout of libvmaf",
  .is_document = TRUE,
  .state_size = sizeof (Vmaf),
  .begin = begin,
  .pair = add_pair,
  .summary = keep_summary,
  .end = append_end,
  .clear = clear,
};
