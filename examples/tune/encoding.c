/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the text of --encoder or --command to what can be encoded with it.
 */
#include "tune/encoding.h"

#include "console/printable.h"
#include "measure/value.h"

#include <gst/gst.h>
#include <math.h>
#include <string.h>

/* How rates grow from a value to the next finer one. */
#define RATE_STEP 1.01

/* ln (distance) grows by about so much over all values of an encoder; expected
 * of those that are not in the table. */
#define USUAL_REACH 4.

/* --- the setting's values ------------------------------------------------ */

gboolean
tune_range_parse (TuneRange *self, const gchar *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  gdouble numbers[3] = { 0 };
  guint n = g_strv_length (parts);
  gboolean valid = n == 2 || n == 3;

  for (guint i = 0; valid && i < n; i++) {
    gchar *end = NULL;

    numbers[i] = g_ascii_strtod (parts[i], &end);
    valid = end != parts[i] && *end == '\0' && isfinite (numbers[i]);
  }
  *self = (TuneRange){ numbers[0], numbers[1], fabs (numbers[2]) };
  return (valid && (n == 2 || self->step > 0))
      || measure_value_refuse (text, "value",
          "FIRST:LAST or FIRST:LAST:STEP, such as 20:40 or 1:5:0.5", error);
}

gchar *
tune_encoding_format (gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.9g", value));
}

/* Without the last digits that adding up leaves. */
static gdouble
tidy (gdouble value)
{
  g_autofree gchar *text = tune_encoding_format (value);

  return g_ascii_strtod (text, NULL);
}

static gboolean
refuse_range (const TuneEncoding *self, const gchar *what, GError **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s",
      self->label, what);
  return FALSE;
}

/* Even steps from @first to @last, in this order. */
static gboolean
fill_evenly (TuneEncoding *self, gdouble first, gdouble last, gdouble step,
    GError **error)
{
  gdouble n = floor (fabs (last - first) / step + 1e-6) + 1;

  if (n > TUNE_ENCODING_MOST)
    return refuse_range (self,
        "--value holds more than 10000 values; take a larger step", error);
  for (guint i = 0; i < (guint) n; i++) {
    gdouble value = tidy (first + (last > first ? i * step : -(i * step)));

    g_array_append_val (self->values, value);
  }
  return TRUE;
}

/* Rates are the same ones whatever the range, so that what was measured can be
 * found again. */
static void
fill_rates (TuneEncoding *self, gdouble low, gdouble high)
{
  gdouble last = -1;

  for (gdouble rate = self->row->low; rate <= self->row->high * 1.0001;
       rate *= RATE_STEP) {
    gdouble value = floor (rate + .5);

    if (value == last || value < low || value > high)
      continue;
    g_array_prepend_val (self->values, value);
    last = value;
  }
}

static gboolean
is_whole (gdouble number)
{
  return fabs (number - floor (number + .5)) < 1e-6;
}

static gboolean
fill_from_row (TuneEncoding *self, const TuneRange *range, GError **error)
{
  const TuneEncoder *row = self->row;
  gdouble low = row->low, high = row->high, step = row->step;

  if (range != NULL) {
    low = MIN (range->first, range->last);
    high = MAX (range->first, range->last);
    step = range->step > 0 ? range->step : step;
  }
  if (low < row->low || high > row->high) {
    g_autofree gchar *least = tune_encoding_format (row->low);
    g_autofree gchar *most = tune_encoding_format (row->high);
    g_autofree gchar *text = g_strdup_printf (
        "its values go from %s to %s; --value is outside of that", least, most);

    return refuse_range (self, text, error);
  }
  if (step == 0) {
    fill_rates (self, low, high);
    return self->values->len > 0
        || refuse_range (self, "--value holds no value", error);
  }
  if (row->step > 0
      && (!is_whole (step / row->step)
          || !is_whole ((low - row->low) / row->step))) {
    g_autofree gchar *text = tune_encoding_format (row->step);
    g_autofree gchar *what =
        g_strdup_printf ("it knows steps of %s only; --value has others", text);

    return refuse_range (self, what, error);
  }
  return row->ascending ? fill_evenly (self, high, low, step, error)
                        : fill_evenly (self, low, high, step, error);
}

/* The place in @values nearest to @value. */
static guint
nearest (const TuneEncoding *self, gdouble value)
{
  guint best = 0;

  for (guint i = 1; i < self->values->len; i++) {
    if (fabs (g_array_index (self->values, gdouble, i) - value)
        < fabs (g_array_index (self->values, gdouble, best) - value))
      best = i;
  }
  return best;
}

/* How many of the row's steps lie between neighbouring values. */
static gdouble
steps_apart (const TuneEncoding *self)
{
  gdouble one, other;

  if (self->values->len < 2)
    return 1;
  one = g_array_index (self->values, gdouble, 0);
  other = g_array_index (self->values, gdouble, 1);
  if (self->row->step > 0)
    return fabs (other - one) / self->row->step;
  return MAX (fabs (log (one / other)) / log (RATE_STEP), 1e-3);
}

gboolean
tune_encoding_set_range (
    TuneEncoding *self, const TuneRange *range, GError **error)
{
  g_array_set_size (self->values, 0);
  if (self->row == NULL && range == NULL)
    return refuse_range (self,
        "which values can be tried is not known; say so by --value, the finest "
        "first: --value 20:40",
        error);
  if (self->row != NULL) {
    if (!fill_from_row (self, range, error))
      return FALSE;
    self->start = nearest (self, self->row->start);
    self->slope = self->row->slope * steps_apart (self);
    return TRUE;
  }
  if (!fill_evenly (self, range->first, range->last,
          range->step > 0 ? range->step : 1, error))
    return FALSE;
  self->start = self->values->len / 2;
  self->slope = USUAL_REACH / MAX (self->values->len, 2);
  return TRUE;
}

/* --- further settings ---------------------------------------------------- */

static gchar *
write_extra (GTree *members)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  for (GTreeNode *node = g_tree_node_first (members); node != NULL;
       node = g_tree_node_next (node)) {
    json_builder_set_member_name (builder, g_tree_node_key (node));
    json_builder_add_string_value (builder, g_tree_node_value (node));
  }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static GTree *
read_extra (const gchar *extra)
{
  GTree *members = g_tree_new_full (
      (GCompareDataFunc) (void (*) (void)) strcmp, NULL, g_free, g_free);
  g_autoptr (JsonNode) root = json_from_string (extra, NULL);
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *value;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return members;
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &value))
    g_tree_insert (
        members, g_strdup (name), g_strdup (json_node_get_string (value)));
  return members;
}

static gboolean refuse (GError **error, const gchar *label, const gchar *format,
    ...) G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError **error, const gchar *label, const gchar *format, ...)
{
  g_autofree gchar *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "\"%s\": %s",
      label, what);
  return FALSE;
}

/* Settings of this name are joined to those of the row. */
#define OPTION_STRING "option-string"

/* Whether the row puts the value into the property @key, and nothing else is to
 * be in there. */
static gboolean
is_searched (const TuneEncoder *row, const gchar *key)
{
  g_auto (GStrv) words = g_strsplit (row->fragment, " ", -1);
  g_autofree gchar *begin = g_strconcat (key, "=", NULL);

  if (strcmp (key, OPTION_STRING) == 0)
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++) {
    if (g_str_has_prefix (words[i], begin)
        && strstr (words[i], "{value}") != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_value (
    GParamSpec *spec, const gchar *label, const gchar *text, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree gchar *valid = NULL;

  g_value_init (&value, spec->value_type);
  if (gst_value_deserialize_with_pspec (&value, text, spec)
      && !g_param_value_validate (spec, &value))
    return TRUE;
  valid = measure_value_describe (spec);
  return refuse (error, label, "\"%s\" is not a value for %s; valid: %s", text,
      spec->name, valid);
}

/* An encoder that is not installed is complained of when it is needed. */
static gboolean
check_property (const TuneEncoding *self, const gchar *key, const gchar *value,
    GError **error)
{
  g_autoptr (GstElementFactory) factory =
      gst_element_factory_find (self->row->element);
  g_autoptr (GstElement) element = NULL;
  GParamSpec *spec;

  if (is_searched (self->row, key))
    return refuse (error, self->label,
        "%s has the value that is searched; limit that by --value", key);
  if (factory == NULL)
    return TRUE;
  element = gst_element_factory_create (factory, NULL);
  if (element == NULL)
    return TRUE;
  gst_object_ref_sink (element);
  spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), key);
  if (spec == NULL || (spec->flags & G_PARAM_WRITABLE) == 0)
    return refuse (error, self->label,
        "%s has no property %s; gst-inspect-1.0 %s lists them",
        self->row->element, key, self->row->element);
  return check_value (spec, self->label, value, error);
}

static gboolean
check_further (const TuneEncoding *self, const gchar *key, const gchar *value,
    GError **error)
{
  g_autofree gchar *placeholder = g_strdup_printf ("{%s}", key);

  if (self->row != NULL)
    return check_property (self, key, value, error);
  if (strcmp (key, "value") == 0 || strcmp (key, "input") == 0
      || strcmp (key, "output") == 0)
    return refuse (
        error, self->label, "%s is not for the user to set", placeholder);
  return strstr (self->encoder, placeholder) != NULL
      || refuse (error, self->label, "there is no %s in it", placeholder);
}

static gboolean
add_further (
    TuneEncoding *self, const gchar *key, const gchar *value, GError **error)
{
  g_autoptr (GTree) members = NULL;

  if (!check_further (self, key, value, error))
    return FALSE;
  members = read_extra (self->extra);
  g_tree_insert (members, g_strdup (key), g_strdup (value));
  g_free (self->extra);
  self->extra = write_extra (members);
  return TRUE;
}

/* --- reading ------------------------------------------------------------- */

static TuneEncoding *
new_encoding (const gchar *label, TuneHow how, const gchar *encoder)
{
  TuneEncoding *self = g_new0 (TuneEncoding, 1);

  self->how = how;
  self->encoder = g_strdup (encoder);
  self->extra = g_strdup ("{}");
  self->label = printable_text (label);
  self->values = g_array_new (FALSE, FALSE, sizeof (gdouble));
  return self;
}

void
tune_encoding_free (TuneEncoding *self)
{
  if (self == NULL)
    return;
  g_free (self->encoder);
  g_free (self->extra);
  g_free (self->label);
  g_array_unref (self->values);
  tune_encoding_free (self->plain);
  g_free (self);
}

/* Splits at commas but for those behind a backslash, which goes away. */
static GPtrArray *
split (const gchar *text)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  GString *part = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if (text[0] == '\\' && text[1] == ',') {
      g_string_append_c (part, *++text);
    } else if (*text == ',') {
      g_ptr_array_add (parts, g_string_free (part, FALSE));
      part = g_string_new (NULL);
    } else {
      g_string_append_c (part, *text);
    }
  }
  g_ptr_array_add (parts, g_string_free (part, FALSE));
  return parts;
}

static gboolean
read_further (TuneEncoding *self, const gchar *text, GError **error)
{
  g_autoptr (GPtrArray) parts = split (text);

  for (guint i = 0; i < parts->len; i++) {
    gchar *key = parts->pdata[i];
    gchar *equals = strchr (key, '=');

    if (equals == NULL || equals == key)
      return refuse (error, self->label,
          "\"%s\" is not KEY=VALUE; a comma in a value is written as \\,", key);
    *equals = '\0';
    if (!add_further (self, key, equals + 1, error))
      return FALSE;
  }
  return TRUE;
}

static TuneEncoding *
parse_name (const gchar *text, GError **error)
{
  const gchar *colon = strchr (text, ':');
  g_autofree gchar *name = colon != NULL
      ? g_strndup (text, (gsize) (colon - text))
      : g_strdup (text);
  const TuneEncoder *row = tune_encoder_find (name);
  g_autoptr (TuneEncoding) self = NULL;

  if (row == NULL) {
    g_autoptr (GString) names = g_string_new (NULL);

    for (row = tune_encoders; row->name != NULL; row++)
      g_string_append_printf (
          names, "%s%s", names->len > 0 ? ", " : "", row->name);
    g_string_append (
        names, ", or a part of a gst-launch line that has {value} in it");
    measure_value_refuse (text, "encoder", names->str, error);
    return NULL;
  }
  self = new_encoding (text, TUNE_HOW_NAMED, row->name);
  self->row = row;
  if (colon != NULL && !read_further (self, colon + 1, error))
    return NULL;
  return g_steal_pointer (&self);
}

TuneEncoding *
tune_encoding_parse (const gchar *text, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL)) {
    refuse (error, "--encoder", "it is not UTF-8 text");
    return NULL;
  }
  if (strstr (text, "{value}") != NULL)
    return new_encoding (text, TUNE_HOW_LAUNCH, text);
  if (strpbrk (text, " !") != NULL) {
    refuse (error, text,
        "a part of a gst-launch line needs {value} where the "
        "value goes: \"x264enc pass=qual quantizer={value}\"");
    return NULL;
  }
  return parse_name (text, error);
}

TuneEncoding *
tune_encoding_parse_command (const gchar *text, GError **error)
{
  static const gchar *const placeholders[] = { "{input}", "{output}",
    "{value}" };
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) fault = NULL;

  if (!g_utf8_validate (text, -1, NULL)) {
    refuse (error, "--command", "it is not UTF-8 text");
    return NULL;
  }
  if (!g_shell_parse_argv (text, NULL, &words, &fault)) {
    refuse (error, text, "it is not a command line: %s", fault->message);
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (placeholders); i++) {
    if (strstr (text, placeholders[i]) != NULL)
      continue;
    refuse (error, text,
        "a command needs {input}, {output} and {value}; there "
        "is no %s in it",
        placeholders[i]);
    return NULL;
  }
  return new_encoding (text, TUNE_HOW_COMMAND, text);
}

TuneEncoding *
tune_encoding_with (const TuneEncoding *self, const gchar *key,
    const gchar *value, GError **error)
{
  g_autofree gchar *label = g_strdup_printf ("%s%c%s=%s", self->label,
      self->row != NULL && strchr (self->label, ':') == NULL ? ':' : ',', key,
      value);
  g_autoptr (TuneEncoding) copy =
      new_encoding (label, self->how, self->encoder);

  copy->row = self->row;
  copy->start = self->start;
  copy->slope = self->slope;
  g_array_append_vals (copy->values, self->values->data, self->values->len);
  g_free (copy->extra);
  copy->extra = g_strdup (self->extra);
  return add_further (copy, key, value, error) ? g_steal_pointer (&copy) : NULL;
}

/* --- naming -------------------------------------------------------------- */

/* A comma in a value has a backslash, as split() expects it. */
static void
append_setting (GString *name, gchar separator, const gchar *key, gchar *value)
{
  g_auto (GStrv) parts = g_strsplit (value, ",", -1);
  g_autofree gchar *escaped = g_strjoinv ("\\,", parts);

  g_string_append_printf (name, "%c%s=%s", separator, key, escaped);
}

gchar *
tune_encoding_name (const gchar *encoder, const gchar *extra)
{
  g_autoptr (GTree) members = read_extra (extra);
  GString *name = g_string_new (encoder);
  gchar separator = tune_encoder_find (encoder) != NULL ? ':' : ',';

  for (GTreeNode *node = g_tree_node_first (members); node != NULL;
       node = g_tree_node_next (node)) {
    append_setting (
        name, separator, g_tree_node_key (node), g_tree_node_value (node));
    separator = ',';
  }
  return g_string_free (name, FALSE);
}

/* --- use ----------------------------------------------------------------- */

TuneCandidate *
tune_encoding_candidate (const TuneEncoding *self, gdouble value)
{
  TuneCandidate candidate = {
    .how = self->how,
    .encoder = self->encoder,
    .value = value,
    .extra = strcmp (self->extra, "{}") != 0 ? self->extra : NULL,
  };

  return tune_candidate_copy (&candidate);
}

static void
replace (GString *line, const gchar *key, const gchar *value)
{
  g_autofree gchar *placeholder = g_strdup_printf ("{%s}", key);

  g_string_replace (line, placeholder, value, 0);
}

/* What the user sets takes the place of what the row sets.  Returns: whether it
 * was joined to it instead, and nothing is to be inserted. */
static gboolean
replace_property (GString *line, const gchar *key, const gchar *value)
{
  g_autofree gchar *begin = g_strdup_printf (" %s=", key);
  gchar *at = strstr (line->str, begin);
  gsize length;

  if (at == NULL)
    return FALSE;
  length = strlen (begin) + strcspn (at + strlen (begin), " ");
  if (strcmp (key, OPTION_STRING) == 0) {
    g_autofree gchar *joined = g_strconcat (":", value, NULL);

    g_string_insert (line, at - line->str + (gssize) length, joined);
    return TRUE;
  }
  g_string_erase (line, at - line->str, (gssize) length);
  return FALSE;
}

/* Properties go right behind the element's name. */
static void
insert_property (
    GString *line, const gchar *element, const gchar *key, const gchar *value)
{
  g_autofree gchar *quoted =
      strpbrk (value, " \"'\\!") != NULL ? g_shell_quote (value) : NULL;
  g_autofree gchar *property =
      g_strdup_printf (" %s=%s", key, quoted != NULL ? quoted : value);
  const gchar *at;

  if (replace_property (line, key, quoted != NULL ? quoted : value))
    return;
  at = strstr (line->str, element);
  if (at != NULL)
    g_string_insert (
        line, at - line->str + (gssize) strlen (element), property);
}

gchar *
tune_encoding_template (const TuneEncoding *self)
{
  g_autoptr (GTree) members = read_extra (self->extra);
  GString *line =
      g_string_new (self->row != NULL ? self->row->fragment : self->encoder);

  for (GTreeNode *node = g_tree_node_last (members); node != NULL;
       node = g_tree_node_previous (node)) {
    if (self->row != NULL)
      insert_property (line, self->row->element, g_tree_node_key (node),
          g_tree_node_value (node));
    else
      replace (line, g_tree_node_key (node), g_tree_node_value (node));
  }
  return g_string_free (line, FALSE);
}

gchar *
tune_encoding_describe (const TuneEncoding *self, gdouble value)
{
  g_autofree gchar *number = tune_encoding_format (value);
  g_autofree gchar *text = tune_encoding_template (self);
  GString *line = g_string_new (text);

  replace (line, "value", number);
  return g_string_free (line, FALSE);
}
