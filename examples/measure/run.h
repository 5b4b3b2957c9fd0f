/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measuring distorted files against one reference.
 */
#ifndef MEASURE_RUN_H
#define MEASURE_RUN_H

#include "measure/activity.h"
#include "measure/align.h"
#include "measure/inspect.h"
#include "measure/words/partners.h"
#include "measure/recorder.h"
#include "measure/section.h"
#include "measure/settings.h"

G_BEGIN_DECLS

/**
 * MeasureResult:
 * @reference: (transfer none) (nullable): what it was compared with, for those
 *   who set it
 * @distorted: (transfer none): the file
 * @summary: (nullable): the element's "perceptual-summary" as it was posted,
 *   or NULL when not one pair was measured
 * @error: (nullable): why the file was not measured to its end
 * @left: frames that were left when the other file had ended
 * @incomplete: the measurement stopped before the end of the inputs
 * @hopeless: the error has nothing to do with this file; the others meet it
 *   too
 * @wrong_usage: the error is one of the command line
 * @broken_off: nothing is wrong with this file, but the failure of another one
 *   ended the run that both were in; it has to be measured again
 *
 * What is known of one distorted file.
 */
typedef struct
{
  const MeasureInput *reference;
  const MeasureInput *distorted;
  GstStructure *summary;
  gchar *error;
  MeasureLeft left;
  gboolean incomplete;
  gboolean hopeless;
  gboolean wrong_usage;
  gboolean broken_off;
} MeasureResult;

/* Returns: (transfer full): what is known of a file before it is measured. */
MeasureResult *measure_result_new (const MeasureInput *distorted);

/**
 * MeasureEvents:
 * @warn: of something that does not end the measurement, begins with a file
 * @note: of what was assumed or left out, likewise
 * @advance: so many pairs of the first distorted file have been measured,
 *   which is @part of all, 0..1, or negative where that is not known
 *
 * What happens while files are measured; in the thread that measures.
 */
typedef struct
{
  void (*warn) (const gchar *text, gpointer user);
  void (*note) (const gchar *text, gpointer user);
  void (*advance) (guint64 pairs, gdouble part, gpointer user);
  gpointer user;
} MeasureEvents;

/**
 * MeasureOrder:
 * @settings: of the measuring element
 * @align: how the files' frames are brought together
 * @turn: whether pictures are turned as the files say
 * @section: (nullable): which part is measured; NULL for all
 * @reference: an input without problem
 * @references: (nullable) (element-type MeasureInput): in place of @reference,
 *   a still image for each distorted one, for measure_batch_run()
 * @more: with @references: another such order follows
 * @distorted: (element-type MeasureInput): at least one input without problem
 * @log: (nullable): file for the log
 * @heatmap: (nullable): file for the heat maps of the first distorted input,
 *   whose name says what kind of file it is
 * @heatmap_place: (nullable): where they are written to, if that is elsewhere
 * @events: to be called meanwhile
 * @timelines: (nullable) (element-type MeasureTimeline): of the reference and
 *   of each distorted input, to be filled in; for measure_remote_run()
 * @activity: (nullable): what may be looked at meanwhile
 * @recorder: (nullable): what is told of all that happens, for measure_run()
 * @interrupted: see measure_loop_run()
 * @kept: (nullable): for the orders to come, an element that measures nothing
 *   and keeps the metrics' filters in memory; for measure_batch_run(), which
 *   makes one where there is none and more comes.  Its owner stops it
 *
 * What is to be measured, and where results go besides.
 */
typedef struct
{
  const MeasureSettings *settings;
  MeasureAlign align;
  gboolean turn;
  const MeasureSection *section;
  const MeasureInput *reference;
  const GPtrArray *references;
  gboolean more;
  const GPtrArray *distorted;
  const gchar *log;
  const gchar *heatmap;
  const gchar *heatmap_place;
  const MeasureEvents *events;
  GPtrArray *timelines;
  MeasureActivity *activity;
  MeasureRecorder *recorder;
  const gboolean *interrupted;
  GstElement **kept;
} MeasureOrder;

/**
 * measure_run:
 *
 * Decodes the reference once and measures all of the distorted inputs against
 * it, frame by frame side by side.
 *
 * Returns: (transfer full) (element-type MeasureResult): one for each of the
 *   distorted inputs, in order
 */
GPtrArray *measure_run (const MeasureOrder *order);

/* @self: (nullable) */
void measure_result_free (MeasureResult *self);

/* Returns: the summary's count of that name, 0 without a summary. */
guint64 measure_result_count (const MeasureResult *self, const gchar *name);

/* Returns: (transfer full): what the column is called whose statistics are in
 * the field @name of the summary's `also`: psnr(rgb) for psnr:rgb,
 * lpips:backbone=vgg for lpips:backbone/3Dvgg. */
gchar *measure_column_name (const gchar *name);

/* Whether @name, a column's or its field's, is one of luma made of RGB. */
gboolean measure_column_is_of_rgb (const gchar *name);

/* Reads a number of the summary's structure @fields.  Returns: FALSE when it
 * is not there or not finite. */
gboolean measure_result_number (
    const GstStructure *fields, const gchar *name, gdouble *number);

G_END_DECLS

#endif /* MEASURE_RUN_H */
