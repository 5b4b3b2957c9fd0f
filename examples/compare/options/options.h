/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command line of perceptual-compare.
 */
#ifndef COMPARE_OPTIONS_H
#define COMPARE_OPTIONS_H

#include "compare/options/crop.h"
#include "compare/gates/gates.h"
#include "compare/options/inputs.h"
#include "compare/options/pairs.h"
#include "compare/options/sections.h"
#include "console/duration.h"
#include "console/help-option.h"
#include "measure/align.h"
#include "measure/settings.h"

G_BEGIN_DECLS

/* Exit codes; users rely on them. */
enum
{
  COMPARE_EXIT_DONE = 0,
  COMPARE_EXIT_ERROR = 1,
  COMPARE_EXIT_USAGE = 2,
  COMPARE_EXIT_FAILED = 3,
};

typedef enum
{
  COMPARE_FORMAT_TEXT,
  COMPARE_FORMAT_JSON,
  COMPARE_FORMAT_MARKDOWN,
  COMPARE_FORMAT_CSV,
} CompareFormat;

/**
 * CompareOptions:
 * @settings: properties of the measuring element that the user set
 * @metric: the metric as the user named it, see
 *   perceptual_specification_parse()
 * @align: how the files' frames are brought together
 * @section: which part of the videos is measured
 * @reading: how the inputs are read
 * @crop: which part of the pictures is measured
 * @ignore_orientation: measure pictures as they are stored
 * @log: (nullable): file name for the log; see compare_options_log()
 * @heatmap: (nullable): file name for heat maps; see
 *   compare_options_heatmap()
 * @report: (nullable): file name for the page
 * @report_moments: most moments that the page shows pictures of
 * @report_size: longest side of these pictures, pixels
 * @has_report_option: whether the user gave one of the two
 * @worst: most pairs of which pictures are written
 * @has_worst: whether the user gave it
 * @worst_dir: (nullable): the folder for them
 * @plot: (nullable): file name for the chart
 * @format: of the report
 * @quiet: print nothing but the mean distances
 * @gates: limits which the exit code tells of
 * @stall: ns in which nothing may get on
 * @has_stall: whether the user gave it
 * @files: (nullable): as typed; NULL-terminated
 * @list: (nullable): the file of --pairs
 * @pairs: which of them are compared
 * @rate_n: frames a second of sequences of images
 * @rate_d: denominator of @rate_n
 * @has_rate: whether the user gave it
 * @answers: what the user asked for only
 */
typedef struct
{
  MeasureSettings settings;
  const gchar *metric;
  MeasureAlign align;
  CompareSection section;
  CompareReading reading;
  CompareCrop crop;
  gboolean ignore_orientation;
  gchar *log;
  gchar *heatmap;
  gchar *report;
  guint report_moments;
  guint report_size;
  gboolean has_report_option;
  guint worst;
  gboolean has_worst;
  gchar *worst_dir;
  gchar *plot;
  CompareFormat format;
  gboolean quiet;
  CompareGates gates;
  Duration stall;
  gboolean has_stall;
  gchar **files;
  gchar *list;
  ComparePairs pairs;
  gint rate_n;
  gint rate_d;
  gboolean has_rate;
  HelpAnswers answers;
} CompareOptions;

/**
 * compare_options_parse:
 * @self: memory to fill; clear it in any case
 * @error: what is wrong and what is valid, in the words of the command line
 *
 * Reads and checks the whole command line.  Every property of the measuring
 * element is an option of the same name.  --help prints and exits.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean compare_options_parse (
    CompareOptions *self, int *argc, char ***argv, GError **error);
void compare_options_clear (CompareOptions *self);

/* Returns: (transfer full) (nullable): the log's name for the distorted file
 * of this @number, from 1: every %d in it becomes the number. */
gchar *compare_options_log (const CompareOptions *self, guint number);

/* The same for heat maps. */
gchar *compare_options_heatmap (const CompareOptions *self, guint number);

/* The same for the page and the chart of the reference of this @number. */
gchar *compare_options_report (const CompareOptions *self, guint number);
gchar *compare_options_plot (const CompareOptions *self, guint number);

/* How many references the pairs have. */
guint compare_options_count_references (const CompareOptions *self);

G_END_DECLS

#endif /* COMPARE_OPTIONS_H */
