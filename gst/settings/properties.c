/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The settings behind the table of properties and the metrics' options.
 */
#include "settings/properties.h"

#include "settings/enums.h"
#include "settings/metric-options.h"
#include "settings/property-table.h"

#define USUAL_WINDOW ((gint64) (500 * GST_MSECOND))
#define READWRITE (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)
#define FLAGS (READWRITE | GST_PARAM_MUTABLE_READY)
#define LIVE_FLAGS (READWRITE | GST_PARAM_MUTABLE_PLAYING)

static const PerceptualConfig defaults = PERCEPTUAL_CONFIG_DEFAULTS;

static guint
count (void)
{
  guint n = 0;

  while (perceptual_property_table[n].name != NULL)
    n++;
  return n;
}

/* After them come those of perceptual_options(). */
static guint
first_option (void)
{
  return count () + 1;
}

static const PerceptualProperty *
property_of (guint id)
{
  return id >= 1 && id <= count () ? &perceptual_property_table[id - 1] : NULL;
}

/* --- the settings -------------------------------------------------------- */

static gboolean
is_string (const PerceptualProperty *property)
{
  return property->kind == PERCEPTUAL_PROPERTY_STRING
      || property->kind == PERCEPTUAL_PROPERTY_CHOICE;
}

static gchar **
string_at (PerceptualConfig *self, const PerceptualProperty *property)
{
  return G_STRUCT_MEMBER_P (self, property->offset);
}

/* Puts a copy of each string in its place. */
static void
copy_strings (PerceptualConfig *self)
{
  for (guint i = 0; perceptual_property_table[i].name != NULL; i++) {
    if (is_string (&perceptual_property_table[i]))
      *string_at (self, &perceptual_property_table[i]) =
          g_strdup (*string_at (self, &perceptual_property_table[i]));
  }
}

static GHashTable *
new_options (void)
{
  return g_hash_table_new_full (
      NULL, NULL, NULL, (GDestroyNotify) g_variant_unref);
}

void
perceptual_config_init (PerceptualConfig *self)
{
  *self = defaults;
  copy_strings (self);
  self->options = new_options ();
}

void
perceptual_config_clear (PerceptualConfig *self)
{
  for (guint i = 0; perceptual_property_table[i].name != NULL; i++) {
    if (is_string (&perceptual_property_table[i]))
      g_free (*string_at (self, &perceptual_property_table[i]));
  }
  g_clear_pointer (&self->options, g_hash_table_unref);
  *self = (PerceptualConfig){ 0 };
}

void
perceptual_config_copy (const PerceptualConfig *from, PerceptualConfig *to)
{
  GHashTableIter iter;
  gpointer name, value;

  *to = *from;
  copy_strings (to);
  to->options = new_options ();
  g_hash_table_iter_init (&iter, from->options);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (to->options, name, g_variant_ref (value));
}

gint64
perceptual_config_get_window (const PerceptualConfig *self)
{
  if (self->sync_window >= 0)
    return self->sync_window;
  return self->sync == PERCEPTUAL_SYNC_TRACK ? PERCEPTUAL_MOST_SYNC_WINDOW
                                             : USUAL_WINDOW;
}

GVariant *
perceptual_config_get_options (const PerceptualConfig *self)
{
  const PerceptualOption *const *rows = perceptual_options ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; rows[i] != NULL; i++) {
    GVariant *value =
        g_hash_table_lookup (self->options, g_intern_string (rows[i]->name));

    if (value != NULL)
      g_variant_builder_add (&builder, "{sv}", rows[i]->name, value);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* --- all properties ------------------------------------------------------ */

static const PerceptualOption *
option_of (guint id)
{
  guint n = 0;

  if (id < first_option ())
    return NULL;
  while (perceptual_options ()[n] != NULL && n < id - first_option ())
    n++;
  return perceptual_options ()[n];
}

/* Programs read such a property as they read times (its quark "unit"). */
static GParamSpec *
time_param (
    const PerceptualProperty *property, gint64 normal, GParamFlags flags)
{
  GParamSpec *spec = g_param_spec_int64 (property->name, property->nick,
      property->blurb, property->least, property->most, normal, flags);

  g_param_spec_set_qdata (
      spec, g_quark_from_static_string ("unit"), (gpointer) "ns");
  return spec;
}

static GParamSpec *
property_param (const PerceptualProperty *property)
{
  const gchar *name = property->name, *nick = property->nick;
  const gchar *blurb = property->blurb;
  gconstpointer normal = G_STRUCT_MEMBER_P (&defaults, property->offset);
  GParamFlags flags = property->live ? LIVE_FLAGS : FLAGS;

  switch (property->kind) {
    case PERCEPTUAL_PROPERTY_BOOLEAN:
      return g_param_spec_boolean (
          name, nick, blurb, *(const gboolean *) normal, flags);
    case PERCEPTUAL_PROPERTY_UINT:
      return g_param_spec_uint (name, nick, blurb, (guint) property->least,
          (guint) property->most, *(const guint *) normal, flags);
    case PERCEPTUAL_PROPERTY_INT64:
      return g_param_spec_int64 (name, nick, blurb, property->least,
          property->most, *(const gint64 *) normal, flags);
    case PERCEPTUAL_PROPERTY_TIME:
      return time_param (property, *(const gint64 *) normal, flags);
    case PERCEPTUAL_PROPERTY_DOUBLE:
      return g_param_spec_double (name, nick, blurb, property->lowest,
          property->highest, *(const gdouble *) normal, flags);
    case PERCEPTUAL_PROPERTY_ENUM:
      return g_param_spec_enum (
          name, nick, blurb, property->type (), *(const gint *) normal, flags);
    case PERCEPTUAL_PROPERTY_FRACTION:
      return gst_param_spec_fraction (name, nick, blurb, 0, 1, G_MAXINT, 1,
          ((const gint *) normal)[0], ((const gint *) normal)[1], flags);
    case PERCEPTUAL_PROPERTY_CHOICE:
      return g_param_spec_enum (name, nick, blurb, property->type (),
          perceptual_choice_value (property->type (), *(gchar *const *) normal),
          flags);
    case PERCEPTUAL_PROPERTY_STRING:
      break;
  }
  return g_param_spec_string (
      name, nick, blurb, *(gchar *const *) normal, flags);
}

void
perceptual_config_install (GObjectClass *klass)
{
  const PerceptualOption *const *options = perceptual_options ();

  for (guint i = 0; perceptual_property_table[i].name != NULL; i++)
    g_object_class_install_property (
        klass, i + 1, property_param (&perceptual_property_table[i]));
  for (guint i = 0; options[i] != NULL; i++)
    g_object_class_install_property (klass, first_option () + i,
        perceptual_option_param (options[i], FLAGS));
}

static void
set_string (gchar **target, const GValue *value)
{
  const gchar *text = g_value_get_string (value);

  g_free (*target);
  *target = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

gboolean
perceptual_config_set (PerceptualConfig *self, guint id, const GValue *value)
{
  const PerceptualProperty *property = property_of (id);
  gpointer field;

  if (property == NULL) {
    if (option_of (id) == NULL)
      return FALSE;
    perceptual_option_set (self->options, option_of (id), value);
    return TRUE;
  }
  field = G_STRUCT_MEMBER_P (self, property->offset);
  switch (property->kind) {
    case PERCEPTUAL_PROPERTY_BOOLEAN:
      *(gboolean *) field = g_value_get_boolean (value);
      break;
    case PERCEPTUAL_PROPERTY_UINT:
      *(guint *) field = g_value_get_uint (value);
      break;
    case PERCEPTUAL_PROPERTY_INT64:
    case PERCEPTUAL_PROPERTY_TIME:
      *(gint64 *) field = g_value_get_int64 (value);
      break;
    case PERCEPTUAL_PROPERTY_DOUBLE:
      *(gdouble *) field = g_value_get_double (value);
      break;
    case PERCEPTUAL_PROPERTY_ENUM:
      *(gint *) field = g_value_get_enum (value);
      break;
    case PERCEPTUAL_PROPERTY_FRACTION:
      ((gint *) field)[0] = gst_value_get_fraction_numerator (value);
      ((gint *) field)[1] = gst_value_get_fraction_denominator (value);
      break;
    case PERCEPTUAL_PROPERTY_CHOICE:
      g_free (*(gchar **) field);
      *(gchar **) field = g_strdup (perceptual_choice_nick (value));
      break;
    case PERCEPTUAL_PROPERTY_STRING:
      set_string (field, value);
      break;
  }
  return TRUE;
}

gboolean
perceptual_config_get (const PerceptualConfig *self, guint id, GValue *value)
{
  const PerceptualProperty *property = property_of (id);
  gconstpointer field;

  if (property == NULL) {
    if (option_of (id) == NULL)
      return FALSE;
    perceptual_option_get (self->options, option_of (id), value);
    return TRUE;
  }
  field = G_STRUCT_MEMBER_P (self, property->offset);
  switch (property->kind) {
    case PERCEPTUAL_PROPERTY_BOOLEAN:
      g_value_set_boolean (value, *(const gboolean *) field);
      break;
    case PERCEPTUAL_PROPERTY_UINT:
      g_value_set_uint (value, *(const guint *) field);
      break;
    case PERCEPTUAL_PROPERTY_INT64:
    case PERCEPTUAL_PROPERTY_TIME:
      g_value_set_int64 (value, *(const gint64 *) field);
      break;
    case PERCEPTUAL_PROPERTY_DOUBLE:
      g_value_set_double (value, *(const gdouble *) field);
      break;
    case PERCEPTUAL_PROPERTY_ENUM:
      g_value_set_enum (value, *(const gint *) field);
      break;
    case PERCEPTUAL_PROPERTY_FRACTION:
      gst_value_set_fraction (
          value, ((const gint *) field)[0], ((const gint *) field)[1]);
      break;
    case PERCEPTUAL_PROPERTY_CHOICE:
      g_value_set_enum (value,
          perceptual_choice_value (
              G_VALUE_TYPE (value), *(gchar *const *) field));
      break;
    case PERCEPTUAL_PROPERTY_STRING:
      g_value_set_string (value, *(gchar *const *) field);
      break;
  }
  return TRUE;
}

gboolean
perceptual_config_affects_metrics (guint id)
{
  const PerceptualProperty *property = property_of (id);

  return property == NULL || property->makes_metrics;
}

gboolean
perceptual_config_is_live (guint id)
{
  const PerceptualProperty *property = property_of (id);

  return property != NULL && property->live;
}
