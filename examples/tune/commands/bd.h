/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the curves come from that are compared.
 */
#ifndef TUNE_BD_H
#define TUNE_BD_H

#include "tune/command.h"
#include "tune/encoding.h"
#include "tune/report/rd-set.h"

G_BEGIN_DECLS

/**
 * tune_bd_read_points:
 * @set: gets an entry for each row; it has one name, of the statistic
 * @path: a file whose name ends in .json, or else a CSV.  It has a label (or
 *   "encoder"), a rate, the statistic by its name or else as "value", and
 *   perhaps a clip for each point; what a grid wrote is such a file
 * @left_out: (out): points without rate and statistic: encodes that failed
 * @error: PROGRAM_ERROR_DATA that names the file and the line or member
 */
gboolean tune_bd_read_points (
    TuneRdSet *set, const gchar *path, guint *left_out, GError **error);

/**
 * tune_bd_recall:
 * @set: gets an entry for each value that is known
 * @encodings: (element-type TuneEncoding): of the curves
 * @notes: (element-type utf8): gets what the user should know
 * @error: of the store, or of a clip
 *
 * From the store: of the clips that are named on the command line, as --windows
 * says; without any, of all that were measured as a whole.
 */
gboolean tune_bd_recall (TuneSession *session, TuneRdSet *set,
    const GPtrArray *encodings, GPtrArray *notes, GError **error);

G_END_DECLS

#endif /* TUNE_BD_H */
