/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Headerless video, and what can be read once.
 */
#include "compare/options/inputs.h"

#include "compare/options/options.h"
#include "measure/reader/raw.h"
#include "measure/value.h"

#include <glib/gstdio.h>
#include <string.h>

static gboolean
take_text (const gchar *text, const gchar *option, gchar **to, GError **error)
{
  MeasureRaw raw;

  if (!measure_raw_parse (text, &raw))
    return measure_value_refuse (text, option, MEASURE_RAW_VALID, error);
  g_free (*to);
  *to = g_strdup (text);
  return TRUE;
}

static CompareReading *
reading_of (gpointer user)
{
  return &((CompareOptions *) user)->reading;
}

static gboolean
take_raw (const gchar *option, const gchar *text, gpointer user, GError **error)
{
  return take_text (text, "raw", &reading_of (user)->raw, error);
}

static gboolean
take_reference_raw (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  return take_text (
      text, "reference-raw", &reading_of (user)->reference_raw, error);
}

static gboolean
take_distorted_raw (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  return take_text (
      text, "distorted-raw", &reading_of (user)->distorted_raw, error);
}

static gboolean
take_playlists (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  reading_of (user)->any_playlist = TRUE;
  return TRUE;
}

static gboolean
take_deinterlace (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  static const gchar *const words[] = {
    [COMPARE_DEINTERLACE_AUTO] = "auto",
    [COMPARE_DEINTERLACE_REFERENCE] = "reference",
    [COMPARE_DEINTERLACE_DISTORTED] = "distorted",
    [COMPARE_DEINTERLACE_BOTH] = "both",
  };

  for (guint i = COMPARE_DEINTERLACE_AUTO; i < G_N_ELEMENTS (words); i++) {
    if (strcmp (text, words[i]) != 0)
      continue;
    reading_of (user)->deinterlace = (CompareDeinterlace) i;
    return TRUE;
  }
  return measure_value_refuse (
      text, "deinterlace", "auto, reference, distorted, both", error);
}

void
compare_reading_clear (CompareReading *self)
{
  g_clear_pointer (&self->raw, g_free);
  g_clear_pointer (&self->reference_raw, g_free);
  g_clear_pointer (&self->distorted_raw, g_free);
}

void
compare_reading_add_options (GOptionGroup *group)
{
  static const GOptionEntry entries[] = {
    { "raw", 0, 0, G_OPTION_ARG_CALLBACK, take_raw,
        "What is in video without a header: size, format by GStreamer's or "
        "ffmpeg's name, frames a second (default: 25)",
        "WxH:FORMAT[:RATE]" },
    { "reference-raw", 0, 0, G_OPTION_ARG_CALLBACK, take_reference_raw,
        "The same of the reference alone", "WxH:FORMAT[:RATE]" },
    { "distorted-raw", 0, 0, G_OPTION_ARG_CALLBACK, take_distorted_raw,
        "The same of distorted files alone", "WxH:FORMAT[:RATE]" },
    { "deinterlace", 0, 0, G_OPTION_ARG_CALLBACK, take_deinterlace,
        "Make frames of fields before they are measured: of what says that it "
        "is interlaced, or of one side or both whatever they say",
        "auto|reference|distorted|both" },
    { "allow-playlists", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK,
        take_playlists,
        "Read playlists whose names do not say that they are some, and what "
        "they name: other files, other addresses",
        NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

const gchar *
compare_reading_find_raw (const CompareReading *self, gboolean is_reference)
{
  const gchar *own = is_reference ? self->reference_raw : self->distorted_raw;

  return own != NULL ? own : self->raw;
}

/* --- fields -------------------------------------------------------------- */

static gboolean
is_chosen (const CompareReading *self, const MeasureInput *input,
    gboolean is_reference)
{
  if (input->is_image)
    return FALSE;
  switch (self->deinterlace) {
    case COMPARE_DEINTERLACE_AUTO:
      return input->is_interlaced;
    case COMPARE_DEINTERLACE_REFERENCE:
      return is_reference;
    case COMPARE_DEINTERLACE_DISTORTED:
      return !is_reference;
    case COMPARE_DEINTERLACE_BOTH:
      return TRUE;
    case COMPARE_DEINTERLACE_NONE:
      break;
  }
  return FALSE;
}

/* Whether @other has frames where @input has fields. */
static gboolean
has_twice_as_many (const MeasureInput *other, const MeasureInput *input)
{
  return other->frame > 0 && other->frame < input->frame * 3 / 4;
}

void
compare_reading_deinterlace (const CompareReading *self, GPtrArray *inputs,
    void (*note) (const gchar *text, gpointer user), gpointer user)
{
  MeasureInput *reference = inputs->pdata[0];

  /* All are looked at before any changes. */
  for (guint i = inputs->len; i > 0; i--) {
    MeasureInput *input = inputs->pdata[i - 1];
    const MeasureInput *other = i > 1 ? reference : inputs->pdata[1];
    gboolean both = is_chosen (self, other, i > 1);
    g_autofree gchar *text = NULL;

    if (!is_chosen (self, input, i == 1))
      continue;
    input->deinterlacing = !both && has_twice_as_many (other, input)
        ? MEASURE_DEINTERLACE_FIELDS
        : MEASURE_DEINTERLACE_FRAMES;
    text = g_strdup_printf ("%s: deinterlaced, a frame of each %s",
        input->label,
        input->deinterlacing == MEASURE_DEINTERLACE_FIELDS ? "field" : "frame");
    note (text, user);
  }
  for (guint i = 0; i < inputs->len; i++) {
    MeasureInput *input = inputs->pdata[i];

    if (input->deinterlacing == MEASURE_DEINTERLACE_FIELDS)
      input->frame /= 2;
  }
}

/* --- pipes --------------------------------------------------------------- */

/* @pipes: those that were named before */
static gboolean
name_once (GHashTable *pipes, const gchar *path, GError **error)
{
  g_autofree gchar *place = measure_input_place (path);
  g_autofree gchar *label = NULL;
  GStatBuf status;
  gchar *key;

  if (!measure_pipe_is_one (place))
    return TRUE;
  key = g_stat (place, &status) == 0
      ? g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
          (guint64) status.st_dev, (guint64) status.st_ino)
      : g_strdup (place);
  if (g_hash_table_add (pipes, key))
    return TRUE;
  label = measure_input_label (path);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
      "%s is named twice, and can be read once", label);
  return FALSE;
}

gboolean
compare_reading_check_pipes (const ComparePairs *pairs, GError **error)
{
  g_autoptr (GHashTable) pipes =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < pairs->distorted->len; i++) {
    if (((pairs->several || i == 0)
            && !name_once (pipes, pairs->references->pdata[i], error))
        || !name_once (pipes, pairs->distorted->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

gchar *
compare_reading_find_problem (
    const MeasureInput *reference, guint distorted, guint together)
{
  if (!reference->is_pipe || distorted <= together)
    return NULL;
  return g_strdup_printf (
      "%s: the reference is a pipe, which can be read once, and %u distorted "
      "files are not read together%s; write it to a file",
      reference->label, distorted,
      together == 1 ? " with --log and --heatmap" : "");
}

gboolean
compare_reading_is_over (const MeasureInput *reference, MeasureResult *result)
{
  const MeasureInput *pipe = reference->is_pipe ? reference : result->distorted;

  if (!pipe->is_pipe)
    return FALSE;
  result->error = g_strdup_printf (
      "%s: the run was broken off by the failure of another file, and %s, "
      "which is a pipe, cannot be read again",
      result->distorted->label, pipe->label);
  result->broken_off = FALSE;
  return TRUE;
}
