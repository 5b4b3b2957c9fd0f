/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the page says about the files, and about how they were measured.
 */
#include "compare/report/data.h"
#include "compare/report/parts.h"

#include "console/duration.h"
#include "perceptual.h"

static gboolean
is_similarity (const CompareContent *content)
{
  return compare_is_similarity (content->options->metric);
}

static const MeasureResult *
result_of (const CompareContent *content, guint file)
{
  return content->results->pdata[file];
}

gboolean
compare_page_has_images (const CompareContent *content)
{
  const MeasureInput *reference = content->inputs->pdata[0];

  return reference->is_image;
}

typedef struct
{
  GPtrArray *names;
  GPtrArray *values;
} Facts;

static void
add_fact (Facts *facts, const gchar *name, gchar *value)
{
  if (value == NULL)
    return;
  g_ptr_array_add (facts->names, g_strdup (name));
  g_ptr_array_add (facts->values, value);
}

static void
begin_facts (Facts *facts)
{
  facts->names = g_ptr_array_new_with_free_func (g_free);
  facts->values = g_ptr_array_new_with_free_func (g_free);
}

static void
end_facts (Facts *facts, Page *page)
{
  page_add_facts (page, (const gchar *const *) facts->names->pdata,
      (const gchar *const *) facts->values->pdata, facts->names->len);
  g_ptr_array_unref (facts->names);
  g_ptr_array_unref (facts->values);
}

/* Returns: (transfer full) (nullable): how its frames were brought together
 * with the reference's; NULL where it was by their times as they are. */
static gchar *
describe_alignment (const MeasureResult *result)
{
  const GstStructure *summary = result->summary;
  const gchar *by;
  gint64 offset = 0;
  gdouble confidence;
  const gchar *sign;
  g_autofree gchar *time = NULL;

  if (summary == NULL)
    return NULL;
  if (gst_structure_has_field (summary, "pair"))
    return g_strdup ("frames by their numbers");
  by = gst_structure_get_string (summary, "align");
  if (by == NULL)
    return NULL;
  gst_structure_get_int64 (summary, "align-offset", &offset);
  sign = offset < 0 ? "" : "+";
  time = duration_print_rounded (offset);
  if (gst_structure_get_double (summary, "align-confidence", &confidence))
    return g_strdup_printf (
        "by %s, %s%s, confidence %.2f", by, sign, time, confidence);
  return offset == 0 ? NULL : g_strdup_printf ("by %s, %s%s", by, sign, time);
}

void
compare_page_add_files (Page *page, const CompareContent *content)
{
  const MeasureInput *reference = content->inputs->pdata[0];
  gboolean several = content->results->len > 1;
  Facts facts;

  begin_facts (&facts);
  add_fact (&facts, "reference", g_strdup (reference->label));
  for (guint i = 0; i < content->results->len; i++) {
    const MeasureResult *result = result_of (content, i);
    g_autofree gchar *how = describe_alignment (result);

    add_fact (&facts, "distorted",
        several && how != NULL
            ? g_strdup_printf ("%s (aligned %s)", result->distorted->label, how)
            : g_strdup (result->distorted->label));
    if (!several)
      add_fact (&facts, "aligned", g_steal_pointer (&how));
  }
  if (!several)
    add_fact (&facts, "crop",
        compare_crop_describe (&content->options->settings, reference,
            result_of (content, 0)->distorted));
  add_fact (
      &facts, "section", compare_section_describe (&content->options->section));
  add_fact (&facts, "metric",
      g_strdup_printf ("%s: %s", content->options->metric,
          is_similarity (content)
              ? "higher means more alike"
              : "0 means identical, higher means more different"));
  end_facts (&facts, page);
}

static gboolean
append_field (GQuark name, const GValue *value, gpointer user)
{
  GString *text = user;
  g_autofree gchar *shown = G_VALUE_HOLDS_STRING (value)
      ? g_value_dup_string (value)
      : gst_value_serialize (value);

  g_string_append_printf (text, "%s%s=%s", text->len > 0 ? ", " : "",
      g_quark_to_string (name), shown);
  return TRUE;
}

static const GstStructure *
first_header (const CompareContent *content)
{
  for (guint i = 0; i < content->course->distorted->len; i++) {
    const MeasureTimeline *timeline = content->course->distorted->pdata[i];

    if (timeline->header != NULL)
      return timeline->header;
  }
  return NULL;
}

static gchar *
describe_options (const GstStructure *header)
{
  GString *text = g_string_new (NULL);
  GstStructure *options = NULL;

  gst_structure_get (header, "options", GST_TYPE_STRUCTURE, &options, NULL);
  if (options != NULL)
    gst_structure_foreach (options, append_field, text);
  g_clear_pointer (&options, gst_structure_free);
  if (text->len > 0)
    return g_string_free (text, FALSE);
  g_string_free (text, TRUE);
  return NULL;
}

/* What the user set himself. */
static gchar *
describe_settings (const CompareOptions *options)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < options->settings.set->len; i++) {
    const MeasureSetting *setting = options->settings.set->pdata[i];

    g_string_append_printf (text, "%s--%s %s", text->len > 0 ? " " : "",
        setting->name, setting->text);
  }
  if (text->len > 0)
    return g_string_free (text, FALSE);
  g_string_free (text, TRUE);
  return NULL;
}

static gchar *
describe_colour (const GstStructure *header, const gchar *side)
{
  g_autofree gchar *colour = g_strconcat (side, "-colorimetry", NULL);
  g_autofree gchar *assumed = g_strconcat (colour, "-assumed", NULL);
  const gchar *what = gst_structure_get_string (header, colour);
  const gchar *parts = gst_structure_get_string (header, assumed);

  if (what == NULL)
    return NULL;
  return parts == NULL || *parts == '\0'
      ? g_strdup (what)
      : g_strdup_printf ("%s; assumed: %s", what, parts);
}

static gchar *
describe_weights (const GstStructure *header)
{
  const gchar *name = gst_structure_get_string (header, "weights-name");
  const gchar *sha256 = gst_structure_get_string (header, "weights-sha256");

  if (name == NULL)
    return NULL;
  return g_strdup_printf ("%s%s%s; computed in %s", name,
      sha256 != NULL ? ", SHA-256 " : "", sha256 != NULL ? sha256 : "",
      gst_structure_get_string (header, "arithmetic"));
}

static void
add_headers (
    Page *page, const CompareContent *content, const gchar *const *names)
{
  for (guint i = 0; i < content->results->len; i++) {
    const MeasureTimeline *timeline = content->course->distorted->pdata[i];
    g_autofree gchar *title = NULL, *text = NULL;

    if (timeline->header == NULL)
      continue;
    title = content->results->len > 1
        ? g_strdup_printf ("Header of the log: %s", names[i])
        : g_strdup ("Header of the log");
    text = compare_report_header_text (timeline->header);
    page_add_details (page, title, text);
  }
}

void
compare_page_add_methods (
    Page *page, const CompareContent *content, const gchar *const *names)
{
  const GstStructure *header = first_header (content);
  Facts facts;

  begin_facts (&facts);
  page_add_heading (page, "How it was measured");
  add_fact (&facts, "program",
      g_strconcat ("gst-perceptual ", perceptual_version (), ", kernels ",
          perceptual_kernel_level (), NULL));
  add_fact (&facts, "asked for", describe_settings (content->options));
  if (header != NULL) {
    add_fact (&facts, "options", describe_options (header));
    add_fact (&facts, "weights", describe_weights (header));
    add_fact (
        &facts, "reference colour", describe_colour (header, "reference"));
    add_fact (
        &facts, "distorted colour", describe_colour (header, "distorted"));
  }
  end_facts (&facts, page);
  add_headers (page, content, names);
}
