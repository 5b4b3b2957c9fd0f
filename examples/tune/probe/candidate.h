/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What becomes of a candidate's words: an encoder of GStreamer, or the
 * arguments of a command.
 */
#ifndef TUNE_CANDIDATE_H
#define TUNE_CANDIDATE_H

#include "tune/probe/job.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* Returns: (transfer full): "x264 at 27", for messages. */
gchar *tune_candidate_describe (const TuneCandidate *self);

/**
 * tune_candidate_check:
 * @error: PROGRAM_ERROR_DATA: there is no such row, element, property or
 *   program, a value is not valid, or a placeholder is missing
 *
 * Whether it can be tried at all.  GStreamer is initialised.
 */
gboolean tune_candidate_check (const TuneCandidate *self, GError **error);

/**
 * tune_candidate_make_encoder:
 *
 * Of a candidate that is no command.
 *
 * Returns: (transfer floating) (nullable): a bin with the pads "sink", which
 *   takes raw frames, and "src", which gives the stream
 */
GstElement *tune_candidate_make_encoder (
    const TuneCandidate *self, GError **error);

/**
 * tune_candidate_make_arguments:
 * @input: name of the file to be encoded
 * @output: name of the file to be written, without an ending
 * @ending: of that name, ".mkv", unless "{output}" is followed by another one
 * @written: (out) (optional) (transfer full): the whole name of that file
 *
 * Of a command.
 *
 * Returns: (transfer full) (nullable): the program and its arguments
 */
gchar **tune_candidate_make_arguments (const TuneCandidate *self,
    const gchar *input, const gchar *output, const gchar *ending,
    gchar **written, GError **error);

/**
 * tune_candidate_versions:
 *
 * The versions of the elements of a fragment and of the libraries that do
 * their work; of a command, the hashes of the program's file and of files among
 * its arguments.
 *
 * Returns: (transfer full): JSON with sorted members
 */
gchar *tune_candidate_versions (const TuneCandidate *self);

G_END_DECLS

#endif /* TUNE_CANDIDATE_H */
