/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fills in what a candidate leaves open: the value, properties of the encoder,
 * further placeholders.
 */
#include "tune/probe/candidate.h"

#include "console/program-error.h"
#include "tune/probe/encoder.h"
#include "table/json.h"

#include <math.h>
#include <string.h>

#define INPUT "input"
#define OUTPUT "output"
#define VALUE "value"

/* Settings of this name are joined to those of the row. */
#define OPTION_STRING "option-string"

/* --- texts --------------------------------------------------------------- */

static gchar *
format_number (gdouble number)
{
  gchar buffer[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.10g", number));
}

/* Rates are whole numbers, though they grow by 1 % each. */
static gchar *
format_value (const TuneCandidate *self)
{
  const TuneEncoder *row =
      self->how == TUNE_HOW_NAMED ? tune_encoder_find (self->encoder) : NULL;
  gboolean rate = row != NULL && row->step == 0;

  return format_number (rate ? rint (self->value) : self->value);
}

gchar *
tune_candidate_describe (const TuneCandidate *self)
{
  g_autofree gchar *value = format_value (self);
  gsize length = strcspn (self->encoder, " ");

  if (self->how == TUNE_HOW_COMMAND) {
    g_auto (GStrv) words = NULL;
    g_autofree gchar *name = NULL;

    if (g_shell_parse_argv (self->encoder, NULL, &words, NULL))
      name = g_path_get_basename (words[0]);
    return g_strdup_printf (
        "%s at %s", name != NULL ? name : "the command", value);
  }
  return g_strdup_printf ("%.*s at %s", (int) length, self->encoder, value);
}

/* Returns: (transfer full): the member's value as it stands in a line. */
static gchar *
text_of (JsonNode *node)
{
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return format_number (json_node_get_double (node));
  return json_to_string (node, FALSE);
}

/* Returns: (transfer full) (nullable): texts by name, of @extra, whose members
 * are texts, numbers, true and false. */
static GHashTable *
read_extra (const gchar *extra, GError **error)
{
  g_autoptr (GHashTable) texts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (JsonNode) node = NULL;
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *member;

  if (extra == NULL)
    return g_steal_pointer (&texts);
  node =
      table_json_parse (extra, strlen (extra), "The text of settings", error);
  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    program_fail_unnamed (error, "the settings are not a JSON object");
    return NULL;
  }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &member)) {
    if (!JSON_NODE_HOLDS_VALUE (member)) {
      program_fail_unnamed (
          error, "the setting \"%s\" is neither a text nor a number", name);
      return NULL;
    }
    g_hash_table_insert (texts, g_strdup (name), text_of (member));
  }
  return g_steal_pointer (&texts);
}

/* Returns: the length of the placeholder's name at @text, which is after an
 * opening brace; 0 where there is none. */
static gsize
measure_name (const gchar *text)
{
  gsize length = 0;

  while (g_ascii_isalnum (text[length]) || text[length] == '-'
      || text[length] == '_')
    length++;
  return text[length] == '}' ? length : 0;
}

/* Puts @texts in the places of "{name}" in @template, and takes note of which
 * were put in @used.  A shell's "${name}" is left alone. */
static gchar *
fill_in (
    const gchar *template, GHashTable *texts, GHashTable *used, GError **error)
{
  g_autoptr (GString) filled = g_string_new (NULL);

  for (const gchar *at = template; *at != '\0'; at++) {
    gsize length = *at == '{' && (at == template || at[-1] != '$')
        ? measure_name (at + 1)
        : 0;
    g_autofree gchar *name = g_strndup (at + 1, length);
    const gchar *text;

    if (length == 0) {
      g_string_append_c (filled, *at);
      continue;
    }
    text = g_hash_table_lookup (texts, name);
    if (text == NULL) {
      program_fail_unnamed (error, "nothing is given for \"{%s}\"", name);
      return NULL;
    }
    g_hash_table_add (used, g_strdup (name));
    g_string_append (filled, text);
    at += length + 1;
  }
  return g_string_free (g_steal_pointer (&filled), FALSE);
}

static gboolean
check_used (GHashTable *texts, GHashTable *used, GError **error)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, texts);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    if (!g_hash_table_contains (used, name))
      return program_fail_unnamed (
          error, "it has no place for the setting: \"{%s}\"", (gchar *) name);
  }
  return TRUE;
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* --- elements ------------------------------------------------------------ */

static GstElement *
parse_fragment (const gchar *fragment, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GstElement *bin = gst_parse_bin_from_description_full (
      fragment, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &cause);

  if (bin == NULL) {
    program_fail_unnamed (
        error, "%s", cause != NULL ? cause->message : "it is not understood");
    return NULL;
  }
  if (g_list_length (bin->sinkpads) == 1 && g_list_length (bin->srcpads) == 1)
    return bin;
  program_fail_unnamed (error,
      "it does not take frames at one end and give a stream at the other");
  gst_object_unref (gst_object_ref_sink (bin));
  return NULL;
}

/* Sets the property of @encoder that a user types as @name and @text. */
static gboolean
set_property (
    GstElement *encoder, const gchar *name, const gchar *text, GError **error)
{
  GstElementFactory *factory = gst_element_get_factory (encoder);
  const gchar *element = gst_plugin_feature_get_name (factory);
  GParamSpec *spec =
      g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), name);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree gchar *joined = NULL, *before = NULL;

  if (spec == NULL || !(spec->flags & G_PARAM_WRITABLE)
      || strcmp (name, "name") == 0)
    return program_fail_unnamed (
        error, "%s has no property \"%s\"", element, name);
  if (strcmp (name, OPTION_STRING) == 0) {
    g_object_get (encoder, name, &before, NULL);
    joined = g_strjoin (
        before != NULL && *before != '\0' ? ":" : "", before, text, NULL);
    g_object_set (encoder, name, before != NULL ? joined : text, NULL);
    return TRUE;
  }
  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (spec));
  if (!gst_value_deserialize_with_pspec (&value, text, spec)
      || g_param_value_validate (spec, &value))
    return program_fail_unnamed (error,
        "\"%s\" is no value for %s's property \"%s\"", text, element, name);
  g_object_set_property (G_OBJECT (encoder), name, &value);
  return TRUE;
}

static GstElement *
find_element (GstElement *bin, const gchar *name)
{
  for (GList *child = GST_BIN_CHILDREN (bin); child; child = child->next) {
    GstElementFactory *factory = gst_element_get_factory (child->data);

    if (g_strcmp0 (gst_plugin_feature_get_name (factory), name) == 0)
      return child->data;
  }
  return NULL;
}

static GstElement *
make_named (const TuneCandidate *self, GHashTable *settings, GError **error)
{
  const TuneEncoder *row = tune_encoder_find (self->encoder);
  g_autoptr (GHashTable) texts =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GHashTable) used = new_set ();
  g_autoptr (GstElementFactory) factory = NULL;
  g_autofree gchar *fragment = NULL;
  GHashTableIter iter;
  gpointer name, text;
  GstElement *bin;

  if (row == NULL) {
    program_fail_unnamed (error, "there is no encoder of this name");
    return NULL;
  }
  factory = gst_element_factory_find (row->element);
  if (factory == NULL) {
    program_fail_unnamed (
        error, "GStreamer's element %s is not installed", row->element);
    return NULL;
  }
  if (self->value < row->low || self->value > row->high) {
    program_fail_unnamed (
        error, "its values are %.10g to %.10g", row->low, row->high);
    return NULL;
  }
  g_hash_table_insert (texts, (gpointer) VALUE, format_value (self));
  fragment = fill_in (row->fragment, texts, used, error);
  bin = fragment != NULL ? parse_fragment (fragment, error) : NULL;
  g_hash_table_iter_init (&iter, settings);
  while (bin != NULL && g_hash_table_iter_next (&iter, &name, &text)) {
    if (set_property (find_element (bin, row->element), name, text, error))
      continue;
    gst_object_unref (gst_object_ref_sink (bin));
    bin = NULL;
  }
  return bin;
}

/* A container's bytes are not the encoder's. */
static gboolean
check_elements (GstElement *bin, GError **error)
{
  for (GList *child = GST_BIN_CHILDREN (bin); child; child = child->next) {
    GstElementFactory *factory = gst_element_get_factory (child->data);

    if (factory != NULL
        && gst_element_factory_list_is_type (
            factory, GST_ELEMENT_FACTORY_TYPE_MUXER))
      return program_fail_unnamed (error,
          "it has a muxer, %s; it has to end with what the encoder gives",
          gst_plugin_feature_get_name (factory));
  }
  return TRUE;
}

static GstElement *
make_launched (const TuneCandidate *self, GHashTable *texts, GError **error)
{
  g_autoptr (GHashTable) used = new_set ();
  g_autofree gchar *fragment = NULL;
  GstElement *bin = NULL;

  g_hash_table_insert (texts, g_strdup (VALUE), format_value (self));
  fragment = fill_in (self->encoder, texts, used, error);
  if (fragment != NULL && check_used (texts, used, error))
    bin = parse_fragment (fragment, error);
  if (bin == NULL || check_elements (bin, error))
    return bin;
  gst_object_unref (gst_object_ref_sink (bin));
  return NULL;
}

static GstElement *
make_encoder (const TuneCandidate *self, GError **error)
{
  g_autoptr (GHashTable) settings = read_extra (self->extra, error);

  if (settings == NULL)
    return NULL;
  return self->how == TUNE_HOW_NAMED ? make_named (self, settings, error)
                                     : make_launched (self, settings, error);
}

static void
prefix (const TuneCandidate *self, GError **error)
{
  g_autofree gchar *name = tune_candidate_describe (self);

  g_prefix_error (error, "%s: ", name);
}

GstElement *
tune_candidate_make_encoder (const TuneCandidate *self, GError **error)
{
  GstElement *bin = make_encoder (self, error);

  if (bin == NULL)
    prefix (self, error);
  return bin;
}

/* --- commands ------------------------------------------------------------ */

/* "{output}" is the name without its ending where one follows. */
static gboolean
has_ending (const gchar *word)
{
  const gchar *place = strstr (word, "{" OUTPUT "}.");

  return place != NULL && g_ascii_isalnum (place[strlen ("{" OUTPUT "}.")]);
}

static gchar *
find_written (gchar **words, const gchar *output, const gchar *ending)
{
  for (guint i = 0; words[i] != NULL; i++) {
    const gchar *own;
    gsize length = 1;

    if (!has_ending (words[i]))
      continue;
    own = strstr (words[i], "{" OUTPUT "}.") + strlen ("{" OUTPUT "}");
    while (g_ascii_isalnum (own[length]))
      length++;
    return g_strdup_printf ("%s%.*s", output, (int) length, own);
  }
  return g_strconcat (output, ending, NULL);
}

static gchar **
make_arguments (const TuneCandidate *self, const gchar *input,
    const gchar *output, const gchar *ending, gchar **written, GError **error)
{
  static const gchar *const needed[] = { INPUT, OUTPUT, VALUE };
  g_autoptr (GHashTable) texts = read_extra (self->extra, error);
  g_autoptr (GHashTable) used = new_set ();
  g_auto (GStrv) words = NULL;
  g_autofree gchar *file = NULL;

  if (texts == NULL || !g_shell_parse_argv (self->encoder, NULL, &words, error))
    return NULL;
  file = find_written (words, output, ending);
  g_hash_table_insert (texts, g_strdup (INPUT), g_strdup (input));
  g_hash_table_insert (texts, g_strdup (VALUE), format_value (self));
  for (guint i = 0; words[i] != NULL; i++) {
    gchar *filled;

    g_hash_table_insert (texts, g_strdup (OUTPUT),
        g_strdup (has_ending (words[i]) ? output : file));
    filled = fill_in (words[i], texts, used, error);
    if (filled == NULL)
      return NULL;
    g_free (words[i]);
    words[i] = filled;
  }
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++) {
    if (!g_hash_table_contains (used, needed[i])) {
      program_fail_unnamed (error, "it has no \"{%s}\"", needed[i]);
      return NULL;
    }
  }
  if (!check_used (texts, used, error))
    return NULL;
  if (written != NULL)
    *written = g_steal_pointer (&file);
  return g_steal_pointer (&words);
}

gchar **
tune_candidate_make_arguments (const TuneCandidate *self, const gchar *input,
    const gchar *output, const gchar *ending, gchar **written, GError **error)
{
  gchar **arguments =
      make_arguments (self, input, output, ending, written, error);

  if (arguments == NULL)
    prefix (self, error);
  return arguments;
}

static gboolean
check_command (const TuneCandidate *self, GError **error)
{
  g_auto (GStrv) arguments = tune_candidate_make_arguments (
      self, "input", "output", ".mkv", NULL, error);
  g_autofree gchar *program = NULL;

  if (arguments == NULL)
    return FALSE;
  program = g_find_program_in_path (arguments[0]);
  return program != NULL
      || program_fail_unnamed (
          error, "there is no program \"%s\"", arguments[0]);
}

gboolean
tune_candidate_check (const TuneCandidate *self, GError **error)
{
  GstElement *bin;

  if (self->how == TUNE_HOW_COMMAND)
    return check_command (self, error);
  if (self->how == TUNE_HOW_LAUNCH
      && strstr (self->encoder, "{" VALUE "}") == NULL)
    return program_fail_unnamed (
        error, "%s: it has no \"{" VALUE "}\"", self->encoder);
  bin = tune_candidate_make_encoder (self, error);
  if (bin == NULL)
    return FALSE;
  gst_object_unref (gst_object_ref_sink (bin));
  return TRUE;
}
