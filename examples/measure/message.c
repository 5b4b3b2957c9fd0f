/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Turns structures of GStreamer into texts and back.  A field that is added to
 * MeasureInput, MeasureResult or MeasureOrder has to be added here.
 */
#include "measure/message.h"

#include <string.h>

/* --- texts --------------------------------------------------------------- */

/* Structures within structures are told by their brackets, also by those in
 * the texts (1.22), so that only letters, digits and % may be in them. */
static gchar *
escape (const gchar *text)
{
  return text != NULL ? g_uri_escape_string (text, NULL, FALSE) : NULL;
}

static gchar *
unescape (const gchar *text)
{
  return text != NULL ? g_uri_unescape_string (text, NULL) : NULL;
}

typedef gchar *(*Change) (const gchar *text);

static void change_texts (GstStructure *structure, Change change);

static void
change_array (GValue *value, Change change)
{
  GValue array = G_VALUE_INIT;

  gst_value_array_init (&array, gst_value_array_get_size (value));
  for (guint i = 0; i < gst_value_array_get_size (value); i++) {
    const GValue *old = gst_value_array_get_value (value, i);
    GValue item = G_VALUE_INIT;

    g_value_init (&item, G_VALUE_TYPE (old));
    g_value_copy (old, &item);
    if (G_VALUE_HOLDS_STRING (&item))
      g_value_take_string (&item, change (g_value_get_string (old)));
    gst_value_array_append_and_take_value (&array, &item);
  }
  g_value_unset (value);
  *value = array;
}

static gboolean
change_value (GQuark name, GValue *value, gpointer change)
{
  if (G_VALUE_HOLDS_STRING (value)) {
    g_value_take_string (value, ((Change) change) (g_value_get_string (value)));
  } else if (GST_VALUE_HOLDS_ARRAY (value)) {
    change_array (value, (Change) change);
  } else if (GST_VALUE_HOLDS_STRUCTURE (value)) {
    GstStructure *copy = gst_structure_copy (gst_value_get_structure (value));

    change_texts (copy, (Change) change);
    gst_value_set_structure (value, copy);
    gst_structure_free (copy);
  }
  return TRUE;
}

/* Of all that is in it. */
static void
change_texts (GstStructure *structure, Change change)
{
  gst_structure_map_in_place (structure, change_value, (gpointer) change);
}

/* --- whole messages ------------------------------------------------------ */

static gchar *
write_summary (const GstStructure *summary)
{
  g_autoptr (GstStructure) copy = NULL;

  if (summary == NULL)
    return NULL;
  copy = gst_structure_copy (summary);
  change_texts (copy, escape);
  return gst_structure_serialize (copy, GST_SERIALIZE_FLAG_NONE);
}

static GstStructure *
read_summary (const gchar *text)
{
  GstStructure *summary = gst_structure_from_string (text, NULL);

  if (summary != NULL)
    change_texts (summary, unescape);
  return summary;
}

gchar *
measure_message_write (GstStructure *head, const GstStructure *summary)
{
  g_autofree gchar *first =
      gst_structure_serialize (head, GST_SERIALIZE_FLAG_NONE);
  g_autofree gchar *second = write_summary (summary);

  gst_structure_free (head);
  return second != NULL ? g_strjoin ("\n", first, second, NULL)
                        : g_steal_pointer (&first);
}

GstStructure *
measure_message_read (const gchar *text, GstStructure **summary)
{
  const gchar *second = strchr (text, '\n');
  g_autofree gchar *first = second != NULL
      ? g_strndup (text, (gsize) (second - text))
      : g_strdup (text);

  if (summary != NULL)
    *summary = second != NULL ? read_summary (second + 1) : NULL;
  return gst_structure_from_string (first, NULL);
}

void
measure_message_set_text (
    GstStructure *head, const gchar *name, const gchar *text)
{
  g_autofree gchar *escaped = escape (text);

  if (escaped != NULL)
    gst_structure_set (head, name, G_TYPE_STRING, escaped, NULL);
}

gchar *
measure_message_get_text (const GstStructure *head, const gchar *name)
{
  return unescape (gst_structure_get_string (head, name));
}

/* --- inputs -------------------------------------------------------------- */

static void
set_correction (GstStructure *fields, const MeasureCorrection *correction)
{
  const MovieFile *movie = &correction->movie;

  gst_structure_set (fields, "has-movie", G_TYPE_BOOLEAN, correction->has_movie,
      "has-edits", G_TYPE_BOOLEAN, movie->has_edits, "has-colour",
      G_TYPE_BOOLEAN, movie->has_colour, "primaries", G_TYPE_UINT,
      movie->primaries, "transfer", G_TYPE_UINT, movie->transfer, "matrix",
      G_TYPE_UINT, movie->matrix, "range", G_TYPE_UINT, (guint) movie->range,
      NULL);
  measure_message_set_text (fields, "orientation", correction->orientation);
}

static void
get_correction (const GstStructure *fields, MeasureCorrection *correction)
{
  g_autofree gchar *orientation =
      measure_message_get_text (fields, "orientation");
  MovieFile *movie = &correction->movie;
  guint range = MOVIE_RANGE_UNSAID;

  gst_structure_get_boolean (fields, "has-movie", &correction->has_movie);
  gst_structure_get_boolean (fields, "has-edits", &movie->has_edits);
  gst_structure_get_boolean (fields, "has-colour", &movie->has_colour);
  gst_structure_get_uint (fields, "primaries", &movie->primaries);
  gst_structure_get_uint (fields, "transfer", &movie->transfer);
  gst_structure_get_uint (fields, "matrix", &movie->matrix);
  gst_structure_get_uint (fields, "range", &range);
  movie->range = (MovieRange) MIN (range, MOVIE_RANGE_FULL);
  correction->orientation = g_intern_string (orientation);
}

GstStructure *
measure_message_of_input (const gchar *name, const MeasureInput *input)
{
  GstStructure *fields = gst_structure_new (name, "is-image", G_TYPE_BOOLEAN,
      input->is_image, "duration", G_TYPE_UINT64, input->duration, "start",
      G_TYPE_UINT64, input->start, "frame", G_TYPE_UINT64, input->frame,
      "reader", G_TYPE_INT, (gint) input->reader, "is-pipe", G_TYPE_BOOLEAN,
      input->is_pipe, "width", G_TYPE_UINT, input->width, "height", G_TYPE_UINT,
      input->height, "format", G_TYPE_INT, (gint) input->format,
      "square-pixels", G_TYPE_BOOLEAN, input->square_pixels, "is-interlaced",
      G_TYPE_BOOLEAN, input->is_interlaced, "deinterlacing", G_TYPE_INT,
      (gint) input->deinterlacing, "any-playlist", G_TYPE_BOOLEAN,
      input->any_playlist, "is-hidden-playlist", G_TYPE_BOOLEAN,
      input->is_hidden_playlist, NULL);

  set_correction (fields, &input->correction);
  measure_message_set_text (fields, "path", input->path);
  measure_message_set_text (fields, "label", input->label);
  measure_message_set_text (fields, "uri", input->uri);
  measure_message_set_text (fields, "file", input->file);
  measure_message_set_text (fields, "raw", input->raw);
  measure_message_set_text (fields, "crop", input->crop);
  measure_message_set_text (fields, "problem", input->problem);
  return fields;
}

MeasureInput *
measure_message_to_input (const GstStructure *fields)
{
  MeasureInput *input = g_new0 (MeasureInput, 1);
  gint reader = MEASURE_READER_NONE, deinterlacing = MEASURE_DEINTERLACE_NOT;
  gint format = GST_VIDEO_FORMAT_UNKNOWN;

  input->path = measure_message_get_text (fields, "path");
  input->label = measure_message_get_text (fields, "label");
  input->uri = measure_message_get_text (fields, "uri");
  input->file = measure_message_get_text (fields, "file");
  input->raw = measure_message_get_text (fields, "raw");
  input->crop = measure_message_get_text (fields, "crop");
  input->problem = measure_message_get_text (fields, "problem");
  input->duration = input->start = GST_CLOCK_TIME_NONE;
  gst_structure_get_boolean (fields, "is-image", &input->is_image);
  gst_structure_get_boolean (fields, "is-pipe", &input->is_pipe);
  gst_structure_get_uint (fields, "width", &input->width);
  gst_structure_get_uint (fields, "height", &input->height);
  gst_structure_get_int (fields, "format", &format);
  input->format = (GstVideoFormat) format;
  gst_structure_get_boolean (fields, "square-pixels", &input->square_pixels);
  gst_structure_get_boolean (fields, "is-interlaced", &input->is_interlaced);
  gst_structure_get_boolean (fields, "any-playlist", &input->any_playlist);
  gst_structure_get_boolean (
      fields, "is-hidden-playlist", &input->is_hidden_playlist);
  gst_structure_get_int (fields, "deinterlacing", &deinterlacing);
  input->deinterlacing = (MeasureDeinterlacing) deinterlacing;
  gst_structure_get_uint64 (fields, "duration", &input->duration);
  gst_structure_get_int (fields, "reader", &reader);
  input->reader = (MeasureReaderKind) reader;
  gst_structure_get_uint64 (fields, "start", &input->start);
  gst_structure_get_uint64 (fields, "frame", &input->frame);
  get_correction (fields, &input->correction);
  return input;
}

static void
set_input (GstStructure *head, const gchar *name, const MeasureInput *input)
{
  GstStructure *fields = measure_message_of_input (name, input);

  gst_structure_set (head, name, GST_TYPE_STRUCTURE, fields, NULL);
  gst_structure_free (fields);
}

static MeasureInput *
get_input (const GstStructure *head, const gchar *name)
{
  GstStructure *fields = NULL;
  MeasureInput *input;

  gst_structure_get (head, name, GST_TYPE_STRUCTURE, &fields, NULL);
  if (fields == NULL)
    return NULL;
  input = measure_message_to_input (fields);
  gst_structure_free (fields);
  return input;
}

/* --- results ------------------------------------------------------------- */

GstStructure *
measure_message_of_result (const MeasureResult *result, guint number)
{
  GstStructure *head = gst_structure_new (MEASURE_SAYS_RESULT, "number",
      G_TYPE_UINT, number, "incomplete", G_TYPE_BOOLEAN, result->incomplete,
      "hopeless", G_TYPE_BOOLEAN, result->hopeless, "wrong-usage",
      G_TYPE_BOOLEAN, result->wrong_usage, "broken-off", G_TYPE_BOOLEAN,
      result->broken_off, NULL);

  measure_message_set_text (head, "error", result->error);
  return head;
}

void
measure_message_to_result (const GstStructure *head, MeasureResult *result)
{
  gst_structure_get (head, "incomplete", G_TYPE_BOOLEAN, &result->incomplete,
      "hopeless", G_TYPE_BOOLEAN, &result->hopeless, "wrong-usage",
      G_TYPE_BOOLEAN, &result->wrong_usage, "broken-off", G_TYPE_BOOLEAN,
      &result->broken_off, NULL);
  g_free (result->error);
  result->error = measure_message_get_text (head, "error");
}

/* --- orders -------------------------------------------------------------- */

static void
set_setting (GstStructure *head, guint number, const MeasureSetting *setting)
{
  g_autofree gchar *name = g_strdup_printf ("setting-%u", number);
  g_autofree gchar *value = g_strdup_printf ("value-%u", number);
  g_autofree gchar *time = setting->in_frames
      ? g_strdup_printf (
          "%" G_GINT64_FORMAT "ns", g_value_get_int64 (&setting->value))
      : NULL;

  measure_message_set_text (head, name, setting->name);
  measure_message_set_text (head, value, time != NULL ? time : setting->text);
}

void
measure_message_set_settings (
    GstStructure *head, const MeasureSettings *settings)
{
  gst_structure_set (head, "settings", G_TYPE_UINT, settings->set->len, NULL);
  for (guint i = 0; i < settings->set->len; i++)
    set_setting (head, i, settings->set->pdata[i]);
}

/* As @name-0, @name-1... */
static void
set_inputs (GstStructure *head, const gchar *name, const GPtrArray *inputs)
{
  for (guint i = 0; i < inputs->len; i++) {
    g_autofree gchar *field = g_strdup_printf ("%s-%u", name, i);

    set_input (head, field, inputs->pdata[i]);
  }
}

/* Returns: (transfer full): those that are there, @n at most. */
static GPtrArray *
get_inputs (const GstStructure *head, const gchar *name, guint n)
{
  GPtrArray *inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_input_free);

  for (guint i = 0; i < n; i++) {
    g_autofree gchar *field = g_strdup_printf ("%s-%u", name, i);
    MeasureInput *input = get_input (head, field);

    if (input != NULL)
      g_ptr_array_add (inputs, input);
  }
  return inputs;
}

GstStructure *
measure_message_of_order (const MeasureOrder *order)
{
  GstStructure *head = gst_structure_new (MEASURE_ASKS_MEASURE, "files",
      G_TYPE_UINT, order->distorted->len, "align", G_TYPE_UINT,
      (guint) order->align, "turn", G_TYPE_BOOLEAN, order->turn, "more",
      G_TYPE_BOOLEAN, order->more, "timelines", G_TYPE_BOOLEAN,
      order->timelines != NULL, NULL);

  if (order->section != NULL) {
    GstStructure *section = gst_structure_new_empty ("section");

    measure_section_to_fields (order->section, section);
    gst_structure_set (head, "section", GST_TYPE_STRUCTURE, section, NULL);
    gst_structure_free (section);
  }
  measure_message_set_text (head, "log", order->log);
  measure_message_set_text (head, "heatmap", order->heatmap);
  measure_message_set_text (head, "heatmap-place", order->heatmap_place);
  measure_message_set_settings (head, order->settings);
  if (order->references != NULL)
    set_inputs (head, "reference", order->references);
  else
    set_input (head, "reference", order->reference);
  set_inputs (head, "distorted", order->distorted);
  return head;
}

gboolean
measure_message_get_settings (
    const GstStructure *head, MeasureSettings *settings)
{
  guint n = 0;

  gst_structure_get_uint (head, "settings", &n);
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *name_field = g_strdup_printf ("setting-%u", i);
    g_autofree gchar *value_field = g_strdup_printf ("value-%u", i);
    g_autofree gchar *name = measure_message_get_text (head, name_field);
    g_autofree gchar *text = measure_message_get_text (head, value_field);

    if (name == NULL || text == NULL
        || !measure_settings_set (settings, name, text, NULL))
      return FALSE;
  }
  return TRUE;
}

/* Returns: (transfer full) (nullable) */
static MeasureSection *
get_section (const GstStructure *head)
{
  GstStructure *fields = NULL;
  MeasureSection *section;

  gst_structure_get (head, "section", GST_TYPE_STRUCTURE, &fields, NULL);
  if (fields == NULL)
    return NULL;
  section = g_new (MeasureSection, 1);
  measure_section_of_fields (section, fields);
  gst_structure_free (fields);
  return section;
}

gboolean
measure_message_to_order (
    const GstStructure *head, MeasureOrder *order, MeasureSettings *settings)
{
  GPtrArray *distorted, *references = NULL;
  guint n = 0, align = MEASURE_ALIGN_LEAVE;

  gst_structure_get_uint (head, "files", &n);
  distorted = get_inputs (head, "distorted", n);
  if (gst_structure_has_field (head, "reference-0"))
    references = get_inputs (head, "reference", n);
  *order = (MeasureOrder){
    .settings = settings,
    .reference = get_input (head, "reference"),
    .references = references,
    .distorted = distorted,
    .log = measure_message_get_text (head, "log"),
    .heatmap = measure_message_get_text (head, "heatmap"),
    .heatmap_place = measure_message_get_text (head, "heatmap-place"),
  };
  order->section = get_section (head);
  gst_structure_get_boolean (head, "turn", &order->turn);
  gst_structure_get_boolean (head, "more", &order->more);
  gst_structure_get_uint (head, "align", &align);
  order->align = (MeasureAlign) MIN (align, MEASURE_ALIGN_LEAVE);
  return (references != NULL ? references->len == n : order->reference != NULL)
      && distorted->len == n && n > 0
      && measure_message_get_settings (head, settings);
}

void
measure_message_clear_order (MeasureOrder *order)
{
  if (order->reference != NULL)
    measure_input_free ((MeasureInput *) order->reference);
  if (order->references != NULL)
    g_ptr_array_unref ((GPtrArray *) order->references);
  g_ptr_array_unref ((GPtrArray *) order->distorted);
  g_free ((MeasureSection *) order->section);
  g_free ((gchar *) order->log);
  g_free ((gchar *) order->heatmap);
  g_free ((gchar *) order->heatmap_place);
}

/* --- black bars ---------------------------------------------------------- */

GstStructure *
measure_message_of_bars_request (const MeasureBarsRequest *request)
{
  /* clang-format off */
  GstStructure *head = gst_structure_new (MEASURE_ASKS_BARS,
      "turn", G_TYPE_BOOLEAN, request->turn,
      "start", G_TYPE_INT64, request->start.amount,
      "unit", G_TYPE_INT, (gint) request->start.unit,
      "length", G_TYPE_INT64, request->length,
      NULL);
  /* clang-format on */

  set_input (head, "input", request->input);
  return head;
}

gboolean
measure_message_to_bars_request (
    const GstStructure *head, MeasureBarsRequest *request)
{
  gint unit = DURATION_NS;

  *request = (MeasureBarsRequest){ .input = get_input (head, "input") };
  /* clang-format off */
  gst_structure_get (head,
      "turn", G_TYPE_BOOLEAN, &request->turn,
      "start", G_TYPE_INT64, &request->start.amount,
      "unit", G_TYPE_INT, &unit,
      "length", G_TYPE_INT64, &request->length,
      NULL);
  /* clang-format on */
  request->start.unit = (DurationUnit) unit;
  return request->input != NULL;
}

GstStructure *
measure_message_of_bars (const MeasureBars *bars)
{
  return gst_structure_new (MEASURE_SAYS_BARS, "width", G_TYPE_UINT,
      bars->width, "height", G_TYPE_UINT, bars->height, "step-x", G_TYPE_UINT,
      bars->step_x, "step-y", G_TYPE_UINT, bars->step_y, "x", G_TYPE_UINT,
      bars->seen.x, "y", G_TYPE_UINT, bars->seen.y, "seen-width", G_TYPE_UINT,
      bars->seen.width, "seen-height", G_TYPE_UINT, bars->seen.height, NULL);
}

void
measure_message_to_bars (const GstStructure *head, MeasureBars *bars)
{
  gst_structure_get (head, "width", G_TYPE_UINT, &bars->width, "height",
      G_TYPE_UINT, &bars->height, "step-x", G_TYPE_UINT, &bars->step_x,
      "step-y", G_TYPE_UINT, &bars->step_y, "x", G_TYPE_UINT, &bars->seen.x,
      "y", G_TYPE_UINT, &bars->seen.y, "seen-width", G_TYPE_UINT,
      &bars->seen.width, "seen-height", G_TYPE_UINT, &bars->seen.height, NULL);
}

/* --- moments ------------------------------------------------------------- */

GstStructure *
measure_message_of_moment_order (const MeasureMomentOrder *order)
{
  const MeasurePair *pair = &order->pair;
  /* clang-format off */
  GstStructure *head = gst_structure_new (MEASURE_ASKS_MOMENT,
      "turn", G_TYPE_BOOLEAN, order->turn,
      "map", G_TYPE_BOOLEAN, order->map,
      "size", G_TYPE_UINT, order->size,
      "lossless", G_TYPE_BOOLEAN, order->lossless,
      "reference-pts", G_TYPE_UINT64, pair->reference_pts,
      "distorted-pts", G_TYPE_UINT64, pair->distorted_pts,
      "time", G_TYPE_UINT64, pair->time,
      "distance", G_TYPE_DOUBLE, pair->distance,
      NULL);
  /* clang-format on */

  measure_message_set_settings (head, order->settings);
  set_input (head, "reference", order->reference);
  set_input (head, "distorted", order->distorted);
  return head;
}

gboolean
measure_message_to_moment_order (const GstStructure *head,
    MeasureMomentOrder *order, MeasureSettings *settings)
{
  MeasurePair *pair = &order->pair;

  *order = (MeasureMomentOrder){
    .settings = settings,
    .reference = get_input (head, "reference"),
    .distorted = get_input (head, "distorted"),
  };
  /* clang-format off */
  gst_structure_get (head,
      "turn", G_TYPE_BOOLEAN, &order->turn,
      "map", G_TYPE_BOOLEAN, &order->map,
      "size", G_TYPE_UINT, &order->size,
      "lossless", G_TYPE_BOOLEAN, &order->lossless,
      "reference-pts", G_TYPE_UINT64, &pair->reference_pts,
      "distorted-pts", G_TYPE_UINT64, &pair->distorted_pts,
      "time", G_TYPE_UINT64, &pair->time,
      "distance", G_TYPE_DOUBLE, &pair->distance,
      NULL);
  /* clang-format on */
  return order->reference != NULL && order->distorted != NULL
      && measure_message_get_settings (head, settings);
}

void
measure_message_clear_moment_order (MeasureMomentOrder *order)
{
  if (order->reference != NULL)
    measure_input_free ((MeasureInput *) order->reference);
  if (order->distorted != NULL)
    measure_input_free ((MeasureInput *) order->distorted);
}

GstStructure *
measure_message_of_photo (
    const MeasurePhoto *photo, MeasureView view, gsize from)
{
  gsize size = 0;
  const guchar *data =
      photo->file != NULL ? g_bytes_get_data (photo->file, &size) : NULL;
  g_autofree gchar *text = NULL;

  if (from >= size)
    return NULL;
  text = g_base64_encode (data + from, MIN (size - from, MEASURE_PHOTO_PIECE));
  return gst_structure_new (MEASURE_SAYS_PHOTO, "view", G_TYPE_UINT,
      (guint) view, "width", G_TYPE_UINT, photo->width, "height", G_TYPE_UINT,
      photo->height, "data", G_TYPE_STRING, text, NULL);
}

void
measure_message_to_photo (const GstStructure *head, MeasureMoment *moment)
{
  const gchar *text = gst_structure_get_string (head, "data");
  guint view = MEASURE_N_VIEWS;
  MeasurePhoto *photo;
  g_autoptr (GByteArray) whole = NULL;
  g_autofree guchar *data = NULL;
  gsize size;

  gst_structure_get_uint (head, "view", &view);
  if (text == NULL || view >= MEASURE_N_VIEWS)
    return;
  photo = &moment->photos[view];
  gst_structure_get (head, "width", G_TYPE_UINT, &photo->width, "height",
      G_TYPE_UINT, &photo->height, NULL);
  data = g_base64_decode (text, &size);
  whole = photo->file != NULL ? g_bytes_unref_to_array (photo->file)
                              : g_byte_array_new ();
  g_byte_array_append (whole, data, (guint) size);
  photo->file = g_byte_array_free_to_bytes (g_steal_pointer (&whole));
}
