/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Axes of further settings.
 */
#include "tune/encoding-grid.h"

#include "measure/value.h"

#include <string.h>

/* What encoders of the table are given at the source's size; of the two, the
 * converter takes the one that has the source's depth. */
#define FORMATS "format={I420,I420_10LE},"

typedef struct
{
  gchar *key;
  GPtrArray *values;
} Axis;

struct _TuneEncodingGrid
{
  GPtrArray *axes;
};

static void
free_axis (gpointer data)
{
  Axis *axis = data;

  g_free (axis->key);
  g_ptr_array_unref (axis->values);
  g_free (axis);
}

TuneEncodingGrid *
tune_encoding_grid_new (void)
{
  TuneEncodingGrid *self = g_new0 (TuneEncodingGrid, 1);

  self->axes = g_ptr_array_new_with_free_func (free_axis);
  return self;
}

void
tune_encoding_grid_free (TuneEncodingGrid *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->axes);
  g_free (self);
}

static GPtrArray *
split (const gchar *text)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (g_free);
  GString *value = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if (text[0] == '\\' && text[1] == ',') {
      g_string_append_c (value, *++text);
    } else if (*text == ',') {
      g_ptr_array_add (values, g_string_free (value, FALSE));
      value = g_string_new (NULL);
    } else {
      g_string_append_c (value, *text);
    }
  }
  g_ptr_array_add (values, g_string_free (value, FALSE));
  return values;
}

gboolean
tune_encoding_grid_add (
    TuneEncodingGrid *self, const gchar *text, GError **error)
{
  const gchar *equals = strchr (text, '=');
  Axis *axis;

  if (equals == NULL || equals == text || equals[1] == '\0'
      || !g_utf8_validate (text, -1, NULL))
    return measure_value_refuse (text, "grid",
        "a setting and its values: speed-preset=fast,slow", error);
  axis = g_new0 (Axis, 1);
  axis->key = g_strndup (text, (gsize) (equals - text));
  axis->values = split (equals + 1);
  g_ptr_array_add (self->axes, axis);
  for (guint i = 0; i < axis->values->len; i++) {
    if (*(const gchar *) axis->values->pdata[i] == '\0')
      return measure_value_refuse (text, "grid",
          "values with one comma between two of them: speed-preset=fast,slow",
          error);
  }
  return TRUE;
}

TuneEncoding *
tune_encoding_copy (const TuneEncoding *self)
{
  TuneEncoding *same = g_memdup2 (self, sizeof *self);

  same->encoder = g_strdup (self->encoder);
  same->extra = g_strdup (self->extra);
  same->label = g_strdup (self->label);
  same->values = g_array_copy (self->values);
  same->plain = self->plain != NULL ? tune_encoding_copy (self->plain) : NULL;
  return same;
}

/* Appends to @all what becomes of @encoding by the axes from number @n on. */
static gboolean
expand (const TuneEncodingGrid *self, const TuneEncoding *encoding, guint n,
    GPtrArray *all, GError **error)
{
  const Axis *axis = self->axes->pdata[n];

  for (guint i = 0; i < axis->values->len; i++) {
    TuneEncoding *next =
        tune_encoding_with (encoding, axis->key, axis->values->pdata[i], error);
    gboolean last = n + 1 == self->axes->len;

    if (next == NULL)
      return FALSE;
    if (last) {
      g_ptr_array_add (all, next);
      continue;
    }
    if (!expand (self, next, n + 1, all, error)) {
      tune_encoding_free (next);
      return FALSE;
    }
    tune_encoding_free (next);
  }
  return TRUE;
}

/* The store would take two for one. */
static gboolean
check_different (const GPtrArray *all, GError **error)
{
  for (guint i = 0; i < all->len; i++) {
    for (guint j = i + 1; j < all->len; j++) {
      const TuneEncoding *one = all->pdata[i];
      const TuneEncoding *other = all->pdata[j];

      if (strcmp (one->encoder, other->encoder) != 0
          || strcmp (one->extra, other->extra) != 0)
        continue;
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "\"%s\" and \"%s\" are the same", one->label, other->label);
      return FALSE;
    }
  }
  return TRUE;
}

GPtrArray *
tune_encoding_grid_expand (
    const TuneEncodingGrid *self, const GPtrArray *encodings, GError **error)
{
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_encoding_free);

  for (guint i = 0; i < encodings->len; i++) {
    if (self->axes->len == 0)
      g_ptr_array_add (all, tune_encoding_copy (encodings->pdata[i]));
    else if (!expand (self, encodings->pdata[i], 0, all, error))
      return NULL;
  }
  return check_different (all, error) ? g_steal_pointer (&all) : NULL;
}

/* --- sizes --------------------------------------------------------------- */

TuneEncoding *
tune_encoding_scaled (const TuneEncoding *self, guint width, guint height)
{
  g_autofree gchar *line = tune_encoding_template (self);
  TuneEncoding *scaled = tune_encoding_copy (self);

  g_free (scaled->encoder);
  g_free (scaled->extra);
  g_free (scaled->label);
  scaled->row = NULL;
  scaled->how = TUNE_HOW_LAUNCH;
  scaled->encoder = g_strdup_printf (
      "videoscale add-borders=false ! video/x-raw,%swidth=%u,height=%u,"
      "pixel-aspect-ratio=1/1 ! %s",
      self->how == TUNE_HOW_NAMED ? FORMATS : "", width, height, line);
  scaled->extra = g_strdup ("{}");
  scaled->label = g_strdup_printf ("%s %ux%u", self->label, width, height);
  scaled->plain = tune_encoding_copy (self);
  scaled->width = width;
  scaled->height = height;
  return scaled;
}

const TuneEncoding *
tune_encoding_of_size (const TuneEncoding *self, guint width, guint height)
{
  return self->plain != NULL && self->width == width && self->height == height
      ? self->plain
      : self;
}
