/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the frames of two files lie in time, found before they are measured.
 */
#ifndef MEASURE_ALIGN_H
#define MEASURE_ALIGN_H

#include "measure/inspect.h"
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
 * measure_align:
 * @how: what the user wants
 * @settings: of the measuring element
 * @turn: whether pictures are turned as the files say
 * @interrupted: see measure_loop_run()
 * @alignment: (out): clear it
 *
 * Decodes the beginnings of both files if that is needed to know.
 */
void measure_align (MeasureAlign how, const MeasureSettings *settings,
    const MeasureInput *reference, const MeasureInput *distorted, gboolean turn,
    const gboolean *interrupted, MeasureAlignment *alignment);
void measure_alignment_clear (MeasureAlignment *self);

G_END_DECLS

#endif /* MEASURE_ALIGN_H */
