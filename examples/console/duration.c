/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads and writes times in whole nanoseconds: no floating point, so that what
 * is written reads back.
 */
#include "console/duration.h"

#include "console/program-error.h"

#include <string.h>

#define MINUTE (60 * DURATION_SECOND)
#define HOUR (60 * MINUTE)

typedef struct
{
  const gchar *name;
  gint64 ns;
} Unit;

static const Unit units[] = {
  { "ns", 1 },
  { "us", 1000 },
  { "\302\265s", 1000 },
  { "ms", DURATION_MS },
  { "s", DURATION_SECOND },
  { "min", MINUTE },
  { "m", MINUTE },
  { "h", HOUR },
};

/* --- reading ------------------------------------------------------------- */

/* Adds @whole times @unit and the digits behind the point to @sum, none of them
 * negative.  Returns: FALSE on overflow. */
static gboolean
add_number (gint64 *sum, guint64 whole, const gchar *digits, gint64 unit)
{
  gint64 rest = unit;
  gint64 part = 0;

  for (; g_ascii_isdigit (*digits) && rest > 1; digits++) {
    rest /= 10;
    part += g_ascii_digit_value (*digits) * rest;
  }
  if (*digits >= '5' && *digits <= '9' && rest == 1)
    part++;
  if (whole > (guint64) (G_MAXINT64 / unit)
      || part > G_MAXINT64 - (gint64) whole * unit
      || *sum > G_MAXINT64 - (gint64) whole * unit - part)
    return FALSE;
  *sum += (gint64) whole * unit + part;
  return TRUE;
}

/* Moves @text over digits.  Returns: FALSE where there are none, or too many
 * for 64 bits. */
static gboolean
take_digits (const gchar **text, guint64 *number)
{
  const gchar *begin = *text;

  *number = 0;
  for (; g_ascii_isdigit (**text); (*text)++) {
    guint digit = (guint) g_ascii_digit_value (**text);

    if (*number > (G_MAXUINT64 - digit) / 10)
      return FALSE;
    *number = *number * 10 + digit;
  }
  return *text > begin;
}

/* "1:30", "0:01:30.5".  Returns: FALSE where @text is not that. */
static gboolean
read_clock (const gchar *text, gint64 *ns)
{
  guint64 parts[3] = { 0 };
  guint n = 0;
  const gchar *digits;

  do {
    const gchar *begin = text;

    if (n == G_N_ELEMENTS (parts) || !take_digits (&text, &parts[n])
        || (n > 0 && (text - begin > 2 || parts[n] > 59)))
      return FALSE;
    n++;
  } while (*text == ':' && *++text != '\0');
  digits = *text == '.' ? ++text : "";
  while (g_ascii_isdigit (*text))
    text++;
  *ns = 0;
  return n > 1 && *text == '\0'
      && add_number (ns, parts[n - 1], digits, DURATION_SECOND)
      && add_number (ns, parts[n - 2], "", MINUTE)
      && (n < 3 || add_number (ns, parts[0], "", HOUR));
}

static gboolean
is_unit (const gchar *text, const gchar *name)
{
  return g_ascii_strcasecmp (text, name) == 0;
}

/* What a number without a unit means.  Returns: 0 where it has to have one. */
static gint64
plain_unit (const DurationRule *rule, guint64 whole, gboolean is_whole)
{
  if (rule->plain == DURATION_PLAIN_SECONDS)
    return DURATION_SECOND;
  if (!is_whole
      || (rule->plain == DURATION_PLAIN_LONG_NS && whole > 0
          && whole < (guint64) DURATION_MS))
    return 0;
  return 1;
}

/* A number and its unit.  Returns: FALSE where @text is not that. */
static gboolean
read_quantity (const gchar *text, const DurationRule *rule, Duration *self)
{
  guint64 whole = 0;
  const gchar *digits = "";
  gint64 unit = 0;

  if (!take_digits (&text, &whole) && *text != '.')
    return FALSE;
  if (*text == '.') {
    digits = ++text;
    if (!g_ascii_isdigit (*digits))
      return FALSE;
    while (g_ascii_isdigit (*text))
      text++;
  }
  *self = (Duration){ .unit = DURATION_NS };
  if (is_unit (text, "f") && *digits == '\0') {
    self->unit = DURATION_FRAMES;
    return rule->frames && add_number (&self->amount, whole, "", 1);
  }
  if (*text == '\0')
    unit = plain_unit (rule, whole, *digits == '\0');
  for (guint i = 0; i < G_N_ELEMENTS (units) && unit == 0; i++) {
    if (is_unit (text, units[i].name))
      unit = units[i].ns;
  }
  return unit > 0 && add_number (&self->amount, whole, digits, unit);
}

static gboolean
is_within (const Duration *self, const DurationRule *rule)
{
  if (self->unit == DURATION_FRAMES)
    return self->amount >= 0 || rule->least < 0;
  return self->amount >= rule->least && self->amount <= rule->most;
}

/* A bound that nobody comes near is not worth telling. */
#define FAR (G_GINT64_CONSTANT (10000) * 3600 * G_GINT64_CONSTANT (1000000000))

/* Returns: (transfer full): which durations are valid */
static gchar *
describe_rule (const DurationRule *rule)
{
  GString *text = g_string_new ("a time such as 40ms, 1.5s");

  g_string_append (text, rule->frames ? ", 0:01:30 or 3f" : " or 0:01:30");
  /* The element's word for "by itself". */
  if (rule->least == -1) {
    g_string_append (text, ", -1 or at least 0s");
  } else if (rule->least > -FAR) {
    g_autofree gchar *least = duration_print_ns (rule->least);

    g_string_append_printf (text, ", at least %s", least);
  }
  if (rule->most < FAR) {
    g_autofree gchar *most = duration_print_ns (rule->most);

    g_string_append_printf (text, ", at most %s", most);
  }
  return g_string_free (text, FALSE);
}

gboolean
duration_parse (const gchar *text, const gchar *option,
    const DurationRule *rule, Duration *self, GError **error)
{
  gboolean minus = *text == '-';
  const gchar *rest = text + minus;
  g_autofree gchar *valid = NULL;

  *self = (Duration){ .unit = DURATION_NS };
  if (read_clock (rest, &self->amount) || read_quantity (rest, rule, self)) {
    self->amount = minus ? -self->amount : self->amount;
    if (is_within (self, rule))
      return TRUE;
  }
  valid = describe_rule (rule);
  return program_refuse_value (text, option, valid, error);
}

/* --- writing ------------------------------------------------------------- */

/* Appends the digits of @part, which is less than @unit, a power of ten. */
static void
append_part (GString *text, gint64 part, gint64 unit)
{
  if (part == 0)
    return;
  g_string_append_c (text, '.');
  for (; part > 0; part %= unit) {
    unit /= 10;
    g_string_append_c (text, (gchar) ('0' + part / unit));
  }
}

gchar *
duration_print_ns (gint64 ns)
{
  GString *text = g_string_new (ns < 0 ? "-" : NULL);
  /* The magnitude of the least number is none of its type. */
  gint64 size = ns == G_MININT64 ? G_MAXINT64 : ABS (ns);

  if (size == 0) {
    g_string_append (text, "0s");
  } else if (size < 1000) {
    g_string_append_printf (text, "%" G_GINT64_FORMAT "ns", size);
  } else if (size < DURATION_SECOND) {
    g_string_append_printf (text, "%" G_GINT64_FORMAT, size / DURATION_MS);
    append_part (text, size % DURATION_MS, DURATION_MS);
    g_string_append (text, "ms");
  } else if (size < MINUTE) {
    g_string_append_printf (text, "%" G_GINT64_FORMAT, size / DURATION_SECOND);
    append_part (text, size % DURATION_SECOND, DURATION_SECOND);
    g_string_append_c (text, 's');
  } else {
    g_string_append_printf (text,
        "%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT,
        size / HOUR, size / MINUTE % 60, size / DURATION_SECOND % 60);
    append_part (text, size % DURATION_SECOND, DURATION_SECOND);
  }
  return g_string_free (text, FALSE);
}

gchar *
duration_print_rounded (gint64 ns)
{
  gint64 step = ABS (ns) < DURATION_SECOND ? DURATION_MS / 10 : DURATION_MS;
  gint64 half = ns < 0 ? -step / 2 : step / 2;

  if (ABS (ns) > G_MAXINT64 - step)
    return duration_print_ns (ns);
  return duration_print_ns ((ns + half) / step * step);
}

gchar *
duration_print (const Duration *self)
{
  if (self->unit == DURATION_FRAMES)
    return g_strdup_printf ("%" G_GINT64_FORMAT "f", self->amount);
  return duration_print_ns (self->amount);
}

gboolean
duration_to_ns (const Duration *self, guint64 frame_ns, gint64 *ns)
{
  *ns = self->amount;
  if (self->unit == DURATION_NS || self->amount == 0)
    return TRUE;
  if (frame_ns == 0
      || (guint64) ABS (self->amount) > (guint64) G_MAXINT64 / frame_ns)
    return FALSE;
  *ns = self->amount * (gint64) frame_ns;
  return TRUE;
}
