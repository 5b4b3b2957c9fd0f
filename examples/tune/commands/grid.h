/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a grid was asked for and what came of it.
 */
#ifndef TUNE_GRID_H
#define TUNE_GRID_H

#include "tune/command.h"
#include "tune/identity.h"
#include "tune/report/rd-set.h"

G_BEGIN_DECLS

/**
 * TuneGrid:
 * @statistics: (element-type guint): places in @set's names of those that are
 *   shown to people
 * @set: what was measured
 * @identity: (nullable): of the metric; NULL where not one clip was measured
 * @troubles: (element-type utf8): what went wrong with clips and encoders
 */
typedef struct
{
  GArray *statistics;
  TuneRdSet *set;
  TuneIdentity *identity;
  GPtrArray *troubles;
} TuneGrid;

/* Sets up @self for the metric of @session; @names (element-type utf8) are the
 * statistics that are shown.  Clear it in any case. */
void tune_grid_init (
    TuneGrid *self, TuneSession *session, const GPtrArray *names);
void tune_grid_clear (TuneGrid *self);

/* Adds "mean", "p95" and "max", or what is like them for similarities, to
 * @names (element-type utf8) where it is empty.  FALSE with G_OPTION_ERROR set
 * where one of them says nothing of the metric. */
gboolean tune_grid_check_statistics (
    const TuneSession *session, GPtrArray *names, GError **error);

/**
 * tune_grid_measure:
 * @encodings: (element-type TuneEncoding): with values
 * @stored: measure nothing, take what the store has
 * @error: what ends it; what is wrong with one clip or encode is in @self
 *
 * All @encodings at all values on all clips of the command line.
 */
gboolean tune_grid_measure (TuneGrid *self, TuneSession *session,
    const GPtrArray *encodings, gboolean stored, GError **error);

/* Returns: how many encodes failed. */
guint tune_grid_count_failed (const TuneGrid *self);

/* Prints @self in the format that the user chose, and writes the report if one
 * is wanted.  FALSE with @error set. */
gboolean tune_grid_print (
    TuneSession *session, const TuneGrid *self, GError **error);

G_END_DECLS

#endif /* TUNE_GRID_H */
