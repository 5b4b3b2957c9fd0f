/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The worst moments on the page: pictures of frames that were decoded and
 * measured once more.
 */
#include "compare/worst/heat-scale.h"
#include "compare/report/parts.h"

/* Of a moment in the page. */
#define PLACE "moment-%u"

/* 1:02:03.456, or 2:03.456 */
static gchar *
format_time (guint64 time)
{
  guint64 ms = (time + GST_MSECOND / 2) / GST_MSECOND;
  guint hours = (guint) (ms / 3600000), minutes = (guint) (ms / 60000 % 60);
  guint seconds = (guint) (ms / 1000 % 60), rest = (guint) (ms % 1000);

  return hours > 0
      ? g_strdup_printf ("%u:%02u:%02u.%03u", hours, minutes, seconds, rest)
      : g_strdup_printf ("%u:%02u.%03u", minutes, seconds, rest);
}

static gchar *
format_number (gdouble number)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.6g", number));
}

void
compare_page_show_moment (const CompareContent *content, CompareMoment *moment)
{
  const CompareOptions *options = content->options;

  compare_moment_show (moment,
      &(CompareShow){
          .options = options,
          .reference = content->inputs->pdata[0],
          .distorted = content->inputs->pdata[1 + moment->file],
          .timeline = content->course->distorted->pdata[moment->file],
          .remote = content->remote,
          .interrupted = content->interrupted,
          .size = options->report_size,
      });
}

static void
add_photos (Page *page, const MeasureMoment *moment, gboolean cut)
{
  static const gchar *const captions[] = { "reference", "distorted",
    "where they differ" };
  PagePicture pictures[G_N_ELEMENTS (captions)];
  guint first = cut ? MEASURE_VIEW_REFERENCE_CUT : MEASURE_VIEW_REFERENCE;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (captions); i++) {
    const MeasurePhoto *photo = &moment->photos[first + i];

    if (photo->file != NULL)
      pictures[n++] = (PagePicture){
        .caption = captions[i],
        .type = "image/jpeg",
        .data = photo->file,
        .width = photo->width,
        .height = photo->height,
      };
  }
  if (n > 0 && cut)
    page_add_exact_pictures (page, NULL, pictures, n);
  else if (n > 0)
    page_add_pictures (page, NULL, pictures, n);
}

static void
add_moment (Page *page, const CompareContent *content,
    const gchar *const *names, guint number)
{
  const CompareMoment *moment =
      &g_array_index (content->moments, CompareMoment, number);
  const MeasureTimeline *timeline =
      content->course->distorted->pdata[moment->file];
  const MeasurePair *pair =
      &g_array_index (timeline->pairs, MeasurePair, moment->pair);
  const MeasurePhoto *cut = &moment->shown->photos[MEASURE_VIEW_REFERENCE_CUT];
  g_autofree gchar *id = g_strdup_printf (PLACE, number + 1);
  g_autofree gchar *time = format_time (pair->time);
  g_autofree gchar *distance = format_number (pair->distance);
  g_autofree gchar *title = compare_page_has_images (content)
      ? g_strdup_printf ("%s: %s", names[moment->file], distance)
      : g_strdup_printf ("%u \u2014 %s at %s: %s", number + 1,
          names[moment->file], time, distance);
  g_autofree gchar *text = NULL;

  page_add_subheading (page, id, title);
  if (moment->shown->problem != NULL) {
    text = g_strdup_printf ("No pictures: %s", moment->shown->problem);
    page_add_text (page, text);
    return;
  }
  add_photos (page, moment->shown, FALSE);
  if (cut->file == NULL)
    return;
  text = g_strdup_printf (
      "Where they differ most, pixel by pixel: %u \u00d7 %u from (%u, %u).",
      cut->width, cut->height, moment->shown->cut_left, moment->shown->cut_top);
  page_add_text (page, text);
  add_photos (page, moment->shown, TRUE);
}

void
compare_page_add_links (Page *page, const CompareContent *content)
{
  guint n = content->moments->len;
  g_auto (GStrv) ids = g_new0 (gchar *, n + 1);
  g_auto (GStrv) labels = g_new0 (gchar *, n + 1);

  for (guint i = 0; i < n; i++) {
    const CompareMoment *moment =
        &g_array_index (content->moments, CompareMoment, i);
    const MeasureTimeline *timeline =
        content->course->distorted->pdata[moment->file];
    g_autofree gchar *time = format_time (
        g_array_index (timeline->pairs, MeasurePair, moment->pair).time);

    ids[i] = g_strdup_printf (PLACE, i + 1);
    labels[i] = g_strdup_printf ("%u at %s", i + 1, time);
  }
  if (n > 0)
    page_add_links (page, "Worst moments:", (const gchar *const *) ids,
        (const gchar *const *) labels, n);
}

static void
add_scale (Page *page, const CompareContent *content)
{
  gdouble most = compare_heat_maximum (content->options);
  g_autofree gchar *middle = NULL, *end = NULL, *last = NULL;

  if (!compare_has_heat (content->options))
    return;
  middle = format_number (most / 4);
  end = format_number (most);
  last = g_strdup_printf ("%s and more", end);
  page_add_scale (page, "Where they differ: distance of each pixel",
      compare_heat_colours, COMPARE_N_HEAT_COLOURS,
      (const gchar *const[]){ "0", middle, last }, 3);
}

static gboolean
has_pictures (const CompareContent *content)
{
  for (guint i = 0; i < content->moments->len; i++) {
    if (g_array_index (content->moments, CompareMoment, i).shown->problem
        == NULL)
      return TRUE;
  }
  return FALSE;
}

void
compare_page_add_moments (
    Page *page, const CompareContent *content, const gchar *const *names)
{
  if (content->moments->len == 0)
    return;
  page_add_heading (
      page, compare_page_has_images (content) ? "Pictures" : "Worst moments");
  if (has_pictures (content)) {
    page_add_text (page,
        "The frames were decoded and measured once more for these pictures, "
        "and gave the same number to the last bit.");
    page_add_hint (
        page, "Press a picture to see the one beside it in its place.");
    add_scale (page, content);
  }
  for (guint i = 0; i < content->moments->len; i++)
    add_moment (page, content, names, i);
}
