/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A number and a unit.
 */
#include "tune/arithmetic/quantity.h"

#include "console/duration.h"
#include "measure/value.h"

#include <math.h>

#define MOST_SECONDS 36000000

/* What is longer is not known any better: 30 years. */
#define MOST_SECONDS_SHOWN 1e9

typedef struct
{
  const gchar *name;
  gdouble factor;
} Unit;

/* Returns: the number times the factor of what follows it; NaN where @text is
 * not that. */
static gdouble
parse (const gchar *text, const Unit *units)
{
  gchar *end = NULL;
  gdouble number = g_ascii_strtod (text, &end);

  /* g_ascii_strtod() passes over spaces, and takes "inf" and "0x10". */
  if (end == text || !g_ascii_isdigit (*text) || text[1] == 'x')
    return NAN;
  for (; units->name != NULL; units++) {
    if (g_ascii_strcasecmp (end, units->name) == 0)
      return number * units->factor;
  }
  return NAN;
}

gboolean
tune_quantity_count (const gchar *text, const gchar *option, guint least,
    guint most, guint *count, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, least, most, &number, NULL)) {
    g_autofree gchar *valid =
        g_strdup_printf ("a whole number from %u to %u", least, most);

    return measure_value_refuse (text, option, valid, error);
  }
  *count = (guint) number;
  return TRUE;
}

gboolean
tune_quantity_time (
    const gchar *text, const gchar *option, gdouble *seconds, GError **error)
{
  static const DurationRule rule = { DURATION_MS,
    MOST_SECONDS * DURATION_SECOND, DURATION_PLAIN_SECONDS, FALSE };
  Duration duration;

  if (!duration_parse (text, option, &rule, &duration, error))
    return FALSE;
  *seconds = (gdouble) duration.amount / DURATION_SECOND;
  return TRUE;
}

gboolean
tune_quantity_size (
    const gchar *text, const gchar *option, guint64 *bytes, GError **error)
{
  static const Unit units[] = { { "", 1 }, { "B", 1 }, { "K", 0x1p10 },
    { "KiB", 0x1p10 }, { "KB", 0x1p10 }, { "M", 0x1p20 }, { "MiB", 0x1p20 },
    { "MB", 0x1p20 }, { "G", 0x1p30 }, { "GiB", 0x1p30 }, { "GB", 0x1p30 },
    { NULL, 0 } };
  gdouble number = parse (text, units);

  if (!(number >= 1 && number <= 0x1p60))
    return measure_value_refuse (
        text, option, "a size such as 512M or 2G", error);
  *bytes = (guint64) number;
  return TRUE;
}

gboolean
tune_quantity_positive (const gchar *text, const gchar *option,
    const gchar *valid, gdouble *number, GError **error)
{
  static const Unit none[] = { { "", 1 }, { NULL, 0 } };

  *number = parse (text, none);
  return (*number > 0 && isfinite (*number))
      || measure_value_refuse (text, option, valid, error);
}

gchar *
tune_quantity_clock (gdouble seconds)
{
  guint64 whole =
      (guint64) ((seconds > 0 ? MIN (seconds, MOST_SECONDS_SHOWN) : 0) + .5);
  guint hours = (guint) (whole / 3600);
  guint minutes = (guint) (whole / 60 % 60);

  if (hours > 0)
    return g_strdup_printf (
        "%u:%02u:%02u", hours, minutes, (guint) (whole % 60));
  return g_strdup_printf ("%u:%02u", minutes, (guint) (whole % 60));
}

gchar *
tune_quantity_bytes (guint64 bytes)
{
  static const gchar *const units[] = { "kB", "MB", "GB", "TB" };
  gdouble number = (gdouble) bytes / 1000;
  guint i = 0;

  if (bytes < 1000)
    return g_strdup_printf ("%u B", (guint) bytes);
  for (; number >= 999.5 && i + 1 < G_N_ELEMENTS (units); i++)
    number /= 1000;
  return g_strdup_printf (
      number < 10 ? "%.1f %s" : "%.0f %s", number, units[i]);
}
