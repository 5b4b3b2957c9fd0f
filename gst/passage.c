/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Takes rows to the comparison and to the outlet.
 */
#include "passage.h"

#include "output/meta.h"
#include "measuring/selection.h"
#include "measuring/worker.h"

GST_DEBUG_CATEGORY_EXTERN (perceptual_distance_debug);
#define GST_CAT_DEFAULT perceptual_distance_debug

/* Pairs of one stream that are not measured. */
typedef struct
{
  gchar *pad;
  guint64 skipped;    /* because the metric was busy */
  gint given_up;      /* atomic: in the middle of it */
  guint64 unselected; /* by the settings */
} Stream;

/* A row that is measured together with others. */
typedef struct
{
  PerceptualRow *row;
  gint64 offset;
} Held;

struct _PerceptualPassage
{
  GstElement *element;
  const PerceptualConfig *config;
  PerceptualComparison *comparison;
  PerceptualOutlet *outlet;
  PerceptualWorker *worker; /* NULL where every pair is measured */
  PerceptualSelection selection;
  guint64 rows; /* with a pair, so far */
  guint n_held; /* never after the source pad's task has gone round */
  Held held[PERCEPTUAL_MOST_HELD];
  guint n;
  Stream *streams;

  GMutex lock; /* for the next two */
  PerceptualSelection wanted;
  gboolean changed; /* @wanted, since it was looked at */
};

static gboolean
has_pair (const PerceptualRow *row)
{
  for (guint i = 0; i < row->n; i++) {
    if (row->matches[i].distorted != NULL)
      return TRUE;
  }
  return FALSE;
}

/* --- the worker ---------------------------------------------------------- */

/* A row that is not going to be measured. */
static void
skip_row (PerceptualPassage *self, PerceptualRow *row)
{
  if (row == NULL)
    return;
  for (guint i = 0; i < row->n; i++)
    self->streams[i].skipped += row->matches[i].distorted != NULL ? 1 : 0;
  perceptual_row_free (row);
}

/* Called in the worker's thread. */
/* After a failure, which does not count if the element stops.  The pairs of
 * the row are counted as skipped. */
static gboolean
give_up_row (PerceptualPassage *self, const PerceptualRow *row)
{
  if (!perceptual_comparison_is_cancelled (self->comparison))
    return FALSE;
  for (guint i = 0; i < row->n; i++) {
    if (row->matches[i].distorted != NULL)
      g_atomic_int_inc (&self->streams[i].given_up);
  }
  return TRUE;
}

static gboolean
work_on_row (gpointer row, gpointer passage)
{
  PerceptualPassage *self = passage;

  return perceptual_comparison_measure (self->comparison, row, NULL, NULL)
      || give_up_row (self, row);
}

static void
free_row (gpointer row, gpointer passage)
{
  perceptual_row_free (row);
}

/* Returns: FALSE after an ERROR message. */
static gboolean
start_worker (PerceptualPassage *self)
{
  g_autoptr (GError) error = NULL;

  self->worker = perceptual_worker_new (work_on_row, free_row, self, &error);
  if (self->worker == NULL)
    GST_ELEMENT_ERROR (self->element, RESOURCE, NO_SPACE_LEFT,
        ("The thread that measures cannot be started: %s", error->message),
        (NULL));
  return self->worker != NULL;
}

/* --- rows ---------------------------------------------------------------- */

/* Whether every stream that has not ended has a partner for the reference
 * frame, or need not have one. */
static gboolean
check_missing (const PerceptualPassage *self, const PerceptualRow *row)
{
  const PerceptualFrame *frame = row->reference;

  for (guint i = 0; i < row->n; i++) {
    const PerceptualMatch *match = &row->matches[i];
    const gchar *pad = self->streams[i].pad;

    if (match->distorted != NULL)
      continue;
    GST_DEBUG_OBJECT (self->element,
        "nothing at %s for the reference frame at %" GST_TIME_FORMAT, pad,
        GST_TIME_ARGS (frame->running_time));
    if (match->after_end
        || self->config->missing_frames == PERCEPTUAL_MISSING_SKIP)
      continue;
    GST_ELEMENT_ERROR_WITH_DETAILS (self->element, STREAM, FAILED,
        ("No distorted frame at %s for the reference frame at "
         "%" GST_TIME_FORMAT,
            pad, GST_TIME_ARGS (frame->running_time)),
        ("missing-frames=skip counts such frames and goes on; a larger "
         "tolerance or another sync-offset may find the frame."),
        ("pad", G_TYPE_STRING, pad, NULL));
    return FALSE;
  }
  return TRUE;
}

/* Announces that nothing of @row goes out. */
static void
pass_gap (PerceptualPassage *self, const PerceptualRow *row, gint64 offset)
{
  const PerceptualFrame *reference = row->reference;

  if (self->config->output != PERCEPTUAL_OUTPUT_DISTORTED)
    offset = 0;
  if (reference != NULL)
    perceptual_outlet_gap (self->outlet,
        (gint64) reference->running_time - offset, reference->duration);
}

/* Passes on the frame of @row that goes out, or @heatmap (nullable), with the
 * distances (nullable). */
static GstFlowReturn
pass_row (PerceptualPassage *self, PerceptualRow *row, gint64 offset,
    PerceptualFrame *heatmap, GstStructure *const *results)
{
  PerceptualFrame *frames[] = {
    [PERCEPTUAL_OUTPUT_REFERENCE] = row->reference,
    [PERCEPTUAL_OUTPUT_DISTORTED] = row->matches[0].distorted,
    [PERCEPTUAL_OUTPUT_HEATMAP] = heatmap,
  };
  PerceptualFrame *frame = frames[self->config->output];
  GstBuffer *buffer;

  if (frame == NULL) {
    pass_gap (self, row, offset);
    return GST_FLOW_OK;
  }
  /* The worker still has to look at its frames. */
  buffer = self->worker != NULL ? gst_buffer_ref (frame->buffer)
                                : g_steal_pointer (&frame->buffer);
  for (guint i = 0; results != NULL && i < row->n; i++) {
    if (results[i] == NULL)
      continue;
    buffer = gst_buffer_make_writable (buffer);
    perceptual_meta_add (buffer, results[i]);
  }
  return perceptual_outlet_push (self->outlet, buffer, frame);
}

static GstFlowReturn
measure_row (PerceptualPassage *self, PerceptualRow *row, gint64 offset)
{
  g_autofree GstStructure **results = g_new0 (GstStructure *, row->n);
  PerceptualFrame *heatmap = NULL;
  GstFlowReturn ret = GST_FLOW_ERROR;

  if (perceptual_comparison_measure (self->comparison, row, results, &heatmap))
    ret = pass_row (self, row, offset, heatmap, results);
  else if (give_up_row (self, row))
    ret = GST_FLOW_FLUSHING;
  g_clear_pointer (&heatmap, perceptual_frame_unref);
  for (guint i = 0; i < row->n; i++)
    gst_clear_structure (&results[i]);
  perceptual_row_free (row);
  return ret;
}

static PerceptualSelection
selection_of (const PerceptualConfig *config)
{
  return (PerceptualSelection){
    .interval = config->interval,
    .rate_n = (guint) config->rate_n,
    .rate_d = (guint) config->rate_d,
    .jitter = config->jitter,
  };
}

void
perceptual_passage_change (
    PerceptualPassage *self, const PerceptualConfig *config)
{
  g_mutex_lock (&self->lock);
  self->wanted = selection_of (config);
  self->changed = TRUE;
  g_mutex_unlock (&self->lock);
}

static void
take_up_change (PerceptualPassage *self)
{
  g_mutex_lock (&self->lock);
  if (self->changed)
    self->selection = self->wanted;
  self->changed = FALSE;
  g_mutex_unlock (&self->lock);
}

/* Whether @row holds pairs and the settings want them measured. */
static gboolean
is_wanted (PerceptualPassage *self, const PerceptualRow *row)
{
  const PerceptualFrame *reference = row->reference;

  if (reference == NULL || !has_pair (row))
    return FALSE;
  take_up_change (self);
  if (perceptual_selection_take (
          &self->selection, self->rows++, reference->running_time))
    return TRUE;
  for (guint i = 0; i < row->n; i++)
    self->streams[i].unselected += row->matches[i].distorted != NULL ? 1 : 0;
  return FALSE;
}

GstFlowReturn
perceptual_passage_take (
    PerceptualPassage *self, PerceptualRow *row, gint64 offset)
{
  gboolean wanted = is_wanted (self, row);
  GstFlowReturn ret;

  if (row->reference != NULL && !check_missing (self, row)) {
    perceptual_row_free (row);
    return GST_FLOW_ERROR;
  }
  if (wanted && self->worker == NULL)
    return measure_row (self, row, offset);
  ret = pass_row (self, row, offset, NULL, NULL);
  if (ret == GST_FLOW_OK && wanted)
    skip_row (self, perceptual_worker_submit (self->worker, row));
  else
    perceptual_row_free (row);
  return ret;
}

/* --- rows that are measured together ------------------------------------- */

GstFlowReturn
perceptual_passage_settle (PerceptualPassage *self)
{
  GstStructure *results[PERCEPTUAL_MOST_HELD] = { NULL };
  GstFlowReturn ret = GST_FLOW_OK;
  gboolean ok;

  if (self->n_held == 0)
    return GST_FLOW_OK;
  GST_LOG_OBJECT (self->element, "pairs measured together: %u", self->n_held);
  ok = perceptual_comparison_settle (self->comparison, results);
  for (guint i = 0; i < self->n_held; i++) {
    Held *held = &self->held[i];

    if (results[i] == NULL)
      give_up_row (self, held->row);
    else if (ret == GST_FLOW_OK)
      ret = pass_row (self, held->row, held->offset, NULL, &results[i]);
    gst_clear_structure (&results[i]);
    perceptual_row_free (held->row);
  }
  self->n_held = 0;
  if (ok)
    return ret;
  return perceptual_comparison_is_cancelled (self->comparison)
      ? GST_FLOW_FLUSHING
      : GST_FLOW_ERROR;
}

/* Whether @row was taken by the comparison. */
static gboolean
hold_row (
    PerceptualPassage *self, PerceptualRow *row, const PerceptualTotals *totals)
{
  PerceptualSelection selection;

  if (self->worker != NULL || row->reference == NULL || !has_pair (row))
    return FALSE;
  take_up_change (self);
  selection = self->selection;
  if (!perceptual_selection_take (&selection, self->rows,
          ((const PerceptualFrame *) row->reference)->running_time)
      || !perceptual_comparison_hold (self->comparison, row, totals))
    return FALSE;
  self->selection = selection;
  self->rows++;
  return TRUE;
}

gboolean
perceptual_passage_hold (PerceptualPassage *self, PerceptualRow *row,
    gint64 offset, const PerceptualTotals *totals, GstFlowReturn *ret)
{
  if (hold_row (self, row, totals)) {
    self->held[self->n_held++] = (Held){ row, offset };
    *ret = perceptual_comparison_is_full (self->comparison)
        ? perceptual_passage_settle (self)
        : GST_FLOW_OK;
    return TRUE;
  }
  *ret = perceptual_passage_settle (self);
  if (*ret == GST_FLOW_OK)
    return FALSE;
  perceptual_row_free (row);
  return TRUE;
}

guint
perceptual_passage_get_held (const PerceptualPassage *self)
{
  return self->n_held;
}

/* --- begin and end ------------------------------------------------------- */

PerceptualPassage *
perceptual_passage_new (GstElement *element, const PerceptualConfig *config,
    PerceptualComparison *comparison, PerceptualOutlet *outlet,
    const gchar *const *pads)
{
  PerceptualPassage *self = g_new0 (PerceptualPassage, 1);

  g_mutex_init (&self->lock);
  self->element = element;
  self->config = config;
  self->comparison = comparison;
  self->outlet = outlet;
  self->n = g_strv_length ((gchar **) pads);
  self->streams = g_new0 (Stream, self->n);
  for (guint i = 0; i < self->n; i++)
    self->streams[i].pad = g_strdup (pads[i]);
  self->selection = selection_of (config);
  if (config->mode == PERCEPTUAL_MODE_REAL_TIME && !start_worker (self))
    g_clear_pointer (&self, perceptual_passage_free);
  return self;
}

void
perceptual_passage_free (PerceptualPassage *self)
{
  if (self == NULL)
    return;
  perceptual_worker_free (self->worker);
  for (guint i = 0; i < self->n; i++)
    g_free (self->streams[i].pad);
  g_free (self->streams);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
perceptual_passage_has_failed (const PerceptualPassage *self)
{
  return self->worker != NULL && perceptual_worker_has_stopped (self->worker);
}

gboolean
perceptual_passage_drain (PerceptualPassage *self)
{
  if (self->worker != NULL)
    perceptual_worker_drain (self->worker);
  return !perceptual_passage_has_failed (self);
}

void
perceptual_passage_flush (PerceptualPassage *self)
{
  if (self->worker != NULL)
    skip_row (self, perceptual_worker_cancel (self->worker));
  perceptual_selection_reset (&self->selection);
}

void
perceptual_passage_restart (PerceptualPassage *self)
{
  for (guint i = 0; i < self->n; i++) {
    self->streams[i].skipped = self->streams[i].unselected = 0;
    g_atomic_int_set (&self->streams[i].given_up, 0);
  }
  self->rows = 0;
}

void
perceptual_passage_get_totals (
    const PerceptualPassage *self, guint stream, PerceptualTotals *totals)
{
  totals->skipped = self->streams[stream].skipped
      + (guint) g_atomic_int_get (&self->streams[stream].given_up);
  totals->unselected = self->streams[stream].unselected;
}
