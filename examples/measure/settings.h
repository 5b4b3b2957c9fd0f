/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The measuring element's properties as options of a command line.
 */
#ifndef MEASURE_SETTINGS_H
#define MEASURE_SETTINGS_H

#include "perceptual.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasureSetting:
 * @name: a property of the element
 * @text: its value as the user typed it
 * @value: the same, of the property's type; of a metric with options of its
 *   own that without them
 * @in_frames: @text counts frames of the reference, and @value is of no meaning
 *   before measure_settings_resolve()
 * @frames: so many, with @in_frames
 */
typedef struct
{
  gchar *name;
  gchar *text;
  GValue value;
  gboolean in_frames;
  gint64 frames;
} MeasureSetting;

/**
 * MeasureSettings:
 * @element: (owned): the class of the measuring element, or NULL when it is
 *   not installed
 * @set: (element-type MeasureSetting): the properties that the user set, in
 *   order, later ones overriding earlier ones
 * @takes_frames: times may be told in frames of the reference, and
 *   measure_settings_resolve() is called before they are used
 * @texts: of the options' help; for use by this file
 */
typedef struct
{
  GObjectClass *element;
  GPtrArray *set;
  gboolean takes_frames;
  GPtrArray *texts;
} MeasureSettings;

/* Looks for the element, also where this program was installed. */
void measure_settings_init (MeasureSettings *self);
void measure_settings_clear (MeasureSettings *self);

/* Returns: (transfer full): an option of the same name for every property
 * that makes sense in a run without display.  What users type goes to @self,
 * which outlives the group.  The error of a value that is not valid is
 * G_OPTION_ERROR_BAD_VALUE, and lists what is. */
GOptionGroup *measure_settings_group (MeasureSettings *self);

/* Whether there is an option of this name. */
gboolean measure_settings_offers (
    const MeasureSettings *self, const gchar *name);

/* Adds one, as an option would.  @name: a property that is offered. */
gboolean measure_settings_set (MeasureSettings *self, const gchar *name,
    const gchar *text, GError **error);

/* Turns frames into times, as often as it is called.  @frame: how long one of
 * the reference lasts in ns, 0 where that is not known.  @error: where it would
 * have to be, or where a time is beyond what the property takes. */
gboolean measure_settings_resolve (
    MeasureSettings *self, guint64 frame, GError **error);

/* Returns: (transfer none) (nullable): the last one of that name. */
const MeasureSetting *measure_settings_find (
    const MeasureSettings *self, const gchar *name);

/* Returns: (transfer none) (nullable): the first whose name begins so. */
const MeasureSetting *measure_settings_find_prefix (
    const MeasureSettings *self, const gchar *prefix);

/* Returns: (transfer none) (nullable): the metric that is measured; NULL with
 * @error set where it, or one beside it, is not known, or has no option that
 * is set. */
const PerceptualMetricInfo *measure_settings_check_metrics (
    const MeasureSettings *self, GError **error);

/* Whether at most one of the options interval and rate says which pairs are
 * measured.  @error: as of program_refuse(). */
gboolean measure_settings_check_choice (
    const MeasureSettings *self, GError **error);

/* Sets the properties of @object, which is of the class @element. */
void measure_settings_apply (const MeasureSettings *self, GObject *object);

/* Sets only those that say what is measured, not which pairs: for a pair that
 * is measured by itself. */
void measure_settings_apply_to_pair (
    const MeasureSettings *self, GObject *object);

G_END_DECLS

#endif /* MEASURE_SETTINGS_H */
