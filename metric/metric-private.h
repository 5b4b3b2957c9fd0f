/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a metric implements.  Each metric is one file with one const
 * PerceptualMetricClass; metric/registry.c holds the table of them.  Callers
 * outside metric/ see perceptual.h only.
 */
#ifndef PERCEPTUAL_METRIC_PRIVATE_H
#define PERCEPTUAL_METRIC_PRIVATE_H

#include "perceptual.h"
#include "scale.h"

G_BEGIN_DECLS

typedef struct
{
  PerceptualMetricInfo info;

  /* Bytes of the metric's own struct, whose first member is the
   * PerceptualMetric; allocated zeroed. */
  gsize instance_size;

  /* Smallest width and height in pixels; 0 means 1.  Metrics whose bound
   * depends on their options set self->min_width / min_height in init.  They
   * are of the images that compare() sees. */
  guint min_width;
  guint min_height;

  /* TRUE where compare() runs none of ORC's programs, or init has asked for
   * them: they take some milliseconds to compile. */
  gboolean own_rows;

  /* Reads self->options, which are complete and valid.  May be NULL. */
  gboolean (*init) (PerceptualMetric *self, GError **error);

  /* Whether the planes of a pair are all that compare() reads of it.  NULL for
   * metrics that read R'G'B' only. */
  gboolean (*planes_suffice) (
      const PerceptualImage *reference, const PerceptualImage *distorted);

  /* The images have been checked: same size and layout, within bounds, and
   * results are zeroed.  On failure the caller clears the results. */
  gboolean (*compare) (PerceptualMetric *self, const PerceptualImage *reference,
      const PerceptualImage *distorted, guint n_distorted,
      PerceptualCompareFlags flags, PerceptualResult *results, GError **error);

  /* The bytes that compare() takes for images of this size, which are valid,
   * beside maps, weights and what is the same for every size.  NULL where it
   * takes none. */
  guint64 (*bytes) (PerceptualMetric *self, guint width, guint height,
      guint n_distorted, PerceptualCompareFlags flags);

  /* As perceptual_metric_compare_many(), for images that have been checked and
   * are not to be made smaller.  NULL where nothing is faster than one after
   * the other. */
  gboolean (*compare_many) (PerceptualMetric *self,
      const PerceptualImage *references, guint n_references,
      const PerceptualImage *distorted, guint each,
      PerceptualCompareFlags flags, PerceptualResult *results, GError **error);

  /* As perceptual_metric_get_tap_name().  NULL where the only tap is the
   * distance. */
  const gchar *(*tap_name) (
      const PerceptualMetric *self, guint tap, gboolean rgb);

  /* Frees what init and compare allocated; runs after a failed init too. */
  void (*finalize) (PerceptualMetric *self);
} PerceptualMetricClass;

struct _PerceptualMetric
{
  const PerceptualMetricClass *klass;
  PerceptualWorkers *workers;
  GVariant *options; /* a{sv}, complete */
  guint min_width;
  guint min_height;

  /* Set in init by metrics whose compare() takes one distorted image only. */
  gboolean one_by_one;

  /* Rows of one work item, 0 for the metric's own choice.  Set by tests to
   * show that results do not depend on it. */
  guint strip_rows;

  /* The factor of the option scale, 1 for metrics without it, and what images
   * were made smaller to last: the reference, then the distorted ones. */
  gint scale;
  PerceptualReduced *reduced;
  guint n_reduced;

  /* Set in init by metrics that have weights; freed by the base. */
  const PerceptualWeightsInfo *weights;

  /* Bytes that a comparison may take, 0 for what the machine has.  Set by
   * tests. */
  guint64 memory_limit;

  /* The images last found to fit into the memory. */
  struct
  {
    guint width;
    guint height;
    guint n_distorted;
    PerceptualCompareFlags flags;
  } fits;

  /* What perceptual_metric_get_arithmetic() returns; set with weights. */
  const gchar *arithmetic;

  /* What perceptual_metric_get_note() returns; static memory, set in init. */
  const gchar *note;
};

/* The value of an option; asking for one that is not in the metric's table is
 * a programming error. */
gboolean perceptual_metric_boolean (PerceptualMetric *self, const gchar *name);
guint64 perceptual_metric_uint (PerceptualMetric *self, const gchar *name);
gdouble perceptual_metric_double (PerceptualMetric *self, const gchar *name);
const gchar *perceptual_metric_string (
    PerceptualMetric *self, const gchar *name);

/* The table of metrics, NULL-terminated. */
extern const PerceptualMetricClass *const perceptual_metric_classes[];

/* Returns: the bytes that comparing images of this size takes, beside the
 * images, the weights and what is the same for every size. */
guint64 perceptual_metric_bytes (PerceptualMetric *self, guint width,
    guint height, guint n_distorted, PerceptualCompareFlags flags);

/* Memory for frame-sized buffers, aligned to 64 bytes and freed by
 * perceptual_buffer_free().  Returns NULL with PERCEPTUAL_ERROR_NO_MEMORY,
 * with the size in the message, when there is none or @n * @size overflows. */
gpointer perceptual_buffer_new (gsize n, gsize size, GError **error);
void perceptual_buffer_free (gpointer buffer);

G_END_DECLS

#endif /* PERCEPTUAL_METRIC_PRIVATE_H */
