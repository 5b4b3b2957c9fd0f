/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a grid was asked for and what came of it.
 */
#ifndef TUNE_GRID_H
#define TUNE_GRID_H

#include "tune/command.h"
#include "tune/identity.h"
#include "tune/rd-set.h"

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

/* Prints @self in the format that the user chose, and writes the report if one
 * is wanted.  FALSE with @error set. */
gboolean tune_grid_print (
    TuneSession *session, const TuneGrid *self, GError **error);

G_END_DECLS

#endif /* TUNE_GRID_H */
