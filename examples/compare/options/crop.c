/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A part of the pictures that is given is the element's affair; black bars are
 * looked for before.
 */
#include "compare/options/crop.h"

#include "compare/options/options.h"
#include "measure/crop.h"

#include <string.h>

static gboolean
take_crop (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareOptions *self = user;

  self->crop.automatic = strcmp (text, "auto") == 0;
  return self->crop.automatic || self->settings.element == NULL
      || measure_settings_set (&self->settings, "crop", text, error);
}

void
compare_crop_add_options (GOptionGroup *group)
{
  static const GOptionEntry entries[] = {
    { "crop", 0, 0, G_OPTION_ARG_CALLBACK, take_crop,
        "Measure this part of all pictures; auto: what black bars leave of "
        "them",
        "WxH+X+Y|auto" },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

gboolean
compare_crop_check (
    const CompareCrop *self, const MeasureSettings *settings, GError **error)
{
  static const gchar *const names[] = { "crop", "reference-crop",
    "distorted-crop" };

  for (guint i = 0; i < G_N_ELEMENTS (names) && self->automatic; i++) {
    if (measure_settings_find (settings, names[i]) == NULL)
      continue;
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
        "--crop auto finds the part by itself; leave it out, or --%s",
        names[i]);
    return FALSE;
  }
  return TRUE;
}

/* Looks at the distorted input @i, whose bars go into @bars. */
static void
find_bars (MeasureRemote *remote, GPtrArray *inputs, guint i,
    const MeasureSection *section, gboolean turn, MeasureBars *bars,
    const gboolean *interrupted)
{
  /* Where one start is for both, it is about that of the distorted one, too. */
  measure_remote_find_bars (remote,
      &(MeasureBarsRequest){
          .input = inputs->pdata[i],
          .start = i == 0 ? section->reference_start : section->distorted_start,
          .length = section->length,
          .turn = turn,
          .interrupted = interrupted,
      },
      bars);
}

static void
tell (const MeasureInput *input, const MeasureBars *bars,
    void (*note) (const gchar *text, gpointer user), gpointer user)
{
  g_autofree gchar *text = input->crop != NULL
      ? g_strdup_printf ("%s: black bars are left out, %s of %ux%u is measured",
          input->label, input->crop, bars->width, bars->height)
      : g_strdup_printf ("%s: no black bars were found", input->label);

  note (text, user);
}

void
compare_crop_find (MeasureRemote *remote, GPtrArray *inputs,
    const MeasureSection *section, gboolean turn,
    void (*note) (const gchar *text, gpointer user), gpointer user,
    const gboolean *interrupted)
{
  g_autofree MeasureBars *bars = g_new0 (MeasureBars, inputs->len);

  for (guint i = 0; i < inputs->len && !g_atomic_int_get (interrupted); i++)
    find_bars (remote, inputs, i, section, turn, &bars[i], interrupted);
  if (g_atomic_int_get (interrupted))
    return;
  for (guint i = 1; i < inputs->len; i++) {
    if (bars[i].width == bars[0].width && bars[i].height == bars[0].height)
      measure_bars_join (&bars[0], &bars[i]);
  }
  for (guint i = 0; i < inputs->len; i++) {
    MeasureInput *input = inputs->pdata[i];
    gboolean same =
        bars[i].width == bars[0].width && bars[i].height == bars[0].height;

    input->crop = measure_bars_get_crop (&bars[same ? 0 : i]);
    tell (input, &bars[i], note, user);
  }
}

gchar *
compare_crop_describe (const MeasureSettings *settings,
    const MeasureInput *reference, const MeasureInput *distorted)
{
  const gchar *first = measure_crop_of (settings, reference, TRUE);
  const gchar *second = measure_crop_of (settings, distorted, FALSE);

  if (first == NULL && second == NULL)
    return NULL;
  if (g_strcmp0 (first, second) == 0)
    return g_strdup (first);
  return g_strdup_printf ("%s of the reference, %s of the distorted one",
      first != NULL ? first : "all", second != NULL ? second : "all");
}
