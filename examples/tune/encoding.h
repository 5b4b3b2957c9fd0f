/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A way to encode as users type it, with all values that its setting can take.
 */
#ifndef TUNE_ENCODING_H
#define TUNE_ENCODING_H

#include "tune/probe/encoder.h"
#include "tune/probe/job.h"

G_BEGIN_DECLS

/* Most values of one encoding. */
#define TUNE_ENCODING_MOST 10000

/**
 * TuneRange:
 * @first: one end
 * @last: the other one
 * @step: between two values; 0 for the encoder's own
 *
 * Of --value.  For an encoder of the table the order of the ends does not
 * matter; else @first is the finest.
 */
typedef struct
{
  gdouble first;
  gdouble last;
  gdouble step;
} TuneRange;

/* @error: G_OPTION_ERROR_BAD_VALUE. */
gboolean tune_range_parse (TuneRange *self, const gchar *text, GError **error);

typedef struct _TuneEncoding TuneEncoding;

/**
 * TuneEncoding:
 * @row: (nullable): of the encoder table
 * @how: how @encoder is to be read
 * @encoder: as in TuneCandidate
 * @extra: JSON with sorted members, "{}" for none
 * @label: valid UTF-8, for people: as the user typed it
 * @values: (element-type gdouble): from the finest to the coarsest; empty until
 *   tune_encoding_set_range() was called
 * @start: place in @values where a search begins that knows nothing better
 * @slope: by how much ln (distance) is expected to grow from one of @values to
 *   the next
 * @plain: (nullable) (owned): what encodes pictures of any size as it does
 *   those that it scales to its own, see tune_encoding_scaled()
 * @width: that it scales to, with @plain
 * @height: likewise
 */
struct _TuneEncoding
{
  const TuneEncoder *row;
  TuneHow how;
  gchar *encoder;
  gchar *extra;
  gchar *label;
  GArray *values;
  guint start;
  gdouble slope;
  TuneEncoding *plain;
  guint width;
  guint height;
};

/**
 * tune_encoding_parse:
 * @text: "NAME", "NAME:KEY=VALUE,..." (a comma in a value is written as \,), or
 *   a fragment of a gst-launch line with "{value}"
 * @error: G_OPTION_ERROR_BAD_VALUE that says what is valid.  Whether the
 *   encoder is installed is not looked at, but properties of one that is have
 *   to be there
 *
 * Returns: (transfer full): the encoding, or NULL with @error set
 */
TuneEncoding *tune_encoding_parse (const gchar *text, GError **error);

/* The same for a command with "{input}", "{output}" and "{value}". */
TuneEncoding *tune_encoding_parse_command (const gchar *text, GError **error);

/* Returns: (transfer full): @self with a further setting, which takes the place
 * of one of the same name; NULL with @error set like tune_encoding_parse().
 * Its values are @self's. */
TuneEncoding *tune_encoding_with (const TuneEncoding *self, const gchar *key,
    const gchar *value, GError **error);
void tune_encoding_free (TuneEncoding *self);

/**
 * tune_encoding_set_range:
 * @range: (nullable): NULL for all values of the row
 * @error: G_OPTION_ERROR_BAD_VALUE: it is outside of what the encoder takes, or
 *   holds too many values, or is needed and not given
 *
 * Sets @values, @start and @slope.
 */
gboolean tune_encoding_set_range (
    TuneEncoding *self, const TuneRange *range, GError **error);

/* Returns: (transfer full): what encodes at @value. */
TuneCandidate *tune_encoding_candidate (
    const TuneEncoding *self, gdouble value);

/* Returns: (transfer full): what tune_encoding_describe() gives, with "{value}"
 * left in it. */
gchar *tune_encoding_template (const TuneEncoding *self);

/* Returns: (transfer full): the same as users can run it: a fragment of a
 * gst-launch line, or a command with {input} and {output}. */
gchar *tune_encoding_describe (const TuneEncoding *self, gdouble value);

/* Returns: (transfer full): what users can type for @encoder with @extra, as
 * the store has them: "x264:speed-preset=slow". */
gchar *tune_encoding_name (const gchar *encoder, const gchar *extra);

/* Returns: (transfer full): @value as it is put into a line: without digits
 * that say nothing. */
gchar *tune_encoding_format (gdouble value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneEncoding, tune_encoding_free)

G_END_DECLS

#endif /* TUNE_ENCODING_H */
