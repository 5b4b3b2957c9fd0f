/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads still images one after another, each when it is its turn.
 */
#include "measure/reader/sequence.h"

#include "console/printable.h"
#include "console/program-error.h"

#include <glib/gstdio.h>
#include <glob.h>
#include <string.h>

/* No file is called so by accident. */
#define MARK "\001sequence "

typedef struct
{
  MeasureReader parent;
  GPtrArray *paths;
  GArray *numbers; /* (nullable) guint64: times of the frames, in frames */
  gint rate_n;
  gint rate_d;
  gboolean unrelated;  /* sizes may change, and the format ends it */
  gboolean names;      /* whether errors name the image */
  MeasureStill *first; /* (nullable): until it is read */
} SequenceReader;

/* --- names --------------------------------------------------------------- */

/* "%d" or "%04d" in the last part of @path.  Returns: where it is; @width:
 * (out): least digits; @rest: (out): what follows it */
static const gchar *
find_number (const gchar *path, guint *width, const gchar **rest)
{
  const gchar *slash = strrchr (path, G_DIR_SEPARATOR);
  const gchar *percent = strchr (slash != NULL ? slash : path, '%');
  gchar *end = NULL;

  if (percent == NULL)
    return NULL;
  *width = 0;
  end = (gchar *) percent + 1;
  if (g_ascii_isdigit (*end))
    *width = (guint) g_ascii_strtoull (end, &end, 10);
  *rest = end + 1;
  return *end == 'd' ? percent : NULL;
}

gboolean
measure_sequence_is_named (const gchar *path)
{
  const gchar *rest;
  guint width;

  return !g_file_test (path, G_FILE_TEST_EXISTS)
      && g_uri_peek_scheme (path) == NULL
      && (find_number (path, &width, &rest) != NULL
          || strpbrk (path, "*?[") != NULL);
}

gchar *
measure_sequence_order (const gchar *path, gint rate_n, gint rate_d)
{
  return g_strdup_printf (MARK "%d/%d %s", rate_n, rate_d, path);
}

gboolean
measure_sequence_read_order (const gchar *text, gchar **path, gchar **name)
{
  const gchar *space;

  if (!g_str_has_prefix (text, MARK))
    return FALSE;
  text += strlen (MARK);
  space = strchr (text, ' ');
  if (space == NULL)
    return FALSE;
  *path = g_strdup (space + 1);
  *name = g_strdup (text);
  return TRUE;
}

/* --- which files --------------------------------------------------------- */

typedef struct
{
  guint64 number;
  gchar *path;
} Numbered;

static void
clear_numbered (gpointer data)
{
  g_free (((Numbered *) data)->path);
}

static gint
by_number (gconstpointer one, gconstpointer other)
{
  const Numbered *a = one, *b = other;

  return (a->number > b->number) - (a->number < b->number);
}

/* Whether @name is @before, a number as printf() writes it, and @rest. */
static gboolean
is_numbered (const gchar *name, const gchar *before, guint width,
    const gchar *rest, guint64 *number)
{
  gsize head = strlen (before), tail = strlen (rest), length = strlen (name);
  gsize digits;

  if (length <= head + tail || !g_str_has_prefix (name, before)
      || !g_str_has_suffix (name, rest))
    return FALSE;
  digits = length - head - tail;
  for (gsize i = 0; i < digits; i++) {
    if (!g_ascii_isdigit (name[head + i]))
      return FALSE;
  }
  /* 00012 is no %04d, 12 is none, 12345 is one. */
  if (digits > 18 || digits < width
      || (digits > MAX (width, 1) && name[head] == '0'))
    return FALSE;
  *number = g_ascii_strtoull (name + head, NULL, 10);
  return TRUE;
}

/* Fills in the numbers, and the paths in their order. */
static gboolean
list_numbered (SequenceReader *self, const gchar *path, GError **error)
{
  const gchar *rest;
  guint width;
  const gchar *at = find_number (path, &width, &rest);
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *head = g_strndup (path, (gsize) (at - path));
  const gchar *slash = strrchr (head, G_DIR_SEPARATOR);
  const gchar *before = slash != NULL ? slash + 1 : head;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Numbered));
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &reason);
  const gchar *name;

  g_array_set_clear_func (all, clear_numbered);
  if (dir == NULL)
    return program_fail_unnamed (error, "%s", reason->message);
  while ((name = g_dir_read_name (dir)) != NULL) {
    Numbered one;

    if (!is_numbered (name, before, width, rest, &one.number))
      continue;
    one.path = slash != NULL || strcmp (folder, ".") != 0
        ? g_build_filename (folder, name, NULL)
        : g_strdup (name);
    g_array_append_val (all, one);
  }
  g_array_sort (all, by_number);
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < all->len; i++) {
    const Numbered *one = &g_array_index (all, Numbered, i);
    guint64 place = one->number - g_array_index (all, Numbered, 0).number;

    g_array_append_val (self->numbers, place);
    g_ptr_array_add (self->paths, g_strdup (one->path));
  }
  return TRUE;
}

typedef struct
{
  gchar *key;
  const gchar *path;
} Keyed;

static gint
by_key (gconstpointer one, gconstpointer other)
{
  return strcmp (((const Keyed *) one)->key, ((const Keyed *) other)->key);
}

/* As file managers sort: 2 before 10. */
static void
list_globbed (SequenceReader *self, const gchar *path)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Keyed));
  glob_t found;

  if (glob (path, GLOB_NOSORT, NULL, &found) != 0)
    return;
  for (gsize i = 0; i < found.gl_pathc; i++) {
    g_autofree gchar *shown = g_filename_display_name (found.gl_pathv[i]);
    Keyed one = { g_utf8_collate_key_for_filename (shown, -1),
      found.gl_pathv[i] };

    g_array_append_val (all, one);
  }
  g_array_sort (all, by_key);
  for (guint i = 0; i < all->len; i++) {
    g_ptr_array_add (
        self->paths, g_strdup (g_array_index (all, Keyed, i).path));
    g_free (g_array_index (all, Keyed, i).key);
  }
  globfree (&found);
}

static gboolean
list_files (SequenceReader *self, const gchar *path, GError **error)
{
  const gchar *rest;
  guint width;

  if (find_number (path, &width, &rest) != NULL) {
    if (!list_numbered (self, path, error))
      return FALSE;
  } else {
    list_globbed (self, path);
  }
  return self->paths->len > 0
      || program_fail_unnamed (error, "there is no file of such a name");
}

/* --- frames -------------------------------------------------------------- */

static MeasureStill *
load (const SequenceReader *self, guint index, GError **error)
{
  const gchar *path = self->paths->pdata[index];
  MeasureStill *still = measure_still_load (path, error);
  g_autofree gchar *base = g_path_get_basename (path);
  g_autofree gchar *name = printable_text (base);

  if (still == NULL && self->names)
    g_prefix_error (error, "%s: ", name);
  return still;
}

static guint64
place_of (const SequenceReader *self, guint index)
{
  return self->numbers != NULL ? g_array_index (self->numbers, guint64, index)
                               : index;
}

static GstClockTime
time_of (const SequenceReader *self, guint64 place)
{
  return gst_util_uint64_scale (
      place, (guint64) self->rate_d * GST_SECOND, (guint64) self->rate_n);
}

static const gchar *
format_of (const GstCaps *caps)
{
  return gst_structure_get_string (gst_caps_get_structure (caps, 0), "format");
}

/* Whether the picture goes on with what came before it. */
static gboolean
goes_on (SequenceReader *self, guint index, const MeasureStill *still,
    GError **error)
{
  g_autoptr (GstCaps) caps =
      measure_still_caps (still, self->rate_n, self->rate_d);
  gboolean alike =
      strcmp (format_of (caps), format_of (self->parent.caps)) == 0;
  g_autofree gchar *name = NULL;

  if (gst_caps_is_equal (caps, self->parent.caps))
    return TRUE;
  if (self->unrelated && alike) {
    gst_caps_replace (&self->parent.caps, caps);
    return TRUE;
  }
  if (self->unrelated)
    return FALSE;
  name = g_path_get_basename (self->paths->pdata[index]);
  return program_fail_unnamed (error,
      "%s has another size or format than the first picture of the sequence",
      name);
}

static GstBuffer *
read_frame (MeasureReader *reader, guint64 index, GError **error)
{
  SequenceReader *self = (SequenceReader *) reader;
  g_autoptr (MeasureStill) still = NULL;
  GstBuffer *buffer;

  if (index >= self->paths->len)
    return NULL;
  if (index == 0 && self->first != NULL)
    still = g_steal_pointer (&self->first);
  else
    still = load (self, (guint) index, error);
  if (still == NULL || !goes_on (self, (guint) index, still, error))
    return NULL;
  buffer = measure_still_take_buffer (still);
  GST_BUFFER_PTS (buffer) = time_of (self, place_of (self, (guint) index));
  GST_BUFFER_DURATION (buffer) = time_of (self, 1);
  return buffer;
}

static guint64
find_frame (const MeasureReader *reader, GstClockTime time)
{
  const SequenceReader *self = (const SequenceReader *) reader;
  guint index = 0;

  while (index < self->paths->len
      && time_of (self, place_of (self, index) + 1) <= time)
    index++;
  return index;
}

static void
close_files (MeasureReader *reader)
{
  SequenceReader *self = (SequenceReader *) reader;

  g_ptr_array_unref (self->paths);
  g_clear_pointer (&self->numbers, g_array_unref);
  g_clear_pointer (&self->first, measure_still_free);
  g_free (self);
}

static SequenceReader *
reader_new (void)
{
  static const MeasureReaderClass klass = {
    .read = read_frame, .find = find_frame, .close = close_files
  };
  SequenceReader *self = g_new0 (SequenceReader, 1);

  self->parent.klass = &klass;
  self->parent.duration = GST_CLOCK_TIME_NONE;
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->rate_n = self->rate_d = 1;
  return self;
}

/* The caps of the first picture are those of all. */
static gboolean
begin (SequenceReader *self, GError **error)
{
  self->first = load (self, 0, error);
  if (self->first == NULL)
    return FALSE;
  self->parent.caps =
      measure_still_caps (self->first, self->rate_n, self->rate_d);
  self->parent.duration =
      time_of (self, place_of (self, self->paths->len - 1) + 1);
  return TRUE;
}

/* --- opening ------------------------------------------------------------- */

/* "25/1 frames/a%04d.png" */
static const gchar *
read_name (const gchar *name, gint *rate_n, gint *rate_d)
{
  gchar *end = NULL;

  *rate_n = (gint) g_ascii_strtoll (name, &end, 10);
  *rate_d = *end == '/' ? (gint) g_ascii_strtoll (end + 1, &end, 10) : 1;
  *rate_n = MAX (*rate_n, 1);
  *rate_d = MAX (*rate_d, 1);
  return *end == ' ' ? end + 1 : end;
}

MeasureReader *
measure_sequence_reader_open (const gchar *name, GError **error)
{
  SequenceReader *self = reader_new ();
  const gchar *path = read_name (name, &self->rate_n, &self->rate_d);

  self->names = TRUE;
  if (list_files (self, path, error) && begin (self, error))
    return &self->parent;
  measure_reader_free (&self->parent);
  return NULL;
}

gchar *
measure_sequence_first (const gchar *name)
{
  SequenceReader *self = reader_new ();
  const gchar *path = read_name (name, &self->rate_n, &self->rate_d);
  gchar *first =
      list_files (self, path, NULL) ? g_strdup (self->paths->pdata[0]) : NULL;

  measure_reader_free (&self->parent);
  return first;
}

MeasureReader *
measure_list_reader_open (
    const GPtrArray *paths, guint from, guint end, GError **error)
{
  SequenceReader *self = reader_new ();

  self->unrelated = TRUE;
  for (guint i = from; i < end; i++)
    g_ptr_array_add (self->paths, g_strdup (paths->pdata[i]));
  if (begin (self, error))
    return &self->parent;
  measure_reader_free (&self->parent);
  return NULL;
}
