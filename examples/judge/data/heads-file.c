/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes safetensors: eight bytes of header length, a JSON header, numbers.
 * The library has read and checked the source before, so a source that does
 * not look right now has changed meanwhile.
 */
#include "judge/data/heads-file.h"

#include "console/output-file.h"
#include "judge/failure.h"
#include "table/json.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* A tensor of the new file. */
typedef struct
{
  gchar *name;
  JsonNode *shape;
  gconstpointer data;
  gsize size;
  gfloat *owned; /* @data, where it is not the source's */
} Tensor;

static void
tensor_free (gpointer data)
{
  Tensor *self = data;

  g_free (self->name);
  g_free (self->owned);
  json_node_unref (self->shape);
  g_free (self);
}

/* --- from the source ----------------------------------------------------- */

/* The tensor of that name, wherever it is in the list. */
static Tensor *
find (const GPtrArray *tensors, const gchar *name)
{
  for (guint i = 0; i < tensors->len; i++) {
    Tensor *tensor = tensors->pdata[i];

    if (strcmp (tensor->name, name) == 0)
      return tensor;
  }
  return NULL;
}

/* Reads where the numbers of @row lie, [begin, end]. */
static gboolean
read_place (JsonObject *row, gsize length, gsize *begin, gsize *end)
{
  JsonNode *node = json_object_get_member (row, "data_offsets");
  JsonArray *place = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
      ? json_node_get_array (node)
      : NULL;
  gsize *const ends[] = { begin, end };

  if (place == NULL || json_array_get_length (place) != G_N_ELEMENTS (ends))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    JsonNode *number = json_array_get_element (place, i);

    if (!JSON_NODE_HOLDS_VALUE (number)
        || json_node_get_value_type (number) != G_TYPE_INT64
        || json_node_get_int (number) < 0
        || (guint64) json_node_get_int (number) > length)
      return FALSE;
    *ends[i] = (gsize) json_node_get_int (number);
  }
  return *begin <= *end;
}

static gboolean
take_tensor (GPtrArray *tensors, JsonObject *header, const gchar *name,
    const gchar *numbers, gsize length)
{
  JsonNode *node = json_object_get_member (header, name);
  JsonObject *row =
      JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gsize begin, end;
  Tensor *tensor;

  if (row == NULL || !json_object_has_member (row, "shape")
      || !read_place (row, length, &begin, &end))
    return FALSE;
  tensor = g_new0 (Tensor, 1);
  tensor->name = g_strdup (name);
  tensor->shape = json_node_copy (json_object_get_member (row, "shape"));
  tensor->data = numbers + begin;
  tensor->size = end - begin;
  g_ptr_array_add (tensors, tensor);
  return TRUE;
}

/* Returns: (transfer full): the tensors of a file that is in memory. */
static GPtrArray *
read_tensors (const gchar *text, gsize length)
{
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func (tensor_free);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GList) names = NULL;
  JsonObject *header;
  guint64 size;

  if (length < 8)
    return NULL;
  memcpy (&size, text, 8);
  size = GUINT64_FROM_LE (size);
  if (size > length - 8)
    return NULL;
  root = table_json_parse (text + 8, size, "its header", NULL);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  header = json_node_get_object (root);
  names = json_object_get_members (header);
  for (const GList *l = names; l != NULL; l = l->next) {
    if (strcmp (l->data, "__metadata__") != 0
        && !take_tensor (
            tensors, header, l->data, text + 8 + size, length - 8 - size))
      return NULL;
  }
  return g_steal_pointer (&tensors);
}

/* --- the new tensors ----------------------------------------------------- */

/* Puts a tensor of float32 in place of the one of that name, or at the end. */
static void
put (GPtrArray *tensors, const gchar *name, const gint64 *shape, guint n_dims,
    const gdouble *values)
{
  Tensor *tensor = find (tensors, name);
  JsonArray *sizes = json_array_new ();
  gsize n = 1;

  for (guint i = 0; i < n_dims; i++) {
    json_array_add_int_element (sizes, shape[i]);
    n *= (gsize) shape[i];
  }
  if (tensor == NULL) {
    tensor = g_new0 (Tensor, 1);
    tensor->name = g_strdup (name);
    g_ptr_array_add (tensors, tensor);
  }
  g_clear_pointer (&tensor->shape, json_node_unref);
  tensor->shape = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (tensor->shape, sizes);
  g_free (tensor->owned);
  tensor->owned = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    tensor->owned[i] = (gfloat) values[i];
  tensor->data = tensor->owned;
  tensor->size = n * sizeof (gfloat);
}

static void
put_all (GPtrArray *tensors, const gdouble *heads, const guint *tap_channels,
    guint n_taps, const JudgeRanking *r)
{
  const gint64 hidden = JUDGE_RANKING_HIDDEN;
  const gint64 first[] = { hidden, JUDGE_RANKING_INPUTS };
  const gint64 second[] = { hidden, hidden };
  const gint64 last[] = { 1, hidden };
  const gint64 one = 1;

  for (guint t = 0; t < n_taps; t++) {
    g_autofree gchar *name = g_strdup_printf ("lin.%u.weight", t);
    gint64 n = tap_channels[t];

    put (tensors, name, &n, 1, heads);
    heads += n;
  }
  put (tensors, "rank.0.weight", first, 2, &r->w1[0][0]);
  put (tensors, "rank.0.bias", &hidden, 1, r->b1);
  put (tensors, "rank.2.weight", second, 2, &r->w2[0][0]);
  put (tensors, "rank.2.bias", &hidden, 1, r->b2);
  put (tensors, "rank.4.weight", last, 2, r->w3);
  put (tensors, "rank.4.bias", &one, 1, &r->b3);
}

/* --- writing ------------------------------------------------------------- */

static GString *
make_header (const GPtrArray *tensors)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *header = json_object_new ();
  g_autofree gchar *text = NULL;
  GString *padded;
  gsize at = 0;

  for (guint i = 0; i < tensors->len; i++) {
    const Tensor *tensor = tensors->pdata[i];
    JsonObject *row = json_object_new ();
    JsonArray *place = json_array_new ();

    json_array_add_int_element (place, (gint64) at);
    at += tensor->size;
    json_array_add_int_element (place, (gint64) at);
    json_object_set_string_member (row, "dtype", "F32");
    json_object_set_member (row, "shape", json_node_copy (tensor->shape));
    json_object_set_array_member (row, "data_offsets", place);
    json_object_set_object_member (header, tensor->name, row);
  }
  json_node_take_object (root, header);
  text = json_to_string (root, FALSE);
  padded = g_string_new (text);
  /* So that numbers begin at a multiple of eight. */
  while (padded->len % 8 != 0)
    g_string_append_c (padded, ' ');
  return padded;
}

gboolean
judge_heads_file_write (const gchar *path, const gchar *source,
    const gdouble *heads, const guint *tap_channels, guint n_taps,
    const JudgeRanking *ranking, GError **error)
{
  g_autoptr (GPtrArray) tensors = NULL;
  g_autoptr (GString) out = NULL;
  g_autoptr (GString) header = NULL;
  g_autofree gchar *text = NULL;
  guint64 size;
  gsize length;
  gint reason;

  if (!g_file_get_contents (source, &text, &length, error))
    return FALSE;
  tensors = read_tensors (text, length);
  if (tensors == NULL)
    return program_fail (
        error, source, "it changed while its features were computed");
  put_all (tensors, heads, tap_channels, n_taps, ranking);
  header = make_header (tensors);
  size = GUINT64_TO_LE ((guint64) header->len);
  out = g_string_sized_new (length + 65536);
  g_string_append_len (out, (const gchar *) &size, 8);
  g_string_append_len (out, header->str, (gssize) header->len);
  for (guint i = 0; i < tensors->len; i++) {
    const Tensor *tensor = tensors->pdata[i];

    g_string_append_len (out, tensor->data, (gssize) tensor->size);
  }
  reason = output_file_put (path, out->str, out->len);
  return reason == 0
      || program_fail (
          error, path, "it cannot be written: %s", g_strerror (reason));
}
