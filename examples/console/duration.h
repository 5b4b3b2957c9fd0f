/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times as people write them: 40ms, 1.5s, 0:01:30, 3f.
 */
#ifndef DURATION_H
#define DURATION_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * DurationUnit:
 * @DURATION_NS: nanoseconds
 * @DURATION_FRAMES: frames of a video, as a rule the reference
 *
 * What an amount counts.
 */
typedef enum
{
  DURATION_NS,
  DURATION_FRAMES,
} DurationUnit;

/**
 * Duration:
 * @amount: of the unit; may be negative
 * @unit: what is counted
 *
 * A time, or a place in a video.
 */
typedef struct
{
  gint64 amount;
  DurationUnit unit;
} Duration;

/**
 * DurationPlain:
 * @DURATION_PLAIN_NS: nanoseconds, a whole number
 * @DURATION_PLAIN_LONG_NS: nanoseconds, but less than a millisecond is refused:
 *   whoever types 10 there does not mean 10 ns
 * @DURATION_PLAIN_SECONDS: seconds
 *
 * What a number without a unit means.  0 is always nothing.
 */
typedef enum
{
  DURATION_PLAIN_NS,
  DURATION_PLAIN_LONG_NS,
  DURATION_PLAIN_SECONDS,
} DurationPlain;

/**
 * DurationRule:
 * @least: in ns; G_MININT64 for no limit
 * @most: in ns; G_MAXINT64 for no limit
 * @plain: what a number without a unit means
 * @frames: whether frames are valid, from 0 on, or from any number on where
 *   @least is negative
 *
 * Which durations are valid.
 */
typedef struct
{
  gint64 least;
  gint64 most;
  DurationPlain plain;
  gboolean frames;
} DurationRule;

#define DURATION_MS G_GINT64_CONSTANT (1000000)
#define DURATION_SECOND G_GINT64_CONSTANT (1000000000)

/**
 * duration_parse:
 * @text: a number with one of the units ns, us, ms, s, min (or m), h and f, or
 *   HOURS:MINUTES:SECONDS, or MINUTES:SECONDS; a - before it is a minus
 * @option: (nullable): the option that it is a value for, without its dashes
 * @rule: what is valid
 * @self: (out)
 * @error: G_OPTION_ERROR_BAD_VALUE that says what is valid
 *
 * Fractions are read exactly; what is less than a nanosecond is rounded.
 *
 * Returns: FALSE with @error set where @text is not valid
 */
gboolean duration_parse (const gchar *text, const gchar *option,
    const DurationRule *rule, Duration *self, GError **error);

/* Returns: (transfer full): the shortest text that reads back as just so many
 * nanoseconds: 40ms, 33.366667ms, 1.5s, 0:01:30. */
gchar *duration_print_ns (gint64 ns);

/* Returns: (transfer full): the same, rounded for reading: to .1 ms below a
 * second, to 1 ms from there on. */
gchar *duration_print_rounded (gint64 ns);

/* Returns: (transfer full): as duration_print_ns(), or 3f. */
gchar *duration_print (const Duration *self);

/**
 * duration_to_ns:
 * @frame_ns: how long a frame lasts, 0 where that is not known
 * @ns: (out)
 *
 * Returns: FALSE where frames cannot be told in nanoseconds
 */
gboolean duration_to_ns (const Duration *self, guint64 frame_ns, gint64 *ns);

G_END_DECLS

#endif /* DURATION_H */
