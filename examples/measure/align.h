/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds how the frames of two files belong together, before they are measured.
 */
#ifndef MEASURE_ALIGN_H
#define MEASURE_ALIGN_H

#include "measure/activity.h"
#include "measure/inspect.h"
#include "measure/section.h"
#include "measure/settings.h"

G_BEGIN_DECLS

/**
 * MeasureAlign:
 * @MEASURE_ALIGN_AUTO: by time where both videos start together; else by what
 *   their beginnings show; first frame to first frame where that does not tell
 * @MEASURE_ALIGN_START: first frame to first frame
 * @MEASURE_ALIGN_TIME: by time
 * @MEASURE_ALIGN_LEAVE: as the measuring element's own settings say
 */
typedef enum
{
  MEASURE_ALIGN_AUTO,
  MEASURE_ALIGN_START,
  MEASURE_ALIGN_TIME,
  MEASURE_ALIGN_LEAVE,
} MeasureAlign;

/**
 * MeasureAlignment:
 * @offset: ns to add to the distorted file's running times
 * @notes: (nullable): what to say of it in log and summary
 * @warning: (nullable): what the user has to know
 */
typedef struct
{
  gint64 offset;
  GstStructure *notes;
  gchar *warning;
} MeasureAlignment;

/**
 * MeasureAlignRequest:
 * @how: what the user wants
 * @settings: of the measuring element
 * @reference: an input without problem
 * @distorted: likewise
 * @number: of @distorted among the inputs, from 1
 * @section: (nullable): where the files start, if that is told of both
 * @turn: whether pictures are turned as the files say
 * @activity: (nullable): what may be looked at meanwhile
 * @interrupted: see measure_loop_run()
 */
typedef struct
{
  MeasureAlign how;
  const MeasureSettings *settings;
  const MeasureInput *reference;
  const MeasureInput *distorted;
  guint number;
  const MeasureSection *section;
  gboolean turn;
  MeasureActivity *activity;
  const gboolean *interrupted;
} MeasureAlignRequest;

/* Decodes the beginnings of both files if that is needed to know.  @alignment:
 * (out): clear it. */
void measure_align (
    const MeasureAlignRequest *request, MeasureAlignment *alignment);
void measure_alignment_clear (MeasureAlignment *self);

G_END_DECLS

#endif /* MEASURE_ALIGN_H */
