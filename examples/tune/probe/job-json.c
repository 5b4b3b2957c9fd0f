/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Jobs and results as JSON, which may come from anywhere: nothing is believed.
 */
#include "tune/probe/job.h"

#include "console/program-error.h"
#include "table/json.h"

#include <math.h>
#include <string.h>

/* Most pairs of a result: two weeks at 60 a second. */
#define MOST_PAIRS (G_GUINT64_CONSTANT (1) << 26)

/* --- text ---------------------------------------------------------------- */

static JsonNode *sort_members (JsonNode *node);

static void
sort_element (JsonArray *array, guint index, JsonNode *node, gpointer sorted)
{
  json_array_add_element (sorted, sort_members (node));
}

/* Returns: (transfer full): the same with sorted members. */
static JsonNode *
sort_members (JsonNode *node)
{
  g_autoptr (GList) names = NULL;
  JsonObject *sorted;
  JsonNode *copy;

  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_array_new ();

    json_array_foreach_element (
        json_node_get_array (node), sort_element, array);
    copy = json_node_new (JSON_NODE_ARRAY);
    json_node_take_array (copy, array);
    return copy;
  }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return json_node_copy (node);
  names = g_list_sort (json_object_get_members (json_node_get_object (node)),
      (GCompareFunc) strcmp);
  sorted = json_object_new ();
  for (GList *name = names; name != NULL; name = name->next)
    json_object_set_member (sorted, name->data,
        sort_members (
            json_object_get_member (json_node_get_object (node), name->data)));
  copy = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (copy, sorted);
  return copy;
}

gchar *
tune_json_print (JsonNode *node)
{
  g_autoptr (JsonNode) sorted = sort_members (node);

  return json_to_string (sorted, FALSE);
}

/* --- writing ------------------------------------------------------------- */

static void
set_text (JsonObject *object, const gchar *name, const gchar *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
  else
    json_object_set_null_member (object, name);
}

/* Names of files may be in any encoding, JSON is UTF-8. */
static void
set_path (JsonObject *object, const gchar *name, const gchar *path)
{
  g_autofree gchar *base64 = NULL;
  JsonObject *bytes;

  if (path == NULL || g_utf8_validate (path, -1, NULL)) {
    set_text (object, name, path);
    return;
  }
  base64 = g_base64_encode ((const guchar *) path, strlen (path));
  bytes = json_object_new ();
  json_object_set_string_member (bytes, "base64", base64);
  json_object_set_object_member (object, name, bytes);
}

static void
set_count (JsonObject *object, const gchar *name, guint64 count)
{
  json_object_set_int_member (
      object, name, (gint64) MIN (count, (guint64) G_MAXINT64));
}

/* @json: (nullable): text of an object. */
static void
set_json (JsonObject *object, const gchar *name, const gchar *json)
{
  JsonNode *node =
      json != NULL ? table_json_parse (json, strlen (json), name, NULL) : NULL;

  if (node != NULL)
    json_object_set_member (object, name, node);
  else
    json_object_set_null_member (object, name);
}

/* @numbers: @n of 32 bits each. */
static void
set_numbers (
    JsonObject *object, const gchar *name, gconstpointer numbers, guint64 n)
{
  g_autofree guint32 *words = g_new (guint32, n + 1);
  g_autofree gchar *base64 = NULL;

  if (n > 0)
    memcpy (words, numbers, n * sizeof *words);
  for (guint64 i = 0; i < n; i++)
    words[i] = GUINT32_TO_LE (words[i]);
  base64 = g_base64_encode ((const guchar *) words, n * sizeof *words);
  json_object_set_string_member (object, name, base64);
}

static JsonNode *
node_of (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

static const gchar *const hows[] = { "named", "launch", "command" };

static JsonObject *
write_candidate (const TuneCandidate *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "how", hows[self->how]);
  set_text (object, "encoder", self->encoder);
  json_object_set_double_member (object, "value", self->value);
  set_json (object, "extra", self->extra);
  return object;
}

static JsonObject *
write_settings (GHashTable *settings)
{
  g_autoptr (GList) names =
      g_list_sort (g_hash_table_get_keys (settings), (GCompareFunc) strcmp);
  JsonObject *object = json_object_new ();

  for (GList *name = names; name != NULL; name = name->next)
    json_object_set_string_member (
        object, name->data, g_hash_table_lookup (settings, name->data));
  return object;
}

static JsonObject *
write_window (const TuneWindow *window)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "start_ns", window->start_ns);
  json_object_set_int_member (object, "stop_ns", window->stop_ns);
  json_object_set_int_member (object, "lead_ns", window->lead_ns);
  return object;
}

JsonNode *
tune_job_to_json (const TuneJob *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *candidates = json_array_new ();

  json_object_set_int_member (object, "schema", TUNE_JOB_SCHEMA);
  set_path (object, "source", self->source);
  set_text (object, "sha256", self->sha256);
  json_object_set_object_member (
      object, "window", write_window (&self->window));
  json_object_set_object_member (
      object, "settings", write_settings (self->settings));
  for (guint i = 0; i < self->candidates->len; i++)
    json_array_add_object_element (
        candidates, write_candidate (self->candidates->pdata[i]));
  json_object_set_array_member (object, "candidates", candidates);
  json_object_set_boolean_member (object, "file_route", self->file_route);
  set_count (object, "memory", self->memory);
  set_path (object, "temp", self->temp);
  set_path (object, "output", self->output);
  json_object_set_double_member (object, "timeout_s", self->timeout_s);
  return node_of (object);
}

static JsonObject *
write_outcome (const TuneOutcome *self)
{
  const TuneMeasurement *measurement = &self->measurement;
  JsonObject *inner = json_object_new ();
  JsonObject *object = json_object_new ();

  set_count (inner, "bytes", measurement->bytes);
  set_count (inner, "frames", measurement->frames);
  set_count (inner, "unmatched", measurement->unmatched);
  json_object_set_double_member (
      inner, "encode_seconds", measurement->encode_seconds);
  set_numbers (inner, "distances", measurement->distances, measurement->frames);
  json_object_set_object_member (object, "measurement", inner);
  set_numbers (
      object, "frame_bytes", self->frame_bytes->data, self->frame_bytes->len);
  set_json (object, "versions", self->versions);
  json_object_set_boolean_member (object, "one_pass", self->one_pass);
  set_text (object, "error", self->error);
  return object;
}

JsonNode *
tune_result_to_json (const TuneResult *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *outcomes = json_array_new ();

  json_object_set_int_member (object, "schema", TUNE_JOB_SCHEMA);
  set_text (object, "metric", self->metric);
  set_json (object, "options", self->options);
  set_text (object, "weights_sha256", self->weights_sha256);
  set_text (object, "library", self->library);
  set_text (object, "host", self->host);
  set_text (object, "caps", self->caps);
  set_count (object, "frames", self->frames);
  json_object_set_double_member (object, "seconds", self->seconds);
  for (guint i = 0; i < self->outcomes->len; i++)
    json_array_add_object_element (
        outcomes, write_outcome (self->outcomes->pdata[i]));
  json_object_set_array_member (object, "outcomes", outcomes);
  return node_of (object);
}

/* --- reading ------------------------------------------------------------- */

/**
 * Reader:
 * @where: the object, as it is put before the names of its members
 * @failed: something is wrong; the first of it is in @error
 *
 * Reads the members of an object.  After something wrong the rest is read as
 * if it were empty, and one question at the end is enough.
 */
typedef struct
{
  JsonObject *object;
  const gchar *where;
  gboolean failed;
  GError **error;
} Reader;

static void
complain (Reader *self, const gchar *name, const gchar *what)
{
  if (!self->failed)
    program_fail_unnamed (
        self->error, "the member \"%s%s\" %s", self->where, name, what);
  self->failed = TRUE;
}

/* Returns: (nullable): the member, unless it is null. */
static JsonNode *
find (Reader *self, const gchar *name, gboolean needed)
{
  JsonNode *node = !self->failed && self->object != NULL
      ? json_object_get_member (self->object, name)
      : NULL;

  if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
    return node;
  if (needed)
    complain (self, name, "is missing");
  return NULL;
}

static gchar *
get_text (Reader *self, const gchar *name, gboolean needed)
{
  JsonNode *node = find (self, name, needed);

  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  complain (self, name, "is not a text");
  return NULL;
}

static guchar *
decode_base64 (Reader *self, const gchar *name, const gchar *text, gsize *size)
{
  gsize length = strlen (text);
  guchar *bytes = g_base64_decode (text, size);
  g_autofree gchar *again = g_base64_encode (bytes, *size);

  /* GLib's decoder passes over what it does not know. */
  if (length % 4 == 0 && strcmp (text, again) == 0)
    return bytes;
  complain (self, name, "is not base64");
  g_free (bytes);
  *size = 0;
  return NULL;
}

static gchar *
get_path (Reader *self, const gchar *name, gboolean needed)
{
  JsonNode *node = find (self, name, needed);
  g_autofree gchar *where = NULL;
  g_autofree gchar *base64 = NULL;
  g_autofree guchar *bytes = NULL;
  Reader inner;
  gsize size = 0;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return get_text (self, name, needed);
  where = g_strconcat (self->where, name, ".", NULL);
  inner = (Reader){ json_node_get_object (node), where, FALSE, self->error };
  base64 = get_text (&inner, "base64", TRUE);
  if (base64 != NULL)
    bytes = decode_base64 (&inner, "base64", base64, &size);
  if (bytes != NULL && memchr (bytes, 0, size) != NULL)
    complain (&inner, "base64", "is not the name of a file");
  self->failed |= inner.failed;
  return self->failed ? NULL : g_strndup ((const gchar *) bytes, size);
}

static gboolean
is_number (JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static gdouble
get_number (Reader *self, const gchar *name, gdouble low)
{
  JsonNode *node = find (self, name, TRUE);
  gdouble number =
      node != NULL && is_number (node) ? json_node_get_double (node) : NAN;

  if (isfinite (number) && number >= low)
    return number;
  complain (self, name, "is not a number, or too small");
  return 0;
}

static gint64
get_integer (Reader *self, const gchar *name, gint64 low)
{
  JsonNode *node = find (self, name, TRUE);

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_INT64
      && json_node_get_int (node) >= low)
    return json_node_get_int (node);
  complain (self, name, "is not a whole number, or too small");
  return 0;
}

static gboolean
get_boolean (Reader *self, const gchar *name)
{
  JsonNode *node = find (self, name, TRUE);

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  complain (self, name, "is neither true nor false");
  return FALSE;
}

static JsonObject *
get_object (Reader *self, const gchar *name)
{
  JsonNode *node = find (self, name, TRUE);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  complain (self, name, "is not an object");
  return NULL;
}

static gchar *
get_json (Reader *self, const gchar *name)
{
  JsonNode *node = find (self, name, FALSE);

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return tune_json_print (node);
  complain (self, name, "is not an object");
  return NULL;
}

/* Returns: (transfer full): @n numbers of 32 bits each. */
static guint32 *
get_numbers (Reader *self, const gchar *name, guint64 *n)
{
  g_autofree gchar *base64 = get_text (self, name, TRUE);
  gsize size = 0;
  guint32 *words = base64 != NULL
      ? (guint32 *) (gpointer) decode_base64 (self, name, base64, &size)
      : NULL;

  *n = size / sizeof *words;
  if (size % sizeof *words != 0)
    complain (self, name, "ends within a number");
  for (guint64 i = 0; i < *n; i++)
    words[i] = GUINT32_FROM_LE (words[i]);
  return words;
}

static void
check_schema (Reader *self)
{
  if (get_integer (self, "schema", 1) > TUNE_JOB_SCHEMA)
    complain (self, "schema", "is that of a later version");
}

static void
read_how (Reader *reader, TuneCandidate *self)
{
  g_autofree gchar *text = get_text (reader, "how", TRUE);

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (hows); i++) {
    if (strcmp (text, hows[i]) != 0)
      continue;
    self->how = (TuneHow) i;
    return;
  }
  complain (reader, "how", "is not one of named, launch, command");
}

/* The objects of the array @name, at least one.  Returns: (transfer container)
 * (element-type JsonObject) (nullable). */
static GPtrArray *
get_objects (Reader *self, const gchar *name)
{
  JsonNode *node = find (self, name, TRUE);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
      ? json_node_get_array (node)
      : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;
  GPtrArray *objects;

  if (n == 0 || n > TUNE_JOB_MOST) {
    complain (self, name, "is not an array, empty, or too long");
    return NULL;
  }
  objects = g_ptr_array_new ();
  for (guint i = 0; i < n; i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (element))
      g_ptr_array_add (objects, json_node_get_object (element));
    else
      complain (self, name, "does not hold objects");
  }
  return objects;
}

static void
read_candidates (Reader *reader, GPtrArray *candidates)
{
  g_autoptr (GPtrArray) objects = get_objects (reader, "candidates");

  for (guint i = 0; objects != NULL && i < objects->len; i++) {
    g_autofree gchar *where = g_strdup_printf ("candidates[%u].", i);
    Reader inner = { objects->pdata[i], where, reader->failed, reader->error };
    TuneCandidate *self = g_new0 (TuneCandidate, 1);

    g_ptr_array_add (candidates, self);
    read_how (&inner, self);
    self->encoder = get_text (&inner, "encoder", TRUE);
    self->value = get_number (&inner, "value", -G_MAXDOUBLE);
    self->extra = get_json (&inner, "extra");
    reader->failed |= inner.failed;
  }
}

static void
read_settings (Reader *reader, GHashTable *settings)
{
  JsonObject *object = get_object (reader, "settings");
  g_autoptr (GList) names =
      object != NULL ? json_object_get_members (object) : NULL;
  Reader inner = { object, "settings.", reader->failed, reader->error };

  for (GList *name = names; name != NULL; name = name->next) {
    gchar *text = get_text (&inner, name->data, TRUE);

    if (text != NULL)
      g_hash_table_insert (settings, g_strdup (name->data), text);
  }
  reader->failed |= inner.failed;
}

static void
read_window (Reader *reader, TuneWindow *window)
{
  Reader inner = { get_object (reader, "window"), "window.", reader->failed,
    reader->error };

  window->start_ns = get_integer (&inner, "start_ns", 0);
  window->stop_ns = get_integer (&inner, "stop_ns", 0);
  window->lead_ns = get_integer (&inner, "lead_ns", 0);
  if (window->stop_ns <= window->start_ns)
    complain (&inner, "stop_ns", "is not behind window.start_ns");
  reader->failed |= inner.failed;
}

static gboolean
begin (Reader *self, JsonNode *node)
{
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    self->object = json_node_get_object (node);
    check_schema (self);
    return TRUE;
  }
  return program_fail_unnamed (self->error, "it is not a JSON object");
}

TuneJob *
tune_job_from_json (JsonNode *node, GError **error)
{
  Reader reader = { NULL, "", FALSE, error };
  g_autoptr (TuneJob) self = NULL;

  if (!begin (&reader, node))
    return NULL;
  self = tune_job_new ();
  self->source = get_path (&reader, "source", TRUE);
  self->sha256 = get_text (&reader, "sha256", FALSE);
  read_window (&reader, &self->window);
  read_settings (&reader, self->settings);
  read_candidates (&reader, self->candidates);
  self->file_route = get_boolean (&reader, "file_route");
  self->memory = (guint64) get_integer (&reader, "memory", 0);
  self->temp = get_path (&reader, "temp", FALSE);
  self->output = get_path (&reader, "output", FALSE);
  self->timeout_s = get_number (&reader, "timeout_s", 0);
  if (self->output != NULL && self->candidates->len != 1)
    complain (&reader, "output", "is for a single candidate");
  return reader.failed ? NULL : g_steal_pointer (&self);
}

static void
read_measurement (Reader *reader, TuneMeasurement *self)
{
  g_autofree gchar *where = g_strconcat (reader->where, "measurement.", NULL);
  Reader inner = { get_object (reader, "measurement"), where, reader->failed,
    reader->error };
  guint64 n;

  self->bytes = (guint64) get_integer (&inner, "bytes", 0);
  self->frames = (guint64) get_integer (&inner, "frames", 0);
  self->unmatched = (guint64) get_integer (&inner, "unmatched", 0);
  self->encode_seconds = get_number (&inner, "encode_seconds", 0);
  self->distances = (gfloat *) (gpointer) get_numbers (&inner, "distances", &n);
  if (n != self->frames || n > MOST_PAIRS)
    complain (&inner, "distances", "does not fit measurement.frames");
  reader->failed |= inner.failed;
}

static void
read_outcomes (Reader *reader, GPtrArray *outcomes)
{
  g_autoptr (GPtrArray) objects = get_objects (reader, "outcomes");

  for (guint i = 0; objects != NULL && i < objects->len; i++) {
    g_autofree gchar *where = g_strdup_printf ("outcomes[%u].", i);
    Reader inner = { objects->pdata[i], where, reader->failed, reader->error };
    TuneOutcome *self = tune_outcome_new ();
    g_autofree guint32 *words = NULL;
    guint64 n;

    g_ptr_array_add (outcomes, self);
    read_measurement (&inner, &self->measurement);
    words = get_numbers (&inner, "frame_bytes", &n);
    if (n <= MOST_PAIRS && n > 0)
      g_array_append_vals (self->frame_bytes, words, (guint) n);
    self->versions = get_json (&inner, "versions");
    self->one_pass = get_boolean (&inner, "one_pass");
    self->error = get_text (&inner, "error", FALSE);
    reader->failed |= inner.failed;
  }
}

TuneResult *
tune_result_from_json (JsonNode *node, GError **error)
{
  Reader reader = { NULL, "", FALSE, error };
  g_autoptr (TuneResult) self = NULL;

  if (!begin (&reader, node))
    return NULL;
  self = tune_result_new ();
  self->metric = get_text (&reader, "metric", FALSE);
  self->options = get_json (&reader, "options");
  self->weights_sha256 = get_text (&reader, "weights_sha256", FALSE);
  self->library = get_text (&reader, "library", FALSE);
  self->host = get_text (&reader, "host", FALSE);
  self->caps = get_text (&reader, "caps", FALSE);
  self->frames = (guint64) get_integer (&reader, "frames", 0);
  self->seconds = get_number (&reader, "seconds", 0);
  read_outcomes (&reader, self->outcomes);
  for (guint i = 0; i < self->outcomes->len; i++)
    ((TuneOutcome *) self->outcomes->pdata[i])->measurement.seconds =
        self->seconds;
  return reader.failed ? NULL : g_steal_pointer (&self);
}
