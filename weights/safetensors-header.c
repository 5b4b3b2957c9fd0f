/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads and checks the JSON header of a safetensors file.
 *
 * The header may be hostile: json-glib sees it only after a scan that bounds
 * its nesting (the parser recurses) and refuses what JSON does not have but
 * the parser accepts (comments, several roots, signs on sizes).
 */
#include "safetensors-header.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* A good header has 3 (all tensors, one tensor, its array); a little more lets
 * a wrong entry reach the message that names its tensor. */
#define MAX_NESTING 8
#define MAX_NAME 256

void
perceptual_weights_refuse (GError **error, PerceptualWeightsError code,
    const gchar *path, const gchar *format, ...)
{
  g_autofree gchar *shown = g_filename_display_name (path);
  g_autofree gchar *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, PERCEPTUAL_WEIGHTS_ERROR, code, "weights file '%s': %s",
      shown, message);
}

#define refuse(error, path, ...)                                               \
  perceptual_weights_refuse (                                                  \
      error, PERCEPTUAL_WEIGHTS_ERROR_INVALID, path, __VA_ARGS__)

gchar *
perceptual_shape_to_text (const gsize *shape, guint n_dims)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (
        text, "%s%" G_GSIZE_FORMAT, i ? ", " : "", shape[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static void
free_tensor (gpointer data)
{
  PerceptualTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor->copy);
  g_free (tensor);
}

/* Returns: what is wrong with the bytes as JSON, or NULL. */
static const gchar *
scan_json (const gchar *json, gsize length)
{
  guint nesting = 0;
  gboolean in_string = FALSE, ended = FALSE;

  if (length == 0 || json[0] != '{')
    return "does not start with '{'";
  if (!g_utf8_validate_len (json, length, NULL))
    return "is not valid UTF-8";
  for (gsize i = 0; i < length; i++) {
    const gchar c = json[i];

    if (in_string) {
      if ((guchar) c < 0x20)
        return "has a control character in a name";
      if (c == '\\' && i + 1 < length)
        i++;
      else if (c == '"')
        in_string = FALSE;
      continue;
    }
    if (g_ascii_isspace (c))
      continue;
    if (ended)
      return "goes on after its end";
    if (c == '"')
      in_string = TRUE;
    else if (c == '{' || c == '[') {
      if (++nesting > MAX_NESTING)
        return "is nested too deeply";
    } else if (c == '}' || c == ']') {
      if (--nesting == 0)
        ended = TRUE;
    } else if (!g_ascii_isalnum (c) && c != ':' && c != ',')
      return "has a character that does not belong there";
  }
  return ended ? NULL : "ends too early";
}

typedef struct
{
  GHashTable *seen; /* "OBJECT NAME" */
  gchar *twice;     /* the first name that came twice in one object */
} Members;

/* The parser silently keeps the last of two members of the same name, but
 * emits its signal for each. */
static void
note_member (
    JsonParser *parser, JsonObject *object, const gchar *name, gpointer user)
{
  Members *members = user;

  if (!g_hash_table_add (
          members->seen, g_strdup_printf ("%p %s", (void *) object, name))
      && members->twice == NULL)
    members->twice = g_strdup (name);
}

static gboolean
load_json (JsonParser *parser, const gchar *json, gsize length,
    const gchar *path, GError **error)
{
  const gchar *problem = scan_json (json, length);
  g_autoptr (GError) cause = NULL;
  Members members = { NULL, NULL };
  gboolean loaded;

  if (problem != NULL) {
    refuse (error, path,
        "its header %s, so this is not a safetensors file or a damaged one; %s",
        problem, PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  members.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (
      parser, "object-member", G_CALLBACK (note_member), &members);
  loaded = json_parser_load_from_data (parser, json, length, &cause);
  g_hash_table_unref (members.seen);
  if (!loaded) {
    refuse (error, path, "its header is not valid JSON (%s); %s",
        cause->message, PERCEPTUAL_WEIGHTS_REMEDY);
  } else if (members.twice != NULL) {
    refuse (error, path, "its header has '%.*s' twice; %s", MAX_NAME,
        members.twice, PERCEPTUAL_WEIGHTS_REMEDY);
    loaded = FALSE;
  }
  g_free (members.twice);
  return loaded;
}

/* Reads the array called @key of sizes that are at least 0.  Returns how many
 * there are, or -1 when it is absent, too long or holds something else. */
static gint
read_sizes (JsonObject *object, const gchar *key, gsize *sizes, guint most)
{
  JsonNode *node = json_object_get_member (object, key);
  JsonArray *array;
  guint n;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return -1;
  array = json_node_get_array (node);
  n = json_array_get_length (array);
  if (n > most)
    return -1;
  for (guint i = 0; i < n; i++) {
    JsonNode *item = json_array_get_element (array, i);
    gint64 value;

    if (!JSON_NODE_HOLDS_VALUE (item)
        || json_node_get_value_type (item) != G_TYPE_INT64)
      return -1;
    value = json_node_get_int (item);
    /* What a number beyond 63 bits becomes differs between the versions of the
     * parser: one that wraps, which may be negative, or the largest one. */
    if (value < 0 || value == G_MAXINT64 || (guint64) value > G_MAXSIZE)
      return -1;
    sizes[i] = (gsize) value;
  }
  return (gint) n;
}

static gboolean
check_name (const gchar *name, const gchar *path, GError **error)
{
  const gsize length = strlen (name);
  const gchar *c = name;

  while (*c != '\0' && g_unichar_isprint (g_utf8_get_char (c)))
    c = g_utf8_next_char (c);
  if (length > 0 && length <= MAX_NAME && *c == '\0')
    return TRUE;
  refuse (error, path,
      "a tensor's name is empty, longer than %d bytes or not printable; %s",
      MAX_NAME, PERCEPTUAL_WEIGHTS_REMEDY);
  return FALSE;
}

static gboolean
read_shape (PerceptualTensor *tensor, JsonObject *object, const gchar *path,
    GError **error)
{
  const gint n =
      read_sizes (object, "shape", tensor->shape, PERCEPTUAL_TENSORS_MAX_DIMS);
  gsize bytes = sizeof (gfloat);

  if (n < 0) {
    refuse (error, path,
        "tensor '%s': its \"shape\" is not an array of at most %d sizes; %s",
        tensor->name, PERCEPTUAL_TENSORS_MAX_DIMS, PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  tensor->n_dims = (guint) n;
  for (guint i = 0; i < tensor->n_dims; i++)
    if (!g_size_checked_mul (&bytes, bytes, tensor->shape[i])) {
      g_autofree gchar *shape =
          perceptual_shape_to_text (tensor->shape, tensor->n_dims);

      refuse (error, path,
          "tensor '%s': shape %s has more numbers than memory can hold; %s",
          tensor->name, shape, PERCEPTUAL_WEIGHTS_REMEDY);
      return FALSE;
    }
  tensor->size = bytes;
  return TRUE;
}

static gboolean
read_place (PerceptualTensor *tensor, JsonObject *object, gsize data_size,
    const gchar *path, GError **error)
{
  g_autofree gchar *shape =
      perceptual_shape_to_text (tensor->shape, tensor->n_dims);
  gsize place[2];

  if (read_sizes (object, "data_offsets", place, 2) != 2
      || place[0] > place[1]) {
    refuse (error, path,
        "tensor '%s': its \"data_offsets\" are not a start and an end; %s",
        tensor->name, PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  if (place[1] - place[0] != tensor->size) {
    refuse (error, path,
        "tensor '%s': shape %s takes %" G_GSIZE_FORMAT
        " bytes, its place has %" G_GSIZE_FORMAT "; %s",
        tensor->name, shape, tensor->size, place[1] - place[0],
        PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  if (place[1] > data_size) {
    refuse (error, path,
        "tensor '%s' ends at byte %" G_GSIZE_FORMAT
        " after the header, where the file has only %" G_GSIZE_FORMAT
        ": it is cut short; %s",
        tensor->name, place[1], data_size, PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  tensor->offset = place[0];
  return TRUE;
}

static PerceptualTensor *
read_tensor (const gchar *name, JsonNode *node, gsize data_size,
    const gchar *path, GError **error)
{
  PerceptualTensor *tensor;
  JsonObject *object;
  JsonNode *dtype;

  if (!check_name (name, path, error))
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    refuse (error, path, "tensor '%s': its entry is not an object; %s", name,
        PERCEPTUAL_WEIGHTS_REMEDY);
    return NULL;
  }
  object = json_node_get_object (node);
  dtype = json_object_get_member (object, "dtype");
  if (dtype == NULL || !JSON_NODE_HOLDS_VALUE (dtype)
      || json_node_get_value_type (dtype) != G_TYPE_STRING
      || strcmp (json_node_get_string (dtype), "F32") != 0) {
    refuse (error, path,
        "tensor '%s': only \"dtype\" F32 can be read; save the file as "
        "float32",
        name);
    return NULL;
  }
  tensor = g_new0 (PerceptualTensor, 1);
  tensor->name = g_strdup (name);
  if (read_shape (tensor, object, path, error)
      && read_place (tensor, object, data_size, path, error))
    return tensor;
  free_tensor (tensor);
  return NULL;
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const PerceptualTensor *one = *(PerceptualTensor *const *) a;
  const PerceptualTensor *two = *(PerceptualTensor *const *) b;

  if (one->offset != two->offset)
    return one->offset < two->offset ? -1 : 1;
  /* An empty tensor comes before the one that starts at the same place. */
  if (one->size != two->size)
    return one->size < two->size ? -1 : 1;
  return strcmp (one->name, two->name);
}

/* Checks that the tensors are side by side, from the first byte to the last. */
static gboolean
check_places (
    GPtrArray *tensors, gsize data_size, const gchar *path, GError **error)
{
  const gchar *before = NULL;
  gsize end = 0;

  for (guint i = 0; i < tensors->len; i++) {
    const PerceptualTensor *tensor = g_ptr_array_index (tensors, i);

    if (tensor->offset < end) {
      refuse (error, path, "tensors '%s' and '%s' overlap; %s", before,
          tensor->name, PERCEPTUAL_WEIGHTS_REMEDY);
      return FALSE;
    }
    if (tensor->offset > end) {
      refuse (error, path,
          "tensor '%s': %" G_GSIZE_FORMAT
          " bytes before it belong to no tensor; %s",
          tensor->name, tensor->offset - end, PERCEPTUAL_WEIGHTS_REMEDY);
      return FALSE;
    }
    end = tensor->offset + tensor->size;
    before = tensor->name;
  }
  if (end != data_size) {
    refuse (error, path,
        "%" G_GSIZE_FORMAT
        " bytes after the last tensor ('%s') belong to no tensor; %s",
        data_size - end, before ? before : "none", PERCEPTUAL_WEIGHTS_REMEDY);
    return FALSE;
  }
  return TRUE;
}

GPtrArray *
perceptual_header_parse (const gchar *json, gsize length, gsize data_size,
    const gchar *path, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func (free_tensor);
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  if (!load_json (parser, json, length, path, error))
    return NULL;
  node = json_parser_get_root (parser);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    refuse (error, path, "its header is not a JSON object; %s",
        PERCEPTUAL_WEIGHTS_REMEDY);
    return NULL;
  }
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    PerceptualTensor *tensor;

    /* Free text about the file. */
    if (strcmp (name, "__metadata__") == 0)
      continue;
    tensor = read_tensor (name, node, data_size, path, error);
    if (tensor == NULL)
      return NULL;
    g_ptr_array_add (tensors, tensor);
  }
  g_ptr_array_sort (tensors, compare_places);
  if (!check_places (tensors, data_size, path, error))
    return NULL;
  return g_steal_pointer (&tensors);
}
